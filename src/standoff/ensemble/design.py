"""What to run: which profiles, in which worlds, with how many replications."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from standoff.base.chance import distributions, sampling, streams
from standoff.base.problems import suggest
from standoff.ensemble.saltelli import saltelli_units
from standoff.language.meaning.linear import linear_terms, value_of
from standoff.language.model import Model, Spread
from standoff.language.model.reads import symbols_read
from standoff.program.program import Program

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "Assigned",
    "Design",
    "Method",
    "Worlds",
    "draw_worlds",
    "held_numbers",
    "independent_units",
    "level_table",
    "spread_in",
    "worlds_of_units",
]

Floats = npt.NDArray[np.float64]
Assigned = Mapping[str, float | str]
"""Uncertainties and values held at a number, or at one of their kinds."""
Method = Literal["sobol", "latin hypercube", "plain", "saltelli"]


@dataclass(frozen=True, slots=True, eq=False)
class Worlds:
    """The table of worlds.

    Attributes:
        columns: For each uncertainty and value one number per world.
        streams: (worlds) ids of the streams of luck; equal ids share luck.
        seed: Of the draw.
        method: Of the draw, or a word that says where the table came from.
    """

    columns: Mapping[str, Floats]
    streams: npt.NDArray[np.uint64]
    seed: int
    method: str

    @property
    def size(self) -> int:
        """How many worlds."""
        return int(self.streams.size)

    def frame(self) -> pd.DataFrame:
        """One row per world, one column per uncertainty or value, indexed by the world's number."""
        import pandas as pd  # noqa: PLC0415  (a third of a second, and only frames need it)

        return pd.DataFrame(dict(self.columns), index=pd.RangeIndex(self.size, name="world"))


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """An ensemble to run: profiles × worlds × replications.

    Attributes:
        profiles: (profiles, players) indices into the program's instances of each player.
        worlds: The table of worlds.
        replications: Streams of chance inside each world.
        seed: Of the luck.
        levels: (profiles, terms) levels of the deals' terms, or None for the usual ones.
        realised: Whether rare ends are drawn rather than weighted by survival.
        mix: For each player the strategies, as indices, from which every future draws its own instead of the
            profile's; None where profiles are played as they stand.
    """

    profiles: npt.NDArray[np.int64]
    worlds: Worlds
    replications: int
    seed: int
    levels: Floats | None = None
    realised: bool = False
    mix: tuple[tuple[int, ...], ...] | None = None

    @property
    def n_futures(self) -> int:
        """Profiles × worlds × replications."""
        return int(self.profiles.shape[0]) * self.worlds.size * self.replications


def draw_worlds(
    model: Model, n: int, seed: int = 1, method: Method = "latin hypercube", *, fixed: Assigned | None = None
) -> Worlds:
    """Draw a table of worlds from the study's distributions.

    A column depends on its name, the seed and n alone, so that adding an uncertainty moves no other. A Sobol
    column depends on its place too; there, what nothing reads comes last, so that it moves no other either.

    Args:
        model: The study.
        n: How many worlds; a power of two for Sobol points. For a Saltelli design its base rows, a power of two, each
            of which makes two more worlds than there are assumptions that vary.
        seed: Of the scrambles.
        method: How points fill the space.
        fixed: Uncertainties or values to hold at a number, or a kind, in every world.

    Raises:
        ValueError: An unknown name in `fixed`, n is not a power of two with Sobol points or a Saltelli design, or that
            design's assumptions are correlated.
    """
    fixed = held_numbers(model, fixed or {})
    uncertain = model.uncertain
    names = [parameter.name for parameter in uncertain]
    if model.drawn_from:
        return _redrawn(model, n, seed, method, fixed=fixed)
    ordered = _in_order(model)
    if method == "saltelli":
        ordered = [name for name in ordered if name not in fixed]
        _refuse_correlated(model, ordered)
        units, rows = saltelli_units(ordered, n, seed)
    else:
        units = sampling.unit_columns(ordered, n, seed, method)
        tied = [i for i, name in enumerate(ordered) if any(name in pair[:2] for pair in model.correlated)]
        own = [ordered[i] for i in tied]
        units[tied] = sampling.correlate(units[tied], own, _ranks(model, own))
        rows = np.arange(n)
    held = {name: np.full(rows.size, float(value)) for name, value in fixed.items()}
    columns = _columns(model, dict(zip(ordered, units, strict=True)), held)
    return Worlds({name: columns[name] for name in names}, rows.astype(np.uint64), seed, method)


def spread_in(model: Model, spread: Spread, columns: Mapping[str, Floats]) -> Spread:
    """A spread whose range depends on others, with the ends of its range in each world as arguments."""
    if not spread.edges:
        return spread
    constants = {p.name: p.value for p in model.parameters if p.value is not None}
    ends: Iterator[Any] = (
        number if edge is None else value_of(linear_terms(edge.tree, constants), columns)
        for number, edge in zip(spread.arguments, spread.edges, strict=True)
    )
    return replace(spread, arguments=tuple(ends), edges=())


