"""What changed from one run to another, in sentences."""

from __future__ import annotations

from standoff.analysis.comparing import DRAWN, Change, Comparison
from standoff.language.model import Model, Parameter
from standoff.words.amounts import amount, unit_words, with_unit
from standoff.words.mathematics import range_ends
from standoff.words.names import name_labels, quoted, who
from standoff.words.numbers import plain
from standoff.words.text import capital, join

__all__ = ["change_sentences", "state_words"]

_MOST_NAMED = 5


def change_sentences(model: Model, found: Comparison) -> tuple[str, ...]:
    """What of the study, the ranking, the linchpins and the figures changed; the model is that of the later run."""
    lines = [_study(model, found.changes)]
    if found.rankings is not None and found.linchpins is not None:
        lines.append(_rankings(found))
        before, after = found.linchpins
        gained = [quoted(model, name) for name in after if name not in before]
        lost = [quoted(model, name) for name in before if name not in after]
        if gained:
            lines.append(f"The choice now hinges on {join(gained)} too.")
        if lost:
            lines.append(f"It is no longer known to hinge on {join(lost)}.")
        if not gained and not lost:
            lines.append("What it hinges on is the same.")
    lines.append(_figures(model, found))
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


def _study(model: Model, changes: tuple[Change, ...]) -> str:
    if not changes:
        return "The study is the same."
    parts = []
    for how in ("changed", "added", "removed"):
        names = [change.name for change in changes if change.how == how]
        if names:
            few = len(names) <= _MOST_NAMED
            shown = join([quoted(model, name) for name in names]) if few else f"{len(names)} parts of it"
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


def _figures(model: Model, found: Comparison) -> str:
    told = [moved for moved in found.moved if moved.is_significant]
    if not told:
        return "No figure changed by more than chance explains."
    largest = max(told, key=lambda m: abs(m.change.value) / max(abs(m.before), abs(m.after), 1e-300))
    is_paid = all(outcome.name != largest.measure for outcome in model.outcomes)
    what = f"the payoff of {who(model, largest.measure)}" if is_paid else quoted(model, largest.measure)
    under = name_labels([largest.strategy], model.instances(model.decider))
    before, after = (amount(model, largest.measure, x, largest.change.error) for x in (largest.before, largest.after))
    return (
        f"{len(told)} of {len(found.moved)} figures changed by more than chance explains, in proportion most "
        f"{what} under {under}: from {before} to {after}."
    )
