"""The state and what happens in a step: choices, modes, stocks, quantities, reports, draws, events."""

from __future__ import annotations

from collections.abc import Sequence as SequenceOf
from typing import Literal

from standoff.base.chance.counts import MOST_COUNT
from standoff.base.chance.distributions import DISTRIBUTIONS
from standoff.base.units import DIMENSIONLESS
from standoff.language.building.draft import Draft
from standoff.language.building.parameters import read_distribution
from standoff.language.meaning.equations import PERIODS
from standoff.language.meaning.places import START, STEP
from standoff.language.meaning.resolve import Resolver
from standoff.language.model import Choice, Draw, Event, Expression, Mode, Move, Quantity, Report, Stock
from standoff.language.text.fields import entries, mapping, nodes, number, scalar, scalars, text, texts, truth
from standoff.language.text.reader import Mapping, Scalar

__all__ = [
    "build_choices",
    "build_draws",
    "build_events",
    "build_modes",
    "build_quantities",
    "build_reports",
    "build_stocks",
    "resolve_quantities",
]

_KINDS: tuple[Literal["chance", "hazard", "count"], ...] = ("chance", "hazard", "count")


def build_choices(draft: Draft) -> tuple[Choice, ...]:
    """The dimensions of every actor's action, with their options checked for repetition."""
    found: list[Choice] = []
    for actor, node in mapping(draft.study, "choices").items:
        if not draft.is_actor(actor):
            continue
        has_several = isinstance(node, Mapping) and node.get("options") is None
        dimensions = node.items if has_several and isinstance(node, Mapping) else ((actor, node),)
        for dimension, inner in dimensions:
            listed = inner.get("options") if isinstance(inner, Mapping) else inner
            members = tuple(member for member in nodes(listed) if isinstance(member, Scalar))
            _check_repeated(draft, members, "option")
            name = dimension.text if has_several else ""
            seen_by = draft.seen_by(inner) if isinstance(inner, Mapping) else None
            found.append(Choice(actor.text, name, dimension.span, tuple(m.text for m in members), seen_by=seen_by))
    return tuple(found)


def build_modes(draft: Draft) -> tuple[Mode, ...]:
    """Modes with their moves."""
    found: list[Mode] = []
    for name, node in entries(draft.study, "modes"):
        states = texts(node, "states")
        if not states:
            continue
        _check_repeated(draft, scalars(node, "states"), "state")
        start = _states(draft, name, states, scalars(node, "start"))
        moves = tuple(
            move
            for inner in nodes(node.get("moves"))
            if isinstance(inner, Mapping) and (move := _move(draft, name, states, inner)) is not None
        )
        found.append(
            Mode(
                name.text, name.span, states, start[0] if start else 0, moves=moves,
                final=_states(draft, name, states, scalars(node, "final")), seen_by=draft.seen_by(node),
                about=text(node, "about"),
            )
        )  # fmt: skip
    return tuple(found)


def build_stocks(draft: Draft) -> tuple[Stock, ...]:
    """Stocks; a start written as a bare number is in the stock's unit."""
    found: list[Stock] = []
    for name, node in entries(draft.study, "stocks"):
        unit = draft.unit(name.text)
        start = draft.equations.number(
            scalar(node, "start"), START, unit, f"the start of `{name.text}`", literal_fits=True
        )
        growth, per = None, PERIODS["step"]
        if node.get("growth") is not None:
            growth, per = draft.equations.rate(node, "growth", name.text)
        elif (written := node.key("per")) is not None:
            draft.report("keys-together", written.span, "`per` is the time of a `growth`, and there is none",
                         "multiply rates in `next` by `years(1)`")  # fmt: skip
        found.append(
            Stock(
                name.text, name.span, unit, start,
                next=_optional_number(draft, node, "next", name, exact=True), growth=growth, per=per,
                within=draft.within(node, unit),
                seen_by=draft.seen_by(node), about=text(node, "about"), ends=draft.ends_named(node),
            )
        )  # fmt: skip
    return tuple(found)


def resolve_quantities(draft: Draft) -> None:
    """Parse and resolve all quantities' equations before any is typed, since each may read each."""
    for name, node in entries(draft.study, "quantities"):
        value = node.get("value")
        tree = None if value is None else draft.equations.conditional_tree(value)
        if tree is not None:
            draft.equations.quantities[name.text] = tree


