"""What the others will do, from studies whose game is known."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from standoff.analysis.games.exchange import read_nfg
from standoff.analysis.others.information import Stretch
from standoff.analysis.others.others import Others, export_game, others_design, others_finding
from standoff.ensemble.ensemble import Ensemble
from standoff.ensemble.run import run_design
from standoff.ensemble.study import Study
from standoff.questions.as_json import to_json

Build = Callable[..., Study]

HEAD = """
clock: {start: 2025-01, step: year, steps: 1}
actors: {north: {name: North}, south: {name: South}}
choices: {north: [a, b], south: [a, b]}
outcomes: {calls: {measure: "mean(step)", better: lower}}
strategies: {north: {goes_a: {choose: a}, goes_b: {choose: b}}, south: {goes_a: {choose: a}, goes_b: {choose: b}}}
"""


def _run(study: Study, worlds: int = 64, replications: int = 2, seed: int = 1) -> Ensemble:
    return run_design(study.program, others_design(study.model, study.program, worlds, replications, seed=seed))


def _find(study: Study, worlds: int = 64, replications: int = 2, seed: int = 1, draws: int = 40) -> Others:
    return others_finding(_run(study, worlds, replications, seed), draws=draws, resamples=200, seed=seed)


# the dilemma of Osborne & Rubinstein 1994, example 16.2, with a gain that worlds differ in
DILEMMA = f"""{HEAD}
uncertainties:
  temptation: {{about: What betrayal brings, range: [3.5, 6], judgement: none}}
payoffs:
  north:
    each: "(3 if south == a else 0) if north == a else (temptation if south == a else 1)"
  south:
    each: "(3 if north == a else 0) if south == a else (temptation if north == a else 1)"
"""


def test_a_dilemma_has_one_stable_profile(study_of: Build) -> None:
    found = _find(study_of(DILEMMA))
    assert found.verdict == "unique and stable"
    first = found.profiles[0]
    assert (first.strategies, first.standing, first.probability) == (("goes_b", "goes_b"), "stable", 1.0)
    assert first.regret == (0.0, 0.0)
    gone = {(s.player, s.strategy): s for s in found.survival}
    assert gone["north", "goes_a"].round == 1
    assert not gone["south", "goes_a"].survives
    assert gone["south", "goes_a"].share_of_resamples == gone["south", "goes_a"].share_of_beliefs == 0.0
    assert found.beliefs.share[1, 1] == 1.0
    assert found.everyone_knew.share[1, 1] == pytest.approx(1.0)
    assert found.everyone_knew.one.value == pytest.approx(1.0)
    assert found.everyone_knew.repeated == pytest.approx(1.0)
    assert found.play[-1].precision is None
    assert found.play[-1].mixes[0][1] == pytest.approx(1.0, abs=1e-6)
    assert found.play[-1].regret == pytest.approx((0.0, 0.0), abs=1e-5)


def test_the_leader_sees_what_the_other_replies(study_of: Build) -> None:
    found = _find(study_of(DILEMMA))
    assert found.replies is not None and found.reply_weights is not None
    assert [lead.replies[0].strategies for lead in found.replies.leads] == [("goes_b",), ("goes_b",)]
    for lead, value in zip(found.replies.leads, (0.0, 1.0), strict=True):
        assert lead.worst is not None and lead.best is not None
        assert lead.worst.value == lead.best.value == lead.expected.value == pytest.approx(value)
        assert lead.adversarial.value == pytest.approx(value)
    assert found.replies.leads[0].uniform.value == pytest.approx(1.5)
    assert found.reply_weights.tolist() == [0.0, 1.0, 0.0, 1.0]


def test_the_finding_goes_to_json_tables_and_gambit(study_of: Build, tmp_path: Path) -> None:
    found = _find(study_of(DILEMMA))
    json.dumps(to_json(found), allow_nan=False)
    table = found.to_arrow()
    assert table.num_rows == 4
    assert table["standing"].to_pylist() == ["unstable", "unstable", "unstable", "stable"]
    export_game(found, tmp_path / "game.nfg")
    game = read_nfg((tmp_path / "game.nfg").read_text())
    assert (game.players, game.strategies) == (found.players, found.strategies)
    assert np.array_equal(game.payoffs, found.payoffs)


NULL = f"""{HEAD}
uncertainties:
  size: {{about: Nothing of note, range: [0, 1], judgement: none}}
