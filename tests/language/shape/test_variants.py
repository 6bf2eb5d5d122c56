from collections.abc import Callable
from pathlib import Path

import pytest

from standoff.base.source import Source
from standoff.language.load import Loaded
from standoff.language.shape.schema import STUDY
from standoff.language.shape.variants import merge
from standoff.language.text.reader import Mapping, Node, Scalar, Sequence, parse_yaml

Reader = Callable[..., Loaded]
Said = Callable[[Loaded], list[tuple[str, str]]]


def parse(text: str) -> Mapping:
    return parse_yaml(Source("case/study.yaml", text))[0]


def plain(node: Node) -> object:
    match node:
        case Scalar():
            return node.text
        case Sequence():
            return [plain(item) for item in node.items]
        case Mapping():
            return {name.text: plain(value) for name, value in node.items}
        case _:
            raise AssertionError(node)


@pytest.mark.parametrize(
    ("base", "patch", "expected"),
    [
        ("{clock: {start: 2025, steps: 4}}", "{clock: {steps: 9}}", {"clock": {"start": "2025", "steps": "9"}}),
        ("{leaves_out: [a, b]}", "{leaves_out: [c]}", {"leaves_out": ["c"]}),
        ("{title: x}", "{about: y}", {"title": "x", "about": "y"}),
        ("{constants: {a: {value: 1, about: x}}}", "{constants: {a: {value: 2}, b: {value: 3}}}",
         {"constants": {"a": {"value": "2", "about": "x"}, "b": {"value": "3"}}}),
        ("{events: {e: {chance: 0.1, given: x}}}", "{events: {e: {hazard: 2}}}",
         {"events": {"e": {"given": "x", "hazard": "2"}}}),
        ("{uncertainties: {u: {range: [0, 1], about: x}}}", '{uncertainties: {u: {distribution: "beta(1, 2)"}}}',
         {"uncertainties": {"u": {"about": "x", "distribution": "beta(1, 2)"}}}),
        ("{beliefs: {a: {u: {range: [0, 1]}}}}", "{beliefs: {a: {u: {levels: [1]}}}}",
         {"beliefs": {"a": {"u": {"levels": ["1"]}}}}),
        ("{strategies: {a: {s: {choose: {x: p, y: q}}}}}", "{strategies: {a: {s: {choose: {y: r}}}}}",
         {"strategies": {"a": {"s": {"choose": {"x": "p", "y": "r"}}}}}),
        ("{strategies: {a: {s: {choose: p}}}}", "{strategies: {a: {s: {choose: [{then: r}]}}}}",
         {"strategies": {"a": {"s": {"choose": [{"then": "r"}]}}}}),
    ],
)  # fmt: skip
def test_mappings_merge_and_anything_else_replaces(base: str, patch: str, expected: object) -> None:
    assert plain(merge(parse(base), parse(patch), STUDY)) == expected


def test_merging_nothing_changes_nothing_and_merging_twice_is_merging_once() -> None:
    base, patch = parse("{a: {b: 1, c: [2]}, d: 3}"), parse("{a: {c: 4}, e: {f: 5}}")
    once = merge(base, patch, None)
    assert plain(merge(base, Mapping((), base.span), None)) == plain(base)
    assert plain(merge(once, patch, None)) == plain(once)


VARIANTS = """\
variants:
  longer: {about: twice as long, clock: {steps: 16}, stocks: {arms: {start: 20}}}
  calm: {impose: {clashes: 0, race: paused, caught: at 2026-01, pause: never, north: freeze, south.word: keep}}
  armed: {impose: {arms: 30, caught: always}, stocks: {arms: {start: 30}}}
"""


def test_a_variant_changes_the_model_and_its_name(read: Reader) -> None:
    base, longer = read(add=VARIANTS).model, read(add=VARIANTS, variants=["longer"]).model
    assert base is not None and longer is not None
    assert (base.clock.steps, longer.clock.steps) == (8, 16)
    assert longer.applied == ("longer",) and base.applied == ()
    assert longer.digest != base.digest
    assert [v.name for v in longer.variants] == ["longer", "calm", "armed"]


def test_impositions_are_read_in_every_form(read: Reader) -> None:
    model = read(add=VARIANTS, variants=["calm"]).model
    assert model is not None
    found = {i.target.name: (i.target.kind, i.how, i.value) for i in model.impositions}
    assert found == {
        "clashes": ("event", "number", 0.0),
        "race": ("mode", "option", 1.0),
        "caught": ("event", "at", 4.0),
        "pause": ("move", "never", None),
        "north": ("choice", "option", 1.0),
        "south.word": ("choice", "option", 0.0),
    }


