"""Run a command and say how long it took, and the most memory that each of its processes held.

python -m tools.peak standoff run korea --worlds 4096 --on local --out runs/large
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil

EVERY = 0.5
"""Seconds between looks; the kernel keeps the peak itself, so that only what lives shorter is missed."""


def main() -> int:
    """Print lines on standard error when the command has ended; its exit code."""
    began, loads = time.monotonic(), [os.getloadavg()[0]]
    command = psutil.Popen(sys.argv[1:])
    peaks: dict[int, tuple[str, int]] = {}
    while command.poll() is None:
        with suppress(psutil.NoSuchProcess):
            for process in (command, *command.children(recursive=True)):
                peaks[process.pid] = _peak(process) or peaks.get(process.pid, ("", 0))
        loads.append(os.getloadavg()[0])
        time.sleep(EVERY)
    print(f"{time.monotonic() - began:.0f} s; load {min(loads):.1f} to {max(loads):.1f}", file=sys.stderr)
    for name, peak in peaks.values():
        print(f"{peak / 1024:8.0f} MiB  {name}", file=sys.stderr)
    return int(command.returncode)


def _peak(process: psutil.Process) -> tuple[str, int] | None:
    """What it is called and its peak of resident memory in KiB, as Linux keeps it."""
    with suppress(OSError, psutil.Error), Path(f"/proc/{process.pid}/status").open(encoding="utf-8") as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return " ".join(process.cmdline()[-4:])[:100], int(line.split()[1])
    return None


if __name__ == "__main__":
    sys.exit(main())
