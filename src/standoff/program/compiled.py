"""Futures through a compiled module, in the reference's place: what goes in, and what its results mean.

A module takes runs of futures of one profile each, and only notices that something went wrong in a future; the
reference runs such a future again and says what, and when.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt

from standoff.base.chance import streams
from standoff.program.columns import Table, WorldColumns
from standoff.program.lowering.places import Source
from standoff.program.program import Program
from standoff.program.reference import Lanes, Results, run_lanes

__all__ = ["Given", "Last", "follow_compiled", "picked", "played_input", "run_compiled", "tables_of"]

Floats = npt.NDArray[np.float64]

SHORT_RUN = 16  # lanes of one profile side by side: with fewer than these on average, lanes are brought into order


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """What tells the futures of a call apart.

    Attributes:
        table: Columns of the worlds, all finite.
        worlds: (lanes) each future's row of the table.
        keys: (lanes) keys of luck.
        given: (runs, inputs) what each run of futures plays, in the order of `Source.given`.
        runs: (runs + 1) where each begins, and the last ends.
    """

    table: Table
    worlds: npt.NDArray[np.int64]
    keys: npt.NDArray[np.uint64]
    given: Floats
    runs: npt.NDArray[np.int64]


def run_compiled(
    program: Program, source: Source, call: Callable[[Given], Floats], lanes: Lanes, *, realised: bool
) -> Results:
    """Run futures; the results are the reference's, bit for bit.

    Args:
        program: The one that the source was made of.
        source: The module's.
        call: Runs the module; (outputs + 1, lanes), its caller's to change.
        lanes: The futures.
        realised: Whether ends are drawn.
    """
    laid = _lay(program, source, lanes, realised=realised)
    if laid is None:
        return run_lanes(program, lanes, realised=realised)
    given, order = laid
    out = call(given)
    if order is not None:
        out[:, order] = out.copy()
    wrong = np.flatnonzero(out[-1])
    out[:, wrong] = 0.0
    found = _results(program, source, out)
    return _run_again(program, lanes, wrong, found, realised=realised) if wrong.size else found


def follow_compiled(
    program: Program, source: Source, call: Callable[[Given], tuple[Floats, Floats]], lanes: Lanes
) -> tuple[Floats, npt.NDArray[np.int64]]:
    """What a module keeps of every step of futures.

    Args:
        program: The one that the source was made of.
        source: The module's.
        call: Runs the module; its results, and (followed, steps + 1, lanes) of what it follows.
        lanes: The futures.

    Returns:
        (followed, steps + 1, lanes), and the lanes of which only the reference can tell.
    """
    laid = _lay(program, source, lanes, realised=False)
    if laid is None:
        return np.empty((0, 0, 0)), np.arange(lanes.size)
    given, order = laid
    out, paths = call(given)
    if order is not None:
        out[:, order], paths[..., order] = out.copy(), paths.copy()
    return paths, np.flatnonzero(out[-1])


class Last:
    """What was made of the last programs: an analysis runs one many times."""

    def __init__(self, make: Callable[[Program], Any], most: int = 16) -> None:
        self._make = make
        self._kept: deque[tuple[Program, Future[Any]]] = deque(maxlen=most)
        self._lock = Lock()

    def of(self, program: Program) -> Any:
        """What is made of a program, which is made once; of different programs at once, where threads ask."""
        with self._lock:
            known = next((made for one, made in self._kept if one is program), None)
            made: Future[Any] = known or Future()
            if known is None:
                self._kept.append((program, made))
        if known is None:
            try:
                made.set_result(self._make(program))
            except BaseException as error:
                with self._lock:
                    self._kept = deque((kept for kept in self._kept if kept[1] is not made), self._kept.maxlen)
                made.set_exception(error)
        return made.result()


def tables_of(program: Program, source: Source) -> tuple[npt.NDArray[np.uint64], Floats]:
    """What a kernel reads in each step: counters of luck (draws, steps), and clock and series (steps, inputs)."""
    return _counters(program, source), _clock(program, source)


def _counters(program: Program, source: Source) -> npt.NDArray[np.uint64]:
    table = [[streams.counter(streams.key(name), t) for t in range(program.n_steps)] for name in source.luck]
    return np.array(table, dtype=np.uint64).reshape(len(source.luck), program.n_steps)


def _clock(program: Program, source: Source) -> Floats:
    series = dict(program.series)
    clock = program.model.clock
    table = np.empty((program.n_steps, len(source.clock)))
    for k, (kind, name) in enumerate(source.clock):
        for t in range(program.n_steps):
            if kind == "series":
                table[t, k] = series[name][min(t, len(series[name]) - 1)]
            else:
                table[t, k] = float(t) if name == "step" else clock.date(t)
    return table


def _lay(
    program: Program, source: Source, lanes: Lanes, *, realised: bool
) -> tuple[Given, npt.NDArray[np.int64] | None] | None:
    """What a module is given, and the order in which lanes are brought for it; None where it cannot take the worlds."""
    if isinstance(lanes.columns, WorldColumns):
        table, worlds = lanes.columns.table, lanes.columns.worlds
    else:
        table, worlds = Table(program.columns, lanes.columns), np.arange(lanes.size)
    if not table.is_finite:  # what modules take for granted
        return None
    order = _grouped(lanes)
    played = lanes if order is None else picked(lanes, order)
    given, runs = _given(program, source, played, realised)
    worlds = np.ascontiguousarray(worlds if order is None else worlds[order], dtype=np.int64)
    return Given(table, worlds, np.ascontiguousarray(played.keys), given, runs=runs), order


def _given(program: Program, source: Source, lanes: Lanes, realised: bool) -> tuple[Floats, npt.NDArray[np.int64]]:
    """The inputs of each run of lanes with one profile, and where runs begin; (runs, inputs) and (runs + 1)."""
    levels = {name: lanes.levels[name] for name, _ in program.levels if name in lanes.levels}
    first = _firsts(lanes)
    given: Floats = np.empty((first.size, len(source.given)))
    for k, key in enumerate(source.given):
        if key == "realised":
            given[:, k] = float(realised)
        elif key[0] == "level":
            given[:, k] = levels[key[1]][first] if key[1] in levels else dict(program.levels)[key[1]]
        else:
            player, table = played_input(program, key)
            given[:, k] = table[lanes.instances[player][first]]
    return given, np.append(first, lanes.size).astype(np.int64)


def played_input(program: Program, key: tuple[str, str]) -> tuple[int, Floats]:
    """An input of a block that hangs on what a player plays: which player, and its number by instance."""
    kind, name = key
    player = program.players.index(name if kind == "strategy" else name.split(".", 1)[0])
    instances = program.instances[player]
    return player, _strategies(instances) if kind == "strategy" else _settings(program, name, instances)


def _firsts(lanes: Lanes) -> npt.NDArray[np.int64]:
    """Where runs of lanes with one profile and one set of levels begin."""
    changes = np.zeros(lanes.size, dtype=np.bool_)
    changes[:1] = True
    for key in (*lanes.instances, *lanes.levels.values()):
        changes[1:] |= key[1:] != key[:-1]
    return np.flatnonzero(changes)


def _grouped(lanes: Lanes) -> npt.NDArray[np.int64] | None:
    """An order in which lanes of one profile stand together; None where they do so well enough already.

    A kernel steps the lanes of a run side by side, so that where every lane draws its own profile it would step them
    one by one, a hundred times slower.
    """
    if _firsts(lanes).size * SHORT_RUN <= lanes.size:
        return None
    return np.lexsort((*lanes.instances, *lanes.levels.values()))


def picked(lanes: Lanes, of: npt.NDArray[np.int64]) -> Lanes:
    """Some lanes, in this order."""
    columns = lanes.columns
    return Lanes(
        WorldColumns(columns.table, columns.worlds[of])
        if isinstance(columns, WorldColumns)
        else {name: column[of] for name, column in columns.items()},
        tuple(chosen[of] for chosen in lanes.instances),
        {name: level[of] for name, level in lanes.levels.items()},
        lanes.keys[of],
    )


def _strategies(instances: tuple[Any, ...]) -> Floats:
    names = list(dict.fromkeys(i.strategy.name for i in instances))
    return np.array([names.index(i.strategy.name) for i in instances], dtype=np.float64)


def _settings(program: Program, symbol: str, instances: tuple[Any, ...]) -> Floats:
    """A setting's level by instance, options as their indices; 0 where the strategy is not played."""
    player, strategy, name = symbol.split(".", 2)
    levels = [dict(i.settings).get(name, 0.0) if i.strategy.name == strategy else 0.0 for i in instances]
    words = tuple(level for level in levels if isinstance(level, str))
    if not words:
        return np.array(levels, dtype=np.float64)
    options = program.model.families()[program.model.setting_family(player, words) or ""]
    return np.array([options.index(x) if isinstance(x, str) else 0 for x in levels], dtype=np.float64)


