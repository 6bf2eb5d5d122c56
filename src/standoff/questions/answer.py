"""Ask questions of a study: run what they need, all together, and find their answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from threadpoolctl import threadpool_limits

from standoff.ensemble.ensemble import Ensemble
from standoff.ensemble.run import Job
from standoff.ensemble.runner import Local, Runner
from standoff.ensemble.running import Announce, Size
from standoff.ensemble.study import Study
from standoff.evidence.claims import ledger_of
from standoff.questions.deals import DEALS
from standoff.questions.documents import DOCUMENTS, TESTS
from standoff.questions.others import OTHERS
from standoff.questions.question import WHOLE, Designs, Question, Runs, Unanswered, with_needs
from standoff.questions.results import OVER_TIME, RESULTS, ROBUST
from standoff.words.numbers import counted

__all__ = ["QUESTIONS", "Findings", "answer", "answer_run"]

Finding = TypeVar("Finding")

QUESTIONS: tuple[Question[Any], ...] = (RESULTS, ROBUST, OTHERS, DEALS, DOCUMENTS, TESTS, OVER_TIME)
"""Every question, in the order of a brief."""


@dataclass(frozen=True, slots=True, eq=False)
class Findings:
    """The answers to questions, with what they were found from."""

    runs: Runs

    def of(self, question: Question[Finding]) -> Finding | Unanswered:
        """A question's answer, or why there is none."""
        return self.runs.answer(question)

    @property
    def ensemble(self) -> Ensemble:
        """The run of every profile."""
        return self.runs.whole()


def answer(
    study: Study,
    questions: Sequence[Question[Any]],
    size: Size,
    runner: Runner = Local(),
    announce: Announce | None = None,
) -> Findings:
    """Run what some questions need, and answer them.

    Args:
        study: What is asked.
        questions: Of `QUESTIONS`; those whose answers they read are asked too.
        size: How much to run; asked together, a question may need less (`Question.beside`).
        runner: Who runs it, all jobs at once.
        announce: Called with a line before all is run, and before the answers are worked out.

    Raises:
        StudyError: The study's claims do not fit its model.
    """
    every = with_needs(questions)
    designs = {one.name: one.designs(study, size if len(every) == 1 else one.beside(size)) for one in every}
    jobs = {name: job for of in designs.values() for name, job in of.jobs.items()}
    if announce is not None:
        announce(f"running {counted(sum(job.design.n_futures for job in jobs.values()), 'future')}")
    ensembles = dict(zip(jobs, runner.run(list(jobs.values())), strict=True))
    if announce is not None:
        announce("working out the answers")
    ledger = ledger_of(study.model.written.files)
    return _found(every, Runs(study, size, designs, ensembles, ledger, runner.running.threads))


def answer_run(ensemble: Ensemble, questions: Sequence[Question[Any]], threads: int | None = None) -> Findings:
    """Answer questions from a run of every profile that is there already; none may need another."""
    study, design = Study(ensemble.model), ensemble.design
    size = Size(design.worlds.size, design.replications, design.seed)
    every = with_needs(questions)
    designs = {one.name: Designs({WHOLE: Job(ensemble.program, design)}) for one in every}
    ledger = ledger_of(ensemble.model.written.files)
    return _found(every, Runs(study, size, designs, {WHOLE: ensemble}, ledger, threads))


def _found(questions: Sequence[Question[Any]], runs: Runs) -> Findings:
    with threadpool_limits(runs.threads):  # of linear algebra too; None leaves it alone
        for question in questions:
            runs.answer(question)
    return Findings(runs)
