"""A fit in words: each parameter, and how fitted futures stand to the data, held-out steps among them."""

from __future__ import annotations

from collections.abc import Iterator

from standoff.analysis.fitting.fit import Checked, Estimate, Fit
from standoff.language.model import Model
from standoff.words.names import quoted
from standoff.words.numbers import counted, exact, interval, number, percent, plain

__all__ = ["fit_reason", "fit_sentences"]


def fit_sentences(model: Model, found: Fit) -> Iterator[str]:
    """What was fitted, and how it holds on the steps that were held out."""
    for one in found.estimates:
        yield _estimate(model, one)
    for held, name in ((False, "Fitted"), (True, "Held out")):
        own = [one for one in found.checked if one.is_held_out == held]
        if own:
            yield f"{name}: {'; '.join(_checked(model, one) for one in own)}."
    yield (
        f"Fitted to {found.span} of {found.file} by {counted(found.simulated, 'future')} in "
        f"{counted(found.rounds, 'round')}; in "
        f"the last {percent(found.accepted)} came within {number(found.tolerance)} spreads of the data."
    )


def fit_reason(found: Fit, low: float, high: float) -> str:
    """Why a fitted copy of a study has a number: what it was fitted to, and between what ends."""
    return f"Fitted to {found.span} of {found.file}; 90 % from {exact(low)} to {exact(high)}"


def _estimate(model: Model, one: Estimate) -> str:
    low, middle, high = one.quantiles
    has = plain(one.committed[0]) if one.is_constant else interval(one.committed[0], one.committed[-1])
    verdict = "lies within" if one.is_constant else "overlaps"
    if not one.holds_committed:
        verdict = "lies outside"
    return (
        f"{quoted(model, one.name)}: {number(middle, 3)} ({interval(low, high)} with 90 %); the study has {has}, which "
        f"{verdict} that."
    )


def _checked(model: Model, one: Checked) -> str:
    inside = "" if one.low <= one.seen <= one.high else ", outside"
    return (
        f"{one.statistic} of {quoted(model, one.thing)} {number(one.seen, 3)}, fitted futures {number(one.mean, 3)} "
        f"({interval(one.low, one.high)}{inside})"
    )
