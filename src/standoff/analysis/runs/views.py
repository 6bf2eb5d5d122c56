"""The decider's strategies against what the others may play: one table of profiles, and the views that weigh it.

A view says which of the others' profiles count, and how much. The same worlds and luck serve every strategy and every
view, so that differences between them are differences of play.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from standoff.analysis.findings import FEWEST_WORLDS, Floats, Inputs
from standoff.analysis.runs.game_table import inputs_of
from standoff.analysis.runs.payoffs import Payoffs
from standoff.ensemble.design import choose_profiles
from standoff.ensemble.ensemble import Ensemble
from standoff.language.model import Instance

__all__ = ["DecisionTable", "View", "decision_table", "find_views", "uniform_view"]

Kind = Literal["uniform", "profile", "adversarial", "replies"]


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """What the others are taken to play.

    Attributes:
        kind: `uniform`: every strategy of theirs alike; `profile`: a named profile of the study's, what it leaves open
            alike; `adversarial`: what is worst for the decider's strategy on average over worlds; `replies`: as given.
        name: Of the profile; empty otherwise.
        about: Of the profile, in the study's words.
        n_profiles: How many profiles of the others have weight, on average over the decider's strategies.
        weights: (strategies, profiles of the others), each row summing to 1.
    """

    kind: Kind
    name: str
    about: str
    n_profiles: float
    weights: Floats

    def average(self, values: Floats) -> Floats:
        """(…, strategies, worlds) of (…, strategies, profiles of the others, worlds)."""
        mean: Floats = (self.weights[:, None, :] @ values)[..., 0, :]
        return mean


@dataclass(frozen=True, slots=True, eq=False)
class DecisionTable:
    """An ensemble arranged by the decider's strategy and the others' profile.

    Attributes:
        ensemble: What was run.
        decider: The actor.
        strategies: Of the decider, those that were run.
        place: (strategies, profiles of the others), rows of the ensemble.
        worlds: Those in which every profile has a sound future, as indices.
        inputs: What differs between these worlds.
        stratified: Inputs whose columns are independent and evenly spread.
    """

    ensemble: Ensemble
    decider: str
    strategies: tuple[Instance, ...]
    place: npt.NDArray[np.int64]
    worlds: npt.NDArray[np.int64]
    inputs: Inputs
    stratified: tuple[str, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """Of the decider's strategies."""
        return tuple(instance.label for instance in self.strategies)

    @property
    def is_paid(self) -> bool:
        """Whether the decider has a payoff."""
        return any(payoff.actor == self.decider for payoff in self.ensemble.program.payoffs)

    def means(self, kind: str, name: str) -> Floats:
        """(strategies, profiles of the others, worlds) of an outcome or payoff."""
        of = self.ensemble
        return self._arranged(of.payoff(name) if kind == "payoff" else of.outcome(name))

    def halves(self, kind: str, name: str) -> Floats | None:
        """(2, strategies, profiles of the others, worlds), over each half of the replications; None with only one."""
        if self.ensemble.design.replications < 2:
            return None
        taken = self._arranged(self.ensemble.half(kind, name))
        return taken if np.isfinite(taken).all() else None

    def payoffs(self, view: View) -> Payoffs:
        """The decider's payoff under a view."""
        ((mean, batches),) = self.averages("payoff", self.decider, (view,))
        return Payoffs(self.labels, mean, self.inputs, batches, None, self.stratified)

    def averages(self, kind: str, name: str, views: Sequence[View]) -> list[tuple[Floats, Floats | None]]:
        """Under each view (strategies, worlds), and the same by half of the replications, the halves last."""
        means, halves = self.means(kind, name), self.halves(kind, name)
        return [
            (view.average(means), None if halves is None else np.moveaxis(view.average(halves), 0, -1))
            for view in views
        ]

    def _arranged(self, values: Floats) -> Floats:
        """(…, strategies, profiles of the others, worlds) of (…, profiles, worlds); a view where nothing moves."""
        if self.worlds.size < values.shape[-1]:
            values = values[..., self.worlds]
        shape = (*values.shape[:-2], *self.place.shape, values.shape[-1])
        if np.array_equal(self.place.ravel(), np.arange(self.place.size)):
            return values.reshape(shape)
        taken: Floats = values[..., self.place.ravel(), :].reshape(shape)
        return taken


