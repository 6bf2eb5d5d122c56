"""The filter of `bench.watch` written with the `particles` package: one bootstrap filter a world and profile.

Run by an interpreter that has `particles` 0.4 (which needs NumPy below 2): `python watch_particles.py CELLS NUMBER`, with
the counts that were seen and (base, push) of each cell as JSON on the standard input. It prints seconds and the log
likelihood of each cell as JSON.
"""

import json
import sys
import time

import numpy as np
import particles
from particles import distributions as dists
from particles import state_space_models as ssm


class Mood(dists.DiscreteDist):
    """Angry (1) with a chance that hangs on what it was."""

    def __init__(self, chance):
        self.chance = np.atleast_1d(chance)

    def rvs(self, size=None):
        n = self.chance.size if size is None else size
        return (np.random.rand(n) < self.chance).astype(float)

    def logpdf(self, x):
        return np.where(x > 0, np.log(self.chance), np.log1p(-self.chance))


class Counts(ssm.StateSpaceModel):
    """A hidden mood moves a count."""

    default_params = {"base": 1.0, "push": 1.0}  # noqa: RUF012 - the package reads it so

    def PX0(self):  # noqa: N802
        return dists.Dirac(loc=0.0)

    def PX(self, t, xp):  # noqa: N802
        return Mood(np.where(xp > 0, 0.8, 0.3))

    def PY(self, t, xp, x):  # noqa: N802
        return dists.Poisson(rate=self.base * self.push * (1.0 + 2.0 * x))


def main():
    cells, n = int(sys.argv[1]), int(sys.argv[2])
    given = json.load(sys.stdin)
    seen = np.array(given["seen"])
    found = []
    start = time.perf_counter()
    for base, push in given["cells"][:cells]:
        model = ssm.Bootstrap(ssm=Counts(base=base, push=push), data=seen)
        filtered = particles.SMC(fk=model, N=n, resampling="systematic", ESSrmin=0.5, store_history=False)
        filtered.run()
        found.append(float(filtered.logLt))
    print(json.dumps({"seconds": time.perf_counter() - start, "log_likelihood": found}))


if __name__ == "__main__":
    main()
