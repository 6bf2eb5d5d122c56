"""After a game: what its course was beside all others, and what an actor could have known of the world it was in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from standoff.analysis.fans import LEVELS, Followed
from standoff.ensemble.running import Size
from standoff.language.expressions.tree import Reference, Symbol, walk
from standoff.language.model import Model
from standoff.language.model.contents import entries_of
from standoff.playing.game import Position
from standoff.playing.sight import seen_by
from standoff.questions.results import follow_at_random

__all__ = ["Course", "Floats", "Knowable", "courses", "knowable"]

Floats = npt.NDArray[np.float64]
_SIZE = Size(worlds=128, replications=4)
_FUTURES = 1000
_MOST_SHOWN = 3


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """One thing over the clock, in all futures and in the game.

    Attributes:
        followed: What it is.
        quantiles: (levels, points) of futures of every strategy, world and luck alike: `standoff.analysis.fans.LEVELS`.
        mean: (points,) of them.
        path: (points,) in the game; NaN where it had ended.
    """

    followed: Followed
    quantiles: Floats
    mean: Floats
    path: Floats


@dataclass(frozen=True, slots=True)
class Knowable:
    """One assumption of the world that a game was played in.

    Attributes:
        name, value: Which, and what it was.
        is_known: Whether the actor knew it.
        shown_by: Of what the actor saw, the things nearest to it by the study's equations: by these it could have been
            judged. Empty where nothing that it saw hangs on it.
    """

    name: str
    value: float
    is_known: bool
    shown_by: tuple[str, ...]


def courses(position: Position) -> tuple[Course, ...]:
    """What the study's fans follow: over 1,000 futures of 128 worlds, and in a game.

    A game goes on after the last choice as its strategies do, unless it has ended.
    """
    size = Size(_SIZE.worlds, _SIZE.replications, position.game.seed)
    followed, paths = follow_at_random(position.study, size, _FUTURES)
    return tuple(_course(position, one, paths.path(one.symbol.name)) for one in followed)


def _course(position: Position, followed: Followed, values: Floats) -> Course:
    states = position.states
    points = position.program.n_steps + 1
    own = np.full(points, np.nan)
    for i in range(len(states) - 1):
        own[i] = _value(states[i + 1].seen, followed.symbol)
    if len(states) <= points:
        own[len(states) - 1] = _value(states[-1].known, followed.symbol)
    if followed.state is not None:
        own = np.where(np.isnan(own), np.nan, own == followed.state)
        values = np.where(np.isnan(values), np.nan, values == followed.state)
    if followed.symbol.kind in ("event", "quantity"):
        own, values = own[:-1], values[:-1]
    sound = values[:, np.isfinite(values).all(axis=0)].astype(float)
    return Course(followed, np.quantile(sound, LEVELS, axis=1), sound.mean(axis=1), own.astype(float))


def _value(values: dict[Symbol, object] | object, symbol: Symbol) -> float:
    found = values.get(symbol) if hasattr(values, "get") else None
    return float("nan") if found is None else float(np.ravel(np.asarray(found, dtype=float))[0])


def knowable(position: Position, actor: str) -> tuple[Knowable, ...]:
    """Every assumption of a game's world, and whether the actor knew it or by what it could have been judged."""
    model = position.model
    seen = seen_by(position, actor)
    shown = [one.name for one in (*seen.now, *seen.happened)]
    reads = _reads(model)
    reached = {name: _distances(reads, name) for name in dict.fromkeys(shown)}
    columns = position.state.lanes.columns
    found = []
    for parameter in model.uncertain:
        if parameter.name not in columns:
            continue
        near = sorted(
            (far[parameter.name], shown.index(name), name) for name, far in reached.items() if parameter.name in far
        )
        least = near[0][0] if near else 0
        by = tuple(name for distance, _, name in near if distance == least)[:_MOST_SHOWN]
        value = float(np.ravel(columns[parameter.name])[0])
        found.append(Knowable(parameter.name, value, actor in parameter.known_to, by))
    return tuple(found)


def _reads(model: Model) -> dict[str, tuple[str, ...]]:
    """By each thing of the state, the names that its equations read; a mode reads what its moves do."""
    found: dict[str, dict[str, None]] = {}
    of_mode = {move.name: mode.name for mode in model.modes for move in mode.moves}
    for entry in entries_of(model):
        if entry.section in ("strategies", "payoffs", "outcomes"):
            continue
        names = [node.symbol.name for node in walk(entry.expression.tree) if isinstance(node, Reference)]
        for thing in (entry.thing, *([of_mode[entry.thing]] if entry.thing in of_mode else [])):
            found.setdefault(thing, {}).update(dict.fromkeys(names))
    for report in model.reports:
        found.setdefault(report.name, {})[report.of.name] = None
    return {name: tuple(names) for name, names in found.items()}


def _distances(reads: dict[str, tuple[str, ...]], start: str) -> dict[str, int]:
    """How many equations lie between a thing and each name that it hangs on."""
    found = {start: 0}
    edge: Iterator[str] | list[str] = [start]
    while edge:
        following = []
        for name in edge:
            for other in reads.get(name, ()):
                if other not in found:
                    found[other] = found[name] + 1
                    following.append(other)
        edge = following
    return found