draws:
  one: "normal(0, 1)"
  two: "normal(0, 1)"
payoffs:
  north: {{each: "size + (one if north == a else two)"}}
  south: {{each: "size + (two if south == a else one)"}}
"""


def test_strategies_with_the_same_effect_are_not_told_apart(study_of: Build) -> None:
    """The null study: whatever luck says, no profile is uniquely stable, and the answer says that it cannot tell."""
    study = study_of(NULL)
    verdicts = [_find(study, worlds=48, replications=4, seed=seed, draws=20).verdict for seed in range(20)]
    assert sum(verdict != "unique and stable" for verdict in verdicts) >= 19
    found = _find(study, worlds=48, replications=4)
    assert found.verdict == "cannot tell"
    assert found.indistinct
    assert all(profile.standing == "open" for profile in found.profiles)


def test_strategies_that_are_the_same_tie(study_of: Build) -> None:
    found = _find(
        study_of(NULL.replace("one if north == a else two", "one").replace("two if south == a else one", "1"))
    )
    assert found.verdict == "several stable"
    assert (found.probability == 1.0).all()


# meet or avoid, Osborne, An Introduction to Game Theory (2004), example 273.1
MEET = f"""{HEAD}
uncertainties:
  wish: {{about: "The South wishes to meet (1) or to avoid (0)", levels: [0, 1], known_to: [south], judgement: none}}
payoffs:
  north: {{each: "(2 if south == a else 0) if north == a else (0 if south == a else 1)"}}
  south: {{each: "met if wish == 1 else shunned"}}
quantities:
  met: {{value: "(1 if north == a else 0) if south == a else (0 if north == a else 2)"}}
  shunned: {{value: "(0 if north == a else 1) if south == a else (2 if north == a else 0)"}}
"""


def test_private_information_decides_as_in_the_textbook(study_of: Build) -> None:
    study = study_of(MEET)
    found = _find(study, worlds=128, replications=2)
    assert found.informed is not None
    assert [(fact.actor, fact.name, fact.is_used) for fact in found.informed.facts] == [("south", "wish", True)]
    assert found.informed.bins == (((),), ((Stretch("wish", None, 0.5),), (Stretch("wish", 0.5, None),)))
    assert found.informed.is_complete
    only = found.informed.equilibria
    assert [one.rules for one in only] == [(("goes_a",), ("goes_b", "goes_a"))]
    assert only[0].regret == (0.0, 0.0)
    assert only[0].probability == 1.0


# matching pennies (Osborne & Rubinstein 1994, example 17.1) played over one coin that worlds do not move
PENNIES = f"""{HEAD}
uncertainties:
  stake: {{about: What is at stake, range: [1, 2], judgement: none}}
payoffs:
  north: {{each: "stake if north == a and south == a or north == b and south == b else -stake"}}
  south: {{each: "-stake if north == a and south == a or north == b and south == b else stake"}}
"""


def test_a_game_without_pure_equilibrium_has_the_end_of_the_branch(study_of: Build) -> None:
    found = _find(study_of(PENNIES))
    assert found.verdict == "none stable"
    assert not [profile for profile in found.profiles if profile.is_equilibrium]
    assert all(mix == pytest.approx([0.5, 0.5]) for mix in found.play[-1].mixes)
    assert max(found.play[-1].regret) < 1e-6
    assert found.beliefs.none.value == 1.0
    assert found.everyone_knew.none.value == 1.0


BELIEVED = f"""{HEAD}
uncertainties:
  prize: {{about: What the South gains by b, range: [-1, 1], judgement: none}}
  noise: {{about: Nothing, range: [-1, 1], judgement: none}}
