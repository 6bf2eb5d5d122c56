"""Models of system dynamics: small ones against closed forms, faulty ones, and the public test suite where it is."""

from __future__ import annotations

import importlib
import importlib.util
import math
import os
import sys
from pathlib import Path
from types import ModuleType

import pytest
from click.testing import CliRunner

from standoff.base.problems import StudyError
from standoff.cli import main
from standoff.ensemble.run import trace_cell
from standoff.ensemble.study import load
from standoff.exchange.dynamics.study import import_model
from standoff.exchange.imported import Imported

pytest.importorskip("pysd.translators", reason="models are parsed by the extra `exchange`")
MODELS = os.environ.get("STANDOFF_MODELS", "")
TOOL = Path(__file__).parents[3] / "tools" / "dynamics.py"

XMILE = """\
<?xml version="1.0" encoding="utf-8"?>
<xmile version="1.0" xmlns="http://docs.oasis-open.org/xmile/ns/XMILE/v1.0">
<header><vendor>x</vendor><product version="1.0">y</product></header>
<sim_specs method="METHOD" time_units="Months"><start>0</start><stop>4</stop><dt>0.5</dt></sim_specs>
<model><variables>
<stock name="The Stock"><eqn>2 * growth</eqn><inflow>inflow</inflow></stock>
<flow name="inflow"><eqn>EQUATION</eqn><units>thing/Month</units></flow>
<aux name="growth"><eqn>0.2</eqn><doc>how fast</doc></aux>
</variables></model></xmile>
"""
MDL = """\
{UTF-8}
Region: north, south ~~|
start[Region] = 1, 2 ~~|
level[Region] = INTEG( -level[Region] * 0.5, start[Region]) ~ thing ~ drains |
whole = SUM(level[Region!]) ~~|
slow = SMOOTH3I(1, 3, 0) ~~|
late = DELAY1I(STEP(4, 2), 2, 1) ~~|
curve( (0,0), (2,4), (10,4) ) ~~|
read = curve(Time) ~~|
old = DELAY FIXED(Time, 2, -1) ~~|
FINAL TIME = 5 ~ Month ~|
INITIAL TIME = 0 ~ Month ~|
TIME STEP = 1 ~ Month ~|
SAVEPER = TIME STEP ~ Month ~|
beats = PULSE TRAIN(1, 1, 3, 5) ~~|
\\\\\\---/// Sketch
"""


def imported(folder: Path, name: str, text: str, **options: dict[str, tuple[float, float]]) -> Imported:
    (folder / name).write_text(text, encoding="utf-8")
    return import_model(folder / name, **options)


def paths(folder: Path, study: Imported) -> dict[str, list[float]]:
    (folder / "study.yaml").write_text(study.text, encoding="utf-8")
    ready = load(folder)
    steps = trace_cell(ready.program, ready.design(1, 1), 0, 0, replication=0).steps[:-1]
    found: dict[str, list[float]] = {}
    for step in steps:
        for name, value in {**step.things["stock"], **step.things["quantity"]}.items():
            found.setdefault(name, []).append(float(value))
    return found


def xmile(equation: str = "The_Stock * growth", method: str = "Euler") -> str:
    return XMILE.replace("EQUATION", equation).replace("METHOD", method)


def test_growth_by_steps_of_half_a_month(tmp_path: Path) -> None:
    study = imported(tmp_path, "a.xmile", xmile())
    found = paths(tmp_path, study)
    assert found["the_stock"][:9] == pytest.approx([0.4 * 1.1**n for n in range(9)], rel=1e-12)
    assert found["time"][:9] == [n / 2 for n in range(9)]
    assert "substeps: 2" in study.text
    assert "how fast" in study.text
    assert "[thing/Month]" in study.text
    assert any("could be choices" in note and "growth" in note for note in study.notes)


def test_arrays_are_unrolled_and_what_remembers_becomes_stocks(tmp_path: Path) -> None:
    found = paths(tmp_path, imported(tmp_path, "a.mdl", MDL))
    assert found["level_north"] == pytest.approx([0.5**n for n in range(6)])
    assert found["whole"] == pytest.approx([3 * 0.5**n for n in range(6)])
    assert found["slow"] == pytest.approx([0, 0, 0, 1, 1, 1])
    assert found["late"] == pytest.approx([1, 0.5, 0.25, 2.125, 3.0625, 3.53125])
    assert found["read"] == pytest.approx([0, 2, 4, 4, 4, 4])
    assert found["old"] == pytest.approx([-1, -1, 0, 1, 2, 3])
    assert found["beats"] == [0, 1, 0, 0, 1, 0]


