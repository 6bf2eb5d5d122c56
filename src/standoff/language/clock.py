"""The clock of a study: steps by the Gregorian calendar, and their length in years.

A step begins on a date and lasts until the next begins, so that every date lies in one step. A month, quarter or
year after a day that its month lacks begins on the month's last. Rates need one length for all steps of a kind:
12 months and 4 quarters make a year, and a day is a part of the calendar's mean year of 365.2425 days.
"""

from __future__ import annotations

import math
import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, timedelta
from fractions import Fraction
from typing import Literal

__all__ = ["PER_YEAR", "Clock", "date_of", "decimal_year", "has_form_of_date", "parse_date"]

Day = date  # `Clock.date` would hide the name inside the class
StepName = Literal["day", "week", "month", "quarter", "year"]

# 400 years of the Gregorian calendar are 146,097 days.
_DAYS_A_YEAR = Fraction(146_097, 400)
_PER_YEAR: dict[str, Fraction] = {
    "day": _DAYS_A_YEAR, "week": _DAYS_A_YEAR / 7, "month": Fraction(12), "quarter": Fraction(4), "year": Fraction(1),
}  # fmt: skip
PER_YEAR: dict[str, float] = {name: float(number) for name, number in _PER_YEAR.items()}
_DAYS = {"day": 1, "week": 7}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?|-?[Qq]([1-4]))?", re.ASCII)
_SLACK = 1e-6  # of a day: decimal years are rounded


@dataclass(frozen=True, slots=True)
class Clock:
    """`first` is the day on which step 0 begins.

    A calendar's step may be cut into `substeps` equal parts. All else counts the parts: `steps` is their number, and
    what is said of a step holds for a part.
    """

    first: Day
    step: StepName
    steps: int
    substeps: int = 1

    @property
    def start(self) -> float:
        """The first step's start as a decimal year, such as 2025.25 for April 2025."""
        return decimal_year(self.first)

    @property
    def years_per_step(self) -> float:
        """The length of a step in years, the same for every step."""
        return float(1 / (_PER_YEAR[self.step] * self.substeps))

    @property
    def length(self) -> str:
        """The length of a step in words: `month`, or `1/8 month`."""
        return self.step if self.substeps == 1 else f"1/{self.substeps} {self.step}"

    @property
    def whole(self) -> Clock:
        """The clock of the calendar's steps, uncut."""
        return Clock(self.first, self.step, -(-self.steps // self.substeps))

    @property
    def fits(self) -> bool:
        """Whether the calendar, which ends with the year 9999, has a date for the end of the last step."""
        steps = self.whole.steps
        if self.step in _DAYS:
            return self.first.toordinal() + steps * _DAYS[self.step] <= Day.max.toordinal()
        return self.first.year * 12 + self.first.month - 1 + steps * _MONTHS[self.step] < (MAXYEAR + 1) * 12

    def years(self, per: str) -> float:
        """The length of a step in periods of `per` (`step` or a calendar unit)."""
        return 1.0 if per == "step" else float(_PER_YEAR[per] / (_PER_YEAR[self.step] * self.substeps))

    def begins(self, step: int) -> Day:
        """The day on which a step begins; 0 is the first, and negative ones lie before the clock.

        Where the calendar has no such day, its first or last. A part begins on the day in which its moment lies.
        """
        step, part = divmod(step, self.substeps)
        if part:
            begin, end = self.whole.begins(step), self.whole.begins(step + 1)
            return begin + timedelta((end - begin).days * part // self.substeps)
        if self.step in _DAYS:
            ordinal = self.first.toordinal() + step * _DAYS[self.step]
            return Day.fromordinal(min(max(ordinal, 1), Day.max.toordinal()))
        year, month = divmod(self.first.year * 12 + self.first.month - 1 + step * _MONTHS[self.step], 12)
        if not MINYEAR <= year <= MAXYEAR:
            return Day.min if year < MINYEAR else Day.max
        return Day(year, month + 1, min(self.first.day, monthrange(year, month + 1)[1]))

    def calendar(self, of: str) -> tuple[float, ...]:
        """For every step, and for the end of the last, its year, quarter, month or weekday (1 for Monday)."""
        read = _CALENDAR[of]
        return tuple(float(read(self.begins(step))) for step in range(self.steps + 1))

    def date(self, step: int) -> float:
        """The start of a step as a decimal year."""
        whole, part = divmod(step, self.substeps)
        begin = decimal_year(self.begins(whole * self.substeps))
        if not part:
            return begin
        return begin + (decimal_year(self.begins((whole + 1) * self.substeps)) - begin) * part / self.substeps

    def place(self, day: Day) -> float:
        """Where a date lies on the clock: the step's index and the part of the step that is over."""
        if self.substeps > 1:
            return self.whole.place(day) * self.substeps
        if self.step in _DAYS:
            return (day - self.first).days / _DAYS[self.step]
        months = (day.year - self.first.year) * 12 + day.month - self.first.month
        step = months // _MONTHS[self.step]
        if self.begins(step) > day:
            step -= 1
        begin, end = self.begins(step), self.begins(step + 1)
        return step + (day - begin).days / max(1, (end - begin).days)

    def index(self, day: Day) -> int | None:
        """The step in which a date lies, or None outside the clock."""
        step = math.floor(self.place(day))
        return step if 0 <= step < self.steps else None

    @property
    def is_by_day(self) -> bool:
        """Whether steps are called by the day on which they begin."""
        return self.step in _DAYS or self.first.day > 1 or self.substeps > 1

    def label(self, step: int) -> str:
        """A step's date as people write it: `Q3 2026`, `Mar 2026`, `2026`, or a day where the step begins on none."""
        day, first = self.begins(step), self.first
        if self.is_by_day:
            return f"{day.day} {_NAMES[day.month - 1]} {day.year}"
        if self.step == "year" and first.month == 1:
            return str(day.year)
        if self.step == "quarter" and first.month % 3 == 1:
            return f"Q{(day.month + 2) // 3} {day.year}"
        return f"{_NAMES[day.month - 1]} {day.year}"


_CALENDAR: dict[str, Callable[[Day], int]] = {
    "year": lambda day: day.year,
    "quarter": lambda day: (day.month + 2) // 3,
    "month": lambda day: day.month,
    "weekday": lambda day: day.isoweekday(),
}


def decimal_year(day: date) -> float:
    """A date as a decimal year: a month is a twelfth, and a day an equal part of its month."""
    days = monthrange(day.year, day.month)[1]
    return day.year + ((day.month - 1) * days + day.day - 1) / (12 * days)


def date_of(year: float) -> date:
    """The date of a decimal year, rounded down to a day."""
    whole = math.floor(year + _SLACK / 366)
    months = min(max((year - whole) * 12, 0.0), 12 - _SLACK)
    month = math.floor(months + _SLACK / 31)
    days = monthrange(whole, month + 1)[1]
    return date(whole, month + 1, 1 + min(days - 1, max(0, math.floor((months - month) * days + _SLACK))))


def has_form_of_date(text: str) -> bool:
    """Whether a text is written as a date, be it one or not."""
    return _DATE.fullmatch(text.strip()) is not None


def parse_date(text: str) -> date | None:
    """The first day of a year, year-month, date or `2026-Q3`; None where it is none of these, or no such day is."""
    found = _DATE.fullmatch(text.strip())
    if found is None:
        return None
    year, month, day, quarter = (None if part is None else int(part) for part in found.groups())
    assert year is not None
    try:
        return date(year, 3 * quarter - 2 if quarter else 1 if month is None else month, 1 if day is None else day)
    except ValueError:
        return None
