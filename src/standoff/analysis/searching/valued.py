"""What strategies are worth: how often each keeps the limits under every view, and what it pays, with its error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from standoff.analysis.findings import Figure, Floats
from standoff.ensemble.ensemble import Ensemble
from standoff.language.model import Model

__all__ = ["Aim", "Valued", "aims_of", "difference", "losses", "value"]

_REACH = 2.576
"""Standard errors of a 99 % interval."""


@dataclass(frozen=True, slots=True)
class Aim:
    """What a strategy should be good at: an outcome's limit, an outcome's mean, or the actor's payoff.

    Attributes:
        kind: Which of the three.
        name: Of the outcome, or the actor.
        sign: 1 where more is better, −1 where less is.
        limit: Of an outcome.
        epsilon: The difference that does not matter; None for a hundredth of what strategies differ by.
    """

    kind: str
    name: str
    sign: float = 1.0
    limit: float = 0.0
    epsilon: float | None = None


@dataclass(frozen=True, slots=True)
class Valued:
    """What one strategy is worth by one aim: the share of worlds within a limit under the worst view, or a mean."""

    aim: Aim
    figure: Figure


def aims_of(model: Model, actor: str) -> tuple[Aim, ...]:
    """The outcomes' limits, else the outcomes themselves; and the actor's payoff."""
    limits = tuple(
        Aim("limit", o.name, 1.0 if o.better == "higher" else -1.0, o.limit, epsilon=0.01)
        for o in model.outcomes
        if o.limit is not None
    )
    means = tuple(Aim("mean", o.name, 1.0 if o.better == "higher" else -1.0) for o in model.outcomes)
    paid = tuple(Aim("payoff", actor) for payoff in model.payoffs if payoff.actor == actor)
    return (*(limits or means), *paid)


def by_world(ensemble: Ensemble, aims: tuple[Aim, ...], views: tuple[npt.NDArray[np.int64], ...]) -> Floats:
    """(aims, views, strategies, worlds), more is better: profiles run strategies slowest, then the others' profiles.

    Args:
        ensemble: Strategies × the others' profiles.
        aims: What to look at.
        views: For each view the places of its others' profiles.
    """
    n_others = int(max(view.max() for view in views)) + 1
    found = []
    for aim in aims:
        rows = ensemble.payoff(aim.name) if aim.kind == "payoff" else ensemble.outcome(aim.name)
        each = rows.reshape(-1, n_others, rows.shape[-1])
        means = aim.sign * np.array([np.nanmean(each[:, view], axis=1) for view in views])
        if aim.kind == "limit":  # of a world's mean, as limits are everywhere
            means = np.where(np.isnan(means), np.nan, means >= aim.sign * aim.limit)
        found.append(means)
    return np.array(found)


def losses(worlds: Floats, aims: tuple[Aim, ...]) -> Floats:
    """(strategies, aims), all to be made small: minus the mean over worlds, of limits under the worst view."""
    means = np.nanmean(worlds, axis=-1)
    return np.stack(
        [-(means[k].min(axis=0) if aim.kind == "limit" else means[k, 0]) for k, aim in enumerate(aims)], axis=1
    )


def value(worlds: Floats, aims: tuple[Aim, ...], strategy: int) -> tuple[Valued, ...]:
    """What one strategy is worth by each aim, with errors over worlds; `worlds` should not be those that picked it."""
    found = []
    for k, aim in enumerate(aims):
        own = worlds[k, :, strategy]
        view = int(np.nanmean(own, axis=-1).argmin()) if aim.kind == "limit" else 0
        found.append(Valued(aim, _figure(own[view], 1.0 if aim.kind != "mean" else aim.sign)))
    return tuple(found)


def difference(worlds: Floats, aims: tuple[Aim, ...], better: int, worse: int) -> tuple[Valued, ...]:
    """What one strategy has over another by each aim, pair by pair, under the first view."""
    return tuple(Valued(aim, _figure(worlds[k, 0, better] - worlds[k, 0, worse], 1.0)) for k, aim in enumerate(aims))


def _figure(values: Floats, sign: float) -> Figure:
    values = sign * values[np.isfinite(values)]
    mean = float(values.mean())
    error = float(values.std(ddof=1) / np.sqrt(values.size))
    if ((values >= 0.0) & (values <= 1.0)).all() and error == 0.0:  # a share of none or all: Agresti and Coull (1998)
        error = float(np.sqrt(2.0 * (values.size + 2.0)) / (values.size + 4.0) ** 1.5)
    return Figure(mean, error, mean - _REACH * error, mean + _REACH * error)
