"""One pass over a page's tree: its pieces of text in order, and a plain copy of it in which each piece has a number."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from standoff.evidence.reading.blocks import Kind, Link, RawBlock
from standoff.evidence.reading.formats.marks import lowered, quoted, raised
from standoff.evidence.reading.formats.markup import Hidden, is_note, layout_tables
from standoff.evidence.reading.formats.plain import single_spaced
from standoff.evidence.reading.kinds import is_running

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

__all__ = ["Cut", "Piece", "cut", "numbers_in"]

_BLOCKS = frozenset(
    (
        *("address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "div"),
        *("dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6"),
        *("header", "hr", "html", "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody"),
        *("td", "tfoot", "th", "thead", "tr", "ul"),
    )
)
_LEAVES = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "figcaption", "caption", "dt", "dd", "summary"))
_HOLDERS = frozenset(("li", "td", "th", "blockquote"))  # text stands in them as it is
_LAID_OUT = frozenset(("table", "tbody", "thead", "tfoot", "tr", "td"))
_TAG_HINTS: dict[str, Kind] = {
    **{f"h{level}": "heading" for level in range(1, 7)},
    "figcaption": "caption",
    "caption": "caption",
    "nav": "navigation",
    "footer": "navigation",
    "aside": "navigation",
    "form": "navigation",
    "td": "table",
    "th": "table",
    "pre": "code",
}
_CLASS_HINTS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("pull quote", re.compile(r"pull-?_?quote", re.I)),
    ("comment box", re.compile(r"\bcomments?\b|\bcomment-|disqus|\brespond\b|\breply\b", re.I)),
    ("advert", re.compile(r"\bads?\b|\bads?[-_]|advert|sponsor|promo|newsletter|subscri|cookie|popup|paywall", re.I)),
    ("caption", re.compile(r"caption|photo-?credit|image-?credit", re.I)),
    ("author note", re.compile(r"author-?(?:bio|note|box|info)|about-?author", re.I)),
    ("byline", re.compile(r"byline|dateline|entry-meta|post-meta", re.I)),
    ("navigation", re.compile(r"\bnav|menu|breadcrumb|sidebar|related|share|social|footer|widget|trending|tags", re.I)),
)
_NUMBER = re.compile("\u28ff([\u2800-\u280f]+)\u28ff")  # in Braille signs, which filters leave alone
_DIGITS = str.maketrans("0123456789abcdef", "".join(chr(0x2800 + i) for i in range(16)))
_VALUES = {code: chr(value) for value, code in _DIGITS.items()}


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a page: its block, the element that holds it, and the hint of its own element alone."""

    block: RawBlock
    home: int
    own_hint: Kind | None


@dataclass(frozen=True, slots=True)
class Cut:
    """A page's pieces in order, and its skeleton: the same without inline marks, each piece with its number."""

    pieces: tuple[Piece, ...]
    skeleton: str


def cut(tree: LexborHTMLParser, language: str = "") -> Cut:
    """Cut a page into its pieces; each has the kind that its tags and classes suggest."""
    walk = _Walk(Hidden(tree), layout_tables(tree), language)
    node, entering = tree.root, True
    while node is not None:
        shown = not entering or walk.enter(node)
        if entering and shown and node.child is not None:
            node = node.child
            continue
        if shown:
            walk.leave(node)
        if node.next is not None:
            node, entering = node.next, True
        else:
            node, entering = node.parent, False
    walk.flush()
    return Cut(tuple(walk.pieces), "".join(walk.skeleton))


def numbers_in(text: str) -> frozenset[int]:
    """The numbers of the pieces whose beginning stands in a text."""
    return frozenset(int(number.translate(_VALUES), 16) for number in _NUMBER.findall(text))


@dataclass(slots=True)
class _Open:
    """A block that is open."""

    tag: str
    name: int
    attributes: str
    hint: Kind | None
    is_layout: bool


@dataclass(slots=True)
class _Mark:
    """An inline element that is open, and where its words begin; `text` is a link's address or what closes a mark."""

    tag: str
    start: int
    text: str = ""


