"""One rule of rounding: a figure by its own error, and never a text that says less or more than that."""

from __future__ import annotations

import ast
import math
import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import standoff
from standoff.analysis.findings import Figure
from standoff.words import numbers

THIN, NBSP = "\u202f", "\u00a0"
_POWERS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")

figures = st.floats(1e-12, 1e30) | st.floats(-1e30, -1e-12) | st.just(0.0)
sizes = st.floats(1e-12, 1e30)
ordinary = st.floats(-1e6, 1e6)


def read(text: str) -> float:
    """The number that a text says."""
    plain = text.replace(THIN, "").replace("−", "-").strip("()")
    head, times, power = plain.partition(" × 10")
    return float(head) * (10.0 ** int(power.translate(_POWERS)) if times else 1.0)


def parts(text: str) -> tuple[str, str]:
    """Value and error as texts, each with the power of ten that both have."""
    inner, times, power = text.partition(") × 10")
    value, _, error = inner.lstrip("(").partition(f"{NBSP}±{NBSP}")
    ending = f" × 10{power}" if times else ""
    return value + ending, error + ending


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"), (0.0512, "0.051"), (78.9, "79"), (2.0, "2"), (1234.0, f"1{THIN}200"), (-3.14159, "−3.1"),
        (99.6, "100"), (0.996, "1.0"), (float("nan"), "not known"), (1_250_000.0, f"1{THIN}200{THIN}000"),
        (3.1e-11, "3.1 × 10⁻¹¹"), (3.1e-14, "0"), (-2.5e12, "−2.5 × 10¹²"), (math.inf, "without end"),
    ],
)  # fmt: skip
def test_two_significant_digits_without_an_error(value: float, text: str) -> None:
    assert numbers.number(value) == text


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [
        (104.6, 1.1, "104.6 ± 1.1"), (78.9, 0.44, "78.9 ± 0.4"), (0.0512, 0.0031, "0.051 ± 0.003"),
        (1.0213, 0.00004, "1.02130 ± 0.00004"), (13.368, 0.012, "13.37 ± 0.01"),
        (0.36991, 0.00012, "0.3699 ± 0.0001"), (0.4153, 0.0012, "0.4153 ± 0.0012"),
        (0.36991, 0.0006, "0.3699 ± 0.0006"), (3_600.4, 0.03, f"3{THIN}600.40 ± 0.03"),
        (0.03, 0.12, "0.03 ± 0.12"), (-27.3, 0.52, "−27.3 ± 0.5"),
        (1234.0, 56.0, f"1{THIN}230 ± 60"), (56789.0, 1234.0, f"56{THIN}800 ± 1{THIN}200"), (0.0, 0.5, "0.0 ± 0.5"),
        (5.0, 0.0, "5 ± 0"), (1 / 3, 0.0, "0.3333 ± 0"), (0.09562, 0.0, "0.09562 ± 0"),
        (5.1, 3e-14, "5.1 ± 0"), (0.098, 0.098, "0.10 ± 0.10"),
        (-3.0, 40.0, "0 ± 40"), (3e-8, 4e-9, "(3.0 ± 0.4) × 10⁻⁸"), (3e-15, 3e-14, "0 ± 0"), (5.1, float("nan"), "5.1"),
        (1e9, 0.0, "1 × 10⁹ ± 0"), (4e-10, 0.0, "4 × 10⁻¹⁰ ± 0"), (2.5e12, 3e11, "(2.5 ± 0.3) × 10¹²"),
        (1e9 + 1.5, 0.036, f"1{THIN}000{THIN}000{THIN}001.50 ± 0.04"),
    ],
)  # fmt: skip
def test_a_figure_is_rounded_by_its_error(value: float, error: float, text: str) -> None:
    shown = numbers.measured(value, error)
    assert shown.replace(NBSP, " ") == text
    assert shown.startswith(numbers.rounded(value, error)) or "×" in text


