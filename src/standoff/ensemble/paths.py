"""Paths of single futures of a run, as a table."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from standoff.base.problems import suggest
from standoff.ensemble.ensemble import Ensemble
from standoff.ensemble.run import run_paths
from standoff.language.expressions.tree import Kind, Symbol
from standoff.language.model import Model

__all__ = ["follow"]


def follow(ensemble: Ensemble, names: Sequence[str], futures: int = 1000) -> pd.DataFrame:
    """Stocks, quantities, counts and modes over time, in futures spread evenly over a run's.

    Args:
        ensemble: The run.
        names: Of the study.
        futures: How many futures, at most.

    Returns:
        One row for each future and step, with the profile, world and replication it belongs to; the last step of a
        stock is its state after all.

    Raises:
        ValueError: The study has nothing of this name that has a value in each step.
    """
    design = ensemble.design
    symbols = [_symbol(ensemble.model, name) for name in names]
    chosen = np.unique(np.linspace(0, design.n_futures - 1, futures).astype(np.int64))
    cells, replications = np.divmod(chosen, design.replications)
    profiles, worlds = np.divmod(cells, design.worlds.size)
    found = run_paths(ensemble.program, design, symbols, profiles, worlds=worlds, replications=replications)
    steps = found.values.shape[1]
    where = {"profile": profiles, "world": worlds, "replication": replications}
    frame = pd.DataFrame({name: np.repeat(column, steps) for name, column in where.items()})
    frame["step"] = np.tile(np.arange(steps), chosen.size)
    for name in names:
        frame[name] = found.path(name).T.ravel()
    return frame


def _symbol(model: Model, name: str) -> Symbol:
    groups: tuple[tuple[Kind, Sequence[str]], ...] = (
        ("stock", [one.name for one in model.stocks]),
        ("quantity", [one.name for one in model.quantities]),
        ("mode", [one.name for one in model.modes]),
        ("event", [one.name for one in model.events]),
    )
    for kind, known in groups:
        if name in known:
            return Symbol(kind, name)
    advice = suggest(name, [one for _, known in groups for one in known]) or ""
    raise ValueError(f"no stock, quantity, mode or event is named `{name}`; {advice}".rstrip("; "))