ARRAYS = """\
<aux name="price"><dimensions><dim name="P"/></dimensions>
<element subscript="pizza"><eqn>2</eqn></element><element subscript="salad"><eqn>4</eqn></element></aux>
<aux name="share"><dimensions><dim name="P"/><dim name="R"/></dimensions>
<element subscript="pizza, north"><eqn>1</eqn></element><element subscript="pizza, south"><eqn>3</eqn></element>
<element subscript="salad, north"><eqn>5</eqn></element><element subscript="salad, south"><eqn>7</eqn></element></aux>
<aux name="sales"><dimensions><dim name="P"/><dim name="R"/></dimensions><eqn>price * share</eqn></aux>
<stock name="shelf"><dimensions><dim name="P"/></dimensions><element subscript="pizza"><eqn>10</eqn></element>
<element subscript="salad"><eqn>20</eqn></element><outflow>sold</outflow></stock>
<flow name="sold"><dimensions><dim name="P"/></dimensions><eqn>shelf / price</eqn></flow>
"""
DIMENSIONS = """\
<dimensions><dim name="P"><elem name="pizza"/><elem name="salad"/></dim>
<dim name="R"><elem name="north"/><elem name="south"/></dim></dimensions>
<model>"""


def test_an_array_that_is_written_by_elements_is_read_element_by_element(tmp_path: Path) -> None:
    text = xmile().replace("<model>", DIMENSIONS).replace("<stock name", f"{ARRAYS}<stock name", 1)
    found = paths(tmp_path, imported(tmp_path, "a.xmile", text))
    pairs = ("pizza_north", "pizza_south", "salad_north", "salad_south")
    assert [found[f"sales_{pair}"][0] for pair in pairs] == [2, 6, 20, 28]
    assert found["shelf_pizza"][:3] == [10, 7.5, 5.625]
    assert found["shelf_salad"][:3] == [20, 17.5, 15.3125]


def test_what_pysd_fails_on_is_told_at_the_variable(tmp_path: Path) -> None:
    text = xmile().replace("<eqn>2 * growth</eqn>", "")
    with pytest.raises(StudyError) as refused:
        imported(tmp_path, "a.xmile", text)
    assert refused.value.problems[0].span.line == 6


def test_a_constant_becomes_an_uncertainty_where_asked(tmp_path: Path) -> None:
    study = imported(tmp_path, "a.xmile", xmile(), uncertain={"growth": (0.1, 0.3)})
    assert "growth: {range: [0.1, 0.3]" in study.text
    with pytest.raises(ValueError, match="`grow` is no constant of the model"):
        imported(tmp_path, "a.xmile", xmile(), uncertain={"grow": (0.1, 0.3)})


CUT = xmile()[:450]
FAULTY = {
    "cut.xmile": (CUT, 7, "not XML"),
    "method.xmile": (xmile(method="RK4"), 1, "integrated by RK4"),
    "unknown.xmile": (xmile("nowhere * 2"), 7, "`nowhere`, which the model does not define"),
    "random.xmile": (xmile("random_thing(0, 1)"), 7, "the function `random_thing`"),
    "syntax.xmile": (xmile("1 + + * 2"), 7, "PySD's parser cannot read this"),
    "circle.xmile": (xmile().replace("2 * growth", "The_Stock"), 6, "hangs on itself"),
    "bomb.xmile": ("<!DOCTYPE x [<!ENTITY a 'b'>]>" + xmile(), 1, "declares no entities"),
    "other.xmile": ("<svg/>", 1, "no XMILE file"),
    "empty.xmile": ("", 1, "not XML"),
    "deep.mdl": (MDL.replace("SUM(", "(" * 300 + "SUM("), 1, "nested more than"),
    "nothing.mdl": ("hello", 1, "no Vensim model"),
    "sampled.mdl": (MDL.replace("curve(Time)", "SAMPLE IF TRUE(Time > 2, 1, 0)"), 9, "SAMPLE IF TRUE"),
    "game.mdl": (MDL.replace("curve(Time)", "GAME(2)"), 9, "GAME"),
    "backward.mdl": (MDL.replace("FINAL TIME = 5", "FINAL TIME = -5"), 13, "does not run forward"),
    "long.mdl": (MDL.replace("FINAL TIME = 5", "FINAL TIME = 1e6"), 13, "at most 10,000"),
    "unclocked.mdl": (MDL.replace("TIME STEP = 1 ", "TIME STEP = curve(2) "), 13, "is no number"),
    "wide.mdl": (MDL.replace("start[Region] = 1, 2", "start[Region] = 1, 2, 3"), 3, "start"),
}


