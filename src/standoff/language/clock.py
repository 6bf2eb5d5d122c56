"""The clock of a study: steps, their length in years, and their dates."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

__all__ = ["PER_YEAR", "Clock", "parse_date"]

StepName = Literal["day", "week", "month", "quarter", "year"]

# Steps a year. A year is 365.25 days, so that a week or day is the same fraction of every year.
PER_YEAR: dict[str, float] = {"day": 365.25, "week": 365.25 / 7, "month": 12.0, "quarter": 4.0, "year": 1.0}

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?|-?[Qq]([1-4]))?")


@dataclass(frozen=True, slots=True)
class Clock:
    """`start` is a decimal year, such as 2025.25 for April 2025."""

    start: float
    step: StepName
    steps: int

    @property
    def years_per_step(self) -> float:
        """The length of a step in years."""
        return 1.0 / PER_YEAR[self.step]

    def years(self, per: str) -> float:
        """The length of a step in periods of `per` (`step` or a calendar unit)."""
        return 1.0 if per == "step" else PER_YEAR[per] / PER_YEAR[self.step]

    def date(self, step: int) -> float:
        """The start of a step (0 is the first) as a decimal year."""
        return self.start + step / PER_YEAR[self.step]

    def index(self, date: float) -> int | None:
        """The step in which a date lies, or None outside the clock."""
        step = int((date - self.start) * PER_YEAR[self.step] + 1e-6)
        return step if date >= self.start - 1e-9 and step < self.steps else None

    def label(self, step: int) -> str:
        """A step's date as people write it: `Q3 2026`, `Mar 2026`, `2026`, or a day."""
        date = self.date(step) + 1e-6
        year = int(date)
        part = date - year
        if self.step == "year":
            return str(year)
        if self.step == "quarter":
            return f"Q{int(part * 4) + 1} {year}"
        if self.step == "month":
            return f"{_MONTHS[int(part * 12)]} {year}"
        day = int(part * 365.25)
        month = next(m for m in range(12) if day < _DAYS[m + 1])
        return f"{day - _DAYS[month] + 1} {_MONTHS[month]} {year}"


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 366)


def parse_date(text: str) -> float | None:
    """A year, year-month, date or `2026-Q3` as a decimal year; None where it is none of these."""
    found = _DATE.fullmatch(text.strip())
    if found is None:
        return None
    year, month, day, quarter = found.groups()
    if quarter:
        return int(year) + (int(quarter) - 1) / 4
    if month is None:
        return float(year)
    if not 1 <= int(month) <= 12 or (day and not 1 <= int(day) <= 31):
        return None
    if day is None:
        return int(year) + (int(month) - 1) / 12
    return int(year) + (_DAYS[int(month) - 1] + int(day) - 1) / 365.25
