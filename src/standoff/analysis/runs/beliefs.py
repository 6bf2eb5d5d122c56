"""What each actor makes of the worlds: weights from its beliefs, and worlds drawn wide enough to carry them.

A world's weight for an actor is the density of the actor's beliefs there over the density that the world was drawn
from. Worlds drawn from the study alone cannot carry a belief in what the study rules out, so how much of a belief they
cover is reported; `draw_belief_worlds` draws the study's worlds and each dissenting actor's in equal parts, and then
weights are those of the balance heuristic, which cover every belief.

Reference: A. Owen and Y. Zhou, Safe and effective importance sampling (2000), section 3; L. Kish, Survey Sampling
(1965), section 8.2 (the effective number of worlds).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from standoff.analysis.findings import Floats, Reason, UnanswerableError
from standoff.base.chance import streams
from standoff.base.chance.distributions import DISTRIBUTIONS
from standoff.base.numbers.arithmetic import normal_quantile
from standoff.ensemble.design import Assigned, Worlds, draw_worlds, spread_in
from standoff.language.model import Model, Spread

__all__ = ["STUDY_AND_BELIEFS", "Belief", "Beliefs", "belief_weights", "draw_belief_worlds", "on_worlds", "spread_cdf"]

STUDY_AND_BELIEFS = "latin hypercubes of the study and of each actor's beliefs"


@dataclass(frozen=True, slots=True)
class Belief:
    """One actor's view of one uncertainty where it differs from the study's.

    Attributes:
        actor, uncertainty: whose, of what.
        covered: share of the belief that lies where worlds were drawn; the rest has no say.
        mean, study_mean: of the uncertainty under the actor's weights and under the study's.
    """

    actor: str
    uncertainty: str
    covered: float
    mean: float
    study_mean: float


@dataclass(frozen=True, slots=True, eq=False)
class Beliefs:
    """Weights of worlds.

    Attributes:
        actors: whose.
        weights: (actors, worlds), each row summing to 1.
        study: (worlds,), the study's own weights, summing to 1.
        effective_worlds: (actors,), (Σw)²/Σw²: how many worlds a belief really rests on.
        effective_study: the same for the study's own.
        dissent: where actors differ from the study.
    """

    actors: tuple[str, ...]
    weights: Floats
    study: Floats
    effective_worlds: Floats
    effective_study: float
    dissent: tuple[Belief, ...]

    def of(self, actor: str) -> Floats:
        """(worlds,), one actor's weights; the study's for one that does not differ."""
        row: Floats = self.weights[self.actors.index(actor)] if actor in self.actors else self.study
        return row


def on_worlds(beliefs: Beliefs, worlds: npt.NDArray[np.int64]) -> Beliefs:
    """The same beliefs on some of the worlds, such as those that are sound.

    Raises:
        UnanswerableError: A belief gives them no weight.
    """
    weights, study = beliefs.weights[:, worlds], beliefs.study[worlds]
    if not ((weights.sum(axis=1) > 0.0).all() and study.sum() > 0.0):
        actor = next((a for a, own in zip(beliefs.actors, weights, strict=True) if own.sum() <= 0.0), "")
        raise UnanswerableError(Reason.BELIEFS_OUTSIDE, actor=actor, worlds=int(weights.shape[1]))
    weights, study = weights / weights.sum(axis=1, keepdims=True), study / study.sum()
    return Beliefs(
        beliefs.actors,
        weights,
        study,
        1.0 / (weights**2).sum(axis=1),
        effective_study=float(1.0 / (study**2).sum()),
        dissent=beliefs.dissent,
    )


def draw_belief_worlds(model: Model, n: int, seed: int = 1, held: Assigned | None = None) -> Worlds:
    """Draw worlds that carry the study's beliefs and every actor's: equal parts from each, the study's first.

    Without `beliefs` in the study these are its ordinary worlds.

    Args:
        model: The study.
        n: How many worlds, in all; parts differ by at most one.
        seed: Of the scrambles.
        held: Uncertainties and values at one number in every world.

    Raises:
        ValueError: Fewer worlds than parts.
    """
    actors = _dissenting(model)
    if not actors or model.drawn_from:  # what was seen ties assumptions, and beliefs weigh what it left
        return draw_worlds(model, n, seed, fixed=held)
    if n < 1 + len(actors):
        raise UnanswerableError(Reason.FEW_WORLDS, worlds=n, least=1 + len(actors))
    sizes = _sizes(n, 1 + len(actors))
    seeds = [seed, *((streams.key(f"beliefs of {actor}") ^ seed) & streams.WORD for actor in actors)]
    models = [model, *(_believed(model, actor) for actor in actors)]
    parts = [draw_worlds(*each, fixed=held) for each in zip(models, sizes, seeds, strict=True)]
    columns = {name: np.concatenate([part.columns[name] for part in parts]) for name in parts[0].columns}
    return Worlds(columns, np.arange(n, dtype=np.uint64), seed, STUDY_AND_BELIEFS)


def belief_weights(model: Model, worlds: Worlds, actors: tuple[str, ...] | None = None) -> Beliefs:
    """Weights of worlds under the actors' beliefs.

    Columns held at one number in all worlds tell nothing and are left out. Stated rank correlations hold in beliefs
    too, except of uncertainties with levels, whose place within a level is not kept.

    Args:
        model: The study.
        worlds: From `draw_worlds` or `draw_belief_worlds`.
        actors: Whose; all of the model's without it.

    Raises:
        ValueError: An actor's beliefs give no world any weight.
    """
    wanted = actors if actors is not None else tuple(actor.name for actor in model.actors)
    believing = _dissenting(model)
    seen = {actor: _density(model, worlds, actor) for actor in {*wanted, *believing}}
    here = _density(model, worlds, None)
    drawn_from = here
    mixed = worlds.method == STUDY_AND_BELIEFS
    if mixed:
        parts = np.array(_sizes(worlds.size, 1 + len(believing))) / worlds.size
        drawn_from = np.tensordot(parts, np.array([here, *(seen[actor] for actor in believing)]), axes=1)
    study = _scaled(here / drawn_from)
    rows = []
    for actor in wanted:
        weight = seen[actor] / drawn_from
        if not weight.sum() > 0.0:
            raise UnanswerableError(Reason.BELIEFS_OUTSIDE, actor=actor, worlds=worlds.size)
        rows.append(_scaled(weight))
    weights = np.array(rows).reshape(len(wanted), worlds.size)
    return Beliefs(
        wanted,
        weights,
        study,
        1.0 / (weights**2).sum(axis=1),
        effective_study=float(1.0 / (study**2).sum()),
        dissent=tuple(
            Belief(a, n, 1.0 if mixed else _covered(model, n, s),
                   float(weights[wanted.index(a)] @ worlds.columns[n]), study_mean=float(study @ worlds.columns[n]))
            for a, n, s in model.beliefs if a in wanted
        ),
    )  # fmt: skip


def spread_cdf(spread: Spread, x: npt.ArrayLike) -> Floats:
    """The share of a distribution at or below x, truncation included."""
    at = np.asarray(x, dtype=np.float64)
    if spread.levels:
        return np.asarray(
            sum(w * (at >= level) for level, w in zip(spread.levels, spread.weights, strict=True)), dtype=np.float64
        )
    distribution = DISTRIBUTIONS[spread.distribution]
    low, high = _bounds(spread)
    below, above = (np.asarray(distribution.cdf(np.asarray(end), *spread.arguments)) for end in (low, high))
    return np.asarray(np.clip((distribution.cdf(at, *spread.arguments) - below) / (above - below), 0.0, 1.0))


def _spread_density(spread: Spread, x: Floats) -> Floats:
    """Density (levels: chance) at x, truncation included."""
    if spread.levels:
        return np.asarray(sum(w * (x == level) for level, w in zip(spread.levels, spread.weights, strict=True)))
    distribution = DISTRIBUTIONS[spread.distribution]
    low, high = _bounds(spread)
    below, above = (np.asarray(distribution.cdf(np.asarray(end), *spread.arguments)) for end in (low, high))
    density = distribution.density(x, *spread.arguments) / (above - below)
    return np.asarray(np.where((x >= low) & (x <= high), density, 0.0))


def _bounds(spread: Spread) -> tuple[float, float]:
    low, high = spread.within
    return (-np.inf if low is None else low, np.inf if high is None else high)


def _dissenting(model: Model) -> tuple[str, ...]:
    """Actors that see something differently, in the order of the study's actors."""
    believing = {actor for actor, _, _ in model.beliefs}
    return tuple(actor.name for actor in model.actors if actor.name in believing)


