"""Passages that say of one side what another says of the other, in nearly the same words."""

import unicodedata
from typing import Literal

import pytest

from standoff.evidence.anchors.anchors import AnchorState, find_anchor, fingerprint_passage, index_document
from standoff.evidence.reading.documents import read_document_text
from standoff.evidence.reading.passages import parse_address

RED = (
    "The red party told its voters that the toll on the bridge would be gone before the end of the summer of that year."
)
BLUE = RED.replace("red", "blue")
ONE = "On the first day of the campaign it rained, and few people came to the square to hear what either had to say."
TWO = "A week later the newspapers counted the promises that had been made, and found that most had been made before."
THREE = "Nobody asked who was to pay for it, and the treasurer, who knew, had gone to the mountains to fish for trout."
FOUR = "The vote itself took place on a Sunday, as it always did, and the polling stations closed when it grew dark."


def anchored(before: list[str], address: str, after: list[str]) -> AnchorState:
    old = index_document(read_document_text("A bridge\n\n" + "\n\n".join(before)))
    new = index_document(read_document_text("A bridge\n\n" + "\n\n".join(after)))
    at = parse_address(address)
    kept = fingerprint_passage(old, at)
    assert kept is not None
    return find_anchor(new, at, kept)


BOTH = [ONE, RED, TWO, BLUE, THREE]


@pytest.mark.parametrize(
    "after",
    [
        [ONE, RED, TWO, THREE],
        [ONE, RED, THREE],
        [RED, TWO, THREE],
        [ONE, TWO, THREE, RED],
        [ONE, RED, TWO, FOUR, THREE],
        [ONE, RED.replace("summer", "winter"), TWO, THREE],
        [ONE, TWO, THREE],
    ],
)
def test_a_passage_that_is_gone_is_not_found_in_its_look_alike(after: list[str]) -> None:
    assert anchored(BOTH, "p4", after).state == "lost"
    assert anchored(BOTH, "p4.s1", after).state == "lost"


def test_a_neighbour_that_took_its_place_is_not_taken_for_it() -> None:
    assert anchored([ONE, RED, BLUE, THREE], "p2.s1", [ONE, BLUE, THREE]).state == "lost"
    assert anchored([ONE, RED, BLUE, THREE], "p3.s1", [ONE, RED, THREE]).state == "lost"


@pytest.mark.parametrize(
    ("after", "now"),
    [
        ([ONE, BLUE, TWO, RED, THREE], "p2.s1"),
        ([BLUE, ONE, RED, TWO, THREE], "p1.s1"),
        ([ONE, RED, TWO, FOUR, THREE, BLUE], "p6.s1"),
        ([FOUR, ONE, RED, TWO, BLUE, THREE], "p5.s1"),
    ],
)
def test_the_very_words_win_wherever_they_stand(after: list[str], now: str) -> None:
    state = anchored(BOTH, "p4.s1", after)
    assert (state.state, str(state.address), state.similarity) == ("moved", now, 1.0)


def test_an_edited_passage_is_found_among_its_neighbours() -> None:
    for old, new in (("summer", "winter"), ("would be gone", "would not be gone"), ("toll", "fee")):
        state = anchored(BOTH, "p4.s1", [ONE, RED, TWO, BLUE.replace(old, new), THREE])
        assert (state.state, str(state.address)) == ("changed", "p4.s1")


def test_the_confidence_falls_with_what_else_is_as_like() -> None:
    alone = anchored([ONE, TWO, BLUE, THREE], "p3.s1", [BLUE, ONE, TWO, FOUR, THREE])
    beside = anchored([ONE, TWO, BLUE, THREE], "p3.s1", [BLUE, ONE, TWO, RED, THREE])
    assert (alone.state, beside.state) == ("moved", "moved")
    assert 0.5 < beside.confidence < alone.confidence


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_a_passage_is_found_in_any_unicode_form(form: Literal["NFC", "NFD", "NFKC", "NFKD"]) -> None:
    text = "다리는 닫혔다. 아무도 그 까닭을 묻지 않았고, 배를 타고 건너는 사람만 늘었다."
    french = "Le pont fut fermé en été. Personne n’a demandé pourquoi, et l’on traversait à la nage."
    for words in (text, french):
        state = anchored([ONE, words, TWO], "p2.s2", [ONE, unicodedata.normalize(form, words), TWO])
        assert (state.state, state.confidence > 0.99) == ("found", True)
