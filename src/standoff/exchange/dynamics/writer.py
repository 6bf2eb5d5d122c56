"""One tree of PySD's as text: what it is in a step, or in the first."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar

from standoff.exchange.dynamics.functions import FUNCTIONS, NO_COUNTERPART, REDUCED, group, joined, number_text
from standoff.exchange.dynamics.parsed import key_of
from standoff.exchange.dynamics.unrolled import NotImportedError, Scope, Variable

if TYPE_CHECKING:
    from standoff.exchange.dynamics.expressions import Equations

__all__ = ["TooDeepError", "Writer", "constant_of"]

_COMPARISONS = {"=": "==", "<>": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_LOGIC = {":and:": "and", "and": "and", ":or:": "or", "or": "or"}
_TABLES = {"interpolate": "table", "extrapolate": "table_extended", "hold_backward": "table_stepped"}


class TooDeepError(Exception):
    """A start that would be too long to write out."""


@dataclass(slots=True)
class Writer:
    """Writes one tree."""

    equations: Equations
    scope: Scope
    variable: Variable
    is_first: bool
    within: dict[str, str] = field(default_factory=dict)

    def number(self, tree: Any) -> str:
        """A number, as text that binds as one thing where it is put in brackets."""
        constant = constant_of(tree)
        if constant is not None:
            return number_text(constant)
        kind = type(tree).__name__
        write = self._BY_KIND.get(kind)
        if write is None:
            raise NotImportedError(NO_COUNTERPART.get(kind, f"`{kind}`"))
        return write(self, tree)

    def part(self, tree: Any) -> str:
        """A number in brackets where it needs them."""
        return group(self.number(tree))

    def truth(self, tree: Any) -> str:
        """A truth."""
        if type(tree).__name__ != "LogicStructure":
            return f"{self.part(tree)} != 0"
        operators = [operator.lower() for operator in tree.operators]
        if operators[0] in (":not:", "not"):
            return f"not ({self.truth(tree.arguments[0])})"
        if operators[0] in _LOGIC:
            text = f"({self.truth(tree.arguments[0])})"
            for operator, argument in zip(operators, tree.arguments[1:], strict=True):
                text += f" {_LOGIC[operator]} ({self.truth(argument)})"
            return text
        left, right = (self.part(argument) for argument in tree.arguments)
        return f"{left} {_COMPARISONS[operators[0]]} {right}"

    def _logic(self, tree: Any) -> str:
        return f"(1 if {self.truth(tree)} else 0)"

    def _arithmetic(self, tree: Any) -> str:
        if list(tree.operators) == ["negative"]:
            return f"-{self.part(tree.arguments[0])}"
        parts = [self.part(argument) for argument in tree.arguments]
        operators = ["**" if operator == "^" else operator for operator in tree.operators]
        if len(parts) > 24 and set(operators) == {"+"}:
            return joined("+", parts)
        text = parts[0]
        for operator, part in zip(operators, parts[1:], strict=True):
            text = f"{text} {operator} {part}"  # powers bind from the right, there as here
        return text

    def _reference(self, tree: Any) -> str:
        key = key_of(tree.reference)
        scope = self.scope
        if key in scope.bound:
            if self.is_first:
                raise TooDeepError
            return scope.bound[key]
        if key == "time":
            return number_text(self.equations.clock["initial time"]) if self.is_first else self.equations.time
        if key in self.equations.clock:
            return number_text(self.equations.clock[key])
        found = self._found(key, tree)
        if found.is_lookup:
            raise NotImportedError(f"the table `{tree.reference}` outside a call")
        if self.is_first:
            return self.equations.start_of(scope, found)
        return self.equations.name_of(scope, found)

    def _found(self, key: str, tree: Any) -> Variable:
        scope = self.scope
        if key not in scope.dimensions:
            raise NotImportedError(f"`{tree.reference}`, which the model does not define")
        own = scope.variables.get((key, self.variable.subscripts))
        if tree.subscripts is None and not self.within and own is not None:
            return own
        within = {**self.variable.within, **self.within}
        written = tree.subscripts.subscripts if tree.subscripts is not None else scope.dimensions[key]
        chosen = tuple(scope.element(subscript, within) for subscript in written)
        found = scope.variables.get((key, chosen))
        if found is None:
            raise NotImportedError(f"`{tree.reference}` with the subscripts {', '.join(chosen) or 'left out'}")
        return found

    def _call(self, tree: Any) -> str:
        name = getattr(tree.function, "reference", "")
        key, arguments = key_of(name), tree.arguments
        scope = self.scope
        if key in scope.dimensions and any(v.is_lookup for (k, _), v in scope.variables.items() if k == key):
            return self._table(arguments[0], self._found(key, tree.function).tree)
        if key in self.equations.sections:
            texts = [self.number(argument) for argument in arguments]
            if self.is_first:
                raise TooDeepError
            return self.equations.macro(scope, self.equations.sections[key], texts)
        function = key.replace(" ", "_")
        if function in REDUCED:
            return self._reduced(function, arguments[0])
        if function == "if_then_else":
            test, then, other = arguments
            return f"({self.part(then)} if {self.truth(test)} else {self.part(other)})"
        if function == "active_initial":
            return self.number(arguments[1 if self.is_first else 0])
        if function == "elmcount":
            return str(len(scope.ranges[key_of(arguments[0].reference)]))
        if function not in FUNCTIONS:
            raise NotImportedError(f"the function `{name}`")
        time = number_text(self.equations.clock["initial time"]) if self.is_first else self.equations.time
        try:
            return FUNCTIONS[function](time, self.equations.dt, *(self.part(a) for a in arguments))
        except TypeError:
            raise NotImportedError(f"the function `{name}` with {len(arguments)} arguments") from None

    def _reduced(self, function: str, tree: Any) -> str:
        """A sum, product or extreme over the subscripts that are marked with `!`."""
        marked = sorted(_marked(tree))
        if not marked:
            raise NotImportedError(f"`{function}` over no marked subscript")
        ranges = [self.scope.ranges.get(name) for name in (key_of(mark) for mark in marked)]
        if any(found is None for found in ranges):
            raise NotImportedError(f"`{function}` over a range that the model does not define")
        parts = []
        for chosen in itertools.product(*(found for found in ranges if found is not None)):
            names = {f"{key_of(mark)}!": element for mark, element in zip(marked, chosen, strict=True)}
            parts.append(replace(self, within={**self.within, **names}).part(tree))
        return REDUCED[function](parts)

    def _table(self, argument: Any, lookup: Any) -> str:
        name = _TABLES.get(getattr(lookup, "type", ""))
        if name is None:
            raise NotImportedError(NO_COUNTERPART.get(type(lookup).__name__, "a table of this kind"))
        points = dict(zip(map(float, lookup.x), map(float, lookup.y), strict=True))
        x = sorted(points)
        if len(x) < 2:
            raise NotImportedError("a table of fewer than two points")
        shown = ", ".join(f"{number_text(a)}, {number_text(points[a])}" for a in x)
        return f"{name}({self.number(argument)}, {shown})"

    def _inline(self, tree: Any) -> str:
        return self._table(tree.argument, tree.lookups)

    def _remembered(self, tree: Any) -> str:
        """What looks back: in the first step its start; else what the stocks made for it say."""
        equations, kind = self.equations, type(tree).__name__
        if self.is_first:
            if kind in ("TrendStructure", "ForecastStructure"):
                raise TooDeepError
            return self.number(tree.initial)
        here = replace(self.variable, within={**self.variable.within, **self.within})
        if kind == "DelayFixedStructure":
            return equations.pipeline(self.scope, here, tree)
        if kind == "InitialStructure":
            return equations.initial(self.scope, here, tree)
        if kind == "TrendStructure":
            return equations.trend(self.scope, here, tree)
        if kind == "ForecastStructure":
            grown = equations.trend(self.scope, here, tree)
            return f"({self.part(tree.input)} * (1 + {grown} * {self.part(tree.horizon)}))"
        if kind == "IntegStructure":
            name = equations.names.fresh(f"{equations.name_of(self.scope, here)} stock")
            flow = equations.now(self.scope, here, tree.flow)
            return equations.carry(self.scope, here, name, flow, initial=tree.initial)
        return equations.chain(self.scope, here, tree, is_delay=kind.startswith("Delay"))

    _BY_KIND: ClassVar[dict[str, Callable[..., str]]] = {
        "ArithmeticStructure": _arithmetic,
        "LogicStructure": _logic,
        "ReferenceStructure": _reference,
        "CallStructure": _call,
        "InlineLookupsStructure": _inline,
        **dict.fromkeys(
            ("DelayStructure", "DelayNStructure", "DelayFixedStructure", "SmoothStructure", "SmoothNStructure",
             "InitialStructure", "TrendStructure", "ForecastStructure", "IntegStructure"), _remembered),
    }  # fmt: skip


def constant_of(tree: Any) -> float | None:
    """The number that a tree is; None where it is more than that."""
    if isinstance(tree, (int, float)) and not isinstance(tree, bool):
        return float(tree)
    if type(tree).__name__ == "ArithmeticStructure" and list(tree.operators) == ["negative"]:
        inner = constant_of(tree.arguments[0])
        return None if inner is None else -inner
    return None


def _marked(tree: Any) -> set[str]:
    """The ranges that stand with `!` below a tree."""
    if isinstance(tree, (tuple, list)):
        return set().union(*map(_marked, tree)) if tree else set()
    if isinstance(tree, str):
        return {tree[:-1]} if tree.endswith("!") else set()
    return set().union(*map(_marked, vars(tree).values())) if hasattr(tree, "__dict__") and vars(tree) else set()
