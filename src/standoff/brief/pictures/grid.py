"""The table of the decider's strategies by outcome: its columns, cells and bars, and the same as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from standoff.analysis.findings import Figure
from standoff.analysis.robustness.performance import Performance, Standing
from standoff.brief.pictures.charts import bar
from standoff.brief.pictures.drawing.colours import colour_of
from standoff.brief.section import Table
from standoff.language.model import Model
from standoff.words.measures import ends_of, error_of, figure_of, limit_words, measure_title, unit_of
from standoff.words.names import family_words, setting_words, strategy_words
from standoff.words.numbers import figure_percent, measured, percent
from standoff.words.sections import holds_up as said
from standoff.words.text import capital

__all__ = ["Cell", "Column", "Grid", "Row", "grid_tables", "make_grid", "standing_table"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table of strategies: what it measures, in what unit, and the limit in words."""

    title: str
    unit: str
    limit: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A value with its error, the share of worlds within the limit, and the bar; `best` if none is known better."""

    value: str
    error: str
    within: str
    drawn: Markup
    best: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A strategy: its family's name in the first row of the family, its settings, its colour."""

    family: str
    settings: str
    label: str
    colour: int
    first: bool


@dataclass(frozen=True, slots=True)
class Grid:
    """The table of strategies: whole where the page is wide, in bands of a few columns where it is not.

    `whole` and each of `bands` are (columns, cells by row); `whole` is None where there are too many columns.
    """

    rows: tuple[Row, ...]
    bands: tuple[tuple[tuple[Column, ...], tuple[tuple[Cell, ...], ...]], ...]
    whole: tuple[tuple[Column, ...], tuple[tuple[Cell, ...], ...]] | None


_BAND, _WHOLE = 3, 16


def make_grid(model: Model, results: Performance, standing: Standing) -> Grid:
    """The decider's strategies by outcome under one view: families best first, and their best setting first."""
    order = _grouped(results)
    rows = tuple(_rows(model, results, order))
    columns = list(_columns(model, results, standing, order))

    def part(chosen: Sequence[tuple[Column, list[Cell]]]) -> tuple[tuple[Column, ...], tuple[tuple[Cell, ...], ...]]:
        heads = tuple(column for column, _ in chosen)
        return heads, tuple(tuple(cells[r] for _, cells in chosen) for r in range(len(rows)))

    bands = tuple(part(columns[i : i + _BAND]) for i in range(0, len(columns), _BAND))
    return Grid(rows, bands, part(columns) if len(columns) <= _WHOLE else None)


def grid_tables(grid: Grid) -> tuple[Table, ...]:
    """The table of strategies as text, in its bands."""
    return tuple(
        Table(
            said.grid_caption(band, len(grid.bands)),
            ("Strategy", *(_head_words(column) for column in columns)),
            tuple(
                (row.label, *(_cell_words(cell) for cell in of_row))
                for row, of_row in zip(grid.rows, cells, strict=True)
            ),
        )
        for band, (columns, cells) in enumerate(grid.bands, start=1)
    )


def standing_table(model: Model, results: Performance, standing: Standing) -> Table:
    """Every number of one view: mean, its errors apart, spread over worlds and share within the limit."""
    rows = [
        (
            strategy_words(results.strategies[s]),
            measure_title(model, measure),
            unit_of(model, measure),
            _split(figure_of(model, measure, cell.figure))[0],
            error_of(model, measure, cell.error_of_worlds),
            "not known" if cell.error_of_luck is None else error_of(model, measure, cell.error_of_luck),
            ends_of(model, measure, cell.low, cell.high),
            "" if cell.within is None else percent(cell.within.value, cell.within.error),
        )
        for s in _grouped(results)
        for measure, cell in zip(results.measures, standing.cells[s], strict=True)
    ]
    return Table(said.standing_caption(standing), said.STANDING_HEAD, tuple(rows))


def _head_words(column: Column) -> str:
    unit = ", ".join(part for part in (column.unit, column.limit) if part)
    return f"{column.title} ({unit})" if unit else column.title


