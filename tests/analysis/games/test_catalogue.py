"""Every game of Gambit's own catalogue that is at hand: its pure equilibria, against a plain search."""

from __future__ import annotations

import os
from itertools import product
from math import prod
from pathlib import Path

import numpy as np
import pytest

from standoff.analysis.games.exchange import GameError, read_nfg
from standoff.analysis.games.pure import pure_equilibria

MOST_PROFILES = 100_000
FOLDER = os.environ.get("STANDOFF_GAMES", "")
GAMES = sorted(Path(FOLDER).rglob("*.nfg")) if FOLDER else []


def searched(payoffs: np.ndarray) -> set[tuple[int, ...]]:
    """The profiles that no player gains by leaving, by the definition: every profile, every deviation."""
    shape = payoffs.shape[1:]

    def gains(profile: tuple[int, ...], player: int) -> bool:
        own = payoffs[player]
        left, right = profile[:player], profile[player + 1 :]
        return any(own[(*left, other, *right)] > own[profile] for other in range(shape[player]))

    everyone = product(*(range(n) for n in shape))
    return {profile for profile in everyone if not any(gains(profile, player) for player in range(len(shape)))}


@pytest.mark.skipif(not GAMES, reason="Gambit's games are not at hand: set STANDOFF_GAMES to their folder")
@pytest.mark.parametrize("path", GAMES, ids=lambda path: path.relative_to(FOLDER).as_posix())
def test_pure_equilibria_are_those_of_the_definition(path: Path) -> None:
    try:
        payoffs = np.asarray(read_nfg(path.read_text(encoding="utf-8")).payoffs)
    except GameError as error:
        pytest.fail(f"not read: {error}")
    if prod(payoffs.shape[1:]) > MOST_PROFILES:
        pytest.skip(f"{prod(payoffs.shape[1:])} profiles are too many for a plain search")
    assert {found.profile for found in pure_equilibria(payoffs)} == searched(payoffs)
