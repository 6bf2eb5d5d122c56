"""The commands about games and deals: what the others will do, and whether there is a deal."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from standoff.cli import options
from standoff.cli.command import command
from standoff.cli.output import announce, make_folder, print_json, print_lines, progress, running_of

if TYPE_CHECKING:
    import pyarrow as pa

    from standoff.analysis.others.sampled import SampledGame
    from standoff.ensemble.running import Size
    from standoff.language.model import Model

__all__ = ["deals", "games", "write_tables"]


_TABLES = "Write tables here: Arrow, CSV and Parquet."


@command()
@options.study
@options.size(worlds=256, replications=8, least=2, is_designed=True)
@options.running
@options.set_numbers
@options.variant
@options.out(_TABLES)
@click.option("--nfg", type=click.Path(path_type=Path, dir_okay=False), default=None, metavar="FILE",
              help="Write the game under the actors' beliefs as a Gambit file.")  # fmt: skip
@options.fresh
@options.as_json
def games(study: str, as_json: bool, nfg: Path | None, out: Path | None, **how: Any) -> None:
    """Solve the game that the actors play, as each sees it.

    It says who plays what under the actors' own beliefs, and what that hangs on. Stable means: among the listed
    strategies, chosen at the start. A game in Gambit's format (FILE.nfg) is solved as it stands.

    \b
    Examples:
      standoff games korea
      standoff games korea --profiles 800 designed
      standoff games rivals --nfg rivals.nfg --out tables
      standoff games rivals.nfg
      standoff games signals.efg
    """
    if Path(study).suffix.lower() in (".nfg", ".efg"):
        _solve_file(Path(study), as_json=as_json)
        return
    from standoff.analysis.others.others import export_game  # noqa: PLC0415
    from standoff.analysis.others.sampled import SampledGame  # noqa: PLC0415
    from standoff.brief.formats.data import finding_data  # noqa: PLC0415
    from standoff.cli.shown.games import others_lines  # noqa: PLC0415
    from standoff.ensemble.study import load  # noqa: PLC0415
    from standoff.questions.answer import answer  # noqa: PLC0415
    from standoff.questions.others import OTHERS, SAMPLED  # noqa: PLC0415
    from standoff.questions.question import Question, Unanswered  # noqa: PLC0415
    from standoff.words.sentences.others import others_sentence  # noqa: PLC0415
    from standoff.words.unanswered import unanswered_words  # noqa: PLC0415

    loaded = replace(load(study, how["variants"]), held=how["set"])
    for folder in (out, nfg.parent if nfg is not None else None):
        if folder is not None:
            make_folder(folder)
    with progress("running") as told:
        runner, kept = running_of(how, told)
        question: Question[Any] = OTHERS if how["size"].profiles is None else SAMPLED
        answers = answer(loaded, (question,), how["size"], runner, kept=kept)
    found = answers.of(question)
    if isinstance(found, Unanswered):
        raise click.ClickException(f"no game to solve: {unanswered_words(found.reason, found.data, loaded.model)}")
    if isinstance(found, SampledGame):
        _show_sampled(loaded.model, found, how["size"], is_exported=nfg is not None or out is not None, as_json=as_json)
        return
    if nfg is not None:
        export_game(found, nfg)
    if out is not None:
        write_tables(out, {"games": found.to_arrow()})
    for path in (nfg, out):
        if path is not None:
            announce(f"wrote {path}")
    if as_json:
        head = _head(loaded.model, how["size"])
        print_json(head, finding_data(found), {"sentence": others_sentence(loaded.model, found)})
        return
    print_lines(others_lines(loaded.model, found))


def _show_sampled(model: Model, found: SampledGame, size: Size, *, is_exported: bool, as_json: bool) -> None:
    """The game on a part of the profiles, which has no table of all."""
    from standoff.cli.shown.games import sampled_lines  # noqa: PLC0415

    if is_exported:
        raise click.UsageError("--nfg and --out write games of all profiles: leave out --profiles")
    if as_json:
        print_json(_head(model, size), found)
    else:
        print_lines(sampled_lines(model, found))


def _solve_file(path: Path, *, as_json: bool) -> None:
    """Solve a game in one of Gambit's formats."""
    from standoff.analysis.games.solved import solve  # noqa: PLC0415
    from standoff.cli.shown.nfg import bayesian_lines, solved_lines  # noqa: PLC0415
    from standoff.exchange.games.files import read_game  # noqa: PLC0415

    game, by_types = read_game(path)
    found = solve(game)
    if as_json:
        print_json(found)
    else:
        print_lines([*solved_lines(found), *bayesian_lines(by_types)])


