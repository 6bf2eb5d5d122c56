"""Logit equilibria of random stochastic games by sgamesolver, stored once.

    python tests/data/markov/make_logit.py > tests/data/markov/logit.json      # sgamesolver 1.0.2, NumPy below 2

For each game: its payoffs, transitions and discounts as in `standoff.analysis.games.markov.StochasticGame`, and, at
each λ on the path and at its end, chances of actions by state and player (those that a player lacks left out), and
values.
"""

import json

import numpy as np
import sgamesolver

SHAPES = (((2, 2), 2, 0.9), ((3, 2), 3, 0.8), ((2, 2, 2), 2, 0.95))
PRECISIONS = (1.0, 5.0, 20.0, None)


def main() -> None:
    """Print the answers."""
    found = []
    for k, (actions, states, discount) in enumerate(SHAPES):
        rng = np.random.default_rng(k)
        payoffs = rng.random((states, len(actions), *actions)).round(3)
        moves = rng.random((states, *actions, states))
        moves /= moves.sum(axis=-1, keepdims=True)
        discounts = [discount - 0.1 * i for i in range(len(actions))]
        game = {"payoffs": payoffs.tolist(), "transitions": moves.tolist(), "discounts": discounts, "play": []}
        for precision in PRECISIONS:
            made = sgamesolver.SGame(list(payoffs), list(moves), discounts)
            homotopy = sgamesolver.homotopy.QRE(made)
            homotopy.solver_setup(*([] if precision is None else [precision]))
            homotopy.solver.verbose = 0
            homotopy.solver.set_parameters(corrector_tol=1e-9, ds_min=1e-14)
            homotopy.solve()
            one = homotopy.equilibrium
            chances = [[own[:n].tolist() for own, n in zip(state, actions, strict=True)] for state in one.strategies]
            game["play"].append({"precision": precision, "chances": chances, "values": one.values.tolist()})
        found.append(game)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
