"""What a column of the worlds holds is what an imposition holds, to the bit; elsewhere nothing changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from comparison import differences
from random_studies import load_random

from standoff.ensemble.design import Design, Worlds, draw_worlds
from standoff.ensemble.profiles.chosen import choose_profiles
from standoff.ensemble.run import lanes_of
from standoff.ensemble.study import load
from standoff.language.changed import Imposed, Movable, changed
from standoff.language.expressions.tree import Symbol
from standoff.language.model import Change, Model
from standoff.language.model.causes import Causes, is_too_many
from standoff.program.compile import compile_model
from standoff.program.reference import Results, run_lanes

SEEDS = (1, 2, 4, 5, 7, 8, 10, 11, 13, 14, 16, 17)


def held_ways(model: Model) -> Iterator[tuple[Symbol, str, float]]:
    """Everything that a column can hold, and how: never, always, or at an option of this index."""
    events = (Symbol("event", event.name) for event in model.events if event.kind != "count")
    moves = (Symbol("move", move.name) for mode in model.modes for move in mode.moves)
    for symbol in (*events, *moves):
        yield symbol, "never", 0.0
        yield symbol, "always", 1.0
    for mode in model.modes:
        yield Symbol("mode", mode.name), "option", float(len(mode.states) - 1)
    for choice in model.choices:
        yield Symbol("choice", choice.family), "option", float(len(choice.options) - 1)


def futures(model: Model, worlds: Worlds, columns: Mapping[str, float], n: int = 24) -> Results:
    """Some futures, with these columns held in all of them."""
    program = compile_model(model)
    profiles = choose_profiles(program, None)
    held = {name: np.full(worlds.size, value) for name, value in columns.items()}
    design = Design(profiles, replace(worlds, columns={**worlds.columns, **held}), 4, 3)
    lanes = np.arange(n)
    return run_lanes(
        program, lanes_of(program, design, lanes * 7 % len(profiles), lanes % worlds.size, replications=lanes % 4)
    )


def differing(model: Model) -> list[str]:
    """What is not the same by a column as by an imposition, for all that can be held."""
    ways = list(held_ways(model))
    things = tuple(dict.fromkeys((symbol, "hold") for symbol, _, _ in ways))
    movable = changed(model, [Movable(things)])
    if model.impositions or is_too_many(Causes(movable).of_ends):
        return []
    free = {Movable.column(*thing): Movable.unmoved("hold") for thing in things}
    worlds = draw_worlds(model, 8, seed=3)
    found = [f"free: {each}" for each in apart(futures(movable, worlds, free), futures(model, worlds, {}))]
    for symbol, how, value in ways:
        change: Change = Imposed(symbol, how, value if how == "option" else None)
        by_column = futures(movable, worlds, {**free, Movable.column(symbol, "hold"): value})
        imposed = futures(changed(model, [change]), worlds, {})
        found += [f"{symbol.name} {how}: {each}" for each in apart(by_column, imposed)]
    return found


def apart(found: Results, expected: Results) -> list[str]:
    """What differs, but for the number of the equation that failed first: they do not have the same equations."""
    return [one for one in differences(found, expected) if not one.startswith("fault")]


@pytest.mark.parametrize("name", ["rivals"])
def test_bundled_studies(name: str) -> None:
    assert differing(load(name).model) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_random_studies(seed: int, tmp_path: Path) -> None:
    assert differing(load_random(seed, tmp_path, 0.6).model) == []
