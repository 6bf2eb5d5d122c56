"""The commands that run a study: its brief, a run to keep, one future step by step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from standoff.base.escaping import file_name
from standoff.cli import options
from standoff.cli.command import command
from standoff.cli.output import announce, echo, keep_outside, make_folder, print_json, print_lines, progress, running_of
from standoff.words.language import LANGUAGES, load_language

if TYPE_CHECKING:
    from standoff.brief.findings import Findings
    from standoff.brief.write import Forms
    from standoff.ensemble.study import Study
    from standoff.program.trace import Trace

__all__ = ["brief", "run", "trace"]


@command()
@options.study
@options.size(worlds=1024, replications=4, is_designed=True)
@options.running
@options.set_numbers
@options.variant
@options.out("Where to write brief.html, brief.md and brief.json; STUDY-brief by default.")
@options.fresh
@click.option("--sources", type=click.Path(path_type=Path, exists=True, file_okay=False), default=None, metavar="DIR",
              help="Show passages of the documents here; the page is then for you alone.")  # fmt: skip
@click.option("--seen", type=click.Path(path_type=Path, exists=True, dir_okay=False), default=None, metavar="FILE",
              help="What was seen since: every section is then of the worlds as that weighs them.")  # fmt: skip
@click.option("--markdown", is_flag=True, help="Print it as Markdown; files are then written only with --out.")
@click.option("--whole", is_flag=True, help="The workings too, in Markdown and on paper.")
@click.option("--short", is_flag=True, help="Write brief-short.html too, of two pages.")
@click.option("--pdf", is_flag=True, help="Print brief.pdf too, or with --short its two pages; this needs Chromium.")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True,
              help="Of the page’s own words; workings stay in English, and the study’s words as they are.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True,
              help="Print it with every number as JSON; files are then written only with --out.")  # fmt: skip
def brief(
    study: str, out: Path | None, sources: Path | None, seen: Path | None, *, markdown: bool, as_json: bool, **how: Any
) -> None:
    """Run a study and write its brief: a page to read offline.

    The same is written as Markdown, to pass on, and as JSON, with every number.

    \b
    Examples:
      standoff brief korea --out korea-brief
      standoff brief rivals --json | jq .answer
    """
    from standoff.brief.formats.data import brief_data  # noqa: PLC0415
    from standoff.brief.formats.markdown import render_markdown  # noqa: PLC0415
    from standoff.brief.page import make_page  # noqa: PLC0415
    from standoff.brief.write import Forms, run_brief  # noqa: PLC0415
    from standoff.ensemble.study import load  # noqa: PLC0415
    from standoff.evidence.seen import read_seen  # noqa: PLC0415

    if markdown and as_json:
        raise click.UsageError("--markdown and --json both print: choose one, or --out to have them as files")
    loaded = replace(load(study, how["variants"]), held=how["set"])
    watched = None if seen is None else read_seen(seen, loaded.model)
    folder = out or Path(f"{file_name(loaded.model.name)}-brief")
    if sources is not None:
        keep_outside(folder, loaded.model.folder)
    is_written = out is not None or not (markdown or as_json)
    if is_written:
        make_folder(folder)
    with progress("running") as told:
        runner, kept = running_of(how, told)
        findings = run_brief(loaded, how["size"], runner, kept, sources=sources, seen=watched)
    forms = Forms(how["language"], is_short=how["short"], is_whole=how["whole"], has_pdf=how["pdf"])
    path = _write(findings, folder, forms) if is_written else None
    page = make_page(findings, load_language(forms.language)) if markdown or as_json else None
    if markdown and page is not None:
        echo(render_markdown(page, is_whole=forms.is_whole), nl=False)
    elif page is not None:
        print_json(brief_data(findings, page))
    elif path is not None:
        echo(f"wrote {path}\nopen it in a browser: {path.resolve().as_uri()}")


def _write(findings: Findings, folder: Path, forms: Forms) -> Path:
    """The files; where there is no Chromium for a PDF, all others are written and that is said."""
    from standoff.brief.formats.pdf import NoBrowserError  # noqa: PLC0415
    from standoff.brief.write import PAGE, write_brief  # noqa: PLC0415

    try:
        return write_brief(findings, folder, forms)
    except NoBrowserError as error:
        raise click.ClickException(
            f"no PDF was printed: {error}; all else is written, so open {folder / PAGE} and print it from a browser"
        ) from error


@command()
@options.study
@options.size(worlds=512, replications=8, is_designed=True)
@options.running
@options.set_numbers
@options.variant
@options.profile
@options.run_place("Keep the run here: a folder, or an address such as s3://bucket/run.")
@click.option("--design", type=click.Choice(["latin hypercube", "sobol", "plain", "saltelli"]),
              default="latin hypercube", show_default=True,
              help="How worlds fill the space of assumptions; for saltelli --worlds are its base rows.")  # fmt: skip
@options.realised(default=False)
@options.quantiles
@options.histogram
@click.option("--paths", "paths", multiple=True, metavar="NAME",
              help="Keep this stock, quantity, mode or event over time in 1,000 futures, in --out; may be given "
              "again.")  # fmt: skip
@click.option("--until", type=click.Choice(["ranking stable"]), default=None,
              help="Double worlds and replications until the decider's ranking is settled, or the budget is "
              "spent.")  # fmt: skip
@click.option("--budget", type=click.IntRange(1), default=20_000_000, show_default=True, metavar="N",
              help="Futures that --until may run.")  # fmt: skip
@options.as_json
def run(study: str, as_json: bool, until: str | None, budget: int, *, out: Path | str | None, **how: Any) -> None:
    """Run a study, and print or keep its outcomes.

    Every profile of strategies is run in every world, with several replications of chance in each. A stopped
    run with --out goes on where it was when the same command is given again.

    \b
    Examples:
      standoff run korea --worlds 128 --replications 4 --out runs/korea
      standoff run rivals --set fear=0.3 --profile north=reciprocate,south=honest
      standoff run rivals --until "ranking stable"
      standoff run korea --worlds 4096 --on local --out runs/large
      standoff run korea --profiles 400 designed
      standoff run rivals --replications 32 --quantiles 5,50,95 --histogram war=0:0.2:20 --json
    """
    from standoff.cli.shown.runs import run_data, run_lines  # noqa: PLC0415
    from standoff.ensemble.study import load  # noqa: PLC0415

    paths = how.pop("paths")
    if paths and not isinstance(out, Path):
        raise click.UsageError("--paths are kept in the folder of --out: give it too")
    loaded, size, running = load(study, how.pop("variants")), how.pop("size"), how.pop("running")
    with progress("running") as told, _keeping(out):
        wanted = {**how, "threads": running.threads, "evaluator": running.evaluator}
        wanted |= {"seed": size.seed, "out": out, "progress": told, "announce": announce}
        wanted |= {"on": running.on, "profiles": size.profiles}
        if until is None:
            ensemble = loaded.run(size.worlds, size.replications, **wanted)
        else:
            from standoff.analysis.robustness.until import is_ranking_settled  # noqa: PLC0415
            from standoff.ensemble.until import run_until  # noqa: PLC0415
            from standoff.words.growing import grown_words  # noqa: PLC0415

            grown = run_until(loaded, is_ranking_settled, size.worlds, size.replications, budget=budget, **wanted)
            ensemble = grown.ensemble
            announce(grown_words(grown))
    if as_json:
        print_json(run_data(ensemble))
    else:
        print_lines(run_lines(ensemble))
    if paths and isinstance(out, Path):
        from standoff.ensemble.paths import follow  # noqa: PLC0415

        follow(ensemble, paths).to_parquet(out / "paths.parquet")
    if out is not None:
        announce(f"kept in {out}")


@command()
@options.study
@click.option("--world", type=click.IntRange(0), default=0, show_default=True, metavar="N", help="Which of the worlds.")
@click.option(
    "--replication", type=click.IntRange(0), default=0, show_default=True, metavar="N", help="Which stream of chance."
)
@click.option("--profile", default=None, metavar="A=S,…", help="The strategies; the first of each actor by default.")
@click.option("--from", "first", default=None, metavar="STEP", help="From this step on: its number, or a date in it.")
@click.option("--to", "last", default=None, metavar="STEP", help="Up to this step.")
@click.option("--changes", is_flag=True, help="Only steps in which something happened, or a choice or mode changed.")
@click.option("--played", type=click.Path(path_type=Path, exists=True, dir_okay=False), default=None, metavar="FILE",
              help="The future of a game that was played; the game says its world, luck and profile.")  # fmt: skip
@options.realised(default=True)
@options.size(worlds=512, replications=8)
@options.set_numbers
@options.variant
@options.as_json
def trace(study: str, as_json: bool, world: int, replication: int, *, played: Path | None, **how: Any) -> None:
    """Follow one future, step by step.

    It tells what was, what happened, and the rule that fired for each actor. World and replication are those of
    `standoff run` with the same sizes and seed.

    \b
    Example:
      standoff trace korea --world 57 --replication 3 --profile us=tough_love
      standoff trace rivals --from 2026-01 --changes
    """
    from standoff.cli.shown.runs import steps_of, trace_data, trace_lines  # noqa: PLC0415
    from standoff.ensemble.run import trace_cell  # noqa: PLC0415
    from standoff.ensemble.study import load  # noqa: PLC0415

    first, last, changes = (how.pop(name) for name in ("first", "last", "changes"))
    if played is not None:
        loaded, found, world, replication = _played(study, played)
    else:
        loaded, size = load(study, how.pop("variants")), how.pop("size")
        design = loaded.design(size.worlds, max(size.replications, replication + 1), size.seed, **how)
        if world >= design.worlds.size:
            raise ValueError(f"there is no world {world}: with --worlds {design.worlds.size} they are 0 to {world - 1}")
        found = trace_cell(loaded.program, design, 0, world, replication=replication)
    steps = steps_of(loaded.model, found, first, last, changes=changes)
    if as_json:
        data = trace_data(found, world, replication)
        print_json({**data, "steps": [step for step in data["steps"] if step["step"] in steps]})
    else:
        print_lines(trace_lines(loaded.model, found, world, replication, steps=steps))


def _played(study: str, file: Path) -> tuple[Study, Trace, int, int]:
    """The study and the future of a game."""
    from standoff.playing.file import open_game  # noqa: PLC0415

    position = open_game(study, file)
    return position.study, position.trace(), position.game.world, position.game.replication


@contextmanager
def _keeping(folder: Path | str | None) -> Iterator[None]:
    """Say what becomes of a stopped run."""
    try:
        yield
    except KeyboardInterrupt:
        if folder is not None:
            announce(f"\nwhat is complete is kept in {folder}; the same command goes on from there")
        raise
