"""The commands for whoever writes a study: a beginning, its faults, what it says, and its schema."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from standoff.cli import options
from standoff.cli.command import command
from standoff.cli.output import announce, echo, print_json, print_lines
from standoff.studies import BUNDLED, TEMPLATE, begin_study

if TYPE_CHECKING:
    from standoff.analysis.documents.gaps import Gaps
    from standoff.base.problems import Problem
    from standoff.language.model import Model

__all__ = ["check", "new", "schema", "show"]


@command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option("--from", "example", type=click.Choice(BUNDLED), default=None,
              help="A copy of this bundled study instead, to change.")  # fmt: skip
def new(folder: Path, example: str | None) -> None:
    """Write a small commented study to DIR, as a beginning.

    \b
    Examples:
      standoff new border && standoff check border
      standoff new my-korea --from korea
    """
    path = begin_study(folder, example or TEMPLATE)
    echo(f"wrote {path}\nnext: standoff check {folder}")


@command()
@options.study
@click.option("--claims", is_flag=True, help="Also list what the evidence lacks: sources, tests, passages, agreement.")
@options.sources
@click.option("--weights", type=click.Path(path_type=Path, exists=True), default=None, metavar="CSV",
              help="Also check a table of weights, as `standoff answer --weights` takes it.")  # fmt: skip
@options.as_json
def check(study: str, as_json: bool, claims: bool, sources: Path | None, *, weights: Path | None) -> None:
    """Report what is wrong in a study and its claims.

    Every fault comes with its place and what to do.

    \b
    Examples:
      standoff check korea
      standoff check korea --claims
    """
    from standoff.base.problems import has_errors, render, to_json  # noqa: PLC0415
    from standoff.evidence.claims import check_claims  # noqa: PLC0415
    from standoff.language.load import read_study  # noqa: PLC0415

    loaded = read_study(study, every_variant=True)
    problems = (*loaded.problems, *check_claims(study, loaded.model))
    if loaded.model is not None and not has_errors(problems):
        problems += _of_documents(loaded.model, sources)
    problems += _of_weights(weights)
    gaps = _gaps(loaded.model, sources) if claims and loaded.model and not has_errors(problems) else None
    if as_json:
        print_json({"problems": to_json(problems)}, {} if gaps is None else {"claims": gaps})
    elif problems:
        echo(render(problems))
    else:
        assert loaded.model is not None
        echo(_clean(loaded.model))
    if gaps is not None and not as_json:
        from standoff.cli.shown.evidence import gap_lines  # noqa: PLC0415

        print_lines(gap_lines(gaps))
    sys.exit(1 if has_errors(problems) else 0)


@command()
@options.study
@options.variant
@click.option("--picture", type=click.Path(path_type=Path, dir_okay=False), default=None, metavar="FILE",
              help="Write the causal map as an SVG picture.")  # fmt: skip
@click.option("--kernel", is_flag=True, help="Print the text of the kernel that LLVM compiles instead.")
@click.option("--wasm", is_flag=True, help="Print the same as WebAssembly instead.")
@options.as_json
def show(
    study: str, variants: tuple[str, ...], picture: Path | None, kernel: bool, *, wasm: bool, as_json: bool
) -> None:
    """Show all that a study says.

    Actors, assumptions, equations, and the rest of it.

    The equations are in readable mathematics, with what they are for; --picture draws the causal map.

    \b
    Example:
      standoff show rivals --picture map.svg
    """
    from standoff.analysis.structure.causal import causal_map  # noqa: PLC0415
    from standoff.brief.pictures.causal_map import draw_map  # noqa: PLC0415
    from standoff.cli.shown.runs import study_data, study_lines  # noqa: PLC0415
    from standoff.cli.shown.said import said_data, said_lines  # noqa: PLC0415
    from standoff.ensemble.storing.store import atomic_write  # noqa: PLC0415
    from standoff.ensemble.study import load  # noqa: PLC0415
    from standoff.language.load import whole_text  # noqa: PLC0415

    loaded = load(study, variants)
    if kernel:
        from standoff.program.llvm.writer import emit_kernel  # noqa: PLC0415

        echo(emit_kernel(loaded.program, remarks=True).text, nl=False)
        return
    if wasm:
        from standoff.program.wasm.writer import emit_module  # noqa: PLC0415

        echo(emit_module(loaded.program, remarks=True).text, nl=False)
        return
    causes = causal_map(loaded.model)
    if picture is not None:
        atomic_write(picture, draw_map(causes, loaded.model).encode())
        announce(f"wrote {picture}")
    if as_json:
        print_json(study_data(loaded.model, causes), {"says": said_data(whole_text(loaded.model))})
    else:
        print_lines(study_lines(loaded.model, causes))
        print_lines(said_lines(whole_text(loaded.model)))


@command()
@click.argument("file", type=click.Choice(("study", "claims")), default="study")
def schema(file: str) -> None:
    """Print the JSON Schema of studies or claims, for editors.

    \b
    Examples:
      standoff schema > study.schema.json
      standoff schema claims > claims.schema.json
    """
    from standoff.language.reference import schema_of  # noqa: PLC0415

    print_json(schema_of(file))


def _of_documents(model: Model, sources: Path | None) -> tuple[Problem, ...]:
    from standoff.evidence.claims import ledger_of  # noqa: PLC0415
    from standoff.evidence.sources import check_documents  # noqa: PLC0415

    return check_documents(ledger_of(model.written.files), options.sources_folder(model.folder, sources))


def _of_weights(path: Path | None) -> tuple[Problem, ...]:
    from standoff.analysis.runs.weighings import read_weightings  # noqa: PLC0415
    from standoff.base.problems import StudyError  # noqa: PLC0415

    try:
        if path is not None:
            read_weightings(path)
    except StudyError as error:
        return tuple(error.problems)
    return ()


def _gaps(model: Model, sources: Path | None) -> Gaps:
    from standoff.analysis.documents.gaps import gaps  # noqa: PLC0415
    from standoff.evidence.claims import ledger_of  # noqa: PLC0415
    from standoff.evidence.sources import sources as look  # noqa: PLC0415

    ledger = ledger_of(model.written.files)
    return gaps(model, ledger, look(ledger, options.sources_folder(model.folder, sources)))


def _clean(model: Model) -> str:
    from standoff.words.numbers import whole  # noqa: PLC0415

    counts = (
        (len(model.actors), "actor", "actors"), (model.n_profiles, "profile", "profiles"),
        (len(model.stocks), "stock", "stocks"), (len(model.quantities), "quantity", "quantities"),
        (len(model.events), "event", "events"), (len(model.uncertain), "uncertain number", "uncertain numbers"),
        (len(model.mechanisms), "mechanism", "mechanisms"), (len(model.variants), "variant", "variants"),
    )  # fmt: skip
    parts = ", ".join(f"{whole(number)} {one if number == 1 else many}" for number, one, many in counts if number)
    return f"{model.name}: clean\n{model.title}: {parts}, {model.clock.steps} steps of a {model.clock.length}"
