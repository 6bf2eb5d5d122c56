"""A stranger's text on its way out: one function for each place that it may go to.

HTML and SVG are escaped by Jinja and markupsafe, which need no help from here. Generated code takes no text of a
study at all, except in remarks, which pass through `visible`.
"""

from __future__ import annotations

import codecs
import json
import re
import unicodedata
from typing import Any

__all__ = ["ASCII", "file_name", "json_text", "visible", "visible_lines"]

ASCII = "standoff-ascii"
"""Name of the handler of encoding errors that writes signs which an encoding lacks in ASCII."""
_KEPT = "\u200c\u200d"  # joiners, without which Persian, Hindi and many pictographs fall apart
_HIDDEN = ("Cc", "Cf", "Cs", "Cn", "Zl", "Zp")
_WRITTEN = {
    "\N{EM DASH}": "--", "\N{EN DASH}": "-", "\N{MINUS SIGN}": "-", "\N{NON-BREAKING HYPHEN}": "-",
    "\N{PLUS-MINUS SIGN}": "+/-", "\N{MULTIPLICATION SIGN}": "x", "\N{DIVISION SIGN}": "/", "\N{MIDDLE DOT}": "*",
    "\N{RIGHTWARDS ARROW}": "->", "\N{LEFTWARDS ARROW}": "<-", "\N{UPWARDS ARROW}": "^", "\N{DOWNWARDS ARROW}": "v",
    "\N{LEFT SINGLE QUOTATION MARK}": "'", "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    "\N{LEFT DOUBLE QUOTATION MARK}": '"', "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
    "\N{HORIZONTAL ELLIPSIS}": "...", "\N{BULLET}": "*", "\N{DEGREE SIGN}": "deg", "\N{PER MILLE SIGN}": "o/oo",
    "\N{LESS-THAN OR EQUAL TO}": "<=", "\N{GREATER-THAN OR EQUAL TO}": ">=", "\N{NOT EQUAL TO}": "!=",
    "\N{ALMOST EQUAL TO}": "~", "\N{INFINITY}": "inf", "\N{CHECK MARK}": "yes", "\N{BALLOT X}": "no",
    "\N{GREEK SMALL LETTER SIGMA}": "sigma", "\N{N-ARY SUMMATION}": "sum", "\N{ELEMENT OF}": "in",
    "\N{REPLACEMENT CHARACTER}": "?",
}  # fmt: skip


def visible(text: str, most: int | None = None) -> str:
    """A text for a terminal or a remark: what would not be seen as it stands is written out, such as `\\x1b`.

    Args:
        text: Any text.
        most: Cut what is longer than so many characters, in its middle.
    """
    if most is not None and len(text) > most:
        text = f"{text[: most // 2]} … {text[len(text) - most // 2 :]}"
    return text if text.isprintable() else "".join(map(_shown, text))


def visible_lines(text: str) -> str:
    """Lines for a terminal: `visible`, except that line ends stay."""
    return "\n".join(map(visible, text.split("\n")))


def file_name(text: str) -> str:
    """A text as a plain name of a file on any system: letters, digits, `-`, `_` and points inside."""
    plain = re.sub(r"[^\w.-]+", "-", text.encode("utf-8", "replace").decode()).strip(".-")
    return plain[:100] or "study"


def json_text(value: Any, **options: Any) -> str:
    """A value as JSON, in which no text holds a character that a terminal would obey."""
    text = json.dumps(value, **{"ensure_ascii": False, **options})
    return text if text.isascii() and "\x7f" not in text else re.sub(r"[^\n -~]", _in_json, text)


def _shown(character: str) -> str:
    if character in _KEPT or unicodedata.category(character) not in _HIDDEN:
        return character
    return character.encode("unicode_escape").decode()


def _in_json(found: re.Match[str]) -> str:
    character = found.group()
    return json.dumps(character)[1:-1] if _shown(character) != character else character


def _in_ascii(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join(map(_plain, lacking)), error.end


def _plain(character: str) -> str:
    if character in _WRITTEN:
        return _WRITTEN[character]
    if unicodedata.category(character) == "Zs":
        return " "
    letters = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    return letters or character.encode("unicode_escape").decode()


codecs.register_error(ASCII, _in_ascii)
