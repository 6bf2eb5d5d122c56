import re

import pytest
from starlette.testclient import TestClient

from standoff.language.load import find_study
from standoff.workbench.app import make_app
from standoff.workbench.guard import MOST_BYTES
from standoff.workbench.store import Store

HOST = "127.0.0.1:8700"
ORIGIN = {"origin": f"http://{HOST}"}
TOKEN = "a-token-of-this-launch"


@pytest.fixture
def client(tmp_path):
    with TestClient(make_app(tmp_path, TOKEN, (HOST,)), base_url=f"http://{HOST}", follow_redirects=False) as one:
        yield one


def facilitator(client):
    assert client.get(f"/?token={TOKEN}").status_code == 303
    return client


def begin(client, *seats, study="rivals"):
    """A new game: its name, and the links of its seats in their order."""
    page = facilitator(client).post("/new", data={"study": study, "seat": list(seats), "luck": "7"}, headers=ORIGIN)
    assert page.status_code == 200, page.text
    return re.search(r"/game/([0-9a-f]+)", page.text).group(1), re.findall(r">http://[^<]*(/seat/[^<]+)</a>", page.text)


def choose(client, link, step, **choices):
    data = {"step": str(step), **{name.replace("__", "."): option for name, option in choices.items()}}
    return client.post(f"{link}/choose", data=data, headers=ORIGIN)


def test_a_game_of_two_goes_a_step_when_both_have_chosen(client):
    _, (north, south) = begin(client, "north", "south")
    choose(client, north, 0, north="freeze")
    waiting = client.get(north).text
    assert "You chose freeze. Waiting for the others." in waiting
    choose(client, south, 0, south__line="freeze", south__word="keep")
    assert "Q2 2025" in client.get(north).text
    assert "Since the last step" in client.get(north).text


def test_a_player_sees_nothing_of_what_the_actor_cannot_see(client):
    _, (north, south) = begin(client, "north", "south")
    choose(client, north, 0, north="freeze")
    choose(client, south, 0, south__line="freeze", south__word="cheat")
    page = client.get(north).text
    assert "cheat" not in page
    assert "word" not in page
    assert south.rpartition("/")[2] not in page


def test_a_game_is_played_to_its_end_and_looked_at_again(client):
    name, (north,) = begin(client, "north")
    for step in range(16):
        choose(client, north, step, north="build")
    page = client.get(north).text
    assert "The end" in page
    assert "Your choices, looked at again" in page
    assert "The game is over." in client.get(f"/game/{name}").text


def test_a_choice_is_taken_once_and_for_its_own_step_only(client, tmp_path):
    name, (north,) = begin(client, "north")
    choose(client, north, 0, north="build")
    choose(client, north, 0, north="freeze")
    choose(client, north, 5, north="freeze")
    turns = Store(tmp_path / ".standoff" / "games.sqlite").table(name).game.turns
    assert [turn.choices for turn in turns] == [{"north": "build"}]


def test_a_facilitator_pauses_sets_and_steps_back(client, tmp_path):
    name, (north,) = begin(client, "north")
    do = lambda **data: client.post(f"/game/{name}/do", data=data, headers=ORIGIN)  # noqa: E731
    do(what="pause")
    assert choose(client, north, 0, north="build").status_code == 400
    assert do(what="inject", name="trust", value="lots").status_code == 400
    do(what="inject", name="trust", value="0.9")
    do(what="resume")
    choose(client, north, 0, north="build")
    game = Store(tmp_path / ".standoff" / "games.sqlite").table(name).game
    assert game.turns[0].injected == {"trust": 0.9}
    do(what="back")
    assert Store(tmp_path / ".standoff" / "games.sqlite").table(name).game.turns == ()


def test_games_outlive_the_server(client, tmp_path):
    _, (north,) = begin(client, "north")
    choose(client, north, 0, north="build")
    with TestClient(make_app(tmp_path, "another", (HOST,)), base_url=f"http://{HOST}") as again:
        assert "Q2 2025" in again.get(north).text


PAGES = ("/", "/game/abc", "/game/abc/events")
WRITES = ("/new", "/game/abc/do")
ADDRESSES = (
    "/seat/../../etc/passwd", "/static/../app.py", "/static/%2e%2e/app.py", "/static//etc/passwd", "/seat/%00",
    "/seat/' or 1=1 --", "/game/' union select 1 --", "/seat/" + "a" * 150, "/static/..%2f..%2fapp.py", "/seat/",
)  # fmt: skip
HOSTS = ("evil.example", "127.0.0.1:8701", "", "127.0.0.1:8700.evil.example", "127.0.0.1", "[::1]:8700", "localhost")
ORIGINS = (
    "",
    "null",
    "http://evil.example",
    f"http://{HOST}.evil.example",
    "https://",
    f"ftp://{HOST}",
    "http://localhost",
)
TOKENS = ("", "x", TOKEN[:-1], TOKEN + "x", TOKEN.upper(), "\N{DRAGON}")


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("token", TOKENS)
def test_without_the_token_no_page_of_the_facilitator_opens(client, path, token):
    assert client.get(path, params={"token": token}).status_code == 403
    cookie = b"standoff=" + token.encode()
    assert client.get(path, headers=[(b"cookie", cookie)]).status_code == 403


