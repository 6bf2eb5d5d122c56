import random
from difflib import SequenceMatcher
from pathlib import Path

import numpy as np
import pytest
from evidence_edits import EDITS, kept_sentences
from evidence_texts import OWN

from standoff.evidence.anchors.anchors import (
    AnchorState,
    Index,
    find_anchor,
    fingerprint_document,
    fingerprint_passage,
    index_document,
    resemblance,
)
from standoff.evidence.anchors.fingerprints import Fingerprint, bits_of, minima, signature, similarity
from standoff.evidence.reading.documents import read_document_text
from standoff.evidence.reading.passages import Address, parse_address

TEXT = OWN.read_text(encoding="utf-8")


def index_of(text: str) -> Index:
    return index_document(read_document_text(text))


def fingerprint(index: Index, address: Address) -> Fingerprint:
    found = fingerprint_passage(index, address)
    assert found is not None
    return found


def every_anchor(before: str, after: str) -> list[tuple[str, AnchorState]]:
    """Each sentence of one text, and where its anchor is in another."""
    old, new = index_of(before), index_of(after)
    return [
        (passage.text, find_anchor(new, passage.address, fingerprint(old, passage.address)))
        for passage in old.passages
        if passage.address is not None
    ]


def alike(a: str, b: str) -> float:
    return SequenceMatcher(None, a.casefold(), b.casefold(), autojunk=False).ratio()


def check_edit(text: str, edit: str) -> None:
    """At least 95 % of what is still there is found, what is gone is lost, and nothing else is pointed at."""
    edited = EDITS[edit](text)
    gone = set()
    if edit == "sentences deleted":
        kept = {sentence for _, sentence in kept_sentences(text)}
        gone = {passage.text for passage in index_of(text).passages} - kept
    states = every_anchor(text, edited)
    there = [state for sentence, state in states if sentence not in gone]
    assert sum(state.state != "lost" for state in there) >= 0.95 * len(there)
    assert all(state.state == "lost" for sentence, state in states if sentence in gone)
    for sentence, state in states:
        if state.text is not None:
            assert alike(sentence, state.text) > 0.8, (sentence, state.text)


@pytest.mark.parametrize("edit", EDITS)
def test_anchors_of_our_text_are_found_after(edit: str) -> None:
    check_edit(TEXT, edit)


@pytest.mark.parametrize("edit", EDITS)
def test_anchors_of_the_articles_are_found_after(edit: str, articles: list[Path]) -> None:
    for path in articles:
        check_edit(path.read_text(encoding="utf-8"), edit)


def test_there_are_at_least_twelve_edits() -> None:
    assert len(EDITS) >= 12


def test_an_unchanged_text_is_found_where_it_was() -> None:
    for _, state in every_anchor(TEXT, TEXT):
        assert state.state == "found"
        assert (state.confidence > 0.95, state.similarity) == (True, 1.0)


def test_states_say_what_happened() -> None:
    old = index_of(TEXT)
    at = parse_address("p4.s2")
    kept = fingerprint(old, at)
    changed = find_anchor(
        index_of(TEXT.replace("would lose their best argument", "would lose their finest argument")), at, kept
    )
    assert (changed.state, changed.address) == ("changed", at)
    moved = find_anchor(
        index_of(TEXT.replace("Start with fear.", "One more sentence stands here.\n\nStart with fear.")), at, kept
    )
    assert (moved.state, str(moved.address)) == ("moved", "p5.s2")
    lost = find_anchor(index_of("Something else is here. It has two sentences. Or three."), at, kept)
    assert (lost.state, lost.address, lost.confidence, lost.text) == ("lost", None, 0.0, None)


def test_a_passage_that_stands_twice_is_told_apart_by_its_neighbours() -> None:
    line = "Both sides say that the other one began it and neither of them means to stop."
    text = "\n\n".join(
        (
            "First come the hulls.",
            f"{line} That was in spring.",
            "Then there was talk of peace.",
            f"{line} It was autumn.",
        )
    )
    old = index_of(text)
    second = fingerprint(old, parse_address("p4.s1"))
    new = index_of("A remark stands before it all.\n\n" + text)
    state = find_anchor(new, parse_address("p4.s1"), second)
    assert (state.state, str(state.address)) == ("moved", "p5.s1")


