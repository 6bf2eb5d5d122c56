"""From a study's folder to its model, with everything that is wrong collected."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping as MappingOf
from collections.abc import Sequence as SequenceOf
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from standoff.base.collecting import uncollected
from standoff.base.problems import Collected, Problem, StudyError, has_errors, suggest
from standoff.base.source import Source, Span
from standoff.language.building.build import build_model
from standoff.language.building.series import tables_named
from standoff.language.checks.checks import CHECKS
from standoff.language.model import Model
from standoff.language.shape.conform import conform
from standoff.language.shape.schema import IMPOSE, LANGUAGE_VERSION, STUDY
from standoff.language.shape.variants import merge, patched
from standoff.language.shape.vectors import unrolled
from standoff.language.text.fields import entries, mapping
from standoff.language.text.files import CLAIMS_FILE, FACTS_FILE, STUDY_FILE, Files, References, Written, read_files
from standoff.language.text.reader import Mapping, Node, Scalar, Sequence, parse_yaml, tree_of

__all__ = ["Loaded", "build_variant", "find_study", "load_model", "patched_model", "read_study"]


@dataclass(frozen=True, slots=True)
class Loaded:
    """A study as read: its model, unless there are errors, and all problems, warnings included."""

    model: Model | None
    problems: tuple[Problem, ...]


def load_model(study: str | Path, variants: SequenceOf[str] = ()) -> Model:
    """Read a study and check it.

    Args:
        study: A folder, the path of its `study.yaml`, or the name of a bundled study.
        variants: Names of variants to lay over it, one after another.

    Raises:
        StudyError: It cannot be used; the error holds every problem.

    >>> load_model("rivals").decider
    'north'
    """
    loaded = read_study(study, variants)
    if loaded.model is None:
        raise StudyError([problem for problem in loaded.problems if problem.severity == "error"])
    return loaded.model


@uncollected()
def read_study(
    study: str | Path,
    variants: SequenceOf[str] = (),
    *,
    every_variant: bool = False,
    unsaved: MappingOf[str, str] | None = None,
) -> Loaded:
    """Read a study and collect what is wrong with it.

    Args:
        study: A folder, the path of its `study.yaml`, or the name of a bundled study.
        variants: Names of variants to lay over it, one after another.
        every_variant: Whether to read it with each of its other variants as well, and add what that shows.
        unsaved: Texts that stand for files of its folder, by name, as an editor holds them.

    Raises:
        ValueError: The study has no variant of that name.
    """
    problems: list[Problem] = []
    try:
        files = read_files(Path(study) if unsaved and STUDY_FILE in unsaved else find_study(study), unsaved)
        root, found = tree_of(files.source(STUDY_FILE))
    except StudyError as error:
        return Loaded(None, error.problems)
    other = _other_version(root)
    if other is not None:
        return Loaded(None, (other,))
    problems += found
    files = files.with_tables(tables_named(root))
    try:
        root, vectors = unrolled(root, problems)
    except StudyError as error:
        return Loaded(None, error.problems)
    written = Written(files, root, _read_references(files, problems), vectors)
    model = _read(written, tuple(variants), problems)
    if every_variant:
        for name, patch in entries(root, "variants"):
            if name.text not in variants:
                own: list[Problem] = []
                _read(written, (*variants, name.text), own)
                problems += _of_variant(own, problems, name.text, patch)
    unique = tuple({(p.code, p.span.start, p.span.source.path, p.message): p for p in problems}.values())
    return Loaded(None if has_errors(unique) else model, unique)


def build_variant(written: Written, variants: SequenceOf[str]) -> Model:
    """A study with variants laid over it, one after another, from what was read of it before.

    Raises:
        ValueError: The study has no variant of that name.
        StudyError: It cannot be used with them; the error holds every problem.
    """
    return _built(written, tuple(variants))


@lru_cache(maxsize=16)  # several questions ask for the same
@uncollected()
def _built(written: Written, variants: tuple[str, ...]) -> Model:
    problems: list[Problem] = []
    model = _read(written, variants, problems)
    if model is None:
        raise StudyError([problem for problem in problems if problem.severity == "error"])
    return model


def whole_text(model: Model) -> Mapping:
    """All that a study says, with the model's variants laid over it."""
    return _with_variants(model.written.root, model.applied)[0]


