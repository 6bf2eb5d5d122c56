from pathlib import Path

import pytest

from standoff.editing.renaming import applied, index_of, rename
from standoff.language.load import find_study, read_study
from standoff.language.text.files import read_files

STUDIES = ("rivals", "lake")


def folder_of(study: str) -> Path:
    return find_study(study).parent


def names_of(study: str):
    return sorted(index_of(folder_of(study), {}).declared.items(), key=lambda item: item[1].start)


@pytest.mark.parametrize("study", STUDIES)
def test_every_name_of_a_study_can_be_changed_and_the_study_stays_sound(study):
    folder = folder_of(study)
    for named, span in names_of(study):
        edits = rename(folder, {}, (span.source.path.partition("/")[2], span.start), "another_name")
        texts = applied(read_files(folder / "study.yaml").texts(), edits)
        assert read_study(folder / "study.yaml", unsaved=texts).model is not None, named


def test_a_name_that_is_taken_is_refused():
    folder = folder_of("rivals")
    place = next(span for named, span in names_of("rivals") if named.name == "trust")
    with pytest.raises(ValueError, match="`trust` cannot be called `fear`"):
        rename(folder, {}, ("study.yaml", place.start), "fear")


def test_an_option_of_one_actor_leaves_that_of_another_alone():
    folder = folder_of("rivals")
    place = next(span for named, span in names_of("rivals") if (named.owner, named.name) == ("north", "build"))
    edits = rename(folder, {}, ("study.yaml", place.start), "arm")
    changed = applied(read_files(folder / "study.yaml").texts(), edits)["study.yaml"]
    assert "north == arm" in changed
    assert "south.line == build" in changed


def test_a_strategy_keeps_its_settings_where_a_claim_names_it(tmp_path):
    (tmp_path / "study.yaml").write_text(
        (folder_of("rivals") / "study.yaml").read_text().replace(
            "variants:", "profiles:\n  both: {north: reciprocate(patience=2)}\nvariants:"
        ) + ("" if "variants:" in (folder_of("rivals") / "study.yaml").read_text() else
             "\nprofiles:\n  both: {north: reciprocate(patience=2)}\n")
    )  # fmt: skip
    text = (tmp_path / "study.yaml").read_text()
    start = text.index("reciprocate:")
    edits = rename(tmp_path, {}, ("study.yaml", start), "answer_in_kind")
    assert "{north: answer_in_kind(patience=2)}" in applied({"study.yaml": text}, edits)["study.yaml"]


REGIONS = """\
standoff: 1
title: Regions
question: Who grows?
decider: north
clock: {start: 2025-01, step: year, steps: 5}
actors: {north: {name: North}}
choices: {north: [give, keep]}
strategies: {north: {giving: {choose: give}, keeping: {choose: keep}}}
indices: {region: [east, west]}
stocks: {people: {for: region, start: {east: 1, west: 2}, next: "people[region] * (1.5 if north == give else 1)"}}
payoffs: {north: {each: "sum(people[r] for r in region)"}}
outcomes: {east: {measure: "final(people[east])", better: higher}}
"""


@pytest.mark.parametrize("name", ["people", "region"])
def test_a_vector_and_its_index_can_be_changed_wherever_they_stand(name, tmp_path):
    (tmp_path / "study.yaml").write_text(REGIONS)
    edits = rename(tmp_path, {}, ("study.yaml", REGIONS.index(f"{name}: ")), "another_name")
    texts = applied(read_files(tmp_path / "study.yaml").texts(), edits)
    assert read_study(tmp_path / "study.yaml", unsaved=texts).model is not None
    assert len(edits) == REGIONS.count(name)
