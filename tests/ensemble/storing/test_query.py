"""SQL over a run: what is there, and nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

import standoff
from standoff.ensemble.storing import store
from standoff.ensemble.storing.manifest import RunError
from standoff.ensemble.storing.query import QueryError, query_run
from standoff.ensemble.storing.store import run_to_folder
from standoff.ensemble.study import open_run


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run's folder") / "rivals"
    study = standoff.load("rivals")
    run_to_folder(study.program, study.design(8, 3), folder, cells_per_shard=5)  # worlds are cut too
    return folder


def test_cells_are_those_of_the_run(run: Path) -> None:
    whole = open_run(run)
    with query_run(run, 'select profile, world, war, "payoff of north", "war ±", replications from cells') as found:
        rows = found.fetchall()
    assert len(rows) == whole.counts.size
    for profile, world, war, payoff, error, replications in rows:
        assert war == whole.outcome("war")[profile, world]
        assert payoff == whole.payoff("north")[profile, world]
        assert error == whole.error("war")[profile, world]
        assert replications == 3


def test_worlds_and_profiles_join(run: Path) -> None:
    whole = open_run(run)
    query = (
        'select avg(war * fear), any_value("north strategy") from cells join worlds using (world) '
        "join profiles using (profile) where profile = 4"
    )
    with query_run(run, query) as found:
        mean, label = found.fetchone()
    assert mean == pytest.approx(np.mean(whole.outcome("war")[4] * whole.design.worlds.columns["fear"]))
    assert label == whole.profiles["north"][4]


@pytest.mark.parametrize(
    "query",
    [
        "copy (select 1) to 'there.csv'", "attach 'there.db'", "select 1; select 2", "create table t as select 1",
        "insert into cells values (1)", "pragma version", "set memory_limit = '9GB'", "install httpfs",
        "select * from read_csv('/etc/hostname')", "select * from '/etc/hostname'", "select * from read_text('../x')",
        "select nothing from cells", "",
    ],
)  # fmt: skip
def test_what_is_no_query_of_the_run_is_refused(run: Path, query: str) -> None:
    with pytest.raises(QueryError), query_run(run, query) as found:
        found.fetchall()


def test_a_folder_that_duckdb_takes_for_a_pattern_is_said(run: Path, tmp_path: Path) -> None:
    shutil.copytree(run, tmp_path / "a[b]")
    with pytest.raises(RunError, match="as patterns: move the run"), query_run(tmp_path / "a[b]", "select 1"):
        pass


def test_a_folder_without_a_run_is_said(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="holds no run"), query_run(tmp_path, "select 1"):
        pass


def test_figures_left_in_the_shards_are_those_of_the_run(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = open_run(run)
    monkeypatch.setattr(store, "IN_MEMORY", 0)
    stored = open_run(run)
    assert not isinstance(stored.means, np.ndarray)
    assert stored.digest == whole.digest
    assert np.array_equal(stored.half("outcome", "war"), whole.half("outcome", "war"))
    assert np.array_equal(stored.means[1:3, 2], whole.means[1:3, 2])
    assert np.array_equal(np.asarray(stored.errors), whole.errors, equal_nan=True)
