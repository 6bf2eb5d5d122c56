"""The clock against the calendar of Python's standard library."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from standoff.language.clock import PER_YEAR, Clock, date_of, decimal_year, parse_date

FIRST, LAST = date(1583, 1, 1), date(2400, 12, 31)
DATES = st.dates(FIRST, LAST)
STEPS = st.sampled_from(tuple(PER_YEAR))


@given(DATES, STEPS, st.integers(0, 400))
def test_steps_follow_one_another_without_a_gap(first: date, step: str, at: int) -> None:
    clock = Clock(first, step, 401)  # type: ignore[arg-type]
    begin, following = clock.begins(at), clock.begins(at + 1)
    assert begin < following
    assert clock.index(begin) == at
    assert clock.index(following - timedelta(days=1)) == at


@given(DATES, STEPS, DATES)
def test_a_date_lies_in_one_step(first: date, step: str, day: date) -> None:
    clock = Clock(first, step, 10_000)  # type: ignore[arg-type]
    at = clock.index(day)
    assert at is None or clock.begins(at) <= day < clock.begins(at + 1)
    assert (at is None) == (day < first or day >= clock.begins(10_000))


def test_every_day_has_a_decimal_year_of_its_own() -> None:
    days = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
    years = [decimal_year(day) for day in days]
    assert all(earlier < later for earlier, later in pairwise(years))
    assert [date_of(year) for year in years] == days


@given(DATES)
def test_a_date_is_read_as_it_is_written(day: date) -> None:
    assert parse_date(day.isoformat()) == day
    assert parse_date(f"{day:%Y-%m}") == day.replace(day=1)
    assert parse_date(f"{day:%Y}") == day.replace(month=1, day=1)


@settings(max_examples=30)
@given(st.integers(1583, 2400), st.integers(1, 12), st.integers(1, 31))
def test_a_day_that_no_month_has_is_no_date(year: int, month: int, day: int) -> None:
    last = (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
    assert (parse_date(f"{year}-{month:02d}-{day:02d}") is None) == (day > last)


def test_quarters_are_dates_too() -> None:
    assert parse_date("2026-Q3") == parse_date("2026Q3") == date(2026, 7, 1)
    assert parse_date("2026-Q5") is None
    assert parse_date("2026-00") is None
    assert parse_date("0000") is None


@pytest.mark.parametrize(
    ("first", "step", "at", "label"),
    [
        ("2024-12-25", "day", 7, "1 Jan 2025"),
        ("2024-02-28", "day", 1, "29 Feb 2024"),
        ("2024-12-30", "week", 1, "6 Jan 2025"),
        ("2025-01", "month", 13, "Feb 2026"),
        ("2025-01-31", "month", 1, "28 Feb 2025"),
        ("2025-01-31", "month", 2, "31 Mar 2025"),
        ("2025-01", "quarter", 3, "Q4 2025"),
        ("2025-02", "quarter", 1, "May 2025"),
        ("2025", "year", 3, "2028"),
        ("2025-07", "year", 1, "Jul 2026"),
        ("2024-02-29", "year", 1, "28 Feb 2025"),
        ("2024-02-29", "year", 4, "29 Feb 2028"),
    ],
)
def test_labels(first: str, step: str, at: int, label: str) -> None:
    begin = parse_date(first)
    assert begin is not None
    assert Clock(begin, step, 20).label(at) == label  # type: ignore[arg-type]


def test_rates_go_by_the_mean_year_of_the_calendar() -> None:
    daily = Clock(date(2025, 1, 1), "day", 1)
    assert 400 / daily.years_per_step == (date(2400, 1, 1) - date(2000, 1, 1)).days
    assert daily.years("week") == 1 / 7
    assert Clock(date(2025, 1, 1), "week", 1).years("day") == 7.0
    assert Clock(date(2025, 1, 1), "month", 1).years("year") == 1 / 12


def test_the_calendar_ends_with_the_year_9999() -> None:
    assert Clock(date(9990, 1, 1), "year", 9).fits
    assert Clock(date(9990, 1, 1), "month", 9 * 12 + 11).fits
    assert not Clock(date(9990, 1, 1), "year", 10).fits
    assert not Clock(date(9999, 12, 30), "day", 2).fits
