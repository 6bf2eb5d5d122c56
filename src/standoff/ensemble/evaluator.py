"""Which evaluator a run uses: the reference at once, or the compiled kernel where that pays."""

from __future__ import annotations

from typing import Protocol

from standoff.ensemble.folding.moments import Fold, fold_arrays
from standoff.ensemble.running import Running
from standoff.program.program import Program
from standoff.program.reference import Lanes, Results, run_lanes

__all__ = ["Evaluate", "choose_evaluator", "choose_fold"]

# Seconds of one core, measured on the bundled studies: what the reference takes for an equation of a future's step,
# and what it must cost for a kernel to pay that is on disk (it takes a second to load) or must be compiled first.
REFERENCE_COST = 20e-9
WORTH_LOADING = 3.0
WORTH_COMPILING = 12.0


class Evaluate(Protocol):
    """An evaluator: the reference, or a kernel that equals it."""

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
    if evaluator not in ("auto", "reference", "kernel"):
        raise ValueError(f"an evaluator is `auto`, `reference` or `kernel`, not `{evaluator}`")
    cost = n_futures * program.n_steps * len(program.equations) * REFERENCE_COST
    if evaluator == "reference" or (evaluator == "auto" and cost < WORTH_LOADING):
        return run_lanes
    from standoff.program.numba.cache import open_cache  # noqa: PLC0415
    from standoff.program.numba.kernel import is_compiled, load_kernel  # noqa: PLC0415 - Numba takes a while to import

    ready = is_compiled(program)
    if evaluator == "auto" and not ready and cost < WORTH_COMPILING:
        return run_lanes
    if not ready:
        lacking = open_cache().lacking
        kept = f"it cannot be kept: {lacking}" if lacking else "once; the next run loads it"
        running.say(f"compiling the kernel of `{program.model.name}` (about half a minute, {kept})")
    return load_kernel(program)


def choose_fold(evaluate: Evaluate) -> Fold:
    """How what an evaluator gives is taken in: compiled where Numba is loaded anyway; the figures are the same."""
    if evaluate is run_lanes:
        return fold_arrays
    from standoff.ensemble.folding.moments_kernel import fold_cells  # noqa: PLC0415 - Numba takes a while to import

    return fold_cells
