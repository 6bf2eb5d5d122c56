"""Equilibria side by side with pygambit: pure ones of 10,000 games, logit ones of 1,000. Solving only, arrays given.

Run `python bench/games.py [--share 0.05]`: the share of the games that pygambit solves one by one; its time is told
per game. Needs pygambit.
"""

import argparse
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pygambit

from standoff.analysis.games.pure import stable_profiles
from standoff.analysis.games.quantal.responses import branch_limits, quantal_responses

PRECISIONS = [1.0, 2.0, 5.0, 10.0]  # per payoff unit


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--share", type=float, default=0.05, help="share of the games given to pygambit")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    options = parser.parse_args()
    rng = np.random.default_rng(0)
    _pure(rng.normal(size=(10_000, 5, 5, 4, 3, 3, 3)), options.share, options.threads)
    _logit(rng.normal(size=(1_000, 4, 5, 4, 3, 3)), options.share, options.threads)


def _pure(games: np.ndarray, share: float, threads: list[int]) -> None:
    some = games[: int(len(games) * share)]
    theirs, counts = _gambit(some, lambda game: len(pygambit.nash.enumpure_solve(game).equilibria))
    stable_profiles(games[:2])
    for n in threads:
        mine, stable = _fastest(lambda n=n: stable_profiles(games, threads=n), 5)
        assert stable[: len(some)].reshape(len(some), -1).sum(axis=1).tolist() == counts
        _tell(f"pure, 10,000 games of 5×4×3×3×3, threads {n}", mine / len(games), theirs / len(some))


def _logit(games: np.ndarray, share: float, threads: list[int]) -> None:
    some = games[: int(len(games) * share)]
    theirs, answers = _gambit(some, lambda game: pygambit.qre.logit_solve_lambda(game, PRECISIONS))
    quantal_responses(games[:2], PRECISIONS, scaled=False)
    for n in threads:
        mine, found = _fastest(lambda n=n: quantal_responses(games, PRECISIONS, scaled=False, threads=n), 3)
        assert found.is_reached.all()
        differ = 0
        for g, answer in enumerate(answers):
            for k, one in enumerate(answer):
                other = [float(one.profile[s]) for player in one.profile.game.players for s in player.strategies]
                own = np.concatenate([mix[g, k] for mix in found.mixes])
                turned = found.first_turn[g] < PRECISIONS[k]
                differ += not turned and bool(np.abs(own - other).max() > 1e-6)
        _tell(f"logit, 1,000 games of 5×4×3×3 at {PRECISIONS}, threads {n}", mine / len(games), theirs / len(some))
        print(f"  greatest residual {found.residual.max():.1e}; unlike pygambit's before turning back: {differ}")
    few = games[: max(1, len(some) // 2)]
    theirs, _ = _gambit(few, pygambit.nash.logit_solve)
    mine, limits = _fastest(lambda: branch_limits(games), 1)
    _tell("limit of the branch, threads 1", mine / len(games), theirs / len(few))
    print(f"  greatest regret {limits.regret.max():.1e}, complete {limits.is_complete.mean():.3f}")


def _gambit(games: np.ndarray, solve: Callable[[pygambit.Game], object]) -> tuple[float, list]:
    """Seconds pygambit takes for all the games, their making not counted, and its answers."""
    made = [pygambit.Game.from_arrays(*game) for game in games]
    start = time.perf_counter()
    answers = [solve(game) for game in made]
    return time.perf_counter() - start, answers


def _fastest(solve: Callable[[], Any], n: int) -> tuple[float, Any]:
    """Seconds of the fastest of n runs, and the last answer."""
    seconds = []
    for _ in range(n):
        start = time.perf_counter()
        answer = solve()
        seconds.append(time.perf_counter() - start)
    return min(seconds), answer


def _tell(what: str, mine: float, theirs: float) -> None:
    print(f"{what}: {mine * 1e6:.1f} µs a game, pygambit {theirs * 1e6:.1f} µs, {theirs / mine:.0f} times as fast")


if __name__ == "__main__":
    main()
