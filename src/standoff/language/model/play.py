"""Who chooses, by what rule, what each wants, and what may be agreed."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Literal

from standoff.base.source import Span
from standoff.base.units import DIMENSIONLESS, Unit
from standoff.language.expressions.expression import Expression, Per

__all__ = [
    "Actor",
    "ActorMoves",
    "Choice",
    "Deal",
    "Instance",
    "Outcome",
    "PartialProfile",
    "Payoff",
    "Rule",
    "SearchSpace",
    "Strategy",
    "Term",
    "Weighing",
]


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
class Setting:
    """What prose calls a setting of a strategy, what it is, and what a strategy with each level is called."""

    name: str
    title: str | None
    about: str | None
    levels: tuple[tuple[float | str, str], ...]
    unit: Unit = DIMENSIONLESS


@dataclass(frozen=True, slots=True)
class Strategy:
    """A named rule from what the actor sees to its choice; each combination of settings is one to choose.

    `rules` holds, for each dimension of the actor's choices in their order, a tuple of rules or a weighing. `title` is
    what prose calls it, and `named` what it calls the settings, where the study says.
    """

    actor: str
    name: str
    span: Span
    about: str | None
    settings: tuple[tuple[str, tuple[float, ...] | tuple[str, ...]], ...]
    rules: tuple[tuple[str, tuple[Rule, ...] | Weighing], ...]
    title: str | None = None
    named: tuple[Setting, ...] = ()

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
    """A name for some actors' strategies: for each actor the labels allowed (a bare name allows all settings).

    `title` is what prose calls it.
    """

    name: str
    span: Span
    strategies: tuple[tuple[str, tuple[str, ...]], ...]
    about: str | None = None
    title: str | None = None


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
    """What the brief reports: a `measure` over a whole future, its direction, what would be tolerable, what matters.

    `title` is what prose calls it; where it `is_asked`, the study's question is about it.
    """

    name: str
    span: Span
    about: str | None
    unit: Unit
    measure: Expression
    better: Literal["lower", "higher"]
    limit: float | None = None
    why: str | None = None
    matters: float | None = None
    title: str | None = None
    is_asked: bool = False


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
class ActorMoves:
    """What an actor cannot change back or over to, where strategies can be changed.

    `irreversible` strategies are left for one another alone; each of `barred` names strategies that cannot be left for
    the other named ones. Names are labels, or bare names that mean every setting.
    """

    actor: str
    span: Span
    irreversible: tuple[str, ...] = ()
    barred: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class SearchSpace:
    """Strategies to look through: one of the study's with its settings in ranges, or small decision trees.

    Attributes:
        actor, name: Whose, and what that which is found is called.
        span: Where the study says so.
        strategy: The strategy whose settings are sought; None for a tree.
        within: For each setting, or each stock or quantity that a tree may read, the least and the largest value.
        whole: Settings of which only whole numbers are taken.
        depth: Of a tree: 1 or 2 questions on the way to a choice.
        dimension: The dimension that a tree chooses; empty where there is only one.
        options: What it chooses among.
        rest: What is chosen in the other dimensions.
    """

    actor: str
    name: str
    span: Span
    strategy: str | None
    within: tuple[tuple[str, float, float], ...]
    whole: tuple[str, ...] = ()
    depth: int = 1
    dimension: str = ""
    options: tuple[str, ...] = ()
    rest: tuple[tuple[str, str], ...] = ()
