"""Questions asked of a study: what is run for them, once, and their answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

import standoff
from standoff.analysis.findings import Reason
from standoff.ensemble.ensemble import Ensemble
from standoff.ensemble.run import Job, Paths, PathsJob, run_jobs
from standoff.ensemble.runner import Local
from standoff.ensemble.running import Running, Size
from standoff.ensemble.study import Study
from standoff.questions.answer import answer, answer_run
from standoff.questions.deals import DEALS
from standoff.questions.documents import TESTS
from standoff.questions.others import OTHERS
from standoff.questions.question import Unanswered, with_needs
from standoff.questions.registry import QUESTIONS
from standoff.questions.results import RESULTS, ROBUST

SIZE = Size(32, 2)


class Counting:
    """A runner that keeps what it was asked to run."""

    running = Running(1, "reference")

    def __init__(self) -> None:
        self.jobs: list[Job] = []

    def run(self, jobs: Sequence[Job]) -> list[Ensemble]:
        self.jobs += jobs
        return run_jobs(jobs, self.running)

    def follow(self, job: PathsJob) -> Paths:
        return Local(self.running).follow(job)


@pytest.fixture(scope="module")
def rivals() -> Study:
    return standoff.load("rivals")


def test_questions_share_the_run_of_every_profile(rivals: Study) -> None:
    runner = Counting()
    found = answer(rivals, (RESULTS, ROBUST, OTHERS), SIZE, runner)
    assert [job.design.n_futures for job in runner.jobs] == [9 * 32 * 2]
    assert found.ensemble.digest == rivals.run(32, 2).digest
    assert not isinstance(found.of(OTHERS), Unanswered)


def test_what_an_answer_reads_is_asked_first() -> None:
    assert [one.name for one in with_needs((RESULTS,))] == ["others", "robust", "results"]
    assert len({one.name for one in QUESTIONS}) == len(QUESTIONS)


def _sizes(runner: Counting) -> set[tuple[int, int]]:
    """Worlds, of which one job may run several versions with the same luck, and replications."""
    return {(len(set(job.design.worlds.streams.tolist())), job.design.replications) for job in runner.jobs}


def test_a_question_asked_alone_has_the_size_that_was_asked_for(rivals: Study) -> None:
    runner = Counting()
    answer(rivals, (TESTS,), Size(300, 2), runner)
    assert _sizes(runner) == {(300, 2)}
    runner = Counting()
    answer(rivals, (RESULTS, TESTS), Size(300, 2), runner)
    assert _sizes(runner) == {(300, 2), (256, 4)}


def test_a_kept_run_is_asked_as_a_new_one(rivals: Study) -> None:
    fresh, kept = answer(rivals, (ROBUST,), SIZE), answer_run(rivals.run(32, 2), (ROBUST,))
    one, other = fresh.of(ROBUST), kept.of(ROBUST)
    assert not isinstance(one, Unanswered) and not isinstance(other, Unanswered)
    assert one.linchpins.evpi == other.linchpins.evpi
    assert np.array_equal(one.table.payoffs().mean, other.table.payoffs().mean)


def test_what_is_held_is_held_in_every_world(rivals: Study) -> None:
    runner = Counting()
    answer(Study(rivals.model, {"fear": 0.3}), (OTHERS,), SIZE, runner)
    assert set(runner.jobs[0].design.worlds.columns["fear"]) == {0.3}


def test_a_question_without_an_answer_is_a_value(rivals: Study, study_of: Callable[..., Study]) -> None:
    few = answer(rivals, (ROBUST,), Size(8, 2)).of(ROBUST)
    assert few == Unanswered("robust", Reason.FEW_WORLDS, {"worlds": 8, "least": 16})
    alone = study_of('outcomes: {calls: {measure: "mean(step)", better: lower}}')
    assert answer(alone, (OTHERS,), SIZE).of(OTHERS) == Unanswered("others", Reason.ONLY_PLAYER, {"actor": "north"})
    assert answer(alone, (DEALS,), SIZE).of(DEALS) == ()


def test_how_it_is_run_changes_no_answer(rivals: Study) -> None:
    found = [answer(rivals, (TESTS,), Size(40, 4), runner).of(TESTS) for runner in (Counting(), Counting())]
    assert repr(found[0]) == repr(found[1])
