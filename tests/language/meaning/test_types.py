from collections.abc import Callable

import pytest

from standoff.base.units import parse_unit
from standoff.language.load import Loaded

Reader = Callable[..., Loaded]
Said = Callable[[Loaded], list[tuple[str, str]]]

BUILT = 'value: "fear * arms if north == build or south.line == build else 0"}'
MORE = """
  rate: {unit: missile/year, value: "fear * arms / years(1)"}
  bold: {value: "north == build"}
"""


def with_value(read: Reader, equation: str) -> Loaded:
    return read((BUILT, f'value: "{equation}"}}{MORE.rstrip()}'))


@pytest.mark.parametrize(
    "equation",
    [
        "arms + 0",
        "0 if bold else arms",
        "max(0, arms)",
        "arms * exp(-arms / little)",
        "sqrt(arms * little)",
        "(arms ** 2) / little",
        "arms ** 0.5 * little ** 0.5",
        "rate * years(1)",
        "rate * years(step)",
        "table(date, 2025, 1 [missile], 2026, 2 [missile])",
        "table(arms, 0, 1 [missile], 5 [missile], 2 [missile])",
        "previous(arms, little)",
        "smooth(arms, 4) + delay(arms, 2)",
        "clip(arms, 0, 2 * little)",
        "arms * bold + arms * (1 - caught) + arms * (not bold)",
        "arms * count(clashes) * age(race) * since(caught)",
        "arms if ever(caught) and not previous(bold) else round(arms)",
        "-arms + abs(arms) + floor(arms)",
    ],
)
def test_units_that_agree(read: Reader, said: Said, equation: str) -> None:
    assert said(with_value(read, equation)) == []


@pytest.mark.parametrize(
    ("equation", "code", "message"),
    [
        ("arms + rate", "rate-per-step", "cannot add `rate` [missile/year] to `arms` [missile]"),
        ("arms - fear", "wrong-unit", "cannot subtract `fear` (no unit) from `arms` [missile]"),
        ("rate", "rate-per-step", "`built` should be in [missile], and `rate` is in [missile/year]"),
        ("5", "wrong-unit", "`built` should be in [missile], and `5` has no unit"),
        ("arms if arms > 5 else 0", "wrong-unit", "cannot compare `arms` [missile] with `5` (no unit)"),
        ("arms if arms == fear else 0", "wrong-unit", "cannot compare `arms` [missile] with `fear` (no unit)"),
        ("arms if bold else fear", "wrong-unit", "the branches differ in unit: `arms` [missile] and `fear` (no unit)"),
        ("min(arms, 2 * fear)", "wrong-unit",
         "`min` takes numbers of one unit: `arms` [missile] and `2 * fear` (no unit)"),
        ("clip(arms, 0, fear)", "wrong-unit",
         "`clip` takes numbers of one unit: `arms` [missile] and `fear` (no unit)"),
        ("little * exp(arms)", "wrong-unit", "`exp` takes a number without unit, and `arms` is in [missile]"),
        ("arms * (2 ** arms)", "wrong-unit", "the exponent `arms` [missile] should have no unit"),
        ("arms ** fear", "wrong-unit", "`arms` [missile] is raised to a power that is not a plain number"),
        ("arms * little", "wrong-unit", "`built` should be in [missile], and `arms * little` is in [missile^2]"),
        ("table(arms, 0, 1 [missile], 5, 2 [missile])", "wrong-unit",
         "a table reads x in one unit: `arms` [missile] and `5` (no unit)"),
        ("table(fear, 0, arms, 5, 2 [missile])", "wrong-arguments",
         "the points of a table are constants, and `arms` is not"),
        ("arms * (north + 1)", "wrong-type", "`north` is an option of `north`, and a number is expected"),
        ("arms if arms else 0", "wrong-type", "`arms` is a number, and a truth is expected"),
        ("arms if clashes else 0", "wrong-type", "`clashes` is a number, and a truth is expected"),
        ("arms if north else 0", "wrong-type", "`north` is an option of `north`, and a truth is expected"),
        ("arms if north == south.line else 0", "wrong-type",
         "`north` is an option of `north` and `south.line` of `south.line`, which are different things"),
        ("arms if north == 1 else 0", "wrong-type", "cannot compare the option `north` with `1`, which is not one"),
        ("arms if arms in [build] else 0", "wrong-type", "`arms` is a number, and `in` looks for an option"),
        ("north", "wrong-type", "`built` should be a number, and `north` is an option of `north`"),
        ("delay(arms, fear)", "wrong-arguments",
         "`delay` looks back over a constant whole number of steps, at least 0"),
        ("smooth(arms, 0)", "wrong-arguments", "`smooth` looks back over a constant whole number of steps, at least 1"),
        ("previous(arms, fear)", "wrong-unit",
         "`previous` takes numbers of one unit: `arms` [missile] and `fear` (no unit)"),
        ("arms if date > 2026-01 else 0", "date", "`2026-01` is a subtraction in an expression, not a date"),
        ("arms + 1 [mis--sile]", "unknown-unit", "`mis--sile` is not a unit's name, with or without a whole power"),
    ],
)  # fmt: skip
def test_a_disagreement_names_both_sides(read: Reader, said: Said, equation: str, code: str, message: str) -> None:
    assert said(with_value(read, equation)) == [(code, message)]


