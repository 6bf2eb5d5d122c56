"""What the language offers, computed by hand, in the reference and in the kernel."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from comparison import differences
from hypothesis import given
from hypothesis import strategies as st

from standoff.base.source import Source, Span
from standoff.ensemble.run import lanes_of
from standoff.ensemble.study import Study
from standoff.language.changed import Fixed, changed
from standoff.language.expressions.parser import parse_expression
from standoff.language.meaning.folding import fold
from standoff.language.text.reader import Scalar
from standoff.program.llvm.kernel import load_kernel
from standoff.program.reference import Results, run_lanes

Build = Callable[..., Study]
Floats = npt.NDArray[np.float64]


def in_both(study: Study, worlds: int = 4, replications: int = 1) -> Results:
    """The first profile's futures, world by world; the two evaluators agree on every bit of them."""
    design = study.design(worlds, replications)
    n = worlds * replications
    places = np.arange(n, dtype=np.int64)
    lanes = lanes_of(
        study.program, design, np.zeros(n, np.int64), places // replications, replications=places % replications
    )
    expected = run_lanes(study.program, lanes)
    assert differences(load_kernel(study.program)(study.program, lanes), expected) == []
    assert not expected.fault.any()
    return expected


def outcomes(study: Study) -> dict[str, float]:
    """The outcomes of one future."""
    found = in_both(study, 1)
    return {m.name: float(found.outcomes[i, 0]) for i, m in enumerate(study.program.measured)}


HARD = (0.49999999999999994, -0.49999999999999994, 0.5, -0.5, -0.5000000000000001, 1.5, 2.5, -1.5, 1e-300, -1e-300,
        4503599627370495.5, 4503599627370497.0, 9007199254740991.0, -4503599627370497.0, 1e300)  # fmt: skip


def rounded(x: float) -> float:
    """To the nearest whole number, halves upward, exactly."""
    return float(math.floor(Fraction(x) + Fraction(1, 2)))


def test_rounding_is_exact_in_every_evaluator(study_of: Build) -> None:
    measures = "\n".join(
        f'  r{i}: {{measure: "final(round({x!r} + 0 * step))", better: lower}}' for i, x in enumerate(HARD)
    )
    constants = "\n".join(f'  c{i}: {{measure: "final(round({x!r}))", better: lower}}' for i, x in enumerate(HARD))
    found = outcomes(study_of(f"outcomes:\n{measures}\n{constants}\n"))
    for i, x in enumerate(HARD):
        assert found[f"r{i}"] == found[f"c{i}"] == rounded(x), x


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_rounding_beforehand_is_exact(x: float) -> None:
    text = f"round({x!r})"
    source = Source("a test", text)
    tree = parse_expression(Scalar(text, Span(source, 0, len(text)), ""))
    assert fold(tree, {}).value == rounded(x)


def test_conditions_happen_as_events_do(study_of: Build) -> None:
    found = outcomes(
        study_of("""\
        stocks:
          level: {start: 5, next: "level - 1 if step < 4 else level + 1"}
          seen: {start: 0, next: "seen + count(level < 3) + 10 * ever(level < 2)"}
        outcomes:
          low: {measure: "ever(level < 2)", better: lower}
          never: {measure: "ever(level < 1)", better: lower}
          times: {measure: "count(level < 3)", better: lower}
          when: {measure: "first(level < 3)", better: higher}
          both: {measure: "count(level < 3 and step > 4)", better: higher}
          seen: {measure: "final(seen)", better: higher}
        """)
    )
    # level by step: 5 4 3 2 1 2 3 4
    assert found["low"] == 1.0
    assert found["never"] == 0.0
    assert found["times"] == 3.0
    assert found["when"] == 2025.75
    assert found["both"] == 1.0
    assert found["seen"] == (0 + 0 + 0 + 0 + 1 + 12 + 13 + 13)


def test_the_calendar_tells_the_season_of_a_step(study_of: Build) -> None:
    found = outcomes(
        study_of("""\
        clock: {start: 2024-12-30, step: day, steps: 4}
        constants: {cold: {value: 7, judgement: a test}}
        stocks:
          sum_of_years: {start: "year() - 2000", next: "sum_of_years + year() - 2000"}
          months: {start: 0, next: "months + month() * 100 + quarter()"}
        quantities:
          demand: {value: "seasonal(cold, 2, 3, 4)"}
          trade: {value: "seasonal(1, 2, 3, 4, 5, 6, 0) if step > 0 else 0"}
          warm: {value: "seasonal(10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, step)"}
        outcomes:
          in_all: {measure: "final(sum_of_years)", better: higher}
          months: {measure: "final(months)", better: higher}
          demand: {measure: "total(demand)", better: higher}
          trade: {measure: "total(trade)", better: higher}
          warm: {measure: "total(warm)", better: higher}
          after: {measure: "final(year() * 100 + weekday())", better: higher}
        """)
    )
    assert found["in_all"] == 24 + 24 + 24 + 25 + 25
    assert found["months"] == 1204 + 1204 + 101 + 101
    assert found["demand"] == 4 + 4 + 7 + 7
    assert found["trade"] == 0 + 2 + 3 + 4  # the 30th was a Monday
    assert found["warm"] == 0 + 1 + 10 + 10
    assert found["after"] == 202505  # 3 January was a Friday


