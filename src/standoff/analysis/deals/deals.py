"""Is there a deal: which terms beat no deal for every party, would each keep its word, and what that hangs on.

`deals_designs` plans paired runs with the same luck, somebody runs them, and `deals_finding` answers. The methods are
in `docs/method-games.md`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from standoff.analysis.deals.agreement import Gains, Zone, figure_of, zone_of
from standoff.analysis.deals.enforcement import Keeping, keeping_of
from standoff.analysis.deals.hinges import (
    Contrast,
    Hinge,
    Mover,
    among,
    contrast_of,
    find_hinges,
    find_movers,
    part_of,
    split_by,
)
from standoff.analysis.deals.plan import Arm, DealPlan, deals_designs
from standoff.analysis.deals.sampling import sampling_error
from standoff.analysis.findings import FEWEST_WORLDS, Figure, Floats, Inputs, Reason, UnanswerableError
from standoff.analysis.games.normalform import Truths
from standoff.analysis.runs.beliefs import Belief, belief_weights
from standoff.analysis.runs.game_table import evenly_spread, inputs_of
from standoff.analysis.statistics.errors import without_additive
from standoff.analysis.statistics.regression import assign_folds
from standoff.analysis.statistics.resampling import resample_worlds
from standoff.ensemble.ensemble import Ensemble

__all__ = ["Deals", "OtherTerm", "deals_designs", "deals_finding"]


@dataclass(frozen=True, slots=True)
class OtherTerm:
    """A term beside the main ones at one of its levels, the main ones at their usual levels.

    Attributes:
        term, level: which.
        without: what no deal means.
        gains: of each party.
        words: of each party, whether it would keep its word.
    """

    term: str
    level: float
    without: str
    gains: tuple[Figure, ...]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Deals:
    """The answer to "is there a deal?". Arrays over terms have shape (levels of term 1, …).

    Attributes:
        deal, parties: which deal, whose consent it takes.
        terms, levels, usual: the main terms, their levels, and the level in ordinary runs.
        n_worlds, n_dropped, replications, samples: what it rests on; `samples` profiles stand for who plays what.
        dissent: where parties see an uncertainty differently from the study.
        effective_worlds: for each party, on how many worlds its belief really rests.
        zones: one for each meaning of "no deal".
        third: other actors with a payoff.
        third_gains, third_errors: (meanings of no deal, third actors, levels of term 1, …), under their beliefs.
        others: the other terms, one at a time.
        keeping: for each party, whether it would keep its word.
        is_kept: every party is shown to keep its word.
        is_broken: some party is shown to break it.
        in_force: share of steps in which the deal stands while all keep it.
        contested: the combination at which all gain in the share of worlds nearest to a half, against the first
            meaning of no deal: where consent is most in doubt.
        hinges: what consent hangs on there.
        movers: assumptions with which the zone against the first meaning of no deal grows or shrinks.
        contrasts: how the zone changes with the course of stocks and with imposed circumstances.
        left_out: strategies that could neither be changed over to nor from.
    """

    deal: str
    parties: tuple[str, ...]
    terms: tuple[str, ...]
    levels: tuple[tuple[float, ...], ...]
    usual: tuple[float, ...]
    n_worlds: int
    n_dropped: int
    replications: int
    samples: int
    dissent: tuple[Belief, ...]
    effective_worlds: tuple[float, ...]
    zones: tuple[Zone, ...]
    third: tuple[str, ...]
    third_gains: Floats
    third_errors: Floats
    others: tuple[OtherTerm, ...]
    keeping: tuple[Keeping, ...]
    is_kept: Truths
    is_broken: Truths
    in_force: Floats
    contested: tuple[float, ...]
    hinges: tuple[Hinge, ...]
    movers: tuple[Mover, ...]
    contrasts: tuple[Contrast, ...]
    left_out: tuple[str, ...]

    def to_arrow(self) -> pa.Table:
        """One row per meaning of no deal and combination of the main terms: gains with errors, zone, words."""
        rows: list[dict[str, Any]] = []
        for z, zone in enumerate(self.zones):
            for cell in np.ndindex(*zone.zone.shape):
                row: dict[str, Any] = {"without": zone.without}
                row |= {t: levels[k] for t, levels, k in zip(self.terms, self.levels, cell, strict=True)}
                for i, party in enumerate(self.parties):
                    row[f"gain of {party}"] = float(zone.gains[i][cell])
                    row[f"gain of {party} ±"] = float(zone.errors[i][cell])
                for i, actor in enumerate(self.third):
                    row[f"gain of {actor}"] = float(self.third_gains[z, i][cell])
                    row[f"gain of {actor} ±"] = float(self.third_errors[z, i][cell])
                row |= {
                    "in the zone": bool(zone.zone[cell]),
                    "shown": bool(zone.is_shown[cell]),
                    "excluded": bool(zone.is_excluded[cell]),
                    "all gain": float(zone.all_gain[cell]),
                    "all gain ±": float(zone.all_gain_error[cell]),
                }
                row |= {f"word of {kept.party}": kept.word(cell) for kept in self.keeping}
                rows.append(row)
        return pa.Table.from_pylist(rows)


def deals_finding(
    plan: DealPlan,
    ensembles: Sequence[Ensemble],
    *,
    by: Sequence[str] = (),
    resamples: int = 400,
    permutations: int = 199,
    seed: int = 1,
) -> Deals:
    """Answer from the plan's arms, run.

    Args:
        plan: From `deals_designs`.
        ensembles: One for each of its arms, in their order.
        by: Stocks by whose mean without the deal to split the worlds; without it the stock, of those that the plan
            kept, that the parties' gains move with most.
        resamples: Of the worlds.
        permutations: For what consent hangs on.
        seed: Of resamples, folds and permutations.

    Raises:
        ValueError: Ensembles that are not the plan's, too few sound worlds, or an unknown stock.
    """
    runs = _Runs(plan, tuple(ensembles))
    beliefs = belief_weights(plan.model, plan.worlds)
    sound = runs.sound()
    kept = np.flatnonzero(sound > 0.0)
    if kept.size < FEWEST_WORLDS:
        raise UnanswerableError(Reason.FEW_WORLDS, worlds=int(kept.size), least=FEWEST_WORLDS)
    parties = plan.deal.parties
    weights = {actor: _scaled(beliefs.of(actor)[kept]) for actor in beliefs.actors}
    study = _scaled(beliefs.study[kept])
    inputs = inputs_of(plan.model, plan.worlds, kept)
    even = evenly_spread(plan.model, plan.worlds, kept, inputs) if not np.ptp(study) else None
    folds = assign_folds(inputs)

    def gains_of(actors: tuple[str, ...], without: str, circumstance: str = "") -> Gains:
        gain, halves, by_profile = runs.gains(actors, without, circumstance)
        rows = kept if not circumstance else np.flatnonzero(sound[runs.worlds_of(circumstance)] > 0.0)
        whole = Gains(
            actors, tuple(term.levels for term in plan.terms), gain[..., rows], halves[..., rows],
            beliefs=np.array([weights[actor] for actor in actors]), study=study, inputs=inputs,
        )  # fmt: skip
        if not circumstance:
            settled = whole.gain.copy()
            for i, belief in enumerate(whole.beliefs):
                if not np.ptp(belief):
                    settled[i] = without_additive(even, settled[i], folds)
            sampling = _sampling(plan, whole, by_profile[..., rows])
            return replace(whole, sampling=sampling, settled=settled, stratified=even)
        there = np.isin(kept, runs.worlds_of(circumstance)[rows]).nonzero()[0]
        part = among(Gains(actors, whole.levels, np.zeros((1, kept.size)), np.zeros((2, 1, kept.size)),
                           beliefs=whole.beliefs, study=study, inputs=inputs), there)  # fmt: skip
        found = Gains(
            actors, whole.levels, whole.gain, whole.halves, beliefs=part.beliefs, study=part.study, inputs=part.inputs
        )
        return replace(found, sampling=_sampling(plan, found, by_profile[..., rows]))

    counts = resample_worlds(kept.size, resamples, seed).astype(np.float64)
    by_absence = [gains_of(parties, without) for without in plan.without]
    zones = tuple(
        zone_of(without, gains, counts, seed=seed) for without, gains in zip(plan.without, by_absence, strict=True)
    )
    third = tuple(p.actor for p in runs.of("struck")[1].program.payoffs if p.actor not in parties)
    third_gains, third_errors = _third(third, [gains_of(third, w) for w in plan.without], plan.shape)
    keeping = tuple(
        keeping_of(plan, party, runs.of("struck"), runs.maybe("breach"), weights=beliefs.of(party), sound=sound)
        for party in parties
    )
    words = {cell: [one.word(cell) for one in keeping] for cell in np.ndindex(*plan.shape)}
    is_kept = np.zeros(plan.shape, dtype=np.bool_)
    is_broken = np.zeros(plan.shape, dtype=np.bool_)
    for cell, said in words.items():
        is_kept[cell] = all(word == "keeps its word" for word in said)
        is_broken[cell] = any(word == "would breach" for word in said)
    cell = tuple(int(k) for k in np.unravel_index(int(np.abs(zones[0].all_gain - 0.5).argmin()), plan.shape))
    contrasts = [
        *_by_stocks(plan, runs, by_absence, counts, kept=kept, by=tuple(by)),
        *_by_circumstances(plan, gains_of, resamples, seed),
    ]
    return Deals(
        plan.deal.name, parties, tuple(t.name for t in plan.terms), tuple(t.levels for t in plan.terms),
        usual=tuple(t.usual for t in plan.terms), n_worlds=int(kept.size), n_dropped=plan.worlds.size - int(kept.size),
        replications=plan.arms[0].design.replications, samples=plan.n_samples,
        dissent=tuple(one for one in beliefs.dissent if one.actor in parties),
        effective_worlds=tuple(float(1.0 / (weights[party] ** 2).sum()) for party in parties),
        zones=zones, third=third, third_gains=third_gains, third_errors=third_errors,
        others=_other_terms(plan, runs, weights, kept, keeping=keeping, even=even), keeping=keeping, is_kept=is_kept,
        is_broken=is_broken, in_force=runs.in_force(study, kept),
        contested=tuple(term.levels[k] for term, k in zip(plan.terms, cell, strict=True)),
        hinges=find_hinges(by_absence[0], cell, permutations=permutations, seed=seed),
        movers=find_movers(by_absence[0], counts),
        contrasts=tuple(contrasts), left_out=plan.left_out,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class _Runs:
    """The plan's arms with what came out."""

    plan: DealPlan
    ensembles: tuple[Ensemble, ...]

    def __post_init__(self) -> None:
        arms = self.plan.arms
        same = len(arms) == len(self.ensembles) and all(
            run.model.digest == arm.program.model.digest
            and run.means.shape[1:] == (len(arm.sample), arm.worlds.size)
            and run.design.replications == arm.design.replications
            for arm, run in zip(arms, self.ensembles, strict=True)
        )
        if not same:
            raise ValueError(f"the plan has {len(arms)} arms, and each needs its own ensemble, in their order")

    def maybe(self, name: str) -> tuple[Arm, Ensemble] | None:
        return next(((a, e) for a, e in zip(self.plan.arms, self.ensembles, strict=True) if a.name == name), None)

    def of(self, name: str) -> tuple[Arm, Ensemble]:
        found = self.maybe(name)
        assert found is not None
        return found

    def worlds_of(self, circumstance: str) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return self.of(f"struck | {circumstance}" if circumstance else "struck")[0].worlds

    def sound(self) -> Floats:
        """(worlds of the plan,), 1 where every arm that has the world has sound futures in all its rows."""
        sound = np.ones(self.plan.worlds.size)
        for arm, run in zip(self.plan.arms, self.ensembles, strict=True):
            sound[arm.worlds] *= (run.counts > 0).all(axis=0)
            halves = [run.halves[run.measures.index(m)] for m in run.measures if m[0] == "payoff"]
            sound[arm.worlds] *= np.isfinite(np.array(halves)).all(axis=(0, 1))
        return sound

    def gains(self, actors: tuple[str, ...], without: str, circumstance: str) -> tuple[Floats, Floats, Floats]:
        """(actors, levels of term 1, …, worlds of the arm), its halves, averaged over who plays what; and by profile.

        The last has shape (actors, levels of term 1, …, profiles, worlds of the arm).
        """
        ending = f" | {circumstance}" if circumstance else ""
        arm, run = self.of(f"struck{ending}")
        _, absent = self.of(f"without {without}{ending}")
        shape, n = self.plan.shape, self.plan.n_samples
        rows = np.flatnonzero(arm.cell >= 0)
        assert (arm.sample[rows].reshape(-1, n) == np.arange(n)).all()
        both = []
        by_profile = np.empty((len(actors), *shape, n, arm.worlds.size))
        for i, actor in enumerate(actors):
            by_profile[i] = run.payoff(actor)[rows].reshape(*shape, n, -1) - absent.payoff(actor)
            halves = zip(run.half("payoff", actor), absent.half("payoff", actor), strict=True)
            both.append(
                [by_profile[i].mean(axis=-2), *((a[rows].reshape(*shape, n, -1) - b).mean(axis=-2) for a, b in halves)]
            )
        table = np.array(both).reshape(len(actors), 3, *shape, arm.worlds.size)
        return table[:, 0], np.moveaxis(table[:, 1:], 1, 0), by_profile

    def in_force(self, study: Floats, kept: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Floats:
        arm, run = self.of("struck")
        rows = np.flatnonzero(arm.cell >= 0)
        share = run.outcome("in_force")[rows][:, kept] @ study
        return np.asarray(share.reshape(*self.plan.shape, -1).mean(axis=-1))


def _sampling(plan: DealPlan, gains: Gains, by_profile: Floats) -> Floats:
    """(parties, levels of term 1, …), error of gains from the profiles that were not run."""
    own = [profiles @ belief for profiles, belief in zip(by_profile, gains.beliefs, strict=True)]
    found = np.array([sampling_error(each, plan.profiles, plan.chances) for each in own])
    return np.asarray(found.reshape(gains.gain.shape[:-1]))


def _third(third: tuple[str, ...], gains: list[Gains], shape: tuple[int, ...]) -> tuple[Floats, Floats]:
    """Expected gains of those whose consent it does not take."""
    size = (len(gains), len(third), *shape)
    means, errors = np.zeros(size), np.zeros(size)
    for z, absent in enumerate(gains):
        for i in range(len(third)):
            for cell in np.ndindex(*shape):
                sampling = np.broadcast_to(absent.sampling, absent.gain.shape[:-1])[i][cell]
                figure = figure_of(absent.spread[i][cell], absent.beliefs[i], float(sampling))
                means[(z, i, *cell)], errors[(z, i, *cell)] = figure.value, figure.error
    return means, errors


def _other_terms(
    plan: DealPlan,
    runs: _Runs,
    weights: dict[str, Floats],
    kept: np.ndarray[tuple[int], np.dtype[np.int64]],
    *,
    keeping: tuple[Keeping, ...],
    even: Inputs | None,
) -> tuple[OtherTerm, ...]:
    arm, run = runs.of("struck")
    found = []
    choices = [(term, level) for term in plan.others for level in term.levels]
    for without in plan.without:
        _, absent = runs.of(f"without {without}")
        for o, (term, level) in enumerate(choices):
            rows = np.flatnonzero(arm.other == o)
            gains = []
            for p in plan.deal.parties:
                by_profile = (run.payoff(p)[rows] - absent.payoff(p))[:, kept]
                off = sampling_error(by_profile @ weights[p], plan.profiles, plan.chances)
                gain = by_profile.mean(axis=0)
                if even is not None and not np.ptp(weights[p]):
                    gain = without_additive(even, gain, assign_folds(even))
                gains.append(figure_of(gain, weights[p], float(off)))
            found.append(OtherTerm(term.name, level, without, tuple(gains), words=tuple(k.others[o] for k in keeping)))
    return tuple(found)


def _by_stocks(
    plan: DealPlan, runs: _Runs, gains: list[Gains], counts: Floats,
    *, kept: np.ndarray[tuple[int], np.dtype[np.int64]], by: tuple[str, ...],
) -> list[Contrast]:  # fmt: skip
    """Split the worlds by the course of stocks without the deal."""
    unknown = [name for name in by if name not in plan.paths]
    if unknown:
        raise ValueError(f"the plan kept the course of {', '.join(plan.paths) or 'no stock'}, not of `{unknown[0]}`")
    found = []
    for without, absent in zip(plan.without, gains, strict=True):
        _, run = runs.of(f"without {without}")
        course = {name: run.outcome(f"mean_{name}").mean(axis=0)[kept] for name in plan.paths}
        varied = {name: column for name, column in course.items() if np.ptp(column) > 0.0}
        overall = absent.gain.reshape(len(absent.parties), -1, kept.size).mean(axis=1)

        def moved(name: str, varied: dict[str, Floats] = varied, overall: Floats = overall) -> float:
            return max((abs(float(np.corrcoef(varied[name], own)[0, 1])) for own in overall if np.ptp(own) > 0.0),
                       default=0.0)  # fmt: skip

        names = by or tuple(sorted(varied, key=moved, reverse=True)[:1])
        found += [split_by(name, without, absent, varied[name], counts=counts) for name in names if name in varied]
    return found


def _by_circumstances(plan: DealPlan, gains_of: Any, resamples: int, seed: int) -> list[Contrast]:
    """The zone under each imposed circumstance, on the same worlds."""
    if len(plan.circumstances) < 2:
        return []
    found = []
    for without in plan.without:
        data = [gains_of(plan.deal.parties, without, name) for name in plan.circumstances]
        counts = resample_worlds(data[0].study.size, resamples, seed).astype(np.float64)
        parts = tuple(
            part_of(name, float("nan"), gains, counts) for name, gains in zip(plan.circumstances, data, strict=True)
        )
        found.append(contrast_of("circumstances", without, parts, [(gains, counts) for gains in data]))
    return found


def _scaled(weights: Floats) -> Floats:
    return np.asarray(weights / weights.sum())
