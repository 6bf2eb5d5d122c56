"""Which assumptions move outcomes, in sentences."""

from __future__ import annotations

import numpy as np

from standoff.analysis.sensitivity import Indices, Sensitivity
from standoff.language.model import Model
from standoff.words.names import quoted, who
from standoff.words.numbers import percent, whole
from standoff.words.text import capital, join

__all__ = ["sensitivity_sentences"]

_MOST_NAMED = 3
_PAYOFF_OF = "payoff of "


def sensitivity_sentences(model: Model, found: Sensitivity) -> tuple[str, ...]:
    """What moves each measure most, under the first strategy."""
    return tuple(_moved(model, name, next(iter(of.values()))) for name, of in found.indices.items())


def _moved(model: Model, measure: str, found: Indices) -> str:
    """The inputs whose total index is surely above zero, largest first, and what is left to their joint effects."""
    actor = measure.removeprefix(_PAYOFF_OF)
    name = f"the payoff of {who(model, actor)}" if measure != actor else quoted(model, measure)
    told = sorted((n for n, figure in found.total.items() if figure.low > 0.0), key=lambda n: -found.total[n].value)
    if found.variance == 0.0:
        return f"{capital(name)} is the same in all these worlds; what moves it, if anything, cannot be told."
    if not found.is_told and found.rows_wanted is not None:
        return (
            f"What moves {name} cannot be told, as too few worlds differ in it: about "
            f"{whole(found.rows_wanted)} base rows would do."
        )
    if not found.is_told:
        return f"What moves {name} cannot be told, as a few worlds hold most of what differs in it."
    if not told:
        return f"Nothing is known to move {name}."
    shown = [f"{quoted(model, n)} ({percent(min(found.total[n].value, 1.0))})" for n in told[:_MOST_NAMED]]
    rest = len(told) - _MOST_NAMED
    more = f", and {rest} other{'s' if rest > 1 else ''} less" if rest > 0 else ""
    joint = 1.0 - sum(max(figure.value, 0.0) for figure in found.first.values())
    error = float(np.sqrt(sum(figure.error**2 for figure in found.first.values())))
    together = f"; {percent(joint)} of its variance is joint, or luck's" if joint > 2.0 * error else ""
    return f"{capital(name)} is moved most by {join(shown)}{more}{together}."
