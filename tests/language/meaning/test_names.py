from collections.abc import Callable

import pytest

from standoff.language.expressions.tree import Option, Reference, walk
from standoff.language.load import Loaded

Reader = Callable[..., Loaded]
Said = Callable[[Loaded], list[tuple[str, str]]]

BUILT = '"fear * arms if north == build or south.line == build else 0"'
DIMENSIONS = "south: {line: [build, freeze], word: [keep, cheat]}"


def test_an_option_belongs_to_the_family_beside_it(read: Reader) -> None:
    model = read().model
    assert model is not None
    tree = model.quantities[0].value.tree
    found = [(n.family, n.index) for n in walk(tree) if isinstance(n, Option)]
    assert found == [("north", 0), ("south.line", 0)]


def test_an_option_wins_over_anything_else_of_its_name(read: Reader) -> None:
    # `arms` is a stock, and here an option of `north` as well
    loaded = read(("north: [build, freeze]", "north: [build, arms]"), ("choose: build}", "choose: arms}"),
                  ('"north == freeze"', '"north == arms"'), ("- {then: freeze}", "- {then: arms}"))  # fmt: skip
    assert loaded.problems == ()
    assert loaded.model is not None
    when = loaded.model.modes[0].moves[0].when
    assert when is not None and [n.family for n in walk(when.tree) if isinstance(n, Option)] == ["north"]


@pytest.mark.parametrize(
    "test",
    [
        "build == north",
        "previous(north) == build",
        "north == (build if arms > little else freeze)",
        "north in [build]",
        "north not in [build, freeze]",
        "race == racing and south.word != cheat",
    ],
)
def test_options_are_found_from_either_side(read: Reader, test: str) -> None:
    assert read((BUILT, f'"fear * arms if {test} else 0"')).problems == ()


@pytest.mark.parametrize(
    ("equation", "expected"),
    [
        ("aarms * 2", ("unknown-name", "nothing is named `aarms`")),
        ("arms if north == biuld else 0", ("unknown-option", "`north` has no option `biuld`")),
        ("arms if south.lines == build else 0", ("unknown-name", "`south` has no choice `lines`")),
        ("arms if south == build else 0",
         ("unknown-name", "`south` is an actor with several choices, and none of them is named here")),
        ("arms if build else 0", ("unknown-name", "`build` is an option of `north`, and stands here alone")),
        ("arms if true else 0", ("unknown-name", "`true` has no meaning in an expression")),
        ("patience * arms", ("unknown-name", "nothing is named `patience`")),
        ("fear(arms)", ("unknown-function", "no function is named `fear`")),
        ("arms if ever(arms) else 0", ("wrong-type", "`arms` is a number, and a truth is expected")),
        ("arms * age(caught)", ("wrong-arguments", "`age` takes a mode's name, and `caught` is an event")),
        ("arms * final(fear)", ("wrong-place", "`final` has no meaning in an equation")),
        ("arms * chance(caught)", ("wrong-place", "`chance` has no meaning in an equation")),
        ("clip(arms, 0)", ("wrong-arguments", "`clip` takes 3 arguments, and 2 stand here")),
        ("table(arms, 0, 1, 2)", ("wrong-arguments",
                                  "`table` takes a number and at least two points x, y, and 4 arguments stand here")),
    ],
)  # fmt: skip
def test_what_cannot_be_found_is_said_once(read: Reader, said: Said, equation: str, expected: tuple[str, str]) -> None:
    assert said(read((BUILT, f'"{equation}"'))) == [expected]


def test_a_setting_is_read_inside_its_own_strategy_only(read: Reader, said: Said) -> None:
    loaded = read(
        ("firm: {choose: build}", 'firm: {choose: [{when: "since(caught) < patience", then: build}, {then: freeze}]}')
    )
    assert said(loaded) == [("unknown-name", "nothing is named `patience`")]


def test_a_setting_hides_another_thing_of_its_name(read: Reader) -> None:
    model = read(("settings: {patience: [2, 6]}", "settings: {fear: [2, 6]}"), ("< patience", "< fear")).model
    assert model is not None
    [soft] = [s for s in model.strategies if s.name == "soft"]
    [(_, rules)] = soft.rules
    assert isinstance(rules, tuple) and rules[0].when is not None
    kinds = [n.symbol.kind for n in walk(rules[0].when.tree) if isinstance(n, Reference)]
    assert kinds == ["event", "setting"]


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ("[build, freeze]", []),
        ("[keep, cheat]", [("unknown-option", "`keep` is neither a number nor an option of `north`")]),
        ("[build, 2]", [("unknown-option", "`2` is neither a number nor an option of `north`")]),
    ],
)
def test_a_setting_of_options_finds_its_family(
    read: Reader, said: Said, levels: str, expected: list[tuple[str, str]]
) -> None:
    change = ("settings: {patience: [2, 6]}", f"settings: {{opening: {levels}}}")
    loaded = read(
        change,
        ("since(caught) < patience", "since(caught) < 4"),
        ("then: build}\n        - {then: freeze}", "then: opening}\n        - {then: freeze}"),
    )
    assert said(loaded) == expected


