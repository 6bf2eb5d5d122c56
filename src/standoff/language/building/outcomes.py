"""What is reported and compared: outcomes, deals, mechanisms, the author's checks, variants, impositions."""

from __future__ import annotations

import re

from standoff.base.problems import suggest
from standoff.base.units import DIMENSIONLESS
from standoff.language.building.draft import Draft
from standoff.language.building.strategies import known_labels
from standoff.language.clock import parse_date
from standoff.language.expressions.expression import NUMBER, Expression
from standoff.language.expressions.tree import Binary, Expr, Reference
from standoff.language.meaning.names import Declared, unit_of
from standoff.language.meaning.places import OUTCOME, STEP
from standoff.language.model import Check, Deal, Imposition, Mechanism, Outcome, Strategy, Term, Variant
from standoff.language.text.fields import as_number, entries, mapping, nodes, number, scalar, scalars, text, truth
from standoff.language.text.reader import Mapping, Scalar

__all__ = [
    "build_checks",
    "build_deals",
    "build_impositions",
    "build_mechanisms",
    "build_outcomes",
    "build_report",
    "build_variants",
]

MOST_REPORTED = 12

_AT = re.compile(r"at\s+(\S.*)")
_FORMS = {
    "event": "`never`, `always`, `at 2026-01` or a series",
    "count": "a number or a series",
    "move": "`never`, `always`, `at 2026-01` or a series",
    "mode": "one of its states",
    "choice": "one of its options",
    "stock": "a number or a series",
}


def build_outcomes(draft: Draft) -> tuple[Outcome, ...]:
    """Outcomes with their measures."""
    found: list[Outcome] = []
    for name, node in entries(draft.study, "outcomes"):
        unit = unit_of(node)
        measure = draft.equations.number(scalar(node, "measure"), OUTCOME, unit, f"the measure of `{name.text}`")
        matters = number(node, "matters")
        if matters is not None and matters <= 0.0:
            message = f"the least difference that matters in `{name.text}` is {matters:g}, and must be above 0"
            place = scalar(node, "matters")
            draft.report("wrong-value", place.span if place else name.span, message, "leave it out, or write a size")
        found.append(
            Outcome(
                name.text, name.span, text(node, "about"), unit or DIMENSIONLESS, measure=measure,
                better="higher" if text(node, "better") == "higher" else "lower", limit=number(node, "limit"),
                why=text(node, "why"), matters=matters, title=draft.title(node), is_asked=truth(node, "asked"),
            )
        )  # fmt: skip
    return tuple(found)


def build_report(draft: Draft) -> tuple[Expression, ...]:
    """What the author wants drawn over time: each a thing of a step, or all that an outcome is made of."""
    outcomes = {name.text: node for name, node in entries(draft.study, "outcomes")}
    found: list[Expression] = []
    for node in nodes(draft.study.get("report"))[:MOST_REPORTED]:
        if not isinstance(node, Scalar):
            continue
        if node.text in outcomes and draft.names.find(node.text) is None:
            unit = unit_of(outcomes[node.text])
            measure = scalar(outcomes[node.text], "measure")
            found.append(draft.equations.number(measure, OUTCOME, unit, f"the measure of `{node.text}`"))
            continue
        known = len(draft.problems)
        tree = draft.equations.tree(node, STEP)
        if tree is None or len(draft.problems) > known:
            continue
        if not _is_followed(draft, tree):
            message = f"`{node.text}` is nothing that is drawn over time"
            draft.report("wrong-value", node.span, message,
                         "name a stock, quantity, count, outcome, or a mode's state as `mode == state`")  # fmt: skip
            continue
        found.append(Expression(node.span, tree))
    if len(nodes(draft.study.get("report"))) > MOST_REPORTED:
        place = nodes(draft.study.get("report"))[MOST_REPORTED].span
        draft.report("too-many", place, f"more than {MOST_REPORTED} things are to be drawn over time", "keep the rest")
    return tuple(found)


