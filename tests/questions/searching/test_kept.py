"""What a search has found stands beside what is listed in the next brief of the same study."""

from dataclasses import replace
from pathlib import Path

import pytest

from standoff.ensemble.running import Running, Size
from standoff.ensemble.study import load
from standoff.questions.kept import Kept
from standoff.questions.searching.found import Sought, search_study
from standoff.questions.searching.kept import keep_found, kept_found
from standoff.words.sentences.searching.found import FOUND_HEAD, found_columns, found_title

pytestmark = pytest.mark.filterwarnings("ignore")


def test_what_was_found_is_kept_for_the_same_study_alone(tmp_path: Path) -> None:
    study, kept = load("lake"), Kept(tmp_path)
    assert kept_found(study, kept) is None
    found = search_study(study, Sought("town", 40, 8, 1), Size(16, 1), Running(evaluator="reference"))
    keep_found(study, found, kept)
    assert kept_found(load("lake"), kept) == found
    assert kept_found(replace(study, held={"removal": 0.3}), kept) is None
    assert kept_found(study, None) is None
    assert "the best listed" in found_title(study.model, found) or "nothing" in found_title(study.model, found)
    columns = found_columns(study.model, found)
    assert len(columns) == len(FOUND_HEAD) and columns[0] == ("Clear years", "Payoff")
