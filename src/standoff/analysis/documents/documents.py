"""Do the documents agree? What the model makes of each claim, who contradicts whom, and what has no source.

A claim is borne out where the model does what must follow from it, and contradicted where it does the opposite.
Neither says that the claim is true: the model may have been built on it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from scipy.special import ndtri

from standoff.analysis.findings import Figure, Floats, Inputs
from standoff.analysis.robustness.performance import Performance
from standoff.analysis.runs.decision_table import DecisionTable
from standoff.analysis.statistics.ranks import rank_values
from standoff.base.units import DIMENSIONLESS
from standoff.ensemble.claims import Judged
from standoff.evidence.claims import Claim, DocumentEntry, Ledger
from standoff.evidence.opposed import Opposed, opposed_pairs
from standoff.evidence.testing import Answer, Separator
from standoff.language.experiments.measures import REDUCERS, WAITING, Measure
from standoff.language.expressions.tree import Call
from standoff.language.model import Model

__all__ = [
    "ANSWERS",
    "WAITED",
    "Agreement",
    "ClaimAnswer",
    "ClaimFinding",
    "DocumentFinding",
    "Headline",
    "MechanismFinding",
    "Mover",
    "Tested",
    "agreement",
    "assumptions_of",
    "headlines",
    "moves_most",
]

WAITED = "share of time"
"""The unit of a wait: of the time that is followed."""
ClaimAnswer = Literal["borne out", "contradicted", "mixed", "no visible effect", "not represented", "open"]
ANSWERS: tuple[ClaimAnswer, ...] = get_args(ClaimAnswer)
"""What the model can make of a claim. `open`: the claim bears on something in the model, and nothing tests it."""

_SURE = 0.95
_RANK_ERROR = 1.03  # Fieller's factor in the error of Fisher's z of a rank correlation: sqrt(1.06)
_FEWEST_WORLDS = 10


@dataclass(frozen=True, slots=True)
class Tested:
    """One expectation: what it says, its answer, and the evidence, in the measure's unit and in shares of worlds."""

    says: str
    verb: str
    answer: Answer
    effect: float
    error: float
    unit: str
    least: float
    holds: float
    fails: float
    nothing: float
    worlds: int
    separator: Separator | None
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClaimFinding:
    """A claim, what the model makes of it, the mechanisms that cite it, and the assumptions that it bears on."""

    name: str
    document: str
    passage: str
    says: str
    stance: str
    certainty: str
    answer: ClaimAnswer
    tests: tuple[Tested, ...]
    mechanisms: tuple[str, ...]
    assumptions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MechanismFinding:
    """A mechanism of the model and whether the model shows it; `cites` are the claims behind it."""

    name: str
    title: str
    answer: ClaimAnswer
    tests: tuple[Tested, ...]
    cites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DocumentFinding:
    """A document, and how many of its claims have each answer."""

    name: str
    title: str
    author: str
    publisher: str
    date: str
    url: str
    counts: Mapping[ClaimAnswer, int]


@dataclass(frozen=True, slots=True)
class Agreement:
    """The answer to `Do the documents agree?`.

    Attributes:
        documents: In the study's order.
        claims: In the order of each document's text.
        mechanisms: In the study's order.
        counts: How many claims have each answer.
        opposed: Pairs of claims that cannot both be right.
        uncited: Assumptions that rest on no claim and no fact.
        n_worlds: In how many worlds claims were tested at most.
    """

    documents: tuple[DocumentFinding, ...]
    claims: tuple[ClaimFinding, ...]
    mechanisms: tuple[MechanismFinding, ...]
    counts: Mapping[ClaimAnswer, int]
    opposed: tuple[Opposed, ...]
    uncited: tuple[str, ...]
    n_worlds: int

    def claim(self, name: str) -> ClaimFinding:
        """The claim of a name; KeyError where there is none."""
        found = next((claim for claim in self.claims if claim.name == name), None)
        if found is None:
            raise KeyError(name)
        return found


@dataclass(frozen=True, slots=True)
class Mover:
    """A claim that moves a number: through which assumption, and the rank correlation over worlds, −1 to 1."""

    claim: str
    assumption: str
    correlation: Figure


@dataclass(frozen=True, slots=True)
class Headline:
    """One outcome of one strategy of the decider, its mean over worlds, and the claims that move it, most first."""

    outcome: str
    strategy: str
    value: float
    error: float
    movers: tuple[Mover, ...]


