"""Units with a scale: MEUR and EUR mix, each thing stays in its own unit, and numbers do not depend on the choice."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import dedent

import pytest

from standoff.base.problems import StudyError
from standoff.base.units import Unit, in_base, parse_scale, parse_unit
from standoff.ensemble.run import trace_cell
from standoff.ensemble.study import Study

BUDGET = """
constants:
  debt: {{value: {debt}, judgement: x}}
  rate: {{value: {rate}, judgement: x}}
uncertainties:
  windfall: {{distribution: "normal({windfall}, {spread})", judgement: x}}
stocks:
  cash: {{start: {cash}, next: "cash + debt * rate + windfall", within: {within}}}
quantities:
  short: {{value: "debt - cash"}}
outcomes:
  left: {{measure: "final(cash)", better: higher}}
  gap: {{measure: "mean(short)", better: lower}}
payoffs: {{north: {{each: "(cash - debt) / 1 [EUR] if cash > debt else 0"}}}}
"""


def with_unit(text: str, **units: str) -> str:
    """The study with a unit for each of these things."""
    for name, unit in units.items():
        text = text.replace(f"  {name}: {{", f"  {name}: {{unit: {unit}, ")
    return text


PLAIN = with_unit(
    BUDGET.format(debt=3e6, rate=0.05, windfall=2e4, spread=1e3, cash=100, within="[0, 9e8]"),
    debt="EUR", windfall="EUR", cash="EUR", short="EUR", left="EUR", gap="EUR",
)  # fmt: skip
SCALED = "units: {kEUR: 1000 EUR, MEUR: 1000 kEUR, percent: 0.01}\n" + with_unit(
    BUDGET.format(debt=3, rate=5, windfall="0.02 [MEUR]", spread=1, cash=0.0001, within="[0, 900]"),
    debt="MEUR", rate="percent", windfall="kEUR", cash="MEUR", short="kEUR", left="EUR", gap="MEUR",
)  # fmt: skip


def test_a_study_in_other_units_has_the_same_results(study_of: Callable[..., Study]) -> None:
    plain = study_of(PLAIN).run(worlds=16, replications=1)
    scaled = study_of(SCALED).run(worlds=16, replications=1)
    assert scaled.outcome("left") == pytest.approx(plain.outcome("left"), rel=1e-12)
    assert 1e6 * scaled.outcome("gap") == pytest.approx(plain.outcome("gap"), rel=1e-12)
    assert scaled.payoff("north") == pytest.approx(plain.payoff("north"), rel=1e-12)


def test_each_thing_is_in_its_own_unit(study_of: Callable[..., Study]) -> None:
    study = study_of(SCALED)
    assert [str(stock.unit) for stock in study.model.stocks] == ["MEUR"]
    assert study.run(worlds=64, replications=1).worlds["windfall"].mean() == pytest.approx(20, abs=0.5)  # kEUR
    first = trace_cell(study.program, study.design(1, 1), 0, 0, replication=0).steps[0]
    assert first.things["stock"]["cash"] == pytest.approx(0.0001)


def test_a_power_and_a_quotient_take_the_scale_along() -> None:
    scales = {"km": (1000.0, parse_unit("m")), "h": (3600.0, parse_unit("s"))}
    assert in_base(parse_unit("km^2/h"), scales) == (1e6 / 3600.0, parse_unit("m^2/s"))
    assert in_base(parse_unit("kg"), scales) == (1.0, parse_unit("kg"))


@pytest.mark.parametrize(
    ("text", "found"),
    [("1e6 EUR", (1e6, parse_unit("EUR"))), ("0.01", (0.01, Unit())), (".5 * t/year", (0.5, parse_unit("t/year")))],
)
def test_a_scale_is_a_number_and_a_unit(text: str, found: tuple[float, Unit]) -> None:
    assert parse_scale(text) == found
    assert parse_unit(found[1].written) == found[1]


@pytest.mark.parametrize("text", ["", "EUR", "0 EUR", "-1 EUR", "1e999 EUR", "1e6EUR", "1 2 EUR", "1e6 EUR +"])
def test_anything_else_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="is not a"):
        parse_scale(text)


def test_a_bare_number_is_no_percentage(study_of: Callable[..., Study]) -> None:
    with pytest.raises(StudyError, match=r"should be in \[percent\], and `5` has no unit"):
        study_of(
            dedent("""
            units: {percent: 0.01}
            quantities: {share: {unit: percent, value: 5}}
            outcomes: {end: {measure: "final(share)", unit: percent, better: higher}}
        """)
        )
