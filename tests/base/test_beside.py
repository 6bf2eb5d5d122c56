"""Work beside gives what it would have given here, and its error; it is really done elsewhere where that can be."""

from __future__ import annotations

import os
import sys
import threading

import pytest

from standoff.base.beside import beside


@pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux alone")
def test_work_is_done_in_another_process_beside_the_block(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    with beside(os.getpid) as result:
        assert result() != os.getpid()


def test_with_one_thread_it_is_done_here() -> None:
    with beside(os.getpid, threads=1) as result:
        assert result() == os.getpid()


def test_what_it_raises_is_raised_where_it_is_asked_for() -> None:
    with beside(lambda: 1 // 0) as result, pytest.raises(ZeroDivisionError):
        result()


def test_what_nobody_asks_for_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    before = os.getpid()
    with beside(lambda: threading.Event().wait()) as _:
        pass
    assert os.getpid() == before
