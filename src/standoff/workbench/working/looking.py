"""Tasks that read a study: what it is, what is wrong in it, and what stands at a place of its text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from markupsafe import Markup

from standoff.analysis.structure.causal import causal_map
from standoff.base.escaping import visible
from standoff.base.problems import MOST_LETTERS, Problem, StudyError, has_errors
from standoff.brief.pictures.causal_map import draw_map, list_map
from standoff.editing.complete import complete
from standoff.editing.cursor import cursor_at
from standoff.editing.meaning import definition, meaning
from standoff.editing.mentions import Index
from standoff.editing.problems import Checked, check_texts
from standoff.editing.renaming import index_of
from standoff.evidence.claims import check_claims
from standoff.language.load import load_model, read_study
from standoff.language.model import Model
from standoff.language.text.files import CLAIMS_FILE
from standoff.words.mathematics import equations_text

__all__ = [
    "Described", "Found", "Told", "Word", "described", "learn", "look_at", "map_of", "problems_of",
    "texts_of", "words_at",
]  # fmt: skip

_WORD = re.compile(r"\w*")
_SECTIONS = ("stocks", "quantities", "events")


@dataclass(frozen=True, slots=True)
class Described:
    """A study in the list: what it is called, what it asks, and what `check` says.

    Attributes:
        title, question: Its own words; the title of a study with errors is its folder's name.
        errors, warnings: How many.
        first: The first error, with its place; empty where there is none.
        actors: Those that choose, by name and title.
        variants: By name.
        uncertain: Names that `--set` takes.
        profiles: Names of what some actors play together, as odds of a game.
    """

    title: str
    question: str
    errors: int
    warnings: int
    first: str
    actors: tuple[tuple[str, str], ...] = ()
    variants: tuple[str, ...] = ()
    uncertain: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A problem at its place, in characters of its file."""

    file: str
    start: int
    stop: int
    line: int
    severity: str
    code: str
    message: str
    help: str


@dataclass(frozen=True, slots=True)
class Word:
    """One way to go on from the cursor; `start` is where the word begins that it stands for."""

    text: str
    kind: str
    detail: str
    start: int


@dataclass(frozen=True, slots=True)
class Told:
    """What stands at a place of a text.

    Attributes:
        lines: What the word there means; empty where it means nothing.
        start, stop: The word.
        file, at: Where its name is defined; empty and -1 where that is not known.
        node: The name that the causal map has for what is defined there.
        equations: Name and right side of each equation of what is defined there.
    """

    lines: tuple[str, ...] = ()
    start: int = 0
    stop: int = 0
    file: str = ""
    at: int = -1
    node: str = ""
    equations: tuple[tuple[str, str], ...] = ()


def described(study: str) -> Described:
    """What the list of studies shows of one; read again when a file of it changed."""
    path = Path(study)
    files = sorted(one for one in path.glob("*") if one.suffix in (".yaml", ".csv")) if path.is_dir() else []
    return _described(study, tuple((one.name, one.stat().st_mtime_ns, one.stat().st_size) for one in files))


@lru_cache(maxsize=256)
def _described(study: str, _: tuple[tuple[str, int, int], ...]) -> Described:
    loaded = read_study(study, every_variant=True)
    problems = (*loaded.problems, *check_claims(study, loaded.model))
    model = loaded.model
    errors = [problem for problem in problems if problem.severity == "error"]
    first = "" if not errors else f"{errors[0].span.source.path}:{errors[0].span.line}: {errors[0].message}"
    if model is None or has_errors(problems):
        return Described(
            Path(study).name, "", len(errors), len(problems) - len(errors), first=visible(first, MOST_LETTERS)
        )
    return Described(
        model.title, model.question, 0, len(problems), first="",
        actors=tuple((actor, model.title_of(actor)) for actor in model.players),
        variants=tuple(variant.name for variant in model.variants),
        uncertain=tuple(parameter.name for parameter in model.uncertain),
        profiles=tuple(profile.name for profile in model.profiles),
    )  # fmt: skip


def texts_of(study: str) -> tuple[str, dict[str, str]]:
    """The title of a sound study, and the text of each of its files as they are now.

    Raises:
        StudyError: It has errors.
    """
    model = load_model(study)
    return model.title, model.written.files.texts()


def problems_of(folder: Path, texts: Mapping[str, str], *, every_variant: bool) -> tuple[Found, ...]:
    """What is wrong in a study as an editor holds it."""
    checked = check_texts(folder, texts, every_variant=True) if every_variant else _checked(folder, texts)
    return tuple(_found(problem) for problem in checked.problems)


