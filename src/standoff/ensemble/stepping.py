"""A step of a study as a table: what every joint choice pays in every state, and where it leads.

For studies whose whole state is a few modes. Each state and joint choice is stepped once in many futures, with choices
held, each with another draw of what is uncertain: chances are those of a step's mean over worlds, for actors who do not
learn.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import numpy.typing as npt

from standoff.ensemble.design import Design, draw_worlds
from standoff.ensemble.profiles.chosen import some_profiles
from standoff.ensemble.run import lanes_of
from standoff.ensemble.study import Study
from standoff.language.expressions.tree import Symbol
from standoff.language.model import Choice, Mode
from standoff.program.lanes import State
from standoff.program.stepper import advance, begin

__all__ = ["StepTable", "tabulate_step"]

Floats = npt.NDArray[np.float64]
_MOST_CELLS = 4096


@dataclass(frozen=True, slots=True, eq=False)
class StepTable:
    """What a step pays, and where it leads.

    Attributes:
        states: A state of each mode, by name.
        actors: Who chooses.
        actions: By actor, what it can choose: an option of each of its choices.
        payoffs: (states, actors, a1, …, an), what a step pays, mean over draws.
        transitions: (states, a1, …, an, states), shares of draws.
        discounts: (actors,), what the next step counts for.
        draws: Futures behind each cell.
    """

    states: tuple[tuple[str, ...], ...]
    actors: tuple[str, ...]
    actions: tuple[tuple[tuple[str, ...], ...], ...]
    payoffs: Floats
    transitions: Floats
    discounts: Floats
    draws: int


def tabulate_step(study: Study, draws: int = 1024, seed: int = 1) -> StepTable:
    """Step every state and joint choice once.

    Args:
        study: Its modes are all that it remembers; nothing ends it; every actor that chooses is paid in each step, and
            discounts.
        draws: Futures of each cell.
        seed: Of worlds and luck; every cell has the same.

    Raises:
        ValueError: The study is none of these, or a step faults.
    """
    program, modes = study.program, study.model.modes
    _refuse_others(study)
    choices = [tuple(c for c in study.model.choices if c.actor == actor) for actor in program.players]
    options = tuple(tuple(product(*(c.options for c in own))) for own in choices)
    states = tuple(product(*(mode.states for mode in modes)))
    sizes = tuple(len(own) for own in options)
    n_cells = len(states) * math.prod(sizes)
    if n_cells > _MOST_CELLS:
        raise ValueError(f"{n_cells:,} states and joint choices are too many; {_MOST_CELLS:,} are the most")
    start = _begun(study, draws, seed)
    payoffs = np.empty((len(states), len(program.players), *sizes))
    transitions = np.empty((len(states), *sizes, len(states)))
    own = [next(k for k, p in enumerate(program.payoffs) if p.actor == actor) for actor in program.players]
    after = start
    for s, state in enumerate(states):
        here = _put(start, modes, state)
        for played in np.ndindex(*sizes):
            chosen = [options[i][k] for i, k in enumerate(played)]
            after = advance(program, here, _held(choices, chosen))
            if after.fault.any():
                raise ValueError(f"a step faults where {dict(zip([m.name for m in modes], state, strict=True))}")
            transitions[s, *played] = np.bincount(_places(after, modes, draws), minlength=len(states)) / draws
            for i, k in enumerate(own):
                payoffs[s, i, *played] = float(np.broadcast_to(after.payoffs[k], draws).mean())
    discounts = np.array([float(np.broadcast_to(after.discounts[k], draws).mean()) for k in own])
    if not ((discounts >= 0.0) & (discounts < 1.0)).all():
        raise ValueError(
            "a stationary strategy has no value unless every actor that chooses discounts what comes later"
        )
    return StepTable(
        states, program.players, options, payoffs, transitions=transitions, discounts=discounts, draws=draws
    )


def _refuse_others(study: Study) -> None:
    model, program = study.model, study.program
    kept = [c.symbol.name for c in program.carried if c.symbol.kind != "mode"]
    kept += [m.symbol.name for m in program.memories]
    if not model.modes or kept:
        found = f"it keeps {', '.join(f'`{name}`' for name in kept[:3])} too" if kept else "it has none"
        raise ValueError(f"the state must be the study's modes and nothing else, and {found}")
    if program.endings:
        raise ValueError("a study that can end has no stationary strategies")
    for actor in program.players:
        if not any(p.actor == actor and p.each is not None for p in program.payoffs):
            raise ValueError(f"`{actor}` chooses and is not paid in each step")


def _begun(study: Study, draws: int, seed: int) -> State:
    """Futures before their first step, each of another world."""
    program = study.program
    worlds = draw_worlds(study.model, draws, seed, fixed=study.held)
    zeros = np.zeros(draws, dtype=np.int64)
    design = Design(some_profiles(program), worlds, 1, seed)
    return begin(program, lanes_of(program, design, zeros, np.arange(draws), replications=zeros))


def _put(start: State, modes: tuple[Mode, ...], state: tuple[str, ...]) -> State:
    """The same futures in a state."""
    known = dict(start.known)
    for mode, name in zip(modes, state, strict=True):
        symbol = Symbol("mode", mode.name)
        known[symbol] = np.full(start.lanes.size, mode.states.index(name), dtype=np.asarray(known[symbol]).dtype)
    return replace(start, known=known)


def _held(choices: list[tuple[Choice, ...]], chosen: list[tuple[str, ...]]) -> dict[Symbol, np.int64]:
    return {
        Symbol("choice", choice.family): np.int64(choice.options.index(option))
        for own, options in zip(choices, chosen, strict=True)
        for choice, option in zip(own, options, strict=True)
    }


def _places(after: State, modes: tuple[Mode, ...], draws: int) -> npt.NDArray[np.int64]:
    """(draws,) which state each future is in."""
    found = [np.broadcast_to(after.known[Symbol("mode", m.name)], draws).astype(np.int64) for m in modes]
    return np.asarray(np.ravel_multi_index(tuple(found), tuple(len(m.states) for m in modes)))
