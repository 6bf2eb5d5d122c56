"""Freeze a forecast in a folder, and score it by what was; what is frozen cannot be changed unnoticed.

`forecast.json` carries a seal, the digest of all that it holds; it is printed when the forecast is made, to be kept or
published elsewhere. A forecast is a pure function of study, seed, size and questions, so that whoever has the study can
make it again and compare.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import numpy as np

from standoff._version import __version__
from standoff.analysis.findings import Floats
from standoff.analysis.scoring.forecasts import Answered, Forecast, answer_questions
from standoff.base.chance import streams
from standoff.base.escaping import visible
from standoff.base.files import open_plain, read_source
from standoff.base.problems import Collected, Problem, StudyError, has_errors, suggest
from standoff.base.tables import MOST_BYTES, read_table
from standoff.ensemble.design import Design, draw_worlds
from standoff.ensemble.profiles.chosen import choose_profiles
from standoff.ensemble.running import Running, Size
from standoff.ensemble.storing.manifest import RunError
from standoff.ensemble.storing.store import atomic_write
from standoff.ensemble.study import Study
from standoff.ensemble.watch.following import follow_futures
from standoff.ensemble.watch.watching import told_program
from standoff.evidence.asked import Asked, read_questions
from standoff.evidence.history import read_past
from standoff.evidence.seen import Seen
from standoff.words.numbers import number, whole

__all__ = ["FORECAST", "Frozen", "Given", "Record", "freeze", "make_forecast", "read_facts_of", "read_forecast"]

FORECAST = "forecast.json"
QUESTIONS = "questions.yaml"
_FEWEST = 100.0
_MOST_BYTES = 100_000_000


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    seal: str
    forecast: Forecast


@dataclass(frozen=True, slots=True)
class Frozen:
    """A forecast with its seal."""

    forecast: Forecast
    seal: str


@dataclass(frozen=True, slots=True)
class Given:
    """What futures are asked about: `profile` as on the command line, every profile alike by default; and those
    alone that make what was `seen` already."""

    profile: str | None = None
    seen: Seen | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """What a forecast says of itself: the file of questions as it stood, and the day; today by default."""

    questions: str = ""
    made: str | None = None


def make_forecast(
    study: Study,
    asked: tuple[Asked, ...],
    *,
    size: Size = Size(8192, 1),
    given: Given = Given(),
    record: Record = Record(),
    running: Running = Running(),
) -> Forecast:
    """Answer questions by futures, each of another world and another profile.

    Args:
        study: The study.
        asked: From `read_questions`.
        size: How many futures, as worlds, and the seed of worlds and luck.
        given: What is played, and what was seen already.
        record: What it says of itself.
        running: How many threads.

    Raises:
        ValueError: An unknown profile, or too few futures make what was seen.
    """
    profile, seen, futures, seed = given.profile, given.seen, size.worlds, size.seed
    model = study.model
    program = study.program if seen is None else told_program(model, seen, seed)
    worlds = draw_worlds(model, futures, seed, fixed=study.held)
    profiles = choose_profiles(program, profile)
    played = streams.permutation(futures, seed, "profiles of a forecast") % len(profiles)
    symbols = tuple(dict.fromkeys(one.of for one in asked))
    followed = follow_futures(program, Design(profiles, worlds, 1, seed), played, symbols, running=running)
    if followed.effective < min(_FEWEST, futures / 2):
        raise ValueError(
            f"what was seen is made by {number(followed.effective)} effective futures of {whole(futures)}, and "
            f"{number(_FEWEST)} are the fewest: ask for more --futures"
        )
    past = {name: _in_steps(of.steps, of.values) for name, of in read_past(model).items()}
    noise = {one.name: (one.noise, one.is_log) for one in model.observed if one.kind == "number"}
    answers = answer_questions(model, asked, followed, worlds.columns, past=past, noise=noise)
    return Forecast(
        standoff=__version__, study=model.name, digest=model.digest, variants=tuple(model.applied),
        as_of=model.as_of or "", made=record.made or datetime.now(UTC).date().isoformat(), futures=futures,
        effective=followed.effective, seed=seed, profile=profile or "",
        seen=_digest_of(seen),
        questions=_digest(record.questions), answers=answers,
    )  # fmt: skip


def freeze(forecast: Forecast, folder: Path, questions: str) -> Frozen:
    """Write a forecast, with the questions as they stood.

    Raises:
        RunError: The folder holds a forecast already.
    """
    path = folder / FORECAST
    if path.exists():
        raise RunError(f"`{visible(str(folder))}` holds a forecast already, and a frozen one is not written over")
    frozen = Frozen(forecast, _seal(forecast))
    data = msgspec.json.format(msgspec.json.encode(_File(frozen.seal, forecast)), indent=1)
    atomic_write(folder / QUESTIONS, questions.encode())
    atomic_write(path, data)
    return frozen


def read_forecast(folder: Path, seal: str | None = None, again: Study | None = None) -> Frozen:
    """Read a forecast, and hold it against its seal.

    Args:
        folder: From `freeze`.
        seal: The one that was printed when the forecast was made, if it was kept elsewhere.
        again: The study, to make the answers again.

    Raises:
        RunError: There is none, or something in it was changed.
    """
    shown = visible(str(folder))
    try:
        with open_plain(folder / FORECAST) as kept:
            data = kept.read(_MOST_BYTES + 1)
        if len(data) > _MOST_BYTES:
            raise RunError(f"`{shown}/{FORECAST}` is larger than any forecast")
        file = msgspec.json.decode(data, type=_File)
        with open_plain(folder / QUESTIONS) as kept:
            asked = kept.read(_MOST_BYTES).decode("utf-8").replace("\r\n", "\n")
    except FileNotFoundError as error:
        raise RunError(f"`{shown}` holds no forecast: there is no `{Path(str(error.filename)).name}`") from None
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise RunError(f"`{shown}/{FORECAST}` is no forecast, or was changed: {visible(str(error), 200)}") from None
    found = _seal(file.forecast)
    if found != file.seal:
        raise RunError(f"`{shown}/{FORECAST}` was changed since it was frozen: it comes to the seal {found}")
    if _digest(asked) != file.forecast.questions:
        raise RunError(f"`{shown}/{QUESTIONS}` was changed since the forecast was frozen")
    if seal is not None and seal != found:
        raise RunError(
            f"the forecast in `{shown}` has the seal {found}, and not {visible(seal, 64)}: it is another one"
        )
    if again is not None:
        _hold_against(file.forecast, folder / QUESTIONS, again, shown)
    return Frozen(file.forecast, found)


def _hold_against(forecast: Forecast, questions: Path, study: Study, shown: str) -> None:
    """Insist that a study makes the answers that are frozen."""
    if forecast.seen:
        raise RunError(
            f"the forecast in `{shown}` goes by what was seen too, and is not made again from the study alone"
        )
    if study.model.digest != forecast.digest:
        raise RunError(f"the forecast in `{shown}` was made from another version of the study `{study.model.name}`")
    text = questions.read_text(encoding="utf-8")
    made = make_forecast(
        study,
        read_questions(questions, study.model),
        size=Size(forecast.futures, 1, forecast.seed),
        given=Given(profile=forecast.profile or None),
        record=Record(questions=text, made=forecast.made),
    )
    if made.answers != forecast.answers:
        raise RunError(f"the study does not make the answers that are frozen in `{shown}`: they were changed")


def read_facts_of(path: Path, answers: tuple[Answered, ...]) -> dict[str, float]:
    """What was, by question: a CSV file with columns `question` and `value`, and any others beside.

    Raises:
        StudyError: A name that is no question's, a value that cannot be, or a question told twice.
    """
    table = read_table(read_source(path, path.name, most=MOST_BYTES), needs=("question", "value"))
    known = {one.name: one for one in answers}
    problems = Collected()
    found: dict[str, float] = {}
    for row in table.rows:
        name, cell = row["question"], row["value"]
        if name.text not in known:
            advice = suggest(name.text, known, "questions")
            problems.append(Problem("unknown-name", name.span, f"no question is named `{name.text}`", advice))
            continue
        if name.text in found:
            problems.append(Problem("duplicate-name", name.span, f"`{name.text}` is answered twice", "keep one"))
        if cell.is_absent:
            continue  # not known yet
        value = _fact(known[name.text], cell.text)
        if value is None:
            kind = known[name.text].law.kind
            expected = {"chance": "`yes` or `no`", "counts": "a whole number of 0 or more", "members": "a number"}[kind]
            message = f"`{name.text}` is `{cell.text}`, where {expected} is expected"
            problems.append(Problem("wrong-value", cell.span, message))
            continue
        found[name.text] = value
    if not found and not has_errors(problems):
        place = next(iter(table.columns.values())).span
        problems.append(Problem("empty", place, f"`{path.name}` answers no question", "give each row a value"))
    if has_errors(problems):
        raise StudyError(problems)
    return found


def _fact(of: Answered, text: str) -> float | None:
    if of.law.kind == "chance":
        words = {"yes": 1.0, "no": 0.0, "true": 1.0, "false": 0.0, "1": 1.0, "0": 0.0}
        return words.get(text.lower())
    try:
        value = float(text)
    except ValueError:
        return None
    if not np.isfinite(value) or (of.law.kind == "counts" and (value < 0.0 or value != int(value))):
        return None
    return value


def _digest_of(seen: Seen | None) -> str:
    """Identifies what was seen; empty where nothing was."""
    return "" if seen is None else _digest(repr([(s.of.name, s.step, s.value, s.reliability) for s in seen.sightings]))


def _seal(forecast: Forecast) -> str:
    return _digest(msgspec.json.encode(forecast, order="deterministic").decode())


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _in_steps(steps: Floats, values: Floats) -> Floats:
    """Values in the order of time, where the history has one for each step up to the clock's start."""
    order = np.argsort(steps, kind="stable")
    return values[order]
