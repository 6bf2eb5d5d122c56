"""Signposts: what to look for, by when, what it would tell, and what the choice becomes.

The value of a signpost is that of choosing after one has seen it, against choosing at the same date without (EVSI),
while the best strategy of today is held until then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from standoff.analysis.findings import Figure, Floats, Inputs
from standoff.analysis.linchpins.worth import measure_signals
from standoff.analysis.runs.payoffs import Payoffs
from standoff.analysis.watch.hypotheses import Diagnosis, Hypothesis, diagnose, hypotheses_of
from standoff.analysis.watch.matrix import Matrix, make_matrix
from standoff.analysis.watch.signs import Sign, Split, best_split, signs_by
from standoff.analysis.watch.triggers import Trigger, Waiting, best_triggers, costs_of_waiting, lateness_cost
from standoff.base.chance import streams
from standoff.ensemble.watch.ahead import Ahead
from standoff.evidence.seen import Seen

__all__ = ["Signpost", "Signposts", "signposts"]

_MOST_DIAGNOSES = 4
_SURE = 1.96
_FEWEST = 50
_CHANCE = 0.01
_PERMUTATIONS = 499
"""With which any sign of any date may be told from nothing where none is worth anything."""


@dataclass(frozen=True, slots=True)
class Signpost:
    """An observable and a date.

    Attributes:
        observable: Its name.
        date: The step before which one chooses, having seen it.
        evsi: The value of seeing it before choosing; its low end is 0 unless it is told from nothing.
        p_value: Of the largest value under permutation, for all signs of the date at once.
        how, at: The side that parts the choice best: at `least` so much, or `is` just that; None where no split has
            futures enough on both sides.
        share: How often that side comes.
        late: What it loses by coming no sooner: a choice by it now, were it known, against one then.
        without: The best strategy at that date without having seen it.
        then, other: The best where that side came, and where it did not.
        diagnoses: Hypotheses that it tells best, each with its own threshold.
        thresholds: Of these, as (how, at).
    """

    observable: str
    date: int
    evsi: Figure
    p_value: float
    how: str | None
    at: float
    share: float
    late: Figure
    without: str
    then: str
    other: str
    diagnoses: tuple[Diagnosis, ...]
    thresholds: tuple[tuple[str, float], ...]

    @property
    def is_told(self) -> bool:
        """Whether seeing it is worth something beyond doubt."""
        return self.evsi.low > 0.0


@dataclass(frozen=True, slots=True)
class Signposts:
    """What to look for next.

    Attributes:
        hold: The strategy that is held meanwhile: the best of today.
        dates: Steps before which one can choose again.
        found: Signposts in their rank: by value, soonest first among those that cannot be told apart.
        waiting: What it costs to choose at each date instead of now, seen or not.
        triggers: Of the strategies that were held.
        matrix: Hypotheses against evidence.
        futures: How many were followed.
    """

    hold: str
    dates: tuple[int, ...]
    found: tuple[Signpost, ...]
    waiting: tuple[Waiting, ...]
    triggers: tuple[Trigger, ...]
    matrix: Matrix
    futures: int
    method: str = (
        "futures that hold the best strategy and branch at each date into every strategy, in the same worlds and luck; "
        "EVSI by cross-fitted regression of payoff differences on bins of what was seen, permutation null for all "
        "signs and dates at once; triggers picked and valued on different futures"
    )
    references: tuple[str, ...] = (
        "Strong, Oakley, Brennan & Breeze 2015, Medical Decision Making 35 (EVSI by regression)",
        "Heuer 1999, Psychology of Intelligence Analysis, chapter 8 (competing hypotheses)",
        "Good 1950, Probability and the Weighing of Evidence (likelihood ratios)",
    )


def signposts(
    ahead: Ahead, assumptions: Sequence[str] = (), seen: Seen | None = None, before: Ahead | None = None, *,
    seed: int = 0, threads: int | None = None,
) -> Signposts:  # fmt: skip
    """What to look for next.

    Args:
        ahead: Futures, the best strategy held first.
        assumptions: Names of those whose ends are hypotheses, such as linchpins.
        seen: What was seen already, for the matrix.
        before: Futures of worlds as they were before it was seen, for the matrix; these without them.
        seed: Of folds and permutations.
        threads: At most so many at once.
    """
    held = ahead.held[0]
    hypotheses = hypotheses_of(ahead, assumptions)
    keys = streams.lane_keys(seed, np.arange(ahead.n_futures, dtype=np.uint64), np.zeros(1, dtype=np.uint64))
    halves = streams.uniform(keys, streams.key("halves of hypotheses"), 0)
    found: list[Signpost] = []
    sides: dict[str, tuple[Sign, Split]] = {}
    for date in ahead.dates:
        signs = signs_by(ahead, held, date)
        payoffs = held.payoffs[date]
        sound = _sound(np.vstack([payoffs, *(sign.values for sign in signs)]))
        if not signs or sound.sum() < _FEWEST:
            continue
        inputs = Inputs(tuple(sign.of.name for sign in signs), np.column_stack([s.values[sound] for s in signs]))
        own = Payoffs(ahead.labels, payoffs[:, sound], inputs)
        worths = measure_signals(
            own, permutations=_PERMUTATIONS, chance=_CHANCE / len(ahead.dates), seed=seed + date, threads=threads
        )
        for sign, worth in zip(signs, worths, strict=True):
            split = best_split(sign, np.where(sound, payoffs, 0.0))
            one = _signpost(ahead, sign, split, payoffs[:, sound], sound=sound)
            late = Figure(np.nan, np.nan, np.nan, np.nan)
            if split is not None:
                late = lateness_cost(held, date, split.holds(sign.values), seed)
            told = _diagnoses(sign, hypotheses, halves)
            found.append(
                Signpost(
                    sign.of.name, date, worth.evppi, worth.p_value, *one[:3], late, *one[3:], tuple(d for _, d in told),
                    tuple((s.how, s.at) for s, _ in told),
                )
            )  # fmt: skip
            if split is not None:
                sides[sign.of.name] = (sign, split)  # of each observable the last date
    if before is None:
        matrix = make_matrix(ahead, held, hypotheses, list(sides.values()), seen=seen)
    else:  # what was seen must not weigh twice
        ends = hypotheses_of(before, assumptions)
        matrix = make_matrix(before, before.held[0], ends, _evidence(before, list(sides.values())), seen=seen)
    return Signposts(
        ahead.labels[held.strategy], ahead.dates, _ranked(found), costs_of_waiting(ahead, seed),
        triggers=best_triggers(ahead, seed), matrix=matrix, futures=ahead.n_futures,
    )  # fmt: skip


def _sound(x: Floats) -> npt.NDArray[np.bool_]:
    """(futures,) those in which everything is known."""
    return np.asarray(np.isfinite(x).all(axis=0))


def _evidence(before: Ahead, sides: Sequence[tuple[Sign, Split]]) -> list[tuple[Sign, Split]]:
    """The same sides of the same signs in other futures."""
    known = {(s.of.name, s.date): s for date in {sign.date for sign, _ in sides}
             for s in signs_by(before, before.held[0], date)}  # fmt: skip
    return [(known[sign.of.name, sign.date], split) for sign, split in sides if (sign.of.name, sign.date) in known]


def _signpost(
    ahead: Ahead, sign: Sign, split: Split | None, payoffs: Floats, *, sound: npt.NDArray[np.bool_]
) -> tuple[str | None, float, float, str, str, str]:
    """Where the sign parts the choice, how often, and the best strategy without it, with it, and where it is not so."""
    labels = ahead.labels
    best = labels[int(np.argmax(payoffs.mean(axis=1)))]
    if split is None:
        return None, float("nan"), float("nan"), best, best, best
    side = split.holds(sign.values[sound])
    then, other = (labels[int(np.argmax(payoffs[:, s].mean(axis=1)))] for s in (side, ~side))
    return split.how, split.at, float(side.mean()), best, then, other


def _diagnoses(sign: Sign, hypotheses: Sequence[Hypothesis], halves: Floats) -> list[tuple[Split, Diagnosis]]:
    """Of the hypotheses that the sign tells, those that it tells best."""
    found = [told for of in hypotheses if (told := diagnose(sign, of, halves)) is not None and told[1].is_told]
    found.sort(key=lambda one: -abs(np.log(one[1].ratio.value)))
    return found[:_MOST_DIAGNOSES]


def _ranked(found: Sequence[Signpost]) -> tuple[Signpost, ...]:
    """By value; among those that cannot be told from the largest left, soonest first."""
    left = sorted(found, key=lambda one: (not one.is_told, -one.evsi.value, one.date))
    ranked: list[Signpost] = []
    while left:
        first = left[0]
        equals = [
            one for one in left
            if one.is_told == first.is_told and first.evsi.value - one.evsi.value <= _SURE * first.evsi.error
        ]  # fmt: skip
        equals.sort(key=lambda one: (one.date, -one.evsi.value))
        ranked += equals
        left = [one for one in left if one not in equals]
    return tuple(ranked)
