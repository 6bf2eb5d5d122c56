"""Do-experiments as models: what to change in a model, and what to measure besides its outcomes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np

from standoff.base.chance import distributions
from standoff.base.source import Span
from standoff.language.experiments.contrasts import Contrast, Setting
from standoff.language.experiments.expectations import Expectation
from standoff.language.experiments.measures import Measure
from standoff.language.expressions.tree import Binary, Call, Expr, Number
from standoff.language.model import Expression, Imposition, Model, Outcome, Parameter, Stock

_How = Literal["never", "always", "at", "option", "number", "series"]

__all__ = ["Arm", "arms", "quantile", "with_measures", "with_settings"]


@dataclass(frozen=True, slots=True)
class Arm:
    """One side of an experiment; two expectations with the same arm can share its run.

    Attributes:
        variant: A variant to load the study with; empty for the study itself.
        settings: Changes to the model, for `with_settings`.
        columns: Uncertainties and values that are held at a number in every world.
        levels: Levels of deals' terms, by `deal.term`.
        where: For some actors the strategies that are averaged over; all where an actor is not named.
    """

    variant: str = ""
    settings: tuple[Setting, ...] = ()
    columns: tuple[tuple[str, float], ...] = ()
    levels: tuple[tuple[str, float], ...] = ()
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()


def arms(expectation: Expectation, model: Model) -> tuple[Arm, ...]:
    """The sides to run.

    Returns:
        For an effect (before, after). For an effect that is weakened or strengthened four: its own before and
        after, first with the other thing before, then with it after. For bounds one.
    """
    plain = Arm(where=tuple(sorted(expectation.where)))
    if expectation.contrast is None:
        return (plain,)
    outer = _sides(plain, expectation.contrast, model)
    if expectation.effect is None:
        return outer
    return tuple(arm for side in outer for arm in _sides(side, expectation.effect, model))


def with_settings(model: Model, settings: Iterable[Setting]) -> Model:
    """The model with things shifted, multiplied or held by hand. Its digest tells what was changed."""
    changes = tuple(settings)
    for setting in changes:
        model = _imposed(model, setting) if setting.how == "impose" else _moved(model, setting)
    return _marked(model, [(s.how, s.name, s.value, s.word) for s in changes])


def with_measures(model: Model, measures: Sequence[Measure]) -> Model:
    """The model with an outcome more for each measure that is none of its own, under the measure's name."""
    known = {outcome.name for outcome in model.outcomes}
    added: dict[str, Outcome] = {}
    for measure in measures:
        if measure.tree is not None and measure.name not in known:
            expression = Expression(measure.tree.span, measure.tree)
            added[measure.name] = Outcome(
                measure.name, measure.tree.span, measure.says, expression.unit, expression, "higher"
            )
    model = replace(model, outcomes=(*model.outcomes, *added.values()))
    return _marked(model, sorted(added))


def quantile(model: Model, setting: Setting) -> float:
    """The number at a quantile of an uncertainty or value, or of a deal's term with its levels alike."""
    share = np.array([min(max(float(setting.value), 1e-9), 1 - 1e-9)])
    if setting.symbol is not None and setting.symbol.kind == "term":
        levels = next(sorted(t.levels) for d in model.deals for t in d.terms if f"{d.name}.{t.name}" == setting.name)
        return float(levels[int(distributions.level_index(share, [1.0] * len(levels))[0])])
    return _quantile(next(p for p in model.uncertain if p.name == setting.name), share)


def _sides(arm: Arm, contrast: Contrast, model: Model) -> tuple[Arm, ...]:
    return tuple(_set(arm, setting, model) for setting in (contrast.before, contrast.after))


def _set(arm: Arm, setting: Setting, model: Model) -> Arm:
    match setting.how:
        case "variant":
            return replace(arm, variant=str(setting.value))
        case "strategy":
            others = tuple(entry for entry in arm.where if entry[0] != setting.name)
            return replace(arm, where=tuple(sorted((*others, (setting.name, (str(setting.value),))))))
        case "quantile":
            held = (setting.name, quantile(model, setting))
            if setting.symbol is not None and setting.symbol.kind == "term":
                return replace(arm, levels=(*arm.levels, held))
            return replace(arm, columns=(*arm.columns, held))
        case _:
            return replace(arm, settings=(*arm.settings, setting))


def _quantile(parameter: Parameter, share: distributions.Array) -> float:
    spread = parameter.spread
    assert spread is not None
    if spread.levels:
        order = sorted(range(len(spread.levels)), key=lambda i: spread.levels[i])
        weights = [spread.weights[i] for i in order]
        return spread.levels[order[int(distributions.level_index(share, weights)[0])]]
    distribution = distributions.DISTRIBUTIONS[spread.distribution]
    low, high = spread.within
    if low is None and high is None:
        return float(np.asarray(distribution.quantile(share, *spread.arguments)).item())
    ends = (-np.inf if low is None else low, np.inf if high is None else high)
    found = distributions.truncated_quantile(distribution, share, spread.arguments, *ends)
    return float(np.asarray(found).item())


def _imposed(model: Model, setting: Setting) -> Model:
    assert setting.symbol is not None
    span = Span(model.source, 0, 0)
    value = setting.value if setting.word in ("option", "number", "at") else None
    held = Imposition(setting.symbol, span, next(how for how in get_args(_How) if how == setting.word), value)
    others = tuple(i for i in model.impositions if i.target != setting.symbol)
    return replace(model, impositions=(*others, held))


def _moved(model: Model, setting: Setting) -> Model:
    """A constant's value, a stock's start or a quantity's equation, moved."""
    symbol = setting.symbol
    assert symbol is not None and not isinstance(setting.value, str)
    if symbol.kind == "constant":
        parameters = tuple(_moved_constant(p, setting) if p.name == symbol.name else p for p in model.parameters)
        return replace(model, parameters=parameters)
    if symbol.kind == "stock":
        stocks = tuple(_moved_start(stock, setting) if stock.name == symbol.name else stock for stock in model.stocks)
        return replace(model, stocks=stocks)
    quantities = tuple(
        replace(q, value=replace(q.value, tree=_changed(q.value.tree, setting))) if q.name == symbol.name else q
        for q in model.quantities
    )
    return replace(model, quantities=quantities)


def _moved_start(stock: Stock, setting: Setting) -> Stock:
    tree = _within(_changed(stock.start.tree, setting), stock.within)
    return replace(stock, start=replace(stock.start, tree=tree))


def _moved_constant(parameter: Parameter, setting: Setting) -> Parameter:
    assert parameter.value is not None and not isinstance(setting.value, str)
    moved = parameter.value + setting.value if setting.how == "shift" else parameter.value * setting.value
    return replace(parameter, value=moved)


def _changed(tree: Expr, setting: Setting) -> Expr:
    return Binary(tree.span, "+" if setting.how == "shift" else "*", tree, Number(tree.span, float(setting.value)))


def _within(tree: Expr, ends: tuple[float | None, float | None]) -> Expr:
    low, high = ends
    if low is not None:
        tree = Call(tree.span, "max", tree.span, (tree, Number(tree.span, low)))
    if high is not None:
        tree = Call(tree.span, "min", tree.span, (tree, Number(tree.span, high)))
    return tree


def _marked(model: Model, what: object) -> Model:
    if not what:
        return model
    digest = hashlib.blake2b(f"{model.digest} {what!r}".encode(), digest_size=16).hexdigest()
    return replace(model, digest=digest)
