"""HTML and saved web pages to pieces.

trafilatura decides what the main text is, and reads the page's metadata; lxml's tree gives every piece of
text in its order, so that what is not main text can be set aside under its name.

Reference:
    A. Barbaresi, Trafilatura: a web scraping library and command-line tool for text discovery and
    extraction, Proceedings of ACL-IJCNLP 2021, System Demonstrations, 122-131.
"""

from __future__ import annotations

import email
import email.policy
import plistlib
import re
from typing import Any

from standoff.evidence.reading.blocks import Kind, Link, Metadata, RawBlock
from standoff.evidence.reading.kinds import squeezed
from standoff.evidence.reading.plain import single_spaced

__all__ = ["looks_like_page", "page_blocks", "read_page", "unpacked"]

_MOST_ATTRIBUTES = 200  # of a tag: a parser's time grows with their square
_TAG = re.compile(r"<([A-Za-z][^\s/>]*+)((?:=\s*+\"[^\"]*+\"|=\s*+'[^']*+'|[^>=]++|=)*+)>?")
_PAGE = re.compile(r"\A\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|body)\b", re.I | re.S)
_FRAGMENT = re.compile(r"<(?:p|div|article|section|table|h[1-6]|br)\b[^>]*>", re.I)
_SAVED_FROM = re.compile(r"<!--\s*saved from url=\(\d+\)(\S+)\s*-->", re.I)
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")

_BLOCKS = frozenset(
    (
        *("address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "div"),
        *("dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6"),
        *("header", "hr", "html", "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody"),
        *("td", "tfoot", "th", "thead", "tr", "ul"),
    )
)
_SKIPPED = frozenset(
    (
        *("audio", "button", "canvas", "datalist", "embed", "head", "iframe", "input", "map", "math", "noscript"),
        *("object", "option", "script", "select", "style", "svg", "template", "textarea", "title", "video"),
    )
)
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
_SURE: tuple[Kind, ...] = ("heading", "caption", "code", "pull quote")  # whatever trafilatura thinks
_CLASS_HINTS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("pull quote", re.compile(r"pull-?_?quote", re.I)),
    ("comment box", re.compile(r"\bcomments?\b|\bcomment-|disqus|\brespond\b|\breply\b", re.I)),
    ("advert", re.compile(r"\bads?\b|\bads?[-_]|advert|sponsor|promo|newsletter|subscri|cookie|popup|paywall", re.I)),
    ("caption", re.compile(r"caption|photo-?credit|image-?credit", re.I)),
    ("author note", re.compile(r"author-?(?:bio|note|box|info)|about-?author", re.I)),
    ("byline", re.compile(r"byline|dateline|entry-meta|post-meta", re.I)),
    ("navigation", re.compile(r"\bnav|menu|breadcrumb|sidebar|related|share|social|footer|widget|trending|tags", re.I)),
)


def looks_like_page(text: str) -> bool:
    """Whether a text is HTML: it begins as a page does, or has several of its tags."""
    return _PAGE.match(text) is not None or len(_FRAGMENT.findall(text[:20_000])) >= 3


def unpacked(data: bytes) -> tuple[bytes, str | None] | None:
    """The page inside a web archive (MHTML, or Safari's), with its address; None where it is no archive.

    Raises:
        ValueError: It is an archive, and no page can be read from it.
    """
    if data.startswith(b"bplist00"):
        return _safari(data)
    head = data[:4000].lower()
    if b"mime-version:" not in head or b"multipart/related" not in head:
        return None
    message = email.message_from_bytes(data, policy=email.policy.default)
    url = message.get("Snapshot-Content-Location")
    for part in message.walk():
        if part.get_content_type() == "text/html":
            content = part.get_payload(decode=True)
            if isinstance(content, bytes):
                charset = part.get_content_charset() or "utf-8"
                return content.decode(charset, errors="replace").encode("utf-8"), url
    raise ValueError("it is a web archive without a page")


def _safari(data: bytes) -> tuple[bytes, str | None]:
    try:
        main = plistlib.loads(data)["WebMainResource"]
        content, url = main["WebResourceData"], main.get("WebResourceURL")
        text = content.decode(main.get("WebResourceTextEncodingName") or "utf-8", errors="replace")
    except (plistlib.InvalidFileException, ValueError, KeyError, TypeError, AttributeError, LookupError):
        raise ValueError("it is a web archive without a page") from None
    return text.encode("utf-8"), url


def read_page(text: str, url: str | None = None) -> tuple[tuple[RawBlock, ...], Metadata]:
    """Cut a page into pieces, those of its main text without a hint, and read its metadata."""
    saved = _SAVED_FROM.search(text[:4000])
    text = _tamed(text)
    main, metadata = _main_text(text, url or (saved.group(1) if saved else None))
    blocks = page_blocks(text)
    lines = {squeezed(line) for line in main.split("\n")}
    whole = squeezed(main)
    if sum(len(block.text) for block in blocks if squeezed(block.text) in lines) < _LEAST_MAIN:
        return blocks, metadata
    return tuple(_judged(block, lines, whole) for block in blocks), metadata


