import pytest

from standoff.base.problems import Problem
from standoff.base.source import Source
from standoff.language.changed import changed
from standoff.language.experiments.expectations import EXPECTATION, Expectation, read_expectations, represented
from standoff.language.experiments.experiments import Arm, Measured, arms, quantile
from standoff.language.expressions.tree import Symbol
from standoff.language.load import load_model
from standoff.language.model import Model
from standoff.language.model.influence import influences, path_between, read_by_outcome
from standoff.language.text.reader import Mapping, Sequence, parse_yaml


@pytest.fixture(scope="module")
def rivals() -> Model:
    return load_model("rivals")


def read(text: str, model: Model) -> tuple[tuple[Expectation, ...], list[Problem]]:
    root, _ = parse_yaml(Source("claims.yaml", f"expect: [{text}]"))
    written = root.get("expect")
    assert isinstance(written, Sequence)
    return read_expectations([node for node in written.items if isinstance(node, Mapping)], model)


def one(text: str, model: Model) -> Expectation:
    found, problems = read(text, model)
    assert problems == []
    (expectation,) = found
    return expectation


@pytest.mark.parametrize(
    ("text", "verb", "says"),
    [
        ("{raise: fear, raises: arms}", "raises", "raising `fear` raises `arms`"),
        ("{lower: fear, lowers: arms}", "lowers", "lowering `fear` lowers `arms`"),
        ("{raise: trust, leaves: war}", "leaves", "raising `trust` leaves `war` alone"),
        ("{raise: pause, raises: race.paused}", "raises", "raising `pause` raises `race.paused`"),
        ("{raise: pause, raises: race == paused}", "raises", "raising `pause` raises `race == paused`"),
        ("{raise: fear, lowers: south}", "lowers", "raising `fear` lowers the payoff of `south`"),
        ("{raise: fear, lowers: payoff(south)}", "lowers", "raising `fear` lowers the payoff of `south`"),
        ("{raise: fear, raises: trust, over: final}", "raises", "raising `fear` raises `trust` at the end"),
        (
            "{raise: fear, weakens: {raise: detection, effect_on: war}}",
            "weakens",
            "raising `fear` weakens the effect of raising `detection` on `war`",
        ),
        (
            "{switch: {south: [honest, pretend]}, raises: crisis}",
            "raises",
            "playing `pretend` instead of `honest` raises `crisis`",
        ),
        (
            "{switch: {crisis: [never, at 2026-01]}, raises: war}",
            "raises",
            "switching `crisis` from `never` to `at 2026-01` raises `war`",
        ),
        (
            "{better: reciprocate, than: race_on, judged_by: arms}",
            "lowers",
            "`reciprocate` does better than `race_on` on `arms`",
        ),
        ("{better: honest, than: pretend}", "raises", "`honest` does better than `pretend` on the payoff of `south`"),
        ("{stays: war, within: [null, 0.05]}", "stays", "`war` stays within … to 0.05"),
        ("{raise: detection, sooner: exposed}", "lowers", "raising `detection` makes `exposed` come sooner"),
        ("{raise: trust, later: crisis}", "raises", "raising `trust` makes `crisis` come later"),
        ("{sooner: pause, than: crisis}", "stays", "`pause` comes sooner than `crisis`"),
    ],
)
def test_every_form_is_read_and_said_in_words(text: str, verb: str, says: str, rivals: Model) -> None:
    expectation = one(text, rivals)
    assert (expectation.verb, expectation.says) == (verb, says)


