"""Whether there is a deal, from studies whose zone and whose temptations are known."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from standoff.analysis.deals.deals import Deals, deals_finding
from standoff.analysis.deals.plan import DealPlan, DealVaried, circumstances_of, deals_designs
from standoff.analysis.deals.struck import Breachable, Observed, Struck, breaches, find_deal
from standoff.ensemble.design import Design, draw_worlds, level_table
from standoff.ensemble.profiles.chosen import all_profiles
from standoff.ensemble.run import run_design
from standoff.ensemble.running import Size
from standoff.ensemble.study import Study
from standoff.language.changed import changed
from standoff.program.compile import compile_model
from standoff.questions.as_json import to_json
from standoff.words.sentences.deals import deals_sentence

Build = Callable[..., Study]

# while the pact stands the North gains `zest` for each unit it takes and pays what it gives, and the South likewise
PACT = """
clock: {start: 2025-01, step: year, steps: 8}
actors: {north: {name: North}, south: {name: South}}
choices: {north: [honour, shirk], south: [honour, cheat]}
constants:
  exposure: {value: 1, judgement: set by the test}
  spoils: {value: 0.1, judgement: set by the test}
  spread: {value: 0, judgement: set by the test}
  reward: {value: 0, judgement: set by the test}
uncertainties:
  zest: {about: What a unit taken is worth to the North, range: [0.5, 2.5], judgement: none}
  thirst: {about: What a unit given is worth to the South, range: [0.5, 2.5], judgement: none}
modes:
  pact:
    states: [none, deal]
    start: none
    moves:
      - {name: signed, from: none, to: deal, when: "north == shirk", chance: 0.5}
      - {name: torn, from: deal, to: none, when: "south == cheat", chance: exposure}
draws:
  loot: "normal(0, 1)"
strategies:
  north: {honours: {choose: honour}, shirks: {choose: shirk}}
  south: {honours: {choose: honour}, cheats: {choose: cheat}}
payoffs:
  north: {each: "zest * bargain.take - bargain.give", final: "0"}
  south:
    each: "thirst * bargain.give - bargain.take + (spoils + spread * loot if pact == deal and south == cheat else 0)"
    final: "reward if pact == deal else 0"
outcomes: {calls: {measure: "mean(step)", better: lower}}
deals:
  bargain:
    parties: [north, south]
    during: "pact == deal"
    terms:
      give: {levels: [0, 0.25, 0.5, 0.75, 1], usual: 0.5}
      take: {levels: [0, 0.5, 1], usual: 0.5}
      polish: {levels: [0, 1], usual: 0}
    keeps: {south: "south == honour"}
    breach: {south: [cheats], north: [shirks]}
    without: [never]
variants:
  never: {impose: {signed: never}}
  at_once: {impose: {signed: always}}
