"""The games: begin one, the facilitator's page, and a page for each actor that somebody plays."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import msgspec
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from standoff.base.escaping import file_name
from standoff.ensemble.storing.store import atomic_write
from standoff.playing.game import Game
from standoff.playing.odds import UNIFORM
from standoff.workbench.handling.desk import Desk, Offer, see, whole_number
from standoff.workbench.keeping.games import Seat, Table
from standoff.workbench.keeping.saves import digest_of
from standoff.workbench.working.hand import RefusedError
from standoff.workbench.working.looking import texts_of
from standoff.workbench.working.playing import (
    Afterwards,
    begin_game,
    chosen,
    file_of,
    look_back,
    overview,
    refuse,
    seat_view,
)

__all__ = ["routes"]

_MOST_GAMES, _MOST_BACK = 2_000, 256
_AT_ONCE, _GLANCE = 0.1, 0.02
"""Seconds that a page waits for what it can also show later, and between two looks whether it is there."""


class _Games:
    def __init__(self, desk: Desk) -> None:
        self.desk, self.games = desk, desk.games
        self.copying = threading.Lock()
        self.back: dict[tuple[str, bytes, str], Future[Afterwards]] = {}

    async def listed(self, _: Request) -> Response:
        """All games."""
        games = [(table, len(table.game.turns)) for table in self.games.games()]
        return self.desk.page("games.html.j2", games=games)

    async def begin(self, request: Request) -> Response:
        """A new game; the page that comes back is the only one that ever shows the links."""
        form = await request.form()
        offer = self.desk.offer(request.path_params["study"])
        self._room()
        seats = tuple(str(one) for one in form.getlist("seat"))
        if not seats:
            raise ValueError("choose at least one actor for a person to play")
        luck = whole_number(str(form.get("luck", "")) or "1", 0, 10**9)
        _, texts = await self.desk.reading.do(texts_of, str(offer.folder))
        study = await asyncio.to_thread(self._copied, offer, texts)
        odds = str(form.get("odds", "")) or UNIFORM
        game, title, titles = await self.desk.after.do(begin_game, str(study), seats, odds, luck)
        name = self.games.new_name()
        return await self._links(request, name, str(study), msgspec.json.decode(game, type=Game), said=(title, titles))

    def _copied(self, offer: Offer, texts: Mapping[str, str]) -> Path:
        """The folder of a study as it is now, which all games that are begun on it share."""
        said = "\0".join(part for pair in sorted(texts.items()) for part in pair)
        study = self.desk.home / "games" / digest_of(said) / (file_name(offer.folder.resolve().name) or "study")
        with self.copying:  # of two games that are begun at once, one writes
            for file, text in texts.items():
                if not (study / file).exists():
                    atomic_write(study / file, text.encode())
        return study

    async def _links(
        self, request: Request, name: str, study: str, game: Game, *, said: tuple[str, dict[str, str]]
    ) -> Response:  # fmt: skip
        kept = Path(study).relative_to(self.desk.home).as_posix()
        links = await asyncio.to_thread(self.games.begin, name, kept, game)
        here = f"{request.url.scheme}://{request.headers['host']}"
        shown = [(said[1].get(actor, actor), f"{here}/seat/{secret}") for actor, secret in links.items()]
        return self.desk.page("links.html.j2", table=name, links=shown, title=said[0])

    def _room(self) -> None:
        if self.games.count() >= _MOST_GAMES:
            raise ValueError(f"there are {_MOST_GAMES:,} games already: move {self.desk.home.name} away")

    async def game(self, request: Request) -> Response:
        """A game as its facilitator sees it: everything."""
        table = self._table(request.path_params["name"])
        view = await self.desk.playing.do(overview, table.study, _key(table))
        waiting = [view.titles[seat] for seat in table.game.seats if seat not in table.chosen]
        profile = [(view.titles[a], own) for a, own in table.game.profile.items() if a not in table.game.seats]
        return self.desk.page(
            "game.html.j2", table=table, since=_signature(table), view=view, waiting=waiting, profile=profile
        )

    async def file(self, request: Request) -> Response:
        """The game as a file, for `standoff trace --played`."""
        table = self._table(request.path_params["name"])
        name = f"{file_name(table.game.study) or 'study'}-game.json"
        return Response(
            file_of(_key(table)), media_type="application/json",
            headers={"content-disposition": f'attachment; filename="{name}"'},
        )  # fmt: skip

    async def do(self, request: Request) -> Response:
        """What a facilitator does: pause, go on, reveal, set something, step back, branch."""
        table = self._table(request.path_params["name"])
        form = await request.form()
        what = str(form.get("what", ""))
        played = len(table.game.turns)
        if what in ("pause", "resume"):
            await asyncio.to_thread(self.games.mark, table.id, paused=what == "pause")
        elif what in ("reveal", "hide"):
            await asyncio.to_thread(self.games.mark, table.id, revealed=what == "reveal")
        elif what == "back":
            await asyncio.to_thread(self.games.back, table.id, max(0, played - 1))
        elif what == "branch":
            return await self._branch(request, table, whole_number(str(form.get("step", "")), 0, played))
        elif what == "inject":
            await self._inject(table, str(form.get("name", "")).strip(), str(form.get("value", "")).strip())
        else:
            raise ValueError("nothing of this name can be done")
        return see(f"/game/{table.id}")

    async def _branch(self, request: Request, table: Table, step: int) -> Response:
        """Another game from before a step of this one, with links of its own."""
        self._room()
        game = msgspec.structs.replace(table.game, turns=table.game.turns[:step])
        view = await self.desk.playing.do(overview, table.study, msgspec.json.encode(game))
        return await self._links(request, self.games.new_name(), table.study, game, said=(view.study, view.titles))

    async def _inject(self, table: Table, name: str, value: str) -> None:
        """Set something in the step that is open; an empty value takes it back."""
        given = {**table.injected, name: value} if value else {n: v for n, v in table.injected.items() if n != name}
        await self.desk.playing.do(refuse, table.study, _key(table), given)
        await asyncio.to_thread(self.games.inject, table.id, len(table.game.turns), given)

    async def game_events(self, request: Request) -> Response:
        """Tells the facilitator's page when something changed."""
        return self.desk.events(lambda: self._now(request.path_params["name"]), request)

    async def seat(self, request: Request) -> Response:
        """What one actor sees, and its choice."""
        seat = self._seat(request)
        table = self._table(seat.game)
        view = await self.desk.playing.do(seat_view, table.study, _key(table), seat.actor)
        is_back = bool(view.ended and table.game.turns) or table.revealed
        after = await self._looked_back(table, seat.actor) if is_back else None
        since = _signature(table, seat.actor, is_back=after is not None)
        return self.desk.page(
            "seat.html.j2", since=since, view=view, table=table, after=after,
            is_worked_out=is_back and after is None, secret=request.path_params["secret"],
            chosen=table.chosen.get(seat.actor),
        )  # fmt: skip

    async def _looked_back(self, table: Table, actor: str) -> Afterwards | None:
        """What a game came to; none as long as it is worked out, for which no step of a game waits."""
        asked = table.study, _key(table), actor
        found = self.back.get(asked)
        if found is None:
            while len(self.back) >= _MOST_BACK:
                self.back.pop(next(iter(self.back))).cancel()
            found = self.back[asked] = self.desk.after.beside(look_back, *asked)
        until = time.monotonic() + _AT_ONCE
        while not found.done() and time.monotonic() < until:
            await asyncio.sleep(_GLANCE)
        if found.done() and (found.cancelled() or found.exception()):
            self.back.pop(asked, None)  # whoever looks again has it tried again
        return found.result() if found.done() else None

    async def seat_events(self, request: Request) -> Response:
        """Tells a player's page when the step is over; says nothing else of the others."""
        seat = self.games.seat(request.path_params["secret"])
        if seat is None:
            return PlainTextResponse("no such link\n", status_code=404)
        return self.desk.events(lambda: self._now(seat.game, seat.actor), request)

    async def choose(self, request: Request) -> Response:
        """A player's choice."""
        seat = self._seat(request)
        table = self._table(seat.game)
        if table.paused:
            raise ValueError("the game is paused")
        form = await request.form()
        step = whole_number(str(form.get("step", "")), 0, 10**6)
        given = {name: str(value) for name, value in form.items()}
        if step == len(table.game.turns):  # else somebody's page is of a step that is over, or of none that is open
            own = await self.desk.playing.do(chosen, table.study, _key(table), seat.actor, given)
            await asyncio.to_thread(self.games.choose, table.id, step, seat.actor, own)
        return see(f"/seat/{request.path_params['secret']}")

    def _seat(self, request: Request) -> Seat:
        seat = self.games.seat(request.path_params["secret"])
        if seat is None:
            raise RefusedError(404, "This link is not of a game here. Ask whoever sent it for a new one.")
        return seat

    def _table(self, name: str) -> Table:
        table = self.games.table(name)
        if table is None:
            raise RefusedError(404, "there is no such game here")
        # kept relative to the folder, which may be moved; what an earlier version kept in full stays as it is
        return replace(table, study=str(self.desk.home / table.study))

    def _now(self, name: str, actor: str | None = None) -> str:
        try:
            table = self._table(name)
        except RefusedError:
            return "gone"
        found = self.back.get((table.study, _key(table), actor)) if actor else None
        return _signature(table, actor, is_back=found is not None and found.done())


