"""What the questions of the others and of deals need run, and their answers or why there is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from standoff.analysis.deals.deals import Deals, deals_designs, deals_finding
from standoff.analysis.deals.plan import DealPlan
from standoff.analysis.others.others import Others, others_finding
from standoff.analysis.structure.causal import causal_map
from standoff.ensemble.ensemble import Ensemble
from standoff.ensemble.run import Job, run_jobs
from standoff.ensemble.running import Running
from standoff.language.model import Deal, Model
from standoff.words.names import who

__all__ = ["Unanswered", "find_deals", "find_others", "plan_deals", "run_deals", "shared_stocks"]


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A question that a study or a run does not answer, and why, as the end of a sentence."""

    about: str
    why: str


def find_others(ensemble: Ensemble, seed: int = 1) -> Others | Unanswered:
    """What the others will do, from a run of every profile."""
    model = ensemble.model
    if len(model.players) < 2:
        return Unanswered("others", f"{who(model, model.players[0])} is the only one who chooses here")
    if not model.payoffs:
        return Unanswered("others", "the study does not say what anybody wants: it has no payoffs")
    try:
        return others_finding(ensemble, seed=seed)
    except ValueError as error:
        return Unanswered("others", str(error))


def plan_deals(model: Model, worlds: int, replications: int, seed: int) -> tuple[DealPlan | Unanswered, ...]:
    """What to run for each deal of a study; nothing where it has none."""
    return tuple(_plan(model, deal, worlds, replications, seed) for deal in model.deals)


def run_deals(plan: DealPlan, running: Running = Running()) -> list[Ensemble]:
    """Run a plan's arms in their order; progress counts futures over all of them."""
    what = f"for the deal `{plan.deal.name}`"
    return run_jobs([Job(arm.program, arm.design, what_for=what) for arm in plan.arms], running)


def find_deals(plan: DealPlan, ensembles: Sequence[Ensemble], seed: int = 1) -> Deals | Unanswered:
    """Whether there is a deal, with the worlds sorted by what a party and an outsider move together."""
    try:
        return deals_finding(plan, ensembles, by=shared_stocks(plan.model, plan.deal), seed=seed)
    except ValueError as error:
        return Unanswered(plan.deal.name, str(error))


def shared_stocks(model: Model, deal: Deal) -> tuple[str, ...]:
    """Stocks that one party and someone outside the deal move directly: a tie that a deal has to reckon with."""
    causes = causal_map(model)
    whose: Mapping[str, str | None] = {node.name: node.actor for node in causes.nodes if node.kind == "choice"}
    movers: dict[str, set[str]] = {}
    for edge in causes.edges:
        actor = whose.get(edge.source)
        if actor is not None and not edge.rule:
            movers.setdefault(edge.target, set()).add(actor)
    found = []
    for stock in model.stocks:
        actors = movers.get(stock.name, set())
        if len(actors & set(deal.parties)) == 1 and actors - set(deal.parties):
            found.append(stock.name)
    return tuple(found)


def _plan(model: Model, deal: Deal, worlds: int, replications: int, seed: int) -> DealPlan | Unanswered:
    taken = [name for name in deal.without if name in model.applied]
    if taken:
        return Unanswered(deal.name, f"the variant `{taken[0]}`, which says what no deal means, is applied already")
    try:
        return deals_designs(model, deal.name, worlds=worlds, replications=replications, seed=seed)
    except ValueError as error:
        return Unanswered(deal.name, str(error))
