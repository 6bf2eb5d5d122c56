"""A workbench as a user starts it, and somebody who has its token."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx2

__all__ = ["Served", "links_of", "memory_of", "serving", "wait_until"]


class Served:
    """A server that runs, and a client with its token."""

    def __init__(self, folder: Path, *, port: int = 0) -> None:
        command = [sys.executable, "-m", "standoff", "serve", str(folder), "--no-open", "--port", str(port)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.entrance = self.process.stdout.readline().strip()
        self.address = self.entrance.partition("/?")[0]
        self.origin = {"origin": self.address}
        self.client = httpx2.Client(base_url=self.address, timeout=600.0, follow_redirects=True)
        self.client.get(self.entrance)

    def post(self, path: str, **data: object) -> httpx2.Response:
        """A form, as a page sends it."""
        return self.client.post(path, data=data, headers=self.origin)

    def kill(self) -> None:
        """As by `kill -9`."""
        self.process.kill()
        self.process.wait()
        self.client.close()
        if self.process.stdout is not None:
            self.process.stdout.close()


@contextmanager
def serving(folder: Path) -> Iterator[Served]:
    """A server until the end of a block."""
    served = Served(folder)
    try:
        yield served
    finally:
        served.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            served.process.wait(20)
        served.kill()


def links_of(page: str) -> tuple[str, list[str]]:
    """A new game's name, and the paths of its seats."""
    found = re.search(r"/game/([0-9a-f]+)", page)
    assert found is not None, page[:2000]
    return found.group(1), re.findall(r">http://[^<]*(/seat/[^<]+)</a>", page)


def memory_of(process: int) -> tuple[float, float]:
    """Resident megabytes of a server with its hands, and of the run that it works on."""
    parents: dict[int, int] = {}
    sizes: dict[int, float] = {}
    runs: set[int] = set()
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            said = dict(line.split(":\t", 1) for line in status.read_text().splitlines() if ":\t" in line)
            command = (status.parent / "cmdline").read_bytes()
        except OSError:
            continue
        own = int(said["Pid"])
        parents[own] = int(said["PPid"])
        sizes[own] = int(said.get("VmRSS", "0 kB").split()[0]) / 1024.0
        if b"working.worker" in command:
            runs.add(own)
    own_tree, of_runs = (_below(parents, {process}, runs), _below(parents, runs, set()))
    return sum(sizes.get(one, 0.0) for one in own_tree), sum(sizes.get(one, 0.0) for one in of_runs)


def _below(parents: dict[int, int], roots: set[int], but: set[int]) -> set[int]:
    tree = set(roots)
    for _ in range(6):
        tree |= {own for own, parent in parents.items() if parent in tree and own not in but}
    return tree


def wait_until(true: Callable[[], bool], seconds: float) -> bool:
    """Whether something callable became true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.2)
    return False
