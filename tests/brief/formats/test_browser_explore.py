"""Narrowing worlds in a browser: by mouse and keyboard the page's figures are those of the run in that interval."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pytest
from conftest import Brief

from standoff.questions.results import Robust
from standoff.words.names import strategy_words, title_of
from standoff.words.numbers import percent

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

Visit = Callable[..., "Page"]
Floats = npt.NDArray[np.float64]


@pytest.fixture(params=["rivals", "korea"])
def brief(request: pytest.FixtureRequest) -> Brief:
    found: Brief = request.getfixturevalue(request.param)
    return found


def test_all_worlds_are_shown_first_and_an_outcome_is_chosen_by_keyboard(brief: Brief, visit: Visit) -> None:
    page = visit(brief)
    model = brief.findings.model
    everything = np.ones(brief.findings.ensemble.design.worlds.size, dtype=bool)
    _check(page, brief, _payoff(brief), everything)
    outcome = next(o for o in model.outcomes if o.name not in brief.findings.ensemble.present and o.limit is not None)
    select = page.locator("#x-measure")
    select.focus()
    page.keyboard.type(title_of(model, outcome.name))  # as people choose in a list: by typing its name
    assert select.evaluate("list => list.selectedOptions[0].text") == title_of(model, outcome.name)
    values = _by_strategy(brief, brief.findings.ensemble.outcome(outcome.name))
    _check(page, brief, values, everything)
    _check_within(page, brief, outcome.name)


def test_an_outcome_is_chosen_by_mouse(rivals: Brief, visit: Visit) -> None:
    page = visit(rivals)
    before = _rows(page)
    outcome = rivals.findings.model.outcomes[-1]
    page.locator("#x-measure").select_option(label=title_of(rivals.findings.model, outcome.name))
    assert _rows(page) != before
    values = _by_strategy(rivals, rivals.findings.ensemble.outcome(outcome.name))
    _check(page, rivals, values, np.ones(values.shape[1], dtype=bool))


def test_dragging_over_an_assumption_keeps_the_worlds_in_between(brief: Brief, visit: Visit) -> None:
    page = visit(brief)
    axis = page.locator("#x-worlds fieldset").first
    before = _rows(page)
    _drag(page, axis, 0.25, 0.7)
    kept = _kept(page, brief, axis)
    assert 2 <= kept.sum() < kept.size
    _check(page, brief, _payoff(brief), kept)
    assert _rows(page) != before
    second = page.locator("#x-worlds fieldset").nth(1)
    _drag(page, second, 0.9, 0.3)  # from right to left
    both = kept & _kept(page, brief, second)
    assert both.sum() < kept.sum()
    _check(page, brief, _payoff(brief), both)
    page.locator("#x-all").click()
    assert _rows(page) == before
    assert page.locator("#x-count").text_content() == f"All {kept.size} worlds"


def test_one_end_is_dragged_alone(rivals: Brief, visit: Visit) -> None:
    page = visit(rivals)
    axis = page.locator("#x-worlds fieldset").first
    axis.scroll_into_view_if_needed()
    box = axis.locator("input").last.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] - 8, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + box["height"] / 2, steps=5)
    page.mouse.up()
    low, high = _ends(axis)
    assert low == 0
    assert 45 <= high <= 55
    _check(page, rivals, _payoff(rivals), _kept(page, rivals, axis))


def test_the_keyboard_moves_each_end_and_escape_takes_the_filter_off(brief: Brief, visit: Visit) -> None:
    """The pattern of the slider with two thumbs (WAI-ARIA Authoring Practices): Tab, arrows, Page, Home and End."""
    page = visit(brief)
    axis = page.locator("#x-worlds fieldset").first
    low, high = axis.locator("input").first, axis.locator("input").last
    low.focus()
    for key in ("ArrowRight", "ArrowRight", "PageUp", "PageUp"):
        page.keyboard.press(key)
    page.keyboard.press("Tab")
    assert high.evaluate("input => input === document.activeElement")
    page.keyboard.press("PageDown")
    kept = _kept(page, brief, axis)
    assert _ends(axis) == (22, 90)
    assert 2 <= kept.sum() < kept.size
    _check(page, brief, _payoff(brief), kept)
    assert re.search(r"\d", high.get_attribute("aria-valuetext") or "")
    page.keyboard.press("Home")  # the ends do not cross
    assert _ends(axis) == (22, 24)
    page.keyboard.press("Escape")
    assert _ends(axis) == (0, 100)
    _check(page, brief, _payoff(brief), np.ones(kept.size, dtype=bool))


def test_no_world_left_is_said_and_not_computed(rivals: Brief, visit: Visit) -> None:
    page = visit(rivals)
    fields = page.locator("#x-worlds fieldset")
    for i in range(fields.count()):
        _drag(page, fields.nth(i), 0.0, 0.12)
    assert (page.locator("#x-count").text_content() or "").startswith("0 of 64 worlds")
    assert all(mean == "too few worlds" for _, mean, _ in _rows(page))


def _drag(page: Page, axis: Locator, start: float, end: float) -> None:
    """Press on the picture of an assumption's worlds at one place, move, and let go at another."""
    axis.scroll_into_view_if_needed()
    box = axis.locator("svg").bounding_box()
    assert box is not None
    y = box["y"] + 0.6 * box["height"]
    page.mouse.move(box["x"] + start * box["width"], y)
    page.mouse.down()
    page.mouse.move(box["x"] + end * box["width"], y, steps=6)
    page.mouse.up()


