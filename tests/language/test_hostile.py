"""Studies made to exhaust, escape or confuse: one clear message, within a second and half a gigabyte."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
MOST_SECONDS = 1.0  # of a processor, for each megabyte that is begun
MOST_KILOBYTES = 500_000
MOST_PRINTED = 20_000

STUDY = """\
standoff: 1
title: Two rivals
question: Does a freeze end the race?
decider: north
clock: {start: 2025-01, step: quarter, steps: 8}
actors: {north: {name: North}}
choices: {north: [build, freeze]}
stocks:
  arms: {start: 10, next: "arms + (north == build)"}
strategies:
  north:
    race: {choose: build}
payoffs: {north: {each: "-arms"}}
outcomes:
  arms_end: {measure: "final(arms)", better: lower}
"""


def repeated(pattern: str, n: int, joint: str = "") -> str:
    """The pattern n times over, with `#` the number of the time and `%` the one before."""
    return joint.join(pattern.replace("#", str(i)).replace("%", str(i - 1)) for i in range(n))


def equation(text: str) -> str:
    return STUDY.replace('"arms + (north == build)"', f'"{text}"')


def choosing(text: str) -> str:
    return STUDY.replace("{choose: build}", text)


def when(text: str) -> str:
    return choosing(f'{{choose: [{{when: "{text}", then: build}}, {{then: freeze}}]}}')


def titled(text: str) -> str:
    return STUDY.replace("Two rivals", text)


def quantities(text: str) -> str:
    return STUDY + "quantities:\n" + text


def acting(text: str) -> str:
    return STUDY.replace("actors: {", "actors: {" + text)


def series(file: str) -> str:
    return equation("arms + talks") + f"series:\n  talks: {{file: {file}, date: day, column: talks}}\n"


def ring(n: int) -> str:
    return repeated('  q#: {value: "q% + 1"}\n', n).replace("q-1", f"q{n - 1}")


def chain(n: int, first: str = "1") -> str:
    """Quantities of which each reads the next in the file."""
    lines = [f'  q{i}: {{value: "q{i - 1} + 1"}}\n' for i in range(n, 0, -1)]
    return "".join(lines) + f"  q0: {{value: {first}}}\n"


def multiplying_aliases() -> str:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]\n"]
    lines += [f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in pairwise("abcdefghi")]
    return "".join(lines)


def settings() -> str:
    levels = repeated("s#: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]", 12, ", ")
    return choosing(f"{{settings: {{{levels}}}, choose: build}}")


def wheel() -> str:
    moves = "".join(f"      - {{name: m{i}, from: s{i}, to: s{(i + 1) % 100}, chance: 0.1}}\n" for i in range(100))
    return STUDY + f"modes:\n  wheel:\n    states: [{repeated('s#', 100, ', ')}]\n    start: s0\n    moves:\n{moves}"


def rules(n: int) -> str:
    return choosing("{choose: [" + repeated('{when: "arms > #", then: build}, ', n) + "{then: freeze}]}")


def values(n: int) -> str:
    return quantities("  q: {value: [" + repeated('{when: "arms > #", then: #}, ', n) + "{then: 0}]}\n")


FEAR = STUDY + "uncertainties:\n  fear: {range: [0, 1], judgement: made up}\n"
UNCERTAINTY = "  u#: {range: [0, 1], judgement: made up}\n"
MISSPELT = repeated("qantity_#", 30, " + ")
ACTOR = "a#: {" + repeated("k#: 1", 1_000, ", ").replace("#", "") + "}, "
MANY_SCRIPTS = "\u0645\u0631\u062d\u0628\u0627 \U0001f468\u200d\U0001f469 e\u0301 " + "\u0301" * 500

TEXTS: dict[str, tuple[str | bytes, set[str]]] = {
    # what stands in study.yaml, and the codes of the errors that are expected
    "aliases that multiply": (multiplying_aliases(), {"yaml-alias"}),
    "a merge of itself": ("a: &a\n  <<: *a\n", {"yaml-alias"}),
    "brackets": ("[" * 100_000, {"yaml-nesting"}),
    "braces": ("{a: " * 100_000, {"yaml-nesting"}),
    "dashes": ("- " * 100_000, {"yaml-nesting"}),
    "indents": ("".join(" " * i + "a:\n" for i in range(900)), {"yaml-nesting"}),
    "closing brackets": ("]" * 500_000, {"yaml-syntax"}),
    "question marks": ("? " * 30_000, {"yaml-nesting"}),
    "keys": (repeated("k#:\n", 90_000), {"too-many"}),
    "keys of a study": (STUDY + repeated("k#: 1\n", 60_000), {"too-many"}),
    "keys in many places": (acting(repeated(ACTOR, 500)), {"too-many"}),
    "unknown keys in many places": (acting(repeated(ACTOR, 20)), {"unknown-key"}),
    "one key over and over": ("title: x\n" * 90_000, {"duplicate-key", "too-many"}),
    "a long line": ("title: " + "x" * 990_000, {"missing-key"}),
    "a long line of escapes": ('title: "' + "\\u0041" * 150_000 + '"', {"missing-key"}),
    "an open quotation mark": ('title: "' + "x\n" * 400_000, {"yaml-syntax"}),
    "binary junk": (bytes((i * 7919 + i // 256) % 256 for i in range(300_000)), {"file-unreadable"}),
    "null bytes": ("\0" * 1_000, {"yaml-syntax"}),
    "UTF-16": (STUDY.encode("utf-16"), {"file-unreadable"}),
    "only a mark of UTF-8": (b"\xef\xbb\xbf", {"yaml-documents"}),
    "nothing": (b"", {"yaml-documents"}),
    "line ends of other systems": (STUDY.replace("\n", "\r\n"), set()),
    "old line ends": (STUDY.replace("\n", "\r"), set()),
    "a title in many scripts": (titled(MANY_SCRIPTS), set()),
    "a name that turns round": (STUDY.replace("race:", "ra\u202ece:"), {"bad-name"}),
    "a directive": ("%YAML 9.9\n---\n" + STUDY, {"yaml-syntax"}),
    "an object of Python's": (titled("!!python/object/apply:os.system ['true']"), {"yaml-tag"}),
    "a module of Python's": (titled("!!python/module:os"), {"yaml-tag"}),
    "binary data": (titled("!!binary aGVsbG8="), {"yaml-tag"}),
    "a tower of powers": (equation("9**9**9**9**9**9"), {"constant-fault"}),
    "a huge literal": (equation("1e999"), {"constant-fault"}),
    "a literal of 4,000 digits": (equation("9" * 4_000), {"constant-fault"}),
    "a name of 4,000 letters": (equation("a" * 4_000), {"unknown-name"}),
    "brackets in an expression": (equation("(" * 2_000 + "1" + ")" * 2_000), {"expression-too-deep"}),
    "minus signs": (equation("-" * 4_000 + "1"), {"expression-too-deep"}),
    "powers": (equation("**".join("1" * 1_300)), {"expression-too-deep"}),
    "sums": (equation("+".join("1" * 2_000)), {"expression-too-deep"}),
    "conditionals": (equation("1 if arms > 1 else " * 200 + "1"), {"expression-too-deep"}),
    "negations": (when("not " * 900 + "arms > 1"), {"expression-too-deep"}),
    "calls": (equation("abs(" * 800 + "1" + ")" * 800), {"expression-too-deep"}),
    "arguments": (equation("max(" + "1," * 2_000 + "1)"), set()),
    "members": (equation("north in [" + "build, " * 580 + "build]"), set()),
    "4,097 characters": (equation("arms" + " " * 4_092 + "+"), {"expression-too-long"}),
    "a unit of units": (equation("1 [" + "a^99*" * 500 + "b]"), {"unknown-unit"}),
    "units to the power of units": (equation("(arms * 1 [m])" + " ** 99" * 20), {"wrong-unit"}),
    "a great power of a unit": (quantities('  q: {unit: m, value: "(1 [m] ** 9999999) ** 9999999"}\n'), {"wrong-unit"}),
    "uncertainties": (STUDY + "uncertainties:\n" + repeated(UNCERTAINTY, 12_000), {"too-many"}),
    "as many uncertainties as are read": (STUDY + "uncertainties:\n" + repeated(UNCERTAINTY, 1_900), set()),
    "correlations": (FEAR + "correlated:\n" + repeated("  - {of: [fear, b#], rank: 0.1}\n", 20_000), {"too-many"}),
    "a chain of quantities": (quantities(chain(10_000)), {"too-many"}),
    "as long a chain as is read": (quantities(chain(1_900)), set()),
    "a strategy at the end of a chain": (
        when("q1900 > 1") + "quantities:\n" + chain(1_900, "north == build"),
        {"cycle"},
    ),
    "as long a ring as is read": (quantities(ring(1_900)), {"cycle"}),
    "unknown names": (
        quantities(repeated("  quantity_number_#: {value: quantity_nunber_#}\n", 1_900)),
        {"unknown-name"},
    ),
    "more unknown names": (quantities(repeated(f'  quantity_#: {{value: "{MISSPELT}"}}\n', 1_500)), {"unknown-name"}),
    "a wheel of states": (wheel(), set()),
    "rules": (rules(1_500), {"too-many"}),
    "as many rules as are read": (rules(99), set()),
    "values by rules": (values(1_500), {"too-many"}),
    "as many values by rules as are read": (values(99), set()),
    "settings": (settings(), {"too-many"}),
    "settings in a profile": (settings() + "profiles:\n  all: {north: race}\n", {"too-many"}),
    "variants": (STUDY + "variants:\n" + repeated("  v#: {stocks: {arms: {start: #}}}\n", 12_000), {"too-many"}),
    "actors": (acting(repeated("a#: {name: A}, ", 12_000)), {"too-many"}),
    "steps": (STUDY.replace("steps: 8", "steps: 1000000"), {"wrong-value"}),
    "more steps": (STUDY.replace("steps: 8", "steps: 1" + "0" * 400), {"wrong-shape"}),
    "a long delay": (equation("delay(arms, 999999)"), set()),
    "a great count": (STUDY + "events:\n  e: {count: 1e300, at_most: 999999}\n", {"wrong-value"}),
    "a path out": (series("../../etc/passwd"), {"file-outside"}),
    "a path from the root": (series("/dev/zero"), {"file-outside"}),
    "a path of another system": (series(r"..\\secret.csv"), {"file-outside"}),
    "a link out": (series("link.csv"), {"file-outside"}),
    "a link to what never ends": (series("zero.csv"), {"file-outside"}),
    "a folder for a file": (series("folder"), {"file-unreadable"}),
    "a pipe for a file": (series("pipe"), {"file-unreadable"}),
    "50 MB of data": (series("large.csv"), {"file-too-large"}),
    "many rows": (series("long.csv"), {"too-many"}),
    "many columns": (series("wide.csv"), {"too-many"}),
    "many quotation marks": (series("quoted.csv"), {"table"}),
}
FILES: dict[str, Callable[[Path], object]] = {
    "link.csv": lambda path: path.symlink_to("/etc/hostname"),
    "zero.csv": lambda path: path.symlink_to("/dev/zero"),
    "folder": Path.mkdir,
    "pipe": os.mkfifo,
    "large.csv": lambda path: path.write_text("day,talks\n" + "2025-01-01,1\n" * 3_900_000),
    "long.csv": lambda path: path.write_text("day,talks\n" + "2025-01-01,1\n" * 150_000),
    "wide.csv": lambda path: path.write_text("day,talks" + "," * 1_990_000),
    "quoted.csv": lambda path: path.write_text('"' * 1_990_001),
}


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, dict[str, Any]]]:
    root = tmp_path_factory.mktemp("hostile")
    folders: list[Path] = []
    for i, (text, _) in enumerate(TEXTS.values()):
        folder = root / f"case{i}"
        folder.mkdir()
        (folder / "study.yaml").write_bytes(text if isinstance(text, bytes) else text.encode())
        for name, make in FILES.items():
            if isinstance(text, str) and f"file: {name}," in text:
                make(folder / name)
        folders.append(folder)
    command = [sys.executable, str(HERE / "hostile_runner.py"), *map(str, folders)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    yield dict(zip(TEXTS, (json.loads(line) for line in done.stdout.splitlines()), strict=True))


@pytest.mark.parametrize("case", TEXTS)
def test_a_hostile_study_is_refused_or_read_quickly(rows: dict[str, dict[str, Any]], case: str) -> None:
    row = rows[case]
    assert set(row["codes"]) == TEXTS[case][1], row["text"]
    assert row["length"] < MOST_PRINTED
    assert row["seconds"] < MOST_SECONDS * max(1.0, len(TEXTS[case][0]) / 1e6)
    assert row["kilobytes"] < MOST_KILOBYTES
