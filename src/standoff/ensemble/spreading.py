"""One kind of work on many items: on threads of this machine, or on the workers of a cluster.

Whoever works, and in whichever order, a result hangs on its item alone; results are handed on in the items' order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import Any, Protocol

from standoff.ensemble.running import Running

__all__ = ["Work", "cluster", "in_order", "spread"]


class Work(Protocol):
    """What is done with each item. It is sent to workers once, pickled."""

    def begin(self, running: Running) -> Callable[[Any], Any]:
        """What is done once where the work is: evaluators are chosen, kernels loaded; then what is done to an item."""


def spread(work: Work, items: Sequence[Any], running: Running) -> Iterator[Any]:
    """The result of each item, in their order."""
    if running.on is not None:
        yield from in_order(cluster("drive").drive(work, items, running))
        return
    with ThreadPoolExecutor(running.workers) as pool:
        yield from pool.map(work.begin(running), items)


def in_order(results: Iterator[tuple[int, Any]]) -> Iterator[Any]:
    """Numbered results as they come, handed on in the order of their numbers."""
    early: dict[int, Any] = {}
    following = 0
    for number, result in results:
        early[number] = result
        while following in early:
            yield early.pop(following)
            following += 1


def cluster(module: str) -> Any:
    """A module of `standoff.ensemble.cluster`, which is made of what asks for it here, so that it is loaded by name."""
    return import_module(f"standoff.ensemble.cluster.{module}")
