"""Games in Gambit's extensive form files (.efg): their trees, read into values.

Nodes stand in prefix order. A set of information says its name and its actions where it first stands, and may say them
again; an outcome its payoffs likewise, and outcomes along a path add. Numbers are kept exactly.

Reference: R. McKelvey, A. McLennan and T. Turocy, Gambit: Software Tools for Game Theory, "The extensive game (.efg)
file format".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from standoff.analysis.games.exchange import GameError, Reader

__all__ = ["CHANCE", "InformationSet", "Node", "Tree", "read_efg"]

CHANCE = 0
_MOST_NODES = 500_000


@dataclass(frozen=True, slots=True, eq=False)
class InformationSet:
    """Where a player cannot tell nodes apart: whose it is (0 is chance), what can be done, and chance's chances."""

    player: int
    number: int
    name: str
    actions: tuple[str, ...]
    chances: tuple[Fraction, ...] = ()


@dataclass(frozen=True, slots=True)
class Node:
    """A place in the tree; `information` is None at the end of a path, `payoffs` where no outcome stands."""

    information: InformationSet | None
    payoffs: tuple[Fraction, ...] | None
    children: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Tree:
    """A game as a tree; the first node is its root, and children stand after their parents."""

    title: str
    players: tuple[str, ...]
    nodes: tuple[Node, ...] = field(repr=False)
    comment: str = ""

    def sets_of(self, player: int) -> tuple[InformationSet, ...]:
        """A player's sets of information, in the order in which they first stand."""
        all_ = (node.information for node in self.nodes)
        return tuple(dict.fromkeys(s for s in all_ if s is not None and s.player == player))


def read_efg(text: str) -> Tree:
    """Read a .efg file.

    Args:
        text: The whole file.

    Raises:
        GameError: The text is not a game; the message says what was expected, and at which line and column.
    """
    reader = Reader(text)
    title, players = reader.take_opening("EFG", "2", 'an extensive game starts with "EFG 2"')
    comment = reader.take_quoted("a comment") if reader.kind() == "quoted" else ""
    read = _Nodes(reader, len(players))
    read.all()
    if reader.kind() != "end":
        raise reader.error("nothing more after the last node of the tree")
    return Tree(title, players, read.finished(), comment)


class _Nodes:
    def __init__(self, reader: Reader, n_players: int) -> None:
        self.reader, self.n_players = reader, n_players
        self.sets: dict[tuple[int, int], InformationSet] = {}
        self.outcomes: dict[int, tuple[Fraction, ...]] = {}
        self.asked: dict[int, GameError] = {}  # outcomes that were named before their payoffs were said
        self.read: list[tuple[InformationSet | None, int]] = []
        self.children: list[list[int]] = []

    def all(self) -> None:
        open_: list[int] = []  # nodes that lack children, the innermost last
        while True:
            if len(self.read) >= _MOST_NODES:
                raise self.reader.error(f"at most {_MOST_NODES:,} nodes")
            number = len(self.read)
            if open_:
                self.children[open_[-1]].append(number)
            information = self._node()
            self.children.append([])
            if information is not None:
                open_.append(number)
            while open_ and self._is_full(open_[-1]):
                open_.pop()
            if not open_:
                return

    def finished(self) -> tuple[Node, ...]:
        for number, error in self.asked.items():
            if number not in self.outcomes:
                raise error
        return tuple(
            Node(information, self.outcomes[outcome] if outcome else None, tuple(children))
            for (information, outcome), children in zip(self.read, self.children, strict=True)
        )

    def _is_full(self, number: int) -> bool:
        information = self.read[number][0]
        return information is None or len(self.children[number]) == len(information.actions)

    def _node(self) -> InformationSet | None:
        reader = self.reader
        kind = reader.take_word("a node: c, p or t") if reader.kind() == "word" else ""
        if kind not in ("c", "p", "t"):
            raise reader.error("a node: c, p or t", 1 if kind else 0)
        reader.take_quoted("the node's name")
        information = None if kind == "t" else self._information(kind)
        number = reader.take_whole("the number of an outcome, 0 for none")
        if reader.kind() == "quoted":
            reader.take_quoted("the outcome's name")
        if number and reader.peek() == "{":
            said = self._payoffs()
            if self.outcomes.setdefault(number, said) != said:
                raise reader.error(f"the payoffs that outcome {number} had before", 1)
        elif number and number not in self.outcomes:
            self.asked.setdefault(number, reader.error(f"the payoffs of outcome {number}, which the file never says"))
        self.read.append((information, number))
        return information

    def _information(self, kind: str) -> InformationSet:
        reader = self.reader
        player = CHANCE if kind == "c" else reader.take_whole("the number of a player", 1, self.n_players)
        number = reader.take_whole("the number of a set of information", 1)
        name = reader.take_quoted("the name of the set of information") if reader.kind() == "quoted" else ""
        known = self.sets.get((player, number))
        if reader.peek() != "{":
            if known is None:
                raise reader.error("the actions of a set of information that was not named before, in braces")
            return known
        reader.expect("{", "actions in braces")
        actions: list[str] = []
        chances: list[Fraction] = []
        while reader.peek() != "}":
            actions.append(reader.take_quoted("an action"))
            if player == CHANCE:
                chances.append(reader.take_fraction("the chance of an action"))
        reader.expect("}", "a closing brace after the actions")
        if not actions:
            raise reader.error("at least one action", 1)
        if player == CHANCE and (any(c < 0 for c in chances) or abs(float(sum(chances)) - 1.0) > 1e-6):
            raise reader.error(f"chances from 0 that sum to 1, not to {float(sum(chances)):g}", 1)
        said = InformationSet(player, number, name, tuple(actions), chances=tuple(chances))
        if known is None:
            self.sets[player, number] = known = said
        if (known.actions, known.chances) != (said.actions, said.chances):
            raise reader.error("the actions that this set of information had before", 1)
        return known

    def _payoffs(self) -> tuple[Fraction, ...]:
        reader = self.reader
        reader.expect("{", "payoffs in braces")
        found = []
        for _ in range(self.n_players):
            found.append(reader.take_fraction("a payoff"))
            if reader.peek() == ",":
                reader.expect(",", "a comma")
        reader.expect("}", f"a closing brace after {self.n_players} payoffs")
        return tuple(found)
