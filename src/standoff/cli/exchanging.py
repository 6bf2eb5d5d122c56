"""The commands that bring in what another tool wrote, and write what it reads."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from standoff.cli import options
from standoff.cli.command import Command
from standoff.cli.output import announce, echo

if TYPE_CHECKING:
    from standoff.base.problems import Problem
    from standoff.language.model import Model

__all__ = ["export", "import_"]


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
def import_(file: Path, out: Path, uncertain: tuple[str, ...], mapping: Path | None, *, sources: Path | None) -> None:
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
    read = read_study(out / "study.yaml", unsaved=imported.files)
    problems = (*read.problems, *_of_claims(out, imported.files, read.model))
    if has_errors(problems):
        raise StudyError([problem for problem in problems if problem.severity == "error"])
    out.mkdir(parents=True)
    for name, text in imported.files.items():
        atomic_write(out / name, text.encode())
    for note in imported.notes:
        announce(f"note: {note}")
    echo(f"wrote {out / 'study.yaml'}\nnext: standoff check {out}")


def _of_claims(out: Path, files: Mapping[str, str], model: Model | None) -> tuple[Problem, ...]:
    """What is wrong with the claims that an import makes."""
    from standoff.base.source import Source  # noqa: PLC0415
    from standoff.evidence.claims import check_ledger, parse_ledger  # noqa: PLC0415
    from standoff.language.text.files import CLAIMS_FILE  # noqa: PLC0415

    if CLAIMS_FILE not in files:
        return ()
    ledger, problems = parse_ledger(Source(f"{out.name}/{CLAIMS_FILE}", files[CLAIMS_FILE]))
    return problems if ledger is None or model is None else (*problems, *check_ledger(ledger, model))


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


class _WithExports(Command):
    """Help that ends with the table of forms."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        from standoff.exchange.exports import EXPORTS  # noqa: PLC0415

        with formatter.section("Forms"):
            formatter.write_dl(
                [(f"{row.name} ({row.opens})", f"Kept: {row.kept}. Lost: {row.lost}.") for row in EXPORTS]
            )


@click.command(name="export", cls=_WithExports)
@options.study
@click.option("--as", "form", required=True, metavar="FORM", help="One of the forms below.")
@click.option("--out", type=click.Path(path_type=Path), required=True, metavar="DIR", help="A new folder.")
@click.option("--run", "run_folder", type=click.Path(path_type=Path, exists=True, file_okay=False), metavar="DIR",
              help="The folder of a run, for forms that hold one.")  # fmt: skip
@options.sources
def export(study: str, form: str, out: Path, run_folder: Path | None, *, sources: Path | None) -> None:
    """Write claims, documents or a run for another tool.

    \b
    Examples:
      standoff export korea --as argdown --out map
      standoff export korea --as refi-qda --sources articles --out coded
      standoff export korea --as ema --run run --out archive
    """
    from standoff.base.problems import suggest  # noqa: PLC0415
    from standoff.ensemble.storing.store import atomic_write  # noqa: PLC0415
    from standoff.exchange.exports import EXPORTS, Outgoing  # noqa: PLC0415
    from standoff.language.load import find_study  # noqa: PLC0415

    row = next((row for row in EXPORTS if row.name == form), None)
    if row is None:
        names = [row.name for row in EXPORTS]
        raise click.UsageError(f"there is no form `{form}`: {suggest(form, names, 'forms') or ', '.join(names)}")
    if out.exists():
        raise click.UsageError(f"`{out}` exists already: give --out a new folder")
    folder = options.sources_folder(find_study(study).parent, sources)
    try:
        files = row.write(Outgoing(study, folder, run_folder))
    except ImportError as error:
        raise click.ClickException(f"{form} needs `pip install 'standoff[xarray]'`: {error}") from None
    for name, data in files.items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        atomic_write(out / name, data)
    echo("\n".join(f"wrote {out / name}" for name in files))
