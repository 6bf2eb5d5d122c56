"""Compiled functions where nothing can be kept: as in a container without a home, with the package read-only."""

from __future__ import annotations

import pytest

from standoff.base.numbers import compiled as module
from standoff.base.numbers.compiled import UnkeptWarning, compiled


def no_folder(*_: object) -> None:
    """What Numba's locators answer where they find no place."""


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    from numba.core.caching import CacheImpl  # noqa: PLC0415 - Numba takes a while to import

    for locator in CacheImpl._locator_classes:
        monkeypatch.setattr(locator, "from_function", no_folder)
    module._warn_once.cache_clear()


@pytest.mark.usefixtures("nowhere")
def test_it_is_compiled_for_the_process_and_one_line_says_so() -> None:
    with pytest.warns(UnkeptWarning, match="cannot be kept") as told:
        one = compiled("int64(int64)")(lambda x: x + 1)
        other = compiled("int64(int64)")(lambda x: x + 2)
    assert [one(1), other(1)] == [2, 3]
    assert len(told) == 1


def test_it_is_kept_where_there_is_a_place() -> None:
    def double(x: int) -> int:
        return 2 * x

    made = compiled("int64(int64)")(double)
    assert made(4) == 8
    assert made._cache.cache_path
