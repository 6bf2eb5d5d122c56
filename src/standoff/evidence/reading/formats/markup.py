"""A page's markup to a tree that browsers would show: what is hidden, struck or no text is left out.

Lexbor's parser follows the HTML standard, so broken markup becomes what browsers make of it. Its time grows with
the square of depth and of the number of attributes; both are bounded before it reads.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

__all__ = ["Hidden", "is_note", "layout_tables", "parse_page", "tamed"]

_MOST_ATTRIBUTES = 200  # of a tag
_MOST_OPEN = 500  # tags at once: browsers stop at 512
_TAG = re.compile(r"<(/?)([A-Za-z][^\s/>]*+)((?:=\s*+\"[^\"]*+\"|=\s*+'[^']*+'|[^>=]++|=)*+)>?")
_CLOSE_THEMSELVES = frozenset(
    (
        *(
            "area",
            "base",
            "br",
            "col",
            "embed",
            "hr",
            "img",
            "input",
            "link",
            "meta",
            "param",
            "source",
            "track",
            "wbr",
        ),
        *("p", "li", "dt", "dd", "option", "optgroup", "tr", "td", "th", "thead", "tbody", "tfoot", "rt", "rp"),
        *("html", "head", "body", "script", "style", "title", "textarea"),
    )
)
_SKIPPED = frozenset(
    (
        *("audio", "button", "canvas", "datalist", "del", "embed", "head", "iframe", "input", "map", "math"),
        *("noscript", "object", "rp", "rt", "rtc", "s", "script", "select", "strike", "style", "svg", "template"),
        *("textarea", "title", "video"),
    )
)
_NOT_SHOWN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)\b", re.I)
_STRUCK = re.compile(r"text-decoration(?:-line)?\s*:[^;]*\bline-through\b", re.I)
_CSS_COMMENT = re.compile(r"/\*[^*]*+\*++(?:[^/*][^*]*+\*++)*+/")
_AT_RULE = re.compile(r"@[^{};]*+(?:;|\{[^{}]*+(?:\{[^{}]*+\}[^{}]*+)*+\}?)")
_RULE = re.compile(r"([^{}]*+)\{([^{}]*+)\}")
_SIMPLE = re.compile(r"([.#])([\w-]+)")
_NOTE = re.compile(r"\b(?:foot|end)?note|\breference\b|noteref|\bcite", re.I)
_LEAST_CELL = 200  # characters of a cell that holds an article


def tamed(text: str) -> str:
    """Without the attributes of tags that have very many, and without tags beyond a depth that no page needs."""
    opened: Counter[str] = Counter()

    def bounded(tag: re.Match[str]) -> str:
        name = tag.group(2).lower()
        if name not in _CLOSE_THEMSELVES:
            if tag.group(1):
                if not opened[name]:
                    return tag.group()
                opened[name] -= 1
                opened[""] -= 1
            elif opened[""] >= _MOST_OPEN:
                return " "
            elif not tag.group(3).endswith("/"):
                opened[name] += 1
                opened[""] += 1
        inside = tag.group(3)
        if len(inside) > _MOST_ATTRIBUTES and len(inside.split(None, _MOST_ATTRIBUTES)) > _MOST_ATTRIBUTES:
            return f"<{tag.group(1)}{tag.group(2)}>"
        return tag.group()

    return _TAG.sub(bounded, text)


def parse_page(text: str) -> LexborHTMLParser:
    """The tree that a browser would build of a page."""
    from selectolax.lexbor import LexborHTMLParser  # noqa: PLC0415 (only for pages)

    return LexborHTMLParser(tamed(text))


class Hidden:
    """What of a page is not shown, by its tags, its attributes and the plain rules of its own style sheets."""

    def __init__(self, tree: LexborHTMLParser) -> None:
        self.names: set[tuple[str, str]] = set()
        for style in tree.css("style"):
            rules = _AT_RULE.sub("", _CSS_COMMENT.sub("", style.text() or ""))
            for selectors, body in _RULE.findall(rules):
                if _NOT_SHOWN.search(body):
                    found = (_SIMPLE.fullmatch(selector.strip()) for selector in selectors.split(","))
                    self.names |= {(match.group(1), match.group(2)) for match in found if match is not None}

    def hides(self, node: LexborNode, tag: str) -> bool:
        """Whether a reader of the page does not see an element, or sees it struck through."""
        if tag in _SKIPPED:
            return True
        said = node.attributes
        if not said or tag in ("html", "body", "main", "article"):
            return tag == "dialog"
        if "hidden" in said and said["hidden"] != "until-found":
            return True
        if said.get("aria-hidden") == "true" or (tag == "dialog" and "open" not in said):
            return True
        style = said.get("style")
        if style and (_NOT_SHOWN.search(style) or _STRUCK.search(style)):
            return True
        if not self.names:
            return False
        classes = (said.get("class") or "").split()
        return ("#", said.get("id") or "") in self.names or any((".", name) in self.names for name in classes)


def is_note(node: LexborNode) -> bool:
    """Whether a raised mark leads to a note: it links within the page, or is named as one."""
    around = (node, node.parent, node.child, None if node.child is None else node.child.next)
    for one in around:
        if one is None or not one.is_element_node:
            continue
        said = one.attributes
        if one.tag == "a" and ("#" in (said.get("href") or "") or "name" in said):
            return True
        if one is not node.parent and _NOTE.search(
            f"{said.get('class') or ''} {said.get('role') or ''} {said.get('id') or ''}"
        ):
            return True
    return False


def layout_tables(tree: LexborHTMLParser) -> frozenset[int]:
    """The tables that lay a page out and hold no figures: one cell has most of the text, or the page's title."""
    found: set[int] = set()
    tables: list[_Table] = []
    cells: list[int] = []  # the characters in each cell that is open
    node, entering = tree.root, True
    while node is not None:
        tag = node.tag or ""
        if entering:
            if tag == "-text":
                _add(cells, len((node.text_content or "").strip()))
            elif tag == "table":
                tables.append(_Table(node.mem_id, node.attributes.get("role") == "presentation"))
            elif tag == "td":
                cells.append(0)
            elif tables and tag in ("th", "caption"):
                tables[-1].is_data = True
            elif tables and tag == "h1":
                tables[-1].is_layout = True
            if node.child is not None:
                node = node.child
                continue
        if tag == "td" and cells:
            size = cells.pop()
            if tables:
                tables[-1].take(size)
            _add(cells, size)
        elif tag == "table" and tables:
            table = tables.pop()
            if table.lays_out():
                found.add(table.name)
        if node.next is not None:
            node, entering = node.next, True
        else:
            node, entering = node.parent, False
    return frozenset(found)


class _Table:
    def __init__(self, name: int, is_layout: bool) -> None:
        self.name, self.is_layout, self.is_data = name, is_layout, False
        self.largest = self.total = 0

    def take(self, size: int) -> None:
        self.largest, self.total = max(self.largest, size), self.total + size

    def lays_out(self) -> bool:
        is_one = self.largest >= _LEAST_CELL and 2 * self.largest >= self.total
        return self.is_layout or (is_one and not self.is_data)


def _add(cells: list[int], size: int) -> None:
    """What one cell holds, the cells around it hold too; the innermost is counted and hands its sum on."""
    if cells:
        cells[-1] += size
