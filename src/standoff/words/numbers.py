"""Numbers in print: one rule of rounding, so that a figure is the same text on the page, in Markdown and on a terminal.

A figure with an error is rounded by it: one digit of the error, two where it begins with 1 and the figure has no more
than four digits with it, and the figure to the same place. A figure without one has two significant digits. An error
below what arithmetic on the figure can tell is zero.
"""

from __future__ import annotations

import math

from standoff.analysis.findings import Figure

__all__ = [
    "counted",
    "error",
    "exact",
    "figure_percent",
    "interval",
    "measured",
    "number",
    "percent",
    "plain",
    "rounded",
    "rounded_up",
    "shown",
    "whole",
]

_THIN = "\u202f"  # narrow and does not break
_MINUS = "−"
_PLUS_MINUS = "\u00a0±\u00a0"
_NOT_KNOWN, _ENDLESS = "not known", "without end"
_NOISE = 1e-11
"""An error below this part of its figure is rounding."""
_ZERO = 1e-13
"""What is smaller is rounding too, whatever it stands beside."""
_SMALLEST, _LARGEST = 1e-5, 1e9
"""Figures outside are written with a power of ten."""
_LONGEST, _WELL_KNOWN = 1e15, 1e-6
"""Of large figures, those told in full: below the one, with an error below this part of them."""
_EXACT = 4
"""Significant digits of a figure that needs no error, and that no second digit of an error goes beyond."""
_POWERS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: float, figures: int = 2) -> str:
    """A number to so many significant digits, thousands apart; a whole number below 100 stays whole."""
    if not math.isfinite(value):
        return _NOT_KNOWN if math.isnan(value) else _ENDLESS
    if abs(value) < _ZERO:
        return "0"
    power = _exponent(value, figures)
    if not _is_in_range(value):
        return f"{_placed(value / 10.0**power, figures - 1)}{_times(power)}"
    if figures > 1 and value == round(value) and abs(value) < 100.0:
        return _placed(value, 0)
    return _placed(value, figures - 1 - power)


def measured(value: float, error: float) -> str:
    """A number and its standard error: `79.0 ± 0.4`; without an error that is known, the number alone."""
    if not (math.isfinite(value) and math.isfinite(error)):
        return number(value)
    places, largest = _places(value, error), max(abs(value), abs(error))
    if places is None:
        return f"{rounded(value, error)}{_PLUS_MINUS}0"
    if not _is_in_range(largest) and not _is_long(value, error):
        power = _exponent(largest, 2)
        return f"({measured(value / 10.0**power, error / 10.0**power)}){_times(power)}"
    return f"{_placed(value, places)}{_PLUS_MINUS}{_placed(error, places)}"


def shown(figure: Figure) -> str:
    """A figure and its standard error."""
    return measured(figure.value, figure.error)


def rounded(value: float, error: float) -> str:
    """The number of `measured` alone: rounded by its error, which is not told."""
    if not (math.isfinite(value) and math.isfinite(error)):
        return number(value)
    places = _places(value, error)
    if places is None:
        return exact(value)
    in_full = _is_in_range(max(abs(value), error)) or _is_long(value, error)
    return _placed(value, places) if in_full else number(value)


def exact(value: float) -> str:
    """A figure that has no error: four significant digits, and no zeros at its end."""
    return plain(float(f"{value:.{_EXACT}g}"))


def error(size: float) -> str:
    """An error that stands alone: one digit of it, two where it begins with 1."""
    places = _places(0.0, size) if math.isfinite(size) else None
    return number(size) if places is None or not _is_in_range(size) else _placed(size, places)


