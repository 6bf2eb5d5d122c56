"""Runs that grow until a question is settled, or a budget is spent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from standoff.ensemble.ensemble import Ensemble
from standoff.ensemble.study import Study

__all__ = ["Grown", "Settled", "run_until"]

REPLICATE_EVERY = 3  # rounds: worlds double in each, replications in every third


@dataclass(frozen=True, slots=True)
class Settled:
    """Whether an ensemble settles the question, and a sentence on it."""

    is_settled: bool
    statement: str


@dataclass(frozen=True, slots=True, eq=False)
class Grown:
    """The last ensemble of a growing run.

    Attributes:
        ensemble: Of the last round.
        settled: What it says on the question.
        spent: Futures run in all rounds.
        statement: Whether the question or the budget ended it, in words.
    """

    ensemble: Ensemble
    settled: Settled
    spent: int
    statement: str


def run_until(
    study: Study,
    question: Callable[[Ensemble], Settled],
    worlds: int,
    replications: int,
    *,
    budget: int,
    out: Path | None = None,
    **options: Any,
) -> Grown:
    """Run a study with more and more worlds and replications until the question is settled or the budget is spent.

    Each round is a design of its own, as worlds fill the space of assumptions together; the last one counts.

    Args:
        study: What to run.
        question: Asked of each round's ensemble.
        worlds, replications: Of the first round.
        budget: Futures in all rounds; the first round is run whatever it costs.
        out: A folder; each round is kept in a folder of its own inside, named by its size.
        options: Of `Study.run`.
    """
    spent, turn = 0, 0
    while True:
        place = None if out is None else out / f"{worlds}x{replications}"
        ensemble = study.run(worlds, replications, out=place, **options)
        settled = question(ensemble)
        spent += ensemble.design.n_futures
        turn += 1
        worlds *= 2
        replications *= 2 if turn % REPLICATE_EVERY == 0 else 1
        following = ensemble.design.profiles.shape[0] * worlds * replications
        if settled.is_settled:
            return Grown(ensemble, settled, spent, f"settled after {spent:,} futures: {settled.statement}")
        if spent + following > budget:
            words = f"the budget of {budget:,} futures is spent ({spent:,} run), and it is not settled"
            return Grown(ensemble, settled, spent, f"{words}: {settled.statement}")
