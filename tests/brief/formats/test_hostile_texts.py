"""Every text of a study with quotes, markup and backslashes in it: the page has the same tree, and no script ends."""

from __future__ import annotations

import base64
import json
import re
import zlib
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
import yaml
from lxml import html

import standoff
from standoff.brief.formats.html import render_page
from standoff.brief.page import make_page
from standoff.brief.write import run_brief
from standoff.ensemble.running import Size
from standoff.language.text.fields import typeset

HOSTILE = "</script>\"'<b>&amp;`{0}\\"
SAID = ("title", "question", "name", "about")
PLAIN = re.sub(r"\W", "x", HOSTILE)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    folder = tmp_path_factory.mktemp("texts")
    return page(folder / "plain", PLAIN), page(folder / "hostile", HOSTILE)


def page(folder: Path, text: str) -> str:
    copytree(standoff.load("rivals").model.folder, folder)
    path = folder / "study.yaml"
    study = with_text(yaml.safe_load(path.read_text(encoding="utf-8")), text)
    path.write_text(yaml.safe_dump(study, sort_keys=False, width=10_000), encoding="utf-8")
    return render_page(make_page(run_brief(standoff.load(folder), Size(16, 2, 1))))


def with_text(tree: Any, text: str) -> Any:
    """A study whose titles, names and explanations end in a text."""
    if isinstance(tree, list):
        return [with_text(entry, text) for entry in tree]
    if not isinstance(tree, dict):
        return tree
    return {
        key: f"{value}{'' if key == 'name' else ' '}{text}"
        if key in SAID and str(value)[:1].isupper()
        else with_text(value, text)
        for key, value in tree.items()
    }


def tree(text: str) -> list[tuple[object, list[str]]]:
    return [(node.tag, sorted(node.attrib)) for node in html.document_fromstring(text).iter()]


def test_the_texts_are_there(pages: tuple[str, str]) -> None:
    roots = map(html.document_fromstring, pages)
    plain, hostile = ("".join(root.xpath("//body//text()[not(ancestor::script)]")) for root in roots)
    assert plain.count(PLAIN) == hostile.count(typeset(HOSTILE)) > 10


def test_the_page_has_the_same_tree(pages: tuple[str, str]) -> None:
    plain, hostile = map(tree, pages)
    assert plain == hostile


def test_every_script_holds_what_it_held(pages: tuple[str, str]) -> None:
    plain, hostile = (html.document_fromstring(text).xpath("//script") for text in pages)
    assert [script.get("type") for script in plain] == [script.get("type") for script in hostile]
    for ours, theirs in zip(plain, hostile, strict=True):
        if ours.get("type") == "application/octet-stream":
            assert re.fullmatch(r"[A-Za-z0-9+/=]+", theirs.text)
            assert carried(ours.text).count(PLAIN) == carried(theirs.text).count(json.dumps(typeset(HOSTILE))[1:-1])
        else:
            assert ours.text == theirs.text


def carried(packed: str) -> str:
    """The words of what a page carries for its scripts, as `Cargo` packs them."""
    whole = zlib.decompress(base64.b64decode(packed))
    return json.dumps(json.loads(whole[4 : 4 + int.from_bytes(whole[:4], "little")]))