def test_a_deleted_sentence_is_never_taken_for_its_neighbour() -> None:
    old = index_of(TEXT)
    for gone, passage in enumerate(old.passages):
        assert passage.address is not None
        rest = [p for i, p in enumerate(old.passages) if i != gone]
        paragraphs: dict[int, list[str]] = {}
        for kept in rest:
            assert kept.address is not None
            paragraphs.setdefault(kept.address.paragraph, []).append(kept.text)
        new = index_of("\n\n".join(" ".join(parts) for parts in paragraphs.values()))
        assert find_anchor(new, passage.address, fingerprint(old, passage.address)).state == "lost", passage.text


@pytest.mark.parametrize("seed", range(5))
def test_other_texts_hold_none_of_the_anchors(seed: int) -> None:
    chance = random.Random(seed)
    words = TEXT.split()
    shuffled = "\n\n".join(" ".join(chance.sample(words, 60)).capitalize() + "." for _ in range(40))
    assert {state.state for _, state in every_anchor(TEXT, shuffled)} == {"lost"}


def test_several_sentences_and_whole_paragraphs() -> None:
    old, new = index_of(TEXT), index_of(EDITS["paragraph inserted"](TEXT))
    for text in ("p6", "p3.s1-2"):
        at = parse_address(text)
        state = find_anchor(new, at, fingerprint(old, at))
        assert state.state == "moved"
        assert str(state.address) == text.replace("p6", "p7").replace("p3", "p4")


def test_no_passage_no_fingerprint() -> None:
    assert fingerprint_passage(index_of(TEXT), parse_address("p99")) is None
    assert fingerprint_passage(index_of(TEXT), parse_address("p1.s9")) is None


def test_a_bit_agrees_with_chance_one_half_plus_half_the_resemblance() -> None:
    """Li & König (2010), theorem 1 with b = 1, over many pairs of texts with a known share of runs in common."""
    chance = random.Random(3)
    estimates = []
    for _ in range(60):
        letters = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=4)) for _ in range(90)]
        one, two = " ".join(letters[:60]), " ".join(letters[30:])
        runs = [{text[i : i + 4] for i in range(len(text) - 3)} for text in (one, two)]
        true = len(runs[0] & runs[1]) / len(runs[0] | runs[1])
        estimates.append(similarity(signature(one), minima(two)) - true)
    error = np.std(estimates) / np.sqrt(len(estimates))
    assert abs(np.mean(estimates)) < 3 * error
    assert np.std(estimates) == pytest.approx(2 * np.sqrt(0.65 * 0.35 / 128), rel=0.3)


def test_fingerprints_keep_no_more_bits_than_half_the_letters() -> None:
    for text in ("No.", "No longer.", "A rather longer sentence than that one.", TEXT):
        letters = len(text)
        assert signature(text).size <= max(4, min(128, letters // 2))
    assert signature("").size == 0
    index = index_of(TEXT)
    for passage in index.passages:
        assert passage.address is not None
        kept = fingerprint(index, passage.address)
        assert max(kept.before.size, kept.after.size) <= 64
        assert 4 * len(str(kept).replace(".", "")) < 4 * 72


def test_a_neighbours_bits_are_the_first_of_its_own() -> None:
    index = index_of(TEXT)
    own = fingerprint(index, parse_address("p2.s2"))
    beside = fingerprint(index, parse_address("p2.s1"))
    assert own.passage.digits.startswith(beside.after.digits)


def test_case_quotes_spaces_and_dashes_do_not_matter() -> None:
    assert signature("“We arm—against shadows.”") == signature('"we  arm - against Shadows"')


def test_fingerprints_are_the_same_everywhere() -> None:
    assert signature("Both sides say that the other one began it.").digits == "75112"
    assert bits_of(minima("a")).shape == (128,)


@pytest.mark.parametrize("text", ["", "f1", "f1...", "f2.ab.cd.ef", "f1.xy..", "f1.ab.cd", "f1." + "a" * 33 + ".."])
def test_what_is_no_fingerprint(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected|more than"):
        Fingerprint.parse(text)


def test_fingerprints_are_read_as_written() -> None:
    index = index_of(TEXT)
    for passage in index.passages:
        assert passage.address is not None
        kept = fingerprint(index, passage.address)
        assert Fingerprint.parse(str(kept)) == kept


def test_a_whole_text_is_known_after_every_edit() -> None:
    whole = fingerprint_document(index_of(TEXT))
    for edit in EDITS.values():
        assert resemblance(whole, index_of(edit(TEXT))) > 0.6
    other = "\n\n".join(
        "The garden of the museum is open until dusk, and dogs are welcome there on a lead." for _ in range(3)
    )
    assert resemblance(whole, index_of(other)) < 0.3