"""


def _set(**values: float) -> str:
    text = PACT
    for name, value in values.items():
        before = text[text.index(f"  {name}: {{value: ") :].split(",")[0]
        text = text.replace(before, f"  {name}: {{value: {value}")
    return text


def _find(plan: DealPlan, **options: object) -> Deals:
    runs = [run_design(arm.program, arm.design) for arm in plan.arms]
    return deals_finding(plan, runs, resamples=100, permutations=99, **options)  # type: ignore[arg-type]


def test_the_zone_is_where_both_gain(study_of: Build) -> None:
    plan = deals_designs(study_of(PACT).model, size=Size(64, 2), samples=4)
    found = _find(plan)
    zest, thirst = (plan.worlds.columns[name].mean() for name in ("zest", "thirst"))
    give, take = np.array(found.levels[0])[:, None], np.array(found.levels[1])[None, :]
    expected = np.stack([8 * (zest * take - give), 8 * (thirst * give - take)])
    zone = found.zones[0]
    assert np.allclose(zone.gains, expected, atol=1e-9)
    inside = (expected > 0).all(axis=0)
    assert np.array_equal(zone.zone, inside)
    assert zone.share.value == pytest.approx(inside.mean())
    lines = [np.linspace(0.005, 0.995, 100)] * 2
    wide = [(zest * t > g) and (thirst * g > t) for g, t in product(*lines)]
    assert zone.area.value == pytest.approx(np.mean(wide), abs=0.02)
    best = np.unravel_index(np.where(inside, expected.prod(axis=0), -1).argmax(), inside.shape)
    assert zone.nash is not None
    assert zone.nash.levels == (found.levels[0][best[0]], found.levels[1][best[1]])
    assert [figure.value for figure in zone.nash.gains] == pytest.approx([float(own[best]) for own in expected])
    assert zone.verdict == "a deal"
    # without luck a world's gain is what it is: the share of worlds in which both gain is counted
    both = [
        ((plan.worlds.columns["zest"] * t > g) & (plan.worlds.columns["thirst"] * g > t)).mean()
        for g, t in product(*found.levels)
    ]
    assert zone.all_gain_raw.ravel() == pytest.approx(both)
    assert zone.all_gain.ravel() == pytest.approx(both, abs=0.05)
    assert found.in_force == pytest.approx(np.ones((5, 3)))


def test_errors_are_those_of_an_even_design(study_of: Build) -> None:
    """A linear gain is off by what is left within strata, and not by what worlds drawn apart would leave."""
    model = study_of(PACT).model
    found = [_find(deals_designs(model, size=Size(64, 2, seed), samples=2)) for seed in range(1, 9)]
    gains = np.array([one.zones[0].gains[0, 2, 1] for one in found])
    told = np.array([one.zones[0].errors[0, 2, 1] for one in found])
    assert gains.std(ddof=1) < 1.5 * told.mean()
    assert told.max() < 0.2 * 8 * 0.5 * np.sqrt(4 / 12) / np.sqrt(64)


def test_a_pact_that_rewards_its_keepers_is_kept(study_of: Build) -> None:
    plan = deals_designs(study_of(_set(reward=5)).model, size=Size(64, 2), samples=2)
    found = _find(plan)
    south = next(one for one in found.keeping if one.party == "south")
    assert south.rules == ("cheats",)
    assert south.word((4, 1)) == "keeps its word"
    # to cheat in the last span loses the reward, a year of the pact, and wins the spoils once
    thirst = plan.worlds.columns["thirst"][::2].mean()  # breach is run on every second world
    assert south.value[4, 1, 3] == pytest.approx(0.1 - 5 - (thirst * 1.0 - 0.5))
    assert found.is_kept[4, 1]


def test_a_pact_that_pays_its_breaker_is_broken(study_of: Build) -> None:
    model = study_of(_set(spoils=3, exposure=0)).model
    found = _find(deals_designs(model, size=Size(64, 2), samples=2))
    south = next(one for one in found.keeping if one.party == "south")
    assert {south.word(cell) for cell in np.ndindex(5, 3)} == {"would breach"}
    assert south.value[2, 1] == pytest.approx([24, 18, 12, 6])
    assert not found.is_kept.any()
    assert "South would break its word" in deals_sentence(model, found)
    assert {other.words[1] for other in found.others} == {"would breach"}


def test_a_breach_that_pays_only_in_hindsight_is_not_called_one(study_of: Build) -> None:
    text = _set(spoils=-0.5, spread=4, exposure=0)
    found = _find(deals_designs(study_of(text).model, size=Size(64, 4), samples=2))
    south = next(one for one in found.keeping if one.party == "south")
    assert "would breach" not in {south.word(cell) for cell in np.ndindex(5, 3)}
    assert (south.hindsight > 0.5).all()


def test_breach_is_nothing_where_the_deal_no_longer_stands(study_of: Build) -> None:
    study = study_of(_set(spoils=3))
    deal = find_deal(study.model)
    base = changed(study.model, [Struck(deal.name), Observed(deal.name, (0, 4))])
    model, (rules, left_out) = changed(base, [Breachable(deal.name)]), breaches(base, deal)
    assert [(rule.party, rule.strategy) for rule in rules] == [("south", "cheats"), ("north", "shirks")]
    assert left_out == ()
    program = compile_model(model)
    profiles = all_profiles(program)
    worlds = draw_worlds(model, 16)
    plain = run_design(program, Design(profiles, worlds, 2, 1))
    later = level_table(
        program, len(profiles), {"bargain.give": 0.5, "bargain.take": 0.5, "bargain.breach_south_0": 5.0}
    )
    broken = run_design(program, Design(profiles, worlds, 2, 1, later))
    gain = broken.payoff("south") - plain.payoff("south")
    names = [tuple(row) for row in plain.profiles[["north", "south"]].to_numpy()]
    cheating = names.index(("honours", "cheats"))
    assert (plain.outcome("stands_4")[cheating] == 0.0).all()
    assert (gain[cheating] == 0.0).all()  # torn in the first year, so there is nothing left to break
    honouring = names.index(("honours", "honours"))
    assert (plain.outcome("stands_4")[honouring] == 1.0).all()
    thirst = worlds.columns["thirst"]
    assert gain[honouring] == pytest.approx(3 - 3 * (0.5 * thirst - 0.5))


def test_the_study_with_breaches_unused_is_the_study(study_of: Build) -> None:
    study = study_of(PACT)
    deal = find_deal(study.model)
    base = changed(study.model, [Struck(deal.name), Observed(deal.name, (0,))])
    guarded = changed(base, [Breachable(deal.name)])
    assert guarded.digest != base.digest != study.model.digest
    runs = []
    for model in (base, guarded):
        program = compile_model(model)
        runs.append(run_design(program, Design(all_profiles(program), draw_worlds(model, 16), 2, 1)))
    assert np.array_equal(runs[0].means, runs[1].means)


def test_settings_of_a_breach_are_settled_and_weighing_is_left_out(study_of: Build) -> None:
    text = PACT.replace(
        "cheats: {choose: cheat}}",
        'cheats: {settings: {after: [1, 3]}, choose: [{when: "step >= after", then: cheat}, {then: honour}]}, '
        'wavers: {weigh: {honour: "1", cheat: "0"}, precision: 1}}',
    ).replace("south: [cheats]", 'south: ["cheats(after=3)", wavers]')
    study = study_of(text)
    deal = find_deal(study.model)
    base = changed(study.model, [Struck(deal.name), Observed(deal.name)])
    model, (rules, left_out) = changed(base, [Breachable(deal.name)]), breaches(base, deal)
    assert [rule.strategy for rule in rules if rule.party == "south"] == ["cheats(after=3)"]
    assert left_out == ("south: wavers",)
    program = compile_model(model)
    profiles = all_profiles(program)[:1]  # both honour
    worlds = draw_worlds(model, 8)
    levels = level_table(program, 1, {"bargain.breach_south_0": 1.0})
    plain, broken = (run_design(program, Design(profiles, worlds, 2, 1, x)) for x in (None, levels))
    assert plain.outcome("broken_south").max() == 0.0
    assert broken.outcome("in_force") == pytest.approx(
        np.full((1, 8), 0.5)
    )  # from step 3 it cheats, and step 4 sees it


def test_a_deal_in_no_state_of_a_mode_needs_a_variant_that_strikes_it(study_of: Build) -> None:
    text = PACT.replace('during: "pact == deal"', 'during: "not (pact == none)"')
    with pytest.raises(ValueError, match="no state named"):
        deals_designs(study_of(text).model, size=Size(32, 4), samples=2)
    plan = deals_designs(
        study_of(text).model, size=Size(32, 2), samples=2, varied=DealVaried(circumstances=(), strike="at_once")
    )
    assert _find(plan).zones[0].verdict == "a deal"


def test_circumstances_are_what_the_deal_is_not_about(study_of: Build) -> None:
    text = PACT.replace("payoffs:", "events:\n  storm: {chance: 0.5}\npayoffs:")
    text = text.replace('"zest * bargain.take', '"(0.2 if storm else 1) * zest * bargain.take')
    text += "  stormy: {impose: {storm: always}}\n  calm: {impose: {storm: never}}\n  other: {clock: {steps: 4}}\n"
    model = study_of(text).model
    assert circumstances_of(model, find_deal(model)) == ("stormy", "calm")
    found = _find(deals_designs(model, size=Size(64, 2), samples=2))
    contrast = next(one for one in found.contrasts if one.by == "circumstances")
    assert [part.label for part in contrast.parts] == ["stormy", "calm"]
    stormy, calm = (part.gains[0] for part in contrast.parts)
    assert (calm >= stormy).all() and contrast.change.low > 0.0
    assert contrast.gain_change[0].low > 0.0
    assert contrast.gain_change[1].value == pytest.approx(0.0)


def test_consent_hangs_on_what_it_hangs_on_and_flips_there(study_of: Build) -> None:
    model = study_of(
        PACT.replace("range: [0.5, 2.5], judgement: none}\nmodes", "range: [0, 1.6], judgement: none}\nmodes")
    )
    plan = deals_designs(model.model, size=Size(256, 2), samples=2)
    found = _find(plan)
    hinge = next(one for one in found.hinges if one.party == "south")
    assert (hinge.assumption, hinge.is_significant) == ("thirst", True)
    give, take = found.contested
    assert len(hinge.flips) == 1
    assert hinge.flips[0].low <= take / give <= hinge.flips[0].high
    mover = next(one for one in found.movers if one.assumption == "thirst")
    assert mover.is_significant and mover.change.low > 0.0


def test_parties_value_the_deal_by_their_own_beliefs(study_of: Build) -> None:
    text = PACT + 'beliefs: {south: {thirst: "uniform(2, 4)"}}\n'
    found = _find(deals_designs(study_of(text).model, size=Size(256, 2), samples=2))
    assert found.zones[0].gains[1, 4, 0] == pytest.approx(8 * 3, abs=0.3)
    assert found.zones[0].gains[0, 0, 2] == pytest.approx(8 * 1.5, abs=0.3)
    assert found.effective_worlds[1] > 100


def test_who_plays_what_is_balanced_and_keeps(study_of: Build) -> None:
    model = study_of(PACT).model
    plan = deals_designs(model, size=Size(32, 4), samples=4, varied=DealVaried(play={"south": [0.0, 1.0]}))
    # all that may be played: the only keepers, though the South is said to cheat
    assert plan.profiles.tolist() == [[0, 0]]
    with pytest.raises(ValueError, match="`south` has 2 strategies"):
        deals_designs(model, size=Size(32, 4), varied=DealVaried(play={"south": [1.0]}))
    with pytest.raises(ValueError, match="few replications"):
        deals_designs(model, size=Size(32, 1))
    with pytest.raises(ValueError, match="has the terms give, take, polish"):
        deals_designs(model, size=Size(32, 4), varied=DealVaried(main=("gift",)))


def test_the_finding_goes_to_json_and_tables(study_of: Build) -> None:
    found = _find(deals_designs(study_of(PACT).model, size=Size(32, 2), samples=2, varied=DealVaried(main=("give",))))
    json.dumps(to_json(found), allow_nan=False)
    table = found.to_arrow()
    assert table.num_rows == 5
    assert table["give"].to_pylist() == [0, 0.25, 0.5, 0.75, 1]
    assert table["word of north"].to_pylist() == ["keeps its word"] * 5  # to shirk changes nothing, so nothing tempts
    with pytest.raises(ValueError, match="each needs its own ensemble"):
        deals_finding(deals_designs(study_of(PACT).model, size=Size(32, 4), samples=2), [])


def test_the_korean_freeze_is_planned_against_both_meanings_of_no_deal() -> None:
    import standoff  # noqa: PLC0415

    model = standoff.load("korea").model
    plan = deals_designs(model, size=Size(18, 2), samples=2, varied=DealVaried(circumstances=(), paths=("axis",)))
    assert [arm.name for arm in plan.arms] == ["struck", "without no_deal", "without no_talks", "breach"]
    assert circumstances_of(model, find_deal(model)) == ("peace_in_ukraine", "war_without_end")
    found = _find(plan, by=("axis",))
    assert [zone.without for zone in found.zones] == ["no_deal", "no_talks"]
    assert found.levels == ((0.25, 0.5, 0.75, 1.0), (0.0, 0.25, 0.5, 0.75, 1.0))
    assert [(one.by, len(one.parts)) for one in found.contrasts] == [("axis", 3), ("axis", 3)]


def test_a_study_edited_while_it_runs_gives_the_same_deals(study_of: Build, tmp_path: Path, opened: list[str]) -> None:
    def digests(study: Study) -> list[str]:
        plan = deals_designs(study.model, size=Size(8, 2), samples=2)
        return [run_design(arm.program, arm.design).digest for arm in plan.arms]

    before, study = digests(study_of(PACT)), study_of(PACT)
    (tmp_path / "study.yaml").write_text("title: another study", encoding="utf-8")
    opened.clear()
    assert digests(study) == before
    (tmp_path / "study.yaml").unlink()
    assert digests(study) == before
    assert not [path for path in opened if str(tmp_path) in path]
