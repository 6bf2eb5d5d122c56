"""EMA Workbench's results archive as a study: what every policy brought in every scenario.

The study has one step and one actor, who picks a policy; the scenario is an assumption with as many levels, and a run
of as many worlds meets each once. What came out is looked up, never computed anew.

Reference: J. Kwakkel, The Exploratory Modeling Workbench (2017), `save_results`, versions 2.4 to 2.5.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import math
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from standoff.base.files import whole_file
from standoff.base.problems import Problem, StudyError
from standoff.exchange.coding.cas import read_bytes
from standoff.exchange.imported import Asked, Imported, quoted, short
from standoff.exchange.names import Names
from standoff.exchange.tabled import tabled
from standoff.language.text.files import STUDY_FILE

__all__ = ["import_archive"]

_MOST_UNPACKED = 20_000_000
_MOST_SCENARIOS = 1_000
_MOST_NUMBERS = 20_000
_OWN = ("scenario", "policy", "model")


@dataclass(frozen=True, slots=True)
class _Results:
    """Experiments in the order of strategies and, within each, scenarios."""

    strategies: tuple[str, ...]
    scenarios: tuple[str, ...]
    inputs: Mapping[str, list[float]]
    outcomes: Mapping[str, list[float]]
    notes: tuple[str, ...]


def import_archive(path: Path, asked: Asked) -> Imported:
    """A .tar.gz of experiments and outcomes as a study.

    Raises:
        StudyError: It is none, some policy lacks a scenario, an outcome is no number, or it holds too much.
    """
    return _Archive(path).imported()


class _Archive:
    def __init__(self, path: Path) -> None:
        self.name, self.title = path.name, path.name.removesuffix(".tar.gz")
        data = read_bytes(path)
        try:
            unpacked = gzip.GzipFile(fileobj=io.BytesIO(data)).read(_MOST_UNPACKED + 1)
            if len(unpacked) > _MOST_UNPACKED:
                raise self.refuse(f"it unpacks to more than {_MOST_UNPACKED:,} bytes")
            with tarfile.open(fileobj=io.BytesIO(unpacked), mode="r:") as archive:
                members = [member for member in archive.getmembers() if member.isfile()]
                self.files = {member.name: (archive.extractfile(member) or io.BytesIO()).read() for member in members}
        except (OSError, EOFError, zlib.error, tarfile.TarError) as error:
            raise self.refuse(f"it is no sound .tar.gz: {error}") from None

    def refuse(self, message: str, advice: str | None = None) -> StudyError:
        return StudyError([Problem("file-unreadable", whole_file(self.name), message, advice)])

    def imported(self) -> Imported:
        found = self.results()
        n = len(found.strategies) * len(found.scenarios)
        if len(found.scenarios) > _MOST_SCENARIOS or n * len(found.outcomes) > _MOST_NUMBERS:
            message = f"it holds {len(found.outcomes)} outcomes of {n:,} experiments"
            advice = f"at most {_MOST_SCENARIOS:,} scenarios and {_MOST_NUMBERS:,} numbers make a study: save fewer"
            raise self.refuse(message, advice)
        return Imported({STUDY_FILE: "\n".join(_lines(self.title, found)) + "\n"}, found.notes)

    def text(self, name: str) -> str:
        if name not in self.files:
            raise self.refuse(f"the archive lacks `{name}`")
        try:
            return self.files[name].decode("utf-8-sig")
        except UnicodeDecodeError:
            raise self.refuse(f"`{name}` in it is not UTF-8 text") from None

    def results(self) -> _Results:
        try:
            metadata = json.loads(self.text("metadata.json"))
            listed = [(str(kind), str(name), str(file)) for kind, name, file in metadata["outcomes"]]
        except (ValueError, KeyError, TypeError, RecursionError):
            raise self.refuse("`metadata.json` in it is not that of EMA Workbench 2.4 or later") from None
        rows = list(csv.DictReader(io.StringIO(self.text("experiments.csv"))))
        if not rows or "policy" not in rows[0] or "scenario" not in rows[0]:
            raise self.refuse("`experiments.csv` in it has no experiments with `policy` and `scenario`")
        order, strategies, scenarios = self.places(rows)
        notes = [
            "the clock of one step stands for no time",
            "no archive says which way outcomes are better: look at `better`",
        ]
        outcomes: dict[str, list[float]] = {}
        for kind, name, file in listed:
            column, is_series = self.outcome(kind, file, len(rows))
            if column is None:
                notes.append(f"`{name}` is an array of more than two dimensions, and left out")
                continue
            if is_series:
                notes.append(f"of the series `{name}` the last value is taken")
            outcomes[name] = [column[k] for k in order]
        if not outcomes:
            raise self.refuse("the archive has no outcome that is a number or a series")
        first = order[: len(scenarios)]
        inputs = {}
        for name in rows[0]:
            if name and name not in _OWN:
                column = [_number(rows[k][name]) for k in first]
                alike = all(rows[k][name] == rows[first[i % len(first)]][name] for i, k in enumerate(order))
                if all(map(math.isfinite, column)) and alike:
                    inputs[name] = column
                else:
                    notes.append(f"`{name}` is a lever, or no number, and stands in no equation")
        return _Results(strategies, scenarios, inputs, outcomes, notes=tuple(notes))

    def places(self, rows: list[dict[str, str]]) -> tuple[list[int], tuple[str, ...], tuple[str, ...]]:
        """Which experiment stands at each strategy and scenario."""
        several = len({row.get("model", "") for row in rows}) > 1
        at: dict[tuple[str, str], int] = {}
        for k, row in enumerate(rows):
            strategy = f"{row['model']} {row['policy']}" if several else str(row["policy"])
            if (strategy, str(row["scenario"])) in at:
                raise self.refuse(f"line {k + 2} of `experiments.csv`: `{strategy}` meets this scenario again")
            at[strategy, str(row["scenario"])] = k
        strategies = tuple(dict.fromkeys(one for one, _ in at))
        scenarios = tuple(dict.fromkeys(one for _, one in at))
        for strategy in strategies:
            for scenario in scenarios:
                if (strategy, scenario) not in at:
                    raise self.refuse(f"`{strategy}` never meets the scenario {scenario}", "run all policies on all")
        return [at[one, other] for one in strategies for other in scenarios], strategies, scenarios

    def outcome(self, kind: str, file: str, n: int) -> tuple[list[float] | None, bool]:
        """A number for each experiment, and whether it is the last of a series."""
        if not file.endswith(("csv", "cls")):
            return None, False
        rows = [row for row in csv.reader(io.StringIO(self.text(file))) if row]
        if len(rows) == n + 1:  # some releases write a head, and the place before the number
            rows = rows[1:]
        if len(rows) != n:
            raise self.refuse(f"`{file}` in it has {len(rows):,} rows, and there are {n:,} experiments")
        column = [_number(row[-1]) for row in rows]
        wrong = next((k for k, value in enumerate(column) if not math.isfinite(value)), None)
        if wrong is not None:
            raise self.refuse(f"line {wrong + 1} of `{file}` in it: `{rows[wrong][-1][:40]}` is no finite number")
        return column, kind != "ScalarOutcome" and len(rows[0]) > 1


def _number(text: str | None) -> float:
    try:
        return float(text or "nan")
    except ValueError:
        return math.nan


def _lines(title: str, found: _Results) -> Iterator[str]:
    names = Names("v")
    for word in ("planner", "scenario", "policy", "experiment"):
        names.fresh(word)
    options = [names.fresh(strategy) for strategy in found.strategies]
    outcomes = {name: names.fresh(name) for name in found.outcomes}
    n = len(found.scenarios)
    single = [] if len(options) > 1 else [names.fresh("nothing else")]
    yield from ("standoff: 1", f"title: {quoted(title)}", "question: Which policy holds up?", "decider: planner",
                "clock: {start: 2000-01, step: month, steps: 1}", "actors: {planner: {name: Planner}}")  # fmt: skip
    if n > 1:
        levels = ", ".join(map(str, range(n)))
        yield "uncertainties:"
        yield f"  scenario: {{about: Which scenario of the experiments it is, levels: [{levels}], judgement: sampled}}"
    yield f"choices: {{planner: [{', '.join([*options, *single])}]}}"
    yield "quantities:"
    which = " else ".join([*(f"{k} if planner == {o}" for k, o in enumerate(options[:-1])), str(len(options) - 1)])
    yield f"  policy: {{value: {quoted(which)}}}"
    yield f"  experiment: {{value: {quoted(f'{n} * policy + scenario' if n > 1 else 'policy')}}}"
    for name, column in found.inputs.items() if n > 1 else ():
        yield from tabled(names.fresh(name), "scenario", column)
    for name, column in found.outcomes.items():
        yield from tabled(outcomes[name], "experiment", column)
    yield "strategies:"
    yield "  planner:"
    for option, said in zip(options, found.strategies, strict=True):
        yield f"    {option}: {{name: {quoted(short(said))}, about: {quoted(said)}, choose: {option}}}"
    yield f"payoffs: {{planner: {{each: {next(iter(outcomes.values()))}}}}}"
    yield "outcomes:"
    for said, name in outcomes.items():
        yield f"  {name}: {{name: {quoted(short(said))}, measure: total({name}), better: higher}}"
