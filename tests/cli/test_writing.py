"""The commands for whoever writes a study."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from click.testing import CliRunner, Result

from standoff.cli import main
from standoff.language.load import load_model
from standoff.language.text.reader import Mapping, Node, Scalar, Sequence
from standoff.studies import bundled_folder


def call(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), catch_exceptions=True)


def test_new_writes_a_study_that_checks_clean(tmp_path: Path) -> None:
    made = call("new", str(tmp_path / "border"))
    assert made.exit_code == 0, made.output
    checked = call("check", str(tmp_path / "border"))
    assert checked.exit_code == 0
    assert checked.output.startswith("border: clean")
    again = call("new", str(tmp_path / "border"))
    assert again.exit_code == 2
    assert "exists already" in again.output


def test_new_copies_a_bundled_study_to_change(tmp_path: Path) -> None:
    assert call("new", str(tmp_path / "mine"), "--from", "korea").exit_code == 0
    assert {path.name for path in (tmp_path / "mine").iterdir()} == {
        path.name for path in bundled_folder("korea").iterdir()
    }
    assert call("check", str(tmp_path / "mine")).output.startswith("mine: clean")


def test_check_reports_problems_and_exits_with_1(tmp_path: Path) -> None:
    call("new", str(tmp_path))
    study = tmp_path / "study.yaml"
    study.write_text(study.read_text().replace("temper * grievance", "temper * grievence"))
    result = call("check", str(tmp_path))
    assert result.exit_code == 1
    assert "help: did you mean `grievance`?" in result.output
    found = json.loads(call("check", str(tmp_path), "--json").output)["problems"]
    assert [p["code"] for p in found] == ["unknown-name"]
    assert set(found[0]) == {"path", "line", "column", "length", "severity", "code", "message", "help"}
    ran = call("run", str(tmp_path))
    assert ran.exit_code == 1
    assert "Traceback" not in ran.output


def test_show_prints_equations_and_draws_the_map(tmp_path: Path) -> None:
    picture = tmp_path / "map.svg"
    shown = call("show", "rivals", "--picture", str(picture))
    assert shown.exit_code == 0, shown.output
    assert "arms_north (next) = arms_north + built_north" in shown.output
    assert picture.read_text(encoding="utf-8").lstrip().startswith("<svg")
    assert json.loads(call("show", "rivals", "--json").output)["edges"]


def test_schema_is_a_json_schema() -> None:
    for file in ("study", "claims"):
        made = json.loads(call("schema", file).output)
        assert made["$schema"].startswith("https://json-schema.org/")
        assert "raises" in made["$defs"]["expectation"]["properties"]
    assert json.loads(call("schema").output) == json.loads(call("schema", "study").output)


def test_brackets_are_shown_as_they_are(tmp_path: Path) -> None:
    study = tmp_path / "river" / "study.yaml"
    call("new", str(study.parent))
    text = study.read_text(encoding="utf-8")
    study.write_text(re.sub(r"^question: .*$", "question: Does it hold [as some say]?", text, flags=re.MULTILINE))
    assert "\nDoes it hold [as some say]?\n" in call("show", str(study.parent)).stdout


def test_a_picture_that_cannot_be_written_is_named() -> None:
    result = call("show", "rivals", "--picture", "/dev/null/map.svg")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("Error: `/dev/null")


def test_check_reads_a_table_of_weights_too(tmp_path: Path) -> None:
    weights = tmp_path / "weights.csv"
    weights.write_text("war,peace\n1,2\n1,-2\n")
    result = call("check", "rivals", "--weights", str(weights))
    assert result.exit_code == 1
    assert "weights.csv:3:3: error: " in result.output and "a weight of 0 or more" in result.output
    weights.write_text("war,peace\n1,2\n1,0\n")
    assert call("check", "rivals", "--weights", str(weights)).output.startswith("rivals: clean")


def test_show_says_all_that_the_study_says() -> None:
    for name in ("korea", "rivals"):
        shown = call("show", name).output
        root = load_model(name).written.root
        left_out = {"standoff", "constants", "uncertainties", "values", "stocks", "quantities", "events", "payoffs"}
        for section, node in root.items:
            if section.text not in left_out:
                for text in _texts(node):
                    assert " ".join(text.split()) in shown, (section.text, text)
    assert (
        json.loads(call("show", "rivals", "--json").output)["says"]["outcomes"]["war"]["why"] == "twice the base rate"
    )


def _texts(node: Node) -> Iterator[str]:
    if isinstance(node, Mapping):
        for name, inner in node.items:
            yield name.text
            yield from _texts(inner)
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from _texts(item)
    elif isinstance(node, Scalar):
        yield node.text
