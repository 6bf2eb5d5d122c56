"""Where along an assumption the choice flips, in a sentence: "Below x, A; above y, B; between, cannot tell"."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from standoff.analysis.linchpins.flips import Flips, Zone
from standoff.language.model import Instance, Parameter
from standoff.words.amounts import quantity, unit_words, with_unit
from standoff.words.names import name_labels
from standoff.words.numbers import plain
from standoff.words.text import capital, join, words

__all__ = ["End", "ends_of_flips", "level_words", "say_zones", "zones_apart"]


@dataclass(frozen=True, slots=True)
class End:
    """A stretch at one end of an assumption, and the strategies that may be best there.

    `low` is None where it begins with the range, `high` where it ends with it; `level` is the value of one that takes
    few.
    """

    strategies: tuple[str, ...]
    low: float | None
    high: float | None
    level: float | None = None


_Group = Callable[[Sequence[str]], str]


def say_zones(parameter: Parameter, flips: Flips, strategies: Sequence[Instance], title: str = "it") -> str:
    """Where along an assumption the choice changes, in a sentence.

    Strategies that cannot be told apart are named together. A flip is where what may be best on one side is not among
    what may be best on the other; each stretch goes as far as that holds. What the study says that the ends of the
    range mean is told with a stretch that lies in their half. `title` is how the sentence names the assumption.
    """
    zones = flips.zones

    def group(labels: Sequence[str]) -> str:
        return name_labels(labels, strategies, "or")

    if flips.levels:
        return _say_levels(parameter, flips, group, title)
    chain = zones_apart(zones)
    if not chain:
        everywhere = [label for label in zones[0].strategies if all(label in zone.strategies for zone in zones)]
        if everywhere and all(len(zone.strategies) == 1 for zone in zones):
            return f"Whatever {title} is, {group(everywhere)} is best."
        if everywhere:
            return f"Whatever {title} is, {group(everywhere)} may be best: no flip can be told."
        return f"Where along {title} the choice flips: the model cannot tell."
    parts, covered = [], 0
    for place, at in enumerate(chain):
        near = [zones[other].strategies for other in chain[max(place - 1, 0) : place + 2] if other != at]
        first, last = _stretch(zones, at, [label for labels in near for label in labels])
        covered += last - first + 1
        seen = dict.fromkeys(label for zone in zones[first : last + 1] for label in zone.strategies)
        parts.append(f"{_where(parameter, zones, first, last)}, {group(list(seen))}")
    ends_told = parts[0].startswith("below") and parts[-1].startswith("above")
    rest = "" if covered == len(zones) else f"; {'between' if ends_told else 'elsewhere'}, the model cannot tell"
    return f"{capital('; '.join(parts))}{rest}."


def ends_of_flips(flips: Flips) -> tuple[End, End] | None:
    """The lowest and the highest stretch, where no strategy that may be best in one may be best in the other."""
    zones = flips.zones
    if flips.levels:
        one, other = zones[0].strategies, zones[-1].strategies
        if not set(one).isdisjoint(other):
            return None
        return End(one, None, None, flips.levels[0]), End(other, None, None, flips.levels[-1])
    chain = zones_apart(zones)
    if not chain:
        return None
    found = []
    for at, near in ((chain[0], chain[1]), (chain[-1], chain[-2])):
        first, last = _stretch(zones, at, zones[near].strategies)
        seen = dict.fromkeys(label for zone in zones[first : last + 1] for label in zone.strategies)
        low = None if first == 0 else zones[first].low
        found.append(End(tuple(seen), low, None if last == len(zones) - 1 else zones[last].high))
    return (found[0], found[1]) if set(found[0].strategies).isdisjoint(found[1].strategies) else None


def _where(parameter: Parameter, zones: Sequence[Zone], first: int, last: int) -> str:
    """A stretch of the range: `below 0.25 a year, towards “nobody fears”`."""
    low, high = (quantity(end, parameter.unit) for end in (zones[first].low, zones[last].high))
    if first == 0:
        where = f"below {high}"
    elif last == len(zones) - 1:
        where = f"above {low}"
    else:
        where = f"from {low} to {high}"
    spread, middle = parameter.spread, (zones[0].low + zones[-1].high) / 2.0
    words = None
    if spread is not None and zones[last].high <= middle:
        words = spread.low_words
    elif spread is not None and zones[first].low >= middle:
        words = spread.high_words
    return f"{where}, towards “{words}”" if words else where


def zones_apart(zones: Sequence[Zone]) -> list[int]:
    """Zones from low to high of which each has nothing in common with the next.

    First the flip whose two sides reach furthest and have nothing in common, of equals the sharpest; then those
    beyond it.
    """
    sets = [set(zone.strategies) for zone in zones]
    apart = [(i, j) for i in range(len(zones)) for j in range(i + 1, len(zones)) if sets[i].isdisjoint(sets[j])]
    if not apart:
        return []

    def reach(pair: tuple[int, int]) -> tuple[float, int]:
        sides = [_stretch(zones, at, tuple(sets[other])) for at, other in (pair, pair[::-1])]
        seen = [set().union(*sets[first : last + 1]) for first, last in sides]
        clear = sides[0][1] < sides[1][0] and seen[0].isdisjoint(seen[1])
        return clear * sum(zones[last].high - zones[first].low for first, last in sides), pair[0] - pair[1]

    low, high = max(apart, key=reach)
    chain = [low, high]
    while after := next((k for k in range(chain[-1] + 1, len(zones)) if sets[k].isdisjoint(sets[chain[-1]])), None):
        chain.append(after)
    while (
        before := next((k for k in range(chain[0] - 1, -1, -1) if sets[k].isdisjoint(sets[chain[0]])), None)
    ) is not None:
        chain.insert(0, before)
    return chain


def _stretch(zones: Sequence[Zone], at: int, others: Sequence[str]) -> tuple[int, int]:
    """The first and last zone about one in which none of the other strategies may be best."""
    first = last = at
    while first > 0 and set(others).isdisjoint(zones[first - 1].strategies):
        first -= 1
    while last < len(zones) - 1 and set(others).isdisjoint(zones[last + 1].strategies):
        last += 1
    return first, last


def _say_levels(parameter: Parameter, flips: Flips, group: _Group, title: str) -> str:
    zones = flips.zones
    if all(zone.strategies == zones[0].strategies for zone in zones):
        is_significant = len(zones[0].strategies) == 1
        return f"Whatever {title} is, {group(zones[0].strategies)} {'is' if is_significant else 'may be'} best."
    parts = []
    for zone in zones:
        levels = [level for level in flips.levels if zone.low <= level <= zone.high]
        where = join([level_words(parameter, level) for level in levels], "or")
        parts.append(f"at {where}, {group(zone.strategies)}")
    return f"{capital('; '.join(parts))}."


def level_words(parameter: Parameter, level: float) -> str:
    """A level with its unit, or the kind that it stands for."""
    if parameter.spread is not None and parameter.spread.kinds:
        return words(parameter.spread.kinds[round(level)])
    return with_unit(plain(level), unit_words(parameter.unit))
