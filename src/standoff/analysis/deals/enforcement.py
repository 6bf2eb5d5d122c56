"""Would each party keep its word: breach begun at each moment against keeping, on luck that did not choose it.

Gains of breach are paired with keeping under the same worlds, luck and profiles, and are zero where the deal no longer
stood. The best rule is chosen on one half of the replications and valued on the other (`bargaining.self_enforcement`).
The other party answers with its own strategy, which may see the breach and press; payoffs include the state at the end,
so that the last step rewards nobody.

Reference: J. Fearon, Rationalist explanations for war (1995), section on commitment.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from standoff.analysis.deals.bargaining import Enforcement, Word, self_enforcement
from standoff.analysis.deals.plan import Arm, DealPlan
from standoff.analysis.findings import Floats
from standoff.ensemble.ensemble import Ensemble

__all__ = ["Keeping", "keeping_of"]


@dataclass(frozen=True, slots=True, eq=False)
class Keeping:
    """Whether one party would keep its word, for every combination of the main terms.

    Attributes:
        party: whose word.
        rules: labels of the strategies by which it could break it; empty where the study names none that can be.
        words: nested by term: `keeps its word`, `would breach` or `cannot tell`.
        moments: steps in which breach may begin.
        value, error: (levels of term 1, …, moments), what the rule chosen beforehand brings over keeping if the deal
            stands then, payoff units; NaN where not reached.
        chosen: the same shape, index of the rule picked by the first half; −1 where not reached.
        hindsight: the same shape, what picking run by run would seem to bring: no value anybody could have.
        stands: the same shape, chance that the deal still stands.
        others: the word at each level of the other terms, one term after another, the main ones at their usual levels.
    """

    party: str
    rules: tuple[str, ...]
    words: tuple[object, ...]
    moments: tuple[int, ...]
    value: Floats
    error: Floats
    chosen: Floats
    hindsight: Floats
    stands: Floats
    others: tuple[str, ...]

    def word(self, cell: tuple[int, ...]) -> str:
        """The word for one combination of the main terms."""
        found: object = self.words
        for k in cell:
            assert isinstance(found, tuple)
            found = found[k]
        return str(found)


def keeping_of(
    plan: DealPlan, party: str, kept: tuple[Arm, Ensemble], broken: tuple[Arm, Ensemble] | None, *, weights: Floats,
    sound: Floats,
) -> Keeping:  # fmt: skip
    """Judge one party's word.

    Args:
        plan: What was run.
        party: Whose word.
        kept, broken: The arms in which all keep, and in which some breach, with their ensembles.
        weights: (worlds of the plan,), the party's belief.
        sound: (worlds of the plan,), 1 where all arms have sound futures, 0 elsewhere.
    """
    shape = plan.shape
    size = (*shape, len(plan.moments))
    value, error, chosen, hindsight, stands = (np.full(size, np.nan) for _ in range(5))
    words = np.full(shape, Word.OPEN.value, dtype=object)
    others = []
    labels = tuple(rule.strategy for rule in plan.rules if rule.party == party)
    by = None if broken is None or not labels else _Word(plan, party, kept, broken, weights=weights, sound=sound)
    for cell in np.ndindex(*shape) if by else ():
        assert by is not None
        found, stands[cell] = _judge(by, (int(np.ravel_multi_index(cell, shape)), -1))
        words[cell] = found.word.value
        value[cell], error[cell] = found.value[:, 0], found.error[:, 0]
        chosen[cell], hindsight[cell] = found.chosen[0, :, 0], found.hindsight[:, 0]
    for other in range(sum(len(term.levels) for term in plan.others)):
        word = Word.OPEN if by is None else _judge(by, (-1, other))[0].word
        others.append(word.value)
    return Keeping(
        party,
        labels,
        _nested(words),
        plan.moments,
        value=value,
        error=error,
        chosen=chosen,
        hindsight=hindsight,
        stands=stands,
        others=tuple(others),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Word:
    """What one party's word is judged by: see `keeping_of`."""

    plan: DealPlan
    party: str
    kept: tuple[Arm, Ensemble]
    broken: tuple[Arm, Ensemble]
    weights: Floats
    sound: Floats


def _judge(by: _Word, place: tuple[int, int]) -> tuple[Enforcement, Floats]:
    """One combination of terms: the judgement, and the chance that the deal stands at each moment."""
    here = by.broken[0].worlds
    live = np.flatnonzero(by.sound[here] > 0.0)
    belief = by.weights[here][live] / by.weights[here][live].sum()
    gains, standing = _temptation(by, place)
    gains, standing = gains[..., live], standing[..., live]
    n_statements = int(np.prod(by.plan.shape)) * len(by.plan.deal.parties)
    found = self_enforcement(
        gains.reshape(*gains.shape[:2], -1),
        np.tile(belief, 2) * standing.reshape(len(standing), -1),
        np.repeat([0, 1], live.size),
        np.tile(live, 2),
        confidence=1.0 - 0.05 / n_statements,
    )
    return found, np.asarray(standing.mean(axis=1) @ belief)


def _temptation(by: _Word, place: tuple[int, int]) -> tuple[Floats, Floats]:
    """Gain of breach where the deal stands (rules, moments, 2, worlds), and how often it does (moments, 2, worlds).

    The gain measured is zero in futures in which the deal does not stand, so it is divided by the share that does.
    """
    plan, party, (cell, other) = by.plan, by.party, place
    n_moments = len(plan.moments)
    mine = [r for r, rule in enumerate(plan.rules) if rule.party == party]
    keep_arm, keep_run = by.kept
    arm, run = by.broken
    n_worlds = arm.worlds.size
    loyal, disloyal = keep_run.half("payoff", party)[:, :, arm.worlds], run.half("payoff", party)
    at = {int(keep_arm.sample[k]): int(k) for k in np.flatnonzero((keep_arm.cell == cell) & (keep_arm.other == other))}
    gains = np.zeros((len(mine), n_moments, 2, n_worlds))
    standing = np.zeros((n_moments, 2, n_worlds))
    for m, moment in enumerate(plan.moments):
        in_force = keep_run.half("outcome", f"stands_{moment}")[:, :, arm.worlds]
        for k, rule in enumerate(mine):
            rows = np.flatnonzero((arm.cell == cell) & (arm.other == other) & (arm.rule == rule) & (arm.moment == m))
            pairs = [at[int(sample)] for sample in arm.sample[rows]]
            if not pairs:
                continue
            stood = in_force[:, pairs].mean(axis=1)
            standing[m] = np.maximum(standing[m], stood)
            gained = (disloyal[:, rows] - loyal[:, pairs]).mean(axis=1)
            gains[k, m] = np.divide(gained, stood, out=np.zeros_like(gained), where=stood > 0.0)
    return gains, standing


def _nested(words: np.ndarray[tuple[int, ...], np.dtype[np.object_]]) -> tuple[object, ...]:
    return tuple(str(w) if isinstance(w, str) else _nested(w) for w in words)
