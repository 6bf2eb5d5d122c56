"""Boxes of worlds in sentences: what they are made of, why that box, and what CART makes of the same worlds."""

from __future__ import annotations

from standoff.analysis.discovery.discover import Box, Discovery
from standoff.analysis.discovery.second_opinion import SecondOpinion
from standoff.analysis.linchpins.regions import Region
from standoff.language.model import Model
from standoff.words.amounts import quantity
from standoff.words.names import quoted, strategy_words
from standoff.words.numbers import figure_percent, number, percent
from standoff.words.text import capital, few, join, words

__all__ = ["box_words", "dropped_words", "opinion_sentence", "region_sentence", "why_box"]


def box_words(model: Model, box: Box) -> str:
    """`“Chance that a crisis becomes war” is at least 0.04`, as it can follow "where"."""
    units = {parameter.name: parameter.unit for parameter in model.uncertain}
    kinds = {p.name: p.spread.kinds for p in model.uncertain if p.spread is not None}
    parts = []
    for name in box.names:
        limits = [limit for limit in box.limits if limit.name == name]
        lows = [f"at least {quantity(limit.low, units[name])}" for limit in limits if limit.low is not None]
        highs = [f"at most {quantity(limit.high, units[name])}" for limit in limits if limit.high is not None]
        of = [join([words(kinds[name][k]) for k in limit.levels], "or") for limit in limits if limit.levels is not None]
        parts.append(f"{quoted(model, name)} is {join([*lows, *highs, *of])}")
    return join(parts)


def region_sentence(model: Model, region: Region) -> str:
    """Which worlds these are, and the box that most of them lie in."""
    start = f"{capital(_kind(model, region))} ({percent(region.share)} of all)"
    box = region.found.recommended
    if not region.found.is_told:
        return f"{start}: where they lie cannot be told, as luck hides too much of which worlds these are."
    if box is None:
        return f"{start} are not set apart by a few assumptions."
    first, *others = region.found.holds
    said = (
        f"{start} lie mostly where {box_words(model, box)}: there {figure_percent(first.density)} are of this kind, "
        f"and {figure_percent(first.coverage)} of them lie there"
    )
    more = [
        f"of the rest, where {box_words(model, one)} "
        f"({figure_percent(held.density)}, and a further {figure_percent(held.coverage)})"
        for one, held in zip(region.found.further, others, strict=True)
    ]
    return "; ".join([said, *more]) + "."


def opinion_sentence(model: Model, opinion: SecondOpinion) -> str:
    """What CART makes of the worlds, and whether it names what PRIM names."""
    best = opinion.best
    if best is None:
        return "CART, which parts all worlds again and again, finds no leaf with more of them than chance explains."
    return (
        f"CART, which parts all worlds again and again, has them mostly where {box_words(model, best)}: "
        f"there {percent(best.density)} are of this kind, and {percent(best.coverage)} of them lie there. "
        f"{_agreement(model, opinion)}"
    )


def why_box(model: Model, found: Discovery) -> str:
    """What speaks for the recommended box beside what it holds; empty where nothing more can be said."""
    best = found.recommended
    if best is None:
        return ""
    k, said = len(best.names), []
    if found.richer is not None:
        more = found.richer
        added = join([quoted(model, name) for name in more.names if name not in best.names])
        said.append(
            f"Naming {len(more.names)} assumptions instead of {k}{f' ({added} too)' if added else ''} would give "
            f"coverage {percent(more.coverage)} and density {percent(more.density)}: too little gain for a longer "
            "story."
        )
    if found.plainer is not None:
        said.append(
            f"With {len(found.plainer.names)} instead of {k}, coverage would be {percent(found.plainer.coverage)} "
            f"and density {percent(found.plainer.density)}."
        )
    if found.resampling is not None:
        again = found.resampling
        often = join([f"{quoted(model, name)} in {percent(again.named.get(name, 0.0))}" for name in best.names])
        said.append(
            f"Searching again on {again.times} random halves named {often}; on the other halves such boxes had "
            f"coverage {percent(again.coverage)} and density {percent(again.density)}."
        )
    if found.dropped:
        limits = (
            "A further limit was"
            if len(found.dropped) == 1
            else f"{capital(few(len(found.dropped)))} further limits were"
        )
        said.append(f"{limits} left out, as chance alone would do as well.")
    return f"Why this box: {' '.join(said)}" if said else ""


def dropped_words(model: Model, found: Discovery) -> tuple[str, ...]:
    """The limits that were left out, each with how well chance alone would do."""
    return tuple(
        f"That {box_words(model, Box((limit,), 0, 0.0, 0.0, density=0.0, mass=0.0))} was left out: chance alone would "
        f"do as well with probability {number(limit.quasi_p or 0.0)}."
        for limit in found.dropped
    )


def _kind(model: Model, region: Region) -> str:
    named = {instance.label: instance for instance in model.instances(model.decider)}
    leader = strategy_words(named[region.leader])
    if region.kind == "better":
        return f"worlds where {strategy_words(named[region.subject])} does better than {leader}"
    if not region.subject:
        return f"worlds where {leader} breaks one of the {region.n_limits} limits"
    return f"worlds where {leader} breaks the limit on {quoted(model, region.subject)}"


def _agreement(model: Model, opinion: SecondOpinion) -> str:
    def said(names: tuple[str, ...]) -> str:
        return join([quoted(model, name) for name in names])

    both = opinion.both
    alone = [
        f"{who} alone {said(names)}" for who, names in (("the box", opinion.prim), ("CART", opinion.cart)) if names
    ]
    if both and not alone:
        return f"Both methods name the same assumption{'s' if len(both) > 1 else ''}."
    if both:
        return f"Both methods name {said(both)}; {join(alone)}."
    return f"They name different assumptions: {join(alone)}."
