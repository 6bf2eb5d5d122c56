"""The command line: each command's body calls one verb."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from standoff._version import __version__

if TYPE_CHECKING:
    from standoff.ensemble.run import Progress
    from standoff.ensemble.study import Study

__all__ = ["main"]


class _Group(click.Group):
    """Commands in the order in which an analyst meets them; unknown names get the nearest."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        found = super().get_command(ctx, cmd_name)
        if found is None and not cmd_name.startswith("-"):
            from standoff.base.problems import suggest  # noqa: PLC0415

            advice = suggest(cmd_name, self.commands, "commands") or "`standoff --help` lists them"
            ctx.fail(f"there is no command `{cmd_name}`; {advice}")
        return found


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="standoff")
def main() -> None:
    """Models of confrontations that can be argued with.

    \b
    A first look:
      standoff check korea
      standoff brief korea --out korea-brief

    STUDY is a folder with a study.yaml, or the name of a bundled study: korea, lake, rivals.
    """


def _faults(command: Callable[..., None]) -> Callable[..., None]:
    """Turn what can go wrong into one message and an exit code: 1 a faulty study or run, 2 a wrong command."""

    @wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> None:
        from standoff.base.problems import StudyError, in_order, render, to_json  # noqa: PLC0415

        try:
            command(*args, **kwargs)
        except StudyError as error:
            if kwargs.get("as_json"):
                click.echo(json.dumps({"problems": to_json(error.problems)}, indent=2, ensure_ascii=False))
            else:
                click.echo(render(in_order(error.problems)), err=True)
            sys.exit(1)
        except KeyboardInterrupt:
            click.echo("\nstopped; what was complete is kept", err=True)
            sys.exit(130)
        except BrokenPipeError:
            sys.stderr.close()
            sys.exit(0)
        except Exception as error:
            _explain(error)

    return wrapped


def _explain(error: Exception) -> NoReturn:
    """A plain failure for what is the user's to mend; anything else is a fault of the program, and says so."""
    from standoff.ensemble.store import RunError  # noqa: PLC0415

    if isinstance(error, RunError):
        raise click.ClickException(str(error)) from None
    if isinstance(error, ValueError):
        raise click.UsageError(str(error)) from None
    if isinstance(error, OSError):
        raise click.ClickException(f"{error.strerror or error}: {error.filename or ''}".rstrip(": ")) from None
    raise error


