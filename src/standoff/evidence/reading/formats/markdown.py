"""Markdown, with or without front matter, to pieces."""

from __future__ import annotations

import re
import tomllib
from html import unescape
from typing import TYPE_CHECKING, Any

from standoff.base.problems import StudyError
from standoff.base.source import Source
from standoff.evidence.reading.blocks import Kind, Link, Metadata, RawBlock
from standoff.evidence.reading.formats import marks
from standoff.evidence.reading.formats.plain import single_spaced
from standoff.language.text.reader import Scalar, Sequence, parse_yaml

if TYPE_CHECKING:
    from markdown_it.token import Token

__all__ = ["has_front_matter", "looks_like_markdown", "read_markdown", "split_front_matter"]

_FRONT = re.compile(r"\s*+(---|\+\+\+)[ \t]*\n(.*?)\n(?:\1|\.\.\.)[ \t]*(?:\n|\Z)", re.S)
_MOST_FRONT = 100_000  # characters
_MARKS = re.compile(
    r"^#{1,6} \S|\[[^\]\[\n]{1,500}\]\((?:https?:|/|#)[^)\n]*\)|^(?:\*\*|__)\S[^\n]*\S(?:\*\*|__)$", re.M
)
_KEY = re.compile(r"([^\W\d][\w-]*)[ \t]*[:=][ \t]*(.*)")
_TAGS = (
    "a abbr acronym address area article aside audio b base bdi bdo big blockquote body br button canvas"
    " caption center cite code col colgroup data datalist dd del details dfn dialog dir div dl dt em embed"
    " fieldset figcaption figure font footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html i"
    " iframe img input ins kbd label legend li link main map mark math menu meta meter nav nobr noframes"
    " noscript object ol optgroup option output p param picture pre progress q rb rp rt rtc ruby s samp script"
    " section select slot small source span strike strong style sub summary sup svg table tbody td template"
    " textarea tfoot th thead time title tr track tt u ul var video wbr !"
)
_HTML = frozenset(_TAGS.split())
_STRUCK = ("del", "s", "strike", "rt", "rp")
_JOINED_BEFORE = re.compile(r"[,;:.!?]$")
_JOINED_AFTER = re.compile(r"^[a-z]{4}")
_FIELDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("title", ("title", "headline")),
    ("author", ("author", "authors", "by", "byline", "creator", "writer", "reporter")),
    ("publisher", ("publisher", "site", "site_name", "sitename", "outlet", "publication", "source", "media")),
    (
        "date",
        (
            *("date", "published", "published_at", "publish_date", "publishdate", "pubdate", "date_published"),
            *("datepublished", "published_time", "published_on", "created_at", "created", "date_created", "updated"),
        ),
    ),
    ("url", ("url", "link", "canonical", "canonical_url", "source_url", "original")),
    ("language", ("lang", "language", "locale")),
)


def has_front_matter(text: str) -> bool:
    """Whether a text begins with front matter, which no page does."""
    return _front(text) is not None


def looks_like_markdown(text: str) -> bool:
    """Whether it has Markdown's headings or links."""
    return _MARKS.search(text) is not None


def read_markdown(text: str) -> tuple[tuple[RawBlock, ...], Metadata]:
    """Cut Markdown into pieces; metadata comes from its front matter, the title else from its first heading."""
    fields, rest = split_front_matter(text)
    metadata = Metadata(**{field: _first(fields, keys) for field, keys in _FIELDS})
    blocks = _blocks(rest)
    if metadata.title is None:
        heading = next((block.text for block in blocks[:3] if block.hint == "heading"), None)
        metadata = metadata.filled(Metadata(title=heading))
    return blocks, metadata


def split_front_matter(text: str) -> tuple[dict[str, str], str]:
    """The front matter's texts by key (of a list, its entries joined by commas), and what follows it."""
    found = _front(text)
    if found is None:
        return {}, text
    fence, inside = found.group(1), found.group(2)
    fields = _toml(inside) if fence == "+++" else _yaml(inside)
    fields = {key.casefold(): single_spaced(unescape(value)) for key, value in fields.items()}
    return {key: value for key, value in fields.items() if value}, text[found.end() :]


def _front(text: str) -> re.Match[str] | None:
    """Front matter: between two fences, and with a key on one of its lines."""
    found = _FRONT.match(text, 0, _MOST_FRONT)
    return found if found is not None and any(map(_KEY.match, found.group(2).split("\n"))) else None


def _by_line(text: str) -> dict[str, str]:
    """What stands behind each key, up to the next one; lines that go on with a value are indented."""
    fields: dict[str, list[str]] = {}
    current: list[str] = []
    for line in text.split("\n"):
        found = _KEY.match(line)
        if found is not None:
            current = fields.setdefault(found.group(1), [])
            current.append(found.group(2))
        else:
            current.append(line.strip().removeprefix("- "))
    return {key: " ".join(part for part in parts if part).strip(" \"'") for key, parts in fields.items()}


