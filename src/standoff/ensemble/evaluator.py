"""Which evaluator a run uses: the reference, a module that compiles in a moment, or the kernel of a long run."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol

import numpy as np
import numpy.typing as npt

from standoff.ensemble.folding.moments import Fold, fold_arrays
from standoff.ensemble.running import EVALUATORS, Running
from standoff.language.expressions.tree import Symbol
from standoff.program.compiled import picked
from standoff.program.program import Program
from standoff.program.reference import Lanes, Results, follow_lanes, run_lanes

__all__ = ["Evaluate", "choose_evaluator", "choose_fold", "choose_follower"]

Floats = npt.NDArray[np.float64]
FOLLOWED = ("stock", "mode", "quantity", "event")

# Seconds of one core, measured on the bundled studies: what the reference and a module take for an equation of a
# future's step, and what a run must cost by these to be worth the making of a module (a tenth of a second) or of a
# kernel, which takes half a second and is three times as fast.
REFERENCE_COST, MODULE_COST = 12e-9, 1.5e-9
WORTH_MODULE = 0.15
WORTH_FOLLOWING = 1.0
WORTH_KERNEL = 1.0


class Evaluate(Protocol):
    """An evaluator: the reference, or compiled code that equals it."""

    def __call__(self, program: Program, lanes: Lanes, *, realised: bool = False) -> Results:
        """What the futures came to."""


def choose_evaluator(program: Program, n_futures: int, running: Running = Running()) -> Evaluate:
    """The evaluator for a run of so many futures; results are the same bit for bit whichever it is.

    Args:
        program: The compiled study.
        n_futures: Size of the run.
        running: Which evaluator is wanted, and who is told what is about to take time.

    Raises:
        ValueError: There is no evaluator of this name.
    """
    evaluator = running.evaluator
    if evaluator not in EVALUATORS:
        raise ValueError(f"an evaluator is {', '.join(f'`{name}`' for name in EVALUATORS)}, not `{evaluator}`")
    work = n_futures * program.n_steps * len(program.equations)
    if evaluator == "reference" or (evaluator == "auto" and work * REFERENCE_COST < WORTH_MODULE):
        return run_lanes
    if evaluator == "wasm" or (evaluator == "auto" and work * MODULE_COST < WORTH_KERNEL):
        from standoff.program.wasm.module import load_module  # noqa: PLC0415 - a native library

        return load_module(program)
    from standoff.program.llvm.kernel import load_kernel  # noqa: PLC0415 - likewise

    return load_kernel(program)


def choose_follower(program: Program, symbols: tuple[Symbol, ...], n_futures: int) -> Callable[[Lanes], Floats]:
    """What tells how things were in every step, (symbols, steps + 1, futures); the same bits whichever it is.

    A module is made for it where the reference would take longer than that.
    """
    work = n_futures * program.n_steps * len(program.equations) * REFERENCE_COST
    if work < WORTH_FOLLOWING or not all(symbol.kind in FOLLOWED for symbol in symbols):
        return partial(follow_lanes, program, symbols)
    from standoff.program.wasm.module import Module  # noqa: PLC0415 - a native library

    module = Module(program, symbols)

    def follow(lanes: Lanes) -> Floats:
        paths, wrong = module.follow(lanes)
        if wrong.size == lanes.size:
            return follow_lanes(program, symbols, lanes)
        if wrong.size:
            paths[..., wrong] = follow_lanes(program, symbols, picked(lanes, wrong))
        return paths

    return follow


def choose_fold(evaluate: Evaluate) -> Fold:
    """How what an evaluator gives is taken in: compiled for long runs; the figures are the same."""
    from standoff.program.llvm.kernel import Kernel  # noqa: PLC0415

    if not isinstance(evaluate, Kernel):
        return fold_arrays
    from standoff.ensemble.folding.moments_kernel import fold_cells  # noqa: PLC0415 - Numba takes a while to import

    return fold_cells
