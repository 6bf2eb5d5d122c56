"""A tree as a table: the reduced normal form, in which a strategy says only what its own earlier moves leave open.

Reference: H. Kuhn, Extensive games and the problem of information (1953); R. Myerson, Game Theory (1991), section 2.4.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import lcm, prod

import numpy as np
import numpy.typing as npt

from standoff.analysis.games.bayesian import BayesianGame, condition
from standoff.analysis.games.exchange import NamedGame
from standoff.exchange.games.tree import CHANCE, InformationSet, Tree

__all__ = ["TooLargeError", "bayesian_form", "codes_of", "reduced_form"]

_MOST_CELLS = 2_000_000  # payoffs of a table
_MOST_STRATEGIES = 20_000
_EXACT = 2**53

Strategy = dict[int, int]
"""By the number of a set of information the action, counted from 0."""
_Path = tuple[tuple[int, int], ...]


class TooLargeError(ValueError):
    """A tree whose table would be too large."""


@dataclass(frozen=True, slots=True)
class _End:
    """The end of a path: what each player did on it, its chance, and what it pays."""

    moves: tuple[_Path, ...]
    chance: Fraction
    payoffs: tuple[Fraction, ...]


def reduced_form(tree: Tree) -> NamedGame:
    """The reduced normal form; strategies are named by their actions, and by numbers where these are not unique.

    Raises:
        TooLargeError: A player has too many strategies, or all together too many profiles.
    """
    strategies = [_strategies(tree, player) for player in range(1, len(tree.players) + 1)]
    shape = tuple(len(own) for own in strategies)
    if prod(shape) * len(shape) > _MOST_CELLS:
        sizes = " × ".join(f"{n:,}" for n in shape)
        raise TooLargeError(f"its reduced normal form has {sizes} profiles, and at most {_MOST_CELLS:,} payoffs fit")
    ends = [end for end in _ends(tree) if end.chance]
    scale = lcm(*(end.chance.denominator for end in ends))
    scales = [scale * lcm(*(end.payoffs[i].denominator for end in ends)) for i in range(len(shape))]
    sums = [sum(abs(end.chance * end.payoffs[i]) for end in ends) * scales[i] for i in range(len(shape))]
    table = np.zeros((len(shape), *shape))
    for end in ends:
        taken = np.ix_(*(_consistent(own, path) for own, path in zip(strategies, end.moves, strict=True)))
        for i, payoff in enumerate(end.payoffs):  # whole numbers, whose sums are exact, where a double holds them
            table[i][taken] += float(end.chance * payoff * (scales[i] if sums[i] < _EXACT else 1))
    for i, (size, whole) in enumerate(zip(sums, scales, strict=True)):
        if size < _EXACT:
            table[i] /= float(whole)
    names = tuple(_names(tree.sets_of(i + 1), own) for i, own in enumerate(strategies))
    return NamedGame(tree.title, tree.players, names, table, comment=tree.comment)


def codes_of(tree: Tree, player: int) -> tuple[str, ...]:
    """A player's strategies as Gambit writes them: an action's number a set of information, `*` where none is met."""
    sets = tree.sets_of(player)
    return tuple(_code(sets, own) for own in _strategies(tree, player))


def bayesian_form(tree: Tree) -> BayesianGame | None:
    """The game by types: None where chance does not move first and alone, or somebody sees another's move.

    Every player moves once, in every world that chance may pick, with as many actions in each; what it knows is which
    of its sets of information it is in.
    """
    root = tree.nodes[0]
    if root.information is None or root.information.player != CHANCE or root.payoffs is not None:
        return None
    n_players, n_worlds = len(tree.players), len(root.children)
    bins = np.zeros((n_players, n_worlds), dtype=np.int64)
    worlds: list[npt.NDArray[np.float64]] = []
    shapes: set[tuple[int, ...]] = set()
    for world, start in enumerate(root.children):
        met: dict[int, InformationSet] = {}
        found: dict[tuple[tuple[int, int], ...], list[Fraction]] = {}
        if not _simultaneous(tree, start, met, found):
            return None
        if set(met) != set(range(1, n_players + 1)):
            return None
        shape = tuple(len(met[i].actions) for i in range(1, n_players + 1))
        shapes.add(shape)
        table = np.zeros((n_players, *shape))
        for moves, payoffs in found.items():
            played = dict(moves)
            place = tuple(played[i] for i in range(1, n_players + 1))
            for i, payoff in enumerate(payoffs):
                table[i][place] = float(payoff)
        worlds.append(table)
        bins[:, world] = [met[i].number for i in range(1, n_players + 1)]
    if len(shapes) != 1:
        return None
    weights = np.tile([float(chance) for chance in root.information.chances], (n_players, 1))
    return condition(np.stack(worlds, axis=-1), weights, bins)


def _simultaneous(
    tree: Tree, start: int, met: dict[int, InformationSet], found: dict[tuple[tuple[int, int], ...], list[Fraction]]
) -> bool:
    """Whether below a node every player moves once, in one set of information; `found` becomes what each end pays."""
    stack: list[tuple[int, tuple[tuple[int, int], ...], list[Fraction]]] = [
        (start, (), [Fraction(0)] * len(tree.players))
    ]
    while stack:
        number, moves, paid = stack.pop()
        node = tree.nodes[number]
        if node.payoffs is not None:
            paid = [a + b for a, b in zip(paid, node.payoffs, strict=True)]
        here = node.information
        if here is None:
            if len(moves) != len(tree.players):
                return False
            found[moves] = paid
            continue
        if here.player == CHANCE or here.player in dict(moves) or met.setdefault(here.player, here) is not here:
            return False
        stack += [(child, (*moves, (here.player, k)), paid) for k, child in enumerate(node.children)]
    return True


def _ends(tree: Tree) -> Iterator[_End]:
    none: tuple[_Path, ...] = ((),) * len(tree.players)
    stack = [(0, none, Fraction(1), (Fraction(0),) * len(tree.players))]
    while stack:
        number, moves, chance, paid = stack.pop()
        node = tree.nodes[number]
        if node.payoffs is not None:
            paid = tuple(a + b for a, b in zip(paid, node.payoffs, strict=True))
        here = node.information
        if here is None:
            yield _End(moves, chance, paid)
            continue
        for k, child in enumerate(node.children):
            if here.player == CHANCE:
                stack.append((child, moves, chance * here.chances[k], paid))
                continue
            own = dict(moves[here.player - 1])
            if own.setdefault(here.number, k) == k:  # a set met twice on a path is answered alike
                i = here.player - 1
                stack.append((child, (*moves[:i], tuple(own.items()), *moves[i + 1 :]), chance, paid))


def _own_paths(tree: Tree, player: int) -> dict[int, set[_Path]]:
    """For each of a player's sets of information, which of its own moves lead there."""
    paths: dict[int, set[_Path]] = {}
    stack: list[tuple[int, _Path]] = [(0, ())]
    while stack:
        number, own = stack.pop()
        here = tree.nodes[number].information
        if here is None:
            continue
        is_own = here.player == player
        if is_own:
            paths.setdefault(here.number, set()).add(own)
        stack += [
            (child, (*own, (here.number, k)) if is_own else own) for k, child in enumerate(tree.nodes[number].children)
        ]
    return paths


