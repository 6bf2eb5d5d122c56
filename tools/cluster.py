"""The same digest whoever runs it, and whoever is killed meanwhile: `python -m tools.cluster [KILLS]`, 20 by default.

A real scheduler and real workers, each a process of its own on loopback, as `dask scheduler` and `dask worker` start
them. The Korean study is run by one process, by 1, 2 and 4 workers, by workers of which one is killed (SIGKILL) every
second or so and another started, and by a scheduler that is killed and a run that then goes on with another.
"""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

COMMAND = ("run", "korea", "--worlds", "128", "--replications", "8", "--json")
ENVIRONMENT = os.environ | {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1000", "OMP_NUM_THREADS": "1"}


@dataclass
class Cluster:
    """A scheduler with its workers, as processes."""

    folder: Path
    address: str = ""
    scheduler: subprocess.Popen[bytes] | None = None
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def begin(self, n: int) -> None:
        """A scheduler, and so many workers of one thread."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{port}"
        self.scheduler = self._start("dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard")
        for _ in range(n):
            self.join()

    def join(self) -> None:
        """One worker more."""
        self.workers.append(
            self._start("dask_worker", self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard",
                        "--local-directory", str(self.folder))
        )  # fmt: skip

    def end(self) -> None:
        """All of it."""
        for process in (*self.workers, *([self.scheduler] if self.scheduler else ())):
            process.kill()
            process.wait()
        self.workers.clear()

    def _start(self, module: str, *options: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.{module}", *options],
            env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip


def begin_run(*options: str) -> subprocess.Popen[str]:
    """The command, under way."""
    return subprocess.Popen(
        [sys.executable, "-m", "standoff", *COMMAND, *options],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT,
    )  # fmt: skip


def digest_of(run: subprocess.Popen[str]) -> str:
    """Of a run that ended well."""
    out, said = run.communicate()
    if run.returncode:
        raise RuntimeError(said)
    return str(json.loads(out)["digest"])


def killed(cluster: Cluster, folder: Path, kills: int, luck: random.Random) -> tuple[list[str], int]:
    """Digests of runs while so many workers were killed, and how many shards were lost or changed."""
    digests, n, lost = list[str](), 0, 0
    while n < kills:
        out = folder / f"killed{len(digests)}"
        run = begin_run("--on", cluster.address, "--out", str(out))
        before: dict[Path, bytes] = {}
        while run.poll() is None:
            time.sleep(luck.uniform(0.5, 2.0))
            if run.poll() is None and n < kills and list(out.glob("shards/*")):
                victim = cluster.workers.pop(luck.randrange(len(cluster.workers)))
                before |= {path: path.read_bytes() for path in out.glob("shards/*.parquet")}
                victim.send_signal(signal.SIGKILL)
                victim.wait()
                cluster.join()
                n += 1
        digests.append(digest_of(run))
        lost += sum(not path.exists() or path.read_bytes() != data for path, data in before.items())
    return digests, lost


def scheduler_killed(cluster: Cluster, folder: Path) -> tuple[str, str]:
    """What a run says whose scheduler is killed, and the digest of the same command with another."""
    out = folder / "scheduler"
    run = begin_run("--on", cluster.address, "--out", str(out))
    while run.poll() is None and len(list(out.glob("shards/*.parquet"))) < 3:
        time.sleep(0.05)
    assert cluster.scheduler is not None
    cluster.scheduler.kill()
    _, said = run.communicate()
    kept = len(list(out.glob("shards/*.parquet")))
    cluster.end()
    cluster.begin(2)
    again = digest_of(begin_run("--on", cluster.address, "--out", str(out)))
    return f"exit {run.returncode} with {kept} shards kept: {said.strip().splitlines()[-1]}", again


def main(kills: int = 20) -> int:
    """Print what was tried; 1 where a digest differs or a shard was lost."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as ending:
        folder = Path(name)
        expected = digest_of(begin_run())
        found = [expected]
        print(f"one process: {expected}", flush=True)
        cluster = Cluster(folder)
        ending.callback(cluster.end)
        for n in (1, 2, 4):
            cluster.begin(n)
            begun = time.perf_counter()
            found.append(digest_of(begin_run("--on", cluster.address, "--out", str(folder / f"by{n}"))))
            print(f"{n} workers: {found[-1]}, {time.perf_counter() - begun:.0f} s", flush=True)
            cluster.end()
        cluster.begin(2)
        digests, lost = killed(cluster, folder, kills, random.Random(1))
        found += digests
        print(f"{kills} workers killed in {len(digests)} runs: {', '.join(digests)}; shards lost: {lost}", flush=True)
        said, again = scheduler_killed(cluster, folder)
        found.append(again)
        print(f"scheduler killed: {said}\nthe same command with another: {again}", flush=True)
        is_same = set(found) == {expected} and not lost
        print("the same digest every time" if is_same else "DIGESTS DIFFER OR SHARDS WERE LOST")
        return 0 if is_same else 1


if __name__ == "__main__":
    sys.exit(main(*(int(word) for word in sys.argv[1:])))
