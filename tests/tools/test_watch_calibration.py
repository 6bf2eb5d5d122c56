"""A small version of the calibration; `python -m tools.watch_calibration` is the whole."""

from pathlib import Path

import pytest

from tools.watch_calibration import STUDIES, calibrate, write_study


@pytest.mark.parametrize("name", ["an event of unknown chance", "counts that a hidden mode moves"])
def test_places_of_truths_are_uniform(name: str, tmp_path: Path) -> None:
    text, replications = STUDIES[name]
    found = calibrate(write_study(text, tmp_path), 30, min(replications, 8), worlds=64)
    assert found.p_value > 0.01
    assert 0.8 <= found.held <= 0.98
