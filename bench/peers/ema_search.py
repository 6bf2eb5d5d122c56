"""What EMA Workbench's ε-NSGA-II finds on the yardsticks of searches; writes tests/data/search/ema_eps_nsgaii.json.

Run from the project's root with ema_workbench 2.5 and its Platypus: `python -m bench.peers.ema_search`.
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

import ema_workbench
import numpy as np
from ema_workbench import Model, RealParameter, ScalarOutcome, SequentialEvaluator
from ema_workbench.em_framework.optimization import EpsNSGAII

sys.path.insert(0, "tests/analysis")
from yardsticks_search import EVALUATIONS, PROBLEMS

SEEDS = (1, 2, 3)


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
            archives[f"{name} {seed}"] = np.round(rows, 7).tolist()
    out = {"ema_workbench": ema_workbench.__version__, "archives": archives}
    Path("tests/data/search/ema_eps_nsgaii.json").write_text(json.dumps(out))


if __name__ == "__main__":
    main()
