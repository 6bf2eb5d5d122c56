"""A study's own files, read once when it is loaded: all that is asked of it later is answered from these."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from standoff.base.files import inside, read_source
from standoff.base.problems import Problem, StudyError
from standoff.base.source import Source, Span
from standoff.base.tables import MOST_BYTES as MOST_BYTES_OF_TABLES
from standoff.base.tables import Table, read_table
from standoff.language.text import reader
from standoff.language.text.vectors import Vectors

__all__ = [
    "CLAIMS_FILE",
    "FACTS_FILE",
    "HISTORY_FILE",
    "MOST_BYTES",
    "STUDY_FILE",
    "Files",
    "References",
    "Written",
    "read_files",
]

STUDY_FILE = "study.yaml"
CLAIMS_FILE = "claims.yaml"
FACTS_FILE = "facts.csv"
HISTORY_FILE = "history.csv"
MOST_BYTES = 5_000_000
"""Of a study, and of its claims."""


@dataclass(frozen=True, slots=True, eq=False)
class Files:
    """What the files of a study held when they were read.

    Attributes:
        folder: Where they were.
        name: The folder's own name.
        contents: By path within the folder, what a file held, or what kept it from being read.
    """

    folder: Path
    name: str
    contents: Mapping[str, Source | Problem] = field(repr=False)

    def __contains__(self, name: str) -> bool:
        """Whether there was such a file, readable or not."""
        found = self.contents.get(name)
        return found is not None and not (isinstance(found, Problem) and found.code == "file-missing")

    def source(self, name: str, at: Span | None = None) -> Source:
        """What a file held.

        Args:
            name: Its path within the folder.
            at: Where it is asked for: a problem's place; by default the file itself.

        Raises:
            StudyError: It could not be read, or was not among the files that a study names.
        """
        found = self.contents.get(name)
        if isinstance(found, Source):
            return found
        if found is None:
            found = Problem("file-missing", self.place(name), f"there is no file `{name}`")
        if at is not None and not found.span.source.text:
            found = replace(found, span=at)
        raise StudyError([found])

    def table(self, name: str, at: Span | None = None, needs: tuple[str, ...] = ()) -> Table:
        """A file's rows and columns.

        Args:
            name: Its path within the folder.
            at: Where it is asked for: the place of problems with the file as such.
            needs: Columns that must be there.

        Raises:
            StudyError: It could not be read, or is not a table with these columns.
        """
        return read_table(self.source(name, at), needs=needs)

    def place(self, name: str) -> Span:
        """The beginning of a file, for problems with all of it."""
        return Span(Source(f"{self.name}/{name}", ""), 0, 0)

    def texts(self) -> dict[str, str]:
        """The text of each file that could be read."""
        return {name: found.text for name, found in self.contents.items() if isinstance(found, Source)}

    def with_texts(self, texts: Mapping[str, str]) -> Files:
        """These files with other texts in their place, as an editor holds them before they are saved."""
        held = {name: _known(f"{self.name}/{name}", text) for name, text in texts.items()}
        return replace(self, contents={**self.contents, **held})

    def with_tables(self, names: Iterable[str]) -> Files:
        """These files and the tables that the study names."""
        read = {
            name: _read(self.folder, name, f"{self.name}/{name}", MOST_BYTES_OF_TABLES)
            for name in names
            if name not in self.contents
        }
        return replace(self, contents={**self.contents, **read})


@dataclass(frozen=True, slots=True)
class References:
    """What a study's other files list: names of claims and ids of facts; None where a file cannot tell.

    `has_claims` is whether there is a file of claims at all.
    """

    claims: frozenset[str] | None = None
    facts: frozenset[str] | None = None
    has_claims: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Written:
    """A study as it is written, of which any of its variants can be built without a look at the disk.

    Attributes:
        files: The study's files.
        root: The mapping of `study.yaml`, with no variant applied and its shape not yet checked.
        references: What the other files list.
        vectors: What of the text stood for many entries, which `root` has one by one.
    """

    files: Files
    root: reader.Mapping = field(repr=False)
    references: References = field(repr=False)
    vectors: Vectors = field(default_factory=Vectors, repr=False)

    @property
    def source(self) -> Source:
        """The text of `study.yaml`."""
        return self.files.source(STUDY_FILE)


def read_files(study: Path, unsaved: Mapping[str, str] | None = None) -> Files:
    """Read a study's file and what stands beside it under a known name.

    Args:
        study: The path of `study.yaml`, or of a file in its place.
        unsaved: Texts that stand for files of the folder, by name.

    Raises:
        StudyError: The study itself cannot be read.
    """
    folder, shown = study.parent, study.parent.resolve().name
    held = unsaved or {}
    contents: dict[str, Source | Problem] = {}
    if STUDY_FILE not in held:
        read = read_source(study, f"{shown}/{study.name}", most=MOST_BYTES)
        contents[STUDY_FILE] = _known(read.path, read.text)
    for name in (CLAIMS_FILE, FACTS_FILE, HISTORY_FILE):
        contents[name] = _read(
            folder, name, f"{shown}/{name}", MOST_BYTES if name == CLAIMS_FILE else MOST_BYTES_OF_TABLES
        )
    return Files(folder, shown, contents).with_texts(held)


def _read(folder: Path, name: str, shown: str, most: int) -> Source | Problem:
    place = Span(Source(shown, ""), 0, 0)
    try:
        return _known(shown, read_source(inside(folder, name, place), shown, most=most).text)
    except StudyError as error:
        return error.problems[0]


@lru_cache(maxsize=16)
def _known(path: str, text: str) -> Source:
    """One source for one text of a file, so that what was made of it is known again."""
    return Source(path, text)
