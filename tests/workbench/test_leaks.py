"""What a player's link opens, over every address there is; and games that leave the folder where they were begun."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from starlette.routing import Route
from starlette.testclient import TestClient

from standoff.cli import main
from standoff.workbench.app import make_app
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
            continue  # it does not end; what it tells is tried below
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
    done = CliRunner().invoke(main, ["trace", "rivals", "--played", str(file), "--to", "2", "--json"])
    assert done.exit_code == 0, done.output
    steps = json.loads(done.stdout)["steps"]
    assert [(step["choice"]["north"], step["choice"]["south.line"]) for step in steps] == played
