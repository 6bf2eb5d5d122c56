"""What an actor would have to want or believe for a profile to hold.

An actor's belief is moved towards one end of an assumption (a want, or something nobody knows): with a weight λ it
holds that the assumption lies in the highest, or lowest, fifth of its distribution, and with 1 − λ what it holds now;
of kinds, that one of them is so. Expected payoffs are then linear in λ, and so in several λ together, whose sum is at
most 1: beliefs stay beliefs, and wants within their ranges. What is told is the smallest λ at which the profile holds
for the actor, as the assumption's believed mean now and then.

By Nash every gain must go. By sequential stability every gain must go or meet a sanction: what the others can lead to
by moves that gain them depends on their wants and beliefs alone, so that it stays as it is. Along one assumption the
answer is exact: each gain without a sanction fills an interval of λ, and the least λ outside all of them is sought.
Along several at once it is a mixed-integer program, solved by HiGHS (scipy.optimize.milp).

Reference: K. Hipel, L. Fang and D. M. Kilgour, Inverse graph model (as in: J. Wang, K. Hipel, L. Fang and Y. Dang,
Matrix representations of the inverse problem in the graph model for conflict resolution, 2018).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from standoff.analysis.findings import Floats, Inputs

__all__ = ["Lean", "Needs", "leans_of", "smallest_lean", "smallest_leans"]

_FIFTH = 0.2
_SLACK = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Lean:
    """One way in which a belief can lean.

    Attributes:
        name: The assumption.
        towards: `high`, `low`, or the kind that is held to be so.
        weights: (worlds,), the belief of who is sure that it is so, summing to 1.
        now, then: The assumption's believed mean (of a kind its chance) with λ = 0 and with λ = 1.
    """

    name: str
    towards: str
    weights: Floats
    now: float
    then: float


@dataclass(frozen=True, slots=True, eq=False)
class Needs:
    """What must be so for a profile to hold for an actor: linear in λ, as values at λ = 0 and with each λ = 1.

    Attributes:
        gains: For each move away, (1 + leans,) what it gains.
        sanctions: For each, (answers, 1 + leans): what the actor has over the profile after each answer; no rows where
            nothing answers.
        tolerance: Gains up to it are none.
    """

    gains: tuple[Floats, ...]
    sanctions: tuple[Floats, ...]
    tolerance: float

    def holds(self, leans: Floats) -> bool:
        """Whether the profile holds with these λ."""
        mix = np.concatenate([[1.0 - leans.sum()], leans])
        slack = self.tolerance + _SLACK
        return all(
            bool(gain @ mix <= slack or (answers @ mix <= slack).any())
            for gain, answers in zip(self.gains, self.sanctions, strict=True)
        )


def leans_of(inputs: Inputs, weights: Floats, names: Sequence[str] | None = None) -> tuple[Lean, ...]:
    """Every way in which a belief can lean along some assumptions, all by default."""
    found: list[Lean] = []
    for name in inputs.names if names is None else names:
        column = inputs.column(name)
        mean = float(weights @ column)
        if name in inputs.levels:
            for code, word in enumerate(inputs.levels[name]):
                member = weights * (column == code)
                if 0.0 < member.sum() < 1.0:
                    found.append(Lean(name, word, member / member.sum(), float(member.sum()), then=1.0))
            continue
        order = np.argsort(column, kind="stable")
        for towards, ranked in (("low", order), ("high", order[::-1])):
            before = np.cumsum(weights[ranked]) - weights[ranked]
            kept = np.zeros_like(weights)
            kept[ranked] = np.clip(_FIFTH - before, 0.0, weights[ranked])
            if kept.sum() > 0.0:
                kept /= kept.sum()
                found.append(Lean(name, towards, kept, mean, then=float(kept @ column)))
    return tuple(found)


def smallest_lean(needs: Needs, lean: int) -> float | None:
    """The least λ along one lean with which the profile holds; None where none up to 1 does.

    Args:
        needs: What must be so.
        lean: Which, from 0.
    """
    spans = []
    for gain, answers in zip(needs.gains, needs.sanctions, strict=True):
        start, end = (np.vstack([gain[None], answers])[:, [0, 1 + lean]] - needs.tolerance).T
        slope = end - start
        flat = np.abs(slope) <= _SLACK
        if (flat & (start <= _SLACK)).any():
            continue
        zero = -start / np.where(flat, 1.0, slope)
        low = float(zero[~flat & (slope > 0.0)].max(initial=-np.inf))
        high = float(zero[~flat & (slope < 0.0)].min(initial=np.inf))
        if low < high:
            spans.append((low, high))
    least = 0.0
    for low, high in sorted(spans):
        if low + _SLACK < least < high - _SLACK or (least == 0.0 and low < 0.0 < high - _SLACK):
            least = high
    return least if least <= 1.0 else None


def smallest_leans(needs: Needs, seconds: float = 10.0) -> Floats | None:
    """The λ of all leans with the least sum with which the profile holds; None where there are none, or no time.

    Args:
        needs: What must be so.
        seconds: For the solver.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415 - takes a while to import

    n_leans = needs.gains[0].size - 1 if needs.gains else 0
    ways = [_undominated(np.vstack([g[None], a])) for g, a in zip(needs.gains, needs.sanctions, strict=True)]
    n_ways = sum(len(rows) for rows in ways)
    size = n_leans + n_ways
    rows, limits = [np.concatenate([np.ones(n_leans), np.zeros(n_ways)])], [1.0]
    at = n_leans
    for one in ways:
        choice = np.zeros(size)
        choice[at : at + len(one)] = -1.0
        rows.append(choice)
        limits.append(-1.0)  # at least one way of each move is chosen
        for k, values in enumerate(one):
            most = max(0.0, float(values.max()) - needs.tolerance)
            row = np.zeros(size)
            row[:n_leans] = values[1:] - values[0]
            row[at + k] = most
            rows.append(row)
            limits.append(needs.tolerance - values[0] + most)
        at += len(one)
    found = milp(
        np.concatenate([np.ones(n_leans), np.zeros(n_ways)]),
        constraints=LinearConstraint(np.array(rows), -np.inf, np.array(limits)),
        integrality=np.concatenate([np.zeros(n_leans), np.ones(n_ways)]),
        bounds=Bounds(0.0, 1.0),
        options={"time_limit": seconds},
    )
    return None if found.x is None or found.status != 0 else np.asarray(found.x[:n_leans])


def _undominated(rows: Floats) -> Floats:
    """The rows than which no other is at most as large everywhere, the first of equal ones."""
    kept: list[Floats] = []
    for row in rows[np.argsort(rows.sum(axis=1), kind="stable")]:
        if not any((other <= row).all() for other in kept):
            kept.append(row)
    return np.array(kept)
