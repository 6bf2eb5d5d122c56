"""What the terminal shows of evidence: tests, gaps, documents with their anchors, passages."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from standoff.analysis.documents.documents import Agreement, ClaimFinding, MechanismFinding, Tested
from standoff.analysis.documents.gaps import Gaps
from standoff.evidence.reading.passages import Passage
from standoff.evidence.sources import SourceRow, Sources
from standoff.words.numbers import counted, percent
from standoff.words.sentences.evidence import answer_counts, effect_words, separated
from standoff.words.terminal import (
    NO_PATH,
    absent_words,
    opposed_words,
    unanchored_words,
    uncited_words,
    uncovered_words,
    untested_words,
)

__all__ = ["gap_lines", "passage_lines", "source_lines", "tested_lines"]

_WIDTH = 110


def tested_lines(found: Agreement, sizes: str) -> Iterator[str]:
    """Every expectation with its answer, its effect and in how many worlds it is seen."""
    yield sizes
    groups: tuple[tuple[str, Sequence[MechanismFinding | ClaimFinding]], ...] = (
        ("mechanisms", found.mechanisms),
        ("claims", found.claims),
    )
    for title, things in groups:
        tested = [(thing.name, test) for thing in things for test in thing.tests]
        if tested:
            yield f"\n{title}"
        for name, test in tested:
            yield from _wrapped(f"{test.answer:<19}{name}: {test.says}", " " * 2, " " * 21)
            yield from _wrapped(_evidence(test), " " * 21, " " * 21)
    if found.claims:
        yield f"\n{counted(len(found.claims), 'claim')}: {answer_counts(found)}"


def gap_lines(gaps: Gaps) -> Iterator[str]:
    """What the evidence lacks, one list each; a list that is empty is a line."""
    yield from _list(*uncited_words(gaps))
    yield from _list(f"{counted(len(gaps.unrepresented), 'claim')} that nothing represents", gaps.unrepresented)
    yield from _list(untested_words(gaps), gaps.untested)
    yield from _list(
        opposed_words(gaps),
        [f"{pair.one}: {pair.one_says}; {pair.other}: {pair.other_says}" for pair in gaps.opposed],
    )
    yield from _list(
        uncovered_words(gaps),
        [
            f"{one.document} {one.passage} ({', '.join((*one.actors, *one.signs))}): {one.text}"
            for one in gaps.uncovered
        ],
    )
    if gaps.absent:
        yield absent_words(gaps)


def source_lines(study: str, found: Sources) -> Iterator[str]:
    """Documents, each claim's anchor, and the totals."""
    for row in found.rows:
        yield f"{row.name}: {_titled(row)}"
        yield f"  {'at hand: ' + row.path.name if row.path is not None else 'not at hand'}"
        for anchor in row.anchors:
            now = "" if anchor.now in (None, anchor.was) else f" → {anchor.now}"
            sure = (
                f"  confidence {percent(anchor.confidence)}" if anchor.status in ("found", "moved", "changed") else ""
            )
            yield f"  {anchor.status:<11} {anchor.claim:<28} {anchor.was}{now}{sure}"
    totals = found.totals
    if totals["unanchored"]:
        yield unanchored_words(study, totals["unanchored"])
    yield ", ".join(f"{status} {totals[status]}" for status in ("found", "moved", "changed", "lost"))


def passage_lines(passages: Sequence[Passage]) -> Iterator[str]:
    """Each sentence behind its address; what was set aside behind what it was taken for."""
    for passage in passages:
        head = f"({passage.kind})" if passage.address is None else str(passage.address)
        yield from _wrapped(f"{head:<9} {passage.text}", "", " " * 10)


def _evidence(test: Tested) -> str:
    if test.answer == "not represented":
        return NO_PATH
    return "; ".join(part for part in (effect_words(test), separated(test)) if part)


def _titled(row: SourceRow) -> str:
    said = row.metadata
    return ", ".join(part for part in (said.title, said.author, said.publisher, said.date) if part) or "untitled"


def _list(title: str, lines: Sequence[str]) -> Iterator[str]:
    yield title
    for line in lines:
        yield from _wrapped(line, "  ", "    ")


def _wrapped(text: str, first: str, rest: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False)
