"""Bytes to text: which encoding, and what is no text at all."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

__all__ = ["Decoded", "decode", "decode_as"]

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SIGNATURES = (
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a compressed file, such as a Word document"),
    (b"\xd0\xcf\x11\xe0", "an old Word document"),
    (b"{\\rtf", "a rich-text file"),
    (b"\x1f\x8b", "a compressed file"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
)
_DECLARED = re.compile(
    rb"<(?:meta|\?xml)\b[^>]{0,200}?(?:charset|encoding)\s*=\s*[\"']?\s*([A-Za-z0-9_\-]{2,30})", re.I
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_NOT_OF_TEXT = frozenset(("idna", "punycode", "unicode_escape", "raw_unicode_escape", "unicode-escape", "utf-7"))
_GUESSED = 200_000  # bytes that are enough to guess an encoding from
_MOST_CONTROL = 0.002
_MOST_BAD = 0.01  # of the characters: with more, the encoding is another one
_FEW_BAD = 3  # bytes that a text without any other sign beyond ASCII may have wrong
_MARK = "\ufffd"


@dataclass(frozen=True, slots=True)
class Decoded:
    """A file's text, and what a reader must know of how it was read: one sentence, or none."""

    text: str
    warning: str = ""


def decode(data: bytes) -> Decoded:
    """The text of a file: by its byte-order mark, as UTF-8, as it declares itself, or as its bytes suggest.

    A byte that is wrong in the encoding that the file declares, or in what is UTF-8 but for it, is marked as U+FFFD.
    Line ends become `\\n`; nothing else is changed.

    Raises:
        ValueError: It is no text; the message says what it is, as far as can be told.
    """
    kind = next((name for start, name in _SIGNATURES if data.startswith(start)), None)
    if kind is not None:
        raise ValueError(f"it is {kind}, and not text")
    return _cleaned(_decoded(data, None))


def decode_as(data: bytes, encoding: str | None) -> Decoded:
    """The text of a part of an archive that names its encoding; None where it names none.

    Raises:
        ValueError: It is no text.
    """
    return _cleaned(_decoded(data, encoding))


def _cleaned(found: Decoded) -> Decoded:
    _refuse_control(found.text[:_GUESSED])
    text = _CONTROL.sub("", found.text).replace("\r\n", "\n").replace("\r", "\n")
    return Decoded(text, found.warning)


def _decoded(data: bytes, named: str | None) -> Decoded:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _of_its_mark(data[len(mark) :], encoding)
    wide = _wide(data)
    if wide is not None:
        return _of_its_mark(data, wide)
    try:
        return Decoded(data.decode("utf-8"))
    except UnicodeDecodeError:
        pass
    found = _DECLARED.search(data[:4096])
    declared = named or (found.group(1).decode("ascii") if found is not None else None)
    warning = ""
    if declared is not None:
        codec = _codec(declared)
        if codec is not None and (marked := _marked(data, codec, is_declared=True)) is not None:
            return marked
        why = "is not known" if codec is None else "does not fit it"
        warning = f"it declares the encoding `{declared[:40]}`, which {why}; "
    marked = _marked(data, "utf-8", is_declared=False)
    if marked is not None:
        return Decoded(marked.text, warning + marked.warning)
    text, used = _guessed(data)
    return Decoded(text, f"{warning}it was read as {used}" if warning else "")


def _refuse_control(sample: str) -> None:
    if len(_CONTROL.findall(sample)) > _MOST_CONTROL * len(sample):
        raise ValueError("it holds control characters, and is not text")


def _of_its_mark(data: bytes, encoding: str) -> Decoded:
    found = _marked(data, encoding, is_declared=True)
    if found is None:
        raise ValueError(f"it begins as {encoding.upper()} text, and is not")
    return found


def _wide(data: bytes) -> str | None:
    """UTF-16 without its mark: every other byte of Latin text is 0."""
    sample = data[:4000]
    if len(sample) < 8 or sample.count(0) < len(sample) // 4:
        return None
    return "utf-16-le" if sample[1::2].count(0) > sample[0::2].count(0) else "utf-16-be"


def _codec(name: str) -> str | None:
    """Python's name of an encoding of text, or None.

    The web's rule: what says latin-1 or ASCII means Windows-1252, and what says UTF-16 in bytes of ASCII is UTF-8
    (WHATWG, Encoding, 4.2; HTML, 13.2.3.2).
    """
    try:
        found = codecs.lookup(name).name
        wide = found.startswith(("utf-16", "utf-32"))
        is_text = wide or (found not in _NOT_OF_TEXT and b"<a b>".decode(found) == "<a b>")
    except (LookupError, UnicodeError, ValueError, TypeError, AssertionError):
        return None
    if not is_text:
        return None
    return {"iso8859-1": "cp1252", "ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030"}.get(
        found, "utf-8" if wide else found
    )


def _marked(data: bytes, encoding: str, *, is_declared: bool) -> Decoded | None:
    """The text with each wrong byte marked; None where so many are wrong that the encoding must be another."""
    try:
        return Decoded(data.decode(encoding))
    except (UnicodeError, ValueError) as error:
        first = error.start if isinstance(error, UnicodeDecodeError) else 0
    text = data.decode(encoding, errors="replace")
    bad, beyond = text.count(_MARK), sum(not sign.isascii() for sign in text)
    is_it = bad <= _MOST_BAD * len(text) and (is_declared or beyond > 20 * bad)
    if not is_it or (beyond == bad and bad > _FEW_BAD):
        return None
    line = data.count(b"\n", 0, first) + 1
    also = f" and {bad - 1} more" if bad > 1 else ""
    warning = (
        f"byte 0x{data[first]:02X} in line {line}{also} cannot be read as {encoding.upper()}: it stands as `{_MARK}`"
    )
    return Decoded(text, warning)


def _guessed(data: bytes) -> tuple[str, str]:
    """Western text with a few marks of Windows-1252, else the best guess of charset-normalizer; and its name."""
    sample = data[:_GUESSED]
    _refuse_control(sample.decode("latin-1"))
    beyond = sum(byte >= 0x80 for byte in sample)
    if beyond < 0.05 * len(sample):
        try:
            return data.decode("cp1252"), "Windows-1252"
        except UnicodeDecodeError:
            pass
    from charset_normalizer import from_bytes  # noqa: PLC0415 (slow to import, and seldom needed)

    best = from_bytes(sample).best()
    if best is None:
        raise ValueError("its encoding cannot be told")
    try:
        return data.decode(best.encoding), best.encoding
    except (UnicodeError, ValueError, LookupError):
        raise ValueError("its encoding cannot be told") from None
