"""The bundled studies, and the template that `standoff new` begins with."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

__all__ = ["BUNDLED", "TEMPLATE", "begin_study", "bundled_folder"]

BUNDLED = ("korea", "lake", "rivals")
TEMPLATE = "template"


def bundled_folder(name: str) -> Path:
    """The folder of a bundled study."""
    return Path(str(files("standoff.studies").joinpath(name)))


def begin_study(folder: Path, example: str = TEMPLATE) -> Path:
    """Copy the commented template, or a bundled study, to a folder that does not hold a study yet.

    Returns:
        The new `study.yaml`.

    Raises:
        ValueError: The folder is a file, or holds a study already.
    """
    target = folder / "study.yaml"
    if folder.is_file():
        raise ValueError(f"`{folder}` is a file; name a folder")
    if target.exists():
        raise ValueError(f"`{target}` exists already; choose another folder")
    folder.mkdir(parents=True, exist_ok=True)
    for file in sorted(bundled_folder(example).iterdir()):
        (folder / file.name).write_bytes(file.read_bytes())
    return target
