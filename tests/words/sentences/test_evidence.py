"""What the model makes of claims, in words that go no further than the test."""

from __future__ import annotations

import pytest

from standoff.analysis.documents import documents
from standoff.words.sentences.evidence import answer_words

SIZED = "borne out in direction; the size that it names was not tested"


def claim(says: str, verb: str, answer="borne out") -> documents.ClaimFinding:
    test = documents.Tested("any", verb, "holds", 1.0, 0.1, "", 0.0, 1.0, 0.0, 0.0, 100, None, ())
    return documents.ClaimFinding("c", "d", "p1.s1", says, "asserts", "unstated", answer, (test,), (), ())


@pytest.mark.parametrize(
    ("says", "verb", "said"),
    [
        ("The fleet shrinks by a tenth in ten years", "lowers", SIZED),
        ("Trade falls by 5 % a year", "lowers", SIZED),
        ("Output doubled", "raises", SIZED),
        ("Output doubled", "stays", "borne out"),
        ("Since 2014 pressure has fed fear", "raises", "borne out"),
        ("Pressure feeds fear", "raises", "borne out"),
    ],
)
def test_a_claim_of_size_is_borne_out_no_further_than_it_was_tested(says: str, verb: str, said: str) -> None:
    assert answer_words(claim(says, verb)) == said


def test_other_answers_stand_as_they_are() -> None:
    assert answer_words(claim("Output doubled", "raises", "contradicted")) == "contradicted"
