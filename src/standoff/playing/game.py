"""A game: one future of a study in which people choose for some actors.

The game is its moves. A position is the study's own step function folded over them, so that to play, to go on after
a break, to step back, to branch and to trace what was played are one thing and give the same bits.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Annotated, Any

import msgspec
import numpy as np

from standoff.base.problems import suggest
from standoff.ensemble.design import Design, draw_worlds
from standoff.ensemble.profiles.chosen import choose_profiles
from standoff.ensemble.run import lanes_of
from standoff.ensemble.study import Study
from standoff.language.expressions.tree import Symbol
from standoff.language.model import Choice, Model
from standoff.program.lanes import Lanes, Results, State
from standoff.program.program import Program
from standoff.program.stepper import advance, begin, finish
from standoff.program.trace import Trace, trace_states

__all__ = [
    "FORMAT", "Game", "Place", "Position", "Turn", "choices_of", "new_game", "opened", "read_choice", "read_injected",
]  # fmt: skip

FORMAT = "standoff game 1"
Injected = str | float | bool


class Turn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What people set in one step.

    Attributes:
        choices: By choice (`actor` or `actor.dimension`), the option.
        injected: What a facilitator set before the step: an event or move (a truth), a mode's state or another actor's
            option (its name), a stock (a number).
    """

    choices: dict[str, str] = {}
    injected: dict[str, Injected] = {}


_Count = Annotated[int, msgspec.Meta(ge=0, lt=100_000)]
_Seed = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]


