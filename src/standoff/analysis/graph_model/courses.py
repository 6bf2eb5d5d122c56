"""What holds if actors can change course: the finding.

The game is that of "what will the others do": payoffs under the actors' own beliefs, in units of what is in play, with
its tolerance. For every notion of stability: which profiles are stable as estimated, what of it is shown, and in which
share of worlds (each solved alone) and of draws of beliefs each stays so. Then why: what tempts whom, and what answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from standoff.analysis.findings import Floats, Inputs, Reason, UnanswerableError
from standoff.analysis.games.scale import ROUNDING, payoff_scale
from standoff.analysis.games.stability import weighted_games
from standoff.analysis.graph_model.moves import Moves, moves_of
from standoff.analysis.graph_model.notions import NOTIONS, Notion, stable_for_each
from standoff.analysis.graph_model.reasons import Board, Dilemma, Temptation, dilemmas_at, temptations_at
from standoff.analysis.graph_model.standing import JUDGED, MOST_PROFILES, find_standing, paired_differences
from standoff.analysis.others.draws import draw_beliefs
from standoff.analysis.runs.beliefs import belief_weights, on_worlds
from standoff.analysis.runs.game_table import game_table, inputs_of
from standoff.ensemble.ensemble import Ensemble

__all__ = ["Courses", "Seen", "Setting", "StableProfile", "courses_finding", "held_at", "share_error"]

Truths = npt.NDArray[np.bool_]

_TOLERANCE = 0.01
_DRAWS = 256
_MOST_TOLD = 12
_BLOCK = 64


@dataclass(frozen=True, slots=True)
class Seen:
    """How stable a profile is by one notion.

    Attributes:
        notion: What actors foresee.
        is_stable: As estimated.
        standing: `stable` or `unstable` where that is shown, `open` where it is not, None where it is not judged.
        worlds, beliefs: Share of worlds, each solved alone, and of draws of beliefs in which it is stable.
    """

    notion: Notion
    is_stable: bool
    standing: str | None
    worlds: float
    beliefs: float


@dataclass(frozen=True, slots=True)
class StableProfile:
    """A profile, how stable it is, and why.

    Attributes:
        strategies: One for each player.
        seen: By each notion.
        temptations: What its actors would gain by leaving, and how the others would answer.
        dilemmas: Threats not believed and promises not trusted.
    """

    strategies: tuple[str, ...]
    seen: tuple[Seen, ...]
    temptations: tuple[Temptation, ...]
    dilemmas: tuple[Dilemma, ...]

    def by(self, notion: Notion) -> Seen:
        """As one notion has it."""
        return next(one for one in self.seen if one.notion == notion)


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """What wishes and paths are found with: the game by world beside the estimated one.

    Attributes:
        board: The estimated game.
        payoffs: (players, profiles, worlds), in units of what is in play.
        weights: (players, worlds), each player's belief.
        inputs: What differs between the worlds.
    """

    board: Board
    payoffs: Floats
    weights: Floats
    inputs: Inputs


@dataclass(frozen=True, slots=True, eq=False)
class Courses:
    """What holds if actors can change course.

    Attributes:
        players, strategies: Whose game, and what each may play.
        n_worlds, n_draws: Worlds that were solved alone, and draws of beliefs.
        tolerance: Share of the payoffs in play that counts as no gain.
        n_stable: Notion → how many profiles are stable as estimated.
        n_shown: Notion → how many are shown to be; for those notions that are judged.
        n_sanctions: Notion → how many gains meet a sanction that is shown.
        with_strategy: Notion → for each player, for each of its strategies, how many stable profiles it is part of.
        stable: (notions, profiles), as estimated.
        standing: (judged notions, profiles), 1 shown stable, −1 shown unstable, 0 open; zeros where there are too many
            profiles to hold each against each.
        worlds, beliefs: (notions, profiles), shares.
        held: The profiles that hold best, by sequential stability and then by its share of beliefs.
        barred: How many changes of strategy the study bars.
    """

    players: tuple[str, ...]
    strategies: tuple[tuple[str, ...], ...]
    n_worlds: int
    n_draws: int
    tolerance: float
    n_stable: Mapping[str, int]
    n_shown: Mapping[str, int]
    n_sanctions: Mapping[str, int]
    with_strategy: Mapping[str, tuple[tuple[int, ...], ...]]
    stable: Truths
    standing: npt.NDArray[np.int8]
    worlds: Floats
    beliefs: Floats
    held: tuple[StableProfile, ...]
    barred: int

    def to_arrow(self) -> pa.Table:
        """One row per profile: who plays what, and by each notion whether it is stable, and in which shares."""
        shape = tuple(len(own) for own in self.strategies)
        place = np.indices(shape).reshape(len(shape), -1)
        columns: dict[str, object] = {
            player: [names[k] for k in row]
            for player, names, row in zip(self.players, self.strategies, place, strict=True)
        }
        for n, notion in enumerate(NOTIONS):
            columns[notion.value] = self.stable[n]
            if notion in JUDGED:
                columns[f"{notion.value}, shown"] = [_WORDS[int(k)] for k in self.standing[JUDGED.index(notion)]]
            columns[f"{notion.value}, share of worlds"] = self.worlds[n]
            columns[f"{notion.value}, share of beliefs"] = self.beliefs[n]
        return pa.table(columns)


_WORDS = {1: "stable", 0: "open", -1: "unstable"}


def courses_finding(
    ensemble: Ensemble, *, tolerance: float = _TOLERANCE, draws: int = _DRAWS, seed: int = 1, threads: int | None = None
) -> tuple[Courses, Setting]:
    """Answer from an ensemble of all profiles; and what wishes can be looked into with.

    Args:
        ensemble: Of every combination of some strategies.
        tolerance: Share of the payoffs in play that an actor may forgo.
        draws: Of beliefs.
        seed: Of the draws.
        threads: At most so many.

    Raises:
        UnanswerableError: The ensemble is no game, or too few worlds are sound.
    """
    model = ensemble.model
    table = game_table(ensemble)
    beliefs = on_worlds(belief_weights(model, ensemble.design.worlds, table.players), table.worlds)
    inputs = inputs_of(model, ensemble.design.worlds, table.worlds)
    scale = payoff_scale(weighted_games(table.payoffs, beliefs.weights[None])[0])
    scaled = scale.of(table.payoffs)
    moves = moves_of(model, table.players, table.strategies)
    flat = scaled.reshape(len(table.players), -1, table.worlds.size)
    if flat.shape[1] > MOST_PROFILES:
        raise UnanswerableError(Reason.MANY_PROFILES, profiles=int(flat.shape[1]), most=MOST_PROFILES)
    differences = paired_differences(flat, beliefs.weights)
    board = Board(table.players, table.strategies, moves, differences, units=scale.unit, tolerance=tolerance)
    standing = find_standing(differences, moves, tolerance)
    drawn = draw_beliefs(scaled, beliefs.weights, inputs, draws, seed=seed)
    worlds, over = (
        _share(
            np.moveaxis(scaled, -1, 0),
            moves,
            tolerance,
            beliefs.study / beliefs.study.sum(),
            threads=threads or 1,
        ),
        _share(_weighted(scaled, drawn.weights), moves, tolerance, np.full(draws, 1.0 / draws), threads=threads or 1),
    )
    estimated = stable_for_each(differences.payoffs.reshape(1, *scaled.shape[:-1]), moves, tolerance)[0].all(axis=1)
    estimated &= moves.can_be
    found = Courses(
        table.players, table.strategies, int(table.worlds.size), draws, tolerance=tolerance,
        n_stable={notion.value: int(row.sum()) for notion, row in zip(NOTIONS, estimated, strict=True)},
        n_shown={notion.value: int((row == 1).sum()) for notion, row in zip(JUDGED, standing.of_all, strict=True)},
        n_sanctions={notion.value: n for notion, n in zip(JUDGED, standing.n_sanctions, strict=True)},
        with_strategy={
            notion.value: _with_strategy(row, moves) for notion, row in zip(NOTIONS, estimated, strict=True)
        },
        stable=estimated, standing=standing.of_all, worlds=worlds, beliefs=over, held=(),
        barred=sum(int((~own).sum()) - len(own) for own in moves.allowed),
    )  # fmt: skip
    held = tuple(held_at(found, board, k) for k in _best(found))
    return replace(found, held=held), Setting(board, flat, beliefs.weights, inputs)


def held_at(found: Courses, board: Board, profile: int) -> StableProfile:
    """How stable one profile is, and why."""
    seen = tuple(
        Seen(
            notion, bool(found.stable[n, profile]),
            _WORDS[int(found.standing[JUDGED.index(notion), profile])] if notion in JUDGED else None,
            float(found.worlds[n, profile]), beliefs=float(found.beliefs[n, profile]),
        )
        for n, notion in enumerate(NOTIONS)
    )  # fmt: skip
    return StableProfile(board.named(profile), seen, temptations_at(board, profile), dilemmas_at(board, profile))


def share_error(share: float, n: int) -> float:
    """Standard error of a share of n draws or worlds (Agresti and Coull 1998)."""
    adjusted = (share * n + 2.0) / (n + 4.0)
    return float(np.sqrt(adjusted * (1.0 - adjusted) / (n + 4.0)))


def _best(found: Courses) -> list[int]:
    """The profiles that are told: the sequentially stable ones, those that most beliefs leave so first."""
    seq, nash = NOTIONS.index(Notion.SEQ), NOTIONS.index(Notion.NASH)
    order = sorted(
        np.flatnonzero(found.stable[seq]).tolist(),
        key=lambda k: (-found.beliefs[seq, k], -found.beliefs[nash, k], -found.worlds[seq, k], k),
    )
    return order[:_MOST_TOLD]


def _share(games: Floats, moves: Moves, tolerance: float, weights: Floats, *, threads: int) -> Floats:
    """(notions, profiles), in which share of games each profile is stable."""
    total = np.zeros((len(NOTIONS), int(np.prod(games.shape[2:]))))
    for k in range(0, len(games), _BLOCK):
        part = slice(k, k + _BLOCK)
        stable = stable_for_each(games[part], moves, tolerance + ROUNDING, threads).all(axis=2)
        total += np.tensordot(weights[part], stable, axes=(0, 0))
    return np.asarray(np.minimum(total, 1.0) * moves.can_be)


def _weighted(scaled: Floats, weights: Floats) -> Floats:
    """(draws, players, s1, …, sn), expected payoffs under each draw of beliefs."""
    return np.concatenate([weighted_games(scaled, weights[k : k + _BLOCK]) for k in range(0, len(weights), _BLOCK)])


def _with_strategy(stable: Truths, moves: Moves) -> tuple[tuple[int, ...], ...]:
    table = stable.reshape(moves.shape)
    axes = range(len(moves.shape))
    return tuple(tuple(int(n) for n in table.sum(axis=tuple(k for k in axes if k != i))) for i in axes)