def build_quantities(draft: Draft) -> tuple[Quantity, ...]:
    """Quantities, of trees that `resolve_quantities` made."""
    found: list[Quantity] = []
    for name, node in entries(draft.study, "quantities"):
        tree, value = draft.equations.quantities.get(name.text), node.get("value")
        if tree is None or value is None:
            continue
        unit = draft.unit(name.text)
        expression = draft.equations.checked_number(
            value.span, tree, None if _is_unit_broken(draft, name) else unit, f"`{name.text}`"
        )
        found.append(
            Quantity(name.text, name.span, unit, expression, seen_by=draft.seen_by(node), about=text(node, "about"))
        )
    return tuple(found)


def build_reports(draft: Draft) -> tuple[Report, ...]:
    """What is seen dimly of stocks and quantities."""
    found: list[Report] = []
    for name, node in entries(draft.study, "quantities"):
        report = node.get("report")
        of = scalar(report, "of") if isinstance(report, Mapping) else None
        if not isinstance(report, Mapping) or of is None:
            continue
        declared = draft.names.find(of.text)
        if declared is None:
            known = [key for key, entry in draft.names.symbols.items() if entry.symbol.kind in ("stock", "quantity")]
            draft.known([of], known, "unknown-name", "nothing is named {}", kind="stocks and quantities")
            continue
        if declared.symbol.kind not in ("stock", "quantity"):
            message = f"a report is of a stock or quantity, and `{of.text}` is {declared.what}"
            draft.report("wrong-type", of.span, message)
            continue
        if declared.unit is not None and draft.unit(name.text) != declared.unit and node.get("unit") is not None:
            message = f"`{name.text}` should be in the unit of `{of.text}`, which is [{declared.unit}]"
            draft.report("wrong-unit", node.get("unit").span, message, "leave `unit` out")  # type: ignore[union-attr]
        noise = _optional_number(draft, report, "noise", name)
        lag = number(report, "lag")
        found.append(
            Report(
                name.text, name.span, declared.unit or DIMENSIONLESS, declared.symbol, noise=noise, lag=int(lag or 0),
                seen_by=draft.seen_by(node), about=text(node, "about"),
            )
        )  # fmt: skip
    return tuple(found)


def build_draws(draft: Draft) -> tuple[Draw, ...]:
    """Continuous draws; a bare literal among a distribution's arguments is in the draw's unit."""
    found: list[Draw] = []
    for name, node in mapping(draft.study, "draws").items:
        written = (
            node if isinstance(node, Scalar) else scalar(node, "distribution") if isinstance(node, Mapping) else None
        )
        call = None if written is None else read_distribution(draft, written, name.text, of_draw=True)
        if call is None or written is None:
            continue
        unit, row = draft.unit(name.text), DISTRIBUTIONS[call.function]
        arguments: list[Expression] = []
        for argument, parameter, is_in_unit in zip(call.arguments, row.parameters, row.in_unit, strict=True):
            tree = Resolver(draft.names, STEP, draft.problems).resolve(argument)
            arguments.append(
                draft.equations.checked_number(
                    argument.span, tree, unit if is_in_unit else DIMENSIONLESS,
                    f"the {parameter} of `{call.function}`", literal_fits=True,
                )
            )  # fmt: skip
        about, seen_by = (text(node, "about"), draft.seen_by(node)) if isinstance(node, Mapping) else (None, None)
        found.append(
            Draw(name.text, name.span, unit, call.function, arguments=tuple(arguments), seen_by=seen_by, about=about)
        )
    return tuple(found)


def build_events(draft: Draft) -> tuple[Event, ...]:
    """Events with their chance, hazard or count."""
    found: list[Event] = []
    for name, node in entries(draft.study, "events"):
        kind = next((kind for kind in _KINDS if node.get(kind) is not None), None)
        if kind is None:
            continue
        rate, per = draft.equations.rate(node, kind, name.text)
        _check_event_keys(draft, name, node, kind)
        at_most = number(node, "at_most")
        worth = tuple(
            (actor.text, draft.equations.number(value, STEP, DIMENSIONLESS, f"the worth of `{name.text}`"))
            for actor, value in mapping(node, "worth").items
            if draft.is_actor(actor) and isinstance(value, Scalar)
        )
        found.append(
            Event(
                name.text, name.span, kind, rate, per=per,
                given=draft.equations.truth(scalar(node, "given")) if node.get("given") is not None else None,
                dispersion=_optional_number(draft, node, "dispersion", name),
                at_most=MOST_COUNT if at_most is None else int(at_most), ends=truth(node, "ends"), worth=worth,
                seen_by=draft.seen_by(node), about=text(node, "about"),
            )
        )  # fmt: skip
    return tuple(found)


