"""The page on which a study's texts are edited, and what its script asks while somebody writes."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from standoff.language.text.files import CLAIMS_FILE, STUDY_FILE
from standoff.workbench.handling.desk import Desk, Offer, see, whole_number
from standoff.workbench.keeping.saves import ChangedError
from standoff.workbench.working.hand import RefusedError
from standoff.workbench.working.looking import learn, look_at, map_of, problems_of, words_at

__all__ = ["routes"]

_FILES = (STUDY_FILE, CLAIMS_FILE)
_MOST = {STUDY_FILE: 1_000_000, CLAIMS_FILE: 5_000_000}
"""Bytes of a text, as `standoff check` reads it."""
_CHANGED = (
    "The file was changed on the disk since this page was opened, so it was not written over. "
    "Your text is kept: see “Earlier versions”."
)


class _Editor:
    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    async def page(self, request: Request) -> Response:
        """A file to edit; one of a bundled study to read."""
        offer, file = self._file(request)
        text, digest = await asyncio.to_thread(self.desk.saves.read, offer.folder / file)
        return await self._page(offer, file, text, digest)

    async def _page(
        self, offer: Offer, file: str, text: str, digest: str, *, status: int = 200, said: str = ""
    ) -> Response:  # fmt: skip
        problems = await self.desk.reading.do(problems_of, offer.folder, {file: text}, every_variant=True)
        picture, listed = await self.desk.reading.do(map_of, offer.folder, {file: text})
        await self.desk.writing.do(learn, offer.folder, {file: text})
        undo = await asyncio.to_thread(self.desk.saves.undo, offer.folder / file, digest)
        return self.desk.page(
            "edit.html.j2", status=status, offer=offer, file=file, files=_FILES, text=text, digest=digest,
            problems=problems, picture=picture, listed=listed, undo=undo, said=said,
        )  # fmt: skip

    async def save(self, request: Request) -> Response:
        """Write a file, unless it is another by now."""
        offer, file = self._file(request)
        form = await request.form()
        text = str(form.get("text", "")).replace("\r\n", "\n")
        was, is_script = str(form.get("was", "")), form.get("by") == "script"
        status, said, digest = await self._saved(offer, file, (text, was, str(form.get("undo", ""))))
        if is_script:
            return JSONResponse({"said": said, "digest": digest}, status_code=status)
        if status == 200:
            return see(f"/study/{offer.name}/edit/{file}")
        return await self._page(offer, file, text, digest, status=status, said=said)

    async def _saved(self, offer: Offer, file: str, given: tuple[str, str, str]) -> tuple[int, str, str]:
        text, was, undo = given
        if not offer.is_own:
            raise RefusedError(403, "a bundled study is read only: copy it to change it")
        if len(text.encode("utf-8", "surrogatepass")) > _MOST[file]:
            raise RefusedError(413, f"a {file} has at most {_MOST[file]:,} bytes")
        path = offer.inside(file)
        try:
            digest = await asyncio.to_thread(self.desk.saves.save, path, text, was, undo)
        except ChangedError:
            return 409, _CHANGED, was
        return 200, "Saved.", digest

    async def history(self, request: Request) -> Response:
        """What was saved, or one of the texts."""
        offer, file = self._file(request)
        path = offer.folder / file
        number = request.query_params.get("of", "")
        text = None
        if number:
            text = await asyncio.to_thread(self.desk.saves.text, path, whole_number(number, 1, 10**9))
            if text is None:
                raise RefusedError(404, "no such text was saved")
        _, digest = await asyncio.to_thread(self.desk.saves.read, path)
        saves = await asyncio.to_thread(self.desk.saves.history, path)
        return self.desk.page(
            "history.html.j2", offer=offer, file=file, saves=saves, number=number, text=text, digest=digest
        )

    async def problems(self, request: Request) -> Response:
        """What is wrong in the texts as they stand in the editor."""
        offer, file, text, form = await self._sent(request)
        every = form.get("every") == "1"
        hand = self.desk.reading if every else self.desk.checking
        found = await hand.do(problems_of, offer.folder, {file: text}, every_variant=every)
        if every:
            await self.desk.writing.do(learn, offer.folder, {file: text})
        return JSONResponse([asdict(one) for one in found])

    async def words(self, request: Request) -> Response:
        """How one may go on from the cursor."""
        offer, file, text, form = await self._sent(request)
        offset = whole_number(str(form.get("at", "")), 0, len(text))
        found = await self.desk.writing.do(words_at, offer.folder, file, text, offset)
        return JSONResponse([asdict(one) for one in found])

    async def look(self, request: Request) -> Response:
        """What stands at the cursor."""
        offer, file, text, form = await self._sent(request)
        offset = whole_number(str(form.get("at", "")), 0, len(text))
        return JSONResponse(asdict(await self.desk.checking.do(look_at, offer.folder, file, {file: text}, offset)))

    async def map(self, request: Request) -> Response:
        """The causal map of the text as it stands."""
        offer, file, text, _ = await self._sent(request)
        picture, listed = await self.desk.reading.do(map_of, offer.folder, {file: text})
        return JSONResponse({"picture": picture, "listed": listed})

    async def _sent(self, request: Request) -> tuple[Offer, str, str, Any]:
        offer, file = self._file(request)
        form = await request.form()
        text = str(form.get("text", ""))
        if len(text.encode("utf-8", "surrogatepass")) > _MOST[file]:
            raise RefusedError(413, f"a {file} has at most {_MOST[file]:,} bytes")
        return offer, file, text, form

    def _file(self, request: Request) -> tuple[Offer, str]:
        file = request.path_params["file"]
        if file not in _FILES:
            raise RefusedError(404, f"a study's texts are {' and '.join(_FILES)}")
        return self.desk.offer(request.path_params["study"]), file


def routes(desk: Desk) -> list[Route]:
    """The addresses of this page."""
    here = _Editor(desk)
    asked = (("problems", here.problems), ("words", here.words), ("look", here.look), ("map", here.map))
    return [
        Route("/study/{study}/edit/{file}", desk.guarded(here.page)),
        Route("/study/{study}/edit/{file}", desk.guarded(here.save), methods=["POST"]),
        Route("/study/{study}/history/{file}", desk.guarded(here.history)),
        *(Route(f"/study/{{study}}/edit/{{file}}/{name}", desk.guarded(of), methods=["POST"]) for name, of in asked),
    ]
