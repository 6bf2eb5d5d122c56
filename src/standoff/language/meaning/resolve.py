"""Names in expression trees to what they stand for.

A bare option (`build`) has a meaning only beside something that tells its family: the other side of a
comparison, the choice that a rule is for. There it wins over anything else of the same name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches

from standoff.base.problems import Problem, suggest
from standoff.base.units import Unit, in_base, parse_unit
from standoff.language.expressions.functions import FUNCTIONS, SEASONS, Argument
from standoff.language.expressions.tree import (
    Binary,
    Call,
    Conditional,
    Expr,
    Membership,
    Name,
    Number,
    Option,
    Reference,
    Unary,
)
from standoff.language.meaning.names import Declared, Names
from standoff.language.meaning.places import FINAL, OUTCOME, REDUCED, Place
from standoff.language.shape.kinds import TRUTH_WORDS

__all__ = ["Resolver"]

BROKEN = "?"
"""The family of something about which a problem was reported already: anything fits it."""

_STANDS_IN = {"arithmetic": "equations", "calendar": "equations of a step", "memory": "equations of a step",
              "chance": "payoffs and outcomes", "reducer": "outcomes"}  # fmt: skip


class Resolver:
    """Resolves trees of one place; what cannot be found is reported once and stays a `Name`."""

    def __init__(
        self, names: Names, place: Place, problems: list[Problem], settings: Mapping[str, Declared] | None = None
    ) -> None:
        self.names = names
        self.place = place
        self.problems = problems
        self.settings = settings or {}

    def resolve(self, node: Expr, family: str | None = None) -> Expr:
        """The resolved tree; `family` is that of the options that may stand here."""
        match node:
            case Name():
                return self._name(node, family)
            case Binary(operator=("==" | "!=")):
                return self._comparison(node)
            case Binary():
                return replace(node, left=self.resolve(node.left), right=self.resolve(node.right))
            case Unary():
                return replace(node, operand=self.resolve(node.operand))
            case Conditional():
                own = family or self.family_of(node)
                return replace(
                    node,
                    then=self.resolve(node.then, own),
                    test=self.resolve(node.test),
                    otherwise=self.resolve(node.otherwise, own),
                )
            case Membership():
                own = self.family_of(node.item) or BROKEN  # what is no option is reported as of the wrong type
                members = tuple(self.resolve(option, own) for option in node.options)
                return replace(node, item=self.resolve(node.item), options=members)
            case Call():
                return self._call(node)
            case Number(unit=str()):
                return self._literal(node)
            case _:
                return node

    def family_of(self, node: Expr) -> str | None:
        """The family whose options a tree has as values; None where it has none, or is itself a bare option."""
        match node:
            case Name():
                found = self._find(node)
                if found is None:
                    return None if self.names.with_option(node.text) else BROKEN
                if found.type is None and found.symbol.kind != "quantity":
                    return BROKEN
                return found.type.family if found.type is not None else None
            case Call(function="previous") if node.arguments:
                return self.family_of(node.arguments[0])
            case Conditional():
                return self.family_of(node.then) or self.family_of(node.otherwise)
            case _:
                return None

    def _comparison(self, node: Binary) -> Expr:
        left, right = self.family_of(node.left), self.family_of(node.right)
        if left == right == BROKEN and self._is_unknown(node.left) and self._is_unknown(node.right):
            left = right = None  # each was taken for an option of the other
        resolved = self.resolve(node.right, left)
        if isinstance(resolved, Option):
            return replace(node, left=self.resolve(node.left), right=resolved)
        return replace(node, left=self.resolve(node.left, right), right=resolved)

    def _is_unknown(self, node: Expr) -> bool:
        is_broken = isinstance(node, Name) and not self.names.broken.isdisjoint((node.text, node.parts[0]))
        return isinstance(node, Name) and not is_broken and self._find(node) is None

    def _find(self, node: Name) -> Declared | None:
        return self.settings.get(node.text) or self.names.find(node.text)

    def _name(self, node: Name, family: str | None) -> Expr:
        members = self.names.families.get(family, ()) if family else ()
        if node.text in members and family:
            return Option(node.span, family, members.index(node.text), node.text)
        found = self._find(node)
        if found is None:
            is_meant = get_close_matches(node.text, self.names.unwritable, n=1)
            if family != BROKEN and node.parts[0] not in self.names.broken and not is_meant:
                self.problems.append(self._not_found(node, family))
            return node
        if found.symbol.kind not in self.place.kinds:
            message = f"`{node.text}` is {found.what}, and {self.place.name} can read only {self.place.reads}"
            self.problems.append(Problem("wrong-place", node.span, message, self._place_advice(node, found)))
            return node
        return self._in_base(Reference(node.span, found.symbol), found.unit)

    def _in_base(self, node: Reference, unit: Unit | None) -> Expr:
        """What is in a unit with a scale is read in the unit that this is a multiple of."""
        factor, base = (1.0, unit) if unit is None else in_base(unit, self.names.scales)
        if unit is None or base is None or base == unit:
            return node
        return Binary(node.span, "*", node, Number(node.span, factor, (base / unit).written))

    def _literal(self, node: Number) -> Expr:
        if node.unit is None or not self.names.scales:
            return node
        try:
            unit = parse_unit(node.unit)
        except ValueError:  # reported where units are inferred
            return node
        factor, base = in_base(unit, self.names.scales)
        return node if base == unit else Number(node.span, node.value * factor, base.written, node)

    def _place_advice(self, node: Name, found: Declared) -> str | None:
        if self.place is OUTCOME:
            if found.symbol.kind in ("event", "move"):
                return f"write `ever({node.text})` or `count({node.text})`"
            return f"write `final({node.text})` or `mean({node.text})`"
        return None

    def _not_found(self, node: Name, family: str | None) -> Problem:
        text, names = node.text, self.names
        if text.lower() in TRUTH_WORDS:
            message = f"`{text}` has no meaning in an expression"
            return Problem("unknown-name", node.span, message, "a truth is 1 or 0, or compare; `when` may be left out")
        if family is not None:
            message = f"`{family}` has no option `{text}`"
            return Problem("unknown-option", node.span, message, suggest(text, names.families[family], "options"))
        head = node.parts[0]
        if len(node.parts) > 1 and head in names.dimensions:
            known = [f"{head}.{dimension}" for dimension in names.dimensions[head] if dimension] or [head]
            message = f"`{head}` has no choice `{'.'.join(node.parts[1:])}`"
            return Problem("unknown-name", node.span, message, suggest(text, known, "choices"))
        if len(node.parts) > 1 and head in names.deals:
            known = [f"{head}.{term}" for term in names.deals[head]]
            message = f"the deal `{head}` has no term `{'.'.join(node.parts[1:])}`"
            return Problem("unknown-name", node.span, message, suggest(text, known, "terms"))
        if text in names.dimensions:
            known = [f"{text}.{dimension}" for dimension in names.dimensions[text]]
            message = f"`{text}` is an actor with several choices, and none of them is named here"
            return Problem("unknown-name", node.span, message, "write " + " or ".join(f"`{one}`" for one in known))
        if text in names.actors:
            return Problem("unknown-name", node.span, f"`{text}` is an actor without choices, and has no value")
        if text in names.deals:
            known = [f"{text}.{term}" for term in names.deals[text]]
            message = f"`{text}` is a deal, and only its terms have values"
            return Problem("unknown-name", node.span, message, "write " + " or ".join(f"`{one}`" for one in known))
        owners = names.with_option(text)
        if owners:
            message = f"`{text}` is an option of `{owners[0]}`, and stands here alone"
            return Problem("unknown-name", node.span, message, f"compare it: `{owners[0]} == {text}`")
        if text in names.vectors.axes:
            axes = names.vectors.axes[text]
            message = f"`{text}` is a vector over {' and '.join(f'`{axis}`' for axis in axes)}, and has no one value"
            advice = f"write `{text}[{', '.join(axes)}]`, or a `sum(… for … in {axes[0]})`"
            return Problem("unknown-name", node.span, message, advice)
        if text in names.vectors.indices:
            message = f"`{text}` is an index, which stands in square brackets"
            advice = f"give an element an entry of its own, such as `x_{next(iter(names.vectors.indices[text]), '')}`"
            return Problem("unknown-name", node.span, message, advice)
        known_names = [*names.symbols, *self.settings]
        return Problem("unknown-name", node.span, f"nothing is named `{text}`", suggest(text, known_names))

    def _call(self, node: Call) -> Expr:
        function = FUNCTIONS.get(node.function)
        if function is None:
            message = f"no function is named `{node.function}`"
            advice = suggest(node.function, FUNCTIONS, "functions")
            if self._find(Name(node.function_span, (node.function,))) is not None:
                advice = "a product is written with `*`"
            self.problems.append(Problem("unknown-function", node.function_span, message, advice))
            return Name(node.span, (node.function,))
        if node.function not in self.place.functions:
            self.problems.append(self._misplaced(node))
            return Name(node.span, (node.function,))
        wanted = self._wanted(node)
        if wanted is None:
            return Name(node.span, (node.function,))
        outer = self.place
        if outer is OUTCOME and (function.family == "reducer" or node.function in ("ever", "count")):
            self.place = FINAL if node.function == "final" else REDUCED
        arguments = tuple(
            self._argument(node, argument, kind) for argument, kind in zip(node.arguments, wanted, strict=True)
        )
        self.place = outer
        return replace(node, arguments=arguments)

    def _misplaced(self, node: Call) -> Problem:
        family = FUNCTIONS[node.function].family
        if self.place is REDUCED or (self.place is FINAL and family == "reducer"):
            message = f"`{node.function}` looks over a whole future, and cannot stand inside another reducer"
            return Problem(
                "wrong-place", node.function_span, message, "take it apart, or name the inner part as a quantity"
            )
        message = f"`{node.function}` has no meaning in {self.place.name}"
        advice = f"it stands in {_STANDS_IN[family]}"
        return Problem("wrong-place", node.function_span, message, advice)

    def _wanted(self, node: Call) -> tuple[Argument, ...] | None:
        """The kinds of a call's arguments; None, after a report, where their number is wrong."""
        function, given = FUNCTIONS[node.function], len(node.arguments)
        required, optional = function.arguments, function.optional
        if required[-1:] == ("points",):
            points = given - len(required) + 1
            if points >= 4 and points % 2 == 0:
                return (*required[:-1], *(required[-1:] * points))
            message = f"`{node.function}` takes a number and at least two points x, y, and {_counted(given)} stand here"
            self.problems.append(
                Problem("wrong-arguments", node.span, message, f"write `{node.function}(x, x0, y0, x1, y1)`")
            )
            return None
        if node.function == "seasonal" and given not in SEASONS:
            message = f"`seasonal` takes 4, 7 or 12 values, and {_counted(given)} stand here"
            advice = "give one for each quarter, day of the week, or month"
            self.problems.append(Problem("wrong-arguments", node.span, message, advice))
            return None
        least, most = len(required), None if function.repeats else len(required) + len(optional)
        if given < least or (most is not None and given > most):
            expected = _counted(least) if most == least else f"{least} to {most}" if most else f"at least {least}"
            stand = "stands" if given == 1 else "stand"
            message = f"`{node.function}` takes {expected}, and {given or 'none'} {stand} here"
            self.problems.append(Problem("wrong-arguments", node.span, message))
            return None
        if function.repeats:
            return (*required, *(required[-1:] * (given - least)))
        return (*required, *optional)[:given]

    def _argument(self, call: Call, node: Expr, kind: Argument) -> Expr:
        if kind in ("event", "mode"):
            return self._named(call, node, kind)
        if kind == "happening" and self._is_happening(node):
            return self._named(call, node, "event")
        family = self.family_of(call.arguments[0]) if kind == "like" else None
        return self.resolve(node, family)

    def _is_happening(self, node: Expr) -> bool:
        """Whether an argument is the name of an event or move, and no condition."""
        found = self._find(node) if isinstance(node, Name) else None
        return found is not None and found.symbol.kind in ("event", "move")

    def _named(self, call: Call, node: Expr, kind: Argument) -> Expr:
        allowed = ("event", "move") if kind == "event" else ("mode",)
        what = "an event's name" if kind == "event" else "a mode's name"
        found = self._find(node) if isinstance(node, Name) else None
        if isinstance(node, Name) and found is None:
            return self._name(node, None)
        if found is not None and found.symbol.kind in allowed:
            return Reference(node.span, found.symbol)
        has = f"`{node.span.text}` is {found.what}" if found is not None else f"`{node.span.text}` stands here"
        message = f"`{call.function}` takes {what}, and {has}"
        advice = None
        self.problems.append(Problem("wrong-arguments", node.span, message, advice))
        return Name(node.span, ("",))


def _counted(count: int) -> str:
    return "1 argument" if count == 1 else f"{count} arguments"
