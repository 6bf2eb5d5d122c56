"""What the terminal shows of runs, futures and studies; the same as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import numpy as np
from rich.console import Console
from rich.table import Table

from standoff.brief.mathematics import equations_text
from standoff.ensemble.ensemble import Ensemble
from standoff.language.model import Model, Parameter
from standoff.program.trace import Step, Trace

__all__ = ["show_run", "show_study", "show_trace"]

_KINDS = (
    ("choice", "choices"),
    ("event", "events"),
    ("move", "moves"),
    ("mode", "states at the start"),
    ("stock", "stocks at the start"),
    ("quantity", "quantities"),
    ("report", "reports"),
    ("draw", "draws"),
)


def show_run(ensemble: Ensemble, *, as_json: bool) -> None:
    """The decider's strategies by outcome, and what the run has to own up to."""
    if as_json:
        click.echo(json.dumps(_run_data(ensemble), indent=2, ensure_ascii=False))
        return
    model = ensemble.model
    click.echo(repr(ensemble).strip("<>"))
    summary = ensemble.summary()
    table = Table(title="Mean over the others' strategies and all worlds", title_justify="left", box=None)
    table.add_column(model.title_of(model.decider))
    for kind, name in ensemble.measures:
        table.add_column(name if kind == "outcome" else f"payoff of {name}", justify="right")
    for label, row in summary.iterrows():
        table.add_row(str(label), *(f"{value:.3g}" for value in row))
    Console(width=max(100, 16 * (len(ensemble.measures) + 2))).print(table)
    for line in owned_up(ensemble):
        click.echo(line)


def owned_up(ensemble: Ensemble) -> list[str]:
    """Faults, broken checks, clips and clamps in one plain line each."""
    found = ensemble.diagnostics
    total = ensemble.design.n_futures
    lines = [
        f"{fault.place}: `{fault.equation}` {fault.meaning} in {fault.futures:,} of {total:,} futures, "
        f"which are left out of every average (first: world {fault.world}, step {fault.step})"
        for fault in found.faults
    ]
    lines += [
        f"check `{name}` does not hold in {futures:,} of {total:,} futures (first: world {world}, step {step})"
        for name, (futures, world, step) in found.broken.items()
    ]
    lines += [f"`{name}` was clipped to its bounds in {_share(x)} of steps" for name, x in found.clipped.items()]
    lines += [f"`{name}` was cut at its largest count in {_share(x)} of steps" for name, x in found.clamped.items()]
    return lines


def _share(share: float) -> str:
    return f"{share:.2%}" if share >= 0.0001 else "fewer than 0.01%"


def _run_data(ensemble: Ensemble) -> dict[str, Any]:
    decider = ensemble.program.players.index(ensemble.model.decider)
    strategies = {}
    for j, instance in enumerate(ensemble.program.instances[decider]):
        here = ensemble.design.profiles[:, decider] == j
        if here.any():
            strategies[instance.label] = {
                f"{kind} {name}": _mean_and_error(ensemble.means[row][here])
                for row, (kind, name) in enumerate(ensemble.measures)
            }
    return {
        "study": ensemble.model.name,
        "digest": ensemble.digest,
        "profiles": int(ensemble.counts.shape[0]),
        "worlds": int(ensemble.counts.shape[1]),
        "replications": ensemble.design.replications,
        "seed": ensemble.design.seed,
        "strategies": strategies,
        "owned up": owned_up(ensemble),
    }


def _mean_and_error(cells: Any) -> dict[str, float | None]:
    """The mean over profiles and worlds, and its standard error over worlds."""
    worlds = np.nanmean(cells, axis=0)
    error = float(np.nanstd(worlds, ddof=1) / np.sqrt(worlds.size)) if worlds.size > 1 else None
    return {"mean": float(np.nanmean(worlds)), "error": error}


def show_trace(model: Model, trace: Trace, *, world: int, replication: int, as_json: bool) -> None:
    """One future for a reader who does not program: each step's events, choices with their rules, and state."""
    if as_json:
        click.echo(json.dumps(_trace_data(trace, world, replication), indent=2, ensure_ascii=False))
        return
    console = Console(highlight=False, width=110)
    console.print(f"[bold]{model.title}[/bold]: one future (world {world}, replication {replication})")
    for player, label in trace.profile.items():
        console.print(f"  {model.title_of(player)} plays {label}")
    for before, step in zip([None, *trace.steps], trace.steps, strict=False):
        _show_step(console, model, before, step)
    console.print("\n[bold]What it came to[/bold]")
    units = {outcome.name: str(outcome.unit) for outcome in model.outcomes}
    for name, value in trace.outcomes.items():
        console.print(f"  {name} {_number(value)}{_unit(units[name])}")
    for actor, value in trace.payoffs.items():
        console.print(f"  payoff of {model.title_of(actor)} {_number(value)}")
    if trace.fault:
        console.print(f"[red]{trace.fault}[/red]")


