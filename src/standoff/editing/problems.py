"""What is wrong in a study as an editor holds it, before it is saved: the checks of `standoff check`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from standoff.base.problems import Problem, StudyError, in_order
from standoff.base.source import Source
from standoff.evidence.claims import Ledger, check_ledger, parse_ledger
from standoff.language.load import read_study
from standoff.language.model import Model
from standoff.language.text.files import CLAIMS_FILE, STUDY_FILE, read_files

__all__ = ["Checked", "check_texts"]


@dataclass(frozen=True, slots=True)
class Checked:
    """A study's model, unless it has errors, and all problems of the study and its claims, in order."""

    model: Model | None
    problems: tuple[Problem, ...]


def check_texts(folder: Path, unsaved: Mapping[str, str], *, every_variant: bool = True) -> Checked:
    """Check a study whose files may stand otherwise in an editor than on the disk.

    Args:
        folder: The study's folder.
        unsaved: The texts that the editor holds, by file name.
        every_variant: Whether to read it with each of its variants too.
    """
    study = folder / STUDY_FILE
    loaded = read_study(study, every_variant=every_variant, unsaved=unsaved)
    problems = list(loaded.problems)
    try:
        files = read_files(study, unsaved)
        if CLAIMS_FILE in files:
            ledger, found = _ledger(files.source(CLAIMS_FILE))
            problems += found
            if ledger is not None and loaded.model is not None:
                problems += check_ledger(ledger, loaded.model)
    except StudyError as error:
        problems += error.problems
    return Checked(loaded.model, tuple(in_order(problems)))


@lru_cache(maxsize=4)
def _ledger(source: Source) -> tuple[Ledger | None, tuple[Problem, ...]]:
    """The claims of a text: read again only when that changes, which is seldom while the study is written."""
    return parse_ledger(source)