beliefs: {{south: {{prize: "uniform(0.2, 1)"}}}}
payoffs:
  north: {{each: "1 if north == a else 0"}}
  south: {{each: "prize if south == b else 0.1 + 0 * noise"}}
"""


def test_each_actor_plays_by_its_own_beliefs(study_of: Build) -> None:
    found = _find(study_of(BELIEVED))
    assert found.profiles[0].strategies == ("goes_a", "goes_b")
    assert found.verdict == "unique and stable"
    plain = _find(study_of(BELIEVED.replace("beliefs:", "# beliefs:")), worlds=256)
    assert plain.profiles[0].strategies == ("goes_a", "goes_a")
    assert found.dissent[0].actor == "south"
    # an even belief in [-1, 1] gives b 0 against 0.1: worlds with a prize above 0.1 are 45 %
    assert plain.everyone_knew.share[0, 1] == pytest.approx(0.45, abs=0.02)


def test_what_makes_a_profile_stable_is_found(study_of: Build) -> None:
    found = _find(study_of(BELIEVED.replace("beliefs:", "# beliefs:")), worlds=256, draws=200)
    assert found.beliefs.assumptions[0][0] == "prize"
    assert "noise" not in dict(found.beliefs.assumptions)
    condition = next(c for c in found.beliefs.conditions if c.profile == ("goes_a", "goes_b"))
    assert condition.box is not None and condition.box.names == ("prize",)
    assert condition.density > 0.9 and condition.coverage > 0.8


def test_units_of_payoff_and_order_of_profiles_do_not_matter(study_of: Build) -> None:
    ensemble = _run(study_of(NULL), 48, 4)
    base = others_finding(ensemble, draws=20, resamples=200)
    order = np.array([2, 0, 3, 1])
    shuffled = replace(
        ensemble,
        design=replace(ensemble.design, profiles=ensemble.design.profiles[order]),
        means=ensemble.means[:, order], errors=ensemble.errors[:, order],
        halves=ensemble.halves[:, order], counts=ensemble.counts[order],
    )  # fmt: skip
    again = others_finding(shuffled, draws=20, resamples=200)
    assert np.array_equal(base.payoffs, again.payoffs)
    assert base.reply_weights is not None and again.reply_weights is not None
    assert np.array_equal(base.reply_weights[order], again.reply_weights)
    means, halves = ensemble.means.copy(), ensemble.halves.copy()
    row = ensemble.measures.index(("payoff", "south"))
    means[row], halves[row] = 8.0 * means[row], 8.0 * halves[row]  # a power of two keeps every digit
    scaled = others_finding(replace(ensemble, means=means, halves=halves), draws=20, resamples=200)
    assert np.array_equal(base.probability, scaled.probability)
    assert np.array_equal(base.tolerant, scaled.tolerant)
    assert np.array_equal(base.beliefs.share, scaled.beliefs.share)


def test_an_actor_without_wants_plays_evenly(study_of: Build) -> None:
    text = DILEMMA.replace("actors: {", "actors: {west: {name: West}, ").replace(
        "choices: {", "choices: {west: [a, b], "
    )
    text = text.replace("strategies: {", "strategies: {west: {goes_a: {choose: a}, goes_b: {choose: b}}, ")
    found = _find(study_of(text.replace("else 1)", "else 1) + (4 if west == a else 0)", 1)))
    assert (found.players, found.unpaid) == (("north", "south"), ("west",))
    assert found.payoffs[0, 1, 1] == pytest.approx(1 + 2)
    assert found.reply_weights is not None and found.reply_weights.size == 8
    assert found.reply_weights.sum() == pytest.approx(2.0)


def test_what_is_no_game_is_refused(study_of: Build) -> None:
    study = study_of(DILEMMA)
    with pytest.raises(ValueError, match="few worlds: worlds=8"):
        _find(study, worlds=8)
    with pytest.raises(ValueError, match="not all profiles"):
        ensemble = _run(study)
        part = replace(ensemble.design, profiles=ensemble.design.profiles[:3])
        others_finding(run_design(study.program, part))
    with pytest.raises(ValueError, match="use 100 or more"):
        others_finding(_run(study), resamples=50)
