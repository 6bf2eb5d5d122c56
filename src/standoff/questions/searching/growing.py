"""The double oracle on a study: each actor in turn adds the best reply it finds, until nobody gains by one more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import product

import numpy as np
import yaml

from standoff.analysis.findings import Figure, Floats, Reason, UnanswerableError
from standoff.analysis.runs.beliefs import Beliefs, belief_weights, draw_belief_worlds
from standoff.analysis.searching.grown import GrownGame, Side, Taken
from standoff.analysis.searching.oracle import Grown, Until, against, double_oracle
from standoff.analysis.searching.search import search
from standoff.analysis.searching.spaces import Space, space_of
from standoff.ensemble.design import Design, Worlds
from standoff.ensemble.runner import Job, Local
from standoff.ensemble.running import Running, Size
from standoff.ensemble.study import Study
from standoff.language.load import patched_model
from standoff.language.model import Instance, Model
from standoff.program.compile import compile_model
from standoff.program.program import Program
from standoff.words.names import strategy_words
from standoff.words.text import words

__all__ = ["Growing", "grow_game"]

_FRESH = 1_000_003
_REACH = 2.576
_LEAST_SHARE = 1e-3
"""Strategies that are played less often are none of a mix."""
_MOST_IDLE = 8
_MOST_PROFILES = 4_096


@dataclass(frozen=True, slots=True)
class Growing:
    """How a game is grown: strategies looked at for each best reply, rounds at most, and worlds and luck meanwhile."""

    evaluations: int = 200
    rounds: int = 20
    worlds: int = 64
    replications: int = 2


def grow_game(study: Study, growing: Growing, size: Size, running: Running = Running()) -> GrownGame:
    """Let a study's game grow from one listed strategy of each actor, and value the end on fresh worlds and luck.

    An actor begins with what the study says that it plays today, or with the first that is listed. Its best reply is
    the best of those listed and of those found in its own spaces (`search`), by its payoff under its own beliefs.
    Actors that want nothing play all of theirs alike.

    Args:
        study: With two actors or more that choose and are paid, and a space of one of them at least.
        growing: How much to look at.
        size: Of the fresh runs.
        running: How.

    Raises:
        UnanswerableError: Nobody is paid, or only one actor chooses.
        ValueError: The study names no spaces.
        StudyError: A tree would read what its actor may not see.
    """
    model = study.model
    if not model.searches:
        raise ValueError("the study has no `search`: no strategies to find besides those that it lists")
    if len(model.players) < 2:
        raise UnanswerableError(Reason.ONLY_PLAYER, actor=model.players[0])
    paid = tuple(actor for actor in model.players if any(p.actor == actor for p in model.payoffs))
    if not paid:
        raise UnanswerableError(Reason.NOBODY_PAID)
    pool = _Pool.of(study, paid)
    quiet = replace(running, progress=None)
    table = _Futures.of(study, pool, Size(growing.worlds, growing.replications, size.seed), quiet)
    replies = _Replies(pool, table, growing.evaluations, size.seed)
    start = [[pool.first(actor)] for actor in paid]
    until = Until(0.0, growing.rounds, _MOST_PROFILES)
    grown = double_oracle(table.payoffs, replies.best, start, until, mean=table.mean, solve=_solve)
    fresh = _Futures.of(study, pool, replace(size, seed=size.seed + _FRESH), running)
    names, text = _texts(pool, grown)
    sides = tuple(_side(pool, fresh, grown, i, names=names) for i in range(len(paid)))
    return GrownGame(sides, grown.rounds, replies.looked, grown.is_ended, text=text)


@dataclass(frozen=True, eq=False)
class _Pool:
    """Strategies by actor and key: those that are listed by their labels, and those that were found.

    Attributes:
        model, program: Of the study with the trees of all spaces.
        players: Who is paid.
        listed: By player, the labels that the study lists.
        spaces: By player.
        known: By player, key → its strategy, and the space that it is of.
    """

    model: Model
    program: Program
    players: tuple[str, ...]
    listed: tuple[tuple[str, ...], ...]
    spaces: tuple[tuple[Space, ...], ...]
    known: tuple[dict[str, tuple[Instance, Space | None]], ...] = field(repr=False)

    @classmethod
    def of(cls, study: Study, players: tuple[str, ...]) -> _Pool:
        made, spaces = study.model, []
        for said in study.model.searches:
            spaces.append(space_of(made, said))
            made = spaces[-1].model
        listed = tuple(tuple(i.label for i in study.model.instances(actor)) for actor in players)
        program = compile_model(made)
        known: list[dict[str, tuple[Instance, Space | None]]] = [
            {i.label: (i, None) for i in made.instances(actor) if i.label in own}
            for actor, own in zip(players, listed, strict=True)
        ]
        own_spaces = tuple(tuple(s for s in spaces if s.said.actor == actor) for actor in players)
        return cls(made, program, players, listed, spaces=own_spaces, known=tuple(known))

    def first(self, actor: str) -> str:
        """What an actor begins with."""
        return dict(self.model.today).get(actor, self.listed[self.players.index(actor)][0])

    def add(self, i: int, space: Space, point: Floats) -> str:
        """The key of what a point of a space stands for."""
        instance = space.at(point)
        key = instance.label if space.said.strategy is not None else f"{space.said.name}: {instance.settings}"
        self.known[i].setdefault(key, (instance, space))
        return key


@dataclass(frozen=True, eq=False)
class _Futures:
    """Worlds and luck in which profiles are run, all in the same."""

    pool: _Pool
    worlds: Worlds
    beliefs: Beliefs
    size: Size
    running: Running

    @classmethod
    def of(cls, study: Study, pool: _Pool, size: Size, running: Running) -> _Futures:
        worlds = draw_belief_worlds(pool.model, size.worlds, size.seed, study.held)
        return cls(pool, worlds, belief_weights(pool.model, worlds), size, running=running)

    def payoffs(self, profiles: Sequence[tuple[str, ...]]) -> Floats:
        """(profiles, players, worlds), means over luck and what idle actors play."""
        pool, program = self.pool, self.pool.program
        at = [program.players.index(actor) for actor in pool.players]
        instances, columns = list(program.instances), []
        for i, k in enumerate(at):
            keys = list(dict.fromkeys(profile[i] for profile in profiles))
            columns.append([len(instances[k]) + keys.index(profile[i]) for profile in profiles])
            instances[k] = (*instances[k], *(pool.known[i][key][0] for key in keys))
        idle = [k for k in range(len(program.players)) if k not in at]
        every = list(product(*(range(len(program.instances[k])) for k in idle)))
        spread = [every[j] for j in np.linspace(0, len(every) - 1, min(_MOST_IDLE, len(every))).round().astype(int)]
        rows = np.zeros((len(profiles), len(spread), len(program.players)), dtype=np.int64)
        for k, column in zip(at, columns, strict=True):
            rows[:, :, k] = np.array(column)[:, None]
        rows[:, :, idle] = np.array(spread, dtype=np.int64).reshape(1, len(spread), len(idle))
        design = Design(rows.reshape(-1, rows.shape[2]), self.worlds, self.size.replications, self.size.seed)
        (ran,) = Local(self.running).run([Job(replace(program, instances=tuple(instances)), design)])
        found = [ran.payoff(actor).reshape(len(profiles), len(spread), -1) for actor in pool.players]
        return np.stack([np.asarray(own.mean(axis=1)) for own in found], axis=1)

    def mean(self, i: int, draws: Floats) -> tuple[float, float]:
        """Of a player's worlds as it weighs them; worlds with a fault are left out."""
        weights = np.where(np.isfinite(draws), self.beliefs.of(self.pool.players[i]), 0.0)
        if not weights.sum() > 0.0:
            raise UnanswerableError(Reason.FEW_WORLDS, worlds=0, least=1)
        weights /= weights.sum()
        values = np.where(np.isfinite(draws), draws, 0.0)
        mean = float(weights @ values)
        return mean, float(np.sqrt((weights**2) @ (values - mean) ** 2))

    def figure(self, i: int, draws: Floats) -> Figure:
        """The same with its 99 % interval."""
        mean, error = self.mean(i, draws)
        return Figure(mean, error, mean - _REACH * error, mean + _REACH * error)


