"""The names of a study: what each stands for, where it was declared, its type and unit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from standoff.base.problems import Problem
from standoff.base.source import Span
from standoff.base.units import DIMENSIONLESS, Scales, Unit, parse_unit
from standoff.language.expressions.functions import CLOCK_NAMES
from standoff.language.expressions.tree import Kind, Symbol
from standoff.language.meaning.scales import read_scales
from standoff.language.model import NUMBER, TRUTH, Type, options
from standoff.language.shape.kinds import is_name
from standoff.language.text.fields import entries, mapping, nodes, text, texts
from standoff.language.text.reader import Broken, Mapping, Node, Scalar
from standoff.language.text.vectors import Vectors

__all__ = ["WHAT", "Declared", "Names", "declare", "unit_of"]

WHAT: dict[Kind, str] = {
    "constant": "a constant",
    "uncertainty": "an uncertainty",
    "value": "a value",
    "setting": "a setting",
    "stock": "a stock",
    "mode": "a mode",
    "quantity": "a quantity",
    "draw": "a draw",
    "report": "a report",
    "event": "an event",
    "move": "a move",
    "choice": "a choice",
    "term": "a deal's term",
    "offered": "a deal's term on the table",
    "series": "a series",
    "clock": "the clock's",
}

_SECTIONS: tuple[tuple[str, Kind], ...] = (
    ("constants", "constant"),
    ("uncertainties", "uncertainty"),
    ("values", "value"),
    ("stocks", "stock"),
    ("modes", "mode"),
    ("quantities", "quantity"),
    ("draws", "draw"),
    ("events", "event"),
    ("series", "series"),
)


@dataclass(frozen=True, slots=True)
class Declared:
    """A name's meaning. `type` is None for a quantity, whose equation decides, and where a declaration is broken.

    `unit` is None where it fits any, because the declaration is broken.
    """

    symbol: Symbol
    span: Span
    type: Type | None
    unit: Unit | None = DIMENSIONLESS

    @property
    def what(self) -> str:
        """`a stock`, `an event`, …"""
        return WHAT[self.symbol.kind]


@dataclass(slots=True)
class Names:
    """The symbol table: by the name as written in expressions (`trust`, `south.line`, `freeze.depth`).

    `families` are the options of every choice and mode, `holders` the families of every option; `dimensions` the
    choices of every actor that has some; `broken` the actors, modes and deals whose declaration cannot be used, about
    which nothing more should be said; `unwritable` the names that no expression can hold, because of their letters;
    `scales` what units are worth in others; `vectors` what was made into names of their own.
    """

    symbols: dict[str, Declared] = field(default_factory=dict)
    families: dict[str, tuple[str, ...]] = field(default_factory=dict)
    holders: dict[str, list[str]] = field(default_factory=dict)
    actors: dict[str, Span] = field(default_factory=dict)
    dimensions: dict[str, tuple[str, ...]] = field(default_factory=dict)
    deals: dict[str, tuple[str, ...]] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    unwritable: set[str] = field(default_factory=set)
    scales: Scales = field(default_factory=dict)
    vectors: Vectors = field(default_factory=Vectors)

    def find(self, name: str) -> Declared | None:
        """What the name stands for."""
        return self.symbols.get(name)

    def with_option(self, option: str) -> tuple[str, ...]:
        """The families that have such an option."""
        return tuple(self.holders.get(option, ()))

    def add_family(self, name: str, members: tuple[str, ...]) -> None:
        """Take in what a choice, mode or uncertainty of kinds can be."""
        self.families[name] = members
        for option in dict.fromkeys(members):
            self.holders.setdefault(option, []).append(name)


def declare(study: Mapping, problems: list[Problem], vectors: Vectors | None = None) -> Names:
    """Collect every name that an expression may use, those whose declaration is broken among them.

    Args:
        study: The study's mapping, its shape checked.
        problems: Names that stand for two things are added here.
        vectors: What was made into entries of their own.
    """
    names = Names(scales=read_scales(study, problems), vectors=vectors or Vectors())
    claimed: dict[str, tuple[str, Span]] = {}
    for actor, _ in mapping(study, "actors").items:
        names.actors[actor.text] = actor.span
        _claim(claimed, actor, "an actor", problems)
    for word in CLOCK_NAMES:
        names.symbols[word] = Declared(Symbol("clock", word), study.span, NUMBER)
    for section, kind in _SECTIONS:
        for name, node in mapping(study, section).items:
            if not is_name(name.text):
                names.unwritable.add(name.text)
            if name.text in names.vectors.axes:
                message = f"`{name.text}` is a vector already"
                problems.append(Problem("duplicate-name", name.span, message, "give one of the two another name"))
            if _claim(claimed, name, WHAT[kind], problems):
                _declare_one(names, name, kind, node)
    _declare_units_of_reports(names, study)
    for move in _moves(study):
        if _claim(claimed, move, WHAT["move"], problems):
            names.symbols[move.text] = Declared(Symbol("move", move.text), move.span, TRUTH)
    _declare_choices(names, study)
    _declare_terms(names, study, problems)
    return names


def unit_of(node: Node) -> Unit | None:
    """The unit that a declaration gives; none where it gives none, and None where that is broken."""
    written = node.get("unit") if isinstance(node, Mapping) else None
    if isinstance(written, Scalar):
        return parse_unit(written.text)
    return None if isinstance(written, Broken) or isinstance(node, Broken) else DIMENSIONLESS


def _claim(claimed: dict[str, tuple[str, Span]], name: Scalar, what: str, problems: list[Problem]) -> bool:
    if name.text not in claimed:
        claimed[name.text] = (what, name.span)
        return True
    other, span = claimed[name.text]
    message = f"`{name.text}` is {other} already (line {span.line})"
    problems.append(Problem("duplicate-name", name.span, message, "give one of the two another name"))
    return False


def _declare_one(names: Names, name: Scalar, kind: Kind, node: Node) -> None:
    unit = unit_of(node)
    type_: Type | None = NUMBER
    kinds = _kinds(node) if kind in ("uncertainty", "value") else ()
    if kinds:
        type_ = options(name.text)
        names.add_family(name.text, kinds)
    elif kind == "mode":
        states = texts(node, "states") if isinstance(node, Mapping) else ()
        type_ = options(name.text) if states else None
        if states:
            names.add_family(name.text, states)
        else:
            names.broken.add(name.text)
    elif kind == "quantity":
        is_report = isinstance(node, Mapping) and node.get("report") is not None
        kind, type_ = ("report", NUMBER) if is_report else ("quantity", None)
    elif kind == "event":
        is_count = isinstance(node, Mapping) and node.get("count") is not None
        type_ = None if isinstance(node, Broken) else NUMBER if is_count else TRUTH
    names.symbols[name.text] = Declared(Symbol(kind, name.text), name.span, type_, unit)


def _kinds(node: Node) -> tuple[str, ...]:
    """The names of what an uncertainty without an order can be."""
    listed = node.get("kinds") if isinstance(node, Mapping) else None
    if isinstance(listed, Mapping):
        return tuple(name.text for name, _ in listed.items)
    return tuple(item.text for item in nodes(listed) if isinstance(item, Scalar))


def _declare_units_of_reports(names: Names, study: Mapping) -> None:
    """A report is in the unit of what it is of."""
    for name, node in entries(study, "quantities"):
        report = node.get("report")
        of = names.find(text(report, "of") or "") if isinstance(report, Mapping) else None
        if isinstance(report, Mapping) and node.get("unit") is None:
            own = names.symbols[name.text]
            names.symbols[name.text] = replace(own, unit=None if of is None else of.unit)


def _moves(study: Mapping) -> Iterator[Scalar]:
    for _, mode in entries(study, "modes"):
        for move in nodes(mode.get("moves")):
            name = move.get("name") if isinstance(move, Mapping) else None
            if isinstance(name, Scalar):
                yield name


def _declare_choices(names: Names, study: Mapping) -> None:
    if not mapping(study, "choices").items:
        names.broken.update(names.actors)
    for actor, node in mapping(study, "choices").items:
        found = list(_dimensions(node))
        if not all(members for _, _, members in found):
            names.broken.add(actor.text)
        names.dimensions[actor.text] = tuple(dimension for dimension, _, _ in found)
        for dimension, span, members in found:
            family = f"{actor.text}.{dimension}" if dimension else actor.text
            type_ = options(family) if members else None
            names.symbols[family] = Declared(Symbol("choice", family), span or actor.span, type_)
            if members:
                names.add_family(family, members)


def _dimensions(node: Node) -> Iterator[tuple[str, Span | None, tuple[str, ...]]]:
    """An actor's dimensions with their options, of which there are none where they are broken.

    The dimension is empty where the actor has only one choice.
    """
    if isinstance(node, Mapping) and node.get("options") is None:
        for name, inner in node.items:
            yield name.text, name.span, _options(inner)
    else:
        yield "", None, _options(node)


def _options(node: Node) -> tuple[str, ...]:
    listed = node.get("options") if isinstance(node, Mapping) else node
    return tuple(item.text for item in nodes(listed) if isinstance(item, Scalar))


def _declare_terms(names: Names, study: Mapping, problems: list[Problem]) -> None:
    for deal, node in mapping(study, "deals").items:
        if deal.text in names.actors:
            message = f"`{deal.text}` is an actor already (line {names.actors[deal.text].line})"
            problems.append(Problem("duplicate-name", deal.span, message, "give the deal another name"))
        if not isinstance(node, Mapping) or not isinstance(node.get("terms"), Mapping):
            names.broken.add(deal.text)
            continue
        terms = mapping(node, "terms")
        names.deals[deal.text] = tuple(term.text for term, _ in terms.items)
        for term, inner in terms.items:
            written = f"{deal.text}.{term.text}"
            names.symbols[written] = Declared(Symbol("term", written), term.span, NUMBER, unit_of(inner))
            on_the_table = f"{deal.text}.offered.{term.text}"
            names.symbols[on_the_table] = Declared(Symbol("offered", written), term.span, NUMBER, unit_of(inner))
