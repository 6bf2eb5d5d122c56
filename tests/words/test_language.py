"""Every language has the same texts with the same places, and a page can be made in each."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

import standoff
from standoff.analysis.robustness.performance import performance
from standoff.analysis.runs.decision_table import decision_table
from standoff.words.language import ENGLISH, LANGUAGES, load_language
from standoff.words.sentences.opening import opening


def _places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_text_is_there_with_its_places(code: str) -> None:
    language = load_language(code)
    assert set(language.texts) == set(ENGLISH.texts)
    for key, text in ENGLISH.texts.items():
        assert _places(language.texts[key]) <= _places(text), key
        assert language.texts[key] or key == "article"


@pytest.mark.parametrize("code", LANGUAGES)
def test_heads_of_tables_have_as_many_columns(code: str) -> None:
    heads = [key for key in ENGLISH.texts if key.endswith("_head")]
    assert heads
    language = load_language(code)
    assert [len(language.row(key)) for key in heads] == [len(ENGLISH.row(key)) for key in heads]


@pytest.mark.parametrize("code", [code for code in LANGUAGES if code != "en"])
def test_every_section_is_called_by_a_name_of_its_own(code: str) -> None:
    called = {key: text for key, text in load_language(code).texts.items() if key.startswith("section.")}
    assert len(set(called.values())) == len(called)
    assert {key for key, text in called.items() if text == ENGLISH.texts[key]} == set()


@pytest.mark.parametrize("code", LANGUAGES)
def test_notes_beside_pictures_stand_as_they_are(code: str) -> None:
    notes = {key: text for key, text in load_language(code).texts.items() if key.startswith("picture.")}
    assert notes
    assert {key: _places(text) for key, text in notes.items() if _places(text)} == {}


def test_the_first_screen_is_made_in_each_language() -> None:
    study = standoff.load("rivals")
    results = performance(decision_table(study.run(worlds=32, replications=2)))
    said = {code: opening(study.model, results, language=load_language(code)).sentences for code in LANGUAGES}
    assert len({len(sentences) for sentences in said.values()}) == 1
    assert len({sentences[0] for sentences in said.values()}) == len(LANGUAGES)
    assert "reciprocate" in " ".join(said["ko"])


def test_scripts_say_what_the_languages_have_and_nothing_else() -> None:
    """Every text that a script asks for is there with the places that it fills, and none lies idle."""
    scripts = (Path(standoff.__file__).parent / "brief" / "templates").glob("*.js")
    text = "".join(path.read_text(encoding="utf-8") for path in scripts)
    asked = {key for call in re.findall(r"standoff\.say\(([^,)]+?(?:\]\[i\])?)(?:, |\))", text) for key in _keys(call)}
    asked |= {key for array in re.findall(r"standoff\.say\(\[(.*?)\]\[i\]", text) for key in _keys(array)}
    assert asked == set(ENGLISH.of_scripts)


def _keys(call: str) -> set[str]:
    return set(re.findall(r'"(\w+)"', call))
