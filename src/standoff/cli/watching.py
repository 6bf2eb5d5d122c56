"""The commands that look back and ahead: what was seen, what to look for next, and forecasts that are scored."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from standoff.cli import options
from standoff.cli.command import command
from standoff.cli.output import announce, print_json, print_sentences, progress

__all__ = ["watch"]

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@command()
@options.study
@click.option("--seen", type=_FILE, required=True, metavar="FILE", help="What was seen, as CSV or YAML.")
@click.option("--played", default=None, metavar="STRATEGY",
              help="What the decider has been playing meanwhile; any of its strategies alike by default.")  # fmt: skip
@options.size(worlds=256, replications=8, least=2)
@options.variant
@options.running
@options.as_json
def watch(study: str, seen: Path, played: str | None, as_json: bool, **how: Any) -> None:
    """Say what follows from what was seen.

    FILE has a row for each observation: date, name, value, and, where wanted, source and reliability from 0 to 1. The
    names are those that the study lists under `observed`. `none` as a value says that nothing was seen by that date.
    The worlds that make what was seen count more: which assumptions moved, what the others seem to play, how the
    decider's strategies rank now, and on how few worlds that rests.

    \b
    Examples:
      standoff watch korea --seen seen.csv
      standoff watch korea --seen seen.yaml --played "tough_love(guarantee=firm)" --json
    """
    from dataclasses import replace  # noqa: PLC0415

    from standoff.ensemble.study import load  # noqa: PLC0415
    from standoff.evidence.seen import read_seen  # noqa: PLC0415
    from standoff.questions.watch import find_posterior  # noqa: PLC0415
    from standoff.words.watch import posterior_sentences, sighting_words  # noqa: PLC0415

    loaded = load(study, how["variants"])
    told = read_seen(seen, loaded.model)
    with progress("weighing") as shown:
        found, _ = find_posterior(loaded, told, how["size"], replace(how["running"], progress=shown), played)
    sentences = posterior_sentences(loaded.model, found)
    if as_json:
        seen_words = [sighting_words(loaded.model, one) for one in told.sightings]
        print_json({"sentences": sentences, "seen": seen_words}, _as_data(found))
        return
    print_sentences("What was seen", [sighting_words(loaded.model, one) for one in told.sightings])
    print_sentences("What follows", sentences)
    if found.failed:
        announce("no posterior is printed where so little carries it")


def _as_data(found: Any) -> dict[str, Any]:
    from standoff.questions.as_json import to_json  # noqa: PLC0415

    data: dict[str, Any] = to_json(found)
    del data["sightings"]
    return data
