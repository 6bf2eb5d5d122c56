"""The Korean study: what it must contain, that it checks clean, and that its dynamics stay within base rates."""

from __future__ import annotations

import csv
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from standoff.ensemble.run import run_paths
from standoff.ensemble.study import Study
from standoff.evidence.claims import Ledger, check_ledger, load_ledger
from standoff.language.experiments.expectations import read_expectations, represented
from standoff.language.expressions.tree import Symbol
from standoff.language.load import find_study, load_model, read_study
from standoff.language.model import Model

FOLDER: Path = find_study("korea").parent
CUTOFF = "2025-02-28"

ACTORS = ("us", "dprk", "russia", "china", "rok")
STATE = (
    "rapport", "grievance", "axis", "axis_years", "chinese_influence", "enforcement", "economy", "warheads", "reach",
    "assurance", "latency", "regional_arming", "status", "ukraine_war",
)  # fmt: skip
PER_STEP = ("russian_need", "exchange", "pressure", "price", "home_cost")
EVENTS = (
    "launches", "icbm_tests", "nuclear_test", "un_resolution", "talks_open", "talks_fail", "deal_struck", "caught",
    "crisis", "war", "ukraine_ends", "southern_bomb",
)  # fmt: skip
UNCERTAINTIES = (
    "russian_need_now", "need_after", "spoiling", "embolden", "window", "erosion", "rapport_pull", "audience",
    "reassurance", "recognition_shock",
)  # fmt: skip
OUTCOMES = (
    "war", "crises", "warheads_end", "reach_end", "launches_a_year", "economy_end", "assurance_end", "southern_bomb",
    "deal_end", "enforcement_end", "home_cost_total", "peace",
)  # fmt: skip
STRATEGIES = {
    "us": {
        "maximum_pressure",
        "tough_love",
        "freeze_for_relief",
        "accept_and_constrain",
        "strategic_patience",
        "tough_love_then_freeze",
        "great_power_bargain",
    },
    "dprk": {"leverage_cycle", "bank_on_moscow", "play_both", "pretend", "lie_low"},
    "russia": {"pay_for_war", "lasting_axis", "trade_away"},
    "china": {"compete", "stand_aside", "enforce"},
    "rok": {"align", "engage", "hedge"},
}


@cache
def study(*variants: str) -> Study:
    return Study(load_model("korea", variants))


@cache
def ledger() -> Ledger:
    return load_ledger("korea")


def model() -> Model:
    return study().model


def facts() -> dict[str, dict[str, str]]:
    with (FOLDER / "facts.csv").open(encoding="utf-8") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


@cache
def paths(*variants: str) -> dict[str, npt.NDArray[np.float64]]:
    """Paths (steps, futures) of 2,048 futures, spread over profiles and worlds."""
    chosen = study(*variants)
    design = chosen.design(worlds=128, replications=1, seed=3)
    n_profiles = design.profiles.shape[0]
    lane = np.arange(2048)
    symbols = [
        *(Symbol("event", name) for name in ("launches", "crisis")),
        *(Symbol("move", name) for name in ("lapse", "renege", "exposed")),
        *(Symbol("quantity", name) for name in ("exchange", "tempo", "pressure")),
        Symbol("mode", "channel"), Symbol("stock", "ukraine_war"),
    ]  # fmt: skip
    found = run_paths(
        chosen.program, design, symbols, (lane * 37) % n_profiles, worlds=lane % 128, replications=np.zeros_like(lane)
    )
    return {symbol.name: found.path(symbol.name)[:-1] for symbol in symbols}


def test_checks_without_a_problem() -> None:
    assert [problem.message for problem in read_study("korea").problems] == []


@pytest.mark.parametrize("variant", [v.name for v in load_model("korea").variants])
def test_every_variant_checks_without_a_problem(variant: str) -> None:
    assert [problem.message for problem in read_study("korea", [variant]).problems] == []


