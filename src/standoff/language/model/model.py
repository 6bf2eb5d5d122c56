"""A study's model: what `load` makes of the text, checked, resolved, and aware of its places.

Everything is frozen. Expressions are resolved trees with their type and unit; nobody looks at their text
again. Tuples keep the order of the file. The parts stand in `expression.py`, `state.py` and `play.py`, and are all
to be had from here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import reduce
from operator import mul
from pathlib import Path
from typing import Literal, Protocol

from standoff.base.source import Source, Span
from standoff.base.units import Unit
from standoff.language.clock import Clock
from standoff.language.expressions.expression import NUMBER, TRUTH, Expression, Per, Type, options
from standoff.language.expressions.tree import Reference, Symbol, walk
from standoff.language.model.play import (
    Actor,
    ActorMoves,
    Choice,
    Deal,
    Instance,
    Outcome,
    PartialProfile,
    Payoff,
    Rule,
    SearchSpace,
    Setting,
    Strategy,
    Term,
    Weighing,
)
from standoff.language.model.state import Draw, Event, Mode, Move, Quantity, Report, Series, Stock
from standoff.language.text.files import Written
from standoff.language.text.reader import Mapping

__all__ = [
    "NUMBER",
    "TRUTH",
    "Actor",
    "ActorMoves",
    "Change",
    "Check",
    "Choice",
    "Deal",
    "Draw",
    "Event",
    "Expression",
    "Imposition",
    "Instance",
    "Mechanism",
    "Mode",
    "Model",
    "Move",
    "Observable",
    "Outcome",
    "Parameter",
    "PartialProfile",
    "Payoff",
    "Per",
    "Quantity",
    "Reason",
    "Report",
    "Rule",
    "SearchSpace",
    "Series",
    "Setting",
    "Spread",
    "Stock",
    "Strategy",
    "Term",
    "Type",
    "Variant",
    "Weighing",
    "options",
]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an assumption is what it is: claims, facts, or a sentence of judgement."""

    cites: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    judgement: str | None = None


@dataclass(frozen=True, slots=True)
class Spread:
    """How an uncertainty or value is distributed.

    Either a `distribution` of `standoff.base.chance.distributions` with its arguments (a `range` is uniform), or
    `levels` with weights that sum to 1. Of `kinds`, which have no order, the levels are the indices.
    `within` truncates; `ends` are the constants that stand for its ends. `edges` are the ends of a range that depend
    on other assumptions, each None where it is a number; `arguments` are then its outermost bounds.
    """

    distribution: str = "uniform"
    arguments: tuple[float, ...] = ()
    levels: tuple[float, ...] = ()
    weights: tuple[float, ...] = ()
    within: tuple[float | None, float | None] = (None, None)
    low_words: str | None = None
    high_words: str | None = None
    kinds: tuple[str, ...] = ()
    ends: tuple[str | None, str | None] = (None, None)
    edges: tuple[Expression | None, ...] = ()

    @property
    def depends_on(self) -> frozenset[str]:
        """The uncertainties and values that the ends of its range depend on."""
        trees = (edge.tree for edge in self.edges if edge is not None)
        read = (node.symbol for tree in trees for node in walk(tree) if isinstance(node, Reference))
        return frozenset(symbol.name for symbol in read if symbol.kind != "constant")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A constant (`value`), or an uncertainty or value of the actors (`spread`); `title` is its name in prose."""

    kind: Literal["constant", "uncertainty", "value"]
    name: str
    span: Span
    about: str
    unit: Unit
    reason: Reason
    value: float | None = None
    spread: Spread | None = None
    known_to: tuple[str, ...] = ()
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """An invariant of the author's that must hold in every step of every future."""

    name: str
    span: Span
    condition: Expression


@dataclass(frozen=True, slots=True)
class Mechanism:
    """Something the model is meant to do; `expect` is kept as read, and checked with the expectations."""

    name: str
    span: Span
    title: str
    cites: tuple[str, ...]
    equation: tuple[str, ...]
    expect: tuple[Mapping, ...]
    about: str | None = None


@dataclass(frozen=True, slots=True)
class Variant:
    """A named change to the study: a patch laid over its mapping before it is loaded."""

    name: str
    span: Span
    about: str | None
    patch: Mapping


@dataclass(frozen=True, slots=True)
class Imposition:
    """Something held by hand instead of by its own equation.

    Events, moves: `never`, `always`, or `at` a step. Choices and modes: `option` (an index). Stocks and
    counts: a `number`. A `series` gives a number for each step (an event: 0 or 1). A `column` holds it in the worlds
    that this column tells: see `standoff.language.model.imposed`.
    """

    target: Symbol
    span: Span
    how: Literal["never", "always", "at", "option", "number", "series", "column"]
    value: float | str | None = None


