from pathlib import Path

from standoff.evidence.claims import read_ledger
from standoff.evidence.opposed import Opposed, opposed_pairs
from standoff.language.load import load_model

HEAD = "documents:\n  a: {title: One}\n  b: {title: Two}\nclaims:\n"
CLAIM = "  {name}: {{document: {document}, passage: p1.s1, says: It is so, stance: asserts, expect: {expect}}}\n"


def pairs(folder: Path, *claims: tuple[str, str, str]) -> tuple[Opposed, ...]:
    path = folder / "claims.yaml"
    text = "".join(CLAIM.format(name=name, document=document, expect=expect) for name, document, expect in claims)
    path.write_text(HEAD + text, encoding="utf-8")
    ledger, problems = read_ledger(path)
    assert ledger is not None and problems == ()
    return opposed_pairs(ledger, load_model("rivals"))


def test_claims_that_pull_one_thing_opposite_ways(tmp_path: Path) -> None:
    found = pairs(
        tmp_path,
        ("race", "a", "{raise: fear, raises: arms}"),
        ("calm", "b", "{raise: trust, lowers: arms}"),
        ("other", "a", "{raise: trust, lowers: war}"),
    )
    assert found == (Opposed("`arms`", "race", "calm", is_contradiction=False, is_across=True),)


def test_the_same_cause_is_a_contradiction_also_when_said_the_other_way_round(tmp_path: Path) -> None:
    (pair,) = pairs(tmp_path, ("up", "a", "{raise: fear, raises: arms}"), ("down", "a", "{lower: fear, raises: arms}"))
    assert (pair.raising, pair.lowering, pair.is_contradiction, pair.is_across) == ("up", "down", True, False)


def test_agreement_is_no_pair(tmp_path: Path) -> None:
    agreeing = (("one", "a", "{raise: fear, raises: arms}"), ("two", "b", "{lower: fear, lowers: arms}"))
    assert pairs(tmp_path, *agreeing) == ()
