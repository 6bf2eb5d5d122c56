"""What will the others do: the game under the actors' own beliefs, and how much of the answer is sure.

Stable means: among the listed strategies, chosen at the start. Tolerances and precisions are in units of each player's
payoff range, so that the units in which wants are told do not matter. The methods are in `docs/method-games.md`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from standoff.analysis.deals.bargaining import weighted_mean
from standoff.analysis.findings import Floats, Inputs
from standoff.analysis.games.dominance import iterated_dominance, undominated
from standoff.analysis.games.exchange import NamedGame, write_nfg
from standoff.analysis.games.normalform import mixed_regrets
from standoff.analysis.games.pure import stable_profiles
from standoff.analysis.games.quantal.crossings import count_crossings
from standoff.analysis.games.quantal.responses import branch_limits, quantal_responses
from standoff.analysis.games.scale import ROUNDING, payoff_scale
from standoff.analysis.games.stability import Stability, stability, weighted_games
from standoff.analysis.others.draws import draw_beliefs
from standoff.analysis.others.informed import Believing, Informed, solve_informed
from standoff.analysis.others.replies import Replies, find_replies
from standoff.analysis.others.stability import BeliefStability, EveryoneKnew, everyone_knew, stability_over_beliefs
from standoff.analysis.runs.beliefs import Belief, Beliefs, belief_weights, draw_belief_worlds, on_worlds
from standoff.analysis.runs.game_table import GameTable, evenly_spread, game_table, inputs_of
from standoff.analysis.statistics.errors import without_additive
from standoff.analysis.statistics.regression import assign_folds
from standoff.analysis.statistics.resampling import resample_worlds
from standoff.ensemble.design import Design, Worlds, draw_worlds
from standoff.ensemble.ensemble import Ensemble
from standoff.ensemble.profiles.chosen import all_profiles
from standoff.ensemble.storing.store import atomic_write
from standoff.language.model import Model
from standoff.program.program import Program

__all__ = ["Others", "Play", "Profile", "Survival", "export_game", "others_design", "others_finding"]

PRECISIONS = (1.0, 5.0, 20.0)
_QUANTAL_RESAMPLES = 40
_LEAST_SHOWN = 0.1
_MOST_SHOWN = 12
_MOST_PAIRS = 20
_BLOCK = 64


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile that may be stable.

    Attributes:
        strategies: one for each player.
        probability: share of resamples of the worlds in which it is an equilibrium.
        tolerant: the same within the tolerance.
        standing: `stable` or `unstable` where that is shown, else `open`.
        is_equilibrium: whether it is one, within the tolerance, as estimated.
        regret: for each player what it would gain by leaving at best, payoff units.
        error: for each player the standard error of that gain.
        share_of_beliefs: in which it is stable within the tolerance.
    """

    strategies: tuple[str, ...]
    probability: float
    tolerant: float
    standing: str
    is_equilibrium: bool
    regret: tuple[float, ...]
    error: tuple[float, ...]
    share_of_beliefs: float


@dataclass(frozen=True, slots=True)
class Survival:
    """A strategy under iterated strict dominance.

    Attributes:
        player, strategy: whose, which.
        survives: in the game as estimated, mixtures included.
        round: in which it goes, from 1; None where it stays.
        share_of_resamples, share_of_beliefs: in which it survives, by pure strategies.
    """

    player: str
    strategy: str
    survives: bool
    round: int | None
    share_of_resamples: float
    share_of_beliefs: float


