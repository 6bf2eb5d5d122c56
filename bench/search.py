"""Hypervolumes of searches beside those of EMA Workbench's ε-NSGA-II, which are stored: twenty seeds, 4,000 evaluations.

Run `python -m bench search`; it needs the extra `search`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import moocore
import numpy as np

from standoff.analysis.searching.search import search

sys.path.insert(0, "tests/analysis")
from yardsticks_search import EVALUATIONS, PROBLEMS

PEER = Path("tests/data/search/ema_eps_nsgaii.json")


def main() -> dict[str, Any]:
    stored = json.loads(PEER.read_text())["archives"]
    figures = {}
    for name, (problem, variables, epsilons, reference) in PROBLEMS.items():
        theirs = [moocore.hypervolume(np.array(rows), ref=reference) for key, rows in stored.items() if name in key]
        seeds = range(1, len(theirs) + 1)
        own = [
            moocore.hypervolume(search(problem, variables, epsilons, EVALUATIONS, seed=seed).values, ref=reference)
            for seed in seeds
        ]
        for who, found in (("standoff", own), ("ε-NSGA-II", theirs)):
            print(f"{name:6} {who:10} mean {np.mean(found):.3f}  median {np.median(found):.3f}  least {min(found):.3f}")
        figures[name] = {"standoff": own, "ema_workbench": theirs}
    return figures