def held_numbers(model: Model, held: Assigned) -> dict[str, float]:
    """What is held, as numbers: a kind, which is given by its name, is its place in the study's list.

    Raises:
        ValueError: There is no such uncertainty or value, or it has no such kind.
    """
    spreads = {parameter.name: parameter.spread for parameter in model.uncertain}
    found: dict[str, float] = {}
    for name, value in held.items():
        if name not in spreads:
            raise ValueError(f"no uncertainty or value is named `{name}`; {suggest(name, spreads) or ''}".rstrip("; "))
        spread = spreads[name]
        kinds = spread.kinds if spread is not None else ()
        if isinstance(value, str) and value not in kinds:
            hint = suggest(value, kinds, "kinds") if kinds else "it is held at a number"
            raise ValueError(f"`{name}` has no kind `{value}`; {hint or ''}".rstrip("; "))
        found[name] = float(kinds.index(value)) if isinstance(value, str) else float(value)
        if kinds and found[name] not in range(len(kinds)):
            raise ValueError(f"`{name}` has the kinds {', '.join(kinds)}: name one of them")
    return found


def independent_units(model: Model, worlds: Worlds) -> dict[str, Floats]:
    """Of uncertainties and values that hang together, the independent columns of the unit cube that they are made of.

    That is where they are correlated, or the range of one depends on another. Empty where worlds were not drawn by
    `draw_worlds`, or nothing hangs together.
    """
    tied = {name for a, b, _ in model.correlated for name in (a, b)}
    tied |= {p.name for p in model.uncertain if p.spread is not None and p.spread.edges}
    if worlds.method not in sampling.METHODS or not tied:
        return {}
    ordered = _in_order(model)
    units = sampling.unit_columns(ordered, worlds.size, worlds.seed, worlds.method)
    return {name: column for name, column in zip(ordered, units, strict=True) if name in tied}


def _in_order(model: Model) -> list[str]:
    """Names of uncertainties and values in the order of Sobol' columns: what nothing reads comes last."""
    read = {symbol.name for symbol in symbols_read(model) if symbol.kind in ("uncertainty", "value")}
    return sorted((parameter.name for parameter in model.uncertain), key=lambda name: name not in read)


def _redrawn(model: Model, n: int, seed: int, method: Method, *, fixed: Mapping[str, float]) -> Worlds:
    """Worlds from a table, each row about as often as any other, in a random order."""
    if method == "saltelli":
        raise ValueError("a Saltelli design draws assumptions one by one, and what was seen ties them")
    n_rows = len(model.drawn_from[0][1])
    rows = (streams.permutation(n, seed, "worlds from a table") * n_rows) // n
    columns = {name: np.array(column)[rows] for name, column in model.drawn_from}
    columns |= {name: np.full(n, float(value)) for name, value in fixed.items()}
    return Worlds(columns, np.arange(n).astype(np.uint64), seed, "as seen")


def worlds_of_units(
    model: Model, names: Sequence[str], units: Floats, ids: npt.NDArray[np.uint64], *, seed: int
) -> Worlds:
    """Worlds from independent points of the unit cube, correlated as the study says.

    Args:
        model: The study.
        names: Of all uncertainties and values, one a row of `units`.
        units: (names, worlds) in (0, 1).
        ids: (worlds,) of the streams of luck.
        seed: Of the draw.
    """
    tied = sampling.correlate(units, names, _ranks(model, list(names)))
    columns = _columns(model, dict(zip(names, tied, strict=True)), {})
    return Worlds(columns, ids, seed, "plain")


def level_table(program: Program, profiles: int, levels: Mapping[str, float]) -> Floats:
    """(profiles, terms): the usual levels of the deals' terms, but for those given by `deal.term`."""
    return np.tile(np.array([levels.get(name, usual) for name, usual in program.levels]), (profiles, 1))


def lane_keys(
    design: Design, worlds: npt.NDArray[np.int64], replications: npt.NDArray[np.int64]
) -> npt.NDArray[np.uint64]:
    """Keys of luck for lanes given by their world and replication."""
    return streams.lane_keys(design.seed, design.worlds.streams[worlds], replications.astype(np.uint64))


def _refuse_correlated(model: Model, names: Sequence[str]) -> None:
    tied = [(a, b) for a, b, _ in model.correlated if a in names and b in names]
    if tied:
        pairs = " and ".join(f"`{a}` with `{b}`" for a, b in tied)
        raise ValueError(
            f"a Saltelli design needs independent assumptions, and the study correlates {pairs}; hold one of each with "
            "--set, or write a variant with `correlated: []`"
        )


def _ranks(model: Model, names: list[str]) -> Floats:
    """(names, names): the stated rank correlations, 0 elsewhere."""
    ranks = np.eye(len(names))
    for a, b, rank in model.correlated:
        i, j = names.index(a), names.index(b)
        ranks[i, j] = ranks[j, i] = rank
    return ranks


def _columns(model: Model, units: Mapping[str, Floats], held: Mapping[str, Floats]) -> dict[str, Floats]:
    """Each assumption's column from its own units, after those that its range depends on."""
    columns = dict(held)
    waiting = [p for p in model.uncertain if p.name not in held]
    while waiting:
        for parameter in waiting:
            assert parameter.spread is not None
            if parameter.spread.depends_on <= columns.keys():
                own = spread_in(model, parameter.spread, columns)
                columns[parameter.name] = _column(own, units[parameter.name])
        waiting = [p for p in waiting if p.name not in columns]
    return columns


def _column(spread: Spread, unit: Floats) -> Floats:
    if spread.levels:
        levels: Floats = np.asarray(spread.levels, dtype=np.float64)[distributions.level_index(unit, spread.weights)]
        return levels
    distribution = distributions.DISTRIBUTIONS[spread.distribution]
    low, high = spread.within
    if low is None and high is None:
        return np.asarray(distribution.quantile(unit, *spread.arguments))
    bounds = (-np.inf if low is None else low, np.inf if high is None else high)
    return np.asarray(distributions.truncated_quantile(distribution, unit, spread.arguments, bounds))
