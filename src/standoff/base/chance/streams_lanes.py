"""`standoff.base.chance.streams` for one lane, for loops over lanes that vectorise."""

from typing import Any

from numba import uint64

from standoff.base.chance.streams import BELOW_ONE, FIRST_MULTIPLIER, ONE_BITS, SECOND_MULTIPLIER
from standoff.base.numbers import arithmetic
from standoff.base.numbers.arithmetic_lanes import lane


@lane
def uniform(lane_key: Any, counter: Any) -> Any:
    """The lane's number for a draw, from its key and `streams.counter(name_key, step)`, both uint64."""
    z = uint64(lane_key + counter)
    z = (z ^ (z >> uint64(27))) * uint64(FIRST_MULTIPLIER)
    z = (z ^ (z >> uint64(33))) * uint64(SECOND_MULTIPLIER)
    z = z ^ (z >> uint64(27))
    return arithmetic.from_bits((z >> uint64(12)) | uint64(ONE_BITS)) - BELOW_ONE
