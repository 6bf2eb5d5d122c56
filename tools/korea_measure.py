"""Measure the Korean study for its page: fit, base rates, whose strategies are best where, and its claims.

Run as `python -m tools.korea_measure` (some minutes); it writes `docs/studies/korea_measured.json`, from which
`python -m standoff.brief.formats.study_page korea docs/studies/korea.md` fills the page's tables.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from standoff.analysis.fitting.fit import Fit
from standoff.ensemble.claims import Judged, collect_expectations, judge_expectations
from standoff.ensemble.run import run_paths
from standoff.ensemble.running import Size
from standoff.ensemble.storing.store import atomic_write
from standoff.ensemble.study import Study
from standoff.evidence.claims import load_ledger
from standoff.language.expressions.tree import Symbol
from standoff.language.load import load_model
from standoff.language.model import Imposition
from tools import korea_events, korea_fit
from tools.favourites import favourites

__all__ = ["BASE_RATES", "base_rates", "measure"]

PAGE = Path(__file__).parents[1] / "docs" / "studies" / "korea_measured.json"
_EVENT_WORDS = {
    "launches": "launches",
    "icbm_tests": "long-range tests",
    "nuclear_test": "quarters with a nuclear test",
    "un_resolution": "quarters with a resolution",
    "talks": "quarters with talks",
    "crisis": "crises",
}
Floats = npt.NDArray[np.float64]
Table = list[list[str]]

BASE_RATES: Mapping[str, tuple[float, float]] = {
    "launches in a quarter with talks, against none": (0.08, 0.54),
    "crises a year": (0.2, 0.5),
    "war a year, in the median world": (0.0, 0.04),
    "freezes that end, a year": (0.08, 0.47),
    "Russian payments a year while the war lasts, of Northern output: least": (0.06, 0.18),
    "Russian payments a year while the war lasts, of Northern output: most": (0.06, 0.18),
    "output that fully enforced sanctions cost a year": (0.03, 0.04),
}
"""What regularities and facts allow, by figure."""


def measure(worlds: int = 1024, replications: int = 8) -> dict[str, Any]:
    """Everything the page shows that is not in the study's files."""
    study = Study(load_model("korea"))
    tables: dict[str, Table] = {}
    _say("fitting")
    fitted, scored = korea_fit.fit(), korea_fit.score()
    tables |= _fit_tables(fitted, scored)
    _say("events")
    tables |= _event_tables()
    _say("base rates")
    tables["base rates"] = _rate_table(base_rates(study))
    _say("shares")
    tables["shares"] = _share_table(study, worlds, replications)
    _say("claims")
    judged = _judge(study)
    tables["claims"] = _claim_table(judged)
    answers = {f"{j.name}: {j.expectation.says}": _answer(j) for j in judged if j.origin == "mechanism"}
    return {"digest": study.model.digest, "tables": tables, "answers": answers}


def base_rates(study: Study, worlds: int = 256, seed: int = 21) -> dict[str, float]:
    """The figures that `BASE_RATES` bounds; the first four over all profiles alike."""
    found = dict.fromkeys(BASE_RATES, float("nan"))
    names = list(BASE_RATES)
    symbols = (
        *(Symbol("event", name) for name in ("launches", "crisis")),
        *(Symbol("move", name) for name in ("lapse", "renege", "exposed")),
        Symbol("quantity", "exchange"), Symbol("mode", "channel"), Symbol("stock", "ukraine_war"),
    )  # fmt: skip
    all_profiles = _run(study, symbols, worlds, seed, profiles=None)
    channel, launches = all_profiles["channel"], all_profiles["launches"]
    found[names[0]] = launches[channel == 1].mean() / launches[channel == 0].mean()
    found[names[1]] = all_profiles["crisis"].mean() / _years(study)
    ended = sum(all_profiles[name].sum() for name in ("lapse", "renege", "exposed"))
    found[names[3]] = float(ended / ((channel == 2).sum() * _years(study)))
    war = study.run(worlds=worlds, replications=1, seed=seed, profile="war_axis").outcome("war")
    found[names[2]] = float(1 - (1 - np.median(war.mean(axis=0))) ** (1 / (_years(study) * study.program.n_steps)))
    paying = _run(study, symbols, worlds, seed, profiles={"dprk": "play_both", "russia": "pay_for_war"})
    at_war = paying["exchange"][(paying["ukraine_war"] == 1) & (paying["channel"] == 0)]
    found[names[4]], found[names[5]] = float(at_war.min()), float(at_war.max())
    found[names[6]] = _cost_of_sanctions(worlds, seed)
    return found


def _cost_of_sanctions(worlds: int, seed: int) -> float:
    """Growth lost a year in 2017–18 of the history variant, with sanctions enforced in full against not at all."""
    model = load_model("korea", ("history",))
    enforcement, growth = Symbol("stock", "enforcement"), Symbol("quantity", "growth")
    means = []
    for share in (0.0, 1.0):
        held = Imposition(enforcement, model.parameters[0].span, "number", share)
        impositions = (*model.impositions, held)
        imposed = Study(replace(model, impositions=impositions, digest=f"{model.digest} enforced {share}"))
        first = imposed.model.clock.index(date(2017, 1, 1)) or 0
        means.append(_run(imposed, (growth,), worlds, seed, profiles=None)["growth"][first : first + 8].mean())
    return float(means[0] - means[1])


def _years(study: Study) -> float:
    """Years in a step of the study's clock, which is a quarter."""
    return 4.0 / study.program.n_steps


