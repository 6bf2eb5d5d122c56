"""One application as it is served, and one browser, for all tests that look at pages."""

import shutil
import socket
import threading
import time
from pathlib import Path

import pytest
import uvicorn

from standoff.workbench.app import make_app
from standoff.workbench.handling.desk import Desk
from standoff.workbench.serve import configured

TOKEN = "a-token-of-this-launch"


class Visits:
    """Pages of one browser, with all that they complain of or fetch from elsewhere."""

    def __init__(self, address, chromium):
        self.address, self.chromium, self.complaints = address, chromium, []

    def page(self, address="", **options):
        where = address or f"{self.address}/?token={TOKEN}"
        options = {"viewport": {"width": 1366, "height": 768}, **options}
        page = self.chromium.new_context(**options).new_page()
        page.set_default_timeout(30_000)
        page.on("console", lambda said: said.type in ("warning", "error") and self.complaints.append(said.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda sent: self._heard(sent.url))
        page.goto(where)
        return page

    def _heard(self, url):
        if not url.startswith((self.address, "data:", "blob:")):
            self.complaints.append(url)


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A folder that is served: its path and address."""
    folder = tmp_path_factory.mktemp("served")
    with pytest.MonkeyPatch.context() as patch, socket.socket() as listening:
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))
        listening.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{listening.getsockname()[1]}"
        made = Desk(folder, TOKEN, apart=False)
        made.queue.begin()
        server = uvicorn.Server(configured(make_app(made, (host,))))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield Path(folder), f"http://{host}"
        server.should_exit = True
        thread.join()
        made.end()


@pytest.fixture(scope="module")
def chromium():
    sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is missing: pip install -e '.[dev]'")
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("Chromium is missing: apt install chromium")
    with sync_api.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def visits(desk, chromium):
    found = Visits(desk[1], chromium)
    yield found
    assert found.complaints == []
    for context in chromium.contexts:
        context.close()