@dataclass(frozen=True, slots=True, eq=False)
class Play:
    """Logit responses along the principal branch.

    Attributes:
        precision: per unit of payoff range; None for the end of the branch.
        mixes: for each player its probabilities.
        errors: their standard errors over resampled worlds; NaN where not known.
        regret: for each player, payoff units; above zero, this is no equilibrium.
        is_reached: false where the branch could not be followed so far; the mixes are then NaN.
        n_bifurcations: how often another branch crosses on the way, as where a symmetry breaks (a pitchfork); the play
            is that of the branch that goes straight on, and the others lead elsewhere.
    """

    precision: float | None
    mixes: tuple[Floats, ...]
    errors: tuple[Floats, ...]
    regret: tuple[float, ...]
    is_reached: bool
    n_bifurcations: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Others:
    """The answer to "what will the others do?".

    Attributes:
        decider: who leads; its place among `players` is that of its name, if it has a payoff.
        players, strategies: whose game it is, and what each may play.
        unpaid: actors without a payoff; their strategies count as equally likely.
        n_worlds, n_dropped, replications: what it rests on.
        dissent: where actors see an uncertainty differently from the study.
        effective_worlds: for each player, on how many worlds its belief really rests.
        payoffs, payoff_errors: (players, s1, …, sn), expected under each player's belief.
        ranges: (players,), of the expected payoffs.
        scales: (players,), the size of the payoffs that are in play, as `payoff_scale` has it.
        tolerance: share of the scale that a player may forgo in what is called tolerant.
        verdict: `unique and stable`, `several stable`, `none stable` or `cannot tell`.
        profiles: those that may be stable, the likeliest first.
        probability, tolerant: (s1, …, sn), as in `Profile`, of all.
        standing: (s1, …, sn), 1 shown stable, −1 shown unstable, 0 open.
        regret, regret_error: (players, s1, …, sn).
        indistinct: pairs of profiles that may both be equilibria and differ by less than the error, at most 20.
        n_indistinct: how many such pairs there are.
        survival: of every strategy.
        play: logit responses at the precisions asked for, then the end of the branch.
        replies: the decider as leader; None where it has no payoff or nobody else plays.
        reply_weights: (profiles of the ensemble,), weights of the others' profiles for each strategy of the decider,
            summing to 1 over those with the same strategy: the view in which the others reply; None without replies.
        beliefs: the answer again for many beliefs.
        everyone_knew: every world solved alone.
        informed: with what each actor knows; None where nobody knows anything that varies.
    """

    decider: str
    players: tuple[str, ...]
    strategies: tuple[tuple[str, ...], ...]
    unpaid: tuple[str, ...]
    n_worlds: int
    n_dropped: int
    replications: int
    dissent: tuple[Belief, ...]
    effective_worlds: tuple[float, ...]
    payoffs: Floats
    payoff_errors: Floats
    ranges: Floats
    scales: Floats
    tolerance: float
    verdict: str
    profiles: tuple[Profile, ...]
    probability: Floats
    tolerant: Floats
    standing: npt.NDArray[np.int64]
    regret: Floats
    regret_error: Floats
    indistinct: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]
    n_indistinct: int
    survival: tuple[Survival, ...]
    play: tuple[Play, ...]
    replies: Replies | None
    reply_weights: Floats | None
    beliefs: BeliefStability
    everyone_knew: EveryoneKnew
    informed: Informed | None

    def to_arrow(self) -> pa.Table:
        """One row per profile: who plays what, payoffs with errors, regrets with errors, and how stable it is."""
        place = np.indices(self.probability.shape).reshape(len(self.players), -1)
        columns: dict[str, Any] = {}
        for player, names, row in zip(self.players, self.strategies, place, strict=True):
            columns[player] = [names[k] for k in row]
        for i, player in enumerate(self.players):
            columns[f"payoff of {player}"] = self.payoffs[i].ravel()
            columns[f"payoff of {player} ±"] = self.payoff_errors[i].ravel()
            columns[f"regret of {player}"] = self.regret[i].ravel()
            columns[f"regret of {player} ±"] = self.regret_error[i].ravel()
        columns["probability"] = self.probability.ravel()
        columns["probability within tolerance"] = self.tolerant.ravel()
        columns["standing"] = [_STANDING[int(k)] for k in self.standing.ravel()]
        columns["share of beliefs"] = self.beliefs.share.ravel()
        columns["share of beliefs ±"] = self.beliefs.error.ravel()
        columns["share of worlds, known"] = self.everyone_knew.share.ravel()
        return pa.table(columns)


_STANDING = {1: "stable", 0: "open", -1: "unstable"}


def others_design(
    model: Model, program: Program, worlds: int = 256, replications: int = 8, *, seed: int = 1,
    over_beliefs: bool = False,
) -> Design:  # fmt: skip
    """What to run: every profile in every world.

    Args:
        model, program: The study.
        worlds, replications, seed: As in `Study.design`.
        over_beliefs: Draw worlds from the study and each dissenting actor in equal parts, which carries beliefs in
            what the study rules out; otherwise from the study alone, so that one ensemble serves every question.
    """
    drawn = draw_belief_worlds(model, worlds, seed) if over_beliefs else draw_worlds(model, worlds, seed)
    return Design(all_profiles(program), drawn, replications, seed)