def test_has_the_names_that_readers_and_claims_hold_on_to() -> None:
    m = model()
    assert tuple(actor.name for actor in m.actors) == ACTORS
    assert set(STATE) <= {stock.name for stock in m.stocks}
    assert set(PER_STEP) <= {quantity.name for quantity in m.quantities}
    moves = {move.name for mode in m.modes for move in mode.moves}
    assert set(EVENTS) <= {event.name for event in m.events} | moves
    assert set(UNCERTAINTIES) <= {parameter.name for parameter in m.uncertain}
    assert set(OUTCOMES) <= {outcome.name for outcome in m.outcomes}
    assert m.families()["channel"] == ("none", "talks", "deal")


def test_has_the_strategies_and_the_reassurance_lever() -> None:
    m = model()
    for actor, names in STRATEGIES.items():
        assert {strategy.name for strategy in m.strategies if strategy.actor == actor} == names
    assert m.families()["us.reassurance"] == ("firm", "cool")
    assert len(m.instances("us")) == 14
    assert m.n_profiles == 1890


def test_has_every_mechanism_with_claims_equations_and_expectations() -> None:
    m = model()
    assert [mechanism.name.split("_")[0] for mechanism in m.mechanisms] == [f"m{i}" for i in range(1, 27)]
    equations = {q.name for q in m.quantities} | {s.name for s in m.stocks} | {e.name for e in m.events}
    for mechanism in m.mechanisms:
        assert mechanism.cites, mechanism.name
        assert set(mechanism.equation) <= equations, mechanism.name
        expectations, problems = read_expectations(mechanism.expect, m)
        assert not problems, [problem.message for problem in problems]
        assert expectations, mechanism.name
        assert all(represented(m, expectation) is not None for expectation in expectations), mechanism.name


def test_ends_have_limits_with_reasons_and_means_have_none() -> None:
    """What is wanted for the sake of something else is reported, and not held against a limit of its own."""
    means = {"peace", "economy_end", "deal_end", "enforcement_end", "talks_opened", "axis_end"}
    assert {outcome.name for outcome in model().outcomes if outcome.limit is None} == means
    assert all(outcome.why for outcome in model().outcomes if outcome.limit is not None)
    assert all(outcome.matters for outcome in model().outcomes)


def test_every_assumption_has_a_reason_and_words() -> None:
    for parameter in model().parameters:
        reason = parameter.reason
        assert reason.cites or reason.facts or reason.judgement, parameter.name
        assert parameter.about, parameter.name


def test_disputed_signs_cross_zero_with_both_ends_named() -> None:
    disputed = {
        "pressure_on_crisis", "drill_effect", "guarantee_on_bomb", "deterrence", "southern_balance", "standing_door",
        "abroad_price",
    }  # fmt: skip
    found = {
        p.name: p.spread for p in model().uncertain if p.spread and p.spread.arguments and p.spread.arguments[0] < 0
    }
    assert set(found) == disputed
    for spread in found.values():
        assert spread.arguments[0] < 0 < spread.arguments[1]
        assert spread.low_words and spread.high_words


def test_ships_the_facts_it_uses_and_no_others_and_none_after_its_date() -> None:
    used = {fact for parameter in model().parameters for fact in parameter.reason.facts}
    assert used == set(facts())
    assert all(row["as_of"][: len(CUTOFF)] <= CUTOFF for row in facts().values())
    assert list(next(iter(facts().values()))) == [
        "id", "topic", "quantity", "value", "low", "high", "unit", "as_of", "source_title", "source_url",
    ]  # fmt: skip


def test_only_the_north_sees_its_cheating() -> None:
    word = next(choice for choice in model().choices if choice.family == "dprk.word")
    assert word.seen_by == ("dprk",)
    assert next(stock for stock in model().stocks if stock.name == "warheads").seen_by == ("dprk",)


def test_claims_fit_the_model() -> None:
    assert [problem.message for problem in check_ledger(ledger(), model())] == []


