"""What the terminal shows of runs, futures and studies, line by line; the same as data, for JSON."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from standoff.analysis.structure.causal import CausalMap
from standoff.brief.pictures.causal_map import map_text
from standoff.ensemble.ensemble import Ensemble
from standoff.language.clock import parse_date
from standoff.language.model import Model, Parameter
from standoff.program.trace import Step, Trace
from standoff.words.amounts import amount, came_to, is_date, unit_words, with_unit
from standoff.words.faults import owned_up
from standoff.words.mathematics import equations_text, range_ends
from standoff.words.names import agree, who
from standoff.words.numbers import exact, measured, number, plain
from standoff.words.terminal import (
    AFTER_THE_LAST,
    CAME_TO,
    HISTOGRAM,
    MEANS,
    PERCENTILES,
    STATES,
    STOCKS,
    future_words,
)
from standoff.words.text import capital

__all__ = ["run_data", "run_lines", "steps_of", "study_data", "study_lines", "trace_data", "trace_lines"]

_KINDS = (
    ("choice", "choices"),
    ("event", "events"),
    ("move", "moves"),
    ("mode", STATES),
    ("stock", STOCKS),
    ("quantity", "quantities"),
    ("report", "reports"),
    ("draw", "draws"),
)
_WIDTH = 100


def run_lines(ensemble: Ensemble) -> Iterator[str]:
    """The decider's strategies by outcome, and what the run has to own up to."""
    yield repr(ensemble).strip("<>")
    yield MEANS
    title = ensemble.model.title_of(ensemble.model.decider)
    head = [title, *(_measure(ensemble, *measure) for measure in ensemble.measures)]
    rows = [
        [label, *(_cell(ensemble, measure, *cell) for measure, cell in zip(ensemble.measures, cells, strict=True))]
        for label, cells in _strategies(ensemble)
    ]
    yield from _table([head, *rows])
    yield from _spread_lines(ensemble)
    yield from owned_up(ensemble)


def run_data(ensemble: Ensemble) -> dict[str, Any]:
    """The same, each mean with its standard error over worlds."""
    return {
        "study": ensemble.model.name,
        "digest": ensemble.digest,
        "profiles": int(ensemble.counts.shape[0]),
        "worlds": int(ensemble.counts.shape[1]),
        "replications": ensemble.design.replications,
        "seed": ensemble.design.seed,
        "strategies": {
            label: {
                f"{kind} {name}": {"mean": mean, "error": error, **_spread_data(ensemble, label, kind, name)}
                for (kind, name), (mean, error) in zip(ensemble.measures, cells, strict=True)
            }
            for label, cells in _strategies(ensemble)
        },
        "owned up": owned_up(ensemble),
    }


