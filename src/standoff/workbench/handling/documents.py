"""The documents of a study: drop one in, look for what it claims, tie a passage to a claim and to the model.

Documents stay in the user's own data folder: a study never carries other people's text.
"""

from __future__ import annotations

import asyncio
import os
import re
from hashlib import blake2b
from pathlib import Path

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from standoff.editing.tying import Tie
from standoff.ensemble.storing.store import atomic_write
from standoff.language.text.files import CLAIMS_FILE, STUDY_FILE
from standoff.workbench.handling.desk import Desk, Offer, see
from standoff.workbench.keeping.saves import ChangedError
from standoff.workbench.working.hand import RefusedError
from standoff.workbench.working.reading import (
    CERTAINTIES,
    STANCES,
    documents_of,
    is_document,
    shown_document,
    texts_with,
)

__all__ = ["documents_folder", "routes"]

_MOST_DOCUMENTS = 200
_NAME = re.compile(r"[^A-Za-z0-9._ -]+")
_ENDINGS = (".html", ".htm", ".mhtml", ".mht", ".txt", ".md", ".webarchive", ".xhtml")


def documents_folder(study: Path) -> Path:
    """Where the documents are that were dropped in for a study: in the user's data folder, outside every study."""
    data = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    name = blake2b(str(study.resolve()).encode(), digest_size=8).hexdigest()
    return Path(data) / "standoff" / "documents" / f"{study.resolve().name}-{name}"


class _Documents:
    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    async def listed(self, request: Request) -> Response:
        """The documents of a study."""
        offer = self.desk.offer(request.path_params["study"])
        dropped = documents_folder(offer.folder)
        rows = await self.desk.reading.do(documents_of, str(offer.folder), dropped)
        return self.desk.page("documents.html.j2", offer=offer, rows=rows, dropped=str(dropped))

    async def drop(self, request: Request) -> Response:
        """A document more, if it can be read as one."""
        offer = self.desk.offer(request.path_params["study"])
        async with request.form(max_files=1, max_fields=4) as form:
            return await self._dropped(offer, form.get("file"))

    async def _dropped(self, offer: Offer, file: UploadFile | str | None) -> Response:
        if not isinstance(file, UploadFile) or not file.filename:
            raise ValueError("choose a file")
        name = _NAME.sub("-", file.filename.replace("\\", "/").rpartition("/")[2]).strip(" .-")[-80:]
        if not name.lower().endswith(_ENDINGS):
            raise ValueError(f"documents are read as {', '.join(_ENDINGS)}: save it as one of these")
        folder = documents_folder(offer.folder)
        if folder.is_dir() and sum(1 for _ in folder.iterdir()) >= _MOST_DOCUMENTS:
            raise ValueError(f"there are {_MOST_DOCUMENTS} documents already")
        data = await file.read()
        path = folder / name
        if path.exists() and path.read_bytes() != data:
            raise ValueError(f"there is another `{name}` already: rename this one")
        if not path.exists():
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            await asyncio.to_thread(atomic_write, path, data)
            try:
                await self.desk.reading.do(is_document, path)
            except RefusedError:
                path.unlink(missing_ok=True)
                raise
        return see(f"/study/{offer.name}/document/{name}")

    async def document(self, request: Request) -> Response:
        """A document with its passages."""
        offer, file = self._file(request)
        return await self._page(offer, file)

    async def _page(self, offer: Offer, file: str, status: int = 200, said: str = "") -> Response:
        shown = await self.desk.reading.do(shown_document, str(offer.folder), documents_folder(offer.folder), file)
        return self.desk.page(
            "document.html.j2", status=status, offer=offer, file=file, shown=shown, said=said,
            stances=STANCES, certainties=tuple(CERTAINTIES),
        )  # fmt: skip

    async def tie(self, request: Request) -> Response:
        """Write a claim into the study's `claims.yaml`, and that it is cited into its `study.yaml`."""
        offer, file = self._file(request)
        if not offer.is_own:
            raise RefusedError(403, "a bundled study is read only: copy it to change it")
        form = await request.form()
        say = {
            name: str(form.get(name, "")).strip()
            for name in ("name", "document", "passage", "says", "stance", "certainty")
        }
        document, passage = say["document"], say["passage"]
        if not passage:
            return await self._page(offer, file, 400, "Mark the passage that says it.")
        name = say["name"] or f"{document}-{passage.replace('.', '-')}"
        bears_on = tuple(dict.fromkeys(str(one).strip() for one in form.getlist("bears_on") if str(one).strip()))
        tie = Tie(
            name,
            document,
            passage,
            "",
            says=say["says"],
            stance=say["stance"],
            certainty=say["certainty"],
            bears_on=bears_on,
        )
        dropped = documents_folder(offer.folder)
        try:
            files = (CLAIMS_FILE, STUDY_FILE) if form.get("cite") else (CLAIMS_FILE,)
            held = {one: await self._read(offer, one) for one in files}
            texts = {one: text for one, (text, _) in held.items()}
            new = await self.desk.reading.do(texts_with, str(offer.folder), dropped, file, tie, texts=texts)
        except RefusedError as refused:
            return await self._page(offer, file, refused.status, str(refused))
        for one, text in new.items():  # the claim before what cites it
            try:
                await asyncio.to_thread(self.desk.saves.save, offer.folder / one, text, held[one][1])
            except ChangedError:
                return await self._page(offer, file, 409, f"{one} was changed meanwhile, so it was not written over.")
        return see(f"/study/{offer.name}/document/{file}#{passage}")

    async def _read(self, offer: Offer, file: str) -> tuple[str, str]:
        """A text of the study and its digest."""
        return await asyncio.to_thread(self.desk.saves.read, offer.inside(file))

    def _file(self, request: Request) -> tuple[Offer, str]:
        return self.desk.offer(request.path_params["study"]), request.path_params["file"]


def routes(desk: Desk) -> list[Route]:
    """The addresses of these pages."""
    here = _Documents(desk)
    return [
        Route("/study/{study}/documents", desk.guarded(here.listed)),
        Route("/study/{study}/drop", desk.guarded(here.drop), methods=["POST"]),
        Route("/study/{study}/document/{file}", desk.guarded(here.document)),
        Route("/study/{study}/document/{file}", desk.guarded(here.tie), methods=["POST"]),
    ]
