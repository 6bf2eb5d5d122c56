"""Markdown, with or without front matter, to pieces."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

from standoff.base.problems import StudyError
from standoff.base.source import Source
from standoff.evidence.reading.blocks import Kind, Link, Metadata, RawBlock
from standoff.evidence.reading.plain import single_spaced
from standoff.language.text.reader import Scalar, Sequence, parse_yaml

if TYPE_CHECKING:
    from markdown_it.token import Token

__all__ = ["looks_like_markdown", "read_markdown", "split_front_matter"]

_FRONT = re.compile(r"\A\s*(---|\+\+\+)[ \t]*\n(.*?)\n(?:\1|\.\.\.)[ \t]*(?:\n|\Z)", re.S)
_MARKS = re.compile(r"^#{1,6} \S|\[[^\]\n]+\]\((?:https?:|/|#)[^)\n]*\)|^(?:\*\*|__)\S.*\S(?:\*\*|__)$", re.M)
_LINE = re.compile(r"^([A-Za-z_-]+):[ \t]*[\"']?(.*?)[\"']?[ \t]*$", re.M)
_JOINED_BEFORE = re.compile(r"[,;:.!?]$")
_JOINED_AFTER = re.compile(r"^[a-z]{4}")
_FIELDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("title", ("title", "headline")),
    ("author", ("author", "authors", "by", "byline", "creator")),
    ("publisher", ("publisher", "site", "site_name", "sitename", "outlet", "publication", "source")),
    ("date", ("date", "published", "publishdate", "pubdate", "date_published")),
    ("url", ("url", "link", "canonical", "canonical_url", "source_url", "original")),
    ("language", ("lang", "language", "locale")),
)


def looks_like_markdown(text: str) -> bool:
    """Whether it has front matter, or Markdown's headings or links."""
    return _FRONT.match(text) is not None or _MARKS.search(text) is not None


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
    found = _FRONT.match(text)
    if found is None:
        return {}, text
    fence, inside = found.group(1), found.group(2)
    fields = _toml(inside) if fence == "+++" else _yaml(inside)
    return {key.casefold(): value for key, value in fields.items() if value}, text[found.end() :]


def _yaml(text: str) -> dict[str, str]:
    """Read by the study's own reader, which runs nothing and follows no aliases; else line by line."""
    try:
        root, _ = parse_yaml(Source("front matter", text))
    except StudyError:
        return dict(_LINE.findall(text))
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
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}
    return {key: _joined(value) for key, value in fields.items()}


def _joined(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _first(fields: dict[str, str], keys: tuple[str, ...]) -> str | None:
    return next((fields[key] for key in keys if fields.get(key)), None)


def _blocks(text: str) -> tuple[RawBlock, ...]:
    from markdown_it import MarkdownIt  # noqa: PLC0415 (slow to import, and only for Markdown)

    hints: dict[str, Kind] = {"heading_open": "heading", "th_open": "table", "td_open": "table"}
    blocks: list[RawBlock] = []
    hint: Kind | None = None
    items = 0
    for token in MarkdownIt("commonmark", {"html": True}).enable("table").parse(text):
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
    for child in token.children or ():
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
        elif child.type in ("text", "code_inline"):
            text += " " if just_closed and _JOINED_AFTER.match(child.content) else ""
            text += child.content
            plain += len(child.content.strip()) if emphasis == 0 else 0
        just_closed = False
    text = single_spaced(text)
    if pictures and not text:
        return RawBlock("", tuple(links), "picture")
    return RawBlock(text, tuple(links), hint, is_item, bool(text) and plain == 0)


def _embedded(html: str) -> list[RawBlock]:
    from standoff.evidence.reading.pages import page_blocks  # noqa: PLC0415 (lxml is slow to import, and seldom needed here)

    return list(page_blocks(html))
