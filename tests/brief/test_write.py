"""What is said while a brief is made."""

from __future__ import annotations

from pathlib import Path

import standoff
from standoff.brief.write import make_brief
from standoff.ensemble.runner import Local
from standoff.ensemble.running import Running, Size


def test_each_part_that_takes_time_is_announced(tmp_path: Path) -> None:
    lines: list[str] = []
    make_brief(standoff.load("rivals"), tmp_path, Size(16, 2), runner=Local(Running(announce=lines.append)))
    said = [line for line in lines if not line.startswith("compiling")]
    assert said == ["running 416 futures", "working out the answers"]
