"""Why a growing run ended, in a sentence."""

from __future__ import annotations

from standoff.analysis.robustness.until import RankingSettled
from standoff.ensemble.until import Grown
from standoff.words.numbers import whole
from standoff.words.sentences.robustness import ranking_sentence

__all__ = ["grown_words"]


def grown_words(grown: Grown[RankingSettled]) -> str:
    """Whether the ranking or the budget ended it, and what it says of the ranking."""
    settled = grown.settled
    if settled.ranking is None:
        said = f"worlds in which no profile went wrong are too few to rank by, {settled.n_worlds}"
    else:
        said = ranking_sentence(settled.ranking, settled.strategies)
    if settled.is_settled:
        return f"settled after {whole(grown.spent)} futures: {said}"
    budget, spent = whole(grown.budget), whole(grown.spent)
    return f"the budget of {budget} futures is spent ({spent} run), and it is not settled: {said}"