@given(figures, sizes)
def test_rounding_never_moves_a_figure_by_more_than_half_of_its_error(value: float, error: float) -> None:
    shown, noise = parts(numbers.measured(value, error))
    if noise == "0" or noise.startswith("0 "):
        assert error <= 1e-9 * abs(value)
        assert read(shown) == pytest.approx(value, rel=1e-3)
    else:
        assert abs(read(shown) - value) <= 0.5 * error * (1 + 1e-6)
        is_long = abs(value) >= 999.5 * 10.0 ** math.floor(math.log10(error))  # four digits before the error's second
        assert read(noise) == pytest.approx(error, rel=0.34 if is_long else 0.26)


@given(ordinary, st.floats(1e-4, 1e6))
def test_value_and_error_end_at_the_same_place(value: float, error: float) -> None:
    shown, noise = parts(numbers.measured(value, error))
    if noise != "0":
        assert len(shown.partition(".")[2]) == len(noise.partition(".")[2])
        digits = re.sub(r"[.\u202f]", "", noise).strip("0")
        assert len(digits) <= (2 if digits.startswith("1") else 1)


@given(figures, figures)
@example(-9.95e29, -9.9500000995e29)
def test_an_interval_never_collapses(one: float, other: float) -> None:
    low, high = sorted((one, other))
    if high - low > max(1e-8 * max(abs(low), abs(high)), 1e-12):
        first, _, last = numbers.interval(low, high).partition(" to ")
        assert first.lstrip("(") != last.partition(")")[0]
    assert numbers.interval(low, low) == numbers.number(low)


@pytest.mark.parametrize(
    ("share", "error", "text"),
    [
        (0.2456, 0.0004, "24.56 ± 0.04 %"), (0.4123, 0.031, "41 ± 3 %"), (1.0, 0.001, "100.0 ± 0.1 %"),
        (0.0, None, "0 %"), (0.9999, None, "over 99.5 %"), (0.0001, None, "under 0.05 %"), (0.4123, None, "41 %"),
    ],
)  # fmt: skip
def test_shares(share: float, error: float | None, text: str) -> None:
    assert numbers.percent(share, error).replace(NBSP, " ").replace(THIN, " ") == text


@given(ordinary)
def test_a_number_of_the_authors_stays_what_it_is(value: float) -> None:
    written = float(f"{value:.6g}")
    assert read(numbers.plain(written)) == pytest.approx(written, rel=1e-2 if abs(written) < 1e-5 else 1e-9, abs=1e-12)


def test_counts_have_thin_spaces() -> None:
    assert (numbers.counted(1, "world"), numbers.counted(1024, "world")) == ("1 world", f"1{THIN}024 worlds")
    assert (numbers.rounded_up(1843), numbers.rounded_up(7)) == (f"1{THIN}900", "7")


def test_a_figure_without_error_has_four_digits_and_no_zeros_at_its_end() -> None:
    assert [numbers.exact(x) for x in (0.5, -22.7712, 12345.6, 7.0)] == ["0.5", "−22.77", f"12{THIN}350", "7"]


@pytest.mark.parametrize("folder", ["cli", "words", "questions", "brief/formats"])
def test_no_other_place_formats_numbers(folder: str) -> None:
    by_hand = [
        f"{path.name}:{node.lineno}"
        for path in (Path(standoff.__file__).parent / folder).rglob("*.py")
        if path.name not in ("numbers.py", "mathematics.py")  # equations are as their author wrote them
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FormattedValue) and node.format_spec is not None
        if re.search(r"[,gef%]'$", ast.unparse(node.format_spec))
    ]
    assert by_hand == []


def test_a_share_whose_error_reaches_beyond_all_is_told_by_its_ends() -> None:
    assert numbers.figure_percent(Figure(0.7, 0.4, 0.3, 1.0)) == f"30 to 100{THIN}%"
    assert numbers.figure_percent(Figure(0.88, 0.03, 0.82, 0.94)) == f"88{NBSP}±{NBSP}3{THIN}%"
    assert numbers.figure_percent(Figure(0.0, 0.011, -0.022, 0.022)) == f"0.0{NBSP}±{NBSP}1.1{THIN}%"  # a difference
