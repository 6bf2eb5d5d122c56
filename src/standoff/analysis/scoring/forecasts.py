"""A forecast: for each question what the study says, what one would say without it, and what the answer hangs on."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Annotated

import numpy as np
from msgspec import Meta, Struct

from standoff.analysis.findings import Floats
from standoff.analysis.scoring.baselines import baseline_laws
from standoff.analysis.scoring.laws import Law, chance_law, count_law, number_law
from standoff.analysis.statistics.ranks import rank_values
from standoff.ensemble.watch.following import Followed
from standoff.evidence.asked import Asked
from standoff.language.model import Model

__all__ = ["Answered", "Forecast", "Hinge", "answer_questions"]

_MOST_HINGES = 3
_SURE = 4.0


class Hinge(Struct, frozen=True, forbid_unknown_fields=True):
    """An assumption that an answer hangs on, with the rank correlation over futures."""

    name: str
    correlation: float


class Answered(Struct, frozen=True, forbid_unknown_fields=True):
    """A question with its answer.

    `equation` is the thing's own, as the study writes it; `horizon` counts steps from the clock's start.
    """

    name: str
    asks: str
    about: str
    by: str
    horizon: int
    law: Law
    baselines: dict[str, Law]
    hinges: tuple[Hinge, ...]
    equation: str


class Forecast(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is frozen: the answers, and what ties them to a study, a version and a day."""

    standoff: str
    study: str
    digest: Annotated[str, Meta(pattern=r"^[0-9a-f]{32}$")]
    variants: tuple[str, ...]
    as_of: str
    made: str
    futures: int
    effective: float
    seed: int
    profile: str
    seen: str
    questions: str
    answers: tuple[Answered, ...]


def answer_questions(
    model: Model,
    asked: Sequence[Asked],
    followed: Followed,
    columns: Mapping[str, Floats],
    *,
    past: Mapping[str, Floats],
    noise: Mapping[str, tuple[float, bool]],
) -> tuple[Answered, ...]:
    """What futures say of questions.

    Args:
        model: The study's.
        asked: The questions.
        followed: Futures in which everything asked about was followed.
        columns: Assumption → (futures,).
        past: What was seen before the clock begins, by name, in order of time.
        noise: Of numbers that are seen with noise: its size, and whether it is of the logarithm.
    """
    sound = followed.weights > 0.0
    weights = followed.weights[sound]
    ranks = {name: rank_values(column[sound]) for name, column in columns.items() if np.ptp(column[sound]) > 0.0}
    found = []
    for one in asked:
        values = _values(one, followed.path(one.of)[:, sound])
        drawn = _with_noise(values, noise.get(one.of.name)) if one.kind == "number" else values
        found.append(
            Answered(
                one.name, one.asks, one.of.name, model.clock.label(one.last), horizon=one.horizon,
                law=_law(one, drawn, weights),
                baselines=baseline_laws(one, past.get(one.of.name)), hinges=_hinges(values, weights, ranks),
                equation=_equation(model, one.of.name),
            )
        )  # fmt: skip
    return tuple(found)


def _values(one: Asked, path: Floats) -> Floats:
    """(futures,) what a question comes to."""
    span = path[one.first : one.last + 1]
    if one.ask == "happens":
        return np.asarray((span > 0.0).any(axis=0), dtype=np.float64)
    if one.ask == "total":
        return np.asarray(span.sum(axis=0))
    if one.ask == "is":
        return np.asarray(path[one.last] == one.state, dtype=np.float64)
    return np.asarray(path[one.last])


def _law(one: Asked, values: Floats, weights: Floats) -> Law:
    if one.at_least is not None:
        return chance_law((values >= one.at_least).astype(np.float64), weights)
    if one.is_chance:
        return chance_law(values, weights)
    return count_law(values, weights) if one.kind == "count" else number_law(values, weights)


def _with_noise(values: Floats, noise: tuple[float, bool] | None) -> Floats:
    """What will be seen: the number with its noise, at evenly spread places in an order of its own."""
    if noise is None or noise[0] == 0.0:
        return values
    from scipy.special import ndtri  # noqa: PLC0415

    size, is_log = noise
    n = values.size
    order = np.argsort((np.arange(n) * 0.6180339887498949) % 1.0, kind="stable")
    z = ndtri((order + 0.5) / n)
    return np.asarray(values * np.exp(size * z) if is_log else values + size * z)


def _hinges(values: Floats, weights: Floats, ranks: Mapping[str, Floats]) -> tuple[Hinge, ...]:
    """Assumptions whose rank goes with the answer beyond chance."""
    y = rank_values(values)
    found = []
    for name, x in ranks.items():
        a, b = x - weights @ x, y - weights @ y
        scale = math.sqrt(float(weights @ a**2) * float(weights @ b**2))
        if scale > 0.0:
            found.append(Hinge(name, float(weights @ (a * b)) / scale))
    least = _SURE * math.sqrt(float(weights @ weights))
    found = [one for one in found if abs(one.correlation) > least]
    return tuple(sorted(found, key=lambda one: -abs(one.correlation))[:_MOST_HINGES])


def _equation(model: Model, name: str) -> str:
    """A thing's own equation, as it is written."""
    for group, keys in ((model.events, ("rate",)), (model.stocks, ("next", "growth")), (model.quantities, ("value",))):
        for thing in group:
            if thing.name == name:
                written = next(x for key in keys if (x := getattr(thing, key)) is not None)
                return str(written.span.text).strip().strip('"')
    for mode in model.modes:
        for move in mode.moves:
            if move.name == name:
                given = move.hazard or move.chance
                return "" if given is None else str(given.span.text).strip().strip('"')
    return ""
