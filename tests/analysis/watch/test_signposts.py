"""What to look for next, against closed forms and studies in which there is nothing to see."""

import math
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from standoff.analysis.watch.hypotheses import Hypothesis, likelihood_ratio
from standoff.analysis.watch.matrix import matrix_csv
from standoff.ensemble.design import Design, draw_worlds
from standoff.ensemble.profiles.chosen import all_profiles
from standoff.ensemble.runner import Local
from standoff.ensemble.running import Running, Size
from standoff.ensemble.study import Study, load
from standoff.ensemble.watch.ahead import look_ahead, profiles_at_random
from standoff.questions.watching.signposts import dates_ahead, find_signposts
from standoff.questions.watching.watch import watch_study
from standoff.words.sentences.watching.signposts import signpost_sentences
from tests.analysis.watch.exact_studies import beta_binomial, normal_normal, nothing_matters, write_seen

ONE = Running(threads=1)


def worth_of_sample(mean: float, noise: float) -> float:
    """EVSI of one look at theta ~ N(mean, 1) with normal noise, for choosing theta or nothing (Raiffa & Schlaifer)."""
    spread = math.sqrt(1.0 / (1.0 + noise**2))
    z = mean / spread
    return float(spread * stats.norm.pdf(z) + mean * stats.norm.cdf(z) - max(0.0, mean))


@pytest.mark.parametrize(("mean", "noise"), [(0.3, 1.0), (-0.5, 0.5)])
def test_the_value_of_a_normal_sample(tmp_path: Path, mean: float, noise: float) -> None:
    found = find_signposts(normal_normal(tmp_path, mean, noise), Size(4096, 1, 1), running=ONE)
    (one,) = found.found
    exact = worth_of_sample(mean, noise)
    assert one.is_told
    assert one.evsi.low <= exact <= one.evsi.high
    assert one.evsi.value == pytest.approx(exact, abs=0.03)
    assert {one.then, one.other} == {"going", "staying"}


@pytest.fixture(scope="module")
def null(tmp_path_factory: pytest.TempPathFactory):
    """Signposts of twenty seeds of a study in which what is seen tells nothing of what the decider gains."""
    study = nothing_matters(tmp_path_factory.mktemp("null"))
    return [find_signposts(study, Size(256, 1, seed), running=ONE) for seed in range(20)]


def test_where_nothing_matters_no_sign_is_told(null) -> None:
    """In at least 19 of 20 seeds."""
    assert sum(any(one.is_told for one in found.found) for found in null) <= 1


def test_where_nothing_matters_no_trigger_adds_anything(null) -> None:
    assert sum(any(one.is_told for one in found.triggers) for found in null) <= 1


def test_a_trigger_adds_what_seeing_is_worth(tmp_path: Path) -> None:
    """Going with leave to stay where theta looks bad: the best threshold gains nearly all of the sample's worth."""
    found = find_signposts(normal_normal(tmp_path, 0.3, 1.0), Size(4096, 1, 1), running=ONE)
    best = next(one for one in found.triggers if one.strategy == "going")
    assert best.to == "staying"
    assert not best.holds
    assert best.gain.value == pytest.approx(worth_of_sample(0.3, 1.0), abs=0.03)


def test_holding_a_strategy_and_going_on_with_it_is_playing_it() -> None:
    study = load("rivals")
    program = study.program
    design = Design(all_profiles(program), draw_worlds(study.model, 64, 1), 1, 1)
    found = look_ahead(program, design, profiles_at_random(program, 64, 1), (2, 5), running=ONE)
    for held in found.held:
        for date in (2, 5):
            np.testing.assert_allclose(held.payoffs[date][held.strategy], held.payoffs[0][held.strategy], rtol=1e-12)


MEMORY = """\
standoff: 1
title: Memory
question: Is the past known to a strategy that is taken up late?
decider: north
clock: {start: 2025-01, step: quarter, steps: 4}
actors: {north: {name: North}}
choices: {north: [go, stay]}
events: {shot: {chance: "1 if step == 0 else 0"}}
strategies:
  north:
    staying: {choose: stay}
    remembering: {choose: [{when: "ever(shot)", then: go}, {then: stay}]}
payoffs: {north: {each: "1 if north == go else 0"}}
outcomes: {gain: {measure: "mean(1 if north == go else 0)", better: higher}}
observed: {shot: {source: a newspaper}}
"""


def test_a_strategy_taken_up_late_knows_what_happened_before(tmp_path: Path) -> None:
    (tmp_path / "study.yaml").write_text(MEMORY, encoding="utf-8")
    study = load(tmp_path)
    design = Design(all_profiles(study.program), draw_worlds(study.model, 16, 1), 1, 1)
    found = look_ahead(study.program, design, np.zeros(16, dtype=np.int64), (2,), hold=(0,), running=ONE)
    assert (found.held[0].payoffs[2][1] == 2.0).all()


def test_a_likelihood_ratio_is_that_of_the_table_of_four() -> None:
    holds, side = np.repeat([True, False], 1000), np.tile([True, False], 1000)
    side[1000:1250] = False
    found = likelihood_ratio(side, Hypothesis("end", "a", "high", holds, ~holds))
    assert found.value == pytest.approx(500.5 / 375.5)
    assert found.low < found.value < found.high


def test_dates_ahead_lie_inside_the_clock() -> None:
    assert dates_ahead(16) == (2, 4, 8, 12)
    assert dates_ahead(1) == ()
    assert all(8 < date < 16 for date in dates_ahead(16, 8))


def test_what_was_seen_speaks_against_hypotheses(tmp_path: Path) -> None:
    study = beta_binomial(tmp_path)
    seen = write_seen(tmp_path, study, [("2025-Q4", "shot", "none")])
    found = watch_study(study, seen, Size(256, 2, 1), 512, runner=Local(ONE))
    assert found.ahead is not None
    rows = {(row.about, row.name): row for row in found.ahead.matrix.rows}
    high = rows["chance_of", "high"]
    assert len(high.ratios) == len(found.ahead.matrix.evidence)
    # four quarters without a shot: (1 − 7/8)/(1 − 1/8) each
    seen_ratios = [r.value for r, e in zip(high.ratios, found.ahead.matrix.evidence, strict=True) if e.was_seen]
    assert seen_ratios == pytest.approx([1 / 7] * 4, rel=0.4)
    assert high.against == pytest.approx(4 * math.log(7), rel=0.15)
    lines = matrix_csv(found.ahead.matrix).splitlines()
    assert len(lines) == 2 + len(found.ahead.matrix.evidence)


def test_signposts_are_said_in_plain_sentences(tmp_path: Path) -> None:
    study: Study = normal_normal(tmp_path, 0.3, 1.0)
    first, *_ = signpost_sentences(study.model, find_signposts(study, Size(1024, 1, 1), running=ONE))
    assert first.startswith("If truth is at least")
    assert "going is best, and else staying" in first
