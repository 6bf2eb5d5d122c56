"""Reads studies one after another, each in a process of its own, and prints what each took as a line of JSON.

Run by `test_hostile.py` in a fresh interpreter, so that neither imports nor other tests count.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import traceback
from pathlib import Path

from standoff.base.problems import render, to_json
from standoff.language.load import read_study

SECONDS = 20
BYTES = 2_000_000_000


def main(folders: list[str]) -> None:
    """Print one line for each folder."""
    for folder in folders:
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reader)
            os.write(writer, json.dumps(_read(Path(folder))).encode())
            os._exit(0)
        os.close(writer)
        with os.fdopen(reader, "rb") as pipe:
            said = pipe.read()
        _, _, used = os.wait4(child, 0)
        row = json.loads(said or b'{"codes": ["killed"], "text": "", "length": 0}')
        row |= {"seconds": used.ru_utime + used.ru_stime, "kilobytes": used.ru_maxrss}
        print(json.dumps(row))


def _read(folder: Path) -> dict[str, object]:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    try:
        problems = read_study(folder).problems
        text = render(problems)
    except BaseException:
        return {"codes": ["traceback"], "text": traceback.format_exc()[-2000:], "length": 0}
    codes = sorted({row["code"] for row in to_json(problems) if row["severity"] == "error"})
    return {"codes": codes, "text": text[:4000], "length": len(text)}


main(sys.argv[1:])
