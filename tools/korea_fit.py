"""Fit the Korean study's launches to 2012–2021, and score what it then says of 2022–2024.

The variant `history` runs 2012 to 2024 with talks, the blocked Council, drills and the war in Ukraine imposed. Two
constants are fitted, on the years to 2021 only, by a call of `standoff fit`: `base_launches` and `dispersion`.
Everything else in the study was set without these data, or is a
range wide enough to hold them; the correlation of a quarter with the one before, the ratio of quarters with talks
to others, and all of 2022–2024, are left out of the fit.

Reference:
    T. Gneiting and A. Raftery, Strictly proper scoring rules, JASA 102 (2007), 359-378, section 4 (CRPS, log score).

Run `python -m tools.korea_fit` to print it, or `make measure` to write it where the page reads it.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import stats

from standoff.analysis.fitting.fit import Fit
from standoff.ensemble.run import run_paths
from standoff.ensemble.study import Study
from standoff.language.changed import changed
from standoff.language.expressions.tree import Binary, Conditional, Expr, Number, Reference, Symbol
from standoff.language.load import find_study, load_model
from standoff.language.model import Model, Series
from standoff.program.expressions import rebuild
from standoff.questions.watching.fit import Effort, fit_study
from standoff.questions.watching.fit import read_data as held_against
from standoff.words.sentences.watching.fit import fit_sentences

__all__ = [
    "FITTED", "Data", "Known", "crps", "fit", "follow", "log_score", "read_data", "score", "statistics",
]  # fmt: skip

Floats = npt.NDArray[np.float64]
FIRST_CHECKED = "2022Q1"
FITTED = ("base_launches", "dispersion")
LAUNCHES, RATE = Symbol("event", "launches"), Symbol("quantity", "launch_rate")
LAST_FITTED = "2021-12"
BOUNDS = {"base_launches": (1.0, 4.5), "dispersion": (0.8, 8.0)}
MOST = 150  # launches a quarter up to which distributions are summed
SPAN = 0.90  # of predictive intervals


@dataclass(frozen=True, slots=True, eq=False)
class Data:
    """Quarterly missile events, long-range tests and talks, shape (quarters,), and which quarters are fitted."""

    quarters: tuple[str, ...]
    launches: Floats
    icbm_tests: Floats
    talks: npt.NDArray[np.bool_]
    fitted: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Known:
    """With launches and long-range tests as they were in all steps before `until`, in the stocks that take them in."""

    launches: tuple[float, ...]
    icbm_tests: tuple[float, ...]
    until: int

    def apply(self, model: Model) -> Model:
        """The model whose stocks take in what happened, and from `until` on what the model draws."""
        seen = {"launches": self.launches, "icbm_tests": self.icbm_tests}
        unit = {event.name: event.rate.unit for event in model.events}
        span = model.parameters[0].span
        series = (Series(f"{name}_seen", span, unit[name], tuple(map(float, was))) for name, was in seen.items())

        def swapped(node: Expr) -> Expr:
            if isinstance(node, Reference) and node.symbol.kind == "event" and node.symbol.name in seen:
                step = Reference(node.span, Symbol("clock", "step"))
                before = Binary(node.span, "<", step, Number(node.span, float(self.until)))
                return Conditional(
                    node.span, Reference(node.span, Symbol("series", f"{node.symbol.name}_seen")), before, node
                )
            return rebuild(node, swapped)

        stocks = (replace(s, next=replace(s.next, tree=swapped(s.next.tree))) for s in model.stocks)
        return replace(model, series=(*model.series, *series), stocks=tuple(stocks))


def in_talks(rows: list[dict[str, str]]) -> npt.NDArray[np.bool_]:
    """(quarters,) whether there were talks when a quarter began: as 2012 did, in the last round before the leap day."""
    begun, ended = (np.array([int(row[name]) for row in rows]) for name in ("talks_begin", "talks_end"))
    return np.concatenate([[1], 1 + np.cumsum(begun - ended)[:-1]]) == 1


def read_data() -> Data:
    """The history that the study ships."""
    with (find_study("korea").parent / "history.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    quarters = tuple(row["quarter"] for row in rows)
    return Data(
        quarters,
        np.array([float(row["launches"]) for row in rows]),
        np.array([float(row["icbm_tests"]) for row in rows]),
        in_talks(rows),
        np.array([quarter < FIRST_CHECKED for quarter in quarters]),
    )


def statistics(launches: Floats, talks: npt.NDArray[np.bool_]) -> dict[str, Floats]:
    """What is compared, for each future; `launches` has shape (quarters, futures)."""
    mean, variance = launches.mean(axis=0), launches.var(axis=0, ddof=1)
    apart = launches - mean
    with np.errstate(invalid="ignore", divide="ignore"):
        found = {
            "mean": mean,
            "variance": variance,
            "variance to mean": variance / mean,
            "quarters without a launch": (launches == 0).mean(axis=0),
            "correlation with the quarter before": (apart[1:] * apart[:-1]).sum(axis=0) / (apart**2).sum(axis=0),
        }
        if talks.any():
            found["quarters with talks against others"] = launches[talks].mean(axis=0) / launches[~talks].mean(axis=0)
    return found


def fit(particles: int = 512, rounds: int = 6, seed: int = 11) -> Fit:
    """What `standoff fit korea --variant history --to history.csv --column launches --until 2021-12` finds.

    That is the constants whose futures have the mean, the variance and the share of quarters without a launch of
    2012–2021, while all else is as uncertain as the study says; the rest is held out.
    """
    model = load_model("korea", ("history",))
    data = held_against(model.folder / "history.csv", model, ("launches",), None, last=LAST_FITTED)
    return fit_study(model, data, dict(BOUNDS), effort=Effort(particles, rounds, seed))


def score(worlds: int = 512, replications: int = 8, seed: int = 12) -> dict[str, Any]:
    """How the study with its committed constants stands to the fitted and to the checked years."""
    data = read_data()
    model = load_model("korea", ("history",))
    constants = {p.name: p.value for p in model.parameters if p.name in FITTED}
    dispersion = float(constants["dispersion"] or 0.0)
    paths = follow(model, [LAUNCHES, RATE], worlds, replications=replications, seed=seed)
    launches, rates = paths["launches"], paths["launch_rate"]
    known = changed(model, [Known(tuple(data.launches), tuple(data.icbm_tests), len(data.quarters))])
    ahead = follow(known, [RATE], worlds, replications=replications, seed=seed)["launch_rate"]
    return {
        "constants": constants,
        "fitted": _compare(data, launches, data.fitted),
        "checked": _compare(data, launches, ~data.fitted),
        "scores": {
            "seen from 2021": _scores(data, rates, dispersion, rolling=False),
            "one quarter ahead": _scores(data, ahead, dispersion, rolling=True),
        },
        "years": {
            year: [float(data.launches[here].sum()), *_interval(launches[here].sum(axis=0))]
            for year in sorted({q[:4] for q in data.quarters})
            for here in [np.array([q[:4] == year for q in data.quarters])]
        },
    }


def crps(weights: Floats, seen: float) -> float:
    """Continuous ranked probability score of a distribution over 0, 1, …: Σ (F(n) − 1{seen ≤ n})²; lower is better."""
    below = np.cumsum(weights)
    return float(((below - (np.arange(weights.size) >= seen)) ** 2).sum())


def log_score(weights: Floats, seen: float) -> float:
    """Minus the logarithm of the chance given to what was seen; lower is better."""
    return float(-np.log(weights[int(seen)]))


def negative_binomial(mean: npt.ArrayLike, dispersion: float) -> Floats:
    """Chances of 0, 1, …, `MOST`, averaged over the means; variance mean + mean²/dispersion."""
    means = np.atleast_1d(np.asarray(mean, dtype=np.float64))[:, None]
    pmf: Floats = stats.nbinom.pmf(np.arange(MOST + 1), dispersion, dispersion / (dispersion + means)).mean(axis=0)
    return pmf


def _scores(data: Data, rates: Floats, dispersion: float, *, rolling: bool) -> dict[str, list[float]]:
    """Mean CRPS and log score over the checked quarters, of the study and of two rules without one."""
    past = data.launches[data.fitted]
    mean = float(past.mean())
    spread = mean**2 / (float(past.var(ddof=1)) - mean)  # by moments
    first = int(np.flatnonzero(~data.fitted)[0])
    rows: dict[str, list[list[float]]] = {"study": [], "negative binomial": [], "persistence": []}
    for t in range(first, len(data.quarters)):
        before = data.launches[t - 1 if rolling else first - 1]
        known = data.launches[: t if rolling else first]
        forecasts = {
            "study": negative_binomial(rates[t], dispersion),
            "negative binomial": negative_binomial(known.mean(), spread),
            # the last quarter's count, at least half a launch, with the same spread: else one surprise is infinite
            "persistence": negative_binomial(max(before, 0.5), spread),
        }
        for name, weights in forecasts.items():
            rows[name].append([crps(weights, data.launches[t]), log_score(weights, data.launches[t])])
    return {name: [float(x) for x in np.mean(found, axis=0)] for name, found in rows.items()}


def _compare(data: Data, launches: Floats, quarters: npt.NDArray[np.bool_]) -> dict[str, list[float]]:
    """Each statistic: as seen, the model's mean, and its 90 % predictive interval."""
    talks = data.talks[quarters]
    seen = statistics(data.launches[quarters][:, None], talks)
    found = statistics(launches[quarters], talks)
    return {name: [float(seen[name][0]), *_interval(found[name])] for name in seen}


