"""What tells futures apart, what they are between steps, and what they came to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from standoff.language.expressions.tree import Symbol
from standoff.program.program import Program

__all__ = ["Lanes", "Results", "State", "empty", "picked", "what_is_held"]

Floats = npt.NDArray[np.float64]
REALISED = Symbol("hidden", "realised")


@dataclass(frozen=True, slots=True)
class Lanes:
    """What tells futures apart. All arrays have one entry per lane.

    Args:
        columns: Uncertainties and values, by name.
        instances: For each player the index of its strategy (with settings) among the program's instances.
        levels: Levels of deals' terms by `deal.term`, where they differ from the usual ones.
        keys: Keys of the streams of luck, from `standoff.base.chance.streams.lane_keys`.
    """

    columns: Mapping[str, Floats]
    instances: tuple[npt.NDArray[np.int64], ...]
    levels: Mapping[str, Floats]
    keys: npt.NDArray[np.uint64]

    @property
    def size(self) -> int:
        """How many futures."""
        return int(self.keys.size)


@dataclass(frozen=True, slots=True)
class Results:
    """What the futures came to.

    Attributes:
        outcomes: (outcomes, lanes), NaN where the future faulted or the outcome is missing.
        weights: (outcomes, lanes) in [0, 1]: below 1 only for an outcome that can be missing (`first`).
        payoffs: (payoffs, lanes), NaN where the future faulted.
        survival: (lanes) the weight S that is left after the last step, NaN where the future faulted.
        fault: (lanes) 0, or 1 + equation · n_kinds + kind of the first fault.
        fault_step: (lanes) the step of the first fault.
        clipped: For each carried thing, in how many steps of how many lanes `within` clipped it.
        clamped: For each count, in how many steps of how many lanes `at_most` clamped it.
        broken: (checks, lanes) the first step in which a check did not hold, or -1.
    """

    outcomes: Floats
    weights: Floats
    payoffs: Floats
    survival: Floats
    fault: npt.NDArray[np.int32]
    fault_step: npt.NDArray[np.int32]
    clipped: npt.NDArray[np.int64]
    clamped: Mapping[str, int]
    broken: npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class State:
    """Futures at the start of a step, or after the last. Arrays have one entry per lane, or are one number for all.

    Attributes:
        lanes: Which futures.
        realised: Whether ends are drawn.
        step: Index of the step that comes.
        known: What is settled at its start: stocks, modes, memories, the clock, and what never changes.
        seen: All that was known in the step before, by symbol; empty at the start.
        survival: The weight S of what goes on.
        living: Likewise, at the start of the step before.
        left: By branch, the weight that ended in it in the step before, and what it made of what `final` reads.
        payoffs, discounts: By payoff, so far.
        sums, weights, running: By reducer, so far.
        lines: Delay lines: a value for each step that is kept.
        fault, fault_step, clipped, clamped, broken: As in `Results`, so far.
    """

    lanes: Lanes
    realised: bool
    step: int
    known: Mapping[Symbol, Any]
    seen: Mapping[Symbol, Any]
    survival: Floats
    living: Floats
    left: tuple[tuple[Floats, Mapping[Symbol, Any]], ...]
    payoffs: tuple[Floats, ...]
    discounts: tuple[Any, ...]
    sums: tuple[Floats, ...]
    weights: tuple[Floats, ...]
    running: tuple[Any, ...]
    lines: Mapping[Symbol, tuple[Any, ...]]
    fault: npt.NDArray[np.int32]
    fault_step: npt.NDArray[np.int32]
    clipped: npt.NDArray[np.int64]
    clamped: Mapping[str, int]
    broken: tuple[npt.NDArray[np.int32], ...]


def empty(program: Program, lanes: Lanes, *, realised: bool) -> State:
    """Futures before anything is worked out: only what never changes is known."""
    n, n_reduced = lanes.size, len(program.reduced)
    nothing = np.zeros(n)
    return State(
        lanes, realised, 0, _what_is_given(program, lanes) | {REALISED: np.bool_(realised)}, seen={},
        survival=np.ones(n), living=np.ones(n), left=(),
        payoffs=(nothing,) * len(program.payoffs), discounts=(1.0,) * len(program.payoffs),
        sums=(nothing,) * n_reduced, weights=(nothing,) * n_reduced, running=(0.0,) * n_reduced, lines={},
        fault=np.zeros(n, dtype=np.int32), fault_step=np.full(n, -1, dtype=np.int32),
        clipped=np.zeros(len(program.carried), dtype=np.int64),
        clamped={e.name: 0 for e in program.model.events if e.kind == "count"},
        broken=(np.full(n, -1, dtype=np.int32),) * len(program.checks),
    )  # fmt: skip


def picked(state: State, order: npt.NDArray[np.int64]) -> State:
    """Futures as copies of others: all that is by lane is taken in this order, but `lanes`, which stay as they are.

    Args:
        state: Any.
        order: (lanes,) which future each is a copy of; of any length, where `lanes` are replaced after.
    """
    n = state.fault.size

    def pick(x: Any) -> Any:
        if isinstance(x, np.ndarray):
            return x[order] if x.shape == (n,) else x
        if isinstance(x, tuple):
            return tuple(pick(item) for item in x)
        if isinstance(x, Mapping):
            return {key: pick(item) for key, item in x.items()}
        return x

    kept = ("lanes", "clipped", "clamped")
    return replace(state, **{f.name: pick(getattr(state, f.name)) for f in fields(state) if f.name not in kept})


def _what_is_given(program: Program, lanes: Lanes) -> dict[Symbol, Any]:
    """What does not change from step to step."""
    known: dict[Symbol, Any] = {}
    for name, column in lanes.columns.items():
        known[Symbol("uncertainty", name)] = known[Symbol("value", name)] = column
    for name, usual in program.levels:
        known[Symbol("level", name)] = lanes.levels.get(name, usual)
    for player, instances, chosen in zip(program.players, program.instances, lanes.instances, strict=True):
        strategies = list(dict.fromkeys(i.strategy.name for i in instances))
        played = np.array([strategies.index(i.strategy.name) for i in instances], dtype=np.float64)
        known[Symbol("strategy", player)] = played[chosen]
        for instance in instances:
            for name, _ in instance.settings:
                symbol = Symbol("setting", f"{player}.{instance.strategy.name}.{name}")
                if symbol not in known:
                    known[symbol] = _setting(program, player, instance.strategy.name, name)[chosen]
    return known


def _setting(program: Program, player: str, strategy: str, name: str) -> npt.NDArray[Any]:
    """The setting's level by instance; options as indices; 0 where the strategy is not played."""
    instances = program.instances[program.players.index(player)]
    levels = [dict(i.settings).get(name, 0.0) if i.strategy.name == strategy else 0.0 for i in instances]
    words = tuple(level for level in levels if isinstance(level, str))
    if not words:
        return np.array(levels, dtype=np.float64)
    options = program.model.families()[program.model.setting_family(player, words) or ""]
    return np.array([options.index(x) if isinstance(x, str) else 0 for x in levels], dtype=np.int64)


def what_is_held(program: Program, held: Mapping[Symbol, Any]) -> Mapping[Symbol, Any]:
    """What is held in a step; of a mode that is made to move, the other moves do not happen.

    Raises:
        ValueError: Something is held that is no choice, event or move.
    """
    known = {assignment.target for assignment in program.step}
    wrong = [symbol for symbol in held if symbol not in known or symbol.kind not in ("choice", "event", "move")]
    if wrong:
        raise ValueError(f"no choice, event or move of a step is named {wrong[0].name!r}")
    found = dict(held)
    for mode in program.model.modes:
        moves = [Symbol("move", move.name) for move in mode.moves]
        if any(np.all(held[move]) for move in moves if move in held):
            found = dict.fromkeys(moves, np.bool_(False)) | found
    return found
