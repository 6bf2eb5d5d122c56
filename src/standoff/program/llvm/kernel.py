"""Kernels: compiled for this processor when they are first needed, in a fraction of a second, and run."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
from llvmlite import binding as llvm

from standoff.program.compiled import Given, Last, run_compiled, tables_of
from standoff.program.llvm.writer import emit_kernel
from standoff.program.lowering.places import Source
from standoff.program.program import Program
from standoff.program.reference import Lanes, Results

__all__ = ["Kernel", "compile_text", "load_kernel", "machine"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Kernel:
    """A compiled kernel of one program; threads may call it at once."""

    source: Source
    code: _Code
    counters: npt.NDArray[np.uint64]
    clock: Floats

    def __call__(self, program: Program, lanes: Lanes, *, realised: bool = False) -> Results:
        """Run futures; the results are the reference's, bit for bit."""
        return run_compiled(program, self.source, self.call, lanes, realised=realised)

    def call(self, given: Given) -> Floats:
        """The kernel's results, (outputs + 1, lanes)."""
        n, table = given.keys.size, given.table.array
        out = np.empty((len(self.source.outputs) + 1, n))
        workspace = np.empty(self.code.workspace + 8)
        start = -workspace.ctypes.data % 64  # so that no vector lies across two lines of the cache
        self.code.run(
            table.ctypes.data, table.shape[1], given.worlds.ctypes.data, given.keys.ctypes.data,
            given.runs.ctypes.data, given.runs.size - 1, given.given.ctypes.data,
            self.counters.ctypes.data, self.clock.ctypes.data, out.ctypes.data, n, workspace.ctypes.data + start,
        )  # fmt: skip
        return out


def load_kernel(program: Program) -> Kernel:
    """The kernel of a program; the last few are kept.

    Args:
        program: From `standoff.program.compile.compile_model`.
    """
    kernel: Kernel = _KERNELS.of(program)
    return kernel


def _make(program: Program) -> Kernel:
    source = emit_kernel(program)
    return Kernel(source, compile_text(source.text), *tables_of(program, source))


_KERNELS = Last(_make)


@dataclass(frozen=True, slots=True, eq=False)
class _Code:
    """Machine code, which goes when nobody has it any more.

    Attributes:
        run: The entry; it takes addresses and whole numbers, and lets other threads go on.
        workspace: Doubles that it needs.
        engine: What holds the code.
    """

    run: Any
    workspace: int
    engine: Any


def compile_text(text: str) -> _Code:
    """The code of a kernel's text.

    The text is in the form that instructions are chosen from: nothing is left to LLVM's passes, which would take
    longer than all else and are kept from regrouping arithmetic anyway.
    """
    target = machine()
    module = llvm.parse_assembly(text, llvm.create_context())
    module.triple, module.data_layout = target.triple, str(target.target_data)
    engine = llvm.create_mcjit_compiler(module, target)
    engine.finalize_object()
    workspace = ctypes.c_int64.from_address(engine.get_global_value_address("workspace")).value
    return _Code(_ENTRY(engine.get_function_address("run")), workspace, engine)


def machine() -> Any:
    """LLVM's target: this processor with all that it can do."""
    _initialise()
    target = llvm.Target.from_default_triple()
    features = llvm.get_host_cpu_features().flatten()
    return target.create_target_machine(cpu=llvm.get_host_cpu_name(), features=features, opt=2, codemodel="jitdefault")


@cache
def _initialise() -> None:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()


_P, _N = ctypes.c_void_p, ctypes.c_int64
_ENTRY = ctypes.CFUNCTYPE(None, _P, _N, _P, _P, _P, _N, _P, _P, _P, _P, _N, _P)
