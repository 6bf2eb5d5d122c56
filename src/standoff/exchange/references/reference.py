"""A reference between CSL-JSON, RIS, BibTeX and a study's documents.

Reference: Citation Style Language 1.0.2, CSL-JSON; RIS format specifications (Research Information Systems, 2001);
O. Patashnik, BibTeXing (1988), with biblatex's entry types.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from standoff.base.files import read_source
from standoff.base.problems import Problem, StudyError
from standoff.base.source import Source, Span
from standoff.evidence.claims import DocumentEntry
from standoff.evidence.reading.blocks import Metadata
from standoff.exchange.imported import Asked, Imported, quoted
from standoff.exchange.names import Names
from standoff.language.clock import parse_date
from standoff.language.text.files import CLAIMS_FILE, STUDY_FILE

__all__ = ["import_references", "read_references", "write_bibtex", "write_csl", "write_ris"]

_MOST_BYTES, _MOST = 20_000_000, 2_000
Reference = tuple[str, Metadata]
"""A key, and what it says."""
_TAG = re.compile(r"([A-Z][A-Z0-9])  - ?(.*)")
_ACCENTS = {"`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", '"': "\u0308", "=": "\u0304", ".": "\u0307",
            "u": "\u0306", "v": "\u030c", "H": "\u030b", "c": "\u0327", "k": "\u0328", "r": "\u030a"}  # fmt: skip
_LETTERS = {"ss": "ß", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å",
            "AA": "Å", "i": "ı", "j": "ȷ"}  # fmt: skip
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()  # noqa: SIM905


def import_references(path: Path, asked: Asked) -> Imported:
    """A list of references as a study's documents, without claims.

    Raises:
        StudyError: The file cannot be read, or holds none.
    """
    references = read_references(path)
    names = Names("document")
    lines = ["standoff: 1", "documents:"]
    for k, (key, said) in enumerate(references):
        lines += [f"  {names.of(k, key)}:", f"    title: {quoted(said.title or key)}"]
        for field in ("author", "publisher", "date", "url", "language"):
            if value := getattr(said, field):
                lines.append(f"    {field}: {value if field == 'date' else quoted(value)}")
    study = [
        "standoff: 1", f"title: {quoted(path.stem)}", f"question: {quoted('What do the documents say?')}",
        "decider: modeller", "clock: {start: 2000-01, step: month, steps: 12}",
        "actors: {modeller: {name: Modeller, about: stands here until the study has actors}}",
        "choices: {modeller: [as_imported, to_be_written]}",
        "strategies: {modeller: {as_imported: {choose: as_imported}}}", 'payoffs: {modeller: {final: "0"}}',
        'outcomes: {in_the_end: {measure: "final(step)", better: higher}}',
    ]  # fmt: skip
    files = {CLAIMS_FILE: "\n".join(lines) + "\n", STUDY_FILE: "\n".join(study) + "\n"}
    undated = sum(said.date is None for _, said in references)
    return Imported(files, (f"{len(references)} documents, {undated} of them without a date",))


def read_references(path: Path) -> list[Reference]:
    """The references of a .json (CSL-JSON), .ris or .bib file.

    Raises:
        StudyError: The file cannot be read, or holds none.
    """
    source = read_source(path, path.name, most=_MOST_BYTES)
    found = list(_READERS[path.suffix.lower()](source))
    if not found:
        raise StudyError([Problem("empty", Span(source, 0, 1), "the file holds no references")])
    if len(found) > _MOST:
        message = f"the file holds {len(found):,} references, and a study has at most {_MOST:,} documents"
        raise StudyError([Problem("too-many", Span(source, 0, 1), message, "export those that the study cites")])
    return found


def _csl(source: Source) -> Iterator[Reference]:
    try:
        said = json.loads(source.text)
    except json.JSONDecodeError as error:
        span = Span(source, error.pos, error.pos + 1)
        raise StudyError([Problem("file-unreadable", span, f"the file is not JSON: {error.msg}")]) from None
    except RecursionError:
        raise StudyError([Problem("file-unreadable", Span(source, 0, 1), "the file is nested too deep")]) from None
    items = said.get("items", [said]) if isinstance(said, dict) else said
    for item in items if isinstance(items, list) else []:
        if not isinstance(item, dict) or not (item.get("title") or item.get("id")):
            raise StudyError([Problem("wrong-shape", Span(source, 0, 1), "an entry is no reference of CSL-JSON")])
        names = [a for a in item.get("author") or [] if isinstance(a, dict)]
        said = (a.get("literal") or f"{a.get('given', '')} {a.get('family', '')}".strip() for a in names)
        author = "; ".join(map(str, said))
        issued = item.get("issued") or {}
        parts = issued.get("date-parts") if isinstance(issued, dict) else None
        raw = str(issued.get("raw", "")) if isinstance(issued, dict) else ""
        day = "-".join(str(p) for p in parts[0]) if parts and isinstance(parts[0], list) else raw
        yield str(item.get("id") or item["title"]), Metadata(
            _clean(item.get("title")), author or None, _clean(item.get("publisher") or item.get("container-title")),
            _date(day), url=_clean(item.get("URL")), language=_clean(item.get("language")),
        )  # fmt: skip


def _ris(source: Source) -> Iterator[Reference]:
    """Records from TY to ER; a last one without ER counts, and repeated tags all count."""
    fields: dict[str, list[str]] = {}
    at, last = 0, ""
    for line in source.text.split("\n"):
        found = _TAG.fullmatch(line.rstrip())
        if found is None and line.strip():
            if not fields or not last:
                message = "the line is none of RIS, which has `TY  - …`"
                raise StudyError([Problem("wrong-shape", Span(source, at, at + max(len(line), 1)), message)])
            fields[last][-1] += " " + line.strip()
        elif found is not None and found[1] == "ER":
            yield _of_ris(fields)
            fields, last = {}, ""
        elif found is not None:
            if not fields and found[1] != "TY":
                message = f"a record begins with `{found[1]}`, where `TY` is expected"
                raise StudyError([Problem("wrong-shape", Span(source, at, at + 2), message)])
            last = found[1]
            fields.setdefault(last, []).append(found[2].strip())
        at += len(line) + 1
    if fields:
        yield _of_ris(fields)


def _of_ris(fields: Mapping[str, list[str]]) -> Reference:
    def first(*tags: str) -> str | None:
        return next((fields[tag][0] for tag in tags if fields.get(tag) and fields[tag][0]), None)

    authors = "; ".join(_turned(name) for tag in ("AU", "A1") for name in fields.get(tag, []))
    title = first("TI", "T1", "CT", "BT")
    return first("ID") or title or "document", Metadata(
        title, authors or None, first("PB", "T2", "JO", "JF"), _date((first("DA", "Y1", "PY") or "").strip("/")),
        url=first("UR", "L2"), language=first("LA"),
    )  # fmt: skip


def _bibtex(source: Source) -> Iterator[Reference]:
    text, at = source.text, 0
    while (match := re.compile(r"@\s*(\w+)\s*([{(])").search(text, at)) is not None:
        kind, at = match[1].lower(), match.end()
        stop = _closing(source, at, match.start())
        if kind not in ("comment", "string", "preamble"):
            key, _, rest = text[at:stop].partition(",")
            fields = {name.lower(): value for name, value in _fields(rest)}
            yield key.strip(), _of_bibtex(fields)
        at = stop + 1


def _closing(source: Source, start: int, opened: int) -> int:
    depth = 1
    for match in re.compile(r"\\.|[{}]|\)\s*(?=\n|$)", re.S).finditer(source.text, start):
        if match[0][0] == "\\":
            continue
        depth += {"{": 1, "}": -1}.get(match[0], -1 if source.text[start - 1] == "(" and depth == 1 else 0)
        if depth == 0:
            return match.start()
    message = "an entry of BibTeX begins here, and its brace is never closed"
    raise StudyError([Problem("wrong-shape", Span(source, opened, opened + 1), message)])


def _fields(text: str) -> Iterator[tuple[str, str]]:
    """Fields of an entry: in braces, in quotation marks, or bare."""
    at = 0
    while (match := re.compile(r"\s*,?\s*([\w-]+)\s*=\s*").match(text, at)) is not None:
        at = start = match.end()
        if text[at : at + 1] == "{":
            depth = 0
            while at < len(text):
                depth += {"{": 1, "}": -1}.get(text[at], 0)
                at += 2 if text[at] == "\\" else 1
                if depth == 0:
                    break
            value = text[start + 1 : at - 1]
        elif text[at : at + 1] == '"':
            end = re.compile(r'(?<!\\)"').search(text, at + 1)
            at = end.end() if end else len(text)
            value = text[start + 1 : at - 1]
        else:
            at = min(k for k in (text.find(",", at), len(text)) if k >= 0)
            value = text[start:at]
        yield match[1], _tex(value)


def _of_bibtex(fields: Mapping[str, str]) -> Metadata:
    author = "; ".join(_turned(name) for name in re.split(r"\s+and\s+", fields.get("author", "")) if name)
    year, month = fields.get("year", ""), fields.get("month", "").lower()[:3]
    number = month if month.strip().isdigit() else str(_MONTHS.index(month) + 1) if month in _MONTHS else ""
    day = fields.get("date") or (f"{year}-{number}" if number else year)
    houses = ("publisher", "journal", "journaltitle", "institution", "organization")
    publisher = next((fields[key] for key in houses if fields.get(key)), None)
    return Metadata(fields.get("title"), author or None, publisher, _date(day), url=fields.get("url"),
                    language=fields.get("language") or fields.get("langid"))  # fmt: skip


def _tex(text: str) -> str:
    """TeX's accents and letters as Unicode, without braces."""
    text = re.sub(r"\{?\\([`'^~\"=.])\s*\{?\\?([A-Za-z])\}?\}?", lambda m: m[2] + _ACCENTS[m[1]], text)
    text = re.sub(r"\{?\\([uvHckr])(?:\s*\{([A-Za-z])\}|\s+([A-Za-z]))\}?",
                  lambda m: (m[2] or m[3]) + _ACCENTS[m[1]], text)  # fmt: skip
    text = re.sub(r"\{?\\(ss|[oOlL]|ae|AE|oe|OE|aa|AA|i|j)(?![A-Za-z])\s*(?:\{\})?\}?", lambda m: _LETTERS[m[1]], text)
    text = re.sub(r"\\([&%$#_{}])", r"\1", text).replace("---", "—").replace("--", "–").replace("~", " ")
    return unicodedata.normalize("NFC", " ".join(re.sub(r"[{}]", "", text).split()))


