"""The brief in Markdown: read back by another program, it has the page's headings, sentences and tables."""

from __future__ import annotations

import itertools
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from conftest import Brief
from markdown_it import MarkdownIt
from markdown_it.token import Token

from standoff.brief.formats.markdown import escape_markdown, render_markdown
from standoff.brief.page import Page, make_page
from standoff.brief.write import MARKDOWN, write_brief


@pytest.fixture(scope="module")
def page(rivals: Brief) -> Page:
    return make_page(rivals.findings)


@pytest.fixture(scope="module")
def tokens(page: Page) -> list[Token]:
    return MarkdownIt("commonmark").enable("table").parse(render_markdown(page, is_whole=True))


def _texts(tokens: list[Token], kind: str) -> list[str]:
    """The text of every inline token that follows a token of this kind, as it would be shown."""
    return [_shown(after) for token, after in itertools.pairwise(tokens) if token.type == kind]


def _shown(token: Token) -> str:
    return "".join(child.content for child in token.children or [])


def test_the_answer_comes_first_and_is_whole(page: Page, tokens: list[Token]) -> None:
    assert _texts(tokens, "heading_open")[0] == page.question
    paragraphs = _texts(tokens, "paragraph_open")
    assert paragraphs[0] == f"{page.title}; in this model; not a forecast"
    assert tuple(paragraphs[1 : 1 + len(page.answer)]) == page.answer


def test_every_section_is_there_with_its_title_and_sentences(page: Page, tokens: list[Token]) -> None:
    headings, paragraphs = _texts(tokens, "heading_open"), _texts(tokens, "paragraph_open")
    for section in page.sections:
        if section.is_live:
            assert section.title not in headings
            continue
        assert section.title in headings
        methods = section.method.text if section.method else ()
        for text in (*section.lead, *section.sure, *methods, *(picture.caption for picture in section.pictures)):
            assert not text or text in paragraphs
        for picture in section.pictures:
            assert not picture.title or picture.title in headings


def test_every_table_is_there_with_every_cell(page: Page, tokens: list[Token]) -> None:
    found = _tables(tokens)
    assert len(found) > 20
    for section in page.sections:
        for picture in section.pictures:
            for table in (*picture.instead, *([picture.table] if picture.table else [])):
                rows = [tuple(" ".join(cell.split()) for cell in row) for row in (table.header, *table.rows)]
                assert rows in found
    assert ["Assumption", "Range", "Why"] in [list(rows[0]) for rows in found]
    assert {len({len(row) for row in rows}) for rows in found} == {1}


def test_nothing_of_the_page_for_browsers_is_left(page: Page, tokens: list[Token]) -> None:
    text = render_markdown(page, is_whole=True)
    assert not re.search(r"</?[a-z]+[ >]|&[a-z]+;|class=|href=", text)
    assert not [token for token in tokens if token.type in ("html_block", "code_block", "fence")]
    assert not [child for token in tokens for child in token.children or [] if child.type == "html_inline"]
    assert "\n\n\n" not in text


def test_a_table_that_is_put_off_is_named_where_it_belongs(tokens: list[Token]) -> None:
    paragraphs = _texts(tokens, "paragraph_open")
    named = [int(m[1]) for text in paragraphs if (m := re.fullmatch(r"Every number: table (\d+)\.", text))]
    there = [int(m[1]) for text in _texts(tokens, "heading_open") if (m := re.fullmatch(r"Table (\d+)", text))]
    assert there == list(range(1, len(there) + 1))
    assert set(named) == set(there)


def test_it_is_written_beside_the_page(rivals: Brief, page: Page, tmp_path: Path) -> None:
    path = write_brief(rivals.findings, tmp_path)
    assert (path.parent / MARKDOWN).read_text(encoding="utf-8") == render_markdown(page)


@pytest.mark.parametrize(
    "text",
    ["a * b_c_d [x] <i> | y", "# not a heading", "1. not a list", "- nor this", "+ nor this", "a \\* b &amp; c & d",
     "> 5 %", "~~as it is~~", "one ` tick"],
)  # fmt: skip
def test_text_is_shown_letter_by_letter(text: str) -> None:
    (_, inline, _) = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(escape_markdown(text))
    assert _shown(inline) == text


def test_names_between_backticks_stay_code() -> None:
    (_, inline, _) = MarkdownIt("commonmark").parse(escape_markdown("`log_of(x)` of *nothing*"))
    assert next((child.type, child.content) for child in inline.children or []) == ("code_inline", "log_of(x)")
    assert _shown(inline) == "log_of(x) of *nothing*"


class _Cells(HTMLParser):
    """Every table as rows of text."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.is_cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")
            self.is_cell = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self.is_cell = False

    def handle_data(self, data: str) -> None:
        if self.is_cell:
            self.tables[-1][-1][-1] += data


def _tables(tokens: list[Token]) -> list[list[tuple[str, ...]]]:
    reader = _Cells()
    reader.feed(MarkdownIt("commonmark").enable("table").renderer.render(tokens, MarkdownIt("commonmark").options, {}))
    return [[tuple(" ".join(cell.split()) for cell in row) for row in table] for table in reader.tables]
