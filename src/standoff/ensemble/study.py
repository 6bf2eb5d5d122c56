"""A study as scholars use it: load it, run it, look at what came out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypedDict, Unpack

from standoff.base.escaping import visible
from standoff.ensemble.design import Assigned, Design, Method, draw_worlds
from standoff.ensemble.ensemble import Ensemble
from standoff.ensemble.folding.spreads import want
from standoff.ensemble.profiles.chosen import Profiles, choose_profiles, designed_profiles
from standoff.ensemble.run import run_design
from standoff.ensemble.running import Announce, EvaluatorName, Progress, Running, Size
from standoff.ensemble.storing.manifest import RunError, has_manifest, read_manifest
from standoff.ensemble.storing.place import Folder, PassingFolder, Place, atomic_write, place_of
from standoff.ensemble.storing.store import is_large, read_run, run_to_folder
from standoff.language.load import load_model
from standoff.language.model import Model
from standoff.program.compile import compile_model
from standoff.program.program import Program

__all__ = ["Chosen", "RunOptions", "Study", "is_run", "load", "open_run"]


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


def is_run(folder: str | Path) -> bool:
    """Whether a folder, or an address such as `s3://bucket/run`, holds a run; else it may be a study."""
    return has_manifest(folder)


def open_run(folder: str | Path, threads: int | None = None) -> Ensemble:
    """Read a complete run with the study that it kept, on at most so many threads; all cores by default.

    Args:
        folder: Of the run, or an address that fsspec reaches, such as `s3://bucket/run`.
        threads: At most so many; all cores by default.

    Raises:
        RunError: The folder holds no complete run, or a part of it was altered.
    """
    place = place_of(folder)
    manifest = read_manifest(place)
    try:
        study = _kept_study(place, manifest.variants)
    except ValueError as error:
        said = visible(str(error), 300)
        raise RunError(f"`{place.shown}` holds a study that does not fit its manifest: {said}") from None
    return read_run(folder, study.program, threads)


def _kept_study(place: Place, variants: Sequence[str]) -> Study:
    """The study that a run kept; what is not on this machine's disks is copied for as long as it is read."""
    if isinstance(place, Folder):
        return load(place.path / "study", variants)
    with TemporaryDirectory() as folder:
        for name in place.below("study"):
            atomic_write(Path(folder) / name, place.read(f"study/{name}"))
        return load(folder, variants)


class Chosen(TypedDict, total=False):
    """What to run, besides how much.

    Attributes:
        profiles: At most so many profiles, in which every pair of strategies stands about equally often; all without.
        profile: Which strategies: `{"us": "tough_love"}`, `"us=tough_love"`, a named profile; all by default.
        set: Uncertainties and values held at a number, such as `{"fear": 0.3}`, or at a kind by its name.
        design: How worlds fill the space of assumptions: `latin hypercube`, `sobol`, `plain` or `saltelli`.
        realised: Draw rare ends instead of weighting by survival.
    """

    profiles: int | None
    profile: Mapping[str, str | Sequence[str]] | str | None
    set: Assigned | None
    design: Method
    realised: bool


class RunOptions(Chosen, total=False):
    """What to keep of a run, where, and how to run it.

    Attributes:
        quantiles: Levels, such as `(0.05, 0.5, 0.95)`: read by `Ensemble.quantile`, world by world.
        histogram: Outcome or actor → edges of bins, read by `Ensemble.histogram`: all worlds together.
        out: A folder, or an address such as `s3://bucket/run`, to keep the run in, shard by shard; an earlier stop of
            the same run is gone on with.
        threads: At most so many at once; all cores by default.
        evaluator: The reference, WebAssembly, the compiled kernel, or whichever is sooner done; the numbers are the
            same.
        progress: Called with futures done and in all.
        announce: Called with a line where a kernel is compiled, or a kept shard must be run again.
        on: A Dask scheduler's address, or `local`, `slurm` or `kubernetes`: who runs futures; this process by default.
    """

    quantiles: Sequence[float]
    histogram: Mapping[str, Sequence[float]] | None
    out: str | Path | None
    threads: int | None
    evaluator: EvaluatorName
    progress: Progress | None
    announce: Announce | None
    on: str | None


