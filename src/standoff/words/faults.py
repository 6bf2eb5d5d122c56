"""What a run has to own up to: faults, broken checks, clips and clamps, in words."""

from __future__ import annotations

from math import prod

import numpy as np

from standoff.ensemble.ensemble import Ensemble
from standoff.ensemble.profiles.chosen import balance
from standoff.words.numbers import percent, whole

__all__ = ["owned_up"]


def owned_up(ensemble: Ensemble) -> list[str]:
    """Faults, broken checks, clips and clamps in one plain line each."""
    found = ensemble.diagnostics
    total = ensemble.design.n_futures
    lines = _part_of_profiles(ensemble)
    lines += [
        f"{fault.place}: `{fault.equation}` {fault.meaning} in {whole(fault.futures)} of {whole(total)} futures, "
        f"which are left out of every average (first: world {fault.world}, step {fault.step})"
        for fault in found.faults
    ]
    lines += [
        f"check `{name}` does not hold in {whole(futures)} of {whole(total)} futures "
        f"(first: world {world}, step {step})"
        for name, (futures, world, step) in found.broken.items()
    ]
    lines += [f"`{name}` was clipped to its bounds in {percent(x)} of steps" for name, x in found.clipped.items()]
    lines += [f"`{name}` was cut at its largest count in {percent(x)} of steps" for name, x in found.clamped.items()]
    return lines


def _part_of_profiles(ensemble: Ensemble) -> list[str]:
    """How a part of the profiles was chosen, where not every combination of the strategies that occur was run."""
    profiles = ensemble.design.profiles
    played = [np.unique(column, return_inverse=True) for column in profiles.T]
    sizes = [found.size for found, _ in played]
    if prod(sizes) <= len(profiles):
        return []
    least, most, _ = balance(np.column_stack([place for _, place in played]), sizes)
    return [
        f"{whole(len(profiles))} of {whole(prod(sizes))} profiles were run, each pair of strategies of two actors in "
        f"{whole(least)} to {whole(most)} of them; errors are over worlds, and count nothing for the profiles left out"
    ]
