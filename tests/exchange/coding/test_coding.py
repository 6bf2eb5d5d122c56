"""Claims out to each form of annotation and back: the same anchors; read by the tools' own libraries; faulty files."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from lxml import etree

from standoff.base.problems import StudyError
from standoff.cli import main
from standoff.evidence.claims import Ledger, load_ledger
from standoff.evidence.reading.documents import read_document_text
from standoff.exchange.coding.brat import import_brat
from standoff.exchange.coding.cas import TYPE_SYSTEM, import_cas, write_cas
from standoff.exchange.coding.notes import CodedText, Passages, coded_texts
from standoff.exchange.coding.refi import import_project
from standoff.exchange.coding.web import import_web_annotations
from standoff.exchange.imported import Asked

TEXT = """The talks

The ministry said that the talks would go on in the spring. Nobody believed it. Talks had failed before 🙂 and would.

Nobody believed it. The delegation left the capital on the following day, and the markets fell by a tenth of all.

The army was moved to the border in the night, as the newspapers wrote later. It stayed there until the summer came.
"""
CLAIMS = """\
standoff: 1
documents:
  talks: {title: The talks, author: Ada, date: 2024-05, file: talks.txt}
claims:
  on:
    {document: talks, passage: p1.s1, says: "Talks <go> & on", stance: predicts, certainty: likely, bears_on: [pause]}
  failed: {document: talks, passage: p1.s3, says: They had failed, stance: asserts, bears_on: [pause, fear]}
  again: {document: talks, passage: p2.s1, says: Still nobody, stance: doubts}
  army: {document: talks, passage: p3, says: The army moved, stance: asserts, bears_on: [arms_north]}
