"""Games in which actors know different things: strategies are rules from what is known to what is played.

Worlds are grouped into cells, the combinations of the actors' bins of information that occur. A rule names a strategy
for each bin, so a player with s strategies and K bins has s to the power K rules; the table of all rules is never
built. A rule is a best reply exactly if it is one at each bin against the others' rules (the agent form: Harsanyi,
Games with incomplete information played by "Bayesian" players, 1967–68, part II; Osborne, An Introduction to Game
Theory, 2004, definition 284.2), and what a bin's regret must at least be, whatever is still open, cuts the search.
"""

import time
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from standoff.analysis.games.normalform import Floats, Integers, checked_game, checked_tolerance

Rules = tuple[tuple[int, ...], ...]
_Domains = dict[tuple[int, int], tuple[int, ...]]
_Known = dict[tuple[int, int, tuple[tuple[int, ...], ...]], Floats]  # least gains in a cell, by what is open in it
_MOST_KNOWN = 100_000


@dataclass(frozen=True, slots=True)
class BayesianGame:
    """A game by cells of information.

    Attributes:
        payoffs: (n_players, n_cells, s1, …, sn), the sum over the cell's worlds of the player's weight times payoff;
            weights of a player sum to 1, so that summing over cells gives its expectation.
        chances: (n_players, n_cells), the chance of each cell in the player's belief.
        bins: (n_cells, n_players), the bin of each player, counted from 0.
        labels: for each player what the caller called its bins.
    """

    payoffs: Floats
    chances: Floats
    bins: Integers
    labels: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class BayesianEquilibrium:
    """Rules no player would leave for more than the tolerance, before learning its bin.

    Attributes:
        rules: for each player the strategy at each of its bins.
        regret: (n_players,), gain of the best other rule in expectation, payoff units.
        payoffs: (n_players,), expected payoff under each player's own belief.
    """

    rules: Rules
    regret: Floats
    payoffs: Floats


@dataclass(frozen=True, slots=True)
class BayesianSolution:
    """Equilibria in pure rules.

    Attributes:
        equilibria: those found, in lexicographic order of their rules.
        is_complete: whether the search ended; if not, there may be more.
        open_strategies: for each player and bin the strategies that elimination before the search left.
        n_nodes: positions examined.
    """

    equilibria: tuple[BayesianEquilibrium, ...]
    is_complete: bool
    open_strategies: tuple[tuple[tuple[int, ...], ...], ...]
    n_nodes: int


def condition(
    payoffs: npt.ArrayLike, weights: npt.ArrayLike, information: npt.NDArray[np.integer] | None = None
) -> BayesianGame:
    """The ex-ante game under the actors' beliefs and what each will know.

    Args:
        payoffs: (n_players, s1, …, sn, n_worlds), means over luck.
        weights: (n_players, n_worlds), each player's belief, at least 0; scaled to sum to 1.
        information: (n_players, n_worlds), the bin each player sees itself in; nobody knows anything without it.

    Raises:
        ValueError: shapes disagree, a weight is negative, or a player gives no world any weight.
    """
    table = np.asarray(payoffs, dtype=np.float64)
    belief = np.asarray(weights, dtype=np.float64)
    n_players, n_worlds = table.shape[0], table.shape[-1]
    if belief.shape != (n_players, n_worlds):
        raise ValueError(f"weights must be (players, worlds) = {(n_players, n_worlds)}, got {belief.shape}")
    if not np.isfinite(belief).all() or (belief < 0).any() or (belief.sum(axis=1) <= 0).any():
        raise ValueError("every player's weights must be finite, at least 0, and above 0 in some world")
    known = np.zeros((n_players, n_worlds), dtype=np.int64) if information is None else np.asarray(information)
    if known.shape != (n_players, n_worlds) or not np.issubdtype(known.dtype, np.integer):
        raise ValueError(f"information must be whole numbers (players, worlds) = {(n_players, n_worlds)}")
    checked_game(table.mean(axis=-1))
    belief = belief / belief.sum(axis=1, keepdims=True)
    cells, cell_of = np.unique(known.T, axis=0, return_inverse=True)
    member = np.zeros((n_worlds, len(cells)))
    member[np.arange(n_worlds), cell_of.ravel()] = 1.0
    summed = np.stack(
        [np.tensordot(own, member * w[:, None], axes=(-1, 0)) for own, w in zip(table, belief, strict=True)]
    )
    labels = [np.unique(row) for row in known]
    bins = np.stack([np.searchsorted(names, column) for names, column in zip(labels, cells.T, strict=True)], axis=1)
    return BayesianGame(
        payoffs=np.ascontiguousarray(np.moveaxis(summed, -1, 1)),
        chances=belief @ member,
        bins=bins.astype(np.int64),
        labels=tuple(tuple(int(k) for k in names) for names in labels),
    )