class _Walk:
    """Text gathers until a block begins or ends."""

    def __init__(self, hidden: Hidden, layout: frozenset[int], language: str) -> None:
        self.hidden, self.layout, self.language = hidden, layout, language
        self.pieces: list[Piece] = []
        self.skeleton: list[str] = []
        self.blocks: list[_Open] = []
        self.marks: list[_Mark] = []
        self.parts: list[str] = []
        self.links: list[Link] = []
        self.items = self.quotes = 0
        self.pending_break = False

    def enter(self, node: LexborNode) -> bool:
        tag = node.tag or ""
        if tag == "-text":
            self.add(node.text_content or "")
            return False
        if tag.startswith("-") or self.hidden.hides(node, tag):
            return False
        if tag in _BLOCKS:
            self.flush()
            self.open(node, tag)
        elif tag == "br":
            if self.pending_break:
                self.flush()
            self.pending_break = True
            self.parts.append(" ")
        elif tag == "a":
            self.marks.append(_Mark(tag, len(self.parts), node.attributes.get("href") or ""))
        elif tag in ("sup", "sub"):
            self.marks.append(_Mark(tag, len(self.parts), "note" if tag == "sup" and is_note(node) else ""))
        elif tag == "q":
            before, after = quoted(self.language, self.quotes)
            self.quotes += 1
            self.add(before)
            self.marks.append(_Mark(tag, len(self.parts), after))
        return True

    def leave(self, node: LexborNode) -> None:
        tag = node.tag or ""
        if tag in _BLOCKS:
            self.flush()
            self.close(tag)
        elif self.marks and self.marks[-1].tag == tag:
            mark = self.marks.pop()
            words = "".join(self.parts[mark.start :])
            if tag == "a" and mark.text and words.strip():
                self.links.append(Link(single_spaced(words), mark.text))
            elif tag == "q":
                self.quotes -= 1
                self.add(mark.text)
            elif tag in ("sup", "sub"):
                text = lowered(words) if tag == "sub" else raised(words, is_note=mark.text == "note")
                self.parts[mark.start :] = [text]

    def open(self, node: LexborNode, tag: str) -> None:
        said = node.attributes
        attributes = "".join(
            f' {key}="{html.escape(said[key] or "")}"' for key in ("class", "id", "role") if key in said
        )
        inherited = bool(self.blocks) and self.blocks[-1].is_layout
        is_layout = tag in _LAID_OUT and (node.mem_id in self.layout if tag == "table" else inherited)
        hint = None if is_layout else _TAG_HINTS.get(tag)
        if hint is None and tag not in ("html", "body", "main", "article"):
            words = f"{said.get('class') or ''} {said.get('id') or ''}"
            hint = next((kind for kind, pattern in _CLASS_HINTS if pattern.search(words)), None)
        self.items += tag == "li"
        self.blocks.append(_Open(tag, node.mem_id, attributes, hint, is_layout=is_layout))
        if tag not in _LEAVES:
            self.skeleton.append(f"<{'div' if is_layout else tag}{attributes}>")

    def close(self, tag: str) -> None:
        block = self.blocks.pop()
        self.items -= tag == "li"
        if tag not in _LEAVES:
            self.skeleton.append(f"</{'div' if block.is_layout else tag}>")

    def add(self, text: str) -> None:
        if text.strip():
            self.pending_break = False
        self.parts.append(text)

    def flush(self) -> None:
        text = single_spaced("".join(self.parts))
        if text:
            self.pieces.append(self.piece(text))
        self.parts.clear()
        self.links.clear()
        for mark in self.marks:
            mark.start = 0
        self.pending_break = False

    def piece(self, text: str) -> Piece:
        inner = self.blocks[-1] if self.blocks else _Open("body", 0, "", None, is_layout=False)
        is_leaf = inner.tag in _LEAVES
        is_prose_heading = inner.hint == "heading" and is_running(text)
        own = None if is_prose_heading or not is_leaf else inner.hint
        around = [block for block in self.blocks if not is_leaf or block is not inner]
        outer = next((block.hint for block in reversed(around) if block.hint is not None), None)
        marked = f"\u28ff{format(len(self.pieces), 'x').translate(_DIGITS)}\u28ff{self.linked(text)}"
        if is_leaf:
            tag = "p" if is_prose_heading else inner.tag
            self.skeleton.append(f"<{tag}{inner.attributes}>{marked}</{tag}>")
        else:
            self.skeleton.append(marked if inner.tag in _HOLDERS and not inner.is_layout else f"<p>{marked}</p>")
        home = (around[-1] if around else inner).name
        return Piece(RawBlock(text, tuple(self.links), own or outer, self.items > 0), home, own)

    def linked(self, text: str) -> str:
        """The text with its links, escaped: how much of it is link tells menus from prose."""
        parts: list[str] = []
        done = 0
        for link in self.links:
            at = text.find(link.text, done)
            if at >= 0:
                parts += (html.escape(text[done:at]), f'<a href="/">{html.escape(link.text)}</a>')
                done = at + len(link.text)
        return "".join((*parts, html.escape(text[done:])))
