"""Load: 60 players in 30 games at once, two runs in the queue all the time.

Run `python -m tools.workbench.load [MINUTES] [PLAYERS]`: 30 minutes and 60 players by default. It prints how long steps
took, moves that were acknowledged and are not in their game, and memory over time. Each player's page follows its game
by server-sent events, as a browser's does. What was asked while this process itself was stopped, by a laptop's sleep or
by whoever measures beside it, says nothing of the server: it is counted, and shown apart.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx2
import numpy as np

from standoff.workbench.keeping.database import Database
from standoff.workbench.keeping.games import Games
from tools.workbench.served import Served, links_of, memory_of, serving

_THINK = (1.0, 5.0)
"""Seconds that a player looks at a page before choosing."""
_TICK, _STOPPED = 0.1, 1.5
"""Seconds between two looks at the clock, and what between them means that this process was stopped."""


@dataclass
class Found:
    """What was measured: when steps, pages and looks back at ended games were asked for and came, moves that were
    acknowledged, what was refused, how often pages were told of a change, when this process was stopped, and by second
    the megabytes of the server with its hands and of the run under way."""

    steps: list[tuple[float, float]] = field(default_factory=list)
    pages: list[tuple[float, float]] = field(default_factory=list)
    back: list[tuple[float, float]] = field(default_factory=list)
    told: int = 0
    stops: list[tuple[float, float]] = field(default_factory=list)
    moves: list[tuple[str, str, int, str]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    games: int = 0
    memory: list[tuple[float, float, float]] = field(default_factory=list)


async def play(served: Served, client: httpx2.AsyncClient, until: float, found: Found, *, luck: random.Random) -> None:
    """Two people at one game after another."""
    while time.monotonic() < until:
        data = {"seat": ["north", "south"], "luck": str(luck.randrange(9999))}
        page = await _asked(found, client, "/study/rivals/play", data, cookies=served.client.cookies)
        name, (north, south) = links_of(page.text)
        found.games += 1
        following = [asyncio.create_task(_follow(found, client, link)) for link in (north, south)]
        await _play_on(client, found, (name, north, south), until=until, luck=luck)
        for one in following:
            one.cancel()


async def _play_on(
    client: httpx2.AsyncClient, found: Found, of: tuple[str, str, str], *, until: float, luck: random.Random
) -> None:
    """One game to its end, or until it is time."""
    name, north, south = of
    for step in range(16):
        if time.monotonic() > until:
            return
        for link, own in ((north, {"north": "freeze"}), (south, {"south.line": "build", "south.word": "keep"})):
            await asyncio.sleep(luck.uniform(*_THINK))
            begun = time.monotonic()
            if "The end" in (await _asked(found, client, link)).text:
                break
            found.pages.append((begun, time.monotonic()))
            begun = time.monotonic()
            await _asked(found, client, f"{link}/choose", {"step": str(step), **own})
            found.moves += [(name, family, step, option) for family, option in own.items()]
            if link == south:  # whoever chose last: the step, and the page that shows it
                found.steps.append((begun, time.monotonic()))
    begun = time.monotonic()
    while "could have known" not in (await _asked(found, client, south)).text and time.monotonic() < until:
        await asyncio.sleep(0.5)
    found.back.append((begun, time.monotonic()))


async def _follow(found: Found, client: httpx2.AsyncClient, link: str) -> None:
    """As a page does that is open; what it is told it would look at."""
    while True:
        with suppress(httpx2.TransportError):
            async with client.stream("GET", f"{link}/events", timeout=None) as answer:
                async for line in answer.aiter_lines():
                    found.told += line.startswith("data:")
        await asyncio.sleep(2.0)


async def _watch_clock(found: Found) -> None:
    last = time.monotonic()
    while True:
        await asyncio.sleep(_TICK)
        now = time.monotonic()
        if now - last > _STOPPED:
            found.stops.append((last, now))
        last = now


async def _asked(
    found: Found, client: httpx2.AsyncClient, address: str, data: dict[str, Any] | None = None, *, cookies: Any = None
) -> httpx2.Response:
    """What comes back; what was refused is asked again, as a person would, and the time goes on."""
    headers = {"origin": str(client.base_url).rstrip("/")}
    method = "GET" if data is None else "POST"
    while True:
        try:
            answer = await client.request(method, address, data=data, headers=headers, cookies=cookies)
        except httpx2.TransportError as error:
            found.refused.append(type(error).__name__)
        else:
            if answer.status_code == 200:
                return answer
            found.refused.append(f"{answer.status_code} {answer.text[-200:]}")
        await asyncio.sleep(0.5)


async def measure(served: Served, minutes: float, players: int) -> Found:
    """All games at once."""
    found = Found()
    begun = time.monotonic()
    limits = httpx2.Limits(max_connections=3 * players)  # each has a stream, and may ask beside it
    async with httpx2.AsyncClient(
        base_url=served.address, timeout=600.0, follow_redirects=True, limits=limits
    ) as client:
        games = [
            asyncio.create_task(play(served, client, begun + 60.0 * minutes, found, luck=random.Random(i)))
            for i in range(players // 2)
        ]
        clock = asyncio.create_task(_watch_clock(found))
        while not all(game.done() for game in games):
            await asyncio.to_thread(_queue_runs, served)
            await asyncio.sleep(5.0)
            found.memory.append((time.monotonic() - begun, *memory_of(served.process.pid)))
            if len(found.memory) % 12 == 0:
                seconds, own, run = found.memory[-1]
                print(f"{seconds:.0f} s: {len(found.steps)} steps, {own:.0f} MB, the run {run:.0f} MB", flush=True)
        clock.cancel()
        await asyncio.gather(*games)
    return found


def _queue_runs(served: Served) -> None:
    """Two runs that wait or are worked on."""
    states = _states(served)
    for i in range(2 - states.count("running") - states.count("waiting")):
        seed = str(len(states) + i + 1)
        served.post("/study/korea/run", worlds="256", replications="4", seed=seed, brief="1")


def lost(folder: Path, found: Found) -> list[tuple[str, str, int, str]]:
    """Acknowledged moves that are in no game."""
    games = Games(Database(folder / ".standoff" / "workbench.sqlite"))
    missing = []
    for name, family, step, option in found.moves:
        table = games.table(name)
        assert table is not None
        turns = table.game.turns
        open_now = {f: o for own in table.chosen.values() for f, o in own.items()}
        kept = turns[step].choices.get(family) if step < len(turns) else open_now.get(family)
        if kept != option:
            missing.append((name, family, step, option))
    return missing


def main(minutes: float, players: int) -> None:
    """Measure, and print."""
    with TemporaryDirectory() as place, serving(Path(place)) as served:
        os.nice(5)  # the players stand for other machines
        found = asyncio.run(measure(served, minutes, players))
        print(f"{players} players, {found.games} games, {len(found.moves)} moves in {minutes:g} minutes; "
              f"pages were told {found.told} times")  # fmt: skip
        print(f"lost moves: {len(lost(Path(place), found))}")
        print(f"refused and asked again: {len(found.refused)}", *sorted(set(found.refused)), sep="\n")
        print(f"this process was stopped {len(found.stops)} times, {sum(end - at for at, end in found.stops):.0f} s")
        for name, asked in (("step", found.steps), ("page", found.pages), ("look back", found.back)):
            ours = [(at, end) for at, end in asked if not any(at < last and first < end for first, last in found.stops)]
            for kind, of in ((name, ours), (f"{name}, with those stopped", asked)):
                print(f"{kind}: {_said(np.array([end - at for at, end in of]))}")
        half = len(found.memory) // 2
        early, late = (
            np.mean([own for _, own, _ in part]) for part in (found.memory[half // 2 : half], found.memory[half:])
        )
        print(f"memory without the runs: {early:.0f} MB in the second quarter, {late:.0f} MB in the second half")
        print("runs:", ", ".join(line for line in _states(served)))


def _said(times: np.ndarray[Any, Any]) -> str:
    if not times.size:
        return "none"
    return (
        f"{times.size}, median {1000 * np.median(times):.0f} ms, 95 % {1000 * np.quantile(times, 0.95):.0f} ms, "
        f"under 300 ms {100 * np.mean(times < 0.3):.1f} %, most {1000 * times.max():.0f} ms"
    )


def _states(served: Served) -> list[str]:
    page = served.client.get("/runs").text
    return [
        state
        for state in ("done", "running", "waiting", "failed", "stopped")
        for _ in range(page.count(f"<td>{state}"))
    ]


if __name__ == "__main__":
    given = [float(one) for one in sys.argv[1:]] + [30.0, 60.0][len(sys.argv) - 1 :]
    main(given[0], int(given[1]))
