"""Write a large study: `python -m tools.wide FOLDER [--actors 40] [--choosing 20] [--stocks 500] [--steps 2000] …`.

Actors stand in a ring. Each stock belongs to one of them, drifts back to a level, is moved by what its actor and the
next one choose, and by a neighbouring stock, and by four things that nobody knows. Each actor wants its own stocks
large, and pays for pressing. Those that are `choosing` have two strategies each.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

HEAD = """\
standoff: 1
title: A ring of {actors} actors
question: Should the first press?
decider: a0
clock: {{start: 2025-01, step: month, steps: {steps}}}
"""


def main() -> None:
    """Write it."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("folder", type=Path)
    for name, usual in (("actors", 40), ("choosing", 20), ("stocks", 500), ("steps", 2000), ("each", 4)):
        asked.add_argument(f"--{name}", type=int, default=usual)
    given = asked.parse_args()
    text = study_text(given.actors, given.choosing, given.stocks, each=given.each, steps=given.steps)
    given.folder.mkdir(parents=True, exist_ok=True)
    (given.folder / "study.yaml").write_text(text, encoding="utf-8")
    sys.stdout.write(f"{given.folder / 'study.yaml'}: {text.count(chr(10)):,} lines, {len(text):,} characters\n")


def study_text(actors: int, choosing: int, stocks: int, *, steps: int, each: int) -> str:
    """The study; `each` is how many uncertainties a stock hangs on, at least two."""
    lines = [HEAD.format(actors=actors, steps=steps), "actors:"]
    lines += [f"  a{i}: {{name: Actor {i}}}" for i in range(actors)]
    lines.append("uncertainties:")
    for k in range(stocks):
        lines += [
            f"  u{k}_{j}: {{range: [{_low(k, j):.3f}, {_low(k, j) + 0.2:.3f}], name: Push {k} {j}, judgement: made up}}"
            for j in range(each)
        ]
    lines.append("choices:")
    lines += [f"  a{i}: [press, give]" for i in range(actors)]
    lines.append("stocks:")
    for k in range(stocks):
        own, following, beside = k % actors, (k + 1) % actors, (k * 7 + 1) % stocks
        pushes = " + ".join(f"u{k}_{j}" for j in range(2, each))
        lines += [
            f"  s{k}:",
            "    start: 1",
            f'    next: "s{k} + 0.1 * (1 - s{k}) + 0.02 * (u{k}_0 * (a{own} == press)'
            f' - u{k}_1 * (a{following} == press) + {pushes or 0} + 0.1 * (s{beside} - 1))"',
        ]
    lines.append("strategies:")
    for i in range(actors):
        lines.append(f"  a{i}:")
        lines.append(f'    wary: {{choose: [{{when: "s{i % stocks} < 1.05", then: press}}, {{then: give}}]}}')
        if i < choosing:
            lines.append("    bold: {choose: press}")
    lines.append("payoffs:")
    for i in range(actors):
        wanted = " + ".join(f"s{k}" for k in range(i, stocks, actors))
        lines.append(f'  a{i}: {{each: "{wanted} - 0.1 * (a{i} == press)"}}')
    lines += ["outcomes:", '  first_end: {measure: "final(s0)", better: higher, name: First at the end}']
    return "\n".join(lines) + "\n"


def _low(k: int, j: int) -> float:
    """Of a range, some way apart from the others'."""
    return 0.1 + 0.05 * ((k * 5 + j * 3) % 11)


if __name__ == "__main__":
    main()
