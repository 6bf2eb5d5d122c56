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

__all__ = ["Evaluate", "choose_evaluator", "choose_fold", "choose_follower", "worth_compiling"]

Floats = npt.NDArray[np.float64]
FOLLOWED = ("stock", "mode", "quantity", "event")

# Seconds of one core, measured on the bundled studies: what the reference and a module take for an equation of a
# future's step; what a run must cost to be worth the making of a module (a tenth of a second) or the loading of a
# kernel that is on disk (a second); and what the compiling of one takes, beside the run.
REFERENCE_COST, MODULE_COST = 12e-9, 1.5e-9
WORTH_MODULE = 0.25
WORTH_LOADING = 4.0
WORTH_FOLLOWING = 1.0
COMPILING = 30.0


def worth_compiling(workers: int) -> float:
    """What runs of one program must cost on a module, in seconds of one core, before its kernel is compiled.

    A kernel runs three times as fast, so that a run on n workers is done sooner where it would cost (n + ½) compilings:
    until the kernel is there the compiling takes one of the cores. Runs count together, as those that were made before
    are what is known of those to come: buying once the rent has come to the price never costs twice the least.

    Reference: A. Karlin, M. Manasse, L. Rudolph, D. Sleator, Competitive snoopy caching, Algorithmica 3 (1988), 79-119.
    """
    return COMPILING * (workers + 0.5)


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
    if evaluator == "kernel":
        return _kernel(program, running)
    from standoff.program.wasm.module import load_module  # noqa: PLC0415 - a native library

    cost = work * MODULE_COST
    if evaluator == "wasm" or cost < WORTH_LOADING:
        return load_module(program)
    from standoff.program.numba.kernel import is_compiled, load_kernel, spend  # noqa: PLC0415

    if is_compiled(program):
        return load_kernel(program)
    if spend(program, cost) < worth_compiling(running.workers):
        return load_module(program)
    from standoff.program.numba.beside import changing_over  # noqa: PLC0415

    running.say(f"compiling the kernel of `{program.model.name}` beside the run, which does not wait for it")
    return changing_over(program, load_module(program))


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
    """How what an evaluator gives is taken in: compiled where Numba is loaded anyway; the figures are the same."""
    from standoff.program.numba.kernel import Kernel  # noqa: PLC0415

    if not isinstance(evaluate, Kernel):
        return fold_arrays
    from standoff.ensemble.folding.moments_kernel import fold_cells  # noqa: PLC0415 - Numba takes a while to import

    return fold_cells


def _kernel(program: Program, running: Running) -> Evaluate:
    from standoff.program.numba.cache import open_cache  # noqa: PLC0415
    from standoff.program.numba.kernel import is_compiled, load_kernel  # noqa: PLC0415 - Numba takes a while to import

    if not is_compiled(program):
        lacking = open_cache().lacking
        kept = f"it cannot be kept: {lacking}" if lacking else "once; the next run loads it"
        running.say(f"compiling the kernel of `{program.model.name}` (about half a minute, {kept})")
    return load_kernel(program)
