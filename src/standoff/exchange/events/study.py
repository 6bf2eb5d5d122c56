"""Counted events as a study: what was before its start in history.csv, what follows in seen.csv, rates in facts.csv.

A step without a single row in the whole table is a gap, and not a zero: nothing is written for it, and it is told.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from standoff.base.files import whole_file
from standoff.base.problems import Problem, StudyError
from standoff.exchange.events.mapping import EventMapping, Series, read_mapping
from standoff.exchange.events.table import Counted, count_events, step_numbers
from standoff.exchange.imported import Asked, Imported, quoted
from standoff.language.text.files import FACTS_FILE, HISTORY_FILE, STUDY_FILE

__all__ = ["import_events"]

_MOST_STEPS = 20_000
_MOST_GAPS = 6
_MOST_COUNTED = 500  # of an event in a step


def import_events(path: Path, asked: Asked) -> Imported:
    """A table of events as a study with its history.

    Raises:
        StudyError: The mapping or the table is faulty, or nothing in the table is what the mapping asks.
    """
    if asked.mapping is None:
        message = "a table of events needs a mapping that says what is counted"
        raise StudyError([Problem("missing-key", whole_file(path.name), message, "give --mapping FILE.yaml")])
    mapping = read_mapping(asked.mapping)
    found = count_events(path, mapping)
    problems = [
        Problem("empty", one.span, f"no row of the table is what `{one.name}` asks", "look at how the table writes it")
        for one in mapping.series
        if not found.rows_of[one.name]
    ]
    if not found.any:
        problems = [Problem("empty", whole_file(path.name), "the table has no row with a date that can be read")]
    if problems:
        raise StudyError(problems)
    first, last = _covered(mapping, found)
    if last - first >= _MOST_STEPS:
        message = f"the table covers {last - first + 1:,} steps, and a history has at most {_MOST_STEPS:,}"
        raise StudyError([Problem("too-many", whole_file(path.name), message, "count by longer steps")])
    start = _number(mapping.start, mapping.step) if mapping.start else last + 1
    gaps = [step for step in range(first, last + 1) if step not in found.any]
    present = [step for step in range(first, last + 1) if step in found.any]
    files = {STUDY_FILE: _study(path, mapping, found, present, start=start)}
    before = [step for step in present if step < start]
    if before:
        files[HISTORY_FILE] = _csv(("date", *(one.name for one in mapping.series)), (
            (_label(step, mapping.step), *(_said(found, one, step) for one in mapping.series)) for step in before
        ))  # fmt: skip
    files[FACTS_FILE] = _csv(_FACTS, _facts(path, mapping, found, present))
    after = [step for step in present if start <= step < start + mapping.steps]
    if after:
        files["seen.csv"] = _csv(("date", "name", "value", "source"), (
            (_label(step, mapping.step), one.name, _said(found, one, step), mapping.kind.title)
            for step in after for one in mapping.series
        ))  # fmt: skip
    return Imported(files, tuple(_notes(mapping, found, (first, last), gaps, n_before=len(before), n_after=len(after))))


_FACTS = ("id", "topic", "quantity", "value", "low", "high", "unit", "as_of", "source_title", "source_url")


def _facts(path: Path, mapping: EventMapping, found: Counted, present: list[int]) -> Iterator[tuple[str, ...]]:
    for one in mapping.series:
        values = [found.totals[one.name].get(step, 0.0) for step in present]
        what = f"sum of {one.sum}" if one.sum else "rows"
        yield (
            f"{one.name}_rate", one.name, f"mean {what} a {mapping.step}, over {len(present)} steps",
            f"{np.mean(values):.6g}", f"{min(values):g}", f"{max(values):g}", "", _label(present[-1], mapping.step),
            f"{mapping.kind.title} ({path.name})", mapping.kind.url,
        )  # fmt: skip


def _notes(
    mapping: EventMapping, found: Counted, span: tuple[int, int], gaps: list[int], *, n_before: int, n_after: int
) -> Iterator[str]:
    step = mapping.step
    how = "as the mapping says" if mapping.covered else "by its first and last row: say `covered` if it is otherwise"
    yield f"{found.rows:,} rows; covered from {_label(span[0], step)} to {_label(span[1], step)}, {how}"
    for one in mapping.series:
        total = sum(found.totals[one.name].values())
        zeros = sum(found.totals[one.name].get(k, 0.0) == 0.0 for k in found.any if span[0] <= k <= span[1])
        rows = f"{found.rows_of[one.name]:,} rows, {total:,.6g} in all"
        yield f"{one.name}: {rows}; 0 in {zeros} steps that have other rows"
        if found.unnumbered[one.name]:
            yield f"{one.name}: {found.unnumbered[one.name]:,} rows have no number in `{one.sum}` and are not added"
    if gaps:
        named = ", ".join(_label(step_, step) for step_ in gaps[:_MOST_GAPS])
        more = f" and {len(gaps) - _MOST_GAPS} more" if len(gaps) > _MOST_GAPS else ""
        yield f"{len(gaps)} steps have no row at all and are left out, not written as 0: {named}{more}"
    if found.undated:
        first = f"the first: row {found.first_undated:,}"
        yield f"{found.undated:,} rows have no date that can be read and are not counted ({first})"
    if found.vague:
        yield f"{found.vague:,} rows know their date no better than to the year, and count where they say they begin"
    outside = sum(n for k, n in found.any.items() if not span[0] <= k <= span[1])
    if outside:
        yield f"{outside:,} rows lie outside what is covered and are not counted"
    yield f"{n_before} steps of history, {n_after} steps seen since the start"


def _study(path: Path, mapping: EventMapping, found: Counted, present: list[int], *, start: int) -> str:
    counted = [one for one in mapping.series if one.sum is None and _at_most(found, one) <= _MOST_COUNTED]
    summed = [one for one in mapping.series if one not in counted]  # and what is counted in hundreds
    lines = [
        "standoff: 1", f"title: {quoted(f'{mapping.kind.title}: {path.stem}')}",
        f"question: {quoted('How often do they happen?')}", "decider: observer",
        f"clock: {{start: {_label(start, mapping.step)}, step: {mapping.step}, steps: {mapping.steps}}}",
        "actors: {observer: {name: Observer, about: stands here until the study has actors}}",
        "choices: {observer: [as_imported, to_be_written]}",
        "strategies: {observer: {as_imported: {choose: as_imported}}}", 'payoffs: {observer: {final: "0"}}',
        "constants:",
    ]  # fmt: skip
    for one in mapping.series:
        mean = float(np.mean([found.totals[one.name].get(step, 0.0) for step in present]))
        lines.append(f"  {one.name}_rate: {{value: {mean!r}, fact: {one.name}_rate}}")
    if summed:
        lines.append("quantities:")
        lines += [f"  {one.name}: {{value: {one.name}_rate{_about(one)}}}" for one in summed]
    if counted:
        lines.append("events:")
        for one in counted:
            most = f"at_most: {_at_most(found, one)}"
            lines.append(f"  {one.name}: {{count: {one.name}_rate, {most}{_about(one)}}}")
    lines.append("outcomes:")
    lines += [f"  {one.name}_in_all: {{measure: count({one.name}), better: lower}}" for one in counted]
    lines += [f"  {one.name}_in_all: {{measure: total({one.name}), better: lower}}" for one in summed]
    lines.append("observed:")
    lines += [f"  {one.name}: {{source: {quoted(mapping.kind.title)}}}" for one in counted]
    for one in summed:
        spread = float(np.std([found.totals[one.name].get(step, 0.0) for step in present])) or 1.0
        lines.append(f"  {one.name}: {{source: {quoted(mapping.kind.title)}, noise: {spread:.6g}}}")
    return "\n".join(lines) + "\n"


def _at_most(found: Counted, one: Series) -> int:
    return int(3 * max(found.totals[one.name].values(), default=0.0)) + 10


def _about(one: Series) -> str:
    return f", about: {quoted(one.about)}" if one.about else ""


def _covered(mapping: EventMapping, found: Counted) -> tuple[int, int]:
    if mapping.covered is None:
        return min(found.any), max(found.any)
    return _number(mapping.covered[0], mapping.step), _number(mapping.covered[1], mapping.step)


def _number(day: date, step: str) -> int:
    return int(step_numbers(np.array([day], dtype="datetime64[D]"), step)[0])


def _label(number: int, step: str) -> str:
    """The first day of a step, as the language writes it."""
    if step in ("day", "week"):
        return (date(1970, 1, 1) + timedelta(days=number if step == "day" else 7 * number - 3)).isoformat()
    months = number * {"month": 1, "quarter": 3, "year": 12}[step]
    return f"{1970 + months // 12:04d}-{months % 12 + 1:02d}"


def _said(found: Counted, one: Series, step: int) -> str:
    value = found.totals[one.name].get(step, 0.0)
    return f"{value:.10g}"


def _csv(head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return out.getvalue()
