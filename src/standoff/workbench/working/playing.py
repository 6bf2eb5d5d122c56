"""Tasks of games: begin one, look at it as one of its actors or its facilitator, and look back at it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import msgspec
import numpy as np

from standoff.brief.pictures.charts import FanFrame, FanPanel, fan
from standoff.ensemble.study import Study, load
from standoff.language.expressions.tree import Symbol
from standoff.language.model import Choice, Model
from standoff.playing.debrief import Debrief, debrief
from standoff.playing.game import Game, Place, Position, choices_of, new_game, opened, read_choice, read_injected
from standoff.playing.hindsight import Course, Floats, courses, knowable
from standoff.playing.odds import draw_profile
from standoff.playing.sight import Thing, seen_by
from standoff.words.amounts import outcome_unit, unit_words, value_words, with_unit
from standoff.words.names import strategy_words, title_of
from standoff.words.numbers import exact, measured, number
from standoff.words.text import words

__all__ = [
    "Afterwards", "Judgement", "Overview", "Row", "SeatView", "begin_game", "chosen", "file_of", "look_back",
    "overview", "refuse", "seat_view",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that is seen, in words; `before` is empty where it did not move."""

    name: str
    value: str
    before: str
    about: str


@dataclass(frozen=True, slots=True)
class SeatView:
    """What one actor sees before it chooses: see `standoff.playing.sight.Seen`."""

    study: str
    title: str
    date: str
    step: int
    steps: int
    ended: bool
    knows: tuple[Row, ...]
    now: tuple[Row, ...]
    happened: tuple[Row, ...]
    options: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """A game as its facilitator sees it.

    Attributes:
        study, date, ended: Which, where, and whether it is over.
        titles: Of the actors, by name.
        seen: By actor's title, what it sees.
        played: Of each step, its date, what was chosen and what was set.
        settable: What a facilitator may set, with its values in words.
    """

    study: str
    date: str
    ended: bool
    titles: dict[str, str]
    seen: tuple[tuple[str, tuple[Row, ...]], ...]
    played: tuple[tuple[str, str, str], ...]
    settable: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """One choice, looked at again: see `standoff.playing.debrief.Judged`."""

    date: str
    taken: str
    best: str
    gain: str
    advised: str


@dataclass(frozen=True, slots=True)
class Afterwards:
    """A game, looked back at by one of its actors.

    Attributes:
        outcomes: In words, with the payoff last.
        judged: Its choices.
        lucks: Streams of luck behind each.
        pictures: For each thing followed, its course as a picture and what it says.
        known: Of each assumption, its value, and whether or by what it could be known.
        played: The transcript: of each step, its date, all choices, and what was set.
    """

    outcomes: tuple[tuple[str, str], ...]
    judged: tuple[Judgement, ...]
    lucks: int
    pictures: tuple[tuple[str, str], ...]
    known: tuple[tuple[str, str, str], ...]
    played: tuple[tuple[str, str, str], ...]


def begin_game(study: str, seats: Sequence[str], odds: str, luck: int) -> tuple[bytes, str, dict[str, str]]:
    """A game that has not begun, the study's title, and the titles of its actors."""
    loaded = _study(study)
    game = new_game(loaded, tuple(seats), draw_profile(loaded, odds, None, luck), Place(luck))
    model = loaded.model
    return msgspec.json.encode(game), model.title, {actor: model.title_of(actor) for actor in model.players}


def seat_view(study: str, game: bytes, actor: str) -> SeatView:
    """What an actor sees, and what it may choose."""
    position = _position(study, game)
    seen, model = seen_by(position, actor), position.model
    return SeatView(
        model.title, model.title_of(actor), seen.date, seen.step, steps=model.clock.steps, ended=position.ended,
        knows=_rows(position, seen.knows), now=_rows(position, seen.now), happened=_rows(position, seen.happened),
        options=seen.options,
    )  # fmt: skip


