"""Is there a deal: the zone of agreement, the Nash point, and whether each party would keep its word.

A table of gains holds what a deal brings each party over no deal, for every combination of the terms' levels. The zone
is where all gain; the Nash point is where the product of gains is greatest. Both are estimates: each cell is also told
as shown to be in the zone, shown to be out, or open.

Breach is a rule settled beforehand. The best rule for breach is chosen on one part of the runs and valued on the other,
so a breach that pays only when one knows how things turned out is never called profitable.

Reference: J. Nash, The bargaining problem (1950); J. Fearon, Rationalist explanations for war (1995), on commitment;
B. Efron, The estimation of prediction error (2004), on why choosing and valuing on the same data flatters.
"""

from dataclasses import dataclass
from enum import Enum

import numpy as np
import numpy.typing as npt
from scipy.ndimage import label
from scipy.special import ndtri

Floats = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class NashPoint:
    """The terms that a rule of bargaining picks; Nash's, those with the greatest product of gains.

    Attributes:
        terms: index of the level of each term.
        gains: (n_parties,), payoff units.
        product: of the gains.
        ties: other terms that the rule finds exactly as good.
    """

    terms: tuple[int, ...]
    gains: Floats
    product: float
    ties: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class DealTable:
    """A table of gains and what follows from it.

    Attributes:
        gains, errors: (n_parties, levels of term 1, …), payoff units and standard errors.
        gainers: same shape, true where the party gains.
        zone: (levels of term 1, …), true where every party gains.
        share: share of the cells, by their weights, that lie in the zone.
        is_shown: same shape as zone, every party is shown to gain.
        is_excluded: same, some party is shown not to gain; what is neither is open.
        nash: None where the zone is empty.
        n_pieces: connected pieces of the zone, neighbours differing by one level of one term.
        spans: for each term the lowest and highest level in the zone; empty where there is no zone.
        blockers: for each party the number of cells in which it alone does not gain.
    """

    gains: Floats
    errors: Floats
    gainers: Truths
    zone: Truths
    share: float
    is_shown: Truths
    is_excluded: Truths
    nash: NashPoint | None
    n_pieces: int
    spans: tuple[tuple[int, int], ...]
    blockers: Integers


def deal_table(
    gains: npt.ArrayLike,
    errors: npt.ArrayLike | None = None,
    *,
    cell_weights: npt.ArrayLike | None = None,
    confidence: float = 0.95,
) -> DealTable:
    """The zone of agreement and the Nash point of a table of gains.

    Args:
        gains: (n_parties, levels of term 1, …), gain over no deal, payoff units of each party.
        errors: same shape, standard errors; exact gains without it.
        cell_weights: (levels of term 1, …), at least 0, for the share; all alike without it.
        confidence: that all statements about cells hold together (Bonferroni over parties and cells).

    Raises:
        ValueError: shapes disagree, or a number is not finite or an error or weight negative.
    """
    table = np.asarray(gains, dtype=np.float64)
    if table.ndim < 2 or 0 in table.shape:
        raise ValueError(f"gains need parties first, then an axis for each term, got shape {table.shape}")
    spread = np.zeros_like(table) if errors is None else np.asarray(errors, dtype=np.float64)
    weights = np.ones(table.shape[1:]) if cell_weights is None else np.asarray(cell_weights, dtype=np.float64)
    if spread.shape != table.shape or weights.shape != table.shape[1:]:
        raise ValueError(f"errors and cell weights must match gains of shape {table.shape}")
    if not np.isfinite(table).all() or not (np.isfinite(spread) & (spread >= 0)).all():
        raise ValueError("gains must be finite, and errors finite and at least 0")
    if not (np.isfinite(weights) & (weights >= 0)).all() or weights.sum() <= 0:
        raise ValueError("cell weights must be finite, at least 0 and not all 0")
    gainers = table > 0
    zone = np.asarray(gainers.all(axis=0))
    width = _band(confidence, table.size) * spread
    places = np.argwhere(zone)
    spans = (
        tuple((int(low), int(high)) for low, high in zip(places.min(0), places.max(0), strict=True))
        if len(places)
        else ()
    )
    return DealTable(
        gains=table,
        errors=spread,
        gainers=gainers,
        zone=zone,
        share=float(weights[zone].sum() / weights.sum()),
        is_shown=np.asarray((table - width > 0).all(axis=0)),
        is_excluded=np.asarray((table + width <= 0).any(axis=0)),
        nash=nash_point(table),
        n_pieces=int(label(zone)[1]),
        spans=spans,
        blockers=np.array([(~gainers[i] & np.delete(gainers, i, 0).all(0)).sum() for i in range(len(table))]),
    )


