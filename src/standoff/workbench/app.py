"""The local application: studies, and games that several people play, each on a page of their own.

Pages work without script; with it they follow the game by server-sent events. Everything that is computed is computed
by the packages below; a page shows what they give.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from standoff.base.problems import StudyError, has_errors
from standoff.ensemble.study import load
from standoff.language.load import read_study
from standoff.playing.debrief import Debrief, debrief
from standoff.playing.game import Game, Place, Position, Turn, choices_of, new_game, opened, read_choice
from standoff.playing.odds import UNIFORM, draw_profile
from standoff.playing.sight import Thing, seen_by
from standoff.studies import BUNDLED
from standoff.words.amounts import unit_words, value_words, with_unit
from standoff.words.names import title_of
from standoff.words.numbers import exact, measured
from standoff.workbench.guard import COOKIE, Guard, same
from standoff.workbench.store import Seat, Store, Table

__all__ = ["make_app"]

_MOST_GAMES = 500
_POLL = 0.4
"""Seconds between two looks at a game that somebody follows."""
_Handler = Callable[[Request], Awaitable[Response]]


def make_app(folder: Path, token: str, hosts: tuple[str, ...]) -> ASGIApp:
    """The application for the studies of a folder.

    Args:
        folder: Its subfolders with a `study.yaml`, and itself, are offered beside the bundled studies.
        token: Of this launch; whoever has it is the facilitator.
        hosts: Names and ports by which it may be addressed.

    Raises:
        ValueError: The games kept in the folder cannot be read.
    """
    desk = _Desk(folder, token, Store(folder / ".standoff" / "games.sqlite"))
    routes = [
        Route("/", desk.facilitated(desk.home)),
        Route("/new", desk.facilitated(desk.begin), methods=["POST"]),
        Route("/game/{name}", desk.facilitated(desk.game)),
        Route("/game/{name}/events", desk.facilitated(desk.game_events)),
        Route("/game/{name}/do", desk.facilitated(desk.do), methods=["POST"]),
        Route("/seat/{secret}", desk.seat),
        Route("/seat/{secret}/events", desk.seat_events),
        Route("/seat/{secret}/choose", desk.choose, methods=["POST"]),
        Mount("/static", StaticFiles(packages=[("standoff.workbench", "pages")])),
    ]
    return Guard(Starlette(routes=routes), hosts)


@dataclass(frozen=True, slots=True)
class Offered:
    """A study that can be played: what it is called, and whether it is sound."""

    name: str
    title: str
    question: str
    is_sound: bool
    actors: tuple[tuple[str, str], ...]


class _Desk:
    """What the pages answer from."""

    def __init__(self, folder: Path, token: str, store: Store) -> None:
        self.folder, self.token, self.store = folder, token, store
        self.pages = jinja2.Environment(
            loader=jinja2.PackageLoader("standoff.workbench", "pages"), autoescape=True,
            undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        )  # fmt: skip
        self.position = functools.lru_cache(maxsize=256)(self._position)
        self.debriefed = functools.lru_cache(maxsize=64)(self._debriefed)
        self.study = functools.lru_cache(maxsize=32)(load)
        self.working = asyncio.Lock()

    def facilitated(self, handler: _Handler) -> _Handler:
        """A page for who has this launch's token: in the address once, in a cookie from then on."""

        async def guarded(request: Request) -> Response:
            given = request.query_params.get("token", "")
            if given and same(given, self.token):
                answer = RedirectResponse(request.url.path, status_code=303)
                answer.set_cookie(COOKIE, self.token, httponly=True, samesite="strict", path="/")
                return answer
            if not same(request.cookies.get(COOKIE, ""), self.token):
                return self.failed(403, "Open the address that `standoff serve` printed: it holds this launch's token.")
            return await self.answered(handler, request)

        return guarded

    async def answered(self, handler: _Handler, request: Request) -> Response:
        """An answer; what is the user's to mend is a page that says so."""
        try:
            return await handler(request)
        except StudyError as error:
            return self.failed(409, error.problems[0].message)
        except (ValueError, OSError) as error:
            return self.failed(400, str(error))

    def failed(self, status: int, text: str) -> Response:
        """A page that says what went wrong."""
        return self.page("failed.html.j2", status=status, text=text)

    def page(self, name: str, *, status: int = 200, **given: Any) -> Response:
        """A page of a template."""
        return HTMLResponse(self.pages.get_template(name).render(**given), status_code=status)

    # the facilitator's pages

    async def home(self, _: Request) -> Response:
        """The studies, and the games."""
        studies = await asyncio.to_thread(self._offered)
        games = [(table, len(table.game.turns)) for table in self.store.games()]
        return self.page("home.html.j2", studies=studies, games=games, folder=str(self.folder))

    def _offered(self) -> list[Offered]:
        own = sorted(path.parent for path in self.folder.glob("*/study.yaml"))
        if (self.folder / "study.yaml").is_file():
            own.insert(0, self.folder)
        found = []
        for name in (*(str(path) for path in own[:100]), *BUNDLED):
            loaded = read_study(name)
            model = loaded.model
            if model is None or has_errors(loaded.problems):
                found.append(Offered(name, Path(name).name, "", False, ()))
            else:
                actors = tuple((actor, model.title_of(actor)) for actor in model.players)
                found.append(Offered(name, model.title, model.question, True, actors))
        return found

    async def begin(self, request: Request) -> Response:
        """A new game; the page that comes back is the only one that ever shows the links."""
        form = await request.form()
        name = str(form.get("study", ""))
        known = {one.name for one in await asyncio.to_thread(self._offered)}
        if name not in known:
            raise ValueError("no such study is offered here")
        if len(self.store.games()) >= _MOST_GAMES:
            raise ValueError(f"there are {_MOST_GAMES} games already: move {self.store.path.name} away")
        study = await asyncio.to_thread(self.study, name)
        seats = tuple(str(one) for one in form.getlist("seat"))
        if not seats:
            raise ValueError("choose at least one actor for a person to play")
        luck = _whole(str(form.get("luck", "")) or "1")
        async with self.working:
            profile = await asyncio.to_thread(draw_profile, study, str(form.get("odds", "") or UNIFORM), None, luck)
        game = new_game(study, seats, profile, Place(luck))
        table, links = self.store.begin(name, game)
        here = f"{request.url.scheme}://{request.headers['host']}"
        shown = [(study.model.title_of(actor), f"{here}/seat/{secret}") for actor, secret in links.items()]
        return self.page("links.html.j2", table=table, links=shown, title=study.model.title)

    async def game(self, request: Request) -> Response:
        """A game as its facilitator sees it: everything."""
        table = self._table(request.path_params["name"])
        position = await asyncio.to_thread(self.position, table.study, _key(table))
        model = position.model
        seen = [(model.title_of(p), _rows(position, seen_by(position, p).now)) for p in model.players]
        waiting = [model.title_of(seat) for seat in table.game.seats if seat not in table.chosen]
        return self.page(
            "game.html.j2", table=table, since=_signature(table), position=position, model=model, seen=seen,
            waiting=waiting,
            profile=[(model.title_of(a), own) for a, own in table.game.profile.items() if a not in table.game.seats],
        )  # fmt: skip

    async def do(self, request: Request) -> Response:
        """What a facilitator does: pause, go on, reveal, step back, inject and take the step."""
        table = self._table(request.path_params["name"])
        form = await request.form()
        what = str(form.get("what", ""))
        if what in ("pause", "resume"):
            self.store.mark(table.id, paused=what == "pause")
        elif what in ("reveal", "hide"):
            self.store.mark(table.id, revealed=what == "reveal")
        elif what == "back":
            self.store.back(table.id, max(0, len(table.game.turns) - 1))
        elif what == "inject":
            await self._inject(table, str(form.get("name", "")).strip(), str(form.get("value", "")).strip())
        else:
            raise ValueError("nothing of this name can be done")
        return RedirectResponse(f"/game/{table.id}", status_code=303)

    async def _inject(self, table: Table, name: str, value: str) -> None:
        """Set something in the step that is open; an empty value takes it back."""
        injected = {**table.injected, name: value} if value else {n: v for n, v in table.injected.items() if n != name}
        position = await asyncio.to_thread(self.position, table.study, _key(table))
        position.refuse({one: _injected(text) for one, text in injected.items()})
        self.store.inject(table.id, len(table.game.turns), injected)

    async def game_events(self, request: Request) -> Response:
        """Tells the facilitator's page when something changed."""
        return _events(lambda: self._now(request.path_params["name"]), request)

    # the players' pages

    async def seat(self, request: Request) -> Response:
        """What one actor sees, and its choice."""
        return await self.answered(self._seat, request)

    async def _seat(self, request: Request) -> Response:
        seat = self._seat_of(request)
        if seat is None:
            return self.failed(404, "This link is not of a game here. Ask whoever sent it for a new one.")
        table = self._table(seat.game)
        position = await asyncio.to_thread(self.position, table.study, _key(table))
        seen = seen_by(position, seat.actor)
        ended = position.ended
        found = await self._looked_back(table) if ended or table.revealed else None
        return self.page(
            "seat.html.j2", since=_signature(table, seat.actor), model=position.model, seen=seen, table=table,
            seat=seat, ended=ended,
            secret=request.path_params["secret"], title=position.model.title_of(seat.actor),
            knows=_rows(position, seen.knows), now=_rows(position, seen.now), happened=_rows(position, seen.happened),
            options=seen.options, chosen=table.chosen.get(seat.actor),
            judged=None if found is None else _judged(found, seat.actor), found=found,
            outcomes=None if found is None else _outcomes(position, found),
        )  # fmt: skip

    async def seat_events(self, request: Request) -> Response:
        """Tells a player's page when the step is over; says nothing else of the others."""
        seat = self._seat_of(request)
        if seat is None:
            return PlainTextResponse("no such link\n", status_code=404)
        return _events(lambda: self._now(seat.game, seat.actor), request)

    async def choose(self, request: Request) -> Response:
        """A player's choice."""
        return await self.answered(self._choose, request)

    async def _choose(self, request: Request) -> Response:
        seat = self._seat_of(request)
        if seat is None:
            return self.failed(404, "This link is not of a game here.")
        table = self._table(seat.game)
        if table.paused:
            raise ValueError("the game is paused")
        form = await request.form()
        step = _whole(str(form.get("step", "")))
        study = await asyncio.to_thread(self.study, table.study)
        choices = {c.family: read_choice(c, str(form.get(c.family, ""))) for c in choices_of(study.model, seat.actor)}
        if self.store.choose(table.id, step, seat.actor, choices):
            await self._step(self._table(table.id))
        return RedirectResponse(f"/seat/{request.path_params['secret']}", status_code=303)

    def _seat_of(self, request: Request) -> Seat | None:
        return self.store.seat(request.path_params["secret"])

    # what they share

    async def _step(self, table: Table) -> None:
        """Take the step once everybody has chosen."""
        if set(table.chosen) == set(table.game.seats):
            choices = {family: option for own in table.chosen.values() for family, option in own.items()}
            turn = Turn(choices, {name: _injected(text) for name, text in table.injected.items()})
            self.store.advance(table.id, len(table.game.turns), turn)

    def _table(self, name: str) -> Table:
        table = self.store.table(name)
        if table is None:
            raise ValueError("there is no such game here")
        return table

    def _position(self, study: str, key: bytes) -> Position:
        """Where a game stands: a step on from where it stood before, which is remembered."""
        game = msgspec.json.decode(key, type=Game)
        if not game.turns:
            return opened(self.study(study), game)
        before = msgspec.structs.replace(game, turns=game.turns[:-1])
        position: Position = self.position(study, msgspec.json.encode(before))
        return position.play(game.turns[-1])

    def _debriefed(self, study: str, key: bytes) -> Debrief:
        return debrief(self.position(study, key))

    async def _looked_back(self, table: Table) -> Debrief:
        """The debrief, one at a time: it uses all cores."""
        async with self.working:
            return await asyncio.to_thread(self.debriefed, table.study, _key(table))

    def _now(self, name: str, actor: str | None = None) -> str:
        table = self.store.table(name)
        return "gone" if table is None else _signature(table, actor)


