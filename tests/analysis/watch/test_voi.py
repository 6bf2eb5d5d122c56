"""The value of a sample, beside the figures that the R package voi prints for the same problem."""

import csv
import math
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from standoff.analysis.findings import Inputs
from standoff.analysis.linchpins.worth import measure_signals
from standoff.analysis.runs.payoffs import Payoffs

PATH = Path(__file__).parents[2] / "data" / "voi" / "evsi.csv"
ROWS = list(csv.DictReader(PATH.read_text(encoding="utf-8").splitlines()))
VOI_ERROR = 0.0071


@pytest.fixture(scope="module")
def worths():
    """By (k, signal), from 8,192 samples."""
    rng = np.random.default_rng(5)
    z = stats.norm.ppf((rng.permutation(8192) + 0.5) / 8192)
    p1, p2 = 1.0 + z, 2.0 * stats.norm.ppf((rng.permutation(8192) + 0.5) / 8192)
    signals = {n: p1 + rng.normal(size=p1.size) / math.sqrt(int(n)) for n in ("10", "100", "1000")}
    columns = {**{f"EVSI of p1 {n}": x for n, x in signals.items()}, "EVPPI of p1 ": p1, "EVPPI of p2 ": p2}
    inputs = Inputs(tuple(columns), np.column_stack(list(columns.values())))
    found = {}
    for k in (1.0, 2.0, 3.0):
        payoffs = Payoffs(("neither", "treat"), np.stack([np.zeros_like(p1), k * p1 - p2]), inputs)
        for worth in measure_signals(payoffs, permutations=99, threads=1):
            found[k, worth.names[0]] = worth.evppi
    return found


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['what']}, k {row['k']}, n {row['n'] or 'all'}")
def test_the_table_of_voi_is_remade(row: dict[str, str], worths) -> None:
    k = float(row["k"])
    ours = worths[k, f"{row['what']} {row['n']}"]
    assert abs(ours.value - float(row["value"])) < 3.0 * math.hypot(ours.error, k * VOI_ERROR)
    assert ours.low > 0.0


@pytest.mark.parametrize("n", [10, 100, 1000])
def test_it_is_the_closed_form_too(n: int, worths) -> None:
    spread = math.sqrt(1.0 / (1.0 + 1.0 / n))
    exact = spread * stats.norm.pdf(1.0 / spread) + stats.norm.cdf(1.0 / spread) - 1.0
    ours = worths[1.0, f"EVSI of p1 {n}"]
    assert ours.low <= exact <= ours.high
