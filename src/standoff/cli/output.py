"""What commands print: lines, sentences, JSON, and how far a run is."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from standoff.ensemble.running import Progress

__all__ = ["announce", "keep_outside", "make_folder", "print_json", "print_lines", "print_sentences", "progress"]


def print_lines(lines: Iterable[str]) -> None:
    """Each on a line of its own."""
    for line in lines:
        click.echo(line)


def print_sentences(title: str, sentences: Iterable[str]) -> None:
    """A title, where there is one, and each sentence folded below it."""
    if title:
        click.echo(f"\n{title}")
    for sentence in sentences:
        click.echo(textwrap.fill(sentence, 100, initial_indent="  ", subsequent_indent="  "))


def print_json(*parts: Any) -> None:
    """Findings and dicts as one JSON object; a number that is not finite becomes null."""
    from standoff.analysis.findings import to_json  # noqa: PLC0415

    value = {name: item for part in parts for name, item in to_json(part).items()}
    click.echo(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False))


def announce(line: str) -> None:
    """A line beside the results, so that these can be piped on."""
    click.echo(line, err=True)


def make_folder(folder: Path) -> None:
    """Make a folder that a run's results will go to: what cannot be written to is told before the run, not after."""
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryFile(dir=folder):
        pass


def keep_outside(folder: Path, study: Path) -> None:
    """Refuse a folder for other people's text that lies inside a study, which never carries any."""
    if folder.resolve().is_relative_to(study.resolve()):
        raise click.UsageError(f"{folder} is inside the study, which never carries other people's text: choose another")


@contextmanager
def progress(what: str) -> Iterator[Progress]:
    """Futures a second and the time left, on a terminal; silence elsewhere."""
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[speed]}"),
        TimeRemainingColumn(), console=console, disable=not console.is_terminal, transient=True,
    ) as bar:  # fmt: skip
        task = bar.add_task(what, total=None, speed="")

        def show(done: int, total: int) -> None:
            speed = bar.tasks[0].finished_speed or bar.tasks[0].speed or 0.0
            bar.update(task, completed=done, total=total, speed=f"{speed:,.0f} futures/s" if speed else "")

        yield show
