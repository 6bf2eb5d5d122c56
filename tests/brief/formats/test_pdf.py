"""The page on paper: two tagged pages with an outline, and a word where there is no Chromium."""

from __future__ import annotations

import re
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from conftest import Brief
from lxml import html

from standoff.brief.formats import pdf
from standoff.brief.write import PAGE, PDF, SHORT, Forms, write_brief

NUMBER = re.compile(r"\d+(?:\.\d+)?")  # thousands by themselves: a thin space is any space on paper

pikepdf = pytest.importorskip("pikepdf", reason="pikepdf is missing: pip install -e '.[dev]'")


def test_the_short_form_is_two_tagged_pages_with_an_outline(korea: Brief, tmp_path: Path) -> None:
    if pdf.find_browser() is None:
        pytest.skip("Chromium is missing: apt install chromium")
    write_brief(korea.findings, tmp_path, Forms(is_short=True, has_pdf=True))
    assert (tmp_path / SHORT).is_file()
    with pikepdf.open(tmp_path / PDF) as printed:
        assert len(printed.pages) == 2
        root = printed.Root
        assert root.MarkInfo.Marked
        assert str(root.Lang).startswith("en")
        kinds = _kinds(root.StructTreeRoot)
        assert {"/Document", "/H1", "/H2", "/P", "/Table", "/TH", "/TD"} <= kinds
        with printed.open_outline() as outline:
            titles = [item.title for item in outline.root]
        assert titles and titles[0].startswith("Which United States approach")
    _has_the_numbers_of_the_page(tmp_path, least=50)


@pytest.mark.parametrize("study", ["rivals", "lake"])
def test_every_number_on_paper_is_on_the_page_with_the_same_digits(
    study: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """Whose every number is held to the data in `test_every_number.py`."""
    if pdf.find_browser() is None:
        pytest.skip("Chromium is missing: apt install chromium")
    brief: Brief = request.getfixturevalue(study)
    write_brief(brief.findings, tmp_path, Forms(is_whole=True, has_pdf=True))
    _has_the_numbers_of_the_page(tmp_path, least=300)


def _has_the_numbers_of_the_page(folder: Path, least: int) -> None:
    tree = html.fromstring((folder / PAGE).read_text(encoding="utf-8"))
    for node in tree.xpath("//script|//style"):
        node.drop_tree()
    printed = pdfium.PdfDocument(folder / PDF)
    on_paper = [number for page in printed for number in NUMBER.findall(page.get_textpage().get_text_bounded())]
    printed.close()
    assert len(on_paper) > least
    on_page = set(NUMBER.findall(" ".join(tree.itertext())))
    # two cells of a picture on one line are read as one text, which is seldom
    joined = {x for x in set(on_paper) - on_page if any({x[:k], x[k:]} <= on_page for k in range(1, len(x)))}
    assert set(on_paper) - joined <= on_page
    assert sum(number in joined for number in on_paper) <= len(on_paper) / 50


def test_without_a_browser_all_else_is_written(
    rivals: Brief, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setattr(pdf, "find_browser", lambda: None)
    with pytest.raises(pdf.NoBrowserError, match="no Chromium is on the path"):
        write_brief(rivals.findings, tmp_path, Forms(has_pdf=True))
    assert (tmp_path / PAGE).is_file()
    assert not (tmp_path / PDF).exists()


def _kinds(node: object) -> set[str]:
    """The kinds of all structure elements below a node."""
    found: set[str] = set()
    stack = [node]
    while stack:
        top = stack.pop()
        if isinstance(top, pikepdf.Array):
            stack += list(top)
        elif isinstance(top, pikepdf.Dictionary):
            if "/S" in top:
                found.add(str(top.S))
            if "/K" in top:
                stack.append(top.K)
    return found
