"""The command that brings in what another tool wrote."""

from __future__ import annotations

from pathlib import Path

import click

from standoff.cli import options
from standoff.cli.command import Command
from standoff.cli.output import announce, echo

__all__ = ["import_"]


class _WithFormats(Command):
    """Help that ends with the table of formats."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        from standoff.exchange.formats import FORMATS  # noqa: PLC0415

        with formatter.section("Formats"):
            formatter.write_dl(
                [
                    (
                        f"{row.name} ({', '.join(row.suffixes)})",
                        f"Kept: {row.kept}. Lost: {row.lost}. Example: standoff import {row.example} --out new",
                    )
                    for row in FORMATS
                ]
            )


@click.command(name="import", cls=_WithFormats)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE")
@click.option("--out", type=click.Path(path_type=Path), required=True, metavar="DIR", help="The new study's folder.")
@click.option("--uncertain", multiple=True, metavar="NAME=LOW:HIGH",
              help="Make this constant an uncertainty with this range; may be repeated.")  # fmt: skip
@click.option("--mapping", type=click.Path(path_type=Path, dir_okay=False), metavar="YAML",
              help="What of a table of events is counted.")  # fmt: skip
@options.sources
def import_(file: Path, out: Path, uncertain: tuple[str, ...], mapping: Path | None, sources: Path | None) -> None:
    """Make a study of another tool's file.

    Nothing is written where something in the file has no counterpart: each such thing is named at its line.

    \b
    Example:
      standoff import teacup.mdl --out teacup --uncertain room_temperature=60:80
    """
    from standoff.base.problems import StudyError, has_errors  # noqa: PLC0415
    from standoff.ensemble.storing.store import atomic_write  # noqa: PLC0415
    from standoff.exchange.formats import format_of  # noqa: PLC0415
    from standoff.exchange.imported import Asked  # noqa: PLC0415
    from standoff.language.load import read_study  # noqa: PLC0415

    if out.exists():
        raise click.UsageError(f"`{out}` exists already: give --out a new folder")
    asked = Asked(dict(map(_range_of, uncertain)), mapping, sources)
    imported = format_of(file).read(file, asked)
    problems = read_study(out / "study.yaml", unsaved=imported.files).problems
    if has_errors(problems):
        raise StudyError([problem for problem in problems if problem.severity == "error"])
    out.mkdir(parents=True)
    for name, text in imported.files.items():
        atomic_write(out / name, text.encode())
    for note in imported.notes:
        announce(f"note: {note}")
    echo(f"wrote {out / 'study.yaml'}\nnext: standoff check {out}")


def _range_of(text: str) -> tuple[str, tuple[float, float]]:
    name, _, ends = text.partition("=")
    low, _, high = ends.partition(":")
    try:
        found = float(low), float(high)
    except ValueError:
        raise click.UsageError(f"`{text}` is no range: write --uncertain name=0.1:0.5") from None
    if not found[0] < found[1]:
        raise click.UsageError(f"`{text}`: the range must rise")
    return name, found
