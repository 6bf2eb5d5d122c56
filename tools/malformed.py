"""Measure what each broken file of tests/exchange/malformed.py costs: seconds and peak memory of the whole command.

python tools/malformed.py
"""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "exchange"))

from malformed import BROKEN, broken, sound

MOST_SECONDS, MOST_MEGABYTES = 2.0, 500.0


def main() -> None:
    """Print a line for each file that costs too much, and the largest costs."""
    with tempfile.TemporaryDirectory() as folder:
        rows = [measured(Path(folder), files, suffix, how) for files in [sound(Path(folder))] for suffix, how in BROKEN]
    for suffix, how, code, seconds, megabytes in rows:
        if code != 1 or seconds > MOST_SECONDS or megabytes > MOST_MEGABYTES:
            print(f"{suffix} {how}: exit {code}, {seconds:.2f} s, {megabytes:.0f} MB")
    slowest, largest = max(row[3] for row in rows), max(row[4] for row in rows)
    print(f"{len(rows)} broken files: at most {slowest:.2f} s and {largest:.0f} MB, start of the program included")


def measured(folder: Path, files: dict, suffix: str, how: str) -> tuple[str, str, int, float, float]:
    """A broken file's exit code, seconds and megabytes."""
    file, options = files[suffix]
    data = file.read_bytes()
    file.write_bytes(broken(suffix, how, data))
    command = [sys.executable, __file__, "--peak", sys.executable, "-m", "standoff", "import", str(file), "--out",
               str(folder / "new"), *options]  # fmt: skip
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - start
    file.write_bytes(data)
    return suffix, how, done.returncode, seconds, float(done.stdout.split()[-1]) / 1024


def peak(command: list[str]) -> int:
    """Run a command alone, and print its peak memory in KiB last."""
    code = subprocess.run(command, check=False).returncode
    print("\n", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
    return code


if __name__ == "__main__":
    sys.exit(peak(sys.argv[2:]) if sys.argv[1:2] == ["--peak"] else main())
