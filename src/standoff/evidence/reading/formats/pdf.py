"""PDF: its text by pages, lines joined to paragraphs.

A PDF has no paragraphs, only signs at places; PDFium gives them in lines. Lines that stand at the top or bottom of
several pages are running heads and set aside; words cut at a line's end are joined; a paragraph ends with a line that
ends a sentence and is clearly shorter than the page's others, or before a line that begins an item.
"""

from __future__ import annotations

import re
from collections import Counter

from standoff.evidence.reading.blocks import Metadata, RawBlock

__all__ = ["looks_like_pdf", "read_pdf"]

_MOST_PAGES = 2_000
_MOST_LETTERS = 5_000_000
_END = re.compile(r"[.!?…:。！？][\"'”’»)\]]*$")
_ITEM = re.compile(r"^(?:[•▪●◦*–—-]|\(?\d{1,3}[.)]|\(?[a-z][.)])\s")
_SHORT = 0.85  # of the length of a page's full lines


def looks_like_pdf(data: bytes) -> bool:
    """Whether bytes are a PDF."""
    return b"%PDF-" in data[:1_024]


def read_pdf(data: bytes) -> tuple[tuple[RawBlock, ...], Metadata]:
    """Cut a PDF into pieces.

    Raises:
        ValueError: It cannot be read, is locked, or has no text, as a scan has none.
    """
    import pypdfium2 as pdfium  # noqa: PLC0415 - it loads a library

    try:
        file = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        locked = "password" in str(error).lower()
        why = "it is a PDF that a password locks" if locked else f"it is no sound PDF: {error}"
        raise ValueError(why) from None
    try:
        if len(file) > _MOST_PAGES:
            raise ValueError(f"it has {len(file):,} pages, and at most {_MOST_PAGES:,} are read")
        pages = _pages(file)
        said = file.get_metadata_dict()
    except pdfium.PdfiumError as error:
        raise ValueError(f"it is a PDF that cannot be read: {error}") from None
    finally:
        file.close()
    if not any(pages):
        raise ValueError("it is a PDF without text, as a scan is: let a program for recognising text read it first")
    heads = _running_heads(pages)
    blocks = [RawBlock(line, hint="navigation") for line in dict.fromkeys(h for h in heads if _plain(h))]
    returning = {_plain(head) for head in heads}
    lines = [[line for line in page if _plain(line) not in returning] for page in pages]
    blocks += [RawBlock(text) for text in _paragraphs(lines)]
    date = re.match(r"D:(\d{4})(\d\d)(\d\d)", said.get("CreationDate", ""))
    day = "-".join(date.groups()) if date else None
    return tuple(blocks), Metadata(said.get("Title") or None, said.get("Author") or None, None, day)


def _pages(file: object) -> list[list[str]]:
    pages: list[list[str]] = []
    left = _MOST_LETTERS
    for page in file:  # type: ignore[attr-defined]
        text = page.get_textpage().get_text_range().replace("\r\n", "\n")
        text = re.sub("[\x02\ufffe]", "-\n", text)  # PDFium's mark for a hyphen at a line's end, which it swallows
        page.close()
        left -= len(text)
        if left < 0:
            raise ValueError(f"it has more than {_MOST_LETTERS:,} characters")
        pages.append([words for line in text.split("\n") if (words := " ".join(line.split()))])
    return pages


def _plain(line: str) -> str:
    """A line without its numbers, so that heads with page numbers are alike."""
    return re.sub(r"[\d\W]+", " ", line).strip().lower()


def _running_heads(pages: list[list[str]]) -> list[str]:
    """Lines at the top or bottom that return on three pages or more, and page numbers."""
    edges = [[line for k, line in enumerate(page) if k < 2 or k >= len(page) - 2] for page in pages if len(page) > 4]
    often = Counter(key for page in edges for key in {_plain(line) for line in page} if key)
    return [line for page in edges for line in page if often[_plain(line)] >= 3 or not _plain(line)]


def _paragraphs(pages: list[list[str]]) -> list[str]:
    found: list[str] = []
    open_ = ""
    for page in pages:
        usual = sorted(len(line) for line in page)[4 * len(page) // 5] if page else 0
        for line in page:
            if open_ and _ITEM.match(line):
                found.append(open_)
                open_ = ""
            if open_.endswith("-") and line[:1].islower() and open_[-2:-1].isalpha():
                open_ = open_[:-1] + line
            else:
                open_ = f"{open_} {line}".strip()
            is_last = len(line) < _SHORT * usual
            if is_last and (_END.search(line) or (len(line) < 0.6 * usual and open_ == line)):
                found.append(open_)
                open_ = ""
    return [*found, open_] if open_ else found