def agreement(model: Model, ledger: Ledger, judged: Sequence[Judged]) -> Agreement:
    """Put together what the model makes of a study's claims.

    Args:
        model: The study's model.
        ledger: Its documents and claims.
        judged: From `judge_expectations` of all that `collect_expectations` finds.
    """
    tests: dict[tuple[str, str], list[Tested]] = {}
    for one in judged:
        tests.setdefault((one.origin, one.name), []).append(_test(one, model))
    claims = tuple(
        _claim(claim, model, tuple(tests.get(("claim", claim.name), ())))
        for document in ledger.documents
        for claim in ledger.of(document.name)
    )
    mechanisms = tuple(
        MechanismFinding(m.name, m.title, _summed(found, "open"), found, cites=m.cites)
        for m in model.mechanisms
        for found in [tuple(tests.get(("mechanism", m.name), ()))]
    )
    worlds = max((one.verdict.worlds for one in judged), default=0)
    return Agreement(
        tuple(_document(document, claims) for document in ledger.documents),
        claims,
        mechanisms,
        _counted(claims),
        opposed=opposed_pairs(ledger, model),
        uncited=tuple(p.name for p in model.parameters if not p.reason.cites and not p.reason.facts),
        n_worlds=worlds,
    )


def assumptions_of(model: Model, claim: Claim) -> tuple[str, ...]:
    """The uncertainties and values that a claim bears on, or that cite it, in the study's order."""
    named = {name.text for name in claim.bears_on}
    return tuple(p.name for p in model.uncertain if p.name in named or claim.name in p.reason.cites)


def headlines(table: DecisionTable, ledger: Ledger, results: Performance) -> tuple[Headline, ...]:
    """For each outcome, its mean under the leading strategy of the decider, and the claims that move it, most first.

    Args:
        table: Of the run; its weights count.
        ledger: The study's claims.
        results: Of the same run, whose figures these are; nothing is told where it has none.
    """
    if not results.standings:
        return ()
    model, s = table.ensemble.model, results.order[0]
    bearing = {claim.name: assumptions_of(model, claim) for claim in ledger.claims}
    found = []
    for measure, cell in zip(results.measures, results.standings[0].cells[s], strict=True):
        if measure.kind != "outcome":
            continue
        values = table.figures("outcome", measure.name).mean[s]
        known = np.flatnonzero(np.isfinite(values))
        weights = None if table.weights is None else table.weights[known] / table.weights[known].sum()
        movers: tuple[Mover, ...] = ()
        if known.size >= _FEWEST_WORLDS:
            movers = moves_most(table.inputs.rows(known), values[known], bearing, len(bearing), weights=weights)
        found.append(Headline(measure.name, table.labels[s], cell.figure.value, cell.figure.error, movers=movers))
    return tuple(found)


def moves_most(
    inputs: Inputs,
    outcome: Floats,
    bearing: Mapping[str, Sequence[str]],
    most: int = 3,
    *,
    weights: Floats | None = None,
) -> tuple[Mover, ...]:
    """The claims whose assumptions go with an outcome most, over worlds.

    A claim counts through the assumption with the largest rank correlation. Only those are named whose 95 %
    intervals, for all assumptions at once (Bonferroni), leave zero out.

    Args:
        inputs: The assumptions, shape (worlds, assumptions).
        outcome: Shape (worlds,), finite.
        bearing: For each claim the assumptions that it bears on; others than the inputs' are passed over.
        most: How many claims to name.
        weights: Shape (worlds,), how much each counts, summing to one; all alike without it.

    Reference:
        E. C. Fieller, H. O. Hartley and E. S. Pearson, Tests for rank correlation coefficients, Biometrika 44
        (1957): the error of Fisher's z of a rank correlation is sqrt(1.06 / (n − 3)).
    """
    n = float(outcome.size) if weights is None else 1.0 / float(weights @ weights)
    if n < 4.0 or np.ptp(outcome) == 0.0:
        return ()
    ranked = rank_values(outcome, weights)
    figures: dict[str, Figure] = {}
    for j, name in enumerate(inputs.names):
        column = rank_values(inputs.values[:, j], weights)
        if np.ptp(column) > 0.0:
            covariance = np.cov(column, ranked, aweights=weights)
            value = float(covariance[0, 1] / np.sqrt(covariance[0, 0] * covariance[1, 1]))
            figures[name] = _correlated(value, n, len(inputs.names))
    movers = []
    for claim, names in bearing.items():
        own = [name for name in names if name in figures and not figures[name].holds_zero]
        if own:
            strongest = max(own, key=lambda name: abs(figures[name].value))
            movers.append(Mover(claim, strongest, figures[strongest]))
    return tuple(sorted(movers, key=lambda mover: -abs(mover.correlation.value))[:most])


