"""What the terminal shows of courses that can change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from standoff.analysis.graph_model.notions import NOTIONS, Notion
from standoff.analysis.graph_model.wished import Changeable
from standoff.exchange.games.options import OptionForm, StableState
from standoff.language.model import Model
from standoff.words.names import strategy_words
from standoff.words.numbers import counted, percent
from standoff.words.sentences.courses import notion_words
from standoff.words.terminal import NONE_STABLE, SEQUENTIALLY_STABLE, STABLE, barred_words

__all__ = ["conflict_lines", "courses_lines"]

_MOST = 12


def courses_lines(model: Model, answer: Changeable) -> Iterator[str]:
    """How many profiles each notion leaves stable, and those that hold best."""
    found = answer.found
    yield f"\n{counted(found.n_worlds, 'world')}; {counted(found.n_draws, 'draw')} of beliefs"
    yield f"\n{STABLE}"
    for notion in NOTIONS:
        shown = found.n_shown.get(notion)
        counts = f"{found.n_stable[notion]:>6}{'' if shown is None else shown:>7}"
        yield f"  {notion.value:<12}{counts}  {notion_words(notion)}"
    if found.barred:
        yield f"  {barred_words(found.barred)}"
    if found.held:
        yield f"\n{SEQUENTIALLY_STABLE}"
    for held in found.held[:_MOST]:
        seq, nash = held.by(Notion.SEQ), held.by(Notion.NASH)
        names = [
            strategy_words(next(i for i in model.instances(actor) if i.label == label))
            for actor, label in zip(found.players, held.strategies, strict=True)
        ]
        yield f"  {percent(seq.beliefs):>7} {percent(seq.worlds):>7} {percent(nash.beliefs):>7}  {', '.join(names)}"


def conflict_lines(form: OptionForm, found: Sequence[StableState]) -> Iterator[str]:
    """The states of a file that are stable for everybody, and by which notions."""
    n = int((form.states > 0).sum())
    yield f"{form.game.title}: {counted(len(form.game.players), 'decision maker')}, {counted(n, 'state')}"
    for one in found:
        plays = "; ".join(f"{p}: {s}" for p, s in zip(form.game.players, one.strategies, strict=True))
        yield f"  state {one.state} ({plays}): {', '.join(one.notions)}"
    if not found:
        yield f"  {NONE_STABLE}"
