#!/usr/bin/env bash
# SALib 1.6.0: one NaN among a model's outputs makes every Sobol index 0, with an interval of 0, without a word.
#
# Seen: y = a + 2b on the unit cube has total indices 0.2, 0.8 and 0. With a single NaN among the outputs,
# `SALib.analyze.sobol.analyze` returns 0 for every first-order and total index, and 0 for each interval's half width.
# No warning is given: a model with one failed future looks as if no input mattered, with certainty.
# Expected by a reader: NaN, an error, or at least a warning.
# What to do: count NaN before calling, and leave out the whole block of a failed row.
# The script exits 0 as long as it behaves so, 1 as soon as it does not.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check SALib==1.6.0 numpy==2.4.6
"$folder/venv/bin/python" - <<'P'
import sys
import warnings
from importlib.metadata import version

import numpy as np
from SALib.analyze import sobol as analysis
from SALib.sample import sobol as sample

problem = {"num_vars": 3, "names": ["a", "b", "c"], "bounds": [[0, 1]] * 3}
x = sample.sample(problem, 256, seed=1)
y = x[:, 0] + 2 * x[:, 1]
whole = analysis.analyze(problem, y, seed=1)
y[10] = np.nan
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    holed = analysis.analyze(problem, y, seed=1)
said = [str(one.message) for one in caught]
print("SALib", version("SALib"), "numpy", np.__version__)
print("all outputs finite: ST =", whole["ST"].round(3))
print("one NaN of", y.size, "outputs: S1 =", holed["S1"], "ST =", holed["ST"], "ST_conf =", holed["ST_conf"])
print("warnings:", said or "none")
same = all((np.asarray(holed[key], float) == 0).all() for key in ("S1", "ST", "S1_conf", "ST_conf"))
print("behaviour:", "all indices are 0, silently" if same and not said else "CHANGED")
sys.exit(0 if same and not said and whole["ST"][1] > 0.7 else 1)
P
