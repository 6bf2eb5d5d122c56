"""Stationary equilibria of stochastic games beside sgamesolver: ten games of 16 states, two players, three actions.

Run `python -m bench markov`. The peer works in an environment of its own (it needs NumPy below 2), whose interpreter
`SGAMESOLVER_PYTHON` names. Each follows its path of logit equilibria to its own end; both ends are compared.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from standoff.analysis.games.markov import StochasticGame, follow_logit

GAMES, STATES, PLAYERS, ACTIONS, DISCOUNT = 10, 16, 2, 3, 0.95


def main() -> dict[str, Any]:
    games = [_random_game(seed) for seed in range(GAMES)]
    follow_logit(games[0])  # compiles
    seconds, found = [], []
    for game in games:
        start = time.perf_counter()
        found.append(follow_logit(game))
        seconds.append(time.perf_counter() - start)
    regret = max(float(one.regret.max()) for one in found)
    print(f"standoff     {1e3 * float(np.mean(seconds)):8.1f} ms a game; most that a player could gain {regret:.1e}")
    figures: dict[str, Any] = {"seconds": seconds, "regret": regret}
    python = os.environ.get("SGAMESOLVER_PYTHON")
    if python is None:
        print("sgamesolver  set SGAMESOLVER_PYTHON to an interpreter that has `sgamesolver` 1.0.2 and NumPy below 2")
        return figures
    theirs = _peer(python, games)
    times = float(np.mean([one["seconds"] for one in theirs])) / float(np.mean(seconds))
    apart = max(
        float(np.abs(np.stack(own.strategies, axis=1) - np.array(one["strategies"])).max())
        for own, one in zip(found, theirs, strict=True)
    )
    mean = 1e3 * float(np.mean([one["seconds"] for one in theirs]))
    print(f"sgamesolver  {mean:8.1f} ms a game: {times:.0f} times as long; chances differ by at most {apart:.1e}")
    return {**figures, "sgamesolver_seconds": [one["seconds"] for one in theirs], "times": times, "apart": apart}


def _random_game(seed: int) -> StochasticGame:
    rng = np.random.default_rng(seed)
    shape = (ACTIONS,) * PLAYERS
    moves = rng.random((STATES, *shape, STATES))
    return StochasticGame(
        rng.random((STATES, PLAYERS, *shape)), moves / moves.sum(axis=-1, keepdims=True), np.full(PLAYERS, DISCOUNT)
    )


def _peer(python: str, games: list[StochasticGame]) -> Any:
    script = Path(__file__).parent / "peers" / "markov_sgamesolver.py"
    given = [{"payoffs": g.payoffs.tolist(), "transitions": g.transitions.tolist(), "discounts": g.discounts.tolist()}
             for g in games]  # fmt: skip
    done = subprocess.run([python, str(script)], input=json.dumps(given), capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    return json.loads(done.stdout.strip().splitlines()[-1])


if __name__ == "__main__":
    main()
