"""What opens or closes the zone: assumptions with flip points, the course of stocks, and imposed circumstances."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtri

from standoff.analysis.deals.agreement import Gains, resampled_gains, zone_area, zone_of
from standoff.analysis.findings import Figure, Floats
from standoff.analysis.games.normalform import Truths
from standoff.analysis.linchpins.effort import Effort
from standoff.analysis.linchpins.flips import Zone as FlipZone
from standoff.analysis.linchpins.worth import measure_worths
from standoff.analysis.runs.payoffs import Payoffs

__all__ = [
    "Contrast",
    "Hinge",
    "Mover",
    "Part",
    "among",
    "contrast_of",
    "find_hinges",
    "find_movers",
    "part_of",
    "split_by",
]

_TERCILES = ("low", "middle", "high")
_MOST_HINGES = 6
_MOST_MOVERS = 8
_FEWEST_EFFECTIVE = 4.0
_SURE = 1.96


@dataclass(frozen=True, slots=True)
class Hinge:
    """An assumption on which a party's consent hangs, at one combination of terms.

    Attributes:
        party, assumption: whose, on what.
        evppi: what knowing it before consenting would be worth to the party, payoff units.
        p_value: permutation, of the largest of all assumptions.
        is_significant: whether the value is above zero beyond doubt.
        flips: where consent changes, with interval, in the assumption's unit.
        zones: where along it consent may be given, refused, or either.
    """

    party: str
    assumption: str
    evppi: Figure
    p_value: float
    is_significant: bool
    flips: tuple[Figure, ...]
    zones: tuple[FlipZone, ...]


@dataclass(frozen=True, slots=True)
class Mover:
    """An assumption with which the zone grows or shrinks.

    Attributes:
        assumption: which.
        low, high: area of the zone in the worlds of its lowest and of its highest third.
        change: from low to high; the interval holds for all assumptions at once.
        is_significant: whether the change is beyond doubt.
    """

    assumption: str
    low: Figure
    high: Figure
    change: Figure
    is_significant: bool


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """The zone in some worlds, or under a circumstance. Arrays as in `Zone`.

    Attributes:
        label: `low`, `middle`, `high`, or a variant.
        middle: of what the worlds were sorted by; NaN for a variant.
        n_worlds: how many.
        gains, errors, zone, is_shown, share, area, verdict: as in `Zone`.
    """

    label: str
    middle: float
    n_worlds: int
    gains: Floats
    errors: Floats
    zone: Truths
    is_shown: Truths
    share: Figure
    area: Figure
    verdict: str


@dataclass(frozen=True, slots=True, eq=False)
class Contrast:
    """How the zone changes.

    Attributes:
        by: a stock's mean without the deal, or `circumstances`.
        without: what no deal means.
        parts: in order.
        change: area of the zone in the last part less that in the first.
        gain_change: for each party its gain in the last part less that in the first, averaged over the terms'
            combinations, payoff units.
    """

    by: str
    without: str
    parts: tuple[Part, ...]
    change: Figure
    gain_change: tuple[Figure, ...]


def find_hinges(gains: Gains, cell: tuple[int, ...], *, permutations: int = 199, seed: int = 0
                ) -> tuple[Hinge, ...]:  # fmt: skip
    """What each party's consent hangs on at one combination of terms: told ones first, six a party at most."""
    found = []
    for i, party in enumerate(gains.parties):
        own, halves = gains.gain[i][cell], np.stack([half[i][cell] for half in gains.halves])
        still = np.zeros_like(own)
        payoffs = Payoffs(
            ("no deal", "deal"),
            np.stack([still, own]),
            gains.inputs,
            np.stack([np.stack([still, still], axis=1), halves.T]),
            weights=gains.beliefs[i],
        )
        pins = measure_worths(payoffs, effort=Effort(pairs=False, permutations=permutations, seed=seed))
        for pin in sorted(pins.alone, key=lambda pin: (not pin.is_significant, -pin.evppi.value))[:_MOST_HINGES]:
            name = pin.names[0]
            if pin.evppi.value <= 0.0:
                continue
            flips = pins.flips[name]
            found.append(
                Hinge(party, name, pin.evppi, pin.p_value, is_significant=pin.is_significant,
                      flips=tuple(f.at for f in flips.flips), zones=flips.zones)
            )  # fmt: skip
    return tuple(found)