def words_at(folder: Path, file: str, text: str, offset: int) -> tuple[Word, ...]:
    """What could be written at the cursor, by the names of the texts as `learn` read them last, or as they were saved.

    Args:
        folder: The study's.
        file: In which the cursor is.
        text: Of the file, what can enclose the cursor.
        offset: The cursor, in that.
    """
    known = _indices.get(folder)
    index = _index(folder, {}) if known is None else known[1]
    found = complete(text, offset, index, claims=file == CLAIMS_FILE)
    return tuple(Word(one.text, one.kind, one.detail, one.start) for one in found[:400])


def learn(folder: Path, texts: Mapping[str, str]) -> None:
    """Read the names of a text, for `words_at`."""
    _index(folder, texts)


def look_at(folder: Path, file: str, texts: Mapping[str, str], offset: int) -> Told:
    """What stands at a place, where it is defined, and the equations of what is being written there."""
    index, text = _index(folder, texts), texts[file]
    model = _checked(folder, texts).model or _sound.get(folder)
    shown = f"{folder.resolve().name}/{file}"
    said = meaning(index, (shown, text), offset, model)
    place = None if index is None else definition(index, shown, offset)
    cursor = cursor_at(text, offset, claims=file == CLAIMS_FILE)
    path = () if cursor is None else cursor.path
    if cursor is not None and len(path) == 1:  # the cursor is in a name of a section: the rest of it counts too
        rest = _WORD.match(text, offset)
        path = (path[0], text[cursor.start : offset if rest is None else rest.end()])
    node, equations = _written(path, model)
    return Told(
        () if said is None else tuple(visible(line, MOST_LETTERS) for line in said.lines),
        0 if said is None else said.start,
        0 if said is None else said.stop,
        "" if place is None else place.source.path.partition("/")[2],
        at=-1 if place is None else place.start,
        node=node, equations=equations,
    )  # fmt: skip


def map_of(folder: Path, texts: Mapping[str, str]) -> tuple[str, str]:
    """The causal map as a picture and as a list; both empty while the text has errors."""
    model = _checked(folder, texts).model
    if model is None:
        return "", ""
    causes = causal_map(model)
    return _without_styles(draw_map(causes, model)), str(list_map(causes, model))


def _written(path: tuple[str, ...], model: Model | None) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The node of the causal map, and the equations, of what stands at a path of the file."""
    if model is None or len(path) < 2:
        return "", ()
    section, name = path[0], path[1]
    pairs = tuple(equations_text(model))
    if section in _SECTIONS:
        return name, tuple(pair for pair in pairs if pair[0].split(" ")[0] == name)
    if section == "modes":
        moves = {move.name for mode in model.modes if mode.name == name for move in mode.moves}
        return name, tuple(pair for pair in pairs if pair[0] in moves)
    if section == "strategies" and len(path) > 2:
        ending = f" under {path[2]}"
        return name, tuple(pair for pair in pairs if pair[0].endswith(ending) and pair[0].startswith(name))
    if section == "payoffs":
        return "", tuple(pair for pair in pairs if pair[0].startswith(f"payoff of {name} "))
    return name, ()


_indices: dict[Path, tuple[dict[str, str], Index]] = {}
_checks: dict[Path, tuple[dict[str, str], Checked]] = {}
_sound: dict[Path, Model] = {}
"""By folder: the names and the check of the text that was last looked at, and the model of the last without errors."""


def _index(folder: Path, texts: Mapping[str, str]) -> Index | None:
    """The names of the study as it could last be read."""
    known = _indices.get(folder)
    if known is None or known[0] != texts:
        with suppress(StudyError):
            known = _indices[folder] = (dict(texts), index_of(folder, dict(texts)))
    return None if known is None else known[1]


def _checked(folder: Path, texts: Mapping[str, str]) -> Checked:
    """What is wrong in a text, its variants aside."""
    known = _checks.get(folder)
    if known is None or known[0] != texts:
        known = _checks[folder] = (dict(texts), check_texts(folder, texts, every_variant=False))
        if known[1].model is not None:
            _sound[folder] = known[1].model
    return known[1]


def _without_styles(svg: str) -> str:
    """A picture for a page whose policy allows no styles but its own sheet's."""
    before, _, rest = svg.partition("<style>")
    _, _, after = rest.partition("</style>")
    head, _, tail = (before + after).partition(' style="')
    return str(Markup(head + tail.partition('"')[2] if tail else head))


def _found(problem: Problem) -> Found:
    span = problem.span
    return Found(
        span.source.path.partition("/")[2], span.start, max(span.start, span.stop), span.line,
        severity=problem.severity,
        code=problem.code, message=visible(problem.message, MOST_LETTERS),
        help=visible(problem.help or "", MOST_LETTERS),
    )  # fmt: skip
