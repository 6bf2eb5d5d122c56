"""What the checks let pass, and the finer points of what they don't; `tests/problems` has the texts."""

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from standoff.base.source import Source, Span
from standoff.language.checks.checks import CHECKS
from standoff.language.checks.visibility import hidden_path
from standoff.language.expressions.parser import parse_expression
from standoff.language.expressions.tree import Expr, Name, Reference, Symbol
from standoff.language.load import read_study
from standoff.language.meaning.folding import fold
from standoff.language.model import Model
from standoff.language.text.reader import Scalar

STUDY = """\
standoff: 1
title: Two rivals
question: Does a freeze end the race?
decider: north
clock: {start: 2025-01, step: quarter, steps: 8}
ORDER
actors: {north: {name: North}, south: {name: South}}
constants:
  half: {value: 0.5, judgement: by definition}
uncertainties:
  fear: {range: [0.05, 0.4], judgement: nobody has measured it, known_to: [south]}
choices:
  north: [build, freeze]
  south: {line: [build, freeze], word: {options: [keep, cheat], seen_by: [south]}}
stocks:
  arms: {start: 10, next: "arms * (1 + half * fear * (north == build) + quarrel * (south.line == build))"}
  secret: {start: 1, seen_by: [south], next: "secret + (south.word == cheat)"}
quantities:
  quarrel: {value: "clash + shock"}
  gossip: {report: {of: secret, noise: 0.3}}
  old_gossip: {report: {of: quarrel, lag: 1}}
  public: {value: "arms + previous(quarrel)"}
  mixed: {value: "public + secret"}
draws: {shock: "normal(0, 0.1)"}
events:
  clash: {count: 2}
  leak: {chance: 0.2, seen_by: [south]}
  crisis: {chance: 0.2}
strategies:
  north:
    wait: {choose: [{when: "WHEN", then: build}, {then: freeze}]}
  south:
    calm: {choose: {line: freeze, word: keep}}
payoffs: {north: {each: "-arms"}, south: {each: "-arms"}}
outcomes:
  arms_end: {measure: "final(arms)", better: lower}
  strife: {measure: "count(crisis) + mean(gossip + old_gossip + mixed) + ever(leak)", better: lower}
"""


def read(folder: Path, *changes: tuple[str, str], when: str = "arms > 12", order: str = "") -> list[tuple[str, str]]:
    """The codes of what the checks find, and the text that each points at."""
    text = STUDY.replace("WHEN", when).replace("ORDER", order)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (folder / "study.yaml").write_text(text, encoding="utf-8")
    return [(problem.code, problem.span.text) for problem in read_study(folder, every_variant=True).problems]


def model_of(folder: Path, order: str = "") -> Model:
    assert read(folder, order=order) == []
    model = read_study(folder).model
    assert model is not None
    return model


def test_the_study_is_clean(tmp_path: Path) -> None:
    assert read(tmp_path) == []


@pytest.mark.parametrize(
    "when",
    [
        "previous(north) == build",
        "previous(south.line) == build",
        "count(clash) > 2 or since(crisis) < 3 or ever(crisis)",
        "previous(shock) > 0.2",
        "previous(quarrel) > 1",
        "gossip > 2",
        "old_gossip > 1",
        "public > 20",
        "half > 0.1 * arms or step > 3",
    ],
)
def test_a_strategy_may_read(tmp_path: Path, when: str) -> None:
    assert read(tmp_path, when=when) == []


@pytest.mark.parametrize(
    ("when", "code"),
    [
        ("secret > 1", "hidden"),
        ("previous(secret) > 1", "hidden"),
        ("previous(south.word) == cheat", "hidden"),
        ("since(leak) < 2", "hidden"),
        ("mixed > 2", "hidden"),
        ("leak", "hidden"),
        ("fear > 0.2", "not-known"),
        ("south.line == build", "not-yet-chosen"),
        ("clash > 1", "same-step"),
        ("crisis", "same-step"),
        ("quarrel > 1", "same-step"),
        ("smooth(shock, 3) > 1", "same-step"),
    ],
)
def test_a_strategy_may_not_read(tmp_path: Path, when: str, code: str) -> None:
    assert [found for found, _ in read(tmp_path, when=when)] == [code]


def test_what_several_rules_read_wrongly_is_said_once(tmp_path: Path) -> None:
    assert read(tmp_path, when="clash > 1 or clash < 0 or clash == 7") == [("same-step", "clash")]


def test_earlier_groups_are_seen_choosing_and_later_ones_not(tmp_path: Path) -> None:
    when = "south.line == build"
    assert read(tmp_path, when=when, order="order: [[south], [north]]") == []
    assert read(tmp_path, when=when, order="order: [[north], [south]]") == [("not-yet-chosen", "south.line")]


def test_an_actor_sees_its_own_choice_of_the_step(tmp_path: Path) -> None:
    change = ("word: keep}", 'word: [{when: "south.line == build", then: cheat}, {then: keep}]}')
    assert read(tmp_path, change) == []


