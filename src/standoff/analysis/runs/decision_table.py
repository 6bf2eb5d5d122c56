"""The decision table: the decider's strategies against views of the others, in weighted worlds.

An ensemble is arranged once and every figure of it learned once a view; all that asks what holds up, what it hinges
on and what changed reads this table. What is made is kept on the table itself.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from jaxtyping import Float, Int

from standoff.analysis.findings import FEWEST_WORLDS, Floats, Inputs, Reason, UnanswerableError
from standoff.analysis.runs.game_table import check_scale, evenly_spread, inputs_of
from standoff.analysis.runs.payoffs import Payoffs, Posteriors, find_posteriors
from standoff.analysis.runs.views import View, answer_worst, doubt_of_replies, named_weights
from standoff.analysis.statistics.ranking import world_weights
from standoff.analysis.statistics.regression import one_thread
from standoff.ensemble.ensemble import Ensemble
from standoff.language.model import Instance

__all__ = ["DecisionTable", "Figures", "decision_table"]


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """One measure under one view, by strategy and world.

    Attributes:
        mean: (strategies, worlds), over replications and the view's profiles; NaN where it exists in no future.
        halves: (strategies, worlds, 2), the same by half of the replications; None with one replication, where a half
            has no sound future, or where the measure can be missing.
        present: (strategies, worlds), share of weight in which the measure exists; None where it always does.
    """

    mean: Float[Floats, "strategies worlds"]
    halves: Float[Floats, "strategies worlds 2"] | None
    present: Float[Floats, "strategies worlds"] | None = None


@dataclass(frozen=True, eq=False)
class DecisionTable:
    """An ensemble arranged by the decider's strategy and the others' profile.

    Attributes:
        ensemble: What was run.
        decider: The actor.
        strategies: Of the decider, those that were run.
        place: (strategies, profiles of the others), rows of the ensemble.
        worlds: Those in which every profile has a sound future, as indices.
        inputs: What differs between these worlds.
        stratified: Independent columns that the design spreads evenly, of which worlds are made; None without.
        weights: (worlds,), how much each counts, summing to 1; None where all count alike.
        replies: (strategies, profiles of the others), the view in which the others reply, if it is known.
        seed: Of the folds that figures are learned in.
    """

    ensemble: Ensemble
    decider: str
    strategies: tuple[Instance, ...]
    place: Int[npt.NDArray[np.int64], "strategies others"]
    worlds: Int[npt.NDArray[np.int64], " worlds"]
    inputs: Inputs
    stratified: Inputs | None
    weights: Float[Floats, " worlds"] | None = None
    replies: Float[Floats, "strategies others"] | None = None
    seed: int = 0
    _made: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False)

    @property
    def labels(self) -> tuple[str, ...]:
        """Of the decider's strategies."""
        return tuple(instance.label for instance in self.strategies)

    @property
    def is_paid(self) -> bool:
        """Whether the decider has a payoff."""
        return any(payoff.actor == self.decider for payoff in self.ensemble.program.payoffs)

    @property
    def w(self) -> Float[Floats, " worlds"]:
        """Weights that sum to one."""
        return world_weights(self.weights, self.worlds.size)

    @cached_property
    def views(self) -> tuple[View, ...]:
        """Every view of the others that the run can serve: uniform, named profiles, replies if given, adversarial."""
        n_others = self.place.shape[1]
        found = [View("uniform", "", "", "", float(n_others), weights=np.full(self.place.shape, 1.0 / n_others))]
        for named in self.ensemble.model.profiles:
            weights = named_weights(self.ensemble, named.name, self.place)
            if weights is not None:
                n_named = float((weights > 0.0).sum(axis=1).mean())
                title = named.title or named.name.replace("_", " ")
                found.append(View("profile", named.name, title, named.about or "", n_named, weights=weights))
        if self.replies is not None:
            n_replies = float((self.replies > 0.0).sum(axis=1).mean())
            found.append(View("replies", "", "", "", n_replies, weights=self.replies))
        if self.is_paid and n_others > 1 and self.worlds.size > 0:
            worst = answer_worst(self._arranged(self.ensemble.payoff(self.decider)), self.w)
            found.append(View("adversarial", "", "", "", 1.0, weights=worst))
        return tuple(found)

    def view(self, name: str) -> View:
        """A view by its kind, or by its profile's name.

        Raises:
            ValueError: There is none.
        """
        views = {each.name or each.kind: each for each in self.views}
        if name not in views:
            raise ValueError(f"there is no view `{name}`; there are {', '.join(f'`{known}`' for known in views)}")
        return views[name]

    def figures(self, kind: str, name: str, view: View | None = None) -> Figures:
        """An outcome or payoff under a view; uniform others without one."""
        every: list[Figures] = self.once((kind, name), lambda: self._figures(kind, name))
        return every[0 if view is None else self.views.index(view)]

    def payoffs(self, view: View | None = None) -> Payoffs:
        """The decider's payoff under a view; uniform others without one."""
        of = self.figures("payoff", self.decider, view)
        made: Payoffs = self.once(
            ("payoffs", id(of)),
            lambda: Payoffs(
                self.labels,
                of.mean,
                self.inputs,
                of.halves,
                weights=self.weights,
                stratified=self.stratified,
                doubt=self._doubt(view),
            ),
        )
        return made

    def _doubt(self, view: View | None) -> Floats | None:
        if view is None or view.kind != "replies":
            return None
        return doubt_of_replies(self._arranged(self.ensemble.payoff(self.decider)) @ self.w, view.weights)

    def posteriors(self, view: View | None = None) -> Posteriors:
        """What other worlds and other replications say of the decider's payoff under a view."""
        payoffs = self.payoffs(view)
        made: Posteriors = self.once(("posteriors", id(payoffs)), lambda: find_posteriors(payoffs, self.seed))
        return made

    def once(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """What is made of the table at the first call, and kept with it."""
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]

    def _figures(self, kind: str, name: str) -> list[Figures]:
        """Of each view."""
        of, n = self.ensemble, self.ensemble.design.replications
        values = of.payoff(name) if kind == "payoff" else of.outcome(name)
        present = of.present.get(name) if kind == "outcome" else None
        if present is not None:
            shares = self._averaged(present)
            sums = self._averaged(np.where(present > 0.0, values * present, 0.0))
            means = np.divide(sums, shares, out=np.full_like(sums, np.nan), where=shares > 0.0)
            return [Figures(mean, None, share) for mean, share in zip(means, shares, strict=True)]
        means = self._averaged(values)
        if n < 2:
            return [Figures(mean, None) for mean in means]
        first, split = self._averaged(of.halves[of.measures.index((kind, name))]), n // 2
        halves = np.stack([first, (means * n - first * split) / (n - split)], axis=-1)
        return [Figures(mean, half if np.isfinite(half).all() else None)
                for mean, half in zip(means, halves, strict=True)]  # fmt: skip

    def _averaged(self, values: Float[Floats, "profiles every"]) -> Float[Floats, "views strategies worlds"]:
        """The mean over each view's profiles, in the worlds that count."""
        weights = np.stack([view.weights for view in self.views], axis=1)
        with one_thread():
            return np.ascontiguousarray(np.moveaxis(weights @ self._arranged(values), 0, 1))

    def _arranged(self, values: Float[Floats, "profiles every"]) -> Float[Floats, "strategies others worlds"]:
        """By the decider's strategy, in the worlds that count; a view where nothing moves."""
        if self.worlds.size < values.shape[-1]:
            values = values[:, self.worlds]
        if not np.array_equal(self.place.ravel(), np.arange(self.place.size)):
            values = values[self.place.ravel()]
        return values.reshape(*self.place.shape, -1)