@pytest.mark.parametrize("path", (*PAGES, *WRITES, "/seat/abc", "/static/desk.css"))
@pytest.mark.parametrize("host", HOSTS)
def test_another_name_for_the_server_is_refused(client, path, host):
    facilitator(client)
    assert client.get(path, headers={"host": host}).status_code == 421


@pytest.mark.parametrize("path", (*WRITES, "/seat/abc/choose"))
@pytest.mark.parametrize("origin", ORIGINS)
def test_a_form_of_another_page_is_refused(client, path, origin):
    facilitator(client)
    headers = {} if origin == "" else {"origin": origin}
    assert client.post(path, data={"what": "pause"}, headers=headers).status_code == 403


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
@pytest.mark.parametrize("path", (*PAGES, *WRITES, "/seat/abc"))
def test_other_methods_are_refused(client, path, method):
    assert facilitator(client).request(method, path).status_code == 405


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data; boundary=x", ""])
@pytest.mark.parametrize("path", (*WRITES, "/seat/abc/choose"))
def test_other_kinds_of_body_are_refused(client, path, kind):
    assert facilitator(client).post(path, content=b"{}", headers={**ORIGIN, "content-type": kind}).status_code == 415


@pytest.mark.parametrize("path", (*WRITES, "/seat/abc/choose"))
def test_a_body_beyond_bounds_is_refused(client, path):
    headers = {**ORIGIN, "content-type": "application/x-www-form-urlencoded"}
    assert facilitator(client).post(path, content=b"a=" + b"x" * MOST_BYTES, headers=headers).status_code == 413


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_that_leads_elsewhere_finds_nothing(client, address):
    found = facilitator(client).get(address)
    assert found.status_code in (400, 404, 405, 414)
    assert "Traceback" not in found.text
    assert "root:" not in found.text


@pytest.mark.parametrize("field", ["study", "seat", "odds", "luck", "what", "step", "north"])
@pytest.mark.parametrize(
    "value", ["", "../../etc", "<script>alert(1)</script>", "9" * 5000, "\x00", "-1", "rivals' --"]
)
def test_nonsense_in_a_form_is_told_and_never_run(client, field, value):
    name, (north,) = begin(client, "north")
    data = {
        "study": "rivals",
        "seat": "north",
        "luck": "1",
        "what": "pause",
        "step": "0",
        "north": "build",
        field: value,
    }
    for path in ("/new", f"/game/{name}/do", f"{north}/choose"):
        found = client.post(path, data=data, headers=ORIGIN)
        assert found.status_code in (200, 303, 400), (path, found.status_code)
        assert "<script>alert" not in found.text
        assert "Traceback" not in found.text


def test_a_player_cannot_open_anothers_pages(client):
    name, (north,) = begin(client, "north")
    client.cookies.clear()
    assert client.get(f"/game/{name}").status_code == 403
    assert client.get(north).status_code == 200
    assert client.get(north + "x").status_code == 404


def test_every_answer_forbids_what_a_page_does_not_need(client):
    for path in ("/", "/seat/abc", "/static/follow.js"):
        policy = client.get(path).headers["content-security-policy"]
        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy


def test_a_study_with_markup_in_its_texts_is_shown_as_text(client, tmp_path):
    folder = tmp_path / "marked"
    folder.mkdir()
    text = (
        find_study("rivals")
        .read_text()
        .replace("title: Two rivals, one freeze", 'title: "<img src=x onerror=alert(1)>"')
    )
    (folder / "study.yaml").write_text(text.replace("cites: [rivals-fear]", "judgement: none"))
    page = facilitator(client).get("/").text
    assert "<img" not in page
    assert "&lt;img" in page


@pytest.mark.parametrize("content", [b"", b"not a database at all" * 100])
def test_a_database_that_is_none_is_told(tmp_path, content):
    path = tmp_path / "games.sqlite"
    path.write_bytes(content)
    if content:
        with pytest.raises(ValueError, match="is no database of games"):
            Store(path)
    else:
        assert Store(path).games() == ()
