"""How often printed intervals hold the truth, on shapes of known truth: `make coverage`.

    python tests/analysis/intervals.py [--seeds 200] [--null 400] [--only SHAPE] [--part PART] [--keep FOLDER]
                                       [--write docs/method-robustness.md]

Each study is an array of payoffs (`shapes.py`); what is held is in `holding.py`. A row of the table is a shape, a
column a printed quantity; a cell says in how many of 100 seeds the 95 % interval held the truth, and after a stroke how
often the finding said that it cannot tell (and was then not counted). The nulls have strategies that truly do the same.

What a seed gave is kept, one line of JSON each, so that a count that was broken off goes on where it was: by default
in a folder named after the code that counted, so that other code counts again. Where `--keep` names the folder, what a
change touches is to be removed by hand.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import astuple
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import numpy as np
from holding import PARTS, Held, hold, hold_events, hold_nulls
from shapes import SHAPES
from threadpoolctl import threadpool_limits

import standoff

__all__ = ["main"]

MARK = "<!-- coverage -->"
_SURER = 98
CALLS = ("possible", "surely best", "best named", "called best", "more futures would not change that",
         "no false linchpin", "best along an input", "deal, called", "Sobol, none")  # fmt: skip
"""Columns that count what is said, and no interval."""
EVENTS = tuple((n, chance) for n in (64, 1024) for chance in (0.01, 0.3))
_SHAPES = {shape.name: shape for shape in SHAPES}

Counts = dict[tuple[str, str], list[Held]]


def _hold(name: str, part: str, seed: int) -> list[Held]:
    """Of one study of a shape, a null or an event."""
    with threadpool_limits(limits=1):
        if name in _SHAPES:
            return list(hold(_SHAPES[name], 10_000 + seed, part))
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
    asked.add_argument("--part", default="", choices=("", *PARTS))
    asked.add_argument("--keep", type=Path, default=Path("build/coverage") / _digest())
    asked.add_argument("--jobs", type=int, default=os.cpu_count())
    asked.add_argument("--write", type=Path)
    args = asked.parse_args()
    start, counts = time.monotonic(), defaultdict[tuple[str, str], list[Held]](list)
    args.keep.mkdir(parents=True, exist_ok=True)
    wanted = [(name, part, args.seeds) for name in _SHAPES for part in PARTS]
    wanted += [(name, "indices", args.seeds) for name in _events()]
    wanted += [(f"null of {n}", "robustness", args.null) for n in range(2, 7)]
    with ProcessPoolExecutor(args.jobs) as pool:
        for name, part, seeds in wanted:
            if args.only in name and args.part in part:
                for held in _counted(pool, args.keep / f"{name}, {part}.jsonl", (name, part), seeds):
                    counts[held.quantity, name].append(held)
                print(f"{name}: {_row(counts, name)} ({time.monotonic() - start:.0f} s)", flush=True)
    if args.write:
        _write(args.write, counts, args.seeds, args.null)
    return 0


def _digest() -> str:
    """Of all code that what is counted can hang on."""
    package = Path(standoff.__file__).parent
    rooms = (Path(__file__).parent.glob("*.py"), *((package / room).rglob("*.py") for room in ("analysis", "base")))
    files = sorted(file for room in rooms for file in room)
    return hashlib.blake2b(b"".join(file.read_bytes() for file in files), digest_size=8).hexdigest()


def _counted(pool: ProcessPoolExecutor, kept: Path, of: tuple[str, str], seeds: int) -> Iterator[Held]:
    """What the seeds held: as kept, and the rest counted and kept."""
    lines = kept.read_text(encoding="utf-8").splitlines() if kept.exists() else []
    for line in lines[:seeds]:
        yield from (Held(*each) for each in json.loads(line))
    rest = range(len(lines), seeds)
    with kept.open("a", encoding="utf-8") as file:
        for found in pool.map(partial(_hold, *of), rest, chunksize=max(len(rest) // 20, 1)):
            file.write(json.dumps([astuple(held) for held in found], default=float) + "\n")
            file.flush()
            yield from found


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
             "that hold the truth / of those not told:\n\n" + "\n\n".join([*tables, _surer(counts)])
             + f"\n{MARK}")  # fmt: skip
    before, _, after = path.read_text(encoding="utf-8").split(MARK)
    path.write_text(before + dated + after, encoding="utf-8")


def _surer(counts: Counts) -> str:
    """Cells of intervals that hold the truth more often than in 98 of 100, each with what it misses, by column."""
    lines = [
        f"Intervals that hold the truth in more than {_SURER} of 100, and in how many of 100 it lies below and above; "
        "beside those between two\nestimates that hold whatever is hidden, in how many they hold what the low one "
        "comes to, and the high one:\n"
    ]
    for quantity in dict.fromkeys(quantity for quantity, _ in counts):
        cells = [(of, found) for (q, of), found in counts.items() if q == quantity and of in _SHAPES]
        surer = [_misses(of, found) for of, found in cells if _is_surer(found)]
        if surer and quantity not in CALLS:
            lines.append(f"* *{quantity}*: {'; '.join(surer)}")
    return "\n".join(lines)


def _is_surer(found: Sequence[Held]) -> bool:
    told = [held.holds for held in found if held.is_told]
    return bool(told) and 100.0 * float(np.mean(told)) > _SURER


def _misses(shape: str, found: Sequence[Held]) -> str:
    told = [held for held in found if held.is_told]
    if all(held.at_bound for held in told):
        return f"{shape} (the truth is at its bound)"
    below, above = (100.0 * float(np.mean([held.misses == side for held in told])) for side in (-1, 1))
    ends = [_ends([held.bracket for held in told if held.of == s and held.bracket]) for s in {h.of for h in told}]
    of_ends = np.mean([each for each in ends if each], axis=0) if any(ends) else None
    return f"{shape} {below:.1f}, {above:.1f}" + ("" if of_ends is None else " ({:.0f}, {:.0f})".format(*of_ends))


def _ends(brackets: Sequence[tuple[float, float, float, float]]) -> tuple[float, float] | None:
    """Of 100 intervals, how many hold the mean of the low estimate, and of the high one (as far as they can be)."""
    if not brackets:
        return None
    low, high, least, most = np.array(brackets).T
    ends = (max(float(least.mean()), 0.0), max(float(most.mean()), 0.0))
    return tuple(100.0 * float(((low <= end) & (end <= high)).mean()) for end in ends)  # type: ignore[return-value]


if __name__ == "__main__":
    sys.exit(main())