class _Replies:
    """Best replies: of the listed strategies, and of as many of an actor's spaces as may be looked at."""

    def __init__(self, pool: _Pool, futures: _Futures, evaluations: int, seed: int) -> None:
        self.pool, self.futures, self.evaluations, self.seed, self.looked = pool, futures, evaluations, seed, 0

    def best(self, i: int, at_hand: Sequence[Sequence[str]], mixes: Sequence[Floats]) -> str:
        """The key of a player's best reply."""
        pool = self.pool
        found = dict(zip(pool.listed[i], self._values(i, pool.listed[i], at_hand, mixes), strict=True))
        for space in pool.spaces[i]:

            def losses(points: Floats, space: Space = space) -> Floats:
                keys = [pool.add(i, space, point) for point in points]
                values = self._values(i, keys, at_hand, mixes)
                found.update(zip(keys, values, strict=True))
                return -np.array(values)[:, None]

            each = max(2, self.evaluations // len(pool.spaces[i]))
            search(losses, space.size, (1e-12,), each, seed=self.seed)
        self.looked += len(found)
        return max(found, key=lambda key: found[key])

    def _values(
        self, i: int, keys: Sequence[str], at_hand: Sequence[Sequence[str]], mixes: Sequence[Floats]
    ) -> list[float]:
        """What each strategy gets against what the others play."""
        return [self.futures.mean(i, own)[0] for own in against(self.futures.payoffs, i, keys, at_hand, mixes=mixes)]


def _solve(game: Floats) -> list[Floats]:
    """The end of the path of logit responses, without what is hardly ever played."""
    from standoff.analysis.games.quantal.responses import branch_limits  # noqa: PLC0415 - Numba is slow to import

    mixes = [np.where(mix[0] >= _LEAST_SHARE, mix[0], 0.0) for mix in branch_limits(game[None]).mixes]
    return [mix / mix.sum() for mix in mixes]


def _texts(pool: _Pool, grown: Grown[str]) -> tuple[dict[str, str], str]:
    """What found strategies that are played are called, and all of them as text."""
    names: dict[str, str] = {}
    made: dict[str, dict[str, object]] = {}
    for i, actor in enumerate(pool.players):
        for key, share in zip(grown.strategies[i], grown.mixes[i], strict=True):
            instance, space = pool.known[i][key]
            if share <= 0.0 or space is None or key in pool.listed[i]:
                continue
            own = made.setdefault(actor, {})
            name = next(n for n in _numbered(space.said.name) if n not in own)
            own[name] = yaml.safe_load(space.text(instance, name))["strategies"][actor][name]
            names[f"{actor} {key}"] = name
    if not made:
        return names, ""
    text = yaml.safe_dump({"strategies": made}, sort_keys=False, allow_unicode=True, width=110, default_flow_style=None)
    patched_model(pool.model, text)  # what is told can be pasted
    return names, text


def _numbered(name: str) -> Sequence[str]:
    return (name, *(f"{name}_{k}" for k in range(2, 1_000)))


def _side(pool: _Pool, fresh: _Futures, grown: Grown[str], i: int, *, names: dict[str, str]) -> Side:
    """An actor in the end, on fresh worlds and luck."""
    own, mix = grown.strategies[i], grown.mixes[i]
    candidates = tuple(dict.fromkeys((*own, grown.replies[i])))
    gets = dict(
        zip(candidates, against(fresh.payoffs, i, candidates, grown.strategies, mixes=grown.mixes), strict=True)
    )
    played = mix @ np.array([gets[key] for key in own])
    gains = {key: fresh.figure(i, draws - played) for key, draws in gets.items()}
    best = max(gains, key=lambda key: gains[key].value)
    actor = pool.players[i]

    def taken(k: int) -> Taken:
        instance, space = pool.known[i][own[k]]
        name = names.get(f"{actor} {own[k]}")
        is_tree = space is None or space.said.strategy is None
        title = _called(pool, i, own[k], names)
        settings = () if is_tree else instance.settings
        return Taken(name or own[k], title, float(mix[k]), is_found=name is not None, settings=settings)

    order = sorted(np.flatnonzero(mix > 0.0).tolist(), key=lambda k: -mix[k])
    return Side(
        actor,
        tuple(map(taken, order)),
        len(own),
        fresh.figure(i, played),
        regret=gains[best],
        reply=_called(pool, i, best, names),
    )


def _called(pool: _Pool, i: int, key: str, names: dict[str, str]) -> str:
    """What a strategy is called: of a tree the name in the text; one that is not played has that of its space."""
    instance, space = pool.known[i][key]
    if space is None or space.said.strategy is not None:
        return strategy_words(instance)
    return words(names.get(f"{pool.players[i]} {key}", space.said.name))
