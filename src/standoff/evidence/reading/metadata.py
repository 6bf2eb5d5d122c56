"""What a document's text says of its title, author, publisher and date, where nothing else does."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from standoff.evidence.reading.blocks import Block, Link, Metadata
from standoff.evidence.reading.kinds import squeezed

__all__ = ["settled", "written_date"]

_NAME = r"[A-Z][\w'’.\-]+(?: [A-Z][\w'’.\-]*){1,3}"
_BYLINE = re.compile(
    r"^(?:(?:[Ww]ritten )?[Bb][Yy]|[Vv]on|[Pp]ar|[Pp]or|[Dd]i|[Pp]rzez|[Аа]втор|[Тт]екст):?\s+"
    r"([^\W\d_][\w'’.\-]+(?: [^\W\d_][\w'’.\-]*){1,3})"
)
_NOTE = re.compile(
    rf"^({_NAME}),? (?:is|was|serves|works|writes|teaches)\b.{{0,300}}\b(?:author|analyst|columnist|contributor"
    r"|correspondent|director|editor|expert|fellow|journalist|lecturer|lawyer|officer|physician|professor|reporter"
    r"|researcher|scholar|scientist|student|teaches|writer|writes)\b",
    re.S,
)
_OWNER = re.compile(
    r"(?:©|\([cC]\)|\b[Cc]opyright\b)(?: ?©)?\s*(?:(\d{4})(?:\s*[-–]\s*\d{2,4})?)?,?\s*(?:by\s+)?"
    r"([A-Z][^.|,\n©]{1,60})?"
)
_MONTHS = tuple(
    names.split()
    for names in (  # the first three letters in en, de, fr, es, it, pt, pl, ru, uk
        "jan ene gen sty янв січ",
        "feb fév feb fev lut фев лют",
        "mar mär мар бер",
        "apr avr abr kwi апр кві",
        "may mai mag maj мая май тра",
        "jun giu cze июн чер",
        "jul lug lip июл лип",
        "aug aoû ago sie авг сер",
        "sep set wrz сен вер",
        "oct okt ott out paź окт жов",
        "nov lis ноя лис",
        "dec dez déc dic gru дек гру",
    )
)
_DATES = (
    (re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b"), (1, 2, 3)),
    (re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)?\.? ([A-Za-z]{3})[a-z]{0,6}\.?,? (\d{4})\b"), (3, 2, 1)),
    (re.compile(r"\b([A-Za-z]{3})[a-z]{0,6}\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})\b"), (3, 1, 2)),
    (re.compile(r"\b(\d{1,2})\.?(?: de)? ([^\W\d]{3})[^\W\d]{0,9}\.?,?(?: de)? (\d{4})\b"), (3, 2, 1)),
    (re.compile(r"\b(\d{4}) ?[年년] ?(\d{1,2}) ?[月월] ?(\d{1,2}) ?[日일]"), (1, 2, 3)),
    (re.compile(r"\b(\d{4})-(\d\d)\b"), (1, 2, None)),
    (re.compile(r"\b([A-Za-z]{3})[a-z]{0,6}\.? (\d{4})\b"), (2, 1, None)),
)


def settled(said: Metadata, blocks: Sequence[Block]) -> Metadata:
    """Metadata with its date written alike and its gaps filled from what the text says."""
    author = _author(said.author)
    date = written_date(said.date) if said.date else None
    known = Metadata(said.title, author, said.publisher, date or said.date, url=said.url, language=said.language)
    filled = known.filled(_in_text(blocks))
    host = urlsplit(filled.url).hostname if filled.url and filled.publisher is None else None
    return filled.filled(Metadata(publisher=host.removeprefix("www.") if host else None))


def written_date(text: str) -> str | None:
    """The first date in a text as `2025-02-13` or `2025-02`; None where there is none."""
    for pattern, (year, month, day) in _DATES:
        for found in pattern.finditer(text):
            which = _month(found.group(month))
            if which is None:
                continue
            whole = f"{found.group(year)}-{which:02d}"
            if day is None:
                return whole
            number = int(found.group(day))
            if 1 <= number <= 31:
                return f"{whole}-{number:02d}"
    return None


def _month(text: str) -> int | None:
    if text.isdigit():
        return int(text) if 1 <= int(text) <= 12 else None
    short = text[:3].casefold()
    return next((i for i, names in enumerate(_MONTHS, 1) if short in names), None)


def _author(said: str | None) -> str | None:
    """Several authors joined by commas; a leading `By` dropped."""
    if not said:
        return None
    return re.sub(r"^[Bb]y:?\s+", "", said).replace("; ", ", ") or None


def _in_text(blocks: Sequence[Block]) -> Metadata:
    author = date = year = publisher = url = None
    for block in blocks:
        if block.kind == "byline":
            author = author or _group(_BYLINE, block.text)
            date = date or written_date(block.text)
        elif block.kind == "copyright" and (found := _OWNER.search(block.text)):
            year = year or found.group(1)
            publisher = publisher or (found.group(2) or "").strip() or None
        elif block.kind == "link" and len(block.links) == 1 and _names_its_site(block.links[0]):
            url = block.links[0].url
    last = next((block.text for block in reversed(blocks) if block.kind in ("body", "author note")), "")
    author = author or (_group(_NOTE, last) if len(last) < _LONGEST_NOTE else None)
    return Metadata(author=author, publisher=publisher, date=date or year, url=url)


_LONGEST_NOTE = 500  # characters


def _group(pattern: re.Pattern[str], text: str) -> str | None:
    found = pattern.search(text)
    return found.group(1).rstrip(".,") if found else None


def _names_its_site(link: Link) -> bool:
    """A link to an article whose words are the name of the site: where the text was taken from."""
    parts = urlsplit(link.url) if link.url.startswith("http") else None
    if parts is None or not parts.hostname:
        return False
    name = squeezed(link.text).replace(" ", "")
    return len(name) > 2 and name in parts.hostname.replace("-", "") and len(parts.path.strip("/")) > 10
