"""The commands about games and deals: what the others will do, and whether there is a deal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from standoff.cli import _as_json, _faults, _load, _numbers, _progress, _with_study, main

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import pyarrow as pa

    from standoff.analysis.deals import Deals
    from standoff.brief.playing import Unanswered

__all__: list[str] = []


def _sized(replications: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The options of both commands."""

    def add(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(
            (
                click.option("--worlds", type=click.IntRange(2), default=256, show_default=True,
                             help="Draws of everything that nobody knows."),
                click.option("--replications", type=click.IntRange(2), default=replications, show_default=True,
                             help="Streams of chance in each world."),
                click.option("--seed", type=click.IntRange(0), default=1, show_default=True,
                             help="Of worlds and luck; the same seed gives the same numbers."),
                click.option("--variant", "variants", multiple=True, metavar="NAME",
                             help="Apply a variant of the study; may be given again."),
                click.option("--threads", type=click.IntRange(1), default=None, help="All cores by default."),
                click.option("--evaluator", type=click.Choice(["auto", "reference", "kernel"]), default="auto",
                             show_default=True, help="The numbers are the same."),
                click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=None, metavar="DIR",
                             help="Write tables here: Arrow, CSV and Parquet."),
            )
        ):  # fmt: skip
            command = option(command)
        return command

    return add


@main.command()
@_with_study
@_sized(replications=8)
@click.option("--set", "fixed", multiple=True, metavar="NAME=NUMBER",
              help="Hold an uncertainty or value at a number; may be given again.")  # fmt: skip
@click.option("--nfg", type=click.Path(path_type=Path, dir_okay=False), default=None, metavar="FILE",
              help="Write the game under the actors' beliefs as a Gambit file.")  # fmt: skip
@_as_json
@_faults
def games(study: str, as_json: bool, nfg: Path | None, out: Path | None, **options: Any) -> None:
    """Solve the game that the actors play under their own beliefs: who plays what, and what that hangs on.

    Stable means: among the listed strategies, chosen at the start.

    \b
    Examples:
      standoff games korea
      standoff games rivals --nfg rivals.nfg --out tables
    """
    from standoff.analysis.findings import to_json  # noqa: PLC0415
    from standoff.analysis.others import export_game  # noqa: PLC0415
    from standoff.brief.playing import Unanswered, find_others  # noqa: PLC0415
    from standoff.brief.terminal_games import others_lines  # noqa: PLC0415

    loaded = _load(study, options["variants"])
    with _progress("running") as progress:
        ensemble = loaded.run(
            options["worlds"], options["replications"], options["seed"], fixed=_numbers(options["fixed"]),
            threads=options["threads"], progress=progress, evaluator=options["evaluator"],
        )  # fmt: skip
    found = find_others(ensemble, options["seed"])
    if isinstance(found, Unanswered):
        raise click.ClickException(f"no game to solve: {found.why}")
    if nfg is not None:
        export_game(found, nfg)
    if out is not None:
        _write_tables(out, {"games": found.to_arrow()})
    if as_json:
        click.echo(json.dumps(_head(loaded, options) | to_json(found), indent=2, ensure_ascii=False))
        return
    _print(others_lines(loaded.model, found))
    _print(f"wrote {path}" for path in (nfg, out) if path is not None)


@main.command()
@_with_study
@_sized(replications=4)
@_as_json
@_faults
def deals(study: str, as_json: bool, out: Path | None, **options: Any) -> None:
    """Find the terms on which every party to a deal gains, and whether each would keep its word.

    \b
    Examples:
      standoff deals korea
      standoff deals korea --worlds 64 --json
    """
    from standoff.analysis.findings import to_json  # noqa: PLC0415
    from standoff.brief.playing import Unanswered, find_deals, plan_deals, run_deals  # noqa: PLC0415
    from standoff.brief.terminal_games import deals_lines  # noqa: PLC0415

    loaded = _load(study, options["variants"])
    plans = plan_deals(loaded.model, options["worlds"], options["replications"], options["seed"])
    if not plans:
        raise click.ClickException(f"the study `{loaded.model.name}` names no deal")
    answers: list[Deals | Unanswered] = []
    for plan in plans:
        if isinstance(plan, Unanswered):
            answers.append(plan)
            continue
        with _progress(f"running {plan.deal.name}") as progress:
            runs = run_deals(plan, threads=options["threads"], progress=progress, evaluator=options["evaluator"])
        answers.append(find_deals(plan, runs, options["seed"]))
    found = [answer for answer in answers if not isinstance(answer, Unanswered)]
    if not found:
        why = "; ".join(answer.why for answer in answers if isinstance(answer, Unanswered))
        raise click.ClickException(f"no answer: {why}")
    if out is not None:
        _write_tables(out, {f"deal-{one.deal}": one.to_arrow() for one in found})
    if as_json:
        click.echo(json.dumps(_head(loaded, options) | {"deals": to_json(answers)}, indent=2, ensure_ascii=False))
        return
    for answer in answers:
        _print(deals_lines(loaded.model, answer))
    _print(f"wrote {path}" for path in (out,) if path is not None)


def _head(study: Any, options: dict[str, Any]) -> dict[str, Any]:
    sizes = {name: options[name] for name in ("worlds", "replications", "seed")}
    return {"study": study.model.name, "digest": study.model.digest, **sizes}


def _write_tables(folder: Path, tables: dict[str, pa.Table]) -> None:
    """Each table three times: `.arrow` for notebooks, `.csv` for spreadsheets, `.parquet` for keeping."""
    import pyarrow as pa  # noqa: PLC0415
    from pyarrow import csv, feather, parquet  # noqa: PLC0415

    from standoff.ensemble.store import atomic_write  # noqa: PLC0415

    for name, table in tables.items():
        for ending, write in (
            ("arrow", feather.write_feather), ("csv", csv.write_csv), ("parquet", parquet.write_table),
        ):  # fmt: skip
            buffer = pa.BufferOutputStream()
            write(table, buffer)
            atomic_write(folder / f"{name}.{ending}", buffer.getvalue().to_pybytes())


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line)
