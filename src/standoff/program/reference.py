"""The reference evaluator: NumPy over blocks of futures, an expression at a time.

It is the definition of the semantics. A lane is one future (world × replication × profile). A step goes:

1. what is imposed on stocks and modes is put in their place;
2. the step's equations are evaluated in order, all from the state at its start; what hangs on the events that an
   end hangs on is so in each branch in which they can turn out, and drawn as it is where nothing ends;
3. the author's checks are tested;
4. the weight S is split: each branch takes S times the chance that the step ends in it, what is drawn keeps the rest
   (in `realised` mode everything is drawn, and an end takes all of S);
5. payoffs `each` and the worth of ends are paid, and outcomes take in the step, all at these weights;
6. stocks, modes and memories move together to what their equations say.

After the last step `final` payoffs are paid, and outcomes are measured. A reducer's value is its
expectation over the end's time: with w_t the weight that ends in step t, it is the sum of w_t R_t and
S_T R_T, where R_t is the reducer of the path up to step t.

Only + − × ÷, square roots, comparisons and the recipes of `standoff.base.numbers.arithmetic` are used, so that the
bits of a result depend on no processor.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from standoff.language.expressions.tree import Symbol
from standoff.program.lanes import Lanes, Results
from standoff.program.program import Program
from standoff.program.stepper import advance, begin, finish

__all__ = ["Lanes", "Results", "follow_lanes", "run_lanes"]


def run_lanes(program: Program, lanes: Lanes, *, realised: bool = False) -> Results:
    """Run a block of futures through the whole clock.

    Args:
        program: From `standoff.program.compile.compile_model`.
        lanes: The futures.
        realised: Draw the ends instead of splitting the weight.
    """
    state = begin(program, lanes, realised=realised)
    for _ in range(program.n_steps):
        state = advance(program, state)
    return finish(program, state)


def follow_lanes(program: Program, symbols: Sequence[Symbol], lanes: Lanes) -> npt.NDArray[np.float64]:
    """What things were in every step: (symbols, steps + 1, lanes), NaN where a step has none; see `run_paths`."""
    found = np.full((len(symbols), program.n_steps + 1, lanes.size), np.nan)
    state = begin(program, lanes)
    for step in range(program.n_steps + 1):
        after = advance(program, state) if step < program.n_steps else state
        known = after.seen if step < program.n_steps else {c.symbol: state.known[c.symbol] for c in program.carried}
        for i, symbol in enumerate(symbols):
            if symbol in known:
                found[i, step] = known[symbol]
        state = after
    return found