def _ends(axis: Locator) -> tuple[int, int]:
    low, high = axis.locator("input").evaluate_all("inputs => inputs.map(input => +input.value)")
    return low, high


def _kept(page: Page, brief: Brief, axis: Locator) -> npt.NDArray[np.bool_]:
    """(worlds): from the run's own draws, those between the ends that the slider stands at."""
    about = axis.locator("legend").text_content()
    model, design = brief.findings.model, brief.findings.ensemble.design
    parameter = next(p for p in model.uncertain if title_of(model, p.name) == about)
    column = design.worlds.columns[parameter.name]
    spread = parameter.spread
    assert spread is not None
    ends = spread.arguments if spread.distribution == "uniform" else (column.min(), column.max())
    low, high = _ends(axis)
    kept = np.ones(column.size, dtype=bool)
    if low > 0:
        kept &= column >= ends[0] + low / 100 * (ends[1] - ends[0])
    if high < 100:
        kept &= column <= ends[0] + high / 100 * (ends[1] - ends[0])
    return kept


def _payoff(brief: Brief) -> Floats:
    return _by_strategy(brief, brief.findings.ensemble.payoff(brief.findings.model.decider))


def _by_strategy(brief: Brief, values: Floats) -> Floats:
    """(strategies, worlds) of (profiles, worlds): the mean over all profiles in which the decider plays it."""
    ensemble, model = brief.findings.ensemble, brief.findings.model
    own = ensemble.design.profiles[:, ensemble.program.players.index(model.decider)]
    return np.array([values[own == j].mean(axis=0) for j in np.unique(own)])


def _labels(brief: Brief) -> list[str]:
    ensemble, model = brief.findings.ensemble, brief.findings.model
    decider = ensemble.program.players.index(model.decider)
    own = np.unique(ensemble.design.profiles[:, decider])
    return [strategy_words(ensemble.program.instances[decider][j]) for j in own]


def _rows(page: Page) -> list[tuple[str, str, str]]:
    """Strategy, mean and share within the limit, as they stand in the table."""
    script = "rows => rows.map(row => ['th', '.x-mean', '.x-within'].map(part => row.querySelector(part).textContent))"
    return [tuple(row) for row in page.locator(".shown tbody tr").evaluate_all(script)]


def _check(page: Page, brief: Brief, values: Floats, kept: npt.NDArray[np.bool_]) -> None:
    """The count, and each strategy's mean and standard error over the worlds kept, to the figures shown."""
    count = f"All {kept.size} worlds" if kept.all() else f"{kept.sum()} of {kept.size} worlds"
    assert page.locator("#x-count").text_content() == count
    labels = _labels(brief)
    rows = _rows(page)
    assert sorted(label for label, _, _ in rows) == sorted(labels)
    for label, mean, _ in rows:
        of = values[labels.index(label)][kept]
        found = re.match(r"(−?[\d.\u202f]+)\s±\s([\d.\u202f]*\d)(\s%)?", mean)
        assert found is not None
        scale = 100.0 if found.group(3) else 1.0
        error = of.std(ddof=1) / np.sqrt(of.size)
        _, point, decimals = found.group(2).partition(".")
        places = len(decimals) if point else len(found.group(2).rstrip("0")) - len(found.group(2))
        if kept.all():  # then the error is that of the design, and the figures are those of the table
            assert float(found.group(2).replace("\u202f", "")) <= scale * error + 0.501 * 10.0**-places
            assert (label, found.group(1)) in _told(page)
            error = float(found.group(2).replace("\u202f", "")) / scale
        for text, value in ((found.group(1), of.mean()), (found.group(2), error)):
            assert float(text.replace("−", "-").replace("\u202f", "")) == pytest.approx(
                scale * value, abs=0.501 * 10.0**-places
            )


def _told(page: Page) -> set[tuple[str, str]]:
    """Strategies and means in the table of every number."""
    script = "rows => rows.map(row => [row.children[0].textContent, row.children[3].textContent])"
    rows = page.locator("#holds-up table.data tbody tr").evaluate_all(script)
    return {(label, mean) for label, mean in rows}


def _check_within(page: Page, brief: Brief, outcome: str) -> None:
    """With all worlds kept, the shares are those that the tables count."""
    robust = brief.findings.robust
    assert isinstance(robust, Robust)
    kept = robust.robustness.under[0].satisficing
    assert kept is not None
    shares = {
        strategy_words(instance): next(w.share for w in kept.alone[instance.label] if w.outcome == outcome)
        for instance in robust.robustness.strategies
    }
    for label, _, within in _rows(page):
        assert within == percent(shares[label].value, shares[label].error)
