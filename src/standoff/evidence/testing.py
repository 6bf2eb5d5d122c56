"""Whether a model bears an expectation out: pure functions of the two sides' results.

Both sides share worlds and luck, so a world's change is a mean of paired differences with their standard error.
It is *visible* where it exceeds two standard errors (more, by Student's t, where replications are few) and the
least effect. Some changes are visible by luck alone: a direction counts only where it is seen in more worlds
than luck would show in 199 of 200 models without an effect, or where the mean over all worlds is far from 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import special

from standoff.language.experiments.expectations import Verb

__all__ = ["Answer", "Separator", "Verdict", "judge_bounds", "judge_effect", "judge_interplay", "separate"]

Floats = npt.NDArray[np.float64]
Answer = Literal["holds", "fails", "mixed", "no visible effect", "not represented"]

LUCK = 0.005  # how often luck alone may look like an effect, for each direction
FAR = 3.0  # standard errors, of the mean over worlds
FEW = 0.05  # of the worlds in which anything is visible: the share that does not make an answer mixed
SMALLEST_SIDE = 0.15  # of the worlds, on either side of a separating value
NEGLIGIBLE = 0.1  # of the effect on the other side
TELLING = 0.05  # the share of the signs' variance that a separation must explain
LEAST_GAIN = 20.0  # of a separation, in variances of the signs: beyond what the best of many columns has by luck


@dataclass(frozen=True, slots=True)
class Separator:
    """The assumption that tells where an expectation holds: `below` and `above` say what is so on each side.

    `share` is the part of the variance of the worlds' signs that it explains.
    """

    name: str
    value: float
    below: Answer
    above: Answer
    share: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer, with its evidence.

    `effect` and `error` are the mean change over worlds and its standard error, in the measure's unit: for
    bounds the mean itself. `holds`, `fails` and `nothing` are shares of worlds. `least` is in the measure's unit.
    """

    answer: Answer
    effect: float
    error: float
    holds: float
    fails: float
    nothing: float
    worlds: int
    least: float = 0.0
    separator: Separator | None = None

    @classmethod
    def not_represented(cls) -> Verdict:
        """No path leads from what is changed to what is measured, so there is nothing to run."""
        return cls("not represented", 0.0, 0.0, 0.0, fails=0.0, nothing=1.0, worlds=0)


def judge_effect(
    verb: Verb, before: Floats, after: Floats, columns: Mapping[str, Floats], *, least: float = 0.01
) -> Verdict:
    """Whether a change raises, lowers or leaves a measure.

    Args:
        verb: `raises`, `lowers` or `leaves`.
        before: Shape (worlds, replications): the measure on the one side; NaN where a future failed.
        after: The same on the other side, with the same worlds and luck.
        columns: For each assumption its value in every world.
        least: The smallest change that counts, as a share of the measure's spread over worlds (5 to 95 %).
    """
    _check(before, after)
    smallest = least * _spread(np.concatenate([_means(before), _means(after)]))
    return _judge(verb, after - before, columns, smallest)


def judge_interplay(
    verb: Verb, sides: tuple[Floats, Floats, Floats, Floats], columns: Mapping[str, Floats], least: float = 0.01
) -> Verdict:
    """Whether a change weakens or strengthens another's effect.

    Args:
        verb: `weakens` or `strengthens`.
        sides: Each of shape (worlds, replications): before and after of the effect, first without the change,
            then with it.
        columns: For each assumption its value in every world.
        least: As for `judge_effect`.
    """
    for side in sides:
        _check(sides[0], side)
    first, second = sides[1] - sides[0], sides[3] - sides[2]
    smallest = least * _spread(np.concatenate([_means(side) for side in sides]))
    whole = _judge("leaves", 0.5 * (first + second), columns, smallest)
    if whole.answer == "holds":  # there is no effect to be weakened
        return Verdict(
            "no visible effect", 0.0, whole.error, 0.0, fails=0.0, nothing=1.0, worlds=whole.worlds, least=smallest
        )
    direction = 1.0 if whole.effect >= 0 else -1.0
    return _judge("lowers" if verb == "weakens" else "raises", direction * (second - first), columns, smallest)


