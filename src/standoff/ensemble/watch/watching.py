"""Futures weighed by how likely they make what was seen: a particle filter in each world and profile.

The replications of a world and profile are the particles. What was seen of events, counts, modes and reports is set
in each (`standoff.program.watched`), so that its chance, given the path, is the particle's weight. Some cells are tried
first. Where whole futures keep half of their weight, they are enough, on any evaluator; where they do not, a cell's
particles are resampled whenever few of them carry its weight, as in the bootstrap filter, on the reference. Either way
the mean weight of a cell is an unbiased estimate of the likelihood of its world and profile, and which way is taken
does not hang on the evaluator.

Reference:
    N. Gordon, D. Salmond and A. Smith, Novel approach to nonlinear/non-Gaussian Bayesian state estimation, IEE
    Proceedings F 140 (1993), 107-113.
    C. Andrieu and G. Roberts, The pseudo-marginal approach for efficient Monte Carlo computations, Annals of
    Statistics 37 (2009), 697-725.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from standoff.base.chance import streams
from standoff.ensemble.design import Design
from standoff.ensemble.evaluator import Evaluate, choose_evaluator
from standoff.ensemble.run import BLOCK, lanes_of, run_paths
from standoff.ensemble.running import Running
from standoff.ensemble.spreading import spread
from standoff.evidence.seen import Seen, Sighting
from standoff.language.model import Model
from standoff.program.columns import Table
from standoff.program.compile import compile_model
from standoff.program.lanes import picked
from standoff.program.program import Program
from standoff.program.reference import Lanes, Results, run_lanes
from standoff.program.stepper import advance, begin, finish
from standoff.program.watched import BLIND, DEAD, RELIABLE, SEEN, SO_FAR, SPARE, tell

__all__ = ["Cells", "Weighed", "filter_lanes", "told_program", "weigh_cells", "weigh_design"]

Floats = npt.NDArray[np.float64]
_PILOT = 2048
"""Futures that tell what a report would be that knows nothing."""
_TRIED = 256
"""Cells that tell whether whole futures keep enough of their weight."""
_ENOUGH = 0.5
"""Of a cell's replications, effective: below this it is resampled."""


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """What the replications of some cells came to; a cell is a profile in a world.

    Attributes:
        log_likelihood: (cells,) of what was seen; −inf where no replication agrees with it, or all faulted.
        means: (measures, cells) of outcomes and payoffs, given what was seen; NaN where there is none.
        alive: (cells,) effective replications behind these means.
    """

    log_likelihood: Floats
    means: Floats
    alive: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Weighed:
    """A design whose cells were weighed by what was seen.

    Attributes:
        program: As compiled for watching, and told.
        design: What was run.
        seen: What it was weighed by.
        log_likelihood, alive: (profiles, worlds), as in `Cells`.
        means: (measures, profiles, worlds), likewise.
        is_filtered: Whether particles were resampled on the way.
    """

    program: Program
    design: Design
    seen: Seen
    log_likelihood: Floats
    means: Floats
    alive: Floats
    is_filtered: bool


def told_program(model: Model, seen: Seen, seed: int = 1) -> Program:
    """The model's program, told what was seen.

    What a report says that knows nothing is, for an event, yes or no alike; for a mode each state alike; for counts
    and numbers what the study itself leads one to expect, as a negative binomial or normal of the same moments.
    """
    program = compile_model(model, watching=True)
    n = program.n_steps
    series: dict[tuple[str, str], list[float]] = {}

    def put(name: str, kind: str, step: int, value: float) -> None:
        usual = {SEEN: 0.0, RELIABLE: 0.0, BLIND: 1.0, SPARE: 0.0}[kind]
        series.setdefault((name, kind), [usual] * n)[step] = value

    expected = _expected(program, seen, seed)
    modes = {move.name: mode for mode in model.modes for move in mode.moves} | {m.name: m for m in model.modes}
    for one in seen.sightings:
        name, step = one.of.name, one.step
        mode = modes.get(name) if one.of.symbol.kind in ("mode", "move") else None
        if mode is None:
            put(name, SEEN, step, one.value)
            put(name, RELIABLE, step, one.reliability)
            put(name, BLIND, step, expected.get((name, step), 0.5))
            if one.of.kind == "count":
                put(name, SPARE, step, math.lgamma(one.value + 1.0))
            continue
        is_state = one.of.symbol.kind == "mode"
        step -= is_state  # a state at a step's start comes of the moves of the step before
        if step < 0 or one.reliability == 0.0:
            continue
        put(f"{name} state" if is_state else name, SEEN, step, one.value)
        put(f"{name} state" if is_state else name, RELIABLE, step, one.reliability)
        before = series.get((mode.name, RELIABLE), [0.0] * n)[step]
        put(mode.name, RELIABLE, step, min(before or 1.0, one.reliability))
        put(mode.name, BLIND, step, 1.0 / len(mode.states) if is_state else 0.5)
    return tell(program, series, seen.until)