def overview(study: str, game: bytes) -> Overview:
    """Everything of a game."""
    position = _position(study, game)
    model = position.model
    return Overview(
        model.title, position.date, position.ended,
        {actor.name: actor.title for actor in model.actors},
        seen=tuple((model.title_of(p), _rows(position, seen_by(position, p).now)) for p in model.players),
        played=_played(position), settable=tuple(_settable(model, position.game.seats)),
    )  # fmt: skip


def chosen(study: str, game: bytes, actor: str, given: Mapping[str, str]) -> dict[str, str]:
    """An actor's choices in the step that is open, each one of its options.

    Raises:
        ValueError: The game is over, or one is missing, or none of them.
    """
    position = _position(study, game)
    if position.ended:
        raise ValueError("the game is over")
    return {c.family: read_choice(c, given.get(c.family, "")) for c in choices_of(position.model, actor)}


def refuse(study: str, game: bytes, given: Mapping[str, str]) -> None:
    """Say what of it a facilitator cannot set.

    Raises:
        ValueError: Something cannot be; the message says what can.
    """
    _position(study, game).refuse({name: read_injected(text) for name, text in given.items()})


def look_back(study: str, game: bytes, actor: str) -> Afterwards:
    """What a game came to, what the actor's choices were worth, and what it could have known."""
    position, found = _position(study, game), _debriefed(study, game)
    model = position.model
    units = {outcome.name: outcome_unit(model, outcome) for outcome in model.outcomes}
    outcomes = [(title_of(model, n), with_unit(exact(v), units[n])) for n, v in found.outcomes.items()]
    if actor in found.payoffs:
        outcomes.append((f"Payoff of {model.title_of(actor)}", exact(found.payoffs[actor])))
    named = {instance.label: strategy_words(instance) for instance in model.instances(actor)}
    return Afterwards(
        tuple(outcomes),
        tuple(
            Judgement(one.date, _options(one.taken), _options(one.best),
                      measured(one.regret, one.error) if one.error else exact(one.regret),
                      advised=", ".join(named[label] for label, options in one.advised.items() if options == one.taken))
            for one in found.judged[actor]
        ),
        found.lucks, _pictures(study, game), known=tuple(_known(position, actor)), played=_played(position),
    )  # fmt: skip


@lru_cache(maxsize=32)
def _study(study: str) -> Study:
    """Games are played on a copy of their study, which does not change."""
    return load(study)


@lru_cache(maxsize=512)
def _position(study: str, game: bytes) -> Position:
    """Where a game stands: a step on from where it stood before, which is remembered."""
    decoded = msgspec.json.decode(game, type=Game)
    if not decoded.turns:
        return opened(_study(study), decoded)
    before: Position = _position(study, msgspec.json.encode(msgspec.structs.replace(decoded, turns=decoded.turns[:-1])))
    return before.play(decoded.turns[-1])


@lru_cache(maxsize=64)
def _debriefed(study: str, game: bytes) -> Debrief:
    return debrief(_position(study, game))


@lru_cache(maxsize=64)
def _pictures(study: str, game: bytes) -> tuple[tuple[str, str], ...]:
    position = _position(study, game)
    return tuple(_picture(position, course) for course in courses(position))


def _picture(position: Position, course: Course) -> tuple[str, str]:
    """A course over the fan of all futures, and what it says."""
    model, symbol = position.model, course.followed.symbol
    is_share = course.followed.state is not None
    name = title_of(model, symbol.name)
    if is_share:
        mode = next(m for m in model.modes if m.name == symbol.name)
        name = f"{name} at {words(mode.states[course.followed.state or 0])}"
    finite = course.path[np.isfinite(course.path)]
    ends = [*course.quantiles.ravel(), *finite] if not is_share else [0.0, 1.0]
    low, high = float(min(ends)), float(max(ends))
    low = 0.0 if 0.0 < low < 0.4 * high else low
    points = course.path.size
    dates = [model.clock.label(min(i, model.clock.steps - 1)) for i in range(points)]
    frame = FanFrame(
        (low, high + 0.04 * (high - low) + (0.0 if high > low else 1.0)), 0.0, (dates[0], dates[0], dates[-1]),
        np.empty((0, 2)), per_cent=is_share,
    )  # fmt: skip
    last = number(float(finite[-1])) if finite.size else "–"
    said = f"{name}: {last} at the end of this game; {_share_below(course, finite)}"
    line = course.mean if is_share else course.quantiles[2]
    panel = FanPanel(
        name, 0, None if is_share else course.quantiles, line, others=(course.path,), readings=(last,) * points
    )
    return str(fan(panel, frame, said)), said


