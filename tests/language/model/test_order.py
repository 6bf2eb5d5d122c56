from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standoff.base.source import Source, Span
from standoff.language.expressions.tree import Call, Number, Reference, Symbol
from standoff.language.load import read_study
from standoff.language.model import Model
from standoff.language.model.order import (
    _cycles,
    _sorted,
    dependencies,
    evaluation_order,
    find_cycles,
    same_step_references,
    shown_path,
)

STUDY = """\
standoff: 1
title: Two rivals
question: Does a freeze end the race?
decider: north
clock: {start: 2025-01, step: quarter, steps: 8}
actors: {north: {name: North}, south: {name: South}}
{order}
choices: {north: [build, freeze], south: {line: [build, freeze], word: [keep, cheat]}}
stocks:
  arms: {start: 10, next: "arms + built"}
quantities:
  fright: {value: "0.1 * alarm"}
  alarm: {value: "2 * news + (clash > 1)"}
  built: {value: "1 if north == build or south.line == build else 0"}
  news: {report: {of: menace, noise: 0.2, lag: 1}}
  menace: {value: "arms + shock"}
draws:
  shock: "normal(0, 0.1 * arms)"
events:
  clash: {count: "fright_before + south_cheats"}
  war: {given: "crisis and north == build", chance: 0.1}
  crisis: {chance: 0.2}
modes:
  race:
    states: [running, paused]
    start: running
    moves:
      - {name: pause, from: running, to: paused, when: "north == freeze"}
      - {name: resume, from: paused, to: running, hazard: "0.1 + 0.1 * crisis"}
strategies:
  north:
    wait: {choose: [{when: "previous(alarm) > 3", then: build}, {then: freeze}]}
    race: {choose: build}
  south:
    calm: {choose: {line: freeze, word: [{when: "south.line == freeze", then: keep}, {then: cheat}]}}
payoffs: {north: {each: "-arms"}, south: {each: "-arms"}}
outcomes:
  arms_end: {measure: "final(arms)", better: lower}
"""
STUDY = STUDY.replace("fright_before + south_cheats", "previous(fright) + (south.word == cheat)")


def read(folder: Path, order: str = "") -> Model:
    (folder / "study.yaml").write_text(STUDY.replace("{order}", order), encoding="utf-8")
    return read_study(folder).model


def names(symbols: object) -> list[str]:
    return [symbol.name for symbol in symbols]  # type: ignore[attr-defined]


def test_dependencies_are_what_is_read_in_the_step(tmp_path: Path) -> None:
    read_by = {symbol.name: names(r.symbol for r in refs) for symbol, refs in dependencies(read(tmp_path)).items()}
    assert read_by == {
        "north": [],
        "south.line": [],
        "south.word": ["south.line"],
        "fright": ["alarm"],
        "alarm": ["news", "clash"],
        "built": ["north", "south.line"],
        "news": ["menace"],
        "menace": ["shock"],
        "shock": [],
        "clash": ["south.word"],
        "war": ["crisis", "north"],
        "crisis": [],
        "pause": ["north", "crisis"],
        "resume": ["north", "crisis"],
    }


def test_order_puts_everything_after_what_it_reads_and_keeps_the_file_otherwise(tmp_path: Path) -> None:
    assert names(evaluation_order(read(tmp_path))) == [
        "north", "south.line", "south.word", "built", "shock", "menace", "news", "clash", "alarm", "fright",
        "crisis", "war", "pause", "resume",
    ]  # fmt: skip


def test_later_groups_choose_after_earlier_ones(tmp_path: Path) -> None:
    order = names(evaluation_order(read(tmp_path, "order: [[south], [north]]")))
    assert order.index("north") > order.index("south.line")
    assert order.index("north") > order.index("south.word")


def test_a_study_without_circles_has_none(tmp_path: Path) -> None:
    assert find_cycles(read(tmp_path)) == []


@pytest.mark.parametrize(
    ("function", "read_now"),
    [("previous", 0), ("since", 0), ("count", 0), ("ever", 0), ("age", 0), ("delay", 1), ("smooth", 1), ("chance", 1)],
)
def test_only_delay_and_smooth_and_chance_read_in_the_same_step(function: str, read_now: int) -> None:
    span = Span(Source("study.yaml", "x"), 0, 1)
    tree = Call(span, function, span, (Reference(span, Symbol("event", "e")), Number(span, 2.0)))
    assert len(list(same_step_references(tree))) == read_now


def graph(edges: dict[str, str]) -> dict[Symbol, set[Symbol]]:
    return {Symbol("quantity", a): {Symbol("quantity", b) for b in reads} for a, reads in edges.items()}


@pytest.mark.parametrize(
    ("edges", "paths"),
    [
        ({"a": "a"}, ["a → a"]),
        ({"a": "b", "b": "a"}, ["a → b → a"]),
        ({"a": "b", "b": "cd", "c": "a", "d": "b"}, ["b → d → b"]),  # the shortest of a knot, not the first
        ({"a": "b", "b": "", "c": "d", "d": "ca", "e": "c"}, ["c → d → c"]),  # what leads to a circle is not in it
        ({"a": "a", "b": "c", "c": "b"}, ["a → a", "b → c → b"]),
        ({}, []),
    ],
)
def test_cycles_are_shown_as_paths(edges: dict[str, str], paths: list[str]) -> None:
    assert [shown_path(path) for path in _cycles(graph(edges))] == paths


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.sets(st.sampled_from("abcdefgh"))))
def test_what_is_sorted_and_what_goes_round_are_told_apart(edges: dict[str, set[str]]) -> None:
    whole = graph({a: "".join(sorted(b for b in reads if b in edges)) for a, reads in edges.items()})
    order, cycles = _sorted(whole), _cycles(whole)
    assert (len(order) == len(whole)) == (not cycles)
    assert all(order.index(b) < order.index(a) for a in order for b in whole[a])
    for path in cycles:
        assert path[0] == path[-1]
        assert all(b in whole[a] for a, b in pairwise(path))


def test_a_long_chain_neither_recurses_nor_takes_long() -> None:
    n = 10_000
    ring = {Symbol("quantity", f"q{i}"): {Symbol("quantity", f"q{(i + 1) % n}")} for i in range(n)}
    assert len(_cycles(ring)[0]) == n + 1
