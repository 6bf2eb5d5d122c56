"""Boxes of worlds in sentences, and what a second method makes of them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from standoff.analysis.discovery.discover import Box, Discovery, Limit
from standoff.analysis.discovery.second_opinion import SecondOpinion
from standoff.analysis.linchpins.regions import Region
from standoff.ensemble.study import Study
from standoff.language.model import Model
from standoff.words.sections.hinges_on import trade_off_words
from standoff.words.sentences.boxes import box_words, dropped_words, opinion_sentence, why_box

Build = Callable[..., Study]

ASSUMED = """
uncertainties:
  a: {about: first, range: [0, 1], unit: 1/year, judgement: any}
  b: {about: Second., range: [0, 1], judgement: any}
  c: {range: [0, 1], judgement: any}
payoffs: {north: {each: "a * 1 [year] + b + c"}}
outcomes: {sum: {measure: "mean(b)", better: lower}}
"""


@pytest.fixture
def model(study_of: Build) -> Model:
    return study_of(ASSUMED).model


def box(*limits: Limit, density: float = 0.5) -> Box:
    return Box(limits, 10, 5.0, 0.25, density, 0.1)


def test_a_box_between_two_limits(model: Model) -> None:
    assert box_words(model, box(Limit("b", low=0.25), Limit("b", high=0.5))) == (
        "“Second” is at least 0.25 and at most 0.50"
    )
    assert box_words(model, box(Limit("a", low=0.6), Limit("c", high=0.5))) == (
        "“First” is at least 0.60 a year and c is at most 0.50"
    )


@pytest.mark.parametrize(
    ("both", "prim", "cart", "said"),
    [
        (("a",), (), (), "Both methods name the same assumption."),
        (("a", "b"), (), (), "Both methods name the same assumptions."),
        (("a",), ("c",), ("b",), "Both methods name “First”; the box alone c and CART alone “Second”."),
        ((), ("c",), ("b",), "They name different assumptions: the box alone c and CART alone “Second”."),
    ],
)  # fmt: skip
def test_what_only_one_method_names_is_said(model: Model, both, prim, cart, said) -> None:
    best = box(*(Limit(name, low=0.6) for name in (*both, *cart)))
    sentence = opinion_sentence(model, SecondOpinion((), best, both, prim, cart))
    assert sentence.startswith("CART, which parts all worlds again and again, has them mostly where ")
    assert sentence.endswith(said)


def test_a_limit_that_was_left_out_is_said_whatever_it_is_called(study_of: Build) -> None:
    odd = study_of(ASSUMED.replace("about: Second.", "name: Are there bombs?, about: any")).model
    dropped = tuple(Limit(name, high=0.5, quasi_p=0.4) for name in "abc")
    found = Discovery((box(),), box(), None, None, dropped, None, 0.2, "PRIM")
    assert [text.partition(" was left out: ")[0] for text in dropped_words(odd, found)] == [
        "That “First” is at most 0.50 a year", "That “Are there bombs?” is at most 0.50", "That c is at most 0.50",
    ]  # fmt: skip


def test_what_a_box_and_the_leaves_hold_is_in_the_picture_s_words() -> None:
    opinion = SecondOpinion((box(density=0.4), box()), box(), ("a",), (), ())
    found = Discovery((box(),), box(Limit("a", low=0.6)), None, None, (), None, 0.2, "PRIM")
    assert trade_off_words(Region("better", "go", "stay", 0, 0.3, np.ones(1), found, opinion)) == (
        "PRIM’s recommended box holds 25\u202f% of these worlds; 50\u202f% of its worlds are of this kind. CART’s 2 "
        "leaves: 25\u202f% and 40\u202f%; 25\u202f% and 50\u202f%"
    )


def test_worlds_that_are_alike_have_no_leaf(model: Model) -> None:
    assert "finds no leaf" in opinion_sentence(model, SecondOpinion((), None, (), (), ()))


def test_a_box_says_what_speaks_for_it(model: Model) -> None:
    best, more = box(Limit("a", low=0.6)), box(Limit("a", low=0.6), Limit("b", low=0.1), density=0.55)
    dropped = (Limit("c", low=0.2, quasi_p=0.4),)
    found = Discovery((box(),), best, more, None, dropped, None, 0.2, "PRIM")
    assert why_box(model, found) == (
        "Why this box: Naming 2 assumptions instead of 1 (“Second” too) would give coverage 25\u202f% and density "
        "55\u202f%: too little gain for a longer story. A further limit was left out, as chance alone would do as well."
    )
    assert dropped_words(model, found) == (
        "That c is at least 0.20 was left out: chance alone would do as well with probability 0.40.",
    )
