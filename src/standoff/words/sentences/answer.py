"""The answer in sentences, made from the figures by rules that can be read and tested.

Each rule looks at one fact of the results and says one thing about it; nothing is said to be better than another
by less than its error allows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from standoff.analysis.findings import FEWEST_WORLDS, Figure
from standoff.analysis.robustness.performance import Performance, Standing
from standoff.analysis.runs.views import View
from standoff.language.model import Instance, Model
from standoff.words.amounts import amount, difference, worlds_share
from standoff.words.names import strategy_words, title_of
from standoff.words.numbers import counted, figure_percent, measured, percent, rounded_up, whole
from standoff.words.text import are_or_is, capital, join

__all__ = ["Answer", "answer", "confidence", "leaders", "limits_title", "views_title"]

Verdict = Literal["best", "level", "alone", "small", "failed"]

_MOST_NAMED = 3
_MOST = 0.95
_TOLD = 1.96


@dataclass(frozen=True, slots=True)
class Answer:
    """Two to four sentences for the first screen, and which case they are."""

    verdict: Verdict
    sentences: tuple[str, ...]


def answer(model: Model, results: Performance) -> Answer:
    """Which of the decider's strategies holds up, in this model."""
    if not results.standings:
        failed = (
            "No world of this run has a sound future for every profile, so the model gives no answer. "
            "The faults are listed under “What was run”."
        )
        return Answer("failed", (failed,))
    main = results.standings[0]
    if len(results.strategies) == 1:
        only = strategy_words(results.strategies[0])
        first = f"The study has one strategy to judge, {only}, and nothing to compare it with."
        return Answer("alone", _said(first, _result(model, results), _limits(results, main, (0,))))
    ranking = main.rankings[0] if results.measures else None
    if ranking is None:
        small = (
            f"With {counted(results.n_worlds, 'world')} this run is too small to tell the strategies apart. "
            f"Run at least {FEWEST_WORLDS}; a few hundred are usual."
        )
        return Answer("small", (small,))
    level = leaders(results)
    first = _leads(model, results, main) if ranking.best else _level(model, results, main)
    verdict: Verdict = "best" if ranking.best else "level"
    return Answer(verdict, _said(first, _limits(results, main, level), _views(results, level)))


def confidence(model: Model, results: Performance) -> tuple[str, ...]:
    """How sure the answer is: sampling error, how often another is better, and whether more futures would help."""
    if not results.standings or len(results.strategies) < 2:
        return ()
    main = results.standings[0]
    ranking = main.rankings[0] if results.measures else None
    if ranking is None:
        return (f"No error can be stated with {counted(results.n_worlds, 'world')}.",)
    first, second = results.order[0], results.order[1]
    gap, error = abs(float(ranking.difference[first, second])), float(ranking.error[first, second])
    a, b = strategy_words(results.strategies[first]), strategy_words(results.strategies[second])
    told = f"{capital(a)} is ahead of {b} on average by more than sampling explains."
    lines = [told if gap > _TOLD * error else f"Whether {a} or {b} is ahead: cannot tell."]
    if main.metrics is not None:
        regret = main.metrics.regret
        better = float((regret.by_world[first] > 0.0).mean())
        lines.append(
            f"Some other strategy looks better in {percent(better)} of worlds. Choosing with the world known "
            f"beforehand would gain {_regret(results, main, first)} points on average, and "
            f"{_figure(regret.worst_decile[results.labels[first]])} points in the tenth of worlds where it gains most."
            if better
            else "No world was found in which another strategy looks better."
        )
    if ranking.best and ranking.is_settled:
        lines.append("More futures would not change which is best; other assumptions might.")
    elif ranking.best:
        lines.append("More futures could still change which is best, and so might other assumptions.")
    elif ranking.worlds_needed is None:
        lines.append("More futures would not tell the first from the second.")
    elif ranking.worlds_needed <= 100 * results.n_worlds:
        lines.append(
            f"About {rounded_up(ranking.worlds_needed)} worlds, against {whole(results.n_worlds)} here, would tell "
            "the first two apart if they differ as it seems."
        )
    return tuple(lines)


