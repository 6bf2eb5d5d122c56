"""The door to a cluster: `standoff.ensemble.cluster` is made of what asks for it here, so it is loaded by name."""

from __future__ import annotations

from importlib import import_module
from typing import Any

__all__ = ["cluster"]


def cluster(module: str) -> Any:
    """A module of `standoff.ensemble.cluster`; loading Dask takes a second."""
    return import_module(f"standoff.ensemble.cluster.{module}")
