"""The generated source: deterministic, exact in what it simplifies, and without what nobody reads."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from pathlib import Path
from shutil import copytree

import numpy as np
import pytest

import standoff
from standoff.base.numbers import arithmetic
from standoff.ensemble.study import Study
from standoff.program.llvm.instructions import number
from standoff.program.llvm.writer import emit_kernel
from standoff.program.lowering.faults import fault_tests
from standoff.program.lowering.graph import BLOCK, LANE, STEP, WORLD, Graph
from standoff.program.lowering.lower import lower_program

Build = Callable[..., Study]
HOSTILE = ('"!"!"\nBROKEN = 1\n"!"!"'.replace("!", ""), "'!'!'\n".replace("!", ""), "\\", "a\r\nb", "\x1b[31m",
           "`<!--script>`", "{0}{study}%s", "\u202e\u2028x")  # fmt: skip


def test_the_source_is_a_function_of_the_study_alone() -> None:
    first, second = (emit_kernel(standoff.load("korea").program) for _ in range(2))
    assert first.text == second.text
    assert first.digest == second.digest
    other = emit_kernel(standoff.load("korea", ("no_deal",)).program)
    assert other.digest != first.digest


def test_the_source_names_what_it_computes_and_calls_no_other_mathematics() -> None:
    assert "; launch_drive" in emit_kernel(standoff.load("korea").program, remarks=True).text
    text = emit_kernel(standoff.load("korea").program).text
    assert text.count(";") == 1
    assert {*re.findall(r"@llvm\.(\w+)", text)} == {"sqrt", "floor"}
    assert not re.search(r"\b(fast|contract|reassoc|nnan)\b", text)


def test_constants_are_folded_with_the_arithmetic_that_would_have_run() -> None:
    g = Graph()
    for name, x in (("exp", 1.1), ("log", 3.3), ("logistic", -0.7), ("expm1", 1e-9), ("log1p", 0.2)):
        folded = g.value(g.apply(name, g.constant(x)))
        assert folded == float(getattr(arithmetic, name)(x))
    assert g.value(g.apply("power", g.constant(2.5), g.constant(0.3))) == float(arithmetic.power(2.5, 0.3))
    assert g.value(g.apply("div", g.constant(1.0), g.constant(0.0))) == math.inf
    assert math.isnan(float(g.value(g.apply("div", g.constant(0.0), g.constant(0.0))) or 0.0))


def test_only_what_keeps_every_bit_is_simplified() -> None:
    g = Graph()
    x, zero, one = g.input("x", LANE), g.constant(0.0), g.constant(1.0)
    assert g.apply("mul", x, one) == x
    assert g.apply("div", x, one) == x
    assert g.apply("sub", x, zero) == x
    assert g.op[g.apply("add", x, zero)] == "add"  # −0 + 0 is 0
    assert g.op[g.apply("sub", x, g.constant(-0.0))] == "sub"
    assert g.op[g.apply("mul", x, zero)] == "mul"  # −1 × 0 is −0
    assert g.op[g.apply("sub", x, x)] == "sub"  # infinity − infinity is no number
    assert g.constant(0.0) != g.constant(-0.0)
    assert g.apply("power", x, g.constant(2.0)) == g.apply("mul", x, x)


def test_equal_parts_are_one_node() -> None:
    g = Graph()
    x, y = g.input("x", LANE), g.input("y", WORLD)
    assert g.apply("add", x, y) == g.apply("add", y, x)
    assert g.apply("sub", x, y) != g.apply("sub", y, x)
    assert g.needs[g.apply("mul", x, y)] == LANE | WORLD
    test = g.apply("lt", x, y)
    assert g.select(test, g.constant(1.0), g.constant(0.0)) == g.number(test)
    assert g.no(g.no(test)) == test
    assert g.both(test, g.no(test)) == g.false
    doubled = g.apply("mul", g.number(test), g.constant(0.5))
    assert g.op[doubled] == "select"
    assert [g.value(a) for a in g.args[doubled][1:]] == [0.5, 0.0]


@pytest.mark.parametrize(
    ("op", "bounds"),
    [("exp", (0.1, 7.4)), ("logistic", (0.0, 1.0)), ("neg", (-2.0, 2.0)), ("floor", (-2.0, 2.0)), ("log", None)],
)
def test_bounds_hold(op: str, bounds: tuple[float, float] | None) -> None:
    g = Graph()
    found = g.bounds[g.apply(op, g.input("x", LANE, bounds=(-2.0, 2.0)))]
    if bounds is None:
        assert found is None
        return
    assert found is not None
    xs = np.linspace(-2.0, 2.0, 101)
    values = {"neg": np.negative, "floor": np.floor}.get(op) or getattr(arithmetic, op)
    assert found[0] <= values(xs).min()
    assert values(xs).max() <= found[1]
    assert found[0] >= bounds[0] - 0.1
    assert found[1] <= bounds[1] + 0.1


def test_what_hangs_on_the_world_alone_is_computed_before_the_first_step(study_of: Build) -> None:
    study = study_of("""\
        uncertainties: {fear: {range: [0.1, 0.4], judgement: any}}
        stocks: {x: {start: 1, next: "x * exp(-fear)"}}
        outcomes: {end: {measure: "final(x)", better: lower}}
        """)
    text = emit_kernel(study.program).text
    begin, step = (text.index(f"define internal void @{phase}_part_0(") for phase in ("begin", "step"))
    assert "call void @exp_row" in text[begin:step]
    assert text.count("call void @exp_row") == 1


def test_a_scalar_of_the_block_is_no_row(study_of: Build) -> None:
    study = study_of("""\
        uncertainties: {fear: {range: [0.1, 0.4], judgement: any}}
        stocks: {steady: {start: 1, next: "1.1 * steady"}, wild: {start: 1, next: "wild * (1 - fear) * steady"}}
        outcomes: {end: {measure: "final(steady + wild)", better: lower}}
        """)
    lowered = lower_program(study.program)
    assert "stock steady" in lowered.scalars
    assert "stock wild" not in lowered.scalars
    steady = next(
        n for n in range(len(lowered.graph.op)) if lowered.graph.data[n] == ("state", "stock steady", "step")
    )  # fmt: skip
    assert lowered.graph.needs[steady] == BLOCK | STEP


def test_what_nobody_reads_is_dropped_unless_it_can_go_wrong(study_of: Build) -> None:
    study = study_of("""\
        uncertainties: {fear: {range: [0.1, 0.4], judgement: any}}
        quantities: {unread: {value: "logistic(clip(fear, 0, 1) * step)"}, risky: {value: "1 / (fear - 0.2)"}}
        events: {storm: {chance: 0.3}}
        outcomes: {end: {measure: "final(1)", better: lower}}
        """)
    source = emit_kernel(study.program)
    assert "logistic_row" not in source.text
    assert "luck_row" not in source.text
    assert number(0.2) in source.text


@pytest.mark.parametrize(
    ("equation", "begin", "step", "end"),
    [
        ("x + 0.1 / (fear - 0.2)", 0, 0, 1),  # what is not finite stays so in x, and is found at the end
        ("clip(x - 0.1, 0, 1)", 0, 0, 0),  # bounds show that nothing goes wrong
        ("0.5 / (x - 1)", 0, 1, 0),  # x may come back: 0.5 / infinity is 0
        ("1 if x > 1 else x + log(x - fear)", 0, 1, 0),  # the branch that is not taken counts for nothing
    ],
)
def test_what_is_not_finite_is_tested_where_it_shows(
    equation: str, begin: int, step: int, end: int, study_of: Build
) -> None:
    study = study_of(f"""\
        uncertainties: {{fear: {{range: [0.1, 0.4], judgement: any}}}}
        stocks: {{x: {{start: 1, next: "{equation}"}}}}
        payoffs: {{north: {{each: "1"}}}}
        outcomes: {{end: {{measure: "final(fear)", better: lower}}}}
        """)
    found = fault_tests(lower_program(study.program))
    assert {phase: len(tests) for phase, tests in found.items()} == {"begin": begin, "step": step, "end": end}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_text_of_a_study_reaches_its_kernel(name: str, tmp_path: Path) -> None:
    plain, other = tmp_path / "plain", tmp_path / name
    for folder in (plain, other):
        copytree(standoff.load("rivals").model.folder, folder)
    text = (plain / "study.yaml").read_text(encoding="utf-8")
    titled = re.sub(r"^title: .*$", lambda _: f"title: {json.dumps(name)}", text, flags=re.MULTILINE)
    (other / "study.yaml").write_text(titled, encoding="utf-8")
    programs = [standoff.load(folder).program for folder in (plain, other)]
    first, second = (emit_kernel(program) for program in programs)
    assert (first.text, first.digest) == (second.text, second.digest)
    first, second = (emit_kernel(program, remarks=True) for program in programs)
    assert code_of(first.text) == code_of(second.text)


def code_of(text: str) -> list[str]:
    return [line.split(";")[0].rstrip() for line in text.splitlines()]
