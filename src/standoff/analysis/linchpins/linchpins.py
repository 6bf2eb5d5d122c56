"""What does it hinge on? What knowing an assumption first would be worth, where the choice flips, and in which worlds.

Facts nobody knows and things somebody wants are kept apart: evidence can settle the first and never the second.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from standoff.analysis.findings import Figure, Reason, UnanswerableError
from standoff.analysis.linchpins.effort import Effort
from standoff.analysis.linchpins.flips import Flips
from standoff.analysis.linchpins.regions import Region, find_regions
from standoff.analysis.linchpins.worth import Worth, Worths, measure_worths
from standoff.analysis.robustness.metrics import explain
from standoff.analysis.runs.decision_table import DecisionTable
from standoff.analysis.runs.views import View
from standoff.analysis.statistics.ranking import Ranking, rank
from standoff.base.beside import beside
from standoff.evidence.claims import Ledger
from standoff.language.model import Instance, Parameter

__all__ = ["Assumption", "Linchpins", "Pair", "Rest", "linchpins"]

_MOST_PAIRED = 20


@dataclass(frozen=True, slots=True, eq=False)
class Assumption:
    """One assumption.

    Attributes:
        parameter: The study's, with its reason.
        worth: Of knowing it before choosing, in points of payoff, as a part of the worth of knowing everything.
        flips: Where along it the best strategy changes.
        moves: Outcomes of whose spread over worlds it explains a visible part, the largest first.
    """

    parameter: Parameter
    worth: Worth
    flips: Flips
    moves: tuple[str, ...]

    @property
    def name(self) -> str:
        """Of the assumption."""
        return self.parameter.name


@dataclass(frozen=True, slots=True)
class Pair:
    """Two assumptions that are worth more to know together than the better one alone."""

    names: tuple[str, str]
    worth: Worth


@dataclass(frozen=True, slots=True)
class Rest:
    """A claim, or a document, and the linchpins that rest on it."""

    name: str
    linchpins: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Linchpins:
    """The answer to "what does it hinge on?", under one view of the others.

    Attributes:
        view: What the others play.
        strategies: Of the decider.
        leader: Label of the strategy that is best on average.
        ranking: Of the strategies.
        evpi: What knowing the world before choosing would be worth.
        facts, values: Every assumption that varied, worth most first.
        pairs: Pairs that are surely worth more than the better of the two alone.
        state_only: Assumptions that move outcomes but not the choice.
        regions: Boxes.
        claims, documents, judged: What the linchpins rest on; `judged` those that rest on judgement alone.
        method: How the worth was computed.
    """

    view: View
    strategies: tuple[Instance, ...]
    leader: str
    ranking: Ranking
    evpi: Figure
    facts: tuple[Assumption, ...]
    values: tuple[Assumption, ...]
    pairs: tuple[Pair, ...]
    state_only: tuple[str, ...]
    regions: tuple[Region, ...]
    claims: tuple[Rest, ...]
    documents: tuple[Rest, ...]
    judged: tuple[str, ...]
    method: str

    @property
    def linchpins(self) -> tuple[Assumption, ...]:
        """Facts and values whose worth is above zero beyond doubt, worth most first."""
        significant = [each for each in (*self.facts, *self.values) if each.worth.is_significant]
        return tuple(sorted(significant, key=lambda each: -each.worth.evppi.value))


def linchpins(
    table: DecisionTable,
    *,
    ledger: Ledger | None = None,
    view: str = "uniform",
    permutations: int = 199,
    pair_permutations: int = 39,
    threads: int | None = None,
) -> Linchpins:
    """Answer "what does it hinge on?" from a run of all the decider's strategies.

    Where nothing differs between worlds, or there is one strategy, the choice hinges on nothing, exactly.

    Args:
        table: Of the run.
        ledger: The study's evidence, to name the documents behind the linchpins.
        view: `uniform`, `adversarial`, `replies`, or a named profile.
        permutations, pair_permutations: For the nulls; at least 99 and 39.
        threads: At most so many at once; all cores by default.

    Raises:
        ValueError: The decider has no payoff, or there is no such view.
    """
    if not table.is_paid:
        raise UnanswerableError(Reason.NOT_PAID, actor=table.decider)
    seen = table.view(view)
    payoffs, known = table.payoffs(seen), table.posteriors(seen)
    ranking = rank(payoffs.names, payoffs.mean, payoffs.weights, explained=explain(payoffs, known.folds))
    leader = ranking.order[0]
    if len(table.strategies) < 2 or not table.inputs.names:
        nothing = Figure(0.0, 0.0, 0.0, 0.0)
        return Linchpins(
            seen,
            table.strategies,
            leader,
            ranking,
            evpi=nothing,
            facts=(),
            values=(),
            pairs=(),
            state_only=(),
            regions=(),
            claims=(),
            documents=(),
            judged=(),
            method="nothing to know",
        )
    of = table.ensemble
    outcomes = {o.name: table.figures("outcome", o.name, seen).mean for o in of.model.outcomes
                if o.name not in of.present}  # fmt: skip
    with beside(lambda: find_regions(table, seen, leader, threads), threads) as told:
        found = measure_worths(
            payoffs,
            known,
            outcomes=outcomes,
            effort=Effort(
                pairs=len(table.inputs.names) > 1,
                permutations=permutations,
                pair_permutations=pair_permutations,
                most_paired=_MOST_PAIRED,
                seed=table.seed,
                threads=threads,
            ),
        )
        regions = told()
    assumptions = _assumptions(table, found)
    significant = [each for each in assumptions if each.worth.is_significant]
    pairs = tuple(Pair((p.names[0], p.names[1]), p) for p in found.pairs if p.beyond is not None and p.beyond.low > 0.0)
    claims, documents, judged = _rests(significant, ledger)
    facts = tuple(each for each in assumptions if each.parameter.kind == "uncertainty")
    values = tuple(each for each in assumptions if each.parameter.kind == "value")
    return Linchpins(
        seen, table.strategies, leader, ranking, evpi=found.evpi, facts=facts, values=values, pairs=pairs,
        state_only=found.state_only,
        regions=regions, claims=claims, documents=documents, judged=judged, method=found.method,
    )  # fmt: skip


def _assumptions(table: DecisionTable, found: Worths) -> list[Assumption]:
    parameters = {p.name: p for p in table.ensemble.model.uncertain}
    assumptions = []
    for worth in found.alone:
        (name,) = worth.names
        moved = sorted(((of[name], outcome) for outcome, of in found.effects.items() if of[name] >= 0.02), reverse=True)
        moves = tuple(outcome for _, outcome in moved)
        assumptions.append(Assumption(parameters[name], worth, found.flips[name], moves))
    return assumptions


def _rests(
    pins: Sequence[Assumption], ledger: Ledger | None
) -> tuple[tuple[Rest, ...], tuple[Rest, ...], tuple[str, ...]]:
    """Claims and documents with the linchpins that rest on them, most first; and linchpins on judgement alone."""
    claims: dict[str, list[str]] = {}
    for pin in pins:
        cited = list(pin.parameter.reason.cites)
        cited += [c.name for c in ledger.claims if any(b.text == pin.name for b in c.bears_on)] if ledger else []
        for claim in dict.fromkeys(cited):
            claims.setdefault(claim, []).append(pin.name)
    of = {claim.name: claim.document for claim in ledger.claims} if ledger else {}
    documents: dict[str, list[str]] = {}
    for claim, names in claims.items():
        if claim in of:
            listed = documents.setdefault(of[claim], [])
            listed += [name for name in names if name not in listed]
    cited_pins = {name for names in claims.values() for name in names}
    judged = tuple(p.name for p in pins if p.name not in cited_pins and not p.parameter.reason.facts)
    return _most_first(claims), _most_first(documents), judged


def _most_first(rests: dict[str, list[str]]) -> tuple[Rest, ...]:
    return tuple(Rest(name, tuple(pins)) for name, pins in sorted(rests.items(), key=lambda item: -len(item[1])))
