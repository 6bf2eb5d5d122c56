"""Standoff: models of confrontations that can be argued with.

>>> import standoff
>>> study = standoff.load("rivals")
>>> ensemble = study.run(worlds=64, replications=4, seed=1)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from standoff._version import __version__

if TYPE_CHECKING:
    from standoff.base.problems import StudyError
    from standoff.ensemble.ensemble import Ensemble
    from standoff.ensemble.study import Study, load

__all__ = ["Ensemble", "Study", "StudyError", "__version__", "load"]

_HOMES = {
    "Ensemble": "standoff.ensemble.ensemble",
    "Study": "standoff.ensemble.study",
    "StudyError": "standoff.base.problems",
    "load": "standoff.ensemble.study",
}


def __getattr__(name: str) -> Any:
    """Import the public names when first asked for, so that `standoff --help` answers at once."""
    if name not in _HOMES:
        raise AttributeError(f"module 'standoff' has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415

    return getattr(import_module(_HOMES[name]), name)
