"""Jumps that a smooth regression has rounded off, as rules with thresholds make them.

What a curve in one input leaves of a step is a saw's tooth at the step. Of all steps along all inputs, that which
explains most of what is left, after the curve has followed it as far as it can (Frisch & Waugh 1933), is taken where
chance would make one so large in one of a thousand studies; then the next.

Reference: Friedman 1991, Multivariate adaptive regression splines, Annals of Statistics 19 (terms found one at a time);
Frisch & Waugh 1933, Partial time regressions as compared with individual trends, Econometrica 1.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.special import ndtri

from standoff.analysis.findings import Floats
from standoff.analysis.statistics.heaviness import is_heavy

__all__ = ["Along", "add_jumps", "look_along"]

_CHANCE = 1e-3
_MOST = 3
_FEWEST = 20
_LEAST_LEFT = 4.0
"""Of a step, in worlds, that no curve follows."""
_BLOCK = 8
"""Worlds that are looked at together first."""
_WORTH_A_LOOK = 0.5
"""Of the bar: what the best step between blocks must explain, for one within a block may explain more."""


@dataclass(frozen=True, slots=True, eq=False)
class Along:
    """Worlds along some inputs.

    Attributes:
        order: (inputs, learned), those that are learned from, in each input's order.
        curve: (inputs, learned, terms), orthonormal, in that order.
        blocks: (inputs · blocks, learned), which worlds are in each block of neighbours.
        terms: (inputs, terms, learned), as `curve`, in the worlds' own order.
        elsewhere: (inputs, predicted, terms), the same terms of the worlds that are predicted.
        before: (inputs, predicted), how many of the learned come before each of these.
        summed: (inputs, terms, places), of the terms over the worlds before each place.
        worth: (inputs, places), one over what of a step at each place no curve follows; 0 where no step can be told.
    """

    order: npt.NDArray[np.int64]
    curve: Floats
    blocks: csr_array
    terms: Floats
    elsewhere: Floats
    before: npt.NDArray[np.int64]
    summed: Floats
    worth: Floats


def look_along(
    columns: Sequence[Floats], bases: Sequence[Floats], learned: npt.NDArray[np.int64], predicted: npt.NDArray[np.int64]
) -> Along:
    """Sort worlds along inputs, at least one, with the curves of each.

    Args:
        columns: Each (worlds,).
        bases: Each (worlds, terms), without the constant.
        learned, predicted: The worlds that are learned from, and those that are predicted.
    """
    n, most = learned.size, 1 + max(basis.shape[1] for basis in bases)
    order = np.argsort([column[learned] for column in columns], axis=1, kind="stable")
    curve, elsewhere = np.zeros((len(columns), n, most)), np.zeros((len(columns), predicted.size, most))
    before = np.empty((len(columns), predicted.size), dtype=np.int64)
    told = np.minimum(np.arange(1, n), np.arange(1, n)[::-1]) >= np.full((len(columns), 1), _FEWEST)
    for j, (column, basis) in enumerate(zip(columns, bases, strict=True)):
        terms, x = np.column_stack([np.ones(column.size), basis]), column[learned][order[j]]
        curve[j, :, : terms.shape[1]], root = np.linalg.qr(terms[learned][order[j]])
        elsewhere[j, :, : terms.shape[1]] = np.linalg.solve(root.T, terms[predicted].T).T
        before[j] = np.searchsorted((x[1:] + x[:-1]) / 2.0, column[predicted])
        told[j] &= x[1:] > x[:-1]
    summed = np.ascontiguousarray(np.moveaxis(np.cumsum(curve, axis=1)[:, :-1], 1, 2))
    left = np.arange(1.0, n) - (summed**2).sum(axis=1)
    told &= left >= _LEAST_LEFT
    worth = np.divide(1.0, left, out=np.zeros_like(left), where=told)
    own = np.empty_like(curve)
    np.put_along_axis(own, order[..., None], curve, axis=1)
    block = np.arange(n) // _BLOCK + (1 + (n - 1) // _BLOCK) * np.arange(len(columns))[:, None]
    rows = csr_array((np.ones(order.size), (block.ravel(), order.ravel())), shape=(int(block[-1, -1]) + 1, n))
    return Along(order, curve, rows, np.moveaxis(own, 1, 2), elsewhere, before, summed, worth)


def add_jumps(along: Along, left: Floats) -> Floats:
    """(targets, predicted), what jumps along some inputs add to a prediction.

    Args:
        along: The inputs.
        left: (targets, learned), what the prediction leaves of each target in the worlds that it was learned from.
    """
    (n_inputs, n), left = along.order.shape, left.copy()
    added = np.zeros((len(left), along.before.shape[1]))
    bar = float(ndtri(_CHANCE / (2.0 * n * n_inputs))) ** 2
    open_to = np.flatnonzero(~is_heavy(left) & (left.var(axis=1) > 0.0))
    for _ in range(_MOST if along.worth.any() else 0):
        if open_to.size == 0:
            break
        still = []
        for target, inputs in _worth_a_look(along, left[open_to], bar):
            own = int(open_to[target])
            size, j, place = _best(along, left[own], inputs)
            bent = along.summed[j, :, place]
            if size**2 <= bar * left[own].var() * along.worth[j, place]:
                continue
            left[own, along.order[j]] -= size * ((np.arange(n) <= place) - along.curve[j] @ bent)
            added[own] += size * ((along.before[j] <= place) - along.elsewhere[j] @ bent)
            still.append(own)
        open_to = np.array(still, dtype=np.int64)
    return added


def _worth_a_look(along: Along, left: Floats, bar: float) -> Iterator[tuple[int, npt.NDArray[np.int64]]]:
    """Targets, and the inputs along which a step between blocks of worlds explains half of what is asked."""
    n_inputs = len(along.order)
    by_block = (along.blocks @ left.T).reshape(n_inputs, -1, len(left))
    over = np.cumsum(by_block, axis=1)[:, :-1]
    ends = slice(_BLOCK - 1, None, _BLOCK)
    over -= np.moveaxis(along.summed[:, :, ends], 1, 2) @ (along.terms @ left.T)
    score = (over**2 * along.worth[:, ends, None]).max(axis=1) > _WORTH_A_LOOK * bar * left.var(axis=1)
    for target in np.flatnonzero(score.any(axis=0)).tolist():
        yield target, np.flatnonzero(score[:, target])


def _best(along: Along, left: Floats, inputs: npt.NDArray[np.int64]) -> tuple[float, int, int]:
    """Of one target the size of the step that explains most, its input, and its place."""
    sorted_by = left[along.order[inputs]]
    over = np.cumsum(sorted_by[:, :-1], axis=1)
    over -= np.einsum("jt,jtp->jp", np.einsum("jw,jwt->jt", sorted_by, along.curve[inputs]), along.summed[inputs])
    score = over**2 * along.worth[inputs]
    j, place = np.unravel_index(int(score.argmax()), score.shape)
    return float(over[j, place] * along.worth[inputs[j], place]), int(inputs[j]), int(place)