def test_levels_that_fit_two_choices_are_refused(read: Reader, said: Said) -> None:
    loaded = read(("word: [keep, cheat]", "word: [build, freeze]"), ('south.word == cheat"', 'south.word == freeze"'),
                  ("calm: {choose: {line: freeze, word: keep}}",
                   "calm: {settings: {how: [build, freeze]}, choose: {line: how, word: freeze}}"))  # fmt: skip
    assert said(loaded) == [
        ("wrong-type", "the levels of `how` are options of `south.line` and `south.word`, and one should be meant")
    ]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("  caught:", "  arms:"), ("duplicate-name", "`arms` is a stock already (line 22)")),
        (("name: pause", "name: north"), ("duplicate-name", "`north` is an actor already (line 6)")),
        (("word: [keep, cheat]", "word: [keep, keep, cheat]"),
         ("duplicate-name", "the option `keep` stands here again")),
    ],
)  # fmt: skip
def test_one_name_means_one_thing(read: Reader, said: Said, change: tuple[str, str], expected: tuple[str, str]) -> None:
    assert expected in said(read(change))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("firm: {choose: build}", "no: {choose: build}"), "yaml-truth-name"),
        (("firm: {choose: build}", '"no": {choose: build}'), "reserved-name"),
        (("firm: {choose: build}", "1st: {choose: build}"), "bad-name"),
        (("firm: {choose: build}", "fi-rm: {choose: build}"), "bad-name"),
        (("firm: {choose: build}", "while: {choose: build}"), "reserved-name"),
        (("firm: {choose: build}", "max: {choose: build}"), "reserved-name"),
        (("firm: {choose: build}", f"{'x' * 61}: {{choose: build}}"), "bad-name"),
        (("word: [keep, cheat]", "word: [keep, cheat, On]"), "yaml-truth-name"),
        (("word: [keep, cheat]", "word: [keep, cheat, none]"), None),
        (("word: [keep, cheat]", "word: [keep, cheat, count]"), None),
    ],
)
def test_names_that_trip_over_yaml_or_python(
    read: Reader, said: Said, change: tuple[str, str], code: str | None
) -> None:
    assert [found for found, _ in said(read(change))] == ([] if code is None else [code])


@pytest.mark.parametrize(
    "change",
    [
        (DIMENSIONS, "south: 5"),
        (DIMENSIONS, "south: {line: [build], word: [keep, cheat]}"),
        ("arms: {start: 10, unit: missile,", "arms: {start: 10, unit: mis--sile,"),
        ("arms: {start: 10, unit: missile, next:", "arms: {strat: 10, unit: missile, next:"),
        ("caught: {given:", "caught: {givn:"),
        ("stocks:", "stokcs:"),
        ("states: [racing, paused]", "states: racing"),
        ("built: {unit: missile, value:", "büilt: {unit: missile, value:"),
        ("clashes: {count: 0.2}", "clashes: {count: }"),
        ("fear: {range: [0.05, 0.4],", "fear: {range: 0.05 to 0.4,"),
        ("arms: {start: 10, unit: missile, next:", "arms: [10]\n  arms_two: {start: 10, unit: missile, next:"),
        ("- {when: \"since(caught) < patience\", then: build}", "- {when: [1], then: build}"),
        ("calm: {choose: {line: freeze, word: keep}}", "calm: {choose: {line: freeze, word: {a: b}}}"),
    ],
)  # fmt: skip
def test_what_rests_on_something_broken_is_not_reported_too(read: Reader, said: Said, change: tuple[str, str]) -> None:
    assert len(said(read(change))) == 1


def test_without_choices_only_their_absence_is_reported(read: Reader, said: Said) -> None:
    loaded = read(("choices:\n  north: [build, freeze]\n  south: {line: [build, freeze], word: [keep, cheat]}\n", ""))
    assert said(loaded) == [("missing-key", "the study has no `choices`")]


def test_without_actors_only_their_absence_is_reported(read: Reader, said: Said) -> None:
    loaded = read(("actors: {north: {name: North}, south: {name: South}}\n", ""))
    assert said(loaded) == [("missing-key", "the study has no `actors`")]
