"""What happens over time: quantiles of chosen stocks, counts and states under each of the decider's strategies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from standoff.analysis.findings import Figure, Floats
from standoff.base.chance import streams
from standoff.ensemble.design import Design
from standoff.ensemble.run import Paths
from standoff.evidence.history import Past
from standoff.language.expressions.tree import Binary, Expr, Option, Reference, Symbol, walk
from standoff.language.model import Instance, Model
from standoff.program.program import Program

__all__ = ["LEVELS", "Band", "Fan", "FanPlan", "Followed", "fans", "followed_in", "plan_fans"]

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Quantiles of a fan: the middle 90 and 50 per cent, and the median."""

MOST = 6
_FUTURES = 2000
_SURE = 1.96


@dataclass(frozen=True, slots=True)
class Followed:
    """A thing to follow: a stock, a count of events, a quantity, or the share of futures in a mode's `state`."""

    symbol: Symbol
    state: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class FanPlan:
    """Which futures to follow: the same worlds, luck and others' strategies for each of the decider's.

    `profiles`, `worlds` and `replications` have shape (futures,) and go to `run_paths` with `symbols`.
    """

    followed: tuple[Followed, ...]
    profiles: npt.NDArray[np.int64]
    worlds: npt.NDArray[np.int64]
    replications: npt.NDArray[np.int64]

    @property
    def symbols(self) -> tuple[Symbol, ...]:
        """What to keep of every step, each once."""
        return tuple(dict.fromkeys(f.symbol for f in self.followed))


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """One strategy's futures: `quantiles` has shape (levels, steps), `mean` (steps,); `end` is the mean at the end."""

    strategy: Instance
    quantiles: Floats
    mean: Floats
    end: Figure


@dataclass(frozen=True, slots=True, eq=False)
class Fan:
    """One thing over time.

    Attributes:
        followed: What it is.
        kind: `share` for a mode's state and an event that happens or not, where only the mean is drawn.
        steps: (steps,) index of each point on the clock; a stock has one more than the clock, its last state.
        bands: One for each of the decider's strategies.
        apart: For each pair of strategies, the difference at the end over its standard error, paired by world.
        n_futures: Of each strategy.
        past: What was seen of it before the clock's start, where the study knows.
    """

    followed: Followed
    kind: Literal["stock", "flow", "share"]
    steps: npt.NDArray[np.int64]
    bands: tuple[Band, ...]
    apart: Floats
    n_futures: int
    past: Past | None = None


