"""A search through points of a unit cube for what is good in several respects at once.

NSGA-II (of pymoo) with an archive by ε-dominance over all that was ever evaluated: a point stands for its box of sides
ε, and only boxes that no other dominates are kept, so that what is found neither crowds nor drifts.

Reference: K. Deb, A. Pratap, S. Agarwal and T. Meyarivan, A fast and elitist multiobjective genetic algorithm: NSGA-II
(2002); M. Laumanns, L. Thiele, K. Deb and E. Zitzler, Combining convergence and diversity in evolutionary
multiobjective optimization (2002), algorithm 2; J. Blank and K. Deb, pymoo (2020).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from standoff.analysis.findings import Floats
from standoff.base.chance.sampling import unit_columns

__all__ = ["Found", "Missing", "nondominated", "search"]

_FEWEST = 40
"""Points of a generation at least, and of the first."""
_GENERATIONS, _FIRST = 50, 0.1
"""At most so many generations, and the share of points that the first has: few to begin with settle on one valley."""


class Missing(ValueError):  # noqa: N818 - what is missing is a package
    """The package that searches is not installed."""


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What a search has found.

    Attributes:
        points: (found, variables), of the unit cube.
        values: (found, objectives), all to be made small.
        every, of: All points that were looked at, and their values.
    """

    points: Floats
    values: Floats
    every: Floats
    of: Floats

    @property
    def evaluations(self) -> int:
        """How many points were looked at."""
        return len(self.every)


def search(
    evaluate: Callable[[Floats], Floats], variables: int, epsilons: Sequence[float], evaluations: int, *, seed: int = 1
) -> Found:
    """Search for points that are good in all objectives.

    Args:
        evaluate: (points, variables) of the unit cube to (points, objectives), all to be made small.
        variables: How many.
        epsilons: For each objective the difference that does not matter.
        evaluations: Points to look at, at most.
        seed: Of the search.

    Raises:
        Missing: pymoo is not installed.
    """
    try:
        from pymoo.algorithms.moo.nsga2 import NSGA2  # noqa: PLC0415 - takes a second to import
        from pymoo.core.problem import Problem  # noqa: PLC0415
    except ImportError:
        raise Missing("a search needs pymoo: pip install 'standoff[search]'") from None
    points: list[Floats] = []
    values: list[Floats] = []

    class Asked(Problem):  # type: ignore[misc]
        def _evaluate(self, x: Floats, out: dict[str, Floats], *_: object, **__: object) -> None:
            points.append(np.array(x, dtype=np.float64))
            values.append(evaluate(points[-1]))
            out["F"] = values[-1]

    size = min(max(_FEWEST, evaluations // _GENERATIONS), evaluations)
    first = max(size, int(_FIRST * evaluations))
    problem = Asked(n_var=variables, n_obj=len(epsilons), xl=0.0, xu=1.0)
    algorithm = NSGA2(pop_size=size, sampling=_start(variables, first, seed))
    algorithm.setup(problem, termination=("n_gen", 1 + (evaluations - first) // size), seed=seed, verbose=False)
    while algorithm.has_next():
        algorithm.next()
    every, of = np.concatenate(points), np.concatenate(values)
    kept = nondominated(of, epsilons)
    return Found(every[kept], of[kept], every, of)


def nondominated(values: Floats, epsilons: Sequence[float]) -> npt.NDArray[np.int64]:
    """Rows that stand for the boxes that no other box dominates, in the order of their first objective."""
    boxes = np.floor(values / np.asarray(epsilons))
    corner = ((values / np.asarray(epsilons) - boxes) ** 2).sum(axis=1)
    order = np.lexsort((corner, *boxes.T[::-1]))
    first = np.ones(len(order), dtype=np.bool_)
    first[1:] = (boxes[order[1:]] != boxes[order[:-1]]).any(axis=1)
    kept = order[first]
    own = boxes[kept]
    free = np.array([not ((own <= row).all(axis=1) & (own < row).any(axis=1)).any() for row in own], dtype=np.bool_)
    return np.asarray(kept[free], dtype=np.int64)


def _start(variables: int, size: int, seed: int) -> Floats:
    """A Latin hypercube."""
    names = [f"search {k}" for k in range(variables)]
    return np.ascontiguousarray(unit_columns(names, size, seed, "latin hypercube").T)