@command()
@options.study
@options.size(worlds=256, replications=4, least=2)
@options.running
@options.set_numbers
@options.variant
@options.out(_TABLES)
@options.fresh
@options.as_json
def deals(study: str, as_json: bool, out: Path | None, **how: Any) -> None:
    """Find the terms on which every party to a deal gains.

    It also says whether each party would keep its word.

    \b
    Examples:
      standoff deals korea
      standoff deals korea --worlds 64 --json
    """
    from standoff.brief.formats.data import finding_data  # noqa: PLC0415
    from standoff.cli.shown.games import deals_lines  # noqa: PLC0415
    from standoff.ensemble.study import load  # noqa: PLC0415
    from standoff.questions.answer import answer  # noqa: PLC0415
    from standoff.questions.deals import DEALS  # noqa: PLC0415
    from standoff.questions.question import Unanswered  # noqa: PLC0415
    from standoff.words.sentences.deals import deals_sentence  # noqa: PLC0415
    from standoff.words.unanswered import unanswered_words  # noqa: PLC0415

    loaded = replace(load(study, how["variants"]), held=how["set"])
    model = loaded.model
    if not model.deals:
        raise click.ClickException(f"the study `{model.name}` names no deal")
    if out is not None:
        make_folder(out)
    with progress("running") as told:
        runner, kept = running_of(how, told)
        answers = answer(loaded, (DEALS,), how["size"], runner, kept=kept).of(DEALS)
    assert not isinstance(answers, Unanswered)
    found = [one for one in answers if not isinstance(one, Unanswered)]
    if not found:
        why = "; ".join(unanswered_words(a.reason, a.data, model) for a in answers if isinstance(a, Unanswered))
        raise click.ClickException(f"no answer: {why}")
    if out is not None:
        write_tables(out, {f"deal-{one.deal}": one.to_arrow() for one in found})
        announce(f"wrote {out}")
    if as_json:
        data = [one if isinstance(one, Unanswered) else finding_data(one) | {"sentence": deals_sentence(model, one)}
                for one in answers]  # fmt: skip
        print_json(_head(model, how["size"]), {"deals": data})
        return
    for one in answers:
        print_lines(deals_lines(model, one))


def _head(model: Model, size: Size) -> dict[str, Any]:
    return {"study": model.name, "digest": model.digest, **asdict(size)}


def write_tables(folder: Path, tables: dict[str, pa.Table]) -> None:
    """Each table three times: `.arrow` for notebooks, `.csv` for spreadsheets, `.parquet` for keeping, without NaN."""
    import pyarrow as pa  # noqa: PLC0415
    from pyarrow import csv, feather, parquet  # noqa: PLC0415

    from standoff.ensemble.storing.shards import with_nulls  # noqa: PLC0415
    from standoff.ensemble.storing.store import atomic_write  # noqa: PLC0415

    for name, table in tables.items():
        for ending, write in (
            ("arrow", feather.write_feather), ("csv", csv.write_csv), ("parquet", parquet.write_table),
        ):  # fmt: skip
            buffer = pa.BufferOutputStream()
            write(with_nulls(table), buffer)
            atomic_write(folder / f"{name}.{ending}", buffer.getvalue().to_pybytes())
