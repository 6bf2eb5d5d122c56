"""Games of more actors than NumPy has axes."""

from __future__ import annotations

from pathlib import Path

import pytest

import standoff
from standoff.analysis.findings import Reason, UnanswerableError
from standoff.analysis.runs.game_table import game_table

ACTORS = 61

HEAD = """\
standoff: 1
title: Many
question: Who presses?
leaves_out: [all else]
decider: a0
clock: {start: 2025-01, step: year, steps: 1}
uncertainties: {x: {range: [0, 1], judgement: none}}
"""


def _study(choosing: int) -> str:
    names = [f"a{k}" for k in range(ACTORS)]
    sections = {
        "actors": [f"{n}: {{}}" for n in names],
        "choices": [f"{n}: [press, wait]" for n in names],
        "stocks": [f"s{n}: {{start: 0, next: \"s{n} + x * ({n} == press)\"}}" for n in names],
        "strategies": [
            f"{n}: {{press: {{choose: press}}" + (", wait: {choose: wait}}" if k < choosing else "}")
            for k, n in enumerate(names)
        ],
        "payoffs": [f"{n}: {{final: \"s{n}\"}}" for n in names],
        "outcomes": ["end: {measure: \"final(sa0)\", better: higher}"],
    }  # fmt: skip
    return HEAD + "".join(f"{name}:\n" + "".join(f"  {line}\n" for line in lines) for name, lines in sections.items())


def test_actors_that_cannot_choose_take_no_axis(tmp_path: Path) -> None:
    (tmp_path / "study.yaml").write_text(_study(2))
    table = game_table(standoff.load(tmp_path).run(worlds=32, replications=1))
    assert table.players == ("a0", "a1")
    assert table.shape == (2, 2)
    assert (table.payoffs[0, 0] >= table.payoffs[0, 1]).all()


def test_too_many_actors_that_choose_are_refused_with_the_bound(tmp_path: Path) -> None:
    (tmp_path / "study.yaml").write_text(_study(ACTORS))
    study = standoff.load(tmp_path)
    run = study.run(worlds=32, replications=1, profiles=64)
    with pytest.raises(UnanswerableError) as caught:
        game_table(run)
    assert caught.value.reason is Reason.MANY_ACTORS
    assert caught.value.data == {"actors": ACTORS, "most": 60}
