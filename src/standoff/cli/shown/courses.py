"""What the terminal shows of courses that can change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from standoff.analysis.graph_model.notions import NOTIONS, Notion
from standoff.analysis.graph_model.wished import Changeable
from standoff.analysis.searching.valued import Valued
from standoff.exchange.games.options import OptionForm, StableState
from standoff.language.model import Model
from standoff.questions.searching import Candidate, Searched
from standoff.words.amounts import amount
from standoff.words.names import strategy_words, who
from standoff.words.numbers import counted, figure_percent, interval, percent, plain, shown, whole
from standoff.words.sentences.courses import notion_words

__all__ = ["conflict_lines", "courses_lines", "searched_lines"]

_MOST = 12


def courses_lines(model: Model, answer: Changeable) -> Iterator[str]:
    """How many profiles each notion leaves stable, and those that hold best."""
    found = answer.found
    yield f"\n{counted(found.n_worlds, 'world')}; {counted(found.n_draws, 'draw')} of beliefs"
    yield "\nprofiles that are stable, and of them shown to be"
    for notion in NOTIONS:
        shown = found.n_shown.get(notion)
        counts = f"{found.n_stable[notion]:>6}{'' if shown is None else shown:>7}"
        yield f"  {notion.value:<12}{counts}  {notion_words(notion)}"
    if found.barred:
        yield f"  the study bars {counted(found.barred, 'change')} of strategy"
    if found.held:
        yield "\nsequentially stable: in beliefs, in worlds; Nash in beliefs"
    for held in found.held[:_MOST]:
        seq, nash = held.by(Notion.SEQ), held.by(Notion.NASH)
        names = [
            strategy_words(next(i for i in model.instances(actor) if i.label == label))
            for actor, label in zip(found.players, held.strategies, strict=True)
        ]
        yield f"  {percent(seq.beliefs):>7} {percent(seq.worlds):>7} {percent(nash.beliefs):>7}  {', '.join(names)}"


def searched_lines(model: Model, found: Searched) -> Iterator[str]:
    """The best found beside the best listed, what it gains, and each as it can be pasted."""
    yield f"{model.name}: {_strategies(len(found.found))} found for {who(model, found.actor)}"
    yield f"{_strategies(found.evaluations)} looked at; values on other worlds and luck"
    yield f"views: {', '.join(found.views)}"
    yield f"\nbest listed: {found.listed.label}: {_values(model, found.listed)}"
    yield f"best found:  {found.found[0].label}: {_values(model, found.found[0])}"
    yield f"  which gains {', '.join(_value(model, one, '') for one in found.gains)}"
    for one in found.found:
        yield f"\n# {one.label}: {_values(model, one)}"
        for name, low, high in one.ranges:
            yield f"# as good for all that was seen: {name} {interval(low, high) if high > low else plain(low)}"
        yield one.text.rstrip()


def _values(model: Model, one: Candidate) -> str:
    return ", ".join(_value(model, value, "worlds within the limit of ") for value in one.values)


def _value(model: Model, one: Valued, share: str) -> str:
    if one.aim.kind == "limit":
        return f"{share or 'in worlds within the limit of '}{one.aim.name} {figure_percent(one.figure)}"
    if one.aim.kind == "payoff":
        return f"payoff {shown(one.figure)}"
    return f"{one.aim.name} {amount(model, one.aim.name, one.figure.value, one.figure.error)}"


def _strategies(n: int) -> str:
    return "1 strategy" if n == 1 else f"{whole(n)} strategies"


def conflict_lines(form: OptionForm, found: Sequence[StableState]) -> Iterator[str]:
    """The states of a file that are stable for everybody, and by which notions."""
    n = int((form.states > 0).sum())
    yield f"{form.game.title}: {counted(len(form.game.players), 'decision maker')}, {counted(n, 'state')}"
    for one in found:
        plays = "; ".join(f"{p}: {s}" for p, s in zip(form.game.players, one.strategies, strict=True))
        yield f"  state {one.state} ({plays}): {', '.join(one.notions)}"
    if not found:
        yield "  no state is stable for everybody by any notion"
