"""Make `results.npz` and `*.nfg` with pygambit: games, their pure equilibria, and logit equilibria.

Run `python tests/data/gambit/make.py` with pygambit installed; the tests read only what it stores.
All payoffs are whole numbers, so that Gambit's exact arithmetic and doubles see the same game.
"""

from pathlib import Path

import numpy as np
import pygambit

HERE = Path(__file__).parent
# shape, number of games, and the payoffs' greatest size: small sizes give ties, 0 a game of nothing but ties
PURE = (
    ((2, 2), 60, 9), ((2, 2), 30, 1), ((3, 3), 40, 99), ((4, 5), 30, 2), ((2, 2, 2), 40, 9), ((3, 2, 4), 30, 3),
    ((3, 3, 3), 20, 99), ((5, 4, 3, 3), 20, 999), ((2, 2, 2, 2, 2, 2), 10, 9), ((5, 4, 3, 3, 3), 12, 999),
    ((5, 4, 3, 3, 3), 4, 1), ((3, 3), 4, 0),
)  # fmt: skip
LOGIT = (((2, 2), 15), ((3, 3), 15), ((4, 4), 5), ((2, 2, 2), 15), ((3, 2, 4), 10), ((5, 4, 3, 3), 6), ((2,) * 5, 5))
PRECISIONS = (1.0, 3.0, 10.0)  # per unit of the greatest payoff range


def main() -> None:
    rng = np.random.default_rng(1951)
    stored: dict[str, np.ndarray] = {}
    for k, (shape, count, size) in enumerate(PURE):
        games = rng.integers(-size, size + 1, (count, len(shape), *shape)).astype(np.int16)
        stored[f"pure_games_{k}"] = games
        stored[f"pure_stable_{k}"] = np.packbits(np.stack([_pure(game) for game in games]))
    for k, (shape, count) in enumerate(LOGIT):
        games = rng.integers(-99, 100, (count, len(shape), *shape)).astype(np.int16)
        stored[f"logit_games_{k}"] = games
        stored[f"logit_mixes_{k}"] = np.stack([_logit(game) for game in games])
    np.savez_compressed(HERE / "results.npz", **stored)
    _write_files(rng)


def _game(payoffs: np.ndarray) -> pygambit.Game:
    return pygambit.Game.from_arrays(*payoffs.astype(object))


def _pure(payoffs: np.ndarray) -> np.ndarray:
    game = _game(payoffs)
    stable = np.zeros(payoffs.shape[1:], dtype=bool)
    for found in pygambit.nash.enumpure_solve(game).equilibria:
        stable[tuple([found[s] == 1 for s in p.strategies].index(True) for p in game.players)] = True
    return stable


def _logit(payoffs: np.ndarray) -> np.ndarray:
    flat = payoffs.reshape(len(payoffs), -1).astype(float)
    game = _game(payoffs)
    scale = np.ptp(flat, axis=1).max()
    found = pygambit.qre.logit_solve_lambda(game, [value / scale for value in PRECISIONS])
    return np.array([[float(one.profile[s]) for p in game.players for s in p.strategies] for one in found])


def _write_files(rng: np.random.Generator) -> None:
    game = _game(rng.integers(-9, 10, (3, 2, 3, 2)))
    game.title = 'A "small" game'
    for player, name in zip(game.players, ("north", "south", "east"), strict=True):
        player.label = name
    (HERE / "three.nfg").write_text(game.to_nfg(), encoding="utf-8")


if __name__ == "__main__":
    main()
