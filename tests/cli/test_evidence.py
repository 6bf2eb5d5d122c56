"""The commands about evidence, on the two rivals with an article of our own and claims with known answers."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import standoff
from standoff.cli import main
from standoff.evidence.claims import load_ledger

ARTICLE = Path(__file__).parents[1] / "evidence" / "article.txt"
BUNDLED = Path(standoff.__file__).parent / "studies"
SMALL = ("--worlds", "96", "--replications", "8")
ARTICLES = Path(os.environ.get("STANDOFF_SOURCES", Path(__file__).parents[3] / "shared" / "sources"))

CLAIMS = """\
documents:
  freeze: {title: "Two Rivals and a Freeze: What Would Have to Be True", file: article.txt, url: "https://example.org/a"}
claims:
  fear-feeds:
    document: freeze
    passage: p3.s1
    says: What each side fears makes it build
    stance: asserts
    bears_on: [fear]
    expect: {raise: fear, raises: arms}
  fear-calms:
    document: freeze
    passage: p3.s2
    says: Frightened neighbours build less
    stance: asserts
    bears_on: [fear]
    expect: {raise: fear, lowers: arms}
  where-fear-is-low:
    document: freeze
    passage: p4.s1
    says: An open builder adds fewer missiles than a cheat
    stance: predicts
    certainty: likely
    bears_on: [fear]
    expect: {switch: {south: [pretend, calculating]}, lowers: arms_south}
  dread-arms:
    document: freeze
    passage: p8.s1
    says: Dread of war fills the depots
    stance: asserts
    expect: {raise: dread_of_war, raises: arms}
  detection-disarms:
    document: freeze
    passage: p5.s2
    says: Being seen makes arsenals smaller
    stance: predicts
    bears_on: [detection]
    expect: {raise: detection, lowers: arms}
  shame:
    document: freeze
    passage: p9.s3
    says: A cheat abroad is suspected at home
    stance: asserts
    bears_on: [trust]
  rivals-fear:
    document: freeze
    passage: p3
    says: Estimates made in fear become budgets
    stance: asserts
    bears_on: [fear]