def test_the_path_to_what_is_hidden_is_the_shortest(tmp_path: Path) -> None:
    model = model_of(tmp_path)
    found = hidden_path(model, "north", Symbol("quantity", "mixed"))
    assert found is not None
    assert found.code == "hidden"
    assert [symbol.name for symbol in found.path] == ["mixed", "secret"]
    assert hidden_path(model, "south", Symbol("quantity", "mixed")) is None
    again = hidden_path(model, "south", Symbol("quantity", "quarrel"))
    assert again is not None
    assert [symbol.name for symbol in again.path] == ["quarrel", "clash"]
    assert hidden_path(model, "south", Symbol("quantity", "quarrel"), looking_back=True) is None


@pytest.mark.parametrize(
    ("text", "value", "faults"),
    [
        ("2 * 3 + 1", 7.0, 0),
        ("half * 4", 2.0, 0),
        ("other * 4", None, 0),
        ("1 / 0 if 1 > 2 else 3", 3.0, 0),  # a branch that is never taken has no fault
        ("1 / 0 if 2 > 1 else 3", None, 1),
        ("1 > 2 and 1 / 0 > 1", False, 0),
        ("1 < 2 or 1 / 0 > 1", True, 0),
        ("other > 1 and 1 > 2", False, 0),
        ("other > 1 and 1 < 2", None, 0),
        ("other / 0", None, 1),
        ("log(0)", None, 1),
        ("exp(1000)", None, 1),
        ("logistic(1000)", 1.0, 0),
        ("logistic(-1000)", 0.0, 0),
        ("sqrt(-1)", None, 1),
        ("(-8) ** 0.5", None, 1),
        ("0 ** (-1)", None, 1),
        ("2 ** 0.5 ** 2", 2**0.25, 0),
        ("round(2.5) + floor(-0.5)", 2.0, 0),
        ("min(3, 1, 2) + max(0, 5) + clip(9, 0, 4) + abs(-1)", 11.0, 0),
        ("not 1 > 2", True, 0),
        ("previous(1 / 0)", None, 1),
        ("2 in [1, 2]", True, 0),
        ("2 not in [1, 2]", False, 0),
        ("5 if other > 1 else 5", 5.0, 0),
    ],
)
def test_folding(text: str, value: float | bool | None, faults: int) -> None:
    scalar = Scalar(text, Span(Source("study.yaml", text), 0, len(text)), "")
    tree = parse_expression(scalar)
    folded = fold(_with_names(tree), {"half": 0.5})
    assert folded.value == value
    assert type(folded.value) is type(value)
    assert len(folded.faults) == faults


def test_a_uniform_chance_is_judged_by_its_ends(tmp_path: Path) -> None:
    chance = ("crisis: {chance: 0.2}", "crisis: {chance: fear}")
    assert read(tmp_path, chance) == []
    assert read(tmp_path, chance, ("[0.05, 0.4]", "[0.05, 1.4]")) == [("chance-range", "fear")]
    assert read(tmp_path, chance, ("[0.05, 0.4]", "[0.05, 1.4], within: [null, 1]")) == []


def test_a_settled_condition_is_no_news_where_a_variant_changes_it(tmp_path: Path) -> None:
    change = ("arms > 12", "half > 1")
    assert read(tmp_path, change) == [("condition-settled", "half > 1")]
    variant = ("outcomes:", "variants:\n  more: {constants: {half: {value: 2}}}\noutcomes:")
    assert read(tmp_path, change, variant) == []


def test_what_only_a_variant_reads_is_used(tmp_path: Path) -> None:
    spare = ("constants:", "constants:\n  spare: {value: 3, judgement: by count}")
    assert read(tmp_path, spare) == [("unused", "spare")]
    variant = ("outcomes:", "variants:\n  more: {stocks: {arms: {start: spare}}}\noutcomes:")
    assert read(tmp_path, spare, variant) == []


@pytest.mark.parametrize(
    ("final", "codes"),
    [
        ("-arms", []),
        ("-public", []),
        ("-previous(quarrel)", []),
        ("-quarrel", ["wrong-place"]),
        ("-mixed - gossip", ["wrong-place"]),
        ("-delay(quarrel, 2)", ["wrong-place"]),
    ],
)
def test_final_payoffs_read_the_state_after_the_last_step(tmp_path: Path, final: str, codes: list[str]) -> None:
    change = ('north: {each: "-arms"}', f'north: {{each: "-arms", final: "{final}"}}')
    assert [code for code, _ in read(tmp_path, change)] == codes


def test_a_circle_through_a_choice_that_reads_too_early_is_said_once(tmp_path: Path) -> None:
    change = ("clash: {count: 2}", 'clash: {count: "1 + (north == build)"}')
    assert read(tmp_path, change, when="clash > 2") == [("same-step", "clash")]


def test_every_check_has_a_docstring() -> None:
    assert all(check.__doc__ for check in CHECKS)


def _with_names(tree: Any) -> Any:
    """The tree with `half` as a constant and any other name as a stock."""
    if isinstance(tree, Name):
        return Reference(tree.span, Symbol("constant" if tree.text == "half" else "stock", tree.text))
    changes: dict[str, Any] = {}
    for field in fields(tree):
        value = getattr(tree, field.name)
        if isinstance(value, Expr):
            changes[field.name] = _with_names(value)
        elif isinstance(value, tuple):
            changes[field.name] = tuple(_with_names(item) if isinstance(item, Expr) else item for item in value)
    return replace(tree, **changes)
