"""Two people play a game to its end in two browsers, by keyboard, on the application as it is served."""

import shutil
import socket
import threading
import time

import pytest
import uvicorn

from standoff.workbench.app import make_app

TOKEN = "a-token-of-this-launch"
SIZES = ((375, 812), (820, 1180), (1366, 768))


@pytest.fixture
def served(tmp_path):
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{listening.getsockname()[1]}"
        server = uvicorn.Server(uvicorn.Config(make_app(tmp_path, TOKEN, (host,)), log_level="error", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield f"http://{host}"
        server.should_exit = True
        thread.join()


@pytest.fixture
def chromium():
    sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is missing: pip install -e '.[dev]'")
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("Chromium is missing: apt install chromium")
    with sync_api.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield started
        started.close()


def test_two_people_play_in_two_browsers(served, chromium):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    complaints = []

    def visit(address):
        page = chromium.new_context(viewport={"width": 1366, "height": 768}).new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type in ("warning", "error") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda sent: None if sent.url.startswith((served, "data:")) else complaints.append(sent.url))
        page.goto(address)
        return page

    host = visit(f"{served}/?token={TOKEN}")
    form = host.locator("form", has=host.locator("input[value=rivals]"))
    for box in form.locator("input[type=checkbox]").all():
        box.focus()
        host.keyboard.press("Space")
    form.locator("button").focus()
    host.keyboard.press("Enter")
    host.locator("dd a").first.wait_for()
    links = [link.inner_text() for link in host.locator("dd a").all()]
    north, south = (visit(link) for link in links)
    for page in (host, north, south):
        assert axe.run(page).response["violations"] == []
    for step in range(3):
        for page in (north, south):
            page.get_by_text(f"Step {step + 1} of 16").wait_for()
            page.locator("button").focus()
            page.keyboard.press("Enter")
    north.get_by_text("Step 4 of 16").wait_for()
    for size in SIZES:
        south.set_viewport_size({"width": size[0], "height": size[1]})
        assert south.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert complaints == []
