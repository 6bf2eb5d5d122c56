"""CSL-JSON, RIS and BibTeX: what each keeps, out and back, and faulty files."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from standoff.base.problems import StudyError
from standoff.base.source import Source, Span
from standoff.cli import main
from standoff.evidence.claims import DocumentEntry, load_ledger
from standoff.evidence.reading.blocks import Metadata
from standoff.exchange.references.reference import read_references, write_bibtex, write_csl, write_ris

BIB = r"""@comment{no}
@string{x = "y"}
@online{kim2024, title = {The {North} and {\"U}bung \& {\L}\'od\'z}, author = "Kim, Ada and {The Institute}",
  date = {2024-05-06}, url = {https://example.org/a}, langid = {english}}
@report{rand, title={Two
  lines}, year = 2019, month = mar, institution = {RAND}}
@dataset{d, title = "Quoted {and} so", year = {1999}
}
"""
RIS = """\ufeffTY  - RPRT
TI  - First of all
AU  - Kim, Ada
AU  - Lee, Bo
PB  - House
DA  - 2024/5/6/
UR  - https://example.org
ER  - 

TY  - JOUR
T1  - Second, that
 goes on
Y1  - 2019//
"""
CSL = """[{"id": "a", "title": "First", "author": [{"family": "Kim", "given": "Ada"}, {"literal": "UN"}],
"issued": {"date-parts": [[2024, 5, 6]]}, "publisher": "House", "URL": "https://example.org", "language": "en"},
{"id": "b", "title": "Second", "issued": {"raw": "2019-03"}}]"""


def read(folder: Path, name: str, text: str) -> list[tuple[str, Metadata]]:
    (folder / name).write_text(text, encoding="utf-8")
    return read_references(folder / name)


def test_bibtex_of_every_type_is_kept_with_its_accents(tmp_path: Path) -> None:
    found = dict(read(tmp_path, "a.bib", BIB))
    assert list(found) == ["kim2024", "rand", "d"]
    assert found["kim2024"].title == "The North and Übung & Łódź"
    assert found["kim2024"].author == "Ada Kim; The Institute"
    assert (found["rand"].date, found["rand"].publisher, found["rand"].title) == ("2019-03", "RAND", "Two lines")
    assert found["d"].title == "Quoted and so"


def test_ris_keeps_repeated_tags_the_first_and_the_last_record(tmp_path: Path) -> None:
    first, second = (said for _, said in read(tmp_path, "a.ris", RIS))
    assert (first.author, first.date, first.publisher) == ("Ada Kim; Bo Lee", "2024-05-06", "House")
    assert (second.title, second.date) == ("Second, that goes on", "2019")


def test_csl_json_is_read(tmp_path: Path) -> None:
    first, second = (said for _, said in read(tmp_path, "a.json", CSL))
    assert first == Metadata("First", "Ada Kim; UN", "House", "2024-05-06", "https://example.org", "en")
    assert second.date == "2019-03"


SAID = Metadata("A & B: 50 % {sic}", "Ada Kim; The Institute", "House", "2024-05-06", "https://example.org/a_b", "en")


@pytest.mark.parametrize(("suffix", "write"), [(".json", write_csl), (".ris", write_ris), (".bib", write_bibtex)])
def test_what_is_written_is_read_back(suffix: str, write: object, tmp_path: Path) -> None:
    entry = DocumentEntry("kim", Span(Source("x", ""), 0, 0), SAID)
    [(key, found)] = read(tmp_path, f"a{suffix}", write([entry]))
    expected = SAID if suffix != ".bib" else Metadata("A & B: 50 % sic", *[getattr(SAID, k) for k in
                                                      ("author", "publisher", "date", "url", "language")])  # fmt: skip
    assert (key, found) == ("kim", expected)


def test_a_library_becomes_a_study_whose_documents_are_listed(tmp_path: Path) -> None:
    (tmp_path / "a.ris").write_text(RIS, encoding="utf-8")
    run = CliRunner().invoke
    made = run(main, ["import", str(tmp_path / "a.ris"), "--out", str(tmp_path / "new")])
    assert made.exit_code == 0, made.output
    assert run(main, ["check", str(tmp_path / "new")]).exit_code == 0
    assert [d.metadata.title for d in load_ledger(tmp_path / "new").documents] == [
        "First of all",
        "Second, that goes on",
    ]


FAULTY = {
    "cut.json": (CSL[:40], 1, "not JSON"),
    "kind.json": ("[1]", 1, "no reference of CSL-JSON"),
    "deep.json": ("[" * 100_000, 1, "nested too deep"),
    "line.ris": ("\nnonsense\n", 2, "none of RIS"),
    "start.ris": ("TI  - a\n", 1, "`TY` is expected"),
    "empty.ris": ("", 1, "no references"),
    "open.bib": ("\n@online{a, title = {b}", 2, "never closed"),
    "none.bib": ("hello", 1, "no references"),
}


@pytest.mark.parametrize("name", FAULTY)
def test_a_faulty_file_is_refused_at_its_line(name: str, tmp_path: Path) -> None:
    text, line, said = FAULTY[name]
    with pytest.raises(StudyError) as refused:
        read(tmp_path, name, text)
    assert said in refused.value.problems[0].message
    assert refused.value.problems[0].span.line == line
