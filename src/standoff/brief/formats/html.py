"""The page as one HTML file."""

from __future__ import annotations

from typing import Any, Literal

from jinja2 import Environment
from markupsafe import Markup

from standoff.brief.environment import make_environment
from standoff.brief.page import Page
from standoff.brief.section import Section
from standoff.brief.sections.documents import documents_style
from standoff.words.language import ENGLISH

__all__ = ["Form", "render_page", "render_section"]

Form = Literal["page", "whole", "short"]

_SHEETS = ("page.css", "reading.css", "documents.css", "games.css", "robust.css", "live.css")
_SCRIPTS = ("shared.js", "page.js", "reading.js", "explore.js", "over_time.js", "live_fans.js", "live.js")


def render_page(page: Page, form: Form = "page") -> str:
    """The page as one self-contained HTML file.

    Args:
        page: To render.
        form: `page` with the workings folded, `whole` with them open, as for paper, or `short`: the answer and the
            reasons without pictures, on two sheets.
    """
    environment = make_environment()
    sheets = [_text(environment, name) for name in _SHEETS]
    css = Markup("").join([*sheets, Markup(documents_style())])
    script = Markup("").join(_text(environment, name) for name in _SCRIPTS)
    return environment.get_template("page.html.j2").render(page=page, css=css, script=script, form=form)


def render_section(section: Section) -> str:
    """One section as a page of its own, for notebooks."""
    environment = make_environment()
    sheets = [_text(environment, name) for name in _SHEETS]
    css = Markup("").join([*sheets, Markup(documents_style())])
    parts: Any = environment.get_template("parts.html.j2").module
    body = parts.section_part(section, ENGLISH, "")
    return f"<!DOCTYPE html><html lang='en'><head><style>{css}</style></head><body><main>{body}</main></body></html>"


def _text(environment: Environment, name: str) -> Markup:
    """A file of the package as it is: it is ours, and must not be escaped."""
    assert environment.loader is not None
    return Markup(environment.loader.get_source(environment, name)[0])