def _signature(table: Table, actor: str | None = None, *, is_back: bool = False) -> str:
    """What a page shows changes when this does: a player's own choice and the step, and of others nothing."""
    chosen_by = sorted(table.chosen) if actor is None else [actor in table.chosen]
    return f"{len(table.game.turns)} {table.paused} {table.revealed} {chosen_by} {is_back}"


def _key(table: Table) -> bytes:
    """What a game is, for what is remembered of it."""
    return msgspec.json.encode(table.game)


def routes(desk: Desk) -> list[Route]:
    """The addresses of these pages: the facilitator's want the token, a player's want its link."""
    here = _Games(desk)
    return [
        Route("/games", desk.guarded(here.listed)),
        Route("/study/{study}/play", desk.guarded(here.begin), methods=["POST"]),
        Route("/game/{name}", desk.guarded(here.game)),
        Route("/game/{name}/events", desk.guarded(here.game_events)),
        Route("/game/{name}/file", desk.guarded(here.file)),
        Route("/game/{name}/do", desk.guarded(here.do), methods=["POST"]),
        Route("/seat/{secret}", desk.answered(here.seat)),
        Route("/seat/{secret}/events", desk.answered(here.seat_events)),
        Route("/seat/{secret}/choose", desk.answered(here.choose), methods=["POST"]),
    ]
