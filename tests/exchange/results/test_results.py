"""Runs in the forms of other tools: the same figures, and described as these tools want it."""

from __future__ import annotations

import csv
import io
import json
import tarfile
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from standoff.cli import main
from standoff.ensemble.ensemble import Ensemble
from standoff.exchange.exports import EXPORTS, Outgoing, export_lines

FORMS = {row.name: row for row in EXPORTS}


@pytest.fixture(scope="module")
def outgoing(tmp_path_factory: pytest.TempPathFactory) -> Outgoing:
    folder = tmp_path_factory.mktemp("runs") / "run"
    done = CliRunner().invoke(
        main,
        ["run", "rivals", "--worlds", "8", "--replications", "2", "--evaluator", "reference", "--out", str(folder)],
    )
    assert done.exit_code == 0, done.output
    return Outgoing("rivals", None, folder)


@pytest.fixture(scope="module")
def run(outgoing: Outgoing) -> Ensemble:
    return outgoing.run


def test_the_archive_has_an_experiment_for_each_profile_and_world(outgoing: Outgoing, run: Ensemble) -> None:
    pd = pytest.importorskip("pandas")
    data = FORMS["ema"].write(outgoing)["results.tar.gz"]
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        metadata = json.loads(archive.extractfile("metadata.json").read())
        experiments = pd.read_csv(archive.extractfile("experiments.csv"), keep_default_na=False)
        found = {name: np.loadtxt(archive.extractfile(file)) for kind, name, file in metadata["outcomes"]}
    assert list(experiments) == list(metadata["experiments"])
    assert len(experiments) == run.counts.size
    assert found["arms"].tolist() == run.outcome("arms").ravel().tolist()
    np.testing.assert_array_equal(experiments["fear"].to_numpy(), np.tile(run.worlds["fear"], len(run.counts)))


def test_netcdf_is_opened_by_xarray_with_the_same_figures(outgoing: Outgoing, run: Ensemble) -> None:
    xarray = pytest.importorskip("xarray")
    data = FORMS["netcdf"].write(outgoing)["run.nc"]
    held = xarray.open_dataset(io.BytesIO(data), engine="scipy")
    np.testing.assert_array_equal(held["arms"].to_numpy(), run.outcome("arms"))
    assert held.attrs["digest"] == run.digest
    assert list(held["strategy_north"].to_numpy().astype(str)) == list(run.profiles["north"])


def test_the_descriptor_fits_its_tables(outgoing: Outgoing) -> None:
    files = FORMS["frictionless"].write(outgoing)
    package = json.loads(files["datapackage.json"])
    for resource in package["resources"]:
        rows = list(csv.DictReader(io.StringIO(files[resource["path"]].decode())))
        fields = {field["name"]: field["type"] for field in resource["schema"]["fields"]}
        assert list(rows[0]) == list(fields)
        for name, kind in fields.items():
            values = [row[name] for row in rows if row[name]]
            if kind != "string":
                assert all(np.isfinite(float(value)) for value in values)
        keys = [tuple(row[key] for key in resource["schema"]["primaryKey"]) for row in rows]
        assert len(set(keys)) == len(keys)


def test_the_crate_is_read_by_the_library_of_its_field(outgoing: Outgoing, run: Ensemble, tmp_path: Path) -> None:
    rocrate = pytest.importorskip("rocrate.rocrate")
    for name, data in FORMS["ro-crate"].write(outgoing).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    crate = rocrate.ROCrate(str(tmp_path))
    assert crate.root_dataset["identifier"] == run.digest
    files = {entity.id for entity in crate.get_by_type("File")}
    assert {"study.yaml", "claims.yaml"} <= files
    assert all((tmp_path / name).is_file() for name in files)


def test_a_form_of_a_run_asks_for_one_and_an_unknown_form_gets_the_nearest(tmp_path: Path) -> None:
    invoke = CliRunner().invoke
    lacking = invoke(main, ["export", "rivals", "--as", "ema", "--out", str(tmp_path / "a")])
    assert lacking.exit_code == 1 and "this form holds a run" in lacking.output
    unknown = invoke(main, ["export", "rivals", "--as", "emma", "--out", str(tmp_path / "a")])
    assert unknown.exit_code == 2 and "`ema`" in unknown.output
    assert not (tmp_path / "a").exists()


def test_the_page_of_forms_is_the_table() -> None:
    page = (Path(__file__).parents[3] / "docs" / "exchange.md").read_text(encoding="utf-8")
    assert "\n".join(export_lines()) in page