@pytest.mark.parametrize(
    ("text", "code", "says", "advice"),
    [
        ("{raise: feer, raises: arms}", "unknown-name", "nothing is named `feer`", "`fear`"),
        ("{raise: fear, raises: armss}", "unknown-name", "nothing is named `armss`", "`arms`"),
        ("{raise: fear, rises: arms}", "unknown-key", "`rises` is not a key", "`raises`"),
        ("{raise: fear}", "expectation", "says nothing that must follow", "`raises`"),
        ("{raises: arms}", "expectation", "names nothing that is changed", "`raise`"),
        ("{raise: fear, raises: arms, lowers: war}", "keys-together", "`lowers` and `raises` exclude", "two"),
        ("{raise: fear, lower: trust, lowers: war}", "keys-together", "`lower` and `raise` exclude", None),
        ("{raise: war, raises: arms_north}", None, "", None),
        ("{raise: arms, raises: war}", "expectation", "`arms` is an outcome", "made of"),
        ("{raise: clashes, raises: war}", "expectation", "`clashes` is a count", "switch: {clashes: [0, 5]}"),
        ("{raise: race, raises: war}", "expectation", "`race` has states", "switch: {race:"),
        ("{raise: south, raises: war}", "expectation", "`south` is an actor", "switch: {south:"),
        ("{raise: fear, raises: detection}", "expectation", "nothing in the model moves", "bears on"),
        ("{raise: fear, raises: war, least: 3}", "wrong-value", "`least` is a share", None),
        ("{raise: fear, raises: war, from: 0.8}", "range-reversed", "`from` is not below", None),
        ("{raise: fear, raises: war, where: 'west in [x]'}", "unknown-actor", "named `west`", "`north`"),
        ("{raise: fear, raises: war, where: 'north in [race]'}", "unknown-name", "no strategy `race`", "`race_on`"),
        ("{raise: fear, raises: war, where: whatever}", "expectation", "neither a profile nor", None),
        ("{better: honest, judged_by: war}", "expectation", "goes with `than`", "add `than"),
        ("{better: honest, than: race_on}", "expectation", "not strategies of one actor", "`of`"),
        (
            "{better: honest, than: pretend, judged_by: trust}",
            "expectation",
            "neither an outcome nor a payoff",
            "outcome",
        ),
        ("{stays: war}", "expectation", "goes with `within`", "add `within"),
        ("{stays: war, within: [1, 0]}", "range-reversed", "no room", None),
        ("{stays: war, within: [0, 1], raise: fear}", "keys-together", "`raise` has no meaning", "remove"),
        ("{raise: fear, sooner: war}", "expectation", "`war` ends a future", "raises: war"),
        ("{sooner: crisis}", "expectation", "goes either with", None),
        ("{raise: fear, sooner: trust}", "unknown-name", "no event or move", None),
        ("{switch: {south: [honest]}, raises: war}", "expectation", "two ways", "switch: {us"),
        ("{switch: {race: [racing, stopped]}, raises: war}", "unknown-option", "no option `stopped`", "`racing`"),
        ("{switch: {crisis: [never, at 1999-01]}, raises: war}", "expectation", "within the clock", None),
        ("{switch: {variant: [study, other]}, raises: war}", "unknown-name", "no variant", None),
    ],
)
def test_mistakes_have_one_message(text: str, code: str | None, says: str, advice: str | None, rivals: Model) -> None:
    _, problems = read(text, rivals)
    assert [problem.code for problem in problems] == ([] if code is None else [code])
    if problems:
        assert says in problems[0].message
        assert advice is None or (problems[0].help is not None and advice in problems[0].help)


def test_bundled_expectations_are_sound() -> None:
    model = load_model("korea")
    for mechanism in model.mechanisms:
        found, problems = read_expectations(mechanism.expect, model)
        assert problems == [] and found
        assert all(represented(model, expectation) is not None for expectation in found)
    assert all(key.doc for key in EXPECTATION.keys)


def test_what_has_no_path_is_not_represented(rivals: Model) -> None:
    assert represented(rivals, one("{raise: dread_of_war, raises: arms}", rivals)) is None
    path = represented(rivals, one("{raise: detection, raises: war}", rivals))
    assert path is not None
    assert [symbol.name for symbol in path] == ["detection", "caught", "trust", "clashes", "crisis", "war"]


def test_both_causes_of_an_interplay_need_a_path(rivals: Model) -> None:
    assert represented(rivals, one("{raise: dread_of_war, weakens: {raise: fear, effect_on: arms}}", rivals)) is None
    assert represented(rivals, one("{raise: fear, weakens: {raise: dread_of_war, effect_on: arms}}", rivals)) is None


def test_paths_lead_through_strategies_and_memory(rivals: Model) -> None:
    reads = influences(rivals)
    exposed, north = Symbol("move", "exposed"), Symbol("choice", "north")
    assert path_between(reads, [exposed], [north]) == (exposed, north)
    assert path_between(reads, [Symbol("value", "dread_of_war")], read_by_outcome(rivals, "war")) is None