def test_claims_are_many_and_mostly_testable() -> None:
    claims = ledger().claims
    assert len(claims) >= 30
    assert sum(bool(claim.expect) for claim in claims) >= 20
    assert {claim.document for claim in claims} == {"rand", "hill"}


def test_claims_point_at_every_paragraph_that_argues() -> None:
    def paragraphs(document: str) -> set[int]:
        return {claim.passage.paragraph for claim in ledger().claims if claim.document == document}

    assert paragraphs("rand") == set(range(1, 8))
    assert paragraphs("hill") == set(range(1, 15))  # the fifteenth is about the author


def test_every_fault_and_check_stays_silent() -> None:
    ensemble = study().run(worlds=4, replications=1, seed=2)
    assert ensemble.diagnostics.faults == ()
    assert ensemble.diagnostics.broken == {}


def test_launches_begin_at_the_pace_of_2024_and_fall_while_talks_last() -> None:
    found = paths()
    assert 4 <= found["launches"][0].mean() <= 7
    none, talks = found["channel"] == 0, found["channel"] == 1
    assert 0.08 <= found["launches"][talks].mean() / found["launches"][none].mean() <= 0.54


def test_crises_war_and_deals_keep_to_their_base_rates() -> None:
    found = paths()
    assert 0.2 <= found["crisis"].mean() * 4 <= 0.5
    ended = sum(found[name].sum() for name in ("lapse", "renege", "exposed"))
    assert 0.08 <= ended / ((found["channel"] == 2).sum() / 4) <= 0.47
    ensemble = study().run(worlds=32, replications=1, seed=4, profile="war_axis")
    a_year = 1 - (1 - np.median(ensemble.outcome("war").mean(axis=0))) ** (1 / 4)
    assert 0.002 < a_year < 0.04


def test_moscow_pays_what_estimates_say_while_the_war_lasts() -> None:
    chosen = study()
    design = chosen.design(worlds=128, replications=1, seed=3, profile={"dprk": "play_both", "russia": "pay_for_war"})
    lane = np.arange(512)
    symbols = [Symbol("quantity", "exchange"), Symbol("stock", "ukraine_war"), Symbol("mode", "channel")]
    found = run_paths(
        chosen.program, design, symbols, lane % design.profiles.shape[0], worlds=lane % 128, replications=0 * lane
    )
    exchange, war, channel = (found.path(symbol.name)[:-1] for symbol in symbols)
    at_war = exchange[(war == 1) & (channel == 0)]
    assert at_war.min() >= 0.06
    assert at_war.max() <= 0.18
    assert exchange[war == 0].mean() < 0.5 * at_war.mean()


def test_history_has_the_mean_overdispersion_and_silences_that_were() -> None:
    """The fitted years 2012–2021: each statistic of the data lies in the model's 90 % predictive interval."""
    with (FOLDER / "history.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["quarter"] < "2022"]
    data = np.array([float(row["launches"]) for row in rows])[:, None]
    launches = paths("history")["launches"][: len(rows)]
    for statistic in (_mean, _variance_to_mean, _silent):
        low, high = np.quantile(statistic(launches), [0.05, 0.95])
        assert low <= statistic(data)[0] <= high, statistic.__name__


def test_history_imposes_talks_when_there_were_talks() -> None:
    with (FOLDER / "history.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    begun, ended = (np.array([int(row[name]) for row in rows]) for name in ("talks_begin", "talks_end"))
    talks = np.concatenate([[1], 1 + np.cumsum(begun - ended)[:-1]]) == 1
    assert ((paths("history")["channel"] == 1) == talks[:, None]).all()
    assert all(first["quarter"] < second["quarter"] for first, second in pairwise(rows))


def _mean(launches: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    mean: npt.NDArray[np.float64] = launches.mean(axis=0)
    return mean


def _variance_to_mean(launches: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    ratio: npt.NDArray[np.float64] = launches.var(axis=0, ddof=1) / np.maximum(launches.mean(axis=0), 0.01)
    return ratio


def _silent(launches: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    share: npt.NDArray[np.float64] = (launches == 0).mean(axis=0)
    return share
