"""What the tools' own libraries read in what goes out; stored by tests/data/coding/make.sh."""

import json
from pathlib import Path

import pytest

from standoff.evidence.claims import Ledger, load_ledger
from standoff.evidence.reading.documents import read_document_text
from standoff.exchange.coding.argdown import write_argdown
from standoff.exchange.coding.brat import write_brat
from standoff.exchange.coding.notes import coded_texts

DATA = Path(__file__).parents[2] / "data" / "coding"
TITLE = 'Talks: "yes" or no?'
AGAINST = (("on", "failed"), ("on", "army"), ("failed", "army"))


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return load_ledger(DATA)


def stored(name: str) -> object:
    return json.loads((DATA / name).read_text(encoding="utf-8"))


def test_argdown_is_written_as_its_parser_read_it(ledger: Ledger) -> None:
    assert write_argdown(TITLE, ledger, AGAINST) == (DATA / "claims.argdown").read_text(encoding="utf-8")


def test_argdowns_parser_reads_every_claim_its_tags_and_who_is_against_whom(ledger: Ledger) -> None:
    found = stored("argdown.json")
    said = [claim.says if claim.stance == "asserts" else f"{claim.says} ({claim.stance})" for claim in ledger.claims]
    titles = {d.name: d.metadata.title for d in ledger.documents}
    assert found["errors"] == 0
    assert found["title"] == TITLE
    assert {s["name"]: (s["texts"], s["tags"], s["section"]) for s in found["statements"]} == {
        claim.name: ([text], [name.text for name in claim.bears_on], titles[claim.document])
        for claim, text in zip(ledger.claims, said, strict=True)
    }
    assert sorted(found["against"]) == sorted(["contradictory", *pair] for pair in AGAINST)


def test_brat_is_written_as_a_reader_of_its_field_read_it(ledger: Ledger) -> None:
    text = (DATA / "talks.txt").read_text(encoding="utf-8")
    (coded,) = coded_texts(ledger, {"talks": read_document_text(text, "talks.txt")})
    assert write_brat(coded) == (text, (DATA / "talks.ann").read_text(encoding="utf-8"))


def test_a_reader_of_brats_files_reads_every_claim_at_its_words(ledger: Ledger) -> None:
    for claim, found in zip(ledger.claims, stored("brat.json"), strict=True):
        kept = {"name": claim.name, "passage": str(claim.passage), "stance": claim.stance, "certainty": claim.certainty}
        assert kept.items() <= found["attributes"].items()
        assert found["note"] == claim.says
        assert "".join(found["spans"]).replace("\n", " ") == found["content"]
