"""A parsed model without subscripts: each element of an array is a variable of its own."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from standoff.exchange.dynamics.parsed import key_of

__all__ = ["MOST_VARIABLES", "NotImportedError", "Scope", "Variable", "ranges_of", "unroll"]

MOST_VARIABLES = 20_000


class NotImportedError(Exception):
    """What has no counterpart; the message says what."""


@dataclass(frozen=True, slots=True)
class Variable:
    """One number of the model.

    Attributes:
        key: The name as references compare it.
        written: As the file writes it.
        subscripts: The elements that it stands for; empty without an array.
        tree: PySD's tree of its equation.
        within: For each range of subscripts that its equation may read, the element that it stands for here.
        about, unit: What the file says of it.
        is_lookup: Whether it is a table to be called.
    """

    key: str
    written: str
    subscripts: tuple[str, ...]
    tree: Any
    within: Mapping[str, str]
    about: str = ""
    unit: str = ""
    is_lookup: bool = False


@dataclass(slots=True)
class Scope:
    """The variables that an equation sees: those of the model, or of one use of a macro.

    Attributes:
        variables: By key and subscripts.
        dimensions: For each key, its ranges or elements in order.
        ranges: Names of ranges to their elements.
        mapped: Pairs of ranges of which one stands for the other, place by place.
        bound: A macro's parameters to the texts that they stand for.
        prefix: Before the names of a macro's variables.
    """

    variables: dict[tuple[str, tuple[str, ...]], Variable] = field(default_factory=dict)
    dimensions: dict[str, tuple[str, ...]] = field(default_factory=dict)
    ranges: dict[str, tuple[str, ...]] = field(default_factory=dict)
    mapped: set[tuple[str, str]] = field(default_factory=set)
    bound: dict[str, str] = field(default_factory=dict)
    prefix: str = ""

    def element(self, subscript: str, within: Mapping[str, str]) -> str:
        """The element that a subscript means where the ranges stand for `within`."""
        name = key_of(subscript)
        if name in within:
            return within[name]
        if name not in self.ranges:
            return name
        for outer, here in within.items():
            if outer not in self.ranges or here not in self.ranges[outer]:
                continue
            if (outer, name) in self.mapped or (name, outer) in self.mapped:
                return self.ranges[name][self.ranges[outer].index(here)]
        for here in within.values():
            if here in self.ranges[name]:
                return here
        raise NotImportedError(f"the subscript `{subscript}` stands for no element here")

    def joined(self, one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
        """The ranges of an array of which two parts are defined apart: the smallest that hold both."""
        if len(one) != len(other):
            raise NotImportedError("an array of which parts have different numbers of subscripts")
        return tuple(a if a == b else self._holding(a, b) for a, b in zip(one, other, strict=True))

    def _holding(self, one: str, other: str) -> str:
        members = {*self.ranges.get(one, (one,)), *self.ranges.get(other, (other,))}
        holding = [name for name, elements in self.ranges.items() if members <= set(elements)]
        return min(holding, key=lambda name: len(self.ranges[name]), default="")


def ranges_of(section: Any, scope: Scope) -> None:
    """Fill the ranges of subscripts."""
    for found in section.subscripts:
        if isinstance(found.subscripts, dict):
            raise NotImportedError(f"the subscripts `{found.name}` stand in another file")
        members = [found.subscripts] if isinstance(found.subscripts, str) else found.subscripts
        listed: list[str] = []
        for member in map(key_of, members):
            listed += scope.ranges.get(member, (member,))
        scope.ranges[key_of(found.name)] = tuple(dict.fromkeys(listed))
        scope.mapped |= {(key_of(found.name), key_of(str(other))) for other in found.mapping}


def unroll(section: Any, scope: Scope) -> Iterator[tuple[str, str]]:
    """Fill the variables; yields the name and the reason of what cannot be unrolled."""
    for element in section.elements:
        key = key_of(element.name)
        try:
            for component in element.components:
                for variable in _variables(element, component, scope):
                    scope.variables[key, variable.subscripts] = variable
                    if len(scope.variables) > MOST_VARIABLES:
                        raise NotImportedError(f"its arrays have more than {MOST_VARIABLES:,} elements")
        except NotImportedError as error:
            yield element.name, str(error)


def _variables(element: Any, component: Any, scope: Scope) -> Iterator[Variable]:
    written, excepted = component.subscripts
    dimensions = tuple(map(key_of, written))
    if len(set(dimensions)) < len(dimensions):
        raise NotImportedError("an array that has one range twice")
    members = [scope.ranges.get(name, (name,)) for name in dimensions]
    without = {
        chosen
        for one in excepted
        for chosen in itertools.product(*(scope.ranges.get(key_of(name), (key_of(name),)) for name in one))
    }
    is_lookup = type(component).__name__ == "AbstractLookup"
    shape = tuple(len(names) for names, name in zip(members, dimensions, strict=True) if name in scope.ranges)
    key = key_of(element.name)
    scope.dimensions[key] = scope.joined(scope.dimensions.get(key, dimensions), dimensions)
    for places in itertools.product(*(range(len(names)) for names in members)):
        chosen = tuple(names[place] for names, place in zip(members, places, strict=True))
        if chosen in without:
            continue
        tree = component.ast
        if isinstance(tree, np.ndarray):
            at = tuple(p for p, name in zip(places, dimensions, strict=True) if name in scope.ranges)
            tree = tree.reshape(-1)[0] if tree.size == 1 else tree[at] if tree.shape == shape else _misfit()
            tree = float(tree)
        within = dict(zip(dimensions, chosen, strict=True))
        yield Variable(
            key,
            element.name,
            chosen,
            tree,
            within=within,
            about=element.documentation or "",
            unit=element.units or "",
            is_lookup=is_lookup,
        )


def _misfit() -> Any:
    raise NotImportedError("an array whose numbers do not fit its subscripts")
