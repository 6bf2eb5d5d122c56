"""The shapes that annotations promise are those of the arrays, as an answer is worked out."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
from jaxtyping import install_import_hook

with install_import_hook(
    [f"standoff.analysis.runs.{name}" for name in ("decision_table", "game_table", "payoffs")], "beartype.beartype"
):
    import standoff
    from standoff.analysis.linchpins.linchpins import linchpins
    from standoff.analysis.robustness.robustness import robustness
    from standoff.analysis.runs.decision_table import Figures, decision_table
    from standoff.analysis.runs.game_table import game_table

run = standoff.load("rivals").run(worlds=64, replications=2, evaluator="reference")
table = decision_table(run)
robustness(table, threads=1)
linchpins(table, threads=1)
game_table(run)
figures = table.figures("payoff", "north")
try:
    Figures(figures.mean.T, figures.halves)
except Exception as error:
    print(type(error).__name__)
"""


def test_arrays_have_the_shapes_that_they_promise() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "TypeCheckError", done.stderr[-2000:]