def test_a_rate_used_per_step_says_how_to_convert_it(read: Reader) -> None:
    [problem] = [p for p in with_value(read, "arms + rate").problems if p.code == "rate-per-step"]
    assert problem.help == "multiply `rate` by `years(1)`"


def test_a_rate_by_another_period_is_told_to_be_yearly(read: Reader) -> None:
    loaded = with_value(read, "arms + 1 [missile/week]")
    [problem] = [p for p in loaded.problems if p.code == "rate-per-step"]
    assert problem.help == "give `1 [missile/week]` per year instead of per week, and multiply it by `years(1)`"


def test_units_that_look_alike_are_pointed_out(read: Reader) -> None:
    errors = [
        p for p in read(("start: 10, unit: missile,", "start: 10, unit: missiles,")).problems if p.severity == "error"
    ]
    assert errors[0].message == "cannot add `built` [missile] to `arms` [missiles]"
    assert errors[0].help == "`missiles` and `missile` are two units here; write both alike if they are one"


def test_one_mistake_deep_inside_is_reported_once(read: Reader, said: Said) -> None:
    loaded = with_value(read, "max(arms, 2 * (arms + fear)) if (arms + 0) > little else arms * 3 + little")
    assert [code for code, _ in said(loaded)] == ["wrong-unit"]


@pytest.mark.parametrize(
    ("rate", "per", "code"),
    [
        ("hazard: 0.5, per: year", "year", None),
        ("hazard: 0.5", "step", None),
        ('hazard: "0.5 [1/year]"', "year", None),
        ('hazard: "0.5 [event/month]"', "month", None),
        ('hazard: "0.5 [1/year]", per: year', "year", "keys-together"),
        ('hazard: "0.5 [missile]"', "step", "wrong-unit"),
        ('chance: "0.5 [1/year]"', "step", "rate-per-step"),
        ("chance: 0.5, per: quarter", "quarter", None),
    ],
)
def test_a_rate_has_a_time_by_its_key_or_by_its_unit(
    read: Reader, said: Said, rate: str, per: str, code: str | None
) -> None:
    loaded = read(("hazard: 0.5, per: year}", rate + "}"))
    assert [found for found, _ in said(loaded)] == ([] if code is None else [code])
    if loaded.model is not None:
        assert loaded.model.events[0].per == per


@pytest.mark.parametrize("count", ["2 [event]", "2 [event/year]", "2 [1/year]", "2"])
def test_events_count_as_plain_numbers_in_counts(read: Reader, said: Said, count: str) -> None:
    assert said(read(("count: 0.2", f'count: "{count}"'))) == []


def test_a_start_may_be_a_bare_number_or_an_expression_in_the_unit(read: Reader, said: Said) -> None:
    assert said(read(("start: 10", 'start: "2 * little"'))) == []
    assert said(read(("start: 10", 'start: "2 * fear"'))) == [
        ("wrong-unit", "the start of `arms` should be in [missile], and `2 * fear` has no unit")
    ]


def test_payoffs_and_outcomes_are_held_to_their_units(read: Reader, said: Said) -> None:
    loaded = read(
        ('each: "-arms / little - clashes"', 'each: "-arms"'), ("unit: missile, better: lower", "better: lower")
    )
    assert said(loaded) == [
        ("wrong-unit", "`each` of the payoff of `north` should have no unit, and `-arms` is in [missile]"),
        ("wrong-unit", "the measure of `arms_end` should have no unit, and `final(arms)` is in [missile]"),
    ]


def test_a_weighed_worth_times_its_precision_has_no_unit(read: Reader, said: Said) -> None:
    weigh = "firm: {weigh: {build: arms, freeze: little}"
    assert said(read(("firm: {choose: build", weigh + ', precision: "2 [1/missile]"'))) == []
    assert said(read(("firm: {choose: build", weigh))) == [
        ("wrong-unit", "the worth of `build` should have no unit, and `arms` is in [missile]"),
        ("wrong-unit", "the worth of `freeze` should have no unit, and `little` is in [missile]"),
    ]


def test_a_truth_stays_one_and_a_report_has_the_unit_of_its_thing(read: Reader) -> None:
    add = MORE + "  news: {report: {of: arms, noise: 0.2, lag: 1}}"
    model = read((BUILT, BUILT + add)).model
    assert model is not None
    types = {q.name: (q.value.type.kind, q.value.unit) for q in model.quantities}
    assert types["bold"][0] == "truth" and types["rate"] == ("number", parse_unit("missile/year"))
    assert model.reports[0].unit == parse_unit("missile")


@pytest.mark.parametrize(
    ("measure", "code"),
    [
        ("final(arms) - little", None),
        ("mean(arms) * ever(caught)", None),
        ("total(built) + peak(arms)", None),
        ("little * (count(clashes) + first(caught))", None),
        ("little * mean(chance(caught))", None),
        ("little * mean(race == paused)", None),
        ("arms", "wrong-place"),
        ("little * caught", "wrong-place"),
        ("final(mean(arms))", "wrong-place"),
        ("mean(arms * ever(caught))", "wrong-place"),
        ("final(little * clashes)", "wrong-place"),
        ("little * step", "wrong-place"),
    ],
)
def test_outcomes_look_at_the_model_through_reducers(read: Reader, said: Said, measure: str, code: str | None) -> None:
    loaded = read(("final(arms)", measure))
    assert [found for found, _ in said(loaded)] == ([] if code is None else [code])
