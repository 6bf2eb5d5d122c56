"""Pages as browsers show them: broken markup, marks, what is hidden, and tables that hold an article."""

import pytest

from standoff.evidence.reading.documents import Document, read_document_text

FIRST = "The harbour was closed for the whole winter, and the pilots went inland to look for work. Nobody paid them."
LAST = (
    "In spring the buoys were laid again, and the first freighter came in on a Sunday. The town turned out to see it."
)


def page(*pieces: str, head: str = "", language: str = "en") -> Document:
    body = "".join((f"<p>{FIRST}</p>", *pieces, f"<p>{LAST}</p>"))
    return read_document_text(
        f"<!doctype html><html lang={language}><head><title>The harbour</title>{head}</head><body><article>"
        f"<h1>The harbour</h1>{body}</article></body></html>"
    )


def between(*pieces: str, head: str = "", language: str = "en") -> list[str]:
    """The body's paragraphs that stand between the first and the last."""
    body = [block.text for block in page(*pieces, head=head, language=language).body]
    assert (body[0], body[-1]) == (FIRST, LAST)
    return body[1:-1]


@pytest.mark.parametrize(
    ("markup", "shown"),
    [
        ("an area of 40 km<sup>2</sup> and 10<sup>-3</sup> of it", "an area of 40 km² and 10⁻³ of it"),
        ("CO<sub>2</sub> and the 19<sup>th</sup> century", "CO₂ and the 19th century"),
        ('as was said.<sup><a href="#fn4">4</a></sup> And more', "as was said.[4] And more"),
        ('as was said.<a href="#fn4"><sup>4</sup></a> And more', "as was said.[4] And more"),
        ('as was said<sup class="footnote">[4]</sup> by some', "as was said[4] by some"),
        ("as was said<sup>*</sup> by some", "as was said[*] by some"),
        ("growth of e<sup>rt</sup> a year", "growth of e^rt a year"),
        ("the <ruby>港<rp>(</rp><rt>みなと</rt><rp>)</rp></ruby> was shut", "the 港 was shut"),
        ("it was <del>seven</del><ins>eight</ins> ships", "it was eight ships"),
        ("it was <s>seven</s> <strike>six</strike> eight ships", "it was eight ships"),
        ('it was <span style="text-decoration: line-through">seven</span> eight ships', "it was eight ships"),
        ("they wrote <q>come <q>soon</q> home</q> to us", "they wrote “come ‘soon’ home” to us"),
        ('on <time datetime="2024-05-04">Saturday</time> at noon', "on Saturday at noon"),
        ("<label>a fee</label> of <output>5</output> <progress>half</progress> crowns", "a fee of 5 half crowns"),
        ('a <span class="share">share</span> of it <span class="ad">all</span>', "a share of it all"),
        ('ten<span style="display: none">twelve</span> ships', "ten ships"),
        ("ten<template>twelve</template><noscript>or more</noscript> ships", "ten ships"),
        ("co\u00adoperation of the\u00a0two\u200b sides", "cooperation of the two sides"),
    ],
)
def test_inline_marks(markup: str, shown: str) -> None:
    start, end = "The pilots of the town said without delay that", ", and that all of it was settled long before May."
    assert between(f"<p>{start} {markup}{end}</p>") == [f"{start} {shown}{end}"]


def test_quotations_have_the_marks_of_the_language() -> None:
    text = "Sie schrieben <q>kommt bald</q> an alle, die noch im Hafen warteten und auf Nachricht hofften."
    assert between(f"<p>{text}</p>", language="de") == [text.replace("<q>", "„").replace("</q>", "“")]


HIDDEN = "This is a whole sentence that nobody who looks at the page can see, and that is no part of it."