def find_movers(gains: Gains, counts: Floats) -> tuple[Mover, ...]:
    """Assumptions by how much the zone changes from their lowest to their highest third, eight at most.

    Left out are those of which some party rules a third out, and kinds, which have no lowest.
    """
    names = tuple(name for name in gains.inputs.names if name not in gains.inputs.levels)
    reach = -float(ndtri(0.025 / max(len(names), 1)))
    found = []
    for name in names:
        low, _, high = _thirds(gains, gains.inputs.column(name))
        if min(low.size, high.size) == 0 or (_rules_out(gains, low) | _rules_out(gains, high)).any():
            continue
        ends = []
        for rows in (low, high):
            part = among(gains, rows)
            once = zone_area(np.stack([own @ w for own, w in zip(part.gain, part.beliefs, strict=True)])[None],
                             gains.levels)  # fmt: skip
            ends.append((float(once[0]), zone_area(resampled_gains(part, counts[:, rows]), gains.levels)))
        change = _figure(ends[1][0] - ends[0][0], ends[1][1] - ends[0][1], reach)
        found.append(Mover(name, _figure(*ends[0]), _figure(*ends[1]), change, is_significant=not change.holds_zero))
    found.sort(key=lambda mover: (not mover.is_significant, -abs(mover.change.value)))
    return tuple(found[:_MOST_MOVERS])


def split_by(by: str, without: str, gains: Gains, column: Floats, *, counts: Floats) -> Contrast:
    """The zone in the thirds of worlds by a figure of each world."""
    thirds = _thirds(gains, column)
    parts = [
        part_of(label, float(gains.study[third] @ column[third] / max(gains.study[third].sum(), 1e-300)),
                among(gains, third), counts[:, third])
        for label, third in zip(_TERCILES, thirds, strict=True)
    ]  # fmt: skip
    return contrast_of(by, without, tuple(parts), [(among(gains, third), counts[:, third]) for third in thirds])


def part_of(label: str, middle: float, gains: Gains, counts: Floats) -> Part:
    """The zone of one part."""
    zone = zone_of("", gains, counts, by_world=False)
    return Part(
        label,
        middle,
        gains.study.size,
        zone.gains,
        errors=zone.errors,
        zone=zone.zone,
        is_shown=zone.is_shown,
        share=zone.share,
        area=zone.area,
        verdict=zone.verdict,
    )


def contrast_of(by: str, without: str, parts: tuple[Part, ...], data: list[tuple[Gains, Floats]]) -> Contrast:
    """Compare the last part with the first; parts of the same worlds are given the same resamples."""
    first, last = (resampled_gains(*data[k]) for k in (0, -1))
    areas = [zone_area(again, data[0][0].levels) for again in (first, last)]
    means = [again.reshape(*again.shape[:2], -1).mean(axis=2) for again in (first, last)]
    change = parts[-1].area.value - parts[0].area.value
    n_parties = parts[0].gains.shape[0]
    exact = [part.gains.reshape(n_parties, -1).mean(axis=1) for part in (parts[0], parts[-1])]
    return Contrast(
        by,
        without,
        parts,
        _figure(change, areas[1] - areas[0]),
        gain_change=tuple(
            _figure(float(exact[1][i] - exact[0][i]), means[1][:, i] - means[0][:, i]) for i in range(n_parties)
        ),
    )


def among(gains: Gains, rows: Floats | np.ndarray[tuple[int], np.dtype[np.int64]]) -> Gains:
    """The gains in some of the worlds, weights scaled anew; a party that rules all of them out weighs as the study."""
    index = np.asarray(rows, dtype=np.int64)
    study = gains.study[index]
    beliefs = np.where(_rules_out(gains, index)[:, None], study, gains.beliefs[:, index])
    return replace(
        gains,
        gain=gains.gain[..., index],
        settled=None,
        stratified=None,
        halves=gains.halves[..., index],
        beliefs=beliefs / beliefs.sum(axis=1, keepdims=True),
        study=study / study.sum(),
        inputs=gains.inputs.rows(index),
    )


def _rules_out(gains: Gains, rows: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Truths:
    """(parties,), whether a party's belief rests on too few of these worlds to say what it expects there."""
    own = gains.beliefs[:, rows]
    total = own.sum(axis=1)
    return np.asarray((total <= 0.0) | (total**2 < _FEWEST_EFFECTIVE * (own**2).sum(axis=1)))


def _thirds(gains: Gains, column: Floats) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], ...]:
    """Worlds of the lowest, middle and highest third, by the study's weights."""
    order = np.argsort(column, kind="stable")
    share = np.cumsum(gains.study[order]) - gains.study[order] / 2.0
    third = np.minimum((share * len(_TERCILES)).astype(np.int64), len(_TERCILES) - 1)
    return tuple(np.sort(order[third == k]) for k in range(len(_TERCILES)))


def _figure(value: float, again: Floats, reach: float = _SURE) -> Figure:
    error = float(again.std(ddof=1))
    return Figure(value, error, value - reach * error, value + reach * error)
