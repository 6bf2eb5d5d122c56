"""Adaptation pathways of a study: strategies held and changed at dates, run, and what is worth telling of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from standoff.analysis.fans import plan_fans
from standoff.analysis.findings import Floats, Reason, UnanswerableError
from standoff.analysis.searching.pathways import Leg, Pathway, Pathways, figure_of, kept_at, tipping, tips_of
from standoff.base.problems import suggest
from standoff.ensemble.design import Design, draw_worlds
from standoff.ensemble.profiles.chosen import some_profiles
from standoff.ensemble.running import Running, Size
from standoff.ensemble.study import Study
from standoff.ensemble.watch.ahead import profiles_at_random
from standoff.ensemble.watch.switching import Course, Switching
from standoff.language.model import Instance, Outcome
from standoff.language.model.reads import symbols_read

__all__ = ["PATHWAYS_SIZE", "find_pathways"]

PATHWAYS_SIZE = Size(256, 4)
_MARKS = 24
_SHARES = (1 / 16, 1 / 8, 1 / 4, 1 / 2)
"""Of the clock, before which a strategy can be changed: early, as most that cannot be mended is lost early."""
_MOST_FOLLOWED = 3
_MOST_LEGS = 3
_SHOWN = 1.96
"""Standard errors of a paired difference beyond which a longer course counts as better."""
_FEWEST = 32


def find_pathways(
    study: Study,
    size: Size = PATHWAYS_SIZE,
    actor: str | None = None,
    outcomes: Sequence[str] = (),
    *,
    running: Running = Running(),
) -> Pathways:
    """Where each strategy stops keeping the limits, and the best way on from it.

    Args:
        study: With limits of outcomes.
        size: Worlds, of which half pick the ways on and half tell, and futures of each; the seed.
        actor: Whose strategies; the decider's by default.
        outcomes: Whose limits; of all that have one by default.
        running: Who is told how far it is.

    Raises:
        UnanswerableError: No outcome has a limit, there are too few worlds, or the clock is too short.
        ValueError: Nothing of a name in `outcomes` has a limit, or nobody of the name chooses.
    """
    program = study.program
    who = actor or study.model.decider
    limits = tuple(outcome for outcome in study.model.outcomes if outcome.limit is not None)
    if not limits:
        raise UnanswerableError(Reason.NO_LIMITS)
    for name in outcomes:
        if name not in {outcome.name for outcome in limits}:
            advice = suggest(name, [outcome.name for outcome in limits], "outcomes with a limit")
            raise ValueError(f"no outcome with a limit is named `{name}`; {advice}")
    if who not in program.players:
        raise ValueError(f"no actor that chooses is named `{who}`: there are {', '.join(program.players)}")
    limits = tuple(outcome for outcome in limits if not outcomes or outcome.name in outcomes)
    if size.worlds < _FEWEST:
        raise UnanswerableError(Reason.FEW_WORLDS, worlds=size.worlds, least=_FEWEST)
    steps = program.n_steps
    if steps < 2:
        raise UnanswerableError(Reason.FEW_STEPS, steps=steps)
    program = replace(program, model=replace(program.model, decider=who))
    design = Design(
        some_profiles(program), draw_worlds(program.model, size.worlds, size.seed, fixed=study.held),
        size.replications, size.seed,
    )  # fmt: skip
    profiles = profiles_at_random(program, size.worlds * size.replications, size.seed)
    marks = np.unique(np.ceil(np.linspace(0, steps, min(steps, _MARKS) + 1)[1:]).astype(int)).tolist()
    dates = {min(marks, key=lambda mark: abs(mark - share * steps)) for share in _SHARES}
    read = dict.fromkeys(s for o in limits for s in symbols_read(o.measure) if s.kind == "stock")
    symbols = list(read or plan_fans(program, design, 1).symbols)
    symbols = [s for s in symbols if s.kind == "stock"][:_MOST_FOLLOWED]
    switching = Switching(program, design, profiles, [o.name for o in limits], symbols=symbols, marks=marks)
    return _Map(switching, limits, tuple(sorted(dates - {steps})), size, running=running).find(who)


@dataclass(eq=False)
class _Map:
    """Courses followed so far, and what they come to on the worlds that pick."""

    switching: Switching
    limits: tuple[Outcome, ...]
    dates: tuple[int, ...]
    size: Size
    running: Running
    tried: int = 0

    @property
    def own(self) -> tuple[Instance, ...]:
        """The actor's strategies."""
        program = self.switching.program
        return program.instances[program.players.index(program.model.decider)]

    def find(self, actor: str) -> Pathways:
        """The map."""
        own = self.own
        alone = self._tried(self.switching.hold(range(len(own)), self.dates))
        first = self._families(alone)
        ways = []
        for done, course in enumerate(first):
            prefixes = [course]
            while len(prefixes) < _MOST_LEGS:
                onward = self._best_way_on(prefixes[-1], [c.legs[0][0] for c in first])
                if onward is None:
                    break
                prefixes.append(onward)
            ways += [[course], prefixes] if len(prefixes) > 1 else [[course]]
            if self.running.progress is not None:
                self.running.progress(done + 1, len(first))
        told = tuple(self._pathway(prefixes, [i.label for i in own]) for prefixes in ways)
        n = int((~self._picks()).sum())
        names = tuple(outcome.name for outcome in self.limits)
        return Pathways(actor, names, self.switching.program.n_steps, self.switching.marks, dates=self.dates,
            n_worlds=n,
                        replications=self.size.replications, tried=self.tried, pathways=told)  # fmt: skip

    def _tried(self, courses: list[Course]) -> list[Course]:
        self.tried += len(courses)
        return courses

    def _picks(self) -> npt.NDArray[np.bool_]:
        """(worlds,), those that pick: every other one."""
        picks: npt.NDArray[np.bool_] = np.arange(self.size.worlds) % 2 == 0
        return picks

    def _tips(self, course: Course) -> npt.NDArray[np.int64]:
        """(limits, worlds)."""
        limits = [float(o.limit) for o in self.limits if o.limit is not None]
        signs = [1.0 if o.better == "higher" else -1.0 for o in self.limits]
        return tips_of(kept_at(course.outcomes, limits, signs))

    def _score(self, course: Course) -> Floats:
        """(worlds that pick,), how many limits are kept to the end, and a little more for others kept longer."""
        tips, n = self._tips(course)[:, self._picks()], len(self.switching.marks)
        score: Floats = (tips == n).sum(axis=0) + 0.01 * tips.sum(axis=0) / n
        return score

    def _families(self, alone: list[Course]) -> list[Course]:
        """Of each strategy that has settings, the one that keeps the limits longest."""
        own = self.own
        best: dict[str, Course] = {}
        for course in alone:
            name = own[course.legs[0][0]].strategy.name
            if name not in best or self._score(course).mean() > self._score(best[name]).mean():
                best[name] = course
        return list(best.values())

    def _best_way_on(self, course: Course, strategies: Sequence[int]) -> Course | None:
        """The best course that leaves this one: with the last date that does about as well; None where none is shown
        to be better than to stay."""
        others = [s for s in strategies if s != course.legs[-1][0]]
        dates = [date for date in self.dates if date in course.states]
        if not others or not dates:
            return None
        found = [c for date in dates for c in self._tried(self.switching.switch(course, date, others, self.dates))]
        scores = np.array([self._score(c) for c in found])
        best = int(scores.mean(axis=1).argmax())
        if not _is_more(scores[best], self._score(course)):
            return None
        as_good = [k for k, own in enumerate(scores) if not _is_more(scores[best], own, 1.0)]
        same = [k for k in as_good if found[k].legs[-1][0] == found[best].legs[-1][0]]
        return found[max(same, key=lambda k: found[k].legs[-1][1])]

    def _pathway(self, prefixes: Sequence[Course], labels: Sequence[str]) -> Pathway:
        """What is told, by the other half of the worlds."""
        tell, marks = ~self._picks(), self.switching.marks
        names = [outcome.name for outcome in self.limits]
        tips = [self._tips(course)[:, tell] for course in prefixes]

        def seen(course: Course) -> dict[str, Floats]:
            return {s.name: rows[:, tell] for s, rows in zip(self.switching.symbols, course.seen, strict=True)}

        legs = tuple(
            Leg(labels[c.legs[-1][0]], c.legs[-1][1], tipping(own, names, marks, seen(c)))
            for c, own in zip(prefixes, tips, strict=True)
        )
        first, last = prefixes[0], prefixes[-1]
        kept = [(own == len(marks)).sum(axis=0).astype(np.float64) for own in (tips[0], tips[-1])]
        is_paid, is_alone = last.payoff.size > 0, len(prefixes) == 1
        return Pathway(
            legs,
            None if is_alone else figure_of(kept[1] - kept[0]),
            figure_of(last.payoff[tell]) if is_paid else None,
            figure_of(last.payoff[tell] - first.payoff[tell]) if is_paid and not is_alone else None,
        )


def _is_more(better: Floats, worse: Floats, errors: float = _SHOWN) -> bool:
    """Whether a mean over worlds is higher beyond the error of the paired difference."""
    gap = better - worse
    return bool(gap.mean() > errors * gap.std(ddof=1) / np.sqrt(gap.size) and gap.mean() > 0.0)