def nash_point(gains: Floats) -> NashPoint | None:
    """The cell of the zone with the greatest product of gains, the first of several; None where the zone is empty.

    Args:
        gains: (n_parties, levels of term 1, …). Taken from estimates, the product is flattered by its choice: value
            the terms on runs other than those that picked them.
    """
    zone = (gains > 0).all(axis=0)
    if not zone.any():
        return None
    product = np.where(zone, np.prod(np.where(gains > 0, gains, 0.0), axis=0), -1.0)
    best = [tuple(int(k) for k in place) for place in np.argwhere(product == product.max())]
    return NashPoint(best[0], np.array([own[best[0]] for own in gains]), float(product[best[0]]), tuple(best[1:]))


def kalai_smorodinsky_point(gains: Floats) -> NashPoint | None:
    """The cell of the zone where the least gain is greatest, as a part of the most that its party could have there.

    Args:
        gains: (n_parties, levels of term 1, …).

    Reference: E. Kalai and M. Smorodinsky, Other solutions to Nash's bargaining problem (1975), on a finite set by
    leximin.
    """
    zone = np.asarray((gains > 0).all(axis=0))
    if not zone.any():
        return None
    ideal = np.where(zone, gains, 0.0).reshape(len(gains), -1).max(axis=1)
    return _least_greatest(gains, gains / ideal.reshape(-1, *(1,) * (gains.ndim - 1)), zone)


def egalitarian_point(gains: Floats) -> NashPoint | None:
    """The cell of the zone where the least gain is greatest; it compares the parties' points of payoff.

    Args:
        gains: (n_parties, levels of term 1, …).

    Reference: E. Kalai, Proportional solutions to bargaining situations (1977), on a finite set by leximin.
    """
    zone = np.asarray((gains > 0).all(axis=0))
    return _least_greatest(gains, gains, zone) if zone.any() else None


def _least_greatest(gains: Floats, scaled: Floats, zone: Truths) -> NashPoint:
    """The cell with the greatest least, of equals the greatest next to least, and so on."""
    cells = np.argwhere(zone)
    ranked = np.sort(scaled[:, zone], axis=0)
    order = np.lexsort(-ranked[::-1])
    same = (ranked == ranked[:, order[:1]]).all(axis=0)
    best = [tuple(int(k) for k in cell) for cell in cells[same]]
    own = np.array([party[best[0]] for party in gains])
    return NashPoint(best[0], own, float(np.prod(own)), tuple(best[1:]))