class Change(Protocol):
    """One way in which a model is altered: frozen, and told whole by its `repr`, of which a digest is made."""

    def apply(self, model: Model) -> Model:
        """The model so altered, its digest left as it is."""


@dataclass(frozen=True, slots=True)
class Observable:
    """A thing of the model that can be seen, as `observed` lists it.

    Attributes:
        name: Of the thing, as written.
        span: Where it is listed.
        symbol: The thing: an event, move, mode, stock, quantity or report.
        kind: What is seen of it: whether it happened, how often, which state, or how much.
        source: Who tells of it.
        lag: Steps from when it is so to when one hears of it.
        noise: Of how much: the standard error of what is seen, or of its logarithm where `is_log`; of a report with a
            noise of its own 0, as that is the noise.
        is_log: Whether the noise is of the logarithm.
        about: What it is.
    """

    name: str
    span: Span
    symbol: Symbol
    kind: Literal["event", "count", "mode", "number"]
    source: str
    lag: int = 0
    noise: float = 0.0
    is_log: bool = False
    about: str | None = None


@dataclass(frozen=True, slots=True)
class Model:
    """A checked study, with all that is needed to make another of it (see `standoff.language.changed`).

    `report` is what the author wants drawn over time; empty where that is left to the brief.
    `digest` identifies its meaning: text and data files, with the variants `applied` and the `changes` made. Worlds are
    drawn from the columns of `drawn_from`, rows alike, where there are any; else from the distributions.
    """

    name: str
    folder: Path
    written: Written = field(repr=False, compare=False)
    digest: str
    title: str
    question: str
    about: str | None
    as_of: str | None
    leaves_out: tuple[str, ...]
    decider: str
    clock: Clock
    order: tuple[tuple[str, ...], ...]
    actors: tuple[Actor, ...]
    parameters: tuple[Parameter, ...]
    correlated: tuple[tuple[str, str, float], ...]
    beliefs: tuple[tuple[str, str, Spread], ...]
    choices: tuple[Choice, ...]
    modes: tuple[Mode, ...]
    stocks: tuple[Stock, ...]
    quantities: tuple[Quantity, ...]
    reports: tuple[Report, ...]
    draws: tuple[Draw, ...]
    events: tuple[Event, ...]
    strategies: tuple[Strategy, ...]
    profiles: tuple[PartialProfile, ...]
    payoffs: tuple[Payoff, ...]
    outcomes: tuple[Outcome, ...]
    deals: tuple[Deal, ...]
    mechanisms: tuple[Mechanism, ...]
    checks: tuple[Check, ...]
    series: tuple[Series, ...]
    variants: tuple[Variant, ...]
    observed: tuple[Observable, ...] = ()
    report: tuple[Expression, ...] = ()
    impositions: tuple[Imposition, ...] = ()
    applied: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    moves: tuple[ActorMoves, ...] = ()
    today: tuple[tuple[str, str], ...] = ()
    searches: tuple[SearchSpace, ...] = ()
    drawn_from: tuple[tuple[str, tuple[float, ...]], ...] = field(default=(), repr=False)

    @property
    def source(self) -> Source:
        """The text of `study.yaml`."""
        return self.written.source

    @property
    def uncertain(self) -> tuple[Parameter, ...]:
        """Uncertainties and values: the columns of the table of worlds, in the order of the file."""
        return tuple(parameter for parameter in self.parameters if parameter.kind != "constant")

    @property
    def players(self) -> tuple[str, ...]:
        """Actors that have strategies, in the order of `actors`."""
        playing = {strategy.actor for strategy in self.strategies}
        return tuple(actor.name for actor in self.actors if actor.name in playing)

    def instances(self, actor: str) -> tuple[Instance, ...]:
        """An actor's strategies with every combination of their settings."""
        return tuple(i for s in self.strategies if s.actor == actor for i in s.instances)

    @property
    def n_profiles(self) -> int:
        """How many profiles there are: one strategy for every player."""
        return reduce(mul, (len(self.instances(actor)) for actor in self.players), 1)

    def families(self) -> dict[str, tuple[str, ...]]:
        """Every family of options: choices by `actor` or `actor.dimension`, modes, and uncertainties with kinds."""
        kinds = {p.name: p.spread.kinds for p in self.uncertain if p.spread is not None and p.spread.kinds}
        return {c.family: c.options for c in self.choices} | {m.name: m.states for m in self.modes} | kinds

    def setting_family(self, actor: str, levels: tuple[float, ...] | tuple[str, ...]) -> str | None:
        """The family of a setting whose levels are options; None where they are numbers or fit no one choice."""
        fitting = [c.family for c in self.choices if c.actor == actor and set(levels) <= set(c.options)]
        return fitting[0] if len(fitting) == 1 else None

    def title_of(self, actor: str) -> str:
        """An actor's name in prose."""
        return next(a.title for a in self.actors if a.name == actor)
