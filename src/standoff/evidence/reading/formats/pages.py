"""HTML to pieces.

trafilatura decides what the main text is, and reads the page's metadata. It judges a skeleton of the page, in which
each piece has a number: pieces are known again by it, and never by their words, of which trafilatura drops some.

Reference:
    A. Barbaresi, Trafilatura: a web scraping library and command-line tool for text discovery and
    extraction, Proceedings of ACL-IJCNLP 2021, System Demonstrations, 122-131.
"""

from __future__ import annotations

import re
from collections import Counter

from standoff.evidence.reading.blocks import Kind, Metadata, RawBlock
from standoff.evidence.reading.formats.markup import parse_page
from standoff.evidence.reading.formats.walk import Cut, Piece, cut, numbers_in
from standoff.evidence.reading.kinds import is_running

__all__ = ["looks_like_page", "page_blocks", "read_page"]

_PAGE = re.compile(
    r"\s*+(?:<\?xml[^>]*+>\s*+)?(?:<!--(?:[^-]++|-(?!->))*+-->\s*+)*+<(?:!doctype\s+html|html|head|body|meta|title)\b",
    re.I,
)
_FRAGMENT = re.compile(r"<(?:p|div|article|section|table|h[1-6]|br)\b[^>]{0,2000}>", re.I)
_MARKDOWN = re.compile(r"^(?:#{1,6} \S|> \S|(?:[-*+]|\d+\.) \S|\*\*\S|```)|\]\((?:https?:|/|#)", re.M)
_SAVED_FROM = re.compile(r"<!--\s*saved from url=\(\d+\)(\S+)\s*-->", re.I)
_SURE: tuple[Kind, ...] = ("heading", "caption", "code", "pull quote")  # whatever trafilatura thinks
_LEAST_MAIN = 200  # characters: below, there was no main text to be found and the pieces speak for themselves
_MOST_JUDGED = 3_000_000  # characters of a skeleton that trafilatura is asked about


def looks_like_page(text: str) -> bool:
    """Whether a text is HTML: it begins as a page does, or has several of its tags and no marks of Markdown."""
    if _PAGE.match(text) is not None:
        return True
    start = text[:20_000]
    is_fragment = len(_FRAGMENT.findall(start)) >= 3
    return is_fragment and (_FRAGMENT.match(start.lstrip()) is not None or _MARKDOWN.search(start) is None)


def read_page(text: str, url: str | None = None) -> tuple[tuple[RawBlock, ...], Metadata]:
    """Cut a page into pieces, those of its main text without a hint, and read its metadata."""
    saved = _SAVED_FROM.search(text[:4000])
    tree = parse_page(text)
    root = tree.css_first("html")
    language = (root.attributes.get("lang") if root is not None else None) or None
    found = cut(tree, (language or "")[:2].lower())
    metadata = _metadata(tree.html or "", url or (saved.group(1) if saved else None), language)
    return _judged(found), metadata


def page_blocks(text: str) -> tuple[RawBlock, ...]:
    """Every piece of text of a page in order, each with the kind that its tags and classes suggest."""
    return tuple(piece.block for piece in cut(parse_page(text)).pieces)


def _judged(found: Cut) -> tuple[RawBlock, ...]:
    """Main text loses its hint, unless the hint is sure; what is not main text has one.

    Prose that stands among main text, in the same element, is main text too.
    """
    blocks = tuple(piece.block for piece in found.pieces)
    main = _main(found.skeleton)
    if sum(len(blocks[i].text) for i in main if i < len(blocks)) < _LEAST_MAIN:
        return blocks
    main_of, all_of = Counter[int](), Counter[int]()
    for i, piece in enumerate(found.pieces):
        all_of[piece.home] += len(piece.block.text)
        main_of[piece.home] += len(piece.block.text) if i in main else 0
    homes = frozenset(home for home in all_of if 2 * main_of[home] >= all_of[home])
    return tuple(_hinted(piece, i in main, piece.home in homes) for i, piece in enumerate(found.pieces))


def _hinted(piece: Piece, is_main: bool, is_among_main: bool) -> RawBlock:
    block = piece.block
    if block.hint in _SURE or (block.hint == "table" and not is_running(block.text)):
        return block
    is_rescued = is_among_main and piece.own_hint in (None, "navigation") and _is_own_prose(block)
    hint: Kind | None = None if is_main or is_rescued else (block.hint or "navigation")
    return RawBlock(block.text, block.links, hint, block.is_item, is_emphasised=block.is_emphasised)


def _is_own_prose(block: RawBlock) -> bool:
    linked = sum(len(link.text) for link in block.links)
    return is_running(block.text, least=60) and 2 * linked < len(block.text)


def _main(skeleton: str) -> frozenset[int]:
    """The numbers of the pieces that trafilatura takes for main text; none where it finds none."""
    import trafilatura  # noqa: PLC0415 (slow to import, and only for pages)

    if len(skeleton) > _MOST_JUDGED:
        return frozenset()
    found = trafilatura.bare_extraction(skeleton, fast=True, include_comments=False, with_metadata=False)
    text = getattr(found, "text", None)
    return numbers_in(text) if isinstance(text, str) else frozenset()


def _metadata(page: str, url: str | None, language: str | None) -> Metadata:
    import trafilatura  # noqa: PLC0415 (slow to import, and only for pages)

    dates = {"extensive_search": False, "original_date": True, "outputformat": "%Y-%m-%d"}
    found = trafilatura.extract_metadata(page, default_url=url, date_config=dates)
    if found is None:
        return Metadata(url=url, language=language)
    return Metadata(
        title=found.title or None,
        author=found.author or None,
        publisher=found.sitename or found.hostname or None,
        date=found.date or None,
        url=found.url or url,
        language=language,
    )
