"""What commands print: lines, sentences, JSON, and how far a run is."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import TextIOWrapper
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any

import click

from standoff.base.escaping import ASCII, json_text, visible_lines

if TYPE_CHECKING:
    from standoff.ensemble.runner import Runner
    from standoff.ensemble.running import Progress
    from standoff.questions.kept import Kept

__all__ = [
    "announce",
    "as_json_text",
    "echo",
    "keep_outside",
    "make_folder",
    "print_json",
    "print_lines",
    "print_sentences",
    "progress",
    "running_of",
    "speak_plainly",
]


def speak_plainly() -> None:
    """Write in ASCII what the terminal's encoding lacks, instead of ending in an error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors=ASCII)


def echo(text: str, *, err: bool = False, nl: bool = True) -> None:
    """Lines for a person, with what a terminal would obey written out."""
    # not click's echo, which writes UTF-8 to terminals that say that they take ASCII
    print(visible_lines(text), file=sys.stderr if err else sys.stdout, end="\n" if nl else "", flush=True)


def as_json_text(value: Any) -> str:
    """JSON for another program, in ASCII where the output is not Unicode."""
    encoding = (getattr(sys.stdout, "encoding", None) or "utf-8").lower().replace("-", "")
    return json_text(value, indent=2, allow_nan=False, ensure_ascii=not encoding.startswith("utf"))


def print_lines(lines: Iterable[str]) -> None:
    """Each on a line of its own."""
    for line in lines:
        echo(line)


def print_sentences(title: str, sentences: Iterable[str]) -> None:
    """A title, where there is one, and each sentence folded below it."""
    if title:
        echo(f"\n{title}")
    for sentence in sentences:
        echo(textwrap.fill(sentence, 100, initial_indent="  ", subsequent_indent="  "))


def print_json(*parts: Any) -> None:
    """Findings and dicts as one JSON object; a number that is not finite becomes null."""
    from standoff.questions.as_json import to_json  # noqa: PLC0415

    value = {name: item for part in parts for name, item in to_json(part).items()}
    echo(as_json_text(value))


def announce(line: str) -> None:
    """A line beside the results, so that these can be piped on."""
    echo(line, err=True)


def make_folder(folder: Path) -> None:
    """Make a folder that a run's results will go to: what cannot be written to is told before the run, not after."""
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryFile(dir=folder):
        pass


def keep_outside(folder: Path, study: Path) -> None:
    """Refuse a folder for other people's text that lies inside a study, which never carries any."""
    if folder.resolve().is_relative_to(study.resolve()):
        raise click.UsageError(f"{folder} is inside the study, which never carries other people's text: choose another")


def running_of(how: dict[str, Any], told: Progress) -> tuple[Runner, Kept | None]:
    """From a command's options who runs what a question needs, telling how far it is, and the findings kept."""
    from standoff.ensemble.runner import Local  # noqa: PLC0415
    from standoff.questions.kept import kept_findings  # noqa: PLC0415

    return Local(replace(how["running"], progress=told)), kept_findings(fresh=how["fresh"])


@contextmanager
def progress(what: str) -> Iterator[Progress]:
    """Futures a second and the time left, on a terminal; silence elsewhere."""
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    from standoff.words.numbers import whole  # noqa: PLC0415

    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[speed]}"),
        TimeRemainingColumn(), console=console, disable=not console.is_terminal, transient=True,
        auto_refresh=False,  # by a thread, beside which no copy of the process can be made (`base/beside.py`)
    ) as bar:  # fmt: skip
        task = bar.add_task(what, total=None, speed="")

        def show(done: int, total: int) -> None:
            speed = bar.tasks[0].finished_speed or bar.tasks[0].speed or 0.0
            told = f"{whole(round(speed))} futures/s" if speed else ""
            bar.update(task, completed=done, total=total, speed=told, refresh=True)

        yield show
