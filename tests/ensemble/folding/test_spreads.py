"""Quantiles of cells and histograms of profiles: their definitions, and what they do not depend on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

import standoff
from standoff.ensemble.folding.spreads import cell_quantiles, want
from standoff.ensemble.run import run_design
from standoff.ensemble.running import Running
from standoff.ensemble.storing.manifest import RunError
from standoff.ensemble.storing.store import read_run, run_to_folder
from standoff.ensemble.study import Study, open_run
from standoff.program.reference import Lanes, Results, run_lanes

LEVELS = (0.0, 0.05, 0.07, 0.5, 0.9, 0.95, 1.0)
EDGES = {"war": (0.0, 0.01, 0.05, 0.2), "north": (-30.0, -10.0, 0.0, 5.0, 10.0)}


@pytest.fixture(scope="module")
def rivals() -> Study:
    return standoff.load("rivals")


def test_quantiles_are_numpys_inverted_distribution_function() -> None:
    rng = np.random.default_rng(3)
    values = np.round(rng.normal(size=(4, 5, 100)), 1)  # with ties
    weights = rng.integers(0, 4, size=values.shape).astype(float)
    expected = np.empty((len(LEVELS), 4, 5))
    for cell in np.ndindex(4, 5):
        x, w = values[cell], weights[cell]
        expected[(slice(None), *cell)] = np.quantile(x[w > 0], LEVELS, method="inverted_cdf", weights=w[w > 0])
    assert np.array_equal(cell_quantiles(values, weights, LEVELS), expected)


def test_a_quantile_is_a_value_and_the_median_of_four_the_second() -> None:
    """Hyndman & Fan (1996), type 1: the smallest value with at least a share p of the numbers at or below it."""
    values = np.array([[4.0, 1.0, 3.0, 2.0], [np.nan, 5.0, np.nan, 7.0], [np.nan] * 4])
    found = cell_quantiles(values, np.ones((3, 4)), (0.0, 0.25, 0.5, 0.51, 1.0))
    assert found[:, 0].tolist() == [1.0, 1.0, 2.0, 3.0, 4.0]
    assert found[:, 1].tolist() == [5.0, 5.0, 5.0, 7.0, 7.0]
    assert np.isnan(found[:, 2]).all()


def futures(study: Study, worlds: int, replications: int) -> tuple[list[npt.NDArray[np.float64]], standoff.Ensemble]:
    """All values (measures, profiles, worlds, replications), and the ensemble of them."""
    parts: list[Results] = []

    def keeps(program: object, lanes: Lanes, *, realised: bool = False) -> Results:
        parts.append(run_lanes(study.program, lanes, realised=realised))
        return parts[-1]

    design = study.design(worlds, replications)
    wanted = want(study.program, LEVELS, EDGES)
    ensemble = run_design(study.program, design, evaluate=keeps, running=Running(1), block=10**6, wanted=wanted)
    shape = (design.profiles.shape[0], worlds, replications)
    rows = [row for part in parts for row in (*part.outcomes, *part.payoffs)]
    assert len(parts) == 1
    return [row.reshape(shape) for row in rows], ensemble


def test_a_run_keeps_the_quantiles_and_histograms_of_its_futures(rivals: Study) -> None:
    values, ensemble = futures(rivals, 6, 20)
    for (kind, name), x in zip(ensemble.measures, values, strict=True):
        for level in LEVELS:
            expected = np.quantile(x, level, axis=2, method="inverted_cdf")
            assert np.array_equal(ensemble.quantile(name, level, kind), expected)
    for name, edges in EDGES.items():
        x = values[[n for _, n in ensemble.measures].index(name)]
        found = ensemble.histogram(name)
        for p in range(9):
            assert found.shares[p] * x[p].size == pytest.approx(np.histogram(x[p], edges)[0], abs=1e-9)
            assert found.below[p] == pytest.approx((x[p] < edges[0]).mean())
            assert found.above[p] == pytest.approx((x[p] > edges[-1]).mean())


@pytest.mark.parametrize("evaluator", ["reference", "kernel"])
@pytest.mark.parametrize(("block", "threads"), [(3, 1), (7, 2), (64, 3), (8192, 2)])
def test_they_do_not_depend_on_how_the_work_was_cut(rivals: Study, evaluator: str, block: int, threads: int) -> None:
    design, wanted = rivals.design(4, 4), want(rivals.program, LEVELS, EDGES)
    expected = run_design(rivals.program, design, wanted=wanted, block=1000)
    running = Running(threads, evaluator)  # type: ignore[arg-type]
    found = run_design(rivals.program, design, wanted, running, block=block)
    assert found.digest == expected.digest
    plain = run_design(rivals.program, design)
    assert found.digest != plain.digest
    assert np.array_equal(found.means, plain.means)


def test_an_outcome_that_can_be_missing_counts_where_it_is(study_of: Callable[..., Study]) -> None:
    study = study_of("""\
        events: {storm: {chance: 0.02}}
        outcomes: {when: {measure: "first(storm)", better: lower}}
        """)
    ensemble = study.run(worlds=50, replications=4, quantiles=[0.5], histogram={"when": (0.0, 4000.0)})
    missing = ensemble.present["when"] == 0.0
    assert missing.any()
    assert np.array_equal(np.isnan(ensemble.quantile("when", 0.5)), missing)
    assert ensemble.histogram("when").shares.tolist() == [[1.0]]


def test_a_kept_run_reads_them_back_and_goes_on_with_the_same_only(rivals: Study, tmp_path: Path) -> None:
    design, wanted = rivals.design(8, 5), want(rivals.program, LEVELS, EDGES)
    kept = run_to_folder(rivals.program, design, tmp_path, cells_per_shard=16, wanted=wanted)
    assert kept.digest == run_design(rivals.program, design, wanted=wanted).digest
    sorted((tmp_path / "shards").iterdir())[1].unlink()
    with pytest.warns(UserWarning, match="run again"):
        run_to_folder(rivals.program, design, tmp_path, cells_per_shard=16, wanted=wanted)
    again = open_run(tmp_path)
    assert again.digest == kept.digest
    assert np.array_equal(again.quantile("war", 0.95), kept.quantile("war", 0.95))
    assert np.array_equal(again.histogram("north").shares, kept.histogram("north").shares)
    for other, words in (
        (want(rivals.program, (0.5,), EDGES), "quantiles"),
        (want(rivals.program, LEVELS), "histogra"),
    ):
        with pytest.raises(RunError, match=f"a run with other {words}"):
            run_to_folder(rivals.program, design, tmp_path, cells_per_shard=16, wanted=other)
    assert "war 95 %" in read_run(tmp_path, rivals.program).to_arrow().column_names


def test_what_cannot_be_wanted_is_refused(rivals: Study) -> None:
    with pytest.raises(ValueError, match="lies from 0 to 1, not at 5"):
        rivals.run(worlds=2, replications=1, quantiles=[5])
    with pytest.raises(ValueError, match="did you mean `war`"):
        rivals.run(worlds=2, replications=1, histogram={"wra": (0, 1)})
    with pytest.raises(ValueError, match="each above the last"):
        rivals.run(worlds=2, replications=1, histogram={"war": (0, 0)})
    ensemble = rivals.run(worlds=2, replications=1, quantiles=[0.5])
    with pytest.raises(KeyError, match=r"kept no quantile 0\.9; it kept 0\.5"):
        ensemble.quantile("war", 0.9)
    with pytest.raises(KeyError, match="kept no histogram of 'war'; it kept none"):
        ensemble.histogram("war")
