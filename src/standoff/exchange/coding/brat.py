"""brat's standoff files: a .txt, and beside it an .ann of spans, attributes and notes.

Reference: P. Stenetorp and others, brat: a web-based tool for NLP-assisted text annotation (2012).
"""

from __future__ import annotations

import re
from pathlib import Path

from standoff.base.files import read_source
from standoff.base.problems import Problem, StudyError
from standoff.base.source import Source, Span
from standoff.exchange.coding.notes import CodedText, Note, study_of_notes
from standoff.exchange.imported import Asked, Imported

__all__ = ["import_brat", "write_brat"]

_MOST_BYTES = 20_000_000
_SPAN = re.compile(r"([^\s]+) (\d{1,9} \d{1,9}(?:;\d{1,9} \d{1,9})*)")
_CONTEXT = 40
_KEPT = ("name", "passage", "stance", "certainty")


def write_brat(text: CodedText) -> tuple[str, str]:
    """The .txt and the .ann of a document."""
    lines = []
    n_attributes = 0
    for k, note in enumerate(text.notes, 1):
        code = re.sub(r"\W+", "_", note.codes[0]) if note.codes else "Claim"
        quote = re.sub(r"\s", " ", note.quote)  # brat holds its length against the offsets
        lines.append(f"T{k}\t{code} {note.start} {note.stop}\t{quote}")
        for key, value in (*note.kept.items(), *(("code", code) for code in note.codes[1:])):
            n_attributes += 1
            lines.append(f"A{n_attributes}\t{key} T{k} {value}")
        lines.append(f"#{k}\tAnnotatorNotes T{k}\t{' '.join(note.says.split())}")
    return text.text, "\n".join(lines) + "\n"


def import_brat(path: Path, asked: Asked) -> Imported:
    """An .ann file, with its .txt beside it, as claims.

    Raises:
        StudyError: A line cannot be read, the text is missing, or an offset lies outside it.
    """
    source = read_source(path, path.name, most=_MOST_BYTES)
    text = read_source(path.with_suffix(".txt"), path.with_suffix(".txt").name, most=_MOST_BYTES).text
    problems: list[Problem] = []
    spans: dict[str, tuple[str, int, int, int]] = {}
    kept: dict[str, dict[str, str]] = {}
    codes: dict[str, list[str]] = {}
    says: dict[str, str] = {}
    at = 0
    for number, line in enumerate(source.text.split("\n"), 1):
        span = Span(source, at, at + max(len(line), 1))
        at += len(line) + 1
        cells = line.split("\t")
        if line.startswith("T"):
            found = _SPAN.fullmatch(cells[1]) if len(cells) >= 2 else None
            ends = [int(n) for n in re.split("[ ;]", found[2])] if found else []
            if found is None or not 0 <= ends[0] < ends[-1] <= len(text):
                message = f"the line is no span of the text, which has {len(text):,} characters"
                problems.append(Problem("wrong-shape", span, message, "a span is `T1<tab>Type 0 12<tab>words`"))
                continue
            spans[cells[0]] = (found[1], ends[0], ends[-1], number)
        elif line.startswith(("A", "M")) and len(cells) >= 2:
            words = cells[1].split(" ", 2)
            if len(words) == 3 and words[0] in _KEPT:
                kept.setdefault(words[1], {})[words[0]] = words[2]
            elif len(words) >= 2:
                codes.setdefault(words[1], []).append(words[2] if len(words) == 3 else words[0])
        elif line.startswith("#") and len(cells) >= 3:
            words = cells[1].split(" ")
            says[words[-1]] = cells[2]
        elif line.strip() and not line.startswith(("R", "E", "*", "N")):
            problems.append(Problem("wrong-shape", span, "the line is nothing that brat writes"))
    if problems:
        raise StudyError(problems[:100])
    notes = [
        Note(
            path.stem, text[start:stop], text[max(0, start - _CONTEXT) : start], text[stop : stop + _CONTEXT],
            says=says.get(key, ""), codes=(*((code,) if code != "Claim" else ()), *codes.get(key, ())), line=number,
            kept=kept.get(key, {}),
        )
        for key, (code, start, stop, number) in spans.items()
    ]  # fmt: skip
    if not notes:
        raise StudyError([Problem("empty", Span(Source(path.name, source.text), 0, 0), "the file holds no spans")])
    return study_of_notes(path.stem, path, notes, {path.stem: text}, sources=asked.sources)
