"""A question: what it needs run, and how it is answered from what was run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from standoff.analysis.findings import Reason, UnanswerableError
from standoff.ensemble.design import Design
from standoff.ensemble.ensemble import Ensemble
from standoff.ensemble.runner import Job, Runner
from standoff.ensemble.running import Size
from standoff.ensemble.study import Study
from standoff.evidence.claims import Ledger

__all__ = ["WHOLE", "Designs", "Keeping", "Question", "Runs", "Unanswered", "with_needs"]

Finding = TypeVar("Finding")


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A question that a study or a run does not answer, and why; `standoff.words.unanswered` says it.

    Attributes:
        about: What was asked after: a question, or a deal.
        reason: Why there is no answer.
        data: What the reason names, such as an actor or how many worlds there are.
    """

    about: str
    reason: Reason
    data: Mapping[str, str | int | tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, about: str, error: UnanswerableError) -> Unanswered:
        """The same as a value."""
        return cls(about, error.reason, error.data)


@dataclass(frozen=True, slots=True, eq=False)
class Designs:
    """What a question needs run.

    Attributes:
        jobs: By name; questions that name a job alike share its run.
        plan: What the question keeps of it for its answer.
    """

    jobs: Mapping[str, Job]
    plan: Any = None


@dataclass(frozen=True, slots=True, eq=False)
class Keeping(Generic[Finding]):
    """How a finding is kept.

    Attributes:
        kind: The type of what is kept of it.
        part: What that is; the finding itself, where nothing of it can be had from the run.
        restored: The finding again, from the runs and what was kept.
    """

    kind: Any
    part: Callable[[Any], Any] = lambda finding: finding
    restored: Callable[[Runs, Any], Any] = lambda _, part: part


@dataclass(frozen=True, slots=True, eq=False)
class Question(Generic[Finding]):
    """A question that can be asked of a study.

    Attributes:
        name: One word.
        designs: What to run of a study, at a size.
        find: The answer, from the runs and the study's evidence; it may ask the runs for another question's answer.
        needs: Questions whose answers this one reads.
        beside: The size at which it is asked beside others, given theirs.
        options: What else the answer hangs on.
        keeping: How the answer is kept; None where it is worked out whenever it is asked for.
        is_apart: Whether it runs nothing more than what was run before, so that it can be answered in a process beside;
            it is then kept too.
    """

    name: str
    designs: Callable[[Study, Size], Designs]
    find: Callable[[Runs, Ledger], Finding | Unanswered]
    needs: tuple[Question[Any], ...] = ()
    beside: Callable[[Size], Size] = lambda size: size
    options: tuple[Any, ...] = ()
    keeping: Keeping[Finding] | None = None
    is_apart: bool = False


@dataclass(eq=False)
class Runs:
    """What was run for some questions, and the answers found so far: each is found once.

    Attributes:
        study: What was asked.
        size: How much was run.
        runner: Who runs.
        designs: Of each question, by its name.
        ensembles: Of each job, by its name.
        ledger: The study's evidence.
        found: Answers so far, by the question's name.
    """

    study: Study
    size: Size
    runner: Runner
    ledger: Ledger
    designs: Mapping[str, Designs] = field(default_factory=dict)
    ensembles: dict[str, Ensemble] = field(default_factory=dict)
    found: dict[str, Any] = field(default_factory=dict)

    @property
    def threads(self) -> int | None:
        """How many an answer may use; all cores by default."""
        return self.runner.running.threads

    @property
    def design(self) -> Design:
        """Of the run of every profile, be it run yet or not."""
        return self.ensembles[WHOLE].design if WHOLE in self.ensembles else self.study.design_of(self.size)

    def answer(self, question: Question[Finding]) -> Finding | Unanswered:
        """A question's answer, or why there is none."""
        if question.name not in self.found:
            try:
                self.found[question.name] = question.find(self, self.ledger)
            except UnanswerableError as error:
                self.found[question.name] = Unanswered.of(question.name, error)
        found: Finding | Unanswered = self.found[question.name]
        return found

    def of(self, question: str) -> list[Ensemble]:
        """The ensembles that a question named, in its order."""
        return [self.ensembles[name] for name in self.designs[question].jobs]

    def whole(self) -> Ensemble:
        """The run of every profile; where no answer needed it, it is run now."""
        if WHOLE not in self.ensembles:
            (self.ensembles[WHOLE],) = self.runner.run([Job(self.study.program, self.design)])
        return self.ensembles[WHOLE]


WHOLE = "whole"
"""The name of the job that runs every profile; most questions share it."""


def with_needs(questions: Sequence[Question[Any]]) -> tuple[Question[Any], ...]:
    """These questions and all whose answers they read, each once, what is read first."""
    found: dict[str, Question[Any]] = {}
    for question in questions:
        for one in (*with_needs(question.needs), question):
            found.setdefault(one.name, one)
    return tuple(found.values())