def test_quartiles_of_the_assumptions_own_distribution(rivals: Model) -> None:
    before, after = arms(one("{raise: fear, raises: arms}", rivals), rivals)
    assert before.columns == (("fear", pytest.approx(0.05 + 0.25 * 0.35)),)
    assert after.columns == (("fear", pytest.approx(0.05 + 0.75 * 0.35)),)
    low, high = arms(one("{lower: fear, raises: arms, from: 0.1, to: 0.9}", rivals), rivals)
    assert (low.columns[0][1], high.columns[0][1]) == (pytest.approx(0.365), pytest.approx(0.085))


def test_strategies_replace_those_of_where(rivals: Model) -> None:
    text = "{switch: {south: [honest, pretend]}, raises: war, where: 'south in [calculating] and north == race_on'}"
    before, after = arms(one(text, rivals), rivals)
    assert before == Arm(where=(("north", ("race_on",)), ("south", ("honest",))))
    assert after.where == (("north", ("race_on",)), ("south", ("pretend",)))


def test_an_interplay_has_four_sides(rivals: Model) -> None:
    four = arms(one("{raise: fear, weakens: {raise: detection, effect_on: war}}", rivals), rivals)
    assert [[round(value, 3) for _, value in arm.columns] for arm in four] == [
        [0.138, four[0].columns[1][1].__round__(3)],
        [0.138, four[1].columns[1][1].__round__(3)],
        [0.312, four[2].columns[1][1].__round__(3)],
        [0.312, four[3].columns[1][1].__round__(3)],
    ]
    assert four[0].columns[1] == four[2].columns[1] != four[1].columns[1] == four[3].columns[1]


def test_stocks_quantities_and_constants_are_moved(rivals: Model) -> None:
    for text, before, after in (
        ("{raise: trust, raises: war}", ("shift", -0.1), ("shift", 0.1)),
        ("{raise: arms_north, raises: war}", ("factor", 0.75), ("factor", 1.25)),
        ("{raise: arms_north, raises: war, step: 2}", ("shift", -2.0), ("shift", 2.0)),
        ("{raise: built_north, raises: war}", ("factor", 0.75), ("factor", 1.25)),
        ("{raise: small_force, raises: war}", ("factor", 0.75), ("factor", 1.25)),
    ):
        sides = arms(one(text, rivals), rivals)
        assert [(s.changes[0].how, s.changes[0].by) for s in sides] == [before, after]
    moved = changed(rivals, arms(one("{raise: small_force, raises: war}", rivals), rivals)[1].changes)
    assert next(p.value for p in moved.parameters if p.name == "small_force") == 12.5
    assert moved.digest != rivals.digest


def test_events_are_imposed(rivals: Model) -> None:
    before, after = arms(one("{raise: caught, raises: war}", rivals), rivals)
    held = [changed(rivals, side.changes).impositions[0] for side in (before, after)]
    assert [(i.target, i.how) for i in held] == [
        (Symbol("event", "caught"), "never"),
        (Symbol("event", "caught"), "always"),
    ]
    text = "{switch: {clashes: [0, 5]}, raises: war}"
    held = [changed(rivals, side.changes).impositions[0] for side in arms(one(text, rivals), rivals)]
    assert [(i.how, i.value) for i in held] == [("number", 0.0), ("number", 5.0)]


def test_measures_become_outcomes_once(rivals: Model) -> None:
    text = "{raise: fear, raises: trust}, {raise: detection, raises: trust}, {raise: fear, raises: war}"
    found, _ = read(text, rivals)
    model = changed(rivals, [Measured(tuple(expectation.measure for expectation in found))])
    assert [outcome.name for outcome in model.outcomes] == ["war", "arms", "mean of trust"]


def test_quantiles_of_levels(rivals: Model) -> None:
    setting = one("{raise: fear, raises: arms, from: 0, to: 1}", rivals).contrast
    assert setting is not None
    assert quantile(rivals, setting.before) == pytest.approx(0.05, abs=1e-6)
    assert quantile(rivals, setting.after) == pytest.approx(0.40, abs=1e-6)
