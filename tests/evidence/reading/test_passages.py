from pathlib import Path

import pytest
from evidence_texts import OWN

from standoff.evidence.reading.documents import read_document, read_document_text
from standoff.evidence.reading.passages import Address, parse_address, passages, sentences, text_at


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("p12", Address(12)),
        ("p12.s2", Address(12, 2, 2)),
        ("p12.s2-3", Address(12, 2, 3)),
        ("p12.s2-s3", Address(12, 2, 3)),
    ],
)
def test_addresses_are_read_and_written(text: str, address: Address) -> None:
    assert parse_address(text) == address
    assert parse_address(str(address)) == address


@pytest.mark.parametrize("text", ["", "12", "p0", "p1.s0", "p1.2", "p1.s3-2", "P1.S2", "p1.s2.", "p9999999"])
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(ValueError, match=r"not an address|ends before"):
        parse_address(text)


def test_sentences_keep_abbreviations_and_quotations_whole() -> None:
    text = (
        "The U.S. envoy, Dr. Kim Jong-un’s guest, left at 3.30 p.m. on Jan. 4. “Stop now!” he said. It was 2.5 percent."
    )
    found = [passage.text for passage in sentences(read_document_text(text))]
    assert found[0].startswith("The U.S. envoy") and found[0].endswith("on Jan. 4.")
    assert found[-1] == "It was 2.5 percent."


def test_passages_list_the_body_by_address_and_the_rest_by_kind() -> None:
    rows = passages(read_document(OWN))
    assert rows[0].kind == "title" and rows[0].address is None
    assert [str(row.address) for row in rows if row.kind == "body"][:4] == ["p1.s1", "p1.s2", "p2.s1", "p2.s2"]
    assert {row.kind for row in rows} >= {"caption", "pull quote", "heading", "comment box", "copyright"}


def test_words_find_their_passages_whatever_case_and_quotes() -> None:
    (row,) = passages(read_document(OWN), find="WE ARM against shadows")
    assert str(row.address) == "p3.s3"
    assert len(passages(read_document(OWN), find="freeze")) > 5
    assert passages(read_document(OWN), find="freeze submarine") == ()


def test_text_at_an_address() -> None:
    document = read_document(OWN)
    one, two, both = (text_at(document, parse_address(a)) for a in ("p1.s1", "p1.s2", "p1.s1-2"))
    assert both == f"{one} {two}" == text_at(document, parse_address("p1"))
    assert text_at(document, parse_address("p1.s3")) is None
    assert text_at(document, parse_address("p99")) is None


def test_sentences_of_the_articles(articles: list[Path]) -> None:
    counts = [len(sentences(read_document(path))) for path in articles]
    assert counts == [13, 38]
