"""Strategies that are found: search on some worlds and luck, and value what was found on others."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from standoff.analysis.findings import Floats
from standoff.analysis.searching.search import Found, nondominated, search
from standoff.analysis.searching.searched import Candidate, Searched
from standoff.analysis.searching.spaces import Space, space_of
from standoff.analysis.searching.valued import Aim, Valued, aims_of, by_world, difference, losses, value
from standoff.base.problems import suggest
from standoff.ensemble.design import Design, draw_worlds
from standoff.ensemble.ensemble import Ensemble
from standoff.ensemble.profiles.chosen import choose_profiles
from standoff.ensemble.runner import Job, Local
from standoff.ensemble.running import Running, Size
from standoff.ensemble.study import Study
from standoff.language.load import patched_model
from standoff.language.model import Instance, SearchSpace
from standoff.program.program import Program
from standoff.words.names import strategy_words
from standoff.words.text import words

__all__ = ["Sought", "search_study"]

_MOST_OTHERS = 8
_MOST_FOUND = 8
_FRESH = 1_000_003
"""Added to the seed, for worlds and luck that picked nothing."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What a search is asked with: whose strategies, how many to look at."""

    actor: str
    evaluations: int = 1_000
    worlds: int = 64
    replications: int = 2


def search_study(study: Study, sought: Sought, size: Size, running: Running = Running()) -> Searched:
    """Search the spaces that a study names for an actor, and value what is found on fresh worlds and luck.

    Args:
        study: With `search` for the actor.
        sought: How much to look at.
        size: Of the fresh runs that value what was found; the search's worlds and luck have the seed itself.
        running: How.

    Raises:
        ValueError: The actor has nothing to search.
        StudyError: A tree would read what the actor may not see, or what was found does not check.
    """
    model = study.model
    said = [one for one in model.searches if one.actor == sought.actor]
    if not said:
        whose = [one.actor for one in model.searches]
        advice = suggest(sought.actor, whose, "actors") if whose else "the study has no `search`"
        raise ValueError(f"the study says no space of strategies to search for `{sought.actor}`; {advice}")
    aims = aims_of(model, sought.actor)
    names, others, views = _views(study.program, sought.actor)
    quiet = replace(running, progress=None)
    picks: list[tuple[Space, Instance, Floats]] = []
    looks: list[Found] = []
    for one in said:
        space = space_of(model, one)
        seen = _Look(
            replace(study, model=space.model),
            space,
            sought,
            size.seed,
            aims=aims,
            others=others,
            views=views,
            running=quiet,
        )
        found = search(
            seen.losses, space.size, seen.epsilons(), max(2, sought.evaluations // len(said)), seed=size.seed
        )
        looks.append(found)
        picks += _distinct(space, found)
    kept = nondominated(np.array([loss for _, _, loss in picks]), seen.epsilons())
    order = sorted(kept.tolist(), key=lambda k: _score(picks[k][2], aims))[:_MOST_FOUND]
    best = [picks[k] for k in order]
    texts = [space.text(instance) for space, instance, _ in best]
    for text in texts:
        patched_model(model, text)  # what is told can be pasted
    seen = _Look(study, None, sought, size.seed, aims=aims, others=others, views=views, running=quiet)
    own = study.program.instances[study.program.players.index(sought.actor)]
    scores = [_score(loss, aims) for loss in seen.of(own)]
    listed = scores.index(min(scores))
    fresh = replace(size, seed=size.seed + _FRESH)
    studies = {space: replace(study, model=space.model) for space, _, _ in best}
    values = [
        by_world(_run(studies[space], sought.actor, (instance,), others, size=fresh, running=running), aims, views)
        for space, instance, _ in best
    ]
    values.append(by_world(_run(study, sought.actor, (own[listed],), others, size=fresh, running=running), aims, views))
    both = np.concatenate(values, axis=2)
    return Searched(
        sought.actor, aims, names, sum(one.evaluations for one in looks),
        found=tuple(_candidate(one, text, value(both, aims, k), dict(zip(said, looks, strict=True)))
              for k, (one, text) in enumerate(zip(best, texts, strict=True))),
        listed=Candidate(own[listed].label, strategy_words(own[listed]), "", value(both, aims, len(best))),
        gains=difference(both, aims, 0, len(best)),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    """What a space's points come to on the search's worlds and luck."""

    study: Study
    space: Space | None
    sought: Sought
    seed: int
    aims: tuple[Aim, ...]
    others: npt.NDArray[np.int64]
    views: tuple[npt.NDArray[np.int64], ...]
    running: Running

    def losses(self, points: Floats) -> Floats:
        """(points, aims)."""
        assert self.space is not None
        return self.of(tuple(self.space.at(point) for point in points))

    def of(self, instances: tuple[Instance, ...]) -> Floats:
        """(strategies, aims)."""
        size = Size(self.sought.worlds, self.sought.replications, self.seed)
        ensemble = _run(self.study, self.sought.actor, instances, self.others, size=size, running=self.running)
        return losses(by_world(ensemble, self.aims, self.views), self.aims)

    def epsilons(self) -> list[float]:
        """What does not matter, of each aim."""
        return [aim.epsilon or 0.01 for aim in self.aims]


def _run(
    study: Study, actor: str, instances: tuple[Instance, ...], others: npt.NDArray[np.int64], *, size: Size,
    running: Running,
) -> Ensemble:  # fmt: skip
    """Some strategies of an actor, which the program need not list, against the others' profiles."""
    program = study.program
    at = program.players.index(actor)
    known = program.instances[at]
    every = tuple((*own, *instances) if k == at else own for k, own in enumerate(program.instances))
    profiles = np.repeat(others[None], len(instances), axis=0)
    profiles[:, :, at] = len(known) + np.arange(len(instances))[:, None]
    worlds = draw_worlds(program.model, size.worlds, size.seed, fixed=study.held)
    design = Design(profiles.reshape(-1, others.shape[1]), worlds, size.replications, size.seed)
    (ran,) = Local(running).run([Job(replace(program, instances=every), design)])
    return ran


def _views(
    program: Program, actor: str
) -> tuple[tuple[str, ...], npt.NDArray[np.int64], tuple[npt.NDArray[np.int64], ...]]:
    """Names of views, the others' profiles that are run, and the places of each view's: the even mix comes first."""
    at = program.players.index(actor)
    rows: list[tuple[int, ...]] = []
    names, places = [], []
    named = [p for p in program.model.profiles if actor not in dict(p.strategies)]
    for name in (None, *(profile.name for profile in named)):
        profiles = choose_profiles(program, name)
        own = np.unique(np.where(np.arange(profiles.shape[1]) == at, 0, profiles), axis=0)
        spread = own[np.linspace(0, len(own) - 1, min(_MOST_OTHERS, len(own))).round().astype(int)]
        chosen = [tuple(row) for row in spread.tolist()]
        rows += [row for row in chosen if row not in rows]
        names.append(name or "uniform")
        places.append(np.array([rows.index(row) for row in chosen]))
    return tuple(names), np.array(rows, dtype=np.int64), tuple(places)


def _distinct(space: Space, found: Found) -> list[tuple[Space, Instance, Floats]]:
    """What was found, each strategy once."""
    kept: dict[str, tuple[Space, Instance, Floats]] = {}
    for point, loss in zip(found.points, found.values, strict=True):
        instance = space.at(point)
        kept.setdefault(instance.label, (space, instance, loss))
    return list(kept.values())


def _score(loss: Floats, aims: tuple[Aim, ...]) -> tuple[float, ...]:
    """The mean share within limits, then the payoff: what is best first is least."""
    limits = [float(x) for x, aim in zip(loss, aims, strict=True) if aim.kind == "limit"]
    rest = [float(x) for x, aim in zip(loss, aims, strict=True) if aim.kind == "payoff"]
    means = [float(x) for x, aim in zip(loss, aims, strict=True) if aim.kind == "mean"]
    return (round(sum(limits), 9), *rest, *means)


def _candidate(
    pick: tuple[Space, Instance, Floats], text: str, values: tuple[Valued, ...], looks: dict[SearchSpace, Found]
) -> Candidate:
    """What is told of a strategy that was found."""
    space, instance, loss = pick
    found = looks[space.said]
    near = (found.of - loss <= 2.0 * np.array([one.figure.error for one in values])).all(axis=1)
    ranges = []
    for k, variable in enumerate(space.variables):
        if space.said.strategy is not None and not variable.levels:
            levels = [float(variable.at(float(u))) for u in found.every[near, k]]
            ranges.append((variable.name, min(levels), max(levels)))
    is_tree = space.said.strategy is None
    label, title = (space.said.name, words(space.said.name)) if is_tree else (instance.label, strategy_words(instance))
    return Candidate(label, title, text, values, tuple(ranges))
