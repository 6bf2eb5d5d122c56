"""Reweighing by what was seen, beside the same filter written with `particles`.

Run `python -m bench watch`: 1,024 worlds × 16 replications × 1,350 profiles by 8 quarters of counts, moved by a hidden
mood. The peer filters some of these cells one by one, in an environment of its own (it needs NumPy below 2), whose
interpreter `PARTICLES_PYTHON` names; its time is scaled to all. Both must agree on the log likelihood of some cells.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from standoff.base.source import Source, Span
from standoff.ensemble.design import Design, draw_worlds
from standoff.ensemble.profiles.chosen import all_profiles
from standoff.ensemble.running import Running
from standoff.ensemble.study import load
from standoff.ensemble.watch.watching import told_program, weigh_cells, weigh_design
from standoff.evidence.seen import Seen, Sighting

SEEN = (2, 1, 4, 6, 3, 5, 1, 0)
WORLDS, REPLICATIONS = 1024, 16
TRIED, CHECKED, MANY = 400, 8, 4096
NORTH, SOUTH, EAST = (tuple(np.linspace(0.5, 1.5, n)) for n in (15, 10, 9))
STUDY = """\
standoff: 1
title: Reweighed
question: How fast?
decider: north
clock: {start: 2025-01, step: quarter, steps: 8}
actors: {north: {name: North}, south: {name: South}, east: {name: East}}
uncertainties: {base: {range: [0.5, 4], judgement: drawn}}
choices: {CHOICES}
modes:
  mood:
    states: [calm, angry]
    start: calm
    moves: [{name: turn, from: calm, to: angry, chance: 0.3}, {name: back, from: angry, to: calm, chance: 0.2}]
quantities: {PUSH}
events: {shots: {count: "base * push * (3 if mood == angry else 1)"}}
strategies: {STRATEGIES}
payoffs: {north: {each: "-shots"}, south: {each: "-shots"}, east: {each: "-shots"}}
outcomes: {all: {measure: "total(shots)", better: lower}}
observed: {shots: {source: a paper}}
"""


def _text() -> str:
    """Each actor has a strategy for each level of how hard it pushes."""
    levels = {"north": NORTH, "south": SOUTH, "east": EAST}
    choices, strategies, pushes = [], [], []
    for actor, own in levels.items():
        choices.append(f"{actor}: [{', '.join(f'l{k}' for k in range(len(own)))}]")
        strategies.append(f"{actor}: {{{', '.join(f's{k}: {{choose: l{k}}}' for k in range(len(own)))}}}")
        rules = " else ".join(f"{level:.17g} if {actor} == l{k}" for k, level in enumerate(own[:-1]))
        pushes.append(f'{actor}_push: {{value: "{rules} else {own[-1]:.17g}"}}')
    pushes.append('push: {value: "north_push * south_push * east_push"}')
    parts = {"CHOICES": choices, "PUSH": pushes, "STRATEGIES": strategies}
    text = STUDY
    for name, lines in parts.items():
        text = text.replace(f"{{{name}}}", "{" + ", ".join(lines) + "}")
    return text


def main() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "study.yaml").write_text(_text(), encoding="utf-8")
        study = load(folder)
    model = study.model
    nowhere = Span(Source("", ""), 0, 0)
    seen = Seen(
        tuple(Sighting(model.observed[0], t, float(n), 1.0, "", nowhere) for t, n in enumerate(SEEN)), len(SEEN)
    )
    program = told_program(model, seen)
    worlds = draw_worlds(model, WORLDS, 1)
    design = Design(all_profiles(program), worlds, REPLICATIONS, 1)
    weigh_design(
        program,
        Design(design.profiles[:64], worlds, REPLICATIONS, 1),
        seen,
        Running(evaluator="kernel"),
        filtered=False,
    )  # compiles
    cells = len(design.profiles) * WORLDS
    found = {"futures": design.n_futures, "cells": cells}
    for name, filtered in (("whole futures", False), ("resampled", True)):
        start = time.perf_counter()
        weigh_design(program, design, seen, Running(evaluator="kernel"), filtered=filtered)
        found[f"{name}, s"] = time.perf_counter() - start
        print(f"standoff   {found[f'{name}, s']:8.1f} s for {design.n_futures:,} futures in {cells:,} cells, {name}")
    python = os.environ.get("PARTICLES_PYTHON")
    if python is None:
        print("particles  set PARTICLES_PYTHON to an interpreter that has `particles` 0.4 and NumPy below 2")
        return found
    picked = np.linspace(0, cells - 1, TRIED).astype(np.int64)
    profiles, places = np.divmod(picked, WORLDS)
    pushes = [float(np.prod([own[j] for own, j in zip((NORTH, SOUTH, EAST), row, strict=True)]))
              for row in design.profiles[profiles]]  # fmt: skip
    given = {"seen": SEEN, "cells": list(zip(worlds.columns["base"][places].tolist(), pushes, strict=True))}
    theirs = _peer(python, given, TRIED, REPLICATIONS)
    whole = theirs["seconds"] / TRIED * cells
    exact = _peer(python, given, CHECKED, MANY)["log_likelihood"]
    many = Design(design.profiles, worlds, MANY, 1)
    own = weigh_cells(program, many, profiles[:CHECKED], places[:CHECKED]).log_likelihood
    apart = float(np.abs(own - np.array(exact)).max())
    scaled = f"scaled from {TRIED} cells in {theirs['seconds']:.2f} s"
    times = {name: whole / found[f"{name}, s"] for name in ("whole futures", "resampled")}
    told = ", ".join(f"{by:.0f} times as long as {name}" for name, by in times.items())
    print(f"particles  {whole:8.1f} s, {scaled}: {told}")
    print(f"log likelihoods of {CHECKED} cells with {MANY:,} particles differ by at most {apart:.3f}")
    return {**found, "particles_seconds": whole, **{f"times {name}": by for name, by in times.items()}, "apart": apart}


def _peer(python: str, given: dict[str, Any], cells: int, particles: int) -> Any:
    script = Path(__file__).parent / "peers" / "watch_particles.py"
    done = subprocess.run(
        [python, str(script), str(cells), str(particles)],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(done.stderr)
    return json.loads(done.stdout)


if __name__ == "__main__":
    main()
