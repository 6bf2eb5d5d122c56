"""What was seen: the worlds that make it, and what follows; fresh worlds are drawn where those at hand are too few."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from standoff.analysis.findings import Floats, Reason, UnanswerableError
from standoff.analysis.watch.posterior import Posterior, posterior
from standoff.analysis.watch.signposts import Signposts
from standoff.analysis.watch.weighted import Weighted, weigh_worlds_by
from standoff.ensemble.design import Design
from standoff.ensemble.runner import Job, Local, Runner
from standoff.ensemble.running import Running, Size
from standoff.ensemble.study import Study
from standoff.ensemble.watch.tempering import temper
from standoff.ensemble.watch.watching import Weighed, told_program, weigh_cells, weigh_design
from standoff.evidence.seen import Seen
from standoff.language.changed import Reweighed, changed
from standoff.questions.watching.signposts import FUTURES, Since, find_signposts, worlds_resampled
from standoff.words.numbers import counted, number
from standoff.words.sentences.watching.watch import failure_words

__all__ = ["PARTICLES", "Watched", "find_posterior", "study_as_seen", "watch_study", "weigh_study"]

PARTICLES = 512
_LUCK = 8
_MOST_ENDS = 6
_KEPT = 1024


@dataclass(frozen=True, slots=True)
class Watched:
    """What follows from what was seen, and what to look for next; either where it was asked and can be answered."""

    posterior: Posterior | None
    ahead: Signposts | None


def watch_study(
    study: Study,
    seen: Seen | None,
    size: Size,
    futures: int = FUTURES,
    *,
    runner: Runner = Local(),
    played: str | None = None,
) -> Watched:
    """What follows from what was seen, if anything was, and what to look for next in the worlds as they stand then.

    Where what was seen has no posterior, nothing is said of what to look for.

    Raises:
        UnanswerableError: The decider is not paid, or the study lists nothing as observed.
        ValueError: The decider has no such strategy.
    """
    ahead_of = Size(futures, 1, size.seed)
    if seen is None:
        return Watched(None, find_signposts(study, ahead_of, running=runner.running))
    found, weighted = find_posterior(study, seen, size, runner, played=played)
    if found.failed:
        return Watched(found, None)
    moved = [one.name for one in found.moved if one.is_told][:_MOST_ENDS]
    worlds = worlds_resampled(weighted.worlds, weighted.weights, futures, size.seed)
    first = min(seen.until, study.program.n_steps)
    try:
        return Watched(found, find_signposts(study, ahead_of, moved, runner.running, since=Since(seen, worlds, first)))
    except UnanswerableError:  # too little of the clock is left
        return Watched(found, None)


def study_as_seen(study: Study, found: Posterior, weighted: Weighted) -> Study:
    """The study with its worlds as what was seen weighs them.

    Raises:
        ValueError: What was seen has no posterior.
    """
    if found.failed:
        raise ValueError(f"what was seen has no posterior: {failure_words(found)}; nothing can be said under it")
    drawn = worlds_resampled(weighted.worlds, weighted.weights, _KEPT, weighted.worlds.seed)
    columns = tuple((name, tuple(float(x) for x in column)) for name, column in drawn.columns.items())
    return replace(study, model=changed(study.model, [Reweighed(columns)]))


def find_posterior(
    study: Study, seen: Seen, size: Size, runner: Runner = Local(), *, played: str | None = None
) -> tuple[Posterior, Weighted]:
    """What follows from what was seen, and the worlds with their weights.

    Args:
        study: What was watched.
        seen: What was seen.
        size: How many worlds and replications are weighed.
        runner: Who runs it.
        played: The decider's strategy meanwhile, by label, if it is known.

    Raises:
        UnanswerableError: The decider is not paid, so that nothing can be ranked.
        ValueError: The decider has no such strategy.
    """
    weighted, prior = weigh_study(study, seen, size, runner, played=played)
    return posterior(study.model, seen, weighted, prior.design.worlds), weighted


def weigh_study(
    study: Study, seen: Seen, size: Size, runner: Runner = Local(), *, played: str | None = None
) -> tuple[Weighted, Weighed]:
    """Worlds with the weights that what was seen gives them, and the run that they were weighed in."""
    model = study.model
    if not any(payoff.actor == model.decider for payoff in model.payoffs):
        raise UnanswerableError(Reason.NOT_PAID, actor=model.decider)
    labels = [one.label for one in model.instances(model.decider)]
    if played is not None and played not in labels:
        raise ValueError(f"`{model.decider}` has no strategy `{played}`; there are {', '.join(labels)}")
    program = told_program(model, seen, size.seed)
    design = study.design_of(size)
    weighed = weigh_design(program, design, seen, runner.running)
    before = _before(study, size, runner)
    weighted = weigh_worlds_by(weighed, before, played)
    if not (weighted.failed or weighted.has_collapsed):
        return weighted, weighed
    runner.running.say(
        f"{number(weighted.effective)} of {counted(design.worlds.size, 'world')} carry the weight: "
        "drawing fresh ones near them"
    )
    return _drawn(study, weighed, weighted, size, running=runner.running, played=played), weighed


def _before(study: Study, size: Size, runner: Runner) -> Floats:
    """(profiles, worlds) the decider's payoff before anything was seen."""
    (found,) = runner.run([Job(study.program, study.design_of(size.at_most(128, 2)))])
    return found.payoff(study.model.decider)


def _drawn(
    study: Study, weighed: Weighed, poor: Weighted, size: Size, *, running: Running, played: str | None
) -> Weighted:
    """The posterior by fresh worlds, or why there is none."""
    program = weighed.program
    own = None if played is None else poor.strategies.index(played)
    found = temper(program, PARTICLES, max(size.replications, _LUCK), size.seed, own=own, running=running)
    n = found.profiles.size
    weights = np.full(n, 1.0 / n)
    decider = program.players.index(study.model.decider)
    design = Design(weighed.design.profiles, found.worlds, max(size.replications, _LUCK), size.seed)
    sizes = tuple(len(instances) for instances in program.instances)
    played_by = list(np.unravel_index(found.profiles, sizes))
    payoffs = np.full((len(poor.strategies), n), np.nan)
    for s in range(len(poor.strategies)) if not found.failed else ():
        mine = [np.full(n, s) if i == decider else of for i, of in enumerate(played_by)]
        profiles = np.ravel_multi_index(tuple(mine), sizes)
        cells = weigh_cells(program, design, profiles, np.arange(n))
        payoffs[s] = np.where(np.isfinite(cells.log_likelihood), cells.means[_row(weighed)], np.nan)
    plays = {
        actor: (played_by[i][None, :] == np.arange(sizes[i])[:, None]).astype(np.float64)
        for i, actor in enumerate(program.players)
        if i != decider
    }
    return Weighted(
        found.worlds, weights, poor.strategies, payoffs, before=poor.before, plays=plays,
        log_evidence=found.log_evidence, k=float("nan"),
        effective=float(n * found.distinct), how="drawn", failed=found.failed,
    )  # fmt: skip


def _row(weighed: Weighed) -> int:
    measures = [m for m in weighed.program.measures if m != ("outcome", "seen so far")]
    return measures.index(("payoff", weighed.program.model.decider))