def _table(rows: list[list[str]]) -> Iterator[str]:
    """Rows with their first column repeated before as many of the others as a line holds."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    start = 1
    while start < len(widths):
        stop = start + 1
        while stop < len(widths) and sum(widths[start : stop + 1]) + 2 * (stop + 2 - start) + widths[0] <= _WIDTH:
            stop += 1
        if start > 1:
            yield ""
        for row in rows:
            cells = (f"{row[k]:>{widths[k]}}" for k in range(start, stop))
            yield "  " + "  ".join([f"{row[0]:<{widths[0]}}", *cells])
        start = stop


def _measure(ensemble: Ensemble, kind: str, name: str) -> str:
    return name if kind == "outcome" else f"payoff of {who(ensemble.model, name)}"


def _cell(ensemble: Ensemble, measure: tuple[str, str], mean: float, error: float) -> str:
    """A mean with its error; of a first event its date."""
    kind, name = measure
    outcome = next((one for one in ensemble.model.outcomes if kind == "outcome" and one.name == name), None)
    if outcome is not None and is_date(outcome):
        return amount(ensemble.model, name, mean, error)
    return "not known" if np.isnan(mean) else measured(mean, error)


def _strategies(ensemble: Ensemble) -> Iterator[tuple[str, list[tuple[float, float]]]]:
    """For each strategy of the decider that was run, mean and error of each measure."""
    decider = ensemble.program.players.index(ensemble.model.decider)
    played = ensemble.design.profiles[:, decider]
    own = [j for j in range(len(ensemble.program.instances[decider])) if (played == j).any()]
    # each measure once: those of a large run are read from its shards
    cells = [[_mean_and_error(row[played == j]) for j in own] for row in ensemble.means]
    for j, of in zip(own, zip(*cells, strict=True), strict=True):
        yield ensemble.program.instances[decider][j].label, list(of)


def _spread_data(ensemble: Ensemble, label: str, kind: str, name: str) -> dict[str, Any]:
    """A strategy's quantiles, mean over the others' strategies and worlds, and its histogram, likewise."""
    decider = ensemble.program.players.index(ensemble.model.decider)
    own = [one.label for one in ensemble.program.instances[decider]]
    here = ensemble.design.profiles[:, decider] == own.index(label)
    found: dict[str, Any] = {}
    if levels := ensemble.spreads.wanted.levels:
        cells = {p: ensemble.quantile(name, p, kind)[here] for p in levels}
        found["quantiles"] = {f"{plain(100.0 * p)} %": _mean_and_error(values)[0] for p, values in cells.items()}
    if any((b.kind, b.name) == (kind, name) for b in ensemble.spreads.wanted.bins):
        histogram = ensemble.histogram(name)
        below, *inside, above = np.ma.masked_invalid(
            np.column_stack([histogram.below, histogram.shares, histogram.above])[here]
        ).mean(axis=0).filled(np.nan).tolist()  # fmt: skip
        found["histogram"] = {
            "edges": histogram.edges.tolist(), "below": below, "shares": inside, "above": above
        }  # fmt: skip
    return found


def _spread_lines(ensemble: Ensemble) -> Iterator[str]:
    """Quantiles and histograms, a line for each strategy and measure."""
    strategies = [label for label, _ in _strategies(ensemble)]
    shown = [
        (f"{label}, {_measure(ensemble, kind, name)}", _spread_data(ensemble, label, kind, name))
        for kind, name in ensemble.measures for label in strategies
    ]  # fmt: skip
    width = max(len(head) for head, _ in shown)
    if any("quantiles" in data for _, data in shown):
        yield PERCENTILES
    for head, data in shown:
        if quantiles := data.get("quantiles"):
            yield f"  {head:<{width}}  " + "  ".join(f"{p}: {exact(x):>9}" for p, x in quantiles.items())
    if any("histogram" in data for _, data in shown):
        yield HISTOGRAM
    for head, data in shown:
        if histogram := data.get("histogram"):
            low, high = histogram["edges"][0], histogram["edges"][-1]
            shares = " ".join(exact(100.0 * x) for x in histogram["shares"])
            outside = ", ".join(f"{side} {exact(100.0 * histogram[side])}" for side in ("below", "above"))
            yield f"  {head:<{width}}  {plain(low)} to {plain(high)}: {shares} % ({outside})"


def _mean_and_error(cells: npt.NDArray[np.float64]) -> tuple[float, float]:
    """The mean over profiles and worlds of (profiles, worlds), and its standard error over worlds; NaN if unknown."""
    known = np.ma.masked_invalid(cells)
    worlds = known.mean(axis=0).compressed()
    if worlds.size == 0:
        return np.nan, np.nan
    return float(known.mean()), float(worlds.std(ddof=1) / np.sqrt(worlds.size)) if worlds.size > 1 else np.nan


def trace_lines(
    model: Model, trace: Trace, world: int, replication: int, *, steps: Container[int] = range(10**9)
) -> Iterator[str]:
    """One future for a reader who does not program: each step's events, choices with their rules, and state."""
    yield future_words(model, world, replication)
    for player, label in trace.profile.items():
        yield f"  {capital(who(model, player))} {agree(model, [player], 'plays', 'play')} {label}"
    for before, step in zip([None, *trace.steps], trace.steps, strict=False):
        if step.index in steps:
            yield from _step_lines(model, before, step)
    yield f"\n{CAME_TO}"
    for name, value in trace.outcomes.items():
        yield f"  {name} {came_to(model, name, value)}"
    for actor, value in trace.payoffs.items():
        yield f"  payoff of {who(model, actor)} {exact(value)}"
    if trace.fault:
        yield trace.fault


def steps_of(model: Model, trace: Trace, first: str | None, last: str | None, *, changes: bool) -> frozenset[int]:
    """Which steps to show: from one to another, by number or by date, and only where something changed if so wanted.

    Raises:
        ValueError: A step is neither a number nor a date within the clock.
    """
    start = 0 if first is None else _step(model, first)
    stop = len(trace.steps) - 1 if last is None else _step(model, last)
    shown = trace.steps[start : stop + 1]
    if changes:
        shown = tuple(one for one in shown if one.index == 0 or _is_eventful(trace.steps[one.index - 1], one))
    return frozenset(one.index for one in shown)


def _step(model: Model, text: str) -> int:
    moment = None if text.isdecimal() and len(text) < 4 else parse_date(text)
    step = model.clock.index(moment) if moment is not None else int(text) if text.isdecimal() else None
    if step is None or step > model.clock.steps:
        raise ValueError(f"`{text}` is no step: they are 0 to {model.clock.steps}, from {model.clock.label(0)} on")
    return step


