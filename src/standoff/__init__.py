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
    from standoff.ensemble.running import Size
    from standoff.public.study import Ensemble, Study, load, open_run
    from standoff.public.watching import score

__all__ = ["Ensemble", "Size", "Study", "StudyError", "__version__", "load", "open_run", "score"]

_HOMES = {
    "Ensemble": "standoff.public.study",
    "Size": "standoff.ensemble.running",
    "Study": "standoff.public.study",
    "StudyError": "standoff.base.problems",
    "load": "standoff.public.study",
    "open_run": "standoff.public.study",
    "score": "standoff.public.watching",
}


def __getattr__(name: str) -> Any:
    """Import the public names when first asked for, so that `standoff --help` answers at once."""
    if name not in _HOMES:
        raise AttributeError(f"module 'standoff' has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415

    return getattr(import_module(_HOMES[name]), name)
