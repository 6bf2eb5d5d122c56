"""Hypotheses against evidence, computed: the matrix of the analysis of competing hypotheses.

Each cell has the likelihood ratio of a piece of evidence under a hypothesis and its alternative, from the futures in
which each holds. Evidence that was seen is discounted by its reliability and counted against hypotheses; signs ahead
say what would overturn the one that evidence speaks least against.

Reference:
    R. Heuer, Psychology of Intelligence Analysis, Center for the Study of Intelligence 1999, chapter 8.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from standoff.analysis.findings import Figure, Floats
from standoff.analysis.watch.hypotheses import Hypothesis, likelihood_ratio
from standoff.analysis.watch.signs import Sign, Split
from standoff.ensemble.watch.ahead import Ahead, Continuation
from standoff.evidence.seen import Seen, Sighting

__all__ = ["Evidence", "Leader", "Matrix", "Row", "make_matrix", "matrix_csv"]

_SURE = 1.96


@dataclass(frozen=True, slots=True)
class Evidence:
    """A piece of evidence: what was seen in a step, or a side of what will have been seen before one.

    Attributes:
        name: Of the observable.
        step: The step in which it was so, or the date of choosing.
        was_seen: Whether it was; else it lies ahead.
        value: What was seen, or where the sign is split.
        how: `is` exactly so, or at `least` so much.
        reliability: Of what was seen; 1 of what lies ahead.
    """

    name: str
    step: int
    was_seen: bool
    value: float
    how: str
    reliability: float = 1.0


@dataclass(frozen=True, slots=True)
class Row:
    """A hypothesis with the ratio of each piece of evidence, and how much of what was seen speaks against it.

    `against` is the sum of the natural logarithms of the ratios below 1 of what was seen.
    """

    kind: str
    about: str
    name: str
    ratios: tuple[Figure, ...]
    against: float


@dataclass(frozen=True, slots=True)
class Leader:
    """Of hypotheses about one thing the one that what was seen speaks least against, and what would overturn it.

    Among those that cannot be told apart by what speaks against them, it is the one that most speaks for. `equals` are
    the others of these; `margin` is by how much less than against the next; `overturned_by` is the evidence ahead that
    speaks most against it, with its ratio, or None where none is told from 1.
    """

    about: str
    name: str
    equals: tuple[str, ...]
    margin: float
    overturned_by: Evidence | None
    ratio: Figure | None


@dataclass(frozen=True, slots=True)
class Matrix:
    """Hypotheses (rows) against evidence (columns)."""

    evidence: tuple[Evidence, ...]
    rows: tuple[Row, ...]
    leaders: tuple[Leader, ...]


def make_matrix(
    ahead: Ahead,
    held: Continuation,
    hypotheses: Sequence[Hypothesis],
    signs: Sequence[tuple[Sign, Split]],
    *,
    seen: Seen | None = None,
) -> Matrix:
    """The matrix of some hypotheses, with what was seen first and then the sides of signs.

    Args:
        ahead: Futures.
        held: Under the strategy that is held.
        hypotheses: The rows.
        signs: What lies ahead, each with the side that counts as the evidence.
        seen: What was seen; what has reliability 0 is left out.
    """
    sightings = [] if seen is None else [one for one in seen.sightings if one.reliability > 0.0]
    evidence = [
        Evidence(one.of.name, one.step, True, one.value, how="is", reliability=one.reliability) for one in sightings
    ] + [Evidence(sign.of.name, sign.date, False, split.at, how=split.how) for sign, split in signs]
    rows = []
    for of in hypotheses:
        told = [_ratio_of(one, ahead, held, of) for one in sightings]
        rest = [likelihood_ratio(split.holds(sign.values), of) for sign, split in signs]
        against = float(-sum(min(0.0, math.log(max(one.value, 1e-300))) for one in told))
        rows.append(Row(of.kind, of.about, of.name, (*told, *rest), against=against))
    leaders = _leaders(tuple(rows), tuple(evidence)) if sightings else ()
    return Matrix(tuple(evidence), tuple(rows), leaders)


def matrix_csv(matrix: Matrix) -> str:
    """The matrix as CSV: a row for each piece of evidence, and for each hypothesis its ratio and both ends of 95 %."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    names = [f"{row.about}: {row.name}" for row in matrix.rows]
    head = ["evidence", "step", "seen", "how", "value", "reliability"]
    writer.writerow([*head, *(column for name in names for column in (name, f"{name} low", f"{name} high"))])
    for j, one in enumerate(matrix.evidence):
        cells = [x for row in matrix.rows for x in (row.ratios[j].value, row.ratios[j].low, row.ratios[j].high)]
        writer.writerow([one.name, one.step, "yes" if one.was_seen else "no", one.how, f"{one.value:.6g}",
                         f"{one.reliability:g}", *(f"{x:.6g}" for x in cells)])  # fmt: skip
    writer.writerow(
        ["against", "", "", "", "", "", *(x for row in matrix.rows for x in (f"{row.against:.6g}", "", ""))]
    )
    return out.getvalue()


