"""`make bench`, or `python -m bench [MODULE … [OLDER]]`: run the measurements and store them under bench-results/.

OLDER, a folder, is a checkout of an older build; modules that compare with one (`instant`, `answers`) run it beside.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from standoff._version import __version__

RESULTS = Path("bench-results")


def main(chosen: list[str]) -> None:
    """Run the modules of this folder that are chosen, or all, and store what each returns or prints."""
    here = Path(__file__).parent
    older = [word for word in chosen if Path(word).is_dir() and "/" in word]
    names = [word for word in chosen if word not in older] or sorted(
        path.stem for path in here.glob("*.py") if not path.stem.startswith("_")
    )
    RESULTS.mkdir(exist_ok=True)
    for name in names:
        print(f"== {name}", flush=True)
        printed = _Both(sys.stdout)
        try:
            with contextlib.redirect_stdout(printed):
                sys.argv = [name, *older]
                found = importlib.import_module(f"bench.{name}").main()
        except ImportError as error:
            print(f"skipped: {error}; install the peers with `pip install 'standoff[bench]'`")
            continue
        about = {
            "date": datetime.now(UTC).isoformat(timespec="seconds"), "standoff": __version__, "processor": _processor(),
            "python": platform.python_version(), "figures": found if found is not None else printed.text.splitlines(),
        }  # fmt: skip
        (RESULTS / f"{name}.json").write_text(json.dumps(about, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


class _Both(io.TextIOBase):
    """What is printed, shown and kept."""

    def __init__(self, shown: io.TextIOBase) -> None:  # type: ignore[override]
        self.shown = shown
        self.text = ""

    def write(self, text: str) -> int:
        self.text += text
        return self.shown.write(text)

    def flush(self) -> None:
        self.shown.flush()


def _processor() -> str:
    try:
        lines = subprocess.run(["lscpu"], capture_output=True, text=True, check=True).stdout.splitlines()
    except (OSError, subprocess.CalledProcessError):
        return platform.processor()
    found = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines)}
    return f"{found.get('Model name', '?')}, {found.get('CPU(s)', '?')} cores"


if __name__ == "__main__":
    main(sys.argv[1:])
