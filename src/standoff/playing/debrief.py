"""After a game: what each choice was worth, what every strategy would have chosen, and what the game came to.

The regret of a choice is measured from the position in which it was made, in the world as it was, with luck drawn
anew: for each option the futures in which it is chosen now and the best of the actor's strategies is followed from the
next step on, the same luck for all. It is the mean of what the best option gains over the one taken; the best one is
chosen on half of the luck and valued on the other, so that picking the largest of noisy means gains nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

from standoff.base.chance import streams
from standoff.language.expressions.tree import Symbol
from standoff.playing.game import Position, Turn, choices_of
from standoff.program.lanes import Lanes, State, empty
from standoff.program.stepper import advance, finish

__all__ = ["Debrief", "Judged", "debrief"]

Floats = npt.NDArray[np.float64]
LUCKS = 64
"""Streams of luck from each position."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One choice of one actor, looked at afterwards.

    Attributes:
        step, date: When.
        taken: By choice, the option taken.
        best: Likewise, what did best from there on; as `taken` where nothing did better beyond the error.
        regret, error: What the best gains over what was taken, in the actor's payoff, and its standard error; 0 where
            both are the same.
        advised: By strategy, what it would have chosen.
    """

    step: int
    date: str
    taken: dict[str, str]
    best: dict[str, str]
    regret: float
    error: float
    advised: dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Debrief:
    """What a game came to, and what its choices were worth.

    Attributes:
        outcomes, payoffs: What the future came to.
        judged: For each seat, its choices in their order.
        world: Every assumption, as it was in this world.
        lucks: Streams of luck behind each regret.
    """

    outcomes: dict[str, float]
    payoffs: dict[str, float]
    judged: dict[str, tuple[Judged, ...]]
    world: dict[str, float]
    lucks: int


def debrief(position: Position, *, lucks: int = LUCKS) -> Debrief:
    """Look at a game that was played, to wherever it got."""
    program = position.program
    results = position.results()
    return Debrief(
        {m.name: float(results.outcomes[i, 0]) for i, m in enumerate(program.measured)},
        {p.actor: float(results.payoffs[i, 0]) for i, p in enumerate(program.payoffs)},
        {seat: tuple(_judged(position, seat, lucks)) for seat in position.game.seats},
        {p.name: float(np.ravel(position.state.lanes.columns[p.name])[0]) for p in position.model.uncertain
         if p.name in position.state.lanes.columns},
        lucks=lucks,
    )  # fmt: skip


def _judged(position: Position, seat: str, lucks: int) -> Iterator[Judged]:
    for step, turn in enumerate(position.game.turns):
        state = position.states[step]
        own = {family: option for family, option in turn.choices.items() if family.split(".")[0] == seat}
        best, regret, error = _regret(position, state, seat, turn, lucks=lucks)
        yield Judged(step, position.model.clock.label(step), own, best, regret=regret, error=error,
                     advised=_advised(position, state, seat))  # fmt: skip


def _regret(
    position: Position, state: State, seat: str, turn: Turn, *, lucks: int
) -> tuple[dict[str, str], float, float]:
    """The best option from a state on, and what it gains over the one taken, with its error."""
    program = position.program
    paid = [p.actor for p in program.payoffs]
    choices = choices_of(position.model, seat)
    own = {choice.family: turn.choices[choice.family] for choice in choices}
    if seat not in paid:
        return own, 0.0, 0.0
    options = [
        dict(zip([c.family for c in choices], one, strict=True)) for one in product(*(c.options for c in choices))
    ]
    player = program.players.index(seat)
    strategies = len(program.instances[player])
    shape = (len(options), strategies, lucks)
    size = int(np.prod(shape))
    option, strategy, luck = (grid.ravel() for grid in np.indices(shape))
    lanes = _fresh(state.lanes, player, strategy, luck, step=state.step)
    spread = _spread(position, state, lanes, size)
    held: dict[Symbol, Any] = {
        Symbol("choice", choice.family): np.array([choice.options.index(one[choice.family]) for one in options])[option]
        for choice in choices
    }
    for other, chosen in turn.choices.items():
        if other not in own:
            held[Symbol("choice", other)] = np.int64(_index(position, other, chosen))
    spread = advance(program, spread, held)
    while spread.step < program.n_steps:
        spread = advance(program, spread)
    payoffs = finish(program, spread).payoffs[paid.index(seat)].reshape(shape)
    taken = options.index(own)
    half = lucks // 2
    best_now, follow = _best(payoffs[:, :, :half])
    gains = payoffs[best_now, follow[best_now], half:] - payoffs[taken, follow[taken], half:]
    regret, error = float(gains.mean()), float(gains.std(ddof=1) / np.sqrt(gains.size))
    if best_now == taken or not regret > 2.0 * error:
        return own, 0.0 if best_now == taken else max(regret, 0.0), 0.0 if best_now == taken else error
    return options[best_now], regret, error


def _best(payoffs: Floats) -> tuple[int, npt.NDArray[np.intp]]:
    """(options, strategies, lucks): the best option, and for each option the best strategy to follow."""
    means = payoffs.mean(axis=2)
    follow = means.argmax(axis=1)
    return int(means.max(axis=1).argmax()), follow


def _advised(position: Position, state: State, seat: str) -> dict[str, dict[str, str]]:
    """What each of an actor's strategies would have chosen in a state."""
    program = position.program
    player = program.players.index(seat)
    instances = program.instances[player]
    n = len(instances)
    lanes = state.lanes
    played = tuple(np.arange(n) if i == player else np.repeat(one, n) for i, one in enumerate(lanes.instances))
    columns = {name: np.repeat(np.ravel(lanes.columns[name]), n) for name in lanes.columns}
    levels = {name: np.repeat(level, n) for name, level in lanes.levels.items()}
    many = Lanes(columns, played, levels, np.repeat(lanes.keys, n))
    seen = advance(program, _spread(position, state, many, n)).seen
    found: dict[str, dict[str, str]] = {instance.label: {} for instance in instances}
    for choice in choices_of(position.model, seat):
        values = np.broadcast_to(np.ravel(seen[Symbol("choice", choice.family)]), n)
        for instance, value in zip(instances, values, strict=True):
            found[instance.label][choice.family] = choice.options[int(value)] if value >= 0 else "none"
    return found


