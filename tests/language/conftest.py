from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from standoff.language.load import Loaded, read_study

SMALL = """\
standoff: 1
title: Two rivals
question: Does a freeze end the race?
decider: north
clock: {start: 2025-01, step: quarter, steps: 8}
actors: {north: {name: North}, south: {name: South}}
constants:
  little: {value: 10, unit: missile, judgement: hardly seen}
uncertainties:
  fear: {range: [0.05, 0.4], judgement: nobody has measured it, known_to: [north]}
choices:
  north: [build, freeze]
  south: {line: [build, freeze], word: [keep, cheat]}
modes:
  race:
    states: [racing, paused]
    start: racing
    moves:
      - {name: pause, from: racing, to: paused, when: "north == freeze", chance: 0.5}
      - {name: lapse, from: paused, to: racing, hazard: 0.3, per: year}
stocks:
  arms: {start: 10, unit: missile, next: "arms + built"}
quantities:
  built: {unit: missile, value: "fear * arms if north == build or south.line == build else 0"}
events:
  caught: {given: "race == paused and south.word == cheat", hazard: 0.5, per: year}
  clashes: {count: 0.2}
strategies:
  north:
    firm: {choose: build}
    soft:
      settings: {patience: [2, 6]}
      choose:
        - {when: "since(caught) < patience", then: build}
        - {then: freeze}
  south:
    calm: {choose: {line: freeze, word: keep}}
payoffs: {north: {each: "-arms / little - clashes"}, south: {each: "-arms / little"}}
outcomes:
  arms_end: {measure: "final(arms)", unit: missile, better: lower}
"""

Reader = Callable[..., Loaded]


@pytest.fixture
def read(tmp_path: Path) -> Reader:
    """Reads `SMALL` with replacements made and sections added; `files` are written beside it."""

    def reader(
        *changes: tuple[str, str],
        add: str = "",
        variants: Sequence[str] = (),
        every_variant: bool = False,
        files: dict[str, str] | None = None,
    ) -> Loaded:
        text = SMALL
        for old, new in changes:
            assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the study"
            text = text.replace(old, new)
        folder = tmp_path / "case"
        folder.mkdir(exist_ok=True)
        (folder / "study.yaml").write_text(text + add, encoding="utf-8")
        for name, content in (files or {}).items():
            (folder / name).write_text(content, encoding="utf-8")
        return read_study(folder, variants, every_variant=every_variant)

    return reader


@pytest.fixture
def said() -> Callable[[Loaded], list[tuple[str, str]]]:
    """Code and message of every error, in the order of the file."""

    def errors(loaded: Loaded) -> list[tuple[str, str]]:
        found = sorted((p for p in loaded.problems if p.severity == "error"), key=lambda p: p.span.start)
        return [(p.code, p.message) for p in found]

    return errors
