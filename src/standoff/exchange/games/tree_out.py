"""A study as a game in extensive form (.efg): people choose in its first steps, and then the strategies go on.

Chance stands at the root: which world and luck it is, alike for so many. A player cannot tell nodes apart where what it
may see of them, and saw and chose before, is the same: the study's own `seen_by`, `known_to` and `order` say so.
Payoffs are those of the one future that the path is, an end drawn and not weighted.

Reference: H. Kuhn, Extensive games and the problem of information (1953); Gambit's documentation of .efg files.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product

import numpy as np

from standoff.analysis.games.exchange import decimal, quote
from standoff.ensemble.study import Study
from standoff.language.expressions.tree import Symbol
from standoff.playing.game import Place, Position, Turn, choices_of, new_game, opened
from standoff.playing.sight import seen_by
from standoff.program.stepper import advance

__all__ = ["MOST_LEAVES", "write_efg"]

MOST_LEAVES = 500
_WORLDS = 4
_Key = tuple[object, ...]


def write_efg(study: Study) -> str:
    """The text of a .efg file: as many steps as keep the tree below `MOST_LEAVES` ends, one at least.

    Args:
        study: The study; its first strategies go on after the last step that is played.

    Raises:
        ValueError: One step alone has more ends than that, or a future faults.
    """
    return "\n".join(_Writer(study).lines()) + "\n"


@dataclass(slots=True)
class _Writer:
    study: Study
    sets: dict[tuple[str, _Key], int] = field(default_factory=dict)
    counted: dict[str, int] = field(default_factory=dict)
    n_ends: int = 0

    def lines(self) -> Iterator[str]:
        model = self.study.model
        players = self.players()
        titles = {actor.name: actor.title for actor in model.actors}
        words = " ".join(quote(plain(titles[player])) for player in players)
        about = f"{_WORLDS} worlds, {self.steps()} steps chosen, then each actor's first strategy"
        yield f"EFG 2 R {quote(plain(model.title))} {{ {words} }}"
        yield quote(about)
        share = str(Fraction(1, _WORLDS))
        branches = " ".join(f'"world {k}" {share}' for k in range(_WORLDS))
        yield f'c "" 1 "" {{ {branches} }} 0'
        for world in range(_WORLDS):
            place = Place(seed=1, worlds=_WORLDS, world=world)
            start = opened(self.study, new_game(self.study, players, {}, place))
            yield from self._step(start, dict.fromkeys(players, ()))

    def players(self) -> tuple[str, ...]:
        return tuple(self.study.program.players)

    def steps(self) -> int:
        """How many steps people choose in."""
        each = 1
        for choice in self.study.model.choices:
            each *= len(choice.options)
        if each * _WORLDS > MOST_LEAVES:
            raise ValueError(f"one step has {each * _WORLDS:,} ends, and a tree at most {MOST_LEAVES:,}")
        n = 1
        while each ** (n + 1) * _WORLDS <= MOST_LEAVES and n < self.study.program.n_steps:
            n += 1
        return n if each > 1 else 1

    def _step(self, position: Position, memories: dict[str, _Key]) -> Iterator[str]:
        if position.ended or len(position.game.turns) == self.steps():
            yield self._end(position)
        else:
            yield from self._choose(position, memories, {}, list(self._turns()))

    def _turns(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Who chooses after whom, and whose choices of the step are made before."""
        order = self.study.model.order or (self.players(),)
        before: tuple[str, ...] = ()
        for group in order:
            yield from ((actor, before) for actor in group if actor in self.players())
            before += group

    def _choose(
        self, position: Position, memories: dict[str, _Key], chosen: dict[str, str],
        left: list[tuple[str, tuple[str, ...]]],
    ) -> Iterator[str]:  # fmt: skip
        if not left:
            yield from self._step(position.play(Turn(choices=chosen)), memories)
            return
        (actor, before), *rest = left
        seen = self._seen(position, actor, {k: v for k, v in chosen.items() if k.split(".")[0] in before})
        memory = (*memories[actor], seen)
        own = choices_of(self.study.model, actor)
        options = list(product(*(choice.options for choice in own)))
        number = self._set(actor, memory)
        player = self.players().index(actor) + 1
        actions = " ".join(quote(plain(", ".join(option))) for option in options)
        yield f'p "" {player} {number} {quote(plain(f"{position.date} {number}"))} {{ {actions} }} 0'
        for option in options:
            made = {choice.family: said for choice, said in zip(own, option, strict=True)}
            yield from self._choose(position, {**memories, actor: (*memory, option)}, {**chosen, **made}, rest)

    def _seen(self, position: Position, actor: str, made: dict[str, str]) -> _Key:
        """All that an actor may see before it chooses, what others have chosen before it in the step with it."""
        families = {choice.family: choice.options for choice in self.study.model.choices}
        held = {Symbol("choice", family): np.int64(families[family].index(option)) for family, option in made.items()}
        settled = advance(position.program, position.state, held) if made else None
        seen = seen_by(position, actor, settled)
        others = tuple(
            (one.kind, one.name, one.value) for part in (seen.knows, seen.now, seen.happened) for one in part
        )
        return (seen.step, *others)

    def _set(self, actor: str, memory: _Key) -> int:
        if (actor, memory) not in self.sets:
            self.counted[actor] = self.counted.get(actor, 0) + 1
            self.sets[actor, memory] = self.counted[actor]
        return self.sets[actor, memory]

    def _end(self, position: Position) -> str:
        self.n_ends += 1
        results = position.results()
        if int(results.fault[0]):
            raise ValueError(f"a future faults in step {int(results.fault_step[0])}: its payoffs are no numbers")
        paid = {
            payoff.actor: float(x) for payoff, x in zip(position.program.payoffs, results.payoffs[:, 0], strict=True)
        }
        numbers = ", ".join(decimal(paid.get(player, 0.0)) for player in self.players())
        return f't "" {self.n_ends} "end {self.n_ends}" {{ {numbers} }}'


def plain(text: str) -> str:
    """A label as Gambit takes it: printable ASCII, single spaces, no backslash, not empty."""
    kept = "".join(c if c.isascii() and c.isprintable() and c not in "\\" else "?" for c in text)
    return " ".join(kept.split()) or "nameless"
