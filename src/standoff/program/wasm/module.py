"""Modules assembled, compiled and run in the reference's place, by wasmtime."""

from __future__ import annotations

import atexit
import ctypes
import math
import weakref
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt

from standoff.language.expressions.tree import Symbol
from standoff.program.columns import Table
from standoff.program.compiled import Given, Last, follow_compiled, run_compiled, tables_of
from standoff.program.lowering.places import Source
from standoff.program.program import Program
from standoff.program.reference import Lanes, Results
from standoff.program.wasm.writer import PAGE, emit_module

__all__ = ["Module", "assemble", "load_module"]

Floats = npt.NDArray[np.float64]


class Module:
    """A compiled module of one program, made when it is first called.

    Threads may call it at once: each call has an instance to itself.

    Args:
        program: From `standoff.program.compile.compile_model`.
        followed: Stocks, modes, quantities and events that `follow` is to tell of.
    """

    def __init__(self, program: Program, followed: tuple[Symbol, ...] = ()) -> None:
        self.program = program
        self.followed = followed
        self.idle: list[_Instance] = []
        self._lock = Lock()
        self._made: _Made | None = None

    @property
    def made(self) -> _Made:
        """The module, ready to be called."""
        with self._lock:
            if self._made is None:
                self._made = _make(self.program, self.followed)
                weakref.finalize(self, _close, self._made, self.idle)
            return self._made

    def __call__(self, program: Program, lanes: Lanes, *, realised: bool = False) -> Results:
        """Run futures; the results are the reference's, bit for bit."""
        return run_compiled(program, self.made.source, lambda given: self._call(given)[0], lanes, realised=realised)

    def follow(self, lanes: Lanes) -> tuple[Floats, npt.NDArray[np.int64]]:
        """(followed, steps + 1, lanes) as `run_paths` tells it, and the lanes of which only the reference can tell."""
        paths, wrong = follow_compiled(self.program, self.made.source, self._call, lanes)
        carried = {one.symbol for one in self.program.carried}
        passing = [i for i, symbol in enumerate(self.followed) if symbol not in carried]
        if paths.size:
            paths[passing, -1] = np.nan
        return paths, wrong

    def _call(self, given: Given) -> tuple[Floats, Floats]:
        try:
            instance = self.idle.pop()
        except IndexError:
            instance = _Instance(self.made)
        found = instance.run(given, len(self.followed), self.program.n_steps + 1)
        self.idle.append(instance)
        return found


def load_module(program: Program) -> Module:
    """The module of a program; the last few are kept.

    Args:
        program: From `standoff.program.compile.compile_model`.
    """
    module: Module = _MODULES.of(program)
    return module


def assemble(text: str) -> bytes:
    """A module's text as the bytes that engines read, without the names in it."""
    import wasmtime  # noqa: PLC0415 - a native library, which only those load who run modules

    return bytes(wasmtime.wat2wasm(text))


_MODULES = Last(Module)


@dataclass(frozen=True, slots=True, eq=False)
class _Made:
    """What a module is made of: its text, the engine's form of it, and what each step reads."""

    source: Source
    compiled: Any
    tables: tuple[npt.NDArray[np.uint64], Floats]


def _make(program: Program, followed: tuple[Symbol, ...]) -> _Made:
    import wasmtime  # noqa: PLC0415

    source = emit_module(program, followed=followed)
    return _Made(source, wasmtime.Module(_engine(), assemble(source.text)), tables_of(program, source))


def _close(made: _Made, idle: list[_Instance]) -> None:
    """Give native memory back, at the latest before the interpreter takes itself apart."""
    for instance in idle:
        instance.store.close()
    made.compiled.close()


@cache
def _engine() -> Any:
    import wasmtime  # noqa: PLC0415

    engine = wasmtime.Engine()
    atexit.register(engine.close)
    return engine


class _Instance:
    """A module's memory and functions, for one thread at a time."""

    def __init__(self, module: _Made) -> None:
        import wasmtime  # noqa: PLC0415

        self.store = wasmtime.Store(_engine())
        exports = wasmtime.Instance(self.store, module.compiled, []).exports(self.store)
        self.memory: Any = exports["memory"]
        self.lay: Any = exports["lay"]
        self.call: Any = exports["run"]
        self.follow: Any = exports.get("follow")
        heap: Any = exports["heap"]
        self.rows = len(module.source.outputs) + 1
        self.table: Table | None = None
        self.begin = self.end = int(heap.value(self.store))
        self.fixed = [self._put(table) for table in module.tables]
        self.begin = self.end
        self.columns = self.end

    def run(self, given: Given, followed: int, points: int) -> tuple[Floats, Floats]:
        """The module's results, (outputs + 1, lanes), and what it follows, (followed, points of the clock, lanes)."""
        if self.table is not given.table:
            self.end = self.begin
            self.columns = self._put(given.table.array)
            self.table = given.table
            self.after_columns = self.end
        self.end = self.after_columns
        n = given.keys.size
        worlds, keys, table, runs = (
            self._put(x) for x in (given.worlds, given.keys, given.given, given.runs.astype(np.int32))
        )
        out = self._room(8 * self.rows * n)
        counters, clock = self.fixed
        self.lay(self.store, self.columns, given.table.array.shape[1], worlds, keys, table, counters, clock, out, n)
        paths = self._room(8 * followed * points * n)
        if followed:
            self.follow(self.store, paths)
        self.call(self.store, runs, given.runs.size - 1)
        return self._read(out, self.rows, n), self._read(paths, followed, points, n)

    def _read(self, place: int, *shape: int) -> Floats:
        """A copy of numbers in the memory."""
        size = 8 * math.prod(shape)
        return (
            np.frombuffer(self._view(place, size), dtype=np.float64).reshape(shape).copy() if size else np.empty(shape)
        )

    def _put(self, array: npt.NDArray[Any]) -> int:
        """Copy an array into the memory; where it stands."""
        place = self._room(array.nbytes)
        if array.nbytes:
            np.frombuffer(self._view(place, array.nbytes), dtype=array.dtype)[:] = array.ravel()
        return place

    def _room(self, size: int) -> int:
        """So many bytes after all others, 16 at a time."""
        place = -(-self.end // 16) * 16
        self.end = place + size
        lacking = self.end - self.memory.data_len(self.store)
        if lacking > 0:
            self.memory.grow(self.store, -(-lacking // PAGE))
        return place

    def _view(self, place: int, size: int) -> Any:
        address = ctypes.addressof(self.memory.data_ptr(self.store).contents)
        return (ctypes.c_ubyte * size).from_address(address + place)