def judge_bounds(values: Floats, bounds: tuple[float | None, float | None], columns: Mapping[str, Floats]) -> Verdict:
    """Whether a measure's mean over luck stays within bounds.

    Worlds too near a bound for their error show nothing.

    Args:
        values: Shape (worlds, replications).
        bounds: Least and largest value, None for an open end.
        columns: For each assumption its value in every world.
    """
    mean, error, critical = _worlds(values)
    known = ~np.isnan(mean)
    mean, error = mean[known], error[known]
    low, high = (-np.inf if bounds[0] is None else bounds[0]), (np.inf if bounds[1] is None else bounds[1])
    margin = np.minimum(mean - low, high - mean)
    signs = np.where(margin > critical * error, 1.0, np.where(margin < -critical * error, -1.0, 0.0))
    signs = np.where((error == 0.0) & (margin >= 0.0), 1.0, signs)
    up, down = float((signs > 0).mean()) if signs.size else 0.0, float((signs < 0).mean()) if signs.size else 0.0
    answer: Answer = "no visible effect"
    if up + down > 0:
        answer = "holds" if down < FEW * (up + down) else "fails" if up < FEW * (up + down) else "mixed"
    inputs = {name: column[known] for name, column in columns.items()}
    cut = separate(signs, inputs) if answer == "mixed" else None
    separator = None
    if cut is not None:
        sides = [_majority(signs[side]) for side in cut.sides(inputs)]
        if sides[0] != sides[1]:  # else it parts worlds by how often, and not by what is so
            separator = Separator(cut.name, cut.value, sides[0], sides[1], share=cut.share)
    effect, spread = _pooled(mean)
    return Verdict(
        answer,
        effect,
        spread,
        up,
        fails=down,
        nothing=1 - up - down,
        worlds=int(mean.size),
        least=0.0,
        separator=separator,
    )


@dataclass(frozen=True, slots=True)
class Cut:
    """One split of the worlds: at or below `value` of a column, and above."""

    name: str
    value: float
    share: float

    def sides(self, columns: Mapping[str, Floats]) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        """Which worlds lie on each side."""
        below = columns[self.name] <= self.value
        return below, ~below


def separate(signs: Floats, columns: Mapping[str, Floats]) -> Cut | None:
    """The one split of one column that explains most of the variance of the worlds' signs.

    Each side has at least 15 % of the worlds. None where nothing explains more than chance would.

    Reference:
        L. Breiman et al., Classification and Regression Trees (1984), section 8.4, with one split.
    """
    n = signs.size
    total = float(((signs - signs.mean()) ** 2).sum()) if n else 0.0
    if total == 0.0:
        return None
    smallest = max(1, int(np.ceil(SMALLEST_SIDE * n)))
    best: Cut | None = None
    for name, column in columns.items():
        order = np.argsort(column, kind="stable")
        ordered, values = signs[order], column[order]
        left = np.arange(1, n)
        sums = np.cumsum(ordered)[:-1]
        gain = sums**2 / left + (ordered.sum() - sums) ** 2 / (n - left) - ordered.sum() ** 2 / n
        allowed = (values[1:] > values[:-1]) & (left >= smallest) & (n - left >= smallest)
        if not allowed.any():
            continue
        at = int(np.argmax(np.where(allowed, gain, -np.inf)))
        share = float(gain[at]) / total
        if best is None or share > best.share:
            best = Cut(name, float(0.5 * (values[at] + values[at + 1])), share)
    if best is None or best.share < TELLING or best.share * n < LEAST_GAIN:
        return None
    return best


def _judge(verb: Verb, change: Floats, columns: Mapping[str, Floats], smallest: float) -> Verdict:
    mean, error, critical = _worlds(change)
    known = ~np.isnan(mean)
    mean, error = mean[known], error[known]
    inputs = {name: column[known] for name, column in columns.items()}
    effect, spread = _pooled(mean)
    direction = -1.0 if verb == "lowers" else 1.0
    visible = (np.abs(mean) > critical * error) & (np.abs(mean) > smallest)
    signs = np.where(visible, np.sign(direction * mean), 0.0)
    up, down = int((signs > 0).sum()), int((signs < 0).sum())
    chance = _chance(change.shape[1], critical)
    most = _most_by_luck(mean.size, chance)
    pooled = direction * np.sign(effect) if abs(effect) > max(FAR * spread, smallest) else 0.0
    answer, separator = _answer(
        signs, (up > most, down > most), float(pooled), direction * mean, inputs=inputs, smallest=smallest
    )
    n = max(1, mean.size)
    holds, fails, nothing = up / n, down / n, 1 - (up + down) / n
    if verb == "leaves":
        swapped: dict[Answer, Answer] = {"no visible effect": "holds", "holds": "fails", "fails": "fails"}
        answer = swapped.get(answer, answer)
        if separator is not None:
            sides = [swapped[side] for side in (separator.below, separator.above)]
            separator = replace(separator, below=sides[0], above=sides[1])
        still, moved = 1 - (up + down) / n, (up + down) / n
        # where on the whole it is moved, a world in which that is not seen speaks for nothing
        holds, fails, nothing = (0.0, moved, still) if answer == "fails" else (still, moved, 0.0)
    return Verdict(
        answer,
        effect,
        spread,
        holds,
        fails=fails,
        nothing=nothing,
        worlds=mean.size,
        least=smallest,
        separator=separator,
    )


