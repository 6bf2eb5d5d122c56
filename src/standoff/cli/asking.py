"""The commands that look at runs: the answers to the first questions, what moves outcomes, and two runs compared."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, TypeVar

import click

from standoff.cli import options
from standoff.cli.command import command
from standoff.cli.output import echo, print_json, print_lines, print_sentences, progress

if TYPE_CHECKING:
    from collections.abc import Iterable

    from standoff.analysis.robustness.metrics import Standing
    from standoff.analysis.robustness.robustness import Robustness
    from standoff.analysis.sensitivity import Sensitivity
    from standoff.ensemble.ensemble import Ensemble
    from standoff.questions.question import Question

__all__ = ["answer", "compare", "sensitivity"]

Finding = TypeVar("Finding")

_HALF = 1.96
"""Standard errors in half of a 95 % interval."""


@command()
@click.argument("run", metavar="RUN|STUDY")
@click.option("--view", default="uniform", show_default=True, metavar="NAME",
              help="What the others play where it is asked what the choice hinges on: uniform, adversarial, or a "
              "named profile.")  # fmt: skip
@click.option("--weights", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="CSV",
              help="A row for each world of the run and a column for each weighting, headed by its name: the ranking "
              "is given under each too.")  # fmt: skip
@options.size(worlds=512, replications=8)
@options.running
@options.set_numbers
@options.variant
@options.fresh
@options.as_json
def answer(run: str, view: str, weights: Path | None, as_json: bool, **how: Any) -> None:
    """Say what holds up in a run, and what that hinges on.

    RUN is the folder of a run of every strategy of the decider: `standoff run korea --out runs/korea`. A STUDY is run
    first, at the size given, with every strategy of all; sizes, --set and --variant are for it alone. The ranking is
    printed as soon as that is known, then what holds up. --json has every number behind the sentences.

    \b
    Examples:
      standoff answer runs/korea --view deep_axis
      standoff answer korea --worlds 128 --replications 4
    """
    ensemble = _run_of(run, how)
    from standoff.analysis.robustness.metrics import Standing  # noqa: PLC0415
    from standoff.analysis.runs.weighings import read_weightings  # noqa: PLC0415
    from standoff.questions.results import of_run  # noqa: PLC0415
    from standoff.words.sentences.linchpins import linchpin_words  # noqa: PLC0415
    from standoff.words.sentences.robustness import robustness_words, standing_lines  # noqa: PLC0415

    model, said = ensemble.model, dict[str, tuple[str, ...]]()
    decider = ensemble.program.players.index(model.decider)
    strategies = ensemble.program.instances[decider]
    given = None if weights is None else read_weightings(weights, ensemble.design.worlds.size)

    def say(found: Standing | Robustness) -> None:
        if isinstance(found, Standing):
            if not as_json and len(found.ranking.order) > 1:
                print_lines(["Ranking, by mean payoff", *(f"  {line}" for line in standing_lines(found, strategies))])
        elif "robustness" not in said:
            said["robustness"] = tuple(robustness_words(model, found).sentences)
            if not as_json:
                print_sentences("What holds up?", said["robustness"])

    question = of_run(view, given, limits_under_all=as_json, tell=say)  # the sentences need the first view's
    found = _asked(ensemble, question, how["running"].threads, fresh=how["fresh"])
    say(found.robustness)  # where it was kept, nobody has been told
    said["linchpins"] = tuple(linchpin_words(model, found.linchpins).sentences)
    if as_json:
        from standoff.brief.formats.data import finding_data  # noqa: PLC0415

        print_json(finding_data(found), {"sentences": said})
        return
    print_sentences("What does it hinge on?", said["linchpins"])


@command()
@options.run_folder("run")
@click.option("--outcome", "outcomes", multiple=True, metavar="NAME", help="Only this outcome; may be given again.")
@options.threads
@options.fresh
@options.as_json
def sensitivity(run: Path, outcomes: tuple[str, ...], as_json: bool, **how: Any) -> None:
    """Say which assumptions move outcomes in a run.

    These are Sobol indices, which need a run of their own design. RUN is its folder: `standoff run rivals
    --design saltelli --worlds 256 --out runs/sobol`.

    \b
    Example:
      standoff sensitivity runs/sobol --outcome war
    """
    from standoff.ensemble.study import open_run  # noqa: PLC0415
    from standoff.questions.runs import moving  # noqa: PLC0415
    from standoff.words.sentences.sensitivity import sensitivity_sentences  # noqa: PLC0415

    ensemble = open_run(run, how["threads"])
    found = _asked(ensemble, moving(outcomes), how["threads"], fresh=how["fresh"])
    sentences = sensitivity_sentences(ensemble.model, found)
    if as_json:
        print_json(found, {"sentences": sentences})
        return
    print_sentences("", sentences)
    print_lines(_index_lines(found))


@command()
@options.run_folder("before")
@options.run_folder("after")
@options.threads
@options.as_json
def compare(before: Path, after: Path, threads: int | None, as_json: bool) -> None:
    """Say what changed from one run to another.

    That is in assumptions, results, ranking and linchpins. Each run brings the study that it was made from. Runs of one
    size and seed are compared world by world.

    \b
    Example:
      standoff compare runs/march runs/april
    """
    from standoff.ensemble.study import open_run  # noqa: PLC0415
    from standoff.questions.runs import changes_to  # noqa: PLC0415
    from standoff.words.sentences.changes import change_sentences, state_words  # noqa: PLC0415

    later = open_run(after, threads)
    found = _asked(open_run(before, threads), changes_to(later), threads)
    said = change_sentences(later.model, found)
    if as_json:
        from standoff.brief.formats.data import finding_data  # noqa: PLC0415

        print_json(finding_data(found), {"sentences": said})
        return
    print_sentences("", said)
    for change in found.changes:
        states = [state_words(state) for state in (change.before, change.after)]
        if any(states):
            echo(f"  {change.name}: {' → '.join(state or 'not there' for state in states)}")


def _run_of(run: str, how: dict[str, Any]) -> Ensemble:
    """A run that was kept, or a study run now."""
    from standoff.ensemble.study import is_run, load, open_run  # noqa: PLC0415

    running, size = how["running"], how["size"]
    is_study = (Path(run) / "study.yaml").is_file() or not Path(run).is_dir()
    if is_run(run) or not is_study:
        return open_run(run, running.threads)
    loaded = load(run, how["variants"])
    Thread(target=import_module, args=("standoff.questions.results",)).start()  # a second's work, beside the run
    with progress("running") as told:
        return loaded.run(
            size.worlds, size.replications, seed=size.seed, set=how["set"], threads=running.threads,
            evaluator=running.evaluator, progress=told, announce=running.announce, on=running.on,
        )  # fmt: skip


def _asked(
    run: Ensemble, question: Question[Finding], threads: int | None = None, *, fresh: bool = False
) -> Finding:  # fmt: skip
    """A question's answer, be it kept or found now.

    Raises:
        click.UsageError: There is none; the message says why.
    """
    from standoff.questions.answer import answer_run  # noqa: PLC0415
    from standoff.questions.kept import kept_findings  # noqa: PLC0415
    from standoff.questions.question import Unanswered  # noqa: PLC0415
    from standoff.words.unanswered import unanswered_words  # noqa: PLC0415

    found = answer_run(run, (question,), threads, kept_findings(fresh=fresh)).of(question)
    if isinstance(found, Unanswered):
        raise click.UsageError(unanswered_words(found.reason, found.data, run.model))
    return found


def _index_lines(found: Sensitivity) -> Iterable[str]:
    """For each measure under the first strategy, total and first indices, the largest first."""
    from standoff.words.numbers import measured  # noqa: PLC0415

    for measure, by_strategy in found.indices.items():
        label, indices = next(iter(by_strategy.items()))
        yield f"\n{measure} under {label}: total and first index (± half of a 95 % interval)"
        if not indices.is_told:
            wanted = "" if indices.rows_wanted is None else f"; {indices.rows_wanted} base rows would do (--worlds)"
            yield f"  {'too few' if indices.variance else 'no'} worlds differ to tell{wanted}"
            continue
        order = sorted(indices.total, key=lambda name: -indices.total[name].value)
        for name in order[:10]:
            total, first = indices.total[name], indices.first[name]
            yield (
                f"  {name:<24}{measured(total.value, _HALF * total.error):>13}"
                f"  {measured(first.value, _HALF * first.error):>13}"
            )
