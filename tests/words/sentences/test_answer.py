"""The answer's sentences: each rule on results set by hand, read as a whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

import standoff
from standoff.analysis.findings import Figure
from standoff.analysis.robustness.performance import Performance, performance
from standoff.analysis.runs.decision_table import decision_table
from standoff.brief.sections.holds_up import first_picture
from standoff.ensemble.ensemble import Ensemble
from standoff.ensemble.study import Study
from standoff.words.sentences.answer import answer, confidence, limits_title, views_title

WORLDS = 100
NBSP = "\u00a0"


def performance_of(ensemble: Ensemble) -> Performance:
    return performance(decision_table(ensemble, fewest=0))


def _rivals(race: np.ndarray, quick: np.ndarray, slow: np.ndarray) -> Performance:
    """The rivals with the decider's payoff by world set for its three strategies, and no luck."""
    ensemble = standoff.load("rivals").run(worlds=WORLDS, replications=2)
    values = np.stack([race, quick, slow])[ensemble.design.profiles[:, 0]]
    means, halves = ensemble.means.copy(), ensemble.halves.copy()
    row = ensemble.measures.index(("payoff", "north"))
    means[row] = halves[row] = values
    return performance_of(replace(ensemble, means=means, halves=halves))


def _said(text: str) -> str:
    return text.replace(NBSP, " ").replace("\u202f", " ")


def test_a_clear_leader_is_named_with_the_difference_and_its_error() -> None:
    wave = np.sin(np.arange(WORLDS))
    results = _rivals(np.zeros(WORLDS), 10.0 + 4.0 * wave, 7.0 + 0 * wave)
    found = answer(standoff.load("rivals").model, results)
    assert found.verdict == "best"
    assert _said(found.sentences[0]) == (
        "In this model reciprocate (grudge 2) holds up best: averaged over 100 worlds, its mean payoff is 3.0 ± 0.3 "
        "points above that of the next, reciprocate (grudge 6), and it gives up least where it is wrong (0.94 ± 0.03 "
        "points in its worst tenth of worlds). The last, race on, is 10.0 ± 0.3 points behind."
    )
    assert found.sentences[1] == "Reciprocate (grudge 2) stays within the study’s one limit in all 100 worlds."


def test_what_cannot_be_told_apart_is_not_ranked() -> None:
    noise = np.random.default_rng(3).normal(size=(2, WORLDS))
    results = _rivals(np.full(WORLDS, -50.0), noise[0], noise[1])
    found = answer(standoff.load("rivals").model, results)
    assert found.verdict == "level"
    assert "cannot tell reciprocate (grudge" in found.sentences[0]
    assert "holds up best" not in " ".join(found.sentences)
    assert any("worlds, against 100 here" in line or "More futures" in line for line in map(_said, confidence(
        standoff.load("rivals").model, results)))  # fmt: skip


def test_strategies_that_do_the_same_are_level() -> None:
    same = np.linspace(0.0, 1.0, WORLDS)
    results = _rivals(same, same, same)
    found = answer(standoff.load("rivals").model, results)
    assert found.verdict == "level"
    assert _said(found.sentences[0]).endswith("the first two differ in mean payoff by 0 ± 0 points.")


def test_a_run_too_small_says_so() -> None:
    study = standoff.load("rivals")
    found = answer(study.model, performance_of(study.run(worlds=4, replications=2)))
    assert found.verdict == "small"
    assert found.sentences == (
        "With 4 worlds this run is too small to tell the strategies apart. Run at least 16; a few hundred are usual.",
    )


def test_one_strategy_has_nothing_to_be_compared_with(study_of: Callable[..., Study]) -> None:
    study = study_of("""
        stocks: {x: {start: 1, next: "x"}}
        payoffs: {north: {each: "x"}}
        outcomes: {end: {measure: "final(x)", better: lower}}
    """)
    results = performance_of(study.run(worlds=32, replications=2))
    found = answer(study.model, results)
    assert found.verdict == "alone"
    assert [_said(sentence) for sentence in found.sentences] == [
        "The study has one strategy to judge, acts, and nothing to compare it with.",
        "In this model its mean payoff is 8 ± 0 points.",
    ]
    assert confidence(study.model, results) == ()
    assert limits_title(study.model, results) == "The study states no limits; these are the 2 measures it reports"


def test_no_sound_future_gives_no_answer() -> None:
    ensemble = standoff.load("rivals").run(worlds=32, replications=2)
    nothing: Ensemble = replace(
        ensemble, counts=np.zeros_like(ensemble.counts), means=np.full_like(ensemble.means, np.nan)
    )
    found = answer(ensemble.model, performance_of(nothing))
    assert found.verdict == "failed"
    assert "no answer" in found.sentences[0]


