"""What the others will do: the game that the actors play, as each sees it."""

from __future__ import annotations

from standoff.analysis.findings import Reason
from standoff.analysis.others.others import Others, others_finding
from standoff.ensemble.ensemble import Ensemble
from standoff.ensemble.run import Job
from standoff.ensemble.running import Size
from standoff.ensemble.study import Study
from standoff.evidence.claims import Ledger
from standoff.questions.question import WHOLE, Designs, Keeping, Question, Runs, Unanswered

__all__ = ["OTHERS", "find_others"]


def find_others(ensemble: Ensemble, seed: int = 1) -> Others | Unanswered:
    """What the others will do, from a run of every profile."""
    model = ensemble.model
    if len(model.players) < 2:
        return Unanswered("others", Reason.ONLY_PLAYER, {"actor": model.players[0]})
    if not model.payoffs:
        return Unanswered("others", Reason.NOBODY_PAID)
    return others_finding(ensemble, seed=seed)


def _designs(study: Study, size: Size) -> Designs:
    return Designs({WHOLE: Job(study.program, study.design_of(size))})


def _find(runs: Runs, _: Ledger) -> Others | Unanswered:
    ensemble = runs.whole()
    return find_others(ensemble, ensemble.design.seed)


OTHERS: Question[Others] = Question("others", _designs, _find, keeping=Keeping(Others))
