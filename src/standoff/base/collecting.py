"""Python's search for objects that hold each other, put off where large trees are built."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["uncollected"]


@contextmanager
def uncollected() -> Iterator[None]:
    """Search for no garbage meanwhile, as a context or a decorator.

    A tree that grows is searched again and again, from its root, and nothing is found: two fifths of a large study's
    check. What nobody holds any more goes at once as ever.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
