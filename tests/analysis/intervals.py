"""How often printed intervals hold the truth, on shapes of known truth: `make coverage`.

    python tests/analysis/intervals.py [--seeds 200] [--null 400] [--only SHAPE] [--write docs/method-robustness.md]

Each study is an array of payoffs (`shapes.py`); what is held is in `holding.py`. A row of the table is a shape, a
column a printed quantity; a cell says in how many of 100 seeds the 95 % interval held the truth, and after a stroke how
often the finding said that it cannot tell (and was then not counted). The nulls have strategies that truly do the same.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import numpy as np
from holding import Held, hold, hold_events, hold_nulls
from shapes import SHAPES
from threadpoolctl import threadpool_limits

__all__ = ["main"]

MARK = "<!-- coverage -->"
EVENTS = tuple((n, chance) for n in (64, 1024) for chance in (0.01, 0.3))
_SHAPES = {shape.name: shape for shape in SHAPES}

Counts = dict[tuple[str, str], list[Held]]


def _hold(name: str, seed: int) -> list[Held]:
    """Of one study of a shape, a null or an event."""
    with threadpool_limits(limits=1):
        if name in _SHAPES:
            return list(hold(_SHAPES[name], 10_000 + seed))
        kind, *rest = name.split(" ", 1)
        if kind == "null":
            return list(hold_nulls(int(rest[0].removeprefix("of ")), 20_000 + seed))
        n_base, chance = EVENTS[_events().index(name)]
        return list(hold_events(seed, n_base, chance))


def _events() -> list[str]:
    return [f"events, {n} rows, chance {chance:g}" for n, chance in EVENTS]


def main() -> int:
    """Count, print, and write where asked."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--seeds", type=int, default=200)
    asked.add_argument("--null", type=int, default=400)
    asked.add_argument("--only", default="")
    asked.add_argument("--write", type=Path)
    args = asked.parse_args()
    start, counts = time.monotonic(), defaultdict[tuple[str, str], list[Held]](list)
    wanted = [(name, args.seeds) for name in (*_SHAPES, *_events())]
    wanted += [(f"null of {n}", args.null) for n in range(2, 7)]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for name, seeds in wanted:
            if args.only in name and seeds:
                for found in pool.map(partial(_hold, name), range(seeds), chunksize=max(seeds // 20, 1)):
                    for held in found:
                        counts[held.quantity, name].append(held)
                print(f"{name}: {_row(counts, name)} ({time.monotonic() - start:.0f} s)", flush=True)
    if args.write:
        _write(args.write, counts, args.seeds, args.null)
    return 0


def _row(counts: Counts, shape: str) -> str:
    return "; ".join(f"{quantity} {_cell(found)}" for (quantity, of), found in counts.items() if of == shape)


def _cell(found: Sequence[Held]) -> str:
    """`95 / 3`: of 100 told intervals so many hold; of 100 seeds so many are not told."""
    told = [held.holds for held in found if held.is_told]
    untold = 100.0 * (len(found) - len(told)) / max(len(found), 1)
    share = f"{100.0 * float(np.mean(told)):.1f}" if told else "–"
    return share if untold == 0.0 else f"{share} / {untold:.0f}"


def _write(path: Path, counts: Counts, seeds: int, nulls: int) -> None:
    shapes = list(dict.fromkeys(shape for _, shape in counts))
    tables = []
    for kind in ("null", "events", ""):
        of = [s for s in shapes if s.split()[0].strip(",") == kind or (not kind and s in _SHAPES)]
        columns = list(dict.fromkeys(q for q, s in counts if s in of))
        lines = ["| | " + " | ".join(columns) + " |", "| --- |" + " --- |" * len(columns)]
        lines += [f"| {s} | " + " | ".join(_cell(counts[q, s]) if (q, s) in counts else "" for q in columns) + " |"
                  for s in of]  # fmt: skip
        tables.append("\n".join(lines))
    today = f"{datetime.now(UTC):%d %B %Y}"
    dated = (f"{MARK}\nOn {today}, {seeds} seeds a shape and {nulls} a null: per cent of intervals "
             "that hold the truth / of those not told:\n\n" + "\n\n".join(tables) + f"\n{MARK}")  # fmt: skip
    before, _, after = path.read_text(encoding="utf-8").split(MARK)
    path.write_text(before + dated + after, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
