"""`standoff.ensemble.folding.moments.update` compiled for one cell.

Numba's cache of this file knows this file only: after a change to `update`, delete the cache.
"""

from __future__ import annotations

from types import FunctionType
from typing import Any

from numba import njit

from standoff.base.numbers.compiled import compiled
from standoff.ensemble.folding import moments

__all__ = ["fold_cells"]

_names = vars(moments) | {"select": njit(forceinline=True)(lambda is_so, then, otherwise: then if is_so else otherwise)}
update = njit(error_model="numpy", forceinline=True)(FunctionType(moments.update.__code__, _names))


@compiled("void(float64[:,:,:], float64[:,:,:], float64[:,:,:])", error_model="numpy", nogil=True)
def fold_cells(running: Any, values: Any, weights: Any) -> None:
    """`Fold`, a cell at a time, with the interpreter's lock released."""
    for m in range(values.shape[0]):
        for c in range(values.shape[1]):
            mean, squares, weight, weight2 = running[0, m, c], running[1, m, c], running[2, m, c], running[3, m, c]
            for r in range(values.shape[2]):
                mean, squares, weight, weight2 = update(
                    mean, squares, weight, weight2, values[m, c, r], weights[m, c, r]
                )
            running[0, m, c], running[1, m, c], running[2, m, c], running[3, m, c] = mean, squares, weight, weight2
