"""A second opinion on a box of worlds: CART's leaves beside it, and whether both name the same assumptions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from standoff.analysis.discovery.boxes import Box, make_box
from standoff.analysis.discovery.cart import find_leaves
from standoff.analysis.findings import Floats, Inputs
from standoff.analysis.naming import amount, join, per_cent

__all__ = ["SecondOpinion", "say_box", "second_opinion"]

_BY_CHANCE = 0.05


@dataclass(frozen=True, slots=True)
class SecondOpinion:
    """What CART makes of the worlds of one kind.

    Attributes:
        leaves: Of the tree, those that hold more such worlds than all worlds do, the densest first.
        best: The leaf with the best balance of coverage and density, without the limits that chance explains; None
            where no leaf is left.
        both, prim, cart: Assumptions that both boxes limit, only PRIM's, only CART's.
        sentence: All that in words.
    """

    leaves: tuple[Box, ...]
    best: Box | None
    both: tuple[str, ...]
    prim: tuple[str, ...]
    cart: tuple[str, ...]
    sentence: str


def second_opinion(inputs: Inputs, y: Floats, box: Box | None, titles: Mapping[str, str]) -> SecondOpinion:
    """Ask CART about worlds that PRIM put in a box.

    Args:
        inputs: Of the worlds.
        y: (worlds,), the chance that each is of the kind.
        box: PRIM's; None where it recommends none.
        titles: What sentences call the inputs.
    """
    leaves = find_leaves(inputs, y)
    told = [kept for leaf in leaves if (kept := _told(inputs, y, leaf)).limits]
    best = max(told, key=lambda leaf: leaf.balance, default=None)
    ours = box.names if box is not None else ()
    theirs = best.names if best is not None else ()
    both = tuple(name for name in ours if name in theirs)
    prim = tuple(name for name in ours if name not in theirs)
    cart = tuple(name for name in theirs if name not in ours)
    if best is None:
        sentence = "CART, which parts all worlds again and again, finds no leaf with more of them than chance explains."
    else:
        sentence = (
            f"CART, which parts all worlds again and again, has them mostly where {say_box(inputs, best, titles)}: "
            f"there {per_cent(best.density)} are of this kind, and {per_cent(best.coverage)} of them lie there. "
            f"{_agreement(both, prim, cart, titles)}"
        )
    return SecondOpinion(leaves, best, both, prim, cart, sentence)


def say_box(inputs: Inputs, box: Box, titles: Mapping[str, str]) -> str:
    """`“Chance that a crisis becomes war” is at least 0.04`; `titles` are what sentences call the inputs."""
    parts = []
    for name in box.names:
        unit = inputs.units.get(name, "")
        lows = [limit.low for limit in box.limits if limit.name == name and limit.low is not None]
        highs = [limit.high for limit in box.limits if limit.name == name and limit.high is not None]
        said = [f"at least {amount(low, unit)}" for low in lows] + [f"at most {amount(high, unit)}" for high in highs]
        parts.append(f"{titles[name]} is {join(said)}")
    return join(parts)


def _told(inputs: Inputs, y: Floats, leaf: Box) -> Box:
    """The leaf without the limits that chance explains, and what it then holds."""
    limits = tuple(limit for limit in leaf.limits if limit.quasi_p is not None and limit.quasi_p <= _BY_CHANCE)
    inside = Box(limits, 0, 0.0, 0.0, 0.0, 0.0).holds(inputs)
    return make_box(limits, int(inside.sum()), float(y[inside].sum()), (y.size, float(y.sum())))


def _agreement(both: tuple[str, ...], prim: tuple[str, ...], cart: tuple[str, ...], titles: Mapping[str, str]) -> str:
    def said(names: tuple[str, ...]) -> str:
        return join([titles[name] for name in names])

    if both and not prim and not cart:
        return "Both methods name the same assumptions." if len(both) > 1 else "Both methods name the same assumption."
    alone = [f"{who} alone {said(names)}" for who, names in (("the box", prim), ("CART", cart)) if names]
    if both:
        return f"Both methods name {said(both)}; {join(alone)}."
    return f"They name different assumptions: {join(alone)}."
