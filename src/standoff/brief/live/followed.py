"""What a page follows in every step: what the printed page follows, and whether each deal is in force.

A deal in force is a quantity and an outcome that the study does not have: they read its `during` and are read by
nothing, so that every other number stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from standoff.analysis.fans import Followed, followed_in
from standoff.base.units import DIMENSIONLESS
from standoff.language.changed import changed
from standoff.language.expressions.tree import Call, Conditional, Number, Symbol
from standoff.language.model import NUMBER, Expression, Model, Outcome, Quantity
from standoff.program.compile import compile_model
from standoff.program.expressions import reference
from standoff.program.program import Program

__all__ = ["IN_FORCE", "InForce", "live_followed", "live_program"]

IN_FORCE = "in force "
"""Before a deal's name; no name of a study has a blank in it."""


@dataclass(frozen=True, slots=True)
class InForce:
    """With a quantity and an outcome for each deal: whether it is in force, and in which share of the steps."""

    def apply(self, model: Model) -> Model:
        """The study with these."""
        quantities, outcomes = list(model.quantities), list(model.outcomes)
        for deal in model.deals:
            span, name = deal.span, f"{IN_FORCE}{deal.name}"
            now = Conditional(span, Number(span, 1.0), deal.during.tree, Number(span, 0.0))
            quantities.append(Quantity(name, span, DIMENSIONLESS, Expression(span, now, NUMBER)))
            share = Call(span, "mean", span, (reference("quantity", name, span),))
            outcomes.append(Outcome(name, span, None, DIMENSIONLESS, Expression(span, share, NUMBER), "higher"))
        return replace(model, quantities=tuple(quantities), outcomes=tuple(outcomes))


def live_program(program: Program) -> Program:
    """A study's program as the page runs it."""
    model = program.model
    return compile_model(changed(model, [InForce()])) if model.deals else program


def live_followed(program: Program) -> tuple[Followed, ...]:
    """What the page keeps of every step of a study without the page's own quantities, deals last."""
    deals = (Followed(Symbol("quantity", f"{IN_FORCE}{deal.name}")) for deal in program.model.deals)
    return (*followed_in(program.model), *deals)