def _is_followed(draft: Draft, tree: Expr) -> bool:
    if isinstance(tree, Binary) and tree.operator == "*":  # read in the unit that its own is a multiple of
        tree = tree.left
    if isinstance(tree, Binary) and tree.operator == "==":
        sides = (tree.left, tree.right)
        return any(isinstance(one, Reference) and one.symbol.kind == "mode" for one in sides)
    if not isinstance(tree, Reference):
        return False
    declared = draft.names.find(tree.symbol.name)
    is_count = tree.symbol.kind == "event" and declared is not None and declared.type == NUMBER
    return is_count or tree.symbol.kind in ("stock", "quantity")


def build_deals(draft: Draft, strategies: tuple[Strategy, ...]) -> tuple[Deal, ...]:
    """Deals; a term's usual value is its middle level where none is given."""
    variants = [name.text for name, _ in mapping(draft.study, "variants").items]
    found: list[Deal] = []
    for name, node in entries(draft.study, "deals"):
        parties = draft.actors(scalars(node, "parties"))
        keeps = tuple(
            (actor.text, draft.equations.truth(value))
            for actor, value in mapping(node, "keeps").items
            if isinstance(value, Scalar) and _is_party(draft, name, actor, parties)
        )
        breach = tuple(
            (
                actor.text,
                known_labels(draft, actor.text, (x for x in nodes(value) if isinstance(x, Scalar)), strategies),
            )
            for actor, value in mapping(node, "breach").items
            if _is_party(draft, name, actor, parties)
        )
        without = draft.known(
            scalars(node, "without"), variants, "unknown-name", "no variant is named {}", kind="variants"
        )
        terms = tuple(_term(draft, term, inner) for term, inner in entries(node, "terms"))
        during = draft.equations.truth(scalar(node, "during"))
        found.append(
            Deal(
                name.text,
                name.span,
                parties,
                during,
                terms=terms,
                keeps=keeps,
                breach=breach,
                without=without,
                about=text(node, "about"),
            )
        )
    return tuple(found)


def build_mechanisms(draft: Draft) -> tuple[Mechanism, ...]:
    """Mechanisms; their expectations are read by whoever evaluates them."""
    outcomes = (name.text for name, _ in mapping(draft.study, "outcomes").items)
    strategies = (f"{a.text}.{s.text}" for a, inner in entries(draft.study, "strategies") for s, _ in inner.items)
    equations = dict.fromkeys([*draft.names.symbols, *draft.names.actors, *outcomes, *strategies])
    found: list[Mechanism] = []
    for name, node in entries(draft.study, "mechanisms"):
        named = draft.known(
            scalars(node, "equation"), equations, "unknown-name", "nothing is named {}", kind="equations"
        )
        expect = tuple(item for item in nodes(node.get("expect")) if isinstance(item, Mapping))
        found.append(
            Mechanism(
                name.text, name.span, text(node, "title") or name.text, draft.cites(node), equation=named,
                expect=expect,
                about=text(node, "about"),
            )
        )  # fmt: skip
    return tuple(found)


def build_checks(draft: Draft) -> tuple[Check, ...]:
    """The author's invariants."""
    return tuple(
        Check(name.text, name.span, draft.equations.truth(node))
        for name, node in mapping(draft.study, "checks").items
        if isinstance(node, Scalar)
    )


def build_variants(draft: Draft) -> tuple[Variant, ...]:
    """Variants with their patches, which are checked when they are applied."""
    return tuple(
        Variant(name.text, name.span, text(node, "about"), node) for name, node in entries(draft.study, "variants")
    )


def build_impositions(draft: Draft, impose: Mapping) -> tuple[Imposition, ...]:
    """What a variant holds by hand, in a form that its target can take."""
    found: list[Imposition] = []
    for name, node in impose.items:
        declared = draft.names.find(name.text)
        if declared is None:
            if name.text not in draft.names.broken:
                _report_unknown(draft, name)
            continue
        form = (
            "count"
            if declared.symbol.kind == "event" and declared.type and declared.type.kind == "number"
            else declared.symbol.kind
        )
        if form not in _FORMS:
            message = f"`{name.text}` is {declared.what}, and only events, moves, modes, choices and stocks are imposed"
            draft.report("impose", name.span, message, "change its equation or value in the variant")
        elif isinstance(node, Scalar):
            made = _imposition(draft, name, node, declared, form=form)
            if made is not None:
                found.append(made)
    return tuple(found)


