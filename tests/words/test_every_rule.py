"""Every rule that makes a sentence, on a study whose things are called in plurals, small letters, other scripts,
questions and at length.
"""

from __future__ import annotations

import contextlib
import inspect
import pkgutil
import re
import shutil
from collections import defaultdict
from cProfile import Profile
from importlib import import_module
from pathlib import Path
from types import CodeType

import pytest
from click.testing import CliRunner

import standoff
import standoff.words
from standoff.cli import main
from tests.words.test_sentences import CALLED, PLAIN, STUDY

NAMES = Path(__file__).parents[1] / "data" / "names"
SMALL = ("--worlds", "24", "--replications", "2", "--evaluator", "reference")
STAY = ("stay", "--worlds", "64", "--replications", "2", "--evaluator", "reference")
FITTED = ("--to", "names/data.csv", "--free", "cold=0.05:0.5", "--particles", "32", "--rounds", "1",
          "--evaluator", "reference")  # fmt: skip
UNHEARD = ("--variant", "no_talks")
COMMANDS: tuple[tuple[str, ...], ...] = (
    ("search", "names", *SMALL, "--evaluations", "10", *UNHEARD),
    ("search", "names", *SMALL, "--evaluations", "10", "--oracle"),
    ("pathways", "names", "--worlds", "32", "--replications", "2", *UNHEARD),
    ("brief", "names", *SMALL, "--out", "unheard", *UNHEARD, "--whole"),
    ("brief", "names", *SMALL, "--markdown", "--whole", "--sources", "names", "--seen", "names/seen.csv"),
    ("brief", *STAY, "--out", "short", "--whole"),
    ("run", "names", *SMALL, "--out", "first"),
    ("run", "names", *SMALL, "--out", "then", "--set", "cold=0.05", "--set", "skill=0.9"),
    ("run", "stay", "--worlds", "8", "--replications", "2", "--evaluator", "reference", "--until", "ranking stable",
     "--budget", "500"),
    ("answer", "first"),
    ("compare", "first", "then"),
    ("games", "names", *SMALL),
    ("games", "names", *SMALL, "--profiles", "30", "designed"),
    ("games", "ties.nfg"),
    ("games", "types.efg"),
    ("stability", "names", *SMALL, "--wish", "police=storm_now,band=soften,families=loud"),
    ("deals", "names", *SMALL),
    ("check", "names", "--claims", "--sources", "names"),
    ("check", "names", "--claims", "--sources", "first"),
    ("sources", "names", "--sources", "names"),
    ("run", *STAY, "--design", "saltelli", "--out", "saltelli"),
    ("sensitivity", "saltelli"),
    ("test", "names", *SMALL),
    ("annotate", "names", *SMALL, "--sources", "names", "--out", "annotated"),
    ("watch", "names", *SMALL, "--seen", "cold.csv", "--futures", "128"),
    ("watch", "names", *SMALL, "--seen", "impossible.csv"),
    ("play", "names", "--as", "police", "--luck", "3", "--game", "game.json"),
    ("forecast", "names", "--questions", "names/questions.yaml", "--futures", "128", "--evaluator", "reference",
     "--out", "forecast"),
    ("score", "forecast", "--resolved", "names/resolved.csv"),
    ("fit", "names", *FITTED, "--out", "fitted"),
    ("trace", "names"),
    ("show", "names"),
)  # fmt: skip
PLAYED = "talk\nransom\n" * 12
BY_THEMSELVES = frozenset((
    "sections.explore.deal_share", "sections.explore.followed_words", "sections.explore.in_force",
    "sections.explore.live_method", "sections.explore.term_title",
    "amounts.likelihood_span", "growing.grown_words", "names.own_words", "numbers.rounded_up",
    "sections.hinges_on.beyond_words",
    "sections.hinges_on.trade_off_words", "sentences.answer.views_title", "sentences.boxes.box_words",
    "sentences.boxes.dropped_words", "sentences.boxes.opinion_sentence", "sentences.boxes.region_sentence",
    "sentences.boxes.why_box", "sentences.courses.dilemma_words", "sentences.courses.reason_words",
    "sentences.flips.level_words", "sentences.games.markov.markov_sentences", "sentences.robustness.replies_sentence",
    "sentences.searching.found.found_title", "terminal.undecided_words", "unanswered.unanswered_words",
))  # fmt: skip
"""Rules of findings that these studies do not come to, which a test of their own renders."""
WRONG = re.compile(r"\.\.|\.:|\.,| ,| ;|\?\.|\?:|1/day|no unit|the The|0000000|\bnan\b|\bNone\b|not known day")


