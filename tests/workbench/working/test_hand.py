"""Work in a process apart: what is slow is stopped, and what fails ends nothing else."""

import asyncio
import os
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from standoff.ensemble.study import load
from standoff.workbench.working.hand import Hand, RefusedError


def done(work):
    """In a thread of its own: a browser's driver may have a loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def test_a_task_that_takes_too_long_is_stopped_and_the_next_is_done():
    hand = Hand(1.5)
    try:
        done(hand.do(os.getpid))  # it is there, whatever that took
        begun = time.monotonic()
        with pytest.raises(RefusedError, match="more than 2 seconds"):
            done(hand.do(time.sleep, 60))
        assert time.monotonic() - begun < 30
        hand.patience = 60.0
        assert done(hand.do(os.getpid)) != os.getpid()
        with pytest.raises(RefusedError, match="try again"):
            done(hand.do(os._exit, 1))
        assert done(hand.do(len, "abc")) == 3
    finally:
        hand.end()


def test_what_a_study_or_a_fault_of_ours_says_comes_back_as_a_status():
    hand = Hand(10.0, apart=False)
    for task, given, status in ((int, "x", 400), (load, "no-such-study", 409), (len, 3, 500)):
        with pytest.raises(RefusedError) as refused:
            done(hand.do(task, given))
        assert refused.value.status == status
