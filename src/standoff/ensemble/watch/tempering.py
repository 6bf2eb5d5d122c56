"""Fresh worlds near those that make what was seen: tempered sequential Monte Carlo with moves.

Particles are worlds with a profile each. The likelihood of what was seen enters by degrees, each so small that half
of the particles still count; after each degree they are resampled and moved by steps of Metropolis and Hastings on
the same tempered target. A world moves in the normal scores of its unit cube by steps that keep their law
(preconditioned Crank–Nicolson), in all or in a few of them; a profile moves by one actor's strategy at a time. The
likelihoods are those of a particle filter, so that at the last degree the target is exactly the posterior.

Reference:
    P. Del Moral, A. Doucet and A. Jasra, Sequential Monte Carlo samplers, JRSS B 68 (2006), 411-436.
    S. Cotter, G. Roberts, A. Stuart and D. White, MCMC methods for functions, Statistical Science 28 (2013), 424-446.
    C. Andrieu and G. Roberts, The pseudo-marginal approach for efficient Monte Carlo computations, Annals of
    Statistics 37 (2009), 697-725.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

import numpy as np
import numpy.typing as npt

from standoff.base.chance import streams
from standoff.base.numbers.arithmetic import normal_cdf, normal_quantile
from standoff.ensemble.design import Design, Worlds, worlds_of_units
from standoff.ensemble.profiles.chosen import all_profiles
from standoff.ensemble.running import Running
from standoff.ensemble.watch.watching import weigh_cells
from standoff.program.program import Program

__all__ = ["Tempered", "temper"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
_HALF = 0.5
_MOVES = 6
_MOST_DEGREES = 60
_FEWEST_ACCEPTED = 0.02
_FEWEST_DISTINCT = 0.1
_FEW = 0.15
"""Share of the scores in a step of a few."""
_AIMED_AT = 0.25


@dataclass(frozen=True, slots=True, eq=False)
class Tempered:
    """Worlds and profiles from the posterior, all of one weight.

    Attributes:
        worlds: (particles) of the table.
        profiles: (particles,) rows of `all_profiles`.
        log_evidence: Of what was seen.
        degrees: In how many degrees the likelihood came in.
        accepted: Share of moves that were accepted in the last degree.
        distinct: Share of the particles that differ.
        failed: Why these are no posterior; empty where they are: no world makes what was seen (`impossible`), it came
            in too slowly (`slow`), hardly a move was accepted (`stuck`), nearly all worlds are `copies` of a few.
    """

    worlds: Worlds
    profiles: Ints
    log_evidence: float
    degrees: int
    accepted: float
    distinct: float
    failed: str = ""


@dataclass(slots=True, eq=False)
class _Particles:
    scores: Floats  # (particles, names)
    profiles: Ints
    likely: Floats


class _Sampler:
    def __init__(self, program: Program, n: int, replications: int, seed: int, *, own: int | None) -> None:
        self.program, self.n, self.replications, self.seed = program, n, replications, seed
        self.names = [p.name for p in program.model.uncertain]
        self.sizes = [len(instances) for instances in program.instances]
        self.own = own
        self.decider = program.players.index(program.model.decider)
        self.table = all_profiles(program)
        self.fresh = count()

    def uniform(self, shape: tuple[int, ...]) -> Floats:
        """Fresh uniform numbers."""
        n = int(np.prod(shape))
        keys = streams.lane_keys(self.seed, np.arange(n, dtype=np.uint64), np.zeros(1, dtype=np.uint64))
        return streams.uniform(keys, streams.key("tempering"), next(self.fresh)).reshape(shape)

    def normal(self, shape: tuple[int, ...]) -> Floats:
        """Fresh normal numbers."""
        return np.asarray(normal_quantile(self.uniform(shape)))

    def begin(self) -> _Particles:
        """From the prior."""
        scores = self.normal((self.n, len(self.names)))
        played = [self._drawn(i, self.n) for i in range(len(self.sizes))]
        if self.own is not None:
            played[self.decider] = np.full(self.n, self.own)
        profiles = np.ravel_multi_index(tuple(played), tuple(self.sizes))
        return _Particles(scores, profiles, self.weigh(scores, profiles))

    def _drawn(self, player: int, n: int) -> Ints:
        size = self.sizes[player]
        return np.minimum((self.uniform((n,)) * size).astype(np.int64), size - 1)

    def worlds(self, scores: Floats) -> Worlds:
        """The worlds of normal scores, each with luck of its own."""
        units = np.asarray(normal_cdf(np.ascontiguousarray(scores.T)))
        first = np.uint64(1 << 32) + np.uint64(next(self.fresh)) * np.uint64(self.n)
        ids = first + np.arange(len(scores), dtype=np.uint64)
        return worlds_of_units(self.program.model, self.names, units, ids, seed=self.seed)

    def weigh(self, scores: Floats, profiles: Ints) -> Floats:
        """(particles,) log likelihood, estimated with fresh luck."""
        design = Design(self.table, self.worlds(scores), self.replications, self.seed)
        return weigh_cells(self.program, design, profiles, np.arange(len(scores))).log_likelihood

    def resampled(self, of: _Particles, shares: Floats) -> _Particles:
        """Copies in proportion to shares, at evenly spaced points."""
        points = (np.arange(self.n) + float(self.uniform((1,))[0])) / self.n
        order = np.minimum(np.searchsorted(np.cumsum(shares), points), self.n - 1)
        return _Particles(of.scores[order], of.profiles[order], of.likely[order])

    def move(self, of: _Particles, degree: float, step: float, few: bool) -> tuple[_Particles, float]:
        """One move of every particle; which share was accepted."""
        chosen = self.uniform(of.scores.shape) < _FEW if few else np.ones(of.scores.shape, dtype=bool)
        stepped = np.sqrt(1.0 - step**2) * of.scores + step * self.normal(of.scores.shape)
        scores = np.where(chosen, stepped, of.scores)
        profiles = self._replayed(of.profiles) if few else of.profiles
        likely = self.weigh(scores, profiles)
        with np.errstate(invalid="ignore"):
            better = degree * (likely - of.likely)
        taken = np.log(self.uniform((self.n,))) < np.where(np.isnan(better), -np.inf, better)
        moved = _Particles(
            np.where(taken[:, None], scores, of.scores), np.where(taken, profiles, of.profiles),
            np.where(taken, likely, of.likely),
        )  # fmt: skip
        return moved, float(taken.mean())

    def _replayed(self, profiles: Ints) -> Ints:
        """In half of the particles one actor's strategy drawn anew."""
        played = list(np.unravel_index(profiles, tuple(self.sizes)))
        open_to = [i for i in range(len(self.sizes)) if self.own is None or i != self.decider]
        if not open_to:
            return profiles
        which = np.array(open_to)[(self.uniform((self.n,)) * len(open_to)).astype(np.int64)]
        changes = self.uniform((self.n,)) < _HALF
        for i in open_to:
            drawn = self._drawn(i, self.n)
            played[i] = np.where(changes & (which == i), drawn, played[i])
        return np.ravel_multi_index(tuple(played), tuple(self.sizes))


