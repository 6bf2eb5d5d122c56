"""PDF, .docx, EPUB, TEI and e-mail as documents: paragraphs in order, apparatus set aside, hostile files refused."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from standoff.base.problems import StudyError
from standoff.evidence.reading.documents import Document, read_document
from standoff.evidence.reading.passages import parse_address, text_at

FIRST = "The ministry said that the talks would go on in the spring. Nobody believed it."
SECOND = "The delegation left the capital on the following day, and the markets fell by a tenth within hours of it."


def read(folder: Path, name: str, data: bytes) -> Document:
    (folder / name).write_bytes(data)
    return read_document(folder / name)


def zipped(entries: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in entries.items():
            file.writestr(name, text)
    return out.getvalue()


def pdf(pages: list[list[str]]) -> bytes:
    """A small PDF: one line of text below the other."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    kids = []
    for lines in pages:
        shown = " ".join(f"({line}) Tj 0 -14 Td" for line in lines)
        stream = f"BT /F1 10 Tf 50 780 Td {shown} ET"
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
        kids.append(f"{len(objects) + 1} 0 R")
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> "
            f"/Contents {len(objects)} 0 R >>"
        )
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(pages)} >>"
    body = "%PDF-1.4\n"
    places = []
    for k, text in enumerate(objects, 1):
        places.append(len(body))
        body += f"{k} 0 obj\n{text}\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    return (
        f"{body}xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
        f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF\n"
    ).encode("latin-1")


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def word(inner: str) -> bytes:
    return zipped({
        "[Content_Types].xml": "<Types/>",
        "word/document.xml": f"<w:document {W}><w:body>{inner}</w:body></w:document>",
        "docProps/core.xml": '<c:p xmlns:c="x" xmlns:dc="d" xmlns:t="t"><dc:title>A report</dc:title>'
        "<dc:creator>Ada</dc:creator><t:created>2024-05-06T00:00:00Z</t:created></c:p>",
    })  # fmt: skip


def run(text: str, style: str = "") -> str:
    return f"<w:r>{style}<w:t>{text}</w:t></w:r>"


def test_a_pdf_is_read_in_paragraphs_and_words_cut_at_a_line_are_joined(tmp_path: Path) -> None:
    head = "Institute of Standing Off"
    lines = [
        "The ministry said that the talks would go on in the spring and in the sum-",
        "mer too. Nobody in the house believed it.",
        "The delegation left the capital on the following day, and the markets then fell",
        "by a tenth within hours of it, more than the others had.",
    ]
    places = ("north", "south", "west")
    pages = [[head, *(line.replace("the", place) for line in lines), f"page {place}"] for place in places]
    found = read(tmp_path, "a.pdf", pdf([[*page[:-1], f"page {n}"] for n, page in enumerate(pages)]))
    assert found.body[0].text.endswith("in north spring and in north summer too. Nobody in north house believed it.")
    assert text_at(found, parse_address("p2.s1")).startswith("The delegation left north capital")
    assert head in [b.text for b in found.blocks if b.kind != "body" and b.kind == "navigation"]
    assert len(found.body) == 6


def test_a_pdf_of_pictures_says_so(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="without text, as a scan is"):
        read(tmp_path, "a.pdf", pdf([[]]))


def test_word_keeps_paragraphs_and_leaves_out_what_was_deleted(tmp_path: Path) -> None:
    deleted = "<w:del><w:r><w:delText>not </w:delText></w:r></w:del>"
    found = read(tmp_path, "a.docx", word(
        f'<w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr>{run("What they said then and what it meant for us")}</w:p>'
        f"<w:p>{run(FIRST)}{deleted}{run(' Gone.', '<w:rPr><w:strike/></w:rPr>')}</w:p><w:p>{run(SECOND)}</w:p>"
    ))  # fmt: skip
    assert [b.text for b in found.body] == [FIRST, SECOND]
    assert next(b.kind for b in found.blocks if b.kind != "body") == "heading"
    assert (found.metadata.title, found.metadata.author, found.metadata.date) == ("A report", "Ada", "2024-05-06")


