"""EMA Workbench's archive: one that it wrote, and one that goes out and comes back."""

import csv
import gzip
import io
import tarfile
from pathlib import Path

import numpy as np
import pytest

import standoff
from standoff.base.problems import StudyError
from standoff.exchange.imported import Asked
from standoff.exchange.results.archive import import_archive
from standoff.exchange.results.tables import write_ema_archive

FLOOD = Path(__file__).parents[2] / "data" / "ema" / "flood.tar.gz"


def run_of(path, folder, worlds):
    folder.mkdir()
    (folder / "study.yaml").write_text(import_archive(path, Asked()).text)
    study = standoff.load(folder)
    return study.run(worlds=worlds, replications=1, evaluator="reference")


def files_of(path):
    with tarfile.open(path) as archive:
        return {member.name: archive.extractfile(member).read() for member in archive.getmembers()}


def packed(files, path):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    path.write_bytes(out.getvalue())
    return path


def test_a_run_meets_every_experiment_of_an_archive_that_ema_workbench_wrote(tmp_path):
    run = run_of(FLOOD, tmp_path / "study", 6)
    files = files_of(FLOOD)
    rows = list(csv.DictReader(io.StringIO(files["experiments.csv"].decode())))
    costs = [float(x) for x in files["cost.cls"].split()]
    expected = {(row["policy"], i % 6): cost for i, (row, cost) in enumerate(zip(rows, costs, strict=True))}
    scenarios = run.worlds["scenario"].astype(int)
    assert sorted(scenarios) == list(range(6))
    for k, policy in enumerate(run.profiles["planner"]):
        assert run.outcome("cost")[k].tolist() == [expected[policy, s] for s in scenarios]
    np.testing.assert_allclose(run.outcome("course"), run.outcome("cost"))  # its last value


def test_a_run_goes_out_and_comes_back(tmp_path):
    before = standoff.load("rivals").run(worlds=8, replications=2, evaluator="reference")
    (tmp_path / "results.tar.gz").write_bytes(write_ema_archive(before))
    after = run_of(tmp_path / "results.tar.gz", tmp_path / "study", 8)
    order = np.argsort(after.worlds["scenario"].to_numpy())
    assert np.array_equal(after.outcome("arms")[:, order], before.outcome("arms"))


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("metadata.json", lambda b: b[:20], "`metadata.json` in it is not that of EMA Workbench"),
        (
            "experiments.csv",
            lambda b: b"\n".join(b.splitlines()[:-1]),
            "`high` never meets the scenario 5",
        ),
        ("experiments.csv", lambda b: b.replace(b"policy", b"police"), "no experiments with `policy` and `scenario`"),
        ("cost.cls", lambda b: b"\n".join([b"many", *b.splitlines()[1:]]), "line 1 of `cost.cls` in it: `many`"),
        ("cost.cls", lambda b: b"\xff\xfe" + b, "`cost.cls` in it is not UTF-8 text"),
        ("experiments.csv", lambda b: b.replace(b",high,", b",low,"), "`low` meets this scenario again"),
    ],
)
def test_what_is_wrong_with_an_archive_is_said(name, change, message, tmp_path):
    files = files_of(FLOOD)
    path = packed({**files, name: change(files[name])}, tmp_path / "cut.tar.gz")
    with pytest.raises(StudyError, match=message):
        import_archive(path, Asked())


def test_an_archive_that_unpacks_without_end_is_refused(tmp_path):
    (tmp_path / "bomb.tar.gz").write_bytes(gzip.compress(bytes(21_000_000), 1))
    with pytest.raises(StudyError, match="unpacks to more than"):
        import_archive(tmp_path / "bomb.tar.gz", Asked())
