"""Passages: the sentences of a document's body, by address.

`p12.s2` is the second sentence of the twelfth paragraph, `p12.s2-3` the second and third, `p12` the whole
paragraph. Paragraphs of the body are counted from 1, and nothing that was set aside is counted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from standoff.evidence.reading.documents import Document
from standoff.evidence.reading.kinds import squeezed
from standoff.evidence.reading.sentences import split_sentences

__all__ = ["Address", "Passage", "parse_address", "passages", "sentences", "text_at"]

_ADDRESS = re.compile(r"p([1-9]\d{0,5})(?:\.s([1-9]\d{0,5})(?:-(?:s)?([1-9]\d{0,5}))?)?")


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """Sentences `first` to `last` of a paragraph; both None for the whole of it. All count from 1."""

    paragraph: int
    first: int | None = None
    last: int | None = None

    def __str__(self) -> str:
        if self.first is None:
            return f"p{self.paragraph}"
        end = "" if self.last in (None, self.first) else f"-{self.last}"
        return f"p{self.paragraph}.s{self.first}{end}"


@dataclass(frozen=True, slots=True)
class Passage:
    """One sentence of the body, or one piece that was set aside (`kind` says as what, and `address` is None)."""

    address: Address | None
    text: str
    kind: str = "body"


def parse_address(text: str) -> Address:
    """Read `p12`, `p12.s2` or `p12.s2-3`.

    Raises:
        ValueError: It is none of these.
    """
    found = _ADDRESS.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"`{text}` is not an address: expected `p12`, `p12.s2` or `p12.s2-3`")
    paragraph, first, last = (int(part) if part else None for part in found.groups())
    assert paragraph is not None
    if first is not None and last is not None and last < first:
        raise ValueError(f"`{text}` ends before it begins")
    return Address(paragraph, first, last if last is not None else first)


def sentences(document: Document) -> tuple[Passage, ...]:
    """Every sentence of the body, in order, told apart in the document's language."""
    language = document.language
    found: list[Passage] = []
    for block in document.body:
        assert block.paragraph is not None
        parts = split_sentences(block.text, language)
        found += (Passage(Address(block.paragraph, i, i), text) for i, text in enumerate(parts, 1))
    return tuple(found)


def passages(document: Document, find: str | None = None) -> tuple[Passage, ...]:
    """The passages of a document, with what was set aside, in the order of the file.

    Args:
        document: The document.
        find: Words that a passage must all contain, whatever their case and punctuation; then what was set
            aside is left out.
    """
    spoken = sentences(document)
    if find is not None:
        wanted = squeezed(find).split()
        return tuple(passage for passage in spoken if _holds(passage.text, wanted))
    by_paragraph: dict[int, list[Passage]] = {}
    for passage in spoken:
        assert passage.address is not None
        by_paragraph.setdefault(passage.address.paragraph, []).append(passage)
    found: list[Passage] = []
    for block in document.blocks:
        if block.paragraph is None:
            found.append(Passage(None, block.text, block.kind))
        else:
            found += by_paragraph.get(block.paragraph, [])
    return tuple(found)


def text_at(document: Document, address: Address) -> str | None:
    """The text at an address, or None where the document has no such passage."""
    inside = [p for p in sentences(document) if p.address is not None and p.address.paragraph == address.paragraph]
    if address.first is not None:
        last = address.last or address.first
        if last > len(inside):
            return None
        inside = inside[address.first - 1 : last]
    return " ".join(passage.text for passage in inside) or None


def _holds(text: str, wanted: list[str]) -> bool:
    squeezed_text = squeezed(text)
    return all(word in squeezed_text for word in wanted)
