"""Games and studies through the application, and everything that a hostile request may try."""

import re
import time

import pytest
from starlette.testclient import TestClient

from standoff.language.load import find_study
from standoff.workbench.app import make_app
from standoff.workbench.guard import MOST_BYTES
from standoff.workbench.handling.desk import Desk
from standoff.workbench.keeping.database import Database
from standoff.workbench.keeping.games import Games

HOST = "127.0.0.1:8700"
ORIGIN = {"origin": f"http://{HOST}"}
TOKEN = "a-token-of-this-launch"
FORM = {**ORIGIN, "content-type": "application/x-www-form-urlencoded"}
FILE = {**ORIGIN, "content-type": "multipart/form-data; boundary=x"}


def opened(folder):
    app = make_app(Desk(folder, TOKEN, apart=False), (HOST,))
    return TestClient(app, base_url=f"http://{HOST}", follow_redirects=False)


@pytest.fixture
def client(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    (tmp_path / "desk").mkdir()
    return opened(tmp_path / "desk")


@pytest.fixture
def games(client, tmp_path):
    return Games(Database(tmp_path / "desk" / ".standoff" / "workbench.sqlite"))


def facilitator(client):
    assert client.get(f"/?token={TOKEN}").status_code == 303
    return client


def begin(client, *seats, study="rivals"):
    """A new game: its name, and the links of its seats in their order."""
    page = facilitator(client).post(f"/study/{study}/play", data={"seat": list(seats), "luck": "7"}, headers=ORIGIN)
    assert page.status_code == 200, page.text
    return re.search(r"/game/([0-9a-f]+)", page.text).group(1), re.findall(r">http://[^<]*(/seat/[^<]+)</a>", page.text)


def choose(client, link, step, **choices):
    data = {"step": str(step), **{name.replace("__", "."): option for name, option in choices.items()}}
    return client.post(f"{link}/choose", data=data, headers=ORIGIN)


def looked_back(client, link):
    """A player's page, once it shows what the game came to: no step waits for that."""
    while "is being worked out" in (page := client.get(link).text):
        time.sleep(0.05)
    return page


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
    page = looked_back(client, north)
    assert "The end" in page
    assert "Your choices, looked at again" in page
    assert "What you could have known" in page
    assert page.count('class="other"') >= 2
    assert "race on" in page
    assert "North: build; South, line: " in page
    assert "The game is over." in client.get(f"/game/{name}").text


def test_a_choice_is_taken_once_and_for_its_own_step_only(client, games):
    name, (north,) = begin(client, "north")
    choose(client, north, 0, north="build")
    choose(client, north, 0, north="freeze")
    choose(client, north, 5, north="freeze")
    assert [turn.choices for turn in games.table(name).game.turns] == [{"north": "build"}]


def test_nothing_is_chosen_when_the_game_is_over(client, games, tmp_path):
    facilitator(client).post("/new", data={"name": "short", "from": "rivals"}, headers=ORIGIN)
    study = tmp_path / "desk" / "short" / "study.yaml"
    study.write_text(study.read_text().replace("steps: 16", "steps: 2"))
    name, (north,) = begin(client, "north", study="short")
    answers = [choose(client, north, step, north="build").status_code for step in range(4)]
    assert answers == [303, 303, 400, 303]
    assert len(games.table(name).game.turns) == 2
    assert "The end" in client.get(north).text


def test_a_facilitator_pauses_sets_and_steps_back(client, games):
    name, (north,) = begin(client, "north")
    do = lambda **data: client.post(f"/game/{name}/do", data=data, headers=ORIGIN)  # noqa: E731
    do(what="pause")
    assert choose(client, north, 0, north="build").status_code == 400
    assert do(what="inject", name="trust", value="lots").status_code == 400
    do(what="inject", name="trust", value="0.9")
    do(what="resume")
    choose(client, north, 0, north="build")
    assert games.table(name).game.turns[0].injected == {"trust": 0.9}
    do(what="back")
    assert games.table(name).game.turns == ()


def test_a_facilitator_branches_and_both_games_go_on(client, games):
    name, (north,) = begin(client, "north")
    for step in range(3):
        choose(client, north, step, north="build")
    page = client.post(f"/game/{name}/do", data={"what": "branch", "step": "1"}, headers=ORIGIN).text
    other = re.search(r"/game/([0-9a-f]+)", page).group(1)
    (link,) = re.findall(r">http://[^<]*(/seat/[^<]+)</a>", page)
    choose(client, link, 1, north="freeze")
    assert [turn.choices["north"] for turn in games.table(other).game.turns] == ["build", "freeze"]
    assert len(games.table(name).game.turns) == 3


def test_a_facilitator_shows_everything_and_hides_it_again(client):
    name, (north,) = begin(client, "north")
    choose(client, north, 0, north="build")
    client.post(f"/game/{name}/do", data={"what": "reveal"}, headers=ORIGIN)
    assert "What you could have known" in looked_back(client, north)
    client.post(f"/game/{name}/do", data={"what": "hide"}, headers=ORIGIN)
    assert "What you could have known" not in client.get(north).text


def test_games_outlive_the_server(client, tmp_path):
    _, (north,) = begin(client, "north")
    choose(client, north, 0, north="build")
    assert "Q2 2025" in opened(tmp_path / "desk").get(north).text


def test_the_last_choice_and_its_step_are_kept_together(client, games):
    name, (north,) = begin(client, "north")
    assert games.choose(name, 0, "north", {"north": "build"})
    assert len(games.table(name).game.turns) == 1
    assert "Q2 2025" in client.get(north).text


def test_a_game_goes_on_when_its_study_is_changed(client, tmp_path):
    facilitator(client).post("/new", data={"name": "mine", "from": "rivals"}, headers=ORIGIN)
    _, (north,) = begin(client, "north", study="mine")
    study = tmp_path / "desk" / "mine" / "study.yaml"
    study.write_text(study.read_text().replace("steps: 16", "steps: 4"))
    choose(client, north, 0, north="build")
    assert "Step 2 of 16" in client.get(north).text


STUDY = "/study/rivals"
PAGES = ("/", "/runs", "/games", "/game/abc", "/game/abc/events", STUDY, f"{STUDY}/edit/study.yaml",
         f"{STUDY}/history/study.yaml", f"{STUDY}/documents", f"{STUDY}/document/a.txt", "/run/abc", "/run/abc/brief",
         "/compare", "/game/abc/file")  # fmt: skip
WRITES = ("/new", "/game/abc/do", f"{STUDY}/play", f"{STUDY}/run", f"{STUDY}/edit/study.yaml", "/run/abc/do",
          f"{STUDY}/edit/study.yaml/problems", f"{STUDY}/edit/study.yaml/words", f"{STUDY}/edit/study.yaml/look",
          f"{STUDY}/edit/study.yaml/map", f"{STUDY}/document/a.txt")  # fmt: skip
ADDRESSES = (
    "/seat/../../etc/passwd", "/static/../app.py", "/static/%2e%2e/app.py", "/static//etc/passwd", "/seat/%00",
    "/seat/' or 1=1 --", "/game/' union select 1 --", "/seat/" + "a" * 150, "/static/..%2f..%2fapp.py", "/seat/",
    "/study/%2e%2e", "/study/..%2f..%2fetc", 
    "/study/rivals/edit/..%2fstudy.yaml", "/study/rivals/edit/%2fetc%2fpasswd", "/study/rivals/edit/passwd",
    "/study/rivals/history/facts.csv", "/study/rivals/history/study.yaml?of=999999", "/study//edit/study.yaml",
    "/study/rivals/document/..%2f..%2fstudy.yaml", "/study/rivals/document/%2fetc%2fpasswd", "/run/..%2f..",
    "/study/rivals/document/.hidden", "/run/../../etc/brief", "/run/%00/brief", "/compare?before=..&after=..",
    "/compare?before=/etc&after=/etc", "/study/%00", "/study/rivals%00", "/game/%2e%2e/file",
)  # fmt: skip
HOSTS = ("evil.example", "127.0.0.1:8701", "", "127.0.0.1:8700.evil.example", "127.0.0.1", "[::1]:8700", "localhost")
ORIGINS = ("", "null", "http://evil.example", f"http://{HOST}.evil.example", "https://", f"ftp://{HOST}",
           "http://localhost")  # fmt: skip
TOKENS = ("", "x", TOKEN[:-1], TOKEN + "x", TOKEN.upper(), "\N{DRAGON}")


@pytest.mark.parametrize("token", TOKENS)
def test_without_the_token_no_page_but_a_players_opens(client, token):
    cookie = {"cookie": b"standoff=" + token.encode()}
    for path in PAGES:
        assert client.get(path, params={"token": token}).status_code == 403, path
        assert client.get(path, headers=cookie).status_code == 403, path
    for path in WRITES:
        assert client.post(path, content=b"text=a", headers={**FORM, **cookie}).status_code == 403, path
    assert client.post(f"{STUDY}/drop", content=b"--x--", headers={**FILE, **cookie}).status_code == 403


@pytest.mark.parametrize("host", HOSTS)
def test_another_name_for_the_server_is_refused(client, host):
    facilitator(client)
    for path in (*PAGES, *WRITES, "/seat/abc", "/static/desk.css"):
        assert client.get(path, headers={"host": host}).status_code == 421, path


@pytest.mark.parametrize("origin", ORIGINS)
def test_a_form_of_another_page_is_refused(client, origin):
    facilitator(client)
    headers = {} if origin == "" else {"origin": origin}
    for path in (*WRITES, f"{STUDY}/drop", "/seat/abc/choose"):
        assert client.post(path, data={"what": "pause"}, headers=headers).status_code == 403, path


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods_are_refused(client, method):
    facilitator(client)
    for path in (*PAGES, *WRITES, "/seat/abc"):
        assert client.request(method, path).status_code == 405, path


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data; boundary=x", ""])
def test_other_kinds_of_body_are_refused(client, kind):
    facilitator(client)
    for path in (*WRITES, "/seat/abc/choose"):
        found = client.post(path, content=b"{}", headers={**ORIGIN, "content-type": kind})
        assert found.status_code == 415, path
    if not kind.startswith("multipart"):
        drop = client.post(f"{STUDY}/drop", content=b"{}", headers={**ORIGIN, "content-type": kind})
        assert drop.status_code == 415


@pytest.mark.parametrize("path", ["/new", "/game/abc/do", f"{STUDY}/play", f"{STUDY}/run", "/run/abc/do",
                                  "/seat/abc/choose", f"{STUDY}/document/a.txt"])  # fmt: skip
def test_a_body_beyond_bounds_is_refused(client, path):
    assert facilitator(client).post(path, content=b"a=" + b"x" * MOST_BYTES, headers=FORM).status_code == 413


@pytest.mark.parametrize("path", [f"{STUDY}/edit/study.yaml", f"{STUDY}/edit/study.yaml/problems", f"{STUDY}/drop"])
def test_only_who_has_the_token_may_send_a_long_text(client, path):
    headers = FILE if path.endswith("drop") else FORM
    assert client.post(path, content=b"text=" + b"x" * MOST_BYTES, headers=headers).status_code == 413


@pytest.mark.parametrize("what", ["problems", "words", "look", "map", ""])
def test_a_text_longer_than_a_study_may_be_is_refused(client, what):
    path = f"{STUDY}/edit/study.yaml/{what}".rstrip("/")
    found = facilitator(client).post(path, content=b"at=0&text=" + b"x" * 1_000_001, headers=FORM)
    assert found.status_code == (413 if what else 403)


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_that_leads_elsewhere_finds_nothing(client, address):
    found = facilitator(client).get(address)
    assert found.status_code in (307, 400, 404, 405, 414)
    assert "Traceback" not in found.text
    assert "root:" not in found.text


@pytest.mark.parametrize("field", ["seat", "odds", "luck", "what", "step", "north"])
@pytest.mark.parametrize("value", ["", "../../etc", "<script>alert(1)</script>", "9" * 5000, "\x00", "-1", "a' --"])
def test_nonsense_in_a_form_of_a_game_is_told_and_never_run(client, field, value):
    name, (north,) = begin(client, "north")
    data = {"seat": "north", "luck": "1", "what": "pause", "step": "0", "north": "build", field: value}
    for path in (f"{STUDY}/play", f"/game/{name}/do", f"{north}/choose"):
        _is_told(client.post(path, data=data, headers=ORIGIN))


@pytest.mark.parametrize("field", ["worlds", "replications", "seed", "variant", "set", "name", "from", "what", "at"])
@pytest.mark.parametrize("value", ["../../etc", "<script>alert(1)</script>", "9" * 5000, "\x00", "-1", "1e9", "a = b"])
def test_nonsense_in_a_form_of_a_study_is_told_and_never_run(client, field, value):
    data = {"worlds": "1", "replications": "1", "name": "../a", "from": "rivals", "what": "", "text": "a: [", "at": "0",
            field: value}  # fmt: skip
    facilitator(client)
    for path in ("/new", f"{STUDY}/run", f"{STUDY}/edit/study.yaml/words", "/run/abc/do"):
        _is_told(client.post(path, data=data, headers=ORIGIN))


def _is_told(found):
    assert found.status_code in (200, 303, 400, 404), found.status_code
    assert "<script>alert" not in found.text
    assert "Traceback" not in found.text


def test_a_player_cannot_open_anothers_pages(client):
    name, (north,) = begin(client, "north")
    client.cookies.clear()
    assert client.get(f"/game/{name}").status_code == 403
    assert client.get(f"/game/{name}/file").status_code == 403
    assert client.get(north).status_code == 200
    assert client.get(north + "x").status_code == 404
    assert client.get(north).text.count("/study/") == 0


def test_every_answer_forbids_what_a_page_does_not_need(client):
    for path in ("/", "/seat/abc", "/static/follow.js"):
        policy = client.get(path).headers["content-security-policy"]
        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy


def test_a_study_with_markup_in_its_texts_is_shown_as_text(client, tmp_path):
    folder = tmp_path / "desk" / "marked"
    folder.mkdir()
    title = 'title: "<img src=x onerror=alert(1)></textarea><svg onload=alert(1)>"'
    text = find_study("rivals").read_text().replace("title: Two rivals, one freeze", title)
    (folder / "study.yaml").write_text(text.replace("cites: [rivals-fear]", "judgement: none"))
    facilitator(client)
    for path in ("/", "/study/marked", "/study/marked/edit/study.yaml"):
        page = client.get(path).text
        assert "<img" not in page
        assert "<svg onload" not in page
        assert "&lt;img" in page


@pytest.mark.parametrize("way", ["folder", "file"])
def test_a_link_out_of_the_folder_is_no_study(client, tmp_path, way):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "study.yaml").write_text(find_study("rivals").read_text())
    if way == "folder":
        (tmp_path / "desk" / "linked").symlink_to(outside)
    else:
        (tmp_path / "desk" / "linked").mkdir()
        (tmp_path / "desk" / "linked" / "study.yaml").symlink_to(outside / "study.yaml")
    assert "linked" not in facilitator(client).get("/").text
    assert client.get("/study/linked").status_code == 404


@pytest.mark.parametrize("content", [b"", b"not a database at all" * 100])
def test_a_database_that_is_none_is_told(tmp_path, content):
    path = tmp_path / "workbench.sqlite"
    path.write_bytes(content)
    if content:
        with pytest.raises(ValueError, match="is no database"):
            Database(path)
    else:
        assert Games(Database(path)).games() == ()
