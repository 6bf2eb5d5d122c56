"""What to watch: futures ahead, of worlds as they were drawn or as what was seen weighs them, and their signposts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from standoff.analysis.findings import Floats, Reason, UnanswerableError
from standoff.analysis.watch.signposts import Signposts, signposts
from standoff.base.chance import streams
from standoff.ensemble.design import Design, Worlds, draw_worlds
from standoff.ensemble.profiles.chosen import some_profiles
from standoff.ensemble.running import Running, Size
from standoff.ensemble.study import Study
from standoff.ensemble.watch.ahead import look_ahead, profiles_at_random
from standoff.evidence.claims import Ledger
from standoff.evidence.seen import Seen
from standoff.questions.question import Designs, Keeping, Question, Runs, Unanswered
from standoff.questions.results import ROBUST

__all__ = ["FUTURES", "WATCH", "Since", "dates_ahead", "find_signposts", "worlds_resampled"]

FUTURES = 1024
_MOST_ENDS = 6
_SHARES = (0.125, 0.25, 0.5, 0.75)


def dates_ahead(steps: int, first: int = 0) -> tuple[int, ...]:
    """Steps before which to choose again: after an eighth, a quarter, a half and three quarters of what is left."""
    left = steps - first
    found = {first + max(1, round(share * left)) for share in _SHARES}
    return tuple(sorted(date for date in found if first < date < steps))


@dataclass(frozen=True, slots=True)
class Since:
    """What was seen already, and what it leaves.

    Attributes:
        seen: All that was.
        worlds: As it weighs them.
        first: The step before which nothing lies ahead any more.
    """

    seen: Seen
    worlds: Worlds
    first: int


def find_signposts(
    study: Study,
    size: Size = Size(FUTURES, 1),
    assumptions: Sequence[str] = (),
    running: Running = Running(),
    *,
    since: Since | None = None,
) -> Signposts:
    """What to look for next, by futures that are followed here.

    Args:
        study: The study.
        size: How many futures are followed (its worlds), and the seed.
        assumptions: Names of those whose ends are hypotheses.
        running: How.
        since: What was seen already; the worlds are drawn from the study where nothing was.

    Raises:
        UnanswerableError: The decider is not paid, or the study lists nothing as observed.
    """
    model = study.model
    if not any(payoff.actor == model.decider for payoff in model.payoffs):
        raise UnanswerableError(Reason.NOT_PAID, actor=model.decider)
    if not model.observed:
        raise UnanswerableError(Reason.NOTHING_OBSERVED)
    dates = dates_ahead(study.program.n_steps, 0 if since is None else since.first)
    if not dates:
        raise UnanswerableError(Reason.FEW_STEPS, steps=study.program.n_steps)
    table = since.worlds if since is not None else draw_worlds(model, size.worlds, size.seed, fixed=study.held)
    design = Design(some_profiles(study.program), table, 1, size.seed)
    profiles = profiles_at_random(study.program, table.size, size.seed)
    ahead = look_ahead(study.program, design, profiles, dates, running=running)
    before = None
    if since is not None:
        drawn = draw_worlds(model, table.size, size.seed, fixed=study.held)
        design = Design(design.profiles, drawn, 1, size.seed)
        before = look_ahead(study.program, design, profiles, (), hold=(ahead.held[0].strategy,), running=running)
    seen = None if since is None else since.seen
    return signposts(ahead, assumptions, seen, before, seed=size.seed, threads=running.threads)


def worlds_resampled(worlds: Worlds, weights: Floats, n: int, seed: int) -> Worlds:
    """So many worlds in proportion to their weights, each with luck of its own."""
    start = float(streams.uniform(streams.lane_keys(seed, np.zeros(1, np.uint64), np.zeros(1, np.uint64)),
                                  streams.key("worlds by weight"), 0)[0])  # fmt: skip
    points = (np.arange(n) + start) / n
    order = np.minimum(np.searchsorted(np.cumsum(weights), points), worlds.size - 1)
    ids = np.uint64(1 << 40) + np.arange(n, dtype=np.uint64)
    return Worlds({name: column[order] for name, column in worlds.columns.items()}, ids, worlds.seed, "seen")


def _linchpins(runs: Runs) -> tuple[str, ...]:
    """Assumptions that change the choice, those that are worth most first: their ends are hypotheses."""
    robust = runs.answer(ROBUST)
    if isinstance(robust, Unanswered):
        return ()
    return tuple(pin.parameter.name for pin in robust.linchpins.facts if pin.worth.is_significant)[:_MOST_ENDS]


def _find(runs: Runs, _: Ledger) -> Signposts:
    running = replace(runs.runner.running, progress=None)
    return find_signposts(runs.study, Size(FUTURES, 1, runs.size.seed), _linchpins(runs), running)


WATCH: Question[Signposts] = Question(
    "watch", lambda study, size: Designs({}), _find, (ROBUST,), keeping=Keeping(Signposts)
)
