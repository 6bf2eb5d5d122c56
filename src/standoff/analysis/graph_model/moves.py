"""Who can change to what: the moves of a graph model whose states are profiles.

A move is a change of one actor's strategy while the others keep theirs. Moves need not be reversible, and need not
chain: that an actor can go from a to b and from b to c does not let it go from a to c at once.

Reference: D. M. Kilgour, K. Hipel and L. Fang, The graph model for conflicts (1987); L. Fang, K. Hipel and D. M.
Kilgour, Interactive Decision Making: The Graph Model for Conflict Resolution (1993), chapter 2.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from standoff.language.model import Model

__all__ = ["Moves", "free_moves", "moves_of"]

Truths = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]
Places = npt.NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Moves:
    """What each player may change to, whatever the others play.

    Attributes:
        allowed: For each player (strategies, strategies), whether it may go from the row's to the column's; the
            diagonal is false.
        possible: (s1, …, sn), whether the profile can come about; all if None.
    """

    allowed: tuple[Truths, ...]
    possible: Truths | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        """How many strategies each player has."""
        return tuple(len(own) for own in self.allowed)

    @cached_property
    def strides(self) -> Integers:
        """(players,), how far apart in the flat order of profiles two neighbouring strategies of a player are."""
        return np.array([int(np.prod(self.shape[i + 1 :])) for i in range(len(self.shape))], dtype=np.int64)

    @cached_property
    def padded(self) -> Truths:
        """(players, s, s), `allowed` with the largest number of strategies for all, for compiled loops."""
        most = max(self.shape)
        table = np.zeros((len(self.allowed), most, most), dtype=np.bool_)
        for i, own in enumerate(self.allowed):
            table[i, : len(own), : len(own)] = own
        return table

    @cached_property
    def can_be(self) -> Truths:
        """(profiles,), `possible` in the flat order."""
        n = int(np.prod(self.shape))
        return np.ones(n, dtype=np.bool_) if self.possible is None else np.ascontiguousarray(self.possible).ravel()

    @cached_property
    def digits(self) -> Places:
        """(players, profiles), each player's strategy; −1 in a profile that cannot come about."""
        digits = np.indices(self.shape).reshape(len(self.shape), -1)
        return np.where(self.can_be, digits, -1).astype(np.int32)

    @cached_property
    def lists(self) -> tuple[Places, Places]:
        """(players, profiles, most) where each can move to from each profile, and (players, profiles) how many."""
        n_profiles = int(np.prod(self.shape))
        ends = np.zeros((len(self.shape), n_profiles, max(self.shape)), dtype=np.int32)
        n_ends = np.zeros((len(self.shape), n_profiles), dtype=np.int32)
        for player in range(len(self.shape)):
            for start, end in self.each(player):
                ends[player, start, n_ends[player, start]] = end
                n_ends[player, start] += 1
        return ends, n_ends

    @cached_property
    def chain(self) -> bool:
        """Whether two moves of a player in a row are always one move of it, or lead back."""
        if not self.can_be.all():
            return False
        return all(not ((own.astype(int) @ own > 0) & ~own & ~np.eye(len(own), dtype=bool)).any()
                   for own in self.allowed)  # fmt: skip

    def of(self, player: int, profile: int) -> list[int]:
        """Flat profiles to which a player can move from one."""
        stride = int(self.strides[player])
        at = profile // stride % self.shape[player]
        ends = [profile + (int(b) - at) * stride for b in np.flatnonzero(self.allowed[player][at])]
        return [end for end in ends if self.can_be[end]]

    def each(self, player: int) -> Iterator[tuple[Integers, Integers]]:
        """All moves of a player as pairs of flat profiles (from, to), one pair of arrays a pair of strategies."""
        profiles = np.arange(int(np.prod(self.shape)), dtype=np.int64)
        stride = int(self.strides[player])
        own = profiles // stride % self.shape[player]
        for a, b in np.argwhere(self.allowed[player]).tolist():
            start = profiles[own == a]
            end = start + (b - a) * stride
            kept = self.can_be[start] & self.can_be[end]
            yield start[kept], end[kept]


def free_moves(shape: tuple[int, ...]) -> Moves:
    """Every player may change to any of its strategies."""
    return Moves(tuple(~np.eye(n, dtype=np.bool_) for n in shape))


def moves_of(model: Model, players: tuple[str, ...], strategies: tuple[tuple[str, ...], ...]) -> Moves:
    """The moves that a study leaves: all but those that its `moves` bar.

    Args:
        model: The study.
        players, strategies: Of the game, with the labels of their strategies.
    """
    said = {own.actor: own for own in model.moves}
    tables = []
    for player, labels in zip(players, strategies, strict=True):
        allowed = ~np.eye(len(labels), dtype=np.bool_)
        if player in said:
            kept = np.array([_is_among(label, said[player].irreversible) for label in labels])
            allowed &= ~(kept[:, None] & ~kept[None, :])
            for start, end in said[player].barred:
                rows = np.array([_is_among(label, start) for label in labels])
                columns = np.array([_is_among(label, end) for label in labels])
                allowed &= ~(rows[:, None] & columns[None, :])
        tables.append(allowed)
    return Moves(tuple(tables))


def _is_among(label: str, names: tuple[str, ...]) -> bool:
    """Whether a strategy is one of those named, by its label or by its bare name, which means all its settings."""
    return label in names or label.partition("(")[0] in names
