"""The bundled studies, and the one that `standoff new` begins with."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

__all__ = ["BUNDLED", "bundled_folder", "write_template"]

BUNDLED = ("korea", "lake", "rivals")


def bundled_folder(name: str) -> Path:
    """The folder of a bundled study."""
    return Path(str(files("standoff.studies").joinpath(name)))


def write_template(folder: Path) -> Path:
    """Write the commented first study to a folder that does not hold one yet.

    Raises:
        ValueError: The folder is a file, or holds a study already.
    """
    target = folder / "study.yaml"
    if folder.is_file():
        raise ValueError(f"`{folder}` is a file; name a folder")
    if target.exists():
        raise ValueError(f"`{target}` exists already; choose another folder")
    folder.mkdir(parents=True, exist_ok=True)
    text = files("standoff.studies").joinpath("template", "study.yaml").read_text(encoding="utf-8")
    target.write_text(text, encoding="utf-8")
    return target