def test_an_epub_is_read_in_the_order_of_its_spine(tmp_path: Path) -> None:
    page = '<html xmlns="http://www.w3.org/1999/xhtml"><body><h1>One</h1><p>{}</p></body></html>'
    found = read(tmp_path, "a.epub", zipped({
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<container><rootfiles><rootfile full-path="o/p.opf"/></rootfiles></container>',
        "o/p.opf": '<package xmlns:dc="d"><metadata><dc:title>Book</dc:title></metadata><manifest>'
        '<item id="b" href="b.xhtml" media-type="application/xhtml+xml"/>'
        '<item id="a" href="t/a%20a.xhtml" media-type="application/xhtml+xml"/></manifest>'
        '<spine><itemref idref="a"/><itemref idref="b"/></spine></package>',
        "o/b.xhtml": page.format(SECOND), "o/t/a a.xhtml": page.format(FIRST),
    }))  # fmt: skip
    assert [b.text for b in found.body] == [FIRST, SECOND]
    assert found.metadata.title == "Book"


def test_tei_is_read_as_its_editor_would_have_it(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "a.xml",
        f"""<?xml version="1.0"?>
<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader><fileDesc><titleStmt><title>Letter</title><author>Bo</author>
</titleStmt><publicationStmt><publisher>Press</publisher><date when="1912-03">March</date></publicationStmt></fileDesc>
</teiHeader><text><body><head>To whom it may concern in the capital</head>
<p>The ministry said that the talks would go on in the <choice><sic>sprung</sic><corr>spring</corr></choice>.
<note>So in all copies.</note> Nobody be<lb break="no"/>lieved it.</p><p>{SECOND}</p></body></text></TEI>""".encode(),
    )
    assert [b.text for b in found.body] == [FIRST, SECOND]
    assert any(b.text == "So in all copies." for b in found.blocks if b.kind != "body")
    assert (found.metadata.title, found.metadata.author, found.metadata.date) == ("Letter", "Bo", "1912-03")


def test_an_email_is_read_without_what_it_answers(tmp_path: Path) -> None:
    text = (
        f"{FIRST}\n\n{SECOND}\n\n"
        "On Monday Bo <bo@example.org> wrote:\n> You said so and I did not.\n\n-- \nAda, Institute"
    )
    found = read(tmp_path, "a.eml", (
        "From: Ada Lovelace <ada@example.org>\r\nTo: bo@example.org\r\nSubject: =?utf-8?q?The_talks=C2=A0?=\r\n"
        "Date: Tue, 14 May 2024 10:00:00 +0000\r\nMessage-ID: <1@example.org>\r\nMIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n\r\n" + text
    ).encode())  # fmt: skip
    assert [b.text for b in found.body] == [FIRST, SECOND]
    assert (found.metadata.author, found.metadata.date) == ("Ada Lovelace", "2024-05-14")
    assert any("You said so" in b.text for b in found.blocks if b.kind != "body")


BOMB = '<!DOCTYPE TEI [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><TEI><text><p>&b;</p></text></TEI>'
HOSTILE: dict[str, tuple[bytes | dict[str, str], str]] = {
    "cut.pdf": (pdf([[FIRST]])[:60], "no sound PDF"),
    "cut.docx": (word(f"<w:p>{run(FIRST)}</w:p>")[:200], "no sound zip"),
    "other.docx": ({"a.txt": "x"}, "neither a .docx nor an EPUB"),
    "broken.docx": ({"word/document.xml": "<a><b></a>"}, "not well-formed XML"),
    "empty.docx": (word(""), "no paragraph"),
    "bomb.xml": (BOMB.encode(), "declares entities"),
    "deep.xml": (("<TEI>" + "<p>" * 100_000).encode(), "not well-formed XML"),
    "large.docx": ({"word/document.xml": " " * 120_000_000}, "unpacks to more than"),
    "many.docx": ({f"{k}": "" for k in range(5_001)}, "at most 5,000 are read"),
    "package.epub": ({"META-INF/container.xml": "<container/>"}, "names no package"),
    "lacking.epub": (
        {"META-INF/container.xml": '<container><rootfile full-path="a.opf"/></container>'}, "lacks `a.opf`",
    ),
    "nothing.eml": (b"From: a@b.c\r\nMessage-ID: <1>\r\nContent-Type: image/png\r\n\r\nxx", "without a text"),
}  # fmt: skip
"""Files, and what is said of them; what stands in a zip is packed when a test asks for it."""


@pytest.mark.parametrize("name", HOSTILE)
def test_what_cannot_be_read_is_refused_with_its_reason(name: str, tmp_path: Path) -> None:
    data, said = HOSTILE[name]
    with pytest.raises(StudyError) as refused:
        read(tmp_path, name, data if isinstance(data, bytes) else zipped(data))
    assert said in refused.value.problems[0].message
