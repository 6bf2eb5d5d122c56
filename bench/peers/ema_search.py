"""What EMA Workbench's ε-NSGA-II finds on the yardsticks of searches; writes tests/data/search/ema_eps_nsgaii.json.

Run from the project's root with ema_workbench 2.5.3 and platypus-opt 1.0.4 (it imports what 1.3 no longer has):
`python -m bench.peers.ema_search`. It ends after the generation in which the evaluations are used up, and so looks at
up to a hundred points more than it was asked to.
"""

from __future__ import annotations

import json
import random
import sys
from importlib.metadata import version
from pathlib import Path

import ema_workbench
import numpy as np
from ema_workbench import Model, RealParameter, ScalarOutcome, SequentialEvaluator
from ema_workbench.em_framework.optimization import EpsNSGAII

sys.path.insert(0, "tests/analysis")
from yardsticks_search import EVALUATIONS, PROBLEMS

SEEDS = range(1, 21)


def main() -> None:
    archives = {}
    for name, (problem, variables, epsilons, _) in PROBLEMS.items():

        def called(problem=problem, variables=variables, **levers):
            point = np.array([[levers[f"x{k}"] for k in range(variables)]])
            return {f"o{k}": float(value) for k, value in enumerate(problem(point)[0])}

        for seed in SEEDS:
            random.seed(seed)
            model = Model("yardstick", function=called)
            model.levers = [RealParameter(f"x{k}", 0, 1) for k in range(variables)]
            model.outcomes = [ScalarOutcome(f"o{k}", kind=ScalarOutcome.MINIMIZE) for k in range(len(epsilons))]
            with SequentialEvaluator(model) as evaluator:
                found = evaluator.optimize(
                    algorithm=EpsNSGAII, nfe=EVALUATIONS, searchover="levers", epsilons=list(epsilons)
                )
            rows = found[[f"o{k}" for k in range(len(epsilons))]].to_numpy()
            archives[f"{name} {seed}"] = np.round(rows, 6).tolist()
    out = {"ema_workbench": ema_workbench.__version__, "platypus": version("platypus-opt"),
           "numpy": np.__version__, "evaluations": EVALUATIONS, "archives": archives}  # fmt: skip
    Path("tests/data/search/ema_eps_nsgaii.json").write_text(json.dumps(out))


if __name__ == "__main__":
    main()
