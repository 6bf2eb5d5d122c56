"""What holds up and what it hinges on, for the page: computed together, since both look at one arranged run."""

from __future__ import annotations

from dataclasses import dataclass

from standoff.analysis.findings import Floats
from standoff.analysis.linchpins.linchpins import Linchpins, linchpins
from standoff.analysis.robustness.robustness import Robustness, robustness
from standoff.analysis.runs.views import DecisionTable, decision_table
from standoff.brief.playing import Unanswered
from standoff.ensemble.ensemble import Ensemble
from standoff.evidence.claims import Ledger

__all__ = ["Robust", "find_robust"]


@dataclass(frozen=True, slots=True, eq=False)
class Robust:
    """The arranged run, and the answers to the first two questions."""

    table: DecisionTable
    robustness: Robustness
    linchpins: Linchpins


def find_robust(
    ensemble: Ensemble, ledger: Ledger, replies: Floats | None = None, seed: int = 0
) -> Robust | Unanswered:
    """Both answers, or why there are none.

    Args:
        ensemble: Every strategy of the decider against the same profiles of the others.
        ledger: The study's evidence.
        replies: (profiles,), the view in which the others reply.
        seed: Of folds, permutations and resamples.
    """
    try:
        table = decision_table(ensemble)
        robust = robustness(ensemble, replies=replies, seed=seed, limits_under_all=False)
        return Robust(table, robust, linchpins(ensemble, ledger=ledger, seed=seed))
    except ValueError as error:
        return Unanswered("hinges", str(error).replace("`", ""))
