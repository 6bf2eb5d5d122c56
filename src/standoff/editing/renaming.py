"""Another name for a thing of a study, wherever it is used; refused where the study would mean something else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from standoff.base.problems import Problem, StudyError
from standoff.editing.mentions import Index, Mention
from standoff.editing.problems import check_texts
from standoff.language.shape.kinds import check_name
from standoff.language.text.files import CLAIMS_FILE, STUDY_FILE, read_files
from standoff.language.text.reader import Scalar, tree_of

__all__ = ["Edit", "index_of", "rename"]


@dataclass(frozen=True, slots=True)
class Edit:
    """Characters `start` to `stop` of a file become `text`."""

    file: str
    start: int
    stop: int
    text: str


def index_of(folder: Path, unsaved: Mapping[str, str]) -> Index:
    """The names of a study as an editor holds it.

    Raises:
        StudyError: `study.yaml` cannot be read as YAML.
    """
    files = read_files(folder / STUDY_FILE, unsaved)
    study, _ = tree_of(files.source(STUDY_FILE))
    try:
        claims = tree_of(files.source(CLAIMS_FILE))[0] if CLAIMS_FILE in files else None
    except StudyError:
        claims = None
    return Index(study, claims)


def rename(folder: Path, unsaved: Mapping[str, str], place: tuple[str, int], new: str) -> tuple[Edit, ...]:
    """The edits that give the thing at a place another name.

    The study with these edits is checked: they are refused where it has other problems than before, and so
    where a place that uses the name would have been missed.

    Args:
        folder: The study's folder.
        unsaved: The texts that the editor holds, by file name.
        place: The file's name and an offset in it.
        new: The new name.

    Raises:
        ValueError: Nothing with a name stands there, or the name cannot be used; the message says why.
        StudyError: The study cannot be read.
    """
    index = index_of(folder, unsaved)
    shown = {f"{folder.resolve().name}/{name}": name for name in (STUDY_FILE, CLAIMS_FILE)}
    file, offset = place
    mention = index.at(f"{folder.resolve().name}/{file}", offset)
    if mention is None:
        raise ValueError("nothing that has a name of the study's stands here")
    found: list[Problem] = []
    if mention.of.category not in ("claim", "document", "fact"):
        check_name(Scalar(new, mention.span, ""), found, is_option=mention.of.category == "option")
    if found:
        raise ValueError(found[0].message)
    edits = tuple(_edit(one, shown[one.span.source.path], new) for one in index.all_of(mention.of))
    texts = read_files(folder / STUDY_FILE, unsaved).texts()
    before = check_texts(folder, unsaved, every_variant=True)
    after = check_texts(folder, {**unsaved, **applied(texts, edits)}, every_variant=True)
    if len(after.problems) > len(before.problems):
        worse = next((p for p in after.problems if p.severity == "error"), after.problems[0])
        raise ValueError(f"`{mention.of.name}` cannot be called `{new}`: then {worse.message} (line {worse.span.line})")
    return edits


def applied(texts: Mapping[str, str], edits: tuple[Edit, ...]) -> dict[str, str]:
    """The texts of the files that have edits, with them."""
    by_file: dict[str, list[Edit]] = defaultdict(list)
    for edit in edits:
        by_file[edit.file].append(edit)
    changed: dict[str, str] = {}
    for file, own in by_file.items():
        text = texts[file]
        for edit in sorted(own, key=lambda edit: -edit.start):
            text = text[: edit.start] + edit.text + text[edit.stop :]
        changed[file] = text
    return changed


def _edit(mention: Mention, file: str, new: str) -> Edit:
    return Edit(file, mention.span.start, mention.span.stop, new)
