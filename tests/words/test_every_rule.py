"""Every rule that makes a sentence, on a study whose things are called in plurals, small letters, other scripts,
questions and at length.
"""

from __future__ import annotations

import inspect
import os
import pkgutil
import re
import shutil
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
COMMANDS: tuple[tuple[str, ...], ...] = (
    ("search", "names", *SMALL, "--evaluations", "10"),
    ("search", "names", *SMALL, "--evaluations", "10", "--oracle"),
    ("pathways", "names", "--worlds", "32", "--replications", "2"),
    ("brief", "names", *SMALL, "--markdown", "--whole", "--sources", "names", "--seen", "names/seen.csv"),
    ("brief", "stay", "--worlds", "64", "--replications", "2", "--evaluator", "reference", "--markdown", "--whole"),
    ("run", "names", *SMALL, "--out", "first"),
    ("run", "names", *SMALL, "--out", "then", "--set", "cold=0.05", "--set", "skill=0.9"),
    ("answer", "first"),
    ("compare", "first", "then"),
    ("games", "names", *SMALL),
    ("stability", "names", *SMALL, "--wish", "police=storm_now,band=soften,families=loud"),
    ("deals", "names", *SMALL),
    ("check", "names", "--claims", "--sources", "names"),
    ("sources", "names", "--sources", "names"),
    ("run", "stay", "--worlds", "64", "--replications", "2", "--evaluator", "reference", "--design", "saltelli",
     "--out", "saltelli"),
    ("sensitivity", "saltelli"),
    ("test", "names", *SMALL),
    ("annotate", "names", *SMALL, "--sources", "names", "--out", "annotated"),
    ("watch", "names", *SMALL, "--seen", "names/seen.csv"),
    ("forecast", "names", "--questions", "names/questions.yaml", "--futures", "128", "--evaluator", "reference",
     "--out", "forecast"),
    ("score", "forecast", "--resolved", "names/resolved.csv"),
    ("fit", "names", "--to", "names/data.csv", "--free", "cold=0.05:0.5", "--particles", "32", "--rounds", "1",
     "--evaluator", "reference"),
    ("trace", "names"),
    ("show", "names"),
)  # fmt: skip
BY_THEMSELVES = frozenset((
    "growing.grown_words", "sentences.answer.views_title", "sentences.boxes.box_words",
    "sentences.boxes.opinion_sentence", "sentences.boxes.region_sentence", "sentences.boxes.why_box",
    "sentences.courses.dilemma_words", "sentences.courses.reason_words", "sentences.games.markov.markov_sentences",
    "sentences.robustness.replies_sentence", "sentences.searching.found.found_title", "unanswered.unanswered_words",
))  # fmt: skip
"""Rules of findings that these studies do not come to, which a test of their own renders."""
LARGER = frozenset((
    "amounts.likelihood_span", "amounts.value_words", "numbers.rounded_up", "sections.deals.not_answered",
    "sections.documents.claims_caption", "sections.documents.ties_words", "sections.hinges_on.beyond_words",
    "sections.hinges_on.trade_off_words", "sections.holds_up.view_title", "sentences.boxes.dropped_words",
    "sentences.flips.level_words", "sentences.games.sampled.held_words", "sentences.games.sampled.learned_words",
    "sentences.games.sampled.sampled_lead", "sentences.games.sampled.sampled_title",
    "sentences.robustness.ranking_sentence", "sentences.searching.found.found_caption",
    "sentences.searching.found.found_columns", "sentences.searching.pathways.first_left",
    "sentences.searching.pathways.pathways_caption", "sentences.searching.pathways.pathways_rows",
    "sentences.watching.fit.fit_reason", "sentences.watching.watch.failure_words",
    "sentences.watching.watch.shift_words", "terminal.absent_words", "terminal.branch_words", "terminal.judged_words",
    "terminal.left_to_gain_words", "terminal.more_words", "terminal.struck_words", "terminal.types_words",
    "terminal.undecided_words", "text.are_or_is",
))  # fmt: skip
"""Those of larger studies, or of commands that ask back: rendered elsewhere on names that are plain."""
WRONG = re.compile(r"\.\.|\.:|\.,| ,|\?\.|\?:|1/day|no unit|the The|0000000|\bnan\b|\bNone\b|not known day")


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
    (folder / "stay").mkdir()
    (folder / "stay" / "study.yaml").write_text("standoff: 1" + STUDY.format(**PLAIN | CALLED["plural and long"]))


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str], set[str]]:
    """What each command says, and the rules that were used."""
    folder = tmp_path_factory.mktemp("told")
    prepare(folder)
    every, said = rules(), {}
    before = Path.cwd()
    os.chdir(folder)
    profile = Profile(builtins=False)
    profile.enable()
    try:
        for command in COMMANDS:
            result = CliRunner().invoke(main, list(command))
            said[" ".join(command[:2])] = result.output
            assert result.exit_code == 0, (command, result.output)
        small = {"replications": 2, "evaluator": "reference"}
        said["games"] = "\n".join(standoff.load("stay").games(worlds=32, **small).sentences)
        said["deals"] = "\n".join(standoff.load("names").deals(worlds=24, **small).sentences)
    finally:
        profile.disable()
        os.chdir(before)
    return said, {every[row.code] for row in profile.getstats() if row.code in every}


def test_every_rule_is_rendered(told: tuple[dict[str, str], set[str]]) -> None:
    _, used = told
    assert sorted(set(rules().values()) - used - BY_THEMSELVES - LARGER) == []


def test_rules_that_are_rendered_by_themselves_have_a_test() -> None:
    tests = "".join(path.read_text(encoding="utf-8") for path in NAMES.parents[1].rglob("test_*.py"))
    for rule in BY_THEMSELVES:
        assert f"import {rule.rpartition('.')[2]}" in tests or f" {rule.rpartition('.')[2]}(" in tests, rule


def test_no_sentence_is_broken_by_a_name(told: tuple[dict[str, str], set[str]]) -> None:
    said, _ = told
    for command, text in said.items():
        for line in text.splitlines():
            assert not WRONG.search(line), (command, line)
