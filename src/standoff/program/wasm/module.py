"""Modules assembled, compiled and run in the reference's place, by wasmtime."""

from __future__ import annotations

import atexit
import ctypes
import weakref
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from standoff.program.columns import Table
from standoff.program.compiled import Given, Last, run_compiled, tables_of
from standoff.program.lowering.places import Source
from standoff.program.program import Program
from standoff.program.reference import Lanes, Results
from standoff.program.wasm.writer import PAGE, emit_module

__all__ = ["Module", "assemble", "load_module"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Module:
    """A compiled module of one program. Threads may call it at once: each call has an instance to itself."""

    program: Program
    source: Source
    compiled: Any
    tables: tuple[npt.NDArray[np.uint64], Floats]
    idle: list[_Instance] = field(default_factory=list, repr=False)

    def __call__(self, program: Program, lanes: Lanes, *, realised: bool = False) -> Results:
        """Run futures; the results are the reference's, bit for bit."""
        return run_compiled(program, self.source, self._call, lanes, realised=realised)

    def _call(self, given: Given) -> Floats:
        try:
            instance = self.idle.pop()
        except IndexError:
            instance = _Instance(self)
        found = instance.run(given)
        self.idle.append(instance)
        return found


def load_module(program: Program) -> Module:
    """The module of a program, made and compiled; the last few are kept.

    Args:
        program: From `standoff.program.compile.compile_model`.
    """
    module: Module = _MODULES.of(program)
    return module


def assemble(text: str) -> bytes:
    """A module's text as the bytes that engines read, without the names in it."""
    import wasmtime  # noqa: PLC0415 - a native library, which only those load who run modules

    return bytes(wasmtime.wat2wasm(text))


def _made(program: Program) -> Module:
    import wasmtime  # noqa: PLC0415

    source = emit_module(program)
    compiled = wasmtime.Module(_engine(), assemble(source.text))
    module = Module(program, source, compiled, tables_of(program, source))
    weakref.finalize(module, _close, compiled, module.idle)
    return module


def _close(compiled: Any, idle: list[_Instance]) -> None:
    """Give native memory back, at the latest before the interpreter takes itself apart."""
    for instance in idle:
        instance.store.close()
    compiled.close()


_MODULES = Last(_made)


@cache
def _engine() -> Any:
    import wasmtime  # noqa: PLC0415

    engine = wasmtime.Engine()
    atexit.register(engine.close)
    return engine


class _Instance:
    """A module's memory and functions, for one thread at a time."""

    def __init__(self, module: Module) -> None:
        import wasmtime  # noqa: PLC0415

        self.store = wasmtime.Store(_engine())
        exports = wasmtime.Instance(self.store, module.compiled, []).exports(self.store)
        self.memory: Any = exports["memory"]
        self.lay: Any = exports["lay"]
        self.call: Any = exports["run"]
        heap: Any = exports["heap"]
        self.rows = len(module.source.outputs) + 1
        self.table: Table | None = None
        self.begin = self.end = int(heap.value(self.store))
        self.fixed = [self._put(table) for table in module.tables]
        self.begin = self.end
        self.columns = self.end

    def run(self, given: Given) -> Floats:
        """The module's results, (outputs + 1, lanes)."""
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
        self.call(self.store, runs, given.runs.size - 1)
        found = np.frombuffer(self._view(out, 8 * self.rows * n), dtype=np.float64)
        return found.reshape(self.rows, n).copy()

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
