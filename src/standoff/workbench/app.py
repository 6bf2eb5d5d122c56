"""The local application: studies to edit, run, read and play, in a browser.

Pages work without script; with it they follow what changes by server-sent events, and texts have an editor. Everything
that is computed is computed by the packages below, in processes of their own; a page shows what they give.
"""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from standoff.workbench.guard import Guard
from standoff.workbench.handling import documents, editor, games, runs, studies
from standoff.workbench.handling.desk import Desk

__all__ = ["make_app"]

_PAGES = (studies, editor, runs, documents, games)


def make_app(desk: Desk, hosts: tuple[str, ...]) -> ASGIApp:
    """The application of a desk; `hosts` are the names and ports by which it may be addressed."""
    routes = [route for pages in _PAGES for route in pages.routes(desk)]
    static = Mount("/static", StaticFiles(packages=[("standoff.workbench", "pages")]))
    return Guard(Starlette(routes=[*routes, static]), hosts, desk.token)
