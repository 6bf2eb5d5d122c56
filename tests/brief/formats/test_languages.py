"""The page in other languages: its own words are in them, and what a study or a finding says stays as it is."""

from __future__ import annotations

import re

import pytest
from conftest import Brief
from lxml import html

from standoff.brief.formats.html import render_page
from standoff.brief.page import make_page
from standoff.words.language import load_language

OWN = (
    "//p[@class='study']/span[2]|//nav//a|//div[@class='teach']//*[not(*)]"
    "|//summary[not(ancestor::*[@id='workings'])]|//*[@id='story']//h2|//p[@class='explain']|//footer/p"
    "|//section[starts-with(@id, 'why-')]//div[@class='sure']/p|//*[@id='workings']/h2|//*[@id='workings']/p"
    "|//div[@class='answer']/p|//div[@class='glance']/p[@class='key']"
)  # fmt: skip
"""Places of the page's own words; findings' titles, sentences, captions and tables are in English, as the page says."""


@pytest.mark.parametrize("code", ["de", "ko"])
def test_no_word_of_the_page_itself_is_left_in_english(rivals: Brief, code: str) -> None:
    said = []
    for language in ("en", code):
        tree = html.fromstring(render_page(make_page(rivals.findings, load_language(language))))
        for node in tree.xpath("//script|//style|//svg"):
            node.drop_tree()
        texts = (" ".join("".join(node.itertext()).split()) for node in tree.xpath(OWN))
        said.append({text for text in texts if re.search(r"[a-z]{3}", text)})
    english, other = said
    assert len(english) > 50
    assert english & other == set()
