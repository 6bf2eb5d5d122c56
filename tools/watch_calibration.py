"""Is what `watch` says calibrated? Simulation-based calibration on three studies.

A truth is drawn from the study's own ranges, futures are run with it, what can be seen in one of them is told, and the
place of the truth in the posterior is kept. Over many truths these places are uniform, and 90 % intervals hold 90 %.

Reference:
    S. Talts, M. Betancourt, D. Simpson, A. Vehtari and A. Gelman, Validating Bayesian inference algorithms with
    simulation-based calibration, arXiv:1804.06788 (2018).

Run `python -m tools.watch_calibration` for 300 truths of each study; a minute or two.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt
from scipy import stats

from standoff.analysis.watch.weighted import smooth_weights
from standoff.base.source import Source, Span
from standoff.ensemble.design import Design, draw_worlds
from standoff.ensemble.profiles.chosen import all_profiles
from standoff.ensemble.running import Running
from standoff.ensemble.study import Study, load
from standoff.ensemble.watch.following import follow_futures
from standoff.ensemble.watch.watching import told_program, weigh_design
from standoff.evidence.seen import Seen, Sighting

__all__ = ["STUDIES", "Calibration", "calibrate", "write_study"]

Floats = npt.NDArray[np.float64]
_BINS = 10
_SPAN = 0.90
_TEXT = """\
standoff: 1
title: Calibrated
question: Is what was seen weighed rightly?
decider: north
clock: {{start: 2025-01, step: quarter, steps: 8}}
actors: {{north: {{name: North}}, south: {{name: South}}}}
uncertainties: {{truth: {{{truth}, judgement: drawn}}}}
choices: {{north: [go, stay], south: [go, stay]}}
{state}
strategies: {{north: {{going: {{choose: go}}}}, south: {{going: {{choose: go}}}}}}
payoffs: {{north: {{each: "1 if south == go else 0"}}, south: {{each: "1 if north == go else 0"}}}}
outcomes: {{gain: {{measure: "mean(truth)", better: higher}}}}
observed: {{{observed}}}
"""
STUDIES: dict[str, tuple[str, int]] = {
    "an event of unknown chance": (
        _TEXT.format(
            truth="range: [0, 1]", state="events: {shot: {chance: truth}}", observed="shot: {source: a paper}"
        ),
        1,
    ),
    "counts that a hidden mode moves": (
        _TEXT.format(
            truth="range: [1, 9]",
            state="""modes:
  mood:
    states: [calm, angry]
    start: calm
    moves: [{name: turn, from: calm, to: angry, chance: 0.3}, {name: back, from: angry, to: calm, chance: 0.3}]
events: {shots: {count: "truth if mood == angry else 1", dispersion: 3}}""",
            observed="shots: {source: a paper}",
        ),
        32,
    ),
    "a stock that is seen with noise": (
        _TEXT.format(
            truth='distribution: "normal(0, 1)"',
            state="""draws: {push: "normal(0, 0.4)"}
stocks: {place: {start: truth, next: "0.9 * place + push"}}""",
            observed="place: {source: a chart, noise: 0.8}",
        ),
        64,
    ),
}
"""By name: the study, and how many replications the filter needs."""


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """Places of truths in their posteriors, and what they come to.

    Attributes:
        places: (truths,) from 0 to 1.
        p_value: That they are uniform, by χ² over ten bins.
        held: Share of truths within the 90 % interval.
    """

    places: Floats
    p_value: float
    held: float


def write_study(text: str, folder: Path) -> Study:
    """A study of this text."""
    (folder / "study.yaml").write_text(text, encoding="utf-8")
    return load(folder)


def calibrate(study: Study, truths: int, replications: int, worlds: int = 256, *, seed: int = 1) -> Calibration:
    """Places of so many truths.

    Args:
        study: With one uncertainty, `truth`.
        truths: How many.
        replications, worlds: That each posterior is weighed by.
        seed: Of truths and luck.
    """
    model, one = study.model, Running(threads=1)
    drawn = draw_worlds(model, truths, seed, "plain")
    profiles = all_profiles(study.program)
    symbols = tuple(of.symbol for of in model.observed)
    followed = follow_futures(
        study.program, Design(profiles, drawn, 1, seed), np.zeros(truths, dtype=np.int64), symbols, running=one
    )
    places = np.empty(truths)
    nowhere = Span(Source("", ""), 0, 0)
    for k in range(truths):
        sightings = [
            Sighting(
                of, step, _noisy(of.noise, float(followed.values[i, step, k]), seed, k=k, step=step), 1.0, "", nowhere
            )
            for i, of in enumerate(model.observed)
            for step in range(model.clock.steps)
        ]
        seen = Seen(tuple(sorted(sightings, key=lambda s: s.step)), model.clock.steps)
        table = draw_worlds(model, worlds, seed + 1 + k)
        weighed = weigh_design(
            told_program(model, seen), Design(profiles, table, replications, seed + 1 + k), seen, one
        )
        weights, _ = smooth_weights(weighed.log_likelihood[0])
        x, truth = table.columns["truth"], drawn.columns["truth"][k]
        places[k] = float(weights @ (x < truth))
    counts = np.histogram(places, bins=_BINS, range=(0.0, 1.0))[0]
    tail = (1.0 - _SPAN) / 2.0
    held = float(((places > tail) & (places < 1.0 - tail)).mean())
    return Calibration(places, float(stats.chisquare(counts).pvalue), held)


def _noisy(noise: float, x: float, seed: int, *, k: int, step: int) -> float:
    if noise == 0.0:
        return x
    return x + noise * float(np.random.default_rng([seed, k, step]).standard_normal())


def _print(truths: int) -> bool:
    good = True
    for name, (text, replications) in STUDIES.items():
        with TemporaryDirectory() as folder:
            found = calibrate(write_study(text, Path(folder)), truths, replications)
        print(f"{name}: uniform with p = {found.p_value:.3f}, 90 % intervals hold {100 * found.held:.1f} %")
        good = good and found.p_value > 0.01 and 0.86 <= found.held <= 0.94
    return good


if __name__ == "__main__":
    sys.exit(not _print(int(sys.argv[1]) if len(sys.argv) > 1 else 300))
