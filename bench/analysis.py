"""Speed of the analyses: PRIM side by side with EMA Workbench's, and linchpins at their largest usual size.

Run as `python bench/analysis.py`; EMA Workbench comes with the `bench` extra. First compiles are left out.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from typing import TypeVar

import numpy as np
import pandas as pd

from standoff.analysis.discovery.discover import PrimRules, discover, find_trajectory
from standoff.analysis.findings import Floats, Inputs
from standoff.analysis.linchpins.worth import measure_worths
from standoff.analysis.robustness.metrics import measure_robustness
from standoff.analysis.runs.payoffs import Payoffs

T = TypeVar("T")
PRIM_CASES = (100_000, 20)
PRIM_AT_LEAST = 20.0
WORLDS, UNCERTAINTIES, STRATEGIES = 8_192, 20, 5
LINCHPINS_AT_MOST = 10.0


def main() -> None:
    """Print one line a measurement."""
    inputs, y = prim_cases(*PRIM_CASES)
    few = prim_cases(500, 20)
    find_trajectory(*few, PrimRules())
    boxes, ours = best_of(15, lambda: find_trajectory(inputs, y, PrimRules()))
    _, whole = best_of(1, lambda: discover(inputs, y, PrimRules(), resamples=0))
    theirs, their_boxes = time_ema_workbench(inputs, y)
    print(f"PRIM, {PRIM_CASES[0]:,} rows by {PRIM_CASES[1]}, sorting included:")
    print(f"  standoff       {ours:7.3f} s, {len(boxes)} boxes (with quasi-p and a recommended box {whole:.3f} s)")
    print(f"  EMA Workbench  {theirs:7.3f} s, {their_boxes} boxes")
    print(f"  ratio          {theirs / ours:7.1f}   (at least {PRIM_AT_LEAST:g})")
    payoffs = payoff_cases()
    small = Payoffs(
        payoffs.names, payoffs.mean[:, :256], payoffs.inputs.rows(np.arange(256)), payoffs.halves[:, :256]
    )  # fmt: skip
    measure_worths(small)
    found, seconds = best_of(1, lambda: measure_worths(payoffs))
    print(f"EVPPI, {UNCERTAINTIES} uncertainties and {len(found.pairs)} pairs, {WORLDS:,} worlds by {STRATEGIES}:")
    print(f"  standoff       {seconds:7.3f} s with intervals, nulls and flip points (at most {LINCHPINS_AT_MOST:g})")
    _, seconds = best_of(1, lambda: measure_robustness(payoffs))
    print(f"Robustness, the same worlds:\n  standoff       {seconds:7.3f} s")


def best_of(times: int, work: Callable[[], T]) -> tuple[T, float]:
    """The result, and the least time in seconds."""
    least = np.inf
    for _ in range(times):
        start = time.perf_counter()
        result = work()
        least = min(least, time.perf_counter() - start)
    return result, least


def prim_cases(n: int, d: int) -> tuple[Inputs, Floats]:
    """A box in three of d inputs, and a few cases anywhere."""
    random = np.random.default_rng(1)
    x = random.random((n, d))
    y = ((x[:, 0] > 0.6) & (x[:, 1] < 0.5) & (x[:, 2] > 0.3)) | (random.random(n) < 0.02)
    return Inputs(tuple(f"x{j}" for j in range(d)), x), y.astype(np.float64)


def time_ema_workbench(inputs: Inputs, y: Floats) -> tuple[float, int]:
    """Seconds and boxes of EMA Workbench's PRIM with the same settings."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from ema_workbench.analysis import prim  # noqa: PLC0415

        table = pd.DataFrame(inputs.values, columns=list(inputs.names))
        found, seconds = best_of(3, lambda: prim.Prim(table, y.astype(int), threshold=0.1).find_box())
    return seconds, len(found.peeling_trajectory)


def payoff_cases() -> Payoffs:
    """Strategies whose order depends on a few inputs, with noise."""
    random = np.random.default_rng(1)
    x = random.random((WORLDS, UNCERTAINTIES))
    truth = np.stack(
        [
            8.0 * x[:, 0],
            4.0 + 3.0 * x[:, 1],
            12.0 * x[:, 0] * x[:, 2],
            3.0 + 2.0 * (x[:, 3] > 0.6) + x[:, 0],
            3.0 + x[:, 5],
        ]
    )
    halves = truth[:, :, None] + random.normal(0.0, 3.0, (*truth.shape, 2))
    inputs = Inputs(tuple(f"u{j}" for j in range(UNCERTAINTIES)), x)
    return Payoffs(tuple("abcde"), halves.mean(axis=2), inputs, halves)


if __name__ == "__main__":
    main()