def _strategies(tree: Tree, player: int) -> tuple[Strategy, ...]:
    sets = tree.sets_of(player)
    paths, sizes = _own_paths(tree, player), {s.number: len(s.actions) for s in sets}
    order = [s.number for s in sets]
    found: list[Strategy] = []
    stack: list[Strategy] = [{}]
    while stack:
        partial = stack.pop()
        open_ = next((n for n in order if n not in partial and any(_agrees(partial, p) for p in paths[n])), None)
        if open_ is None:
            found.append(partial)
        else:
            stack += [{**partial, open_: k} for k in range(sizes[open_])]
        if len(found) + len(stack) > _MOST_STRATEGIES:
            raise TooLargeError(f"`{tree.players[player - 1]}` has more than {_MOST_STRATEGIES:,} reduced strategies")
    return tuple(sorted(found, key=lambda own: [own.get(s.number, len(s.actions)) for s in sets]))


def _agrees(partial: Strategy, path: _Path) -> bool:
    return all(partial.get(number) == k for number, k in path)


def _consistent(strategies: tuple[Strategy, ...], path: _Path) -> npt.NDArray[np.intp]:
    return np.array([k for k, own in enumerate(strategies) if _agrees(own, path)], dtype=np.intp)


def _code(sets: tuple[InformationSet, ...], own: Strategy) -> str:
    return "".join(str(own[s.number] + 1) if s.number in own else "*" for s in sets) or "*"


def _names(sets: tuple[InformationSet, ...], strategies: tuple[Strategy, ...]) -> tuple[str, ...]:
    said = [", ".join(s.actions[own[s.number]] for s in sets if s.number in own) for own in strategies]
    if len(set(said)) == len(said) and all(said):
        return tuple(said)
    return tuple(_code(sets, own) for own in strategies)
