"""Two runs side by side: what was assumed, what came out, who leads, what it hinges on, and what of that changed.

Runs of one size and seed are compared world by world, since a world's draws and luck depend on names and the seed
alone; other runs as independent samples.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import numpy as np

from standoff.analysis.findings import Figure, Floats, Reason, UnanswerableError
from standoff.analysis.linchpins.effort import Effort
from standoff.analysis.linchpins.worth import measure_worths
from standoff.analysis.robustness.metrics import explain
from standoff.analysis.runs.decision_table import DecisionTable, decision_table
from standoff.analysis.statistics.ranking import Ranking, rank
from standoff.base.beside import beside
from standoff.base.source import Span
from standoff.ensemble.ensemble import Ensemble
from standoff.language.model import Instance, Model, Parameter

__all__ = ["DRAWN", "Change", "Comparison", "Moved", "compare"]

DRAWN = "as drawn"
"""The state of an assumption that a run did not hold at a number."""

_SURE = 1.96
_SECTIONS = (
    ("uncertainty or value", "uncertain"), ("stock", "stocks"), ("mode", "modes"), ("quantity", "quantities"),
    ("report", "reports"), ("draw", "draws"), ("event", "events"), ("choice", "choices"), ("strategy", "strategies"),
    ("payoff", "payoffs"), ("outcome", "outcomes"), ("deal", "deals"), ("constant", "parameters"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """Something of the study that was added, removed or changed.

    `before` and `after` are what it was and is, where that can be told: a parameter, the number at which a run held
    it, or `DRAWN`.
    """

    what: str
    name: str
    how: str
    before: Parameter | float | str | None = None
    after: Parameter | float | str | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """A measure of one strategy in both runs, against the others taken alike; the change has its own error."""

    measure: str
    strategy: str
    before: float
    after: float
    change: Figure

    @property
    def is_significant(self) -> bool:
        """Whether the change is beyond chance."""
        return not self.change.holds_zero


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """What changed between two runs.

    Attributes:
        changes: In the study.
        is_paired: Whether worlds were compared one by one.
        moved: Every measure and strategy that both runs have.
        rankings: Before and after; None without a payoff or with one strategy.
        linchpins: Names of those significant, before and after.
        strategies: Of the decider, before and after.
    """

    changes: tuple[Change, ...]
    is_paired: bool
    moved: tuple[Moved, ...]
    rankings: tuple[Ranking, Ranking] | None
    linchpins: tuple[tuple[str, ...], tuple[str, ...]] | None
    strategies: tuple[tuple[Instance, ...], tuple[Instance, ...]]


def compare(before: Ensemble, after: Ensemble, threads: int | None = None) -> Comparison:
    """Say what changed from one run to another.

    Args:
        before: A run of all the decider's strategies.
        after: Another, of the same study, a variant of it, or another version.
        threads: At most so many at once; all cores by default.

    Raises:
        ValueError: The deciders differ, or a run does not serve (see `decision_table`).
    """
    if before.model.decider != after.model.decider:
        raise UnanswerableError(Reason.OTHER_DECIDER, before=before.model.decider, after=after.model.decider)
    one, other = decision_table(before), decision_table(after)
    changes = (*_changes(before.model, after.model), *_held(before, after))
    is_paired = _is_paired(one, other)
    hinges = None
    if one.is_paid and other.is_paid:
        with beside(lambda: _hinges(one, threads), threads) as first:
            moved = tuple(_moved(one, other, is_paired))
            last = _hinges(other, threads)
            hinges = first(), last
    else:
        moved = tuple(_moved(one, other, is_paired))
    return Comparison(
        changes,
        is_paired,
        moved,
        None if hinges is None else (hinges[0][0], hinges[1][0]),
        linchpins=None if hinges is None else (hinges[0][1], hinges[1][1]),
        strategies=(one.strategies, other.strategies),
    )


def _changes(before: Model, after: Model) -> Iterator[Change]:
    for what, section in _SECTIONS:
        old, new = _named(before, section, what), _named(after, section, what)
        for name in dict.fromkeys([*old, *new]):
            if name not in new:
                yield Change(what, name, "removed", _short(old[name]))
            elif name not in old:
                yield Change(what, name, "added", None, after=_short(new[name]))
            elif _meaning(old[name]) != _meaning(new[name]):
                yield Change(what, name, "changed", _short(old[name]), after=_short(new[name]))
    if _meaning(before.clock) != _meaning(after.clock):
        yield Change("clock", "clock", "changed")
    old_rules, new_rules = _meaning(before.impositions), _meaning(after.impositions)
    if old_rules != new_rules:
        yield Change("imposition", "what is imposed", "changed")


def _held(before: Ensemble, after: Ensemble) -> Iterator[Change]:
    """Assumptions that one run held at a number and the other did not, or at another."""
    old, new = before.design.worlds.columns, after.design.worlds.columns
    for name in old:
        if name in new:
            ends = [(float(column.min()), float(column.max())) for column in (old[name], new[name])]
            is_held = [low == high for low, high in ends]
            if any(is_held) and (not all(is_held) or ends[0] != ends[1]):
                shown = [low if held else DRAWN for held, (low, _) in zip(is_held, ends, strict=True)]
                yield Change("held", name, "changed", *shown)


def _named(model: Model, section: str, what: str) -> dict[str, Any]:
    listed = getattr(model, section)
    if what == "constant":
        listed = [p for p in listed if p.kind == "constant"]
    key = {"payoffs": "actor", "choices": "family"}.get(section, "name")
    owned = section == "strategies"
    return {f"{thing.actor}.{thing.name}" if owned else str(getattr(thing, key)): thing for thing in listed}


def _meaning(thing: Any) -> Any:
    """A part of a model without its places in the file."""
    if isinstance(thing, Span):
        return None
    if is_dataclass(thing) and not isinstance(thing, type):
        return (type(thing).__name__, *(_meaning(getattr(thing, f.name)) for f in fields(thing)))
    if isinstance(thing, Mapping):
        return tuple((key, _meaning(value)) for key, value in thing.items())
    if isinstance(thing, tuple | list):
        return tuple(_meaning(item) for item in thing)
    return thing


def _short(thing: Any) -> Parameter | None:
    return thing if isinstance(thing, Parameter) else None


def _is_paired(one: DecisionTable, other: DecisionTable) -> bool:
    mine, theirs = one.ensemble.design, other.ensemble.design
    return (
        mine.seed == theirs.seed
        and mine.worlds.seed == theirs.worlds.seed
        and mine.worlds.method == theirs.worlds.method
        and np.array_equal(mine.worlds.streams[one.worlds], theirs.worlds.streams[other.worlds])
    )


def _moved(one: DecisionTable, other: DecisionTable, is_paired: bool) -> Iterator[Moved]:
    labels = [label for label in one.labels if label in other.labels]
    rows = [one.labels.index(label) for label in labels], [other.labels.index(label) for label in labels]
    paid = [("payoff", one.decider)] if one.is_paid and other.is_paid else []
    outcomes = [("outcome", o.name) for o in one.ensemble.model.outcomes if _has(one, o.name) and _has(other, o.name)]
    for kind, name in (*paid, *outcomes):
        old = one.figures(kind, name).mean[rows[0]]
        new = other.figures(kind, name).mean[rows[1]]
        for s, label in enumerate(labels):
            yield Moved(
                name, label, float(old[s].mean()), float(new[s].mean()), change=_difference(old[s], new[s], is_paired)
            )  # fmt: skip


def _has(table: DecisionTable, name: str) -> bool:
    of = table.ensemble
    return any(o.name == name for o in of.model.outcomes) and name not in of.present


def _difference(old: Floats, new: Floats, is_paired: bool) -> Figure:
    value = float(new.mean() - old.mean())
    if is_paired:
        error = float((new - old).std(ddof=1) / np.sqrt(old.size))
    else:
        error = float(np.sqrt(old.var(ddof=1) / old.size + new.var(ddof=1) / new.size))
    return Figure(value, error, value - _SURE * error, value + _SURE * error)


def _hinges(table: DecisionTable, threads: int | None) -> tuple[Ranking, tuple[str, ...]]:
    """The ranking under uniform others, and the linchpins' names, worth most first."""
    payoffs, known = table.payoffs(), table.posteriors()
    ranking = rank(payoffs.names, payoffs.mean, explained=explain(payoffs, known.folds))
    if len(table.strategies) < 2 or not table.inputs.names:
        return ranking, ()
    worths = measure_worths(payoffs, known, effort=Effort(pairs=False, seed=table.seed, threads=threads))
    return ranking, tuple(worth.names[0] for worth in worths.alone if worth.is_significant)
