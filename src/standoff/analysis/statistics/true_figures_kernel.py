"""The loop of the fit of true figures, compiled: what worlds' posteriors add up to."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from standoff.base.numbers.compiled import compiled

__all__ = ["add_posteriors"]

_Array = npt.NDArray[Any]


# sums over cells may be taken in any order: that is what lets several be added at once
@compiled(nogil=True, fastmath={"reassoc", "contract"})
def add_posteriors(
    prior: _Array, likelihood: _Array, sizes: _Array, shape: _Array
) -> tuple[float, _Array, _Array, _Array]:
    """Sums over the worlds of each group, which share a prior and stand one behind the other.

    Args:
        prior: (groups, cells).
        likelihood: (worlds, cells).
        sizes: (groups,), how many worlds each group has.
        shape: (cells, terms).

    Returns:
        the log likelihood of all worlds; by group the posteriors (groups, cells), the posterior means of the terms
        (groups, terms), and the products of these means by pairs of terms (groups, terms²).
    """
    n_groups, n_cells = prior.shape
    n = shape.shape[1]
    total = 0.0
    summed, mean, inner = np.zeros((n_groups, n_cells)), np.zeros((n_groups, n)), np.zeros((n_groups, n * n))
    joint, after, terms = np.empty(n_cells), np.empty(n), np.ascontiguousarray(shape.T)
    world = 0
    for g in range(n_groups):
        for _ in range(sizes[g]):
            evidence = 0.0
            for c in range(n_cells):
                joint[c] = prior[g, c] * likelihood[world, c]
                evidence += joint[c]
            evidence = max(evidence, 1e-300)
            total += np.log(evidence)
            part = 1.0 / evidence
            for c in range(n_cells):
                joint[c] *= part
                summed[g, c] += joint[c]
            for a in range(n):
                dot = 0.0
                for c in range(n_cells):
                    dot += joint[c] * terms[a, c]
                after[a] = dot
                mean[g, a] += dot
            for a in range(n):
                for b in range(n):
                    inner[g, a * n + b] += after[a] * after[b]
            world += 1
    return total, summed, mean, inner
