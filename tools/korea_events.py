"""Hold the Korean study's events to history: counts of 2012–2021, scores of 2022–2024, and rolling forecasts.

The variant `history` runs 2012 to 2024 with the conditions as they were (whether a president courted, the blocked
Council, drills, the war in Ukraine). Launches, long-range tests, nuclear tests and resolutions are compared with
`history.csv` with talks as they were; quarters with talks in the same variant with talks left to the model. No
assumption is fitted here: `korea_fit` fits launches, and the ranges of the other events were set by their base rates
of 2012–2021.

Crises are those of the International Crisis Behavior data (version 13, to 2016), by the quarter of their trigger, and
that of 2017, which came after it: 2013, 2015, 2016 and 2017. No data code 2022–2024, so crises are not scored.

Every forecast is a distribution over counts in a quarter. The study's is the mixture over futures of the distribution
that the quarter's event has there. Two rules stand beside it, both with the mean of the quarters known:
*climatology* spreads as those quarters did (their frequencies, each count up to the largest known and ten more given
half a quarter besides), and a *negative binomial* takes their mean and variance. What is scored is lower the better.

Reference:
    T. Gneiting and A. Raftery, Strictly proper scoring rules, JASA 102 (2007), 359-378 (CRPS, log score).
    M. Brecher et al., International Crisis Behavior data, version 13 (crises 469, 475 and 477 fall in these years).

Run `python -m tools.korea_events` to print it, or `make measure` to write it where the page reads it.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import stats

from standoff.language.changed import changed
from standoff.language.expressions.tree import Symbol
from standoff.language.load import find_study, load_model
from standoff.language.model import Model
from tools.korea_fit import FIRST_CHECKED, MOST, SPAN, Known, crps, follow, in_talks, log_score

__all__ = ["COUNTED", "Freed", "count_events", "read_events", "rolling", "score_events"]

Floats = npt.NDArray[np.float64]
Rows = dict[str, list[float]]

COUNTED = ("launches", "icbm_tests", "nuclear_test", "un_resolution", "talks", "crisis")
"""Events by their names in the study and in `history.csv`, and quarters with talks."""

_ROLLING = ("launches", "icbm_tests")
_HORIZONS = (1, 6)
_FIRST_ROLLED = "2018Q1"
_CHANNEL = Symbol("mode", "channel")


@dataclass(frozen=True, slots=True)
class Freed:
    """With something left to the model that a variant holds by hand."""

    names: tuple[str, ...]

    def apply(self, model: Model) -> Model:
        """The model without these impositions."""
        kept = tuple(one for one in model.impositions if one.target.name not in self.names)
        return replace(model, impositions=kept)


def read_events() -> tuple[tuple[str, ...], dict[str, Floats]]:
    """The quarters, and each of `COUNTED` in them; a quarter that nobody coded is NaN."""
    with (find_study("korea").parent / "history.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    found = {name: np.array([float(row[name] or "nan") for row in rows]) for name in COUNTED if name != "talks"}
    found["talks"] = in_talks(rows).astype(np.float64)
    return tuple(row["quarter"] for row in rows), found


def count_events(worlds: int = 512, replications: int = 8, seed: int = 12) -> dict[str, dict[str, list[float]]]:
    """For the fitted and the checked years, each event: how often it was, the model's mean and 90 % interval."""
    quarters, seen = read_events()
    paths = _paths(load_model("korea", ("history",)), worlds, replications=replications, seed=seed)
    early = np.array([quarter < FIRST_CHECKED for quarter in quarters])
    found: dict[str, dict[str, list[float]]] = {}
    for part, here in (("2012–2021", early), ("2022–2024", ~early)):
        found[part] = {}
        for name, was in seen.items():
            if np.isfinite(was[here]).all():
                totals = paths[name][here].sum(axis=0)
                low, high = np.quantile(totals, [0.5 - SPAN / 2, 0.5 + SPAN / 2])
                found[part][name] = [float(was[here].sum()), float(totals.mean()), float(low), float(high)]
    return found


def score_events(worlds: int = 512, replications: int = 8, seed: int = 12) -> dict[str, Rows]:
    """Mean CRPS and log score of the quarters of 2022–2024, seen from 2021, by event and forecast."""
    quarters, seen = read_events()
    paths = _paths(load_model("korea", ("history",)), worlds, replications=replications, seed=seed)
    first = quarters.index(FIRST_CHECKED)
    found: dict[str, Rows] = {}
    for name, was in seen.items():
        if np.isnan(was).any():
            continue
        known = was[:first]
        rows: dict[str, list[list[float]]] = {}
        for t in range(first, len(quarters)):
            forecasts = {
                "study": _frequencies(paths[name][t]),
                "climatology": _frequencies(known),
                "negative binomial": _by_moments(known),
            }
            for rule, weights in forecasts.items():
                rows.setdefault(rule, []).append([crps(weights, was[t]), log_score(weights, was[t])])
        found[name] = {rule: [float(x) for x in np.mean(scored, axis=0)] for rule, scored in rows.items()}
    return found


