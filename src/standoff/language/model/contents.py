"""Every equation that stands in a model, with what it belongs to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from standoff.language.model import Expression, Mode, Model, Strategy, Weighing

__all__ = ["Entry", "entries_of", "entries_of_strategy"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One equation: the section and thing it stands under, and its key (`next`, `when`, …)."""

    section: str
    thing: str
    key: str
    expression: Expression


def entries_of(model: Model) -> Iterator[Entry]:
    """All equations of a model, section by section."""
    yield from _of_state(model)
    yield from _of_events(model)
    for strategy in model.strategies:
        yield from entries_of_strategy(strategy)
    for payoff in model.payoffs:
        yield from _some("payoffs", payoff.actor, each=payoff.each, final=payoff.final, discount=payoff.discount)
    for outcome in model.outcomes:
        yield from _some("outcomes", outcome.name, measure=outcome.measure)
    for deal in model.deals:
        yield from _some("deals", deal.name, during=deal.during)
        for _, condition in deal.keeps:
            yield from _some("deals", deal.name, keeps=condition)
    for check in model.checks:
        yield from _some("checks", check.name, condition=check.condition)


def entries_of_strategy(strategy: Strategy) -> Iterator[Entry]:
    """All equations of a strategy, in the order of the file."""
    for _, rules in strategy.rules:
        if isinstance(rules, Weighing):
            for worth in rules.worths:
                yield from _some("strategies", strategy.name, weigh=worth)
            yield from _some("strategies", strategy.name, precision=rules.precision)
        else:
            for rule in rules:
                yield from _some("strategies", strategy.name, when=rule.when, then=rule.then)


def _of_state(model: Model) -> Iterator[Entry]:
    for stock in model.stocks:
        yield from _some("stocks", stock.name, start=stock.start, next=stock.next, growth=stock.growth)
    for mode in model.modes:
        yield from _of_mode(mode)
    for quantity in model.quantities:
        yield from _some("quantities", quantity.name, value=quantity.value)
    for report in model.reports:
        yield from _some("quantities", report.name, noise=report.noise)


def _of_mode(mode: Mode) -> Iterator[Entry]:
    for move in mode.moves:
        parts = {"when": move.when, "chance": move.chance, "hazard": move.hazard, "shape": move.shape}
        yield from _some("modes", move.name, **parts)


def _of_events(model: Model) -> Iterator[Entry]:
    for draw in model.draws:
        for argument in draw.arguments:
            yield from _some("draws", draw.name, distribution=argument)
    for event in model.events:
        yield from _some("events", event.name, given=event.given)
        yield Entry("events", event.name, event.kind, event.rate)
        yield from _some("events", event.name, dispersion=event.dispersion)
        for _, worth in event.worth:
            yield from _some("events", event.name, worth=worth)


def _some(section: str, thing: str, **expressions: Expression | None) -> Iterator[Entry]:
    for key, expression in expressions.items():
        if expression is not None:
            yield Entry(section, thing, key, expression)
