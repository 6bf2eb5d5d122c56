"""A study's model: what `load` makes of the text, checked, resolved, and aware of its places.

Everything is frozen. Expressions are resolved trees with their type and unit; nobody looks at their text
again. Tuples keep the order of the file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import reduce
from itertools import product
from operator import mul
from pathlib import Path
from typing import Literal

from standoff.base.counts import MOST_COUNT
from standoff.base.source import Source, Span
from standoff.base.units import DIMENSIONLESS, Unit
from standoff.language.clock import Clock
from standoff.language.reader import Mapping
from standoff.language.tree import Expr, Symbol

__all__ = [
    "NUMBER",
    "TRUTH",
    "Actor",
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
    "Outcome",
    "Parameter",
    "PartialProfile",
    "Payoff",
    "Quantity",
    "Report",
    "Rule",
    "Series",
    "Spread",
    "Stock",
    "Strategy",
    "Term",
    "Type",
    "Variant",
    "Weighing",
    "options",
]

Per = Literal["step", "day", "week", "month", "quarter", "year"]


@dataclass(frozen=True, slots=True)
class Type:
    """Number, truth, or option of a family (a choice `actor` or `actor.dimension`, or a mode)."""

    kind: Literal["number", "truth", "option"]
    family: str | None = None


NUMBER = Type("number")
TRUTH = Type("truth")


def options(family: str) -> Type:
    """The type of a family's options."""
    return Type("option", family)


@dataclass(frozen=True, slots=True)
class Expression:
    """A resolved equation."""

    span: Span
    tree: Expr
    type: Type = NUMBER
    unit: Unit = DIMENSIONLESS


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an assumption is what it is: claims, facts, or a sentence of judgement."""

    cites: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    judgement: str | None = None


@dataclass(frozen=True, slots=True)
class Spread:
    """How an uncertainty or value is distributed.

    Either a `distribution` of `standoff.base.distributions` with its arguments (a `range` is uniform), or
    `levels` with weights that sum to 1. `within` truncates.
    """

    distribution: str = "uniform"
    arguments: tuple[float, ...] = ()
    levels: tuple[float, ...] = ()
    weights: tuple[float, ...] = ()
    within: tuple[float | None, float | None] = (None, None)
    low_words: str | None = None
    high_words: str | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """A constant (`value`), or an uncertainty or value of the actors (`spread`)."""

    kind: Literal["constant", "uncertainty", "value"]
    name: str
    span: Span
    about: str
    unit: Unit
    reason: Reason
    value: float | None = None
    spread: Spread | None = None
    known_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Actor:
    """Who chooses."""

    name: str
    span: Span
    title: str
    aliases: tuple[str, ...] = ()
    about: str | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """One dimension of an actor's action in a step; `dimension` is empty where there is only one."""

    actor: str
    dimension: str
    span: Span
    options: tuple[str, ...]
    seen_by: tuple[str, ...] | None = None

    @property
    def family(self) -> str:
        """The name that expressions use: `actor` or `actor.dimension`."""
        return f"{self.actor}.{self.dimension}" if self.dimension else self.actor


@dataclass(frozen=True, slots=True)
class Move:
    """A named move of a mode. Its chance in a step is that of `chance`, of `hazard`, or 1, where `when` holds.

    With `shape` k and hazard h, the cumulated hazard after time t in the state is (h t)^k (Weibull).
    """

    name: str
    span: Span
    sources: tuple[int, ...]
    target: int
    when: Expression | None = None
    chance: Expression | None = None
    hazard: Expression | None = None
    shape: Expression | None = None
    per: Per = "step"


@dataclass(frozen=True, slots=True)
class Mode:
    """Exclusive states; `start` is an index into `states`."""

    name: str
    span: Span
    states: tuple[str, ...]
    start: int
    moves: tuple[Move, ...]
    final: tuple[int, ...] = ()
    seen_by: tuple[str, ...] | None = None
    about: str | None = None


@dataclass(frozen=True, slots=True)
class Stock:
    """A number carried from step to step. With `growth` g a step of d periods multiplies it by (1 + g)^d."""

    name: str
    span: Span
    unit: Unit
    start: Expression
    next: Expression | None = None
    growth: Expression | None = None
    per: Per = "step"
    within: tuple[float | None, float | None] = (None, None)
    seen_by: tuple[str, ...] | None = None
    about: str | None = None