def _yaml(text: str) -> dict[str, str]:
    """Read by the study's own reader, which runs nothing and follows no aliases; else line by line."""
    try:
        root, problems = parse_yaml(Source("front matter", text))
    except (StudyError, RecursionError):
        return _by_line(text)
    if problems:
        return _by_line(text)
    fields: dict[str, str] = {}
    for key, node in root.items:
        if isinstance(node, Scalar):
            fields[key.text] = node.text.strip()
        elif isinstance(node, Sequence):
            fields[key.text] = ", ".join(item.text for item in node.items if isinstance(item, Scalar))
    return fields


def _toml(text: str) -> dict[str, str]:
    try:
        fields = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError):
        return _by_line(text)
    return {key: _joined(value) for key, value in fields.items()}


def _joined(value: Any) -> str:
    """A value as text, the entries of a list joined by commas; what is nested deeper is no text."""
    entries = value if isinstance(value, list) else [value]
    return ", ".join(str(entry) for entry in entries if not isinstance(entry, list | dict))


def _first(fields: dict[str, str], keys: tuple[str, ...]) -> str | None:
    return next((fields[key] for key in keys if fields.get(key)), None)


def _blocks(text: str) -> tuple[RawBlock, ...]:
    from markdown_it import MarkdownIt  # noqa: PLC0415 (slow to import, and only for Markdown)

    hints: dict[str, Kind] = {"heading_open": "heading", "th_open": "table", "td_open": "table"}
    blocks: list[RawBlock] = []
    hint: Kind | None = None
    items = 0
    for token in MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(text):
        if token.nesting == 1:
            hint = hints.get(token.type)
            items += token.type == "list_item_open"
        elif token.type == "list_item_close":
            items -= 1
        elif token.type == "inline":
            blocks.append(_inline(token, hint, items > 0))
        elif token.type in ("fence", "code_block"):
            blocks.append(RawBlock(single_spaced(token.content), hint="code"))
        elif token.type == "html_block":
            blocks += _embedded(token.content)
    return tuple(block for block in blocks if block.text or block.hint == "picture")


def _inline(token: Token, hint: Kind | None, is_item: bool) -> RawBlock:
    """One paragraph: its text, its links, and whether it is a picture or all emphasis."""
    text = ""
    links: list[Link] = []
    opened: tuple[str, int] | None = None
    emphasis, plain, pictures = 0, 0, 0
    just_closed = False
    struck = 0
    raised: list[int] = []
    for child in token.children or ():
        tag = _tag_name(child.content) if child.type == "html_inline" else ""
        closes = child.content.startswith("</")
        if child.type in ("s_open", "s_close") or tag in _STRUCK:
            struck += -1 if child.type == "s_close" or closes else 1
        if struck > 0:
            continue
        if tag in ("sup", "sub"):
            if not closes:
                raised.append(len(text))
            elif raised:
                at = raised.pop()
                text = text[:at] + (
                    marks.lowered(text[at:]) if tag == "sub" else marks.raised(text[at:], is_note=False)
                )
            continue
        if child.type == "link_open":
            text += " " if _JOINED_BEFORE.search(text) else ""
            opened = (str(child.attrs.get("href", "")), len(text))
        elif child.type == "link_close" and opened is not None:
            links.append(Link(single_spaced(text[opened[1] :]), opened[0]))
            opened, just_closed = None, True
            continue
        elif child.type in ("em_open", "strong_open"):
            emphasis += 1
        elif child.type in ("em_close", "strong_close"):
            emphasis -= 1
        elif child.type == "image":
            pictures += 1
        elif child.type in ("softbreak", "hardbreak"):
            text += " "
        elif child.type in ("text", "code_inline") or _is_no_tag(child):
            text += " " if just_closed and _JOINED_AFTER.match(child.content) else ""
            text += child.content
            plain += len(child.content.strip()) if emphasis == 0 else 0
        just_closed = False
    text = single_spaced(text)
    if pictures and not text:
        return RawBlock("", tuple(links), "picture")
    return RawBlock(text, tuple(links), hint, is_item, is_emphasised=bool(text) and plain == 0)


def _is_no_tag(token: Token) -> bool:
    """Whether what Markdown takes for a tag of HTML is none, as `<Past talks>`: its words are text."""
    return token.type == "html_inline" and _tag_name(token.content) not in _HTML


def _tag_name(text: str) -> str:
    found = re.match(r"</?([A-Za-z][A-Za-z0-9-]*)|<[!?]", text)
    return "" if found is None else (found.group(1) or "!").lower()


def _embedded(html: str) -> list[RawBlock]:
    if _tag_name(html) not in _HTML and "-" not in _tag_name(html):
        return [RawBlock(single_spaced(line)) for line in html.split("\n")]
    from standoff.evidence.reading.formats.pages import page_blocks  # noqa: PLC0415 (slow, and seldom needed)

    return list(page_blocks(html))
