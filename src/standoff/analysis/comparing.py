"""Two runs side by side: what was assumed, what came out, who leads, what it hinges on, and what of that changed.

Runs of one size and seed are compared world by world, since a world's draws and luck depend on names and the seed
alone; other runs as independent samples.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import numpy as np

from standoff.analysis.findings import Figure, Floats
from standoff.analysis.linchpins.linchpins import Linchpins, linchpins
from standoff.analysis.naming import amount, capital, join, name_group, plain
from standoff.analysis.runs.views import DecisionTable, decision_table, find_views
from standoff.analysis.statistics.ranking import Ranking
from standoff.base.source import Span
from standoff.ensemble.ensemble import Ensemble
from standoff.language.model import Instance, Model, Parameter

__all__ = ["Change", "Comparison", "Moved", "compare"]

_SURE = 1.96
_SECTIONS = (
    ("uncertainty or value", "uncertain"), ("stock", "stocks"), ("mode", "modes"), ("quantity", "quantities"),
    ("report", "reports"), ("draw", "draws"), ("event", "events"), ("choice", "choices"), ("strategy", "strategies"),
    ("payoff", "payoffs"), ("outcome", "outcomes"), ("deal", "deals"), ("constant", "parameters"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """Something of the study that was added, removed or changed, with what it was and is where that is short."""

    what: str
    name: str
    how: str
    before: str = ""
    after: str = ""


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
        linchpins: Names of those told, before and after.
        sentences: The answer.
    """

    changes: tuple[Change, ...]
    is_paired: bool
    moved: tuple[Moved, ...]
    rankings: tuple[Ranking, Ranking] | None
    linchpins: tuple[tuple[str, ...], tuple[str, ...]] | None
    sentences: tuple[str, ...]


def compare(before: Ensemble, after: Ensemble) -> Comparison:
    """Say what changed from one run to another.

    Args:
        before: A run of all the decider's strategies.
        after: Another, of the same study, a variant of it, or another version.

    Raises:
        ValueError: The deciders differ, or a run does not serve (see `decision_table`).
    """
    if before.model.decider != after.model.decider:
        raise ValueError(
            f"the runs are of different deciders, `{before.model.decider}` and `{after.model.decider}`: "
            "they answer different questions"
        )
    one, other = decision_table(before), decision_table(after)
    changes = (*_changes(before.model, after.model), *_held(before, after))
    is_paired = _is_paired(one, other)
    moved = tuple(_moved(one, other, is_paired))
    hinged = None
    if all(table.is_paid and len(table.strategies) > 1 and table.inputs.names for table in (one, other)):
        hinged = linchpins(before), linchpins(after)
    return Comparison(
        changes,
        is_paired,
        moved,
        None if hinged is None else (hinged[0].ranking, hinged[1].ranking),
        None if hinged is None else (_told(hinged[0]), _told(hinged[1])),
        _sentences(changes, moved, hinged, before, after),
    )


def _changes(before: Model, after: Model) -> Iterator[Change]:
    for what, section in _SECTIONS:
        old, new = _named(before, section, what), _named(after, section, what)
        for name in dict.fromkeys([*old, *new]):
            if name not in new:
                yield Change(what, name, "removed", _short(old[name]))
            elif name not in old:
                yield Change(what, name, "added", "", _short(new[name]))
            elif _meaning(old[name]) != _meaning(new[name]):
                yield Change(what, name, "changed", _short(old[name]), _short(new[name]))
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
                shown = [
                    f"held at {low:g}" if held else "as drawn" for held, (low, _) in zip(is_held, ends, strict=True)
                ]
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


def _short(thing: Any) -> str:
    """A parameter's number or distribution; nothing for what is longer."""
    if not isinstance(thing, Parameter):
        return ""
    unit = "" if thing.unit.is_dimensionless else str(thing.unit)
    if thing.spread is None:
        return amount(float(thing.value or 0.0), unit, 4)
    spread = thing.spread
    if spread.levels:
        return "levels " + ", ".join(f"{level:g}" for level in spread.levels)
    return f"{spread.distribution}({', '.join(f'{x:g}' for x in spread.arguments)}) {unit}".strip()


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
    views = find_views(one)[0], find_views(other)[0]
    for kind, name in (*paid, *outcomes):
        old = views[0].average(one.means(kind, name))[rows[0]]
        new = views[1].average(other.means(kind, name))[rows[1]]
        for s, label in enumerate(labels):
            yield Moved(
                name, label, float(old[s].mean()), float(new[s].mean()), _difference(old[s], new[s], is_paired)
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


def _told(found: Linchpins) -> tuple[str, ...]:
    return tuple(pin.name for pin in found.linchpins)


def _sentences(
    changes: tuple[Change, ...],
    moved: tuple[Moved, ...],
    hinged: tuple[Linchpins, Linchpins] | None,
    before: Ensemble,
    after: Ensemble,
) -> tuple[str, ...]:
    lines = [_say_changes(changes)]
    if hinged is not None:
        lines.append(_say_rankings(hinged[0], hinged[1]))
        gained = [plain(name) for name in _told(hinged[1]) if name not in _told(hinged[0])]
        lost = [plain(name) for name in _told(hinged[0]) if name not in _told(hinged[1])]
        if gained:
            lines.append(f"The choice now hinges on {join(gained)} too.")
        if lost:
            lines.append(f"It is no longer known to hinge on {join(lost)}.")
        if not gained and not lost:
            lines.append("What it hinges on is the same.")
    told = [m for m in moved if m.is_significant]
    if not told:
        lines.append("No figure changed by more than chance explains.")
    else:
        largest = max(told, key=lambda m: abs(m.change.value) / max(abs(m.before), abs(m.after), 1e-300))
        lines.append(
            f"{len(told)} of {len(moved)} figures changed by more than chance explains, in proportion most "
            f"{plain(largest.measure)} under {plain(largest.strategy)}: from {amount(largest.before)} to "
            f"{amount(largest.after)} (± {amount(largest.change.error, digits=1)})."
        )
    return tuple(lines)


def _say_changes(changes: tuple[Change, ...]) -> str:
    if not changes:
        return "The study is the same."
    parts = []
    for how in ("changed", "added", "removed"):
        names = [change.name for change in changes if change.how == how]
        if names:
            shown = join([plain(name) for name in names]) if len(names) < 6 else f"{len(names)} parts of it"
            parts.append(f"{shown} {'was' if len(names) == 1 else 'were'} {how}")
    return f"In the study {join(parts)}."


def _say_rankings(old: Linchpins, new: Linchpins) -> str:
    first, then = _leaders(old), _leaders(new)
    if set(old.ranking.may_be_best) == set(new.ranking.may_be_best):
        return f"{capital(first)} {'leads' if old.ranking.best else 'lead, not to be told apart,'} as before."
    return f"Before, {first} led; now {then} {'leads' if new.ranking.best else 'lead and cannot be told apart'}."


def _leaders(found: Linchpins) -> str:
    named: dict[str, Instance] = {instance.label: instance for instance in found.strategies}
    return name_group([named[label] for label in found.ranking.may_be_best], found.strategies)
