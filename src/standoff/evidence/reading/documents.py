"""Documents: a file of someone else's text, read into clean paragraphs, what was set aside, and metadata.

Nothing of a document is ever written into a study.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path

from standoff.base.files import what_is_there
from standoff.base.problems import Problem, StudyError
from standoff.base.source import Source, Span
from standoff.evidence.reading.blocks import Block, Link, Metadata, RawBlock
from standoff.evidence.reading.formats.archives import unpacked
from standoff.evidence.reading.formats.books import read_archive
from standoff.evidence.reading.formats.encoding import Decoded, decode
from standoff.evidence.reading.formats.mail import looks_like_mail, read_mail
from standoff.evidence.reading.formats.markdown import has_front_matter, looks_like_markdown, read_markdown
from standoff.evidence.reading.formats.pages import looks_like_page, read_page
from standoff.evidence.reading.formats.pdf import looks_like_pdf, read_pdf
from standoff.evidence.reading.formats.plain import read_plain
from standoff.evidence.reading.formats.tei import looks_like_tei, read_tei
from standoff.evidence.reading.kinds import classify
from standoff.evidence.reading.metadata import settled
from standoff.evidence.reading.sentences import guess_language

__all__ = ["MOST_DOCUMENT_BYTES", "Document", "read_document", "read_document_text"]

MOST_DOCUMENT_BYTES = 5_000_000
_MOST_PACKED_BYTES = 50_000_000
_PACKED = (".pdf", ".docx", ".epub")
_SCRIPTS = (
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("ar", re.compile("[\u0600-\u06ff]")),
)


@dataclass(frozen=True, slots=True)
class Document:
    """A document as read: its pieces in their order. `path` is as the user would write it.

    `stated` is the language that the study says; `problems` are warnings of how the file was read.
    """

    path: str
    metadata: Metadata
    blocks: tuple[Block, ...] = field(repr=False)
    stated: str | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def body(self) -> tuple[Block, ...]:
        """The paragraphs of the text itself; the first has `paragraph` 1."""
        return tuple(block for block in self.blocks if block.kind == "body")

    @property
    def references(self) -> tuple[Link, ...]:
        """The links of the body, in their order."""
        return tuple(link for block in self.body for link in block.links)

    @property
    def language(self) -> str:
        """Two letters of the language: as the study says, else the document, else by its script and its words."""
        for said in (self.stated, self.metadata.language):
            letters = re.match(r"[A-Za-z]{2}(?![A-Za-z])", said or "")
            if letters is not None:
                return letters.group().lower()
        sample = " ".join(block.text for block in self.body[:8])[:8_000]
        by_script = (name for name, script in _SCRIPTS if len(script.findall(sample)) > 0.2 * len(sample))
        return next(by_script, None) or guess_language(sample)


def read_document(
    path: Path, shown: str | None = None, at: Span | None = None, language: str | None = None
) -> Document:
    """Read a plain text, Markdown, a page of HTML or a saved one, a PDF, .docx, EPUB, TEI document or e-mail.

    Args:
        path: The file.
        shown: The path as problems should print it; the file's name where it is left out.
        at: Where the file is asked for; problems point there, or at the file's start.
        language: Two letters, where it is known from elsewhere; that wins over what the document says.

    Raises:
        StudyError: One problem: the file is missing, too large, no text, or has no text in it.
    """
    name = shown or path.name
    place = at or Span(Source(name, ""), 0, 0)
    data = _bytes(path, name, place)
    try:
        pieces = _pieces(data)
        found, url = (None, None) if pieces is not None else unpacked(data) or (decode(data), None)
    except ValueError as error:
        message = f"`{name}` cannot be read as a document: {error}"
        raise StudyError([Problem("document-unreadable", place, message, "save it as text or HTML")]) from None
    if pieces is not None:
        document = replace(_classified(*pieces, name), stated=language)
    else:
        assert found is not None
        document = replace(_document(found.text, name, url), stated=language, problems=_warnings(found, name, place))
    if not document.body:
        message = f"`{name}` has no paragraph of running text"
        raise StudyError([Problem("document-unreadable", place, message, "save the whole page, or its text")])
    return document


def read_document_text(text: str, path: str = "text") -> Document:
    """Read a document that is already text: HTML, Markdown or plain, whichever it looks like."""
    return _document(text, path, None)


def _pieces(data: bytes) -> tuple[tuple[RawBlock, ...], Metadata] | None:
    """The pieces of a file that is no plain text; None where it is."""
    if looks_like_pdf(data):
        return read_pdf(data)
    if looks_like_tei(data):
        return read_tei(data)
    if looks_like_mail(data):
        return read_mail(data)
    return read_archive(data)


def _bytes(path: Path, name: str, place: Span) -> bytes:
    try:
        if not path.is_file():
            if not path.exists():
                raise StudyError([Problem("file-missing", place, f"the document `{name}` is not there")])
            message = f"the document `{name}` is not a plain file, but {what_is_there(path)}"
            raise StudyError([Problem("file-unreadable", place, message, "save its text as a file")])
        size = path.stat().st_size
        most = _MOST_PACKED_BYTES if path.suffix.lower() in _PACKED else MOST_DOCUMENT_BYTES
        if size > most:
            message = f"the document `{name}` has {size:,} bytes, and at most {most:,} are read"
            raise StudyError([Problem("file-too-large", place, message, "save only its text")])
        return path.read_bytes()
    except OSError as error:
        message = f"the document `{name}` cannot be read: {error.strerror}"
        raise StudyError([Problem("file-unreadable", place, message)]) from None


def _warnings(found: Decoded, name: str, place: Span) -> tuple[Problem, ...]:
    if not found.warning:
        return ()
    message = f"`{name}`: {found.warning}"
    return (Problem("document-encoding", place, message, "save it as UTF-8"),)


def _document(text: str, name: str, url: str | None) -> Document:
    raw: tuple[RawBlock, ...]
    if has_front_matter(text):
        raw, metadata = read_markdown(text)
    elif url is not None or looks_like_page(text):
        raw, metadata = read_page(text, url)
    elif looks_like_markdown(text):
        raw, metadata = read_markdown(text)
    else:
        raw, metadata = read_plain(text)
    return _classified(raw, metadata, name)


def _classified(raw: tuple[RawBlock, ...], metadata: Metadata, name: str) -> Document:
    blocks = classify(raw, metadata.title)
    return Document(name, settled(metadata, blocks), blocks)
