"""Ask questions of a study: run what they need, all together, and find their answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from threadpoolctl import threadpool_limits

from standoff.base.beside import beside
from standoff.ensemble.ensemble import Ensemble
from standoff.ensemble.run import Job
from standoff.ensemble.runner import Local, Runner
from standoff.ensemble.running import Announce, Running, Size
from standoff.ensemble.study import Study
from standoff.evidence.claims import ledger_of
from standoff.questions.as_json import from_json, to_json
from standoff.questions.kept import Kept, identified
from standoff.questions.question import WHOLE, Designs, Question, Runs, Unanswered, with_needs
from standoff.words.numbers import counted

__all__ = ["Findings", "answer", "answer_run"]

Finding = TypeVar("Finding")


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
    *,
    kept: Kept | None = None,
    announce: Announce | None = None,
) -> Findings:
    """Run what some questions need, and answer them.

    Args:
        study: What is asked.
        questions: Of `QUESTIONS`; those whose answers they read are asked too.
        size: How much to run; asked together, a question may need less (`Question.beside`).
        runner: Who runs it, all jobs at once.
        kept: Findings that were worked out before, and where these are kept; none by default.
        announce: Called with a line before all is run, and before the answers are worked out.

    Raises:
        StudyError: The study's claims do not fit its model.
    """
    every = with_needs(questions)
    sizes = {one.name: size if len(every) == 1 else one.beside(size) for one in every}
    runs = Runs(study, size, runner, ledger_of(study.model.written.files))
    what = (study.model.digest, sorted(study.held.items()))
    keys = {one.name: _key(runs, one, what, sizes[one.name]) for one in every if one.keeping}
    open_questions = _restore(questions, runs, kept, keys)
    runs.designs = {one.name: one.designs(study, sizes[one.name]) for one in open_questions}
    jobs = {name: job for of in runs.designs.values() for name, job in of.jobs.items()}
    say = announce or (lambda _: None)
    if jobs:
        say(f"running {counted(sum(job.design.n_futures for job in jobs.values()), 'future')}")
        runs.ensembles |= dict(zip(jobs, runner.run(list(jobs.values())), strict=True))
        say("working out the answers")
    return _found(open_questions, runs, kept, keys)


def answer_run(
    ensemble: Ensemble, questions: Sequence[Question[Any]], threads: int | None = None, kept: Kept | None = None
) -> Findings:
    """Answer questions from a run that is there already; none may need another."""
    study, design = Study(ensemble.model), ensemble.design
    size = Size(design.worlds.size, design.replications, design.seed)
    runs = Runs(study, size, Local(Running(threads)), ledger_of(ensemble.model.written.files))
    runs.ensembles[WHOLE] = ensemble
    every = with_needs(questions)
    keys = {one.name: _key(runs, one, ensemble.digest, size) for one in every if one.keeping} if kept else {}
    open_questions = _restore(questions, runs, kept, keys)
    runs.designs = {one.name: Designs({WHOLE: Job(ensemble.program, design)}) for one in every}
    return _found(open_questions, runs, kept, keys)


def _key(runs: Runs, question: Question[Any], what: object, size: Size) -> str:
    texts = runs.study.model.written.files.texts()
    return identified(texts, runs.study.model.applied, what, question.name, question.options, size)


def _restore(
    questions: Sequence[Question[Any]], runs: Runs, kept: Kept | None, keys: Mapping[str, str]
) -> tuple[Question[Any], ...]:
    """Take up what was kept; the questions that are still open, what is read first."""
    left: dict[str, Question[Any]] = {}
    for question in questions:
        if question.name in runs.found or question.name in left:
            continue
        if kept is not None and question.keeping is not None and _take_up(question, runs, kept, keys):
            continue
        left |= {one.name: one for one in _restore(question.needs, runs, kept, keys)} | {question.name: question}
    return tuple(left.values())


def _take_up(question: Question[Any], runs: Runs, kept: Kept, keys: Mapping[str, str]) -> bool:
    """Whether there is a kept answer that can be read."""
    keeping = question.keeping
    data = kept.read(keys[question.name])
    if data is None or keeping is None:
        return False
    try:
        found = from_json(data, keeping.kind | Unanswered, runs.study.model)
    except (ValueError, TypeError):
        return False
    runs.found[question.name] = found if isinstance(found, Unanswered) else keeping.restored(runs, found)
    return True


def _found(
    questions: Sequence[Question[Any]], runs: Runs, kept: Kept | None, keys: Mapping[str, str]
) -> Findings:  # fmt: skip
    with threadpool_limits(runs.threads):  # of linear algebra too; None leaves it alone
        _answer_all(questions, runs)
        for question in questions:
            if kept is not None and question.keeping is not None:
                kept.write(keys[question.name], to_json(_part(runs, question), exact=True))
    return Findings(runs)


def _answer_all(questions: Sequence[Question[Any]], runs: Runs) -> None:
    """Answer questions, each once what it reads is answered; those that can be apart beside the others."""
    left = [one for one in questions if one.name not in runs.found]
    while left:
        apart, rest = _ready(left, runs)
        if apart and rest:
            with beside(partial(_parts, runs, apart), runs.threads) as parts:
                while rest and len(_ready(left, runs)[0]) == len(apart):  # until another can be apart
                    runs.answer(rest[0])
                    left.remove(rest[0])
                    rest = _ready(left, runs)[1]
                for one, part in zip(apart, parts(), strict=True):
                    assert one.keeping is not None
                    runs.found[one.name] = part if isinstance(part, Unanswered) else one.keeping.restored(runs, part)
        else:
            for one in apart or rest or left:
                runs.answer(one)
        left = [one for one in left if one.name not in runs.found]


def _ready(questions: Sequence[Question[Any]], runs: Runs) -> tuple[list[Question[Any]], list[Question[Any]]]:
    """Of some questions those whose needs are answered: first those that can be apart, then the others."""
    ready = [one for one in questions if all(need.name in runs.found for need in one.needs)]
    return [one for one in ready if one.is_apart], [one for one in ready if not one.is_apart]


def _parts(runs: Runs, questions: Sequence[Question[Any]]) -> list[Any]:
    return [_part(runs, one) for one in questions]


def _part(runs: Runs, question: Question[Any]) -> Any:
    """What is kept of an answer."""
    found, keeping = runs.answer(question), question.keeping
    return found if isinstance(found, Unanswered) or keeping is None else keeping.part(found)
