"""Kill -9 of server, worker and browser, each at random moments: is anything lost that was acknowledged?

Run `python -m tools.workbench.kill [TIMES]`, 30 by default. Checked after every kill: each move, each saved text (the
file is whole, and the last acknowledged text or a later one; the history has it), each complete shard of the run under
way; and at the end that the run has the digest of one that nobody disturbed.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx2

from standoff.ensemble.study import load, open_run
from standoff.workbench.keeping.database import Database
from standoff.workbench.keeping.games import Games
from standoff.workbench.keeping.jobs import Jobs
from standoff.workbench.keeping.saves import Saves
from tools.workbench.served import Served, links_of, wait_until

SIZE = (8192, 16)
"""Worlds and replications of a run: nine shards, which take a while."""


@dataclass
class Person:
    """Somebody who plays and edits without a rest, and remembers what was acknowledged."""

    served: Served
    folder: Path
    begun: int = 0
    moves: list[tuple[str, int]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    def work(self) -> None:
        """Until the server is gone."""
        try:
            name, (north,) = links_of(self.served.post("/study/mine/play", seat="north", luck="7").text)
            path = "/study/mine/edit/study.yaml"
            step = 0
            while not self.ended.is_set():
                if step == 16:
                    name, (north,) = links_of(self.served.post("/study/mine/play", seat="north", luck="7").text)
                    step = 0
                if self.served.post(f"{north}/choose", step=str(step), north="build").status_code == 200:
                    self.moves.append((name, step))
                step += 1
                page = self.served.client.get(path).text
                was = re.search(r'name="was" value="([0-9a-f]*)"', page)
                assert was is not None
                text = f"# save {self.begun + len(self.sent)}\n" + self.original()
                self.sent.append(text)
                if self.served.post(path, text=text, was=was.group(1), by="script").status_code == 200:
                    self.texts.append(text)
        except httpx2.TransportError:
            return

    def original(self) -> str:
        """The study's text without what was put before it."""
        text = (self.folder / "mine" / "study.yaml").read_text()
        return text.partition("\n")[2] if text.startswith("# save") else text


def check(folder: Path, person: Person) -> list[str]:
    """What was lost of what was acknowledged."""
    database = Database(folder / ".standoff" / "workbench.sqlite")
    games, saves = Games(database), Saves(database)
    faults = []
    for name, step in person.moves:
        table = games.table(name)
        if table is None or (step >= len(table.game.turns) and not (step == len(table.game.turns) and table.chosen)):
            faults.append(f"move {step} of {name}")
    path = folder / "mine" / "study.yaml"
    text = path.read_text()
    if person.texts and text not in person.sent[person.sent.index(person.texts[-1]) :]:
        faults.append("the file is not the last acknowledged text, nor a later one")
    kept = {saves.text(path, one.id) for one in saves.history(path)}
    faults += [f"a saved text is not in the history: {one[:12]}" for one in person.texts[-100:] if one not in kept]
    return faults


def shards(folder: Path) -> dict[str, str]:
    """The complete shards of all runs, by the digest of their bytes."""
    found = {}
    for path in folder.glob(".standoff/runs/*/run/shards/*.parquet"):
        found[str(path)] = blake2b(path.read_bytes()).hexdigest()
    return found


def kill_servers(folder: Path, times: int, luck: random.Random) -> list[str]:
    """The server, while somebody plays and edits and a run is under way."""
    faults: list[str] = []
    saves = 0
    for i in range(times):
        served = Served(folder)
        if i == 0:
            served.post("/new", name="mine", **{"from": "rivals"})
            served.post("/study/rivals/run", worlds=str(SIZE[0]), replications=str(SIZE[1]))
        person = Person(served, folder, saves)
        thread = threading.Thread(target=person.work)
        thread.start()
        of = person.texts if i % 2 else person.moves
        wait_until(lambda: bool(of), 60)  # noqa: B023 - of this round
        time.sleep(luck.uniform(0.0, 4.0))
        before = shards(folder)
        os.kill(served.process.pid, signal.SIGKILL)
        thread.join()
        served.kill()
        time.sleep(0.3)
        saves += len(person.sent)
        found = check(folder, person)
        after = shards(folder)
        found += [f"shard {name}" for name, digest in before.items() if after.get(name) != digest]
        faults += [f"server, kill {i}: {fault}" for fault in found]
        print(
            f"server {i}: {len(person.moves)} moves, {len(person.texts)} saves, {len(after)} shards; lost {len(found)}",
            flush=True,
        )
    return faults


