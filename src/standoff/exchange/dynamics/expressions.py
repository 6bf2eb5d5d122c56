"""PySD's trees as expressions of the language, and what remembers as stocks of its own.

`now` writes what a tree is in a step. `first` writes what it is in the first, from constants alone: a stock's start.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from standoff.exchange.dynamics.functions import (
    group,
    is_number,
    number_text,
)
from standoff.exchange.dynamics.parsed import key_of
from standoff.exchange.dynamics.unrolled import NotImportedError, Scope, Variable, ranges_of, unroll
from standoff.exchange.dynamics.writer import TooDeepError, Writer, constant_of
from standoff.exchange.names import Names

__all__ = ["Equations", "Stock"]

_LONGEST, _DEEPEST = 3_900, 50


@dataclass(frozen=True, slots=True)
class Stock:
    """A number that is carried: where it starts, and what flows into it in a unit of time."""

    name: str
    start: str
    flow: str
    is_within: bool = True


@dataclass(slots=True)
class Equations:
    """Writes the equations of a model.

    Attributes:
        sections: Macros by key.
        dt: The time step, as it is written.
        clock: Control variables to their numbers.
        written: Quantities in the order in which they were written: name to expression.
        stocks: What is carried.
        constants: Name to number.
    """

    names: Names
    sections: Mapping[str, Any]
    clock: Mapping[str, float]
    time: str
    written: dict[str, str] = field(default_factory=dict)
    stocks: dict[str, Stock] = field(default_factory=dict)
    constants: dict[str, float] = field(default_factory=dict)
    used: dict[str, int] = field(default_factory=dict)
    _starting: list[Any] = field(default_factory=list)
    _depth: int = 0

    @property
    def dt(self) -> str:
        """The time step, written."""
        return number_text(self.clock["time step"])

    def define(self, scope: Scope, variable: Variable) -> None:
        """Write a variable: a constant, a stock, or a quantity."""
        if variable.is_lookup:
            return
        name, tree = self.name_of(scope, variable), variable.tree
        kind = type(tree).__name__
        number = constant_of(tree)
        if number is not None:
            self.constants[name] = number
        elif kind == "IntegStructure":
            self._integrate(scope, variable, name, tree)
        else:
            self.written[name] = self.now(scope, variable, tree)

    def name_of(self, scope: Scope, variable: Variable) -> str:
        """A variable's name in the study."""
        words = " ".join((scope.prefix, variable.written, *variable.subscripts))
        return self.names.of((scope.prefix, variable.key, variable.subscripts), words)

    def _integrate(self, scope: Scope, variable: Variable, name: str, tree: Any) -> None:
        flow = self.now(scope, variable, tree.flow)
        if getattr(tree, "non_negative", False):
            raise NotImportedError("a stock that is kept from falling below 0: write the limit into its outflow")
        self.carry(scope, variable, name, flow, initial=tree.initial)

    def carry(self, scope: Scope, variable: Variable, name: str, flow: str, *, initial: Any, times: str = "") -> str:
        """A stock; where its start hangs on more than constants, a quantity that looks back on itself."""
        try:
            start = self.first(scope, variable, initial) + times
            is_plain = len(start) < 1_000
        except TooDeepError:
            is_plain = False
        if is_plain:
            self.stocks[name] = Stock(name, start, flow)
        else:
            start = f"({self.now(scope, variable, initial)}){times}"
            self.written[name] = f"(previous({name} + {self.dt} * ({flow})) if step > 0 else {start})"
        return name

    # what a tree is in a step

    def now(self, scope: Scope, variable: Variable, tree: Any) -> str:
        """A tree's number in a step."""
        text = Writer(self, scope, variable, is_first=False).number(tree)
        if len(text) > _LONGEST:
            raise NotImportedError(f"an equation of more than {_LONGEST:,} characters")
        return text

    def first(self, scope: Scope, variable: Variable, tree: Any) -> str:
        """A tree's number in the first step, from constants alone."""
        self._depth += 1
        try:
            if self._depth > _DEEPEST:
                raise TooDeepError
            return Writer(self, scope, variable, is_first=True).number(tree)
        finally:
            self._depth -= 1

    def start_of(self, scope: Scope, variable: Variable) -> str:
        """What a variable is in the first step."""
        key = (scope.prefix, variable.key, variable.subscripts)
        if key in self._starting:
            raise NotImportedError(f"a start that hangs on itself, through `{variable.written}`")
        if constant_of(variable.tree) is not None:
            return self.name_of(scope, variable)
        self._starting.append(key)
        try:
            tree = variable.tree.initial if type(variable.tree).__name__ == "IntegStructure" else variable.tree
            text = self.first(scope, variable, tree)
        finally:
            self._starting.pop()
        if len(text) > 1_500:
            raise TooDeepError
        return text if text.isidentifier() or is_number(text) else f"({text})"

    def number_of(self, scope: Scope, variable: Variable, tree: Any, what: str) -> float:
        """A number that must be known beforehand."""
        number = constant_of(tree)
        if number is None and type(tree).__name__ == "ReferenceStructure":
            key = key_of(tree.reference)
            if key in self.clock:
                return self.clock[key]
            found = scope.variables.get((key, ()))
            number = None if found is None else constant_of(found.tree)
        if number is None:
            raise NotImportedError(f"{what} that is not a number or a constant")
        return number

    # what remembers

    def chain(self, scope: Scope, variable: Variable, tree: Any, *, is_delay: bool) -> str:
        """A smooth, or a material delay, of an order: a chain of stocks. The text of what leaves it."""
        order = self.number_of(scope, variable, tree.order, "an order")
        if not (order == int(order) and 1 <= order <= 50):
            raise NotImportedError("an order that is not a whole number from 1 to 50")
        n = int(order)
        entering = self.now(scope, variable, tree.input)
        time = self.now(scope, variable, tree.delay_time if is_delay else tree.smooth_time)
        stage = f"(({time}) / {n})"
        kind = "delay" if is_delay else "smooth"
        scale = ""
        if is_delay:
            try:
                scale = f" * ({self.first(scope, variable, tree.delay_time)}) / {n}"
            except TooDeepError:
                scale = f" * {stage}"
        for k in range(1, n + 1):
            name = self.names.fresh(f"{self.name_of(scope, variable)} {kind} {k}")
            leaving = f"{name} / {stage}" if is_delay else ""
            flow = f"{group(entering)} - {leaving}" if is_delay else f"({group(entering)} - {name}) / {stage}"
            self.carry(scope, variable, name, flow, initial=tree.initial, times=scale)
            entering = leaving or name
        return f"({entering})"

    def trend(self, scope: Scope, variable: Variable, tree: Any) -> str:
        """The growth of a number as TREND has it: the gap to its average, for each unit of time and of the average."""
        x, time = (group(self.now(scope, variable, part)) for part in (tree.input, tree.average_time))
        name = self.names.fresh(f"{self.name_of(scope, variable)} average")
        growth = group(self.now(scope, variable, tree.initial_trend))
        later = f"previous({name} + {self.dt} * ({x} - {name}) / {time})"
        self.written[name] = f"({later} if step > 0 else {x} / (1 + {growth} * {time}))"
        return f"(({x} - {name}) / ({time} * abs({name})) if abs({name}) >= 0.000001 else 0)"

    def pipeline(self, scope: Scope, variable: Variable, tree: Any) -> str:
        """What entered so long ago."""
        time = self.number_of(scope, variable, tree.delay_time, "a fixed delay's time")
        steps = max(1, math.ceil(time / self.clock["time step"] - 1e-6))
        x, start = (self.now(scope, variable, part) for part in (tree.input, tree.initial))
        name = self.names.fresh(f"{self.name_of(scope, variable)} enters")
        self.written[name] = x
        return f"(delay({name}, {steps}) if step >= {steps} else {self._kept(scope, variable, start)})"

    def initial(self, scope: Scope, variable: Variable, tree: Any) -> str:
        """What a number was in the first step."""
        return self._kept(scope, variable, self.now(scope, variable, tree.initial))

    def _kept(self, scope: Scope, variable: Variable, text: str) -> str:
        if is_number(text):
            return text
        name = self.names.fresh(f"{self.name_of(scope, variable)} initially")
        self.written[name] = f"(previous({name}) if step > 0 else {text})"
        return name

    def macro(self, scope: Scope, section: Any, arguments: Sequence[str]) -> str:
        """One use of a macro: its variables, written once more with what it was given."""
        key = key_of(section.name)
        self.used[key] = self.used.get(key, 0) + 1
        if len(scope.prefix) > 200 or sum(self.used.values()) > 1_000:
            raise NotImportedError("macros that use macros without end")
        if len(arguments) != len(section.params):
            raise NotImportedError(f"the macro `{section.name}` with {len(arguments)} arguments")
        names = []
        for parameter, text in zip(section.params, arguments, strict=True):
            name = self.names.fresh(f"{key} {self.used[key]} {parameter}")
            self.written[name] = text
            names.append(name)
        bound = {key_of(p): name for p, name in zip(section.params, names, strict=True)}
        inner = Scope(bound=bound, prefix=f"{scope.prefix} {key} {self.used[key]}".strip())
        ranges_of(section, inner)
        for name, reason in unroll(section, inner):
            raise NotImportedError(f"in the macro `{section.name}`: `{name}`: {reason}")
        for one in inner.variables.values():
            self.define(inner, one)
        result = inner.variables.get((key, ()))
        if result is None:
            raise NotImportedError(f"the macro `{section.name}`, which gives no single number")
        return self.name_of(inner, result)
