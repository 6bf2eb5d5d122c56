"""Sine and cosine against mpmath."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest

from standoff.base.numbers.trigonometry import wave


@pytest.mark.parametrize(("quarter", "known"), [(0.0, mpmath.sin), (1.0, mpmath.cos)])
def test_waves_are_right_to_the_last_digits(quarter: float, known: object) -> None:
    x = np.concatenate([np.linspace(-20, 20, 401), np.geomspace(1e-9, 1e6, 200), np.arange(-40, 40) * np.pi / 4])
    expected = np.array([float(known(mpmath.mpf(float(v)))) for v in x])  # type: ignore[operator]
    assert np.abs(wave(x, quarter) - expected).max() < 1e-15
