"""What is locked is what is declared, what is declared is what is imported, and every file has its hash."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
DECLARED = {
    "run": PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"]["build"],
    "dev": PROJECT["project"]["optional-dependencies"]["dev"],
    "bench": PROJECT["project"]["optional-dependencies"]["bench"],
}
PIN = re.compile(
    r"^([A-Za-z0-9._-]+)==(\S+)(?: ; .+)? \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.MULTILINE
)
THEIRS = {
    "lxml_html_clean": "imported by trafilatura and justext, through lxml",
    "python-multipart": "imported by Starlette to read forms",
}


def locked(name: str) -> dict[str, list[str]]:
    pins: dict[str, list[str]] = {}
    for package, version, _ in PIN.findall((ROOT / "lock" / f"{name}.txt").read_text(encoding="utf-8")):
        pins.setdefault(package, []).append(version)
    return pins


@pytest.mark.parametrize("name", DECLARED)
def test_every_declared_package_is_locked_in_a_version_that_is_admitted(name: str) -> None:
    pins = locked(name)
    for requirement in map(Requirement, DECLARED[name]):
        versions = pins[canonicalize_name(requirement.name)]
        assert versions and all(version in requirement.specifier for version in versions), requirement


@pytest.mark.parametrize("name", DECLARED)
def test_every_locked_package_has_hashes_and_nothing_names_a_host(name: str) -> None:
    text = (ROOT / "lock" / f"{name}.txt").read_text(encoding="utf-8")
    left = PIN.sub("", text)
    assert not [line for line in left.splitlines() if not line.lstrip().startswith("#")]
    assert "://" not in text and "index" not in left


@pytest.mark.parametrize("name", ["dev", "bench"])
def test_the_locks_agree(name: str) -> None:
    run, other = locked("run"), locked(name)
    assert {package: other[package] for package in run} == run


def test_what_is_imported_is_declared_and_what_is_declared_is_imported() -> None:
    packages = packages_distributions()
    imported: set[str] = set()
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                names = [node.module]
            imported |= {name.split(".")[0] for name in names}
    imported -= {*sys.stdlib_module_names, "standoff"}
    found = {canonicalize_name(packages[name][0]) for name in imported if name in packages}
    declared = {canonicalize_name(Requirement(text).name) for text in PROJECT["project"]["dependencies"]}
    extras = PROJECT["project"]["optional-dependencies"]
    wanted = [text for name, texts in extras.items() if name not in ("dev", "bench") for text in texts]
    optional = {canonicalize_name(Requirement(text).name) for text in wanted}
    assert found - declared - optional == set()
    assert declared - found == {canonicalize_name(name) for name in THEIRS}