def rolling(worlds: int = 128, replications: int = 4, seed: int = 12) -> dict[str, dict[str, list[float]]]:
    """CRPS one and six quarters ahead over 2018–2024, by event and horizon: study, climatology, and the skill.

    A forecast knows launches and long-range tests up to its origin, and the conditions imposed (talks, drills, the
    Council, the war in Ukraine) also after it. The skill is 1 − CRPS(study)/CRPS(climatology).
    """
    quarters, seen = read_events()
    first = quarters.index(_FIRST_ROLLED)
    base = load_model("korea", ("history",))
    past = {name: tuple(float(x) for x in seen[name]) for name in _ROLLING}
    scores: dict[tuple[str, int], list[tuple[float, float]]] = {}
    for until in range(first - max(_HORIZONS) + 1, len(quarters)):
        known = changed(base, [Known(past["launches"], past["icbm_tests"], until)])
        paths = follow(
            known, [Symbol("event", name) for name in _ROLLING], worlds, replications=replications, seed=seed
        )
        for ahead in _HORIZONS:
            t = until + ahead - 1
            if first <= t < len(quarters):
                for name in _ROLLING:
                    was = seen[name][t]
                    pair = (crps(_frequencies(paths[name][t]), was), crps(_frequencies(seen[name][:until]), was))
                    scores.setdefault((name, ahead), []).append(pair)
    found: dict[str, dict[str, list[float]]] = {}
    for (name, ahead), pairs in scores.items():
        ours, climatology = np.mean(pairs, axis=0)
        quarters_ahead = f"{ahead} quarter{'s' if ahead > 1 else ''} ahead"
        found.setdefault(name, {})[quarters_ahead] = [float(ours), float(climatology), float(1 - ours / climatology)]
    return found


def _paths(model: Model, worlds: int, replications: int, seed: int) -> dict[str, Floats]:
    """Each of `COUNTED` in each quarter, shape (quarters, futures); talks by a run that is left to find its own."""
    events = [Symbol("event", name) for name in COUNTED if name != "talks"]
    found = follow(model, events, worlds, replications=replications, seed=seed)
    free = changed(model, [Freed(("talks_open", "talks_fail"))])
    found["talks"] = follow(free, [_CHANNEL], worlds, replications=replications, seed=seed)[_CHANNEL.name] == 1.0
    return {name: values.astype(np.float64) for name, values in found.items()}


def _frequencies(counts: Sequence[float] | Floats) -> Floats:
    """Shares of 0, 1, …, `MOST` among counts, with half a count spread over those up to the largest and ten more."""
    whole = np.asarray(counts, dtype=np.int64)
    weights = np.bincount(whole, minlength=MOST + 1).astype(np.float64)
    reach = int(whole.max()) + 10
    weights[: reach + 1] += 0.5 / (reach + 1)
    return weights / weights.sum()


def _by_moments(counts: Floats) -> Floats:
    """A negative binomial with the counts' mean and variance; a Poisson where they spread no more than that."""
    mean = max(float(counts.mean()), 0.5 / counts.size)
    surplus = float(counts.var(ddof=1)) - mean
    n = np.arange(MOST + 1)
    if surplus <= 0.0:
        return np.asarray(stats.poisson.pmf(n, mean))
    size = mean**2 / surplus
    return np.asarray(stats.nbinom.pmf(n, size, size / (size + mean)))


def _print() -> None:
    for part, rows in count_events().items():
        print(part)
        for name, (was, mean, low, high) in rows.items():
            print(f"  {name:16} {was:4.0f}   model {mean:6.2f} ({low:.0f} to {high:.0f})")
    for name, forecasts in score_events().items():
        for rule, (ranked, logarithmic) in forecasts.items():
            print(f"  {name:16} {rule:20} CRPS {ranked:.3f}   log score {logarithmic:.3f}")
    for name, horizons in rolling().items():
        for ahead, (ours, climatology, skill) in horizons.items():
            print(f"  {name:16} {ahead:20} CRPS {ours:.3f}   climatology {climatology:.3f}   skill {skill:.2f}")


if __name__ == "__main__":
    _print()
