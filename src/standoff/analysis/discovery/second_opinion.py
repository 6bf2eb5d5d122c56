"""A second opinion on a box of worlds: CART's leaves beside it, and whether both name the same assumptions."""

from __future__ import annotations

from dataclasses import dataclass

from standoff.analysis.discovery.boxes import Box
from standoff.analysis.discovery.cart import best_leaf, find_leaves
from standoff.analysis.findings import Floats, Inputs

__all__ = ["SecondOpinion", "second_opinion"]


@dataclass(frozen=True, slots=True)
class SecondOpinion:
    """What CART makes of the worlds of one kind.

    Attributes:
        leaves: Of the tree, those that hold more such worlds than all worlds do, the densest first.
        best: The leaf with the best balance of coverage and density, without the limits that chance explains; None
            where no leaf is left.
        both, prim, cart: Assumptions that both boxes limit, only PRIM's, only CART's.
    """

    leaves: tuple[Box, ...]
    best: Box | None
    both: tuple[str, ...]
    prim: tuple[str, ...]
    cart: tuple[str, ...]


def second_opinion(inputs: Inputs, y: Floats, box: Box | None) -> SecondOpinion:
    """Ask CART about worlds that PRIM put in a box.

    Args:
        inputs: Of the worlds.
        y: (worlds,), the chance that each is of the kind.
        box: PRIM's; None where it recommends none.
    """
    leaves = find_leaves(inputs, y)
    best = best_leaf(inputs, y, leaves)
    ours = box.names if box is not None else ()
    theirs = best.names if best is not None else ()
    both = tuple(name for name in ours if name in theirs)
    prim = tuple(name for name in ours if name not in theirs)
    cart = tuple(name for name in theirs if name not in ours)
    return SecondOpinion(leaves, best, both, prim, cart=cart)