def test_what_beats_the_leader_under_a_profile_is_named() -> None:
    study = standoff.load("korea")
    ensemble = study.run(worlds=32, replications=1, profile={"china": "compete", "russia": "lasting_axis",
                                                              "rok": "align"})  # fmt: skip
    dprk, us = (ensemble.program.players.index(actor) for actor in ("dprk", "us"))
    banks = ensemble.profiles["dprk"].to_numpy() == "bank_on_moscow"
    patient = ensemble.profiles["us"].str.startswith("strategic_patience(guarantee=cool").to_numpy()
    freezes = ensemble.profiles["us"].str.startswith("freeze_for_relief(guarantee=firm").to_numpy()
    assert dprk != us
    values = np.where(banks, 5.0 * patient, 9.0 * freezes)[:, None] + np.linspace(0, 1, 32)
    means = ensemble.means.copy()
    means[ensemble.measures.index(("payoff", "us"))] = values
    results = performance_of(replace(ensemble, means=means))
    found = answer(study.model, results)
    assert "freeze (firm) holds up best" in found.sentences[0]
    assert found.sentences[2] == (
        "It depends on the others: patience (cool) does better under “deep axis” (Moscow means it "
        "and Pyongyang banks on it)."
    )
    assert views_title(results) == ("Against “deep axis”, patience (cool) beats freeze (firm)")


def test_the_limit_broken_most_is_that_which_the_strategies_together_keep_least() -> None:
    results = _rivals(np.zeros(WORLDS), np.full(WORLDS, 10.0), np.full(WORLDS, 9.0))
    war, arms = (next(i for i, m in enumerate(results.measures) if m.name == name) for name in ("war", "arms"))
    main = results.standings[0]

    def kept(shares: tuple[float, ...], others: tuple[float, ...]) -> Performance:
        cells = []
        for row, share, other in zip(main.cells, shares, others, strict=True):
            new = list(row)
            for i, within in ((war, share), (arms, other)):
                new[i] = replace(row[i], within=Figure(within, 0.01, within, within))
            cells.append(tuple(new))
        measures = tuple(replace(m, limit=1.0) if i in (war, arms) else m for i, m in enumerate(results.measures))
        return replace(results, measures=measures, standings=(replace(main, cells=tuple(cells)),))

    model = standoff.load("rivals").model
    # arms are kept best of all by one strategy, and broken by the two others; war is kept middling by all
    title = _said(limits_title(model, kept((0.6, 0.6, 0.6), (0.1, 0.99, 0.2))))
    assert title.startswith(
        "“Missiles in the end” is least often tolerable: in 10.0 % of worlds with the worst strategy, 99.0 %"
    )
    assert "at best" not in title


def test_a_share_that_luck_hides_is_not_said_but_how_many_replications_would_do() -> None:
    results = _rivals(np.zeros(WORLDS), np.full(WORLDS, 10.0), np.full(WORLDS, 9.0))
    limited = next(i for i, m in enumerate(results.measures) if m.name == "war")
    main = results.standings[0]
    hidden = [replace(row[limited], within=Figure(0.7, 0.3, 0.0, 1.0), wanted=7.6) for row in main.cells]
    cells = tuple((*row[:limited], cell, *row[limited + 1 :]) for row, cell in zip(main.cells, hidden, strict=True))
    measures = tuple(replace(m, limit=1.0) if i == limited else m for i, m in enumerate(results.measures))
    results = replace(results, measures=measures, standings=(replace(main, cells=cells),))
    title = _said(limits_title(standoff.load("rivals").model, results))
    assert "cannot be told" in title
    assert "about 8 times as many would do" in title
    assert "70" not in title


def test_a_chart_sets_no_strategy_against_its_own_other_setting() -> None:
    results = _rivals(np.zeros(WORLDS), np.full(WORLDS, 10.0), np.full(WORLDS, 9.0))
    picture = first_picture(standoff.load("rivals").model, results)
    assert picture is not None
    rows = {row[0]: row[1] for row in picture.instead[0].rows}
    assert {name: _said(shown) for name, shown in rows.items()} == {"reciprocate": "10 ± 0", "race on": "−10 ± 0"}


def test_the_decider_s_payoff_has_one_error_in_every_table() -> None:
    results = performance_of(standoff.load("rivals").run(worlds=WORLDS, replications=2))
    main = results.standings[0]
    place = next(i for i, measure in enumerate(results.measures) if measure.kind == "payoff")
    assert main.metrics is not None
    for label, row in zip(results.labels, main.cells, strict=True):
        assert row[place].figure == main.metrics.expected[label].payoff
