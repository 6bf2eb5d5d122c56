"""The causal map: links and signs that can be read off the equations by hand."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from standoff.analysis.structure.causal import CausalMap, Edge, causal_map
from standoff.ensemble.study import Study, load

Build = Callable[..., Study]


def _edge(found: CausalMap, source: str, target: str) -> Edge | None:
    return next((e for e in found.edges if (e.source, e.target, e.rule) == (source, target, False)), None)


@pytest.mark.parametrize(
    ("equation", "sign"),
    [
        ("a + 2 * b", "+"),
        ("a - 2 * b", "−"),
        ("a + weight * b", "+"),
        ("a + either * b", ""),
        ("a - exp(b)", "−"),
        ("a + exp(-b)", "−"),
        ("a / (1 + b)", "−"),
        ("a * b", "+"),
        ("a + max(b, 3)", "+"),
        ("a + (b > 2)", "+"),
        ("a + (1 if b > 2 else 5)", "−"),
        ("a + (7 if b > 2 else 5)", "+"),
        ("a + logistic(3 - b)", "−"),
        ("a + table(b, 0, 5, 1, 3, 2, 3)", "−"),
        ("a + table(b, 0, 5, 1, 3, 2, 4)", ""),
        ("a + abs(b)", "+"),
        ("a + b ** 2", "+"),
        ("a + 0.5 ** b", "−"),
        ("a + previous(b)", "+"),
        ("a + b * (1 - b)", ""),
        ("a + through", "−"),
    ],
)
def test_a_sign_is_given_where_the_derivative_has_one(study_of: Build, equation: str, sign: str) -> None:
    study = study_of(f"""
        uncertainties:
          weight: {{about: w, range: [0.1, 2], judgement: a test}}
          either: {{about: e, range: [-1, 1], judgement: a test}}
        quantities: {{through: {{value: "-3 * b"}}}}
        stocks:
          a: {{start: 1, within: [0, null], next: "{equation}"}}
          b: {{start: 1, within: [0, null], next: "b"}}
        outcomes: {{end: {{measure: "final(a + weight + either + through)", better: lower}}}}
    """)
    edge = _edge(causal_map(study.model), "b", "a")
    assert edge is not None
    assert edge.sign == sign
    assert edge.through == (("through",) if equation.endswith("through") else ())


def test_stocks_that_cannot_become_negative_are_known_not_to(study_of: Build) -> None:
    """x · y rises in x only if y is never negative: y grows from 1 by a positive factor of itself, z falls."""
    study = study_of("""
        stocks:
          x: {start: 1, next: "x * y"}
          y: {start: 1, next: "1.1 * y"}
          z: {start: 1, next: "z - 1"}
          w: {start: 1, next: "w + z * x"}
        outcomes: {end: {measure: "final(x + w)", better: lower}}
    """)
    found = causal_map(study.model)
    assert [_edge(found, "y", "x").sign, _edge(found, "x", "w").sign] == ["+", ""]


def test_what_cancels_is_no_link(study_of: Build) -> None:
    study = study_of("""
        stocks:
          a: {start: 1, next: "a + 0 * b"}
          b: {start: 1, next: "b"}
        outcomes: {end: {measure: "final(a)", better: lower}}
    """)
    assert _edge(causal_map(study.model), "b", "a") is None


def test_the_example_of_the_language() -> None:
    found = causal_map(load("rivals").model)
    signs = {(e.source, e.target): e.sign for e in found.edges if not e.rule}
    assert signs["arms_south", "arms_north"] == "+"
    assert signs["caught", "trust"] == "−"
    assert signs["trust", "clashes"] == "−"
    assert signs["clashes", "crisis"] == signs["crisis", "war"] == "+"
    assert signs["pause", "race"] == ""
    rules = {(e.source, e.target) for e in found.edges if e.rule}
    assert {("exposed", "north"), ("south.line", "north"), ("trust", "south.line")} <= rules
    kinds = {node.name: node.kind for node in found.nodes}
    assert (kinds["race"], kinds["lapse"], kinds["south.word"]) == ("mode", "move", "choice")


def test_a_deals_terms_link_what_puts_it_in_force() -> None:
    found = causal_map(load("korea").model)
    edge = _edge(found, "channel", "un_regime")
    assert edge is not None
    assert edge.through == ("freeze.relief",)
    axis = _edge(found, "axis", "enforcement")
    assert axis is not None
    assert (axis.sign, axis.through) == ("−", ("russian_effort",))