def _show_step(console: Console, model: Model, before: Step | None, step: Step) -> None:
    console.print(f"\n[bold]{step.date}[/bold]" + ("" if step.fired else "  after the last step"))
    if not step.fired and not step.things["choice"]:
        console.print("  " + _line(step.things["mode"]) + "; " + _line(step.things["stock"]))
        return
    for choice in model.choices:
        who = model.title_of(choice.actor) + (f", {choice.dimension}" if choice.dimension else "")
        option, rule = step.things["choice"][choice.family], step.fired.get(choice.family, "")
        console.print(f"  {who}: [bold]{option}[/bold]  ({rule})")
    happened = [name for name, value in {**step.things["event"], **step.things["move"]}.items() if value is True]
    counted = {n: v for n, v in step.things["event"].items() if not isinstance(v, bool)}
    console.print("  happened: " + (", ".join(happened) or "nothing") + (f"; {_line(counted)}" if counted else ""))
    for kind, title in _KINDS[3:]:
        things = step.things[kind]
        if before is not None and kind in ("mode", "stock"):
            things = {n: v for n, v in things.items() if before.things[kind].get(n) != v}
            title = title.replace("at the start", "that changed")  # noqa: PLW2901
        if things:
            console.print(f"  {title}: {_line(things)}")


def _line(things: Any) -> str:
    shown = {name: value if isinstance(value, (bool, str)) else _number(value) for name, value in things.items()}
    return ", ".join(f"{name} {value}" for name, value in shown.items())


def _number(value: float) -> str:
    return f"{value:.3g}" if abs(value) < 1e6 else f"{value:.3e}"


def _unit(unit: str) -> str:
    return "" if unit == "no unit" else f" {unit}"


def _trace_data(trace: Trace, world: int, replication: int) -> dict[str, Any]:
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


def show_study(model: Model, picture: Path | None, *, as_json: bool) -> None:
    """Actors, assumptions, equations and the causal map; the map as a picture where a file is named."""
    from standoff.analysis.causal import causal_map  # noqa: PLC0415
    from standoff.brief.causal_map import draw_map, map_text  # noqa: PLC0415
    from standoff.ensemble.store import atomic_write  # noqa: PLC0415

    causes = causal_map(model)
    if picture is not None:
        atomic_write(picture, draw_map(causes, model).encode())
    if as_json:
        data = {
            "study": model.name,
            "title": model.title,
            "actors": {a.name: a.title for a in model.actors},
            "strategies": {a: [i.label for i in model.instances(a)] for a in model.players},
            "assumptions": {
                p.name: {"about": p.about, "unit": str(p.unit), "is": spread_text(p)} for p in model.parameters
            },
            "equations": dict(equations_text(model)),
            "edges": [[e.source, e.target, e.sign] for e in causes.edges],
        }
        click.echo(json.dumps(data, indent=2, ensure_ascii=False))
        return
    console = Console(highlight=False, width=120)
    console.print(f"[bold]{model.title}[/bold]\n{model.question}\n")
    for actor in model.actors:
        labels = ", ".join(i.label for i in model.instances(actor.name)) or "chooses nothing"
        console.print(f"[bold]{actor.title}[/bold] ({actor.name}): {labels}")
    console.print("\n[bold]Assumptions[/bold]")
    for parameter in model.parameters:
        console.print(f"  {parameter.name}: {spread_text(parameter)}{_unit(str(parameter.unit))}. {parameter.about}")
    console.print("\n[bold]Equations[/bold]")
    for name, text in equations_text(model):
        console.print(f"  {name} = {text}")
    console.print("\n[bold]What moves what[/bold]")
    console.print(map_text(causes))


def spread_text(parameter: Parameter) -> str:
    """A parameter's number, range, distribution or levels in words."""
    spread = parameter.spread
    if spread is None:
        return f"{parameter.value:g}"
    if spread.levels:
        pairs = zip(spread.levels, spread.weights, strict=True)
        return "one of " + ", ".join(f"{level:g} (weight {weight:.2g})" for level, weight in pairs)
    inside = ", ".join(f"{a:g}" for a in spread.arguments)
    if spread.distribution == "uniform":
        low, high = spread.arguments
        return f"{low:g} to {high:g}"
    return f"{spread.distribution}({inside})"
