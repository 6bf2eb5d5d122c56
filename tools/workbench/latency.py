"""Latency: problems after the last key and completion on the Korean study, a step of play, the debrief of a game.

Run `python -m tools.workbench.latency` on a quiet machine. Problems and completion are measured in the page, from the
key to what it shows; a step from the last choice sent to the page that shows what came of it.
"""

from __future__ import annotations

import random
import shutil
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from standoff.ensemble.study import load
from tools.workbench.served import Served, links_of, serving

_KEYS = 14
_IS_OFFERED = "!!document.getElementById('editor').shadowRoot.querySelector('.cm-tooltip-autocomplete')"
_WATCH = """() => {
  window.seen = 0; window.pressed = 0;
  const root = document.getElementById("editor").shadowRoot;
  root.addEventListener("keydown", () => { window.pressed = performance.now(); }, true);
  new MutationObserver(() => { window.seen = performance.now(); })
    .observe(document.getElementById("problems"), {childList: true, subtree: true});
  const offers = () => { if (root.querySelector(".cm-tooltip-autocomplete li")) window.offered ||= performance.now(); };
  new MutationObserver(offers).observe(root, {childList: true, subtree: true});
}"""


def of_editor(served: Served) -> tuple[list[float], list[float]]:
    """Milliseconds from a key to the problems shown, and from a key to the words that are offered."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    problems, words, luck = [], [], random.Random(1)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(served.entrance)
        page.goto(f"{served.address}/study/mine/edit/study.yaml")
        editor = page.get_by_role("textbox", name="The text of study.yaml")
        editor.press("Control+Home")
        page.wait_for_timeout(4000)
        page.evaluate(_WATCH)
        for k in range(_KEYS):
            page.evaluate("window.seen = 0")
            page.keyboard.press("x" if k % 2 == 0 else "Backspace")  # an unknown key at the top, and none
            _until(page, "window.seen > window.pressed")
            problems.append(page.evaluate("window.seen - window.pressed"))
            page.wait_for_timeout(1500)  # the check with every variant is over
        editor.press("Control+End")
        editor.press_sequentially("\nquantities:\n  zz: {value: ")  # an expression, at the end
        for _ in range(_KEYS):
            if page.evaluate(_IS_OFFERED):
                page.keyboard.press("Escape")
                page.keyboard.press("Backspace")
            page.wait_for_timeout(luck.uniform(200, 2500))  # as people pause, and not in step with the checks
            page.evaluate("window.offered = 0")
            page.keyboard.press("l")
            _until(page, "window.offered > 0")
            words.append(page.evaluate("window.offered - window.pressed"))
    return problems, words


def _until(page: Any, true: str) -> None:
    """Wait; the page's policy allows no evaluation of its own."""
    while not page.evaluate(true):
        page.wait_for_timeout(20)


def of_play(served: Served, study: str, seat: str) -> tuple[list[float], float, int]:
    """Milliseconds of each step, seconds of the debrief, and how many steps."""
    name, (link,) = links_of(served.post(f"/study/{study}/play", seat=seat, luck="7").text)
    model = load(study).model
    own = {choice.family: choice.options[0] for choice in model.choices if choice.actor == seat}
    served.client.get(link)
    steps = []
    for step in range(min(model.clock.steps, 16)):
        begun = time.monotonic()
        last = served.post(f"{link}/choose", step=str(step), **own)
        steps.append(1000 * (time.monotonic() - begun))
        if "The end" in last.text:
            return steps[:-1], steps[-1] / 1000, len(steps)
    begun = time.monotonic()
    served.post(f"/game/{name}/do", what="reveal")
    served.client.get(link)
    return steps, time.monotonic() - begun, len(steps)


def main() -> None:
    """Measure, and print."""
    with TemporaryDirectory() as place, serving(Path(place)) as served:
        served.post("/new", name="mine", **{"from": "korea"})
        for name, times in zip(("problems", "completion"), of_editor(served), strict=True):
            print(f"{name}: median {np.median(times):.0f} ms, most {max(times):.0f} ms of {len(times)}")
        for study, seat in (("rivals", "north"), ("korea", "us")):
            steps, debrief, n = of_play(served, study, seat)
            print(f"{study}: step median {np.median(steps):.0f} ms, most {max(steps):.0f} ms")
            print(f"{study}: debrief of {n} steps {debrief:.1f} s")


if __name__ == "__main__":
    main()