def patched_model(model: Model, text: str) -> Model:
    """A study with some sections laid over it, given as text, and the variants that are applied already.

    Raises:
        StudyError: It cannot be used with them; the error holds every problem.
    """
    patch, problems = parse_yaml(Source("found.yaml", text))
    root = merge(model.written.root, patch, STUDY)
    assert isinstance(root, Mapping)
    made = _read(replace(model.written, root=root), model.applied, problems)
    if made is None:
        raise StudyError([problem for problem in problems if problem.severity == "error"])
    return made


def find_study(name: str | Path) -> Path:
    """The path of a study's `study.yaml`.

    Args:
        name: A folder that has one, its own path, or the name of a bundled study.

    Raises:
        StudyError: There is no such study.
    """
    path = Path(name)
    if path.is_dir() and (path / STUDY_FILE).is_file():
        return path / STUDY_FILE
    if path.is_file():
        _refuse_stranger(path)
        return path
    bundled = Path(str(files("standoff.studies")))
    names = sorted(one.name for one in bundled.iterdir() if (one / STUDY_FILE).is_file() and one.name != "template")
    if str(name) in names:
        return bundled / str(name) / STUDY_FILE
    place = Span(Source(str(name), ""), 0, 0)
    if (path / "manifest.json").is_file():
        message = f"`{name}` is the folder of a run, and no study"
        how = "give the study's folder; `standoff answer` and `compare` take a run's"
        raise StudyError([Problem("wrong-shape", place, message, how)])
    if path.is_dir():
        raise StudyError(
            [Problem("file-missing", place, f"the folder `{name}` has no `{STUDY_FILE}`", "see `standoff new`")]
        )
    advice = suggest(str(name), names, "bundled studies")
    raise StudyError([Problem("file-missing", place, f"no study or folder is named `{name}`", advice)])


_STRANGERS: tuple[tuple[str, str, str], ...] = (
    ("claims.yaml claims.yml", "a file of claims", "give the folder that it stands in"),
    (".nfg", "a game in Gambit's format", "`standoff games {}` solves it"),
    (".efg", "a game tree in Gambit's format", "`standoff games {}` solves it"),
    (".html .htm .xhtml .mhtml .mht .webarchive .md .txt", "a document", "`standoff passages {}` lists its passages"),
    (".pdf .doc .docx .odt .epub .eml .rtf", "a document", "save its text; `standoff passages` reads text and HTML"),
    (".csv .tsv .xls .xlsx .ods .parquet .arrow .feather", "a table", "a study names it as a series or as `facts.csv`"),
    (".json", "a file of JSON", "a study is a folder with `study.yaml`"),
    (".py .ipynb .r .jl .m", "a program", "a study is a folder with `study.yaml`; see `standoff new`"),
    (
        ".xmile .stmx .mdl",
        "a system-dynamics model of another tool",
        "`standoff import {} --out new` makes a study of it",
    ),
    (".png .jpg .jpeg .gif .svg .webp", "a picture", "a study is a folder with `study.yaml`"),
    (".zip .gz .tar .7z", "an archive", "unpack it, and give the study's folder"),
)


def _refuse_stranger(path: Path) -> None:
    """Say what a file is that is no study; what has no known name is left to the reader."""
    name = path.name.lower()
    for known, what, advice in _STRANGERS:
        if any(name.endswith(one) if one.startswith(".") else name == one for one in known.split()):
            place = Span(Source(str(path), ""), 0, 0)
            message = f"`{path.name}` is {what}, and no study"
            raise StudyError([Problem("wrong-shape", place, message, advice.format(path.name))])


def _read(written: Written, variants: tuple[str, ...], problems: list[Problem]) -> Model | None:
    """Apply variants, check the shape, build the model, run the checks."""
    own = Collected()
    try:
        model = _build(written, variants, own)
        if not has_errors(own) and not has_errors(problems):
            own += [problem for check in CHECKS for problem in check(model)]
    except StudyError as error:
        problems += _said_once(error.problems, written)
        return None
    problems += _said_once(own, written)
    return None if has_errors(own) else model


