"""Each mechanism lives in the equations it names: with its lever held fixed there, its expectations stop holding."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from functools import cache
from typing import Any

import pytest

from standoff.base.source import Span
from standoff.ensemble.claims import judge_expectations
from standoff.ensemble.running import Size
from standoff.evidence.testing import Answer
from standoff.language.experiments.contrasts import Setting
from standoff.language.experiments.expectations import Expectation, read_expectations
from standoff.language.experiments.experiments import quantile
from standoff.language.expressions.tree import Binary, Expr, Number, Reference, Symbol
from standoff.language.load import load_model
from standoff.language.model import Mechanism, Model

SIZE = Size(48, 16, 5)
Stand = Callable[[Span], Expr]


@cache
def model() -> Model:
    return load_model("korea")


def expectation_of(mechanism: Mechanism, i: int) -> Expectation:
    return read_expectations(mechanism.expect, model())[0][i]


def lever(expectation: Expectation) -> Symbol:
    assert expectation.contrast is not None
    (symbol,) = expectation.contrast.symbols(model())
    return symbol


def answer(tested: Model, expectation: Expectation) -> Answer:
    (judged,) = judge_expectations(tested, [("mechanism", "", expectation)], SIZE)
    return judged.verdict.answer


@cache
def unharmed() -> dict[tuple[str, int], Answer]:
    """What each expectation comes to on the study itself: all at once, as what they run is partly the same."""
    asked = [(m.name, i, expectation_of(m, i)) for m in model().mechanisms for i in (0, 1)]
    judged = judge_expectations(model(), [("mechanism", "", one) for *_, one in asked], SIZE)
    return {(name, i): each.verdict.answer for (name, i, _), each in zip(asked, judged, strict=True)}


@pytest.mark.parametrize("i", [0, 1], ids=["first", "second"])
@pytest.mark.parametrize("name", [mechanism.name for mechanism in load_model("korea").mechanisms])
def test_a_cut_link_makes_the_expectation_stop_holding(name: str, i: int) -> None:
    """Each mechanism has two expectations that nothing but its own equations can meet."""
    mechanism = next(m for m in model().mechanisms if m.name == name)
    expectation = expectation_of(mechanism, i)
    mutant, n_cut = cut(model(), mechanism.equation, lever(expectation))
    assert n_cut > 0
    assert unharmed()[name, i] == "holds"
    assert answer(mutant, expectation) != "holds"


def test_a_cut_leaves_everything_else_as_it_is() -> None:
    mutant, n_cut = cut(model(), ("influence_goal",), Symbol("stock", "axis"))
    assert n_cut == 1
    assert mutant.stocks == model().stocks
    assert [q.name for q in mutant.quantities if q not in model().quantities] == ["influence_goal"]


def cut(whole: Model, equations: tuple[str, ...], symbol: Symbol) -> tuple[Model, int]:
    """The model with a symbol replaced, in some equations only, by what it is without being moved."""
    stand, n_cut = stand_in(whole, symbol), 0
    same = (symbol, Symbol("offered", symbol.name)) if symbol.kind == "term" else (symbol,)

    def swapped(thing: Any) -> Any:
        nonlocal n_cut
        if isinstance(thing, Reference) and thing.symbol in same:
            n_cut += 1
            return stand(thing.span)
        if isinstance(thing, tuple):
            return tuple(swapped(item) for item in thing)
        if is_dataclass(thing) and not isinstance(thing, type | Span | Symbol):
            changed = {f.name: swapped(getattr(thing, f.name)) for f in fields(thing)}
            return replace(thing, **changed)
        return thing

    def of(things: tuple[Any, ...], keys: tuple[str, ...]) -> tuple[Any, ...]:
        return tuple(
            replace(t, **{key: swapped(getattr(t, key)) for key in keys}) if t.name in equations else t for t in things
        )

    stocks, events = of(whole.stocks, ("next",)), of(whole.events, ("rate", "given"))
    found = replace(whole, stocks=stocks, events=events, quantities=of(whole.quantities, ("value",)))
    return replace(found, digest=f"{whole.digest} without {symbol.name} in {equations}"), n_cut


def stand_in(whole: Model, symbol: Symbol) -> Stand:
    """A median for what is uncertain, a term's usual level, a stock's start, no event, a half for a quantity."""
    if symbol.kind == "quantity":
        return lambda span: Number(span, 0.5)
    if symbol.kind == "stock":
        tree = next(stock.start.tree for stock in whole.stocks if stock.name == symbol.name)
        return lambda span: replace(tree, span=span)
    if symbol.kind in ("event", "move"):
        return lambda span: Binary(span, "==", Number(span, 0.0), Number(span, 1.0))
    if symbol.kind == "term":
        usual = next(t.usual for d in whole.deals for t in d.terms if f"{d.name}.{t.name}" == symbol.name)
        return lambda span: Number(span, usual)
    middle = quantile(whole, Setting("quantile", symbol.name, 0.5, symbol))
    return lambda span: Number(span, middle)
