"""Data sets of events: each kind's dates, what is counted, and what is told of what is not."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from standoff.base.problems import StudyError
from standoff.cli import main
from standoff.evidence.history import read_past
from standoff.evidence.seen import read_seen
from standoff.exchange.events.kinds import KINDS
from standoff.exchange.events.study import import_events
from standoff.exchange.imported import Asked, Imported
from standoff.language.load import load_model

UCDP = """id,date_start,date_prec,country,type_of_violence,best,source_article
1,2024-01-03 00:00:00.000,1,Syria,1,5,"a, b"
2,2024-01-20 00:00:00.000,1,Syria,3,2,"two
lines"
3,2024-01-31 00:00:00.000,5,Iraq,1,7,c
4,2024-03-01 00:00:00.000,1,Iraq,1,1,d
5,2024-04-09 00:00:00.000,1,Syria,1,,e
6,someday,1,Syria,1,9,f
"""
MAPPING = """\
format: ucdp
step: month
start: 2024-04
steps: 6
series:
  battles: {where: {country: Syria, type_of_violence: 1}}
  deaths: {where: {country: [Syria, Iraq]}, sum: best, about: the best estimate}
"""


def imported(folder: Path, table: str, mapping: str, name: str = "a.csv") -> Imported:
    (folder / name).write_text(table, encoding="utf-8")
    (folder / "map.yaml").write_text(mapping, encoding="utf-8")
    return import_events(folder / name, Asked(mapping=folder / "map.yaml"))


def test_events_are_counted_and_added_up_by_steps_and_no_zero_is_silent(tmp_path: Path) -> None:
    found = imported(tmp_path, UCDP, MAPPING)
    assert found.files["history.csv"] == "date,battles,deaths\n2024-01,1,14\n2024-03,0,1\n"
    assert found.files["seen.csv"].splitlines()[1] == "2024-04,battles,1,UCDP Georeferenced Event Dataset"
    told = "\n".join(found.notes)
    assert "6 rows; covered from 2024-01 to 2024-04" in told
    assert "1 steps have no row at all and are left out, not written as 0: 2024-02" in told
    assert "deaths: 1 rows have no number in `best`" in told
    assert "1 rows have no date that can be read and are not counted (the first: row 7)" in told
    assert "1 rows know their date no better than to the year" in told
    assert "battles: 2 rows, 2 in all; 0 in 1 steps that have other rows" in told


def test_the_study_is_clean_and_its_history_and_what_was_seen_are_read(tmp_path: Path) -> None:
    imported(tmp_path, UCDP, MAPPING)
    run = CliRunner().invoke
    out = tmp_path / "new"
    made = run(main, ["import", str(tmp_path / "a.csv"), "--mapping", str(tmp_path / "map.yaml"), "--out", str(out)])
    assert made.exit_code == 0, made.output
    checked = run(main, ["check", str(out)])
    assert checked.exit_code == 0, checked.output
    model = load_model(out)
    past = read_past(model)
    assert past["battles"].steps.tolist() == [-3, -1]
    assert past["deaths"].values.tolist() == [14, 1]
    assert "UCDP" in past["battles"].source
    assert len(read_seen(out / "seen.csv", model).sightings) == 2


GDELT_ROW = "\t".join(["1", "20240115", *(["x"] * 27), "4", *(["x"] * 28)])
TABLES = {
    "acled": ("event_date,fatalities\n13 January 2024,2\n2024-02-01,1\n", "2024-01,1\n2024-02,1"),
    "icb": ("crisno,yrtrig,motrig,datrig\n1,1918,5,25\n2,1918,7,-9\n", "1918-05,1\n1918-07,1"),
    "mid": ("dispnum,styear,stmon,stday\n2,1902,5,-9\n3,1913,5,-9\n", "1902-05,1\n1913-05,1"),
    "views": ("country_id,year,month,main_mean\n1,2024,1,0.5\n2,2024,1,1.5\n", "2024-01,2"),
    "gdelt": (f"{GDELT_ROW}\n{GDELT_ROW}\n", "2024-01,2"),
}  # fmt: skip


@pytest.mark.parametrize("kind", TABLES)
def test_each_kind_of_table_is_read_by_its_own_dates(kind: str, tmp_path: Path) -> None:
    table, expected = TABLES[kind]
    summed = ", sum: main_mean" if kind == "views" else ", where: {QuadClass: 4}" if kind == "gdelt" else ""
    found = imported(tmp_path, table, f"format: {kind}\nseries:\n  seen_events: {{about: all{summed}}}\n")
    assert found.files["history.csv"] == f"date,seen_events\n{expected}\n"
    assert set(TABLES) | {"ucdp"} == set(KINDS)


def test_what_is_covered_may_be_said_and_longer_steps_add_up(tmp_path: Path) -> None:
    mapping = MAPPING.replace("step: month", "step: year").replace("start: 2024-04", "covered: [2023-01, 2024-12]")
    found = imported(tmp_path, UCDP, mapping)
    assert found.files["history.csv"] == "date,battles,deaths\n2024-01,2,15\n"
    assert any("1 steps have no row at all" in note and "2023-01" in note for note in found.notes)


FAULTY = {
    "column": (UCDP, MAPPING.replace("country: Syria", "cuntry: Syria"), "no column `cuntry`", 6),
    "none": (UCDP, MAPPING.replace("country: Syria", "country: Syrie"), "no row of the table is what `battles`", 6),
    "format": (UCDP, MAPPING.replace("ucdp", "udcp"), "udcp", 1),
    "key": (UCDP, MAPPING.replace("steps:", "stops:"), "stops", 4),
    "span": (UCDP, MAPPING + "covered: [2024-05, 2023-01]\n", "no span of time", 8),
    "cut": (UCDP[:130], MAPPING, "cells, where 7 are expected", 3),
    "ragged": (UCDP + "7,2024-01-01\n", MAPPING, "has 2 cells, where 7 are expected", 8),
    "empty": ("", MAPPING, "no column `date_start`", 1),
    "header": (UCDP.splitlines()[0] + "\n", MAPPING, "no row with a date", 1),
    "dates": (UCDP.replace("2024", "24"), MAPPING, "no row with a date", 1),
    "gdelt": ("1\t2\n", "format: gdelt\nseries: {a: {about: b}}\n", "a row has 2 cells, where 57, 58, 61 are", 1),
}


@pytest.mark.parametrize("name", FAULTY)
def test_a_faulty_table_or_mapping_is_refused_at_its_line(name: str, tmp_path: Path) -> None:
    table, mapping, said, line = FAULTY[name]
    with pytest.raises(StudyError) as refused:
        imported(tmp_path, table, mapping)
    problem = next((p for p in refused.value.problems if said in p.message), refused.value.problems[0])
    assert said in problem.message
    assert problem.span.line == line


def test_a_table_in_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(UCDP.replace("Syria", "Syri\u00e9").encode("latin-1"))
    (tmp_path / "map.yaml").write_text(MAPPING, encoding="utf-8")
    with pytest.raises(StudyError, match="not UTF-8"):
        import_events(tmp_path / "a.csv", Asked(mapping=tmp_path / "map.yaml"))
    with pytest.raises(StudyError, match="needs a mapping"):
        import_events(tmp_path / "a.csv", Asked())