_LEAST_MAIN = 200  # characters: below, there was no main text to be found and the pieces speak for themselves


def page_blocks(text: str) -> tuple[RawBlock, ...]:
    """Every piece of text of a page in order, each with the kind that its tags and classes suggest."""
    from lxml import etree, html  # type: ignore[import-untyped]  # noqa: PLC0415 (slow, and only for pages)

    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        root = html.document_fromstring(_DECLARATION.sub("", _tamed(text)).encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return ()
    walk = _Walk()
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "start":
            walk.enter(element)
        else:
            walk.leave(element)
    walk.flush()
    return tuple(walk.blocks)


class _Walk:
    """One pass over the tree's events; text gathers until a block begins or ends."""

    def __init__(self) -> None:
        self.blocks: list[RawBlock] = []
        self.parts: list[str] = []
        self.links: list[Link] = []
        self.opened: list[tuple[str, int]] = []
        self.hints: list[Kind] = []
        self.hinting: list[Any] = []
        self.items = 0
        self.skipping = 0
        self.pending_break = False

    def enter(self, element: Any) -> None:
        tag = element.tag if isinstance(element.tag, str) else ""
        if self.skipping or tag in _SKIPPED:
            self.skipping += 1
            return
        if tag in _BLOCKS:
            self.flush()
            hint = _hint(element, tag)
            if hint is not None:
                self.hints.append(hint)
                self.hinting.append(element)
            self.items += tag == "li"
        elif tag == "br":
            if self.pending_break:
                self.flush()
            self.pending_break = True
            self.add(" ")
        elif tag == "a":
            self.opened.append((element.get("href") or "", len(self.parts)))
        self.add(element.text)

    def leave(self, element: Any) -> None:
        if self.skipping:
            self.skipping -= 1
            if not self.skipping:
                self.add(element.tail)
            return
        tag = element.tag if isinstance(element.tag, str) else ""
        if tag in _BLOCKS:
            self.flush()
            self.items -= tag == "li"
            if self.hinting and self.hinting[-1] is element:
                self.hinting.pop()
                self.hints.pop()
        elif tag == "a" and self.opened:
            url, start = self.opened.pop()
            words = single_spaced("".join(self.parts[start:]))
            if url and words:
                self.links.append(Link(words, url))
        self.add(element.tail)

    def add(self, text: str | None) -> None:
        if text:
            if text.strip():
                self.pending_break = False
            self.parts.append(text)

    def flush(self) -> None:
        text = single_spaced("".join(self.parts))
        if text:
            hint = self.hints[-1] if self.hints else None
            self.blocks.append(RawBlock(text, tuple(self.links), hint, self.items > 0))
        self.parts.clear()
        self.links.clear()
        self.opened = [(url, 0) for url, _ in self.opened]
        self.pending_break = False


def _hint(element: Any, tag: str) -> Kind | None:
    if tag in _TAG_HINTS:
        return _TAG_HINTS[tag]
    if tag in ("html", "body", "main", "article"):
        return None
    words = f"{element.get('class') or ''} {element.get('id') or ''}"
    return next((kind for kind, pattern in _CLASS_HINTS if pattern.search(words)), None)


def _judged(block: RawBlock, lines: set[str], whole: str) -> RawBlock:
    """Main text loses its hint, unless the hint is sure; what is not main text has one."""
    words = squeezed(block.text)
    is_main = words in lines or (words.count(" ") >= 4 and words in whole)
    if block.hint in _SURE:
        return block
    hint: Kind | None = None if is_main else (block.hint or "navigation")
    return RawBlock(block.text, block.links, hint, block.is_item, block.is_emphasised)


def _main_text(text: str, url: str | None) -> tuple[str, Metadata]:
    import trafilatura  # noqa: PLC0415 (slow to import, and only for pages)

    found = trafilatura.bare_extraction(
        text,
        url=url,
        fast=True,
        include_comments=False,
        with_metadata=True,
        date_extraction_params={"extensive_search": False, "original_date": True, "outputformat": "%Y-%m-%d"},
    )
    language = re.search(r"<html\b[^>]*?\blang\s*=\s*[\"']?([A-Za-z-]{2,12})", text[:4000], re.I)
    lang = language.group(1) if language else None
    if found is None or isinstance(found, dict):
        return "", Metadata(url=url, language=lang)
    metadata = Metadata(
        title=found.title or None,
        author=found.author or None,
        publisher=found.sitename or found.hostname or None,
        date=found.date or None,
        url=found.url or url,
        language=lang,
    )
    return found.text or "", metadata


def _tamed(text: str) -> str:
    """Without the attributes of tags that have very many."""
    return _TAG.sub(_short, text)


def _short(tag: re.Match[str]) -> str:
    inside = tag.group(2)
    if len(inside) > _MOST_ATTRIBUTES and len(inside.split(None, _MOST_ATTRIBUTES)) > _MOST_ATTRIBUTES:
        return f"<{tag.group(1)}>"
    return tag.group()
