"""What is shown of stability when payoffs are estimates.

A gain, or a sanction, counts as shown only where the difference is beyond its error; what lies within it is open. A
profile is shown stable for an actor if every move that may gain it something meets a sanction that is shown, of steps
that are shown to gain who makes them; and shown unstable if a move shown to gain meets no possible sanction. One band
covers every pair of profiles of every actor (Student's t, by Bonferroni), with the errors of paired differences over
worlds (W. Cochran, Sampling techniques, 1977, section 6.3).

Of sets of profiles the reach of the others is kept as bits, and closed by sweeps (nobody moves twice running).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from standoff.analysis.findings import Floats
from standoff.analysis.graph_model.moves import Moves
from standoff.analysis.graph_model.notions import Notion

__all__ = ["JUDGED", "MOST_PROFILES", "Differences", "Standing", "find_standing", "paired_differences"]

Truths = npt.NDArray[np.bool_]
Bits = npt.NDArray[np.uint8]

JUDGED: tuple[Notion, ...] = (Notion.NASH, Notion.SEQ, Notion.GMR, Notion.SMR)
"""Of these notions it is told what is shown."""

MOST_PROFILES = 3_000
"""With more, errors of all pairs would not fit in memory."""


@dataclass(frozen=True, slots=True, eq=False)
class Differences:
    """Payoff differences between all pairs of profiles.

    Attributes:
        payoffs: (players, profiles), expected.
        errors: (players, profiles, profiles), standard errors of the difference of two.
        band: Half-width of the band that covers them all, in standard errors.
    """

    payoffs: Floats
    errors: npt.NDArray[np.float32]
    band: float

    def shown_better(self, player: int, tolerance: float) -> Truths:
        """(from, to), whether the second is shown to be better by more than the tolerance."""
        own = self.payoffs[player]
        return np.asarray(own[None, :] - own[:, None] - self.band * self.errors[player] > tolerance)

    def maybe_better(self, player: int, tolerance: float) -> Truths:
        """(from, to), whether the second may be better by more than the tolerance."""
        own = self.payoffs[player]
        return np.asarray(own[None, :] - own[:, None] + self.band * self.errors[player] > tolerance)


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """What is shown: 1 stable, −1 unstable, 0 open.

    Attributes:
        each: (notions, players, profiles), for each actor, in the order of `JUDGED`.
        n_sanctions: How many gains that are shown, or may be, meet a sanction that is shown, by notion.
    """

    each: npt.NDArray[np.int8]
    n_sanctions: tuple[int, ...]

    @property
    def of_all(self) -> npt.NDArray[np.int8]:
        """(notions, profiles), for all actors together."""
        stable, unstable = (self.each == 1).all(axis=1), (self.each == -1).any(axis=1)
        return np.asarray(stable.astype(np.int8) - unstable)


def paired_differences(payoffs: Floats, weights: Floats, confidence: float = 0.99) -> Differences:
    """Expected payoffs, and the errors of all their differences, over worlds.

    Args:
        payoffs: (players, profiles, worlds).
        weights: (players, worlds), each player's belief, summing to 1.
        confidence: That the band covers all differences together.
    """
    n_players, n_profiles, n_worlds = payoffs.shape
    means = np.stack([own @ row for own, row in zip(payoffs, weights, strict=True)])
    errors = np.empty((n_players, n_profiles, n_profiles), dtype=np.float32)
    for i in range(n_players):
        centred = (payoffs[i] - means[i][:, None]) * (weights[i] * np.sqrt(n_worlds / (n_worlds - 1.0)))
        square = (centred**2).sum(axis=1)
        variance = square[:, None] + square[None, :] - 2.0 * (centred @ centred.T)
        rounding = 1e-12 * (square[:, None] + square[None, :])
        errors[i] = np.sqrt(np.where(variance > rounding, variance, 0.0))
    pairs = max(1, n_players * n_profiles * (n_profiles - 1) // 2)
    effective = 1.0 / float((weights**2).sum(axis=1).max())
    band = float(stdtrit(max(1.0, effective - 1.0), 1.0 - (1.0 - confidence) / (2.0 * pairs)))
    return Differences(means, errors, band)


def find_standing(differences: Differences, moves: Moves, tolerance: float = 0.0) -> Standing:
    """What is shown of Nash, SEQ, GMR and SMR.

    Args:
        differences: Of the game's payoffs.
        moves: Who can change to what.
        tolerance: Gains up to it are none.
    """
    n_players, n_profiles = differences.payoffs.shape
    shown = [differences.shown_better(i, tolerance) for i in range(n_players)]
    maybe = [differences.maybe_better(i, tolerance) for i in range(n_players)]
    every = [list(moves.each(i)) for i in range(n_players)]
    each = np.zeros((len(JUDGED), n_players, n_profiles), dtype=np.int8)
    counts = [0] * len(JUDGED)
    for i in range(n_players):
        surely = _steps(every, i, shown)
        perhaps = _steps(every, i, maybe)
        free = _steps(every, i, None)
        worse, better = ~maybe[i], shown[i]
        beyond = _after_replies(every[i], worse, better)
        reach_free = _reach(free, i, n_players, n_profiles)
        looks = (
            (None, None, worse, better),
            (_reach(surely, i, n_players, n_profiles), _reach(perhaps, i, n_players, n_profiles), worse, better),
            (reach_free, reach_free, worse, better),
            (reach_free, reach_free, *beyond),
        )
        for n, (certain, possible, sanction, none) in enumerate(looks):
            stable, unstable = np.ones(n_profiles, dtype=np.bool_), np.zeros(n_profiles, dtype=np.bool_)
            harm, safe = np.packbits(sanction, axis=1), np.packbits(~none, axis=1)
            for start, end in every[i]:
                may, does = maybe[i][start, end], shown[i][start, end]
                met: Truths = np.zeros(start.size, dtype=np.bool_)
                can: Truths = met
                if certain is not None and possible is not None:
                    met = np.asarray((certain[end] & harm[start]).any(axis=1))
                    can = np.asarray((possible[end] & safe[start]).any(axis=1))
                stable[start] &= ~may | met
                unstable[start] |= does & ~can
                counts[n] += int((may & met).sum())
            each[n, i] = stable.astype(np.int8) - unstable
    return Standing(each, tuple(counts))


Steps = list[tuple[int, npt.NDArray[np.int64], npt.NDArray[np.int64]]]


def _steps(every: list[list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]], i: int,
           improving: list[Truths] | None) -> Steps:  # fmt: skip
    """(mover, from, to) of the others' moves, of those alone that improve where that is asked."""
    found: Steps = []
    for j, own in enumerate(every):
        for start, end in own:
            kept = slice(None) if improving is None else improving[j][start, end]
            if j != i:
                found.append((j, start[kept], end[kept]))
    return found


def _reach(steps: Steps, i: int, n_players: int, n_profiles: int) -> Bits:
    """(profiles, profiles / 8) bits: where the others can lead from each profile, itself included, i having moved."""
    itself = np.packbits(np.eye(n_profiles, dtype=np.bool_), axis=1)
    after = np.repeat(itself[None], n_players, axis=0)
    while True:
        by = np.zeros_like(after)
        for j, start, end in steps:
            by[j, start] |= after[j, end]
        grown = after.copy()
        for last in range(n_players):
            for j in range(n_players):
                if j != last:
                    grown[last] |= by[j]
        if (grown == after).all():
            return np.asarray(after[i])
        after = grown


def _after_replies(own: list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]], worse: Truths, better: Truths
                   ) -> tuple[Truths, Truths]:  # fmt: skip
    """(from, to), whether `to` is no better even after any own move from it; and whether it, or such a move, is."""
    no_better, escapes = worse.copy(), better.copy()
    for start, end in own:
        no_better[:, start] &= worse[:, end]
        escapes[:, start] |= better[:, end]
    return no_better, escapes
