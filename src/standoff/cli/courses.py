"""The commands about courses that can change: what holds when others can answer, and strategies that are found."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from standoff.cli import options
from standoff.cli.command import command
from standoff.cli.output import announce, make_folder, print_json, print_lines, print_sentences, progress
from standoff.cli.playing import write_tables

if TYPE_CHECKING:
    from standoff.ensemble.running import Size
    from standoff.language.model import Model

__all__ = ["markov", "pathways", "search", "stability"]


@command()
@options.study
@options.size(worlds=256, replications=8, least=2)
@options.running
@options.set_numbers
@options.variant
@click.option("--wish", metavar="A=S,…", help="A profile or part of one, its name, or an outcome whose limit is to be "
              "kept: what would have to change for it to hold, and the way there.")  # fmt: skip
@click.option("--from", "start", metavar="A=S,…", help="What is played today; by default what the study says.")
@click.option("--by", type=click.Choice(["nash", "seq"]), default="seq", show_default=True,
              help="Whether the wish is to hold with no answer to any move, or by foresight.")  # fmt: skip
@options.out("Write the table of profiles here: Arrow, CSV and Parquet.")
@options.as_json
def stability(
    study: str, as_json: bool, wish: str | None, start: str | None, *, by: str, out: Path | None, **how: Any
) -> None:
    """Say what holds if actors can change course.

    A profile may hold because nobody gains by leaving it, or because the others would answer (graph-model stability:
    Nash, sequential, general and symmetric metarational, two and three moves ahead, coalitions). It says why, who must
    want or believe what for a wished profile to hold, and who must move first. A conflict in option form (FILE.gmcr)
    is looked into as it stands.

    \b
    Examples:
      standoff stability korea
      standoff stability korea --wish us=freeze_for_relief --by nash
      standoff stability korea --wish war_by_end --json
      standoff stability dam.gmcr
    """
    if Path(study).suffix.lower() == ".gmcr":
        _of_file(Path(study), as_json=as_json)
        return
    from standoff.analysis.graph_model.notions import Notion  # noqa: PLC0415
    from standoff.cli.shown.courses import courses_lines  # noqa: PLC0415
    from standoff.ensemble.runner import Local  # noqa: PLC0415
    from standoff.ensemble.study import load  # noqa: PLC0415
    from standoff.questions.answer import answer  # noqa: PLC0415
    from standoff.questions.courses import courses_of  # noqa: PLC0415
    from standoff.questions.question import Unanswered  # noqa: PLC0415
    from standoff.words.sentences.courses import courses_sentences, courses_title  # noqa: PLC0415
    from standoff.words.unanswered import unanswered_words  # noqa: PLC0415

    loaded = replace(load(study, how["variants"]), held=how["set"])
    model = loaded.model
    if out is not None:
        make_folder(out)
    question = courses_of(wish, start, Notion(by))
    with progress("running") as told:
        found = answer(loaded, (question,), how["size"], Local(replace(how["running"], progress=told))).of(question)
    if isinstance(found, Unanswered):
        raise click.ClickException(f"no game to look into: {unanswered_words(found.reason, found.data, model)}")
    if out is not None:
        write_tables(out, {"stability": found.found.to_arrow()})
        announce(f"wrote {out}")
    sentences = courses_sentences(model, found)
    if as_json:
        print_json(_head(model, how["size"]), found, {"sentences": sentences})
        return
    print_sentences(f"{model.name}: {courses_title(model, found)}", sentences)
    print_lines(courses_lines(model, found))


def _of_file(path: Path, *, as_json: bool) -> None:
    """The stable states of a conflict in option form."""
    from standoff.cli.shown.courses import conflict_lines  # noqa: PLC0415
    from standoff.exchange.games.files import read_conflict  # noqa: PLC0415
    from standoff.exchange.games.options import stable_states  # noqa: PLC0415

    form = read_conflict(path)
    found = stable_states(form)
    if as_json:
        print_json({"players": form.game.players, "stable": found})
    else:
        print_lines(conflict_lines(form, found))


@command()
@options.study
@options.size(worlds=256, replications=8, least=2)
@options.running
@options.variant
@click.option("--for", "actor", metavar="ACTOR", help="Whose strategies; the decider's by default.")
@click.option("--evaluations", type=click.IntRange(10, 100_000), default=400, show_default=True, metavar="N",
              help="How many strategies to look at; with --oracle, for each best reply.")  # fmt: skip
@click.option("--oracle", is_flag=True, help="Let the game grow: each actor in turn adds its best reply, until nobody "
              "gains more than the error.")  # fmt: skip
@options.set_numbers
@options.as_json
def search(study: str, as_json: bool, actor: str | None, evaluations: int, *, oracle: bool, **how: Any) -> None:
    """Find strategies instead of listing them.

    The study names the spaces under `search`: settings in ranges, and small decision trees over what the actor may see.
    What keeps the limits in most worlds under every view, and pays, is sought on some worlds and luck and valued on
    others. What is found is printed as it can be pasted into the study; what was found for the decider stands beside
    the listed strategies in the study's next brief.

    With --oracle all actors search: the double oracle begins with one strategy of each, and in the end tells what each
    plays and what it could still gain by the best reply that was found.

    \b
    Examples:
      standoff search lake
      standoff search rivals --for south --evaluations 2000 --json
      standoff search rivals --oracle
    """
    from standoff.ensemble.study import load  # noqa: PLC0415
    from standoff.questions.kept import kept_findings  # noqa: PLC0415
    from standoff.questions.searching.found import Sought, search_study  # noqa: PLC0415
    from standoff.questions.searching.growing import Growing, grow_game  # noqa: PLC0415
    from standoff.questions.searching.kept import keep_found  # noqa: PLC0415
    from standoff.words.sentences.searching.found import grown_lines, searched_lines  # noqa: PLC0415

    loaded = replace(load(study, how["variants"]), held=how["set"])
    model = loaded.model
    if oracle:
        if actor is not None:
            raise click.UsageError("--oracle has every actor search, and --for names one: give one of the two")
        game = grow_game(loaded, Growing(evaluations), how["size"], how["running"])
        if as_json:
            print_json(_head(model, how["size"]), game)
        else:
            print_lines(grown_lines(model, game))
        return
    if actor is not None and actor not in model.players:
        raise click.UsageError(f"no actor that chooses is named `{actor}`: there are {', '.join(model.players)}")
    found = search_study(loaded, Sought(actor or model.decider, evaluations), how["size"], how["running"])
    keep_found(loaded, found, kept_findings())
    if as_json:
        print_json(_head(model, how["size"]), found)
        return
    print_lines(searched_lines(model, found))


@command()
@options.study
@options.size(worlds=256, replications=4, least=1)
@options.variant
@options.set_numbers
@click.option("--for", "actor", metavar="ACTOR", help="Whose strategies; the decider's by default.")
@click.option("--limit", "limits", multiple=True, metavar="OUTCOME",
              help="An outcome whose limit is to be kept; again for more, all that have one by default.")  # fmt: skip
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE.svg",
              help="Draw the map of pathways here.")  # fmt: skip
@options.as_json
def pathways(
    study: str, actor: str | None, limits: tuple[str, ...], out: Path | None, *, as_json: bool, **how: Any
) -> None:
    """Say until when each strategy keeps the limits.

    For each strategy it tells the date, and the state, at which it stops keeping which limit, over worlds, and by when
    to change to which other where that is shown to keep more of them (adaptation pathways). The map of the decider's
    own, of all limits, stands in the study's next brief.

    \b
    Examples:
      standoff pathways lake --out map.svg
      standoff pathways korea --limit reach_end --limit war
    """
    from standoff.brief.pictures.pathways import draw_pathways  # noqa: PLC0415
    from standoff.ensemble.running import Running  # noqa: PLC0415
    from standoff.ensemble.storing.store import atomic_write  # noqa: PLC0415
    from standoff.ensemble.study import load  # noqa: PLC0415
    from standoff.questions.kept import kept_findings  # noqa: PLC0415
    from standoff.questions.searching.kept import keep_found  # noqa: PLC0415
    from standoff.questions.searching.pathways import find_pathways  # noqa: PLC0415
    from standoff.words.sentences.searching.pathways import pathways_sentences, pathways_title  # noqa: PLC0415

    loaded = replace(load(study, how["variants"]), held=how["set"])
    model = loaded.model
    with progress("following courses") as told:
        found = find_pathways(loaded, how["size"], actor, limits, running=Running(progress=told))
    keep_found(loaded, found, kept_findings())
    if out is not None:
        atomic_write(out, str(draw_pathways(model, found)).encode())
        announce(f"wrote {out}")
    sentences = pathways_sentences(model, found)
    if as_json:
        print_json(_head(model, how["size"]), found, {"sentences": sentences})
        return
    print_sentences(f"{model.name}: {pathways_title(model, found)}", sentences)


@command()
@options.study
@click.option("--draws", type=click.IntRange(16, 100_000), default=1024, show_default=True, metavar="N",
              help="Futures by which each state and joint choice is stepped.")  # fmt: skip
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, metavar="N",
              help="Of worlds and luck; the same seed gives the same numbers.")  # fmt: skip
@options.variant
@options.set_numbers
@options.as_json
def markov(study: str, draws: int, seed: int, as_json: bool, **how: Any) -> None:
    """Say what actors would choose in each state.

    For a study whose state is a few modes: in a stationary equilibrium nobody gains by choosing anything else in any
    state, given what all choose in every state from then on. It is the one at the end of the path of logit responses
    that begins with even play.

    \b
    Example:
      standoff markov border --json
    """
    from standoff.ensemble.study import load  # noqa: PLC0415
    from standoff.questions.markov import find_markov  # noqa: PLC0415
    from standoff.words.sentences.games.markov import markov_sentences  # noqa: PLC0415

    loaded = replace(load(study, how["variants"]), held=how["set"])
    announce("following the path of logit equilibria; it is compiled once, which takes a while")
    found = find_markov(loaded, draws, seed)
    sentences = tuple(markov_sentences(loaded.model, found.table, found.play))
    if as_json:
        head = {"study": loaded.model.name, "digest": loaded.model.digest, "seed": seed}
        print_json(head, found, {"sentences": sentences})
        return
    print_sentences("What each would choose in each state", sentences)


def _head(model: Model, size: Size) -> dict[str, Any]:
    return {"study": model.name, "digest": model.digest, **asdict(size)}
