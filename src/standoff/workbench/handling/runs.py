"""The queue, the page of each run with what is known of it so far, its brief, and two runs side by side."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import math
import re
from pathlib import Path

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from standoff.base.escaping import file_name
from standoff.brief.write import PAGE
from standoff.ensemble.storing.manifest import MANIFEST
from standoff.workbench.handling.desk import Desk, see, whole_number
from standoff.workbench.keeping.jobs import Asked, Job
from standoff.workbench.working.hand import RefusedError
from standoff.workbench.working.looking import Described, described, texts_of
from standoff.workbench.working.reading import compared
from standoff.workbench.working.worker import BRIEF, RUN

__all__ = ["routes"]

_MOST_WAITING = 50
_MOST_FUTURES = 50_000_000
_MOST_HELD = 20
_SCRIPT = re.compile(r"<script(?:>| [^>]*>)(.*?)</script>", re.S)


class _Runs:
    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    async def queue(self, _: Request) -> Response:
        """All runs, the newest first."""
        jobs = self.desk.jobs.all()
        return self.desk.page(
            "runs.html.j2", jobs=jobs, since=_signature(jobs), whole=[j for j in jobs if self._has(j)]
        )

    async def queue_events(self, request: Request) -> Response:
        """Tells that page when something changed."""
        return self.desk.events(lambda: _signature(self.desk.jobs.all()), request)

    async def add(self, request: Request) -> Response:
        """A run more in the queue."""
        offer = self.desk.offer(request.path_params["study"])
        form = await request.form()
        about = await self.desk.reading.do(described, str(offer.folder))
        asked = _asked(form, about)
        if sum(job.state in ("waiting", "running") for job in self.desk.jobs.all()) >= _MOST_WAITING:
            raise ValueError(f"{_MOST_WAITING} runs are waiting already")
        title, texts = await self.desk.reading.do(texts_of, str(offer.folder))
        return see(f"/run/{await asyncio.to_thread(self.desk.queue.add, offer.name, title, asked, texts)}")

    async def run(self, request: Request) -> Response:
        """One run."""
        job = self._job(request)
        told = self.desk.jobs.told(job.id)
        others = [one for one in self.desk.jobs.all() if one.id != job.id and self._has(one)]
        return self.desk.page(
            "run.html.j2", job=job, told=told, since=_signature((job,)), others=others, has_run=self._has(job),
            has_brief=self._brief(job).is_file(), folder=str(self.desk.queue.folder / job.id / RUN),
        )  # fmt: skip

    async def run_events(self, request: Request) -> Response:
        """Tells that page when something changed."""
        name = request.path_params["run"]

        def now() -> str:
            job = self.desk.jobs.job(name)
            return "gone" if job is None else _signature((job,))

        return self.desk.events(now, request)

    async def do(self, request: Request) -> Response:
        """Stop a run, or go on with it."""
        job = self._job(request)
        what = str((await request.form()).get("what", ""))
        if what == "stop":
            self.desk.jobs.stop(job.id)
        elif what == "go on":
            self.desk.jobs.go_on(job.id)
        else:
            raise ValueError("a run can be stopped or gone on with")
        return see(f"/run/{job.id}")

    async def brief(self, request: Request) -> Response:
        """A run's brief, in a sandbox: it can read nothing of this server, and runs no script but its own."""
        text = await self._text_of_brief(self._job(request))
        scripts = " ".join(f"'sha256-{_sha(script)}'" for script in _SCRIPT.findall(text))
        policy = (
            f"sandbox allow-scripts allow-popups allow-downloads; default-src 'none'; "
            f"script-src {scripts} 'wasm-unsafe-eval' blob:; worker-src blob:; style-src 'unsafe-inline'; "
            f"img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
        return HTMLResponse(text, headers={"content-security-policy": policy})

    async def file(self, request: Request) -> Response:
        """The brief as one file, which opens anywhere."""
        job = self._job(request)
        name = f"{file_name(job.study) or 'study'}-brief.html"
        return HTMLResponse(
            await self._text_of_brief(job), headers={"content-disposition": f'attachment; filename="{name}"'}
        )

    async def _text_of_brief(self, job: Job) -> str:
        path = self._brief(job)
        if not path.is_file():
            raise RefusedError(404, "this run has no brief")
        return await asyncio.to_thread(path.read_text, "utf-8")

    async def compare(self, request: Request) -> Response:
        """Two runs side by side."""
        jobs = [self.desk.jobs.job(request.query_params.get(name, "")) for name in ("before", "after")]
        if any(job is None or not self._has(job) for job in jobs):
            raise RefusedError(404, "choose two runs that are done")
        before, after = (job for job in jobs if job is not None)
        folders = [self.desk.queue.folder / job.id / RUN for job in (before, after)]
        found = await self.desk.after.do(compared, *folders)
        told = [self.desk.jobs.told(job.id) for job in (before, after)]
        return self.desk.page("compare.html.j2", sides=list(zip((before, after), told, strict=True)), found=found)

    def _job(self, request: Request) -> Job:
        job = self.desk.jobs.job(request.path_params["run"])
        if job is None:
            raise RefusedError(404, "there is no such run here")
        return job

    def _has(self, job: Job) -> bool:
        """Whether its run folder is whole."""
        manifest = self.desk.queue.folder / job.id / RUN / MANIFEST
        return manifest.is_file() and (job.state == "done" or (job.total > 0 and job.done == job.total))

    def _brief(self, job: Job) -> Path:
        return self.desk.queue.folder / job.id / BRIEF / PAGE


def _asked(form: FormData, about: Described) -> Asked:
    """What a form asks for.

    Raises:
        ValueError: Something in it is not what a run takes.
    """
    worlds = whole_number(str(form.get("worlds", "")), 2, 100_000)
    replications = whole_number(str(form.get("replications", "")), 1, 1_000)
    if worlds * replications > _MOST_FUTURES:
        raise ValueError(f"at most {_MOST_FUTURES:,} futures of each profile are run here")
    variants = tuple(str(one) for one in form.getlist("variant"))
    for name in variants:
        if name not in about.variants:
            raise ValueError(f"there is no variant `{name}`")
    held: dict[str, float | str] = {}
    for line in str(form.get("set", "")).split("\n"):
        if line.strip():
            name, equals, value = (part.strip() for part in line.partition("="))
            if not equals or name not in about.uncertain or len(held) >= _MOST_HELD:
                raise ValueError(f"`{line.strip()[:80]}` holds no assumption: write NAME = NUMBER, each on a line")
            held[name] = _number(value)
    seed = whole_number(str(form.get("seed", "")) or "1", 0, 2**31)
    return Asked(worlds, replications, seed, variants, held=held, brief=form.get("brief", "") == "1")


def _number(text: str) -> float | str:
    try:
        value = float(text)
    except ValueError:
        return text[:60]
    if not math.isfinite(value):
        raise ValueError("an assumption is held at a number")
    return value


def _signature(jobs: tuple[Job, ...]) -> str:
    """Changes when what a page shows does."""
    return hashlib.blake2b(repr([(job.id, job.changed) for job in jobs]).encode(), digest_size=8).hexdigest()


def _sha(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def routes(desk: Desk) -> list[Route]:
    """The addresses of these pages."""
    here = _Runs(desk)
    return [
        Route("/runs", desk.guarded(here.queue)),
        Route("/runs/events", desk.guarded(here.queue_events)),
        Route("/study/{study}/run", desk.guarded(here.add), methods=["POST"]),
        Route("/run/{run}", desk.guarded(here.run)),
        Route("/run/{run}/events", desk.guarded(here.run_events)),
        Route("/run/{run}/do", desk.guarded(here.do), methods=["POST"]),
        Route("/run/{run}/brief", desk.guarded(here.brief)),
        Route("/run/{run}/file", desk.guarded(here.file)),
        Route("/compare", desk.guarded(here.compare)),
    ]
