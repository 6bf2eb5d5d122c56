"""What changed from one run to another, in sentences."""

from __future__ import annotations

from standoff.analysis.comparing import DRAWN, Change, Comparison
from standoff.language.model import Parameter
from standoff.words.amounts import unit_words, with_unit
from standoff.words.mathematics import range_ends
from standoff.words.names import name_labels
from standoff.words.numbers import measured, plain, rounded
from standoff.words.text import capital, join, words

__all__ = ["change_sentences", "state_words"]

_MOST_NAMED = 5


def change_sentences(found: Comparison) -> tuple[str, ...]:
    """What of the study, of the ranking, of the linchpins and of the figures changed."""
    lines = [_study(found.changes)]
    if found.rankings is not None and found.linchpins is not None:
        lines.append(_rankings(found))
        before, after = found.linchpins
        gained = [words(name) for name in after if name not in before]
        lost = [words(name) for name in before if name not in after]
        if gained:
            lines.append(f"The choice now hinges on {join(gained)} too.")
        if lost:
            lines.append(f"It is no longer known to hinge on {join(lost)}.")
        if not gained and not lost:
            lines.append("What it hinges on is the same.")
    lines.append(_figures(found))
    return tuple(lines)


def state_words(state: Parameter | float | str | None) -> str:
    """What a changed thing was or is: a parameter's number or distribution, or at what a run held it; else empty."""
    if state is None or state == DRAWN:
        return "as drawn" if state == DRAWN else ""
    if isinstance(state, float):
        return f"held at {plain(state)}"
    assert isinstance(state, Parameter)
    if state.spread is None:
        return with_unit(plain(float(state.value or 0.0)), unit_words(state.unit))
    spread = state.spread
    if spread.levels:
        return "levels " + ", ".join(plain(level) for level in spread.levels)
    inside = range_ends(spread) if spread.edges else map(plain, spread.arguments)
    return f"{spread.distribution}({', '.join(inside)}) {unit_words(state.unit)}".strip()


def _study(changes: tuple[Change, ...]) -> str:
    if not changes:
        return "The study is the same."
    parts = []
    for how in ("changed", "added", "removed"):
        names = [change.name for change in changes if change.how == how]
        if names:
            few = len(names) <= _MOST_NAMED
            shown = join([words(name) for name in names]) if few else f"{len(names)} parts of it"
            parts.append(f"{shown} {'was' if len(names) == 1 else 'were'} {how}")
    return f"In the study {join(parts)}."


def _rankings(found: Comparison) -> str:
    assert found.rankings is not None
    old, new = found.rankings
    first, then = (
        name_labels(ranking.may_be_best, strategies)
        for ranking, strategies in zip(found.rankings, found.strategies, strict=True)
    )
    if set(old.may_be_best) == set(new.may_be_best):
        return f"{capital(first)} {'leads' if old.best else 'lead, not to be told apart,'} as before."
    return f"Before, {first} led; now {then} {'leads' if new.best else 'lead and cannot be told apart'}."


def _figures(found: Comparison) -> str:
    told = [moved for moved in found.moved if moved.is_significant]
    if not told:
        return "No figure changed by more than chance explains."
    largest = max(told, key=lambda m: abs(m.change.value) / max(abs(m.before), abs(m.after), 1e-300))
    return (
        f"{len(told)} of {len(found.moved)} figures changed by more than chance explains, in proportion most "
        f"{words(largest.measure)} under {words(largest.strategy)}: from "
        f"{rounded(largest.before, largest.change.error)} to {measured(largest.after, largest.change.error)}."
    )
