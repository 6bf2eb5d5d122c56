"""The page as a browser gets it: self-contained, labelled, linked; what it does there is in `test_browser*.py`."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from conftest import Brief

import standoff
from standoff.analysis.fans import plan_fans
from standoff.brief.pictures.drawing.colours import COLOURS
from standoff.brief.pictures.drawing.svg import nice_ticks
from standoff.brief.sections.reasons import QUESTIONS_SHOWN
from standoff.brief.write import make_brief
from standoff.ensemble.running import Size
from standoff.ensemble.study import Study
from standoff.questions.results import whole_run

MOST_BYTES = 2_000_000
VOID = {"meta", "link", "br", "hr", "img", "input", "path", "line", "rect", "circle", "polygon", "polyline"}


class _Reader(HTMLParser):
    """Tags with their attributes, whether they nest, and the text outside style and script."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] not in (["style"], ["script"]):
            self.text += data


@pytest.fixture
def page(rivals: Brief) -> Path:
    return rivals.path


def _read(path: Path) -> _Reader:
    return _Reader(path.read_text(encoding="utf-8"))


def test_the_page_loads_nothing_and_is_small(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert page.stat().st_size < MOST_BYTES
    for tag, attributes in _read(page).tags:
        assert tag not in ("img", "iframe", "object", "embed")
        if tag != "a":
            for name in ("src", "href"):
                assert (attributes.get(name) or "#").startswith(("#", "data:"))
    assert not re.search(r"@import|url\((?!#)", text)


def test_tags_nest_ids_are_unique_and_links_within_the_page_resolve(page: Path) -> None:
    read = _read(page)
    assert read.open == []
    ids = [attributes["id"] for _, attributes in read.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = {str(a["href"])[1:] for tag, a in read.tags if tag == "a" and str(a.get("href")).startswith("#")}
    assert targets <= set(ids)
    assert "a-fear" in ids


def test_every_question_has_its_section(rivals: Brief, korea: Brief) -> None:
    every = {
        "holds-up", "gives-up", "hinges-on", "explore", "others-play", "others", "deals", "documents", "over-time",
        "map", "assumptions", "leaves-out", "run",
    }  # fmt: skip
    where_asked = {"what-if", "watch", "since"}
    for brief in (rivals, korea):
        sections = {str(a["id"]) for tag, a in _read(brief.path).tags if tag == "section"}
        assert every <= {anchor for anchor in sections if not anchor.startswith("why-")} <= every | where_asked
        shown = {f"why-{anchor}" for anchor in QUESTIONS_SHOWN if anchor in sections}
        assert {anchor for anchor in sections if anchor.startswith("why-")} == shown
        links = {str(a["href"])[1:] for tag, a in _read(brief.path).tags if tag == "a" and "href" in a}
        assert sections <= links


def test_every_picture_is_labelled_or_stands_beside_its_numbers(page: Path) -> None:
    pictures = [attributes for tag, attributes in _read(page).tags if tag == "svg"]
    assert len(pictures) > 10
    for attributes in pictures:
        assert attributes.get("aria-hidden") == "true" or (
            attributes.get("role") == "img" and len(attributes.get("aria-label") or "") > 20
        )


def test_the_page_says_what_it_must(page: Path) -> None:
    text = " ".join(_read(page).text.split())
    for said in (
        "in this model; not a forecast", "Does offering a freeze end the race", "domestic politics",
        "Each side arms because the other’s arsenal frightens it", "inspectors say little".capitalize(),
        "Result digest", "A share of worlds is not a chance", "almost certain 95–99",
    ):  # fmt: skip
        assert said in text
    assert "{{" not in text
    assert "nan" not in re.findall(r"[a-z]+", text.lower())


def test_the_same_run_gives_the_same_page(page: Path, tmp_path: Path) -> None:
    again = make_brief(standoff.load(page.parent.parent), tmp_path, Size(64, 2))
    assert again.read_bytes() == page.read_bytes()


def test_a_studys_text_cannot_become_markup(study_of: Callable[..., Study], tmp_path: Path) -> None:
    study = study_of("""
        title: "<script>alert(1)</script>"
        leaves_out: ["<img src=x onerror=alert(1)>"]
        stocks: {x: {start: 1, next: "x", about: "</title><b>bold"}}
        outcomes: {end: {measure: "final(x)", better: lower}}
    """)
    read = _read(make_brief(study, tmp_path / "out", Size(16, 2)))
    tags = [tag for tag, _ in read.tags]
    assert tags.count("script") == 1
    assert "img" not in tags
    assert "bold" not in "".join(tag for tag, _ in read.tags)


def test_bad_and_empty_cases_have_a_page(study_of: Callable[..., Study], tmp_path: Path) -> None:
    """One strategy and no limits, no profiles and no others; too few worlds; every future faulted."""
    plain = study_of("""
        stocks: {x: {start: 1, next: "x"}}
        outcomes: {end: {measure: "final(x)", better: lower}}
    """)
    text = _read(make_brief(plain, tmp_path / "plain", Size(16, 1))).text
    assert "nothing to compare it with" in text
    text = _read(make_brief(standoff.load("rivals"), tmp_path / "small", Size(2, 1))).text
    assert "too small to tell the strategies apart" in text
    faulty = study_of("""
        uncertainties: {u: {about: u, range: [-2, -1], judgement: a test}}
        stocks: {x: {start: 1, next: "x + log(u)"}}
        outcomes: {end: {measure: "final(x)", better: lower}}
    """)
    text = _read(make_brief(faulty, tmp_path / "faulty", Size(16, 2))).text
    assert "gives no answer" in text
    assert "takes the logarithm" in text


def test_a_date_is_written_as_one_and_a_decider_need_not_have_a_payoff(
    study_of: Callable[..., Study], tmp_path: Path
) -> None:
    study = study_of("""
        actors: {north: {name: North}, south: {name: South}}
        choices: {north: [act, rest], south: [wait, go]}
        strategies: {north: {acts: {choose: act}, rests: {choose: rest}}, south: {waits: {choose: wait}}}
        payoffs: {south: {each: "-1 if shot else 0"}}
        events: {shot: {chance: "0.5 if north == act else 0.1"}}
        outcomes: {soon: {about: Date of the first shot, measure: "first(shot)", better: higher}}
    """)
    read = _read(make_brief(study, tmp_path / "out", Size(64, 4)))
    assert re.search(r"Q[34] 2025\s*±", read.text)
    assert re.search(r"Date of the first shot.*rests.*Q[34] 2025.*acts.*Q[12] 2025", " ".join(read.text.split()))


def test_a_brief_runs_all_profiles_and_follows_every_strategy() -> None:
    study = standoff.load("rivals")
    (job,) = whole_run(study, Size(32, 2)).jobs.values()
    assert job.design.profiles.shape == (9, 2)
    followed = plan_fans(job.program, job.design)
    assert set(job.design.profiles[followed.profiles, 0]) == {0, 1, 2}


def test_ticks_are_round_and_inside() -> None:
    assert nice_ticks((0.0, 1.0)) == [0.0, 0.25, 0.5, 0.75, 1.0]
    assert nice_ticks((-7.3, 0.4), 3) == [-5.0, 0.0]
    assert nice_ticks((3.0, 3.0)) == [3.0]


def test_text_stands_out_from_its_ground() -> None:
    """WCAG 2.2, success criteria 1.4.3 (text, 4.5 to 1) and 1.4.11 (marks, 3 to 1; the paler hues carry a label)."""
    css = (Path(standoff.__file__).parent / "brief" / "templates" / "page.css").read_text(encoding="utf-8")
    for name in ("ink", "soft", "link"):
        found = re.search(rf"--{name}:(#[0-9a-f]{{6}})", css)
        assert found is not None
        assert _contrast(found.group(1), "#f4f4f2") >= 4.5
    assert sum(_contrast(colour, "#ffffff") >= 3.0 for colour in COLOURS) >= 5


def _contrast(one: str, other: str) -> float:
    lights = sorted(_luminance(colour) for colour in (one, other))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def _luminance(colour: str) -> float:
    parts = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255.0
    linear = np.where(parts <= 0.03928, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ np.array([0.2126, 0.7152, 0.0722]))
