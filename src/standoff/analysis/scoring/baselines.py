"""What one would say without a study: from what was seen before it begins.

Climatology: what was seen in spans of this length. Persistence: as much as in the last step, with the spread of the
past. And a negative binomial fitted to the past by its moments.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from standoff.analysis.findings import Floats
from standoff.analysis.scoring.laws import Law, chance_law, count_law, moments_law, number_law
from standoff.evidence.asked import Asked

__all__ = ["BASELINES", "baseline_laws"]

BASELINES = ("climatology", "persistence", "negative binomial")
_FEWEST = 8


def baseline_laws(asked: Asked, past: Floats | None) -> dict[str, Law]:
    """By name, what each baseline says; nothing where the thing has no past, or too short a one.

    Args:
        asked: The question.
        past: Values of earlier steps in their order, or None.
    """
    if past is None or past.size < _FEWEST or asked.kind == "mode":
        return {}
    if asked.kind == "number":
        return _numbers(asked, past)
    if asked.kind in ("event", "move"):
        return _events(asked, past > 0.0)
    return _counts(asked, past)


def _counts(asked: Asked, past: Floats) -> dict[str, Law]:
    steps = 1 if asked.ask == "number" else asked.last - asked.first + 1
    spans = np.convolve(past, np.ones(min(steps, past.size)), mode="valid") * (steps / min(steps, past.size))
    mean, variance = float(past.mean()), float(past.var(ddof=1))
    last = max(float(past[-1]), 0.5)  # at least half: else one surprise is infinite
    laws = {
        "climatology": count_law(np.round(spans), np.full(spans.size, 1.0 / spans.size)),
        "persistence": moments_law(steps * last, steps * _spread(last, mean, variance)),
        "negative binomial": moments_law(steps * mean, steps * variance),
    }
    least = 1.0 if asked.ask == "happens" else asked.at_least
    return laws if least is None else {name: law.at_least(least) for name, law in laws.items()}


def _spread(at: float, mean: float, variance: float) -> float:
    """The variance at another mean, with the dispersion of the past."""
    return at + at**2 * max(variance - mean, 0.0) / max(mean, 1e-9) ** 2


def _events(asked: Asked, past: npt.NDArray[np.bool_]) -> dict[str, Law]:
    steps = asked.last - asked.first + 1
    rate = (float(past.sum()) + 0.5) / (past.size + 1.0)
    now = (float(past[-1]) + 0.5 * rate) / 1.5  # the last step, and half a step of the past
    return {
        "climatology": Law("chance", (1.0 - (1.0 - rate) ** steps,)),
        "persistence": Law("chance", (1.0 - (1.0 - min(now, 1.0 - 1e-6)) ** steps,)),
    }


def _numbers(asked: Asked, past: Floats) -> dict[str, Law]:
    even = np.full(past.size, 1.0 / past.size)
    ahead = min(asked.horizon, past.size - 1)
    apart = past[ahead:] - past[:-ahead]
    moved = past[-1] + apart
    each = np.full(apart.size, 1.0 / apart.size)
    if asked.at_least is None:
        return {"climatology": number_law(past, even), "persistence": number_law(moved, each)}
    above, later = (np.asarray(x >= asked.at_least, dtype=np.float64) for x in (past, moved))
    return {"climatology": chance_law(above, even), "persistence": chance_law(later, each)}
