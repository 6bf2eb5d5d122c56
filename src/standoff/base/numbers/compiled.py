"""Functions that Numba compiles, and keeps for the next time where there is a place to keep them."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

from numba import njit

__all__ = ["UnkeptWarning", "compiled", "part"]

_Function = TypeVar("_Function", bound=Callable[..., Any])


def part(function: _Function) -> _Function:
    """For functions that only compiled ones call: they are kept with these, and compile in half the time, unwrapped.

    Numba's cache of a kernel knows its own file only: after a change to a part in another, delete the cache.
    """
    make: Any = njit
    made: _Function = make(nogil=True, error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True)(function)
    return made


class UnkeptWarning(UserWarning):
    """What is compiled cannot be kept, so that it is compiled anew in each process."""


def compiled(*signature: str, **options: Any) -> Callable[[_Function], _Function]:
    """Numba's `njit`, kept on disk: beside the module, or else where `NUMBA_CACHE_DIR` or the user's cache is.

    Where none of these can be written to, as in a container without a home, it is compiled for this process alone.

    Args:
        signature: As `njit` takes it; with one, compiling happens at once.
        options: Likewise.
    """

    make: Any = njit

    def decorate(function: _Function) -> _Function:
        try:
            made: _Function = make(*signature, cache=True, **options)(function)
        except (RuntimeError, OSError) as error:
            if isinstance(error, RuntimeError) and "locator" not in str(error):
                raise
            _warn_once()
            made = make(*signature, **options)(function)
        return made

    return decorate


@cache
def _warn_once() -> None:
    warnings.warn(
        "what is compiled cannot be kept, as no folder for it can be written to: each command takes a minute longer; "
        "set XDG_CACHE_HOME to a folder of your own",
        UnkeptWarning,
        stacklevel=3,
    )