BESIDE = {
    "cold.csv": "date,name,value\n"
    + "".join(f"2025-{date},heating_fails,yes\n" for date in ("10-28", "10-29", "10-30", "10-31", "11-01", "11-02")),
    "impossible.csv": "date,name,value\n2025-10-30,siege,over\n2025-10-31,siege,bargaining\n",
    "ties.nfg": 'NFG 1 R "Who blinks?" { "The Islands" "北京" }\n{ { "iron dome." "Why?" "up" "e" "f" "g" "h" "low" } '
    '{ "Éviction!" "b" "c" "d" "e" "f" "g" "h" } }\n\n' + " ".join(["0 0"] * 7 + ["-1 0"]) + (" 0 0" * 7 + " -1 0") * 7,
    "types.efg": """EFG 2 R "Who knows?" { "The Islands" "北京" }
c "" 1 "" { "strong" 1/3 "weak" 2/3 } 0
p "" 1 1 "" { "up" "down" } 0
p "" 2 1 "" { "left" "right" } 0
t "" 1 "" { 4 1 }
t "" 2 "" { 1 0 }
p "" 2 1 0
t "" 3 "" { 0 0 }
t "" 4 "" { 2 2 }
p "" 1 2 "" { "up" "down" } 0
p "" 2 1 0
t "" 5 "" { 0 1 }
t "" 6 "" { 3 3 }
p "" 2 1 0
t "" 7 "" { 1 0 }
t "" 8 "" { 1 4 }
""",
}
"""Files that the commands read."""


def rules() -> dict[CodeType, str]:
    """Every public function of the words, by its code."""
    found = {}
    for module in pkgutil.walk_packages(standoff.words.__path__, "standoff.words."):
        for name, thing in vars(import_module(module.name)).items():
            if inspect.isfunction(thing) and not name.startswith("_") and thing.__module__ == module.name:
                found[thing.__code__] = f"{module.name.removeprefix('standoff.words.')}.{name}"
    return found


def prepare(folder: Path) -> None:
    """The studies that are asked."""
    shutil.copytree(NAMES, folder / "names")
    for name, text in BESIDE.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "stay").mkdir()
    (folder / "stay" / "study.yaml").write_text("standoff: 1" + STUDY.format(**PLAIN | CALLED["plural and long"]))


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str], set[str]]:
    """What each command says, and the rules that were used."""
    folder = tmp_path_factory.mktemp("told")
    prepare(folder)
    every, said = rules(), defaultdict(str)
    profile = Profile(builtins=False)
    with contextlib.chdir(folder), profile:
        for command in COMMANDS:
            result = CliRunner().invoke(main, list(command), input=PLAYED)
            said[" ".join(command[:2])] += result.output
            assert result.exit_code == 0, (command, result.output)
        for brief in ("unheard", "short"):
            said[f"brief {brief}"] = Path(brief, "brief.md").read_text(encoding="utf-8")
        small = {"replications": 2, "evaluator": "reference"}
        said["games"] = "\n".join(standoff.load("stay").games(worlds=32, **small).sentences)
        said["deals"] = "\n".join(standoff.load("names").deals(worlds=24, **small).sentences)
    return said, {every[row.code] for row in profile.getstats() if row.code in every}


def test_every_rule_is_rendered(told: tuple[dict[str, str], set[str]]) -> None:
    _, used = told
    assert sorted(set(rules().values()) - used - BY_THEMSELVES) == []


def test_rules_that_are_rendered_by_themselves_have_a_test() -> None:
    tests = "".join(path.read_text(encoding="utf-8") for path in NAMES.parents[1].rglob("test_*.py"))
    for rule in BY_THEMSELVES:
        assert re.search(rf"\b{rule.rpartition('.')[2]}\(", tests), rule


def test_no_sentence_is_broken_by_a_name(told: tuple[dict[str, str], set[str]]) -> None:
    said, _ = told
    for command, text in said.items():
        for line in text.splitlines():
            assert not WRONG.search(line), (command, line)