def others_finding(
    ensemble: Ensemble, *, tolerance: float = 0.01, draws: int = 256, resamples: int = 400, seed: int = 1
) -> Others:
    """Answer from an ensemble of all profiles.

    Args:
        ensemble: Of `others_design`, or any run of every combination of some strategies.
        tolerance: Share of the payoffs in play that a player may forgo in what is called tolerant.
        draws: Of beliefs.
        resamples: Of the worlds, at least 100.
        seed: Of draws and resamples.

    Raises:
        ValueError: The ensemble is no game, too few worlds are sound, or a belief gives no world any weight.
    """
    if resamples < 100:
        raise ValueError(f"with {resamples} resamples a share of 1 in 100 could not be told: use 100 or more")
    model = ensemble.model
    table = game_table(ensemble)
    beliefs = on_worlds(belief_weights(model, ensemble.design.worlds, table.players), table.worlds)
    inputs = inputs_of(model, ensemble.design.worlds, table.worlds)
    game = weighted_games(table.payoffs, beliefs.weights[None])[0]
    ranges = np.ptp(game.reshape(len(game), -1), axis=1)
    ranges = np.where(ranges > 0.0, ranges, 1.0)
    scale = payoff_scale(game)
    unit = scale.unit.reshape(-1, *[1] * (game.ndim - 1))
    scaled = scale.of(table.payoffs)
    counts = resample_worlds(table.worlds.size, resamples, seed)
    again_table = _to_resample(model, ensemble.design.worlds, table, beliefs, inputs=inputs)
    resampled = np.concatenate(
        [weighted_games(again_table.payoffs, counts[k : k + _BLOCK, None, :] * beliefs.weights)
         for k in range(0, resamples, _BLOCK)]
    )  # fmt: skip
    told = stability(scale.of(again_table.payoffs), beliefs.weights, counts, rounding=ROUNDING)
    again = scale.of(resampled, 1)
    tolerant = stable_profiles(again, tolerance).mean(axis=0)
    drawn = draw_beliefs(scaled, beliefs.weights, inputs, draws, seed=seed)
    over = stability_over_beliefs(table, scaled, drawn, counts.astype(np.float64), tolerance=tolerance, seed=seed)
    play = _play(game, resampled, ranges)
    leader = table.players.index(model.decider) if model.decider in table.players and len(table.players) > 1 else None
    replies = None
    if leader is not None:
        replies = find_replies(again_table, leader, game, again, belief=beliefs.weights[leader])
    pairs = zip(again_table.payoffs, beliefs.weights, strict=True)
    errors = np.stack([weighted_mean(own, row)[1] for own, row in pairs])
    return Others(
        model.decider, table.players, table.strategies, table.unpaid,
        n_worlds=int(table.worlds.size), n_dropped=table.n_dropped, replications=ensemble.design.replications,
        dissent=beliefs.dissent, effective_worlds=tuple(float(n) for n in beliefs.effective_worlds),
        payoffs=game, payoff_errors=errors, ranges=ranges, scales=scale.unit, tolerance=tolerance,
        verdict=told.verdict.value,
        profiles=_profiles(table, told, tolerant, over, units=scale.unit, tolerance=tolerance),
        probability=told.probability, tolerant=tolerant, standing=told.is_stable.astype(np.int64) - told.is_unstable,
        regret=told.regret * unit, regret_error=told.error * unit,
        indistinct=tuple((table.named(a), table.named(b)) for a, b in told.indistinct[:_MOST_PAIRS]),
        n_indistinct=len(told.indistinct),
        survival=_survival(table, scale.of(game), again, over), play=play, replies=replies,
        reply_weights=None if replies is None or leader is None else _weights(table, replies, leader),
        beliefs=over, everyone_knew=everyone_knew(table, scaled, beliefs.study, scale, tolerance=tolerance),
        informed=solve_informed(
            model, table, Believing(inputs, beliefs.weights, play[-1].mixes, counts.astype(np.float64)), seed
        ),
    )  # fmt: skip


def export_game(finding: Others, path: Path) -> None:
    """Write the game under the actors' beliefs as a Gambit file (.nfg), payoffs in full precision."""
    game = NamedGame(
        f"{finding.decider}: actors' beliefs",
        finding.players,
        finding.strategies,
        finding.payoffs,
        comment=f"{finding.n_worlds} worlds, {finding.replications} replications",
    )
    atomic_write(path, write_nfg(game).encode())


def _to_resample(model: Model, worlds: Worlds, table: GameTable, beliefs: Beliefs, *, inputs: Inputs) -> GameTable:
    """The same game with payoffs whose worlds may be drawn again as independent, of players to whom all count alike."""
    even = evenly_spread(model, worlds, table.worlds, inputs)
    alike = np.ptp(beliefs.weights, axis=1) == 0.0
    if even is None or not alike.any():
        return table
    payoffs = table.payoffs.copy()
    whose = np.repeat(np.flatnonzero(alike), payoffs[0, ..., 0].size)
    payoffs[alike] = without_additive(even, payoffs[alike], assign_folds(inputs), whose)
    return replace(table, payoffs=payoffs)


