"""Questions 1 and 2 on the page: their titles and numbers, and that worlds can be narrowed by mouse and keyboard."""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
import zlib
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

import standoff
from standoff.analysis.findings import Reason
from standoff.analysis.robustness.performance import performance
from standoff.brief.environment import make_environment
from standoff.brief.sections.explore import explore
from standoff.brief.sections.gives_up import gives_up
from standoff.brief.sections.hinges_on import hinges_on
from standoff.brief.write import make_brief
from standoff.ensemble.running import Size
from standoff.ensemble.study import Study
from standoff.evidence.claims import load_ledger
from standoff.questions.answer import answer_run
from standoff.questions.question import Unanswered
from standoff.questions.results import ROBUST, Robust
from standoff.words.numbers import shown
from standoff.words.sections.hinges_on import first_hinge

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
STUDY = """
standoff: 1
title: Go or stay
question: Go?
decider: us
clock: {start: 2025-01, step: year, steps: 1}
actors: {us: {name: Us}}
uncertainties:
  gain: {about: What going brings, range: [-1, 1], low: a loss, high: a win, judgement: any}
  idle: {about: Nothing, range: [0, 1], judgement: it is read by nothing}
values:
  pride: {about: What going is worth in itself, range: [-0.8, 0.8], judgement: a want}
choices: {us: [stay, go]}
draws: {luck: "normal(0, 1)"}
strategies: {us: {stays: {choose: stay}, goes: {choose: go}}}
payoffs: {us: {each: "gain + pride + 0.2 + luck if us == go else 0"}}
outcomes:
  venture: {about: What is ventured, measure: "mean(gain * (us == go))", better: lower, limit: 0.5, why: a limit}
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    folder = tmp_path_factory.mktemp("venture")
    (folder / "study.yaml").write_text(STUDY, encoding="utf-8")
    return standoff.load(folder)


@pytest.fixture(scope="module")
def robust(study: Study) -> Robust:
    found = answer_run(study.run(worlds=512, replications=4), (ROBUST,)).of(ROBUST)
    assert isinstance(found, Robust)
    return found


def test_what_is_given_up_is_told_with_the_tenth_that_hurts(study: Study, robust: Robust) -> None:
    section = gives_up(study.model, robust.robustness, make_environment())
    assert section is not None
    assert re.match(r"Goes gives up least: 0\.1\d+\s±\s0\.0\d+ points on average, and \d\.\d+\s±\s", section.title)
    table = section.pictures[0].table
    assert table is not None
    assert [row[0] for row in table.rows] == ["goes", "stays"]
    assert section.pictures[0].drawn.count("aria-label=") == 2
    assert section.sure[0].startswith("Goes is best on average")
    # the payoff is a sum of single assumptions, which a Latin hypercube integrates almost exactly
    assert re.search(r"points: 0(\.0\d+)? from worlds and 0\.0\d+ from luck\.$", section.sure[1])


def test_linchpins_stand_under_facts_and_wants_with_their_flips(study: Study, robust: Robust) -> None:
    section = hinges_on(
        study.model,
        robust.linchpins,
        robust.table.inputs,
        load_ledger(study.model.folder),
        environment=make_environment(),
    )
    assert section.title.startswith("One fact that nobody knows and one want decide what is best")
    drawn = str(section.pictures[0].drawn)
    assert (
        drawn.index("Facts that nobody knows") < drawn.index("What going brings") < drawn.index("What somebody wants")
    )
    assert "−1: a loss" in drawn
    assert "1: a win" in drawn
    # the zones of a line fill its range, once
    line = re.search(r'class="line".*?</div>', drawn, re.DOTALL)
    assert line is not None
    widths = [float(w) for w in re.findall(r'class="zone[^"]*" style="left:[\d.]+%;width:([\d.]+)%', line.group())]
    assert sum(widths) == pytest.approx(100.0, abs=0.1)
    assert any(picture.title.startswith("Worlds where stays does better than goes") for picture in section.pictures)
    assert [chip.name for chip in section.why] == ["gain", "pride"]


def test_the_first_screen_names_the_top_fact_with_its_flip_point(study: Study, robust: Robust) -> None:
    said = first_hinge(study.model, robust.linchpins)
    flip = r"Below −0\.\d+, towards “a loss”, stays; above −?0\.\d+(, towards “a win”)?, goes; "
    assert re.match(rf"What it hinges on most is a fact that nobody knows, “What going brings”. {flip}", said)
    assert said.endswith("between, the model cannot tell.")


def test_the_worlds_sent_to_the_page_are_those_of_the_run(study: Study, robust: Robust) -> None:
    results = performance(robust.table, robust.robustness)
    section = explore(study.model, robust, results, make_environment())
    drawn = str(section.pictures[0].drawn)
    text = re.search(r'id="x-data">(.*?)</script>', drawn, re.DOTALL)
    assert text is not None
    whole = zlib.decompress(base64.b64decode(text.group(1)))
    size = int.from_bytes(whole[:4], "little")
    data, arrays = json.loads(whole[4 : 4 + size]), whole[4 + size :]
    sent = data["measures"][0]
    steps: list[npt.NDArray[np.int64]] = []
    for near, least, planes, place, n in sent["rows"]:
        rows = np.frombuffer(arrays[place : place + n], dtype=np.uint8).reshape(planes, 512).astype(np.int64)
        found = least + sum(row << (8 * k) for k, row in enumerate(rows))
        steps.append(found if near < 0 else found + steps[near])
    values = sent["low"] + sent["step"] * np.array(steps)
    ranked = [robust.robustness.labels.index(label) for label in ("goes", "stays")]
    expected = robust.table.payoffs().mean[ranked]
    np.testing.assert_allclose(values, expected, atol=0.5001 * sent["step"])
    assert 0.5001 * sent["step"] <= expected.std(axis=1).max() / 500
    assert [measure["title"] for measure in data["measures"]] == [
        "Payoff of Us",
        "Given up against the best strategy",
        "What is ventured",
    ]
    first = results.standings[0].cells[results.labels.index("goes")][0].figure
    assert sent["all"][0][0] == f"{shown(first)} points"  # as the tables have it
    assert f'<td class="x-mean">{shown(first)} points</td>' in drawn


def test_a_run_too_small_says_so(study: Study) -> None:
    found = answer_run(study.run(worlds=8, replications=2), (ROBUST,)).of(ROBUST)
    assert isinstance(found, Unanswered)
    assert (found.reason, found.data) == (Reason.FEW_WORLDS, {"worlds": 8, "least": 16})


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
def test_worlds_can_be_narrowed_by_mouse_and_keyboard(study: Study, tmp_path: Path) -> None:
    page = make_brief(study, tmp_path / "out", Size(64, 2)).read_text(encoding="utf-8")
    probe = """<script>const wait = setInterval(() => {
      if (!('started' in document.documentElement.dataset)) return;
      clearInterval(wait);
      for (const folded of document.querySelectorAll('details')) folded.open = true;
      const out = document.documentElement.dataset, count = () => document.getElementById('x-count').textContent;
      const means = () => [...document.querySelectorAll('.x-mean')].map(e => e.textContent).join('|');
      out.before = count(); out.means = means();
      const low = document.querySelector('input[data-end=low]');
      low.focus(); out.focused = document.activeElement === low;
      low.value = 50; low.dispatchEvent(new Event('input', {bubbles: true}));
      out.after = count(); out.moved = means() !== out.means; out.said = low.getAttribute('aria-valuetext');
      low.value = 100; low.dispatchEvent(new Event('input', {bubbles: true}));
      out.crossed = low.value;
      const select = document.querySelector('#x-measure');
      select.value = '2'; select.dispatchEvent(new Event('change', {bubbles: true}));
      out.caption = document.getElementById('x-caption').textContent;
      document.getElementById('x-all').click();
      out.again = count(); out.within = [...document.querySelectorAll('.x-within')].map(e => e.textContent).join('|');
    }, 5);</script>"""
    probed = tmp_path / "probed.html"
    probed.write_text(page.replace("</body>", probe + "</body>"), encoding="utf-8")
    assert CHROMIUM is not None
    done = subprocess.run(
        [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--dump-dom",
         "--virtual-time-budget=5000", f"--user-data-dir={tmp_path / 'profile'}", probed.as_uri()],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert [line for line in done.stderr.splitlines() if "CONSOLE" in line] == []
    told = dict(re.findall(r'data-(\w+)="([^"]*)"', done.stdout.split("<head>")[0]))
    assert told["before"] == told["again"] == "All 64 worlds"
    assert told["focused"] == "true"
    assert re.fullmatch(r"3\d of 64 worlds", told["after"])
    assert told["moved"] == "true"
    assert told["crossed"] == "98"
    assert told["caption"] == "What is ventured, mean over the worlds kept"
    assert re.fullmatch(r"7\d&nbsp;±&nbsp;\d\s%\|100\s%", told["within"])
