"""Compiled Gaussian elimination with row pivoting, for the small dense systems of path following.

Reference: G. Golub and C. Van Loan, Matrix Computations (2013), algorithm 3.4.1.
"""

import numpy as np
import numpy.typing as npt

from standoff.base.numbers.compiled import part


@part
def factorise(matrix: npt.NDArray[np.float64], pivots: npt.NDArray[np.int64]) -> float:
    """Replace a square matrix by its factors L and U.

    Args:
        matrix: (n, n), overwritten.
        pivots: (n,), written: the row that came to each place.

    Returns:
        The sign of the determinant, 0 where the matrix is singular or holds a NaN.
    """
    n = len(matrix)
    sign = 1.0
    for k in range(n):
        pivot, size = k, abs(matrix[k, k])
        for i in range(k + 1, n):
            if abs(matrix[i, k]) > size:
                pivot, size = i, abs(matrix[i, k])
        pivots[k] = pivot
        if not size > 0.0:
            return 0.0
        if pivot != k:
            sign = -sign
            for j in range(n):
                matrix[k, j], matrix[pivot, j] = matrix[pivot, j], matrix[k, j]
        if matrix[k, k] < 0:
            sign = -sign
        for i in range(k + 1, n):
            factor = matrix[i, k] / matrix[k, k]
            matrix[i, k] = factor
            if factor != 0.0:
                for j in range(k + 1, n):
                    matrix[i, j] -= factor * matrix[k, j]
    return sign


@part
def back_substitute(
    factors: npt.NDArray[np.float64], pivots: npt.NDArray[np.int64], right: npt.NDArray[np.float64]
) -> None:
    """Solve the factorised system; the right side, (n,), is replaced by the solution."""
    n = len(factors)
    for k in range(n):
        right[k], right[pivots[k]] = right[pivots[k]], right[k]
    for k in range(n):
        for i in range(k + 1, n):
            right[i] -= factors[i, k] * right[k]
    for k in range(n - 1, -1, -1):
        for j in range(k + 1, n):
            right[k] -= factors[k, j] * right[j]
        right[k] /= factors[k, k]