def plan_fans(program: Program, design: Design, n_futures: int = _FUTURES) -> FanPlan:
    """Choose what to follow, and in which futures of a design.

    That is what the study says under `report`; else what outcomes name comes first (stocks, counts and states of modes,
    then quantities), then the other stocks, at most six. The others' strategies, worlds and replications are mixed
    evenly.
    """
    decider = program.players.index(program.model.decider)
    chosen = design.profiles[:, decider]
    # an even mix that is a pure function of the place: no generator is needed
    place = np.arange(n_futures, dtype=np.int64)
    uniform = streams.uniform(place.astype(np.uint64), streams.key("fan profiles"), 0)
    worlds = place % design.worlds.size
    replications = (place // design.worlds.size) % design.replications
    rows = []
    for j in np.unique(chosen):
        here = np.flatnonzero(chosen == j)
        rows.append(here[np.minimum((uniform * here.size).astype(np.int64), here.size - 1)])
    return FanPlan(
        tuple(followed_in(program.model)),
        np.concatenate(rows),
        np.tile(worlds, len(rows)),
        np.tile(replications, len(rows)),
    )


def fans(
    program: Program, design: Design, plan: FanPlan, paths: Paths, *, past: Mapping[str, Past] | None = None
) -> tuple[Fan, ...]:
    """Fans from the paths of a plan; futures with a fault (NaN) are left out. `past` is what was seen, by name."""
    decider = program.players.index(program.model.decider)
    of = design.profiles[paths.profiles, decider]
    found = (_fan(program, followed, paths, of) for followed in plan.followed)
    return tuple(
        fan if fan.followed.state is not None else replace(fan, past=(past or {}).get(fan.followed.symbol.name))
        for fan in found
    )


def followed_in(model: Model) -> Iterator[Followed]:
    """What of a study is followed over time, at most six things where it does not say which."""
    found: dict[Followed, None] = {}
    for wanted in model.report:
        found |= dict.fromkeys(_named(model, wanted.tree))
    if model.report:
        yield from found
        return
    for kinds in (("stock", "event", "mode"), ("quantity",)):
        for outcome in model.outcomes:
            for item in _named(model, outcome.measure.tree):
                if item.symbol.kind in kinds:
                    found[item] = None
    for stock in model.stocks:
        found[Followed(Symbol("stock", stock.name))] = None
    yield from list(found)[:MOST]


def _named(model: Model, tree: Expr) -> Iterator[Followed]:
    """What a tree names that can be followed: truths and ends cannot, since they are no number of a step."""
    counts = {event.name for event in model.events if event.kind == "count"}
    modes = {mode.name for mode in model.modes}
    for node in walk(tree):
        if isinstance(node, Reference) and (node.symbol.kind in ("stock", "quantity") or node.symbol.name in counts):
            yield Followed(node.symbol)
        if isinstance(node, Binary) and node.operator == "==":
            for side, other in ((node.left, node.right), (node.right, node.left)):
                if isinstance(side, Reference) and side.symbol.name in modes and isinstance(other, Option):
                    yield Followed(side.symbol, other.index)


def _fan(program: Program, followed: Followed, paths: Paths, of: npt.NDArray[np.int64]) -> Fan:
    values = paths.path(followed.symbol.name)
    if followed.state is not None:
        values = np.where(np.isnan(values), np.nan, (values == followed.state).astype(float))
    is_flow = followed.symbol.kind in ("event", "quantity")
    if is_flow:
        values = values[:-1]
    played = np.unique(of)
    instances = program.instances[program.players.index(program.model.decider)]
    ends = np.stack([_by_world(values[-1, of == j], paths.worlds[of == j]) for j in played])
    bands = tuple(_band(instances[j], values[:, of == j], ends[s]) for s, j in enumerate(played))
    n = ends.shape[1]
    apart = np.zeros((played.size, played.size))
    for s in range(played.size):
        gap = ends[s] - ends
        error = gap.std(axis=1, ddof=1) / np.sqrt(n) if n > 1 else np.full(played.size, np.inf)
        np.divide(gap.mean(axis=1), error, out=apart[s], where=error > 0.0)
    seen = values[np.isfinite(values)]
    is_share = followed.state is not None or (followed.symbol.kind == "event" and bool(np.isin(seen, (0.0, 1.0)).all()))
    kind: Literal["stock", "flow", "share"] = "share" if is_share else "flow" if is_flow else "stock"
    return Fan(followed, kind, np.arange(values.shape[0]), bands, apart=apart, n_futures=int((of == played[0]).sum()))


def _band(instance: Instance, values: Floats, ends: Floats) -> Band:
    sound = values[:, np.isfinite(values).all(axis=0)]
    if sound.shape[1] == 0:
        nothing = np.full(values.shape[0], np.nan)
        return Band(instance, np.tile(nothing, (len(LEVELS), 1)), nothing, Figure(np.nan, np.nan, np.nan, np.nan))
    mean = float(ends.mean())
    error = float(ends.std(ddof=1) / np.sqrt(ends.size)) if ends.size > 1 else float("nan")
    figure = Figure(mean, error, mean - _SURE * error, mean + _SURE * error)
    return Band(instance, np.quantile(sound, LEVELS, axis=1), sound.mean(axis=1), figure)


def _by_world(values: Floats, worlds: npt.NDArray[np.int64]) -> Floats:
    """(worlds): the mean over a world's futures; worlds without a sound one take the mean of all."""
    sound = np.isfinite(values)
    size = int(worlds.max()) + 1
    counts = np.bincount(worlds[sound], minlength=size)
    sums = np.bincount(worlds[sound], weights=values[sound], minlength=size)
    overall = float(values[sound].mean()) if sound.any() else float("nan")
    means: Floats = np.divide(sums, counts, out=np.full(size, overall), where=counts > 0)
    return means
