"""The page of documentation about Python, made from docstrings: `python -m standoff.public.page > docs/python.md`."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import standoff
from standoff.ensemble.study import Chosen, RunOptions
from standoff.public import study as public
from standoff.public.answers import Answer
from standoff.public.playing import Played
from standoff.public.watching import ForecastOptions

__all__ = ["python_page"]

_HEAD = """\
# Standoff from Python

What the commands do is one call, named alike. This page is made from the docstrings (`make docs`);
[a notebook](notebooks/first_look.py) shows it.
"""


def python_page() -> Iterator[str]:
    """The page's lines."""
    yield _HEAD
    for title, prefix, home, names in (
        ("A study, a run, or a forecast", "standoff", standoff, ("load", "open_run", "score")),
        ("Of a study", "study", public.Study, 
         ("check", "run", "trace", "games", "deals", "test", "stability", "search", "oracle", "pathways", "markov",
          "watch", "fit", "forecast", "play", "brief")),
        ("Of a game", "game", Played, ("see", "choose", "back", "trace", "debrief")),
        ("Of a run", "run", public.Ensemble,
         ("answer", "linchpins", "boxes", "sensitivity", "compare", "outcome", "payoff", "error", "quantile",
          "histogram", "paths", "summary", "to_arrow", "to_xarray")),
        ("Of an answer", "answer", Answer, ("frame", "to_dict", "to_xarray")),
    ):  # fmt: skip
        yield f"## {title}\n"
        for name in names:
            call = getattr(home, name)
            yield f"### `{prefix}.{name}({_arguments(call)})`\n"
            yield from _prose(call.__doc__)
    yield "## Options of a run, and of a question\n"
    for kind in (Chosen, RunOptions, public.Asking, ForecastOptions):
        yield from _prose(kind.__doc__)


def _arguments(call: object) -> str:
    assert callable(call)
    shown = []
    for one in inspect.signature(call).parameters.values():
        if one.name != "self":
            star = "**" if one.kind is one.VAR_KEYWORD else "*" if one.kind is one.VAR_POSITIONAL else ""
            shown.append(f"{star}{one.name}" + ("" if one.default is one.empty else f"={one.default!r}"))
    return ", ".join(shown)


def _prose(text: str | None) -> Iterator[str]:
    """A docstring as Markdown: sections as lists, examples as code."""
    example = False
    for line in inspect.cleandoc(text or "").splitlines():
        heading = re.fullmatch(r"(\w+):", line)
        if heading:
            example = heading.group(1) == "Example"
            yield f"\n**{heading.group(1)}**\n"
        elif line.startswith("    ") and not example:
            entry = re.fullmatch(r"    ([\w, ]+): (.*)", line)
            yield f"* `{entry.group(1)}`: {entry.group(2)}" if entry else f"  {line.strip()}"
        else:
            yield line
    yield ""


if __name__ == "__main__":
    print("\n".join(python_page()))
