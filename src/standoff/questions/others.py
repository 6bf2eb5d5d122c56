"""What the others will do: the game that the actors play, as each sees it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from standoff.analysis.findings import Reason
from standoff.analysis.others.others import Others, others_finding
from standoff.analysis.others.sampled import SampledGame, sampled_game
from standoff.ensemble.ensemble import Ensemble
from standoff.ensemble.run import Job
from standoff.ensemble.running import Size
from standoff.ensemble.study import Study
from standoff.evidence.claims import Ledger
from standoff.questions.question import WHOLE, Designs, Keeping, Question, Runs, Unanswered

__all__ = ["OTHERS", "SAMPLED", "find_others"]


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


def _find_sampled(runs: Runs, _: Ledger) -> SampledGame:
    ensemble = runs.whole()

    def run(profiles: npt.NDArray[np.int64]) -> Ensemble:
        (found,) = runs.runner.run([Job(ensemble.program, replace(ensemble.design, profiles=profiles))])
        return found

    return sampled_game(ensemble, run)


OTHERS: Question[Others] = Question("others", _designs, _find, keeping=Keeping(Others))
SAMPLED: Question[SampledGame] = Question("sampled game", _designs, _find_sampled, keeping=Keeping(SampledGame))
"""The game on a balanced part of the profiles, where `Size.profiles` asks for one."""