@dataclass(frozen=True, slots=True)
class Quantity:
    """Computed anew in each step; rules have become nested conditionals."""

    name: str
    span: Span
    unit: Unit
    value: Expression
    seen_by: tuple[str, ...] | None = None
    about: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What others see of a stock or quantity: its value `lag` steps ago, times exp(noise z − noise²/2)."""

    name: str
    span: Span
    unit: Unit
    of: Symbol
    noise: Expression | None
    lag: int
    seen_by: tuple[str, ...] | None = None
    about: str | None = None


@dataclass(frozen=True, slots=True)
class Draw:
    """A continuous draw in each step; arguments may be expressions of what is settled before it."""

    name: str
    span: Span
    unit: Unit
    distribution: str
    arguments: tuple[Expression, ...]
    seen_by: tuple[str, ...] | None = None
    about: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """Discrete chance in a step: a truth (`chance`, `hazard`) or a number (`count`)."""

    name: str
    span: Span
    kind: Literal["chance", "hazard", "count"]
    rate: Expression
    per: Per = "step"
    given: Expression | None = None
    dispersion: Expression | None = None
    at_most: int = MOST_COUNT
    ends: bool = False
    worth: tuple[tuple[str, Expression], ...] = ()
    seen_by: tuple[str, ...] | None = None
    about: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """The option `then` (an expression of option type) where `when` holds; None always holds."""

    span: Span
    when: Expression | None
    then: Expression


@dataclass(frozen=True, slots=True)
class Weighing:
    """Logit choice: option i with a chance in proportion to exp(precision · worth_i)."""

    options: tuple[int, ...]
    worths: tuple[Expression, ...]
    precision: Expression


@dataclass(frozen=True, slots=True)
class Strategy:
    """A named rule from what the actor sees to its choice; each combination of settings is one to choose.

    `rules` holds, for each dimension of the actor's choices in their order, a tuple of rules or a weighing.
    """

    actor: str
    name: str
    span: Span
    about: str | None
    settings: tuple[tuple[str, tuple[float, ...] | tuple[str, ...]], ...]
    rules: tuple[tuple[str, tuple[Rule, ...] | Weighing], ...]

    @property
    def instances(self) -> tuple[Instance, ...]:
        """One per combination of settings, in the order of the levels."""
        names = [name for name, _ in self.settings]
        levels: list[tuple[float | str, ...]] = [tuple(levels) for _, levels in self.settings]
        return tuple(Instance(self, tuple(zip(names, chosen, strict=True))) for chosen in product(*levels))


@dataclass(frozen=True, slots=True)
class Instance:
    """A strategy with its settings settled."""

    strategy: Strategy
    settings: tuple[tuple[str, float | str], ...]

    @property
    def label(self) -> str:
        """As shown and as typed on the command line: `reciprocate(patience=2)`."""
        inside = ", ".join(
            f"{name}={level if isinstance(level, str) else format(level, 'g')}" for name, level in self.settings
        )
        return f"{self.strategy.name}({inside})" if inside else self.strategy.name


@dataclass(frozen=True, slots=True)
class PartialProfile:
    """A name for some actors' strategies: for each actor the labels allowed (a bare name allows all settings)."""

    name: str
    span: Span
    strategies: tuple[tuple[str, tuple[str, ...]], ...]
    about: str | None = None


@dataclass(frozen=True, slots=True)
class Payoff:
    """What an actor wants: `each` per step, `final` on the state after the last step, discounted."""

    actor: str
    span: Span
    each: Expression | None
    final: Expression | None
    discount: Expression | None
    per: Per = "step"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the brief reports: a `measure` over a whole future, its direction and what would be tolerable."""

    name: str
    span: Span
    about: str | None
    unit: Unit
    measure: Expression
    better: Literal["lower", "higher"]
    limit: float | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that a deal settles, read as `deal.term`; 0 when the deal is not in force."""

    name: str
    span: Span
    unit: Unit
    levels: tuple[float, ...]
    usual: float
    about: str | None = None


@dataclass(frozen=True, slots=True)
class Deal:
    """A deal: when it is in force, its terms, what keeping it means, and what its absence would mean."""

    name: str
    span: Span
    parties: tuple[str, ...]
    during: Expression
    terms: tuple[Term, ...]
    keeps: tuple[tuple[str, Expression], ...]
    breach: tuple[tuple[str, tuple[str, ...]], ...]
    without: tuple[str, ...]
    about: str | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """An invariant of the author's that must hold in every step of every future."""

    name: str
    span: Span
    condition: Expression


@dataclass(frozen=True, slots=True)
class Series:
    """Data by date, one number per step of the clock."""

    name: str
    span: Span
    unit: Unit
    values: tuple[float, ...]
    about: str | None = None


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
    counts: a `number`. A `series` gives a number for each step (an event: 0 or 1).
    """

    target: Symbol
    span: Span
    how: Literal["never", "always", "at", "option", "number", "series"]
    value: float | str | None = None


@dataclass(frozen=True, slots=True)
class Model:
    """A checked study. `digest` identifies its meaning: text and data files, with the variants applied."""

    name: str
    folder: Path
    source: Source = field(repr=False)
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
    impositions: tuple[Imposition, ...] = ()
    applied: tuple[str, ...] = ()

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
        """Every family of options: choices by `actor` or `actor.dimension`, and modes."""
        return {c.family: c.options for c in self.choices} | {m.name: m.states for m in self.modes}

    def setting_family(self, actor: str, levels: tuple[float, ...] | tuple[str, ...]) -> str | None:
        """The family of a setting whose levels are options; None where they are numbers or fit no one choice."""
        fitting = [c.family for c in self.choices if c.actor == actor and set(levels) <= set(c.options)]
        return fitting[0] if len(fitting) == 1 else None

    def title_of(self, actor: str) -> str:
        """An actor's name in prose."""
        return next(a.title for a in self.actors if a.name == actor)