def _is_party(draft: Draft, deal: Scalar, actor: Scalar, parties: tuple[str, ...]) -> bool:
    sentence = f"{{}} is no party to `{deal.text}`"
    return bool(draft.known([actor], parties, "unknown-actor", sentence, kind="parties"))


def _term(draft: Draft, name: Scalar, node: Mapping) -> Term:
    written = [(as_number(item), item.span) for item in nodes(node.get("levels"))]
    levels: list[float] = []
    for level, span in written:
        if level is not None and level in levels:
            draft.report("levels", span, f"the level {level:g} stands here again", "remove one of the two")
        elif level is not None:
            levels.append(level)
    levels = levels or [0.0]
    usual, at = number(node, "usual"), node.get("usual")
    if usual is not None and at is not None and written and not min(levels) <= usual <= max(levels):
        draft.report("levels", at.span, f"`usual` is {usual:g}, outside the levels of `{name.text}`", "choose a level")
    return Term(
        name.text, name.span, unit_of(node) or DIMENSIONLESS, tuple(levels),
        usual=sorted(levels)[(len(levels) - 1) // 2] if usual is None else usual, about=text(node, "about"),
    )  # fmt: skip


def _report_unknown(draft: Draft, name: Scalar) -> None:
    if name.text in draft.names.dimensions:
        choices = [f"`{name.text}.{dimension}`" for dimension in draft.names.dimensions[name.text]]
        message = f"`{name.text}` is an actor with several choices, and none of them is named here"
        draft.report("unknown-name", name.span, message, "write " + " or ".join(choices))
        return
    known = [key for key, entry in draft.names.symbols.items() if entry.symbol.kind in _FORMS]
    draft.report("unknown-name", name.span, f"nothing is named `{name.text}`", suggest(name.text, known))


def _imposition(draft: Draft, name: Scalar, node: Scalar, declared: Declared, *, form: str) -> Imposition | None:
    symbol = declared.symbol
    if form in ("mode", "choice"):
        if declared.type is None or declared.type.family is None:
            return None
        members = draft.names.families[declared.type.family]
        sentence = f"`{name.text}` has no option {{}}"
        known = draft.known([node], members, "unknown-option", sentence, kind="options")
        return Imposition(symbol, name.span, "option", float(members.index(node.text))) if known else None
    series = draft.names.find(node.text)
    if series is not None and series.symbol.kind == "series":
        draft.read_series.add(node.text)
        if form == "stock" and None not in (series.unit, declared.unit) and series.unit != declared.unit:
            message = f"`{name.text}` is in [{declared.unit}] and the series `{node.text}` in [{series.unit}]"
            draft.report("wrong-unit", node.span, message, "give the series the stock's unit")
        return Imposition(symbol, name.span, "series", node.text)
    value = as_number(node)
    if form in ("stock", "count"):
        if value is not None:
            return Imposition(symbol, name.span, "number", value)
    elif node.text == "never":
        return Imposition(symbol, name.span, "never")
    elif node.text == "always":
        return Imposition(symbol, name.span, "always")
    elif (at := _AT.fullmatch(node.text)) is not None:
        return _at_date(draft, name, node, declared, written=at.group(1))
    message = f"`{name.text}` can be imposed as {_FORMS[form]}, and `{node.text}` stands here"
    draft.report("impose", node.span, message)
    return None


def _at_date(draft: Draft, name: Scalar, node: Scalar, declared: Declared, *, written: str) -> Imposition | None:
    date = parse_date(written)
    if date is None:
        draft.report("date", node.span, f"`{written}` is not a date", "write it as `at 2026-01`")
        return None
    step = draft.clock.index(date)
    if step is None:
        last = draft.clock.label(draft.clock.steps - 1)
        message = f"{written} lies outside the clock, which runs from {draft.clock.label(0)} to {last}"
        draft.report("date", node.span, message)
        return None
    return Imposition(declared.symbol, name.span, "at", float(step))
