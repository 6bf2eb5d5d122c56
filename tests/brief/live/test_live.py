"""The model in the page computes what it computes here, bit for bit, whatever is moved."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pytest
from conftest import PHONE, Brief

from standoff.brief.cargo import Cargo
from standoff.brief.live.model import digest_of_means, live_model
from standoff.ensemble.design import Worlds, draw_worlds
from standoff.ensemble.run import run_design
from standoff.ensemble.study import Study
from standoff.language.changed import Varied, changed
from standoff.questions.results import Robust

if TYPE_CHECKING:
    from playwright.sync_api import Page

Visit = Callable[..., "Page"]
Floats = npt.NDArray[np.float64]


def expected(brief: Brief, columns: Mapping[str, Floats] = {}, variant: str = "") -> str:
    """The digest of the page's run: each of the decider's strategies, the others drawing theirs."""
    ensemble = brief.findings.ensemble
    program, design = ensemble.program, ensemble.design
    if variant:
        other = Study(changed(ensemble.model, [Varied(variant)]))
        program = other.program
        design = replace(design, worlds=draw_worlds(other.model, design.worlds.size, design.worlds.seed))
    decider = program.players.index(ensemble.model.decider)
    worlds = Worlds({**design.worlds.columns, **columns}, design.worlds.streams, design.worlds.seed, "changed")
    means = []
    for s in range(len(program.instances[decider])):
        mix = tuple((s,) if p == decider else tuple(range(len(of))) for p, of in enumerate(program.instances))
        one = replace(
            design, profiles=design.profiles[:1], worlds=worlds, mix=mix, replications=4 * design.replications
        )
        found = run_design(program, one)
        rows = [("payoff", ensemble.model.decider), *(("outcome", m.name) for m in program.measured)]
        means.append([found.means[found.measures.index(row), 0] for row in rows])
    return digest_of_means(np.array(means))


def wait(page: Page, what: str) -> Any:
    """Wait until a script's value is true; the page's policy forbids the driver to wait by text inside it."""
    end = time.monotonic() + 60
    while not (found := page.evaluate(f"() => {what}")):
        assert time.monotonic() < end, page.inner_text("#l-status")
        time.sleep(0.01)
    return found


def digest(page: Page) -> str:
    return str(wait(page, "document.getElementById('l-about').dataset.digest"))


@pytest.mark.parametrize("name", ["rivals", "korea"])
def test_the_page_prints_the_digest_of_the_same_run_here(
    name: str, request: pytest.FixtureRequest, visit: Visit
) -> None:
    brief: Brief = request.getfixturevalue(name)
    page = visit(brief)
    page.click("#l-run")
    assert digest(page) == expected(brief)
    assert page.inner_text("#l-status").startswith("Live, ")
    strategies = brief.findings.ensemble.program.instances[
        brief.findings.ensemble.program.players.index(brief.findings.model.decider)
    ]
    assert page.locator("#live tbody tr").count() == len(strategies)


def test_a_variant_is_run_by_a_module_of_its_own(korea: Brief, visit: Visit) -> None:
    page = visit(korea)
    page.locator("#l-model").select_option(label="Washington and Pyongyang never sit down")
    assert digest(page) == expected(korea, variant="no_talks")
    assert "variant=" in page.url


def test_an_assumption_held_by_keyboard_is_held_in_every_world(rivals: Brief, visit: Visit) -> None:
    page = visit(rivals)
    field = page.locator("#live fieldset").first
    field.locator(".hold").focus()
    page.keyboard.press("Enter")
    name, low, high = _assumption(rivals, field)
    n = rivals.findings.ensemble.design.worlds.size
    held = low + 50 / 100 * (high - low)
    assert digest(page) == expected(rivals, {name: np.full(n, held)})
    assert wait(page, "document.getElementById('l-flip').textContent")
    sent = page.url
    assert f"{name}=50-50" in sent
    page.click("#l-reset")
    assert page.inner_text("#l-status") == "As printed: nothing is run here."
    assert page.locator("#live tbody tr").count() == 0
    page.goto("about:blank")
    page.goto(sent)
    assert digest(page) == expected(rivals, {name: np.full(n, held)})


def test_a_narrowed_assumption_keeps_each_world_at_its_place(rivals: Brief, visit: Visit) -> None:
    page = visit(rivals)
    field = page.locator("#live fieldset").first
    name, low, high = _assumption(rivals, field)
    slider = field.locator("input").nth(1)
    slider.evaluate("input => { input.value = 60; input.dispatchEvent(new Event('input', {bubbles: true})); }")
    found = digest(page)
    column = rivals.findings.ensemble.design.worlds.columns[name]
    top = low + 60 / 100 * (high - low)
    inside = np.sort(column[column <= top])
    place = (np.argsort(np.argsort(column, kind="stable")) + 0.5) / column.size * inside.size - 0.5
    below = np.floor(place).astype(int)
    points = np.concatenate([[low], inside, [top]])
    a, b = points[below + 1], points[below + 2]
    assert found == expected(rivals, {name: a + (place - below) * (b - a)})
    assert (a >= low).all() and (b <= top).all()


def test_the_others_play_what_they_are_told(rivals: Brief, visit: Visit) -> None:
    page = visit(rivals)
    page.locator("#l-view").select_option("1")
    assert digest(page) != expected(rivals)
    ensemble = rivals.findings.ensemble
    rows = ensemble.design.profiles
    honest = rows[:, 1] == [i.strategy.name for i in ensemble.program.instances[1]].index("honest")
    assert honest.sum() == len(ensemble.program.instances[0])
    shown = float(
        page.locator("#live tbody .l-mean").first.inner_text().split()[0].split("\u00a0")[0].replace("\u2212", "-")
    )
    assert shown == pytest.approx(ensemble.payoff("north")[honest].mean(axis=1).max(), rel=0.02)


def test_a_phone_shows_it_whole_and_without_scripts_or_on_paper_it_is_not_there(rivals: Brief, visit: Visit) -> None:
    page = visit(rivals, PHONE)
    page.click("#l-run")
    digest(page)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= PHONE[0]
    assert not visit(rivals, paper=True).locator("#live").is_visible()
    assert re.search(r'<div class="live explore" id="live" hidden>', rivals.path.read_text(encoding="utf-8"))


def test_the_page_may_fetch_nothing_and_runs_no_script_but_its_own(rivals: Brief, visit: Visit) -> None:
    page = visit(rivals)  # which counts what is fetched
    page.click("#l-run")
    digest(page)
    policy = page.locator("meta[http-equiv='Content-Security-Policy']").get_attribute("content") or ""
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules == {
        "default-src": "'none'",
        "script-src": "'unsafe-inline' 'wasm-unsafe-eval' blob:",
        "worker-src": "blob:",
        "style-src": "'unsafe-inline'",
        "img-src": "data:",
    }


def test_node_runs_the_same_worker_to_the_same_digest(rivals: Brief) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node is missing: apt install nodejs")
    robust = rivals.findings.robust
    assert isinstance(robust, Robust)
    cargo = Cargo()
    data = live_model(robust.table, cargo)
    worker = resources.files("standoff.brief").joinpath("templates", "live_worker.js").read_text(encoding="utf-8")
    allowed = [list(range(len(player["strategies"]))) for player in data["players"]]
    job = {
        "first": 0,
        "last": data["worlds"],
        "replications": 4 * data["replications"],
        "allowed": allowed,
        "ends": [],
        "model": 0,
    }
    script = f"""
      let onmessage, postMessage;
      const packed = require("zlib").inflateSync(Buffer.from("{cargo.packed(data)}", "base64"));
      const job = {json.dumps(job)};
      const print = told => console.log(Array.from(told.means, String).join(" "));
      postMessage = told => {{ if (told.ready) onmessage({{data: job}}); else print(told); }};
      {worker}
      onmessage({{data: {{study: packed.buffer.slice(packed.byteOffset, packed.byteOffset + packed.length)}}}});
    """
    done = subprocess.run([node], input=script, capture_output=True, text=True, check=True)
    means = np.array([float(x) for x in done.stdout.split()])
    assert digest_of_means(means) == expected(rivals)


def _assumption(brief: Brief, field: Any) -> tuple[str, float, float]:
    name = field.get_attribute("data-name")
    robust = brief.findings.robust
    assert isinstance(robust, Robust)
    one = next(one for one in live_model(robust.table, Cargo())["assumptions"] if one["name"] == name)
    return name, one["low"], one["high"]