def _share_below(course: Course, path: Floats) -> str:
    if course.followed.state is not None or not path.size:
        return "the line is the share of all futures"
    at = course.quantiles[:, path.size - 1]
    if path[-1] < at[0]:
        return "lower than in 95 % of all futures then"
    if path[-1] > at[-1]:
        return "higher than in 95 % of all futures then"
    return (
        "in the middle half of all futures" if at[1] <= path[-1] <= at[3] else "within the middle 90 % of all futures"
    )


def _known(position: Position, actor: str) -> list[tuple[str, str, str]]:
    model = position.model
    units = {parameter.name: unit_words(parameter.unit) for parameter in model.uncertain}
    found = []
    for one in knowable(position, actor):
        by = ", ".join(title_of(model, name) for name in one.shown_by)
        how = (
            "you knew it" if one.is_known else f"it moves {by}, which you saw" if by else "nothing you saw hangs on it"
        )
        found.append((title_of(model, one.name), with_unit(exact(one.value), units[one.name]), how))
    return found


def _played(position: Position) -> tuple[tuple[str, str, str], ...]:
    """Of each step, its date, what everybody chose and what happened, and what was set."""
    model = position.model
    found = []
    for i, turn in enumerate(position.game.turns):
        seen = position.states[i + 1].seen
        chosen_by = [(_chooser(model, c), words(_option(c, seen))) for c in model.choices]
        happened = [title_of(model, event.name) for event in model.events if _happened(seen, event.name)]
        said = "; ".join([f"{who}: {option}" for who, option in chosen_by if option] + happened)
        was_set = ", ".join(f"{name} {value}" for name, value in turn.injected.items())
        found.append((model.clock.label(i), said, was_set))
    return tuple(found)


def _chooser(model: Model, choice: Choice) -> str:
    """Whose choice it is, and in what: `South, line`."""
    _, dot, dimension = choice.family.partition(".")
    return f"{model.title_of(choice.actor)}, {words(dimension)}" if dot else model.title_of(choice.actor)


def _option(choice: Choice, seen: Mapping[Symbol, object]) -> str:
    """What was chosen in a step; empty where nothing was."""
    value = seen.get(Symbol("choice", choice.family))
    index = -1 if value is None else int(np.ravel(np.asarray(value))[0])
    return choice.options[index] if index >= 0 else ""


def _happened(seen: Mapping[Symbol, object], event: str) -> bool:
    value = seen.get(Symbol("event", event))
    return value is not None and float(np.ravel(np.asarray(value, dtype=float))[0]) > 0.0


def _options(choices: Mapping[str, str]) -> str:
    return ", ".join(f"{words(family.partition('.')[2])} {words(option)}".strip() for family, option in choices.items())


def _settable(model: Model, seats: Sequence[str]) -> list[tuple[str, str]]:
    found = [(event.name, "true or false") for event in model.events if event.kind != "count"]
    found += [(move.name, "true or false") for mode in model.modes for move in mode.moves]
    found += [(mode.name, ", ".join(mode.states)) for mode in model.modes]
    found += [(stock.name, "a number") for stock in model.stocks]
    return found + [(c.family, ", ".join(c.options)) for c in model.choices if c.actor not in seats]


def _rows(position: Position, things: tuple[Thing, ...]) -> tuple[Row, ...]:
    model = position.model
    return tuple(
        Row(title_of(model, one.name), value_words(one.value, one.unit),
            value_words(one.before, one.unit) if one.before is not None and one.changed else "",
            one.about if one.about and one.about != title_of(model, one.name) else "")
        for one in things
    )  # fmt: skip


def file_of(game: bytes) -> bytes:
    """A game as the file that `standoff trace --played` and `standoff play --game` read."""
    return msgspec.json.format(game, indent=2) + b"\n"