def limits_title(model: Model, results: Performance) -> str:
    """The finding of the table: which limit breaks most, and where the strategies differ most."""
    if not results.standings:
        return "No result to show"
    cells = results.standings[0].cells
    limited = [i for i, m in enumerate(results.measures) if m.limit is not None]
    shares = {i: [row[i].within for row in cells] for i in limited}
    if not shares:
        return f"The study states no limits; these are the {len(results.measures)} measures it reports"
    untold = {i: max(row[i].wanted or 0.0 for row in cells) for i in limited}
    hidden = max(untold, key=lambda i: untold[i])
    if untold[hidden] > 0.0:
        name = title_of(model, results.measures[hidden].name)
        return (
            f"In how many worlds “{name}” keeps its limit cannot be told: luck in it is too uneven for "
            f"{counted(results.replications, 'replication')}, and about {rounded_up(round(untold[hidden]))} times as "
            "many would do"
        )
    kept = {i: [_share(share) for share in of] for i, of in shares.items()}
    hardest = min(kept, key=lambda i: sum(kept[i]))
    widest = max(kept, key=lambda i: max(kept[i]) - min(kept[i]))
    if min(map(min, kept.values())) >= _MOST:
        at = min(kept, key=lambda i: min(kept[i]))
        least = _ends_of(shares[at])[0]
        limit = "The one limit" if len(shares) == 1 else "Every limit"
        return f"{limit} is kept in {'every world' if min(kept[at]) >= 1.0 else f'at least {least} of worlds'}"
    name = title_of(model, results.measures[hardest].name)
    worst, best = _ends_of(shares[hardest])
    said = f"in {worst} of worlds"
    if worst != best:
        said = f"{said} with the worst strategy, {best} with the best"
    broken = f"“{name}” is least often tolerable: {said if max(kept[hardest]) > 0.0 else 'in no world'}"
    if len(cells) == 1 or max(kept[widest]) - min(kept[widest]) < 0.05 or hardest == widest:
        return broken
    return f"{broken}. The strategies differ most over “{title_of(model, results.measures[widest].name)}”"


def _ends_of(shares: Sequence[Figure | None]) -> tuple[str, str]:
    """The least and the largest share, as everywhere."""
    known = sorted((share for share in shares if share is not None), key=lambda share: share.value)
    return figure_percent(known[0], told=False), figure_percent(known[-1], told=False)


def views_title(results: Performance) -> str:
    """The finding of the views: what beats the leaders, and where."""
    named, level = _named(results), leaders(results)
    names = join([strategy_words(results.strategies[s]) for s in level[:_MOST_NAMED]])
    beaten = _beaten(results, named, level)
    if not beaten:
        return f"No named way for the others to play is known to put {names} behind"
    views = [f"“{view.title}”" for of in beaten.values() for view in of]
    if len(views) == len(named):
        return f"However the others are named to play, something else beats {names}"
    return f"Against {join(views)}, {join(list(beaten), 'or')} beats {names}"


def leaders(results: Performance) -> tuple[int, ...]:
    """The strategies that may be best by the first measure under the first view, best first."""
    ranking = results.standings[0].rankings[0] if results.standings and results.measures else None
    if ranking is None:
        return (0,)
    return tuple(results.labels.index(label) for label in ranking.may_be_best)


def _leads(model: Model, results: Performance, main: Standing) -> str:
    ranking = main.rankings[0]
    assert ranking is not None
    first, second = results.order[0], results.order[1]
    a, b = (strategy_words(results.strategies[s]) for s in (first, second))
    gap, error = float(ranking.difference[first, second]), float(ranking.error[first, second])
    what = _measure_words(model, results)
    side = "above" if results.measures[0].better == "higher" else "below"
    lead = (
        f"In this model {a} holds up best: averaged over {counted(results.n_worlds, 'world')}, its {what} is "
        f"{difference(model, _name(results), gap, error)} {side} that "
        f"of the next, {b}"
    )
    return lead + _where_wrong(results, main, first) + "." + _last(model, results, main, first)


