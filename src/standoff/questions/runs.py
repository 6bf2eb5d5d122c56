"""What moves outcomes in a run on a Saltelli design, and what changed from one run to another."""

from __future__ import annotations

from collections.abc import Sequence

from standoff.analysis.comparing import Comparison, compare
from standoff.analysis.sensitivity import Sensitivity, sensitivity
from standoff.ensemble.ensemble import Ensemble
from standoff.ensemble.run import Job
from standoff.ensemble.running import Size
from standoff.ensemble.study import Study
from standoff.questions.question import WHOLE, Designs, Keeping, Question
from standoff.questions.results import whole_run

__all__ = ["changes_to", "moving"]


def moving(outcomes: Sequence[str] = ()) -> Question[Sensitivity]:
    """Which assumptions move outcomes: all that every future has, and the decider's payoff, by default."""
    return Question(
        "sensitivity",
        _saltelli,
        lambda runs, _: sensitivity(runs.whole(), outcomes),
        options=tuple(outcomes),
        keeping=Keeping(Sensitivity),
    )


def changes_to(after: Ensemble) -> Question[Comparison]:
    """What changed from the run that is asked to another one; of two studies, so that it is not kept with either."""
    return Question("changes", whole_run, lambda runs, _: compare(runs.whole(), after, runs.threads))


def _saltelli(study: Study, size: Size) -> Designs:
    return Designs({WHOLE: Job(study.program, study.design_of(size, design="saltelli"))})