def interval(low: float, high: float) -> str:
    """Two ends, rounded by what lies between them so that they never become one: `1 203 to 1 207`."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return f"{number(low)} to {number(high)}"
    largest = max(abs(low), abs(high))
    if high > low and not _is_in_range(largest):
        power = _exponent(largest, 2)
        return f"({interval(low / 10.0**power, high / 10.0**power)}){_times(power)}"
    apart = (high - low) / 4.0
    return f"{rounded(low, apart)} to {rounded(high, apart)}" if high > low else number(low)


def percent(share: float, noise: float | None = None) -> str:
    """A share as per cent, with its error: `41 ± 3 %`."""
    if math.isnan(share):
        return _NOT_KNOWN
    if noise is None or not math.isfinite(noise):
        return f"{_percent_number(share)}{_THIN}%"
    if noise <= _ZERO and _whole(share) in (0.0, 1.0):
        return f"{100 * _whole(share):.0f}{_THIN}%"  # none or all, and nothing left in doubt
    return f"{measured(100.0 * share, 100.0 * noise)}{_THIN}%"


def figure_percent(figure: Figure, *, told: bool = True) -> str:
    """A share as per cent, rounded by its error, which is `told` or not.

    A share whose error would reach beyond none or all is told by the two ends of its interval: `93 to 100 %`.
    """
    if told:
        is_beyond = figure.value - figure.error < -_ZERO or figure.value + figure.error > 1.0 + _ZERO
        if is_beyond and 0.0 <= figure.low < figure.high <= 1.0:
            return f"{interval(100.0 * figure.low, 100.0 * figure.high)}{_THIN}%"
        return percent(figure.value, figure.error)
    text = rounded(100.0 * figure.value, 100.0 * figure.error)
    return f"{text if text.strip('0.') else '0'}{_THIN}%"


def plain(value: float) -> str:
    """A number as the study's author wrote it."""
    if not _is_in_range(value):
        if not math.isfinite(value):
            return number(value)
        power = _exponent(value, _EXACT)
        return f"{plain(float(f'{value / 10.0**power:.{_EXACT}g}'))}{_times(power)}"
    above, _, below = f"{abs(value):.12f}".rstrip("0").partition(".")
    grouped = f"{int(above):,}".replace(",", _THIN) if len(above) > 4 else above
    return f"{_MINUS if value < 0.0 else ''}{grouped}{f'.{below}' if below else ''}"


def whole(n: int) -> str:
    """A count with thin spaces in its thousands: `24 000`."""
    return f"{n:,}".replace(",", _THIN)


def rounded_up(n: int) -> str:
    """A count to two leading digits, upwards: an estimate should not look exact."""
    unit = 10 ** max(len(str(n)) - 2, 0)
    return whole(-(-n // unit) * unit)


def counted(n: int, what: str) -> str:
    """`1 world`, `1 024 worlds`, with a thin space."""
    return f"{whole(n)} {what}{'' if n == 1 else 's'}"


def _places(value: float, error: float) -> int | None:
    """How many decimal places the error leaves: one digit of it, two where it begins with 1 and the figure stays short;
    None for no error."""
    if error <= max(_NOISE * abs(value), _ZERO):
        return None
    exponent = _exponent(error, 2)
    begins_with_1 = round(error / 10.0 ** (exponent - 1)) < 20
    is_short = abs(value) < 10.0 ** (_EXACT - 1 + exponent)
    return 1 - exponent if begins_with_1 and is_short else -exponent


def _exponent(value: float, figures: int) -> int:
    """Of ten, once the number is rounded to so many digits: −2 for 0.051, 2 for 99.6 to two."""
    return int(f"{value:.{figures - 1}e}".partition("e")[2])


def _is_in_range(value: float) -> bool:
    """Whether a number is written without a power of ten."""
    return abs(value) < _ZERO or _SMALLEST <= abs(value) < _LARGEST


def _is_long(value: float, error: float) -> bool:
    """Whether a large number is so well known that it is told in full: `1 000 000 001 ± 0.04`."""
    return _LARGEST <= abs(value) < _LONGEST and 0.0 < error < _WELL_KNOWN * abs(value)


def _placed(value: float, places: int) -> str:
    size = abs(round(value, places))
    text = f"{size:,.{max(places, 0)}f}".replace(",", _THIN)
    return (_MINUS if value < 0.0 < size else "") + text  # a zero that was rounded keeps its places: 0.0


def _times(power: int) -> str:
    return f" × 10{str(power).translate(_POWERS)}"


def _whole(share: float) -> float:
    """A share of all but for the rounding of its sum."""
    return 1.0 if abs(share - 1.0) <= _ZERO else share


def _percent_number(share: float) -> str:
    share = _whole(share)
    if share <= 0.0 or share >= 1.0:
        return f"{100 * share:.0f}"
    if share < 0.0005:
        return "under 0.05"
    if share > 0.995:
        return "over 99.5"
    return _placed(100 * share, 1) if share < 0.0095 else number(100 * share)
