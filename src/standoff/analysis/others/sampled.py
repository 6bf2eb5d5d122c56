"""The game that is played where too many profiles are possible to run them all.

Of each actor's payoff the part is learned that its own choice bears on: what each of its strategies is worth by itself,
and with each strategy of each other actor (a polymatrix game), by least squares over the profiles that were run. In it,
best replies are followed from profiles that were run until nobody moves. What comes of that is run, with every profile
that one actor can make of it by itself, and where somebody is shown to gain there it goes on from what that one gains
most by. So what is told of a profile was run, and the learned game only says where to look.

Reference:
    E. Janovskaya, Equilibrium points in polymatrix games, Lietuvos matematikos rinkinys 8 (1968), 381-384;
    M. Wellman, Methods for empirical game-theoretic analysis, AAAI 2006, 1552-1555.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from standoff.analysis.findings import FEWEST_WORLDS, Floats, Reason, UnanswerableError
from standoff.analysis.runs.beliefs import Beliefs, belief_weights, on_worlds
from standoff.analysis.statistics.errors import error_of_mean
from standoff.base.numbers.arithmetic import normal_quantile
from standoff.ensemble.ensemble import Ensemble
from standoff.ensemble.profiles.chosen import balance

__all__ = ["CheckedProfile", "Gain", "PayoffFit", "SampledGame", "sampled_game"]

Profiles = npt.NDArray[np.int64]
STARTS, SOUGHT, MOVES = 256, 3, 10
_ROUNDS = 100
_SURE = 0.975


@dataclass(frozen=True, slots=True)
class Gain:
    """What an actor gains at most by leaving a profile: by which strategy, how much, and its standard error."""

    actor: str
    strategy: str
    value: float
    error: float


@dataclass(frozen=True, slots=True)
class CheckedProfile:
    """A profile that was found by best replies and then run with all that one actor can make of it.

    Attributes:
        strategies: One for each player.
        share: Of the starts from which best replies of the learned game led to where it was found from.
        gains: Of each actor that wants something, the largest first.
        is_open: Whether nobody is shown to gain by leaving, all of them together at 95 %.
        moves: How many moves it took from the learned game's equilibrium.
    """

    strategies: tuple[str, ...]
    share: float
    gains: tuple[Gain, ...]
    is_open: bool
    moves: int


@dataclass(frozen=True, slots=True)
class PayoffFit:
    """How well an actor's payoff is told in profiles that were left out, one at a time.

    Attributes:
        actor: Whose.
        share: Of the variance between profiles.
        error: Root of the mean square, in payoff units.
    """

    actor: str
    share: float
    error: float


@dataclass(frozen=True, slots=True)
class SampledGame:
    """The game solved on a balanced part of its profiles.

    Attributes:
        players: All that choose; `unpaid` want nothing, and keep to what a start has them play.
        n_run, n_all: Profiles.
        least, most: In how many of those run the rarest pair of strategies of two actors stands, and the most frequent.
        learned: Of each actor that wants something.
        held: Profiles that were run with all that lead away from them, the one most starts lead to first.
        unsettled: Share of the starts from which best replies of the learned game go round.
        n_beside: How many further profiles were run for that.
    """

    players: tuple[str, ...]
    unpaid: tuple[str, ...]
    n_run: int
    n_all: int
    least: int
    most: int
    learned: tuple[PayoffFit, ...]
    held: tuple[CheckedProfile, ...]
    unsettled: float
    n_beside: int


def sampled_game(ensemble: Ensemble, run: Callable[[Profiles], Ensemble]) -> SampledGame:
    """Solve the game on the profiles that were run.

    Args:
        ensemble: Of designed profiles.
        run: Runs further profiles in the same worlds.

    Raises:
        UnanswerableError: Nobody wants anything, or too few worlds are sound.
    """
    program, design = ensemble.program, ensemble.design
    paid = [i for i, player in enumerate(program.players) if ("payoff", player) in ensemble.measures]
    if not paid:
        raise UnanswerableError(Reason.NOBODY_PAID)
    sound = np.flatnonzero((ensemble.counts > 0).all(axis=0))
    if sound.size < FEWEST_WORLDS:
        raise UnanswerableError(Reason.FEW_WORLDS, worlds=int(sound.size), least=FEWEST_WORLDS)
    sizes = [len(instances) for instances in program.instances]
    beliefs = on_worlds(belief_weights(ensemble.model, design.worlds), sound)
    games = {i: _learn(design.profiles, sizes, i, _means(ensemble, program.players[i], sound, beliefs)) for i in paid}
    starts = design.profiles[np.unique(np.linspace(0, len(design.profiles) - 1, STARTS).round().astype(np.int64))]
    ends = Counter(end for start in starts if (end := _settle(games, start)) is not None)
    walks = [_Walk(ensemble, run, paid, beliefs) for _ in range(SOUGHT)]
    likeliest = ends.most_common(SOUGHT)
    held = [walk.follow(np.array(end), n / len(starts)) for walk, (end, n) in zip(walks, likeliest, strict=False)]
    distinct = {one.strategies: one for one in reversed(held)}
    least, most, _ = balance(design.profiles, sizes)
    return SampledGame(
        tuple(program.players),
        tuple(player for i, player in enumerate(program.players) if i not in paid),
        len(design.profiles),
        ensemble.model.n_profiles,
        least,
        most,
        tuple(PayoffFit(program.players[i], game.share, game.error) for i, game in games.items()),
        tuple(sorted(distinct.values(), key=lambda one: (-one.share, one.strategies))),
        1.0 - sum(ends.values()) / len(starts),
        sum(walk.n_run for walk in walks),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Game:
    """What an actor's choice is worth: of each strategy (own,), and beside every strategy of all (own, strategies)."""

    alone: Floats
    beside: Floats
    first: npt.NDArray[np.int64]
    share: float
    error: float

    def worth(self, profile: npt.NDArray[np.int64]) -> Floats:
        """(own,), of each strategy against what the others play in a profile."""
        return np.asarray(self.alone + self.beside[:, self.first + profile].sum(axis=1))


