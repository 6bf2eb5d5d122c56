"""Small studies whose posterior is known in closed form, for tests of watching."""

from __future__ import annotations

from pathlib import Path

from standoff.ensemble.study import Study, load
from standoff.evidence.seen import Seen, read_seen

_STUDY = """\
standoff: 1
title: Known in closed form
question: What follows from what was seen?
decider: north
clock: {{start: 2025-01, step: quarter, steps: {steps}}}
actors: {{north: {{name: North}}, south: {{name: South}}}}
{uncertainties}
choices: {{north: [go, stay], south: [go, stay]}}
{state}
strategies:
  north: {{going: {{choose: go}}, staying: {{choose: stay}}}}
  south: {{going: {{choose: go}}, staying: {{choose: stay}}}}
payoffs: {{north: {{each: "{payoff}"}}, south: {{each: "1 if south == go else 0"}}}}
outcomes: {{gain: {{measure: "mean(1 if north == go else 0)", better: higher}}}}
observed:
{observed}
"""


def write_study(folder: Path, **parts: object) -> Study:
    """A study made of these parts."""
    parts.setdefault("payoff", "1 if north == go else 0")
    folder.mkdir(exist_ok=True, parents=True)
    (folder / "study.yaml").write_text(_STUDY.format(**parts), encoding="utf-8")
    return load(folder)


def write_seen(folder: Path, study: Study, rows: list[tuple[str, str, object]]) -> Seen:
    """What was seen: dates, names and values."""
    path = folder / "seen.csv"
    lines = ["date,name,value", *(f"{date},{name},{value}" for date, name, value in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_seen(path, study.model)


def quarters(n: int) -> list[str]:
    """The first quarters of the clock."""
    return [f"{2025 + t // 4}-Q{t % 4 + 1}" for t in range(n)]


def beta_binomial(folder: Path) -> Study:
    """An event of an unknown chance, alike from 0 to 1."""
    return write_study(
        folder, steps=12, uncertainties="uncertainties: {chance_of: {range: [0, 1], judgement: unknown}}",
        state="events: {shot: {chance: chance_of}}", observed="  shot: {source: a newspaper}",
        payoff="2 * chance_of if north == go else 1",
    )  # fmt: skip


def gamma_poisson(folder: Path) -> Study:
    """A count of an unknown mean, gamma with shape 2 and scale 1.5."""
    return write_study(
        folder, steps=8,
        uncertainties='uncertainties: {pace: {distribution: "gamma(2, 1.5)", judgement: unknown}}',
        state="events: {shots: {count: pace}}", observed="  shots: {source: a newspaper}",
    )  # fmt: skip


def hidden_mode(folder: Path) -> Study:
    """A mode that nobody sees moves a count that all see."""
    return write_study(
        folder, steps=10, uncertainties="uncertainties: {unused: {range: [0, 1], judgement: unknown}}",
        state="""modes:
  mood:
    states: [calm, angry]
    start: calm
    seen_by: south
    moves: [{name: turn, from: calm, to: angry, chance: 0.3}, {name: back, from: angry, to: calm, chance: 0.2}]
events: {shots: {count: "5 if mood == angry else 1"}}""", observed="  shots: {source: a newspaper}",
        payoff="unused if north == go else 0.5",
    )  # fmt: skip


def linear_gaussian(folder: Path) -> Study:
    """A stock that follows its own past and a normal draw, seen with normal noise; its start is unknown."""
    return write_study(
        folder, steps=10, uncertainties='uncertainties: {begin: {distribution: "normal(0, 2)", judgement: unknown}}',
        state="""draws: {push: "normal(0, 0.5)"}
stocks: {place: {start: begin, next: "0.9 * place + push"}}""", observed="  place: {source: a chart, noise: 1}",
        payoff="begin if north == go else 0",
    )  # fmt: skip


def normal_normal(folder: Path, mean: float, noise: float) -> Study:
    """Going is worth theta from the second step on, staying nothing; theta is seen once with noise."""
    return write_study(
        folder, steps=2,
        uncertainties=f'uncertainties: {{theta: {{distribution: "normal({mean}, 1)", judgement: unknown}}}}',
        state="stocks: {truth: {start: theta, next: truth}}",
        observed=f"  truth: {{source: a chart, noise: {noise}}}",
        payoff="theta if north == go and step >= 1 else 0",
    )  # fmt: skip


def nothing_matters(folder: Path) -> Study:
    """What is seen has nothing to do with what the decider gains; the two strategies differ by chance alone."""
    return write_study(
        folder, steps=4, uncertainties="uncertainties: {worth: {range: [-1, 1], judgement: unknown}}",
        state="""draws: {noise: "normal(0, 1)", other: "normal(0, 1)"}
stocks: {heap: {start: 0, next: "heap + other"}}
events: {shot: {chance: 0.4}, shots: {count: 2}}""",
        observed="  shot: {source: a newspaper}\n  shots: {source: a newspaper}\n  heap: {source: a chart, noise: 0.5}",
        payoff="noise if north == go else 0",
    )  # fmt: skip
