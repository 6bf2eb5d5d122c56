"""What an evaluator runs: a model lowered to equations over symbols, in the order of a step.

Everything that the language offers (events, moves, choices, reports, memories) has become expressions of
numbers, truths, options and a few internal functions, so that an evaluator is an evaluator of expressions
plus the loop over steps described in `standoff.program.reference`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from standoff.base.source import Span
from standoff.language.expressions.tree import Expr, Symbol
from standoff.language.model import Instance, Model

__all__ = [
    "FAULTS",
    "INTERNAL",
    "Assignment",
    "Branch",
    "Carried",
    "Ending",
    "Fault",
    "Fired",
    "Measured",
    "Memory",
    "Paid",
    "Program",
    "Reduced",
    "Varied",
]

Fault = Literal["division", "logarithm", "root", "power", "overflow", "chance", "mean", "arguments"]

# A future's fault code is 1 + equation * len(FAULTS) + kind; 0 is no fault.
FAULTS: tuple[tuple[Fault, str], ...] = (
    ("division", "divides by zero"),
    ("logarithm", "takes the logarithm of a number that is not positive"),
    ("root", "takes the root of a negative number"),
    ("power", "takes a power that is no number"),
    ("overflow", "has no finite value"),
    ("chance", "gives a chance outside 0 to 1"),
    ("mean", "gives a count a negative mean"),
    ("arguments", "gives a distribution arguments that it cannot have"),
)

# Internal functions: what the lowering may call besides the language's own.
INTERNAL: dict[str, str] = {
    "$chance": "x, a fault unless it lies in [0, 1]",
    "$rate": "x, a fault where it is negative",
    "$weibull_rate": "((t + d) h)^k − (t h)^k for hazard h, shape k, time t, step d",
    "$loss": "1 − exp(−x)",
    "$compound": "1 − (1 − p)^n for a chance p (checked) and a number of periods n",
    "$poisson": "count from (uniform, mean, at_most)",
    "$negative_binomial": "count from (uniform, mean, dispersion, at_most)",
    "$logit": "option from (uniform, precision, option, worth, option, worth, …)",
    "$uniform": "quantile of (uniform, low, high), and likewise the other continuous distributions",
    "$lognoise": "exp(s z − s²/2) for the standard normal z of (uniform, s)",
}


@dataclass(frozen=True, slots=True)
class Assignment:
    """One equation of a step: `target` is `value`, evaluated where `where` holds (None: everywhere).

    `shown` is what a reader knows it as, for faults and traces. `chance_of` is the event or move whose chance this is,
    as drawn or in a branch.
    """

    target: Symbol
    value: Expr
    shown: str
    span: Span
    where: Expr | None = None
    chance_of: Symbol | None = None


@dataclass(frozen=True, slots=True)
class Carried:
    """A stock or mode: `start` before the first step, `next` at each step's end, clipped to `within`.

    `held` is what an imposition puts in its place at each step's start.
    """

    symbol: Symbol
    start: Expr
    next: Expr
    span: Span
    within: tuple[float | None, float | None] = (None, None)
    held: Expr | None = None


@dataclass(frozen=True, slots=True)
class Memory:
    """What a function that looks back carries.

    `step`: at each step's end the memory becomes `next`; before the first step it is `start`.
    `line`: a delay line of `length` places: read is the argument `length` steps ago, and in the first
    `length` steps the first argument; `next` is the argument.
    """

    symbol: Symbol
    kind: Literal["step", "line"]
    start: Expr
    next: Expr
    span: Span
    length: int = 0
    where: Expr | None = None


@dataclass(frozen=True, slots=True)
class Branch:
    """A way in which a step ends futures: what happened of the events that ends, payoffs and outcomes hang on.

    `shares` has the share of the weight at the step's start that each ending takes in it; `ends` is their sum. `moved`
    is what stocks, modes and memories become in it, of those that `final` reads and that differ.
    """

    shown: str
    shares: tuple[Expr, ...]
    ends: Expr
    moved: tuple[tuple[Symbol, Expr], ...] = ()


@dataclass(frozen=True, slots=True)
class Varied:
    """An expression of a step: `drawn`, and in each of the program's branches where it differs there (else nothing)."""

    drawn: Expr
    branches: tuple[Expr, ...] = ()


@dataclass(frozen=True, slots=True)
class Ending:
    """An event that ends futures: whether it happened as drawn, and what it is worth to payoffs, by index."""

    event: str
    happened: Expr
    worth: tuple[tuple[int, Varied], ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Paid:
    """A player's payoff: `each` per step, `final` after the last, `discount` per step."""

    actor: str
    each: Varied | None
    final: Expr | None
    discount: Expr | None
    span: Span


@dataclass(frozen=True, slots=True)
class Reduced:
    """A reducer of an outcome. `ending` is the index of the ending whose shares stand for the argument.

    The argument of `final` is read on the state after a step; `in_branches` says that it reads what is `moved` there.
    """

    kind: Literal["final", "mean", "total", "peak", "minimum", "ever", "count", "first"]
    argument: Varied
    span: Span
    ending: int | None = None
    in_branches: bool = False


@dataclass(frozen=True, slots=True)
class Measured:
    """An outcome: `measure` reads reducers as `hidden` symbols named `reduced:<index>`.

    `first` is the index of its reducer of that kind, whose weight is the share of futures that have one.
    """

    name: str
    measure: Expr
    span: Span
    first: int | None = None


@dataclass(frozen=True, slots=True)
class Fired:
    """A rule of a strategy, in the order of trying, so that a trace can say which one fired."""

    family: str
    strategy: str
    when: Expr | None
    span: Span


@dataclass(frozen=True, slots=True)
class Program:
    """A model in the form that evaluators run. Equation numbers (for faults) follow `equations`."""

    model: Model = field(repr=False)
    columns: tuple[str, ...]
    players: tuple[str, ...]
    instances: tuple[tuple[Instance, ...], ...]
    levels: tuple[tuple[str, float], ...]
    carried: tuple[Carried, ...]
    memories: tuple[Memory, ...]
    step: tuple[Assignment, ...]
    checks: tuple[tuple[str, Expr, Span], ...]
    endings: tuple[Ending, ...]
    branches: tuple[Branch, ...]
    going_on: Expr | None
    payoffs: tuple[Paid, ...]
    reduced: tuple[Reduced, ...]
    measured: tuple[Measured, ...]
    fired: tuple[Fired, ...]
    series: tuple[tuple[str, tuple[float, ...]], ...]
    luck: tuple[str, ...]
    start_luck: tuple[str, ...] = ()

    @property
    def n_steps(self) -> int:
        """Steps of the clock."""
        return self.model.clock.steps

    @property
    def measures(self) -> tuple[tuple[str, str], ...]:
        """(kind, name) of each thing that a future comes to: outcomes, then payoffs by actor."""
        return (*(("outcome", m.name) for m in self.measured), *(("payoff", p.actor) for p in self.payoffs))

    @property
    def equations(self) -> tuple[tuple[str, Span], ...]:
        """What a fault can point at: what it is called, and where it stands."""
        return (
            *((a.shown, a.span) for a in self.step),
            *((c.symbol.name, c.span) for c in self.carried),
            *((m.symbol.name, m.span) for m in self.memories),
            *((f"check {name}", span) for name, _, span in self.checks),
            *((f"worth of {e.event}", e.span) for e in self.endings),
            *((f"payoff of {p.actor}", p.span) for p in self.payoffs),
            *((f"{r.kind} of an outcome", r.span) for r in self.reduced),
            *((f"outcome {m.name}", m.span) for m in self.measured),
        )