def _learn(profiles: Profiles, sizes: list[int], player: int, payoff: Floats) -> _Game:
    """Least squares of a payoff on own strategies, others' strategies, and both together.

    Left out one at a time by leverages: D. Allen, The relationship between variable selection and data augmentation
    and a method for prediction, Technometrics 16 (1974), 125-127.
    """
    first = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    effects = [_effects(profiles[:, j], size) for j, size in enumerate(sizes)]
    own = effects[player]
    others = [(j, part) for j, part in enumerate(effects) if j != player and part.shape[1]]
    pairs = [(own[:, :, None] * part[:, None, :]).reshape(len(own), -1) for _, part in others]
    columns = [np.ones((len(own), 1)), own, *(part for _, part in others)]
    n_main = sum(column.shape[1] for column in columns)
    is_paired = n_main + sum(part.shape[1] for part in pairs) <= len(payoff) // 2
    x = np.hstack([*columns, *(pairs if is_paired else ())])
    u, s, v = np.linalg.svd(x, full_matrices=False)
    kept = s > s[0] * 1e-10
    fit = v[kept].T @ ((u[:, kept].T @ payoff) / s[kept])
    left = (payoff - x @ fit) / np.maximum(1.0 - (u[:, kept] ** 2).sum(axis=1), 1e-9)
    spread = float(payoff.var())
    alone = _levels(sizes[player]) @ fit[1 : 1 + own.shape[1]]
    beside, at = np.zeros((sizes[player], sum(sizes))), n_main
    for j, part in others if is_paired else ():
        block = fit[at : at + own.shape[1] * part.shape[1]].reshape(own.shape[1], part.shape[1])
        beside[:, first[j] : first[j] + sizes[j]] = _levels(sizes[player]) @ block @ _levels(sizes[j]).T
        at += block.size
    error = float(np.sqrt((left**2).mean()))
    return _Game(alone, beside, first, 1.0 - error**2 / spread if spread > 0.0 else 1.0, error)