def kill_workers(folder: Path, times: int, luck: random.Random) -> list[str]:
    """The worker, again and again until the run is done all the same."""
    served = Served(folder)
    jobs = Jobs(Database(folder / ".standoff" / "workbench.sqlite"))
    faults: list[str] = []
    for i in range(times):
        if not any(job.state in ("waiting", "running") for job in jobs.all()):
            served.post("/study/rivals/run", worlds=str(SIZE[0]), replications=str(SIZE[1]), seed=str(100 + i))
        wait_until(lambda: _worker(served.process.pid) is not None, 30)
        time.sleep(luck.uniform(0.0, 4.0))
        before, worker = shards(folder), _worker(served.process.pid)
        if worker is not None:
            os.kill(worker, signal.SIGKILL)
        time.sleep(0.3)
        after = shards(folder)
        lost = [name for name, digest in before.items() if after.get(name) != digest]
        faults += [f"worker, kill {i}: shard {name}" for name in lost]
        print(f"worker {i}: {'killed' if worker else 'between two'}, {len(after)} shards; lost {len(lost)}", flush=True)
        for job in jobs.all():
            if job.state == "failed":
                jobs.go_on(job.id)
    for job in jobs.all():
        if not wait_until(lambda name=job.id: _is_done(jobs, name), 240):  # type: ignore[misc]
            faults.append(f"run {job.id} is {jobs.job(job.id)}")
            continue
        kept = open_run(folder / ".standoff" / "runs" / job.id / "run")
        fresh = load("rivals").run(*SIZE, seed=job.asked.seed)
        if kept.digest != fresh.digest:
            faults.append(f"run {job.id} has another digest")
    print(f"runs done, each with the digest of one that was left alone: {len(jobs.all())}", flush=True)
    served.kill()
    return faults


def kill_browsers(folder: Path, times: int, luck: random.Random) -> list[str]:
    """The browser, while somebody types and saves in it."""
    from playwright.sync_api import Error, sync_playwright  # noqa: PLC0415

    served = Served(folder)
    path, faults = folder / "mine" / "study.yaml", list[str]()
    for i in range(times):
        port = 9300 + i
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=shutil.which("chromium"),
                                             args=["--no-sandbox", f"--remote-debugging-port={port}"])  # fmt: skip
            page = browser.new_page()
            page.goto(served.entrance)
            page.goto(f"{served.address}/study/mine/edit/study.yaml")
            editor = page.get_by_role("textbox", name="The text of study.yaml")
            acknowledged = ""
            timer = threading.Timer(luck.uniform(0.2, 3.0), _kill_browser, (port,))
            timer.start()
            try:
                for k in range(1000):
                    editor.press("Control+Home")
                    editor.press_sequentially(f"# {i} {k} ")
                    editor.press("Control+s")
                    page.get_by_text("Saved.").wait_for(timeout=5000)
                    acknowledged = f"# {i} {k} "
            except Error:
                timer.join()
        text = path.read_text()
        if acknowledged and acknowledged not in text:
            faults.append(f"browser, kill {i}: {acknowledged} is not in the file")
        if served.client.get("/").status_code != 200:
            faults.append(f"browser, kill {i}: the server is gone")
        print(f"browser {i}: saved to {acknowledged!r}", flush=True)
    served.kill()
    return faults


def _kill_browser(port: int) -> None:
    for status in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            said = status.read_bytes()
        except OSError:
            continue
        if f"--remote-debugging-port={port}".encode() in said and b"--type=" not in said:
            os.kill(int(status.parent.name), signal.SIGKILL)


def _worker(server: int) -> int | None:
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(status.read_text().rpartition(")")[2].split()[1])
            if parent == server and b"working.worker" in (status.parent / "cmdline").read_bytes():
                return int(status.parent.name)
        except (OSError, IndexError):
            continue
    return None


def _is_done(jobs: Jobs, name: str) -> bool:
    job = jobs.job(name)
    if job is not None and job.state in ("failed", "stopped"):
        jobs.go_on(name)
    return job is not None and job.state == "done"


def main(times: int) -> None:
    """Kill, check, and print what was lost."""
    luck = random.Random(1)
    ways: tuple[Callable[[Path, int, random.Random], list[str]], ...] = (kill_servers, kill_workers, kill_browsers)
    with TemporaryDirectory() as place:
        faults = [fault for way in ways for fault in way(Path(place), times, luck)]
    print(f"{len(faults)} losses in {3 * times} kills", *faults, sep="\n")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 30)
