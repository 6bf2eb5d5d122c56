"""Runs kept in an object store: one that fails a request in ten, served on loopback."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

import standoff
from standoff.ensemble.run import run_design
from standoff.ensemble.storing.manifest import RunError, has_manifest, read_manifest
from standoff.ensemble.storing.place import Folder, Remote, place_of
from standoff.ensemble.storing.query import query_run
from standoff.ensemble.storing.store import run_to_folder
from standoff.ensemble.study import Study, open_run


@pytest.fixture(scope="module")
def rivals() -> Study:
    return standoff.load("rivals")


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """The address of a bucket; every tenth request to it fails."""
    moto = pytest.importorskip("moto.moto_server.werkzeug_app")
    werkzeug = pytest.importorskip("werkzeug.serving")
    app: Callable[..., Iterable[bytes]] = moto.DomainDispatcherApplication(moto.create_backend_app)
    calls = iter(range(1_000_000))

    def failing(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if next(calls) % 10 == 9:
            start("503 Slow Down", [("Content-Type", "text/plain")])
            return [b""]
        return app(environ, start)

    server = werkzeug.make_server("127.0.0.1", 0, failing, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    settings = {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.server_port}", "AWS_ACCESS_KEY_ID": "nobody",
        "AWS_SECRET_ACCESS_KEY": "nothing", "AWS_DEFAULT_REGION": "us-east-1",
    }  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        for name, value in settings.items():
            patch.setenv(name, value)
        import s3fs  # noqa: PLC0415

        s3fs.S3FileSystem.clear_instance_cache()
        place = Remote("s3://runs/begun")
        with place._files() as (files, _):
            files.mkdir("runs")
        yield "s3://runs"
        s3fs.S3FileSystem.clear_instance_cache()
        server.shutdown()
        thread.join()


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_a_store_that_fails_one_request_in_ten_holds_the_run_bit_for_bit(bucket: str, rivals: Study) -> None:
    design = rivals.design(8, 3)
    address, whole = f"{bucket}/rivals", run_design(rivals.program, design)
    assert not has_manifest(address)
    assert run_to_folder(rivals.program, design, address, cells_per_shard=40).digest == whole.digest
    assert has_manifest(address)
    place = place_of(address)
    place.write("shards/000000-000005.parquet", b"altered")
    with pytest.raises(RunError, match="was truncated or altered"):
        open_run(address)
    with pytest.warns(UserWarning, match="altered file set aside"):
        run_to_folder(rivals.program, design, address, cells_per_shard=40)
    assert open_run(address).digest == whole.digest
    with query_run(address, "select count(*), min(world), max(profile), avg(war) from cells") as found:
        n, first, last, war = found.fetchone()
    assert (n, first, last) == (72, 0, 8)
    assert war == pytest.approx(whole.outcome("war").mean())


def test_an_address_of_no_known_kind_is_said(rivals: Study) -> None:
    with pytest.raises(RunError, match="Protocol not known"):
        run_to_folder(rivals.program, rivals.design(2, 2), "nowhere://bucket/run")


def test_paths_are_folders_and_addresses_are_not() -> None:
    assert isinstance(place_of("runs/korea"), Folder)
    assert place_of("s3://bucket/run/") == Remote("s3://bucket/run")


def test_a_manifest_that_is_a_pipe_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "manifest.json")
    with pytest.raises(RunError, match=r"cannot be read: it is not a plain file, but a pipe"):
        read_manifest(tmp_path)
