"""How much is drawn to tell what assumptions are worth."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["FEWEST_PAIRED", "FEWEST_PERMUTATIONS", "Effort"]

FEWEST_PERMUTATIONS = 99
FEWEST_PAIRED = 39


@dataclass(frozen=True, slots=True)
class Effort:
    """What may be drawn, and by how many threads.

    Attributes:
        pairs: whether to judge pairs too.
        permutations: of the worlds against all inputs together, for the null; at least 99.
        pair_permutations: the same for pairs; at least 39.
        most_paired: pair only so many inputs, those whose values alone stand out most against their null; all by
            default. A pair whose members matter only together can then be missed.
        resamples: of the worlds, for the flip points.
        seed: of folds, permutations and resamples.
        threads: at most so many at once; all cores by default.

    Raises:
        ValueError: too few permutations for the null to tell anything.
    """

    pairs: bool = True
    permutations: int = 199
    pair_permutations: int = FEWEST_PAIRED
    most_paired: int | None = None
    resamples: int = 200
    seed: int = 0
    threads: int | None = None

    def __post_init__(self) -> None:
        if self.permutations < FEWEST_PERMUTATIONS or self.pair_permutations < FEWEST_PAIRED:
            raise ValueError(
                f"the null needs at least {FEWEST_PERMUTATIONS} permutations, and {FEWEST_PAIRED} for pairs"
            )
