from pathlib import Path

import pytest

from standoff.evidence.claims import read_ledger
from standoff.evidence.opposed import Opposed, opposed_pairs
from standoff.language.load import load_model

HEAD = "documents:\n  a: {title: One}\n  b: {title: Two}\nclaims:\n"
CLAIM = "  {name}: {{document: {document}, passage: p1.s1, says: It is so, stance: {stance}, expect: {expect}}}\n"
RIVALS = load_model("rivals")


def pairs(folder: Path, *claims: tuple[str, str, str, str]) -> tuple[Opposed, ...]:
    path = folder / "claims.yaml"
    keys = ("name", "document", "expect", "stance")
    path.write_text(HEAD + "".join(CLAIM.format(**dict(zip(keys, claim, strict=True))) for claim in claims), "utf-8")
    ledger, problems = read_ledger(path)
    assert ledger is not None and problems == ()
    return opposed_pairs(ledger, RIVALS)


def is_opposed(folder: Path, one: str, other: str, stances: tuple[str, str] = ("asserts", "asserts")) -> bool:
    found = pairs(folder, ("one", "a", one, stances[0]), ("other", "b", other, stances[1]))
    turned = pairs(folder, ("other", "b", other, stances[1]), ("one", "a", one, stances[0]))
    assert len(found) == len(turned) <= 1
    return bool(found)


def test_a_pair_says_what_each_claim_says_in_the_order_of_the_file(tmp_path: Path) -> None:
    claims = (
        ("up", "a", "{raise: fear, raises: arms}", "asserts"),
        ("down", "b", "{raise: fear, lowers: arms}", "asserts"),
    )
    assert pairs(tmp_path, *claims) == (
        Opposed("`arms`", "up", "down", "raising `fear` raises `arms`", "raising `fear` lowers `arms`", is_across=True),
    )


OPPOSED = [
    ("{raise: fear, raises: arms}", "{raise: fear, lowers: arms}"),
    ("{raise: fear, raises: arms}", "{lower: fear, raises: arms}"),
    ("{raise: fear, raises: arms}", "{raise: fear, leaves: arms}"),
    ("{lower: fear, lowers: arms}", "{raise: fear, leaves: arms}"),
    ("{raise: fear, raises: arms, from: 0.1, to: 0.9}", "{raise: fear, lowers: arms}"),
    ("{switch: {south: [pretend, honest]}, raises: war}", "{switch: {south: [honest, pretend]}, raises: war}"),
    ("{better: pretend, than: honest, of: south}", "{better: honest, than: pretend, of: south}"),
    ("{raise: pause, sooner: exposed}", "{raise: pause, later: exposed}"),
    ("{sooner: exposed, than: crisis}", "{later: exposed, than: crisis}"),
    ("{sooner: exposed, than: crisis}", "{sooner: crisis, than: exposed}"),
    ("{stays: war, within: [0, 0.1]}", "{stays: war, within: [0.3, 1]}"),
    ("{stays: war, within: [null, 0.1]}", "{stays: war, within: [0.3, null]}"),
    (
        "{raise: fear, weakens: {raise: detection, effect_on: war}}",
        "{raise: fear, strengthens: {raise: detection, effect_on: war}}",
    ),
    (
        "{raise: fear, weakens: {raise: detection, effect_on: war}}",
        "{lower: fear, weakens: {lower: detection, effect_on: war}}",
    ),
]
AGREED = [
    ("{raise: fear, raises: arms}", "{lower: fear, lowers: arms}"),
    ("{raise: fear, raises: arms}", "{raise: trust, lowers: arms}"),
    ("{raise: fear, raises: arms}", "{raise: fear, lowers: war}"),
    ("{raise: fear, raises: arms}", "{raise: fear, lowers: arms, over: final}"),
    ("{switch: {south: [pretend, honest]}, raises: war}", "{switch: {south: [honest, pretend]}, lowers: war}"),
    (
        "{switch: {south: [pretend, honest]}, raises: war}",
        "{switch: {north: [race_on, reciprocate(patience=2)]}, lowers: war}",
    ),
    ("{better: pretend, than: honest, of: south}", "{better: race_on, than: reciprocate(patience=2), of: north}"),
    ("{sooner: exposed, than: crisis}", "{later: crisis, than: exposed}"),
    ("{stays: war, within: [0, 0.3]}", "{stays: war, within: [0.3, 1]}"),
    ("{stays: war, within: [0, 0.5]}", "{stays: war, within: [0.2, 1]}"),
    (
        "{raise: fear, raises: arms, where: 'south in [pretend]'}",
        "{raise: fear, lowers: arms, where: 'south in [honest]'}",
    ),
    (
        "{raise: fear, weakens: {raise: detection, effect_on: war}}",
        "{raise: fear, weakens: {lower: detection, effect_on: war}}",
    ),
]


@pytest.mark.parametrize(("one", "other"), OPPOSED)
def test_not_both_can_be_right(tmp_path: Path, one: str, other: str) -> None:
    assert is_opposed(tmp_path, one, other)
    assert not is_opposed(tmp_path, one, one)


@pytest.mark.parametrize(("one", "other"), AGREED)
def test_both_can_be_right(tmp_path: Path, one: str, other: str) -> None:
    assert not is_opposed(tmp_path, one, other)


@pytest.mark.parametrize(
    ("one", "doubted", "expected"),
    [
        ("{raise: fear, raises: arms}", "{raise: fear, raises: arms}", True),
        ("{raise: fear, raises: arms}", "{lower: fear, lowers: arms}", True),
        ("{raise: fear, raises: arms}", "{raise: fear, lowers: arms}", False),
        ("{raise: fear, raises: arms}", "{raise: fear, leaves: arms}", False),
        ("{better: pretend, than: honest, of: south}", "{better: pretend, than: honest, of: south}", True),
        ("{better: pretend, than: honest, of: south}", "{better: honest, than: pretend, of: south}", False),
        ("{sooner: exposed, than: crisis}", "{sooner: exposed, than: crisis}", True),
        ("{sooner: exposed, than: crisis}", "{later: exposed, than: crisis}", False),
        ("{stays: war, within: [0.1, 0.2]}", "{stays: war, within: [0.1, 0.3]}", True),
        ("{stays: war, within: [0, 0.2]}", "{stays: war, within: [0.1, 0.3]}", False),
    ],
)
def test_who_doubts_denies(tmp_path: Path, one: str, doubted: str, expected: bool) -> None:
    assert is_opposed(tmp_path, one, doubted, ("asserts", "doubts")) is expected
    assert not is_opposed(tmp_path, doubted, doubted, ("doubts", "doubts"))


def test_a_claim_does_not_contradict_itself(tmp_path: Path) -> None:
    both = "[{raise: fear, raises: arms}, {raise: fear, lowers: arms}]"
    assert pairs(tmp_path, ("one", "a", both, "asserts")) == ()
