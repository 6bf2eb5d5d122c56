"""The checks of a model that was read: functions from a model to problems, run after names, types and units."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from standoff.base.problems import Problem
from standoff.language.checks.branching import check_branches
from standoff.language.checks.limits import check_limits
from standoff.language.checks.observing import check_observed
from standoff.language.checks.ranges import check_faults, check_ordered, check_rates, check_starts
from standoff.language.checks.reach import check_after_the_end, check_before_the_start, check_cycles, check_states
from standoff.language.checks.tables import check_facts, check_history
from standoff.language.checks.usage import (
    check_idle,
    check_names,
    check_profiles,
    check_rare_events,
    check_settled,
    check_sources,
    check_unused,
)
from standoff.language.checks.visibility import check_visibility
from standoff.language.experiments.expectations import read_expectations
from standoff.language.model import Model

__all__ = ["CHECKS", "check"]


def check(model: Model) -> list[Problem]:
    """All problems that the checks find."""
    return [problem for one in CHECKS for problem in one(model)]


def check_strategies(model: Model) -> Iterator[Problem]:
    """Who has choices has a strategy."""
    players = frozenset(model.players)
    for actor in dict.fromkeys(choice.actor for choice in model.choices):
        if actor not in players:
            span = next(choice.span for choice in model.choices if choice.actor == actor)
            message = f"`{actor}` has choices and no strategy"
            yield Problem(
                "no-strategy", span, message, f"add at least one strategy for it under `strategies: {{{actor}: …}}`"
            )


def check_deals(model: Model) -> Iterator[Problem]:
    """A deal says what no deal means, and its parties look beyond the last step."""
    payoffs = {payoff.actor: payoff for payoff in model.payoffs}
    reported: set[str] = set()
    for deal in model.deals:
        if not deal.without:
            message = f"`{deal.name}` does not say what no deal means, and its worth depends on that"
            advice = "name one or more variants under `without`, such as one that imposes `never`"
            yield Problem("deal-without-without", deal.span, message, advice)
        for party in deal.parties:
            payoff = payoffs.get(party)
            if party in reported or (payoff is not None and payoff.final is not None):
                continue
            reported.add(party)
            message = f"`{party}` is party to a deal and has no `final` payoff, so the last step would reward breach"
            advice = f"say under `payoffs` what the state after the last step is worth to `{party}`"
            yield Problem("deal-without-final", deal.span if payoff is None else payoff.span, message, advice)


def check_expectations(model: Model) -> Iterator[Problem]:
    """What mechanisms expect can be evaluated; a variant may take away what they speak of."""
    if not model.applied:
        for mechanism in model.mechanisms:
            yield from read_expectations(mechanism.expect, model)[1]


CHECKS: tuple[Callable[[Model], Iterable[Problem]], ...] = (
    check_strategies,
    check_cycles,
    check_visibility,
    check_states,
    check_before_the_start,
    check_after_the_end,
    check_branches,
    check_faults,
    check_rates,
    check_ordered,
    check_starts,
    check_deals,
    check_observed,
    check_expectations,
    check_idle,
    check_unused,
    check_sources,
    check_names,
    check_rare_events,
    check_settled,
    check_profiles,
    check_limits,
    check_facts,
    check_history,
)