def test_a_later_variant_wins(read: Reader) -> None:
    model = read(add=VARIANTS, variants=["longer", "armed", "calm"]).model
    assert model is not None
    assert model.applied == ("longer", "armed", "calm") and model.clock.steps == 16
    assert {i.target.name: i.how for i in model.impositions}["caught"] == "at"
    assert model.stocks[0].start.span.text == "30"


def test_an_unknown_variant_is_an_error_of_the_caller(read: Reader) -> None:
    with pytest.raises(ValueError, match="no variant `longr`: did you mean `longer`"):
        read(add=VARIANTS, variants=["longr"])


@pytest.mark.parametrize(
    ("imposed", "code", "message"),
    [
        ("built: 3", "impose", "`built` is a quantity, and only events, moves, modes, choices and stocks are imposed"),
        ("fear: 3", "impose",
         "`fear` is an uncertainty, and only events, moves, modes, choices and stocks are imposed"),
        ("caugt: never", "unknown-name", "nothing is named `caugt`"),
        ("caught: 0.5", "impose",
         "`caught` can be imposed as `never`, `always`, `at 2026-01` or a series, and `0.5` stands here"),
        ("caught: at 2031-01", "date", "2031-01 lies outside the clock, which runs from Q1 2025 to Q4 2026"),
        ("caught: at noon", "date", "`noon` is not a date"),
        ("race: resting", "unknown-option", "`race` has no option `resting`"),
        ("south: build", "unknown-name", "`south` is an actor with several choices, and none of them is named here"),
        ("arms: many", "impose", "`arms` can be imposed as a number or a series, and `many` stands here"),
    ],
)  # fmt: skip
def test_what_cannot_be_imposed_is_told(read: Reader, said: Said, imposed: str, code: str, message: str) -> None:
    loaded = read(add=f"variants: {{v: {{impose: {{{imposed}}}}}}}\n", every_variant=True)
    assert said(loaded) == [(code, message)]


def test_the_problems_of_every_variant_are_collected_once(read: Reader, said: Said) -> None:
    add = """\
variants:
  one: {stocks: {arms: {next: "arms + guilt"}}}
  two: {clock: {steps: 0}}
  three: {title: Three}
"""
    assert said(read(add=add)) == []
    assert [code for code, _ in said(read(add=add, every_variant=True))] == ["unknown-name", "wrong-value"]


def test_a_problem_outside_a_variant_names_it(read: Reader, said: Said, tmp_path: Path) -> None:
    rows = "quarter,talks\n" + "".join(f"{year}Q{q},{q}\n" for year in (2025, 2026) for q in range(1, 5))
    add = "series:\n  talks: {file: history.csv, date: quarter, column: talks}\n" + VARIANTS
    change = ("count: 0.2", 'count: "talks"')
    loaded = read(change, add=add, files={"history.csv": rows}, every_variant=True)
    assert said(loaded) == [
        ("series", "with the variant `longer`, `talks` has no value for Q1 2027 and 7 more steps"),
    ]


def test_a_section_that_no_variant_can_have_is_refused(read: Reader, said: Said) -> None:
    assert said(read(add="variants: {v: {evnts: {}}}\n")) == [("unknown-key", "`evnts` is not a key of `v`")]


def test_a_variant_removes_what_it_sets_to_nothing(read: Reader) -> None:
    add = """
correlated: [{of: [fear, other], rank: 0.5}]
variants:
  loose: {correlated: []}
  bare: {events: {clashes: null}, payoffs: {north: {each: "-arms / little"}}}
  plain: {correlated: null, uncertainties: {other: null}, payoffs: {south: {each: "-arms / little"}}}
"""
    changes = (
        ("uncertainties:\n", "uncertainties:\n  other: {range: [0, 1], judgement: a test}\n"),
        ('south: {each: "-arms / little"}}', 'south: {each: "-arms / little - other"}}'),
    )
    assert [p for p in read(*changes, add=add, every_variant=True).problems if p.severity == "error"] == []
    models = {name: read(*changes, add=add, variants=[name]).model for name in ("loose", "bare", "plain")}
    loose, bare, plain = models["loose"], models["bare"], models["plain"]
    assert loose is not None and loose.correlated == ()
    assert bare is not None and [event.name for event in bare.events] == ["caught"]
    assert plain is not None and "other" not in [parameter.name for parameter in plain.parameters]
