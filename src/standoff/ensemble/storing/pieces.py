"""Pieces of a design, profiles × worlds: what is run, kept and lost as one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from standoff.ensemble.design import Design

__all__ = ["Piece", "open_pieces", "pieces"]


@dataclass(frozen=True, slots=True)
class Piece:
    """Some profiles and some worlds of a design: what is run, kept and lost as one."""

    profiles: tuple[int, int]
    worlds: tuple[int, int]

    @classmethod
    def of_name(cls, name: str, n_worlds: int) -> Piece:
        """The piece whose shard has this name."""
        numbers = [int(n) for n in name.removeprefix("shards/").removesuffix(".parquet").split("-")]
        return cls((numbers[0], numbers[1]), (numbers[2], numbers[3]) if len(numbers) == 4 else (0, n_worlds))

    def name(self, n_worlds: int) -> str:
        """Of its shard: profiles from and to, and worlds likewise where it has not all of them."""
        numbers = [*self.profiles, *(() if self.worlds == (0, n_worlds) else self.worlds)]
        return f"shards/{'-'.join(f'{n:06d}' for n in numbers)}.parquet"

    @property
    def n_cells(self) -> int:
        """Profiles × worlds."""
        return (self.profiles[1] - self.profiles[0]) * (self.worlds[1] - self.worlds[0])

    def moved(self, by: int) -> Piece:
        """The same, so many profiles further."""
        return Piece((self.profiles[0] + by, self.profiles[1] + by), self.worlds)

    def design(self, whole: Design) -> Design:
        """This piece of a design."""
        of, among = slice(*self.profiles), slice(*self.worlds)
        worlds = whole.worlds
        if self.worlds != (0, worlds.size):
            columns = {name: column[among] for name, column in worlds.columns.items()}
            worlds = replace(worlds, columns=columns, streams=worlds.streams[among])
        levels = None if whole.levels is None else whole.levels[of]
        return replace(whole, profiles=whole.profiles[of], worlds=worlds, levels=levels)


def pieces(design: Design, cells: int) -> Iterator[Piece]:
    """A design in pieces of about so many cells: several profiles of all worlds, or some worlds of one profile."""
    return pieces_of(design.profiles.shape[0], design.worlds.size, cells)


def pieces_of(n_profiles: int, n_worlds: int, cells: int) -> Iterator[Piece]:
    """The same of so many profiles and worlds."""
    each = max(1, cells // n_worlds)
    for start in range(0, n_profiles, each):
        for first in range(0, n_worlds, max(cells, 1)):
            yield Piece((start, min(n_profiles, start + each)), (first, min(n_worlds, first + max(cells, 1))))


def open_pieces(design: Design, cells: int, kept: Iterable[Piece]) -> list[Piece]:
    """What is left of a design where some pieces are kept already, however these were cut, in about so many cells."""
    n_profiles, n_worlds = design.profiles.shape[0], design.worlds.size
    rows: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for piece in sorted(kept, key=lambda piece: (piece.profiles, piece.worlds)):
        rows.setdefault(piece.profiles, []).append(piece.worlds)
    found: list[Piece] = []
    for profiles in _left(list(rows), n_profiles):
        found += (piece.moved(profiles[0]) for piece in pieces_of(profiles[1] - profiles[0], n_worlds, cells))
    for profiles, among in rows.items():
        each = max(1, cells // (profiles[1] - profiles[0]))
        for first, last in _left(among, n_worlds):
            found += (Piece(profiles, (at, min(last, at + each))) for at in range(first, last, each))
    return sorted(found, key=lambda piece: (piece.profiles, piece.worlds))


def _left(ranges: Sequence[tuple[int, int]], size: int) -> Iterator[tuple[int, int]]:
    """The gaps between ascending ranges."""
    at = 0
    for start, stop in (*ranges, (size, size)):
        if start > at:
            yield at, start
        at = stop
