"""What goes with large runs: queries over shards, and configurations of clusters."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import click

from standoff.cli import options
from standoff.cli.command import command
from standoff.cli.output import announce, echo, print_json

__all__ = ["cluster", "query"]

_SHOWN = 40


@command()
@options.run_folder("run")
@click.argument("select", metavar="SELECT")
@click.option("--csv", "as_csv", is_flag=True, help="Print every row as CSV.")
@options.threads
@options.as_json
def query(run: Path | str, select: str, as_csv: bool, threads: int | None, *, as_json: bool) -> None:
    """Ask a run in SQL, without loading it.

    Tables are `cells` (a row per profile and world: each outcome, `payoff of ACTOR`, and their standard errors as
    `NAME ±`), `worlds` (each assumption's number) and `profiles` (each actor's strategy). A query reads what it needs
    of the shards; it can reach no other file and change nothing. A run under way answers from what is complete.

    \b
    Examples:
      standoff query runs/korea 'select profile, avg(war) from cells group by 1 order by 2 limit 5'
      standoff query runs/korea 'select corr(fear, war) from cells join worlds using (world)' --json
    """
    from standoff.ensemble.storing.query import query_run  # noqa: PLC0415

    with query_run(run, select, threads) as found:
        names = [column[0] for column in found.description]
        rows: list[tuple[Any, ...]] = found.fetchall() if as_json or as_csv else found.fetchmany(_SHOWN + 1)
    if as_json:
        print_json({"rows": [dict(zip(names, map(_plain, row), strict=True)) for row in rows]})
    elif as_csv:
        echo(_csv([names, *rows]), nl=False)
    else:
        shown = [[_cell(value) for value in row] for row in rows[:_SHOWN]]
        widths = [max(map(len, column)) for column in zip(names, *shown, strict=True)]
        for line in (names, *shown):
            echo("  ".join(f"{text:>{width}}" for text, width in zip(line, widths, strict=True)))
        if len(rows) > _SHOWN:
            announce(f"and more rows: the first {_SHOWN} are shown, --csv and --json have all")


@command()
@click.argument("manager", type=click.Choice(["slurm", "kubernetes"]))
def cluster(manager: str) -> None:
    """Print a configuration to begin with for Slurm or Kubernetes.

    Dask reads it from a file in ~/.config/dask/.

    \b
    Example:
      standoff cluster slurm > ~/.config/dask/standoff.yaml
    """
    from standoff.ensemble.cluster.managers import configuration  # noqa: PLC0415

    echo(configuration(manager), nl=False)


def _csv(rows: list[Any]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    from standoff.words.numbers import number  # noqa: PLC0415 - the help of every command waits for what is here

    return number(value, 6) if isinstance(value, float) else str(value)
