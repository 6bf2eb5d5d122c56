"""A study as scholars use it: load it, run it, look at what came out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from standoff.base.escaping import visible
from standoff.ensemble.design import Design, Method, choose_profiles, draw_worlds
from standoff.ensemble.ensemble import Ensemble
from standoff.ensemble.evaluator import Announce, EvaluatorName
from standoff.ensemble.manifest import RunError, read_manifest
from standoff.ensemble.run import Progress, run_design
from standoff.ensemble.spreads import want
from standoff.ensemble.store import read_run, run_to_folder
from standoff.language.load import load_model
from standoff.language.model import Model
from standoff.program.compile import compile_model
from standoff.program.program import Program

__all__ = ["Study", "load", "open_run"]


def load(study: str | Path, variants: Sequence[str] = ()) -> Study:
    """Load and check a study.

    Args:
        study: A folder, its `study.yaml`, or the name of a bundled study such as `korea`.
        variants: Named changes to apply, in order.

    Raises:
        StudyError: The study has errors; the message shows them at their places.

    Example:
        >>> import standoff
        >>> study = standoff.load("rivals")
        >>> ensemble = study.run(worlds=64, replications=4, seed=1)
        >>> ensemble.outcome("war").shape
        (9, 64)
    """
    return Study(load_model(study, tuple(variants)))


def open_run(folder: str | Path) -> Ensemble:
    """Read a complete run with the study that it kept.

    Raises:
        RunError: The folder holds no complete run, or a part of it was altered.
    """
    manifest = read_manifest(Path(folder))
    try:
        study = load(Path(folder) / "study", manifest.variants)
    except ValueError as error:
        said = visible(str(error), 300)
        raise RunError(f"`{visible(str(folder))}` holds a study that does not fit its manifest: {said}") from None
    return read_run(Path(folder), study.program)


@dataclass(frozen=True, eq=False)
class Study:
    """A checked model, ready to run."""

    model: Model = field(repr=False)

    @cached_property
    def program(self) -> Program:
        """The model lowered to equations."""
        return compile_model(self.model)

    def design(
        self,
        worlds: int = 512,
        replications: int = 8,
        seed: int = 1,
        *,
        method: Method = "latin hypercube",
        profiles: Mapping[str, str | Sequence[str]] | str | None = None,
        fixed: Mapping[str, float] | None = None,
    ) -> Design:
        """What `run` would run with these arguments."""
        chosen = choose_profiles(self.program, profiles)
        return Design(chosen, draw_worlds(self.model, worlds, seed, method, fixed), replications, seed)

    def run(
        self,
        worlds: int = 512,
        replications: int = 8,
        seed: int = 1,
        *,
        method: Method = "latin hypercube",
        profiles: Mapping[str, str | Sequence[str]] | str | None = None,
        fixed: Mapping[str, float] | None = None,
        realised: bool = False,
        threads: int | None = None,
        progress: Progress | None = None,
        out: Path | None = None,
        evaluator: EvaluatorName = "auto",
        announce: Announce | None = None,
        quantiles: Sequence[float] = (),
        histogram: Mapping[str, Sequence[float]] | None = None,
    ) -> Ensemble:
        """Run profiles × worlds × replications.

        Args:
            worlds: Draws of all uncertainties and values.
            replications: Streams of chance inside each world.
            seed: Of worlds and luck.
            method: How worlds fill the space of assumptions.
            profiles: Which strategies: `{"us": "tough_love"}`, `"us=tough_love"`, a named profile; all by default.
            fixed: Uncertainties held at a number, such as `{"fear": 0.3}`.
            realised: Draw rare ends instead of weighting by survival.
            threads: At most so many at once.
            progress: Called with futures done and in all.
            out: A folder to keep the run in, shard by shard; an earlier stop of the same run is gone on with.
            evaluator: The reference, the compiled kernel, or whichever is sooner done; the numbers are the same.
            announce: Called with a line where a kernel is compiled first, or a kept shard must be run again.
            quantiles: Levels, such as `(0.05, 0.5, 0.95)`: read by `Ensemble.quantile`, world by world.
            histogram: Outcome or actor → edges of bins, read by `Ensemble.histogram`: all worlds together.

        Returns:
            Outcomes and payoffs as arrays (profiles, worlds), with errors.

        Raises:
            ValueError: An unknown actor, strategy, profile, or uncertainty, or wrong levels or edges.
        """
        wanted = want(self.program, quantiles, histogram)
        design = self.design(worlds, replications, seed, method=method, profiles=profiles, fixed=fixed)
        if out is not None:
            return run_to_folder(
                self.program, design, out, realised=realised, threads=threads, progress=progress,
                evaluator=evaluator, announce=announce, wanted=wanted,
            )  # fmt: skip
        return run_design(
            self.program, design, realised=realised, threads=threads, progress=progress,
            evaluator=evaluator, announce=announce, wanted=wanted,
        )  # fmt: skip

    def __repr__(self) -> str:
        applied = f" with {', '.join(self.model.applied)}" if self.model.applied else ""
        return f"<Study `{self.model.name}`{applied}: {self.model.title}, {self.model.n_profiles:,} profiles>"
