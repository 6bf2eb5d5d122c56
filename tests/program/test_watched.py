"""Each likelihood against scipy's, on paths of one or two steps that can be written down."""

import math
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from standoff.ensemble.design import Design, draw_worlds
from standoff.ensemble.profiles.chosen import all_profiles
from standoff.ensemble.run import lanes_of
from standoff.language.load import load_model
from standoff.program.compile import compile_model
from standoff.program.reference import run_lanes
from standoff.program.watched import BLIND, RELIABLE, SEEN, SPARE, tell
from tests.program.watching_study import ENDING, STUDY

N_STEPS = 6


def make(folder: Path, text: str):
    (folder / "study.yaml").write_text(text, encoding="utf-8")
    model = load_model(folder)
    program = compile_model(model, watching=True)
    design = Design(all_profiles(program), draw_worlds(model, 32, 1), 2, 1)
    cells, replications = np.divmod(np.arange(design.n_futures), 2)
    profiles, worlds = np.divmod(cells, 32)
    return program, design, lanes_of(program, design, profiles, worlds, replications=replications), profiles, worlds


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory):
    return make(tmp_path_factory.mktemp("small"), STUDY)


def padded(values, rest=0.0):
    return [*values, *[rest] * (N_STEPS - len(values))]


def told(_, name, seen, reliable=None, blind=None, spare=None):
    series = {(name, SEEN): padded(seen), (name, RELIABLE): padded(reliable or [1.0] * len(seen))}
    if blind is not None:
        series[name, BLIND] = padded(blind, 1.0)
    if spare is not None:
        series[name, SPARE] = padded(spare)
    return series


def likelihoods(made, series):
    program, _, lanes, _, _ = made
    return run_lanes(tell(program, series, 0), lanes).outcomes[-1]


def test_where_nothing_is_told_futures_are_as_they_would_be(made) -> None:
    program, _, lanes, _, _ = made
    watched, plain = run_lanes(program, lanes), run_lanes(compile_model(program.model), lanes)
    np.testing.assert_array_equal(watched.outcomes[:-1], plain.outcomes)
    np.testing.assert_array_equal(watched.payoffs, plain.payoffs)
    assert not watched.outcomes[-1].any()


def test_a_negative_binomial_count(made) -> None:
    _, design, _, profiles, worlds = made
    size = design.worlds.columns["size"][worlds]
    mean = size * np.where(design.profiles[profiles, 1] == 1, 1.5, 1.0)
    found = likelihoods(made, told(made, "clashes", [3.0], spare=[math.lgamma(4.0)]))
    r = 1.0 + size
    np.testing.assert_allclose(found, stats.nbinom.logpmf(3, r, r / (r + mean)), atol=2e-10)


def test_a_poisson_count(made) -> None:
    _, design, _, _, worlds = made
    found = likelihoods(made, told(made, "raids", [2.0, 0.0], spare=[math.lgamma(3.0), 0.0]))
    heat = design.worlds.columns["heat"][worlds]
    np.testing.assert_allclose(found, stats.poisson.logpmf(2, heat) + stats.poisson.logpmf(0, heat), atol=1e-12)


def test_an_event_and_its_absence(made) -> None:
    _, design, _, _, worlds = made
    heat = design.worlds.columns["heat"][worlds]
    np.testing.assert_allclose(likelihoods(made, told(made, "scare", [1.0, 0.0])), np.log(heat * (1.0 - heat)))


def test_a_doubted_report_is_a_mixture(made) -> None:
    _, design, _, _, worlds = made
    heat = design.worlds.columns["heat"][worlds]
    found = likelihoods(made, told(made, "scare", [1.0], [0.7], [0.5]))
    np.testing.assert_allclose(found, np.log(0.7 * heat + 0.3 * 0.5))


def test_a_state_is_reached_by_a_move_in_the_step_before(made) -> None:
    _, design, _, profiles, _ = made
    frozen = design.profiles[profiles, 0] == 1
    series = {("race state", SEEN): padded([1.0]), ("race state", RELIABLE): padded([1.0]),
              ("race", RELIABLE): padded([1.0])}  # fmt: skip
    np.testing.assert_allclose(likelihoods(made, series), np.log(np.where(frozen, 0.3, 0.1)))


def test_of_two_moves_the_one_that_leads_to_what_was_seen(made) -> None:
    """Paused in the second step, over in the third: hazards 0.3 and 0.2 compete."""
    series = {("race state", SEEN): padded([1.0, 2.0]), ("race state", RELIABLE): padded([1.0, 1.0]),
              ("race", RELIABLE): padded([1.0, 1.0])}  # fmt: skip
    _, design, _, profiles, _ = made
    frozen = design.profiles[profiles, 0] == 1
    stop = (1.0 - math.exp(-0.5)) * 0.2 / 0.5
    np.testing.assert_allclose(likelihoods(made, series), np.log(np.where(frozen, 0.3, 0.1) * stop))


def test_what_cannot_be_seen_is_impossible(made) -> None:
    series = {("race state", SEEN): padded([2.0]), ("race state", RELIABLE): padded([1.0]),
              ("race", RELIABLE): padded([1.0])}  # fmt: skip
    assert (likelihoods(made, series) < -600.0).all()


def test_a_report_with_its_own_noise(made) -> None:
    found = likelihoods(made, told(made, "arms_seen", [12.0]))
    np.testing.assert_allclose(found, stats.norm.logpdf(math.log(12.0), math.log(10.0) - 0.02, 0.2))


def test_a_number_with_noise(made) -> None:
    """What was seen of clashes is taken in by the stock: 10, then 10 (1 + heat / 10) + 3."""
    _, design, _, _, worlds = made
    series = told(made, "arms", [11.0, 13.0]) | told(made, "clashes", [3.0], spare=[math.lgamma(4.0)])
    found = likelihoods(made, series) - likelihoods(made, told(made, "clashes", [3.0], spare=[math.lgamma(4.0)]))
    second = 10.0 * (1.0 + 0.1 * design.worlds.columns["heat"][worlds]) + 3.0
    np.testing.assert_allclose(found, stats.norm.logpdf(11.0, 10.0, 2.0) + stats.norm.logpdf(13.0, second, 2.0))


def test_no_end_has_come_while_one_watches(tmp_path: Path) -> None:
    program, design, lanes, _, worlds = make(tmp_path, ENDING)
    found = run_lanes(tell(program, told((), "scare", [1.0, 1.0]), 2), lanes)
    heat = design.worlds.columns["heat"][worlds]
    np.testing.assert_allclose(found.outcomes[-1], 2.0 * np.log(heat * 0.95))
    assert (found.survival > 0.95**4 - 1e-12).all()
