"""Warnings on what a study says and does not use, does not found, or would compute badly."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import prod

from standoff.base.problems import Problem
from standoff.base.source import Span
from standoff.language.checks.ranges import support
from standoff.language.expressions.tree import Call, Expr, Kind, Reference, Symbol, children, walk
from standoff.language.meaning.folding import constants_of, fold
from standoff.language.model import Event, Model
from standoff.language.model.contents import entries_of
from standoff.language.model.order import LOOKING_BACK
from standoff.language.model.reads import symbols_read

__all__ = [
    "MANY_PROFILES",
    "MOST_PROFILES",
    "RARE",
    "check_idle",
    "check_names",
    "check_profiles",
    "check_rare_events",
    "check_settled",
    "check_sources",
    "check_unused",
]

LONGEST_TITLE = 28
"""Letters that a heading or an axis has room for."""
MANY_PROFILES = 20_000
MOST_PROFILES = 10_000_000
RARE = 0.05
_SECONDS = 0.32e-9  # an equation of a future's step, compiled, on one core of 2024; the bundled studies: 0.19 to 0.58
_USUAL_WORLDS = 1_000
_USUAL_REPLICATIONS = 8
_PASSED = {
    "payoffs": (*LOOKING_BACK, "chance"),
    "outcomes": ("previous", "since", "age", "chance", "ever", "first", "final"),  # `count` adds what is drawn
}
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def check_unused(model: Model) -> Iterator[Problem]:
    """Every assumption, draw, series and term is read by something, at least in one variant."""
    if model.applied:
        return
    used = {node.symbol for e in entries_of(model) for node in walk(e.expression.tree) if isinstance(node, Reference)}
    used |= {report.of for report in model.reports} | symbols_read((model.parameters, model.report))
    kept = {  # a stock whose own equation alone reads it leads nowhere
        node.symbol
        for e in entries_of(model)
        for node in walk(e.expression.tree)
        if isinstance(node, Reference) and (e.section, e.thing) != ("stocks", node.symbol.name)
    }
    kept |= {report.of for report in model.reports} | symbols_read(model.report)
    used = {symbol for symbol in used if symbol.kind != "stock" or symbol in kept}
    bounds = (*(s.ends for s in model.stocks), *(p.spread.ends for p in model.parameters if p.spread is not None))
    used |= {Symbol("constant", name) for ends in bounds for name in ends if name is not None}
    words = {word for variant in model.variants for word in _WORD.findall(variant.patch.span.text)}
    things: list[tuple[Kind, str, Span]] = [(p.kind, p.name, p.span) for p in model.parameters]
    things += [("stock", stock.name, stock.span) for stock in model.stocks]
    things += [("draw", draw.name, draw.span) for draw in model.draws]
    things += [("series", series.name, series.span) for series in model.series]
    things += [("term", f"{deal.name}.{term.name}", term.span) for deal in model.deals for term in deal.terms]
    used |= {Symbol("term", symbol.name) for symbol in used if symbol.kind == "offered"}
    for kind, name, span in things:
        if Symbol(kind, name) not in used and name.rpartition(".")[2] not in words:
            message = f"nothing reads the {kind} `{name}`"
            yield Problem("unused", span, message, "use it in an equation, or remove it")


def check_sources(model: Model) -> Iterator[Problem]:
    """Every assumption says why it is what it is."""
    for parameter in model.parameters:
        reason = parameter.reason
        if not (reason.cites or reason.facts or reason.judgement):
            message = f"`{parameter.name}` does not say why it is what it is"
            advice = "add `cites: [claim]`, `fact: F123`, or `judgement:` with a sentence"
            yield Problem("unsourced", parameter.span, message, advice)


def check_names(model: Model) -> Iterator[Problem]:
    """What stands in headings and on axes has a short name where what it is about is long."""
    things: list[tuple[str, Span, str | None]] = [
        (thing.name, thing.span, thing.about)
        for group in (model.parameters, model.outcomes, model.profiles)
        for thing in group
        if thing.title is None
    ]
    for name, span, about in things:
        if len(about or "") > LONGEST_TITLE:
            message = f"`{name}` has no name for headings and axes, and what it is about is long: “{about}”"
            yield Problem("unnamed", span, message, f"give it a `name` of at most four words, such as “{_short(name)}”")


def _short(name: str) -> str:
    """A name of the model in at most four words, its first letter large."""
    said = " ".join(name.split("_")[:4])
    return said[:1].upper() + said[1:]


def check_idle(model: Model) -> Iterator[Problem]:
    """Every actor chooses something, and something depends on it."""
    own = {strategy.name: strategy.actor for strategy in model.strategies}
    families = {choice.family: choice.actor for choice in model.choices}
    heard: set[str] = set()
    for entry in entries_of(model):
        reader = own[entry.thing] if entry.section == "strategies" else None
        for node in walk(entry.expression.tree):
            if isinstance(node, Reference) and node.symbol.kind == "choice":
                chooser = families[node.symbol.name]
                heard |= {chooser} - {reader}
    for actor in model.actors:
        if actor.name not in families.values():
            message = f"`{actor.name}` has nothing to choose"
            yield Problem("actor-idle", actor.span, message, "give it `choices`, or leave it out of `actors`")
        elif actor.name not in heard:
            message = f"nothing depends on what `{actor.name}` chooses"
            yield Problem("actor-idle", actor.span, message, "let an equation read its choice, or leave the actor out")


def check_rare_events(model: Model) -> Iterator[Problem]:
    """Payoffs and outcomes go by a rare event's chance, which has far less noise than the drawn event."""
    rare = {event.name: event for event in model.events if _is_rare(model, event)}
    places = [(p.each, "payoffs") for p in model.payoffs] + [(o.measure, "outcomes") for o in model.outcomes]
    for expression, section in places:
        if expression is None:
            continue
        for reference in _drawn(expression.tree, section):
            event = rare.get(reference.symbol.name)
            if event is None or reference.symbol.kind != "event":
                continue
            message = f"`{event.name}` is rare, so that counting it as drawn makes this noisy"
            advice = f"write `chance({event.name})`, which has the same mean"
            if event.ends and section == "payoffs":
                advice = f"pay it as `worth` of `{event.name}`, which goes by its chance"
            elif section == "outcomes":
                advice = f"write `total(chance({event.name}))`, which has the same mean"
            yield Problem("rare-event-payoff", reference.span, message, advice)