def _interval(values: Floats) -> list[float]:
    known = values[np.isfinite(values)]
    low, high = np.quantile(known, [0.5 - SPAN / 2, 0.5 + SPAN / 2])
    return [float(known.mean()), float(low), float(high)]


def follow(model: Model, symbols: Sequence[Symbol], worlds: int, *, replications: int, seed: int) -> dict[str, Floats]:
    """What each symbol was in each quarter of the variant, by name; shape (quarters, futures)."""
    study = Study(model)
    design = study.design(worlds=worlds, replications=replications, seed=seed, profile=_one_profile(model))
    world, replication = (x.ravel() for x in np.divmod(np.arange(worlds * replications), replications))
    found = run_paths(
        study.program, design, tuple(symbols), np.zeros_like(world), worlds=world, replications=replication
    )
    return {symbol.name: found.path(symbol.name)[:-1] for symbol in symbols}


def _one_profile(model: Model) -> dict[str, str]:
    """Any: the variant holds every choice by hand."""
    return {player: model.instances(player)[0].label for player in model.players}


def _print() -> None:
    for line in fit_sentences(load_model("korea", ("history",)), fit()):
        print(line)
    scored = score()
    print(f"committed: {scored['constants']}")
    for part in ("fitted", "checked", "years"):
        print(part)
        for name, (seen, mean, low, high) in scored[part].items():
            print(f"  {name:40} {seen:6.2f}   model {mean:6.2f} ({low:.2f} to {high:.2f})")
    for origin, rows in scored["scores"].items():
        print(origin)
        for name, (ranked, logarithmic) in rows.items():
            print(f"  {name:20} CRPS {ranked:.2f}   log score {logarithmic:.2f}")


if __name__ == "__main__":
    _print()
