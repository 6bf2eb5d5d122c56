"""The list of studies, and the page of each: what it is, what `check` says, its runs."""

from __future__ import annotations

import asyncio
import secrets

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from standoff.language.text.files import CLAIMS_FILE, STUDY_FILE
from standoff.studies import BUNDLED, TEMPLATE, begin_study
from standoff.workbench.handling.desk import SAFE, Desk, see
from standoff.workbench.working.hand import RefusedError
from standoff.workbench.working.looking import Described, described, problems_of

__all__ = ["routes"]


class _Studies:
    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    async def home(self, _: Request) -> Response:
        """All studies, with their last run."""
        rows = []
        for offer in self.desk.offers():
            last = next(iter(self.desk.jobs.of(offer.name)), None)
            rows.append((offer, await self._described(str(offer.folder)), last))
        return self.desk.page("home.html.j2", rows=rows, folder=str(self.desk.folder), examples=(TEMPLATE, *BUNDLED))

    async def study(self, request: Request) -> Response:
        """One study."""
        offer = self.desk.offer(request.path_params["study"])
        about = await self._described(str(offer.folder))
        problems = await self.desk.reading.do(problems_of, offer.folder, {}, every_variant=True)
        files = [name for name in (STUDY_FILE, CLAIMS_FILE) if offer.is_own or (offer.folder / name).is_file()]
        return self.desk.page(
            "study.html.j2", offer=offer, about=about, problems=problems, files=files,
            jobs=self.desk.jobs.of(offer.name), luck=secrets.randbelow(100_000) + 1,
        )  # fmt: skip

    async def new(self, request: Request) -> Response:
        """A study more in the folder: the template, or a copy of a bundled one."""
        form = await request.form()
        name, example = str(form.get("name", "")).strip(), str(form.get("from", ""))
        if not SAFE.fullmatch(name):
            raise ValueError("name the folder with letters, digits, - and _ only, at most 60")
        if example not in (TEMPLATE, *BUNDLED):
            raise ValueError("there is no such study to begin with")
        folder = self.desk.folder / name
        if not folder.resolve().is_relative_to(self.desk.folder.resolve()):
            raise ValueError("that folder leads elsewhere")
        await asyncio.to_thread(begin_study, folder, example)
        made = next(one for one in self.desk.offers() if one.folder.resolve() == folder.resolve())
        return see(f"/study/{made.name}")

    async def _described(self, study: str) -> Described:
        """What is known of a study; one that cannot be looked at is none of the others' trouble."""
        try:
            return await self.desk.reading.do(described, study)
        except RefusedError as refused:
            return Described(study.rpartition("/")[2], "", 1, 0, first=str(refused))


def routes(desk: Desk) -> list[Route]:
    """The addresses of these pages."""
    here = _Studies(desk)
    return [
        Route("/", desk.guarded(here.home)),
        Route("/new", desk.guarded(here.new), methods=["POST"]),
        Route("/study/{study}", desk.guarded(here.study)),
    ]
