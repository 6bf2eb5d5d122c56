import pytest

from standoff.editing.complete import complete
from standoff.editing.renaming import index_of
from standoff.language.load import find_study

FOLDER = find_study("rivals").parent
TEXT = (FOLDER / "study.yaml").read_text()


@pytest.fixture(scope="module")
def index():
    return index_of(FOLDER, {})


def offered(written: str, index, *, after: str) -> list[str]:
    """What is offered where `|` stands in a text that is written below a line of the study."""
    start = TEXT.index(after) + len(after)
    start = TEXT.index("\n", start) + 1 if "\n" not in after else start
    text = TEXT[:start] + written.replace("|", "") + TEXT[start:]
    return [one.text for one in complete(text, start + written.index("|"), index)]


@pytest.mark.parametrize(
    ("written", "after", "first"),
    [
        ("que|\n", "standoff: 1", "question"),  # a section
        ("  hope: {ra|}\n", "uncertainties:", "range"),  # a key within braces
        ("  hope:\n    kno|\n", "uncertainties:", "known_to"),  # a key on a line of its own
        ("  hope: {range: [0, 1], known_to: [so|", "uncertainties:", "south"),  # an actor, in what is not closed
        ("  more: {start: 0, next: \"more + arms_n|", "stocks:", "arms_north"),  # a stock in an equation
        ("  more: {value: \"1 if south.|", "quantities:", "line"),  # a dimension
        ("  more: {value: \"1 if south.line == fr|", "quantities:", "freeze"),  # an option of what is compared
        ("  more: {value: \"ex|", "quantities:", "exposed"),  # a move before a function
        ("  more: {measure: \"fina|", "outcomes:", "final"),  # a function
        ("  more: {measure: \"final(trust)\", better: lo|", "outcomes:", "lower"),  # a fixed word
        ("  more: {ends: t|", "events:", "true"),
    ],
)  # fmt: skip
def test_what_is_offered(written, after, first, index):
    assert offered(written, index, after=after)[0] == first


def test_a_key_that_stands_already_is_not_offered_again(index):
    assert "range" not in offered("  hope: {range: [0, 1], |}\n", index, after="uncertainties:")


def test_nothing_is_offered_in_a_comment(index):
    assert offered("# fear |\n", index, after="uncertainties:") == []


def test_a_setting_is_offered_in_its_own_strategy(index):
    text = TEXT.replace("since(exposed) < patience", "since(exposed) < pat")
    found = complete(text, text.index("< pat,") + 5 if "< pat," in text else text.index("< pat") + 5, index)
    assert found[0].text == "patience"


def test_without_names_the_keys_are_offered_all_the_same():
    found = complete("standoff: 1\ncl", 14, None)
    assert [one.text for one in found] == ["clock"]


VECTORS = """\
indices: {region: [east, west]}
stocks:
  force: {for: region, start: 1, next: "force[region] + 1"}
quantities:
  all: {value: "sum(force[r] for r in region)"}
"""


@pytest.mark.parametrize(
    ("written", "first"),
    [
        ("  more: {for: re|", "region"),  # an index
        ('  more: {value: "forc|', "force"),  # a vector
        ('  more: {value: "1 + force[we|', "west"),  # an element
    ],
)
def test_vectors_and_their_elements_are_offered(written, first, tmp_path):
    (tmp_path / "study.yaml").write_text(VECTORS)
    text = VECTORS + written.replace("|", "")
    assert complete(text, len(text), index_of(tmp_path, {}))[0].text == first
