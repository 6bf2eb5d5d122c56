"""A run's figures as tables: EMA Workbench's archive, NetCDF, and CSV with a Frictionless descriptor.

Reference: J. Kwakkel, The Exploratory Modeling Workbench (2017), save_results; Frictionless Data Package 1.0; Unidata,
NetCDF classic format.
"""

from __future__ import annotations

import io
import json
import re
import tarfile
from typing import Any

import numpy as np

from standoff.ensemble.ensemble import Ensemble

__all__ = ["write_ema_archive", "write_frictionless", "write_netcdf"]


def write_ema_archive(run: Ensemble) -> bytes:
    """A run as the archive that EMA Workbench 2.x reads: an experiment for each profile and world.

    The policy is the profile, the strategies' labels joined; a policy is never called `None`, which pandas would lose.
    """
    import pandas as pd  # noqa: PLC0415

    n_profiles, n_worlds = run.counts.shape
    policies = [" | ".join(map(str, row)) for row in run.profiles[list(run.program.players)].to_numpy()]
    experiments = pd.concat([run.worlds] * n_profiles, ignore_index=True)
    experiments["scenario"] = np.tile(np.arange(n_worlds), n_profiles)
    experiments["policy"] = np.repeat([p if p != "None" else "None (strategy)" for p in policies], n_worlds)
    experiments["model"] = _file_name(run.model.name)
    outcomes = {_label(kind, name): run.means[row].ravel() for row, (kind, name) in enumerate(run.measures)}
    files = {"experiments.csv": experiments.to_csv(index=False)}
    listed = []
    for name, values in outcomes.items():
        file = f"{_file_name(name)}.csv"
        files[file] = pd.DataFrame(values).to_csv(index=False, header=False)
        listed.append(["ScalarOutcome", name, file])
    files["metadata.json"] = json.dumps(
        {
            "version": "2.5.0",
            "outcomes": listed,
            "experiments": {name: _ema_type(kind) for name, kind in experiments.dtypes.items()},
        }
    )
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, text in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))
    return out.getvalue()


def write_netcdf(run: Ensemble) -> bytes:
    """Outcomes, payoffs and their errors by profile and world, with labels; NetCDF of the classic format.

    Raises:
        ImportError: xarray is not installed; it is an extra.
    """
    import xarray  # noqa: PLC0415 - optional

    players = list(run.program.players)
    arrays: dict[str, Any] = {}
    for row, (kind, name) in enumerate(run.measures):
        label = re.sub(r"\W", "_", _label(kind, name))
        arrays[label] = (("profile", "world"), run.means[row])
        arrays[f"{label}_error"] = (("profile", "world"), run.errors[row])
    for world, column in run.worlds.items():
        values = column.to_numpy()
        arrays[f"world_{world}"] = (("world",), values if values.dtype.kind in "fiu" else values.astype(str))
    for player in players:
        arrays[f"strategy_{player}"] = (("profile",), run.profiles[player].astype(str).to_numpy().astype(str))
    held = xarray.Dataset(arrays, attrs={"study": run.model.name, "digest": run.digest, "title": run.model.title})
    return bytes(held.to_netcdf(engine="scipy"))


def write_frictionless(run: Ensemble) -> dict[str, bytes]:
    """Three tables as CSV, and beside them the descriptor of a Data Package."""
    frames = {
        "futures": run.to_arrow().to_pandas(),
        "profiles": run.profiles.reset_index(),
        "worlds": run.worlds.rename_axis("world").reset_index(),
    }
    keys = {"futures": ["profile", "world"], "profiles": ["profile"], "worlds": ["world"]}
    resources = [
        {
            "name": name, "path": f"{name}.csv", "profile": "tabular-data-resource", "format": "csv",
            "mediatype": "text/csv", "encoding": "utf-8",
            "schema": {
                "fields": _fields(frame),
                "primaryKey": keys[name], "missingValues": [""],
                **({"foreignKeys": [
                    {"fields": [key], "reference": {"resource": f"{key}s", "fields": [key]}} for key in keys[name]
                ]} if name == "futures" else {}),
            },
        }
        for name, frame in frames.items()
    ]  # fmt: skip
    descriptor = {
        "profile": "tabular-data-package", "name": re.sub(r"[^a-z0-9._-]", "-", run.model.name.lower()),
        "title": run.model.title, "resources": resources, "standoff:digest": run.digest,
    }  # fmt: skip
    files = {f"{name}.csv": frame.to_csv(index=False).encode() for name, frame in frames.items()}
    return {**files, "datapackage.json": (json.dumps(descriptor, ensure_ascii=False, indent=1) + "\n").encode()}


def _label(kind: str, name: str) -> str:
    return name if kind == "outcome" else f"payoff of {name}"


def _file_name(name: str) -> str:
    return re.sub(r"\W", "_", name)


def _ema_type(kind: Any) -> str:
    return "float64" if kind.kind == "f" else "int64" if kind.kind in "iu" else "object"


def _fields(frame: Any) -> list[dict[str, str]]:
    return [{"name": str(column), "type": _frictionless_type(kind)} for column, kind in frame.dtypes.items()]


def _frictionless_type(kind: Any) -> str:
    return "number" if kind.kind == "f" else "integer" if kind.kind in "iu" else "string"
