"""Equations as they are read: in the units that the study wrote, and with every option's worth beside it."""

from __future__ import annotations

from collections.abc import Callable

from standoff.ensemble.study import Study
from standoff.words.mathematics import equations_text


def test_equations_stand_in_the_units_of_the_study(study_of: Callable[..., Study]) -> None:
    model = study_of("""
        units: {kEUR: 1e3 EUR}
        constants: {fee: {value: 3, unit: kEUR, judgement: x}}
        stocks: {bill: {start: 0, unit: kEUR, next: "bill + fee + 60 [kEUR] + 5 [EUR]"}}
        outcomes: {end: {measure: final(bill), unit: kEUR, better: lower}}
        """).model
    assert dict(equations_text(model))["bill (next)"] == "bill + fee + 60 kEUR + 5 EUR"


def test_each_worth_stands_with_its_option(study_of: Callable[..., Study]) -> None:
    model = study_of("""
        stocks: {bill: {start: 1, next: "bill + (north == act)"}}
        strategies: {north: {leans: {weigh: {rest: "bill", act: "2"}, precision: 3}}}
        outcomes: {end: {measure: final(bill), better: lower}}
        """).model
    assert dict(equations_text(model))["north under leans"] == "weighs rest by bill, act by 2 at precision 3"
