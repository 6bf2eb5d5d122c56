"""Published conflicts as games, and the notions of stability by their definitions, on sets and sequences."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import numpy as np

from standoff.analysis.graph_model.moves import Moves

DATA = Path(__file__).parents[1] / "data" / "conflicts"


class Conflict:
    """A published conflict: payoffs are ranks, the best the highest."""

    def __init__(self, name):
        self.data = json.loads((DATA / f"{name}.json").read_text())
        names = self.data["strategies"]
        shape = tuple(len(own) for own in names)
        possible = np.zeros(shape, dtype=bool)
        self.game = np.zeros((len(shape), *shape))
        for places in self.data["states"].values():
            for place in places:
                possible[tuple(place)] = True
        for i, ranking in enumerate(self.data["ranking"]):
            for rank, states in enumerate(ranking):
                for state in states:
                    for place in self.data["states"][str(state)]:
                        self.game[(i, *place)] = len(ranking) - rank
        allowed = []
        for player, own in zip(self.data["players"], names, strict=True):
            table = ~np.eye(len(own), dtype=bool)
            kept = np.array([name in self.data["irreversible"].get(player, ()) for name in own])
            table &= ~(kept[:, None] & ~kept[None, :])
            for start, end in self.data["barred"].get(player, ()):
                table[own.index(start), own.index(end)] = False
            allowed.append(table)
        self.moves = Moves(tuple(allowed), possible)

    def states(self, stable):
        """The numbers of the states that are stable, given (profiles,) truths."""
        table = stable.reshape(self.game.shape[1:])
        return [int(n) for n, places in self.data["states"].items() if all(table[tuple(p)] for p in places)]


def by_definition(game, moves):
    """Notion → set of flat profiles that are stable, from the definitions of Fang, Hipel and Kilgour (1993)."""
    n = len(game)
    payoff = game.reshape(n, -1)
    profiles = [s for s in range(payoff.shape[1]) if moves.can_be[s]]
    players = range(n)

    def gains(i, s):
        return [t for t in moves.of(i, s) if payoff[i, t] > payoff[i, s]]

    def reached(i, start, step):
        """By sequences of the others in which nobody moves twice running."""
        seen, todo = set(), [(start, i)]
        while todo:
            s, last = todo.pop()
            for j in players:
                if j not in (i, last):
                    for t in step(j, s):
                        if (t, j) not in seen:
                            seen.add((t, j))
                            todo.append((t, j))
        return {t for t, _ in seen}

    def holds(i, s, step, mend):
        return all(
            any(
                payoff[i, t] <= payoff[i, s] and (not mend or all(payoff[i, r] <= payoff[i, s] for r in moves.of(i, t)))
                for t in reached(i, g, step)
            )
            for g in gains(i, s)
        )

    def united(s):
        for t in profiles:
            at = [(s // moves.strides[i] % moves.shape[i], t // moves.strides[i] % moves.shape[i]) for i in players]
            who = [i for i in players if at[i][0] != at[i][1]]
            if who and all(moves.allowed[i][at[i]] and payoff[i, t] > payoff[i, s] for i in who):
                return False
        return True

    found = {
        "nash": {s for s in profiles if not any(gains(i, s) for i in players)},
        "seq": {s for s in profiles if all(holds(i, s, gains, False) for i in players)},
        "gmr": {s for s in profiles if all(holds(i, s, moves.of, False) for i in players)},
        "smr": {s for s in profiles if all(holds(i, s, moves.of, True) for i in players)},
        "coalitions": {s for s in profiles if united(s)},
    }
    if n == 2:
        for horizon, name in ((2, "two moves"), (3, "three moves")):
            found[name] = {s for s in profiles if all(_end(payoff, moves, i, s, horizon) == s for i in players)}
    return found


def _end(payoff, moves, i, s, horizon):
    """Where two players end who look so far ahead, the first of them to move being i."""
    if horizon == 0:
        return s
    ends = [_end(payoff, moves, 1 - i, t, horizon - 1) for t in moves.of(i, s)]
    best = max(ends, key=lambda t: payoff[i, t], default=s)
    return best if payoff[i, best] > payoff[i, s] else s


def random_games(n, seed=1, players=(2, 3)):
    """Games of random sizes and payoffs, some of them with ties and moves that are barred."""
    rng = np.random.default_rng(seed)
    for k in range(n):
        shape = tuple(rng.integers(2, 4, size=players[k % len(players)]))
        game = rng.normal(size=(len(shape), *shape))
        if k % 3 == 0:
            game = np.round(2.0 * game)
        allowed = tuple(~np.eye(m, dtype=bool) & (rng.random((m, m)) < (0.7 if k % 2 else 1.0)) for m in shape)
        yield game, Moves(allowed)


def all_profiles(shape):
    """Every profile in the flat order."""
    return list(product(*(range(n) for n in shape)))