@pytest.mark.parametrize("name", FAULTY)
def test_a_faulty_file_is_refused_at_its_line_and_nothing_is_written(name: str, tmp_path: Path) -> None:
    text, line, said = FAULTY[name]
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(StudyError) as refused:
        import_model(tmp_path / name)
    problem = next((p for p in refused.value.problems if said in p.message), refused.value.problems[0])
    assert said in problem.message
    assert problem.span.line == line
    result = CliRunner().invoke(main, ["import", str(tmp_path / name), "--out", str(tmp_path / "new")])
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    assert not (tmp_path / "new").exists()


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.mdl").write_bytes(MDL.encode("utf-16"))
    with pytest.raises(StudyError) as refused:
        import_model(tmp_path / "a.mdl")
    assert "is UTF-16 text" in refused.value.problems[0].message


def test_the_command_writes_a_study_that_is_clean_of_errors(tmp_path: Path) -> None:
    (tmp_path / "a.xmile").write_text(xmile(), encoding="utf-8")
    out = str(tmp_path / "new")
    result = CliRunner().invoke(main, ["import", str(tmp_path / "a.xmile"), "--out", out])
    assert result.exit_code == 0, result.output
    assert CliRunner().invoke(main, ["check", out]).exit_code == 0
    again = CliRunner().invoke(main, ["import", str(tmp_path / "a.xmile"), "--out", out])
    assert again.exit_code == 2


def test_the_page_of_formats_is_the_table() -> None:
    from standoff.exchange.formats import formats_lines  # noqa: PLC0415

    page = (TOOL.parents[1] / "docs" / "exchange.md").read_text(encoding="utf-8")
    assert "\n".join(formats_lines()) in page
    shown = CliRunner().invoke(main, ["import", "--help"], terminal_width=200).output
    assert "Kept: stocks, flows" in " ".join(shown.split())


@pytest.mark.skipif(not MODELS, reason="STANDOFF_MODELS does not say where the test suite's models are")
@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("tests/active_initial_circular/test_active_initial_circular.mdl", "as printed"),
        ("tests/subscripted_trend/test_subscripted_trend.mdl", "in single precision"),
        ("samples/SIR/SIR.xmile", "reproduced"),
        ("tests/delays/test_delays.mdl", "refused"),
        ("tests/subscript_3d_arrays_widthwise/test_subscript_3d_arrays_widthwise.mdl", "reproduced"),
        ("tests/macro_stock/test_macro_stock.mdl", "reproduced"),
        ("tests/lookups/test_lookups.xmile", "reproduced"),
    ],
)
def test_published_outputs_are_reproduced(name: str, kind: str) -> None:
    assert tool().verdict(Path(MODELS) / name).kind == kind


STEPS = [{"time": 0.03125 * n, "x": (1 / 3) ** n} for n in range(3)]


@pytest.mark.parametrize(
    ("figures", "printed"),
    [
        (("1", "0.333333", "0.111111"), 0.0),
        (("1", "0.333343", "0.111111"), 0.333343 - 1 / 3 - 5e-7),
        (("1", "0.333333333333", "0.111111"), 0.0),
        (("1", "0.333334333333", "0.111111"), 1e-6),
    ],
)
def test_a_figure_is_as_far_as_its_printed_digits_do_not_say(
    figures: tuple[str, ...], printed: float, tmp_path: Path
) -> None:
    rows = zip(("0", "0.031", "0.0625"), figures, strict=True)
    (tmp_path / "output.tab").write_text("Time\tX\n" + "".join(f"{t}\t{x}\n" for t, x in rows))
    found = tool().compare(tmp_path / "output.tab", STEPS, {("x",): "x"})
    assert found.figures == 3
    assert max(found.printed, 0.0) == pytest.approx(printed, abs=2e-8)


def test_a_number_that_is_none_misses_every_figure(tmp_path: Path) -> None:
    (tmp_path / "output.tab").write_text("Time\tX\n0\t1\n1\t2\n")
    found = tool().compare(
        tmp_path / "output.tab", [{"time": 0.0, "x": 1.0}, {"time": 1.0, "x": math.nan}], {("x",): "x"}
    )
    assert found.bare == math.inf


def tool() -> ModuleType:
    if str(TOOL.parent) not in sys.path:
        sys.path.insert(0, str(TOOL.parent))
    return importlib.import_module(TOOL.stem)


def test_without_pysd_the_command_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.xmile").write_text(xmile(), encoding="utf-8")
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: None if name == "pysd" else find(name, *rest))
    result = CliRunner().invoke(main, ["import", str(tmp_path / "a.xmile"), "--out", str(tmp_path / "new")])
    assert result.exit_code in (1, 2)
    assert "pip install 'standoff[exchange]'" in result.output
    assert not (tmp_path / "new").exists()
