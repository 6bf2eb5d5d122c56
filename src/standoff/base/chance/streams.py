"""Random numbers as a pure function of (seed, stream, replication, step, name).

There is no generator and no state: whoever names a draw gets its number, in any order, on any number of
processors. Numbers are 64-bit words, mixed by Steele, Lea & Flood's SplitMix construction ("Fast splittable
pseudorandom number generators", OOPSLA 2014) with Evensen's finaliser Moremur ("Stronger, better, morer, Moremur",
2019):

    mix(z):  z ^= z >> 27;  z *= 0x3C79AC492BA7B653;  z ^= z >> 33;  z *= 0x1C69B3F74AC4AE35;  z ^= z >> 27
    absorb(h, w) = mix(h + GOLDEN * (w + 1))                     all modulo 2^64

    lane key     = absorb(absorb(mix(seed + GOLDEN), stream), replication)
    counter      = absorb(name's key, step)
    uniform      = (k + 1/2) / 2^52, k the top 52 bits of mix(lane key + counter)

The lane key is made once for a future, the counter once for a draw in a step; inside a loop over lanes a number
costs one addition, one mix and the move of its bits. For a fixed seed and stream no two replications share a lane
key, and for a fixed name no two steps share a counter, as `absorb` is one-to-one in its word.
"""

import hashlib

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.uint64]

GOLDEN = 0x9E3779B97F4A7C15
FIRST_MULTIPLIER = 0x3C79AC492BA7B653
SECOND_MULTIPLIER = 0x1C69B3F74AC4AE35
WORD = (1 << 64) - 1
ONE_BITS = 0x3FF0000000000000
BELOW_ONE = 1.0 - 2.0**-53


def key(name: str) -> int:
    """The 64-bit key of a name: the same in every run, version and language."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")


def lane_keys(seed: int, streams: npt.NDArray[np.integer], replications: npt.NDArray[np.integer]) -> Words:
    """One key for each future.

    Args:
        seed: The run's seed, 0 to 2^64 - 1.
        streams: The id of each future's world, whole numbers, any shape.
        replications: The number of each future's replication, of a shape that broadcasts with `streams`.

    Returns:
        Keys in the broadcast shape.

    Raises:
        ValueError: if the seed is out of range.

    >>> lane_keys(1, np.arange(2, dtype=np.uint64), np.zeros(2, dtype=np.uint64)).shape
    (2,)
    """
    start = np.asarray(seed_state(seed), dtype=np.uint64)
    return _absorb_words(_absorb_words(start, streams), replications)


def seed_state(seed: int) -> int:
    """The 64-bit word that a seed begins keys with.

    Raises:
        ValueError: if the seed is out of range.
    """
    if not 0 <= seed <= WORD:
        raise ValueError(f"a seed is a whole number from 0 to 2^64 - 1, not {seed}")
    return _mix((seed + GOLDEN) & WORD)


def counter(name_key: int, step: int) -> int:
    """The 64-bit word that stands for one draw in one step; computed outside the loop over lanes."""
    return _mix((name_key + GOLDEN * (step + 1)) & WORD)


def uniform(lane_keys: Words, name_key: int, step: int) -> npt.NDArray[np.float64]:
    """One number for each lane, strictly between 0 and 1, on the grid (k + 1/2) / 2^52.

    Args:
        lane_keys: Keys from `lane_keys`, any shape.
        name_key: `key` of the draw's name.
        step: The step's index, from 0.

    Returns:
        Numbers in the shape of `lane_keys`. 1 - u is exact, and on the grid too.
    """
    return unit(words(lane_keys, name_key, step))


def words(lane_keys: Words, name_key: int, step: int) -> Words:
    """The 64 random bits behind `uniform`."""
    with np.errstate(over="ignore"):
        return _mix_words(lane_keys + np.uint64(counter(name_key, step)))


def permutation(n: int, seed: int, name: str, step: int = 0) -> npt.NDArray[np.int64]:
    """The numbers 0 to n - 1 in a random order, shape (n,): by the words that each draws under a name in a step."""
    drawn = words(lane_keys(seed, np.arange(n, dtype=np.uint64), np.zeros(1, dtype=np.uint64)), key(name), step)
    return np.argsort(drawn, kind="stable")


def unit(words: Words) -> npt.NDArray[np.float64]:
    """(k + 1/2) / 2^52, where k is a word's top 52 bits."""
    bits = (words >> np.uint64(12)) | np.uint64(ONE_BITS)  # 1 + k / 2^52
    return np.asarray(bits).view(np.float64) - BELOW_ONE


def _absorb_words(state: Words, word: npt.NDArray[np.integer]) -> Words:
    with np.errstate(over="ignore"):  # NumPy warns of the wrap for scalars only
        return _mix_words(state + np.uint64(GOLDEN) * (np.asarray(word, dtype=np.uint64) + np.uint64(1)))


def _mix_words(z: Words) -> Words:
    with np.errstate(over="ignore"):
        z = (z ^ (z >> np.uint64(27))) * np.uint64(FIRST_MULTIPLIER)
        z = (z ^ (z >> np.uint64(33))) * np.uint64(SECOND_MULTIPLIER)
        return np.asarray(z ^ (z >> np.uint64(27)))


def _mix(z: int) -> int:
    z = ((z ^ (z >> 27)) * FIRST_MULTIPLIER) & WORD
    z = ((z ^ (z >> 33)) * SECOND_MULTIPLIER) & WORD
    return z ^ (z >> 27)