_READERS = {".json": _csl, ".ris": _ris, ".bib": _bibtex}


def write_csl(entries: Sequence[DocumentEntry]) -> str:
    """Documents as CSL-JSON."""
    items: list[dict[str, Any]] = []
    for entry in entries:
        said = entry.metadata
        item: dict[str, Any] = {"id": entry.name, "type": "document", "title": said.title}
        if said.author:
            item["author"] = [{"literal": name.strip()} for name in said.author.split(";")]
        if said.date:
            item["issued"] = {"date-parts": [[int(part) for part in said.date.split("-")]]}
        item |= {k: v for k, v in (("publisher", said.publisher), ("URL", said.url), ("language", said.language)) if v}
        items.append(item)
    return json.dumps(items, ensure_ascii=False, indent=1) + "\n"


def write_ris(entries: Sequence[DocumentEntry]) -> str:
    """Documents as RIS."""
    lines = []
    for entry in entries:
        said = entry.metadata
        lines += ["TY  - GEN", f"ID  - {entry.name}", f"TI  - {_line(said.title)}"]
        lines += [f"AU  - {_line(name)}" for name in (said.author or "").split(";") if name.strip()]
        day = (said.date or "").split("-")
        pairs = (("PB", said.publisher), ("PY", day[0]), ("DA", "/".join(day) if len(day) > 1 else ""),
                 ("UR", said.url), ("LA", said.language))  # fmt: skip
        lines += [f"{tag}  - {_line(value)}" for tag, value in pairs if value]
        lines.append("ER  - ")
    return "\r\n".join(lines) + "\r\n"


