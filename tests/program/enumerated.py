"""The exact expectation of what the reference gives: each draw of luck is split where its outcome changes.

Luck is a uniform number for each draw. What it decides changes at bounds that are known once the draws before it are
settled, so that a future is split there into futures, each with the length of its interval as its chance. Nothing is
sampled.
"""

from __future__ import annotations

import math
from dataclasses import fields, replace
from typing import Any
from unittest.mock import patch

import numpy as np
import numpy.typing as npt

from standoff.base.chance import streams
from standoff.ensemble.run import lanes_of
from standoff.ensemble.study import Study
from standoff.language.expressions.tree import Binary, Expr, Reference, walk
from standoff.program.operations import Evaluator
from standoff.program.program import Program
from standoff.program.stepper import State, advance, begin, finish

__all__ = ["expectation"]

Floats = npt.NDArray[np.float64]


def expectation(study: Study, *, realised: bool) -> tuple[dict[str, float], dict[str, float]]:
    """The mean of each outcome, and of the payoff `north`; and the share of weight in which each outcome exists."""
    program = study.program
    one = np.zeros(1, dtype=np.int64)
    lanes = replace(lanes_of(program, study.design(1, 1), one, one, replications=one), columns={})
    state = begin(program, lanes, realised=realised)
    chance = np.ones(1)
    for _ in range(program.n_steps):
        state, chance = _advance(program, state, chance)
    found = finish(program, state)
    assert not found.fault.any()
    means: dict[str, float] = {}
    shares: dict[str, float] = {}
    for i, measured in enumerate(program.measured):
        weight = chance * found.weights[i]
        values = np.where(weight > 0.0, found.outcomes[i], 0.0)
        means[measured.name], shares[measured.name] = float(values @ weight), float(weight.sum())
        if measured.name.startswith("ever"):
            assert found.outcomes[i].max() <= 1.0
    means["north"] = float(found.payoffs[0] @ chance)
    return means, shares


def _advance(program: Program, state: State, chance: Floats) -> tuple[State, Floats]:
    """All futures a step later, in all the ways in which its luck can fall."""
    luck = {name: np.full(chance.size, 0.5) for name in program.luck}
    after = _with(luck, program, state)
    for name in _in_order(program):
        bounds = _bounds(program, after, name)
        edges = np.sort(np.clip(np.stack([np.zeros_like(chance), *bounds, np.ones_like(chance)]), 0.0, 1.0), axis=0)
        widths = np.diff(edges, axis=0)
        kept = np.nonzero(widths > 0.0)
        middles = (edges[1:] + edges[:-1])[kept] / 2.0
        state, chance = _some(state, kept[1]), chance[kept[1]] * widths[kept]
        luck = {other: u[kept[1]] for other, u in luck.items()} | {name: middles}
        after = _with(luck, program, state)
    return after, chance


def _with(luck: dict[str, Floats], program: Program, state: State) -> State:
    by_key = {streams.key(name): u for name, u in luck.items()}
    with patch.object(streams, "uniform", lambda _keys, key, _step: by_key[key]):
        return advance(program, state)


def _in_order(program: Program) -> list[str]:
    """Draws in the order in which a step asks for them."""
    found: dict[str, None] = {}
    for assignment in program.step:
        for node in walk(assignment.value):
            if isinstance(node, Reference) and node.symbol.kind == "luck":
                found[node.symbol.name] = None
    return list(found)


def _bounds(program: Program, after: State, name: str) -> list[Floats]:
    """The numbers at which what a draw decides changes, in each future."""
    evaluator = Evaluator(after.lanes.size, program)
    evaluator.known = dict(after.seen)
    found: list[Floats] = []
    for assignment in program.step:
        for node in walk(assignment.value):
            bound = _bound(node, name)
            if bound is not None:
                found.append(np.broadcast_to(np.asarray(evaluator.value(bound, None), dtype=float), after.lanes.size))
    if not found:  # a count of mean 0.7 that is 0 or 1
        found.append(np.full(after.lanes.size, math.exp(-0.7)))
    return found


def _bound(node: Expr, name: str) -> Expr | None:
    if isinstance(node, Binary) and node.operator == "<" and isinstance(node.left, Reference):
        return node.right if node.left.symbol.kind == "luck" and node.left.symbol.name == name else None
    return None


def _some(state: State, lanes: npt.NDArray[np.int64]) -> State:
    """A state of these lanes."""
    n = state.lanes.size
    taken = {f.name: _taken(getattr(state, f.name), n, lanes) for f in fields(state) if f.name != "lanes"}
    inside = {f.name: _taken(getattr(state.lanes, f.name), n, lanes) for f in fields(state.lanes)}
    return replace(state, lanes=replace(state.lanes, **inside), **taken)


def _taken(thing: Any, n: int, lanes: npt.NDArray[np.int64]) -> Any:
    if isinstance(thing, np.ndarray):
        return thing[..., lanes] if thing.ndim and thing.shape[-1] == n else thing
    if isinstance(thing, tuple):
        return tuple(_taken(part, n, lanes) for part in thing)
    if isinstance(thing, dict):
        return {key: _taken(part, n, lanes) for key, part in thing.items()}
    return thing
