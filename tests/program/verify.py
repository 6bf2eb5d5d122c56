"""Compare the compiled kernel with the reference on many random studies: `make verify`.

    python tests/program/verify.py [FIXED [FRESH]]

300 studies of fixed seeds and 20 of fresh ones by default, each on 400 futures, drawn and weighted. The result is
printed and stored in `bench-results/verify.json`.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from secrets import randbelow

from comparison import differences_on_random_futures
from random_studies import load_random

from standoff._version import __version__
from standoff.program.kernel import load_kernel
from standoff.program.program import FAULTS

FUTURES = 400
RESULTS = Path("bench-results") / "verify.json"


def compare(seed: int) -> tuple[int, list[str], list[str]]:
    """The seed, what differed, and the kinds of fault that occurred."""
    with tempfile.TemporaryDirectory() as place:
        study = load_random(seed, Path(place) / "study")
        kernel = load_kernel(study.program, Path(place) / "kernels")
        found, codes = differences_on_random_futures(study, kernel, FUTURES, seed)
    return seed, found, sorted({FAULTS[(code - 1) % len(FAULTS)][0] for code in codes})


def main(fixed: int = 300, fresh: int = 20) -> int:
    """Compare, print and store; the number of studies that differed."""
    begun = time.time()
    fresh_seeds = [1_000_000 + randbelow(1_000_000_000) for _ in range(fresh)]
    kinds: Counter[str] = Counter()
    failed: dict[int, list[str]] = {}
    with ProcessPoolExecutor(max_workers=2, max_tasks_per_child=20) as pool:
        for done, (seed, found, faults) in enumerate(pool.map(compare, [*range(fixed), *fresh_seeds]), 1):
            kinds.update(faults)
            if found:
                failed[seed] = found
                print(f"seed {seed}: {', '.join(found)} differ")
            if done % 20 == 0:
                print(f"{done} of {fixed + fresh} compared, {len(failed)} differ", flush=True)
    result = {
        "date": datetime.now(UTC).date().isoformat(), "standoff": __version__, "fixed": fixed, "fresh": fresh_seeds,
        "futures": (fixed + fresh) * FUTURES * 2, "studies with faults": dict(sorted(kinds.items())),
        "differ": failed, "seconds": round(time.time() - begun),
    }  # fmt: skip
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(f"{fixed} fixed and {fresh} fresh studies, {result['futures']:,} futures: {len(failed)} differ")
    return len(failed)


if __name__ == "__main__":
    sys.exit(1 if main(*(int(n) for n in sys.argv[1:3])) else 0)
