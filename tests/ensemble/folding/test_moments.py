"""Running means and errors: their definition, missing numbers, and the compiled twin."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from standoff.ensemble.folding.moments import Fold, Moments, fold_arrays
from standoff.ensemble.folding.moments_kernel import fold_cells

Floats = npt.NDArray[np.float64]


@pytest.fixture
def block() -> tuple[Floats, Floats]:
    """Values and weights (measures, cells, replications), some missing and some without weight."""
    rng = np.random.default_rng(7)
    values = rng.normal(50.0, 3.0, size=(3, 40, 9))
    values[rng.random(values.shape) < 0.2] = np.nan
    values[0, 0] = np.nan
    weights = np.where(rng.random(values.shape) < 0.2, 0.0, rng.random(values.shape))
    return values, weights


@pytest.mark.parametrize("fold", [fold_arrays, fold_cells])
def test_figures_are_the_weighted_mean_and_its_error(fold: Fold, block: tuple[Floats, Floats]) -> None:
    values, weights = block
    moments = Moments.of(3, 40)
    fold(moments.running, values, weights)
    w = np.where(np.isnan(values), 0.0, weights)
    x = np.nan_to_num(values)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = (w * x).sum(axis=2) / w.sum(axis=2)
        variance = (w * (x - mean[:, :, None]) ** 2).sum(axis=2) / w.sum(axis=2)
        effective = w.sum(axis=2) ** 2 / (w * w).sum(axis=2)
    several = effective > 1.0 + 1e-9
    assert moments.means() == pytest.approx(mean, rel=1e-12, nan_ok=True)
    error = np.sqrt(variance[several] / (effective[several] - 1.0))
    assert moments.errors()[several] == pytest.approx(error, rel=1e-9)
    assert np.isnan(moments.means()[0, 0])
    assert np.isnan(moments.errors()[0, 0])


def test_the_compiled_twin_has_the_same_bits_however_replications_are_cut(block: tuple[Floats, Floats]) -> None:
    values, weights = block
    whole, compiled = Moments.of(3, 40), Moments.of(3, 40)
    fold_arrays(whole.running, values, weights)
    for part in (slice(0, 2), slice(2, 2), slice(2, None)):
        fold_cells(compiled.running, values[:, :, part], weights[:, :, part])
    assert np.array_equal(whole.running.view(np.int64), compiled.running.view(np.int64))


def test_one_replication_has_no_error() -> None:
    moments = Moments.of(1, 2)
    fold_arrays(moments.running, np.array([[[3.0], [4.0]]]), np.ones((1, 2, 1)))
    assert moments.means().tolist() == [[3.0, 4.0]]
    assert np.isnan(moments.errors()).all()
