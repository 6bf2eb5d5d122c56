"""What to run for the question of deals: paired arms with the same worlds and the same luck.

* `struck`: the deal in force at the outset (`struck_deals.py`), for every combination of levels of the two main terms,
  the others at their usual levels; then every other term's levels with the main ones at theirs; then, on a part of the
  worlds, the parties breaking their word.
* `without <variant>`: the study with each variant that the deal names as what its absence would mean.
* the same two with each circumstance: a variant that imposes something the deal is not about.

Who plays what is one sample of profiles for all arms, balanced over each actor's strategies: a Latin hypercube over
actors, through the inverse distribution of each actor's mixture. Parties play strategies that are not named as breach.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import numpy.typing as npt

from standoff.analysis.deals.struck import (
    Breachable,
    BreachRule,
    Observed,
    Struck,
    breaches,
    find_deal,
    is_weighed,
    keepers,
)
from standoff.analysis.findings import Floats, Reason, UnanswerableError
from standoff.analysis.runs.beliefs import draw_belief_worlds
from standoff.base.chance.sampling import unit_columns
from standoff.ensemble.design import Assigned, Design, Worlds, level_table
from standoff.ensemble.running import Size
from standoff.language.changed import Varied, changed
from standoff.language.expressions.tree import Symbol
from standoff.language.model import Deal, Model, Term
from standoff.program.compile import compile_model
from standoff.program.program import Program

__all__ = ["Arm", "DealPlan", "DealVaried", "circumstances_of", "deals_designs"]

Integers = npt.NDArray[np.int64]
_Row = tuple[int, int, int, int, int]
"""Sample, cell, other, rule and moment, as in `Arm`."""
_MOMENTS = 4
_BREACH_SAMPLES = 3


@dataclass(frozen=True, slots=True, eq=False)
class Arm:
    """One run of the plan.

    Attributes:
        name: What it is.
        program, design: What to run.
        sample: (rows,), which of the plan's profiles each row plays.
        cell: (rows,), which combination of the main terms, flat; −1 without the deal, and where another term varies.
        other: (rows,), which level of the other terms, counted over all of them; −1 where none varies.
        rule, moment: (rows,), which rule for breach, begun at which of the plan's moments; −1 where all keep.
        worlds: (worlds,), which of the plan's worlds it has.
    """

    name: str
    program: Program
    design: Design
    sample: Integers
    cell: Integers
    other: Integers
    rule: Integers
    moment: Integers
    worlds: Integers


@dataclass(frozen=True, slots=True, eq=False)
class DealPlan:
    """Everything to run for one deal.

    Attributes:
        model: The study, as the actors' beliefs and names are read.
        deal: As in the study.
        terms: The two main terms, or the only one.
        others: The other terms.
        without: Variants that say what no deal means.
        circumstances: Variants under which the question is asked again.
        rules: For breach.
        moments: Steps in which breach may begin.
        left_out: Strategies that can neither be changed over to nor from.
        worlds: All worlds.
        n_samples: How many profiles stand for who plays what.
        profiles: (samples, players), those profiles; every one that may be played where they are that few.
        chances: For each player those of its strategies, of which they are a sample.
        paths: Stocks whose mean over time is kept without the deal.
        arms: To run, in this order.
    """

    model: Model
    deal: Deal
    terms: tuple[Term, ...]
    others: tuple[Term, ...]
    without: tuple[str, ...]
    circumstances: tuple[str, ...]
    rules: tuple[BreachRule, ...]
    moments: tuple[int, ...]
    left_out: tuple[str, ...]
    worlds: Worlds
    n_samples: int
    profiles: Integers
    chances: tuple[Floats, ...]
    paths: tuple[str, ...]
    arms: tuple[Arm, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """Levels of each main term."""
        return tuple(len(term.levels) for term in self.terms)

    @property
    def n_futures(self) -> int:
        """In all arms."""
        return sum(arm.design.n_futures for arm in self.arms)


@dataclass(frozen=True, slots=True)
class DealVaried:
    """What is varied beside the deal itself.

    Attributes:
        play: For an actor the chances of its strategies, in the program's order; even by default. A party's are those
            of its strategies that keep the deal, or even where these have none.
        main: The two terms, or one, to vary together; the first two by default.
        circumstances: Variants under which to ask again; by default `circumstances_of`.
        paths: Stocks by whose course without the deal to sort worlds; all by default.
        strike: A variant that strikes the deal, where `during` does not say how.
    """

    play: Mapping[str, Sequence[float]] | None = None
    main: tuple[str, ...] | None = None
    circumstances: Sequence[str] | None = None
    paths: Sequence[str] | None = None
    strike: str | None = None


def deals_designs(
    model: Model,
    deal: str | None = None,
    *,
    size: Size = Size(256, 4),
    samples: int = 16,
    held: Assigned | None = None,
    varied: DealVaried = DealVaried(),
) -> DealPlan:
    """Plan the runs for one deal.

    Args:
        model: The study.
        deal: Its name; the first one by default.
        size: Worlds, drawn from the study and each dissenting actor's beliefs in equal parts; replications in each
            world, 2 or more, as one half values what the other chooses; and the seed of worlds and luck.
        samples: How many profiles stand for who plays what, at most; all are run where there are no more, each as
            likely as the next.
        held: Uncertainties and values at one number in every world.
        varied: What is varied beside the deal itself.

    Raises:
        ValueError: No deal, fewer than two replications, or an unknown term or variant.
    """
    if size.replications < 2:
        # a rule for breach is chosen on one half of the replications and valued on the other
        raise UnanswerableError(Reason.FEW_REPLICATIONS, replications=size.replications, least=2)
    chosen = find_deal(model, deal)
    terms, others = _main_terms(chosen, varied.main)
    steps = model.clock.steps
    moments = tuple(dict.fromkeys(k * steps // _MOMENTS for k in range(_MOMENTS)))
    asked = tuple(circumstances_of(model, chosen) if varied.circumstances is None else varied.circumstances)
    stocks = tuple(stock.name for stock in model.stocks) if varied.paths is None else tuple(varied.paths)
    drawn = draw_belief_worlds(model, size.worlds, size.seed, held)
    chances = _chances(model, chosen, varied.play or {})
    profiles = _sample(model, chances, samples, size.seed)
    frame = _Frame(
        model,
        chosen,
        terms,
        others,
        moments=moments,
        paths=stocks,
        worlds=drawn,
        size=size,
        profiles=profiles,
        strike=varied.strike,
    )
    program, own, rules, left_out = _struck_program(frame, ())
    breach = _breach_arm(frame, program, own, rules)
    arms = [_struck_arm(frame, program, own, ()), *(_without_arm(frame, name, ()) for name in chosen.without)]
    arms += [] if breach is None else [breach]
    for name in asked:
        there, of, _, _ = _struck_program(frame, (name,))
        arms.append(_struck_arm(frame, there, of, (name,)))
        arms += [_without_arm(frame, absent, (name,)) for absent in chosen.without]
    return DealPlan(
        model, chosen, terms, others, without=chosen.without, circumstances=asked, rules=rules, moments=moments,
        left_out=left_out, worlds=drawn, n_samples=len(profiles), profiles=profiles,
        chances=chances,
        paths=stocks, arms=tuple(arms),
    )  # fmt: skip


def circumstances_of(model: Model, deal: Deal) -> tuple[str, ...]:
    """Variants that only impose, and nothing that the deal or its absence is about: neither its mode nor its moves."""
    absent = [changed(model, [Varied(name)]) for name in deal.without]
    about = {one.target for other in absent for one in other.impositions}
    for mode in model.modes:
        moves = {Symbol("move", move.name) for move in mode.moves}
        if moves & about or Symbol("mode", mode.name) in about:
            about |= moves | {Symbol("mode", mode.name)}
    found = []
    for variant in model.variants:
        sections = {name.text for name, _ in variant.patch.items}
        if (
            variant.name in (*deal.without, *model.applied)
            or sections - {"about", "impose"}
            or "impose" not in sections
        ):
            continue
        imposed = {one.target for one in changed(model, [Varied(variant.name)]).impositions}
        if not imposed & about:
            found.append(variant.name)
    return tuple(found)


@dataclass(frozen=True, slots=True, eq=False)
class _Frame:
    """What all arms share."""

    model: Model
    deal: Deal
    terms: tuple[Term, ...]
    others: tuple[Term, ...]
    moments: tuple[int, ...]
    paths: tuple[str, ...]
    worlds: Worlds
    size: Size
    profiles: Integers
    strike: str | None

    def with_variants(self, *names: str) -> Model:
        return changed(self.model, [Varied(name) for name in names if name])


def _main_terms(deal: Deal, main: tuple[str, ...] | None) -> tuple[tuple[Term, ...], tuple[Term, ...]]:
    names = [term.name for term in deal.terms]
    wanted = tuple(names[:2]) if main is None else main
    unknown = [name for name in wanted if name not in names]
    if unknown or not 1 <= len(wanted) <= 2:
        raise ValueError(f"`{deal.name}` has the terms {', '.join(names)}: name one or two of them")
    by_name = {term.name: term for term in deal.terms}
    return tuple(by_name[name] for name in wanted), tuple(t for t in deal.terms if t.name not in wanted)


def _chances(model: Model, deal: Deal, play: Mapping[str, Sequence[float]]) -> tuple[Floats, ...]:
    """For each player those of its strategies, summing to one; parties play those that keep the deal."""
    found = []
    for player in model.players:
        size = len(model.instances(player))
        chances: Floats = np.asarray(play.get(player, np.ones(size)), dtype=np.float64)
        if chances.shape != (size,) or not (chances >= 0.0).all() or chances.sum() <= 0.0:
            raise ValueError(f"`{player}` has {size} strategies, and as many chances are needed, not all 0")
        if player in deal.parties:
            kept = np.isin(np.arange(size), keepers(model, deal, player))
            chances = np.where(kept, chances, 0.0) if chances[kept].sum() > 0.0 else kept.astype(np.float64)
        found.append(chances / chances.sum())
    return tuple(found)


def _sample(model: Model, chances: tuple[Floats, ...], n: int, seed: int) -> Integers:
    """(samples, players), balanced profiles; all of them where there are no more than n, and all as likely."""
    played = [np.flatnonzero(own) for own in chances]
    is_even = all(np.ptp(own[own > 0.0]) < 1e-12 for own in chances)
    if is_even and np.prod([own.size for own in played]) <= n:
        return np.array(list(product(*played)), dtype=np.int64)
    units = unit_columns([f"play of {player}" for player in model.players], n, seed, "latin hypercube")
    columns = [
        np.searchsorted(np.cumsum(own), unit, side="right").clip(max=own.size - 1)
        for own, unit in zip(chances, units, strict=True)
    ]
    return np.stack(columns, axis=1).astype(np.int64)


def _struck_program(
    frame: _Frame, circumstance: tuple[str, ...]
) -> tuple[Program, Deal, tuple[BreachRule, ...], tuple[str, ...]]:
    """The study with the deal struck; parties can break it where there is no circumstance."""
    model = frame.with_variants(*circumstance, frame.strike or "")
    deal = find_deal(model, frame.deal.name)
    strike = () if frame.strike else (Struck(deal.name),)
    model = changed(model, (*strike, Observed(deal.name, () if circumstance else frame.moments)))
    if circumstance:
        return compile_model(model), deal, (), ()
    return compile_model(changed(model, [Breachable(deal.name)])), deal, *breaches(model, deal)


def _struck_arm(frame: _Frame, program: Program, deal: Deal, circumstance: tuple[str, ...]) -> Arm:
    """Everybody keeps: every combination of the main terms, then, without circumstance, every other term's levels."""
    samples, n_cells = range(len(frame.profiles)), int(np.prod([len(term.levels) for term in frame.terms]))
    rows: list[_Row] = [(s, c, -1, -1, -1) for c in range(n_cells) for s in samples]
    if not circumstance:
        n_other = sum(len(term.levels) for term in frame.others)
        rows += [(s, -1, o, -1, -1) for o in range(n_other) for s in samples]
    name = " | ".join(("struck", *circumstance))
    return _arm(
        frame, name, program, rows, levels=_levels(frame, program, deal, (), rows=rows), stride=2 if circumstance else 1
    )


