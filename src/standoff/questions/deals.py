"""Whether there is a deal: for each that the study names, paired runs with it struck and without it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from standoff.analysis.deals.deals import Deals, deals_designs, deals_finding
from standoff.analysis.deals.plan import DealPlan
from standoff.analysis.findings import Reason, UnanswerableError
from standoff.analysis.structure.causal import causal_map
from standoff.ensemble.design import Assigned
from standoff.ensemble.ensemble import Ensemble
from standoff.ensemble.run import Job
from standoff.ensemble.running import Size
from standoff.ensemble.study import Study
from standoff.evidence.claims import Ledger
from standoff.language.model import Deal, Model
from standoff.questions.question import Designs, Keeping, Question, Runs, Unanswered

__all__ = ["DEALS", "MOST_WORLDS_OF_EFFECTS", "find_deal_of", "plan_deals", "shared_stocks"]

MOST_WORLDS_OF_EFFECTS = 256
"""Worlds for deals and for tests of claims, which compare two runs world by world: that needs fewer than a ranking."""
_LUCK = 4
"""Replications for deals, whose gains are paired and averaged over profiles besides."""


def plan_deals(model: Model, size: Size, held: Assigned | None = None) -> tuple[DealPlan | Unanswered, ...]:
    """What to run for each deal of a study; nothing where it has none."""
    return tuple(_plan(model, deal, size, held) for deal in model.deals)


def find_deal_of(plan: DealPlan, ensembles: Sequence[Ensemble], seed: int = 1) -> Deals | Unanswered:
    """Whether there is a deal, with the worlds sorted by what a party and an outsider move together."""
    try:
        return deals_finding(plan, ensembles, by=shared_stocks(plan.model, plan.deal), seed=seed)
    except UnanswerableError as error:
        return Unanswered.of(plan.deal.name, error)


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


def _plan(model: Model, deal: Deal, size: Size, held: Assigned | None) -> DealPlan | Unanswered:
    taken = [name for name in deal.without if name in model.applied]
    if taken:
        return Unanswered(deal.name, Reason.VARIANT_APPLIED, {"variant": taken[0]})
    try:
        return deals_designs(model, deal.name, size=size, held=held)
    except UnanswerableError as error:
        return Unanswered.of(deal.name, error)


def _arms(plan: DealPlan) -> dict[str, Job]:
    what_for = f"for the deal `{plan.deal.name}`"
    return {f"{plan.deal.name}: {arm.name}": Job(arm.program, arm.design, what_for=what_for) for arm in plan.arms}


def _designs(study: Study, size: Size) -> Designs:
    plans = plan_deals(study.model, size, study.held)
    return Designs({name: job for one in plans if isinstance(one, DealPlan) for name, job in _arms(one).items()}, plans)


def _find(runs: Runs, _: Ledger) -> tuple[Deals | Unanswered, ...]:
    found: list[Deals | Unanswered] = []
    for plan in runs.designs["deals"].plan:
        if isinstance(plan, DealPlan):
            ensembles = [runs.ensembles[name] for name in _arms(plan)]
            found.append(find_deal_of(plan, ensembles, runs.size.seed))
        else:
            found.append(plan)
    return tuple(found)


def _beside(size: Size) -> Size:
    luck = _LUCK if size.replications >= _LUCK else 2
    return replace(size, worlds=min(size.worlds, MOST_WORLDS_OF_EFFECTS), replications=luck)


DEALS: Question[tuple[Deals | Unanswered, ...]] = Question(
    "deals", _designs, _find, beside=_beside, keeping=Keeping(tuple[Deals | Unanswered, ...]), is_apart=True
)