def decision_table(
    ensemble: Ensemble,
    *,
    replies: Floats | None = None,
    weights: Floats | None = None,
    seed: int = 0,
    fewest: int = FEWEST_WORLDS,
) -> DecisionTable:
    """Arrange an ensemble by the decider's strategy and what the others play.

    Args:
        ensemble: Every strategy of the decider against the same profiles of the others.
        replies: (profiles of the ensemble,), weights of the others' profiles as replies to the decider's strategy in
            each, summing to 1 over those with the same strategy.
        weights: (worlds of the design,), how much each counts; all alike without it.
        seed: Of the folds that figures are learned in.
        fewest: Sound worlds that are asked for.

    Raises:
        ValueError: The decider's strategies were not all run against the same profiles of the others, too few worlds
            are sound, replies do not sum to 1, or weights are not one a world, none negative and not all zero.
    """
    program, model, design = ensemble.program, ensemble.model, ensemble.design
    decider = program.players.index(model.decider)
    own = design.profiles[:, decider]
    others = np.delete(design.profiles, decider, axis=1)
    played = np.unique(own)
    groups, member = np.unique(others, axis=0, return_inverse=True)
    place = np.full((played.size, len(groups)), -1)
    place[np.searchsorted(played, own), member.ravel()] = np.arange(own.size)
    if own.size != place.size or (place < 0).any():
        raise UnanswerableError(Reason.OTHER_PROFILES, actor=model.decider)
    sound = np.flatnonzero((ensemble.counts > 0).all(axis=0))
    if sound.size < fewest:
        raise UnanswerableError(Reason.FEW_WORLDS, worlds=int(sound.size), least=fewest)
    check_scale(ensemble, (model.decider,), sound)
    inputs = inputs_of(model, design.worlds, sound)
    return DecisionTable(
        ensemble,
        model.decider,
        tuple(program.instances[decider][j] for j in played),
        place,
        worlds=sound,
        inputs=inputs,
        stratified=evenly_spread(model, design.worlds, sound, inputs),
        weights=None
        if weights is None
        else world_weights(world_weights(weights, design.worlds.size)[sound], sound.size),
        replies=None if replies is None else _replied(replies, place),
        seed=seed,
    )


def _replied(replies: Floats, place: npt.NDArray[np.int64]) -> Floats:
    if replies.shape != (place.size,) or (replies < 0.0).any():
        raise ValueError(f"replies must be {place.size} weights, one a profile, none negative")
    replied: Floats = replies[place]
    if not np.allclose(replied.sum(axis=1), 1.0):
        raise ValueError("replies must sum to 1 over the profiles with the same strategy of the decider")
    return replied
