from standoff.evidence.candidates import candidates, is_covered
from standoff.evidence.reading.documents import read_document_text
from standoff.evidence.reading.passages import parse_address

TEXT = (
    "The North will build more launchers because the South does. The harbour is wide and quiet in the morning."
    " Southerners might agree. They met us in the hall."
)
ACTORS = (("north", ("North", "Northerners")), ("south", ("South", "Southerners")), ("us", ("US",)))


def test_passages_with_an_actor_and_a_sign_look_like_claims() -> None:
    found = candidates(read_document_text(TEXT), ACTORS)
    assert [(str(c.passage.address), c.actors, c.signs) for c in found] == [
        ("p1.s1", ("north", "south"), ("modal", "causal", "change")),
        ("p1.s3", ("south",), ("modal",)),
    ]


def test_covered_passages_are_left_out() -> None:
    document = read_document_text(TEXT)
    assert [str(c.passage.address) for c in candidates(document, ACTORS, [parse_address("p1.s1-2")])] == ["p1.s3"]
    assert candidates(document, ACTORS, [parse_address("p1")]) == ()


def test_a_claim_on_a_paragraph_covers_its_sentences() -> None:
    assert is_covered(parse_address("p3.s2"), [parse_address("p3")])
    assert is_covered(parse_address("p3.s2"), [parse_address("p3.s1-2")])
    assert not is_covered(parse_address("p3.s3"), [parse_address("p3.s1-2"), parse_address("p2")])