@pytest.mark.parametrize(
    "markup",
    [
        "<p hidden>{}</p>",
        '<p style="color: red; display:none">{}</p>',
        '<p style="VISIBILITY: hidden">{}</p>',
        '<div aria-hidden="true"><p>{}</p></div>',
        "<div hidden><div><p>{}</p></div></div>",
        "<dialog><p>{}</p></dialog>",
        "<template><p>{}</p></template>",
        "<noscript><p>{}</p></noscript>",
        '<p class="note off">{}</p>',
        '<section id="gone"><p>{}</p></section>',
        "<!-- <p>{}</p> -->",
        "<p><del>{}</del></p>",
        "<script>document.write('<p>{}</p>')</script>",
    ],
)
def test_what_is_not_shown_is_left_out(markup: str) -> None:
    rules = "/* .a { */ .off, .b { display: none } #gone{display:none} @media print { .c { display: none } }"
    document = page(markup.format(HIDDEN), head=f"<style>{rules}</style>")
    assert [block.text for block in document.body] == [FIRST, LAST]
    assert all(HIDDEN not in block.text for block in document.blocks)


@pytest.mark.parametrize(
    "markup",
    [
        "<details><summary>More</summary><p>{}</p></details>",
        '<p class="c">{}</p>',
        '<p class="share">{}</p>',
        "<h3>{}</h3>",
        "<p>{}",
        "<p><b><i>{}</b></i></p>",
        "<div>{}</div>",
        "<p>{}</div></span></p>",
        "<h2>A line</h3><p>{}</p>",
        "<blockquote>{}</blockquote>",
        "<p><a>{}",
        "<p><font><center>{}</p></font>",
    ],
)
def test_what_is_shown_is_read_however_it_is_marked(markup: str) -> None:
    text = "The owners of the quay asked for a loan in spring. The bank was slow to answer them, and then said no."
    style = "<style>@media print { .c { display: none } }</style>"
    assert text in [block.text for block in page(markup.format(text), head=style).body]


ARTICLE = f"<h1>The harbour</h1><p>{FIRST}</p><p>{LAST}</p>"


@pytest.mark.parametrize(
    "body",
    [
        f'<table><tr><td><a href="/">Home</a></td><td>{ARTICLE}</td><td><a href="/b">Next</a></td></tr></table>',
        f"<table><tr><td><table><tr><td>{ARTICLE}</td></tr></table></td></tr></table>",
        f"<table><tr><td>Menu</td></tr><tr><td>{FIRST}<br><br>{LAST}</td></tr></table>",
        f'<table role="presentation"><tr><td>{ARTICLE}</td></tr></table>',
        f"<table><p>{FIRST}</p><p>{LAST}</p><tr><td>Menu</td></tr></table>",
    ],
)
def test_an_article_that_a_table_lays_out(body: str) -> None:
    document = read_document_text(f"<html><head><title>The harbour</title></head><body>{body}</body></html>")
    assert [block.text for block in document.body] == [FIRST, LAST]


def test_a_table_of_figures_is_no_body() -> None:
    row = "<tr><td>2021</td><td>14 ships</td></tr>"
    document = page(f"<table><tr><th>Year</th><th>Ships</th></tr>{row * 30}</table>")
    assert [block.text for block in document.body] == [FIRST, LAST]
    assert {block.kind for block in document.blocks if block.kind != "body"} == {"title", "table"}


def test_a_fragment_of_a_page_and_markdown_with_tags_are_told_apart() -> None:
    fragment = f"<p>{FIRST}</p><p>{LAST}</p><p>The end of the matter was a long letter.</p>"
    assert len(read_document_text(fragment).body) == 3
    mixed = f"## The harbour\n\n{FIRST}\n\n<p>A box.</p><br><br>\n\n**{LAST}**\n"
    assert [block.text for block in read_document_text(mixed).body] == [FIRST, "A box.", LAST]
    front = f"---\ntitle: The harbour\n---\n\n<p>{FIRST}</p>\n<p>{LAST}</p>\n<br>\n"
    assert read_document_text(front).metadata.title == "The harbour"