def _run(
    study: Study, symbols: Sequence[Symbol], worlds: int, seed: int, *, profiles: Mapping[str, str] | None
) -> dict[str, Floats]:
    """Paths (steps, futures), with the profiles spread over the worlds."""
    design = study.design(worlds=worlds, replications=1, seed=seed, profile=profiles)
    lane = np.arange(16 * worlds)
    chosen = (lane * 37) % design.profiles.shape[0]
    found = run_paths(study.program, design, symbols, chosen, worlds=lane % worlds, replications=0 * lane)
    return {symbol.name: found.path(symbol.name)[:-1] for symbol in symbols}


def _fit_tables(fitted: Fit, scored: Mapping[str, Any]) -> dict[str, Table]:
    head = ["statistic of launches a quarter", "history", "model", "90 % of futures", "inside"]
    tables = {}
    for part in ("fitted", "checked"):
        tables[f"{part} years"] = [head, *(_compared(name, row) for name, row in scored[part].items())]
    tables["launches by year"] = [
        ["year", *head[1:]],
        *(_compared(year, row, "") for year, row in scored["years"].items()),
    ]
    tables["fit"] = [
        ["constant", "the study has", "fitted", "90 %", "inside"],
        *(
            [f"`{one.name}`", f"{one.committed[0]:g}", f"{one.quantiles[1]:.2f}",
             f"{one.quantiles[0]:.2f} to {one.quantiles[2]:.2f}", "yes" if one.holds_committed else "no"]
            for one in fitted.estimates
        ),
    ]  # fmt: skip
    rows: Table = [["seen from", "forecast", "CRPS", "log score"]]
    for origin, forecasts in scored["scores"].items():
        best = [min(row[k] for row in forecasts.values()) for k in range(2)]
        for name, row in forecasts.items():
            marks = [f"**{row[k]:.2f}**" if row[k] == best[k] else f"{row[k]:.2f}" for k in range(2)]
            rows.append([origin, name, *marks])
    tables["scores"] = rows
    return tables


def _event_tables() -> dict[str, Table]:
    tables: dict[str, Table] = {}
    for part, events in korea_events.count_events().items():
        head = [f"{part}: number of", "history", "model", "90 % of futures", "inside"]
        rows = [_compared(_EVENT_WORDS[name], row, ".1f") for name, row in events.items()]
        tables[f"events of {part[:4]}"] = [head, *rows]
    rows = [["event", "forecast", "CRPS", "log score"]]
    for name, forecasts in korea_events.score_events().items():
        best = [min(row[k] for row in forecasts.values()) for k in range(2)]
        for rule, row in forecasts.items():
            marks = [f"**{row[k]:.3f}**" if row[k] == best[k] else f"{row[k]:.3f}" for k in range(2)]
            rows.append([_EVENT_WORDS[name], rule, *marks])
    tables["event scores"] = rows
    rows = [["event", "seen from", "CRPS of the study", "of climatology", "skill"]]
    for name, horizons in korea_events.rolling().items():
        for ahead, (ours, climatology, skill) in sorted(horizons.items()):
            rows.append([_EVENT_WORDS[name], ahead, f"{ours:.3f}", f"{climatology:.3f}", f"{skill:.2f}"])
    tables["rolling"] = rows
    return tables


def _compared(name: str, row: Sequence[float], digits: str = ".2f") -> list[str]:
    seen, mean, low, high = row
    shown = digits or ".0f"
    inside = "yes" if low <= seen <= high else "**no**"
    return [name, f"{seen:{shown}}", f"{mean:{shown}}", f"{low:{shown}} to {high:{shown}}", inside]


def _rate_table(found: Mapping[str, float]) -> Table:
    rows: Table = [["figure", "model", "base rate", "inside"]]
    for name, (low, high) in BASE_RATES.items():
        inside = "yes" if low <= found[name] <= high else "**no**"
        rows.append([name, f"{found[name]:.2g}", f"{low:g} to {high:g}", inside])
    return rows


def _share_table(study: Study, worlds: int, replications: int) -> Table:
    ensemble = study.run(worlds=worlds, replications=replications, seed=7, evaluator="kernel", announce=_say)
    rows: Table = [["actor", "strategy", "best in", "±", "raw", "surely best", "cannot tell"]]
    for one in favourites(ensemble):
        for i, (name, figure) in enumerate(one.shares.items()):
            rows.append([
                study.model.title_of(one.actor) if i == 0 else "", f"`{name}`", f"{figure.value:.3f}",
                f"{figure.error:.3f}", f"{one.raw[name]:.3f}", f"{one.surely[name]:.3f}",
                f"{one.cannot_tell:.2f}" if i == 0 else "",
            ])  # fmt: skip
    return rows


def _judge(study: Study) -> tuple[Judged, ...]:
    expectations, problems = collect_expectations(study.model, load_ledger("korea"))
    if problems:
        raise ValueError(problems[0].message)
    return judge_expectations(study.model, expectations, Size(256, 16, 1))


def _answer(judged: Judged) -> str:
    verdict = judged.verdict
    cut = verdict.separator
    if cut is None:
        return verdict.answer
    return f"{verdict.answer}: {cut.below} at `{cut.name}` up to {cut.value:.2g}, {cut.above} above"


def _claim_table(judged: Sequence[Judged]) -> Table:
    rows: Table = [["expectations of", "number", "answers"]]
    for origin, word in (("mechanism", "mechanisms"), ("claim", "claims")):
        here = [j for j in judged if j.origin == origin]
        counts = Counter(j.verdict.answer for j in here)
        rows.append([word, str(len(here)), ", ".join(f"{n} {answer}" for answer, n in counts.most_common())])
    for j in judged:
        if j.verdict.answer != "holds":
            rows.append([f"`{j.name}`", "", f"{j.expectation.says}: {_answer(j)}"])
    return rows


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    atomic_write(PAGE, (json.dumps(measure(), indent=1, ensure_ascii=False) + "\n").encode())
