"""The commands about games and deals: what the others will do, and whether there is a deal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from standoff.cli import options
from standoff.cli.command import command
from standoff.cli.output import announce, make_folder, print_json, print_lines, progress

if TYPE_CHECKING:
    import pyarrow as pa

    from standoff.analysis.deals.deals import Deals
    from standoff.brief.playing import Unanswered
    from standoff.language.model import Model

__all__ = ["deals", "games"]


_TABLES = "Write tables here: Arrow, CSV and Parquet."


@command()
@options.study
@options.size(worlds=256, replications=8, least=2)
@options.threads
@options.set_numbers
@options.variant
@options.evaluator
@options.out(_TABLES)
@click.option("--nfg", type=click.Path(path_type=Path, dir_okay=False), default=None, metavar="FILE",
              help="Write the game under the actors' beliefs as a Gambit file.")  # fmt: skip
@options.as_json
def games(
    study: str, as_json: bool, nfg: Path | None, out: Path | None, variants: tuple[str, ...], seed: int, **rest: Any
) -> None:
    """Solve the game that the actors play, as each sees it.

    It says who plays what under the actors' own beliefs, and what that hangs on. Stable means: among the listed
    strategies, chosen at the start.

    \b
    Examples:
      standoff games korea
      standoff games rivals --nfg rivals.nfg --out tables
    """
    from standoff.analysis.others.others import export_game  # noqa: PLC0415
    from standoff.brief.playing import Unanswered, find_others  # noqa: PLC0415
    from standoff.cli.shown.games import others_lines  # noqa: PLC0415
    from standoff.ensemble.study import load  # noqa: PLC0415
    from standoff.words.others import others_sentence  # noqa: PLC0415

    loaded = load(study, variants)
    for folder in (out, nfg.parent if nfg is not None else None):
        if folder is not None:
            make_folder(folder)
    with progress("running") as told:
        ensemble = loaded.run(seed=seed, progress=told, announce=announce, **rest)
    found = find_others(ensemble, seed)
    if isinstance(found, Unanswered):
        raise click.ClickException(f"no game to solve: {found.why}")
    if nfg is not None:
        export_game(found, nfg)
    if out is not None:
        _write_tables(out, {"games": found.to_arrow()})
    for path in (nfg, out):
        if path is not None:
            announce(f"wrote {path}")
    if as_json:
        design = ensemble.design
        head = _head(loaded.model, design.worlds.size, design.replications, seed)
        print_json(head, found, {"sentence": others_sentence(loaded.model, found)})
        return
    print_lines(others_lines(loaded.model, found))


@command()
@options.study
@options.size(worlds=256, replications=4, least=2)
@options.threads
@options.variant
@options.evaluator
@options.out(_TABLES)
@options.as_json
def deals(
    study: str, as_json: bool, out: Path | None, variants: tuple[str, ...], worlds: int, replications: int,
    seed: int,
    **rest: Any,
) -> None:  # fmt: skip
    """Find the terms on which every party to a deal gains.

    It also says whether each party would keep its word.

    \b
    Examples:
      standoff deals korea
      standoff deals korea --worlds 64 --json
    """
    from standoff.analysis.findings import to_json  # noqa: PLC0415
    from standoff.brief.playing import Unanswered, find_deals, plan_deals, run_deals  # noqa: PLC0415
    from standoff.cli.shown.games import deals_lines  # noqa: PLC0415
    from standoff.ensemble.study import load  # noqa: PLC0415
    from standoff.words.deals import deals_sentence  # noqa: PLC0415

    model = load(study, variants).model
    plans = plan_deals(model, worlds, replications, seed)
    if not plans:
        raise click.ClickException(f"the study `{model.name}` names no deal")
    if out is not None:
        make_folder(out)
    answers: list[Deals | Unanswered] = []
    for plan in plans:
        if isinstance(plan, Unanswered):
            answers.append(plan)
            continue
        with progress(f"running {plan.deal.name}") as told:
            runs = run_deals(plan, progress=told, announce=announce, **rest)
        answers.append(find_deals(plan, runs, seed))
    found = [answer for answer in answers if not isinstance(answer, Unanswered)]
    if not found:
        why = "; ".join(answer.why for answer in answers if isinstance(answer, Unanswered))
        raise click.ClickException(f"no answer: {why}")
    if out is not None:
        _write_tables(out, {f"deal-{one.deal}": one.to_arrow() for one in found})
        announce(f"wrote {out}")
    if as_json:
        data = [one if isinstance(one, Unanswered) else to_json(one) | {"sentence": deals_sentence(model, one)}
                for one in answers]  # fmt: skip
        print_json(_head(model, worlds, replications, seed), {"deals": data})
        return
    for answer in answers:
        print_lines(deals_lines(model, answer))


def _head(model: Model, worlds: int, replications: int, seed: int) -> dict[str, Any]:
    return {
        "study": model.name, "digest": model.digest, "worlds": worlds, "replications": replications, "seed": seed,
    }  # fmt: skip


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
