"""The page in a browser: nothing cut at any width, accessible, and its pictures open to mouse and keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from conftest import LAPTOP, PAPER, PHONE, Brief

if TYPE_CHECKING:
    from playwright.sync_api import Page

Visit = Callable[..., "Page"]
LAYOUT = (Path(__file__).parents[1] / "layout.js").read_text(encoding="utf-8")
UNFOLD = "document.querySelectorAll('details').forEach(details => { details.open = true; })"
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
TEXT_CONTRAST = """() => {
  const light = colour => {
    const parts = colour.match(/[\\d.]+/g).slice(0, 3).map(c => c / 255);
    const linear = parts.map(c => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return linear[0] * 0.2126 + linear[1] * 0.7152 + linear[2] * 0.0722;
  };
  const said = [];
  for (const text of document.querySelectorAll("svg text")) {
    const box = text.getBoundingClientRect(), x = box.x + box.width / 2, y = box.y + box.height / 2;
    if (!box.width) continue;
    const ground = [...text.ownerSVGElement.querySelectorAll("rect.cell, rect.box")].filter(rect => {
      const of = rect.getBoundingClientRect();
      return of.left <= x && x <= of.right && of.top <= y && y <= of.bottom;
    }).pop();
    const lights = [ground ? getComputedStyle(ground).fill : "rgb(255,255,255)", getComputedStyle(text).fill]
      .map(light);
    const contrast = (Math.max(...lights) + 0.05) / (Math.min(...lights) + 0.05);
    if (contrast < (text.matches(".sign") ? 3 : 4.5)) said.push(`${contrast.toFixed(2)} ${text.textContent}`);
  }
  return [...new Set(said)];
}"""


@pytest.fixture(params=["rivals", "korea"])
def brief(request: pytest.FixtureRequest) -> Brief:
    found: Brief = request.getfixturevalue(request.param)
    return found


@pytest.mark.parametrize(
    ("size", "paper", "least"),
    [(PHONE, False, 9.0), ((820, 1180), False, 9.0), (LAPTOP, False, 9.0), (PAPER, True, 7.5)],
    ids=["phone", "tablet", "laptop", "A4"],
)
def test_nothing_is_cut_or_overlaps_and_all_text_can_be_read(
    brief: Brief, visit: Visit, size: tuple[int, int], paper: bool, least: float
) -> None:
    """No sideways scrolling but in wide tables, no text outside its picture or on other text, none too small."""
    page = visit(brief, size, paper=paper)
    assert page.evaluate(LAYOUT, least) == []
    if paper:
        assert page.evaluate("Math.max(...[...document.querySelectorAll('svg')].map(e => e.clientHeight))") <= PAPER[1]


def test_the_rivals_fit_with_everything_unfolded(rivals: Brief, visit: Visit) -> None:
    page = visit(rivals, PHONE)
    page.evaluate(UNFOLD)
    assert page.evaluate(LAYOUT, 9.0) == []


def test_prints_on_a4(rivals: Brief, visit: Visit) -> None:
    printed = visit(rivals).pdf(format="A4", print_background=True)
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed)
    assert boxes
    assert all(abs(float(width) - 595) < 1 and abs(float(height) - 842) < 1 for width, height in boxes)


def test_the_first_screen_of_a_laptop_answers(brief: Brief, visit: Visit) -> None:
    """The answer, its picture and what it hinges on are all there before any scrolling."""
    page = visit(brief, LAPTOP)
    for place in (".answer p:first-child", ".answer p:last-child", ".glance table"):
        box = page.locator(place).bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= LAPTOP[1]
    assert re.search("turns|can’t tell", page.locator(".answer p:last-child").text_content() or "")


@pytest.mark.parametrize("state", ["narrowed", "unfolded on a phone", "in focus", "run again", "run again on a phone"])
def test_axe_finds_nothing_in_the_rivals(rivals: Brief, visit: Visit, state: str) -> None:
    page = visit(rivals, PHONE if "phone" in state else LAPTOP)
    if state == "narrowed":
        page.locator("#x-worlds fieldset input").first.press("PageUp")
    elif state == "in focus":
        page.locator(".map .node").first.focus()
    elif state.startswith("run again"):
        page.locator("#l-run").press("Enter")
        page.wait_for_selector("#l-fans figure:last-child", state="attached")
        page.wait_for_selector("#l-about[data-digest]", state="attached")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    else:
        page.evaluate(UNFOLD)
    assert _violations(page) == []
    assert page.evaluate(TEXT_CONTRAST) == []


def test_axe_finds_nothing_in_the_korean_study(korea: Brief, visit: Visit) -> None:
    """Pictures and text apart: axe cannot tell the ground of text in a picture, and takes long to find that out."""
    page = visit(korea)
    assert _violations(page, {"exclude": [["svg"], ["details"], ["#assumptions"]]}) == []
    assert _violations(page, {"include": [["svg"]]}, {"rules": {"color-contrast": {"enabled": False}}}) == []
    assert page.evaluate(TEXT_CONTRAST) == []


def test_pointing_at_a_mark_says_what_it_is_and_escape_puts_it_away(rivals: Brief, visit: Visit) -> None:
    page = visit(rivals)
    tip = page.locator("#tip")
    assert tip.is_hidden()
    page.locator("#why-holds-up .dots .mean").first.hover()
    assert re.fullmatch(r"[a-z ]+: \S+ \(\S+ to \S+\) points", tip.text_content() or "")
    box = tip.bounding_box()
    assert tip.is_visible() and box is not None and box["x"] + box["width"] <= LAPTOP[0]
    page.keyboard.press("Escape")
    assert tip.is_hidden()
    page.locator("h1").hover()
    assert tip.is_hidden()


def test_a_box_of_the_map_shows_its_links_alone_by_mouse_and_by_arrows(rivals: Brief, visit: Visit) -> None:
    page = visit(rivals)
    lit = "[...document.querySelectorAll('.map.lit .link.on')].map(link => link.dataset.a + '>' + link.dataset.b)"
    node = page.locator(".map .node").first
    name = node.get_attribute("data-node")
    node.hover()
    links = page.evaluate(lit)
    assert links
    assert all(name in link.split(">") for link in links)
    page.mouse.move(5, 5)
    assert page.evaluate(lit) == []
    assert page.locator(".map .node[tabindex='0']").count() == 1  # one stop of Tab for all boxes
    node.focus()
    assert page.evaluate(lit) == links
    page.keyboard.press("ArrowRight")
    focused = page.evaluate("document.activeElement.dataset.node")
    assert focused not in (None, name)
    assert all(focused in link.split(">") for link in page.evaluate(lit))
    assert focused.replace("_", " ") in page.evaluate("document.activeElement.getAttribute('aria-label')").lower()
    page.keyboard.press("Escape")
    assert page.evaluate(lit) == []


def test_claims_are_reached_from_the_picture_of_evidence(korea: Brief, visit: Visit) -> None:
    page = visit(korea)
    claim = page.locator(".ties a.node").first
    target = claim.get_attribute("href") or ""
    claim.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("#."))
    assert page.url.endswith(target)
    assert page.locator(target).is_visible()  # its list was folded before


def test_one_date_serves_all_fans_by_slider_and_by_pointing(korea: Brief, visit: Visit) -> None:
    """Readings are those of the run: the line, and the 5 and 95 per cent quantiles, at the date chosen."""
    page = visit(korea)
    slider = page.locator(".when input")
    readings = "[...document.querySelectorAll('.fan .reading')].map(text => text.textContent)"
    at_end = page.evaluate(readings)
    slider.focus()
    slider.press("Home")
    at_start = page.evaluate(readings)
    assert slider.get_attribute("aria-valuetext") == "Q2 2025"
    assert at_start != at_end
    families = {instance.strategy.name for instance in korea.findings.model.instances("us")}
    fans = [fan for fan in korea.findings.fans for _ in families]
    assert len(fans) == len(at_start) == len(at_end)
    for fan, first, last in zip(fans, at_start, at_end, strict=True):
        for shown, step in ((first, 0), (last, -1)):
            expected = {round(_middle(fan, band, step), 9) for band in fan.bands}
            assert any(_agrees(shown, value, fan.kind) for value in expected)
    panel = page.locator(".fan").nth(5)
    panel.scroll_into_view_if_needed()
    box = panel.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.5 * box["height"])
    assert page.evaluate(readings) not in (at_start, at_end)
    assert page.locator(".when output").text_content() == slider.get_attribute("aria-valuetext") != "Q2 2025"
    assert page.locator(".fan .at.on").count() == len(fans)


def test_what_was_seen_is_drawn_before_the_fan_with_its_source(korea: Brief, visit: Visit) -> None:
    page = visit(korea)
    seen = page.locator("figure", has=page.locator(".fan .seen"))
    assert seen.count() == 1
    assert "Beyond Parallel" in (seen.locator("figcaption").text_content() or "")
    past = next(fan.past for fan in korea.findings.fans if fan.past is not None)
    line = seen.locator(".seen").first.get_attribute("d") or ""
    across = np.cumsum([float(x) for x in re.findall(r"-?(?:\d+(?:\.\d+)?|\.\d+)", line)][::2])  # from place to place
    assert across.size == (past.steps >= -korea.findings.model.clock.steps).sum()
    now = float(seen.locator(".now").first.get_attribute("x1") or "nan")
    assert (across < now).all()


def _violations(page: Page, context: dict[str, Any] | None = None, options: dict[str, Any] | None = None) -> list[str]:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is missing: pip install -e '.[dev]'")
    chosen = {"runOnly": {"type": "tag", "values": STANDARDS}, "resultTypes": ["violations"], **(options or {})}
    found = axe.Axe().run(page, context=context, options=chosen).response["violations"]
    return [f"{one['id']}: {node['html'][:200]}" for one in found for node in one["nodes"]]


def _middle(fan: Any, band: Any, step: int) -> float:
    return float(band.quantiles[2, step] if fan.kind == "stock" else band.mean[step])


def _agrees(shown: str, value: float, kind: str) -> bool:
    """Whether a reading such as `0.82 (0.7 to 0.9)` or `23 %` rounds this value to its last figure."""
    text = re.match(r"(?:over |under )?([−\d.]+)", shown)
    assert text is not None
    number = text.group(1).replace("−", "-")
    places = len(number.partition(".")[2])
    return abs(float(number) - (100.0 * value if kind == "share" else value)) <= 0.5 * 10.0**-places + 1e-9


def test_the_workings_are_folded_and_a_link_or_a_chip_opens_what_it_names(rivals: Brief, visit: Visit) -> None:
    page = visit(rivals, folded=True)
    assert not page.locator("#gives-up .pictures").is_visible()
    page.locator("#why-hinges-on .sure p > a").focus()
    page.keyboard.press("Enter")
    page.locator("#hinges-on .notes").wait_for(state="visible")
    assert not page.locator("#gives-up .pictures").is_visible()
    chip = page.locator("#why-others .chips a").first
    chip.focus()
    page.keyboard.press("Enter")
    opened = page.locator("#why-others .opened")
    assert "Each side arms because the other’s arsenal frightens it" in (opened.text_content() or "")
    page.keyboard.press("Escape")
    assert opened.count() == 0


def test_notes_beside_the_pictures_come_when_asked_for(rivals: Brief, visit: Visit) -> None:
    page = visit(rivals, folded=True)
    note = page.locator("#why-holds-up .explain")
    assert not note.is_visible()
    page.locator("#explain").press("Enter")
    assert note.is_visible()
    assert page.locator(".glossary dt").count() >= 12
    assert page.evaluate("getComputedStyle(document.querySelector('.contents')).position") == "sticky"
