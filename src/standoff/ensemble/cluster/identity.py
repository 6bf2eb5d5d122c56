"""What a worker must share with whoever asks it: the version of Standoff, and its arithmetic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from standoff._version import __version__
from standoff.ensemble.storing.manifest import RunError

__all__ = ["Identity", "identify", "refuse_others"]


@dataclass(frozen=True, slots=True)
class Identity:
    """What two processes that work on one run have alike.

    Attributes:
        version: Of Standoff.
        arithmetic: The digest of a tiny run of a bundled study: any other rounding of any function changes it.
    """

    version: str
    arithmetic: str

    def refusal(self, found: Any, worker: str) -> str | None:
        """Why a worker with what was found of it may not work; None where it may."""
        if isinstance(found, BaseException):
            return f"the worker {worker} runs no Standoff of this version ({type(found).__name__}: {found})"
        version = getattr(found, "version", None)
        if version != self.version:
            return f"the worker {worker} runs Standoff {version}, and this is {self.version}"
        if found != self:
            return (
                f"the worker {worker} computes otherwise: a tiny run comes to the digest {found.arithmetic} there, and "
                f"to {self.arithmetic} here"
            )
        return None


@cache
def identify() -> Identity:
    """This process's, found by a tiny run."""
    from standoff.ensemble.running import Running  # noqa: PLC0415
    from standoff.ensemble.study import load  # noqa: PLC0415

    study, running = load("rivals"), Running(1, "reference")
    from standoff.ensemble.run import run_design  # noqa: PLC0415

    return Identity(__version__, run_design(study.program, study.design(2, 2), running=running).digest)


def refuse_others(identities: Mapping[str, Any]) -> None:
    """Insist that all workers are like this process.

    Args:
        identities: By worker, what `identify` gave there, or the error that it ended in.

    Raises:
        RunError: Some are not: each is named, with what it has otherwise.
    """
    own = identify()
    wrong = [said for worker, found in identities.items() if (said := own.refusal(found, worker)) is not None]
    if wrong:
        more = f"; and {len(wrong) - 3} more" if len(wrong) > 3 else ""
        raise RunError(f"{'; '.join(wrong[:3])}{more}: nothing was run; install the same Standoff on every worker")