def bayesian_equilibria(
    game: BayesianGame, epsilon: float = 0.0, max_nodes: int = 20_000, seconds: float | None = None
) -> BayesianSolution:
    """Equilibria in pure rules, by elimination and search.

    At a bin that a player itself holds impossible everything it might do is a best reply; all are returned.

    Args:
        game: from `condition`.
        epsilon: tolerance on each player's expected regret, payoff units. Sums over worlds round: a tie that the
            weights should make exact may need a tolerance of a few times 1e-15 of the payoffs.
        max_nodes: positions to examine before an incomplete answer is returned.
        seconds: likewise; without it the answer does not depend on the machine's speed.

    Raises:
        ValueError: the tolerance is negative.
    """
    tolerance = checked_tolerance(epsilon)
    shape = game.payoffs.shape[2:]
    domains: _Domains = {(i, b): tuple(range(shape[i])) for i in range(len(shape)) for b in range(len(game.labels[i]))}
    known: _Known = {}
    consistent = _eliminate(game, domains, tolerance, known)
    left = tuple(tuple(domains[i, b] for b in range(len(names))) for i, names in enumerate(game.labels))
    stack, found, n_nodes = [domains] if consistent else [], [], 0
    deadline = np.inf if seconds is None else time.monotonic() + seconds
    while stack and n_nodes < max_nodes and time.monotonic() < deadline:
        n_nodes += 1
        domains = stack.pop()
        undecided = [agent for agent, open_ in domains.items() if len(open_) > 1]
        if not undecided:
            rules = _rules(domains, game)
            regret, expected = rule_regrets(game, rules)
            if (regret <= tolerance).all():
                found.append(BayesianEquilibrium(rules, regret, expected))
            continue
        agent = min(undecided, key=lambda agent: len(domains[agent]))
        for strategy in domains[agent]:
            branch = {**domains, agent: (strategy,)}
            if _eliminate(game, branch, tolerance, known):
                stack.append(branch)
    found.sort(key=lambda equilibrium: equilibrium.rules)
    return BayesianSolution(tuple(found), not stack, left, n_nodes)


def rule_regrets(game: BayesianGame, rules: Rules) -> tuple[Floats, Floats]:
    """Expected regret and payoff of each player when all follow these rules: (n_players,) both."""
    n_players = len(game.labels)
    regret, expected = np.zeros(n_players), np.zeros(n_players)
    for i in range(n_players):
        values = np.zeros((len(game.labels[i]), game.payoffs.shape[2 + i]))
        for c, bins in enumerate(game.bins):
            played: list[int | slice] = [rules[k][b] for k, b in enumerate(bins)]
            played[i] = slice(None)
            values[bins[i]] += game.payoffs[i, c][tuple(played)]
        own = values[np.arange(len(values)), list(rules[i])]
        regret[i] = (values.max(axis=1) - own).sum()
        expected[i] = own.sum()
    return regret, expected


def _eliminate(game: BayesianGame, domains: _Domains, tolerance: float, known: _Known) -> bool:
    """Drop strategies whose regret exceeds the tolerance whatever the others' open strategies; false if none is."""
    agents = list(domains)
    first = [k for k, (a, b) in enumerate(pairwise(agents)) if a[0] != b[0]]  # where the next player's agents start
    groups = [agents[a:b] for a, b in pairwise([0, *[k + 1 for k in first], len(agents)])]
    changed = True
    while changed:
        changed = False
        for group in groups:
            least = {agent: _least_regrets(game, domains, agent, known) for agent in group}
            total = sum(float(bounds.min()) for bounds in least.values())
            for agent, bounds in least.items():
                stays = total - bounds.min() + bounds <= tolerance
                if not stays.any():
                    return False
                if not stays.all():
                    domains[agent] = tuple(k for k, keep in zip(domains[agent], stays, strict=True) if keep)
                    changed = True
    return True


def _least_regrets(game: BayesianGame, domains: _Domains, agent: tuple[int, int], known: _Known) -> Floats:
    """Lower bound of the regret of each open strategy at a bin, the others choosing freely cell by cell."""
    player, own_bin = agent
    own = domains[agent]
    n_strategies = game.payoffs.shape[2 + player]
    gain = np.zeros((len(own), n_strategies))
    for c in np.flatnonzero(game.bins[:, player] == own_bin):
        kept = tuple(domains[k, b] for k, b in enumerate(game.bins[c].tolist()))
        least = known.get((player, int(c), kept))
        if least is None:
            open_ = [range(n_strategies) if k == player else some for k, some in enumerate(kept)]
            table = np.moveaxis(game.payoffs[player, c][np.ix_(*open_)], player, 0).reshape(n_strategies, -1)
            least = (table[None, :, :] - table[list(own)][:, None, :]).min(axis=2)
            if len(known) > _MOST_KNOWN:
                known.clear()
            known[player, int(c), kept] = least
        gain += least
    return np.asarray(gain.max(axis=1))


def _rules(domains: _Domains, game: BayesianGame) -> Rules:
    """The rules that single open strategies spell."""
    return tuple(tuple(domains[i, b][0] for b in range(len(names))) for i, names in enumerate(game.labels))
