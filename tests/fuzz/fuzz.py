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
from collections.abc import Collection
from multiprocessing import get_context
from pathlib import Path
from random import Random

from mutations import mutated
from targets import TARGETS, Bench, read

CORPUS = Path(__file__).parent / "corpus"
MOST_MEGABYTES = 500


def main(minutes: float, seed: int = 0, *kinds: str) -> int:
    """Print each new fault once, and a line at the end."""
    warnings.simplefilter("ignore")
    tried: Counter[str] = Counter()
    found: dict[tuple[str, str], int] = {}
    slowest = (0.0, "")
    compiling = get_context("spawn").Process(target=_read_sound, args=(kinds or tuple(TARGETS),))
    compiling.start()
    compiling.join()  # what is compiled is compiled before anything is timed, and not in the memory that is measured
    if compiling.exitcode:
        return 1
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench.make(Path(folder) / "bench", is_thorough=True)
        sound = {kind: TARGETS[kind].sound(bench) for kind in kinds or TARGETS}
        print(f"peak {_peak()} MB before the first input", flush=True)
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
            if number % 10_000 == 0:
                print(f"{number:,} inputs, peak {_peak()} MB", flush=True)
            slowest = max(slowest, (time.process_time() - start, f"{kind}, {number - 1}"))
    print(f"{number:,} inputs ({dict(tried)}), {len(found)} kinds of fault, slowest {slowest}, peak {_peak()} MB")
    return int(bool(found) or _peak() > MOST_MEGABYTES)


def _peak() -> int:
    """Megabytes, the most so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 // 1_000_000


def _read_sound(kinds: Collection[str]) -> None:
    """Read what is sound, which compiles and keeps all kernels that reading needs."""
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench.make(Path(folder) / "bench", is_thorough=True)
        for kind in kinds:
            TARGETS[kind].read(bench, TARGETS[kind].sound(bench))


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), *map(int, sys.argv[2:3]), *sys.argv[3:]))