class Game(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A game as it is kept.

    Attributes:
        format: Of the file.
        study, digest: The study's name, and of what it means.
        variants, held: Its variants and the assumptions held at a number.
        seed, worlds, world, replication: Which world and luck, as `standoff trace` takes them.
        profile: By actor that chooses, the strategy it follows where no person plays it.
        seats: Actors that people play.
        turns: Of each step so far.
    """

    format: str
    study: str
    digest: str
    variants: tuple[str, ...]
    held: dict[str, float | str]
    seed: _Seed
    worlds: _Count
    world: _Count
    replication: _Count
    profile: dict[str, str]
    seats: tuple[str, ...]
    turns: tuple[Turn, ...] = ()


@dataclass(frozen=True, eq=False)
class Position:
    """Where a game stands.

    Attributes:
        study: The study.
        game: The game so far.
        states: Before each step, and after the last that was played.
    """

    study: Study
    game: Game
    states: tuple[State, ...]

    @property
    def state(self) -> State:
        """Now."""
        return self.states[-1]

    @property
    def model(self) -> Model:
        """The study's model."""
        return self.study.model

    @property
    def program(self) -> Program:
        """The study's program."""
        return self.study.program

    @property
    def ended(self) -> bool:
        """Whether an event ended it, or the clock."""
        return self.state.step >= self.program.n_steps or float(self.state.survival[0]) == 0.0

    @property
    def date(self) -> str:
        """The step that comes, as people write it."""
        return self.model.clock.label(self.state.step)

    @cached_property
    def tentative(self) -> State:
        """The next state if people chose as the strategies of their actors do: for what is settled before a choice."""
        return advance(self.program, self.state)

    def results(self) -> Results:
        """What it came to; what is left of the clock follows the strategies, and counts for nothing after an end."""
        state = self.state
        while state.step < self.program.n_steps:
            state = advance(self.program, state)
        return finish(self.program, state)

    def trace(self) -> Trace:
        """All of it, step by step; what is left of the clock follows the strategies."""
        families = [choice.family for seat in self.game.seats for choice in choices_of(self.model, seat)]
        return trace_states(self.program, self.states, families)

    def play(self, turn: Turn) -> Position:
        """The position a step later; this one is as it was.

        Raises:
            ValueError: The game has ended, a choice is missing or unknown, or something cannot be injected.
        """
        if self.ended:
            raise ValueError("the game has ended")
        wanted = {choice.family: choice for seat in self.game.seats for choice in choices_of(self.model, seat)}
        missing = sorted(set(wanted) - set(turn.choices))
        if missing:
            raise ValueError(f"nobody has chosen for {', '.join(f'`{name}`' for name in missing)}")
        held: dict[Symbol, Any] = {}
        for family, option in turn.choices.items():
            if family not in wanted:
                raise ValueError(f"no person chooses for `{family}`")
            held[Symbol("choice", family)] = np.int64(wanted[family].options.index(read_choice(wanted[family], option)))
        state, imposed = _injected(self.model, self.state, turn.injected)
        after = advance(self.program, state, {**imposed, **held})
        game = msgspec.structs.replace(self.game, turns=(*self.game.turns, turn))
        return Position(self.study, game, (*self.states[:-1], state, after))

    def refuse(self, injected: Mapping[str, Injected]) -> None:
        """Say what of it cannot be set.

        Raises:
            ValueError: Something cannot; the message says what can.
        """
        _injected(self.model, self.state, injected)

    def back(self, step: int) -> Position:
        """The position before a step that was played: from there another game can branch.

        Raises:
            ValueError: No such step was played.
        """
        if not 0 <= step < len(self.game.turns):
            raise ValueError(f"there is no step {step} to go back to: {len(self.game.turns)} were played")
        return opened(self.study, msgspec.structs.replace(self.game, turns=self.game.turns[:step]))


def choices_of(model: Model, actor: str) -> tuple[Choice, ...]:
    """What an actor chooses in a step."""
    return tuple(choice for choice in model.choices if choice.actor == actor)


def read_choice(choice: Choice, text: str) -> str:
    """One of a choice's options.

    Raises:
        ValueError: There is no such option.
    """
    if text not in choice.options:
        raise ValueError(f"`{text}` is no option of `{choice.family}`; {suggest(text, choice.options, 'options')}")
    return text


def read_injected(text: str) -> Injected:
    """A truth, a number, or a name."""
    if text in ("true", "false"):
        return text == "true"
    try:
        value = float(text)
    except ValueError:
        return text
    return value if math.isfinite(value) else text


@dataclass(frozen=True, slots=True)
class Place:
    """Which future of a study a game is played in.

    Attributes:
        seed: Of worlds and luck, and of the world where none is given.
        worlds: Of how many worlds it is one.
        world: Which; drawn where left out.
        replication: Of the luck.
    """

    seed: int = 1
    worlds: int = 512
    world: int | None = None
    replication: int = 0

    @property
    def number(self) -> int:
        """The world.

        Raises:
            ValueError: There is no such world.
        """
        if self.world is None:
            return int(np.random.Generator(np.random.Philox(self.seed)).integers(self.worlds))
        if not 0 <= self.world < self.worlds:
            raise ValueError(f"there is no world {self.world}: of {self.worlds} worlds they are 0 to {self.worlds - 1}")
        return self.world


def new_game(study: Study, seats: Sequence[str], profile: Mapping[str, str], place: Place = Place()) -> Game:
    """A game that has not begun.

    Args:
        study: The study, with its variants and held numbers.
        seats: Actors that people play.
        profile: By actor that chooses, its strategy; the first of its strategies where it is left out.
        place: Which future.

    Raises:
        ValueError: An actor does not choose, or is named twice; no such world.
    """
    players = study.program.players
    for seat in seats:
        if seat not in players:
            raise ValueError(f"no actor that chooses is named `{seat}`; {suggest(seat, players, 'actors')}")
    if len(set(seats)) < len(seats):
        raise ValueError("an actor has one seat: name each once")
    model = study.model
    full = {player: profile.get(player, study.model.instances(player)[0].label) for player in players}
    return Game(FORMAT, model.name, model.digest, model.applied, held=dict(study.held), seed=place.seed,
        worlds=place.worlds,
                world=place.number, replication=place.replication, profile=full, seats=tuple(seats))  # fmt: skip


def opened(study: Study, game: Game) -> Position:
    """Where a game stands, its turns played again.

    Raises:
        ValueError: It is of another study, or of what the study meant before.
    """
    if game.format != FORMAT:
        raise ValueError(f"this is no game of this version: it says `{game.format}`, and `{FORMAT}` is read")
    if game.digest != study.model.digest:
        raise ValueError(f"this game is of `{game.study}` as it was before: the study says something else now")
    start = begin(study.program, lanes_of_game(study, game), realised=True)
    position = Position(study, msgspec.structs.replace(game, turns=()), (start,))
    for turn in game.turns:
        position = position.play(turn)
    return position


def lanes_of_game(study: Study, game: Game) -> Lanes:
    """The one future that a game is.

    Raises:
        ValueError: The study has no such future.
    """
    program = study.program
    world = Place(game.seed, game.worlds, game.world).number
    profiles = choose_profiles(program, game.profile)
    if len(profiles) != 1:
        raise ValueError("a game needs one strategy for every actor: give the settings too")
    worlds = draw_worlds(study.model, game.worlds, game.seed, fixed=game.held)
    design = Design(profiles, worlds, game.replication + 1, game.seed, realised=True)
    return lanes_of(program, design, np.array([0]), np.array([world]), replications=np.array([game.replication]))


def _injected(model: Model, state: State, injected: Mapping[str, Injected]) -> tuple[State, dict[Symbol, Any]]:
    """The state with what a facilitator set in it, and what is held in the step."""
    known = dict(state.known)
    held: dict[Symbol, Any] = {}
    families = {choice.family: choice.options for choice in model.choices}
    modes = {mode.name: mode.states for mode in model.modes}
    truths = {event.name: Symbol("event", event.name) for event in model.events if event.kind != "count"}
    truths |= {move.name: Symbol("move", move.name) for mode in model.modes for move in mode.moves}
    for name, value in injected.items():
        if name in truths and isinstance(value, bool):
            held[truths[name]] = np.bool_(value)
        elif name in families and value in families[name]:
            held[Symbol("choice", name)] = np.int64(families[name].index(str(value)))
        elif name in modes and value in modes[name]:
            known[Symbol("mode", name)] = np.array([modes[name].index(str(value))])
        elif (
            any(stock.name == name for stock in model.stocks) and isinstance(value, (int, float)) and np.isfinite(value)
        ):
            known[Symbol("stock", name)] = np.array([float(value)])
        else:
            raise ValueError(_advice(name, value, {**families, **modes}, truths))
    return replace(state, known=known), held


def _advice(name: str, value: Injected, named: Mapping[str, tuple[str, ...]], truths: Mapping[str, Symbol]) -> str:
    if name in named:
        return f"`{name}` takes one of {', '.join(f'`{one}`' for one in named[name])}, not `{value}`"
    if name in truths:
        return f"`{name}` takes `true` or `false`, not `{value}`"
    return f"nothing that can be set is named `{name}`: an event, move, mode, choice or stock can"
