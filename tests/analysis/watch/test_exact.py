"""What was seen, against posteriors and marginal likelihoods in closed form."""

import math
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from standoff.ensemble.runner import Local
from standoff.ensemble.running import Running, Size
from standoff.ensemble.study import load
from standoff.ensemble.watch.tempering import temper
from standoff.ensemble.watch.watching import told_program, weigh_design
from standoff.questions.watching.watch import find_posterior
from tests.analysis.watch.exact_studies import (
    beta_binomial,
    gamma_poisson,
    hidden_mode,
    linear_gaussian,
    quarters,
    write_seen,
)

ONE = Running(threads=1)


def moments(weighted, name):
    """Mean and standard deviation of an assumption, and the standard error of the mean."""
    x, w = weighted.worlds.columns[name], weighted.weights
    mean = float(w @ x)
    return mean, math.sqrt(w @ (x - mean) ** 2), math.sqrt(w**2 @ (x - mean) ** 2)


def test_an_event_of_unknown_chance_is_beta(tmp_path: Path) -> None:
    study = beta_binomial(tmp_path)
    shots = [1, 0, 0, 1, 0, 0, 0, 1]
    seen = write_seen(
        tmp_path, study, [(q, "shot", "yes" if s else "no") for q, s in zip(quarters(8), shots, strict=True)]
    )
    _, weighted = find_posterior(study, seen, Size(512, 2, 1), Local(ONE))
    mean, spread, error = moments(weighted, "chance_of")
    assert abs(mean - 4 / 10) < 4 * error
    assert spread == pytest.approx(stats.beta(4, 6).std(), rel=0.05)
    assert weighted.log_evidence == pytest.approx(math.log(math.gamma(4) * math.gamma(6) / math.gamma(10)), abs=1e-3)


def test_what_was_seen_moves_the_choice(tmp_path: Path) -> None:
    """Twice a chance of 0.4 is less than 1, after the same was 1 on average before."""
    study = beta_binomial(tmp_path)
    seen = write_seen(tmp_path, study, [(q, "shot", "no") for q in quarters(8)])
    found, _ = find_posterior(study, seen, Size(512, 2, 1), Local(ONE))
    assert found.ranking is not None
    assert found.ranking.best == "staying"
    (first, _, after), (_, before, _) = found.values
    assert first == "staying"
    assert after.value == pytest.approx(12.0, abs=1e-9)
    assert before == pytest.approx(12.0, rel=0.02)


def test_a_count_of_unknown_mean_is_gamma(tmp_path: Path) -> None:
    study = gamma_poisson(tmp_path)
    counts = [2, 4, 1, 3, 5]
    seen = write_seen(tmp_path, study, [(q, "shots", n) for q, n in zip(quarters(5), counts, strict=True)])
    _, weighted = find_posterior(study, seen, Size(1024, 2, 1), Local(ONE))
    exact = stats.gamma(2 + sum(counts), scale=1 / (1 / 1.5 + 5))
    mean, spread, error = moments(weighted, "pace")
    assert abs(mean - exact.mean()) < 4 * error
    assert spread == pytest.approx(exact.std(), rel=0.08)


def test_silence_counts(tmp_path: Path) -> None:
    study = gamma_poisson(tmp_path)
    seen = write_seen(tmp_path, study, [("2025-Q4", "shots", "none")])
    assert [(one.step, one.value) for one in seen.sightings] == [(t, 0.0) for t in range(4)]
    _, weighted = find_posterior(study, seen, Size(1024, 2, 1), Local(ONE))
    mean, _, error = moments(weighted, "pace")
    assert abs(mean - 2 / (1 / 1.5 + 4)) < 4 * error


def test_a_hidden_mode_has_the_likelihood_of_the_forward_algorithm(tmp_path: Path) -> None:
    study = hidden_mode(tmp_path)
    counts = [0, 1, 4, 6, 3, 1]
    seen = write_seen(tmp_path, study, [(q, "shots", n) for q, n in zip(quarters(6), counts, strict=True)])
    _, weighted = find_posterior(study, seen, Size(256, 64, 1), Local(ONE))
    state, exact = np.array([1.0, 0.0]), 0.0
    for n in counts:
        joint = state * stats.poisson.pmf(n, [1.0, 5.0])
        exact += math.log(joint.sum())
        state = joint / joint.sum() @ np.array([[0.7, 0.3], [0.2, 0.8]])
    assert weighted.evidence_error < 0.03
    assert abs(weighted.log_evidence - exact) < 4 * weighted.evidence_error


