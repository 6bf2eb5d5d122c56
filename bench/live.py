"""What running the model costs in the page: `python -m bench live`, or `python -m bench.live BRIEF.html`.

The page of the Korean study's brief is opened from the disk in Chromium, with a worker for each core up to four. It is
told after how many milliseconds a slider's move stands in the ranking (64 worlds; the first move, with which workers
start, and later ones), after how many all worlds do, for how long the main thread was blocked at most (Long Tasks API,
which tells of 50 ms and more), once while the page came and once from then on, and how much memory its process takes
(PSS, less an empty page's).
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

import standoff

FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
MOVES = 12
WATCH = """
  window.blocked = [];
  new PerformanceObserver(list => {
    for (const entry of list.getEntries()) blocked.push([entry.startTime, entry.duration]);
  }).observe({type: "longtask", buffered: true});
"""
# milliseconds from an action until the page's status says so much, and it has been drawn
TIMED = """([action, wanted]) => new Promise(resolve => {
  const status = document.getElementById("l-status"), begun = performance.now();
  const seen = new MutationObserver(() => {
    if (!status.textContent.startsWith(wanted)) return;
    seen.disconnect();
    requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - begun)));
  });
  seen.observe(status, {childList: true, characterData: true, subtree: true});
  if (action === "run") document.getElementById("l-run").click();
  else {
    const slider = document.querySelector("#live fieldset input");
    slider.value = action;
    slider.dispatchEvent(new Event("input", {bubbles: true}));
  }
})"""


def main() -> dict[str, float]:
    """Measure, print and return the figures."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        page_of = path or standoff.load("korea").brief(folder)
        chromium = shutil.which("chromium") or shutil.which("google-chrome")
        browser = driver.chromium.launch(executable_path=chromium, args=list(FLAGS))
        found = measure(browser, Path(page_of))
        browser.close()
    for name, figure in found.items():
        print(f"{name:<64}{figure:10,.1f}")
    return found


def measure(browser: Browser, path: Path) -> dict[str, float]:
    """The figures of one page."""
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    page.goto("about:blank")
    empty = _memory(browser)
    page.add_init_script(WATCH)
    page.goto(path.resolve().as_uri())
    page.wait_for_selector("html[data-started]", state="attached")
    page.wait_for_timeout(1000)
    loaded = page.evaluate("performance.now()")
    few, all_ = (f"Live, {n} worlds" for n in ("64", _worlds(page)))
    page.evaluate("for (let at = document.getElementById('live'); at; at = at.parentElement) at.open = true")
    page.locator("#live").scroll_into_view_if_needed()
    first = _timed(page, "10", few)
    moves = []
    for k in range(MOVES):
        page.wait_for_timeout(50)
        moves.append(_timed(page, str(11 + k), few))
    page.wait_for_timeout(6000)
    runs = [_timed(page, "run", all_) for _ in range(3)]
    page.wait_for_timeout(1000)
    blocked = page.evaluate("blocked")
    return {
        "first move of a slider, 64 worlds, ms": first,
        "move of a slider, 64 worlds, median, ms": statistics.median(moves),
        "move of a slider, 64 worlds, slowest, ms": max(moves),
        "all worlds, ms": statistics.median(runs),
        "main thread blocked, longest, while the page came, ms": max(
            (d for at, d in blocked if at < loaded), default=0.0
        ),
        "main thread blocked, longest, while the model ran, ms": max(
            (d for at, d in blocked if at >= loaded), default=0.0
        ),
        "memory of the page, MiB": _memory(browser) - empty,
    }


def _timed(page: Page, action: str, wanted: str) -> float:
    return float(page.evaluate(TIMED, [action, wanted]))


def _worlds(page: Page) -> str:
    """How many worlds all are, as the page says it."""
    found = page.evaluate("standoff.inflate('l-data').then(whole => standoff.open(whole).words.worlds)")
    return f"{int(found):,}"


def _memory(browser: Browser) -> float:
    """MiB of the processes that draw pages, what they share counted in part."""
    told: dict[str, Any] = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")
    total = 0
    for process in told["processInfo"]:
        if process["type"] == "renderer":
            rollup = Path(f"/proc/{process['id']}/smaps_rollup").read_text(encoding="utf-8")
            total += next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
    return total / 1024


if __name__ == "__main__":
    main()
