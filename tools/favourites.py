"""Which strategy is best for each actor in how many worlds, the others playing each of theirs alike.

The best of noisy figures is biased towards the noisiest, so a world's best strategy is read off the cross-fitted
regression of payoff differences (`payoffs.find_posteriors`), beside the raw share. A strategy with a share near 0 or 1
is one that no assumption of the study can make right, or wrong: worth a look before the study is believed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from standoff.analysis.findings import Figure, Floats, Inputs
from standoff.analysis.robustness.regret import measure_regret
from standoff.analysis.runs.game_table import GameTable, game_table, inputs_of
from standoff.analysis.runs.payoffs import Payoffs, find_posteriors
from standoff.ensemble.ensemble import Ensemble

__all__ = ["Favourites", "favourites", "share_best"]

_SURE = 1.96


@dataclass(frozen=True, slots=True)
class Favourites:
    """One actor's shares.

    Attributes:
        actor: Whose.
        shares: For each strategy the share of worlds in which it is best, luck taken out.
        raw: The same share read off the noisy means.
        surely: The share of worlds in which it is best by more than two standard errors.
        cannot_tell: The share of worlds in which none is.
        n_worlds: Worlds.
    """

    actor: str
    shares: dict[str, Figure]
    raw: dict[str, float]
    surely: dict[str, float]
    cannot_tell: float
    n_worlds: int


def favourites(ensemble: Ensemble, seed: int = 0) -> tuple[Favourites, ...]:
    """The shares of every actor with a payoff, from a run of all profiles.

    Raises:
        ValueError: As `game_table`, or a run of one replication, which has no error.
    """
    table = game_table(ensemble)
    if table.halves is None:
        raise ValueError("a share of worlds needs two or more replications to have its noise taken out")
    inputs = inputs_of(ensemble.model, ensemble.design.worlds, table.worlds)
    return tuple(share_best(_payoffs(table, i, inputs), table.players[i], seed) for i in range(len(table.players)))


def share_best(payoffs: Payoffs, actor: str, seed: int = 0) -> Favourites:
    """One actor's shares.

    A share's error is made up of that of drawing worlds, half of what picks that leave out either half of the
    replications disagree by, and half of what taking luck out changes.

    Args:
        payoffs: Of the actor's strategies; `halves` must be there.
        actor: Whose, for the answer.
        seed: Of the folds.
    """
    known = find_posteriors(payoffs, seed)
    regret = measure_regret(payoffs, known)
    settled, raw = _shares(known.difference, payoffs.w), _shares(payoffs.mean, payoffs.w)
    apart = [_shares(picked, payoffs.w) for picked in known.picked]
    drawn = settled * (1.0 - settled) * float(payoffs.w @ payoffs.w)
    half = (apart[0] - apart[-1]) / 2.0
    errors = np.sqrt(drawn + half**2 + ((settled - raw) / 2.0) ** 2)
    figures = {
        name: Figure(float(x), float(e), max(0.0, float(x - _SURE * e)), min(1.0, float(x + _SURE * e)))
        for name, x, e in zip(payoffs.names, settled, errors, strict=True)
    }
    plain = dict(zip(payoffs.names, map(float, raw), strict=True))
    return Favourites(actor, figures, plain, regret.surely_best, regret.cannot_tell, payoffs.mean.shape[1])


def _shares(figures: Floats, w: Floats) -> Floats:
    """Weight of the worlds in which each strategy is the largest; ties count in parts. Shape (strategies,)."""
    top: npt.NDArray[np.bool_] = figures == figures.max(axis=0)
    shared: Floats = (top / top.sum(axis=0)) @ w
    return shared


def _payoffs(table: GameTable, player: int, inputs: Inputs) -> Payoffs:
    """A player's payoffs by its own strategy, the others' strategies alike."""
    assert table.halves is not None
    others = tuple(axis for axis in range(len(table.players)) if axis != player)
    mean = table.payoffs[player].mean(axis=others)
    halves = np.stack([half[player].mean(axis=others) for half in table.halves], axis=2)
    return Payoffs(table.strategies[player], mean, inputs, halves)
