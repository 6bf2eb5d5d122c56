"""The parts of the language about courses that can change."""

from pathlib import Path

from standoff.analysis.graph_model.moves import moves_of
from standoff.language.load import read_study

STUDY = """\
standoff: 1
title: Two rivals
question: Does a freeze end the race?
decider: north
clock: {start: 2025-01, step: quarter, steps: 8}
actors: {north: {name: North}, south: {name: South}}
choices: {north: [build, freeze], south: [build, freeze]}
stocks: {arms: {start: 10, next: "arms + (north == build) + (south == build)"}}
strategies:
  north:
    race: {choose: build}
    wait: {settings: {level: [5, 20]}, choose: [{when: "arms > level", then: build}, {then: freeze}]}
  south: {calm: {choose: freeze}, arm: {choose: build}, talk: {choose: freeze}}
payoffs: {north: {each: "-arms"}, south: {each: "-arms"}}
outcomes: {arms_end: {measure: "final(arms)", better: lower}}
"""


def load(folder: Path, moves: str):
    (folder / "study.yaml").write_text(STUDY + moves)
    return read_study(folder)


def test_moves_bar_what_cannot_be_undone_and_what_cannot_be_done(tmp_path: Path) -> None:
    model = load(tmp_path, """\
moves:
  today: {north: "wait(level=5)", south: calm}
  north: {irreversible: race}
  south: {irreversible: [arm], barred: [{from: talk, to: [arm]}]}
""").model  # fmt: skip
    assert model is not None and model.today == (("north", "wait(level=5)"), ("south", "calm"))
    names = tuple(tuple(i.label for i in model.instances(actor)) for actor in model.players)
    north, south = moves_of(model, model.players, names).allowed
    assert north.tolist() == [[False, False, False], [True, False, True], [True, True, False]]
    assert south.tolist() == [[False, True, True], [False, False, False], [True, False, False]]


def test_what_moves_name_must_be_there(tmp_path: Path) -> None:
    found = load(tmp_path, "moves: {today: {north: wait}, south: {irreversible: [armed]}, east: {irreversible: arm}}\n")
    assert [(p.code, p.message) for p in found.problems if p.severity == "error"] == [
        ("unknown-name", "`south` has no strategy `armed`"),
        ("unknown-actor", "no actor is named `east`"),
        ("wrong-value", "`wait` has settings, and what is played today has one level of each"),
    ]


def test_spaces_to_search_are_read_and_checked(tmp_path: Path) -> None:
    model = load(tmp_path, """\
search:
  north:
    waits: {strategy: wait, within: {level: [0, 30]}, whole: level}
    asks: {reads: {arms: [0, 100]}, depth: 2, options: [build, freeze]}
""").model  # fmt: skip
    assert model is not None
    waits, asks = model.searches
    assert (waits.strategy, waits.within, waits.whole) == ("wait", (("level", 0.0, 30.0),), ("level",))
    assert (asks.within, asks.depth, asks.options) == ((("arms", 0.0, 100.0),), 2, ("build", "freeze"))


def test_a_space_names_what_there_is(tmp_path: Path) -> None:
    found = load(tmp_path, """\
search:
  north:
    a: {strategy: wait, within: {patience: [0, 30]}}
    b: {strategy: wait, within: {level: [30, 0]}}
    c: {reads: {army: [0, 1]}, depth: 3}
""")  # fmt: skip
    assert [(p.code, p.message) for p in found.problems if p.severity == "error"] == [
        ("unknown-name", "`wait` has no setting `patience` of numbers"),
        ("range-reversed", "the ends of `level` are reversed or equal: 30 and 0"),
        ("unknown-name", "no stock or quantity is named `army`"),
        ("wrong-value", "a tree asks 1 or 2 questions, and 3 stands here"),
    ]
