"""What all pages answer from: the folder's studies, the hands that work, the templates, and who may ask."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import jinja2
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse

from standoff.language.text.files import STUDY_FILE
from standoff.studies import BUNDLED, bundled_folder
from standoff.workbench.guard import COOKIE, same
from standoff.workbench.keeping.database import Database
from standoff.workbench.keeping.games import Games
from standoff.workbench.keeping.jobs import Jobs
from standoff.workbench.keeping.saves import Saves
from standoff.workbench.working.hand import Hand, RefusedError
from standoff.workbench.working.looking import described
from standoff.workbench.working.queue import Queue

__all__ = ["SAFE", "Desk", "Handler", "Offer", "see", "whole_number"]

HOME = ".standoff"
"""The folder in which the application keeps what is its own."""
_MOST_STUDIES, _SOON = 100, 8
_POLL = 0.4
"""Seconds between two looks at what somebody follows."""
SAFE = re.compile(r"[A-Za-z0-9_-]{1,60}")
"""A folder's name that can stand in an address."""
Handler = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Offer:
    """A study that is offered: its name in addresses, its folder, and whether it may be changed here."""

    name: str
    folder: Path
    is_own: bool

    def inside(self, file: str) -> Path:
        """The path of a text of it that may be written.

        Raises:
            RefusedError: It is a link that leads out of the study.
        """
        path = self.folder / file
        if not path.resolve().is_relative_to(self.folder.resolve()):
            raise RefusedError(403, f"{file} is a link that leads out of the study")
        return path


class Desk:
    """What the pages answer from.

    Of its hands, `reading` reads studies and documents, `checking` and `writing` answer somebody who writes, `playing`
    takes the steps of games, and `after` does what takes longer.

    Args:
        folder: Its studies are offered, and itself where it is one.
        token: Of this launch; whoever has it sees everything.
        apart: Whether studies are read in processes of their own, which are stopped when they take too long.

    Raises:
        ValueError: What is kept in the folder cannot be read.
    """

    def __init__(self, folder: Path, token: str, *, apart: bool = True) -> None:
        self.folder, self.token = folder, token
        self.home = folder / HOME
        self.database = database = Database(self.home / "workbench.sqlite")
        self.games, self.saves, self.jobs = Games(database), Saves(database), Jobs(database)
        self.queue = Queue(self.jobs, self.home / "runs")
        self.checking, self.writing, self.playing = (Hand(20.0, apart=apart) for _ in range(3))
        self.reading, self.after = (Hand(most, apart=apart, gives_way=True) for most in (20.0, 120.0))
        self.pages = jinja2.Environment(
            loader=jinja2.PackageLoader("standoff.workbench", "pages"), autoescape=True,
            undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        )  # fmt: skip

    def begin(self) -> None:
        """Work on what waits, and look at the first studies before a browser asks for them."""
        self.queue.begin()
        for offer in self.offers()[:_SOON]:
            self.reading.beside(described, str(offer.folder))

    def end(self) -> None:
        """End what works for it."""
        self.queue.end()
        for hand in (self.reading, self.checking, self.writing, self.playing, self.after):
            hand.end()
        self.database.close()

    def offers(self) -> tuple[Offer, ...]:
        """The folder's studies and then the bundled ones; a link out of the folder is none."""
        root = self.folder.resolve()
        own = [self.folder, *sorted(path.parent for path in self.folder.glob(f"*/{STUDY_FILE}"))]
        own = [one for one in own if (one / STUDY_FILE).is_file() and (one / STUDY_FILE).resolve().is_relative_to(root)]
        named: dict[str, Offer] = {}
        for folder in own[:_MOST_STUDIES]:
            name = folder.resolve().name
            if not SAFE.fullmatch(name) or name in named or name in BUNDLED:
                name = f"own-{blake2b(str(folder.resolve()).encode(), digest_size=5).hexdigest()}"
            named[name] = Offer(name, folder, True)
        return (*named.values(), *(Offer(name, bundled_folder(name), False) for name in BUNDLED))

    def offer(self, name: str) -> Offer:
        """The study of a name in an address.

        Raises:
            RefusedError: There is none.
        """
        for one in self.offers():
            if one.name == name:
                return one
        raise RefusedError(404, "no study of this name is offered here")

    def guarded(self, handler: Handler) -> Handler:
        """A page for who has this launch's token: in the address once, in a cookie from then on."""

        async def answer(request: Request) -> Response:
            given = request.query_params.get("token", "")
            if given and same(given, self.token):
                moved = RedirectResponse(request.url.path, status_code=303)
                moved.set_cookie(COOKIE, self.token, httponly=True, samesite="strict", path="/")
                return moved
            if not same(request.cookies.get(COOKIE, ""), self.token):
                return self.failed(403, "Open the address that `standoff serve` printed: it holds this launch's token.")
            return await self.answered(handler)(request)

        return answer

    def answered(self, handler: Handler) -> Handler:
        """A page for everybody; what cannot be done is a page that says so."""

        async def answer(request: Request) -> Response:
            try:
                return await handler(request)
            except RefusedError as refused:
                return self.failed(refused.status, str(refused))
            except (ValueError, OSError) as error:
                return self.failed(400, str(error))

        return answer

    def failed(self, status: int, text: str) -> Response:
        """A page that says what went wrong."""
        return self.page("failed.html.j2", status=status, text=text)

    def page(self, name: str, *, status: int = 200, **given: Any) -> Response:
        """A page of a template."""
        return HTMLResponse(self.pages.get_template(name).render(**given), status_code=status)

    @staticmethod
    def events(signature: Callable[[], str], request: Request) -> Response:
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


def see(address: str) -> Response:
    """Go and look at another page."""
    return RedirectResponse(address, status_code=303)


def whole_number(text: str, least: int, most: int) -> int:
    """A whole number of a form.

    Raises:
        ValueError: It is none, or out of bounds.
    """
    if not (text.isascii() and text.isdecimal() and len(text) <= 10 and least <= int(text) <= most):
        raise ValueError(f"a whole number from {least:,} to {most:,} is expected")
    return int(text)