def _said_once(found: SequenceOf[Problem], written: Written) -> list[Problem]:
    """What is wrong with an entry that stands for many is said of one of them."""
    places, seen, kept = written.vectors.places, set(), []
    for problem in found:
        key = (problem.code, problem.span)
        is_inside = any(p.start <= problem.span.start and problem.span.stop <= p.stop for p in places)
        if not is_inside or key not in seen:
            kept.append(problem)
        seen.add(key)
    return kept


def _build(written: Written, variants: tuple[str, ...], own: list[Problem]) -> Model:
    merged, impose = _with_variants(written.root, variants)
    start = Span(written.source, merged.span.start, merged.span.start)
    study = conform(merged, STUDY, "", start, problems=own)
    imposed = None if not impose.items else conform(impose, IMPOSE, "impose", impose.span, problems=own)
    assert isinstance(study, Mapping)
    if not isinstance(imposed, Mapping):
        imposed = Mapping((), merged.span)
    return build_model(written, study, imposed, variants, problems=own, digest=_digest(written.root, variants))


def _with_variants(raw: Mapping, variants: tuple[str, ...]) -> tuple[Mapping, Mapping]:
    """The study with variants laid over it, and what they impose; a later variant wins."""
    known = {name.text: node for name, node in entries(raw, "variants")}
    merged, impose = raw, Mapping((), raw.span)
    for name in variants:
        if name not in known:
            there = f"there are {', '.join(f'`{one}`' for one in known)}" if known else "it has none"
            raise ValueError(f"the study has no variant `{name}`: {suggest(name, known, 'variants') or there}")
        merged = patched(merged, known[name], STUDY)
        together = merge(impose, mapping(known[name], "impose"), None)
        assert isinstance(together, Mapping)
        impose = together
    return merged, impose


def _of_variant(found: list[Problem], known: list[Problem], name: str, patch: Mapping) -> list[Problem]:
    """What a variant adds to what is known; where a problem stands outside its text, the message names it."""
    old = {(p.code, p.span.start, p.message) for p in known}
    new = [p for p in found if (p.code, p.span.start, p.message) not in old]
    return [
        p
        if patch.span.start <= p.span.start < patch.span.stop
        else replace(p, message=f"with the variant `{name}`, {p.message}")
        for p in new
    ]


def _other_version(raw: Mapping) -> Problem | None:
    """A study in another version of the language has other keys, about which nothing should be said."""
    version = raw.get("standoff")
    if not isinstance(version, Scalar) or version.text in ("", LANGUAGE_VERSION):
        return None
    message = f"this study is in version `{version.text}` of the language, and only version {LANGUAGE_VERSION} is read"
    return Problem("version", version.span, message, f"write `standoff: {LANGUAGE_VERSION}`, or update the program")


def _read_references(files: Files, problems: list[Problem]) -> References:
    """Names of claims and ids of facts, of the files that are there."""
    claims: frozenset[str] | None = None
    facts: frozenset[str] | None = None
    try:
        if CLAIMS_FILE in files:
            root, found = tree_of(files.source(CLAIMS_FILE))
            problems += found
            claims = frozenset(name.text for name, _ in mapping(root, "claims").items)
    except StudyError as error:
        problems.extend(error.problems)
    try:
        if FACTS_FILE in files:
            facts = frozenset(row["id"].text for row in files.table(FACTS_FILE, needs=("id",)).rows)
    except StudyError as error:
        problems.extend(error.problems)
    return References(claims, facts, CLAIMS_FILE in files)


_CHANGES_NOTHING = ("observed", "report", "moves", "search")


def _digest(raw: Mapping, variants: tuple[str, ...]) -> Any:
    """A hash of what the study means, so far: its text without comments and layout, and the variants applied.

    What can be seen of a future, or is drawn of it, how courses could change and what is sought change no future, and
    have no part in it.
    """
    told = Mapping(tuple((name, node) for name, node in raw.items if name.text not in _CHANGES_NOTHING), raw.span)
    meaning = json.dumps([LANGUAGE_VERSION, variants, _plain(told)], ensure_ascii=False, separators=(",", ":"))
    return hashlib.blake2b(meaning.encode(), digest_size=16)


def _plain(node: Node) -> Any:
    match node:
        case Scalar():
            return node.text
        case Sequence():
            return [_plain(item) for item in node.items]
        case Mapping():
            return {"": [[name.text, _plain(value)] for name, value in node.items]}
