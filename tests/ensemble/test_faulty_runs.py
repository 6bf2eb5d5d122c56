"""Run folders that were cut, altered or put together from others are refused by name, opened or gone on with."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import standoff
from standoff.ensemble.running import Running
from standoff.ensemble.storing.manifest import RunError
from standoff.ensemble.storing.store import _digest, run_to_folder
from standoff.ensemble.study import Study, open_run

QUIET = Running(announce=lambda line: None)
FIRST = "shards/000000-000002.parquet"
SECOND = "shards/000002-000004.parquet"


@pytest.fixture(scope="module")
def rivals() -> Study:
    return standoff.load("rivals")


@pytest.fixture(scope="module")
def sound(rivals: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "sound"
    again(rivals, folder)
    return folder


@pytest.fixture
def run(sound: Path, tmp_path: Path) -> Path:
    shutil.copytree(sound, tmp_path / "run")
    return tmp_path / "run"


def again(study: Study, folder: Path) -> standoff.Ensemble:
    return run_to_folder(study.program, study.design(8, 3), folder, running=QUIET, cells_per_shard=16)


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(RunError) as refused:
        act()
    text = str(refused.value)
    assert len(text) < 1_000 and text.isprintable()
    return text


def changed(**known: Any) -> Callable[[dict[str, Any]], Any]:
    return lambda manifest: manifest | {key.replace("_", " "): value for key, value in known.items()}


def without(key: str) -> Callable[[dict[str, Any]], Any]:
    return lambda manifest: {name: value for name, value in manifest.items() if name != key}


MANIFESTS: dict[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
    # what is done to the manifest, and what is said of it
    "null": (lambda _: None, "Expected `object`, got `null`"),
    "a list": (lambda _: [], "Expected `object`, got `array`"),
    "a number": (lambda _: 3, "got `int`"),
    **{f"no {key}": (without(key), f"missing required field `{key}`") for key in
       ("standoff", "study", "digest", "variants", "design", "profiles", "worlds", "replications", "seed", "luck seed",
        "method", "realised", "shards", "complete")},
    "no result": (without("result"), "complete and has no `result`"),
    "replications as text": (changed(replications="8"), "Expected `int`, got `str` - at `$.replications`"),
    "no replications": (changed(replications=0), "at `$.replications`"),
    "half a world": (changed(worlds=1.5), "at `$.worlds`"),
    "a huge seed": (changed(seed=10**400), "seed"),
    "a negative seed": (changed(luck_seed=-1), "luck seed"),
    "another method": (changed(method="dice"), "at `$.method`"),
    "histograms as a number": (changed(histograms=5), "at `$.histograms`"),
    "a histogram without edges": (changed(histograms=[{"kind": "outcome", "name": "war"}]), "`edges`"),
    "a histogram with falling edges": (changed(histograms=[{"kind": "outcome", "name": "war", "edges": [1, 0]}]),
                                       "do not rise"),
    "variants as lists": (changed(variants=[["a"]]), "at `$.variants[0]`"),
    "quantiles above 1": (changed(quantiles=[5]), "at `$.quantiles[0]`"),
    "a digest of another length": (changed(digest="abc"), "at `$.digest`"),
    "ends as a text": (changed(realised="no"), "at `$.realised`"),
    "shards as a list": (changed(shards=[]), "at `$.shards`"),
    "a shard elsewhere": (changed(shards={"../../secret": "0" * 32}), "shards"),
    "a shard without a digest": (changed(shards={FIRST: 5}), "shards"),
    "shards left out": (lambda m: m | {"shards": {k: v for k, v in m["shards"].items() if k != SECOND}},
                        "no shard holds the profiles 2 to 3"),
    "the last shard left out": (lambda m: m | {"shards": dict(list(m["shards"].items())[:-1])}, "no shard holds"),
    "shards that overlap": (lambda m: m | {"shards": m["shards"] | {"shards/000001-000003.parquet": "0" * 32}},
                            "shards overlap"),
    "more profiles": (changed(profiles=90), "no shard holds"),
}  # fmt: skip


@pytest.mark.parametrize("case", MANIFESTS)
def test_a_faulty_manifest_is_refused_by_name(rivals: Study, run: Path, case: str) -> None:
    alter, said = MANIFESTS[case]
    path = run / "manifest.json"
    path.write_text(json.dumps(alter(json.loads(path.read_text()))))
    for act in (lambda: open_run(run), lambda: again(rivals, run)):
        text = refusal(act)
        assert "manifest.json" in text
        assert said in text


@pytest.mark.parametrize("text", ["", "{", '{"standoff": ', "[" * 100_000, '{"a":' * 50_000, "\xff\xfe", "NaN", "\0"])
def test_a_manifest_that_is_no_json_is_refused(rivals: Study, run: Path, text: str) -> None:
    (run / "manifest.json").write_bytes(text.encode("latin-1"))
    for act in (lambda: open_run(run), lambda: again(rivals, run)):
        assert "manifest.json` was truncated or altered" in refusal(act)


@pytest.mark.parametrize(
    ("alter", "said"),
    [
        (changed(replications=4), "was run with another `replications` than manifest.json says: 3, not 4"),
        (changed(realised=True), "was run with another `realised` than manifest.json says: False, not True"),
        (changed(luck_seed=2), "was run with another `seed` than manifest.json says: 1, not 2"),
        (changed(seed=2), "`result` in manifest.json is"),
        (changed(result="0" * 32), "`result` in manifest.json is"),
        (changed(beside="0" * 32), "`beside` in manifest.json is"),
        (changed(worlds=9), "tables of worlds or profiles"),
        (changed(design="0" * 32), "tables of worlds or profiles"),
        (changed(digest="0" * 32), "another version of the study"),
        (changed(complete=False), "not complete"),
        (changed(quantiles=[0.5]), "has other columns"),
        (changed(histograms=[{"kind": "outcome", "name": "war", "edges": [0, 1]}]), "holds other histograms"),
        (changed(histograms=[{"kind": "outcome", "name": "x", "edges": [0, 1]}]), "is no outcome"),
        (changed(variants=["none such"]), "none such"),
    ],
)
def test_a_manifest_of_another_run_is_told_by_what_does_not_agree(
    run: Path, alter: Callable[[dict[str, Any]], Any], said: str
) -> None:
    path = run / "manifest.json"
    path.write_text(json.dumps(alter(json.loads(path.read_text()))))
    assert said in refusal(lambda: open_run(run))


def without_notes(table: pa.Table) -> pa.Table:
    return table.replace_schema_metadata(None)


def noted(key: bytes, text: bytes) -> Callable[[pa.Table], pa.Table]:
    return lambda table: table.replace_schema_metadata({**table.schema.metadata, key: text})


def doubled(table: pa.Table) -> pa.Table:
    values = pa.array(2.0 * table[1].to_numpy())
    return table.set_column(1, table.schema.field(1), values)


SHARDS: dict[str, tuple[Callable[[pa.Table], pa.Table], str]] = {
    # what is done to a shard, which is then signed anew, and what is said of it
    "fewer rows": (lambda t: t.slice(0, 3), "has 3 rows, where the run has 16"),
    "no rows": (lambda t: t.slice(0, 0), "has 0 rows"),
    "a column left out": (lambda t: t.drop_columns([t.column_names[2]]), "has other columns"),
    "one more column": (lambda t: t.append_column("x", t[1]), "has other columns"),
    "texts for numbers": (lambda t: t.set_column(1, t.column_names[1], t[1].cast(pa.string())), "as string"),
    "gaps": (lambda t: t.set_column(1, t.column_names[1], pa.array([None] * 16, pa.float64())), "has gaps"),
    "no metadata": (without_notes, "has no diagnostics"),
    "metadata that is no JSON": (noted(b"diagnostics", b"{"), "has damaged notes"),
    "metadata of another shape": (noted(b"diagnostics", b'{"faults": 3}'), "has damaged notes"),
    "deep metadata": (noted(b"part", b'{"a":' * 50_000), "has damaged notes"),
    "histograms that were not kept": (noted(b"histograms", b"[[[1]]]"), "holds other histograms"),
    "of other profiles": (noted(b"part", b'{"profiles and worlds": "0"}'), "another `profiles and worlds`"),
}


@pytest.mark.parametrize("case", SHARDS)
def test_a_shard_that_was_altered_and_signed_anew_is_refused_and_run_again(rivals: Study, run: Path, case: str) -> None:
    alter, said = SHARDS[case]
    sign(run, FIRST, alter(pq.read_table(run / FIRST)))
    text = refusal(lambda: open_run(run))
    assert FIRST in text and said in text
    assert again(rivals, run).digest == open_run(run).digest


def test_values_that_were_altered_and_signed_anew_are_not_those_of_the_run(rivals: Study, run: Path) -> None:
    sign(run, FIRST, doubled(pq.read_table(run / FIRST)))
    for act in (lambda: open_run(run), lambda: again(rivals, run)):
        assert "does not hold the run that it says it holds" in refusal(act)


def test_shards_that_changed_places_are_told(run: Path) -> None:
    tables = [pq.read_table(run / name) for name in (SECOND, FIRST)]
    for name, table in zip((FIRST, SECOND), tables, strict=True):
        sign(run, name, table)
    assert "was run with another `profiles and worlds`" in refusal(lambda: open_run(run))


@pytest.mark.parametrize("name", ["worlds.parquet", "profiles.parquet"])
@pytest.mark.parametrize("data", [b"", b"PAR1", None])
def test_faulty_tables_of_worlds_and_profiles_are_refused(run: Path, name: str, data: bytes | None) -> None:
    if data is None:
        pq.write_table(pa.table({"x": np.arange(3)}), run / name)
    else:
        (run / name).write_bytes(data)
    assert "tables of worlds or profiles" in refusal(lambda: open_run(run))


def sign(run: Path, name: str, table: pa.Table) -> None:
    pq.write_table(table, run / name)
    manifest = json.loads((run / "manifest.json").read_text())
    manifest["shards"][name] = _digest((run / name).read_bytes())
    (run / "manifest.json").write_text(json.dumps(manifest))
