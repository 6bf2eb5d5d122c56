"""Read nearly sound inputs of every format for some time; what goes wrong is kept in `corpus/`.

Run as `make fuzz`, or `python tests/fuzz/fuzz.py MINUTES [SEED] [KIND…]`. It ends with 1 where anything went wrong.
"""

from __future__ import annotations

import hashlib
import resource
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from pathlib import Path
from random import Random

from mutations import mutated
from targets import TARGETS, Bench, read

CORPUS = Path(__file__).parent / "corpus"
MOST_KILOBYTES = 500_000


def main(minutes: float, seed: int = 0, *kinds: str) -> int:
    """Print each new fault once, and a line at the end."""
    warnings.simplefilter("ignore")
    tried: Counter[str] = Counter()
    found: dict[tuple[str, str], int] = {}
    slowest = (0.0, "")
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench.make(Path(folder) / "bench", is_thorough=True)
        sound = {kind: TARGETS[kind].sound(bench) for kind in kinds or TARGETS}
        for kind, data in sound.items():  # what is compiled is compiled before anything is timed
            TARGETS[kind].read(bench, data)
        end = time.monotonic() + 60.0 * minutes
        number = 0
        while time.monotonic() < end:
            kind = [*sound][number % len(sound)]
            data = mutated(kind, sound[kind], Random(f"{seed} {number}"))
            number += 1
            tried[kind] += 1
            start = time.process_time()
            try:
                read(TARGETS[kind], bench, data)
            except Exception as error:
                last = traceback.extract_tb(error.__traceback__)[-1]
                where = (kind, f"{type(error).__name__} in {Path(last.filename).name}:{last.lineno}")
                if where not in found:
                    name = f"{kind}-{hashlib.blake2b(data, digest_size=6).hexdigest()}"
                    (CORPUS / name).write_bytes(data)
                    print(f"{name}: {where[1]}: {str(error)[:200]}", flush=True)
                found[where] = found.get(where, 0) + 1
            slowest = max(slowest, (time.process_time() - start, f"{kind}, {number - 1}"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"{number:,} inputs ({dict(tried)}), {len(found)} kinds of fault, slowest {slowest}, peak {peak // 1000} MB")
    return int(bool(found) or peak > MOST_KILOBYTES)


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), *map(int, sys.argv[2:3]), *sys.argv[3:]))