def _breach_arm(frame: _Frame, program: Program, deal: Deal, rules: tuple[BreachRule, ...]) -> Arm | None:
    """Every rule for breach from every moment, wherever the terms stand, on half of the worlds."""
    places = [(c, -1) for c in range(int(np.prod([len(term.levels) for term in frame.terms])))]
    places += [(-1, o) for o in range(sum(len(term.levels) for term in frame.others))]
    rows: list[_Row] = []
    for r, rule in enumerate(rules):
        i = program.players.index(rule.party)
        able = [s for s, row in enumerate(frame.profiles) if not is_weighed(program.instances[i][row[i]])]
        stride = max(1, len(able) // _BREACH_SAMPLES)
        few = able[::stride][:_BREACH_SAMPLES]
        rows += [(s, c, o, r, m) for c, o in places for m in range(len(frame.moments)) for s in few]
    if not rows:
        return None
    return _arm(frame, "breach", program, rows, levels=_levels(frame, program, deal, rules, rows=rows), stride=2)


def _levels(frame: _Frame, program: Program, deal: Deal, rules: tuple[BreachRule, ...], *, rows: list[_Row]) -> Floats:
    """(rows, terms), what each row sets."""
    levels = level_table(program, len(rows), {f"{deal.name}.{term.name}": term.usual for term in deal.terms})
    at = {name: i for i, (name, _) in enumerate(program.levels)}
    cells = list(np.ndindex(*(len(term.levels) for term in frame.terms)))
    choices = [(term, level) for term in frame.others for level in term.levels]
    for k, (_, cell, other, rule, moment) in enumerate(rows):
        if cell >= 0:
            for term, j in zip(frame.terms, cells[cell], strict=True):
                levels[k, at[f"{deal.name}.{term.name}"]] = term.levels[j]
        if other >= 0:
            levels[k, at[f"{deal.name}.{choices[other][0].name}"]] = choices[other][1]
        if rule >= 0:
            levels[k, at[f"{deal.name}.{rules[rule].term}"]] = frame.moments[moment] + 1.0
    return levels


def _without_arm(frame: _Frame, absent: str, circumstance: tuple[str, ...]) -> Arm:
    model = frame.with_variants(*circumstance, absent)
    deal = find_deal(model, frame.deal.name)
    program = compile_model(changed(model, [Observed(deal.name, (), () if circumstance else frame.paths)]))
    rows = [(s, -1, -1, -1, -1) for s in range(len(frame.profiles))]
    levels = level_table(program, len(rows), {})
    return _arm(
        frame,
        " | ".join((f"without {absent}", *circumstance)),
        program,
        rows,
        levels=levels,
        stride=2 if circumstance else 1,
    )


def _arm(frame: _Frame, name: str, program: Program, rows: list[_Row], *, levels: Floats, stride: int) -> Arm:
    sample, cell, other, rule, moment = (np.array(column, dtype=np.int64) for column in zip(*rows, strict=True))
    kept = np.arange(0, frame.worlds.size, stride)
    worlds = replace(
        frame.worlds,
        columns={n: column[kept] for n, column in frame.worlds.columns.items()},
        streams=frame.worlds.streams[kept],
    )
    design = Design(frame.profiles[sample], worlds, frame.size.replications, frame.size.seed, levels=levels)
    return Arm(name, program, design, sample, cell=cell, other=other, rule=rule, moment=moment, worlds=kept)
