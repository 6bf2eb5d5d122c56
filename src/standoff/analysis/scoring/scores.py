"""How a frozen forecast did: scores by question and horizon, against what one would have said without the study."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
from scipy import stats

from standoff.analysis.scoring.baselines import BASELINES
from standoff.analysis.scoring.forecasts import Answered, Forecast
from standoff.analysis.scoring.laws import Score, score

__all__ = ["Group", "Miss", "Scored", "Scores", "Skill", "score_data", "score_forecast"]

_MOST_MISSES = 5
_FEWEST_FOR_PIT = 8


@dataclass(frozen=True, slots=True)
class Scored:
    """A question with what was, its score, and those of the baselines."""

    answered: Answered
    seen: float
    score: Score
    baselines: Mapping[str, Score]


@dataclass(frozen=True, slots=True)
class Skill:
    """Against a baseline: 1 − the study's mean score over the baseline's, on the questions that both answer.

    Above 0 the study did better. NaN where the baseline's score is 0 or nothing is compared.
    """

    baseline: str
    questions: int
    log: float
    quadratic: float


@dataclass(frozen=True, slots=True)
class Group:
    """Some questions together: all, chances, distributions, or those of one horizon (in steps).

    `log` and `quadratic` (Brier score or CRPS) are means; `covered` is the share of distributions whose 90 % interval
    held; `pit` the p-value that places are uniform (Kolmogorov and Smirnov), NaN for fewer than eight.
    """

    name: str
    questions: int
    log: float
    quadratic: float
    covered: float
    pit: float
    skills: tuple[Skill, ...]


@dataclass(frozen=True, slots=True)
class Miss:
    """A question that went worst, with what the answer hung on: the assumptions, and the thing's own equation."""

    scored: Scored
    direction: str
    hinges: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scores:
    """How a forecast did.

    Attributes:
        scored: Questions with an answer and a fact.
        open: Names of those without a fact.
        groups: All, by kind, by horizon.
        misses: The worst, worst first, by log score against what an even guess or the spread would give.
    """

    scored: tuple[Scored, ...]
    open: tuple[str, ...]
    groups: tuple[Group, ...]
    misses: tuple[Miss, ...]


def score_forecast(forecast: Forecast, facts: Mapping[str, float]) -> Scores:
    """Score what was frozen by what was.

    Args:
        forecast: From a folder that was checked.
        facts: Question → 1 or 0 of a chance, else a number.
    """
    scored = tuple(
        Scored(one, facts[one.name], score(one.law, facts[one.name]),
               {name: score(law, facts[one.name]) for name, law in one.baselines.items()})
        for one in forecast.answers
        if one.name in facts
    )  # fmt: skip
    groups = [_group("all", scored)]
    for name, kinds in (("chances", ("chance",)), ("distributions", ("counts", "members"))):
        some = tuple(one for one in scored if one.answered.law.kind in kinds)
        groups += [_group(name, some)] if some else []
    for horizon in sorted({one.answered.horizon for one in scored}):
        some = tuple(one for one in scored if one.answered.horizon == horizon)
        groups.append(_group(f"horizon {horizon}", some))
    left = tuple(one.name for one in forecast.answers if one.name not in facts)
    return Scores(scored, left, tuple(groups), _misses(scored))


def _group(name: str, some: tuple[Scored, ...]) -> Group:
    places = [one.score.pit for one in some if one.score.pit is not None]
    covered = [one.score.covered for one in some if one.score.covered is not None]
    pit = float(stats.kstest(places, "uniform").pvalue) if len(places) >= _FEWEST_FOR_PIT else math.nan
    return Group(
        name, len(some), _mean([one.score.log for one in some]), _mean([one.score.quadratic for one in some]),
        covered=_mean([float(x) for x in covered]), pit=pit, skills=tuple(_skill(of, some) for of in BASELINES),
    )  # fmt: skip


def _skill(baseline: str, some: tuple[Scored, ...]) -> Skill:
    both = [one for one in some if baseline in one.baselines]

    def skill(of: str) -> float:
        own = _mean([getattr(one.score, of) for one in both])
        theirs = _mean([getattr(one.baselines[baseline], of) for one in both])
        return 1.0 - own / theirs if both and theirs not in (0.0, math.inf) else math.nan

    return Skill(baseline, len(both), skill("log"), skill("quadratic"))


def _mean(x: list[float]) -> float:
    return float(np.mean(x)) if x else math.nan


def _misses(scored: tuple[Scored, ...]) -> tuple[Miss, ...]:
    """The questions whose fact was least expected: by minus the log chance, or the depth in a tail."""
    worst = sorted(scored, key=_surprise, reverse=True)[:_MOST_MISSES]
    found = []
    for one in worst:
        if _surprise(one) <= math.log(2.0):  # no worse than an even guess
            continue
        law = one.answered.law
        expected = law.numbers[0] if law.kind == "chance" else law.mean
        above = one.seen > expected
        hinges = tuple(
            f"{h.name} {'higher' if (h.correlation > 0.0) == above else 'lower'}" for h in one.answered.hinges
        )
        found.append(Miss(one, "more" if above else "less", hinges))
    return tuple(found)


def _surprise(one: Scored) -> float:
    if one.score.pit is None:
        return one.score.log
    return -math.log(max(2.0 * min(one.score.pit, 1.0 - one.score.pit), 1e-12))


def score_data(found: Scores) -> dict[str, Any]:
    """The same as plain data, questions by their names."""
    scored = {
        one.answered.name: {
            "horizon": one.answered.horizon, "seen": one.seen, "score": msgspec.to_builtins(one.score),
            "baselines": msgspec.to_builtins(dict(one.baselines)),
        }
        for one in found.scored
    }  # fmt: skip
    misses = [
        {"question": miss.scored.answered.name, "direction": miss.direction, "hinges": list(miss.hinges),
         "equation": miss.scored.answered.equation}
        for miss in found.misses
    ]  # fmt: skip
    return {"scored": scored, "open": found.open, "groups": found.groups, "misses": misses}
