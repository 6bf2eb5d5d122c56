"""What an expectation measures: an outcome, a payoff, or a thing of a step taken over time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from standoff.base.problems import Problem, suggest
from standoff.base.source import Span
from standoff.language.expressions.tree import Binary, Call, Conditional, Expr, Kind, Number, Option, Reference, Symbol
from standoff.language.model import Model
from standoff.language.model.influence import read_by_outcome, read_by_payoff
from standoff.language.text.reader import Scalar

__all__ = ["REDUCERS", "WAITING", "Measure", "read_measure", "things_of_a_step", "waiting_for"]

REDUCERS = ("mean", "final", "peak", "minimum", "total")
WAITING = "waiting for"
"""How the name of a wait begins."""
_PAYOFF = re.compile(r"payoff\(\s*(\w+)\s*\)")
_STATE = re.compile(r"(\w+(?:\.\w+)?)\s*(?:==\s*|\.)(\w+)")


@dataclass(frozen=True, slots=True)
class Measure:
    """What is measured: an outcome or payoff by name, or the tree of an outcome to be added to the model.

    `symbols` are what it is made of, `better` which direction is better, where one is.
    """

    kind: Literal["outcome", "payoff", "tree"]
    name: str
    says: str
    symbols: frozenset[Symbol]
    tree: Expr | None = None
    better: Literal["lower", "higher"] | None = None


def read_measure(named: Scalar, over: str | None, model: Model, problems: list[Problem]) -> Measure | None:
    """What a name measures; a problem and None where it names nothing that can be.

    Args:
        named: An outcome, `payoff(actor)`, an actor, a stock, quantity, event, move, or `mode.state`.
        over: A reducer for a thing of a step, or None for its usual one: chances for events and moves, the
            mean over time for all else. Outcomes and payoffs have none.
        model: The model.
        problems: Problems are added here.
    """
    text = named.text.strip()
    whole = _whole(text, model)
    if whole is not None and over is None:
        return whole
    if whole is not None and whole.kind == "payoff":
        problems.append(Problem("expectation", named.span, "a payoff is a sum over time already", "remove `over`"))
        return None
    part = _part(named, text, over, model)
    if part is not None:
        return part
    if whole is not None:
        message = f"`{text}` is an outcome, which has its own way over time"
        problems.append(Problem("expectation", named.span, message, "remove `over`"))
        return None
    known = [outcome.name for outcome in model.outcomes] + [*things_of_a_step(model)]
    if any(parameter.name == text for parameter in model.parameters):
        message = f"`{text}` is a number that nothing in the model moves"
        problems.append(Problem("expectation", named.span, message, "name what it bears on"))
    else:
        problems.append(Problem("unknown-name", named.span, f"nothing is named `{text}`", suggest(text, known)))
    return None


def waiting_for(named: Scalar, model: Model, problems: list[Problem]) -> Measure | None:
    """The share of the clock that passes until an event or move first happens; all of it where it never does.

    This is the restricted mean waiting time: it exists in every future, so it can be averaged and compared.

    Reference:
        P. Royston and M. K. B. Parmar, Restricted mean survival time, BMC Medical Research Methodology 13
        (2013), 152.
    """
    text, span = named.text.strip(), named.span
    symbol = things_of_a_step(model, ("event", "move")).get(text)
    if symbol is None:
        known = list(things_of_a_step(model, ("event", "move")))
        message = f"no event or move is named `{text}`"
        problems.append(Problem("unknown-name", span, message, suggest(text, known, "events")))
        return None
    event = next((event for event in model.events if event.name == text), None)
    if event is not None and event.ends:
        message = f"`{text}` ends a future, so what comes before it is not observed"
        problems.append(Problem("expectation", span, message, f"write `raises: {text}` or `lowers: {text}`"))
        return None
    happened: Expr = Reference(span, symbol)
    if event is not None and event.kind == "count":
        happened = Binary(span, ">", happened, Number(span, 0.0))
    since = Call(span, "since", span, (happened,))
    never = Binary(span, ">=", since, Number(span, float(model.clock.steps)))
    waiting = Conditional(span, Number(span, 1.0), never, Number(span, 0.0))
    tree = Call(span, "mean", span, (waiting,))
    return Measure("tree", f"{WAITING} {text}", f"the wait for `{text}`", frozenset((symbol,)), tree=tree)


def things_of_a_step(model: Model, kinds: tuple[Kind, ...] | None = None) -> Mapping[str, Symbol]:
    """Everything that has a value in a step, by its name."""
    groups: tuple[tuple[Kind, tuple[str, ...]], ...] = (
        ("stock", tuple(stock.name for stock in model.stocks)),
        ("quantity", tuple(quantity.name for quantity in model.quantities)),
        ("report", tuple(report.name for report in model.reports)),
        ("draw", tuple(draw.name for draw in model.draws)),
        ("event", tuple(event.name for event in model.events)),
        ("move", tuple(move.name for mode in model.modes for move in mode.moves)),
        ("mode", tuple(mode.name for mode in model.modes)),
        ("choice", tuple(choice.family for choice in model.choices)),
        ("term", tuple(f"{deal.name}.{term.name}" for deal in model.deals for term in deal.terms)),
    )
    return {name: Symbol(kind, name) for kind, names in groups for name in names if kinds is None or kind in kinds}


def _whole(text: str, model: Model) -> Measure | None:
    """An outcome, or a payoff."""
    outcome = next((outcome for outcome in model.outcomes if outcome.name == text), None)
    if outcome is not None:
        return Measure("outcome", text, f"`{text}`", read_by_outcome(model, text), better=outcome.better)
    found = _PAYOFF.fullmatch(text)
    actor = found.group(1) if found else text
    if any(payoff.actor == actor for payoff in model.payoffs):
        says = f"the payoff of `{actor}`"
        return Measure("payoff", actor, says, read_by_payoff(model, actor), better="higher")
    return None


def _part(named: Scalar, text: str, over: str | None, model: Model) -> Measure | None:
    """A thing of a step, taken over time."""
    span = named.span
    symbol = things_of_a_step(model).get(text)
    if symbol is not None and symbol.kind not in ("mode", "choice"):
        event = next((event for event in model.events if symbol.kind == "event" and event.name == text), None)
        if symbol.kind == "move" or (event is not None and event.kind != "count"):
            tree = _chance(symbol, over, span)
        else:
            tree = Call(span, over or "mean", span, (_number(symbol, model, span),))
        return Measure("tree", f"{over or 'mean'} of {text}", _says(text, over), frozenset((symbol,)), tree=tree)
    found = _STATE.fullmatch(text)
    families = model.families()
    if found is None or found.group(1) not in families or found.group(2) not in families[found.group(1)]:
        return None
    family, option = found.groups()
    held = things_of_a_step(model, ("mode", "choice"))[family]
    index = families[family].index(option)
    test = Binary(span, "==", Reference(span, held), Option(span, family, index, option))
    tree = Call(span, over or "mean", span, (_truth(test, span),))
    return Measure("tree", f"{over or 'mean'} of {family}.{option}", _says(text, over), frozenset((held,)), tree=tree)


def _says(text: str, over: str | None) -> str:
    words = {
        "final": "at the end",
        "peak": "at its highest",
        "minimum": "at its lowest",
        "total": "in all",
        "mean": "on average",
        None: "",
    }
    return f"`{text}` {words[over]}".strip()


def _chance(symbol: Symbol, over: str | None, span: Span) -> Expr:
    """Whether it ever happens; over time, in each step."""
    if over is None:
        return Call(span, "ever", span, (Reference(span, symbol),))
    return Call(span, over, span, (_truth(Reference(span, symbol), span),))


def _number(symbol: Symbol, model: Model, span: Span) -> Expr:
    quantity = next((q for q in model.quantities if symbol == Symbol("quantity", q.name)), None)
    reference = Reference(span, symbol)
    return _truth(reference, span) if quantity is not None and quantity.value.type.kind == "truth" else reference


def _truth(test: Expr, span: Span) -> Expr:
    return Conditional(span, Number(span, 1.0), test, Number(span, 0.0))
