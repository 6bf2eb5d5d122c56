import time
from pathlib import Path

import pytest
from evidence_edits import as_markdown, as_page
from evidence_texts import OWN

from standoff.base.problems import StudyError
from standoff.evidence.reading.documents import MOST_DOCUMENT_BYTES, Document, read_document, read_document_text
from standoff.evidence.reading.kinds import is_dated
from standoff.evidence.reading.metadata import written_date

TEXT = OWN.read_text(encoding="utf-8")


def kinds(document: Document) -> dict[str, int]:
    found = [block.kind for block in document.blocks]
    return {kind: found.count(kind) for kind in found}


def code_of(path: Path) -> tuple[str, str]:
    with pytest.raises(StudyError) as caught:
        read_document(path)
    assert len(caught.value.problems) == 1
    return caught.value.problems[0].code, caught.value.problems[0].message


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return path


def test_plain_text_is_cut_into_body_and_what_is_set_aside() -> None:
    document = read_document(OWN)
    assert kinds(document) == {
        "title": 2,
        "caption": 1,
        "body": 14,
        "pull quote": 1,
        "heading": 1,
        "comment box": 3,
        "copyright": 1,
    }
    assert [block.paragraph for block in document.body] == list(range(1, 15))
    assert document.metadata.title == "Two Rivals and a Freeze: What Would Have to Be True"
    assert document.metadata.publisher == "Bulletin of Invented Affairs"
    assert document.metadata.date == "2025"


def test_the_first_article(articles: list[Path]) -> None:
    document = read_document(articles[0])
    assert len(document.body) == 7
    assert {"title": 2, "caption": 1, "pull quote": 1, "heading": 1, "copyright": 1}.items() <= kinds(document).items()
    assert document.metadata.title is not None
    assert document.metadata.title.startswith("North Korea’s Bold Turn Toward Russia")
    assert (document.metadata.publisher, document.metadata.date) == ("Global Security Wire", "2025")


def test_the_second_article(articles: list[Path]) -> None:
    document = read_document(articles[1])
    assert len(document.body) == 15
    said = document.metadata
    assert said.title == "Will Trump’s ‘tough love’ on Kim yield results or backfire?"
    assert (said.author, said.publisher, said.date, said.language) == (
        "Imran Khalid",
        "thehill.com",
        "2025-02-13",
        "en",
    )
    assert said.url == "https://thehill.com/opinion/5139915-north-korea-denuclearization-trump-second-term/"
    assert len(document.references) == 11
    assert all(
        link.url.startswith("https://") and link.text in paragraph_of(document, link.text)
        for link in document.references
    )


def paragraph_of(document: Document, words: str) -> str:
    return next(block.text for block in document.body if words in block.text)


def test_articles_as_pages_and_markdown_have_the_same_paragraphs(articles: list[Path]) -> None:
    for path in articles:
        text = path.read_text(encoding="utf-8")
        body = [block.text for block in read_document(path).body]
        assert [block.text for block in read_document_text(as_page(text)).body] == body
        assert [block.text for block in read_document_text(as_markdown(text)).body] == body


def test_a_page_gives_body_metadata_and_everything_else_under_its_name() -> None:
    page = as_page(TEXT).replace("</head>", '<meta name="author" content="Ann Other"></head>')
    document = read_document_text(page)
    assert [block.text for block in document.body] == [block.text for block in read_document(OWN).body]
    found = kinds(document)
    assert (found["title"], found["caption"], found["pull quote"], found["heading"]) == (1, 1, 1, 1)
    assert {"navigation", "advert", "comment box", "copyright"} <= set(found)
    assert document.metadata.title == "Two Rivals and a Freeze: What Would Have to Be True"
    assert (document.metadata.publisher, document.metadata.author, document.metadata.language) == (
        "A Site",
        "Ann Other",
        "en",
    )


def test_links_of_the_body_are_kept_as_references() -> None:
    text = "# A heading\n\nThe ports live on [northern trade](https://example.org/trade), as all know well.\n"
    (link,) = read_document_text(text).references
    assert (link.text, link.url) == ("northern trade", "https://example.org/trade")


def test_words_joined_to_a_link_are_parted_from_it() -> None:
    text = "For southerners,[the old line](https://example.org/a)means the quarrel over [port](https://example.org/b)s."
    assert read_document_text(text).body[0].text == "For southerners, the old line means the quarrel over ports."


@pytest.mark.parametrize("fence", ["---", "+++"])
def test_front_matter_of_either_kind(fence: str) -> None:
    sign = ":" if fence == "---" else " ="
    lines = [f'title{sign} "A title"', f'author{sign} "Ann Other"', f'date{sign} "13 February 2025"']
    text = "\n".join([fence, *lines, f'site{sign} "A Site"', fence, "", "The body is one sentence that ends here."])
    said = read_document_text(text).metadata
    assert (said.title, said.author, said.date, said.publisher) == ("A title", "Ann Other", "2025-02-13", "A Site")


def test_front_matter_runs_nothing_and_follows_no_alias() -> None:
    front = "title: A title\na: &a [x, x]\nb: [*a, *a]\nc: !!python/object/apply:os.getcwd []"
    text = f"---\n{front}\n---\n\nOne sentence ends here.\n"
    assert read_document_text(text).metadata.title == "A title"


