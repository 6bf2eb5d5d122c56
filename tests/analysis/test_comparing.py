"""Two runs: nothing changed, a number changed, a strategy lost, another seed, another decider."""

from __future__ import annotations

import pytest

import standoff
from standoff.analysis.comparing import DRAWN, compare
from standoff.words.sentences.changes import change_sentences, state_words

STUDY = """
decider: us
clock: {start: 2025-01, step: year, steps: 1}
actors: {us: {name: Us}}
constants: {head_start: {value: HEAD, judgement: any}}
uncertainties:
  gain: {about: What going brings, range: [-1, 1], judgement: any}
choices: {us: [stay, go]}
draws: {luck: "normal(0, 1)"}
strategies:
  us: {stays: {choose: stay}, goes: {choose: go}OTHER}
payoffs: {us: {each: "gain + head_start + luck if us == go else 0"}}
outcomes:
  venture: {measure: "mean(gain * (us == go))", better: lower}
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    def make(head=0.2, other="", **how):
        folder = tmp_path_factory.mktemp("runs") / "venture"
        folder.mkdir()
        text = STUDY.replace("HEAD", str(head)).replace("OTHER", other)
        (folder / "study.yaml").write_text(f"standoff: 1\ntitle: Go\nquestion: Go?\n{text}", encoding="utf-8")
        return standoff.load(folder).run(**{"worlds": 256, "replications": 4, **how})

    return make


def test_a_run_compared_with_itself_shows_no_change(run):
    ensemble = run()
    found = compare(ensemble, ensemble)
    assert found.changes == ()
    assert found.is_paired
    assert {moved.change.value for moved in found.moved} == {0.0}
    assert found.linchpins == (("gain",), ("gain",))
    assert change_sentences(ensemble.model, found) == (
        "The study is the same.",
        "Goes leads as before.",
        "What it hinges on is the same.",
        "No figure changed by more than chance explains.",
    )


def test_a_number_that_changes_the_answer_is_named_with_what_it_changed(run):
    later = run(head=-0.4)
    found = compare(run(), later)
    (change,) = found.changes
    assert (change.what, change.name, change.how) == ("constant", "head_start", "changed")
    assert (state_words(change.before), state_words(change.after)) == ("0.2", "−0.4")
    gone = next(m for m in found.moved if (m.measure, m.strategy) == ("us", "goes"))
    # common luck: the change is the constant's, exactly
    assert gone.change.value == pytest.approx(-0.6, abs=1e-12)
    assert gone.change.error == pytest.approx(0.0, abs=1e-12)
    assert change_sentences(later.model, found)[:2] == (
        "In the study head start was changed.",
        "Before, goes led; now stays leads.",
    )
    assert [ranking.best for ranking in found.rankings] == ["goes", "stays"]


def test_parts_that_come_and_go_are_named(run):
    found = compare(run(), run(other=", waits: {choose: stay}"))
    assert [(c.what, c.name, c.how) for c in found.changes] == [("strategy", "us.waits", "added")]
    assert {m.strategy for m in found.moved} == {"stays", "goes"}
    back = compare(run(other=", waits: {choose: stay}"), run())
    assert [(c.name, c.how) for c in back.changes] == [("us.waits", "removed")]


def test_an_assumption_held_at_a_number_counts_as_a_change(run):
    found = compare(run(), run(set={"gain": 0.5}))
    (change,) = found.changes
    assert (change.name, change.before, change.after) == ("gain", DRAWN, 0.5)
    assert [state_words(state) for state in (change.before, change.after)] == ["as drawn", "held at 0.5"]
    assert found.linchpins == (("gain",), ())


def test_runs_of_other_seeds_are_independent_samples(run):
    found = compare(run(), run(seed=2))
    assert not found.is_paired
    assert not any(moved.is_significant for moved in found.moved)
    assert all(moved.change.error > 0.0 for moved in found.moved if moved.strategy == "goes")


def test_other_deciders_answer_other_questions(run):
    with pytest.raises(ValueError, match="other decider: before=us, after=north"):
        compare(run(), standoff.load("rivals").run(worlds=32, replications=2))