def _is_eventful(before: Step, step: Step) -> bool:
    happened = any(value is True or (not isinstance(value, bool) and value) for value in step.things["event"].values())
    moved = any(value is True for value in step.things["move"].values())
    turned = any(before.things[kind] != step.things[kind] for kind in ("choice", "mode") if step.things[kind])
    return happened or moved or turned


def trace_data(trace: Trace, world: int, replication: int) -> dict[str, Any]:
    """The same future, with every value of every step."""
    return {
        "world": world,
        "replication": replication,
        "profile": dict(trace.profile),
        "assumptions": dict(trace.assumptions),
        "steps": [
            {"step": s.index, "date": s.date, **{k: dict(v) for k, v in s.things.items()}, "rules": dict(s.fired),
             "chances": dict(s.chances)}
            for s in trace.steps
        ],
        "outcomes": dict(trace.outcomes),
        "payoffs": dict(trace.payoffs),
        "fault": trace.fault,
    }  # fmt: skip


def study_lines(model: Model, causes: CausalMap) -> Iterator[str]:
    """Actors, assumptions, equations and the causal map."""
    yield f"{model.title}\n{model.question}\n"
    for actor in model.actors:
        labels = ", ".join(i.label for i in model.instances(actor.name)) or "chooses nothing"
        yield f"{actor.title} ({actor.name}): {labels}"
    yield "\n" + "Assumptions"
    for parameter in model.parameters:
        about = f". {parameter.about}" if parameter.about else ""
        yield f"  {parameter.name}: {with_unit(_spread_text(parameter), unit_words(parameter.unit))}{about}"
    yield "\n" + "Equations"
    for name, text in equations_text(model):
        yield f"  {name} = {text}"
    yield "\n" + "What moves what"
    yield map_text(causes)


def study_data(model: Model, causes: CausalMap) -> dict[str, Any]:
    """The same, as data."""
    return {
        "study": model.name,
        "title": model.title,
        "actors": {a.name: a.title for a in model.actors},
        "strategies": {a: [i.label for i in model.instances(a)] for a in model.players},
        "assumptions": {
            p.name: {"about": p.about, "unit": str(p.unit), "is": _spread_text(p)} for p in model.parameters
        },
        "equations": dict(equations_text(model)),
        "edges": [[e.source, e.target, e.sign] for e in causes.edges],
    }


def _step_lines(model: Model, before: Step | None, step: Step) -> Iterator[str]:
    yield f"\n{step.date}" + ("" if step.fired else f"  {AFTER_THE_LAST}")
    if not step.fired and not step.things["choice"]:
        yield "  " + _line(step.things["mode"]) + "; " + _line(step.things["stock"])
        return
    for choice in model.choices:
        who = model.title_of(choice.actor) + (f", {choice.dimension}" if choice.dimension else "")
        option, rule = step.things["choice"][choice.family], step.fired.get(choice.family, "")
        yield f"  {who}: {option}  ({rule})"
    happened = [name for name, value in {**step.things["event"], **step.things["move"]}.items() if value is True]
    counted = {n: v for n, v in step.things["event"].items() if not isinstance(v, bool)}
    yield "  happened: " + (", ".join(happened) or "nothing") + (f"; {_line(counted)}" if counted else "")
    for kind, title in _KINDS[3:]:
        things = step.things[kind]
        if before is not None and kind in ("mode", "stock"):
            things = {n: v for n, v in things.items() if before.things[kind].get(n) != v}
            title = title.replace("at the start", "that changed")  # noqa: PLW2901
        if things:
            yield f"  {title}: {_line(things)}"


def _line(things: Mapping[str, Any]) -> str:
    shown = {name: value if isinstance(value, (bool, str)) else exact(value) for name, value in things.items()}
    return ", ".join(f"{name} {value}" for name, value in shown.items())


def _spread_text(parameter: Parameter) -> str:
    """A parameter's number, range, distribution or levels in words."""
    spread = parameter.spread
    if spread is None:
        return plain(parameter.value or 0.0)
    if spread.levels:
        levels = spread.kinds or tuple(plain(level) for level in spread.levels)
        pairs = zip(levels, spread.weights, strict=True)
        return "one of " + ", ".join(f"{level} (weight {number(weight)})" for level, weight in pairs)
    inside = ", ".join(plain(a) for a in spread.arguments)
    if spread.distribution == "uniform":
        low, high = range_ends(spread)
        return f"{low} to {high}"
    return f"{spread.distribution}({inside})"