@dataclass(frozen=True, eq=False)
class Study:
    """A checked model, ready to run; `held` are uncertainties and values held at a number in every run of all."""

    model: Model = field(repr=False)
    held: Assigned = field(default_factory=dict, repr=False)

    @cached_property
    def program(self) -> Program:
        """The model lowered to equations."""
        return compile_model(self.model)

    def design(self, worlds: int = 512, replications: int = 8, seed: int = 1, **options: Unpack[Chosen]) -> Design:
        """What `run` would run with these arguments."""
        return self.design_of(Size(worlds, replications, seed), **options)

    def design_of(self, size: Size, **options: Unpack[Chosen]) -> Design:
        """What to run of this size; without options the last one is kept, as several questions ask for the same.

        Raises:
            TypeError: There is no such option.
        """
        if options:
            return self._new_design(size, options)
        if size not in self._last_design:
            self._last_design.clear()
            self._last_design[size] = self._new_design(size, options)
        return self._last_design[size]

    @cached_property
    def _last_design(self) -> dict[Size, Design]:
        return {}

    def _new_design(self, size: Size, options: Chosen) -> Design:
        _refuse_unknown(options, Chosen)
        size = replace(size, profiles=options.get("profiles") or size.profiles)
        chosen = self.profiles_of(size, options.get("profile"))
        method = options.get("design", "latin hypercube")
        drawn = draw_worlds(
            self.model, size.worlds, size.seed, method, fixed={**self.held, **(options.get("set") or {})}
        )
        return Design(chosen, drawn, size.replications, size.seed, realised=options.get("realised", False))

    def profiles_of(self, size: Size, chosen: Mapping[str, str | Sequence[str]] | str | None = None) -> Profiles:
        """The profiles to run of this size: all that are chosen, or a balanced part of them.

        Raises:
            ValueError: An unknown actor, strategy or profile, too many profiles, or too few of them are asked for.
        """
        if size.profiles is None:
            return choose_profiles(self.program, chosen)
        return designed_profiles(self.program, size.profiles, size.seed, chosen)

    def run(self, worlds: int = 512, replications: int = 8, seed: int = 1, **options: Unpack[RunOptions]) -> Ensemble:
        """Run profiles × worlds × replications.

        Args:
            worlds: Draws of all uncertainties and values.
            replications: Streams of chance inside each world.
            seed: Of worlds and luck.
            options: Named as those of `standoff run`; see `Chosen` and `RunOptions`.

        Returns:
            Outcomes and payoffs as arrays (profiles, worlds), with errors.

        Raises:
            ValueError: An unknown actor, strategy, profile, or uncertainty, or wrong levels or edges.
            TypeError: There is no such option.
        """
        _refuse_unknown(options, RunOptions)
        wanted = want(self.program, options.get("quantiles", ()), options.get("histogram"))
        chosen = {name: value for name, value in options.items() if name in Chosen.__annotations__}
        design = self.design(worlds, replications, seed, **chosen)  # type: ignore[arg-type]
        running = Running(
            options.get("threads"), options.get("evaluator", "auto"), options.get("progress"), options.get("announce"),
            on=options.get("on"),
        )  # fmt: skip
        out: str | Path | Place | None = options.get("out")
        if out is None and running.on is None and is_large(self.program, design):
            out = PassingFolder()  # figures stay on the disk, as of a run that is kept
        if out is not None:
            return run_to_folder(self.program, design, out, wanted, running=running)
        return run_design(self.program, design, wanted, running)

    def __repr__(self) -> str:
        applied = f" with {', '.join(self.model.applied)}" if self.model.applied else ""
        return f"<Study `{self.model.name}`{applied}: {self.model.title}, {self.model.n_profiles:,} profiles>"


def _refuse_unknown(options: Mapping[str, object], known: type) -> None:
    for name in options:
        if name not in known.__annotations__:
            raise TypeError(
                f"there is no option `{name}`; there are {', '.join(f'`{k}`' for k in known.__annotations__)}"
            )