def test_a_smooth_begins_where_it_is_told(study_of: Build) -> None:
    found = outcomes(
        study_of("""\
        clock: {start: 2025-01, step: quarter, steps: 3}
        stocks: {level: {start: 8, next: "level"}}
        quantities:
          plain: {value: "smooth(level, 4)"}
          begun: {value: "smooth(level, 4, 0)"}
          other: {value: "smooth(level, 4, level / 2)"}
        outcomes:
          plain: {measure: "total(plain)", better: higher}
          begun: {measure: "total(begun)", better: higher}
          other: {measure: "total(other)", better: higher}
        """)
    )
    assert found["plain"] == 24.0
    assert found["begun"] == 0 + 2 + 3.5
    assert found["other"] == 4 + 5 + 5.75


def test_constants_bound_and_settings_have_units(study_of: Build) -> None:
    study = study_of("""\
        constants:
          cap: {value: 4, unit: tonne, judgement: a test}
          floor_of: {value: 0.5, judgement: a test}
        uncertainties: {u: {distribution: "normal(0, 1)", within: [floor_of, null], judgement: a test}}
        stocks: {load: {start: 1, unit: tonne, within: [0, cap], next: "load + 1 [tonne]"}}
        strategies:
          north:
            acts:
              settings: {most: {levels: [3, 9], unit: tonne}}
              choose: [{when: "load < most", then: act}, {then: rest}]
        outcomes:
          load: {measure: "final(load)", unit: tonne, better: higher}
          acts: {measure: "total(north == act)", better: higher}
          u: {measure: "final(u)", better: higher}
        """)
    found = outcomes(study)
    assert found["load"] == 4.0
    assert found["acts"] == 2.0
    assert study.design(64, 1).worlds.columns["u"].min() >= 0.5
    tighter = Study(changed(study.model, [Fixed("cap", 2.0)]))
    assert outcomes(tighter)["load"] == 2.0


@pytest.mark.parametrize(
    ("between", "expected"), [("hold", [10, 10, 20, 20]), ("interpolate", [10, 12, 20, 20 + 10 / 3])]
)
def test_series_hold_or_interpolate(study_of: Build, tmp_path: Path, between: str, expected: list[float]) -> None:
    text = "when,level\n2024-12-31,0\n2025-01-01,10\n2025-01-06,20\n2025-01-09,30\n2025-03-01,1\n"
    (tmp_path / "data.csv").write_text(text, encoding="utf-8")
    steps = ["2025-01-01", "2025-01-02", "2025-01-06", "2025-01-07"]
    found = []
    for start in steps:
        study = study_of(f"""\
            clock: {{start: {start}, step: day, steps: 1}}
            series: {{data: {{file: data.csv, date: when, column: level, between: {between}}}}}
            outcomes: {{level: {{measure: "total(data)", better: higher}}}}
            """)
        found.append(outcomes(study)["level"])
    assert found == pytest.approx(expected, rel=1e-14)


def test_a_start_is_drawn_once_for_each_future(study_of: Build) -> None:
    study = study_of("""\
        constants: {middle: {value: 3, judgement: a test}}
        draws: {size: "uniform(middle - 1, 5)"}
        stocks:
          level: {start: "2 * size", next: "level"}
          twin: {start: size, next: "twin"}
          cut: {start: size, within: [0, 3], next: "cut"}
          drawn: {start: 0, next: "size"}
        outcomes:
          level: {measure: "final(level)", better: higher}
          twin: {measure: "final(twin)", better: higher}
          cut: {measure: "final(cut)", better: higher}
          other: {measure: "final(drawn)", better: higher}
        """)
    found = in_both(study, 100, 5).outcomes
    level, twin, cut, other = found
    np.testing.assert_array_equal(level, 2 * twin)
    np.testing.assert_array_equal(cut, np.minimum(twin, 3))
    assert np.unique(twin).size == twin.size
    assert abs(twin.mean() - 3.5) < 4 * twin.std() / math.sqrt(twin.size)
    assert abs(np.corrcoef(twin, other)[0, 1]) < 0.2


def test_kinds_are_compared_as_options_are(study_of: Build) -> None:
    study = study_of("""\
        uncertainties:
          regime: {kinds: {open: 1, torn: 2, closed: 1}, judgement: a test}
          plain: {kinds: [red, green], judgement: a test}
        quantities:
          cost: {value: "5 if regime == open else 7 if regime in [closed] else 11"}
          held: {value: "1 if previous(regime) == torn else 0"}
        outcomes:
          cost: {measure: "mean(cost)", better: lower}
          held: {measure: "total(held)", better: lower}
          green: {measure: "ever(plain == green)", better: lower}
        """)
    design = study.design(64, 1)
    found = in_both(study, 64).outcomes
    regime, plain = design.worlds.columns["regime"], design.worlds.columns["plain"]
    np.testing.assert_array_equal(found[0], np.array([5.0, 11.0, 7.0])[regime.astype(int)])
    np.testing.assert_array_equal(found[1], np.where(regime == 1, 7.0, 0.0))
    np.testing.assert_array_equal(found[2], plain)
    assert np.bincount(regime.astype(int)).tolist() == [16, 32, 16]
