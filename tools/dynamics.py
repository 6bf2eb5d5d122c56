"""Import every model of the System Dynamics test suite, and hold what it does against the published outputs.

    STANDOFF_MODELS=/where/it/lies python tools/dynamics.py

writes the last section of docs/exchange.md. What a model's row can say is told there, in `SAID`.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import numpy as np
from published import Compared, Names, Steps, compare, outputs

from standoff.base.problems import StudyError
from standoff.ensemble.run import trace_cell
from standoff.ensemble.study import Study, load
from standoff.exchange.dynamics.parsed import SUFFIXES
from standoff.exchange.dynamics.study import import_model
from standoff.program.operations import Evaluator

TOLERANCE = 1e-6
PAGE = Path(__file__).parents[1] / "docs" / "exchange.md"
SECTION = "## The System Dynamics test suite"
REPRODUCED = ("reproduced", "as printed", "in single precision")
SAID = """\
Of {tested} files in reach of the language that have a published output, {met} reproduce it: every variable at every
time that both have, {figures:,} figures.

* *Reproduced* ({reproduced}, {share:.0%}): to one millionth of the variable's scale, its largest magnitude.
* *As printed* ({as_printed}): to half a unit of the last place that is printed as well. Six digits, or five decimals,
  leave open up to six millionths of a number: `-0.166667` of −1/6 lies two millionths of its scale away, and no
  computation could be nearer. Of these {printed:,} figures {same:.1%} are the run's own, printed to six digits. So
  printed, {bare} of the {tested} lie within one millionth, with nothing allowed.
* *In single precision* ({in_single_precision}): Vensim computes with 24 bits, a study with 53. With 53 these miss what
  is published, by as much as the row says; so does PySD's run, which agrees with the study's as far as the row says.
  Once every operation is rounded to 24 bits, the study gives every figure as printed, of a chaotic model too.
* *Imported* ({imported}): no output is published with it; the row says how far PySD's own run lies from the study's.
"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a file: a word and why, the output that it meets best, and whether that is so once printed."""

    kind: str
    why: str
    best: Compared | None = None
    is_bare_as_printed: bool = False


def main() -> None:
    """Replace the section: what became of each model."""
    root = Path(os.environ["STANDOFF_MODELS"])
    rows = {path.relative_to(root).as_posix(): verdict(path) for path in models(root)}
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(text[: text.index(SECTION)] + section(rows), encoding="utf-8")


def section(rows: dict[str, Verdict]) -> str:
    """The section as Markdown."""
    counts = Counter(row.kind for row in rows.values())
    met = [row for row in rows.values() if row.kind in REPRODUCED]
    printed = [row.best for row in met if row.kind == "as printed" and row.best]
    tested = len(met) + counts["differs"]
    n = {kind.replace(" ", "_"): counts[kind] for kind in (*REPRODUCED, "imported")}
    said = SAID.format(
        tested=tested, met=len(met), share=counts["reproduced"] / tested, bare=sum(r.is_bare_as_printed for r in met),
        figures=sum(row.best.figures for row in met if row.best), printed=sum(best.figures for best in printed),
        same=sum(best.same for best in printed) / sum(best.figures for best in printed), **n,
    )  # fmt: skip
    kinds = ", ".join(f"{n} {kind}" for kind, n in counts.most_common())
    lines = [SECTION, "", f"{len(rows)} files of [SDXorg/test-models](https://github.com/SDXorg/test-models): {kinds}."]
    lines += [said, "| file | what became of it | |", "| --- | --- | --- |"]
    lines += [f"| {name} | {row.kind} | {row.why} |" for name, row in rows.items()]
    return "\n".join(lines) + "\n"


def models(root: Path) -> list[Path]:
    """The model files below a folder."""
    return sorted(path for path in root.rglob("*") if path.suffix in SUFFIXES)


