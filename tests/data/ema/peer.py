"""Write an archive as EMA Workbench does: python peer.py, with ema_workbench 2.5.4."""

from pathlib import Path

import numpy as np
from ema_workbench import (
    CategoricalParameter,
    Model,
    Policy,
    RealParameter,
    ScalarOutcome,
    TimeSeriesOutcome,
    perform_experiments,
    save_results,
)


def flood(height=1.0, rain=1.0, soil="clay", dike=0.0):
    """A cost, and a course of it."""
    cost = (height * rain * (2.0 if soil == "clay" else 1.0)) / (1.0 + dike) + 0.5 * dike
    return {"cost": cost, "course": np.linspace(0.0, cost, 4)}


if __name__ == "__main__":
    model = Model("flood", function=flood)
    model.uncertainties = [RealParameter("height", 0.5, 2.0), RealParameter("rain", 0.0, 3.0),
                           CategoricalParameter("soil", ["clay", "sand"])]  # fmt: skip
    model.levers = [RealParameter("dike", 0.0, 4.0)]
    model.outcomes = [ScalarOutcome("cost"), TimeSeriesOutcome("course")]
    policies = [Policy("low", dike=0.5), Policy("high", dike=3.0)]
    np.random.seed(1)
    save_results(perform_experiments(model, scenarios=6, policies=policies), Path(__file__).parent / "flood.tar.gz")
