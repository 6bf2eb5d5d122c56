"""The commands that look back and ahead: what was seen, what to look for next, and forecasts that are scored."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from standoff.cli import options
from standoff.cli.command import command
from standoff.cli.output import announce, print_json, print_lines, print_sentences, progress
from standoff.ensemble.running import Size

if TYPE_CHECKING:
    from standoff.language.model import Model
    from standoff.questions.watching.watch import Watched

__all__ = ["fit", "forecast", "score", "watch"]

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
    from standoff.ensemble.runner import Local  # noqa: PLC0415
    from standoff.ensemble.storing.store import atomic_write  # noqa: PLC0415
    from standoff.ensemble.study import load  # noqa: PLC0415
    from standoff.evidence.seen import read_seen  # noqa: PLC0415
    from standoff.questions.watching.watch import watch_study  # noqa: PLC0415

    loaded = load(study, how["variants"])
    told = None if seen is None else read_seen(seen, loaded.model)
    with progress("watching") as shown:
        running = replace(how["running"], progress=shown)
        found: Watched = watch_study(loaded, told, how["size"], how["futures"], runner=Local(running), played=played)
    if how["matrix"] is not None and found.ahead is not None:
        atomic_write(how["matrix"], matrix_csv(found.ahead.matrix).encode())
    if as_json:
        print_json(_as_data(loaded.model, found))
        return
    _print(loaded.model, found)


def _as_data(model: Model, found: Watched) -> dict[str, Any]:
    from standoff.questions.as_json import to_json  # noqa: PLC0415
    from standoff.words.sentences.watching.signposts import signpost_sentences  # noqa: PLC0415
    from standoff.words.sentences.watching.watch import posterior_sentences, sighting_words  # noqa: PLC0415

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
    from standoff.words.sentences.watching.signposts import leader_words, signpost_sentences  # noqa: PLC0415
    from standoff.words.sentences.watching.watch import posterior_sentences, sighting_words  # noqa: PLC0415

    if found.posterior is not None:
        print_sentences("What was seen", [sighting_words(model, one) for one in found.posterior.sightings])
        print_sentences("What follows", posterior_sentences(model, found.posterior))
    if found.ahead is not None:
        sentences = [*signpost_sentences(model, found.ahead)]
        sentences += [leader_words(model, one) for one in found.ahead.matrix.leaders]
        print_sentences("What to watch", sentences)


def _as_bounds(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for text in given:
        name, equals, span = text.partition("=")
        low, _colon, high = span.partition(":")
        try:
            found[name.strip()] = (float(low), float(high)) if equals else None
        except ValueError:
            raise click.UsageError(
                f"--free takes NAME or NAME=LOW:HIGH, such as fear=0.1:0.5, and found `{text}`"
            ) from None
    return found


@command()
@options.study
@click.option("--to", "data", type=_FILE, required=True, metavar="FILE", help="The data, as CSV.")
@click.option("--free", multiple=True, required=True, metavar="NAME=LOW:HIGH", callback=_as_bounds,
              help="A constant or uncertainty to fit; an uncertainty's own range without bounds. May be given "
              "again.")  # fmt: skip
@click.option("--column", "on", multiple=True, metavar="NAME", help="Only this column of the data; may be given again.")
@click.option("--statistic", "statistics", multiple=True, metavar="NAME",
              help="mean, variance, zeros, correlation, peak or last; the usual of a column by default.")  # fmt: skip
@click.option("--from", "first", default=None, metavar="DATE", help="Fit from this step on.")
@click.option("--until", "last", default=None, metavar="DATE", help="Fit up to this step; the rest is held out.")
@click.option("--particles", type=click.IntRange(32), default=256, show_default=True, metavar="N", help="Kept a round.")
@click.option("--rounds", type=click.IntRange(1), default=5, show_default=True, metavar="N", help="At most.")
@options.seed
@options.out("Write a changed copy of the study here.")
@options.variant
@options.running
@options.as_json
def fit(study: str, data: Path, free: dict[str, Any], out: Path | None, *, as_json: bool, **how: Any) -> None:
    """Fit constants and ranges to what was seen.

    FILE has dates in the first column, and columns named as events, stocks or quantities of the study. Parameters
    are sought whose futures have the statistics of the data (approximate Bayesian computation), while all else is as
    uncertain as the study says. The copy has the fitted numbers with their reason; the study itself stays as it is.

    \b
    Example:
      standoff fit korea --variant history --to history.csv --column launches --until 2021-12 \\
        --free base_launches=1:4 --free dispersion=1:8 --out korea-fitted
    """
    from standoff.ensemble.study import load  # noqa: PLC0415
    from standoff.questions.watching.fit import Effort, fit_study, read_data, write_fitted  # noqa: PLC0415
    from standoff.words.sentences.watching.fit import fit_sentences  # noqa: PLC0415

    model = load(study, how["variants"]).model
    told = read_data(data, model, how["on"], how["first"], last=how["last"])
    with progress("fitting") as shown:
        found = fit_study(
            model, told, free, statistics=how["statistics"],
            effort=Effort(how["particles"], how["rounds"], how["seed"]),
            running=replace(how["running"], progress=shown),
        )  # fmt: skip
    path = None if out is None else write_fitted(model, found, out)
    if as_json:
        print_json({"sentences": list(fit_sentences(model, found)), **_fit_data(found)})
    else:
        print_sentences("", fit_sentences(model, found))
    if path is not None:
        announce(f"wrote {path}")


def _fit_data(found: Any) -> dict[str, Any]:
    from standoff.questions.as_json import to_json  # noqa: PLC0415

    data: dict[str, Any] = to_json(found)
    return data


@command()
@options.study
@click.option("--questions", type=_FILE, required=True, metavar="FILE", help="What is asked, as YAML.")
@options.out("Where the forecast is kept: a new folder.", required=True)
@click.option("--seen", type=_FILE, default=None, metavar="FILE", help="What was seen already, as CSV or YAML.")
@click.option("--futures", type=click.IntRange(128), default=8192, show_default=True, metavar="N",
              help="Each of another world and another profile.")  # fmt: skip
@options.seed
@options.profile
@options.variant
@options.running
@options.as_json
def forecast(study: str, questions: Path, out: Path, seen: Path | None, *, as_json: bool, **how: Any) -> None:
    """Freeze what a study says of questions, before the facts.

    FILE has under `questions`, by name, what is asked: the question as one would put it (`asks`), the `name` of the
    thing in the study, `ask` (happens, total, number, is) and `by` when. Chances and distributions go to the folder
    with the study's digest, the day and the version, under a seal that is printed: keep it elsewhere, and nobody can
    change the forecast unnoticed. What one would say without the study (climatology, persistence,
    a negative binomial, from the study's history.csv) is frozen beside.

    \b
    Examples:
      standoff forecast korea --questions questions.yaml --out forecasts/march
      standoff score forecasts/march --resolved facts.csv
    """
    import msgspec  # noqa: PLC0415

    from standoff.ensemble.study import load  # noqa: PLC0415
    from standoff.evidence.asked import read_questions  # noqa: PLC0415
    from standoff.evidence.seen import read_seen  # noqa: PLC0415
    from standoff.questions.watching.forecast import Given, Record, freeze, make_forecast  # noqa: PLC0415
    from standoff.words.sentences.watching.scoring import forecast_lines  # noqa: PLC0415

    loaded = load(study, how["variants"])
    asked = read_questions(questions, loaded.model)
    told = None if seen is None else read_seen(seen, loaded.model)
    text = questions.read_text(encoding="utf-8")
    made = make_forecast(
        loaded,
        asked,
        size=Size(how["futures"], 1, how["seed"]),
        given=Given(profile=how["profile"], seen=told),
        record=Record(questions=text),
        running=how["running"],
    )
    frozen = freeze(made, out, text)
    if as_json:
        print_json({"seal": frozen.seal, **msgspec.to_builtins(made)})
        return
    print_lines(forecast_lines(made))
    announce(f"kept in {out}; seal {frozen.seal}")


@command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False), metavar="DIR")
@click.option("--resolved", type=_FILE, required=True, metavar="FILE",
              help="What was: a CSV file with the columns question and value.")  # fmt: skip
@click.option("--seal", default=None, metavar="SEAL", help="The one that was printed when the forecast was made.")
@click.option("--again", default=None, metavar="STUDY", help="Make the answers again from the study, and compare.")
@options.as_json
def score(folder: Path, resolved: Path, seal: str | None, again: str | None, *, as_json: bool) -> None:
    """Score a frozen forecast by what was.

    Log score, Brier score or CRPS, whether 90 % intervals held and where the facts fell in them, by kind of question
    and by horizon, against what one would have said without the study; and the worst misses with the assumptions
    and the equation that they hung on. A forecast that was changed since it was frozen is refused.

    \b
    Example:
      standoff score forecasts/march --resolved facts.csv --again korea
    """
    from standoff.analysis.scoring.scores import score_data, score_forecast  # noqa: PLC0415
    from standoff.ensemble.study import load  # noqa: PLC0415
    from standoff.questions.watching.forecast import read_facts_of, read_forecast  # noqa: PLC0415
    from standoff.words.sentences.watching.scoring import score_sentences  # noqa: PLC0415

    frozen = read_forecast(folder, seal, None if again is None else load(again))
    found = score_forecast(frozen.forecast, read_facts_of(resolved, frozen.forecast.answers))
    if as_json:
        print_json({"seal": frozen.seal, "sentences": list(score_sentences(found)), **score_data(found)})
        return
    print_sentences("", score_sentences(found))
