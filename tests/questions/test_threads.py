"""What `threads` bounds: every pool of ours, one after the other, and linear algebra's."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from threadpoolctl import threadpool_info

import standoff
from standoff.ensemble.runner import Local
from standoff.ensemble.running import Running, Size
from standoff.questions.answer import answer, answer_run
from standoff.questions.deals import DEALS
from standoff.questions.documents import TESTS
from standoff.questions.others import OTHERS
from standoff.questions.question import Question, Runs
from standoff.questions.results import ROBUST, whole_run

STUDY = standoff.load("rivals")
SIZE = Size(32, 2)


def most_alive(work: Callable[[], object]) -> int:
    """The most threads alive at once, besides those that were there before."""
    before, most, start = threading.active_count(), 0, threading.Thread.start

    def counted(thread: threading.Thread) -> None:
        nonlocal most
        start(thread)
        most = max(most, threading.active_count() - before)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(threading.Thread, "start", counted)
        work()
    return most


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run") / "run"
    STUDY.run(SIZE.worlds, SIZE.replications, out=folder)
    return folder


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("question", [ROBUST, OTHERS, DEALS, TESTS], ids=lambda question: question.name)
def test_a_question_is_run_and_answered_on_so_many_threads(question: Question[object], threads: int) -> None:
    runner = Local(Running(threads, "reference"))
    assert most_alive(lambda: answer(STUDY, (question,), SIZE, runner)) <= threads


@pytest.mark.parametrize("threads", [1, 3])
def test_a_run_is_kept_opened_asked_and_compared_on_so_many_threads(kept: Path, tmp_path: Path, threads: int) -> None:
    run = standoff.open_run(kept, threads)
    assert most_alive(lambda: STUDY.run(32, 2, out=tmp_path / "run", threads=threads)) <= threads
    assert most_alive(lambda: standoff.open_run(kept, threads)) <= threads
    assert most_alive(lambda: answer_run(run, (ROBUST,), threads)) <= threads
    assert most_alive(lambda: run.compare(run, threads)) <= threads


def test_linear_algebra_has_no_more_threads_either() -> None:
    def look(runs: Runs, _: object) -> list[int]:
        return [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]

    question: Question[list[int]] = Question("pools", whole_run, look)
    found = answer(STUDY, (question,), SIZE, Local(Running(1, "reference"))).of(question)
    assert found and set(found) == {1}