def verdict(path: Path) -> Verdict:
    """What becomes of a file."""
    try:
        imported = import_model(path)
    except StudyError as error:
        first, more = error.problems[0], len(error.problems) - 1
        said = re.sub(r"\s+", " ", first.message).replace("|", "\\|")[:160]
        return Verdict("refused", f"line {first.span.line}: {said}" + (f"; and {more} more" if more else ""))
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "study.yaml").write_text(imported.text, encoding="utf-8")
        try:
            study = load(folder)
        except StudyError as error:
            return Verdict("faulty", next((p.message for p in error.problems), "").replace("|", "\\|")[:160])
        steps, fault = run(study)
        found = held(path, steps, imported.names, fault)
        if found.kind != "differs":
            return found
        with patch.object(Evaluator, "value", in_single_precision(Evaluator.value)):
            single = held(path, run(study)[0], imported.names, "")
    if single.kind in REPRODUCED:
        return Verdict("in single precision", f"{single.why}; else {found.why}", single.best)
    return found


def run(study: Study) -> tuple[Steps, str]:
    """Every variable of the study's one future, by steps; and where it fails."""
    trace = trace_cell(study.program, study.design(1, 1), 0, 0, replication=0)
    constants = {p.name: p.value for p in study.model.parameters if p.value is not None}
    steps = [{**constants, **s.things["stock"], **s.things["quantity"]} for s in trace.steps[:-1]]
    return steps, str(trace.fault or "").partition("study.yaml:")[2]


def held(path: Path, steps: Steps, names: Names, fault: str) -> Verdict:
    """A run against the published outputs, the nearest of them."""
    found = [c for output in outputs(path) if (c := compare(output, steps, names)) is not None]
    told = f"; as in the model, line {fault}" if fault else ""
    if not found:
        return Verdict("imported", f"no output is published with it; {of_pysd(path, steps, names)}{told}")
    best = min(found, key=lambda c: (max(c.bare, TOLERANCE), c.printed))
    printed = [{**s, **{k: rounded(v) for k, v in s.items() if k != "time"}} for s in steps]
    again = [c for output in outputs(path) if (c := compare(output, printed, names)) is not None]
    is_bare = min(best.bare, *(c.bare for c in again)) <= TOLERANCE
    for kind, away in (("reproduced", best.bare), ("as printed", best.printed)):
        if away <= TOLERANCE:
            return Verdict(kind, best.output + told, best, is_bare)
    said = f"`{best.column}` differs by {best.printed:.2g} of its scale; {of_pysd(path, steps, names)}"
    return Verdict("differs", said + told, best, is_bare)


def rounded(value: object) -> object:
    """A number as it is printed to six digits."""
    return float(f"{value:.6g}") if isinstance(value, float) else value


def in_single_precision(value: Callable[..., object]) -> Callable[..., object]:
    """The evaluator with every operation's number rounded to 24 bits."""

    def rounding(*given: object) -> object:
        found = value(*given)
        if np.asarray(found).dtype != np.float64:
            return found
        single = np.asarray(found).astype(np.float32).astype(np.float64)
        return single if isinstance(found, np.ndarray) else float(single)

    return rounding


def of_pysd(path: Path, steps: Steps, names: Names) -> str:
    """How far PySD's own run lies from the study's."""
    import pysd  # noqa: PLC0415 - takes seconds, and few models need it

    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        copy = Path(shutil.copytree(path.parent, Path(folder) / "model")) / path.name
        read_model = pysd.read_vensim if path.suffix == ".mdl" else pysd.read_xmile
        try:
            frame = read_model(str(copy)).run()
        except Exception:
            return "PySD cannot run it"
        frame.index.name = "Time"
        frame.to_csv(Path(folder) / "output.csv")
        found = compare(Path(folder) / "output.csv", steps, names)
    return "PySD's run has none of its variables" if found is None else f"PySD's run lies {apart(found.bare)}"


def apart(scales: float) -> str:
    """A distance in words."""
    return "where the study's does" if scales == 0 else f"{scales:.0e} of its scale from the study's"


if __name__ == "__main__":
    sys.exit(main())
