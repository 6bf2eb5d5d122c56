"""Do the documents agree: claims and mechanisms held against the model, and what moves its figures."""

from __future__ import annotations

from dataclasses import dataclass, replace

from standoff.analysis.documents.documents import Agreement, Headline, agreement, headlines
from standoff.analysis.runs.decision_table import decision_table
from standoff.base.problems import StudyError, has_errors
from standoff.ensemble.claims import collect_expectations, judge_tests, plan_tests
from standoff.ensemble.running import Size
from standoff.ensemble.study import Study
from standoff.evidence.claims import Ledger, check_ledger, ledger_of
from standoff.evidence.sources import Sources
from standoff.questions.deals import MOST_WORLDS_OF_EFFECTS
from standoff.questions.question import Designs, Keeping, Question, Runs, Unanswered
from standoff.questions.results import RESULTS, ROBUST, whole_run

__all__ = ["DOCUMENTS", "TESTS", "Evidence"]

_MOST_LUCK = 16


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What the documents say, held against the model, and which assumptions move its headline figures.

    `at_hand`, the documents themselves, is there only where a reader asked for their own words.
    """

    found: Agreement
    headlines: tuple[Headline, ...]
    at_hand: Sources | None = None


def _designs(study: Study, size: Size) -> Designs:
    ledger = ledger_of(study.model.written.files)
    expectations, problems = collect_expectations(study.model, ledger)
    problems += check_ledger(ledger, study.model)
    if has_errors(problems) and not study.model.applied:  # a variant may lack what a claim is about
        raise StudyError(problems)
    plan = plan_tests(study.model, expectations, size, study.held)
    return Designs({f"test {number}": job for number, job in enumerate(plan.jobs)}, plan)


def _find(runs: Runs, ledger: Ledger) -> Agreement:
    judged = judge_tests(runs.designs["tests"].plan, runs.of("tests"))
    return agreement(runs.study.model, ledger, judged)


def _find_evidence(runs: Runs, ledger: Ledger) -> Evidence | Unanswered:
    found, results, robust = runs.answer(TESTS), runs.answer(RESULTS), runs.answer(ROBUST)
    for one in (found, results):
        if isinstance(one, Unanswered):
            return one
    assert not isinstance(found, Unanswered) and not isinstance(results, Unanswered)
    table = decision_table(runs.whole(), fewest=0) if isinstance(robust, Unanswered) else robust.table
    return Evidence(found, headlines(table, ledger, results))


def _beside(size: Size) -> Size:
    worlds = min(size.worlds, MOST_WORLDS_OF_EFFECTS)
    return replace(size, worlds=worlds, replications=min(2 * size.replications * size.worlds // worlds, _MOST_LUCK))


TESTS: Question[Agreement] = Question("tests", _designs, _find, beside=_beside, keeping=Keeping(Agreement))
DOCUMENTS: Question[Evidence] = Question(
    "documents", whole_run, _find_evidence, (TESTS, ROBUST, RESULTS),
    keeping=Keeping(
        tuple[Agreement, tuple[Headline, ...]],
        lambda evidence: (evidence.found, evidence.headlines),
        lambda _, part: Evidence(*part),
    ),
)  # fmt: skip