def _signature(table: Table, actor: str | None = None) -> str:
    """What a page shows changes when this does: a player's own choice and the step, and of others nothing."""
    chosen = sorted(table.chosen) if actor is None else [actor in table.chosen]
    return f"{len(table.game.turns)} {table.paused} {table.revealed} {chosen}"


def _events(signature: Callable[[], str], request: Request) -> Response:
    """Server-sent events: one whenever what a page shows is no longer what it was made from (`since`)."""
    last = request.query_params.get("since", "")

    async def follow() -> AsyncIterator[bytes]:
        nonlocal last
        yield b"retry: 2000\n\n"
        while not await request.is_disconnected():
            await asyncio.sleep(_POLL)
            now = await asyncio.to_thread(signature)
            if now != last:
                last = now
                yield b"data: changed\n\n"

    return StreamingResponse(follow(), media_type="text/event-stream")


def _key(table: Table) -> bytes:
    """What a game is, for what is remembered of it."""
    return msgspec.json.encode(table.game)


def _rows(position: Position, things: tuple[Thing, ...]) -> list[tuple[str, str, str, str]]:
    """Name, value, what it was where it moved, and what it is."""
    return [
        (title_of(position.model, one.name), value_words(one.value, one.unit),
         value_words(one.before, one.unit) if one.before is not None and one.changed else "", _about(position, one))
        for one in things
    ]  # fmt: skip


def _about(position: Position, one: Thing) -> str:
    """What it is, where its name does not say just that."""
    return one.about if one.about and one.about != title_of(position.model, one.name) else ""


def _judged(found: Debrief, actor: str) -> list[tuple[str, str, str, str]]:
    return [
        (one.date, ", ".join(one.taken.values()), ", ".join(one.best.values()),
         measured(one.regret, one.error) if one.error else exact(one.regret))
        for one in found.judged[actor]
    ]  # fmt: skip


def _outcomes(position: Position, found: Debrief) -> list[tuple[str, str]]:
    units = {outcome.name: unit_words(outcome.unit) for outcome in position.model.outcomes}
    return [
        (title_of(position.model, name), with_unit(exact(value), units[name])) for name, value in found.outcomes.items()
    ]


def _whole(text: str) -> int:
    if not text.isdecimal() or len(text) > 9:
        raise ValueError("a whole number is expected")
    return int(text)


def _injected(text: str) -> str | float | bool:
    if text in ("true", "false"):
        return text == "true"
    try:
        return float(text)
    except ValueError:
        return text
