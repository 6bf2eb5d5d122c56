import pytest
import yaml

from standoff.editing.citing import cited

STUDY = """\
# what we hold
constants:
  pace: {value: 2, judgement: "A guess, [no] more"}   # of the race
  cost: {value: 1, cites: [old-one], fact: F1}
values:
  pride:
    range: [0, 1]
    judgement: >
      Nobody knows,
      we guess.

  shame:
    range: [
      0,
      1,
    ]   # both ends
  guilt: {range: [0, 1], cites: old-one}
mechanisms:
  fear_feeds_arms:
    title: Fear feeds the race
    cites:
      - old-one   # the first
    equation: [arms, fear]
    expect: [{raise: fear, raises: arms}]

  trust_grows:
    title: Trust grows   # slowly
    equation: trust
    expect: [{raise: pace, raises: trust}]
# the end
"""


def without(text, *parts):
    for part in parts:
        assert text.count(part) == 1, part
        text = text.replace(part, "")
    return text


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("pace", ", cites: [new]"),
        ("cost", ", new"),
        ("pride", "\n    cites: [new]"),
        ("shame", "\n    cites: [new]"),
        ("fear", "\n      - new"),
        ("trust", "\n    cites: [new]"),
        ("trust_grows", "\n    cites: [new]"),
    ],
)
def test_a_citation_is_all_that_is_written(name, written):
    found = cited(STUDY, "new", (name,))
    assert without(found, written) == STUDY
    assert _citing(found) - _citing(STUDY) == {(_cites(name), "new")}


def test_one_citation_becomes_a_list():
    assert cited(STUDY, "new", ("guilt",)) == STUDY.replace("cites: old-one", "cites: [old-one, new]")


def test_what_cites_it_already_stays_and_what_cannot_cite_too():
    assert cited(STUDY, "old-one", ("cost", "guilt", "arms")) == STUDY
    assert cited(STUDY, "new", ("nothing",)) == STUDY


def test_several_are_written_at_once():
    found = _citing(cited(STUDY, "new", ("pace", "pride", "arms")))
    assert {where for where, claim in found if claim == "new"} == {"pace", "pride", "fear_feeds_arms"}


def _cites(name):
    return {"fear": "fear_feeds_arms", "trust": "trust_grows"}.get(name, name)


def _citing(text):
    """All that cites something, by a reader that we did not write."""
    read = yaml.safe_load(text)
    found = set()
    for section in read.values():
        for name, entry in section.items():
            cites = entry.get("cites", [])
            found |= {(name, claim) for claim in ([cites] if isinstance(cites, str) else cites)}
    return found
