"""What stands at the foot of a fan never runs together."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from standoff.brief.pictures.charts import _GAP, _LETTER, date_places

labels = st.sampled_from(["2025", "Q2 2025", "Apr 2025", "28 Feb 2025", "end 31 Dec 2029"])


@given(st.tuples(labels, labels, labels), st.none() | st.floats(32.0, 171.0))
def test_dates_of_a_fan_have_room(dates: tuple[str, str, str], start: float | None) -> None:
    placed = sorted((left, left + _LETTER * len(text)) for text, left, _, _ in date_places(dates, start))
    assert placed[0][0] >= 0.0
    assert all(one[1] + _GAP <= other[0] + 1e-9 for one, other in pairwise(placed))


def test_the_last_date_always_stands_and_the_others_where_they_can() -> None:
    assert [text for text, *_ in date_places(("2019", "2025", "2029"), 90.0)] == ["2029", "2025", "2019"]
    assert [text for text, *_ in date_places(("2024", "2025", "2029"), 34.0)] == ["2029", "2025"]
