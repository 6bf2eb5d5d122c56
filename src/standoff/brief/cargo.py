"""What a page carries for its scripts: words as JSON and arrays as bytes, deflated together into one text.

Read by `unpack` of `templates/shared.js`: the length of the JSON (u32, little-endian), the JSON, and the arrays one
after another. The JSON names an array by its place and size among them.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from standoff.analysis.findings import Floats

__all__ = ["COARSE", "EXACT", "FINE", "Cargo", "changed_bytes"]

FINE = 256
"""Steps to a standard deviation over worlds: the mean of those kept is then off by a thousandth of its error."""
EXACT, COARSE = 1 << 14, 64
"""Steps for what is compared with an end, and for what is told as whole per cent."""
_MOST = 1 << 24
_SAME = 8
"""Bytes that two modules share at the least, for them to be told by their place."""


class Cargo:
    """Arrays on their way into a page."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0

    def put(self, data: bytes) -> list[int]:
        """Take bytes in; their place and size."""
        place, self._size = self._size, self._size + len(data)
        self._parts.append(data)
        return [place, len(data)]

    def put_rows(self, values: Floats, fine: int = FINE) -> dict[str, Any]:
        """Take in figures in steps of a small part of their spread over worlds.

        A row is told by what it differs from an earlier one, where that is shorter: strategies meet the same worlds.

        Args:
            values: (rows, worlds), all finite.
            fine: Steps to a standard deviation, of the row with the least.
        """
        spreads = values.std(axis=1)
        reach = float(np.ptp(values))
        step = max(float(spreads[spreads > 1e-9 * reach].min(initial=reach)) / fine, reach / _MOST) or 1.0
        low = float(values.min())
        whole = np.rint((values - low) / step).astype(np.int64)
        rows = []
        for s, row in enumerate(whole):
            tried = [(-1, row), *((j, row - whole[j]) for j in range(s))]
            near, gap = min(tried, key=lambda one: _bits(one[1]))
            least = int(gap.min())
            planes = _planes(gap - least)
            rows.append([near, least, len(planes), *self.put(b"".join(planes))])
        return {"low": low, "step": step, "rows": rows}

    def packed(self, words: Mapping[str, Any]) -> str:
        """All of it with the words that go along, deflated, in base64."""
        text = json.dumps(words, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
        whole = b"".join((len(text).to_bytes(4, "little"), text, *self._parts))
        return base64.b64encode(zlib.compress(whole, 9)).decode()


def changed_bytes(base: bytes, data: bytes) -> tuple[bytes, npt.NDArray[np.int32]]:
    """A sequence as what it shares with another.

    Returns:
        New bytes in their order, and (pieces, 3): so many of the new bytes, then a piece of `base` from a place on, of
        so many bytes.
    """
    places = {base[i : i + _SAME]: i for i in range(len(base) - _SAME, -1, -1)}
    fresh, pieces, i, since = bytearray(), [], 0, 0
    while i < len(data):
        at = places.get(data[i : i + _SAME])
        if at is None:
            fresh.append(data[i])
            i += 1
            since += 1
            continue
        size = _SAME
        while i + size < len(data) and at + size < len(base) and data[i + size] == base[at + size]:
            size += 1
        pieces.append((since, at, size))
        i, since = i + size, 0
    return bytes(fresh), np.array([*pieces, (since, 0, 0)], dtype=np.int32)


def _bits(gap: npt.NDArray[np.int64]) -> float:
    """About how many bits a row takes."""
    return float(np.log2(np.abs(gap - np.median(gap)) + 1.0).sum())


def _planes(whole: npt.NDArray[np.int64]) -> list[bytes]:
    """Numbers from 0 on as their lowest bytes, then the next: alike beside alike deflates best."""
    n = max((int(whole.max()).bit_length() + 7) // 8, 1)
    return [(whole >> 8 * k & 255).astype(np.uint8).tobytes() for k in range(n)]