def check_profiles(model: Model) -> Iterator[Problem]:
    """There are not more combinations of strategies than can sensibly be run all together."""
    counts = dict.fromkeys(model.players, 0)
    for strategy in model.strategies:
        counts[strategy.actor] += prod(len(levels) for _, levels in strategy.settings)
    n_profiles = prod(counts.values())
    if n_profiles <= MANY_PROFILES:
        return
    largest = max(counts, key=lambda actor: counts[actor])
    span = next(strategy.span for strategy in model.strategies if strategy.actor == largest)
    n_equations = sum(1 for _ in entries_of(model))
    futures = n_profiles * _USUAL_WORLDS * _USUAL_REPLICATIONS
    seconds = futures * model.clock.steps * n_equations * _SECONDS
    message = (
        f"the strategies make {n_profiles:,} profiles; {_USUAL_WORLDS:,} worlds of {_USUAL_REPLICATIONS} replications"
        f" take about {_duration(seconds)} on one core"
    )
    has_settings = any(strategy.settings for strategy in model.strategies if strategy.actor == largest)
    fewer = "give fewer levels to the `settings`" if has_settings else "leave out strategies"
    advice = f"{fewer} of `{largest}`, or run some: `--profiles 5000 designed`"
    if n_profiles > MOST_PROFILES:
        message = f"the strategies make {n_profiles:,} profiles, and at most {MOST_PROFILES:,} can be run together"
    yield Problem("many-profiles", span, message, advice)


def check_settled(model: Model) -> Iterator[Problem]:
    """Conditions depend on something, unless it is a constant that a variant changes."""
    constants = constants_of(model)
    patched = {word for variant in model.variants for word in _WORD.findall(variant.patch.span.text)}
    steady = {name: value for name, value in constants.items() if name not in patched and not model.applied}
    for entry in entries_of(model):
        folded = fold(entry.expression.tree, steady)
        settled = list(folded.settled)
        if entry.key in ("when", "given", "during") and isinstance(folded.value, bool):
            settled.append((entry.expression.tree, folded.value))
        for test, truth in settled:
            message = f"this condition is {'always' if truth else 'never'} true"
            advice = "remove it" if truth else "remove what it guards, or let it depend on what happens"
            yield Problem("condition-settled", test.span, message, advice)


def _is_rare(model: Model, event: Event) -> bool:
    if event.kind == "count":
        return False
    if event.ends:
        return True
    value = fold(event.rate.tree, constants_of(model)).value
    tree = event.rate.tree
    if isinstance(tree, Reference) and tree.symbol.kind in ("uncertainty", "value"):
        bounds = support(next(p for p in model.parameters if p.name == tree.symbol.name))
        value = None if bounds is None else bounds[1]
    return isinstance(value, float) and value * model.clock.years(event.per) <= RARE


def _drawn(tree: Expr, section: str) -> Iterator[Reference]:
    """References to what is drawn: not behind `chance`, nor behind what looks back or has no chance to go by."""
    passed = _PASSED[section]
    stack = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, Reference):
            yield node
        elif not (isinstance(node, Call) and node.function in passed):
            stack.extend(reversed(children(node)))


def _duration(seconds: float) -> str:
    for length, name in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= 2 * length:
            return f"{seconds / length:,.0f} {name}"
    return f"{seconds:.0f} seconds"