def _cell_words(cell: Cell) -> str:
    said = f"{cell.value} {cell.error}".strip()
    return f"{said}; {cell.within}" if cell.within else said


def _grouped(results: Performance) -> list[int]:
    """Strategies best first, those of a family together."""
    families = list(dict.fromkeys(results.strategies[s].strategy.name for s in results.order))
    return sorted(
        results.order, key=lambda s: (families.index(results.strategies[s].strategy.name), results.order.index(s))
    )


def _rows(model: Model, results: Performance, order: Sequence[int]) -> Iterator[Row]:
    before = ""
    for s in order:
        instance = results.strategies[s]
        name = instance.strategy.name
        yield Row(
            capital(family_words(instance.strategy)),
            setting_words(instance),
            strategy_words(instance),
            colour_of(model, instance),
            first=name != before,
        )
        before = name


def _columns(
    model: Model, results: Performance, standing: Standing, order: Sequence[int]
) -> Iterator[tuple[Column, list[Cell]]]:
    limited = sum(m.limit is not None for m in results.measures)
    for m in range(len(results.measures)):
        yield _column(model, results, standing, order, m=m)
        if m == 0 and standing.kept is not None and limited > 1:
            yield Column("Limits kept", f"of {limited}", ""), _kept(standing, order, limited)


def _column(
    model: Model, results: Performance, standing: Standing, order: Sequence[int], *, m: int
) -> tuple[Column, list[Cell]]:
    measure, cells = results.measures[m], [standing.cells[s][m] for s in order]
    ranking = standing.rankings[m]
    best = () if ranking is None else ranking.may_be_best
    domain = _domain([x for cell in cells for x in (cell.figure.value, cell.low, cell.high, measure.limit)])
    drawn = []
    family = ""
    for s, cell in zip(order, cells, strict=True):
        name = results.strategies[s].strategy.name
        picture = bar(
            cell.figure.value,
            (cell.low, cell.high),
            measure.limit,
            measure.better,
            domain=domain,
            hollow=name == family,
        )
        family = name
        value, error = _split(figure_of(model, measure, cell.figure))
        if 0.0 < cell.present < 1.0:
            error += f" in {percent(cell.present)}"
        within = "" if cell.within is None else f"{_share(cell.within)} within"
        if cell.wanted is not None:
            within = said.NOT_TOLD
        drawn.append(Cell(value, error, within, picture, best=len(order) > 1 and results.labels[s] in best))
    limit = ""
    if measure.limit is not None:
        limit = f"{'≤' if measure.better == 'lower' else '≥'} {limit_words(model, measure, measure.limit)}"
    return Column(measure_title(model, measure), unit_of(model, measure), limit), drawn


def _kept(standing: Standing, order: Sequence[int], limited: int) -> list[Cell]:
    assert standing.kept is not None and standing.together is not None
    cells = []
    most = max(range(len(standing.kept)), key=lambda s: standing.kept[s].value if standing.kept else 0.0)
    for s in order:
        kept, all_of = standing.kept[s], standing.together[s]
        top = standing.kept[most]
        level = top.value - kept.value <= 1.96 * float(np.hypot(top.error, kept.error))
        picture = bar(kept.value, (kept.value, kept.value), None, "higher", domain=(0.0, float(limited)), hollow=False)
        within = "all kept" if all_of.value >= 1.0 else f"{_share(all_of)} all"
        cells.append(Cell(*_split(measured(kept.value, kept.error)), within, picture, len(order) > 1 and level))
    return cells


def _share(share: Figure) -> str:
    """A share as everywhere, without its error, which the table of every number has."""
    return "all" if share.value >= 1.0 else figure_percent(share, told=False)


def _split(text: str) -> tuple[str, str]:
    """The value and its error, which is set smaller."""
    value, sign, error = text.partition("±")
    return value.rstrip(), f"{sign}{error}"


def _domain(values: Sequence[float | None]) -> tuple[float, float]:
    known = [v for v in values if v is not None and np.isfinite(v)]
    if not known:
        return (0.0, 1.0)
    low, high = min(known), max(known)
    pad = 0.06 * (high - low) or 0.5
    return (low - pad, high + pad)
