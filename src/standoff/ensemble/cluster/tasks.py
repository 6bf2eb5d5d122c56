"""What a worker does: it takes up a work once, by its digest, and then some items at a time."""

from __future__ import annotations

import pickle
from collections import OrderedDict
from collections.abc import Callable, Sequence
from threading import Lock
from typing import Any

from standoff.ensemble.cluster.identity import Identity, identify
from standoff.ensemble.running import EvaluatorName, Running
from standoff.ensemble.storing.manifest import RunError

__all__ = ["do", "held"]

_MOST = 4
_BEGUN: OrderedDict[str, Callable[[Any], Any]] = OrderedDict()
_LOCK = Lock()


def held(work: bytes) -> bytes:
    """A work as its tasks hang on it, so that Dask brings it to whichever worker has none, and again after a loss."""
    return work


def do(items: Sequence[Any], *, work: bytes, digest: str, like: Identity, evaluator: EvaluatorName) -> list[Any]:
    """Some items of a work, one after the other.

    Args:
        items: What to do.
        work: Pickled.
        digest: Of it; a worker that has begun the work does not unpickle it again.
        like: What the worker must be like.
        evaluator: Which one to run futures with.

    Raises:
        RunError: This worker is not like whoever asks.
    """
    with _LOCK:
        begun = _BEGUN.get(digest)
        if begun is None:
            said = like.refusal(identify(), _address())
            if said is not None:
                raise RunError(said)
            # a task has one thread: the worker runs as many tasks as it has threads
            begun = _BEGUN[digest] = pickle.loads(work).begin(Running(1, evaluator))
            while len(_BEGUN) > _MOST:
                _BEGUN.popitem(last=False)
        _BEGUN.move_to_end(digest)
    return [begun(item) for item in items]


def _address() -> str:
    from distributed import get_worker  # noqa: PLC0415

    try:
        return str(get_worker().address)
    except ValueError:
        return "here"