def _check_repeated(draft: Draft, names: SequenceOf[Scalar], what: str) -> None:
    for i, name in enumerate(names):
        if any(name.text == earlier.text for earlier in names[:i]):
            draft.report(
                "duplicate-name", name.span, f"the {what} `{name.text}` stands here again", "remove one of the two"
            )


def _states(draft: Draft, mode: Scalar, states: tuple[str, ...], names: tuple[Scalar, ...]) -> tuple[int, ...]:
    sentence = f"`{mode.text}` has no state {{}}"
    return tuple(states.index(name) for name in draft.known(names, states, "unknown-option", sentence, kind="states"))


def _move(draft: Draft, mode: Scalar, states: tuple[str, ...], node: Mapping) -> Move | None:
    name = scalar(node, "name")
    if name is None:
        return None
    sources = _states(draft, mode, states, scalars(node, "from"))
    target = _states(draft, mode, states, scalars(node, "to"))
    if target and target[0] in sources:
        message = f"`{name.text}` leads from `{states[target[0]]}` to itself"
        draft.report("wrong-value", node.get("to").span, message, "name another state")  # type: ignore[union-attr]
    kind = next((kind for kind in ("chance", "hazard") if node.get(kind) is not None), None)
    rate, per = (None, PERIODS["step"]) if kind is None else draft.equations.rate(node, kind, name.text)
    for key, needed in (("shape", ("hazard",)), ("per", ("chance", "hazard"))):
        written = node.key(key)
        if written is not None and kind not in needed:
            message = f"`{key}` belongs to a {' or '.join(needed)}, and `{name.text}` has none"
            draft.report("keys-together", written.span, message, f"remove `{key}`, or add `{needed[-1]}`")
    return Move(
        name.text,
        name.span,
        sources,
        target[0] if target else 0,
        when=draft.equations.truth(scalar(node, "when")) if node.get("when") is not None else None,
        chance=rate if kind == "chance" else None,
        hazard=rate if kind == "hazard" else None,
        shape=_optional_number(draft, node, "shape", name),
        per=per,
    )


def _optional_number(draft: Draft, node: Mapping, key: str, owner: Scalar, *, exact: bool = False) -> Expression | None:
    """A number without unit; with `exact`, in the unit of its owner."""
    if node.get(key) is None:
        return None
    unit = DIMENSIONLESS
    label = f"`{key}` of `{owner.text}`"
    if exact:
        return draft.equations.number(
            scalar(node, key), STEP, None if _is_unit_broken(draft, owner) else draft.unit(owner.text), label
        )
    return draft.equations.number(scalar(node, key), STEP, unit, label)


def _is_unit_broken(draft: Draft, name: Scalar) -> bool:
    declared = draft.names.find(name.text)
    return declared is None or declared.unit is None


def _check_event_keys(draft: Draft, name: Scalar, node: Mapping, kind: str) -> None:
    for key, needs_count in (("dispersion", True), ("at_most", True), ("ends", False), ("worth", False)):
        written = node.key(key)
        if written is not None and (kind == "count") != needs_count:
            whose = "a `count`" if needs_count else "a `chance` or `hazard`"
            message = f"`{key}` belongs to {whose}, and `{name.text}` has a `{kind}`"
            draft.report("keys-together", written.span, message, f"remove `{key}`")
    worth = node.key("worth")
    if worth is not None and node.get("ends") is None and kind != "count":
        message = f"`worth` belongs to an event that ends the future, and `{name.text}` does not"
        draft.report("keys-together", worth.span, message, "add `ends: true`, or pay it in `payoffs`")
    at_most, limit = number(node, "at_most"), node.get("at_most")
    if at_most is not None and limit is not None and not 1 <= at_most <= MOST_COUNT:
        message = f"`at_most` is between 1 and {MOST_COUNT}, and {at_most:g} stands here"
        draft.report("wrong-value", limit.span, message)
