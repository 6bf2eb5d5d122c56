"""What an import makes: the files of a new study's folder, and what a person should know of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from standoff.language.text.files import STUDY_FILE

__all__ = ["Asked", "Imported", "quoted", "short"]


@dataclass(frozen=True, slots=True)
class Asked:
    """How a file is to be imported.

    Attributes:
        uncertain: Constants that become uncertainties, each with its range.
        mapping: A file that says which columns and rows of a table of events become what.
        sources: The folder of the documents that notes are about.
    """

    uncertain: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    mapping: Path | None = None
    sources: Path | None = None


@dataclass(frozen=True, slots=True)
class Imported:
    """A study made from another tool's file.

    Attributes:
        files: The texts of its folder, by their names.
        notes: What was taken differently or not at all, and what could be done next.
        names: What the file calls each thing, to its name in the study; arrays with their subscripts.
    """

    files: Mapping[str, str]
    notes: tuple[str, ...] = ()
    names: Mapping[tuple[str, ...], str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The study.yaml."""
        return self.files[STUDY_FILE]


def quoted(text: str) -> str:
    """A text as YAML, on one line."""
    return json.dumps("".join(c if c.isprintable() else " " for c in text), ensure_ascii=True)


def short(words: str) -> str:
    """At most four words, as names in prose have."""
    return " ".join(words.split()[:4])[:60] or "nameless"
