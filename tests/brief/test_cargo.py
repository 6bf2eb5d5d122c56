"""What a page carries comes out of it as it went in."""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any

import numpy as np
import numpy.typing as npt
from hypothesis import given
from hypothesis import strategies as st

from standoff.brief.cargo import FINE, Cargo, changed_bytes


def unpacked(packed: str) -> tuple[Any, bytes]:
    whole = zlib.decompress(base64.b64decode(packed))
    first = 4 + int.from_bytes(whole[:4], "little")
    return json.loads(whole[4:first]), whole[first:]


def rows_of(told: dict[str, Any], arrays: bytes, n: int) -> npt.NDArray[np.float64]:
    steps: list[npt.NDArray[np.int64]] = []
    for near, least, planes, place, size in told["rows"]:
        parts = np.frombuffer(arrays[place : place + size], dtype=np.uint8).reshape(planes, n).astype(np.int64)
        found = least + sum(part << (8 * k) for k, part in enumerate(parts))
        steps.append(found if near < 0 else found + steps[near])
    return np.asarray(told["low"] + told["step"] * np.array(steps))


def test_words_and_arrays_stand_apart() -> None:
    cargo = Cargo()
    places = [cargo.put(b"one"), cargo.put(b""), cargo.put(b"three")]
    words, arrays = unpacked(cargo.packed({"at": places, "said": "</script>ü"}))
    assert words == {"at": [[0, 3], [3, 0], [3, 5]], "said": "</script>ü"}
    assert arrays == b"onethree"


def test_figures_are_off_by_no_more_than_half_a_fine_step() -> None:
    draws = np.random.default_rng(1).normal(size=(3, 200))
    values = np.array([draws[0], draws[0] + 0.1 * draws[1], 5.0 + 3.0 * draws[2]])
    cargo = Cargo()
    told = cargo.put_rows(values)
    words, arrays = unpacked(cargo.packed(told))
    assert words["rows"][1][0] == 0  # told by the first, which it is close to
    assert np.abs(rows_of(words, arrays, 200) - values).max() <= 0.5001 * values.std(axis=1).min() / FINE


def test_one_number_throughout_stays_itself() -> None:
    cargo = Cargo()
    words, arrays = unpacked(cargo.packed(cargo.put_rows(np.full((2, 5), 0.25))))
    assert (rows_of(words, arrays, 5) == 0.25).all()


@given(st.binary(max_size=300), st.binary(max_size=30), st.integers(0, 300))
def test_a_changed_sequence_is_put_together_again(base: bytes, added: bytes, at: int) -> None:
    data = base[:at] + added + base[at:][::2] + base
    fresh, pieces = changed_bytes(base, data)
    whole, since = b"", 0
    for n, place, size in pieces.tolist():
        whole += fresh[since : since + n] + base[place : place + size]
        since += n
    assert whole == data
    assert len(base) < 8 or len(fresh) <= len(data) - len(base) + 8
