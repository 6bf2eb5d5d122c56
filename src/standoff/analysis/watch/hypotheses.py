"""Hypotheses that signs tell apart, and how well: ends of assumptions, strategies of the others, named outlooks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from standoff.analysis.findings import Figure, Floats
from standoff.analysis.watch.signs import Sign, Split, splits_of
from standoff.ensemble.profiles.chosen import is_of
from standoff.ensemble.watch.ahead import Ahead

__all__ = ["Diagnosis", "Hypothesis", "diagnose", "hypotheses_of", "inverse", "likelihood_ratio"]

_FEWEST = 20
_HALF = 0.5
_PRIOR = 0.5
"""Futures added to each side of a table of four, so that nothing is impossible for want of futures (Jeffreys)."""


@dataclass(frozen=True, slots=True, eq=False)
class Hypothesis:
    """Something that may be so, and the futures in which it is.

    Attributes:
        kind: An `end` of an assumption, a `strategy` of another actor, or an `outlook` that the study names.
        about: The assumption, the actor, or the outlook.
        name: `high` or `low`, the strategy's label, or the outlook again.
        holds: (futures,) whether it does.
        against: (futures,) whether its alternative does.
    """

    kind: Literal["end", "strategy", "outlook"]
    about: str
    name: str
    holds: npt.NDArray[np.bool_]
    against: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """How well a sign tells a hypothesis from its alternative.

    Attributes:
        kind, about, name: Of the hypothesis.
        ratio: Likelihood ratio of the sign's side `holds` under it, with an interval of 95 %.
        odds_before, odds_after: Of the hypothesis against its alternative.
    """

    kind: str
    about: str
    name: str
    ratio: Figure
    odds_before: float
    odds_after: float

    @property
    def is_told(self) -> bool:
        """Whether the ratio is told from 1."""
        return self.ratio.low > 1.0 or self.ratio.high < 1.0


def inverse(ratio: Figure) -> Figure:
    """How many times less likely, of a likelihood ratio above 0; its error by the first order (the delta method)."""
    value = 1.0 / ratio.value
    return Figure(value, ratio.error * value**2, 1.0 / ratio.high, 1.0 / ratio.low if ratio.low > 0.0 else math.inf)


def hypotheses_of(ahead: Ahead, assumptions: Sequence[str]) -> tuple[Hypothesis, ...]:
    """The ends of some assumptions, every strategy of the others, and the outlooks that the study names.

    An end is the upper quarter of an assumption's worlds against the lower one; a strategy or an outlook is held
    against all else that the others may play.
    """
    found = []
    for name in assumptions:
        column = ahead.design.worlds.columns[name]
        low, high = np.quantile(column, [0.25, 0.75])
        if low < high:
            found.append(Hypothesis("end", name, "high", column >= high, against=column <= low))
    program, played = ahead.program, ahead.design.profiles[ahead.profiles]
    for i, actor in enumerate(program.players):
        if actor == program.model.decider or len(program.instances[i]) < 2:
            continue
        for j, instance in enumerate(program.instances[i]):
            holds = played[:, i] == j
            found.append(Hypothesis("strategy", actor, instance.label, holds, against=~holds))
    for named in program.model.profiles:
        if any(actor == program.model.decider for actor, _ in named.strategies):
            continue
        holds = is_of(program, played, named.name)
        found.append(Hypothesis("outlook", named.name, named.name, holds, against=~holds))
    return tuple(h for h in found if min(h.holds.sum(), h.against.sum()) >= _FEWEST)


def likelihood_ratio(side: npt.NDArray[np.bool_], of: Hypothesis) -> Figure:
    """How much likelier a side of a sign is under a hypothesis than under its alternative, with 95 % for its logarithm.

    Reference: Katz, Baptista, Azen & Pike 1978, Obtaining confidence intervals for the risk ratio in cohort studies,
    Biometrics 34.
    """
    a, n = float((side & of.holds).sum()) + _PRIOR, float(of.holds.sum()) + 2 * _PRIOR
    b, m = float((side & of.against).sum()) + _PRIOR, float(of.against.sum()) + 2 * _PRIOR
    log = math.log(a / n) - math.log(b / m)
    error = math.sqrt(max(1 / a - 1 / n + 1 / b - 1 / m, 0.0))
    return Figure(math.exp(log), error * math.exp(log), math.exp(log - 1.96 * error), math.exp(log + 1.96 * error))


def diagnose(sign: Sign, of: Hypothesis, halves: Floats) -> tuple[Split, Diagnosis] | None:
    """The split of a sign that tells a hypothesis best, found on one half of the futures and judged on the other.

    Args:
        sign: The sign.
        of: The hypothesis.
        halves: (futures,) numbers from 0 to 1 that tell the halves apart.
    """
    first = halves < _HALF
    found: list[tuple[float, Split]] = []
    for split in splits_of(sign):
        side = split.holds(sign.values)
        ratio = likelihood_ratio(side[first], _part(of, first))
        rest = likelihood_ratio(~side[first], _part(of, first))
        share = float(side[first].mean())
        found.append((share * abs(math.log(ratio.value)) + (1 - share) * abs(math.log(rest.value)), split))
    if not found:
        return None
    split = max(found, key=lambda one: one[0])[1]
    second = ~first
    return split, diagnosis_of(split.holds(sign.values)[second], _part(of, second))


def diagnosis_of(side: npt.NDArray[np.bool_], of: Hypothesis) -> Diagnosis:
    """How well one side of a sign tells a hypothesis."""
    ratio = likelihood_ratio(side, of)
    before = float(of.holds.sum()) / max(float(of.against.sum()), 1.0)
    return Diagnosis(of.kind, of.about, of.name, ratio, odds_before=before, odds_after=before * ratio.value)


def _part(of: Hypothesis, some: npt.NDArray[np.bool_]) -> Hypothesis:
    return Hypothesis(of.kind, of.about, of.name, of.holds[some], against=of.against[some])
