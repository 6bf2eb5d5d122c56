"""Every number that is printed, on the page, in Markdown and on paper, is the data's own, rounded in one way."""

from __future__ import annotations

import json
import random
import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import pytest
from conftest import Brief
from printed import Known, figures_of, is_series, readings, series_of, texts_by_section

from standoff.brief.formats.markdown import render_markdown
from standoff.brief.write import DATA, MARKDOWN

HEAD = ("study", "run", "actors", "strategies", "outcomes", "assumptions")
FOUND = ("findings", "parts", "method", "references")
"""Of a section, without what it says: its sentences and tables are what is tested."""
DIGITS = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True, eq=False)
class Printed:
    """A brief as it was written: its page, texts by the anchor of their section, and what its data knows by section.

    What a section's reason says is the section's. The first screen, the story and what runs in the browser look at all.
    """

    brief: Brief
    page: str
    texts: tuple[tuple[str, str], ...]
    known: dict[str, Known]
    series: dict[str, list[list[float]]]

    def of(self, anchor: str) -> Known:
        """What may stand in a section."""
        return self.known.get(anchor, self.known[""])


@pytest.fixture(scope="module", params=["rivals", "lake", "korea"])
def printed(request: pytest.FixtureRequest) -> Printed:
    brief: Brief = request.getfixturevalue(request.param)
    data: dict[str, Any] = json.loads((brief.path.parent / DATA).read_text(encoding="utf-8"))
    head = {key: data[key] for key in HEAD}
    told = {one["name"]: {k: part for k, part in one.items() if not isinstance(part, str)} for one in data["reasons"]}
    sections = {one["name"]: {key: one[key] for key in FOUND} for one in data["sections"]}
    known = {name: Known.of(head, part, told.get(name)) for name, part in sections.items()}
    known[""] = Known.of(head, *sections.values(), *told.values())
    page = brief.path.read_text(encoding="utf-8")
    texts = tuple((anchor.removeprefix("why-"), text) for anchor, text in texts_by_section(page))
    series = {one["name"]: list(series_of(one["findings"])) for one in data["sections"]}
    return Printed(brief, page, texts, known, series)


def test_every_number_of_the_page_is_the_text_of_one_in_the_data(printed: Printed) -> None:
    """Of its section's own findings: in sentences, tables, pictures, and what marks and controls say."""
    every = {(anchor, figure): text for anchor, text in printed.texts for figure in figures_of(text)}
    lost = [(*key, text) for key, text in every.items() if not printed.of(key[0]).has(*key[1])]
    assert lost == [], "\n".join(map(str, lost))
    assert len(every) > 300


def test_what_is_told_over_time_is_one_series_of_the_data_step_by_step(printed: Printed) -> None:
    """And with one digit changed at one step, of two hundred, hardly ever."""
    columns = [(printed.series[anchor.removeprefix("why-")], c) for anchor, of in readings(printed.page) for c in of]
    lost = [column for series, column in columns if not any(is_series(column, one) for one in series)]
    assert lost == []
    assert len(columns) >= 18
    any_of = random.Random(1)
    missed = 0
    for series, column in any_of.choices(columns, k=200):
        step = any_of.randrange(len(column))
        wrong = (*column[:step], _with_a_wrong_digit(column[step], any_of), *column[step + 1 :])
        missed += any(is_series(wrong, one) for one in series)
    assert missed <= 4


def _with_a_wrong_digit(number: str, any_of: random.Random) -> str:
    place = any_of.choice([k for k, letter in enumerate(number) if letter.isdigit()])
    return f"{number[:place]}{(int(number[place]) + any_of.randint(1, 9)) % 10}{number[place + 1 :]}"


def test_no_number_stands_twice_with_different_digits(printed: Printed) -> None:
    """What has an error has one text, as the test above has it; what has none is told alike wherever it stands."""
    every = {(anchor, value) for anchor, text in printed.texts for value, error in figures_of(text) if error is None}
    told: dict[tuple[str, float], set[str]] = defaultdict(set)
    for anchor, value in every:
        number = printed.known[anchor].number_of(value) if anchor in printed.known and "." in value else None
        if number is not None:
            told[anchor, number].add(value)
    assert len(told) > 10
    assert {key: texts for key, texts in told.items() if len(texts) > 1} == {}


def test_markdown_has_no_number_that_the_page_has_not(printed: Printed) -> None:
    on_page = set(DIGITS.findall(re.sub(r"<(script|style).*?</\1>", "", printed.page, flags=re.DOTALL)))
    short = (printed.brief.path.parent / MARKDOWN).read_text(encoding="utf-8")
    assert len(short.split()) <= 800
    for text in (short, render_markdown(printed.brief.page, is_whole=True)):
        numbers = re.sub(r"(?m)^### Table \d+$|: table \d+\.", "", text)
        assert set(DIGITS.findall(numbers)) <= on_page


def test_a_number_that_were_wrong_or_of_another_section_would_be_missed(rivals: Brief) -> None:
    page = rivals.path.read_text(encoding="utf-8")
    data = json.loads((rivals.path.parent / DATA).read_text(encoding="utf-8"))
    known = {section["name"]: Known.of(section["findings"]) for section in data["sections"]}
    figures = [(a, *f) for a, text in texts_by_section(page) if a in known for f in figures_of(text) if f[1]]
    assert len(figures) > 100
    others = {"gives-up": "documents", "over-time": "gives-up", "others": "over-time"}
    moved = [known[a].has(f"{value[:-1]}{(int(value[-1]) + 3) % 10}", error) for a, value, error in figures]
    misplaced = [known[others[a]].has(value, error) for a, value, error in figures if a in others]
    assert sum(moved) < 0.1 * len(moved)
    assert sum(misplaced) < 0.1 * len(misplaced)
