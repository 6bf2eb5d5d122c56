"""What was worked out is kept and read again, and nothing that was altered is believed."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

import standoff
from standoff.ensemble.ensemble import Ensemble
from standoff.ensemble.run import Job, Paths, PathsJob, run_jobs
from standoff.ensemble.runner import Local
from standoff.ensemble.running import Running, Size
from standoff.ensemble.study import Study
from standoff.language.changed import Fixed, changed
from standoff.questions.answer import answer, answer_run
from standoff.questions.as_json import to_json
from standoff.questions.kept import Kept
from standoff.questions.others import OTHERS
from standoff.questions.results import RESULTS, of_run

SIZE = Size(24, 2)


class Counting:
    """A runner that counts the futures that it was asked to run."""

    running = Running(1, "reference")
    futures = 0

    def run(self, jobs: Sequence[Job]) -> list[Ensemble]:
        self.futures += sum(job.design.n_futures for job in jobs)
        return run_jobs(jobs, self.running)

    def follow(self, job: PathsJob) -> Paths:
        return Local(self.running).follow(job)


@pytest.fixture(scope="module")
def rivals() -> Study:
    return Study(standoff.load("rivals").model)


def _ask(study: Study, kept: Kept, size: Size = SIZE) -> tuple[int, str]:
    """How many futures were run, and the answer."""
    runner = Counting()
    found = answer(study, (OTHERS,), size, runner, kept=kept).of(OTHERS)
    return runner.futures, json.dumps(to_json(found, exact=True))


def test_a_question_is_not_worked_out_twice(rivals: Study, tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    first, again = _ask(rivals, kept), _ask(rivals, kept)
    assert first[0] == 9 * 24 * 2
    assert again == (0, first[1])
    assert _ask(rivals, Kept(tmp_path, fresh=True)) == first


def test_another_size_study_or_held_number_is_another_question(rivals: Study, tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    _ask(rivals, kept)
    assert _ask(rivals, kept, Size(24, 2, 2))[0] > 0
    assert _ask(Study(rivals.model, {"fear": 0.3}), kept)[0] > 0
    assert _ask(Study(changed(rivals.model, (Fixed("small_force", 9.0),))), kept)[0] > 0


@pytest.mark.parametrize("damage", [lambda text: text[:-9], lambda text: text.replace(b"0", b"1", 40), lambda _: b""])
def test_what_was_altered_is_worked_out_again(rivals: Study, tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    kept = Kept(tmp_path)
    first = _ask(rivals, kept)
    (path,) = tmp_path.iterdir()
    path.write_bytes(damage(path.read_bytes()))
    assert _ask(rivals, kept) == first
    assert _ask(rivals, kept)[0] == 0


def test_a_kept_answer_still_has_its_run_where_it_is_asked_for(rivals: Study, tmp_path: Path) -> None:
    kept, size = Kept(tmp_path), Size(24, 2)
    answer(rivals, (RESULTS,), size, Counting(), kept=kept)
    runner = Counting()
    again = answer(rivals, (RESULTS,), size, runner, kept=kept)
    assert runner.futures == 0
    assert again.ensemble.digest == rivals.run(24, 2).digest
    assert runner.futures == 9 * 24 * 2


def test_the_answers_of_a_run_are_kept_by_its_figures_and_options(rivals: Study, tmp_path: Path) -> None:
    kept, run = Kept(tmp_path), rivals.run(24, 2, evaluator="reference")
    for view in ("uniform", "adversarial", "uniform"):
        answer_run(run, (of_run(view),), kept=kept)
    assert len(list(tmp_path.iterdir())) == 2


def test_the_folder_is_bounded_and_loses_what_was_not_read_for_longest(tmp_path: Path) -> None:
    kept = Kept(tmp_path, most_bytes=4_000)
    for i in range(8):
        kept.write(f"key{i}", "x" * 900)
        os.utime(tmp_path / f"key{i}.json", (i, i))
    assert sorted(path.stem for path in tmp_path.iterdir()) == ["key4", "key5", "key6", "key7"]
    kept.write("large", "x" * 4_000)
    assert kept.read("large") is None
