"""What the terminal shows of a game that was read from a file."""

from __future__ import annotations

from collections.abc import Iterator

from standoff.analysis.games.bayesian import BayesianGame
from standoff.analysis.games.solved import Solved
from standoff.words.numbers import counted, number
from standoff.words.terminal import CROSSED, branch_words, left_to_gain_words, more_words, struck_words, types_words
from standoff.words.text import join, labelled

__all__ = ["bayesian_lines", "solved_lines"]

_MOST_SHOWN = 50


def solved_lines(found: Solved) -> Iterator[str]:
    """Dominance, pure equilibria, and the end of the logit branch."""
    sizes = " × ".join(str(len(names)) for names in found.strategies)
    yield labelled(found.title or "a game", f"{counted(len(found.players), 'player')}, {sizes} strategies")
    yield f"\n{len(found.pure)} pure {'equilibrium' if len(found.pure) == 1 else 'equilibria'}"
    for one in found.pure[:_MOST_SHOWN]:
        plays = ", ".join(
            f"{p} “{s}” ({number(x, 4)})" for p, s, x in zip(found.players, one.strategies, one.payoffs, strict=True)
        )
        yield f"  {plays}"
    if len(found.pure) > _MOST_SHOWN:
        yield f"  {more_words(len(found.pure) - _MOST_SHOWN)}"
    yield f"\n{struck_words(found)}"
    for gone in found.struck[:_MOST_SHOWN]:
        beaten = join([f"“{name}”" if weight == 1.0 else f"{number(weight, 2)} “{name}”" for name, weight in gone.by])
        yield f"  round {gone.round}: {gone.player} “{gone.strategy}”, by {beaten}"
    if found.mixes:
        yield f"\n{branch_words(found)}"
        for player, names, mix in zip(found.players, found.strategies, found.mixes, strict=True):
            played = join([f"“{name}” {number(float(p), 3)}" for name, p in zip(names, mix, strict=True) if p >= 5e-4])
            yield f"  {player}: {played}"
        if found.n_bifurcations:
            yield f"  {CROSSED}"
        yield f"  {left_to_gain_words(found)}"


def bayesian_lines(game: BayesianGame | None) -> Iterator[str]:
    """That it is a game of players who know different things, and what each may know; nothing where it is none."""
    if game is not None:
        yield f"\n{types_words([len(own) for own in game.labels])}"