def _correlated(value: float, n: float, n_inputs: int) -> Figure:
    """A rank correlation with its error and the interval that holds for all inputs at once."""
    error = _RANK_ERROR / np.sqrt(n - 3)
    z = np.arctanh(np.clip(value, -1 + 1e-12, 1 - 1e-12))
    width = -float(ndtri((1 - _SURE) / (2 * n_inputs))) * error
    return Figure(value, float(error * (1 - value**2)), float(np.tanh(z - width)), float(np.tanh(z + width)))


def _test(one: Judged, model: Model) -> Tested:
    verdict = one.verdict
    return Tested(
        one.expectation.says,
        one.expectation.verb,
        verdict.answer,
        verdict.effect,
        error=verdict.error,
        unit=_unit(one.expectation.measure, model),
        least=verdict.least,
        holds=verdict.holds,
        fails=verdict.fails,
        nothing=verdict.nothing,
        worlds=verdict.worlds,
        separator=verdict.separator,
        path=tuple(symbol.name for symbol in one.path or ()),
    )


def _unit(measure: Measure, model: Model) -> str:
    """An outcome's unit, or that of a stock or quantity over time; empty where there is none."""
    if measure.kind == "payoff":
        return "points"
    if measure.name.startswith(WAITING):
        return WAITED
    trees = {outcome.name: outcome.measure.tree for outcome in model.outcomes if measure.kind == "outcome"}
    tree = measure.tree or trees.get(measure.name)
    if isinstance(tree, Call) and tree.function == "first":
        return "year"  # of dates, which are apart by years
    units = {outcome.name: outcome.unit for outcome in model.outcomes if measure.kind == "outcome"}
    if measure.kind == "tree":
        carried = {stock.name: stock.unit for stock in model.stocks}
        things = carried | {quantity.name: quantity.unit for quantity in model.quantities}
        units = {f"{over} of {name}": unit for over in REDUCERS for name, unit in things.items()}
    unit = units.get(measure.name, DIMENSIONLESS)
    return "" if unit.is_dimensionless else str(unit)


def _claim(claim: Claim, model: Model, tests: tuple[Tested, ...]) -> ClaimFinding:
    without: ClaimAnswer = "open" if claim.bears_on else "not represented"
    return ClaimFinding(
        claim.name,
        claim.document,
        str(claim.passage),
        claim.says,
        stance=claim.stance,
        certainty=claim.certainty,
        answer=_summed(tests, without),
        tests=tests,
        mechanisms=tuple(m.name for m in model.mechanisms if claim.name in m.cites),
        assumptions=assumptions_of(model, claim),
    )


def _summed(tests: Sequence[Tested], without: ClaimAnswer) -> ClaimAnswer:
    """One answer from those of all tests: what was seen counts before what was not."""
    answers = {test.answer for test in tests}
    if "mixed" in answers or {"holds", "fails"} <= answers:
        return "mixed"
    if "fails" in answers:
        return "contradicted"
    if "holds" in answers:
        return "borne out"
    if "no visible effect" in answers:
        return "no visible effect"
    return "not represented" if answers else without


def _document(entry: DocumentEntry, claims: Sequence[ClaimFinding]) -> DocumentFinding:
    said = entry.metadata
    parts = (said.title or entry.name, said.author, said.publisher, said.date, said.url)
    title, author, publisher, date, url = (part or "" for part in parts)
    own = [claim for claim in claims if claim.document == entry.name]
    return DocumentFinding(entry.name, title, author, publisher, date=date, url=url, counts=_counted(own))


def _counted(claims: Sequence[ClaimFinding]) -> dict[ClaimAnswer, int]:
    counts = Counter(claim.answer for claim in claims)
    return {answer: counts[answer] for answer in ANSWERS}
