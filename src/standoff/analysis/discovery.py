"""Scenario discovery: the worlds of one kind (a strategy fails, another is better) as boxes in plain words.

PRIM peels and pastes (Friedman & Fisher 1999, Bump hunting in high-dimensional data, Statistics and Computing 9);
a box is recommended by a rule that is told in words; `cart.py` gives a second opinion.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.stats import binom

from standoff.analysis import discovery_kernel as kernel
from standoff.analysis.findings import Floats, Inputs

__all__ = [
    "Box",
    "Discovery",
    "Limit",
    "PrimRules",
    "Resampling",
    "discover",
    "find_trajectory",
    "make_box",
    "sort_columns",
    "with_quasi_p",
]

_OBJECTIVES = {"lenient1": kernel.LENIENT, "original": kernel.ORIGINAL}
_TIES = {"fewest_limits": False, "largest_box": True}
_BY_CHANCE = 0.05
_MOST_INPUTS = 4
_WORTH_AN_INPUT = 0.03
_REFERENCES = (
    "Friedman & Fisher 1999, Bump hunting in high-dimensional data, Statistics and Computing 9",
    "Bryant & Lempert 2010, Thinking inside the box, Technological Forecasting and Social Change 77",
)


@dataclass(frozen=True, slots=True)
class PrimRules:
    """How PRIM searches.

    Args:
        peel_alpha: share of the box cut off at a step, in (0, 0.5].
        paste_alpha: share of the cases beyond a limit taken in at a step, in (0, 0.5].
        mass_min: smallest share of all cases that a box may hold.
        objective: `lenient1` divides the gain in mean by the cases given up, so that coarse columns are not
            favoured (EMA Workbench's default); `original` takes the new mean (Friedman & Fisher 1999, section 8).
        ties: of equally good steps, that with the `fewest_limits` or with the `largest_box`.
    """

    peel_alpha: float = 0.05
    paste_alpha: float = 0.05
    mass_min: float = 0.05
    objective: Literal["lenient1", "original"] = "lenient1"
    ties: Literal["fewest_limits", "largest_box"] = "fewest_limits"

    def __post_init__(self) -> None:
        for name in ("peel_alpha", "paste_alpha"):
            if not 0.0 < getattr(self, name) <= 0.5:
                raise ValueError(f"{name} must be above 0 and at most 0.5")
        if not 0.0 < self.mass_min < 1.0:
            raise ValueError("mass_min must be between 0 and 1")
        if self.objective not in _OBJECTIVES or self.ties not in _TIES:
            raise ValueError(f"objective is one of {list(_OBJECTIVES)}, ties one of {list(_TIES)}")


@dataclass(frozen=True, slots=True)
class Limit:
    """One bound of a box: at least `low`, at most `high`, or one of `levels` (codes); quasi-p where computed.

    `quasi_p` is the chance of as many cases of interest in the box if this bound made no difference
    (Bryant & Lempert 2010, section 3.3): a binomial tail, not adjusted for the search that found the box.
    """

    name: str
    low: float | None = None
    high: float | None = None
    levels: tuple[int, ...] | None = None
    quasi_p: float | None = None

    def breaks(self, inputs: Inputs) -> npt.NDArray[np.bool_]:
        """The cases outside this bound, shape (worlds,)."""
        column = inputs.column(self.name)
        if self.levels is not None:
            return ~np.isin(column, self.levels)
        outside = np.zeros(column.size, dtype=bool)
        if self.low is not None:
            outside |= column < self.low
        if self.high is not None:
            outside |= column > self.high
        return outside

    def in_words(self, inputs: Inputs) -> str:
        """The bound as a reader would say it."""
        if self.levels is not None:
            return f"{self.name} is " + " or ".join(inputs.say(self.name, code) for code in self.levels)
        if self.low is not None:
            return f"{self.name} is at least {inputs.say(self.name, self.low)}"
        return f"{self.name} is at most {inputs.say(self.name, float(self.high or 0.0))}"


@dataclass(frozen=True, slots=True)
class Box:
    """A box and what it holds.

    `n` cases, of which `n_interest` of interest; `coverage` is the share of all cases of interest that it holds,
    `density` the share of its cases that are of interest, `mass` its share of all cases.
    """

    limits: tuple[Limit, ...]
    n: int
    n_interest: float
    coverage: float
    density: float
    mass: float

    @property
    def names(self) -> tuple[str, ...]:
        """The inputs it limits, each once, in the order of the limits."""
        return tuple(dict.fromkeys(limit.name for limit in self.limits))

    @property
    def balance(self) -> float:
        """Harmonic mean of coverage and density."""
        both = self.coverage + self.density
        return 2.0 * self.coverage * self.density / both if both > 0.0 else 0.0

    def holds(self, inputs: Inputs) -> npt.NDArray[np.bool_]:
        """The cases in the box, shape (worlds,)."""
        inside = np.ones(inputs.values.shape[0], dtype=bool)
        for limit in self.limits:
            inside &= ~limit.breaks(inputs)
        return inside

    def in_words(self, inputs: Inputs) -> str:
        """`a is at least 3 and b is at most 7`."""
        return " and ".join(limit.in_words(inputs) for limit in self.limits) or "all worlds"


@dataclass(frozen=True, slots=True)
class Resampling:
    """The search repeated on random halves (Bryant & Lempert 2010, section 3.3), valued on the other halves.

    `named` is the share of the halves whose box limits each input; `coverage` and `density` are means over the
    other half of the cases, so they don't profit from the search.
    """

    times: int
    named: dict[str, float]
    coverage: float
    density: float


@dataclass(frozen=True, slots=True)
class Discovery:
    """The trajectory from all cases to the smallest box (the trade-off), and the box recommended, with reasons."""

    trajectory: tuple[Box, ...]
    recommended: Box | None
    words: str
    reasons: tuple[str, ...]
    resampling: Resampling | None
    base_rate: float
    method: str
    references: tuple[str, ...] = _REFERENCES


def discover(
    inputs: Inputs,
    y: Floats,
    rules: PrimRules | None = None,
    *,
    kind: str = "of this kind",
    resamples: int = 20,
    seed: int = 0,
) -> Discovery:
    """Find the worlds of one kind as a box, and say why that box.

    The rule: limits that chance explains (quasi-p above 0.05) are dropped; among what is left with at most four
    inputs, the best balance of coverage and density, and a further input must raise it by 0.03.

    Args:
        inputs: worlds by uncertainties.
        y: shape (worlds,), in [0, 1]: 1 where the world is of the kind, or the chance that it is.
        rules: how PRIM searches; by default peeling 5 %.
        kind: how the reasons call such worlds.
        resamples: random halves for the resampling test; 0 leaves it out.
        seed: of the halves.

    Raises:
        ValueError: y of another length or outside [0, 1].
    """
    rules = rules or PrimRules()
    trajectory = find_trajectory(inputs, y, rules)
    base = float(np.mean(y))
    n_worlds = y.size
    method = (
        f"PRIM on {n_worlds} worlds, peeling {rules.peel_alpha:g} and pasting {rules.paste_alpha:g} at a step, "
        f"objective {rules.objective}; limits with quasi-p above {_BY_CHANCE:g} dropped"
    )
    best, reasons = _recommend(inputs, y, trajectory, kind)
    if best is None:
        return Discovery(trajectory, None, reasons[0], tuple(reasons), None, base, method)
    resampling = None
    if resamples > 0:
        resampling = _resample(inputs, y, rules, resamples, seed)
        often = ", ".join(f"{name} in {resampling.named.get(name, 0.0):.0%}" for name in best.names)
        reasons.append(
            f"Searching again on {resamples} random halves named {often}; on the other halves such boxes had "
            f"coverage {resampling.coverage:.0%} and density {resampling.density:.0%}."
        )
    return Discovery(trajectory, best, best.in_words(inputs), tuple(reasons), resampling, base, method)


def find_trajectory(
    inputs: Inputs,
    y: Floats,
    rules: PrimRules,
    available: npt.NDArray[np.bool_] | None = None,
) -> tuple[Box, ...]:
    """PRIM's boxes from all cases to the last: peeled, then pasted (Friedman & Fisher 1999, sections 8.1, 8.2).

    Args:
        inputs: worlds by uncertainties.
        y: shape (worlds,), in [0, 1].
        rules: how to search.
        available: cases still in play, to find a second box after taking out the first; coverage and mass
            remain shares of all cases.

    Returns:
        boxes, the first without limits; limits without quasi-p.
    """
    y = np.ascontiguousarray(y, dtype=np.float64)
    n_worlds = inputs.values.shape[0]
    if y.shape != (n_worlds,) or not ((y >= 0.0) & (y <= 1.0)).all():
        raise ValueError(f"y must hold {n_worlds} values between 0 and 1, one a world")
    names = inputs.names
    numeric = [j for j, name in enumerate(names) if name not in inputs.levels]
    categorical = [j for j, name in enumerate(names) if name in inputs.levels]
    x = np.ascontiguousarray(inputs.values[:, numeric].T)
    codes = np.ascontiguousarray(inputs.values[:, categorical].T.astype(np.int32))
    n_levels = max((len(inputs.levels[names[j]]) for j in categorical), default=1)
    start = np.ones(n_worlds, dtype=bool) if available is None else available
    xs, order = sort_columns(x)
    n_least, objective, largest = rules.mass_min * n_worlds, _OBJECTIVES[rules.objective], _TIES[rules.ties]
    peeled = kernel.peel(
        xs, order, codes, n_levels, y, start.astype(np.uint8), rules.peel_alpha, n_least, objective, largest
    )  # fmt: skip
    columns = [names[j] for j in numeric + categorical]
    low, high, allowed = np.full(len(numeric), -np.inf), np.full(len(numeric), np.inf), _all_levels(inputs)
    totals = (n_worlds, float(y.sum()))
    boxes = [make_box((), int(start.sum()), float(y[start].sum()), totals)]
    boxes += _follow(peeled, columns, low, high, allowed, totals, inputs)
    mask = np.array([[code in allowed[names[j]] for code in range(n_levels)] for j in categorical], dtype=bool)
    ends = (x.min(axis=1), x.max(axis=1)) if numeric else (low, high)
    pasted = kernel.paste(
        x, codes, y, start.astype(np.uint8), low.copy(), high.copy(), mask.reshape(-1, n_levels), ends[0], ends[1],
        rules.paste_alpha, n_least, objective, largest,
    )  # fmt: skip
    boxes += _follow(pasted, columns, low, high, allowed, totals, inputs, ends)
    return tuple(boxes)


def sort_columns(x: Floats) -> tuple[Floats, npt.NDArray[np.int32]]:
    """Each column sorted, and the case of each entry; columns side by side in threads.

    Sorting plain integers is several times as fast as sorting indirectly: a double's bits, turned so that their
    order is the number's, give way in the lowest places to the case; what that leaves out of order is settled
    after.
    """
    xs, order = np.empty_like(x), np.empty(x.shape, dtype=np.int32)
    places = np.uint64(max(x.shape[1] - 1, 1).bit_length())
    cases = np.arange(x.shape[1], dtype=np.uint64)
    low_bits = (np.uint64(1) << places) - np.uint64(1)

    def sort(j: int) -> None:
        bits = (x[j] + 0.0).view(np.int64)
        keys = np.where(bits < 0, ~bits, bits | np.int64(-(2**63))).view(np.uint64)
        keys = (keys & ~low_bits) | cases
        keys.sort()
        order[j] = keys & low_bits
        np.take(x[j], order[j], out=xs[j], mode="clip")
        if np.count_nonzero(xs[j, 1:] < xs[j, :-1]) > x.shape[1] // 64:
            # values that differ only in the lowest places: insertion would take the square of their number
            order[j] = np.argsort(x[j])
            np.take(x[j], order[j], out=xs[j], mode="clip")
        kernel.settle(xs[j], order[j])

    with ThreadPoolExecutor() as threads:
        list(threads.map(sort, range(len(x))))
    return xs, order


def _all_levels(inputs: Inputs) -> dict[str, set[int]]:
    return {name: set(range(len(words))) for name, words in inputs.levels.items()}


def _follow(
    steps: Floats,
    columns: Sequence[str],
    low: Floats,
    high: Floats,
    allowed: dict[str, set[int]],
    totals: tuple[int, float],
    inputs: Inputs,
    ends: tuple[Floats, Floats] | None = None,
) -> list[Box]:
    """The boxes after each step; `low`, `high` and `allowed` end as the last box."""
    boxes = []
    for row in steps:
        column, what, value = int(row[0]), int(row[1]), float(row[2])
        if what == kernel.LOW:
            low[column] = value if ends is None or value > ends[0][column] else -np.inf
        elif what == kernel.UP:
            high[column] = value if ends is None or value < ends[1][column] else np.inf
        elif what == kernel.WITHOUT:
            allowed[columns[column]] = allowed[columns[column]] - {int(value)}
        else:
            allowed[columns[column]] = allowed[columns[column]] | {int(value)}
        limits = []
        for j, name in enumerate(columns):
            if name in allowed:
                if len(allowed[name]) < len(inputs.levels[name]):
                    limits.append(Limit(name, levels=tuple(sorted(allowed[name]))))
                continue
            if np.isfinite(low[j]):
                limits.append(Limit(name, low=float(low[j])))
            if np.isfinite(high[j]):
                limits.append(Limit(name, high=float(high[j])))
        boxes.append(make_box(tuple(limits), int(row[3]), float(row[4]), totals))
    return boxes


def make_box(limits: tuple[Limit, ...], n: int, n_interest: float, totals: tuple[int, float]) -> Box:
    """A box from what it holds; `totals` are the number of all cases and of all cases of interest."""
    n_all, all_interest = totals
    return Box(
        limits,
        n,
        n_interest,
        coverage=n_interest / all_interest if all_interest > 0.0 else 0.0,
        density=n_interest / n if n > 0 else 0.0,
        mass=n / n_all,
    )


def with_quasi_p(inputs: Inputs, y: Floats, box: Box) -> Box:
    """The same box with the quasi-p value of every limit.

    Reference: Bryant & Lempert 2010, section 3.3: a one-sided binomial test of the box against the box without
    the limit. Where y is a chance, the number of cases of interest is its sum, rounded.
    """
    broken = np.zeros(y.size, dtype=np.int32)
    each = [limit.breaks(inputs) for limit in box.limits]
    for breaks in each:
        broken += breaks
    limits = []
    for limit, breaks in zip(box.limits, each, strict=True):
        wider = (broken == 0) | ((broken == 1) & breaks)
        rate = float(y[wider].mean())
        p = float(binom.sf(round(box.n_interest) - 1, box.n, rate))
        limits.append(Limit(limit.name, limit.low, limit.high, limit.levels, p))
    return Box(tuple(limits), box.n, box.n_interest, box.coverage, box.density, box.mass)


def _simplify(inputs: Inputs, y: Floats, box: Box) -> tuple[Box, tuple[Limit, ...]]:
    """Drop the limit that chance best explains until none is above 0.05."""
    dropped: list[Limit] = []
    box = with_quasi_p(inputs, y, box)
    while box.limits:
        worst = max(box.limits, key=lambda limit: limit.quasi_p or 0.0)
        if (worst.quasi_p or 0.0) <= _BY_CHANCE:
            break
        dropped.append(worst)
        kept = tuple(limit for limit in box.limits if limit is not worst)
        inside = Box(kept, 0, 0.0, 0.0, 0.0, 0.0).holds(inputs)
        fewer = make_box(kept, int(inside.sum()), float(y[inside].sum()), (y.size, float(y.sum())))
        box = with_quasi_p(inputs, y, fewer)
    return box, tuple(dropped)


def _choose(
    inputs: Inputs, y: Floats, trajectory: Sequence[Box]
) -> tuple[Box | None, dict[int, Box], tuple[Limit, ...]]:
    """The recommended box, the best box for each number of inputs, and the limits dropped on the way."""
    best: dict[int, tuple[Box, tuple[Limit, ...]]] = {}
    for raw in trajectory[1:]:
        box, dropped = _simplify(inputs, y, raw)
        k = len(box.names)
        if 1 <= k <= _MOST_INPUTS and (k not in best or box.balance > best[k][0].balance):
            best[k] = (box, dropped)
    if not best:
        return None, {}, ()
    top = max(box.balance for box, _ in best.values())
    k = min(k for k, (box, _) in best.items() if box.balance >= top - _WORTH_AN_INPUT)
    return best[k][0], {k: box for k, (box, _) in sorted(best.items())}, best[k][1]


def _recommend(inputs: Inputs, y: Floats, trajectory: Sequence[Box], kind: str) -> tuple[Box | None, list[str]]:
    """The recommended box with the reasons in words; None with the reason why there is none."""
    total = float(y.sum())
    if total == 0.0:
        return None, [f"No world is {kind}."]
    if total == y.size:
        return None, [f"Every world is {kind}."]
    box, by_count, dropped = _choose(inputs, y, trajectory)
    if box is None:
        return None, [f"No few assumptions set apart the worlds that are {kind}."]
    k = len(box.names)
    reasons = [
        f"Of the {total:.0f} worlds that are {kind}, it holds {box.n_interest:.0f} ({box.coverage:.0%}).",
        f"Of the {box.n} worlds in it, {box.density:.0%} are {kind}, against {y.mean():.0%} of all worlds.",
    ]
    more = [other for count, other in by_count.items() if count > k]
    if more:
        richer = max(more, key=lambda other: other.balance)
        added = " and ".join(name for name in richer.names if name not in box.names)
        reasons.append(
            f"Naming {len(richer.names)} assumptions instead of {k}{f' ({added} too)' if added else ''} would give "
            f"coverage {richer.coverage:.0%} and density {richer.density:.0%}: too little gain for a longer story."
        )
    fewer = [other for count, other in by_count.items() if count < k]
    if fewer:
        plainer = max(fewer, key=lambda other: other.balance)
        reasons.append(
            f"With {len(plainer.names)} instead of {k}, coverage would be {plainer.coverage:.0%} "
            f"and density {plainer.density:.0%}."
        )
    for limit in dropped:
        reasons.append(
            f"That {limit.in_words(inputs)} was left out: chance alone would do as well with probability "
            f"{limit.quasi_p:.2f}."
        )
    return box, reasons


def _resample(inputs: Inputs, y: Floats, rules: PrimRules, times: int, seed: int) -> Resampling:
    """Search on random halves, value on the other halves."""
    random = np.random.default_rng(seed)
    named = dict.fromkeys(inputs.names, 0.0)
    coverage, density = [], []
    for _ in range(times):
        shuffled = random.permutation(y.size)
        half, other = np.sort(shuffled[: y.size // 2]), np.sort(shuffled[y.size // 2 :])
        trajectory = find_trajectory(inputs.rows(half), y[half], rules)
        box, _, _ = _choose(inputs.rows(half), y[half], trajectory)
        inside = box.holds(inputs.rows(other)) if box else np.ones(other.size, dtype=bool)
        for name in box.names if box else ():
            named[name] += 1.0 / times
        interest = float(y[other][inside].sum())
        coverage.append(interest / max(float(y[other].sum()), 1e-300))
        density.append(interest / max(int(inside.sum()), 1))
    return Resampling(times, named, float(np.mean(coverage)), float(np.mean(density)))
