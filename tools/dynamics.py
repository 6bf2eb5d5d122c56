"""Import every model of the System Dynamics test suite, and hold what it does against the published outputs.

    STANDOFF_MODELS=/where/it/lies python tools/dynamics.py > docs/exchange.md

A model reproduces an output if, at every time that both have, every column that is a variable of the model lies within
one millionth of the column's scale, beyond what Vensim's six printed digits leave open.
"""

from __future__ import annotations

import csv
import math
import os
import re
import shutil
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from standoff.base.problems import StudyError
from standoff.ensemble.run import trace_cell
from standoff.ensemble.study import load
from standoff.exchange.dynamics.parsed import SUFFIXES, key_of
from standoff.exchange.dynamics.study import import_model
from standoff.exchange.exports import export_lines
from standoff.exchange.formats import formats_lines

TOLERANCE = 1e-6
ROUNDED = ", but for its last printed digit"
HEAD = """# In and out

`standoff import FILE --out DIR` makes a study of another tool's model. The study has no actors yet: a stand-in called
`modeller` holds their place, and the command says which constants could be choices. `--uncertain NAME=LOW:HIGH` makes
a constant an uncertainty. Where something in the file has no counterpart, nothing is written, and each such thing is
named at its line. The study's clock runs through the step that begins at the model's FINAL TIME.

The parsers of system dynamics are those of PySD, an extra: `pip install 'standoff[exchange]'`.

Games: pure equilibria are those of pygambit 16.7 in all 204 of the 234 files of Gambit's catalogue and tests that it
solves and a table holds; 27 more are solved here, of imperfect recall, and one whose names it refuses. Two are refused,
as their tables would be too large: `cs.efg` and `ttt.efg` (`tests/exchange/games`, `tests/data/gambit/pure.json`).

Negotiations: the worth of every package and the Nash point are those of NegMAS 0.16, and so is the frontier of two
parties. Of three, NegMAS 0.16 leaves undominated packages out (`tests/data/negotiations`).

Broken files: `tests/exchange/malformed.py` breaks a sound file of every format in ninety ways, each refused with its
place and nothing written; `tools/malformed.py` measures what each costs.
"""


def main() -> None:
    """Print the page: the table of formats, and what became of each model."""
    print(HEAD)
    print("\n".join([*formats_lines(), "", "`standoff export STUDY --as FORM --out DIR` writes:", "", *export_lines()]))
    root = Path(os.environ["STANDOFF_MODELS"])
    rows = [(path.relative_to(root).as_posix(), *verdict(path)) for path in models(root)]
    counts = Counter(kind for _, kind, _ in rows)
    within = counts["reproduced"] + counts["imported"] + counts["differs"]
    print("\n## The System Dynamics test suite\n")
    print(
        f"{len(rows)} files of [SDXorg/test-models](https://github.com/SDXorg/test-models): "
        + ", ".join(f"{n} {kind}" for kind, n in counts.most_common())
        + "."
    )
    share = counts["reproduced"] / within
    print(
        f"Of the {within} in reach of the language {counts['reproduced']} ({share:.0%}) reproduce a published output:"
    )
    rounded = sum(why.endswith(ROUNDED) for _, _, why in rows)
    print("every column to one millionth of its scale, beyond what six printed digits leave open, which counts in")
    print(f"{rounded} of them. Vensim computes in single precision: where PySD's own run, in double precision, misses")
    print("the published output by as much, the table says so.\n")
    print("| file | what became of it | |\n| --- | --- | --- |")
    for name, kind, why in rows:
        print(f"| {name} | {kind} | {why} |")


def models(root: Path) -> list[Path]:
    """The model files below a folder."""
    return sorted(path for path in root.rglob("*") if path.suffix in SUFFIXES)


def verdict(path: Path) -> tuple[str, str]:
    """What becomes of a file, in a word, and why."""
    try:
        imported = import_model(path)
    except StudyError as error:
        first, more = error.problems[0], len(error.problems) - 1
        said = re.sub(r"\s+", " ", first.message).replace("|", "\\|")[:160]
        return "refused", f"line {first.span.line}: {said}" + (f"; and {more} more" if more else "")
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "study.yaml").write_text(imported.text, encoding="utf-8")
        try:
            study = load(folder)
        except StudyError as error:
            return "faulty", next((p.message for p in error.problems), "no problem said").replace("|", "\\|")[:160]
        trace = trace_cell(study.program, study.design(1, 1), 0, 0, replication=0)
    constants = {p.name: p.value for p in study.model.parameters if p.value is not None}
    steps = [{**constants, **s.things["stock"], **s.things["quantity"]} for s in trace.steps[:-1]]
    missed = []
    for output in outputs(path):
        missed.append(difference(output, steps, imported.names))
        if missed[-1] is None:
            bare = difference(output, steps, imported.names, is_bare=True)
            return "reproduced", output.name + ("" if bare is None else ROUNDED)
    if not missed:
        return "imported", "no output is published with it"
    said = min(m for m in missed if m)
    if of_pysd(path) == said:
        said += ", and so does PySD's own run"
    fault = str(trace.fault or "").partition("study.yaml:")[2]
    return "differs", said + (f"; a fault, line {fault}" if fault else "")


