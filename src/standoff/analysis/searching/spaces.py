"""Spaces of strategies: from a point of the unit cube to a strategy of the language, and to its text.

A tree asks of at most two things whether they lie below a value: `when: a and b`, `when: a`, `when: c`, else. It is
written as a strategy with settings (which thing is asked for, at which part of its range, what follows), so that all
trees of a space are one strategy to the program, and found ones are written with their numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence as SequenceOf
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import yaml

from standoff.analysis.findings import Floats
from standoff.base.units import Unit
from standoff.language.load import patched_model
from standoff.language.model import Instance, Model, SearchSpace
from standoff.language.text.reader import Mapping as YamlMapping
from standoff.language.text.reader import Node, Scalar, Sequence

__all__ = ["Asked", "Space", "shortest_rules", "space_of"]

_FIGURES = 3


@dataclass(frozen=True, slots=True)
class Variable:
    """One setting: one of its levels, or, where there are none, a number in a range."""

    name: str
    levels: tuple[float | str, ...] = ()
    low: float = 0.0
    high: float = 1.0
    is_whole: bool = False

    def at(self, u: float) -> float | str:
        """The level that a share from 0 to 1 stands for."""
        if self.levels:
            return self.levels[min(int(u * len(self.levels)), len(self.levels) - 1)]
        if self.is_whole:
            return float(np.floor(self.low + min(u, 1.0 - 1e-12) * (self.high - self.low + 1.0)))
        return _rounded(self.low + u * (self.high - self.low))


@dataclass(frozen=True, slots=True, eq=False)
class Space:
    """A space of strategies.

    Attributes:
        said: What the study says of it.
        model: The study, with the tree's strategy where the space is of trees.
        template: A strategy of the space, whose settings are put in place.
        variables: Its settings.
    """

    said: SearchSpace
    model: Model
    template: Instance
    variables: tuple[Variable, ...]

    @property
    def size(self) -> int:
        """How many variables a point has."""
        return len(self.variables)

    def at(self, point: Floats) -> Instance:
        """The strategy that a point of the unit cube stands for."""
        settings = tuple((v.name, v.at(float(u))) for v, u in zip(self.variables, point, strict=True))
        return replace(self.template, settings=settings)

    def text(self, instance: Instance, name: str = "") -> str:
        """A strategy of the space as it can be pasted into the study, under a name or that of the space."""
        said = self.said
        levels = {name: _written(level) for name, level in instance.settings}
        if said.strategy is not None:
            node = self.model.written.root.get("strategies")
            assert isinstance(node, YamlMapping)
            own = node.get(said.actor)
            assert isinstance(own, YamlMapping)
            body = _plain(own.get(said.strategy))
            body["settings"] = {name: _held(body["settings"][name], level) for name, level in levels.items()}
        else:
            rules = _found_rules(self.model, said, levels)
            chosen: Any = rules if not said.dimension else {said.dimension: rules, **dict(said.rest)}
            body = {"about": "Found by search", "choose": chosen}
        body.pop("name", None)
        patch = {"strategies": {said.actor: {name or said.name: body}}}
        return yaml.safe_dump(patch, sort_keys=False, allow_unicode=True, width=110, default_flow_style=None)


def space_of(model: Model, said: SearchSpace) -> Space:
    """The space that a study names.

    Raises:
        StudyError: A tree would read what its actor may not see; the message shows where.
    """
    if said.strategy is not None:
        strategy = next(s for s in model.strategies if s.actor == said.actor and s.name == said.strategy)
        ranges = {name: Variable(name, (), low, high, is_whole=name in said.whole) for name, low, high in said.within}
        variables = tuple(ranges.get(name, Variable(name, levels)) for name, levels in strategy.settings)
        return Space(said, model, strategy.instances[0], variables)
    each: list[Variable] = []
    for k in range(2**said.depth - 1):
        each += [Variable(f"on{k}", tuple(float(j) for j in range(len(said.within)))), Variable(f"at{k}")]
    each += [Variable(f"do{k}", said.options) for k in range(2**said.depth)]
    rules = _rules(model, said)
    chosen: Any = rules if not said.dimension else {said.dimension: rules, **dict(said.rest)}
    settings = {v.name: [v.levels[0] if v.levels else v.low] for v in each}
    body = {"settings": settings, "choose": chosen}
    text = yaml.safe_dump({"strategies": {said.actor: {said.name: body}}}, sort_keys=False, width=10_000)
    made = patched_model(model, text)
    strategy = next(s for s in made.strategies if s.actor == said.actor and s.name == said.name)
    return Space(said, made, strategy.instances[0], tuple(each))


def _written(level: float | str) -> float | str:
    """A level as one writes it: `8`, not `8.0`."""
    return int(level) if isinstance(level, float) and level.is_integer() else level


def _rounded(value: float) -> float:
    """To the digits that are written."""
    return float(f"{value:.{_FIGURES}g}")


@dataclass(frozen=True, slots=True)
class Asked:
    """Whether a thing lies below a value, and how that is written."""

    name: str
    value: float
    text: str


def shortest_rules(asked: SequenceOf[Asked], does: SequenceOf[str]) -> list[dict[str, str]]:
    """The rules of a tree of one or three questions, without what never or always holds, or makes no difference.

    Args:
        asked: The first question; then the one where it holds, and the one where it does not.
        does: What follows, in the order of the leaves.
    """
    first, *more = asked
    rules = [(first.text, does[0]), ("", does[-1])]
    if more:
        below, above = more
        yes = [(f"{first.text} and {below.text}", does[0]), (first.text, does[1])]
        if does[0] == does[1] or (below.name == first.name and below.value >= first.value):
            yes = [(first.text, does[0])]
        elif below.name == first.name:
            yes[0] = (below.text, does[0])
        is_above_possible = above.name != first.name or above.value > first.value
        rules = [*yes, *([(above.text, does[2])] if is_above_possible else []), ("", does[3])]
    while len(rules) > 1 and rules[-2][1] == rules[-1][1]:
        rules[-2:] = [("", rules[-1][1])]
    return [{"when": when, "then": then} if when else {"then": then} for when, then in rules]


def _found_rules(model: Model, said: SearchSpace, levels: Mapping[str, Any]) -> list[dict[str, str]]:
    """The rules of a tree that was found."""
    units = _units(model)
    asked = []
    for k in range(2**said.depth - 1):
        name, low, high = said.within[int(levels[f"on{k}"])]
        value = _rounded(low + levels[f"at{k}"] * (high - low))
        asked.append(Asked(name, value, f"{name} < {_number(units[name], value)}"))
    return shortest_rules(asked, [str(levels[f"do{k}"]) for k in range(2**said.depth)])


def _rules(model: Model, said: SearchSpace) -> list[dict[str, str]]:
    """The rules of a tree in which its settings stand."""
    asked = [_question(model, said, k) for k in range(2**said.depth - 1)]
    does = [f"do{k}" for k in range(2**said.depth)]
    if said.depth == 1:
        return [{"when": asked[0], "then": does[0]}, {"then": does[1]}]
    return [
        {"when": f"{asked[0]} and {asked[1]}", "then": does[0]},
        {"when": asked[0], "then": does[1]},
        {"when": asked[2], "then": does[2]},
        {"then": does[3]},
    ]


def _units(model: Model) -> dict[str, Unit]:
    return {thing.name: thing.unit for group in (model.stocks, model.quantities, model.reports) for thing in group}


def _number(unit: Unit, value: float) -> str:
    return f"{value:g}" if unit.is_dimensionless else f"{value:g} [{unit}]"


def _question(model: Model, said: SearchSpace, k: int) -> str:
    units = _units(model)
    each = [
        f"on{k} == {j} and {name} - {_number(units[name], low)} < at{k} * {_number(units[name], high - low)}"
        for j, (name, low, high) in enumerate(said.within)
    ]
    return f"({' or '.join(f'({one})' for one in each)})"


def _plain(node: Node | None) -> Any:
    match node:
        case Scalar():
            value = node.text
            return yaml.safe_load(value) if not node.style and _is_number(value) else value
        case Sequence():
            return [_plain(item) for item in node.items]
        case YamlMapping():
            return {name.text: _plain(value) for name, value in node.items}
    return None


def _held(said: Any, level: float | str) -> Any:
    """What a study says of a setting, its unit among it, with one level; called as the study calls that level."""
    if not isinstance(said, dict):
        return [level]
    levels = said["levels"]
    called = [text for name, text in levels.items() if _same(name, level)] if isinstance(levels, dict) else []
    return {**said, "levels": {level: called[0]} if called else [level]}


def _same(name: str, level: float | str) -> bool:
    return float(name) == level if _is_number(name) and not isinstance(level, str) else name == level


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
