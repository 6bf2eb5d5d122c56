"""What each actor knows before it chooses, in bins coarse enough for the worlds at hand.

A study says who knows what (`known_to`). A fact an actor knows is cut into at most three bins of equal weight in its
own belief. Not every fact is used: strategies that respond to one that does not matter respond to noise. A fact is
taken in where choosing by it is shown to pay on worlds that had no part in the choice, the best first, as long as every
bin keeps enough worlds.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

import numpy as np
import numpy.typing as npt

from standoff.analysis.findings import Figure, Floats, Inputs
from standoff.analysis.games.normalform import Integers
from standoff.analysis.statistics.regression import assign_folds
from standoff.language.model import Model

__all__ = ["Fact", "Information", "Stretch", "conditional_gain", "cut_fact", "find_information", "known_facts"]

MOST_BINS = 3
FEWEST_IN_BIN = 40.0
"""Effective worlds; a bin's payoffs are means over so many."""
_MOST_FACTS = 2
_SURE = 3.0
"""Standard errors that a gain must be from zero: several facts are looked at, and folds share their data."""


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that an actor knows.

    Attributes:
        actor, name: who, what.
        gain: of choosing by it over choosing once, against the others as given, in the actor's payoff units, on worlds
            that did not choose.
        cuts: between the bins, in the fact's unit.
        is_used: whether strategies respond to it.
    """

    actor: str
    name: str
    gain: Figure
    cuts: tuple[float, ...]
    is_used: bool


@dataclass(frozen=True, slots=True)
class Stretch:
    """What a fact is in one bin: at least `low` and below `high`, in its unit; None where there is no end."""

    name: str
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Information:
    """Bins of what is known.

    Attributes:
        bins: (players, worlds), from 0; all 0 for a player that uses nothing.
        facts: every fact known to a player that varies, by player and then by gain.
        stretches: for each player what each of its bins stands for: a stretch of each fact it uses, none where it uses
            none.
    """

    bins: Integers
    facts: tuple[Fact, ...]
    stretches: tuple[tuple[tuple[Stretch, ...], ...], ...]


def known_facts(model: Model, actor: str) -> tuple[str, ...]:
    """The uncertainties and values that an actor knows, in the order of the study."""
    return tuple(p.name for p in model.uncertain if actor in p.known_to)


def cut_fact(column: Floats, weights: Floats) -> tuple[Integers, tuple[float, ...]]:
    """(worlds,) bins of a fact, each of about equal weight, and the cuts between them; few levels are kept apart."""
    levels = np.unique(column)
    if levels.size <= MOST_BINS:
        cuts = (levels[1:] + levels[:-1]) / 2.0
    else:
        order = np.argsort(column, kind="stable")
        share = np.cumsum(weights[order]) - weights[order] / 2.0
        wanted = np.arange(1, MOST_BINS) / MOST_BINS
        cuts = np.unique(np.interp(wanted, share / weights.sum(), column[order]))
    return np.searchsorted(cuts, column, side="right").astype(np.int64), tuple(float(x) for x in cuts)


def conditional_gain(values: Floats, weights: Floats, bins: Integers, folds: npt.NDArray[np.int64]) -> Figure:
    """What choosing by bin brings over choosing once, each picked on the other folds' worlds.

    Args:
        values: (strategies, worlds), the actor's payoff.
        weights: (worlds,), its belief.
        bins: (worlds,).
        folds: (worlds,).
    """
    gained = np.zeros(weights.size)
    for k in range(int(folds.max()) + 1):
        fit, here = folds != k, folds == k
        once = int((values[:, fit] @ weights[fit]).argmax())
        for b in np.unique(bins[here]):
            among = fit & (bins == b)
            pick = int((values[:, among] @ weights[among]).argmax()) if weights[among].sum() > 0.0 else once
            where = here & (bins == b)
            gained[where] = values[pick, where] - values[once, where]
    share = weights / weights.sum()
    value = float(share @ gained)
    error = float(np.sqrt(share**2 @ (gained - value) ** 2))
    return Figure(value, error, value - _SURE * error, value + _SURE * error)


def find_information(model: Model, players: tuple[str, ...], values: list[Floats], weights: Floats, *, inputs: Inputs,
                     seed: int = 0) -> Information:  # fmt: skip
    """Choose the facts that the players' strategies respond to.

    Args:
        model: the study.
        players: who.
        values: for each player (strategies, worlds), its payoff against the others as they are taken to play.
        weights: (players, worlds), beliefs.
        inputs: of the worlds; a fact that is not among them does not vary.
        seed: of the folds.
    """
    folds = assign_folds(inputs, seed=seed)
    rows, facts, stretches = [], [], []
    for player, own, belief in zip(players, values, weights, strict=True):
        names = [name for name in known_facts(model, player) if name in inputs.names]
        cut = {name: cut_fact(inputs.column(name), belief) for name in names}
        gains = {name: conditional_gain(own, belief, cut[name][0], folds) for name in names}
        used: list[str] = []
        for name in sorted(names, key=lambda name: -gains[name].value):
            bins = _joined([cut[n][0] for n in (*used, name)])
            if gains[name].low > 0.0 and len(used) < _MOST_FACTS and _is_populated(bins, belief):
                used.append(name)
        rows.append(_joined([cut[name][0] for name in used]) if used else np.zeros(belief.size, dtype=np.int64))
        stretches.append(_stretches(used, cut, rows[-1]))
        facts += [
            Fact(player, name, gains[name], cut[name][1], is_used=name in used)
            for name in sorted(names, key=lambda name: (name not in used, -gains[name].value))
        ]
    return Information(np.array(rows), tuple(facts), tuple(stretches))


def _joined(bins: list[Integers]) -> Integers:
    """One number for each combination that occurs, in lexicographic order."""
    code = reduce(lambda all_, one: all_ * (MOST_BINS + 1) + one, bins)
    return np.unique(code, return_inverse=True)[1].astype(np.int64)


def _is_populated(bins: Integers, weights: Floats) -> bool:
    total = np.bincount(bins, weights)
    square = np.bincount(bins, weights**2)
    return bool((total**2 >= FEWEST_IN_BIN * square).all() and (total > 0.0).all())


def _stretches(
    used: list[str], cut: dict[str, tuple[Integers, tuple[float, ...]]], joined: Integers
) -> tuple[tuple[Stretch, ...], ...]:
    """What each bin stands for: a stretch of each fact used."""
    found = []
    for b in range(int(joined.max()) + 1):
        world = int(np.flatnonzero(joined == b)[0])
        found.append(tuple(_stretch(name, int(cut[name][0][world]), cut[name][1]) for name in used))
    return tuple(found)


def _stretch(name: str, b: int, cuts: tuple[float, ...]) -> Stretch:
    return Stretch(name, cuts[b - 1] if b > 0 else None, cuts[b] if b < len(cuts) else None)
