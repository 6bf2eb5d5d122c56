"""What the choice changes for practical purposes: outcomes that stay, those that move, and what a setting does.

A difference counts by the least that matters in the outcome, where the study states one; else by the spread of the
outcome over worlds, of which a tenth is little.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from standoff.analysis.findings import Figure
from standoff.analysis.robustness.performance import Performance, Standing

__all__ = [
    "SettingEffect", "best_settings", "find_setting_effect", "is_practically_level", "leads_over_others",
    "practically_best", "spread_of", "unmoved",
]  # fmt: skip

_LITTLE = 0.1
"""Of an outcome's spread over worlds: a smaller difference between strategies is little."""
_NORMAL = 1.96
"""Standard errors of an interval of 95 %."""
_TOLD = 3.0
"""Standard errors beyond which a setting's effect is told in every family of strategies."""


@dataclass(frozen=True, slots=True)
class SettingEffect:
    """What one level of a setting does in place of another, to the outcome that it moves most.

    Attributes:
        setting: Its name.
        measure: Index of the outcome among the measures.
        pairs: For each family with the setting, the indices of its strategies with the one level and the other.
        in_every: Whether every family of the decider's strategies has it.
        raises: Whether the one level makes the outcome larger than the other.
    """

    setting: str
    measure: int
    pairs: tuple[tuple[int, int], ...]
    in_every: bool
    raises: bool


def best_settings(results: Performance, standing: Standing | None = None) -> tuple[int, ...]:
    """Of each family the setting that does best under a view (the first by default), in the study's order."""
    ranking = None
    if results.standings:
        ranking = (standing or results.standings[0]).rankings[0] if results.measures else None
    order = range(len(results.strategies)) if ranking is None else map(results.labels.index, ranking.order)
    best: dict[str, int] = {}
    for s in order:
        best.setdefault(results.strategies[s].strategy.name, s)
    return tuple(sorted(best.values()))


def leads_over_others(results: Performance, standing: Standing) -> tuple[tuple[int, Figure, bool], ...]:
    """Of each family in its best setting how far it is ahead of the best of the other families, in the first measure.

    Against its own other setting no family is set: that is no rival of it. With each stands whether it may be best.

    Raises:
        ValueError: Nothing is ranked under this view.
    """
    ranking = standing.rankings[0]
    if ranking is None:
        raise ValueError("nothing is ranked under this view")
    families = best_settings(results, standing)
    found = []
    for s in families:
        rival = min((other for other in families if other != s), key=lambda other: float(ranking.difference[s, other]))
        value, error = float(ranking.difference[s, rival]), float(ranking.error[s, rival])
        lead = Figure(value, error, value - _NORMAL * error, value + _NORMAL * error)
        found.append((s, lead, results.labels[s] in ranking.may_be_best))
    return tuple(found)


def spread_of(standing: Standing, m: int, among: Sequence[int]) -> float:
    """How far the middle 80 % of worlds reach in a measure, the mean over some strategies; 0 where nothing varies."""
    reaches = [standing.cells[s][m].high - standing.cells[s][m].low for s in among]
    known = [reach for reach in reaches if np.isfinite(reach)]
    return float(np.mean(known)) if known else 0.0


def is_practically_level(results: Performance, standing: Standing, m: int, among: Sequence[int]) -> bool:
    """Whether a measure's means differ, over some strategies, by less than the study says matters in it."""
    matters = results.measures[m].matters
    means = [standing.cells[s][m].figure.value for s in among]
    is_compared = standing.rankings[m] is not None
    return is_compared and matters is not None and bool(np.isfinite(means).all()) and max(means) - min(means) < matters


def practically_best(results: Performance, standing: Standing, m: int) -> tuple[str, ...]:
    """Labels of the strategies that may be best in a measure, or are behind by less than matters, best first."""
    ranking = standing.rankings[m]
    if ranking is None:
        return ()
    matters = results.measures[m].matters
    if matters is None:
        return ranking.may_be_best
    means = {label: standing.cells[s][m].figure.value for s, label in enumerate(results.labels)}
    first = means[ranking.order[0]]
    return tuple(
        label for label in ranking.order if label in ranking.may_be_best or abs(means[label] - first) < matters
    )


def unmoved(results: Performance, standing: Standing) -> tuple[int, ...]:
    """Outcomes whose means differ little over all the decider's strategies, in the study's order."""
    everyone = range(len(results.strategies))
    found = []
    for m, measure in enumerate(results.measures):
        means = np.array([standing.cells[s][m].figure.value for s in everyone])
        if measure.kind == "payoff" or standing.rankings[m] is None or not np.isfinite(means).all():
            continue
        little = measure.matters if measure.matters is not None else _LITTLE * spread_of(standing, m, everyone)
        if float(np.ptp(means)) < little:
            found.append(m)
    return tuple(found)


def find_setting_effect(results: Performance, standing: Standing) -> SettingEffect | None:
    """The setting that moves an outcome most, the same way and by more than chance in every family that has it."""
    families: dict[str, list[int]] = {}
    for s, instance in enumerate(results.strategies):
        families.setdefault(instance.strategy.name, []).append(s)
    found: list[tuple[float, SettingEffect]] = []
    for name in dict.fromkeys(name for i in results.strategies for name, _ in i.settings):
        pairs = [pair for own in families.values() if (pair := _ends_of(results, own, name)) is not None]
        if not pairs:
            continue
        for m, measure in enumerate(results.measures):
            ranking = standing.rankings[m]
            if measure.kind == "payoff" or ranking is None:
                continue
            gaps = [standing.cells[a][m].figure.value - standing.cells[b][m].figure.value for a, b in pairs]
            told = all(abs(gap) > _TOLD * ranking.error[pair] for gap, pair in zip(gaps, pairs, strict=True))
            scale = measure.matters or spread_of(standing, m, [s for pair in pairs for s in pair])
            if not told or len({gap > 0.0 for gap in gaps}) != 1 or scale <= 0.0:
                continue
            size = min(map(abs, gaps)) / scale
            if measure.matters is not None and size < 1.0:
                continue
            found.append(
                (size, SettingEffect(name, m, tuple(pairs), len(pairs) == len(families), raises=gaps[0] > 0.0))
            )
    return max(found, key=lambda each: each[0])[1] if found else None


def _ends_of(results: Performance, own: Sequence[int], name: str) -> tuple[int, int] | None:
    """A family's strategies with the first and the last level of a setting, its others at their first."""
    with_it = [s for s in own if name in dict(results.strategies[s].settings)]
    if len(with_it) < 2:
        return None
    first = dict(results.strategies[with_it[0]].settings)
    alike = [s for s in with_it if dict(results.strategies[s].settings) | {name: first[name]} == first]
    return (alike[0], alike[-1]) if len(alike) > 1 else None
