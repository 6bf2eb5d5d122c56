"""Runs: what they do not depend on, and what they hold."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import standoff
from standoff.ensemble.run import run_design, run_paths
from standoff.ensemble.running import Running
from standoff.ensemble.study import Study
from standoff.language.expressions.tree import Symbol

Build = Callable[..., Study]


@pytest.fixture(scope="module")
def rivals() -> Study:
    return standoff.load("rivals")


def test_the_arrays_are_profiles_by_worlds(rivals: Study) -> None:
    ensemble = rivals.run(worlds=10, replications=3)
    assert ensemble.outcome("war").shape == ensemble.error("war").shape == (9, 10)
    assert ensemble.payoff("north").shape == (9, 10)
    assert ensemble.profiles.shape == (9, 2)
    assert list(ensemble.worlds.columns) == ["fear", "detection", "dread_of_war"]
    assert ensemble.to_arrow().num_rows == 90
    assert "9 profiles × 10 worlds × 3 replications = 270 futures" in repr(ensemble)
    assert "<table" in ensemble._repr_html_()


@pytest.mark.parametrize(("block", "threads"), [(7, 1), (64, 2), (8192, 3), (100_000, 1)])
def test_the_result_does_not_depend_on_how_the_work_was_cut(rivals: Study, block: int, threads: int) -> None:
    design = rivals.design(4, 4)
    expected = run_design(rivals.program, design, running=Running(1), block=100_000)
    found = run_design(rivals.program, design, running=Running(threads), block=block)
    assert found.digest == expected.digest
    assert found.diagnostics == expected.diagnostics


def test_another_seed_is_another_result(rivals: Study) -> None:
    assert rivals.run(worlds=8, replications=2, seed=1).digest != rivals.run(worlds=8, replications=2, seed=2).digest


def test_the_result_does_not_depend_on_the_processors_features() -> None:
    features = " ".join(np._core._multiarray_umath.__cpu_dispatch__)  # type: ignore[attr-defined]
    code = (
        "import standoff\n"
        "for name in ('rivals', 'korea'): print(standoff.load(name).run(worlds=4, replications=2, seed=5).digest)"
    )
    environment = {**os.environ, "NPY_DISABLE_CPU_FEATURES": features}
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    here = [standoff.load(name).run(worlds=4, replications=2, seed=5).digest for name in ("rivals", "korea")]
    assert run.stdout.split() == here


RIVALS = Path(standoff.__file__).parent / "studies" / "rivals" / "study.yaml"

ADDITIONS = (
    ("events:\n", "events:\n  an_unused_event: {chance: 0.5}\n"),
    ("uncertainties:\n", "uncertainties:\n  an_unused_one: {about: Nothing, range: [0, 1], judgement: none}\n"),
    ("  south:\n    honest:", "  south:\n    an_unused_strategy: {choose: {line: build, word: keep}}\n    honest:"),
)


@pytest.mark.parametrize(("old", "new"), ADDITIONS)
@pytest.mark.parametrize("method", ["latin hypercube", "plain", "sobol"])
def test_adding_what_is_unused_moves_nothing_else(
    rivals: Study, tmp_path: Path, old: str, new: str, method: str
) -> None:
    text = RIVALS.read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "study.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    (tmp_path / "claims.yaml").write_text((RIVALS.parent / "claims.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    before = rivals.run(worlds=16, replications=3, design=method)  # type: ignore[arg-type]
    after = standoff.load(tmp_path).run(worlds=16, replications=3, design=method)  # type: ignore[arg-type]
    rows = [
        after.profiles.reset_index().set_index(["north", "south"]).loc[tuple(row), "profile"]
        for row in before.profiles[["north", "south"]].itertuples(index=False)
    ]
    assert np.array_equal(before.means, after.means[:, rows])
    assert np.array_equal(before.errors, after.errors[:, rows], equal_nan=True)


def test_fixed_assumptions_and_chosen_profiles(rivals: Study) -> None:
    ensemble = rivals.run(worlds=4, replications=2, set={"fear": 0.3}, profile="north=reciprocate,south=honest")
    assert (ensemble.worlds["fear"] == 0.3).all()
    assert ensemble.profiles["north"].tolist() == ["reciprocate(patience=2)", "reciprocate(patience=6)"]
    whole = rivals.run(worlds=4, replications=2, set={"fear": 0.3})
    assert np.array_equal(whole.outcome("war")[[3, 6]], ensemble.outcome("war"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"set": {"feer": 1.0}}, "did you mean `fear`"),
        ({"profile": "nroth=race_on"}, "did you mean `north`"),
        ({"profile": "north=race"}, "did you mean `race_on`"),
        ({"profile": "deep"}, "no profile is named `deep`"),
    ],
)
def test_a_wrong_name_in_a_call_is_refused(rivals: Study, arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        rivals.run(worlds=2, replications=1, **arguments)  # type: ignore[arg-type]


def test_an_unknown_outcome_is_refused(rivals: Study) -> None:
    with pytest.raises(KeyError, match="no outcome is named 'wra'"):
        rivals.run(worlds=2, replications=1).outcome("wra")


def test_progress_counts_every_future(rivals: Study) -> None:
    seen: list[tuple[int, int]] = []
    run_design(
        rivals.program,
        rivals.design(8, 4),
        block=64,
        running=Running(progress=lambda done, total: seen.append((done, total))),
    )
    assert seen[-1] == (288, 288)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_paths_follow_the_same_futures_as_the_run(rivals: Study) -> None:
    design = rivals.design(6, 2)
    lanes = np.arange(12)
    paths = run_paths(
        rivals.program,
        design,
        [Symbol("stock", "arms_north")],
        lanes * 0 + 4,
        worlds=lanes // 2,
        replications=lanes % 2,
    )
    ends = paths.path("arms_north")[-1].reshape(6, 2).mean(axis=1)
    assert ends.shape == (6,)
    assert paths.values.shape == (1, 17, 12)
    assert np.all(paths.path("arms_north")[0] == 10.0)


def test_errors_are_those_of_the_mean_over_replications(study_of: Build) -> None:
    study = study_of("""\
        events: {storm: {chance: 0.5}}
        outcomes: {n: {measure: "count(storm)", better: lower}}
        """)
    ensemble = study.run(worlds=4_000, replications=5)
    spread = ensemble.outcome("n")[0].std(ddof=1)
    assert np.sqrt((ensemble.error("n")[0] ** 2).mean()) == pytest.approx(spread, rel=0.05)
    assert spread == pytest.approx(np.sqrt(8 * 0.25 / 5), rel=0.05)
    both = ensemble.half("outcome", "n")
    assert both.shape == (2, 1, 4_000)
    assert (2 * both[0] + 3 * both[1]) / 5 == pytest.approx(ensemble.outcome("n"), abs=1e-12)


def test_an_unknown_option_is_refused(rivals: Study) -> None:
    with pytest.raises(TypeError, match=r"no option `fixed`.*`set`"):
        rivals.run(worlds=4, fixed={"fear": 0.3})  # type: ignore[call-arg]


def test_paths_are_the_reference_s_where_a_module_follows(
    monkeypatch: pytest.MonkeyPatch, study_of: Callable[..., Study]
) -> None:
    study = study_of("""
    uncertainties:
      x: {range: [-1, 1], judgement: made up}
    quantities:
      inverse: {value: "(log(tank - 9) if x > 0.8 else tank / 2)"}
    events:
      rain: {chance: 0.3}
    stocks:
      tank: {start: 1, next: "tank + x + (0.1 if rain else 0)"}
    outcomes:
      end: {measure: "final(tank)", better: lower}
    """)
    design, lanes = study.design(40, 2), np.arange(80)[::-1]  # worlds out of order, and some that fail
    symbols = [Symbol("stock", "tank"), Symbol("quantity", "inverse")]
    found = []
    for worth in (np.inf, 0.0):
        monkeypatch.setattr("standoff.ensemble.evaluator.WORTH_FOLLOWING", worth)
        where = {"worlds": lanes // 2, "replications": lanes % 2}
        found.append(run_paths(study.program, design, symbols, lanes * 0, **where).values)
    assert np.array_equal(*found, equal_nan=True)
    assert np.isnan(found[0][1, :-1]).any()
