"""Runs that grow until a question is settled, or a budget is spent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from standoff.ensemble.ensemble import Ensemble
from standoff.ensemble.study import Study

__all__ = ["Grown", "Settled", "run_until"]

Answer = TypeVar("Answer", bound="Settled")
REPLICATE_EVERY = 3  # rounds: worlds double in each, replications in every third


class Settled(Protocol):
    """What an ensemble says on the question."""

    @property
    def is_settled(self) -> bool:
        """Whether it settles it."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Grown(Generic[Answer]):
    """The last ensemble of a growing run.

    Attributes:
        ensemble: Of the last round.
        settled: What it says on the question.
        spent: Futures run in all rounds.
        budget: Of futures; the run ended with it unless the question is settled.
    """

    ensemble: Ensemble
    settled: Answer
    spent: int
    budget: int


def run_until(
    study: Study,
    question: Callable[[Ensemble], Answer],
    worlds: int,
    replications: int,
    *,
    budget: int,
    out: Path | str | None = None,
    **options: Any,
) -> Grown[Answer]:
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
        place = None if out is None else f"{out}/{worlds}x{replications}"
        ensemble = study.run(worlds, replications, out=place, **options)
        settled = question(ensemble)
        spent += ensemble.design.n_futures
        turn += 1
        worlds *= 2
        replications *= 2 if turn % REPLICATE_EVERY == 0 else 1
        following = ensemble.design.profiles.shape[0] * worlds * replications
        if settled.is_settled or spent + following > budget:
            return Grown(ensemble, settled, spent, budget)
