"""The shapes that annotations promise are those of the arrays, as an answer is worked out."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
from dataclasses import replace

from jaxtyping import install_import_hook

CHECKED = (
    "standoff.analysis.robustness.metrics", "standoff.analysis.robustness.regret",
    "standoff.analysis.robustness.satisficing", "standoff.analysis.robustness.tails",
    "standoff.analysis.runs.decision_table", "standoff.analysis.runs.game_table", "standoff.analysis.runs.payoffs",
    "standoff.analysis.runs.views", "standoff.analysis.runs.weighings", "standoff.analysis.statistics.errors",
    "standoff.analysis.statistics.ranking", "standoff.ensemble.ensemble",
)
with install_import_hook(list(CHECKED), "beartype.beartype"):
    import standoff
    from standoff.analysis.linchpins.linchpins import linchpins
    from standoff.analysis.robustness.robustness import robustness
    from standoff.analysis.runs.decision_table import Figures, decision_table
    from standoff.analysis.runs.game_table import game_table

run = standoff.load("rivals").run(worlds=64, replications=2, evaluator="reference")
table = decision_table(run)
found = robustness(table, threads=1)
linchpins(table, threads=1)
game_table(run)
figures, under = table.figures("payoff", "north"), found.under[0]
turned = (
    lambda: Figures(figures.mean.T, figures.halves),
    lambda: replace(run, means=run.means[0]),
    lambda: replace(under.metrics.regret, by_world=under.metrics.regret.by_world.T),
    lambda: replace(under.metrics.ranking, difference=under.metrics.ranking.difference[0]),
    lambda: replace(under.satisficing, chances=under.satisficing.chances[0]),
    lambda: replace(table.views[0], weights=table.views[0].weights[0]),
)
for make in turned:
    try:
        make()
    except Exception as error:
        print(type(error).__name__)
"""


def test_arrays_have_the_shapes_that_they_promise() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=False)
    assert done.stdout.split() == 6 * ["TypeCheckError"], done.stderr[-2000:]