def _fresh(lanes: Lanes, player: int, strategy: Any, luck: Any, *, step: int) -> Lanes:
    """The future of a game many times: with each strategy of a player, and luck of its own."""
    n = luck.size
    keys = streams.lane_keys(int(step) + 1, np.repeat(lanes.keys, n), luck.astype(np.uint64))
    played = tuple(strategy if i == player else np.repeat(one, n) for i, one in enumerate(lanes.instances))
    columns = {name: np.repeat(np.ravel(lanes.columns[name]), n) for name in lanes.columns}
    return Lanes(columns, played, {name: np.repeat(level, n) for name, level in lanes.levels.items()}, keys)


def _spread(position: Position, state: State, lanes: Lanes, n: int) -> State:
    """A state of one future as that of many futures with other strategies or other luck from here on."""
    given = empty(position.program, lanes, realised=True).known

    def many(value: Any) -> Any:
        return np.repeat(np.ravel(value), n) if np.ndim(value) and np.size(value) == 1 else value

    known = {symbol: many(value) for symbol, value in state.known.items()} | dict(given)
    return replace(
        state, lanes=lanes, known=known, seen={},
        survival=many(state.survival), living=many(state.living), left=(),
        payoffs=tuple(map(many, state.payoffs)), discounts=tuple(map(many, state.discounts)),
        sums=tuple(map(many, state.sums)), weights=tuple(map(many, state.weights)),
        running=tuple(map(many, state.running)),
        lines={symbol: tuple(map(many, line)) for symbol, line in state.lines.items()},
        fault=many(state.fault), fault_step=many(state.fault_step), broken=tuple(map(many, state.broken)),
    )  # fmt: skip


def _index(position: Position, family: str, option: str) -> int:
    return next(c for c in position.model.choices if c.family == family).options.index(option)