def decision_table(ensemble: Ensemble) -> DecisionTable:
    """Arrange an ensemble by the decider's strategy and what the others play.

    Raises:
        ValueError: The decider's strategies were not all run against the same profiles of the others, or too few
            worlds are sound.
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
        raise ValueError(
            f"the strategies of `{model.decider}` were not run against the same profiles of the others, each once"
        )
    sound = np.flatnonzero((ensemble.counts > 0).all(axis=0))
    if sound.size < FEWEST_WORLDS:
        raise ValueError(f"{sound.size} worlds have a sound future in every profile; {FEWEST_WORLDS} are the fewest")
    inputs = inputs_of(model, design.worlds, sound)
    return DecisionTable(
        ensemble,
        model.decider,
        tuple(program.instances[decider][j] for j in played),
        place,
        sound,
        inputs,
        _stratified(ensemble, inputs.names, sound.size),
    )


def uniform_view(table: DecisionTable) -> View:
    """Every strategy of the others alike."""
    n_others = table.place.shape[1]
    return View("uniform", "", "", float(n_others), np.full(table.place.shape, 1.0 / n_others))


def find_views(table: DecisionTable, replies: Floats | None = None) -> tuple[View, ...]:
    """Every view of the others that the run can serve: uniform, named profiles, replies if given, adversarial.

    Args:
        table: The arranged ensemble.
        replies: (profiles of the ensemble,), weights of the others' profiles as replies to the decider's strategy in
            each, summing to 1 over those with the same strategy.

    Raises:
        ValueError: Replies of another shape, or that do not sum to 1.
    """
    n_others = table.place.shape[1]
    views = [uniform_view(table), *_named(table)]
    if replies is not None:
        if replies.shape != (table.place.size,) or (replies < 0.0).any():
            raise ValueError(f"replies must be {table.place.size} weights, one a profile, none negative")
        replied = replies[table.place]
        if not np.allclose(replied.sum(axis=1), 1.0):
            raise ValueError("replies must sum to 1 over the profiles with the same strategy of the decider")
        views.append(View("replies", "", "", float((replied > 0.0).sum(axis=1).mean()), replied))
    if table.is_paid and n_others > 1:
        views.append(View("adversarial", "", "", 1.0, answer_worst(table.means("payoff", table.decider))))
    return tuple(views)


def answer_worst(payoff: Floats) -> Floats:
    """The others' one profile that is worst on average for each of the decider's strategies, as weights.

    They know the strategy but not the world. The least of several means is too low by chance, by at most two standard
    errors of a difference if thirty profiles do the same; were it picked on other worlds than those it is valued on, an
    even design (McKay, Beckman & Conover 1979) would make what is low in some high in the rest, which errs by more.

    Args:
        payoff: The decider's, shape (strategies, profiles of the others, worlds).

    Returns:
        shape (strategies, profiles of the others), a one in each row.
    """
    worst = payoff.mean(axis=2).argmin(axis=1)
    weights: Floats = np.eye(payoff.shape[1])[worst]
    return weights


def _named(table: DecisionTable) -> Sequence[View]:
    """The study's named profiles that the run holds and that leave the decider every strategy."""
    ensemble = table.ensemble
    found = []
    for named in ensemble.model.profiles:
        allowed = {tuple(row) for row in choose_profiles(ensemble.program, named.name).tolist()}
        member = np.array([tuple(row) in allowed for row in ensemble.design.profiles.tolist()])[table.place]
        if member.any(axis=1).all():
            weights = member / member.sum(axis=1, keepdims=True)
            found.append(View("profile", named.name, named.about or "", float(member.sum(axis=1).mean()), weights))
    return found


def _stratified(ensemble: Ensemble, names: Sequence[str], n_sound: int) -> tuple[str, ...]:
    """Inputs that the design spreads evenly and independently; none once a world had to be left out."""
    worlds = ensemble.design.worlds
    if worlds.method not in ("latin hypercube", "sobol") or n_sound < worlds.size:
        return ()
    tied = {name for a, b, _ in ensemble.model.correlated for name in (a, b)}
    return tuple(name for name in names if name not in tied)