def test_a_header_of_a_plain_text_is_metadata() -> None:
    text = (
        "Title: A note\nAuthor: Ann Other\nDate: 3 March 2024\n\nThe body is one sentence.\n\nAnd here is another one."
    )
    document = read_document_text(text)
    assert (document.metadata.title, document.metadata.author, document.metadata.date) == (
        "A note",
        "Ann Other",
        "2024-03-03",
    )
    assert len(document.body) == 2


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2025-02-13 04:31:13", "2025-02-13"),
        ("13 February 2025", "2025-02-13"),
        ("Feb. 13, 2025", "2025-02-13"),
        ("Thursday, February 13th, 2025", "2025-02-13"),
        ("January 2025", "2025-01"),
        ("spring 2025", None),
        ("", None),
    ],
)
def test_dates_are_written_alike(text: str, date: str | None) -> None:
    assert written_date(text) == date


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_quotes_and_dashes_survive_every_encoding(tmp_path: Path, encoding: str) -> None:
    document = read_document(write(tmp_path, "a.txt", TEXT.encode(encoding)))
    assert [block.text for block in document.body] == [block.text for block in read_document(OWN).body]
    assert "“We arm against shadows,”" in document.body[2].text
    assert "one—provided" in document.body[1].text


def test_a_page_is_read_in_the_encoding_it_declares(tmp_path: Path) -> None:
    body = "<p>Обе столицы говорят, что гонку начала другая сторона, и строят дальше.</p>" * 5
    page = f'<html><head><meta charset="windows-1251"><title>t</title></head><body>{body}</body></html>'
    document = read_document(write(tmp_path, "a.html", page.encode("cp1251")))
    assert document.body[0].text.startswith("Обе столицы говорят")


def test_line_ends_of_any_system(tmp_path: Path) -> None:
    for ends in ("\r\n", "\r"):
        document = read_document(write(tmp_path, "a.txt", TEXT.replace("\n", ends)))
        assert len(document.body) == 14


def test_a_web_archive(tmp_path: Path) -> None:
    page = as_page(TEXT).encode("utf-8")
    head = (
        b"From: <Saved by Blink>\r\nSnapshot-Content-Location: https://example.org/a/freeze\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/related; type="text/html"; boundary="X"\r\n\r\n--X\r\nContent-Type: text/html\r\n'
        b"Content-Transfer-Encoding: 8bit\r\n\r\n"
    )
    document = read_document(write(tmp_path, "a.mhtml", head + page + b"\r\n--X--\r\n"))
    assert len(document.body) == 14
    assert document.metadata.url == "https://example.org/a/freeze"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (bytes(range(256)) * 40, "not text"),
        (b"%PDF-1.7 and more", "no sound PDF"),
        (b"PK\x03\x04 and more", "no sound zip archive"),
        (b"\xff\xfe" + b"\x00\xd8" * 9, "UTF-16"),
        (b"\x00" * 5000, "not text"),
        (b"bplist00 and more", "web archive"),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=X\n\n--X\n", "web archive"),
        (b"", "no paragraph"),
        (b"<html><body><nav>Home</nav></body></html>", "no paragraph"),
    ],
)
def test_what_is_no_document_gets_one_error(tmp_path: Path, content: bytes, says: str) -> None:
    code, message = code_of(write(tmp_path, "a.bin", content))
    assert code == "document-unreadable"
    assert says in message


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large.txt"
    with path.open("wb") as file:
        file.truncate(100_000_000_000)  # a hole: to read it would take more memory than there is
    code, message = code_of(path)
    assert (code, f"{MOST_DOCUMENT_BYTES:,}" in message) == ("file-too-large", True)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert code_of(tmp_path / "none.txt")[0] == "file-missing"
    assert code_of(tmp_path)[0] == "file-unreadable"


PARAGRAPH = "The staffs count launchers, and each count is a reason for more of them. " * 8
HOSTILE = {
    "deep": "<html><body>" + "<div>" * 50_000 + f"<p>{PARAGRAPH}</p>" + "</div>" * 50_000,
    "attributes": "<p " + " ".join(f"a{i}=1" for i in range(100_000)) + f">{PARAGRAPH}</p><p>x</p><p>y</p>",
    "quoted attributes": "<p " + " ".join(f'a{i}=">"' for i in range(60_000)) + f">{PARAGRAPH}</p><p>x</p><p>y</p>",
    "unclosed": f"<html><body><p>{PARAGRAPH}" + "<p>a</b></i><span>" * 30_000,
    "open quotes": f"<html><body><p>{PARAGRAPH}</p>" + '<a href="' * 60_000,
    "tables": f"<html><body><p>{PARAGRAPH}</p>" + "<table><tr><td>" * 20_000,
    "script": f"<html><body><script>{'<p>' * 99_999}</script><p>{PARAGRAPH}</p></body></html>",
    "entities": "<html><body><p>" + "&amp;" * 100_000 + f"</p><p>{PARAGRAPH}</p></body></html>",
    "brackets": f"# Title\n\n{PARAGRAPH}\n\n" + "[" * 50_000,
    "no spaces": PARAGRAPH + "x" * 900_000,
    "many dots": PARAGRAPH + ". " * 300_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_read_or_refused_in_good_time(tmp_path: Path, name: str) -> None:
    path = write(tmp_path, "a.txt", HOSTILE[name])
    start = time.process_time()
    try:
        document = read_document(path)
    except StudyError as error:
        assert [problem.code for problem in error.problems] == ["document-unreadable"]
    else:
        assert document.body
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    ("line", "dated"),
    [("Agency | 2025-12-30 00:00 |", True), ("hong@example.org (END)", True), ("(END)", True),
     ("Ask hong@example.org how many came and what they said of it all", False), ("War | Peace", False)],
)  # fmt: skip
def test_who_wrote_and_when_is_known_by_its_form(line: str, dated: bool) -> None:
    assert is_dated(line) is dated