def _ratio_of(one: Sighting, ahead: Ahead, held: Continuation, of: Hypothesis) -> Figure:
    """How much likelier what was seen is under a hypothesis than under its alternative."""
    drawn = held.seen[ahead.observables.index(one.of), min(one.step, held.seen.shape[1] - 1)]
    under, other, any_of = (_chance(one, drawn[x]) for x in (of.holds, of.against, np.ones(drawn.size, dtype=bool)))
    r = one.reliability
    p, q = (r * chance + (1.0 - r) * any_of[0] for chance in (under[0], other[0]))
    log = math.log(max(p, 1e-300)) - math.log(max(q, 1e-300))
    error = math.sqrt((r * under[1] / max(p, 1e-300)) ** 2 + (r * other[1] / max(q, 1e-300)) ** 2)
    low, high = (math.exp(min(log + s * _SURE * error, 700.0)) for s in (-1.0, 1.0))
    return Figure(math.exp(log), error * math.exp(log), low, high)


def _chance(one: Sighting, drawn: Floats) -> tuple[float, float]:
    """The chance or density of what was seen among futures, with its standard error.

    Of counts and numbers by the moments of the futures: a negative binomial, or a normal with the noise in it.
    """
    known = drawn[np.isfinite(drawn)]
    n = max(known.size, 1)
    if one.of.kind in ("event", "mode"):
        p = (float((known == one.value).sum()) + 0.5) / (n + 1.0)
        return p, math.sqrt(p * (1.0 - p) / n)
    if one.of.kind == "count":
        mean, variance = max(float(known.mean()), 1e-6), float(known.var())
        size = mean**2 / (variance - mean) if variance > mean else math.inf

        from scipy import stats  # noqa: PLC0415  (half a second, and only counts need it)

        def chance(m: float) -> float:
            law = stats.poisson(m) if math.isinf(size) else stats.nbinom(size, size / (size + m))
            return float(law.pmf(one.value))

        error = math.sqrt(max(variance, mean) / n)
        return chance(mean), abs(chance(mean + error) - chance(max(mean - error, 1e-9))) / 2.0
    is_log = one.of.is_log or one.of.noise == 0.0
    x = np.log(known[known > 0.0]) if is_log else known
    y = math.log(one.value) if is_log else one.value
    spread = max(float(x.std()), 1e-9)  # what is seen ahead has the noise in it
    middle, error = float(x.mean()), spread / math.sqrt(max(x.size, 1))
    density = math.exp(-(((y - middle) / spread) ** 2) / 2.0) / (spread * math.sqrt(2.0 * math.pi))
    return density, abs((y - middle) / spread**2) * density * error


def _leaders(rows: tuple[Row, ...], evidence: tuple[Evidence, ...]) -> tuple[Leader, ...]:
    found = []
    told = sum(one.was_seen for one in evidence)

    def error(row: Row) -> float:
        return math.hypot(*(one.error / one.value for one in row.ratios[:told] if 0.0 < one.value < 1.0))

    for about in dict.fromkeys(row.about for row in rows if row.kind == "strategy"):
        own = sorted((row for row in rows if row.about == about), key=lambda row: row.against)
        least = own[0]
        equals = [row for row in own if row.against - least.against <= _SURE * math.hypot(error(row), error(least))]
        first = max(equals, key=lambda row: sum(math.log(max(one.value, 1e-300)) for one in row.ratios[:told]))
        ahead = [j for j, one in enumerate(evidence) if not one.was_seen and first.ratios[j].high < 1.0]
        worst = min(ahead, key=lambda j: first.ratios[j].value, default=None)
        margin = min((row.against for row in own if row is not first), default=math.inf) - first.against
        found.append(
            Leader(
                about, first.name, tuple(row.name for row in equals if row is not first), margin,
                overturned_by=None if worst is None else evidence[worst],
                ratio=None if worst is None else first.ratios[worst],
            )
        )  # fmt: skip
    return tuple(found)
