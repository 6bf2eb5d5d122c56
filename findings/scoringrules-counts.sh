#!/usr/bin/env bash
# scoringrules 0.10.0: the CRPS of count forecasts is infinite or NaN from moderate counts on, and can be negative.
#
# Seen: `crps_poisson(150.0, 150.0)` is inf and `crps_poisson(200.0, 200.0)` NaN, where summing (F(k) - 1{k >= y})^2 gives
# 2.86 and 3.30; `crps_negbinom(500, 300, 0.375)` is NaN for 8.53. With a mean that is a whole number in NumPy's sense (an
# integer array, as counts often are), the power overflows 64 bits without a word and the score is finite and wrong:
# `crps_poisson(103, 100)` is -4.78 for 2.73, though no CRPS can be negative.
# Expected by a reader: right values, since the closed forms hold for every mean. A mean over forecasts turns into NaN or
# inf and the model looks unscorable; a negative score makes it look better than a perfect one.
# What to do: hand over floats, and sum the squared differences of the distribution functions where counts exceed a hundred.
# The script exits 0 as long as it behaves so, 1 as soon as it does not.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check scoringrules==0.10.0 numpy==2.4.6 scipy==1.17.1
"$folder/venv/bin/python" -W ignore - <<'P'
import sys
from importlib.metadata import version

import numpy as np
import scoringrules as sr
from scipy import stats


def summed(law, seen):
    at = np.arange(20 * int(law.mean()))
    return float(((law.cdf(at) - (at >= seen)) ** 2).sum())


def beside(what, found, law, seen):
    print(f"{what}: {float(found):.4f}, summed {summed(law, seen):.4f}")
    return float(found)


print("scoringrules", version("scoringrules"), "numpy", np.__version__, "scipy", version("scipy"))
small = beside("poisson, 103 of mean 100.0", sr.crps_poisson(103.0, 100.0), stats.poisson(100), 103)
large = beside("poisson, 150 of mean 150.0", sr.crps_poisson(150.0, 150.0), stats.poisson(150), 150)
larger = beside("poisson, 200 of mean 200.0", sr.crps_poisson(200.0, 200.0), stats.poisson(200), 200)
spread = beside("negative binomial, 500 of mean 500", sr.crps_negbinom(500, 300, 0.375), stats.nbinom(300, 0.375), 500)
whole = beside("poisson, 103 of whole mean 100", sr.crps_poisson(103, 100), stats.poisson(100), 103)
same = abs(small - 2.7285) < 1e-3 and large == np.inf and np.isnan(larger) and np.isnan(spread) and whole < 0
print("behaviour:", "not finite from moderate counts on, negative for whole means" if same else "CHANGED")
sys.exit(0 if same else 1)
P
