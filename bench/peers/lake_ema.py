"""The lake in EMA Workbench, as its examples write it: a function of one future, with the constant release."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from typing import Any

import numpy as np
from ema_workbench import (
    Model,
    MultiprocessingEvaluator,
    RealParameter,
    ScalarOutcome,
    Scenario,
    SequentialEvaluator,
    ema_logging,
)

NAMES = ("removal", "inflow_mean", "inflow_sd", "patience")


def lake(removal: float, inflow_mean: float, inflow_sd: float, patience: float) -> dict[str, float]:
    """One noise sample of a hundred years."""
    critical = (1 - np.sqrt(1 - 4 * removal**2)) / (2 * removal)
    spread = np.log(1 + (inflow_sd / inflow_mean) ** 2)
    inflows = np.random.lognormal(np.log(inflow_mean) - spread / 2, np.sqrt(spread), size=100)
    phosphorus = np.zeros(101)
    for t in range(100):
        x = phosphorus[t]
        phosphorus[t + 1] = x + 0.02 + x**2 / (1 + x**2) - removal * x + inflows[t]
    lived = phosphorus[:100]
    return {
        "utility": float(np.sum(0.4 * 0.02 * np.power(patience, np.arange(100)))),
        "reliability": float(np.mean(lived < critical)),
        "peak": float(lived.max()),
        "steadiness": 1.0,
    }


def measure(columns: Mapping[str, Any], n: int) -> float:
    """Seconds for n futures with the better of the sequential and the parallel evaluator."""
    ema_logging.log_to_stderr(logging.ERROR)
    model = Model("lake", function=lake)
    model.uncertainties = [RealParameter(name, 0.0, 1.0) for name in NAMES]
    model.outcomes = [ScalarOutcome(name) for name in ("utility", "reliability", "peak", "steadiness")]
    cases = [Scenario(str(i), **{name: float(columns[name][i]) for name in NAMES}) for i in range(n)]
    times = []
    for evaluator in (SequentialEvaluator, MultiprocessingEvaluator):
        with evaluator(model) as running:
            for _ in range(2):
                begun = time.perf_counter()
                running.perform_experiments(cases)
                times.append(time.perf_counter() - begun)
    return min(times)
