"""What the terminal shows of a game that was read from a file."""

from __future__ import annotations

from collections.abc import Iterator

from standoff.analysis.games.bayesian import BayesianGame
from standoff.analysis.games.solved import Solved
from standoff.words.numbers import counted, number
from standoff.words.text import join

__all__ = ["bayesian_lines", "solved_lines"]

_MOST_SHOWN = 50


def solved_lines(found: Solved) -> Iterator[str]:
    """Dominance, pure equilibria, and the end of the logit branch."""
    sizes = " × ".join(str(len(names)) for names in found.strategies)
    yield f"{found.title or 'a game'}: {counted(len(found.players), 'player')}, {sizes} strategies"
    yield f"\n{_counted(len(found.pure), 'pure equilibrium', 'pure equilibria')}"
    for one in found.pure[:_MOST_SHOWN]:
        plays = ", ".join(
            f"{p} “{s}” ({number(x, 4)})" for p, s, x in zip(found.players, one.strategies, one.payoffs, strict=True)
        )
        yield f"  {plays}"
    if len(found.pure) > _MOST_SHOWN:
        yield f"  and {len(found.pure) - _MOST_SHOWN} more, which --json lists"
    by = "pure strategies and mixtures" if found.by_mixtures else "pure strategies"
    yield f"\n{_counted(len(found.struck), 'strategy', 'strategies')} struck out by iterated strict dominance, by {by}"
    for gone in found.struck[:_MOST_SHOWN]:
        beaten = join([f"“{name}”" if weight == 1.0 else f"{number(weight, 2)} “{name}”" for name, weight in gone.by])
        yield f"  round {gone.round}: {gone.player} “{gone.strategy}”, by {beaten}"
    if found.mixes:
        rest = "" if found.is_complete else " (not followed to its end)"
        yield f"\nthe principal logit branch leads to{rest}"
        for player, names, mix in zip(found.players, found.strategies, found.mixes, strict=True):
            played = join([f"“{name}” {number(float(p), 3)}" for name, p in zip(names, mix, strict=True) if p >= 5e-4])
            yield f"  {player}: {played}"
        if found.n_bifurcations:
            yield "  other branches cross it on the way, as a symmetry breaks there; this one goes straight on"
        most = max(found.regret, default=0.0)
        yield f"  nobody gains more than {number(most, 2)} there by playing something else"


def bayesian_lines(game: BayesianGame | None) -> Iterator[str]:
    """That it is a game of players who know different things, and what each may know; nothing where it is none."""
    if game is not None:
        types = ", ".join(counted(len(own), "type") for own in game.labels)
        yield f"\na Bayesian game: each moves once, knowing its type ({types}); a strategy says what each type plays"


def _counted(n: int, one: str, several: str) -> str:
    return f"{n} {one if n == 1 else several}"
