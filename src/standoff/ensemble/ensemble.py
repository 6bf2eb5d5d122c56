"""What a run holds: outcomes and payoffs by profile and world, with their errors."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from jaxtyping import Float, Int

from standoff.base.problems import suggest
from standoff.ensemble.design import Design
from standoff.ensemble.folding.spreads import NO_SPREADS, Histogram, Spreads, histogram_of
from standoff.language.model import Model
from standoff.program.program import Program

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Diagnostics", "Ensemble", "FaultCount"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FaultCount:
    """One kind of run-time fault of one equation: in how many futures, and where first."""

    equation: str
    kind: str
    meaning: str
    place: str
    futures: int
    world: int
    step: int


@dataclass(frozen=True, slots=True)
class Diagnostics:
    """What the run has to own up to.

    Attributes:
        faults: Futures that were left out of every average, by equation.
        clipped: Stock → share of its steps in which `within` clipped it.
        clamped: Count → share of its steps in which `at_most` clamped it.
        broken: Check → (futures in which it did not hold, first world, first step).
    """

    faults: tuple[FaultCount, ...] = ()
    clipped: Mapping[str, float] = field(default_factory=dict)
    clamped: Mapping[str, float] = field(default_factory=dict)
    broken: Mapping[str, tuple[int, int, int]] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Ensemble:
    """All the futures of a run, averaged over replications.

    Attributes:
        program: What was run.
        design: On what.
        means: (measures, profiles, worlds): outcomes in the study's order, then payoffs.
        errors: Likewise, standard errors of the means over replications; NaN with one replication.
        halves: Likewise, means over the first half of the replications; NaN with one replication.
        counts: (profiles, worlds) replications that did not fault.
        present: Outcome → (profiles, worlds) share of weight in which it exists, for those that can be missing.
        diagnostics: Faults, clips and broken checks.
        spreads: Quantiles, histograms and single futures, of those that were wanted.
    """

    program: Program = field(repr=False)
    design: Design = field(repr=False)
    means: Float[Floats, "measures profiles worlds"] = field(repr=False)
    errors: Float[Floats, "measures profiles worlds"] = field(repr=False)
    halves: Float[Floats, "measures profiles worlds"] = field(repr=False)
    counts: Int[npt.NDArray[np.int32], "profiles worlds"] = field(repr=False)
    present: Mapping[str, Float[Floats, "profiles worlds"]] = field(repr=False)
    diagnostics: Diagnostics = field(repr=False)
    spreads: Spreads = field(default=NO_SPREADS, repr=False)

    @property
    def model(self) -> Model:
        """The study's model."""
        return self.program.model

    @property
    def realised(self) -> bool:
        """Whether rare ends were drawn rather than weighted by survival."""
        return self.design.realised

    @cached_property
    def measures(self) -> tuple[tuple[str, str], ...]:
        """(kind, name) of each row of `means`: outcomes, then payoffs by actor."""
        return self.program.measures

    def outcome(self, name: str) -> Float[Floats, "profiles worlds"]:
        """An outcome's mean over replications, in its unit.

        Raises:
            KeyError: No outcome has this name.
        """
        row: Floats = self.means[self._row("outcome", name)]
        return row

    def payoff(self, actor: str) -> Float[Floats, "profiles worlds"]:
        """An actor's mean payoff over replications.

        Raises:
            KeyError: No actor of this name has a payoff.
        """
        row: Floats = self.means[self._row("payoff", actor)]
        return row

    def error(self, name: str, kind: str | None = None) -> Float[Floats, "profiles worlds"]:
        """The standard error over replications of an outcome, or else of an actor's payoff.

        Args:
            name: An outcome or an actor.
            kind: `outcome` or `payoff`, where a name is both.
        """
        row: Floats = self.errors[self._row_of(name, kind)]
        return row

    def half(self, kind: str, name: str) -> Float[Floats, "2 profiles worlds"]:
        """Means over the first and second half of the replications."""
        row = self._row(kind, name)
        first, whole, n = self.halves[row], self.means[row], self.design.replications
        split = n // 2
        return np.stack([first, (whole * n - first * split) / max(1, n - split)])

    def quantile(self, name: str, level: float, kind: str | None = None) -> Float[Floats, "profiles worlds"]:
        """A quantile over each world's replications, of an outcome or else an actor's payoff.

        Args:
            name: An outcome or an actor.
            level: One of those that the run was asked for; the definition is that of `cell_quantiles`.
            kind: `outcome` or `payoff`, where a name is both.

        Raises:
            KeyError: No such name, or the run was not asked for this quantile.
        """
        levels = self.spreads.wanted.levels
        if level not in levels:
            raise KeyError(
                f"the run kept no quantile {level:g}; it kept {', '.join(f'{p:g}' for p in levels) or 'none'}"
            )
        row: Floats = self.spreads.quantiles[levels.index(level), self._row_of(name, kind)]
        return row

    def histogram(self, name: str) -> Histogram:
        """The histogram of an outcome, or else of an actor's payoff, over all worlds and replications of each profile.

        Raises:
            KeyError: The run was not asked for it.
        """
        kept = {b.name: (b, counts) for b, counts in zip(self.spreads.wanted.bins, self.spreads.counts, strict=True)}
        if name not in kept:
            raise KeyError(f"the run kept no histogram of {name!r}; it kept {', '.join(kept) or 'none'}")
        bins, counts = kept[name]
        return histogram_of(bins.edges, counts)

    @cached_property
    def profiles(self) -> pd.DataFrame:
        """One row per profile, one column per player with the label of its strategy."""
        import pandas as pd  # noqa: PLC0415  (a third of a second, and only frames need it)

        columns = {
            player: [instances[j].label for j in self.design.profiles[:, i]]
            for i, (player, instances) in enumerate(zip(self.program.players, self.program.instances, strict=True))
        }
        frame = pd.DataFrame(columns)
        frame.index.name = "profile"
        if self.design.levels is not None:
            for i, (name, _) in enumerate(self.program.levels):
                frame[name] = self.design.levels[:, i]
        return frame

    @cached_property
    def worlds(self) -> pd.DataFrame:
        """One row per world, one column per uncertainty or value."""
        return self.design.worlds.frame()

    @cached_property
    def digest(self) -> str:
        """Identifies the result: the study, the design and every figure kept, bit for bit."""
        state = hashlib.blake2b(digest_size=16)
        design = self.design
        head = (self.model.digest, design.seed, design.replications, design.worlds.seed, self.realised)
        state.update(repr(head).encode())
        kept = (self.counts, self.spreads.quantiles, *self.spreads.counts, self.spreads.futures)
        worlds = (design.worlds.streams, *design.worlds.columns.values())
        # measure by measure, so that figures that stay in their shards are never in memory all at once
        for array in chain((design.profiles, *worlds, design.levels), self.means, self.errors, kept):
            if array is not None:
                state.update(np.ascontiguousarray(array).view(np.uint8).data)
        return state.hexdigest()

    def to_arrow(self) -> pa.Table:
        """One row per profile and world: the means, the errors as `<name> ±`, and quantiles as `<name> 5 %`."""
        n_profiles, n_worlds = self.counts.shape
        table: dict[str, Any] = {
            "profile": np.repeat(np.arange(n_profiles, dtype=np.int32), n_worlds),
            "world": np.tile(np.arange(n_worlds, dtype=np.int32), n_profiles),
        }
        for row, (kind, name) in enumerate(self.measures):
            label = name if kind == "outcome" else f"payoff of {name}"
            table[label] = self.means[row].ravel()
            table[f"{label} ±"] = self.errors[row].ravel()
            for i, level in enumerate(self.spreads.wanted.levels):
                table[f"{label} {100 * level:g} %"] = self.spreads.quantiles[i, row].ravel()
        return pa.table(table)

    def summary(self) -> pd.DataFrame:
        """The decider's strategies by outcome: the mean over the others' strategies and worlds."""
        import pandas as pd  # noqa: PLC0415  (a third of a second, and only frames need it)

        decider = self.program.players.index(self.model.decider)
        labels = [i.label for i in self.program.instances[decider]]
        rows = {}
        for j, label in enumerate(labels):
            here = self.design.profiles[:, decider] == j
            if here.any():
                rows[label] = {f"{name}": np.nanmean(self.means[r][here]) for r, (_, name) in enumerate(self.measures)}
        frame = pd.DataFrame.from_dict(rows, orient="index")
        frame.index.name = self.model.decider
        return frame

    def __repr__(self) -> str:
        profiles, worlds = self.counts.shape
        sizes = {"profile": profiles, "world": worlds, "replication": self.design.replications}
        of = " × ".join(f"{n:,} {name}{'' if n == 1 else 's'}" for name, n in sizes.items())
        n = self.design.n_futures
        futures = f"{n:,} future{'' if n == 1 else 's'}"
        return f"<Ensemble of `{self.model.name}`: {of} = {futures}, digest {self.digest[:12]}>"

    def _repr_html_(self) -> str:
        text = repr(self).strip("<>").replace("&", "&amp;")
        table: str = self.summary().to_html(float_format=lambda x: f"{x:.3g}", border=0)
        return f"<p>{text}</p><p>Mean over the others' strategies and all worlds:</p>{table}"

    def _row_of(self, name: str, kind: str | None) -> int:
        """Of an outcome, or else of an actor's payoff, unless the kind is said."""
        kinds = [kind] if kind else [k for k, n in self.measures if n == name] or ["outcome"]
        return self._row(kinds[0], name)

    def _row(self, kind: str, name: str) -> int:
        if (kind, name) not in self.measures:
            known = [n for k, n in self.measures if k == kind]
            raise KeyError(f"no {kind} is named {name!r}; {suggest(name, known, f'{kind}s') or ''}".rstrip("; "))
        return self.measures.index((kind, name))
