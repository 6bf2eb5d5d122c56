"""The brief as data: valid JSON by one rule, and every number that the page prints is in it, unrounded."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import pytest
from conftest import Brief
from lxml import html

import standoff
from standoff.analysis.findings import Figure
from standoff.brief.findings import Findings
from standoff.brief.formats.data import FORMAT, brief_data
from standoff.brief.formats.html import render_page
from standoff.brief.formats.markdown import render_markdown
from standoff.brief.page import make_page
from standoff.brief.write import DATA, run_brief, write_brief
from standoff.ensemble.running import Size
from standoff.questions.as_json import _LEFT_TO_THE_RUN

BLOCKS = "p|li|td|th|h1|h2|h3|h4|dd|figcaption|summary|caption|blockquote"
NOT_READ = (
    "//svg|//script|//style|//section[@id='explore' or @id='what-if']",  # pictures stand beside their tables
    "//details[@class='method']",  # constants of the method, and years of references
    "//p[@class='words']",  # what the words of certainty mean
    "//section[@id='run']//dl",  # sizes and digests, which the head has
    "//cite|//code|//p[@class='name']",
    "//div[@id='reasons']",  # read below, with the first screen
)
NOT_A_NUMBER = (
    r"Q[1-4] \d{4}",  # dates, kept as steps of the clock
    r"\b(50|80|90|95|97|10–90|10–50–90)\s%( interval| of worlds)?",  # levels, which stand in the words of a heading
    r"\d+–\d+\s%\)",  # what a word of certainty means
    r"\b(19|20)\d\d\b",
    r"\bp\d+\.s\d+",  # places in documents
    # why a limit was dropped from a box is kept as the sentence only
    r"That .*? was left out: chance alone would do as well with probability \d\.\d+",
)
_DIGITS = r"−?\d+(?:[\u202f,]\d{3})*(?:\.\d+)?"
NUMBER = re.compile(_DIGITS)
MEASURED = re.compile(rf"({_DIGITS})\s*±\s*({_DIGITS})(\s%)?")


@pytest.fixture(scope="module")
def findings(rivals: Brief) -> Findings:
    return run_brief(standoff.load(rivals.path.parents[1]), Size(64, 4))


@pytest.fixture(scope="module")
def data(findings: Findings) -> dict[str, Any]:
    found = brief_data(findings, make_page(findings))
    text = json.dumps(found, allow_nan=False)
    assert json.loads(text) == json.loads(json.dumps(json.loads(text)))
    return found


@dataclass(frozen=True)
class _Known:
    """The numbers of a part of the data, and those that stand side by side (in one object or at one place of two)."""

    numbers: tuple[float, ...]
    pairs: tuple[tuple[float, float], ...]

    @staticmethod
    def of(*parts: Any) -> _Known:
        return _Known(tuple(x for p in parts for x in _numbers(p)), tuple(x for p in parts for x in _pairs(p)))


def test_every_number_of_the_page_is_in_the_data(findings: Findings, data: dict[str, Any]) -> None:
    tree = html.fromstring(render_page(make_page(findings)))
    for path in NOT_READ:
        for node in tree.xpath(path):
            node.drop_tree()
    sections = {section["name"]: section for section in data["sections"]}
    head = {key: value for key, value in data.items() if key != "sections"}
    lost, n_found = [], 0
    for node in tree.xpath("//section"):
        known = _Known.of(head, sections[node.get("id")]["findings"])
        for text in _texts(node):
            lost += [(node.get("id"), shown, text) for shown in _unknown(text, known)]
            n_found += len(NUMBER.findall(text))
    assert lost == [], "\n".join(map(str, lost))
    assert n_found > 300


def test_every_number_of_the_answer_and_the_reasons_is_in_the_data(findings: Findings, data: dict[str, Any]) -> None:
    """Rounded as it is there; and what stands on the page twice has the same digits."""
    page = make_page(findings)
    tree = html.fromstring(render_page(page))
    for node in tree.xpath("//svg|//script|//style"):
        node.drop_tree()
    known = _Known.of(data)
    texts = [*page.answer, *[cell.value for row in page.glance.rows for cell in row.cells]] if page.glance else []
    texts += [text for node in tree.xpath("//section[starts-with(@id, 'why-')]") for text in _texts(node)]
    assert [(text, list(_unknown(text, known))) for text in texts if any(_unknown(text, known))] == []
    table = {cell for node in tree.xpath("//section[@id='holds-up']//td") for cell in node.itertext()}
    told = {number for cell in table for number in NUMBER.findall(cell)}
    assert page.glance is not None
    outcomes = [k for k, column in enumerate(page.glance.columns) if column.name]  # what others answer stands elsewhere
    glanced = [NUMBER.findall(row.cells[k].value) for row in page.glance.rows for k in outcomes]
    assert glanced
    assert [numbers for numbers in glanced if not set(numbers) <= told] == []


def test_the_short_text_has_no_number_that_the_page_has_not(findings: Findings) -> None:
    page = make_page(findings)
    tree = html.fromstring(render_page(page))
    on_page = set(NUMBER.findall(" ".join(tree.itertext())))
    text = render_markdown(page)
    assert len(text.split()) <= 800
    assert set(NUMBER.findall(text.replace("\\", ""))) <= on_page


def _texts(node: Any) -> Iterator[str]:
    for block in node.xpath(f".//*[{' or '.join(f'self::{name}' for name in BLOCKS.split('|'))}]"):
        if not block.xpath(f".//*[{' or '.join(f'self::{name}' for name in BLOCKS.split('|'))}]"):
            yield re.sub(r"[ \n]+", " ", " ".join(block.itertext()))


def _unknown(text: str, known: _Known) -> Iterator[str]:
    for pattern in NOT_A_NUMBER:
        text = re.sub(pattern, " ", text)
    for match in MEASURED.finditer(text):
        scale = 100.0 if match[3] else 1.0
        value, error = match[1], match[2]
        zeros = len(error) - len(error.rstrip("0")) if error.isdigit() and error != "0" else 0
        if not any(_is_shown(value, scale * a, zeros) and _is_shown(error, scale * b, zeros) for a, b in known.pairs):
            yield match[0]
    for match in NUMBER.finditer(MEASURED.sub(" ", text)):
        if not any(_is_shown(match[0], scale * x) for x in known.numbers for scale in (1.0, 100.0)):
            yield match[0]


def _is_shown(shown: str, value: float, zeros: int = 0) -> bool:
    """Whether a number in print may stand for a value: rounded at its last place, of whatever sign."""
    digits = re.sub(r"[\u202f,−]", "", shown)
    places = len(digits.partition(".")[2])
    if not places and len(digits) > 2:  # of a large number two figures are told
        places = -(len(digits) - len(digits.rstrip("0")))
    return abs(abs(value) - float(digits)) <= 0.5000001 * 10.0 ** max(-places, zeros)


def _numbers(part: Any) -> Iterator[float]:
    """Every number, and how many there are of whatever is listed."""
    if isinstance(part, dict):
        yield float(len(part))
        for item in part.values():
            yield from _numbers(item)
    elif isinstance(part, list):
        yield float(len(part))
        for item in part:
            yield from _numbers(item)
    elif isinstance(part, int | float) and not isinstance(part, bool):
        yield float(part)


def _pairs(part: Any) -> Iterator[tuple[float, float]]:
    if isinstance(part, dict):
        own = [float(x) for x in part.values() if isinstance(x, int | float) and not isinstance(x, bool)]
        own += [part["figure"]["value"]] if "figure" in part else []
        yield from ((a, b) for a in own for b in own)
        lists = [x for x in part.values() if isinstance(x, list)]
        yield from (pair for a in lists for b in lists for pair in _side_by_side(a, b))
        for item in part.values():
            yield from _pairs(item)
    elif isinstance(part, list):
        for item in part:
            yield from _pairs(item)


def _side_by_side(a: Any, b: Any) -> Iterator[tuple[float, float]]:
    if isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        for one, other in zip(a, b, strict=True):
            yield from _side_by_side(one, other)
    elif isinstance(a, int | float) and isinstance(b, int | float):
        yield float(a), float(b)


def test_the_head_says_what_was_run(findings: Findings, data: dict[str, Any]) -> None:
    assert data["format"] == FORMAT
    assert data["study"]["digest"] == findings.model.digest
    assert data["run"] == {
        "digest": findings.ensemble.digest, "profiles": 9, "worlds": 64, "replications": 4, "futures": 2304,
        "steps": findings.model.clock.steps, "step": "quarter", "seed": 1, "design": "latin hypercube",
        "worlds_seed": 1, "rare_ends_drawn": False,
    }  # fmt: skip
    assert data["answer"] == list(make_page(findings).answer)


def test_figures_keep_their_error_and_interval(findings: Findings, data: dict[str, Any]) -> None:
    (section,) = (section for section in data["sections"] if section["name"] == "holds-up")
    cell = section["findings"]["standings"][0]["cells"][0][0]["figure"]
    assert isinstance(findings.performance.standings[0].cells[0][0].figure, Figure)
    assert set(cell) == {"value", "error", "low", "high"}
    assert cell["value"] == findings.performance.standings[0].cells[0][0].figure.value


def test_what_is_left_to_the_run_is_named_rightly() -> None:
    for kind, left in _LEFT_TO_THE_RUN.items():
        assert left <= {item.name for item in fields(kind)}


def test_nothing_is_kept_by_world(data: dict[str, Any]) -> None:
    assert max(_lengths(data["sections"])) < 64


def _lengths(part: Any) -> Iterator[int]:
    for item in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from _lengths(item)
    if isinstance(part, list):
        yield len(part)


def test_it_is_written_beside_the_page_in_a_stable_order(findings: Findings, tmp_path: Path) -> None:
    first = (write_brief(findings, tmp_path / "a").parent / DATA).read_bytes()
    again = (write_brief(findings, tmp_path / "b").parent / DATA).read_bytes()
    assert first == again
    assert list(json.loads(first))[:3] == ["format", "standoff", "study"]
    assert not math.isnan(json.loads(first)["run"]["worlds"])


def test_a_number_that_were_missing_would_be_missed(findings: Findings, data: dict[str, Any]) -> None:
    """The other sections' findings do not do for a section's own."""
    tree = html.fromstring(render_page(make_page(findings)))
    sections = {section["name"]: section["findings"] for section in data["sections"]}
    for name, other in (("gives-up", "documents"), ("over-time", "gives-up"), ("others", "over-time")):
        nodes = tree.xpath(f"//section[@id='{name}' or @id='why-{name}']")
        known = _Known.of(sections[other])
        texts = [text for node in nodes for text in _texts(node) if "±" in text]
        assert sum(any("±" in shown for shown in _unknown(text, known)) for text in texts) > 0.5 * len(texts)
