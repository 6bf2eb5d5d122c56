"""The documentation is true."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

import standoff
from standoff.cli import main

ROOT = Path(__file__).parents[1]
PACKAGE = Path(standoff.__file__).parent


def test_the_architecture_names_every_package_and_no_other() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`standoff\.(\w+)`", text))
    packages = {p.parent.name for p in PACKAGE.glob("*/__init__.py")}
    modules = {p.stem for p in PACKAGE.glob("*.py") if not p.stem.startswith("_")}
    assert named == packages | modules
    assert len(text.splitlines()) <= 70


def test_every_file_that_the_architecture_names_exists() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    paths = re.findall(r"`([\w/]+\.py)`", text)
    assert paths
    assert [path for path in paths if not (PACKAGE / path).exists()] == []


def test_the_readme_names_every_command() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `standoff (\w+)", text, re.MULTILINE)) == set(main.commands)


@pytest.mark.parametrize("page", sorted(p.relative_to(ROOT) for p in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]))
def test_every_link_leads_somewhere(page: Path) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    links = [link.split("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in link]
    assert [link for link in links if link and not (ROOT / page.parent / link).exists()] == []


def _python_blocks() -> list[tuple[str, str]]:
    pages = [ROOT / "README.md", ROOT / "docs" / "tutorial.md"]
    return [
        (f"{page.name}-{i}", block)
        for page in pages
        for i, block in enumerate(re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL))
    ]


@pytest.mark.parametrize(("name", "block"), _python_blocks())
def test_the_examples_in_the_pages_run(name: str, block: str) -> None:
    small = block.replace("worlds=512", "worlds=16")
    exec(compile(small, name, "exec"), {})


def test_the_tutorials_mistake_is_reported_as_it_says(tmp_path: Path) -> None:
    from standoff.base.problems import render  # noqa: PLC0415
    from standoff.language.load import read_study  # noqa: PLC0415
    from standoff.studies import begin_study  # noqa: PLC0415

    study = begin_study(tmp_path / "river")
    study.write_text(study.read_text().replace("temper * grievance", "temper * grievence"))
    shown = render(read_study(tmp_path / "river").problems)
    tutorial = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
    assert shown in tutorial


def test_the_tutorials_commands_run_in_their_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a reader would type them, with fewer futures, and with the edits that the text asks for."""
    monkeypatch.chdir(tmp_path)
    tutorial = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```\w*\n(.*?)```", tutorial, re.DOTALL)
    ran = set()
    for block in blocks:
        if block.startswith("variants:"):
            with (tmp_path / "river" / "study.yaml").open("a", encoding="utf-8") as study:
                study.write(block)
        for line in re.findall(r"^standoff (.*)$", block, re.MULTILINE):
            words = shlex.split(line)
            if words[:2] == ["brief", "my-korea"]:
                continue  # minutes of work, and what `make brief` does
            few = ("--worlds", "64", "--replications", "2") if words[0] in ("run", "brief") else ()
            result = CliRunner().invoke(main, [*words, *few])
            assert result.exit_code == 0, result.output
            ran.add(words[0])
            if words == ["run", "river", "--out", "runs/before"]:
                _edit(tmp_path / "river" / "study.yaml", "0.1 * (upstream == share)", "0.05 * (upstream == share)")
            if words[0] == "compare" and "runs/wet" in words:
                assert "Before, generous led" in result.output
    assert ran == {"brief", "new", "check", "run", "compare", "answer", "trace"}


def _edit(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def test_every_decision_has_its_date_and_status_and_is_in_the_index() -> None:
    folder = ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text(encoding="utf-8")
    for page in sorted(folder.glob("0*.md")):
        head = re.match(rf"# {page.name[:4]}: (.+)\n\n\*(\d+ \w+ \d{{4}})\. (\w+)", page.read_text(encoding="utf-8"))
        assert head is not None, page.name
        title, day, status = head.groups()
        assert f"| {page.name[:4]} | [{title}]({page.name}) | {day} | {status.lower()}" in index
