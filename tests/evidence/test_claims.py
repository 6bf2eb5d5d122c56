from itertools import pairwise
from pathlib import Path

import pytest
from evidence_texts import OWN

from standoff.base.problems import StudyError
from standoff.evidence.anchoring import fill_anchors
from standoff.evidence.claims import CERTAINTIES, CLAIMS, Ledger, check_ledger, load_ledger, read_ledger
from standoff.evidence.sources import sources
from standoff.language.load import load_model

CLAIMS_TEXT = """\
# Both forms of writing a claim stand here; remarks stay.
documents:
  note:
    title: "Two Rivals and a Freeze: What Would Have to Be True"   # its first line
    publisher: Bulletin
  other: {title: Another text, date: 2025-01}

claims:
  fear-first:
    document: note
    passage: p3.s2   # the staff's estimates
    says: Each count of the other's arsenal becomes a reason to build
    stance: asserts
    certainty: very likely
    bears_on: [fear, arms_north]
    expect: {raise: fear, raises: arms}
  calm: {document: note, passage: p12, says: A freeze calms both sides, stance: predicts, bears_on: trust}
  elsewhere:
    document: other
    passage: p1.s1
    says: Something else is said here
    stance: doubts
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "claims.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def ledger_of(folder: Path, text: str) -> Ledger:
    ledger, problems = read_ledger(write(folder, text))
    assert problems == () and ledger is not None
    return ledger


def source_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "whatever.txt").write_bytes(OWN.read_bytes())
    return folder


def test_claims_are_read_as_written(tmp_path: Path) -> None:
    ledger = ledger_of(tmp_path, CLAIMS_TEXT)
    fear = ledger.claim("fear-first")
    assert (fear.document, str(fear.passage), fear.stance, fear.certainty) == (
        "note",
        "p3.s2",
        "asserts",
        "very likely",
    )
    assert [name.text for name in fear.bears_on] == ["fear", "arms_north"]
    assert len(fear.expect) == 1
    calm = ledger.claim("calm")
    assert (calm.certainty, calm.anchor, [name.text for name in calm.bears_on]) == ("unstated", None, ["trust"])
    assert [claim.name for claim in ledger.of("note")] == ["fear-first", "calm"]
    assert ledger.document("other").metadata.date == "2025-01"
    with pytest.raises(KeyError):
        ledger.claim("none")


@pytest.mark.parametrize(
    ("old", "new", "code", "says", "advice"),
    [
        ("document: note\n", "document: nute\n", "document-unknown", "no document is named `nute`", "`note`"),
        ("p3.s2 ", "p3s2 ", "bad-address", "`p3s2` is not an address", "standoff passages"),
        ("stance: asserts", "stance: assert", "wrong-value", "`stance` cannot be `assert`", "`asserts`"),
        ("very likely", "very likley", "wrong-value", "`certainty` cannot be `very likley`", "`very likely`"),
        (
            "bears_on: [fear",
            "bears_onn: [fear",
            "unknown-key",
            "`bears_onn` is not a key of `fear-first`",
            "`bears_on`",
        ),
        ("    stance: doubts\n", "", "missing-key", "`elsewhere` has no `stance`", "add `stance`"),
        ("title: Another text, ", "", "missing-key", "`other` has no `title`", "add `title`"),
        ("  fear-first:", "  fear first:", "bad-name", "`fear first` cannot be a name", None),
        ("p3.s2 ", "p3.s2\n    anchor: f1.xyz.. ", "bad-fingerprint", "this is not a fingerprint", "standoff sources"),
        ("title: Another", "file: ../x.txt, title: Another", "file-outside", "leads out of", "a file inside"),
        ("documents:", "docs: {}\ndocuments:", "unknown-key", "`docs` is not a key", "`documents`"),
    ],
)
def test_each_mistake_has_one_message_at_its_place(
    tmp_path: Path, old: str, new: str, code: str, says: str, advice: str | None
) -> None:
    _, problems = read_ledger(write(tmp_path, CLAIMS_TEXT.replace(old, new, 1)))
    assert [problem.code for problem in problems] == [code]
    assert says in problems[0].message
    assert advice is None or (problems[0].help is not None and advice in problems[0].help)
    assert problems[0].span.line > 1


def test_a_file_that_does_not_parse_is_one_problem(tmp_path: Path) -> None:
    ledger, problems = read_ledger(write(tmp_path, "documents: ["))
    assert ledger is None
    assert len(problems) == 1


def test_names_that_claims_bear_on_are_looked_up_in_the_model(tmp_path: Path) -> None:
    model = load_model("rivals")
    assert check_ledger(ledger_of(tmp_path, CLAIMS_TEXT), model) == []
    (problem,) = check_ledger(ledger_of(tmp_path, CLAIMS_TEXT.replace("[fear,", "[feer,")), model)
    assert (problem.code, problem.help) == ("unknown-name", "did you mean `fear`?")
    assert problem.span.text == "feer"


def test_bundled_studies_have_sound_claims() -> None:
    for study in ("rivals", "korea"):
        assert load_ledger(study).claims


def test_a_study_without_claims_has_an_empty_ledger(tmp_path: Path) -> None:
    (tmp_path / "study.yaml").write_text("standoff: 1\n", encoding="utf-8")
    assert load_ledger(tmp_path).claims == ()


def test_errors_are_raised_together(tmp_path: Path) -> None:
    (tmp_path / "study.yaml").write_text("standoff: 1\n", encoding="utf-8")
    write(tmp_path, CLAIMS_TEXT.replace("note\n", "nute\n").replace("doubts", "doubt"))
    with pytest.raises(StudyError) as caught:
        load_ledger(tmp_path)
    assert sorted(problem.code for problem in caught.value.problems) == ["document-unknown", "wrong-value"]


def test_words_of_certainty_cover_the_scale_without_overlap() -> None:
    ends = sorted(ends for ends in CERTAINTIES.values() if ends is not None)
    assert all(below[1] == above[0] for below, above in pairwise(ends))
    assert all(key.doc for key in CLAIMS.keys)


def test_fingerprints_are_filled_in_and_nothing_else_changes(tmp_path: Path) -> None:
    path, folder = write(tmp_path, CLAIMS_TEXT), source_folder(tmp_path)
    filled = fill_anchors(path, folder)
    assert (filled.claims, filled.documents, filled.problems) == (("fear-first", "calm"), ("note",), ())
    text = path.read_text(encoding="utf-8")
    without = [line for line in text.split("\n") if not line.strip().startswith(("anchor:", "fingerprint:"))]
    flow = next(line for line in without if line.startswith("  calm"))
    assert ", anchor: f1." in flow
    plain = "\n".join(without).replace(
        flow, next(line for line in CLAIMS_TEXT.split("\n") if line.startswith("  calm"))
    )
    assert plain == CLAIMS_TEXT
    assert "p3.s2   # the staff's estimates\n    anchor: f1." in text
    found = sources(ledger_of(tmp_path, text), folder)
    assert found.totals == {"found": 2, "moved": 0, "changed": 0, "lost": 0, "unanchored": 0}
    assert sorted(child.name for child in tmp_path.iterdir()) == ["claims.yaml", "sources"]


def test_filling_twice_changes_nothing_and_renewing_replaces(tmp_path: Path) -> None:
    path, folder = write(tmp_path, CLAIMS_TEXT), source_folder(tmp_path)
    fill_anchors(path, folder)
    text = path.read_text(encoding="utf-8")
    assert fill_anchors(path, folder).claims == ()
    assert path.read_text(encoding="utf-8") == text
    path.write_text(text.replace("passage: p3.s2 ", "passage: p3.s1 "), encoding="utf-8")
    assert fill_anchors(path, folder, renew=True).claims == ("fear-first",)


def test_line_ends_and_byte_order_mark_stay(tmp_path: Path) -> None:
    path = tmp_path / "claims.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + CLAIMS_TEXT.replace("\n", "\r\n").encode())
    fill_anchors(path, source_folder(tmp_path))
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf") and data.count(b"\r\n") == data.count(b"\n") == CLAIMS_TEXT.count("\n") + 2


def test_an_address_without_passage_is_reported_and_the_rest_filled(tmp_path: Path) -> None:
    path = write(tmp_path, CLAIMS_TEXT.replace("p3.s2 ", "p3.s9 "))
    filled = fill_anchors(path, source_folder(tmp_path))
    assert filled.claims == ("calm",)
    (problem,) = filled.problems
    assert (problem.code, problem.message) == ("bad-address", "`note` has no passage `p3.s9`")


def test_claims_with_errors_are_not_touched(tmp_path: Path) -> None:
    text = CLAIMS_TEXT.replace("stance: asserts", "stance: assert")
    path = write(tmp_path, text)
    with pytest.raises(StudyError):
        fill_anchors(path, source_folder(tmp_path))
    assert path.read_text(encoding="utf-8") == text


def test_documents_are_known_by_title_then_by_fingerprint(tmp_path: Path) -> None:
    path, folder = write(tmp_path, CLAIMS_TEXT), source_folder(tmp_path)
    first = sources(ledger_of(tmp_path, CLAIMS_TEXT), folder)
    assert [row.is_at_hand for row in first.rows] == [True, False]
    assert first.rows[0].metadata.publisher == "Bulletin"
    assert first.totals["unanchored"] == 2
    fill_anchors(path, folder)
    renamed = OWN.read_text(encoding="utf-8").replace("Two Rivals and a Freeze", "A Freeze for Two")
    (folder / "whatever.txt").write_text(renamed, encoding="utf-8")
    again = sources(ledger_of(tmp_path, path.read_text(encoding="utf-8")), folder)
    assert [row.is_at_hand for row in again.rows] == [True, False]
    assert again.totals["found"] == 2
    passage = again.passage("fear-first")
    assert passage is not None and passage.text is not None and passage.text.startswith("When the northern staff")


def test_no_folder_no_texts(tmp_path: Path) -> None:
    ledger = ledger_of(tmp_path, CLAIMS_TEXT)
    for folder in (None, tmp_path / "none"):
        found = sources(ledger, folder)
        assert [row.is_at_hand for row in found.rows] == [False, False]
        assert sum(found.totals.values()) == 0


def test_a_named_file_that_cannot_be_read_is_a_problem_at_its_name(tmp_path: Path) -> None:
    folder = source_folder(tmp_path)
    (folder / "bad.txt").write_bytes(bytes(range(256)))
    (folder / "link.txt").symlink_to("/etc/hostname")
    for name, code in (("bad.txt", "document-unreadable"), ("link.txt", "file-outside")):
        ledger = ledger_of(tmp_path, CLAIMS_TEXT.replace("publisher: Bulletin", f"file: {name}"))
        (problem,) = sources(ledger, folder).problems
        assert (problem.code, problem.span.text) == (code, name)


def test_junk_beside_the_documents_is_passed_over(tmp_path: Path) -> None:
    folder = source_folder(tmp_path)
    (folder / "junk.bin").write_bytes(bytes(range(256)) * 9)
    (folder / "empty.txt").touch()
    (folder / "folder").mkdir()
    assert sources(ledger_of(tmp_path, CLAIMS_TEXT), folder).rows[0].is_at_hand


def test_the_korean_claims_are_where_they_say(articles: list[Path], tmp_path: Path) -> None:
    ledger = load_ledger("korea")
    path = write(tmp_path, ledger.source.text)
    fill_anchors(path, articles[0].parent)
    filled, _ = read_ledger(path)
    assert filled is not None
    found = sources(filled, articles[0].parent)
    assert [row.is_at_hand for row in found.rows] == [True, True]
    assert found.totals["found"] == len(ledger.claims) >= 26
    assert sum(bool(claim.expect) for claim in ledger.claims) >= 20
