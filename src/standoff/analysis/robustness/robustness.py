"""What holds up? The decider's strategies under every view of the others, and the ranking of each.

For each view: expected payoff, regret, the worst tenth of worlds, the frontier, satisficing (`metrics.py`,
`satisficing.py`), and the ranking under other weightings of the worlds. Nothing is run here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from standoff.analysis.findings import Floats, Reason, UnanswerableError
from standoff.analysis.robustness.limits import find_bounds, hold_limits, keep_limits
from standoff.analysis.robustness.metrics import Metrics, measure_robustness
from standoff.analysis.robustness.satisficing import Bound, Satisficing
from standoff.analysis.runs.decision_table import DecisionTable
from standoff.analysis.runs.views import View
from standoff.analysis.runs.weighings import Weighting, state_weightings, weigh_worlds
from standoff.analysis.statistics.regression import one_thread
from standoff.base.beside import beside
from standoff.language.model import Instance

__all__ = ["Robustness", "UnderView", "robustness"]


@dataclass(frozen=True, slots=True, eq=False)
class UnderView:
    """The answer under one view of the others.

    Attributes:
        view: What the others play.
        metrics: Of the decider's payoffs.
        satisficing: Of the outcomes with limits; None without any.
    """

    view: View
    metrics: Metrics
    satisficing: Satisficing | None


@dataclass(frozen=True, slots=True, eq=False)
class Robustness:
    """The answer to "what holds up?".

    Attributes:
        decider: The actor.
        strategies: Of the decider, in the order of every array.
        bounds: Limits that the study states.
        unbounded: Outcomes with a limit that can be missing (dates of a first event) and so are not judged.
        under: Uniform others first, then named profiles, replies if given, adversarial others.
        n_worlds, n_dropped, replications: What it rests on; worlds without a sound future were left out.
        weightings: Stated ones under which the ranking was looked at again, besides those of `weigh_worlds`.
    """

    decider: str
    strategies: tuple[Instance, ...]
    bounds: tuple[Bound, ...]
    unbounded: tuple[str, ...]
    under: tuple[UnderView, ...]
    n_worlds: int
    n_dropped: int
    replications: int
    weightings: tuple[Weighting, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """Of the strategies."""
        return tuple(instance.label for instance in self.strategies)


def _halved(views: Sequence[View]) -> tuple[Sequence[View], Sequence[View]]:
    half = -(-len(views) // 2)
    return views[:half], views[half:]


def _taken_up(table: DecisionTable, views: Sequence[View], found: Sequence[UnderView]) -> list[UnderView]:
    """What came of a table in a process beside, as if it had been made of this one: others read its limits."""
    for view, under in zip(views, found, strict=True):
        if under.satisficing is not None:
            keep_limits(table, view, under.satisficing)
    return [replace(under, view=view) for view, under in zip(views, found, strict=True)]


def robustness(
    table: DecisionTable,
    *,
    weightings: Mapping[str, Floats] | None = None,
    limits_under_all: bool = True,
    threads: int | None = None,
) -> Robustness:
    """Answer "what holds up?" from a run of all the decider's strategies.

    Args:
        table: Of the run.
        weightings: More weightings of the design's worlds, by name (shape (worlds,)), besides the actors' beliefs and
            those of `weigh_worlds`. One that rests on too few worlds is named, and not ranked by.
        limits_under_all: Hold outcomes against their limits under every view, which takes most of the time; else
            under the first alone, and `satisficing` of the others is None.
        threads: At most so many at once; all cores by default.

    Raises:
        ValueError: The decider has no payoff, or weights are not one a world, none negative and not all zero.

    Example:
        >>> import standoff
        >>> from standoff.analysis.runs.decision_table import decision_table
        >>> found = robustness(decision_table(standoff.load("rivals").run(worlds=64, replications=4)))
        >>> found.under[0].metrics.ranking.order[0]
        'reciprocate(patience=2)'
    """
    ensemble = table.ensemble
    if not table.is_paid:
        raise UnanswerableError(Reason.NOT_PAID, actor=table.decider)
    bounds = find_bounds(table)
    stated = state_weightings(ensemble, table.worlds, weightings)
    carried = {each.name: each.weights for each in stated if each.is_carried}

    def judge(view: View) -> UnderView:
        payoffs = table.payoffs(view)
        metrics = measure_robustness(payoffs, weigh_worlds(payoffs) | carried, table.posteriors(view))
        is_judged = limits_under_all or view is table.views[0]
        return UnderView(view, metrics, hold_limits(table, view) if is_judged else None)

    with one_thread():
        first = judge(table.views[0])  # it makes what all share, and the others then only read it
        near, far = _halved(table.views[1:])
        with beside(lambda: [judge(view) for view in far], threads) as elsewhere:
            under = (first, *[judge(view) for view in near], *_taken_up(table, far, elsewhere()))
    return Robustness(
        table.decider,
        table.strategies,
        bounds,
        tuple(o.name for o in ensemble.model.outcomes if o.limit is not None and o.name in ensemble.present),
        under=under,
        n_worlds=table.worlds.size,
        n_dropped=ensemble.design.worlds.size - table.worlds.size,
        replications=ensemble.design.replications,
        weightings=stated,
    )