"""
FORMS = {"web-annotation": ".jsonld", "brat": ".ann", "cas": ".xmi", "refi-qda": ".qdpx"}


@pytest.fixture
def study(tmp_path: Path) -> Path:
    run = CliRunner().invoke
    folder = tmp_path / "study"
    assert run(main, ["new", str(folder), "--from", "rivals"]).exit_code == 0
    (folder / "claims.yaml").write_text(CLAIMS, encoding="utf-8")
    study = (folder / "study.yaml").read_text(encoding="utf-8")
    (folder / "study.yaml").write_text(study.replace("cites: [rivals-fear]", "judgement: x"), encoding="utf-8")
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "talks.txt").write_text(TEXT, encoding="utf-8")
    assert run(main, ["sources", str(folder), "--sources", str(tmp_path / "texts"), "--anchor"]).exit_code == 0
    return folder


def anchors(ledger: Ledger) -> dict[str, tuple[object, ...]]:
    return {
        c.name: (str(c.passage), str(c.anchor), c.says, c.stance, c.certainty, tuple(n.text for n in c.bears_on))
        for c in ledger.claims
    }


@pytest.mark.parametrize("form", FORMS)
def test_claims_go_out_and_come_back_with_the_same_anchors(form: str, study: Path) -> None:
    run, folder = CliRunner().invoke, study.parent
    texts = str(folder / "texts")
    out = run(main, ["export", str(study), "--as", form, "--out", str(folder / "out"), "--sources", texts])
    assert out.exit_code == 0, out.output
    file = next(p for p in (folder / "out").iterdir() if p.suffix == FORMS[form])
    back = run(main, ["import", str(file), "--out", str(folder / "back"), "--sources", texts])
    assert back.exit_code == 0, back.output
    assert run(main, ["check", str(folder / "back")]).exit_code == 0
    assert anchors(load_ledger(folder / "back")) == anchors(load_ledger(study))


@pytest.mark.parametrize("form", ["brat", "cas", "refi-qda"])
def test_the_texts_in_a_file_stand_for_documents_that_are_not_at_hand(form: str, study: Path) -> None:
    run, folder = CliRunner().invoke, study.parent
    run(main, ["export", str(study), "--as", form, "--out", str(folder / "out"), "--sources", str(folder / "texts")])
    file = next(p for p in (folder / "out").iterdir() if p.suffix == FORMS[form])
    back = run(main, ["import", str(file), "--out", str(folder / "back")])
    assert back.exit_code == 0, back.output
    assert {k: v[0] for k, v in anchors(load_ledger(folder / "back")).items()} == {
        "on": "p1.s1", "failed": "p1.s3", "again": "p2.s1", "army": "p3"
    }  # fmt: skip


def coded(study: Path) -> CodedText:
    return coded_texts(load_ledger(study), {"talks": read_document_text(TEXT, "talks.txt")})[0]


def test_cas_is_read_by_the_library_of_its_field(study: Path) -> None:
    cassis = pytest.importorskip("cassis")
    text = coded(study)
    system = cassis.load_typesystem(io.BytesIO(TYPE_SYSTEM.encode()))
    cas = cassis.load_cas_from_xmi(io.BytesIO(write_cas(text).encode()), typesystem=system)
    assert cas.sofa_string == text.text
    found = {one.name: one.get_covered_text() for one in cas.select("webanno.custom.Claim")}
    assert found == {note.kept["name"]: note.quote for note in text.notes}


def test_what_the_library_of_its_field_writes_is_read(study: Path) -> None:
    cassis = pytest.importorskip("cassis")
    system = cassis.TypeSystem()
    span = system.create_type("webanno.custom.Opinion", "uima.tcas.Annotation")
    system.create_feature(span, "label", "uima.cas.String")
    cas = cassis.Cas(system)
    cas.sofa_string = TEXT
    at = TEXT.index("The delegation")
    cas.add(span(begin=at, end=at + 25, label="leaving"))
    path = study.parent / "b.xmi"
    path.write_text(cas.to_xmi(), encoding="utf-8")
    found = import_cas(path, Asked(sources=study.parent / "texts"))
    assert "passage: p2.s2" in found.files["claims.yaml"]
    assert "bears_on: [leaving]" in found.files["claims.yaml"]


def test_the_project_has_the_elements_of_the_published_schema(study: Path) -> None:
    run, folder = CliRunner().invoke, study.parent
    run(
        main, ["export", str(study), "--as", "refi-qda", "--out", str(folder / "o"), "--sources", str(folder / "texts")]
    )
    with zipfile.ZipFile(folder / "o" / "claims.qdpx") as archive:
        root = etree.fromstring(archive.read("project.qde"))
        space = {"q": "urn:QDA-XML:project:1.0"}
        codes = {c.get("guid") for c in root.iterfind(".//q:Code", space)}
        assert {r.get("targetGUID") for r in root.iterfind(".//q:CodeRef", space)} <= codes
        for source in root.iterfind(".//q:TextSource", space):
            text = archive.read(f"sources/{source.get('plainTextPath').removeprefix('internal://')}").decode()
            for one in source.iterfind("q:PlainTextSelection", space):
                assert text[int(one.get("startPosition")) : int(one.get("endPosition"))].strip()


def test_words_that_stand_twice_are_told_apart_by_what_is_around_them() -> None:
    passages = Passages(read_document_text(TEXT, "talks.txt"))
    spans = [passages.span(place) for _, _, place in passages.places if str(place) in ("p1.s2", "p2.s1")]
    assert len(set(spans)) == 2
    assert [str(passages.address(*span)) for span in spans] == ["p1.s2", "p2.s1"]


HYPOTHESIS = [{
    "id": "x", "uri": "https://example.org/talks", "text": "They left.", "tags": ["leaving"],
    "target": [{"source": "https://example.org/talks", "selector": [
        {"type": "RangeSelector"}, {"type": "TextPositionSelector", "start": 1, "end": 2},
        {"type": "TextQuoteSelector", "exact": "The delegation  left the capital", "prefix": "it. ", "suffix": " on"},
    ]}],
}]  # fmt: skip


def test_an_export_of_hypothesis_is_anchored_by_its_words(study: Path) -> None:
    path = study.parent / "h.jsonld"
    path.write_text(json.dumps({"rows": HYPOTHESIS}), encoding="utf-8")
    found = import_web_annotations(path, Asked(sources=study.parent / "texts"))
    assert "passage: p2.s2" in found.files["claims.yaml"]
    assert 'says: "They left."' in found.files["claims.yaml"]
    with pytest.raises(StudyError, match="none of the 1 notes"):
        import_web_annotations(path, Asked())


def test_argdown_says_who_is_against_whom(study: Path) -> None:
    run, folder = CliRunner().invoke, study.parent
    shown = run(main, ["export", str(study), "--as", "argdown", "--out", str(folder / "map")])
    assert shown.exit_code == 0, shown.output
    text = (folder / "map" / "claims.argdown").read_text(encoding="utf-8")
    assert "# The talks" in text
    assert r"[on]: Talks \<go\> & on (predicts) #(pause)" in text


def zipped(name: str, text: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr(name, text)
    return out.getvalue()


SOFA = '<x:XMI xmlns:x="http://www.omg.org/XMI"><Sofa x:id="1" sofaString="Abc."/>{}</x:XMI>'
SELECTED = (
    '<Project><Sources><TextSource name="t"><PlainTextContent>Abc.</PlainTextContent>\n'
    '<PlainTextSelection startPosition="{}" endPosition="{}"/></TextSource></Sources></Project>'
)
FAULTY = {
    "cut.jsonld": (b'[{"target": ', 1, "not JSON"),
    "none.jsonld": (b'{"a": 1}', 1, "no Web Annotations"),
    "deep.jsonld": (b"[" * 100_000, 1, "nested too deep"),
    "latin.jsonld": ('["\u00e9"]'.encode("latin-1"), 1, "not UTF-8"),
    "line.ann": (b"T1\tClaim 0 3\tAbc\nnonsense\n", 2, "nothing that brat writes"),
    "span.ann": (b"\nT1\tClaim 0 999\tAbc\n", 2, "no span of the text"),
    "turned.ann": (b"T1\tClaim 3 0\tAbc\n", 1, "no span of the text"),
    "empty.ann": (b"", 1, "holds no spans"),
    "cut.xmi": (SOFA.format("<S").encode(), 1, "not well-formed"),
    "sofa.xmi": (b"<a/>", 1, "no UIMA CAS"),
    "outside.xmi": (SOFA.format('\n<Claim sofa="1" begin="0" end="9"/>').encode(), 2, "a span leaves the text"),
    "none.xmi": (SOFA.format("").encode(), 1, "no spans"),
    "bomb.xmi": (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', 1, "declares entities"),
    "empty.zip": (zipped("a.txt", ""), 1, "holds no .xmi"),
    "cut.qdpx": (zipped("project.qde", SELECTED.format(0, 3))[:99], 1, "no sound zip"),
    "other.qdpx": (zipped("a.txt", ""), 1, "no project.qde"),
    "outside.qdpx": (zipped("project.qde", SELECTED.format(0, 9)), 2, "a passage leaves"),
    "counts.qdpx": (zipped("project.qde", SELECTED.format("-1", "x")), 2, "a passage leaves"),
    "nothing.qdpx": (zipped("project.qde", "<Project/>"), 1, "codes no passage"),
}
READERS = {".jsonld": import_web_annotations, ".ann": import_brat, ".xmi": import_cas, ".zip": import_cas,
           ".qdpx": import_project}  # fmt: skip


@pytest.mark.parametrize("name", FAULTY)
def test_a_faulty_file_is_refused_at_its_line_and_nothing_is_written(name: str, tmp_path: Path) -> None:
    data, line, said = FAULTY[name]
    (tmp_path / name).write_bytes(data)
    (tmp_path / name).with_suffix(".txt").write_text("Abc.", encoding="utf-8")
    with pytest.raises(StudyError) as refused:
        READERS[Path(name).suffix](tmp_path / name, Asked())
    assert said in refused.value.problems[0].message
    assert refused.value.problems[0].span.line == line
    result = CliRunner().invoke(main, ["import", str(tmp_path / name), "--out", str(tmp_path / "new")])
    assert result.exit_code == 1
    assert not (tmp_path / "new").exists()
