"""What a run has to own up to: faults, broken checks, clips and clamps, in words."""

from __future__ import annotations

from standoff.ensemble.ensemble import Ensemble
from standoff.words.numbers import percent, whole

__all__ = ["owned_up"]


def owned_up(ensemble: Ensemble) -> list[str]:
    """Faults, broken checks, clips and clamps in one plain line each."""
    found = ensemble.diagnostics
    total = ensemble.design.n_futures
    lines = [
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
