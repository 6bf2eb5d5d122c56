"""The model in the page computes what it computes here, bit for bit, whatever is moved."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from importlib import resources
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pytest
from conftest import PHONE, Brief

from standoff.brief.cargo import Cargo
from standoff.brief.live.followed import live_followed, live_program
from standoff.brief.live.model import digest_of_means, live_model
from standoff.ensemble.design import Design, Worlds, draw_worlds, level_table
from standoff.ensemble.run import run_design, run_paths
from standoff.ensemble.study import Study
from standoff.language.changed import Varied, changed
from standoff.program.wasm.module import load_module
from standoff.questions.results import Robust
from standoff.words.names import strategy_words

if TYPE_CHECKING:
    from playwright.sync_api import Page

Visit = Callable[..., "Page"]
Floats = npt.NDArray[np.float64]


class WhatIf:
    """A what-if of a brief's page, run here: each of the decider's strategies, the others drawing theirs."""

    def __init__(self, brief: Brief, *, worlds: int = 0, replications: int = 0) -> None:
        ensemble = brief.findings.ensemble
        self.model = ensemble.model
        self.program, self.design = live_program(ensemble.program), ensemble.design
        self.decider = self.program.players.index(self.model.decider)
        self.columns: Mapping[str, Floats] = {}
        self.levels: Mapping[str, float] = {}
        self.own = list(range(len(self.program.instances[self.decider])))
        self.worlds = worlds or self.design.worlds.size
        self.replications = replications or 4 * self.design.replications

    def designs(self) -> Iterator[Design]:
        """A strategy's futures, one after the other."""
        drawn = self.design.worlds
        columns = {name: column[: self.worlds] for name, column in {**drawn.columns, **self.columns}.items()}
        worlds = Worlds(columns, drawn.streams[: self.worlds], drawn.seed, "changed")
        for s in self.own:
            mix = tuple(
                (s,) if p == self.decider else tuple(range(len(of))) for p, of in enumerate(self.program.instances)
            )
            levels = level_table(self.program, 1, self.levels)
            yield replace(self.design, profiles=self.design.profiles[:1], worlds=worlds, mix=mix, levels=levels,
                          replications=self.replications)  # fmt: skip

    def means(self) -> Floats:
        """(strategies, the decider's payoff and every outcome, worlds)."""
        rows = [("payoff", self.model.decider), *(("outcome", m.name) for m in self.program.measured)]
        runs = [run_design(self.program, design, evaluate=load_module(self.program)) for design in self.designs()]
        return np.array([[run.means[run.measures.index(row), 0] for row in rows] for run in runs])

    def digest(self) -> str:
        return digest_of_means(self.means())

    def courses(self, name: str) -> Floats:
        """(strategies, steps + 1, futures) of one thing, in the replications whose course the page keeps."""
        kept = min(self.replications, -(-2000 // self.worlds))
        worlds, replications = (each.ravel() for each in np.indices((self.worlds, kept)))
        symbol = next(one.symbol for one in live_followed(self.program) if one.symbol.name == name)
        return np.array([
            run_paths(self.program, design, [symbol], np.zeros(worlds.size, int), worlds=worlds,
                      replications=replications).values[0]
            for design in self.designs()
        ])  # fmt: skip


def expected(brief: Brief, columns: Mapping[str, Floats] = {}, variant: str = "") -> str:
    """The digest of the page's run."""
    what = WhatIf(brief)
    if variant:
        other = Study(changed(what.model, [Varied(variant)]))
        what.program = live_program(other.program)
        drawn = draw_worlds(other.model, what.design.worlds.size, what.design.worlds.seed)
        what.design = replace(what.design, worlds=drawn)
    what.columns = columns
    return what.digest()


def wait(page: Page, what: str) -> Any:
    """Wait until a script's value is true; the page's policy forbids the driver to wait by text inside it."""
    end = time.monotonic() + 60
    while not (found := page.evaluate(f"() => {{ const fans = document.getElementById('l-fans'); return {what}; }}")):
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


LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)


def test_what_is_over_time_has_the_medians_and_bands_of_the_same_futures_here(korea: Brief, visit: Visit) -> None:
    page = visit(korea)
    page.click("#l-run")
    digest(page)
    what = WhatIf(korea)
    page.locator("#l-followed").select_option(label="Missile launches in the quarter")
    drawn = wait(page, f"fans.dataset.of == 'launches {what.worlds}' && fans.dataset.digest")
    order = np.argsort(-what.means()[:, 0].mean(axis=1), kind="stable")
    courses = what.courses("launches")[order, :-1]
    bands = np.quantile(courses, LEVELS, axis=2)
    assert drawn == digest_of_means(np.ascontiguousarray(bands.transpose(1, 2, 0)))


def test_the_deal_in_force_is_told_with_its_error_and_moves_with_its_terms(korea: Brief, visit: Visit) -> None:
    page = visit(korea)
    field = page.locator("#live fieldset[data-name='freeze.verification'] input")
    field.focus()
    page.keyboard.press("End")
    found = digest(page)
    what = WhatIf(korea)
    what.levels = {"freeze.verification": 1.0}
    means = what.means()
    assert found == digest_of_means(means)
    assert found != expected(korea)
    leader = means[:, 0].mean(axis=1).argmax()
    share, n = 100 * means[leader, -1], what.worlds
    said = page.inner_text("#l-deal")
    assert said.startswith("Share of the time with freeze in force: ")
    mean, error = (float(x) for x in re.findall(r"[\d.]+", said)[:2])
    assert mean == pytest.approx(share.mean(), abs=error)
    assert error == pytest.approx(share.std(ddof=1) / np.sqrt(n), rel=0.06)
    page.locator("#l-followed").select_option(label="Share of futures with freeze in force")
    last = what.courses("in force freeze")[leader, -2].mean()
    what_for = f"in force freeze {what.worlds}"
    shown = wait(page, f"fans.dataset.of == '{what_for}' && fans.querySelector('figcaption').textContent")
    assert shown.endswith(f": {round(100 * last)}\u202f%")
    assert "freeze.verification=100-100" in page.url
    assert wait(page, "document.getElementById('l-flip').textContent")


def test_a_setting_is_chosen_for_every_strategy_that_has_it(rivals: Brief, visit: Visit) -> None:
    page = visit(rivals)
    page.locator("#live select[data-setting]").first.select_option("1")
    what = WhatIf(rivals)
    setting, levels = next(s for i in what.program.instances[what.decider] for s in i.strategy.settings)
    what.own = [
        s for s, i in enumerate(what.program.instances[what.decider])
        if dict(i.settings).get(setting, levels[1]) == levels[1]
    ]  # fmt: skip
    assert digest(page) == what.digest()
    assert page.locator("#live tbody tr").count() == len(what.own) < len(what.program.instances[what.decider])


def test_differences_from_the_leader_are_paired_by_world(rivals: Brief, visit: Visit) -> None:
    page = visit(rivals)
    page.click("#l-run")
    digest(page)
    payoffs = WhatIf(rivals).means()[:, 0]
    order = np.argsort(-payoffs.mean(axis=1), kind="stable")
    less = payoffs[order] - payoffs[order[0]]
    for row, gap in list(zip(page.locator("#live tbody .l-less").all_inner_texts(), less, strict=True))[1:]:
        mean, error = (float(x.replace("\u2212", "-")) for x in re.findall(r"\u2212?[\d.]+", row)[:2])
        assert error == pytest.approx(gap.std(ddof=1) / np.sqrt(gap.size), rel=0.06)
        assert mean == pytest.approx(gap.mean(), abs=error)


def test_the_flip_of_what_was_moved_last_is_that_of_runs_held_there(korea: Brief, visit: Visit) -> None:
    page = visit(korea)
    field = page.locator("#live fieldset[data-name='attention']")
    what = WhatIf(korea, worlds=32, replications=4)
    titles = [strategy_words(one) for one in what.program.instances[what.decider]]
    name, low, high = _assumption(korea, field)
    leads = []
    for part in np.arange(9) * 12.5:
        what.columns = {name: np.full(32, low + part / 100 * (high - low))}
        leads.append(titles[int(what.means()[:, 0].mean(axis=1).argmax())])
    field.locator(".hold").evaluate("button => button.click()")
    said = str(wait(page, "document.getElementById('l-flip').textContent"))
    turns = re.findall(r"from (.+?) to (.+?)(?:;|\.$)", said.rsplit("turns the lead", maxsplit=1)[-1])
    assert turns == [(a, b) for a, b in pairwise(leads) if a != b]
    assert turns


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
        "levels": {},
        "kept": 0,
        "thing": 0,
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