def _last(model: Model, results: Performance, main: Standing, first: int) -> str:
    """How far behind the last is, which gives the other differences their scale."""
    ranking = main.rankings[0]
    assert ranking is not None
    last = results.order[-1]
    if len(results.order) < 3:
        return ""
    gap, error = abs(float(ranking.difference[first, last])), float(ranking.error[first, last])
    behind = difference(model, _name(results), gap, error)
    return f" The last, {strategy_words(results.strategies[last])}, is {behind} behind."


def _where_wrong(results: Performance, main: Standing, first: int) -> str:
    """Whether the leader also loses least in the tenth of worlds that are worst for it."""
    if main.metrics is None:
        return ""
    if not (main.metrics.regret.by_world[first] > 0.0).any():
        return ", and no world was found in which another does better"
    worst = main.metrics.regret.worst_decile
    own = worst[results.labels[first]]
    least = min(worst, key=lambda label: worst[label].value)
    apart = own.value - worst[least].value
    if least == results.labels[first]:
        return f", and it gives up least where it is wrong ({_figure(own)} points in its worst tenth of worlds)"
    if apart > _TOLD * float(np.hypot(own.error, worst[least].error)):
        other = strategy_words(results.strategies[results.labels.index(least)])
        return f", though where it is wrong {other} gives up less"
    return ""


def _level(model: Model, results: Performance, main: Standing) -> str:
    ranking = main.rankings[0]
    assert ranking is not None
    level = [strategy_words(results.strategies[results.labels.index(label)]) for label in ranking.may_be_best]
    first, second = (results.labels.index(label) for label in ranking.may_be_best[:2])
    gap, error = abs(float(ranking.difference[first, second])), float(ranking.error[first, second])
    what = _measure_words(model, results)
    shown = difference(model, _name(results), gap, error)
    if len(level) > _MOST_NAMED:
        told = len(results.strategies) - len(level)
        rest = f"; the other {told} {are_or_is(range(told))} worse" if told else ""
        return (
            f"In this model the run cannot tell {len(level)} of {len(results.strategies)} strategies apart by their "
            f"{what}{rest}. The first two, {join(level[:2])}, differ by "
            f"{shown}."
        )
    rest = _last(model, results, main, first) if len(level) < len(results.strategies) else ""
    pair = "they" if len(level) == 2 else "the first two"
    return (
        f"In this model the run cannot tell {join(level)} apart: averaged over {counted(results.n_worlds, 'world')}, "
        f"{pair} differ in {what} by {shown}.{rest}"
    )


def _limits(results: Performance, main: Standing, level: Sequence[int]) -> str:
    """How many limits the leader (or of those level the one that keeps most) keeps, and whether another keeps more."""
    if main.kept is None or main.together is None:
        return ""
    count = sum(m.limit is not None for m in results.measures)
    leader = max(level, key=lambda s: _share(main.kept[s] if main.kept else None))
    kept, together = main.kept[leader], main.together[leader]
    name = strategy_words(results.strategies[leader])
    if any(cell.wanted is not None for cell in main.cells[leader]):
        return f"In how many worlds {name} keeps the study’s limits cannot be told from so few replications."
    shared = worlds_share(together.value, together.error, results.n_worlds)
    if count == 1:
        return f"{capital(name)} stays within the study’s one limit in {shared}."
    most = max(range(len(main.kept)), key=lambda s: _share(main.kept[s] if main.kept else None))
    other = main.kept[most]
    shown, more = measured(kept.value, kept.error), measured(other.value, other.error)
    said = f"{capital(name)} keeps {shown} of the study’s {count} limits in a mean world"
    if len(level) > 1:
        of = "two" if len(level) == 2 else str(len(level))
        more_or_most = "more" if len(level) == 2 else "most"
        said = f"Of the {of}, {name} keeps {more_or_most} of the study’s {count} limits, {shown} in a mean world"
    if most != leader and other.value - kept.value > _TOLD * float(np.hypot(kept.error, other.error)):
        said += f"; {strategy_words(results.strategies[most])} keeps most, {more}"
    whole = max(main.together, key=_share)
    if whole.value <= 0.0:
        return f"{said}. No strategy keeps all {count} in any of the {counted(results.n_worlds, 'world')}."
    if together.value >= whole.value:
        return f"{said}, and all of them in {shared}."
    return f"{said}. All {count} are kept in at most {percent(whole.value)} of worlds, whatever the strategy."


