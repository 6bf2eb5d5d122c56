"""Which fans a brief draws: those that the author names, in their order."""

from __future__ import annotations

from collections.abc import Callable

from standoff.analysis.fans import plan_fans
from standoff.ensemble.study import Study

TEXT = """
modes:
  race: {states: [fast, calm], start: fast, moves: [{name: stop, from: fast, to: calm, chance: 0.1}], final: calm}
stocks:
  arms: {start: 1, next: "arms + shots"}
  trust: {start: 0, next: "trust + 0.1"}
events:
  shots: {count: 2}
outcomes:
  end: {measure: "final(trust)", better: higher}
"""


def followed(study: Study) -> list[tuple[str, int | None]]:
    plan = plan_fans(study.program, study.design(4, 1), 4)
    return [(one.symbol.name, one.state) for one in plan.followed]


def test_what_the_report_names_is_drawn_in_its_order(study_of: Callable[..., Study]) -> None:
    assert followed(study_of("report: [shots, race == calm, end, arms]\n" + TEXT)) == [
        ("shots", None), ("race", 1), ("trust", None), ("arms", None),
    ]  # fmt: skip


def test_without_one_outcomes_come_first(study_of: Callable[..., Study]) -> None:
    assert followed(study_of(TEXT)) == [("trust", None), ("arms", None)]


def test_a_report_changes_no_future(study_of: Callable[..., Study]) -> None:
    assert study_of("report: [arms]\n" + TEXT).model.digest == study_of(TEXT).model.digest
