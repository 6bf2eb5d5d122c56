"""The commands that look back and ahead: what was seen, what to look for next, and forecasts that are scored."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from standoff.cli import options
from standoff.cli.command import command
from standoff.cli.output import print_json, print_sentences, progress

if TYPE_CHECKING:
    from standoff.language.model import Model
    from standoff.questions.watch import Watched

__all__ = ["watch"]

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@command()
@options.study
@click.option("--seen", type=_FILE, default=None, metavar="FILE", help="What was seen, as CSV or YAML.")
@click.option("--played", default=None, metavar="STRATEGY",
              help="What the decider has been playing meanwhile; any of its strategies alike by default.")  # fmt: skip
@click.option("--matrix", type=click.Path(path_type=Path, dir_okay=False), default=None, metavar="CSV",
              help="Write hypotheses against evidence to this file.")  # fmt: skip
@click.option("--futures", type=click.IntRange(128), default=1024, show_default=True, metavar="N",
              help="Followed to tell what to look for next.")  # fmt: skip
@options.size(worlds=256, replications=8, least=2)
@options.variant
@options.running
@options.as_json
def watch(study: str, seen: Path | None, played: str | None, as_json: bool, **how: Any) -> None:
    """Say what follows from what was seen, and what to look for next.

    FILE has a row for each observation: date, name, value, and, where wanted, source and reliability from 0 to 1. The
    names are those that the study lists under `observed`. `none` as a value says that nothing was seen by that date.
    The worlds that make what was seen count more: which assumptions moved, what the others seem to play, how the
    decider's strategies rank now, and on how few worlds that rests. Without FILE only signposts are told: what to see
    before choosing, by when, what it would tell and what the choice becomes.

    \b
    Examples:
      standoff watch korea
      standoff watch korea --seen seen.csv --matrix hypotheses.csv
      standoff watch korea --seen seen.yaml --played "tough_love(guarantee=firm)" --json
    """
    from standoff.analysis.watch.matrix import matrix_csv  # noqa: PLC0415
    from standoff.ensemble.storing.store import atomic_write  # noqa: PLC0415
    from standoff.ensemble.study import load  # noqa: PLC0415
    from standoff.evidence.seen import read_seen  # noqa: PLC0415
    from standoff.questions.watch import watch_study  # noqa: PLC0415

    loaded = load(study, how["variants"])
    told = None if seen is None else read_seen(seen, loaded.model)
    with progress("watching") as shown:
        running = replace(how["running"], progress=shown)
        found: Watched = watch_study(loaded, told, how["size"], how["futures"], running, played)
    if how["matrix"] is not None and found.ahead is not None:
        atomic_write(how["matrix"], matrix_csv(found.ahead.matrix).encode())
    if as_json:
        print_json(_as_data(loaded.model, found))
        return
    _print(loaded.model, found)


def _as_data(model: Model, found: Watched) -> dict[str, Any]:
    from standoff.questions.as_json import to_json  # noqa: PLC0415
    from standoff.words.signposts import signpost_sentences  # noqa: PLC0415
    from standoff.words.watch import posterior_sentences, sighting_words  # noqa: PLC0415

    data: dict[str, Any] = {}
    if found.posterior is not None:
        data = to_json(found.posterior)
        data["seen"] = [sighting_words(model, one) for one in found.posterior.sightings]
        data["sentences"] = posterior_sentences(model, found.posterior)
        del data["sightings"]
    if found.ahead is not None:
        data["ahead"] = {"sentences": signpost_sentences(model, found.ahead), **to_json(found.ahead)}
    return data


def _print(model: Model, found: Watched) -> None:
    from standoff.words.signposts import leader_words, signpost_sentences  # noqa: PLC0415
    from standoff.words.watch import posterior_sentences, sighting_words  # noqa: PLC0415

    if found.posterior is not None:
        print_sentences("What was seen", [sighting_words(model, one) for one in found.posterior.sightings])
        print_sentences("What follows", posterior_sentences(model, found.posterior))
    if found.ahead is not None:
        sentences = [*signpost_sentences(model, found.ahead)]
        sentences += [leader_words(model, one) for one in found.ahead.matrix.leaders]
        print_sentences("What to watch", sentences)
