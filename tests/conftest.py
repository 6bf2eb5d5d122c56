"""What tests of more than one part share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from standoff.ensemble.study import Study, load

HEAD = """\
standoff: 1
title: A test
question: Does it hold?
decider: north
clock: {start: 2025-01, step: quarter, steps: 8}
actors: {north: {name: North}}
choices: {north: [act, rest]}
strategies: {north: {acts: {choose: act}}}
payoffs: {north: {each: "0"}}
"""


@pytest.fixture
def study_of(tmp_path: Path) -> Callable[..., Study]:
    """Load a study from text; sections that a test does not give come from a small head."""

    def build(text: str, *variants: str) -> Study:
        body = dedent(text)
        given = {line.split(":")[0] for line in body.splitlines() if line[:1].isalpha()}
        head = "\n".join(line for line in HEAD.splitlines() if line.split(":")[0] not in given)
        (tmp_path / "study.yaml").write_text(f"{head}\n{body}", encoding="utf-8")
        return load(tmp_path, variants)

    return build
