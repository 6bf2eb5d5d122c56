"""Who plays what under which beliefs: the game solved for many draws of beliefs, and what makes a profile stable."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from standoff.analysis.discovery.discover import Box, PrimRules, discover
from standoff.analysis.findings import Figure, Floats
from standoff.analysis.games.beliefs import equilibria_by_world, stable_shares
from standoff.analysis.games.normalform import Truths
from standoff.analysis.games.pure import stable_profiles
from standoff.analysis.games.scale import ROUNDING, Scale
from standoff.analysis.games.stability import weighted_games
from standoff.analysis.others.draws import BeliefDraws
from standoff.analysis.runs.game_table import GameTable

__all__ = ["BeliefStability", "Condition", "EveryoneKnew", "everyone_knew", "stability_over_beliefs"]

_RESAMPLES = 16
_SURE = 1.96
_EXPLAINED = (0.05, 0.95)
_MOST_EXPLAINED = 4


@dataclass(frozen=True, slots=True)
class Condition:
    """What makes a profile stable: a box of believed means.

    Attributes:
        profile: strategies, one for each player.
        share: of beliefs in which it is stable.
        box: over believed means; None where no few assumptions set those beliefs apart.
        coverage: share of the beliefs in which it is stable that the box holds.
        density: share of the box's beliefs in which it is stable.
    """

    profile: tuple[str, ...]
    share: float
    box: Box | None
    coverage: float
    density: float


@dataclass(frozen=True, slots=True, eq=False)
class BeliefStability:
    """Over draws of beliefs.

    Attributes:
        draws: how many.
        assumptions: that lean, with the share of payoff differences that each explains.
        share: (s1, …, sn), of beliefs in which the profile is stable, within the tolerance.
        error: same, from the number of draws and from resampling worlds.
        strict: same, with no tolerance.
        none, several: shares of beliefs in which no profile, or more than one, is stable without tolerance.
        survival: for each player (s_i,), share of beliefs in which the strategy survives iterated strict dominance.
        conditions: what makes the profiles stable that are so in some beliefs and not in others.
        effective_worlds: the tenth percentile, over draws and players, of the worlds a belief rests on.
    """

    draws: int
    assumptions: tuple[tuple[str, float], ...]
    share: Floats
    error: Floats
    strict: Floats
    none: Figure
    several: Figure
    survival: tuple[Floats, ...]
    conditions: tuple[Condition, ...]
    effective_worlds: float


@dataclass(frozen=True, slots=True, eq=False)
class EveryoneKnew:
    """Each world solved alone, as if everyone knew it.

    Attributes:
        share: (s1, …, sn), of worlds (by the study's weights) in which the profile is an equilibrium within the
            tolerance.
        none, one, several: shares of worlds with so many, without tolerance.
        repeated: share of worlds in which each half of the replications alone gives an equilibrium (within the
            tolerance) that the other half gives too, or both give none: 1 without luck; None where not known.
    """

    share: Floats
    none: Figure
    one: Figure
    several: Figure
    repeated: float | None


def stability_over_beliefs(
    table: GameTable, scaled: Floats, drawn: BeliefDraws, counts: Floats, *, tolerance: float, seed: int = 0
) -> BeliefStability:
    """Solve the game under each draw of beliefs.

    Args:
        table: the game in each world.
        scaled: its payoffs in units of what is in play.
        drawn: the beliefs.
        counts: (resamples, worlds), how often each world is in each resample, for the error.
        tolerance: in the same units.
        seed: of the discovery.
    """
    tolerant, strict = stable_shares(scaled, drawn.weights, (tolerance, ROUNDING), ROUNDING)
    noise = np.array(
        [
            stable_profiles(weighted_games(scaled, drawn.weights * row), tolerance).mean(axis=0)
            for row in counts[:_RESAMPLES]
        ]
    ).std(axis=0, ddof=1)
    kinds = [(strict.n_equilibria == 0).astype(np.float64), (strict.n_equilibria > 1).astype(np.float64)]
    return BeliefStability(
        len(drawn.weights),
        tuple(pair for pair in drawn.movers if pair[0] in drawn.names),
        tolerant.share,
        np.asarray(np.hypot(tolerant.error, noise)),
        strict=strict.share,
        none=_share(kinds[0]),
        several=_share(kinds[1]),
        survival=tolerant.survival,
        conditions=_conditions(table, drawn, tolerant.is_equilibrium, tolerant.share, seed=seed),
        effective_worlds=float(np.quantile(drawn.effective_worlds, 0.1)),
    )


def everyone_knew(table: GameTable, scaled: Floats, study: Floats, scale: Scale, *, tolerance: float) -> EveryoneKnew:
    """Solve every world by itself.

    Args:
        table: the game in each world.
        scaled: its payoffs in units of what is in play.
        study: (worlds,), the study's weights.
        scale: those units.
        tolerance: in the same units.
    """
    tolerant = equilibria_by_world(scaled, tolerance)
    count = equilibria_by_world(scaled, ROUNDING).reshape(study.size, -1).sum(axis=1)
    repeated = None
    if table.halves is not None:
        first, second = (
            equilibria_by_world(scale.of(half), tolerance).reshape(study.size, -1) for half in table.halves
        )
        alike = (first & second).any(axis=1) | ~(first.any(axis=1) | second.any(axis=1))
        repeated = float(alike @ study)
    return EveryoneKnew(
        np.tensordot(study, tolerant, axes=(0, 0)),
        _share((count == 0).astype(np.float64), study),
        _share((count == 1).astype(np.float64), study),
        _share((count > 1).astype(np.float64), study),
        repeated=repeated,
    )


def _conditions(
    table: GameTable, drawn: BeliefDraws, stable: Truths, share: Floats, *, seed: int
) -> tuple[Condition, ...]:
    """The profiles whose stability depends on beliefs, those stable most often first."""
    if not drawn.names:
        return ()
    found: list[Condition] = []
    flat = share.ravel()
    for k in np.argsort(-flat, kind="stable").tolist():
        if not _EXPLAINED[0] <= flat[k] <= _EXPLAINED[1] or len(found) == _MOST_EXPLAINED:
            continue
        y = stable.reshape(len(stable), -1)[:, k].astype(np.float64)
        answer = discover(drawn.means, y, PrimRules(), resamples=0, seed=seed)
        box = answer.recommended
        profile = table.named(tuple(int(j) for j in np.unravel_index(k, share.shape)))
        found.append(
            Condition(
                profile, float(flat[k]), box,
                0.0 if box is None else box.coverage, density=float(flat[k]) if box is None else box.density,
            )
        )  # fmt: skip
    return tuple(found)


def _share(holds: Floats, weights: Floats | None = None) -> Figure:
    """A share of draws or worlds, with Agresti and Coull's (1998) adjusted error."""
    w = np.full(holds.size, 1.0 / holds.size) if weights is None else weights / weights.sum()
    n = 1.0 / float((w**2).sum())
    value = min(1.0, float(holds @ w))  # weights sum to 1 but for rounding
    adjusted = (value * n + 2.0) / (n + 4.0)
    error = float(np.sqrt(adjusted * (1.0 - adjusted) / (n + 4.0)))
    return Figure(value, error, max(0.0, adjusted - _SURE * error), min(1.0, adjusted + _SURE * error))