def write_bibtex(entries: Sequence[DocumentEntry]) -> str:
    """Documents as BibTeX, of biblatex's kind `online` where they have an address."""
    found = []
    for entry in entries:
        said = entry.metadata
        names = [_braced(name.strip()) for name in (said.author or "").split(";") if name.strip()]
        author = " and ".join(f"{{{name}}}" for name in names)
        pairs = (("title", f"{{{_braced(said.title)}}}"), ("author", author), ("publisher", _braced(said.publisher)),
                 ("date", said.date), ("url", said.url), ("langid", said.language))  # fmt: skip
        fields = ",\n".join(f"  {key} = {{{value}}}" for key, value in pairs if value)
        found.append(f"@{'online' if said.url else 'misc'}{{{entry.name},\n{fields}\n}}\n")
    return "\n".join(found)


def _braced(text: str | None) -> str:
    return re.sub(r"([&%$#_])", r"\\\1", re.sub(r"[{}\\]", "", text or ""))


def _line(text: str | None) -> str:
    return " ".join((text or "").split())


def _clean(said: Any) -> str | None:
    return " ".join(str(said).split()) or None if said else None


def _turned(name: str) -> str:
    """`Family, Given` as `Given Family`."""
    family, comma, given = name.partition(",")
    return " ".join(f"{given} {family}".split()) if comma else " ".join(name.split())


def _date(text: str | None) -> str | None:
    found = re.match(r"(\d{4})(?:[-/](\d{1,2})(?:[-/](\d{1,2}))?)?", str(text or ""))
    if found is None:
        return None
    day = "-".join([found[1], *(part.zfill(2) for part in found.groups()[1:] if part)])
    return day if parse_date(day) is not None else found[1]
