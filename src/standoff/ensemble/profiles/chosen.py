"""Which profiles to run: all, those in which some play what is said, or a balanced part of too many."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import combinations
from math import prod

import numpy as np
import numpy.typing as npt

from standoff.base.chance import streams
from standoff.base.problems import suggest
from standoff.language.checks.usage import MOST_PROFILES
from standoff.program.program import Program

__all__ = [
    "Profiles",
    "all_profiles",
    "allowed_strategies",
    "balance",
    "choose_profiles",
    "designed_profiles",
    "is_of",
    "some_profiles",
]

Profiles = npt.NDArray[np.int64]
Chosen = Mapping[str, str | Sequence[str]] | str | None
"""Actor to label, or labels; a bare strategy name means all its settings. Or text such as
`us=freeze_for_relief,china=compete`, or the name of a partial profile. None for all profiles."""

SOME = 16_384
"""Profiles that stand for all where these are too many and each future draws one."""
_PASSES = 8
_COUNTED = 1 << 22


def all_profiles(program: Program) -> Profiles:
    """Every combination of the players' strategies: (profiles, players), the last player fastest.

    Raises:
        ValueError: There are too many.
    """
    return _every([range(len(instances)) for instances in program.instances])


def some_profiles(program: Program) -> Profiles:
    """Every combination, or where these are too many `SOME` of them, balanced: what futures draw theirs from."""
    sizes = [len(instances) for instances in program.instances]
    return all_profiles(program) if prod(sizes) <= MOST_PROFILES else _balanced(sizes, SOME, 1)


def choose_profiles(program: Program, chosen: Chosen) -> Profiles:
    """The profiles in which each named actor plays one of the strategies given.

    Args:
        program: The program.
        chosen: What is played.

    Raises:
        ValueError: An unknown actor, strategy or profile name, or there are too many.
    """
    return _every(allowed_strategies(program, chosen))


def allowed_strategies(program: Program, chosen: Chosen) -> tuple[list[int], ...]:
    """For each player the strategies that it may play; see `choose_profiles`."""
    allowed = [list(range(len(instances))) for instances in program.instances]
    if chosen is None:
        return tuple(allowed)
    wanted = _parse(program, chosen) if isinstance(chosen, str) else {a: _listed(s) for a, s in chosen.items()}
    for actor, labels in wanted.items():
        if actor not in program.players:
            raise ValueError(f"no actor that chooses is named `{actor}`; {suggest(actor, program.players, 'actors')}")
        i = program.players.index(actor)
        allowed[i] = sorted({j for label in labels for j in _matching(program, i, label)})
    return tuple(allowed)


def is_of(program: Program, profiles: Profiles, chosen: Chosen) -> npt.NDArray[np.bool_]:
    """(profiles,), whether everybody plays one of the strategies given in each."""
    columns = zip(profiles.T, allowed_strategies(program, chosen), strict=True)
    return np.asarray(np.all([np.isin(column, allowed) for column, allowed in columns], axis=0))


def designed_profiles(program: Program, n: int, seed: int, chosen: Chosen = None) -> Profiles:
    """At most n profiles in which every pair of strategies of two players stands about equally often.

    What the others play is one balanced table, and the decider plays each of its strategies against every row of it, so
    that its strategies are compared under the same play.

    Args:
        program: The program.
        n: How many at most; all profiles where these are no more.
        seed: Of ties.
        chosen: As in `choose_profiles`: strategies that are allowed.

    Returns:
        (profiles, players), in the order of the others' rows within the decider's strategies.

    Raises:
        ValueError: So few that a pair of strategies would be left out.
    """
    allowed = allowed_strategies(program, chosen)
    sizes = [len(own) for own in allowed]
    if prod(sizes) <= n:
        return _every(allowed)
    decider = program.players.index(program.model.decider)
    others = [size for i, size in enumerate(sizes) if i != decider]
    rows, least = n // sizes[decider], max((a * b for a, b in combinations(others, 2)), default=max(others, default=1))
    if rows < least:
        raise ValueError(
            f"{n:,} are too few profiles for every pair of strategies to meet: that takes at least "
            f"{least * sizes[decider]:,}, or fewer strategies by --profile"
        )
    table = _balanced(others, rows, seed)
    if balance(table, others)[0] == 0:
        raise ValueError(
            f"with at most {n:,} profiles some pair of strategies never meets: ask for some more, such as {2 * n:,}"
        )
    drawn = np.tile(table, (sizes[decider], 1))
    own = np.repeat(np.arange(sizes[decider]), len(table))
    places = np.insert(drawn, decider, own, axis=1)
    return np.column_stack([np.asarray(own)[places[:, i]] for i, own in enumerate(allowed)]).astype(np.int64)


def balance(profiles: Profiles, sizes: Sequence[int]) -> tuple[int, int, float]:
    """How evenly pairs of strategies of two players are met.

    Args:
        profiles: (profiles, players), each from 0 to its size.
        sizes: Of the players.

    Returns:
        In how many profiles the rarest pair stands and the most frequent one, and by which share of what would be even
        a pair is off at most. With one player, its strategies are counted.
    """
    found = []
    for i, j in combinations(range(len(sizes)), 2) if len(sizes) > 1 else [(0, 0)]:
        shape = (sizes[i], sizes[j] if j != i else 1)
        flat = profiles[:, i] * shape[1] + (profiles[:, j] if j != i else 0)
        counts = np.bincount(flat, minlength=shape[0] * shape[1])
        even = len(profiles) / counts.size
        found.append((counts.min(), counts.max(), np.abs(counts / even - 1.0).max()))
    least, most, off = zip(*found, strict=True)
    return int(min(least)), int(max(most)), float(max(off))


def _every(allowed: Sequence[Sequence[int]]) -> Profiles:
    sizes = [len(own) for own in allowed]
    n = prod(sizes)
    if n > MOST_PROFILES:
        raise ValueError(
            f"the strategies make {n:,} profiles, and at most {MOST_PROFILES:,} can be run: run a balanced part of "
            "them with `--profiles 5000 designed`, or some strategies with --profile"
        )
    found, left = np.empty((n, len(sizes)), dtype=np.int64), np.arange(n)
    for i in reversed(range(len(sizes))):
        left, at = np.divmod(left, sizes[i])
        found[:, i] = np.asarray(allowed[i], dtype=np.int64)[at]
    return found


def _balanced(sizes: Sequence[int], rows: int, seed: int) -> Profiles:
    """At most so many rows of players in which pairs stand about equally often, no two alike."""
    from standoff.ensemble.profiles.balanced_kernel import improve  # noqa: PLC0415 - it waits for Numba

    if not sizes:
        return np.empty((rows, 0), dtype=np.int64)
    ties = streams.permutation(max(rows, 1), seed, "designed profiles")
    table = np.full((rows, len(sizes)), -1, dtype=np.int64)
    possible = prod(sizes)
    stand = np.zeros(possible if possible <= _COUNTED else 0, dtype=np.int64)
    improve(table, np.array(sizes, dtype=np.int64), ties, _PASSES, stand)
    _, first = np.unique(table, axis=0, return_index=True)
    return table[np.sort(first)]


def _parse(program: Program, text: str) -> dict[str, list[str]]:
    named = {profile.name: profile for profile in program.model.profiles}
    wanted: dict[str, list[str]] = {}
    for part in re.split(r",(?![^(]*\))", text):
        name, equals, labels = part.strip().partition("=")
        if equals:
            wanted[name.strip()] = [label.strip() for label in labels.split("|")]
        elif name in named:
            wanted |= {actor: list(strategies) for actor, strategies in named[name].strategies}
        else:
            hint = suggest(name, named, "profiles") or "write `actor=strategy`"
            raise ValueError(f"no profile is named `{name}`; {hint}")
    return wanted


def _listed(labels: str | Sequence[str]) -> list[str]:
    return [labels] if isinstance(labels, str) else list(labels)


def _matching(program: Program, player: int, label: str) -> list[int]:
    instances = program.instances[player]
    plain = re.sub(r"\s*([(),=])\s*", r"\1", label)
    found = [
        j
        for j, instance in enumerate(instances)
        if plain in (instance.strategy.name, re.sub(r"\s*([(),=])\s*", r"\1", instance.label))
    ]
    if not found:
        known = {i.strategy.name for i in instances} | {i.label for i in instances}
        actor = program.players[player]
        raise ValueError(
            f"`{actor}` has no strategy `{label}`; {suggest(label, known, 'strategies') or ''}".rstrip("; ")
        )
    return found