def kalman(seen: list[float]) -> tuple[float, float, float]:
    """Mean and spread of the start, and the marginal likelihood, from the joint normal of start and observations."""
    n = len(seen)
    loads = 0.9 ** np.arange(n)
    noise = np.array([[sum(0.9 ** (s - 1 - j) * 0.9 ** (t - 1 - j) for j in range(min(s, t))) * 0.25
                       for t in range(n)] for s in range(n)])  # fmt: skip
    cover = 4.0 * np.outer(loads, loads) + noise + np.eye(n)
    gain = 4.0 * loads @ np.linalg.inv(cover)
    spread = math.sqrt(4.0 - gain @ (4.0 * loads))
    return float(gain @ seen), spread, float(stats.multivariate_normal(np.zeros(n), cover).logpdf(seen))


PLACES = [1.9, 0.4, 1.2, 0.9, -0.3, 0.6, 0.1, -0.8]


def test_a_linear_gaussian_study_has_the_posterior_of_kalman(tmp_path: Path) -> None:
    study = linear_gaussian(tmp_path)
    seen = write_seen(tmp_path, study, [(q, "place", y) for q, y in zip(quarters(8), PLACES, strict=True)])
    _, weighted = find_posterior(study, seen, Size(512, 64, 1), Local(ONE))
    mean, spread, evidence = kalman(PLACES)
    found, width, error = moments(weighted, "begin")
    assert abs(found - mean) < 4 * error
    assert width == pytest.approx(spread, rel=0.08)
    assert abs(weighted.log_evidence - evidence) < 4 * weighted.evidence_error < 0.3


def test_futures_of_which_few_count_are_filtered_step_by_step_though_compiled(tmp_path: Path) -> None:
    study = linear_gaussian(tmp_path)
    seen = write_seen(tmp_path, study, [(q, "place", y) for q, y in zip(quarters(8), PLACES, strict=True)])
    compiled, plain = (
        find_posterior(study, seen, Size(128, 32, 1), Local(Running(threads=1, evaluator=by)))[1]
        for by in ("wasm", "reference")
    )
    assert compiled.log_evidence == plain.log_evidence
    np.testing.assert_array_equal(compiled.weights, plain.weights)


def test_fresh_worlds_have_the_posterior_of_kalman_too(tmp_path: Path) -> None:
    study = linear_gaussian(tmp_path)
    seen = write_seen(tmp_path, study, [(q, "place", y) for q, y in zip(quarters(8), PLACES, strict=True)])
    drawn = temper(told_program(study.model, seen), 1024, 32, 3)
    mean, spread, evidence = kalman(PLACES)
    begin = drawn.worlds.columns["begin"]
    assert drawn.failed == ""
    assert abs(begin.mean() - mean) < 4 * spread / math.sqrt(1024 * drawn.distinct)
    assert begin.std() == pytest.approx(spread, rel=0.1)
    assert drawn.log_evidence == pytest.approx(evidence, abs=0.2)


def test_what_no_world_makes_has_no_posterior(tmp_path: Path) -> None:
    """A chance of at most 0.001 and an event in every quarter of eleven years."""
    beta_binomial(tmp_path)
    text = (tmp_path / "study.yaml").read_text(encoding="utf-8").replace("range: [0, 1]", "range: [0, 1.0e-40]")
    (tmp_path / "study.yaml").write_text(text, encoding="utf-8")
    study = load(tmp_path)
    seen = write_seen(tmp_path, study, [(q, "shot", "yes") for q in quarters(12)])
    found, _ = find_posterior(study, seen, Size(32, 2, 1), Local(ONE))
    assert found.failed
    assert found.ranking is None
    assert not found.moved


@pytest.mark.parametrize("rows", [1, 8])
def test_what_follows_does_not_hang_on_the_evaluator(tmp_path: Path, rows: int) -> None:
    """Neither where whole futures are enough nor where they are resampled."""
    study = linear_gaussian(tmp_path)
    told = [(q, "place", f"{0.4 * k:.1f}") for k, q in enumerate(quarters(8)[:rows])]
    seen = write_seen(tmp_path, study, told)
    program, design = told_program(study.model, seen), study.design(64, 16)
    one, other = (weigh_design(program, design, seen, Running(1, name)) for name in ("reference", "wasm"))
    assert one.is_filtered == other.is_filtered == (rows == 8)
    np.testing.assert_array_equal(one.log_likelihood, other.log_likelihood)
