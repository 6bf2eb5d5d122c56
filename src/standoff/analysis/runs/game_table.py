"""From an ensemble of profiles to a game: every player's payoff by profile and world."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

import numpy as np
import numpy.typing as npt
from jaxtyping import Float, Int

from standoff.analysis.findings import FEWEST_WORLDS, Floats, Inputs, Reason, UnanswerableError
from standoff.base.numbers.arithmetic import normal_quantile
from standoff.ensemble.design import Worlds, independent_units
from standoff.ensemble.ensemble import Ensemble
from standoff.language.model import Model

__all__ = ["GameTable", "check_scale", "evenly_spread", "game_table", "inputs_of"]

_EVEN = ("latin hypercube", "sobol")
_MOST_PLAYERS = 60  # a game has an axis for each, and NumPy at most 64
_SMALLEST, _LARGEST = 1e-12, 1e100
"""Between which payoffs can be compared."""


@dataclass(frozen=True, slots=True, eq=False)
class GameTable:
    """A game in each world.

    Attributes:
        players: actors with a payoff, in the study's order; the axes of strategies follow them. Where there are more
            than a game has axes, those with one strategy are left out, but for the decider.
        strategies: for each player the labels of those that were run.
        payoffs: (players, s1, …, sn, worlds), means over luck, averaged over the strategies of `unpaid`.
        halves: (2, players, s1, …, sn, worlds), over each half of the replications; None with fewer than two.
        worlds: which worlds of the design, as indices: those in which every profile has a sound future.
        n_dropped: how many were left out.
        profiles: (ensemble's profiles,), the flat index of each profile in the game.
        unpaid: actors that choose and want nothing: their strategies are taken as equally likely.
    """

    players: tuple[str, ...]
    strategies: tuple[tuple[str, ...], ...]
    payoffs: Float[Floats, "players *strategies worlds"]
    halves: Float[Floats, "2 players *strategies worlds"] | None
    worlds: Int[npt.NDArray[np.int64], " worlds"]
    n_dropped: int
    profiles: Int[npt.NDArray[np.int64], " profiles"]
    unpaid: tuple[str, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """How many strategies each player has."""
        return tuple(len(names) for names in self.strategies)

    def named(self, profile: tuple[int, ...]) -> tuple[str, ...]:
        """A profile in words, one strategy for each player."""
        return tuple(names[k] for names, k in zip(self.strategies, profile, strict=True))


def game_table(ensemble: Ensemble) -> GameTable:
    """Arrange an ensemble's payoffs as a game.

    Raises:
        ValueError: No actor has a payoff, the profiles are not every combination of some strategies, or there are
            too few sound worlds.
    """
    program, design = ensemble.program, ensemble.design
    paid = {payoff.actor for payoff in program.payoffs}
    order = [i for i, player in enumerate(program.players) if player in paid]
    idle = [i for i, player in enumerate(program.players) if player not in paid]
    if not order:
        raise UnanswerableError(Reason.NOBODY_PAID)
    played = [np.unique(design.profiles[:, i]) for i in range(design.profiles.shape[1])]
    if len(order) > _MOST_PLAYERS:  # who cannot choose changes no reply
        order = [i for i in order if played[i].size > 1 or program.players[i] == program.model.decider]
    if len(order) > _MOST_PLAYERS:
        raise UnanswerableError(Reason.MANY_ACTORS, actors=len(order), most=_MOST_PLAYERS)
    if prod(own.size for own in played) != len(design.profiles):
        raise UnanswerableError(Reason.NOT_ALL_PROFILES)
    wanted = np.array(list(product(*(played[i] for i in [*order, *idle]))))
    rows = {tuple(row): k for k, row in enumerate(design.profiles[:, [*order, *idle]].tolist())}
    if len(rows) != len(wanted) or len(rows) != len(design.profiles):
        raise UnanswerableError(Reason.NOT_ALL_PROFILES)
    place = np.array([rows[tuple(row)] for row in wanted.tolist()])
    sound = np.flatnonzero((ensemble.counts > 0).all(axis=0))
    if sound.size < FEWEST_WORLDS:
        raise UnanswerableError(Reason.FEW_WORLDS, worlds=int(sound.size), least=FEWEST_WORLDS)
    players = tuple(program.players[i] for i in order)
    check_scale(ensemble, players, sound)
    shape = tuple(played[i].size for i in order)

    def arranged(values: Floats) -> Floats:
        table = values[place][:, sound].reshape(*shape, -1, sound.size)
        return np.asarray(table.mean(axis=-2))

    halves = None
    if design.replications > 1:
        both = [ensemble.half("payoff", player) for player in players]
        halves = np.stack([np.stack([arranged(half[b]) for half in both]) for b in range(2)])
        halves = halves if np.isfinite(halves).all() else None
    n_idle = len(wanted) // int(np.prod(shape))
    flat = np.empty(len(wanted), dtype=np.int64)
    flat[place] = np.arange(len(wanted)) // n_idle
    return GameTable(
        players,
        tuple(tuple(program.instances[i][j].label for j in played[i]) for i in order),
        np.stack([arranged(ensemble.payoff(player)) for player in players]),
        halves,
        worlds=sound,
        n_dropped=design.worlds.size - sound.size,
        profiles=flat,
        unpaid=tuple(program.players[i] for i in idle),
    )


def inputs_of(model: Model, worlds: Worlds, rows: npt.NDArray[np.int64]) -> Inputs:
    """What differs between worlds, for the functions that ask what a finding hinges on; constant columns left out."""
    varied = [p for p in model.uncertain if rows.size and np.ptp(worlds.columns[p.name][rows]) > 0.0]
    values = np.array([worlds.columns[p.name][rows] for p in varied]).reshape(len(varied), rows.size).T
    units = {p.name: str(p.unit) for p in varied if not p.unit.is_dimensionless}
    levels = {p.name: p.spread.kinds for p in varied if p.spread is not None and p.spread.kinds}
    return Inputs(tuple(p.name for p in varied), np.ascontiguousarray(values), levels, units)


def check_scale(ensemble: Ensemble, actors: Sequence[str], sound: npt.NDArray[np.int64]) -> None:
    """Refuse payoffs whose squares have no finite value, and those that are too small to be told from rounding.

    Raises:
        UnanswerableError: The largest payoff of an actor in sound worlds lies outside what is compared.
    """
    for actor in actors:
        if ("payoff", actor) in ensemble.measures:
            most = float(np.abs(ensemble.payoff(actor)[:, sound]).max(initial=0.0))
            if most != 0.0 and not _SMALLEST <= most <= _LARGEST:
                raise UnanswerableError(Reason.OUT_OF_SCALE, actor=actor, most=f"{most:.0e}")


def evenly_spread(model: Model, worlds: Worlds, rows: npt.NDArray[np.int64], inputs: Inputs) -> Inputs | None:
    """The independent columns that the design spreads evenly, of which worlds are made; None where it does not.

    They are the `inputs` but where these are correlated: then the normal scores behind them.

    Args:
        model, worlds: The study, and all its worlds.
        rows: Those looked at.
        inputs: Of these.
    """
    if worlds.method not in _EVEN or rows.size < worlds.size:
        return None
    units = independent_units(model, worlds)
    if not units:
        return inputs
    # as normal scores, of which correlated columns are made (`sampling.correlate`)
    columns = [normal_quantile(units[name]) if name in units else inputs.column(name) for name in inputs.names]
    levels = {name: words for name, words in inputs.levels.items() if name not in units}
    return Inputs(inputs.names, np.column_stack(columns), levels)