def of_pysd(path: Path) -> str | None:
    """The first column of a published output that PySD itself misses; None where it misses none, or cannot run it."""
    import pysd  # noqa: PLC0415 - takes seconds, and few models need it

    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        copy = Path(shutil.copytree(path.parent, Path(folder) / "model")) / path.name
        read_model = pysd.read_vensim if path.suffix == ".mdl" else pysd.read_xmile
        try:
            frame = read_model(str(copy)).run()
        except Exception:
            return None
    names, steps = {}, [{"time": time, **row} for time, row in zip(frame.index, frame.to_dict("records"), strict=True)]
    for written in frame.columns:
        parts = re.fullmatch(r"(.*?)(?:\[(.*)\])?", written)
        assert parts
        names[key_of(parts[1]), *(key_of(s) for s in (parts[2] or "").split(",") if parts[2])] = written
    missed = [found for output in outputs(path) if (found := difference(output, steps, names)) is not None]
    return min(missed, default=None)


def outputs(path: Path) -> Iterator[Path]:
    """The published outputs beside a model."""
    stem = "data" if path.stem == "model_to_generate_data" else "output"
    yield from sorted(p for p in path.parent.iterdir() if p.suffix in (".tab", ".csv") and p.stem.startswith(stem))


def difference(output: Path, steps: list[dict[str, object]], names: object, *, is_bare: bool = False) -> str | None:
    """The first column that is missed; None where all are met. A bare one allows nothing for printed digits."""
    table = read(output)
    times = next(
        (column for name, column in table.items() if key_of(name) in ("time", "months", "years", "days")), None
    )
    if times is None:
        return "the output has no times"
    is_exact = is_bare or any(len(repr(v)) > 12 for c in table.values() for v in c if v is not None)
    at = {round(float(step["time"]), 6): step for step in steps}
    n_compared = 0
    for written, column in table.items():
        parts = re.fullmatch(r"(.*?)(?:\[(.*)\])?", written)
        assert parts
        key = (key_of(parts[1]), *(key_of(s) for s in (parts[2] or "").split(",") if parts[2]))
        name = names.get(key)
        pairs = [
            (float(b), at[round(t, 6)].get(name))
            for t, b in zip(times, column, strict=True)
            if name and t is not None and b is not None and round(t, 6) in at
        ]
        pairs = [(a, float(b)) for a, b in pairs if b is not None]
        if not pairs:
            continue
        n_compared += 1
        scale = max(abs(a) for a, _ in pairs) or 1.0
        worst = max(abs(a - b) - (0.0 if is_exact else half_digit(a)) for a, b in pairs)
        if not worst <= TOLERANCE * scale:
            return f"`{written}` differs by {worst / scale:.2g} of its scale"
    return None if n_compared else "the output has none of its variables"


def half_digit(value: float) -> float:
    """What rounding to six digits takes from a number."""
    return 0.5 * 10.0 ** (math.floor(math.log10(abs(value))) - 5) if value else 0.0


def read(path: Path) -> dict[str, list[float | None]]:
    """An output's columns; both ways round are published."""
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:  # as Vensim writes on Windows
        text = data.decode("cp1252")
    rows = list(csv.reader(text.splitlines(), delimiter="\t" if "\t" in text.split("\n")[0] else ","))
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    width = max(map(len, rows))
    rows = [row + [""] * (width - len(row)) for row in rows]
    if rows and len(rows[0]) > 1 and number(rows[0][1]) is not None:
        rows = [list(row) for row in zip(*rows, strict=True)]
    head, body = rows[0], rows[1:]
    columns = {name: [number(row[i]) for row in body] for i, name in enumerate(head) if name}
    return {n: forward(c) if key_of(n) not in ("time",) else c for n, c in columns.items()}


def forward(column: list[float | None]) -> list[float | None]:
    """A constant is written once."""
    return [column[0]] * len(column) if column and all(v is None for v in column[1:]) else column


def number(text: str) -> float | None:
    """A cell as a number."""
    try:
        return float(text)
    except ValueError:
        return None


if __name__ == "__main__":
    sys.exit(main())
