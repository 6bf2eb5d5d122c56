import pytest

from standoff.base.source import Source
from standoff.editing.tying import Tie, Titled, tied
from standoff.evidence.claims import parse_ledger
from standoff.language.load import find_study, load_model

DOCUMENT = Titled('A talk: "why" #1', "A. Author", "2025-02", "", "f1.1d1763b4d3f0eb9c77c60777a8dcd368..")
ANCHOR = "f1.7b0b4fc91f5edebc3ee9b8373008854..98712571f310d0bf"
TIE = Tie("talk-fear", "talk", "p1.s2", ANCHOR, "Fear: it's “all” #there is", "asserts", "likely", ("fear", "trust"))


def rivals():
    return find_study("rivals").with_name("claims.yaml").read_text(), load_model("rivals")


def test_a_claim_and_its_document_are_written_at_the_end_and_all_else_stays():
    text, model = rivals()
    new = tied(text, TIE, DOCUMENT, model)
    ledger, problems = parse_ledger(Source("claims.yaml", new))
    assert problems == ()
    assert ledger.claim("talk-fear").says == "Fear: it’s “all” #there is"  # as in print
    assert [one.text for one in ledger.claim("talk-fear").bears_on] == ["fear", "trust"]
    assert ledger.document("talk").metadata.title == DOCUMENT.title
    lines = iter(new.splitlines())
    assert all(line in lines for line in text.splitlines())


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "documents: {}\nclaims: {}\n", "documents:\nclaims:\n"])
def test_a_text_without_claims_gets_its_first(text):
    ledger, problems = parse_ledger(Source("claims.yaml", tied(text, TIE, DOCUMENT, load_model("rivals"))))
    assert problems == ()
    assert [one.name for one in ledger.claims] == ["talk-fear"]


@pytest.mark.parametrize(
    ("change", "said"),
    [({"name": "rivals-fear"}, "already"), ({"name": "a: b"}, "is no name"), ({"says": " "}, "own words"),
     ({"bears_on": ("nothing",)}, "error"), ({"stance": "shouts"}, "error"), ({"document": "other"}, "error")],
)  # fmt: skip
def test_a_claim_that_would_be_an_error_is_not_written(change, said):
    text, model = rivals()
    claim = Tie(**{**{name: getattr(TIE, name) for name in Tie.__slots__}, **change})
    document = DOCUMENT if claim.document == "talk" else None
    with pytest.raises(ValueError, match=said):
        tied(text, claim, document, model)
