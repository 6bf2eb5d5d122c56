"""A run as an RO-Crate: the study, its claims, the run's manifest and figures, and the brief, each described.

Reference: S. Soiland-Reyes and others, Packaging research artefacts with RO-Crate (2022); RO-Crate 1.1.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from standoff._version import __version__
from standoff.ensemble.ensemble import Ensemble

__all__ = ["write_crate"]

_ABOUT = {
    "study.yaml": "the model", "claims.yaml": "what documents say, each claim tied to its passage",
    "facts.csv": "what is known", "history.csv": "what was seen before the study begins",
    "run.json": "what was run, with the digests of every part", "brief.html": "the brief", "brief.json": "its figures",
}  # fmt: skip


def write_crate(run: Ensemble, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files, and the metadata that describes them.

    Args:
        run: The run.
        files: By path in the crate: the study's own files, and those of the run.
    """
    model = run.model
    root: dict[str, Any] = {
        "@id": "./", "@type": "Dataset", "name": model.title, "description": model.question,
        "identifier": run.digest, "license": {"@id": "#as-the-author-says"},
        "hasPart": [{"@id": path} for path in files], "mentions": {"@id": "#run"},
    }  # fmt: skip
    if model.as_of is not None:
        root["temporalCoverage"] = str(model.as_of)
    root["datePublished"] = str(model.as_of) if model.as_of is not None else "1970-01-01"
    parts = [
        {
            "@id": path, "@type": "File", "name": path.rpartition("/")[2], "contentSize": str(len(data)),
            "encodingFormat": _FORMATS.get(path.rpartition(".")[2], "application/octet-stream"),
            **({"description": _ABOUT[path]} if path in _ABOUT else {}),
        }
        for path, data in files.items()
    ]  # fmt: skip
    how = f"seed {run.design.seed}, {run.counts.shape[1]} worlds, {run.design.replications} replications"
    graph = [
        {"@id": "ro-crate-metadata.json", "@type": "CreativeWork", "about": {"@id": "./"},
         "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"}},
        root, *parts,
        {"@id": "#as-the-author-says", "@type": "CreativeWork", "name": "as the study's author says"},
        {"@id": "#standoff", "@type": "SoftwareApplication", "name": "Standoff", "version": __version__},
        {"@id": "#run", "@type": "CreateAction", "instrument": {"@id": "#standoff"}, "name": "standoff run",
         "object": [{"@id": "study.yaml"}], "result": [{"@id": path} for path in files if path not in _ABOUT],
         "description": how},
    ]  # fmt: skip
    metadata = {"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": graph}
    text = json.dumps(metadata, ensure_ascii=False, indent=1) + "\n"
    return {**files, "ro-crate-metadata.json": text.encode()}


_FORMATS = {"yaml": "application/yaml", "csv": "text/csv", "json": "application/json", "html": "text/html",
            "parquet": "application/vnd.apache.parquet", "md": "text/markdown"}  # fmt: skip