def weigh_design(
    program: Program, design: Design, seen: Seen, running: Running = Running(), *, filtered: bool | None = None
) -> Weighed:
    """Weigh every cell of a design.

    Args:
        program: From `told_program`.
        design: Profiles × worlds × replications.
        seen: What the program was told.
        running: How.
        filtered: Whether to resample particles on the way; if not said, as some cells tell.
    """
    if filtered is None:
        filtered = _lose_weight(program, design)
        if filtered:
            running.say("whole futures lose their weight on the way: resampling them, which takes longer")
    n_profiles, n_worlds = design.profiles.shape[0], design.worlds.size
    likely, alive = np.empty(n_profiles * n_worlds), np.empty(n_profiles * n_worlds)
    means = np.empty((len(program.measures) - 1, likely.size))
    size = max(1, BLOCK // design.replications)
    starts = range(0, likely.size, size)
    found = spread(_Weighing(program, design, size, filtered), starts, running)
    for start, weighed in zip(starts, found, strict=True):
        cells = slice(start, start + size)
        likely[cells], alive[cells], means[:, cells] = weighed.log_likelihood, weighed.alive, weighed.means
        if running.progress is not None:
            running.progress(min(start + size, likely.size) * design.replications, design.n_futures)
    shape = (n_profiles, n_worlds)
    return Weighed(
        program, design, seen, likely.reshape(shape), means=means.reshape(-1, *shape), alive=alive.reshape(shape),
        is_filtered=filtered,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class _Weighing:
    """The work of weighing so many cells from a place on."""

    program: Program
    design: Design
    size: int
    filtered: bool

    def begin(self, running: Running) -> Callable[[int], Cells]:
        program, design = self.program, self.design
        evaluate = None if self.filtered else choose_evaluator(program, design.n_futures, running)
        n_worlds, table = design.worlds.size, Table(program.columns, design.worlds.columns)

        def weigh(start: int) -> Cells:
            cells = np.arange(start, min(start + self.size, design.profiles.shape[0] * n_worlds))
            return weigh_cells(program, design, *np.divmod(cells, n_worlds), evaluate=evaluate, table=table)

        return weigh


def weigh_cells(
    program: Program,
    design: Design,
    profiles: npt.NDArray[np.int64],
    worlds: npt.NDArray[np.int64],
    *,
    evaluate: Evaluate | None = None,
    table: Table | None = None,
) -> Cells:
    """Weigh cells given by their profile and world in the design, (cells,) each; resampled if no evaluator is given."""
    r = design.replications
    lanes = lanes_of(
        program,
        design,
        np.repeat(profiles, r),
        np.repeat(worlds, r),
        replications=np.tile(np.arange(r), profiles.size),
        table=table,
    )
    if evaluate is None:
        results, settled = filter_lanes(program, lanes, r)
    else:
        results, settled = evaluate(program, lanes), np.zeros(profiles.size)
    return _fold(results, settled, r)


def _lose_weight(program: Program, design: Design) -> bool:
    """Whether whole futures keep less than half of their weight, by some cells and as these are likely."""
    n_worlds = design.worlds.size
    cells = streams.permutation(design.profiles.shape[0] * n_worlds, design.seed, "cells that are tried")[:_TRIED]
    found = weigh_cells(program, design, *np.divmod(cells, n_worlds), evaluate=run_lanes)
    known = np.isfinite(found.log_likelihood)
    if not known.any():
        return True
    likely = np.exp(found.log_likelihood[known] - found.log_likelihood[known].max())
    return float(likely @ found.alive[known] / likely.sum()) < _ENOUGH * design.replications


def filter_lanes(program: Program, lanes: Lanes, replications: int) -> tuple[Results, Floats]:
    """Run futures, cells together and replications fastest, resampling a cell where half its weight is lost.

    Returns:
        What they came to, with the log weight since the last resampling as the last outcome; and the log likelihood
        settled before, (cells,).
    """
    state = begin(program, lanes)
    settled = np.zeros(lanes.size // replications)
    base = np.zeros(lanes.size)
    for step in range(program.n_steps):
        state = advance(program, state)
        if replications < 2 or not _is_told(program, step):
            continue
        weight = np.broadcast_to(np.asarray(state.known[SO_FAR], dtype=np.float64), lanes.size) - base
        weight = np.where((state.fault != 0) | ~np.isfinite(weight), -np.inf, weight).reshape(-1, replications)
        most = weight.max(axis=1)
        shares = np.exp(weight - np.where(np.isfinite(most), most, 0.0)[:, None])
        total, squares = shares.sum(axis=1), (shares**2).sum(axis=1)
        poor = (total > 0.0) & (total**2 < _ENOUGH * replications * squares) & (most > DEAD)
        if not poor.any():
            continue
        order = np.arange(lanes.size).reshape(-1, replications)
        cells = np.flatnonzero(poor)
        start = _uniform(lanes.keys[order[cells, 0]], step)
        order[cells] = order[cells, 0][:, None] + _systematic(shares[cells] / total[cells, None], start)
        settled[cells] += most[cells] + np.log(total[cells] / replications)
        state = picked(state, order.ravel())
        now = np.asarray(state.known[SO_FAR], dtype=np.float64)
        base = np.where(np.repeat(poor, replications), now, base[order.ravel()])
    results = finish(program, state)
    results.outcomes[-1] -= base
    return results, settled


def _is_told(program: Program, step: int) -> bool:
    return any(name.startswith(f"{RELIABLE} ") and values[step] > 0.0 for name, values in program.series)


def _uniform(keys: npt.NDArray[np.uint64], step: int) -> Floats:
    return streams.uniform(keys, streams.key("resampling of what was seen"), step)


def _systematic(shares: Floats, start: Floats) -> npt.NDArray[np.int64]:
    """(cells, replications) which particle each is a copy of: evenly spaced points on the summed shares."""
    n = shares.shape[1]
    points = (np.arange(n)[None, :] + start[:, None]) / n
    summed = np.cumsum(shares, axis=1)
    found: npt.NDArray[np.int64] = np.minimum((points[:, :, None] > summed[:, None, :]).sum(axis=2), n - 1)
    return found


def _fold(results: Results, settled: Floats, r: int) -> Cells:
    """Lanes into cells, each with its weight."""
    n = settled.size
    last = results.outcomes[-1]
    weight = np.where((results.fault != 0) | ~(last > DEAD), -np.inf, last).reshape(n, r)
    most = weight.max(axis=1)
    known = np.isfinite(most)
    shares = np.exp(weight - np.where(known, most, 0.0)[:, None])
    total = shares.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        likely = np.where(known, settled + most + np.log(total / r), -np.inf)
        alive = np.where(known, total**2 / (shares**2).sum(axis=1), 0.0)
    means = []
    for values, present in (*zip(results.outcomes[:-1], results.weights[:-1], strict=True),
                            *((payoff, None) for payoff in results.payoffs)):  # fmt: skip
        own = shares if present is None else shares * present.reshape(n, r)
        x = np.where(own > 0.0, values.reshape(n, r), 0.0)
        with np.errstate(invalid="ignore", divide="ignore"):
            means.append((own * x).sum(axis=1) / own.sum(axis=1))
    return Cells(likely, np.array(means).reshape(-1, n), alive)


def _expected(program: Program, seen: Seen, seed: int) -> dict[tuple[str, int], float]:
    """The chance or density of each doubted count and number by what the study leads one to expect."""
    doubted = [one for one in seen.sightings if one.reliability < 1.0 and one.of.kind in ("count", "number")]
    if not doubted:
        return {}
    from standoff.ensemble.design import draw_worlds  # noqa: PLC0415
    from standoff.ensemble.profiles.chosen import some_profiles  # noqa: PLC0415

    symbols = tuple(dict.fromkeys(one.of.symbol for one in doubted))
    worlds = draw_worlds(program.model, _PILOT, seed)
    design = Design(some_profiles(program), worlds, 1, seed)
    places = np.arange(_PILOT)
    profiles = streams.permutation(_PILOT, seed, "profiles of a pilot", 0) % design.profiles.shape[0]
    paths = run_paths(program, design, symbols, profiles, worlds=places, replications=np.zeros_like(places))
    return {
        (one.of.name, one.step): _predictive(one, paths.values[symbols.index(one.of.symbol), one.step])
        for one in doubted
    }


def _predictive(one: Sighting, drawn: Floats) -> float:
    from scipy import stats  # noqa: PLC0415 - it takes half a second to import

    known = drawn[np.isfinite(drawn)]
    if one.of.kind == "count":
        mean, variance = max(float(known.mean()), 1e-6), float(known.var())
        if variance <= mean:
            return float(stats.poisson.pmf(one.value, mean))
        size = mean**2 / (variance - mean)
        return float(stats.nbinom.pmf(one.value, size, size / (size + mean)))
    is_log = one.of.is_log or one.of.noise == 0.0  # a report's own noise is of its logarithm
    x = np.log(known[known > 0.0]) if is_log else known
    spread = math.sqrt(float(x.var()) + one.of.noise**2)
    return float(stats.norm.pdf(math.log(one.value) if is_log else one.value, x.mean(), max(spread, 1e-9)))
