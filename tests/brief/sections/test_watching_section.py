"""The section on what to watch, and the one on what was seen."""

from dataclasses import replace
from pathlib import Path

import pytest

from standoff.analysis.findings import Reason
from standoff.brief.sections.watching import since_section, watch_section
from standoff.brief.write import make_brief
from standoff.ensemble.design import draw_worlds
from standoff.ensemble.runner import Local
from standoff.ensemble.running import Running, Size
from standoff.questions.as_json import from_json, to_json
from standoff.questions.question import Unanswered
from standoff.questions.watching.signposts import Signposts, find_signposts
from standoff.questions.watching.watch import find_posterior, study_as_seen
from tests.analysis.watch.exact_studies import beta_binomial, normal_normal, quarters, write_seen

ONE = Running(threads=1)


@pytest.fixture(scope="module")
def ahead(tmp_path_factory: pytest.TempPathFactory):
    study = normal_normal(tmp_path_factory.mktemp("normal"), 0.3, 1.0)
    return study.model, find_signposts(study, Size(1024, 1, 1), running=ONE)


def test_the_answer_comes_first(ahead) -> None:
    section = watch_section(*ahead)
    assert section is not None
    assert section.title.startswith("Look first for this by the start of Q2 2025")
    assert section.lead[0].startswith("If truth is at least")


def test_the_matrix_and_a_calendar_stand_below(ahead) -> None:
    section = watch_section(*ahead)
    assert section is not None
    assert "Hypotheses against evidence" in [picture.title for picture in section.pictures]
    assert all(picture.table is not None for picture in section.pictures)
    assert section.parts[0].lines[0].startswith("By the start of Q2 2025: truth is at least")  # type: ignore[attr-defined]


def test_a_study_that_lists_nothing_as_observed_has_no_such_section(ahead) -> None:
    model, _ = ahead
    nothing = Unanswered("watch", Reason.NOTHING_OBSERVED)
    assert watch_section(replace(model, observed=()), nothing) is None


def test_signposts_can_be_kept(ahead) -> None:
    model, found = ahead
    assert from_json(to_json(found, exact=True), Signposts, model).found == found.found


def test_what_was_seen_stands_in_front_and_weighs_worlds(tmp_path: Path) -> None:
    study = beta_binomial(tmp_path)
    seen = write_seen(tmp_path, study, [(q, "shot", "no") for q in quarters(8)])
    found, weighted = find_posterior(study, seen, Size(256, 2, 1), Local(ONE))
    section = since_section(study.model, found)
    assert section is not None
    assert section.title == "What changed by Q4 2026: 1 assumption moved"
    later = study_as_seen(study, found, weighted)
    assert draw_worlds(later.model, 512).columns["chance_of"].mean() == pytest.approx(0.1, abs=0.02)
    assert later.model.digest != study.model.digest


def test_the_page_of_what_was_seen_is_written(tmp_path: Path) -> None:
    study = beta_binomial(tmp_path / "study")
    seen = write_seen(tmp_path, study, [(q, "shot", "no") for q in quarters(8)])
    path = make_brief(study, tmp_path / "brief", Size(64, 2), runner=Local(ONE), seen=seen)
    text = path.read_text(encoding="utf-8")
    assert "What changed by Q4 2026: 1 assumption moved" in text
    assert text.index('id="why-since"') < text.index('id="why-holds-up"')