def _results(program: Program, source: Source, out: Floats) -> Results:
    """What the kernel says of its futures, as if nothing had gone wrong in any."""
    row = {name: out[k] for k, name in enumerate(source.outputs)}
    n = out.shape[1]
    outcomes = np.array([row[f"outcome {i}"] for i in range(len(program.measured))]).reshape(-1, n)
    payoffs = np.array([row[f"payoff {i}"] for i in range(len(program.payoffs))]).reshape(-1, n)
    for results in (outcomes, payoffs):
        results[np.isnan(results)] = np.nan  # one pattern of bits
    weights = np.ones_like(outcomes)
    for i, measured in enumerate(program.measured):
        if measured.first is not None:
            weights[i] = row[f"weight {i}"]
    names = [f"clipped {c.symbol.kind} {c.symbol.name}" for c in program.carried]
    clipped = np.array([int(row[name].sum()) if name in row else 0 for name in names], dtype=np.int64)
    counts = [e.name for e in program.model.events if e.kind == "count"]
    clamped = {name: int(row[f"clamped {name}"].sum()) if f"clamped {name}" in row else 0 for name in counts}
    broken = np.array([row[f"broken {i}"] for i in range(len(program.checks))]).reshape(-1, n).astype(np.int32)
    fault, fault_step = np.zeros(n, dtype=np.int32), np.full(n, -1, dtype=np.int32)
    return Results(
        outcomes, weights, payoffs, row["survival"], fault=fault, fault_step=fault_step, clipped=clipped,
        clamped=clamped, broken=broken,
    )  # fmt: skip


def _run_again(
    program: Program, lanes: Lanes, wrong: npt.NDArray[np.int64], found: Results, *, realised: bool
) -> Results:
    """Results with the reference's in the futures in which something goes wrong: it knows what, and when."""
    theirs = run_lanes(program, picked(lanes, wrong), realised=realised)
    for name in ("outcomes", "weights", "payoffs", "survival", "fault", "fault_step", "broken"):
        getattr(found, name)[..., wrong] = getattr(theirs, name)
    clamped = {name: n + theirs.clamped[name] for name, n in found.clamped.items()}
    return replace(found, clipped=found.clipped + theirs.clipped, clamped=clamped)