def _with_study(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.argument("study", metavar="STUDY")(command)


def _as_json(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option("--json", "as_json", is_flag=True, help="Print the same as JSON.")(command)


def _sizes(worlds: int, replications: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The options of every command that runs a study."""

    def add(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(
            (
                click.option("--worlds", type=click.IntRange(1), default=worlds, show_default=True,
                             help="Draws of everything that nobody knows."),
                click.option("--replications", type=click.IntRange(1), default=replications, show_default=True,
                             help="Streams of chance in each world."),
                click.option("--seed", type=click.IntRange(0), default=1, show_default=True,
                             help="Of worlds and luck; the same seed gives the same numbers."),
                click.option("--set", "fixed", multiple=True, metavar="NAME=NUMBER",
                             help="Hold an uncertainty or value at a number; may be given again."),
                click.option("--variant", "variants", multiple=True, metavar="NAME",
                             help="Apply a variant of the study; may be given again."),
                click.option("--threads", type=click.IntRange(1), default=None, help="All cores by default."),
            )
        ):  # fmt: skip
            command = option(command)
        return command

    return add


@main.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@_faults
def new(folder: Path) -> None:
    """Write a small commented study to DIR, as a beginning.

    \b
    Example:
      standoff new border && standoff check border
    """
    from standoff.studies import write_template  # noqa: PLC0415

    path = write_template(folder)
    click.echo(f"wrote {path}\nnext: standoff check {folder}")


@main.command()
@_with_study
@click.option("--claims", is_flag=True, help="Also list what the evidence lacks: sources, tests, passages, agreement.")
@click.option("--sources", type=click.Path(path_type=Path), default=None, metavar="DIR",
              help="The documents, for --claims; STUDY/sources or STANDOFF_SOURCES by default.")  # fmt: skip
@_as_json
@_faults
def check(study: str, as_json: bool, claims: bool, sources: Path | None) -> None:
    """Report everything that is wrong in a study and its claims, with its place and what to do.

    \b
    Examples:
      standoff check korea
      standoff check korea --claims
    """
    from standoff.analysis.findings import to_json as plain  # noqa: PLC0415
    from standoff.base.problems import has_errors, render, to_json  # noqa: PLC0415
    from standoff.cli_evidence import gaps_in, print_gaps  # noqa: PLC0415
    from standoff.evidence.claims import check_claims  # noqa: PLC0415
    from standoff.language.load import read_study  # noqa: PLC0415

    loaded = read_study(study, every_variant=True)
    problems = (*loaded.problems, *check_claims(study, loaded.model))
    gaps = gaps_in(loaded.model, sources) if claims and loaded.model and not has_errors(problems) else None
    if as_json:
        shown = {"problems": to_json(problems)} | ({} if gaps is None else {"claims": plain(gaps)})
        click.echo(json.dumps(shown, indent=2, ensure_ascii=False))
    elif problems:
        click.echo(render(problems))
    else:
        assert loaded.model is not None
        click.echo(_clean(loaded.model))
    if gaps is not None and not as_json:
        print_gaps(gaps)
    sys.exit(1 if has_errors(problems) else 0)


def _clean(model: Any) -> str:
    counts = (
        (len(model.actors), "actor", "actors"), (model.n_profiles, "profile", "profiles"),
        (len(model.stocks), "stock", "stocks"), (len(model.quantities), "quantity", "quantities"),
        (len(model.events), "event", "events"), (len(model.uncertain), "uncertain number", "uncertain numbers"),
        (len(model.mechanisms), "mechanism", "mechanisms"), (len(model.variants), "variant", "variants"),
    )  # fmt: skip
    parts = ", ".join(f"{number:,} {one if number == 1 else many}" for number, one, many in counts if number)
    return f"{model.name}: clean\n{model.title}: {parts}, {model.clock.steps} steps of a {model.clock.step}"


@main.command()
@_with_study
@_sizes(worlds=512, replications=8)
@click.option("--out", type=click.Path(path_type=Path), default=None, metavar="DIR", help="Keep the run here.")
@click.option("--profile", default=None, metavar="A=S,…", help="Only these strategies, or a named profile.")
@click.option("--design", type=click.Choice(["latin hypercube", "sobol", "plain", "saltelli"]),
              default="latin hypercube", show_default=True,
              help="How worlds fill the space of assumptions; for saltelli --worlds are its base rows.")  # fmt: skip
@click.option("--realised", is_flag=True, help="Draw rare ends instead of weighting by survival.")
@click.option("--evaluator", type=click.Choice(["auto", "reference", "kernel"]), default="auto", show_default=True,
              help="The plain one, the compiled one, or the sooner done; the numbers are the same.")  # fmt: skip
@click.option(
    "--until",
    type=click.Choice(["ranking stable"]),
    default=None,
    help="Double worlds and replications until the decider's ranking is settled, or the budget is spent.",
)
@click.option("--budget", type=click.IntRange(1), default=20_000_000, show_default=True,
              help="Futures that --until may run.")  # fmt: skip
@_as_json
@_faults
def run(study: str, as_json: bool, out: Path | None, profile: str | None, design: str, **options: Any) -> None:
    """Run a study over profiles of strategies, worlds and replications.

    A stopped run with --out goes on where it was when the same command is given again.

    \b
    Examples:
      standoff run korea --worlds 128 --replications 4 --out runs/korea
      standoff run rivals --set fear=0.3 --profile north=reciprocate,south=honest
      standoff run rivals --until "ranking stable"
    """
    loaded = _load(study, options["variants"])
    sizes = (options["worlds"], options["replications"])
    with _progress("running") as progress:
        wanted: dict[str, Any] = {
            "seed": options["seed"], "method": design, "profiles": profile, "fixed": _numbers(options["fixed"]),
            "realised": options["realised"], "threads": options["threads"], "progress": progress, "out": out,
            "evaluator": options["evaluator"], "announce": _announce,
        }  # fmt: skip
        if options["until"] is None:
            ensemble = loaded.run(*sizes, **wanted)
        else:
            from standoff.analysis.until import is_ranking_settled  # noqa: PLC0415
            from standoff.ensemble.until import run_until  # noqa: PLC0415

            grown = run_until(loaded, is_ranking_settled, *sizes, budget=options["budget"], **wanted)
            ensemble = grown.ensemble
            _announce(grown.statement)
    _print_run(ensemble, as_json)
    if out is not None and not as_json:
        click.echo(f"kept in {out}")


@main.command()
@_with_study
@_sizes(worlds=1024, replications=4)
@click.option("--out", type=click.Path(path_type=Path), default=None, metavar="DIR",
              help="Where to write brief.html; STUDY-brief by default.")  # fmt: skip
@click.option("--sources", type=click.Path(path_type=Path, exists=True, file_okay=False), default=None, metavar="DIR",
              help="Show passages of the documents here; the page is then for you alone.")  # fmt: skip
@_faults
def brief(study: str, out: Path | None, sources: Path | None, **options: Any) -> None:
    """Run a study and write its brief: one page that opens offline.

    \b
    Example:
      standoff brief korea --out korea-brief
    """
    from standoff.brief.write import make_brief  # noqa: PLC0415

    loaded = _load(study, options["variants"])
    folder = out or Path(f"{loaded.model.name}-brief")
    if sources is not None and folder.resolve().is_relative_to(loaded.model.folder.resolve()):
        raise click.UsageError(f"{folder} is inside the study, which never carries other people's text: choose another")
    with _progress("running") as progress:
        path = make_brief(
            loaded, folder, worlds=options["worlds"], replications=options["replications"], seed=options["seed"],
            fixed=_numbers(options["fixed"]), threads=options["threads"], progress=progress,
            announce=_announce, sources=sources,
        )  # fmt: skip
    click.echo(f"wrote {path}\nopen it in a browser: {path.resolve().as_uri()}")


@main.command()
@_with_study
@click.option("--world", type=click.IntRange(0), default=0, show_default=True, help="Which of the worlds.")
@click.option("--replication", type=click.IntRange(0), default=0, show_default=True, help="Which stream of chance.")
@click.option("--profile", default=None, metavar="A=S,…", help="The strategies; the first of each actor by default.")
@click.option("--weighted", is_flag=True, help="Weight by survival instead of drawing rare ends.")
@_sizes(worlds=512, replications=8)
@_as_json
@_faults
def trace(study: str, as_json: bool, world: int, replication: int, profile: str | None, **options: Any) -> None:
    """Follow one future step by step: what was, what happened, and the rule that fired for each actor.

    World and replication are those of `standoff run` with the same sizes and seed.

    \b
    Example:
      standoff trace korea --world 57 --replication 3 --profile us=tough_love
    """
    from standoff.brief.terminal import show_trace  # noqa: PLC0415
    from standoff.ensemble.run import trace_cell  # noqa: PLC0415

    loaded = _load(study, options["variants"])
    design = loaded.design(options["worlds"], max(options["replications"], replication + 1), options["seed"],
                           profiles=profile, fixed=_numbers(options["fixed"]))  # fmt: skip
    if world >= design.worlds.size:
        raise ValueError(f"there is no world {world}: with --worlds {design.worlds.size} they are 0 to {world - 1}")
    found = trace_cell(loaded.program, design, 0, world, replication, realised=not options["weighted"])
    show_trace(loaded.model, found, world=world, replication=replication, as_json=as_json)


@main.command()
@_with_study
@click.option("--variant", "variants", multiple=True, metavar="NAME", help="Apply a variant of the study.")
@click.option("--picture", type=click.Path(path_type=Path), default=None, metavar="FILE",
              help="Write the causal map as an SVG picture.")  # fmt: skip
@click.option("--kernel", is_flag=True, help="Print the source of the compiled evaluator instead.")
@_as_json
@_faults
def show(study: str, variants: tuple[str, ...], picture: Path | None, kernel: bool, as_json: bool) -> None:
    """Show a study: actors, assumptions, equations in readable mathematics, and the causal map.

    \b
    Example:
      standoff show rivals --picture map.svg
    """
    from standoff.brief.terminal import show_study  # noqa: PLC0415

    if kernel:
        from standoff.program.emitter import emit_kernel  # noqa: PLC0415

        click.echo(emit_kernel(_load(study, variants).program).text, nl=False)
        return
    show_study(_load(study, variants).model, picture, as_json=as_json)


@main.command()
@_faults
def schema() -> None:
    """Print the JSON Schema of study.yaml, for editors.

    \b
    Example:
      standoff schema > study.schema.json
    """
    from standoff.language.schema import json_schema  # noqa: PLC0415

    click.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))


def _load(study: str, variants: tuple[str, ...]) -> Study:
    from standoff.ensemble.study import load  # noqa: PLC0415

    return load(study, variants)


def _announce(line: str) -> None:
    click.echo(line, err=True)


def _numbers(fixed: tuple[str, ...]) -> dict[str, float]:
    found: dict[str, float] = {}
    for text in fixed:
        name, equals, number = text.partition("=")
        try:
            found[name.strip()] = float(number)
        except ValueError:
            equals = ""
        if not equals:
            raise click.UsageError(f"--set takes NAME=NUMBER, such as fear=0.3, and found `{text}`")
    return found


@contextmanager
def _progress(what: str) -> Iterator[Progress]:
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


def _print_run(ensemble: Any, as_json: bool) -> None:
    from standoff.brief.terminal import show_run  # noqa: PLC0415

    show_run(ensemble, as_json=as_json)


import standoff.cli_analysis  # noqa: E402
import standoff.cli_evidence  # noqa: E402
import standoff.cli_games  # noqa: E402, F401 (its commands add themselves)