def _profiles(
    table: GameTable, told: Stability, tolerant: Floats, over: BeliefStability, *, units: Floats, tolerance: float
) -> tuple[Profile, ...]:
    """Profiles that are stable in a tenth of resamples or beliefs, or shown to be, or as estimated."""
    estimated = np.asarray((told.regret <= tolerance).all(axis=0))
    shown = (told.probability >= _LEAST_SHOWN) | (over.strict >= _LEAST_SHOWN) | told.is_stable | estimated

    def rank(place: tuple[int, ...]) -> tuple[float, float, float]:
        return -float(told.probability[place]), -float(tolerant[place]), -float(over.share[place])

    places: Iterator[tuple[int, ...]] = (tuple(int(k) for k in row) for row in np.argwhere(shown))
    return tuple(
        Profile(
            table.named(place),
            float(told.probability[place]),
            float(tolerant[place]),
            _STANDING[int(told.is_stable[place]) - int(told.is_unstable[place])],
            is_equilibrium=bool(estimated[place]),
            regret=tuple(float(own[place]) * unit for own, unit in zip(told.regret, units, strict=True)),
            error=tuple(float(own[place]) * unit for own, unit in zip(told.error, units, strict=True)),
            share_of_beliefs=float(over.share[place]),
        )
        for place in sorted(places, key=rank)[:_MOST_SHOWN]
    )


def _survival(table: GameTable, game: Floats, resampled: Floats, over: BeliefStability) -> tuple[Survival, ...]:
    left = iterated_dominance(game, rounding=ROUNDING)
    gone = {(one.player, one.strategy): one.round for one in left.eliminated}
    shares = [alive.mean(axis=0) for alive in undominated(resampled, ROUNDING)]
    return tuple(
        Survival(
            player,
            name,
            k in left.strategies[i],
            gone.get((i, k)),
            share_of_resamples=float(shares[i][k]),
            share_of_beliefs=float(over.survival[i][k]),
        )
        for i, player in enumerate(table.players)
        for k, name in enumerate(table.strategies[i])
    )


def _play(game: Floats, resampled: Floats, ranges: Floats) -> tuple[Play, ...]:
    """Logit responses with errors from resampled games; one player alone simply chooses."""
    few = resampled[:_QUANTAL_RESAMPLES]
    found, again = quantal_responses(game[None], PRECISIONS), quantal_responses(few, PRECISIONS)
    crossed = count_crossings(game) if len(game) > 1 else 0
    play = []
    for k, precision in enumerate(found.precisions):
        mixes = tuple(mix[0, k] for mix in found.mixes)
        reached = bool(found.is_reached[0, k])
        regret = mixed_regrets(game, mixes) if reached else np.full(len(game), np.nan)
        errors = tuple(_spread(mix[again.is_reached[:, k], k]) for mix in again.mixes)
        play.append(Play(float(precision), mixes, errors, tuple(float(x) for x in regret), is_reached=reached,
                         n_bifurcations=max(int(found.n_bifurcations[0]), crossed)))  # fmt: skip
    limit, limits = branch_limits(game[None]), branch_limits(few)
    errors = tuple(_spread(mix) for mix in limits.mixes)
    regret = limit.regret[0]
    play.append(
        Play(None, tuple(mix[0] for mix in limit.mixes), errors, tuple(float(x) for x in regret),
             is_reached=bool(limit.is_complete[0]),
             n_bifurcations=max(int(limit.n_bifurcations[0]), int(found.n_bifurcations[0]), crossed))
    )  # fmt: skip
    return tuple(play)


def _spread(mixes: Floats) -> Floats:
    return np.asarray(mixes.std(axis=0, ddof=1)) if len(mixes) > 1 else np.full(mixes.shape[1], np.nan)


def _weights(table: GameTable, replies: Replies, leader: int) -> Floats:
    """(profiles of the ensemble,), the replies' weights; strategies of the unpaid share evenly."""
    whole = np.moveaxis(
        replies.weights.reshape(-1, *np.delete(table.shape, leader)), 0, leader
    ).ravel()  # fmt: skip
    n_alike = table.profiles.size // whole.size
    return np.asarray(whole[table.profiles] / n_alike)