"""


def call(*arguments: str | Path, **environment: str) -> Result:
    runner = CliRunner(env={"STANDOFF_SOURCES": "", **environment})
    return runner.invoke(main, [str(argument) for argument in arguments], catch_exceptions=False)


@pytest.fixture
def rivals(tmp_path: Path) -> Path:
    """The rivals with claims on an article, which lies in another folder, `shelf`."""
    folder = tmp_path / "rivals"
    shutil.copytree(BUNDLED / "rivals", folder)
    (folder / "claims.yaml").write_text(CLAIMS, encoding="utf-8")
    (tmp_path / "shelf").mkdir()
    shutil.copy(ARTICLE, tmp_path / "shelf" / "article.txt")
    return folder


def test_known_answers_come_out_as_known_and_a_failed_claim_is_no_error(rivals: Path) -> None:
    result = call("test", rivals, "--json", "--worlds", "192", "--replications", "16")
    assert result.exit_code == 0
    found = json.loads(result.output)
    assert {claim["name"]: claim["answer"] for claim in found["claims"]} == {
        "fear-feeds": "borne out",
        "fear-calms": "contradicted",
        "where-fear-is-low": "mixed",
        "dread-arms": "not represented",
        "detection-disarms": "no visible effect",
        "shame": "open",
        "rivals-fear": "open",
    }
    assert found["worlds"] == 192 and found["study"] == "rivals"
    (mixed,) = next(claim["tests"] for claim in found["claims"] if claim["name"] == "where-fear-is-low")
    assert mixed["separator"]["name"] == "fear"
    assert found["opposed"][0] == {
        "measure": "`arms`",
        "one": "fear-feeds",
        "other": "fear-calms",
        "one_says": "raising `fear` raises `arms`",
        "other_says": "raising `fear` lowers `arms`",
        "is_across": False,
    }
    assert found["documents"][0]["counts"]["contradicted"] == 1
    for claim in found["claims"]:
        for test in claim["tests"]:
            assert test["holds"] + test["fails"] + test["nothing"] == pytest.approx(1.0)


def test_test_prints_answer_effect_and_shares(rivals: Path) -> None:
    shown = call("test", rivals, *SMALL).output
    assert "rivals: 6 expectations, 96 worlds × 8 replications, seed 1" in shown
    assert re.search(
        r"holds +fear-feeds: raising `fear` raises `arms`\n +\d+\s±\s\d+ missiles?; each world alone: .*0.% fail",
        shown,
    )
    assert "no path leads from the one to the other" in shown
    assert "where `fear` is at most" in " ".join(shown.split())
    assert shown.rstrip().endswith(
        "7 claims: 1 borne out, 1 contradicted, 1 mixed, 1 no visible effect, 1 not represented, 2 open"
    )


def test_the_same_seed_gives_the_same_answers(rivals: Path) -> None:
    first, second, other = (
        call("test", rivals, *SMALL, "--seed", seed, "--json", "--threads", threads).output
        for seed, threads in (("4", "1"), ("4", "2"), ("5", "1"))
    )
    assert first == second
    assert first != other


def test_check_reports_wrong_claims_at_their_place(rivals: Path) -> None:
    path = rivals / "claims.yaml"
    path.write_text(
        CLAIMS.replace("bears_on: [trust]", "bears_on: [trusst]").replace("passage: p9.s3", "passage: page 9")
    )
    result = call("check", rivals)
    assert result.exit_code == 1
    assert "rivals/claims.yaml:41:14: error: `page 9` is not an address" in result.output
    path.write_text(CLAIMS.replace("bears_on: [trust]", "bears_on: [trusst]"))
    found = json.loads(call("check", rivals, "--json").output)["problems"]
    assert [(p["code"], p["line"], p["help"]) for p in found] == [("unknown-name", 44, "did you mean `trust`?")]
    ran = call("test", rivals, *SMALL)
    assert ran.exit_code == 1
    assert "Traceback" not in ran.output


def test_check_claims_lists_what_the_evidence_lacks(rivals: Path, tmp_path: Path) -> None:
    shown = call("check", rivals, "--claims", "--sources", tmp_path / "shelf").output
    assert "2 uncertainties and values without a claim or fact" in shown
    assert "detection (uncertainty): inspectors say little" in shown
    assert "1 claim that nothing represents\n  dread-arms" in shown
    assert "2 of 7 claims open" in shown
    assert "fear-feeds: raising `fear` raises `arms`; fear-calms: raising `fear` lowers `arms`" in shown
    assert re.search(r"\d+ passages that look like claims and have none\n  freeze p\d", shown)
    found = json.loads(call("check", rivals, "--claims", "--json").output)
    assert found["problems"] == []
    assert found["claims"]["absent"] == ["freeze"]
    assert found["claims"]["uncovered"] == []


def test_sources_without_the_documents(rivals: Path) -> None:
    result = call("sources", rivals)
    assert result.exit_code == 0
    assert "  not at hand" in result.output
    assert result.stdout.rstrip().endswith("found 0, moved 0, changed 0, lost 0")
    assert result.stderr == "the documents' folder is given with --sources DIR\n"
    elsewhere = call("sources", rivals, STANDOFF_SOURCES="nowhere")
    assert elsewhere.exit_code == 2
    assert "STANDOFF_SOURCES says that the documents are in `nowhere`, and there is no such folder" in elsewhere.stderr


def test_sources_anchors_and_finds_again(rivals: Path, tmp_path: Path) -> None:
    shelf = tmp_path / "shelf"
    before = call("sources", rivals, "--sources", shelf).output
    assert "7 claims without an anchor" in before
    made = call("sources", rivals, "--sources", shelf, "--anchor")
    assert made.exit_code == 0
    assert made.output.rstrip().endswith("found 7, moved 0, changed 0, lost 0")
    assert all(claim.anchor is not None for claim in load_ledger(rivals).claims)
    article = shelf / "article.txt"
    text = article.read_text(encoding="utf-8")
    cheat = next(line for line in text.splitlines() if line.startswith("The northern side"))
    article.write_text(text.replace("That is why the", f"{cheat}\n\nThat is why the"), encoding="utf-8")
    moved = call("sources", rivals, STANDOFF_SOURCES=str(shelf)).output
    assert moved.rstrip().endswith("found 0, moved 7, changed 0, lost 0")
    assert re.search(r"moved +fear-feeds +p3.s1 → p4.s1 +confidence", moved)
    rows = json.loads(call("sources", rivals, "--sources", shelf, "--json").output)["documents"][0]["anchors"]
    assert {row["state"] for row in rows} == {"moved"}


def test_a_folder_of_sources_in_the_study_comes_first(rivals: Path, tmp_path: Path) -> None:
    shutil.copytree(tmp_path / "shelf", rivals / "sources")
    shown = call("sources", rivals, STANDOFF_SOURCES=str(tmp_path / "nowhere")).output
    assert "at hand: article.txt" in shown


def test_a_document_that_cannot_be_read_is_one_error(rivals: Path, tmp_path: Path) -> None:
    (tmp_path / "shelf" / "article.txt").write_bytes(bytes(range(256)) * 20)
    result = call("sources", rivals, "--sources", tmp_path / "shelf")
    assert result.exit_code == 1
    assert result.output.count("error:") == 1
    assert "[document-unreadable]" in result.output


def test_passages_are_numbered_and_found() -> None:
    shown = call("passages", ARTICLE).output
    assert "(heading) The Price of Waiting" in shown
    assert re.search(r"^p3\.s1 +Start with fear\.$", shown, re.MULTILINE)
    found = call("passages", ARTICLE, "--find", "four MINUTES", "--json").output
    assert [row["address"] for row in json.loads(found)["passages"]] == ["p7.s2"]
    assert (
        "no passage of article.txt holds all of these words: zeppelin"
        in call("passages", ARTICLE, "--find", "zeppelin").output
    )


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"\x00\x01\x02" * 500, "document-unreadable"), (b"", "document-unreadable"), (None, "file-missing")],
)
def test_passages_of_what_is_no_document(tmp_path: Path, content: bytes | None, code: str) -> None:
    path = tmp_path / "thing.html"
    if content is not None:
        path.write_bytes(content)
    result = call("passages", path)
    assert result.exit_code == 1
    assert result.output.count("error:") == 1 and f"[{code}]" in result.output


def test_annotate_marks_claims_and_what_has_none(rivals: Path, tmp_path: Path) -> None:
    shelf = tmp_path / "shelf"
    article = shelf / "article.txt"
    text = article.read_text(encoding="utf-8").replace("Some in the southern", "Some (1 < 2 & 3) in the")
    article.write_text(text, encoding="utf-8")
    claims = (rivals / "claims.yaml").read_text(encoding="utf-8")
    (rivals / "claims.yaml").write_text(claims.replace("Frightened neighbours", "Frightened <script>x</script>"))
    result = call("annotate", rivals, "--sources", shelf, "--out", tmp_path / "pages", *SMALL)
    assert result.exit_code == 0, result.output
    page = (tmp_path / "pages" / "freeze.html").read_text(encoding="utf-8")
    assert result.output == f"wrote {tmp_path / 'pages' / 'freeze.html'}\n"
    assert re.search(r'<span class="claimed m-borne" id="p3\.s1">Start with fear\.</span>', page)
    assert page.count('<li id="c') == 7
    for word in ("borne out", "contradicted", "mixed", "no visible effect", "not represented", "open"):
        assert f"<b>{word}</b>" in page
    assert re.search(r'<span class="grey" id="p\d+\.s\d+" title="p\d+\.s\d+ looks like a claim: ', page)
    assert "<script" not in page and "Frightened &lt;script&gt;x" in page and "Some (1 &lt; 2 &amp; 3) in the" in page
    assert not re.search(r'(?:src|href)="(?!#|https://example\.org|data:)', page)


def test_annotate_says_what_is_lost(rivals: Path, tmp_path: Path) -> None:
    shelf = tmp_path / "shelf"
    call("sources", rivals, "--sources", shelf, "--anchor")
    article = shelf / "article.txt"
    text = article.read_text(encoding="utf-8")
    gone = next(line for line in text.splitlines() if line.startswith("The northern side"))
    own = next(line for line in text.splitlines() if line.startswith("What, then,"))
    article.write_text(text.replace(own, "").replace(gone, ""), encoding="utf-8")
    call("annotate", rivals, "--sources", shelf, "--out", tmp_path / "pages", *SMALL)
    page = (tmp_path / "pages" / "freeze.html").read_text(encoding="utf-8")
    lost = page[page.index("Not found in this text") : page.index('<div class="row">')]
    assert "shame" in lost and "is not in this text" in lost
    assert lost.count("<li") == 1


@pytest.mark.parametrize("inside", ["", "pages", "a/b"])
def test_annotate_never_writes_into_a_study(rivals: Path, tmp_path: Path, inside: str) -> None:
    before = sorted(rivals.rglob("*"))
    result = call("annotate", rivals, "--sources", tmp_path / "shelf", "--out", rivals / inside)
    assert result.exit_code == 2
    assert "is inside the study, which never carries other people's text" in result.output
    assert sorted(rivals.rglob("*")) == before


@pytest.mark.parametrize(
    ("arguments", "said", "code"),
    [
        (("test", "korae"), "did you mean `korea`?", 1),
        (("test", "rivals", "--worlds", "1"), "1 is not in the range x>=2", 2),
        (("annotate", "rivals"), "Missing option '--out'", 2),
        (("annotate", "rivals", "--out", "pages"), "give their folder with --sources DIR", 2),
        (("sources", "template"), "no study or folder is named `template`", 1),
        (("sources", "rivals", "--renew"), "--renew goes with --anchor", 2),
        (("sources", "rivals", "--anchor"), "give it with --sources DIR", 2),
        (("sources", "rivals", "--sources", "nowhere"), "does not exist", 2),
    ],
)
def test_wrong_commands_say_what_to_do(
    arguments: tuple[str, ...], said: str, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = call(*arguments)
    assert (result.exit_code, said in result.output) == (code, True), result.output
    assert list(tmp_path.iterdir()) == []


def test_the_korean_anchors_are_found() -> None:
    if not ARTICLES.is_dir():
        pytest.skip("the two articles are not at hand: set STANDOFF_SOURCES to their folder")
    shown = call("sources", "korea", "--sources", ARTICLES).output
    ledger = load_ledger("korea")
    assert len(ledger.claims) >= 26
    assert sum(bool(claim.expect) for claim in ledger.claims) >= 20
    assert shown.rstrip().endswith(f"found {len(ledger.claims)}, moved 0, changed 0, lost 0")


def test_check_refuses_a_pipe_for_a_document_and_a_passage_beyond_its_end(rivals: Path, tmp_path: Path) -> None:
    shelf, claims = tmp_path / "shelf", rivals / "claims.yaml"
    assert call("check", rivals, "--sources", shelf).exit_code == 0
    claims.write_text(CLAIMS.replace("passage: p9.s3", "passage: p900.s3"), encoding="utf-8")
    beyond = call("check", rivals, "--sources", shelf)
    assert beyond.exit_code == 1
    assert "`freeze` has no passage `p900.s3`" in beyond.output
    assert "claims.yaml:" in beyond.output
    (shelf / "article.txt").unlink()
    os.mkfifo(shelf / "article.txt")
    claims.write_text(CLAIMS, encoding="utf-8")
    piped = call("check", rivals, "--sources", shelf)
    assert piped.exit_code == 1
    assert "the document `article.txt` is not a plain file, but a pipe" in piped.output