def _levels(size: int) -> Floats:
    """(strategies, strategies − 1): effect coding, each column summing to zero."""
    return np.asarray(np.vstack([np.eye(size - 1), -np.ones((1, size - 1))]))


def _effects(column: npt.NDArray[np.int64], size: int) -> Floats:
    return np.asarray(_levels(size)[column])


def _settle(games: dict[int, _Game], start: npt.NDArray[np.int64]) -> tuple[int, ...] | None:
    """Where best replies lead, one actor after another; None where they go round."""
    profile = start.copy()
    for _ in range(_ROUNDS):
        before = profile.copy()
        for i, game in games.items():
            worth = game.worth(profile)
            best = int(worth.argmax())
            if worth[best] > worth[profile[i]]:
                profile[i] = best
        if (profile == before).all():
            return tuple(profile.tolist())
    return None


def _means(ensemble: Ensemble, player: str, sound: npt.NDArray[np.int64], beliefs: Beliefs) -> Floats:
    """(profiles,), an actor's expected payoff under its own belief."""
    return np.asarray(ensemble.payoff(player)[:, sound] @ beliefs.of(player))


@dataclass(eq=False)
class _Walk:
    """From one profile to the next by what was run."""

    ensemble: Ensemble
    run: Callable[[Profiles], Ensemble]
    paid: list[int]
    beliefs: Beliefs
    n_run: int = 0

    def follow(self, profile: npt.NDArray[np.int64], share: float) -> CheckedProfile:
        """Run a profile with all that leads away from it, and go on where somebody is shown to gain."""
        program = self.ensemble.program
        for moves in range(MOVES + 1):
            gains, n_away = self._gains(profile)
            sure = float(normal_quantile(np.array(1.0 - (1.0 - _SURE) / max(1, n_away))))
            gaining = [one for one in gains if one.value > sure * one.error and one.value > 0.0]
            if not gaining or moves == MOVES:
                break
            most = max(gaining, key=lambda one: one.value / one.error if one.error > 0.0 else np.inf)
            i = program.players.index(most.actor)
            labels = [instance.label for instance in program.instances[i]]
            profile[i] = labels.index(most.strategy)
        named = tuple(program.instances[i][k].label for i, k in enumerate(profile.tolist()))
        return CheckedProfile(named, share, tuple(sorted(gains, key=lambda one: -one.value)), not gaining, moves)

    def _gains(self, profile: npt.NDArray[np.int64]) -> tuple[list[Gain], int]:
        """Of each actor its best way out, and how many ways out there are in all."""
        program = self.ensemble.program
        away = [(i, k) for i in self.paid for k in range(len(program.instances[i])) if k != profile[i]]
        rows = np.tile(profile, (1 + len(away), 1))
        for row, (i, k) in enumerate(away, 1):
            rows[row, i] = k
        found = self.run(rows)
        self.n_run += len(rows)
        before = np.asarray((self.ensemble.counts > 0).all(axis=0))
        sound = np.asarray((found.counts > 0).all(axis=0) & before)
        if sound.sum() < FEWEST_WORLDS:
            raise UnanswerableError(Reason.FEW_WORLDS, worlds=int(sound.sum()), least=FEWEST_WORLDS)
        worlds = np.flatnonzero(sound[before])
        beliefs = on_worlds(self.beliefs, worlds)
        gains = []
        for i in self.paid:
            own = [row for row, (of, _) in enumerate(away, 1) if of == i]
            if not own:
                continue
            actor = program.players[i]
            payoff, weights = found.payoff(actor)[:, sound], beliefs.of(actor)
            differences = payoff[own] - payoff[0]
            means, errors = differences @ weights, error_of_mean(differences, weights)
            best = int(means.argmax())
            label = program.instances[i][away[own[best] - 1][1]].label
            gains.append(Gain(actor, label, float(means[best]), float(errors[best])))
        return gains, len(away)
