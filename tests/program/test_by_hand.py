"""What the language offers, computed by hand, in the reference and in the kernel's source."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import numpy.typing as npt
from comparison import differences
from hypothesis import given
from hypothesis import strategies as st
from interpreted import interpreted_kernel

from standoff.base.source import Source, Span
from standoff.ensemble.run import lanes_of
from standoff.ensemble.study import Study
from standoff.language.expressions.parser import parse_expression
from standoff.language.meaning.folding import fold
from standoff.language.text.reader import Scalar
from standoff.program.reference import Results, run_lanes

Build = Callable[..., Study]
Floats = npt.NDArray[np.float64]


def in_both(study: Study, worlds: int = 4, replications: int = 1) -> Results:
    """The first profile's futures, world by world; the two evaluators agree on every bit of them."""
    design = study.design(worlds, replications)
    n = worlds * replications
    places = np.arange(n, dtype=np.int64)
    lanes = lanes_of(study.program, design, np.zeros(n, np.int64), places // replications, places % replications)
    expected = run_lanes(study.program, lanes)
    assert differences(interpreted_kernel(study.program)(study.program, lanes), expected) == []
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
