"""Compiled kernels: made, kept on disk, loaded, and run in the reference's place."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import config

from standoff.program.compiled import Given, Last, run_compiled, tables_of
from standoff.program.lowering.places import Source, digest_of
from standoff.program.numba.cache import Cache, open_cache
from standoff.program.numba.writer import arithmetic_digest, emit_kernel
from standoff.program.program import Program
from standoff.program.reference import Lanes, Results

__all__ = ["Kernel", "compile_text", "is_compiled", "load_kernel", "source_text", "spend"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Kernel:
    """A loaded kernel of one program."""

    program: Program
    source: Source
    run: Callable[..., None]
    counters: npt.NDArray[np.uint64]
    clock: Floats

    def __call__(self, program: Program, lanes: Lanes, *, realised: bool = False) -> Results:
        """Run futures; the results are the reference's, bit for bit."""
        return run_compiled(program, self.source, self._call, lanes, realised=realised)

    def _call(self, given: Given) -> Floats:
        out = np.empty((len(self.source.outputs) + 1, given.keys.size))
        self.run(
            given.table.array, given.worlds, given.keys, given.runs, given.given, self.counters, self.clock, out
        )  # fmt: skip
        return out


def load_kernel(program: Program, folder: Path | None = None) -> Kernel:
    """The kernel of a program: from the cache on disk, or made and compiled.

    Args:
        program: From `standoff.program.compile.compile_model`.
        folder: Where kernels are kept, by default the user's; where that cannot be, they go with the process.
    """
    source = _SOURCES.of(program)
    return Kernel(program, source, compile_text(source.text, folder), *tables_of(program, source))


def source_text(program: Program) -> str:
    """The text of a program's kernel."""
    text: str = _SOURCES.of(program).text
    return text


def compile_text(text: str, folder: Path | None = None) -> Callable[..., None]:
    """The entry of a kernel, given its source: from the cache on disk, or compiled."""
    kept = open_cache(folder)
    parts = resources.files("standoff.program.numba").joinpath("kernel_parts.py").read_text(encoding="utf-8")
    _module(kept, f"parts_{arithmetic_digest()}", parts)
    run: Callable[..., None] = _module(kept, f"kernel_{digest_of(text)}", text).run
    return run


def is_compiled(program: Program, folder: Path | None = None) -> bool:
    """Whether the kernel is on disk, so that it loads in a second."""
    return open_cache(folder).has(f"kernel_{_SOURCES.of(program).digest}")


def spend(program: Program, seconds: float, folder: Path | None = None) -> float:
    """Note what a run of a program without its kernel costs; what all such runs have cost by now."""
    return open_cache(folder).spend(f"kernel_{_SOURCES.of(program).digest}", seconds)


_SOURCES = Last(emit_kernel)


def _module(kept: Cache, stem: str, text: str) -> ModuleType:
    """A module made of a text; Numba keeps what it compiles beside the file that holds it.

    The text is run as it is given: neither the file nor bytecode beside it is read as code.
    """
    name = f"standoff_{stem}"
    if name not in sys.modules:
        path = kept.source(stem, text)
        module = ModuleType(name)
        module.__file__ = str(path)
        sys.modules[name] = module
        try:
            with _kept_beside():
                exec(compile(text, str(path), "exec", dont_inherit=True), module.__dict__)
        except BaseException:
            del sys.modules[name]
            raise
        kept.note(stem)
    return sys.modules[name]


@contextmanager
def _kept_beside() -> Iterator[None]:
    """Keep what is compiled beside its module, where digests are held against it, whatever `NUMBA_CACHE_DIR` says."""
    settings: Any = config
    before, settings.CACHE_DIR = settings.CACHE_DIR, ""
    try:
        yield
    finally:
        settings.CACHE_DIR = before
