"""Stationary equilibria of stochastic games by sgamesolver's logit homotopy.

Run by an interpreter that has `sgamesolver` 1.0.2: `python markov_sgamesolver.py` with, on the standard input, games
as JSON: a list of {"payoffs", "transitions", "discounts"} as in `standoff.analysis.games.markov.StochasticGame`. It
prints for each the seconds, strategies (states, players, actions) and values (states, players) as JSON.
"""

import json
import sys
import time

import numpy as np
import sgamesolver


def main() -> None:
    """Solve what stands on the standard input."""
    found = []
    for game in json.load(sys.stdin):
        payoffs, transitions = np.array(game["payoffs"]), np.array(game["transitions"])
        made = sgamesolver.SGame(list(payoffs), list(transitions), game["discounts"])
        homotopy = sgamesolver.homotopy.QRE(made)
        homotopy.solver_setup()
        homotopy.solver.verbose = 0
        start = time.perf_counter()
        homotopy.solve()
        seconds = time.perf_counter() - start
        found.append({"seconds": seconds, "strategies": homotopy.equilibrium.strategies.tolist(),
                      "values": homotopy.equilibrium.values.tolist()})  # fmt: skip
    print(json.dumps(found))


if __name__ == "__main__":
    main()