def _believed(model: Model, actor: str) -> Model:
    """The study with one actor's beliefs in place of its own."""
    own = {name: spread for a, name, spread in model.beliefs if a == actor}
    return replace(model, parameters=tuple(replace(p, spread=own.get(p.name, p.spread)) for p in model.parameters))


def _sizes(n: int, parts: int) -> list[int]:
    return [n // parts + (k < n % parts) for k in range(parts)]


def _density(model: Model, worlds: Worlds, actor: str | None) -> Floats:
    """(worlds,), density of an actor's beliefs, or the study's, over what any actor sees differently."""
    own = {name: spread for a, name, spread in model.beliefs if a == actor}
    contested = dict.fromkeys(name for _, name, _ in model.beliefs)
    density = np.ones(worlds.size)
    for parameter in model.uncertain:
        column = worlds.columns[parameter.name]
        if parameter.name in contested and np.ptp(column) > 0.0:
            spread = own.get(parameter.name, parameter.spread)
            assert spread is not None
            density = density * _spread_density(spread_in(model, spread, worlds.columns), column)
    return density * _copula_density(model, worlds, own, set(contested))


def _copula_density(model: Model, worlds: Worlds, own: dict[str, Spread], contested: set[str]) -> Floats:
    """Density of the Gaussian copula at the ranks that a view gives the worlds, up to a factor common to all views."""
    spreads = {p.name: spread_in(model, own.get(p.name, p.spread) or Spread(), worlds.columns) for p in model.uncertain}
    names = sorted({n for a, b, _ in model.correlated for n in (a, b)})
    names = [n for n in names if np.ptp(worlds.columns[n]) > 0.0 and not spreads[n].levels]
    if not set(names) & contested:
        return np.ones(worlds.size)
    ranks = np.eye(len(names))
    for a, b, rank in model.correlated:
        if a in names and b in names:
            i, j = names.index(a), names.index(b)
            ranks[i, j] = ranks[j, i] = 2.0 * np.sin(np.pi * rank / 6.0)
    shares = np.array([spread_cdf(spreads[n], worlds.columns[n]) for n in names])
    scores = normal_quantile(np.clip(shares, 1e-9, 1.0 - 1e-9))
    shape = np.linalg.inv(ranks) - np.eye(len(names))
    return np.asarray(np.exp(-0.5 * np.einsum("iw,ij,jw->w", scores, shape, scores)))


def _covered(model: Model, name: str, spread: Spread) -> float:
    """Share of a belief about an uncertainty that lies within the study's range."""
    base = next(p.spread for p in model.uncertain if p.name == name)
    assert base is not None
    return _overlap(spread, base)


def _overlap(spread: Spread, base: Spread) -> float:
    """Share of a belief that lies within the study's range."""
    if spread.levels:
        return float(sum(w for x, w in zip(spread.levels, spread.weights, strict=True)
                         if (_spread_density(base, np.array([x])) > 0.0).all()))  # fmt: skip
    low, high = _ends(base)
    return float(spread_cdf(spread, high) - spread_cdf(spread, low))


def _ends(spread: Spread) -> tuple[float, float]:
    if spread.levels:
        return min(spread.levels), max(spread.levels)
    low, high = DISTRIBUTIONS[spread.distribution].support(*spread.arguments)
    inner = _bounds(spread)
    return max(float(low), inner[0]), min(float(high), inner[1])


def _scaled(weights: Floats) -> Floats:
    return np.asarray(weights / weights.sum())
