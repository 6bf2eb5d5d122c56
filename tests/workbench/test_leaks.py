"""What a player's link opens, over every address there is; and games that leave the folder where they were begun."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.routing import Route
from starlette.testclient import TestClient

from standoff.workbench.app import make_app
from standoff.workbench.handling import desk
from standoff.workbench.handling.desk import Desk

HOST, TOKEN = "127.0.0.1:8700", "a-token-of-this-launch"
ORIGIN = {"origin": f"http://{HOST}"}
OPEN = {"/seat/{secret}", "/seat/{secret}/choose", "/seat/{secret}/events"}


def opened(folder: Path) -> TestClient:
    app = make_app(Desk(folder, TOKEN, apart=False), (HOST,))
    return TestClient(app, base_url=f"http://{HOST}", follow_redirects=False)


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    (tmp_path / "desk").mkdir()
    return opened(tmp_path / "desk")


def begin(client: TestClient) -> tuple[str, str, str]:
    """A game of two that one of them has chosen in: its name, and the links of both."""
    client.get(f"/?token={TOKEN}")
    page = client.post("/study/rivals/play", data={"seat": ["north", "south"], "luck": "7"}, headers=ORIGIN).text
    name = re.search(r"/game/([0-9a-f]+)", page)
    assert name is not None
    north, south = re.findall(r">http://[^<]*(/seat/[^<]+)</a>", page)
    return name[1], north, south


def choose(client: TestClient, link: str, step: int, **choices: str) -> None:
    assert client.post(f"{link}/choose", data={"step": str(step), **choices}, headers=ORIGIN).status_code == 303


def routes(client: TestClient) -> list[Route]:
    app: Any = client.app
    while not hasattr(app, "routes"):
        app = app.app
    return [route for route in app.routes if isinstance(route, Route)]


def test_a_players_link_opens_its_own_pages_and_no_others(client: TestClient) -> None:
    name, north, south = begin(client)
    choose(client, south, 0, **{"south.line": "freeze", "south.word": "cheat"})
    client.cookies.clear()
    secret = north.rpartition("/")[2]
    tried = 0
    for route in routes(client):
        path = route.path
        for parameter, value in (("secret", secret), ("study", "rivals"), ("name", name), ("file", "study.yaml")):
            path = re.sub(rf"\{{{parameter}(:\w+)?\}}", value, path)
        path = re.sub(r"\{\w+(:\w+)?\}", "1", path)
        if path.endswith("/events") and route.path in OPEN:
            continue  # it does not end; what it tells is tried in the next test but one
        for method in sorted((route.methods or set()) & {"GET", "POST"}):
            headers = {**ORIGIN, "x-token": secret, "authorization": f"Bearer {secret}"}
            body = {} if method == "GET" else {"data": {"x": "1"}}
            answer = client.request(method, path, params={"token": secret}, headers=headers, **body)
            tried += 1
            if not route.path.startswith(("/seat/", "/static")):
                assert answer.status_code in (403, 404, 405, 415), (method, path, answer.status_code)
            told = answer.text + json.dumps(dict(answer.headers))
            for hidden in (TOKEN, south.rpartition("/")[2], "/game/", str(Path.home()), "South chose", "set-cookie"):
                assert hidden not in told, (method, path, hidden)
    assert tried >= 30


def test_what_a_player_is_told_does_not_hang_on_what_the_other_chose(client: TestClient) -> None:
    pages = []
    for choice in ("build", "freeze"):
        _, north, south = begin(client)
        choose(client, south, 0, **{"south.line": choice, "south.word": "keep"})
        answer = client.get(north)
        link = re.escape(north.rpartition("/")[2])
        headers = {name: value for name, value in answer.headers.items() if name != "date"}
        pages.append((re.sub(link, "LINK", answer.text), headers))
    assert pages[0] == pages[1]


def told(client: TestClient, address: str, meanwhile: Callable[[], None]) -> tuple[int, bytes]:
    """The status of what an address streams, and all that it tells until a little after something was done."""
    path, _, query = address.partition("?")
    sent: list[Any] = []

    async def follow() -> None:
        gone = asyncio.Event()
        scope = {
            "type": "http", "method": "GET", "path": path, "query_string": query.encode(), "scheme": "http",
            "headers": [(b"host", HOST.encode())], "http_version": "1.1", "server": ("127.0.0.1", 8700),
        }  # fmt: skip

        async def receive() -> dict[str, Any]:
            await gone.wait()
            return {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        app: Any = client.app
        streaming = asyncio.create_task(app(scope, receive, send))
        while len(sent) < 2:
            await asyncio.sleep(0.01)
        await asyncio.to_thread(meanwhile)
        await asyncio.sleep(0.1)
        gone.set()
        await streaming

    asyncio.run(follow())
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:])


def test_events_tell_a_player_of_the_step_and_of_nothing_before_it(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "_POLL", 0.01)
    name, north, south = begin(client)
    client.cookies.clear()
    events = re.findall(r'data-follow="([^"]+)"', client.get(north).text)[0].replace("%20", " ").replace("+", " ")
    start = b"retry: 2000\n\n"
    other = {"south.line": "build", "south.word": "keep"}
    assert told(client, events, lambda: choose(client, south, 0, **other)) == (200, start)
    assert told(client, events, lambda: choose(client, north, 0, north="build")) == (200, start + b"data: changed\n\n")
    for refused, status in ((f"{north}x/events", 404), (f"/game/{name}/events?token={north[6:]}", 403)):
        assert told(client, refused, lambda: None)[0] == status


def test_games_go_on_when_their_folder_is_moved(client: TestClient, tmp_path: Path) -> None:
    _, north, south = begin(client)
    choose(client, north, 0, north="build")
    (tmp_path / "desk").rename(tmp_path / "elsewhere")
    moved = opened(tmp_path / "elsewhere")
    choose(moved, south, 0, **{"south.line": "build", "south.word": "keep"})
    assert "Step 2 of 16" in moved.get(north).text


def test_the_file_of_a_game_is_traced_by_the_command(client: TestClient, tmp_path: Path) -> None:
    name, north, south = begin(client)
    played = [("build", "freeze"), ("freeze", "freeze"), ("build", "build")]
    for step, (own, other) in enumerate(played):
        choose(client, north, step, north=own)
        choose(client, south, step, **{"south.line": other, "south.word": "keep"})
    file = tmp_path / "game.json"
    file.write_bytes(client.get(f"/game/{name}/file").content)
    command = [sys.executable, "-m", "standoff", "trace", "rivals", "--played", str(file), "--to", "2", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    steps = json.loads(done.stdout)["steps"]
    assert [(step["choice"]["north"], step["choice"]["south.line"]) for step in steps] == played