def _views(results: Performance, level: Sequence[int]) -> str:
    """Against which named profiles none of the leaders is best or level, and what beats them there."""
    named = _named(results)
    if not named:
        return ""
    beaten = _beaten(results, named, level)
    who = "them" if len(level) > 1 else strategy_words(results.strategies[level[0]])
    if not beaten:
        ways = "the one named way" if len(named) == 1 else f"the {len(named)} named ways"
        return f"Against {ways} for the others to play, nothing is known to beat {who}."
    if sum(map(len, beaten.values())) > _MOST_NAMED:
        behind = sum(map(len, beaten.values()))
        falls = "they fall" if len(level) > 1 else f"{who} falls"
        return f"It depends on the others: {falls} behind under {behind} of {len(named)} named profiles."
    parts = [f"{name} does better under {join([_told(view) for view in views])}" for name, views in beaten.items()]
    return f"It depends on the others: {join(parts)}."


def _told(view: View) -> str:
    return f"“{view.title}” ({view.about.rstrip('.')})" if view.about else f"“{view.title}”"


def _named(results: Performance) -> list[Standing]:
    return [s for s in results.standings[1:] if s.rankings and s.rankings[0] is not None]


def _beaten(results: Performance, named: Sequence[Standing], level: Sequence[int]) -> dict[str, list[View]]:
    """What beats the leaders → the profiles under which it does."""
    found: dict[str, list[View]] = {}
    for standing in named:
        if not any(results.labels[s] in _may_be_best(standing) for s in level):
            found.setdefault(strategy_words(_first(results, standing)), []).append(standing.view)
    return found


def _result(model: Model, results: Performance) -> str:
    if not results.measures:
        return ""
    cell = results.standings[0].cells[0][0]
    shown = amount(model, _name(results), cell.figure.value, cell.figure.error)
    return f"In this model its {_measure_words(model, results)} is {shown}."


def _measure_words(model: Model, results: Performance) -> str:
    measure = results.measures[0]
    return "mean payoff" if measure.kind == "payoff" else f"mean of “{title_of(model, measure.name)}”"


def _name(results: Performance) -> str:
    measure = results.measures[0]
    return measure.name if measure.kind == "outcome" else ""


def _may_be_best(standing: Standing) -> tuple[str, ...]:
    ranking = standing.rankings[0]
    return () if ranking is None else ranking.may_be_best


def _first(results: Performance, standing: Standing) -> Instance:
    ranking = standing.rankings[0]
    assert ranking is not None
    return results.strategies[results.labels.index(ranking.order[0])]


def _regret(results: Performance, main: Standing, strategy: int) -> str:
    assert main.metrics is not None
    return _figure(main.metrics.regret.mean[results.labels[strategy]])


def _figure(figure: Figure) -> str:
    return measured(figure.value, figure.error)


def _share(figure: Figure | None) -> float:
    return 0.0 if figure is None else figure.value


def _said(*sentences: str) -> tuple[str, ...]:
    return tuple(sentence for sentence in sentences if sentence)
