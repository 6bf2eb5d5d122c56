"""Evaluators on the same futures, bit for bit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from standoff.ensemble.evaluator import Evaluate
from standoff.ensemble.run import lanes_of
from standoff.ensemble.study import Study
from standoff.program.reference import Results, run_lanes

__all__ = ["differences", "differences_on_random_futures"]

PROFILES = 6  # a block of futures has one profile, so that few fill it
ARRAYS = ("outcomes", "weights", "payoffs", "survival", "fault", "fault_step", "clipped", "broken")


def differences(found: Results, expected: Results) -> list[str]:
    """Names of the results that differ in any bit; every NaN counts as the same."""
    names = [name for name in ARRAYS if not _same(getattr(found, name), getattr(expected, name))]
    return names if dict(found.clamped) == dict(expected.clamped) else [*names, "clamped"]


def differences_on_random_futures(
    study: Study, evaluators: Sequence[Evaluate], n: int, seed: int = 0
) -> tuple[list[str], set[int]]:
    """What differs from the reference on n futures of random profiles, worlds and replications; and their faults."""
    chance = np.random.default_rng(seed)
    design = study.design(16, 4, seed)
    if study.program.levels:
        levels = np.stack([chance.uniform(0, 2, design.profiles.shape[0]) for _ in study.program.levels], axis=1)
        design = replace(design, levels=levels)
    some = chance.integers(0, design.profiles.shape[0], PROFILES)
    profiles = np.sort(chance.choice(some, n))
    lanes = lanes_of(study.program, design, profiles, chance.integers(0, 16, n), replications=chance.integers(0, 4, n))
    found: list[str] = []
    codes: set[int] = set()
    for realised in (False, True):
        expected = run_lanes(study.program, lanes, realised=realised)
        for evaluate in evaluators:
            found += differences(evaluate(study.program, lanes, realised=realised), expected)
        codes |= set(np.unique(expected.fault).tolist())
    return found, codes - {0}


def _same(a: npt.NDArray[np.generic], b: npt.NDArray[np.generic]) -> bool:
    if a.dtype != np.float64:
        return bool(np.array_equal(a, b))
    return bool(np.array_equal(_bits(a), _bits(b)))


def _bits(a: npt.NDArray[np.generic]) -> npt.NDArray[np.int64]:
    numbers = np.asarray(a, dtype=np.float64)
    return np.ascontiguousarray(np.where(np.isnan(numbers), np.nan, numbers)).view(np.int64)
