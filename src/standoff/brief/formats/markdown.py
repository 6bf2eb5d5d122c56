"""The page as Markdown: the same sections, sentences and tables, with the long tables at the end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from standoff.brief.page import Page
from standoff.brief.section import Picture, Table
from standoff.brief.sections.first_screen import glance_table

__all__ = ["escape_markdown", "render_markdown"]

_MOST_WORDS, _OF_FRAME = 800, 110
"""Of the short text, and of these what its frame takes."""
_MOST_ROWS = 15
"""A table with more rows than this stands at the end."""
_MARKS = re.compile(r"([\\`*_\[\]<>|~])")
_LINE_STARTS = re.compile(r"^(\s*)([#+-]|\d+[.)])(?=\s)")
_SPACES = re.compile(r"[ \t\r\n]+")  # not those that keep numbers and units together
_ENTITY = re.compile(r"&(?=#?\w+;)")


def render_markdown(page: Page, *, is_whole: bool = False) -> str:
    """The page in CommonMark with pipe tables (GitHub's), without a mark of HTML.

    Args:
        page: To write.
        is_whole: With the workings; else the answer and the reasons, in at most 800 words.
    """
    environment = Environment(
        loader=PackageLoader("standoff.brief", "templates"),
        autoescape=True,  # what is not ours is escaped once, by `finalize`
        finalize=lambda value: value if isinstance(value, Markup) else Markup(escape_markdown(str(value))),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(code=_code, link=_link)
    sections = [section for section in page.sections if not section.is_live]
    numbers = {table: n for n, table in enumerate(dict.fromkeys(_put_off(page)), start=1)}
    text = environment.get_template("page.md.j2").render(
        page=page, sections=sections, numbers=numbers, at_once=_at_once, is_whole=is_whole,
        glance=_glance(page),
        reasons_shown=_reasons_with_room(page),
    )  # fmt: skip
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in text.splitlines())).strip() + "\n"


def _glance(page: Page) -> Table | None:
    """The table of the first screen, in bold what may be the best of its column."""
    if page.glance is None:
        return None
    table = glance_table(page.glance, page.language)
    rows = (
        (head, *(Markup(f"**{_escaped(cell.value)}**") if cell.best else cell.value for cell in row.cells))
        for (head, *_), row in zip(table.rows, page.glance.rows, strict=True)
    )
    return replace(table, rows=tuple(rows))


def _reasons_with_room(page: Page) -> int:
    """How many reasons fit into the words that a short text has."""
    table = _glance(page)
    texts = [page.title, page.question, page.footer, *page.answer, page.glance.key if page.glance else ""]
    texts += [cell for row in (table.header, *table.rows) for cell in row] if table else []
    texts += [f"{name} {about}" for name, about in page.strategies]
    left = _MOST_WORDS - _OF_FRAME - sum(len(text.split()) for text in texts)
    for shown, reason in enumerate(page.reasons):
        left -= sum(len(text.split()) for text in (reason.title, reason.sentence, reason.sure, reason.stated))
        if left < 0:
            return shown
    return len(page.reasons)


def escape_markdown(text: str) -> str:
    """Text as a Markdown reader shows it letter by letter; names between backticks stay code."""
    one_line = _SPACES.sub(" ", text)
    parts = one_line.split("`")
    if len(parts) % 2 == 0:
        return _escaped(one_line)
    return "".join(f"`{part}`" if k % 2 else _escaped(part) for k, part in enumerate(parts))


def _code(name: str) -> Markup:
    return Markup(f"`{name}`")


def _link(url: str) -> Markup:
    return Markup(url.replace("(", "%28").replace(")", "%29").replace(" ", "%20"))


def _escaped(text: str) -> str:
    text = _LINE_STARTS.sub(lambda m: f"{m[1]}{m[2][:-1]}\\{m[2][-1]}", _MARKS.sub(r"\\\1", text))
    return _ENTITY.sub("&amp;", text)


def _at_once(picture: Picture) -> tuple[Table, ...]:
    """The tables that stand where the picture would."""
    if picture.instead:
        return picture.instead
    return (picture.table,) if picture.table is not None and len(picture.table.rows) <= _MOST_ROWS else ()


def _put_off(page: Page) -> Iterator[Table]:
    """The tables that stand at the end, in their order."""
    for section in page.sections:
        for picture in section.pictures:
            if picture.table is not None and picture.table not in _at_once(picture):
                yield picture.table