def temper(
    program: Program,
    particles: int = 512,
    replications: int = 8,
    seed: int = 1,
    *,
    own: int | None = None,
    running: Running = Running(),
) -> Tempered:
    """Draw worlds and profiles from the posterior of what the program was told.

    Args:
        program: From `standoff.ensemble.watch.watching.told_program`.
        particles: How many.
        replications: Of each, in the filter.
        seed: Of everything.
        own: The decider's strategy, as an index, where it is known; else all alike.
        running: Who is told how far it is.
    """
    sampler = _Sampler(program, particles, replications, seed, own=own)
    of = sampler.begin()
    if np.isfinite(of.likely).sum() < max(2, 0.01 * particles):
        return _ended(sampler, of, 0.0, (0, 0.0), failed="impossible")
    degree, evidence, step, accepted = 0.0, 0.0, [0.5, 0.5], 0.0
    for degrees in range(1, _MOST_DEGREES + 1):
        further = _further(of.likely, 1.0 - degree)
        weight = further * of.likely
        most = float(weight.max())
        shares = np.exp(weight - most)
        evidence += most + float(np.log(shares.mean()))
        degree += further
        of = sampler.resampled(of, shares / shares.sum())
        rates = []
        for k in range(_MOVES):
            few = k % 2
            of, rate = sampler.move(of, degree, step[few], bool(few))
            rates.append(rate)
            step[few] = float(np.clip(step[few] * np.exp(rate - _AIMED_AT), 0.01, 0.999))
        accepted = float(np.mean(rates))
        if running.progress is not None:
            running.progress(round(1000 * degree), 1000)
        if degree >= 1.0 - 1e-12:
            return _ended(sampler, of, evidence, (degrees, accepted))
    return _ended(sampler, of, evidence, (_MOST_DEGREES, accepted), failed="slow")


def _further(likely: Floats, left: float) -> float:
    """How much more of the likelihood comes in, so that half of the particles still count."""
    if _effective(left * likely) >= _HALF * likely.size:
        return left
    low, high = 0.0, left
    for _ in range(50):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if _effective(middle * likely) >= _HALF * likely.size else (low, middle)
    return max(low, 1e-6 * left) if low > 0.0 else high


def _effective(weight: Floats) -> float:
    known = np.where(np.isnan(weight), -np.inf, weight)
    shares = np.exp(known - known.max())
    return float(shares.sum() ** 2 / (shares**2).sum())


def _ended(sampler: _Sampler, of: _Particles, evidence: float, how: tuple[int, float], *, failed: str = "") -> Tempered:
    distinct = len(np.unique(of.scores, axis=0)) / len(of.scores)
    degrees, accepted = how
    if not failed and accepted < _FEWEST_ACCEPTED:
        failed = "stuck"
    if not failed and distinct < _FEWEST_DISTINCT:
        failed = "copies"
    return Tempered(
        sampler.worlds(of.scores), of.profiles, evidence, degrees, accepted=accepted, distinct=distinct, failed=failed
    )
