"""The brief's section about documents: titles, links both ways, and other people's words only when asked for."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

import standoff
from standoff.brief.write import make_brief
from standoff.ensemble.running import Size

HERE = Path(__file__).parents[1]
ARTICLE = HERE.parent / "evidence" / "article.txt"
WORDS = "it had doubled the southern arsenal on paper"

CLAIMS = """\
documents:
  freeze: {title: Two Rivals and a Freeze, author: Nobody, url: "https://example.org/a", file: article.txt}
  letter: {title: A Letter <b>to</b> the Editor}
claims:
  rivals-fear:
    document: freeze
    passage: p3.s2
    says: What each side fears makes it build
    stance: asserts
    bears_on: [fear]
    expect: {raise: fear, raises: arms}
  letter-calm:
    document: letter
    passage: p1
    says: Frightened & <i>cowed</i>, neighbours build less
    stance: asserts
    certainty: likely
    bears_on: [fear]
    expect: {raise: fear, lowers: arms}
"""


def brief(study: Path, out: Path, sources: Path | None = None) -> str:
    page = make_brief(standoff.load(study), out, Size(48, 4), sources=sources)
    return page.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("brief") / "rivals"
    shutil.copytree(standoff.load("rivals").model.folder, folder)
    (folder / "claims.yaml").write_text(CLAIMS, encoding="utf-8")
    study = folder / "study.yaml"
    text = study.read_text(encoding="utf-8")
    study.write_text(
        text.replace("title: Fear feeds the race,", "title: Fear feeds the race, cites: [rivals-fear, letter-calm],")
    )
    shelf = folder.parent / "shelf"
    shelf.mkdir()
    shutil.copy(ARTICLE, shelf)
    return folder


@pytest.fixture(scope="module")
def plain(folder: Path) -> str:
    return brief(folder, folder.parent / "plain")


def section(page: str) -> str:
    """The reason, which has the picture, and the workings."""
    found = re.findall(r'<section id="(?:why-)?documents"[^>]*>.*?</section>', page, re.DOTALL)
    assert found
    return "".join(found)


def test_the_title_states_the_finding(plain: str) -> None:
    title = (
        "The documents contradict each other in 1 pair of claims; the model bears out 1 of 2 claims and contradicts 1"
    )
    assert f"<h2>{title}</h2>" in section(plain).replace("\N{NO-BREAK SPACE}", " ").replace(
        "\N{NARROW NO-BREAK SPACE}", " "
    )


def test_links_run_from_assumption_to_claim_to_result_and_back(plain: str) -> None:
    part = section(plain)
    assert part.count('<li id="c-') == 2
    assert 'href="#c-rivals-fear"' in plain[plain.index('id="a-fear"') :]
    card = part[part.index('<li id="c-rivals-fear"') :].split("</li>")[0]
    assert 'href="#a-fear"' in card
    assert "Moves: " in card
    assert 'href="https://example.org/a"' in card
    moved = part[
        part.index("numbers of race on most")
        if "numbers of race on most" in part
        else part.index("move the numbers of") :
    ]
    assert 'href="#c-rivals-fear"' in moved
    for target in re.findall(r'href="#([^"]+)"', part):
        assert f'id="{target}"' in plain


def test_each_claim_is_tied_to_its_mechanism_in_the_colour_of_its_answer(plain: str) -> None:
    ties = re.findall(r'<path class="link m-(\w+)" data-a="c-([\w-]+)" data-b="m-(\w+)"', section(plain))
    assert sorted(ties) == [("borne", "rivals-fear", "fear_feeds_arms"), ("contra", "letter-calm", "fear_feeds_arms")]


def test_what_the_files_say_is_escaped(plain: str) -> None:
    part = section(plain)
    assert "<i>cowed" not in part and "<b>to</b>" not in part
    assert "Frightened &amp; &lt;i&gt;cowed" in part


def test_others_words_are_shown_only_to_those_who_ask(folder: Path, plain: str) -> None:
    assert WORDS not in plain
    assert "standoff brief … --sources DIR" in plain
    part = section(brief(folder, folder.parent / "shown", folder.parent / "shelf"))
    assert re.search(rf"<blockquote>[^<]*{WORDS}[^<]*</blockquote>", part)
    assert "“A Letter &lt;b&gt;to&lt;/b&gt; the Editor” is not at hand." in part


def test_a_study_without_claims_has_no_such_section(folder: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    shutil.copytree(folder, bare)
    (bare / "claims.yaml").unlink()
    study = bare / "study.yaml"
    text = (
        study.read_text(encoding="utf-8")
        .replace(", cites: [rivals-fear]", ", judgement: none")
        .replace(" cites: [rivals-fear, letter-calm],", "")
    )
    study.write_text(text, encoding="utf-8")
    page = brief(bare, tmp_path / "out")
    assert 'id="documents"' not in page
