"""Fit constants and ranges to data, and write a changed copy of the study; the study itself is never touched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from standoff.analysis.findings import Floats
from standoff.analysis.fitting.abc import Fitted, fit_parameters
from standoff.analysis.fitting.fit import Checked, Estimate, Fit
from standoff.analysis.fitting.statistics import STATISTICS, of_paths, usual
from standoff.base.chance import streams
from standoff.base.escaping import visible
from standoff.base.files import read_source
from standoff.base.problems import Collected, Problem, StudyError, suggest
from standoff.base.tables import MOST_BYTES, read_table
from standoff.ensemble.design import Design, draw_worlds
from standoff.ensemble.profiles.chosen import some_profiles
from standoff.ensemble.running import Running
from standoff.ensemble.storing.manifest import RunError
from standoff.ensemble.storing.store import atomic_write
from standoff.ensemble.study import Study
from standoff.ensemble.watch.following import follow_futures
from standoff.evidence.asked import things_of
from standoff.language.clock import parse_date
from standoff.language.freed import Rewritten, bounds_of, freed, rewritten
from standoff.language.model import Model
from standoff.language.text.files import STUDY_FILE
from standoff.words.sentences.watching.fit import fit_reason

__all__ = ["Data", "fit_study", "read_data", "write_fitted"]

_FEWEST_STEPS = 8
_LEVELS = (0.05, 0.5, 0.95)


@dataclass(frozen=True, slots=True, eq=False)
class Data:
    """What was, by thing: (steps,) of the clock, NaN where nothing is known; and the steps that are fitted."""

    file: str
    values: Mapping[str, Floats]
    fitted: npt.NDArray[np.bool_]
    held: npt.NDArray[np.bool_]
    span: str


def read_data(path: Path, model: Model, on: Sequence[str], first: str | None, *, last: str | None) -> Data:
    """What was, from a CSV file: dates in the first column, and columns named as things of the study.

    Args:
        path: The file.
        model: The study's, with the variant applied under which it is held against the data.
        on: Columns to go by; all that are things of the study and not imposed without any.
        first, last: Dates between which steps are fitted; the rest is held out.

    Raises:
        StudyError: It is no such table, or a cell is not a number.
        ValueError: An unknown name, or too few steps to fit.
    """
    table = read_table(read_source(path, path.name, most=MOST_BYTES))
    date, *columns = table.columns
    known = things_of(model)
    imposed = {imposition.target.name for imposition in model.impositions}
    wanted = tuple(on) or tuple(name for name in columns if name in known and name not in imposed)
    for name in wanted:
        if name not in columns or name not in known:
            what = "column" if name not in columns else "thing to follow"
            advice = suggest(name, columns if name not in columns else known) or ""
            raise ValueError(f"no {what} is named `{name}`; {advice}".rstrip("; "))
    if not wanted:
        raise ValueError(f"no column of `{path.name}` is named as an event, stock or quantity of the study")
    problems = Collected()
    steps = []
    for row in table.rows:
        day = parse_date(row[date].text)
        if day is None:
            problems.append(Problem("date", row[date].span, f"`{row[date].text}` is not a date"))
        steps.append(None if day is None else model.clock.index(day))
    values = {}
    for name in wanted:
        column, path_of = table.numbers(name, problems), np.full(model.clock.steps, np.nan)
        for step, x in zip(steps, column, strict=True):
            if step is not None:
                path_of[step] = x
        values[name] = path_of
    if problems:
        raise StudyError(problems)
    known_steps = np.isfinite(np.stack(list(values.values()))).all(axis=0)
    begin, end = _step(model, first, 0), _step(model, last, model.clock.steps - 1)
    inside = (np.arange(model.clock.steps) >= begin) & (np.arange(model.clock.steps) <= end)
    fitted = known_steps & inside
    if fitted.sum() < _FEWEST_STEPS:
        raise ValueError(f"{int(fitted.sum())} steps have data between these dates, and {_FEWEST_STEPS} are the fewest")
    which = np.flatnonzero(fitted)
    span = f"{model.clock.label(int(which[0]))} to {model.clock.label(int(which[-1]))}"
    return Data(path.name, values, fitted, known_steps & ~inside, span=span)


@dataclass(frozen=True, slots=True)
class Effort:
    """How many particles are moved in how many rounds, and the seed of both."""

    particles: int = 256
    rounds: int = 5
    seed: int = 1


def fit_study(
    model: Model,
    data: Data,
    free: Mapping[str, tuple[float, float] | None],
    *,
    statistics: Sequence[str] = (),
    effort: Effort = Effort(),
    running: Running = Running(),
) -> Fit:
    """Fit parameters to data.

    Args:
        model: The study's, with the variant applied.
        data: From `read_data`.
        free: Parameter → bounds; None for an uncertainty's own range.
        statistics: Names from `STATISTICS`; the usual of each kind of thing without any.
        effort: How much is spent on it.
        running: How many threads, and who is told how far it is.

    Raises:
        ValueError: An unknown parameter or statistic, or hardly any future is sound.
        StudyError: A constant stands where only a constant can.
    """
    for name in statistics:
        if name not in STATISTICS:
            raise ValueError(
                f"no statistic is named `{name}`; {suggest(name, STATISTICS, 'statistics') or ''}".rstrip("; ")
            )
    seed = effort.seed
    bounds = {name: bounds_of(model, name, given) for name, given in free.items()}
    study = Study(freed(model, bounds))
    things = things_of(study.model)
    taken = {name: tuple(statistics) or usual(things[name][1]) for name in data.values}
    profiles = some_profiles(study.program)
    symbols = tuple(things[name][0] for name in taken)

    def paths(values: Floats, luck: int) -> list[Floats]:
        worlds = draw_worlds(study.model, len(values), seed + luck, fixed={}, method="plain")
        columns = {**worlds.columns, **{name: values[:, j] for j, name in enumerate(bounds)}}
        design = Design(profiles, type(worlds)(columns, worlds.streams, worlds.seed, worlds.method), 1, seed + luck)
        chosen = streams.permutation(len(values), seed + luck, "profiles of a fit") % len(profiles)
        followed = follow_futures(study.program, design, chosen, symbols, running=running)
        return [np.where(followed.weights > 0.0, followed.path(symbol), np.nan) for symbol in symbols]

    def simulate(values: Floats, luck: int) -> Floats:
        if running.progress is not None:
            running.progress(min(luck // 1000, effort.rounds), effort.rounds)
        made = paths(values, luck)
        return np.column_stack([of_paths(p[data.fitted], taken[name]) for name, p in zip(taken, made, strict=True)])

    seen = np.concatenate([of_paths(data.values[name][data.fitted][:, None], taken[name])[0] for name in taken])
    found = fit_parameters(
        simulate,
        seen,
        np.array(list(bounds.values())),
        particles=effort.particles,
        rounds=effort.rounds,
        seed=seed,
    )
    checked = _check(found, data, taken, paths(_resampled(found, seed), 900_000))
    return Fit(
        tuple(_estimate(model, name, found, j) for j, name in enumerate(bounds)), checked, data.span, data.file,
        tolerance=found.tolerance, accepted=found.accepted, rounds=found.rounds, simulated=found.simulated,
    )  # fmt: skip


def write_fitted(model: Model, fit: Fit, folder: Path) -> Path:
    """Write a copy of the study with the fitted numbers and their reasons; its `study.yaml`.

    A constant becomes the median, an uncertainty's range the interval that holds 90 %.

    Raises:
        RunError: The folder is the study's own, or not empty.
    """
    if folder.resolve() == model.folder.resolve():
        raise RunError("a fit is never written in place: give another folder")
    if folder.exists() and any(folder.iterdir()):
        raise RunError(f"`{visible(str(folder))}` is not empty; choose another folder")
    changes = {}
    for one in fit.estimates:
        low, middle, high = (float(np.format_float_scientific(x, 2)) for x in one.quantiles)
        reason = fit_reason(fit, low, high)
        changes[one.name] = (
            Rewritten(one.name, reason, value=middle) if one.is_constant
            else Rewritten(one.name, reason, low=low, high=high)
        )  # fmt: skip
    for name, text in model.written.files.texts().items():
        new = rewritten(model, changes) if name == STUDY_FILE else text
        atomic_write(folder / name, new.encode())
    return folder / STUDY_FILE


def _step(model: Model, written: str | None, usual_step: int) -> int:
    if written is None:
        return usual_step
    day = parse_date(written)
    if day is None:
        raise ValueError(f"`{written}` is not a date: write it as 2021-12 or 2021-Q4")
    place = model.clock.place(day)
    return int(min(max(np.floor(place), 0), model.clock.steps - 1))


def _resampled(found: Fitted, seed: int) -> Floats:
    points = (np.arange(1024) + 0.5) / 1024
    order = np.minimum(np.searchsorted(np.cumsum(found.weights), points), len(found.weights) - 1)
    return found.values[order[streams.permutation(1024, seed, "fitted futures")]]


def _check(found: Fitted, data: Data, taken: Mapping[str, tuple[str, ...]], made: list[Floats]) -> tuple[Checked, ...]:
    checked = []
    for is_held, where in ((False, data.fitted), (True, data.held)):
        if where.sum() < 3:
            continue
        for (name, names), path in zip(taken.items(), made, strict=True):
            drawn = of_paths(path[where], names)
            seen = of_paths(data.values[name][where][:, None], names)[0]
            for k, statistic in enumerate(names):
                own = drawn[np.isfinite(drawn[:, k]), k]
                low, high = np.quantile(own, [_LEVELS[0], _LEVELS[2]])
                checked.append(
                    Checked(
                        name,
                        statistic,
                        is_held,
                        float(seen[k]),
                        mean=float(own.mean()),
                        low=float(low),
                        high=float(high),
                    )
                )
    return tuple(checked)


def _estimate(model: Model, name: str, found: Fitted, j: int) -> Estimate:
    parameter = next(p for p in model.parameters if p.name == name)
    low, middle, high = (found.quantile(j, level) for level in _LEVELS)
    if parameter.value is not None:
        return Estimate(name, True, (low, middle, high), (parameter.value,))
    spread = parameter.spread
    ends = tuple(float(x) for x in spread.arguments[:2]) if spread is not None and spread.arguments else (low, high)
    return Estimate(name, False, (low, middle, high), ends)