def _answer(
    signs: Floats,
    seen: tuple[bool, bool],
    pooled: float,
    change: Floats,
    *,
    inputs: Mapping[str, Floats],
    smallest: float,
) -> tuple[Answer, Separator | None]:
    """The answer from what is seen for and against, and from where it is seen. `change` is positive where it holds."""
    up, down = int((signs > 0).sum()), int((signs < 0).sum())
    for_it, against_it = seen[0] or pooled > 0, seen[1] or pooled < 0
    if not for_it and not against_it:
        return "no visible effect", None
    cut = separate(signs, inputs)
    separator = None if cut is None else _sides(cut, change, inputs, smallest)
    if separator is not None and separator.below != separator.above:
        return "mixed", separator
    if for_it and against_it and min(up, down) >= FEW * (up + down):
        return "mixed", separator
    return ("holds" if up >= down and for_it else "fails"), None


def _sides(cut: Cut, change: Floats, inputs: Mapping[str, Floats], smallest: float) -> Separator | None:
    """What is so on each side of a cut; None unless both are clear."""
    figures = [_pooled(change[side]) for side in cut.sides(inputs)]
    largest = max(abs(effect) for effect, _ in figures)
    answers: list[Answer] = []
    for effect, error in figures:
        if abs(effect) + 2 * error <= max(smallest, NEGLIGIBLE * largest):
            answers.append("no visible effect")
        elif abs(effect) > max(FAR * error, smallest):
            answers.append("holds" if effect > 0 else "fails")
        else:
            return None
    return Separator(cut.name, cut.value, answers[0], answers[1], share=cut.share)


def _majority(signs: Floats) -> Answer:
    up, down = int((signs > 0).sum()), int((signs < 0).sum())
    return "no visible effect" if up == down == 0 else "holds" if up >= down else "fails"


def _worlds(values: Floats) -> tuple[Floats, Floats, float]:
    """Each world's mean and standard error over replications, and how many errors are visible."""
    count = (~np.isnan(values)).sum(axis=1)
    filled = np.where(np.isnan(values), 0.0, values)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(count > 0, filled.sum(axis=1) / count, np.nan)
        squares = np.where(np.isnan(values), 0.0, (values - mean[:, None]) ** 2).sum(axis=1)
        error = np.where(count > 1, np.sqrt(squares / (count - 1) / count), np.inf)
    n = values.shape[1]
    critical = max(2.0, float(special.stdtrit(n - 1, 0.975))) if n > 1 else 2.0
    return mean, error, critical


def _chance(n: int, critical: float) -> float:
    """How often luck alone makes a world's change visible in one direction."""
    return float(special.stdtr(n - 1, -critical)) if n > 1 else 0.0


def _most_by_luck(n: int, chance: float) -> int:
    """In how many of so many worlds a change is seen at most by luck: a quantile of a binomial distribution."""
    counts = np.arange(n + 1)
    return int(np.searchsorted(special.bdtr(counts, n, chance), 1 - LUCK))


def _means(values: Floats) -> Floats:
    return _worlds(values)[0]


def _pooled(mean: Floats) -> tuple[float, float]:
    """Mean over worlds and its standard error."""
    if mean.size < 2:
        return (float(mean[0]) if mean.size else 0.0), float("inf")
    return float(mean.mean()), float(mean.std(ddof=1) / np.sqrt(mean.size))


def _spread(means: Floats) -> float:
    known = means[~np.isnan(means)]
    return float(np.subtract(*np.quantile(known, (0.95, 0.05)))) if known.size else 0.0


def _check(one: Floats, other: Floats) -> None:
    if one.ndim != 2 or one.shape != other.shape:
        raise ValueError(f"both sides are (worlds, replications) alike; they are {one.shape} and {other.shape}")