def weighted_mean(values: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Weighted mean over the last axis and its standard error, worlds being independent.

    Reference: W. Cochran, Sampling Techniques (1977), section 6.3 (ratio estimate, linearised).
    """
    if not (np.isfinite(weights) & (weights >= 0)).all() or weights.sum() <= 0:
        raise ValueError("weights must be finite, at least 0 and not all 0")
    shares = weights / weights.sum()
    mean = np.asarray(values @ shares)
    n_worlds = int((weights > 0).sum())
    inflation = n_worlds / (n_worlds - 1) if n_worlds > 1 else np.inf
    spread = ((values - mean[..., None]) ** 2) @ shares**2
    with np.errstate(invalid="ignore"):
        return mean, np.asarray(np.sqrt(np.where(spread > 0, spread * inflation, spread)))


class Word(Enum):
    """Whether a party would keep its word."""

    KEPT = "keeps its word"
    BROKEN = "would breach"
    OPEN = "cannot tell"


@dataclass(frozen=True, slots=True)
class Enforcement:
    """A party's temptation to breach, by step and by what it knows then.

    Attributes:
        word: over all steps and bins together.
        value: (n_steps, n_bins), what the rule for breach chosen beforehand brings over keeping, on runs that did not
            choose it; NaN where not reached.
        error: same shape, its standard error.
        chosen: (2, n_steps, n_bins), the rule picked on each half; -1 where not reached.
        hindsight: (n_steps, n_bins), what picking the best rule (or keeping) run by run would seem to bring: not a
            value anybody could have, shown as a warning.
        band: half-width of the simultaneous band, in standard errors.
    """

    word: Word
    value: Floats
    error: Floats
    chosen: Integers
    hindsight: Floats
    band: float


def self_enforcement(
    temptation: npt.ArrayLike,
    weights: npt.ArrayLike,
    half: npt.ArrayLike,
    world: npt.ArrayLike,
    *,
    information: npt.ArrayLike | None = None,
    confidence: float = 0.95,
) -> Enforcement:
    """Whether the best rule for breach, chosen beforehand, beats keeping one's word at any step still reached.

    A column is a world, or a world's replications of one half. Each half chooses a rule, for each bin of what the party
    knows, and the other values it; the two values are averaged. A party that gains by breach in one bin only breaches
    there, so bins are judged apart.

    Args:
        temptation: (n_rules, n_steps, n_columns), gain of breaching by the rule from that step on over keeping,
            against the others' reply, payoff units.
        weights: (n_steps, n_columns) or (n_columns,), the party's belief times the share of runs in which the deal
            still stands at the step, at least 0; what has no weight in some half is not reached.
        half: (n_columns,), 0 or 1, which half a column belongs to.
        world: (n_columns,), the world of each column, for errors: columns of a world are not independent.
        information: (n_columns,), bin of what the party knows when it decides, from 0; nothing without it.
        confidence: that the statement holds over all steps and bins together (Bonferroni).

    Raises:
        ValueError: shapes disagree, or the halves are not 0 and 1.
    """
    table = np.asarray(temptation, dtype=np.float64)
    if table.ndim != 3 or 0 in table.shape or not np.isfinite(table).all():
        raise ValueError(f"temptation must be finite (rules, steps, columns), got shape {table.shape}")
    n_steps, n_columns = table.shape[1:]
    belief = np.broadcast_to(np.asarray(weights, dtype=np.float64), (n_steps, n_columns))
    halves, worlds = np.asarray(half), np.asarray(world)
    bins = np.zeros(n_columns, dtype=np.int64) if information is None else np.asarray(information)
    if not halves.shape == worlds.shape == bins.shape == (n_columns,):
        raise ValueError(f"half, world and information must have one entry for each of {n_columns} columns")
    if not (np.isfinite(belief) & (belief >= 0)).all() or not np.isin(halves, (0, 1)).all() or bins.min() < 0:
        raise ValueError("weights must be at least 0, halves 0 or 1, and bins 0 or more")
    size = (n_steps, int(bins.max()) + 1)
    chosen = np.full((2, *size), -1, dtype=np.int64)
    value, error, hindsight = (np.full(size, np.nan) for _ in range(3))
    for step, known in np.ndindex(*size):
        here = belief[step] * (bins == known)
        reached = [here * (halves == k) for k in (0, 1)]
        if min(row.sum() for row in reached) <= 0:
            continue
        picks = [int((table[:, step] @ row).argmax()) for row in reached]
        chosen[:, step, known] = picks
        gained = np.where(halves == 0, table[picks[1], step], table[picks[0], step])
        value[step, known], error[step, known] = _crossed(gained, reached, worlds)
        hindsight[step, known] = np.maximum(table[:, step].max(axis=0), 0.0) @ here / here.sum()
    band = _band(confidence, max(int(np.isfinite(value).sum()), 1))
    return Enforcement(_word(value, error, band), value, error, chosen, hindsight=hindsight, band=band)


def _crossed(gained: Floats, reached: list[Floats], worlds: npt.NDArray[np.generic]) -> tuple[float, float]:
    """Average of the two halves' means, with the standard error from worlds as clusters."""
    influence, mean = np.zeros(len(gained)), 0.0
    for row in reached:
        share = row / row.sum()
        own = float(share @ gained)
        mean += own / 2
        influence += share * (gained - own) / 2
    of = np.unique(worlds, return_inverse=True)[1]
    clusters = np.bincount(of, weights=influence)
    live = int((np.bincount(of, weights=reached[0] + reached[1]) > 0).sum())
    if live < 2:
        return mean, float("inf")
    return mean, float(np.sqrt((clusters**2).sum() * live / (live - 1)))


def _word(value: Floats, error: Floats, band: float) -> Word:
    """Breach is told only where it is shown to pay, keeping only where no step and bin leave room for it."""
    reached = np.isfinite(value)
    if not reached.any():
        return Word.OPEN
    if (value[reached] - band * error[reached] > 0).any():
        return Word.BROKEN
    return Word.KEPT if (value[reached] + band * error[reached] <= 0).all() else Word.OPEN


def _band(confidence: float, n_statements: int) -> float:
    """Two-sided normal quantile for so many statements together (Bonferroni)."""
    if not 0.5 <= confidence < 1:
        raise ValueError(f"confidence must be at least 0.5 and below 1, got {confidence}")
    return -float(ndtri((1 - confidence) / 2 / n_statements))
