"""Types and units of resolved trees.

A number may have a unit, a truth counts as 0 or 1 without unit in arithmetic, an option belongs to a family.
A bare literal has no unit, but 0 fits any. What is not known, because a problem was reported already, fits
everything: `None` stands for it, so that one mistake is reported once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from standoff.base.problems import Problem
from standoff.base.units import DIMENSIONLESS, YEAR, Unit, parse_unit
from standoff.language.expressions.functions import FUNCTIONS, Function
from standoff.language.expressions.tree import (
    Binary,
    Call,
    Conditional,
    Expr,
    Membership,
    Number,
    Option,
    Reference,
    Symbol,
    Unary,
    walk,
)
from standoff.language.meaning.folding import fold
from standoff.language.meaning.messages import disagreement, in_unit, quoted
from standoff.language.meaning.names import Declared
from standoff.language.model import NUMBER, TRUTH, Type, options

__all__ = ["Found", "Inference"]

_YEAR_AND_MONTH = re.compile(r"(19|20|21)\d\d-(0[1-9]|1[0-2])")
_VERBS = {
    "+": "cannot add {right} to {left}",
    "-": "cannot subtract {right} from {left}",
}


@dataclass(frozen=True, slots=True)
class Found:
    """A tree's type and unit; None where not known, or where a unit fits any."""

    type: Type | None
    unit: Unit | None = DIMENSIONLESS


_UNKNOWN = Found(None, None)
_A_TRUTH = Found(TRUTH)


class Inference:
    """Types and units of trees under a symbol table; what does not agree is reported."""

    def __init__(
        self, declared: Mapping[Symbol, Declared], quantities: Mapping[str, Expr], problems: list[Problem]
    ) -> None:
        self.declared = declared
        self.quantities = quantities
        self.problems = problems
        self._types: dict[str, Type | None] = {}

    def infer(self, node: Expr) -> Found:
        """The type and unit of a tree."""
        match node:
            case Number():
                return self._literal(node)
            case Reference():
                return self._reference(node)
            case Option():
                return Found(options(node.family))
            case Unary(operator="not"):
                self.expect_truth(node.operand)
                return _A_TRUTH
            case Unary():
                return Found(NUMBER, self.number(node.operand))
            case Binary():
                return self._binary(node)
            case Membership():
                return self._membership(node)
            case Conditional():
                return self._conditional(node)
            case Call():
                return self._call(node)
            case _:
                return _UNKNOWN

    def number(self, node: Expr) -> Unit | None:
        """The unit of a tree that should be a number; a truth counts as one."""
        found = self.infer(node)
        if found.type is not None and found.type.kind == "option":
            message = f"{quoted(node)} is an option of `{found.type.family}`, and a number is expected"
            self._report("wrong-type", node, message, f"compare it, as `({quoted(node)[1:-1]} == …)`")
            return None
        return found.unit

    def expect_truth(self, node: Expr) -> None:
        """Report a tree that is not a truth."""
        found = self.infer(node)
        if found.type is None or found.type == TRUTH:
            return
        if found.type.kind == "option":
            message = f"{quoted(node)} is an option of `{found.type.family}`, and a truth is expected"
            self._report("wrong-type", node, message, "compare it with `==` or `in`")
        else:
            message = f"{quoted(node)} is a number, and a truth is expected"
            self._report("wrong-type", node, message, "compare it, as in `… > 0`")

    def agree(self, nodes: tuple[Expr, ...], what: str) -> Unit | None:
        """The one unit of several numbers; `what` begins the message where they differ."""
        common: Unit | None = None
        first: Expr | None = None
        for node in nodes:
            unit = self.number(node)
            if unit is None:
                continue
            if common is None or first is None:
                common, first = unit, node
            elif unit != common:
                sides = f"{quoted(first)} {in_unit(common)} and {quoted(node)} {in_unit(unit)}"
                self._differ(node, common, unit, quoted(first), right_text=quoted(node), message=f"{what}: {sides}")
                return None
        return common

    def _literal(self, node: Number) -> Found:
        if node.unit is None:
            return Found(NUMBER, None if node.value == 0 else DIMENSIONLESS)
        try:
            return Found(NUMBER, parse_unit(node.unit))
        except ValueError as error:
            self._report("unknown-unit", node, str(error), "write a unit as `[missile]`, `[USD/year]` or `[km^2]`")
            return Found(NUMBER, None)

    def _reference(self, node: Reference) -> Found:
        declared = self.declared[node.symbol]
        if node.symbol.kind == "quantity":
            return Found(self._type_of(node.symbol.name), declared.unit)
        return Found(declared.type, declared.unit)

    def _type_of(self, quantity: str) -> Type | None:
        """A quantity's type, from the form of its equation alone; a circle is somebody else's problem."""
        if quantity not in self._types:
            self._types[quantity] = None
            tree = self.quantities.get(quantity)
            form = None if tree is None else self._form(tree)
            self._types[quantity] = None if form is None or form.kind == "option" else form
        return self._types[quantity]

    def _form(self, node: Expr) -> Type | None:
        match node:
            case Binary(operator=("==" | "!=" | "<" | "<=" | ">" | ">=" | "and" | "or")):
                return TRUTH
            case Unary(operator="not") | Membership():
                return TRUTH
            case Conditional():
                forms = {self._form(node.then), self._form(node.otherwise)}
                return forms.pop() if len(forms) == 1 else None if None in forms else NUMBER
            case Reference():
                return self._reference(node).type
            case Call(function="previous"):
                return self._form(node.arguments[0])
            case Call():
                return TRUTH if FUNCTIONS[node.function].result == "truth" else NUMBER
            case Option():
                return options(node.family)
            case Number() | Unary() | Binary():
                return NUMBER
            case _:
                return None

    def _binary(self, node: Binary) -> Found:
        match node.operator:
            case "and" | "or":
                self.expect_truth(node.left)
                self.expect_truth(node.right)
                return _A_TRUTH
            case "==" | "!=":
                self._compare_equal(node)
                return _A_TRUTH
            case "<" | "<=" | ">" | ">=":
                self._same(node, "cannot compare {left} with {right}")
                return _A_TRUTH
            case "-" if _YEAR_AND_MONTH.fullmatch(node.span.text):
                year, month = node.span.text.split("-")
                date = round(int(year) + (int(month) - 1) / 12, 3)
                message = f"{quoted(node)} is a subtraction in an expression, not a date"
                self._report("date", node, message, f"`date` is a decimal year: write {date}")
                return _UNKNOWN
            case "+" | "-":
                return Found(NUMBER, self._same(node, _VERBS[node.operator]))
            case "**":
                return Found(NUMBER, self._power(node))
            case _:
                left, right = self.number(node.left), self.number(node.right)
                if left is None or right is None:
                    return Found(NUMBER, None)
                return Found(NUMBER, left * right if node.operator == "*" else left / right)

    def _same(self, node: Binary, sentence: str) -> Unit | None:
        left, right = self.number(node.left), self.number(node.right)
        if left is None or right is None:
            return left or right
        if left != right:
            sides = {"left": f"{quoted(node.left)} {in_unit(left)}", "right": f"{quoted(node.right)} {in_unit(right)}"}
            self._differ(
                node, left, right, quoted(node.left), right_text=quoted(node.right), message=sentence.format(**sides)
            )
            return None
        return left

    def _compare_equal(self, node: Binary) -> None:
        left, right = self.infer(node.left), self.infer(node.right)
        if left.type is None or right.type is None:
            return
        kinds = {left.type.kind, right.type.kind}
        if kinds == {"option"} and left.type != right.type:
            message = (
                f"{quoted(node.left)} is an option of `{left.type.family}` and {quoted(node.right)} of "
                f"`{right.type.family}`, which are different things"
            )
            self._report("wrong-type", node, message, None)
        elif "option" in kinds and len(kinds) > 1:
            option, other = (node.left, node.right) if left.type.kind == "option" else (node.right, node.left)
            message = f"cannot compare the option {quoted(option)} with {quoted(other)}, which is not one"
            self._report("wrong-type", node, message, None)
        elif left.unit is not None and right.unit is not None and left.unit != right.unit:
            sides = f"{quoted(node.left)} {in_unit(left.unit)} with {quoted(node.right)} {in_unit(right.unit)}"
            self._differ(
                node,
                left.unit,
                right.unit,
                quoted(node.left),
                right_text=quoted(node.right),
                message=f"cannot compare {sides}",
            )

    def _power(self, node: Binary) -> Unit | None:
        base, exponent = self.number(node.left), self.number(node.right)
        if exponent is not None and not exponent.is_dimensionless:
            message = f"the exponent {quoted(node.right)} {in_unit(exponent)} should have no unit"
            self._report("wrong-unit", node.right, message, None)
        if base is None or base.is_dimensionless:
            return base
        power = fold(node.right, {}).value
        if not isinstance(power, float):
            message = f"{quoted(node.left)} {in_unit(base)} is raised to a power that is not a plain number"
            self._report("wrong-unit", node, message, "divide it by a constant of the same unit first")
            return None
        return base**power

    def _membership(self, node: Membership) -> Found:
        item = self.infer(node.item).type
        if item is not None and item.kind != "option":
            message = f"{quoted(node.item)} is a {item.kind}, and `in` looks for an option"
            self._report("wrong-type", node.item, message, "compare it with `==`, joined by `or`")
            return _A_TRUTH
        for member in node.options:
            found = self.infer(member).type
            if item is not None and found is not None and found != item:
                message = f"{quoted(member)} is not an option of `{item.family}`"
                self._report("wrong-type", member, message, None)
        return _A_TRUTH

    def _conditional(self, node: Conditional) -> Found:
        self.expect_truth(node.test)
        then, otherwise = self.infer(node.then), self.infer(node.otherwise)
        if then.type is None or otherwise.type is None:
            return Found(then.type or otherwise.type, then.unit or otherwise.unit)
        if then.type == otherwise.type == TRUTH:
            return _A_TRUTH
        if "option" in (then.type.kind, otherwise.type.kind):
            if then.type != otherwise.type:
                message = f"the branches {quoted(node.then)} and {quoted(node.otherwise)} are different kinds of things"
                self._report("wrong-type", node.otherwise, message, None)
                return _UNKNOWN
            return then
        if then.unit is None or otherwise.unit is None:
            return Found(NUMBER, then.unit or otherwise.unit)
        if then.unit != otherwise.unit:
            message = (
                f"the branches differ in unit: {quoted(node.then)} {in_unit(then.unit)} and "
                f"{quoted(node.otherwise)} {in_unit(otherwise.unit)}"
            )
            self._differ(
                node.otherwise,
                then.unit,
                otherwise.unit,
                quoted(node.then),
                right_text=quoted(node.otherwise),
                message=message,
            )
            return Found(NUMBER, None)
        return Found(NUMBER, then.unit)

    def _call(self, node: Call) -> Found:
        function = FUNCTIONS[node.function]
        kinds = (*function.arguments, *function.optional)
        if not kinds:
            return Found(NUMBER)
        if function.arguments[-1:] == ("points",):
            return Found(NUMBER, self._table(node))
        if kinds[0] == "same":
            unit = self.agree(node.arguments, f"`{node.function}` takes numbers of one unit")
            return Found(NUMBER, unit)
        if function.name == "previous":
            return self._previous(node)
        unit = self._checked_argument(node, function)
        if function.name in ("delay", "smooth"):
            for steps in node.arguments[1::2]:
                self._whole(node, steps)
            self.agree((node.arguments[0], *node.arguments[2:3]), f"`{node.function}` takes numbers of one unit")
        match function.result:
            case "truth":
                return _A_TRUTH
            case "number" | "like":
                return Found(NUMBER, unit)
            case "ratio":
                return Found(NUMBER, None if unit is None else unit**0.5)
            case "year":
                return Found(NUMBER, YEAR)
            case _:
                return Found(NUMBER)

    def _checked_argument(self, node: Call, function: Function) -> Unit | None:
        """The unit of the first argument, which is of the kind that the table of functions says."""
        argument, kind = node.arguments[0], function.arguments[0]
        if kind == "number":
            return self.number(argument)
        if kind == "plain":
            unit = self.number(argument)
            if unit is not None and not unit.is_dimensionless:
                message = f"`{node.function}` takes a number without unit, and {quoted(argument)} is in {in_unit(unit)}"
                self._report("wrong-unit", argument, message, "divide it by a constant of the same unit")
        elif kind == "truth" or (kind == "happening" and not _is_event(argument)):
            self.expect_truth(argument)
        elif node.function == "chance" and self.infer(argument).type == NUMBER:
            message = f"{quoted(argument)} is a count, and has no chance of its own"
            self._report("wrong-arguments", argument, message, "use the count itself")
        return DIMENSIONLESS

    def _previous(self, node: Call) -> Found:
        found = self.infer(node.arguments[0])
        if len(node.arguments) == 1:
            return found
        start = self.infer(node.arguments[1])
        if found.type is None or start.type is None:
            return found
        if found.type != start.type:
            message = (
                f"`previous` starts from {quoted(node.arguments[1])}, which is not like {quoted(node.arguments[0])}"
            )
            self._report("wrong-arguments", node.arguments[1], message, None)
        elif found.unit is not None and start.unit is not None and found.unit != start.unit:
            first, second = (quoted(argument) for argument in node.arguments)
            sides = f"{first} {in_unit(found.unit)} and {second} {in_unit(start.unit)}"
            message = f"`previous` takes numbers of one unit: {sides}"
            self._report("wrong-unit", node.arguments[1], message, None)
        return found

    def _whole(self, node: Call, steps: Expr) -> None:
        least = 1 if node.function == "smooth" else 0
        value = fold(steps, {}).value
        is_constant = isinstance(steps, Reference) and steps.symbol.kind == "constant"
        is_whole = isinstance(value, float) and value.is_integer() and least <= value <= 1_000_000
        if not is_whole and not is_constant and self.infer(steps).type is not None:
            what = "looks back over" if steps is node.arguments[1] else "has for its order"
            number = "number of steps" if steps is node.arguments[1] else "number"
            message = f"`{node.function}` {what} a constant whole {number}, at least {least}"
            self._report("wrong-arguments", steps, message, "write a number, or the name of a constant")

    def _table(self, node: Call) -> Unit | None:
        argument, points = node.arguments[0], node.arguments[1:]
        for point in points:
            if any(isinstance(part, Reference) and part.symbol.kind != "constant" for part in walk(point)):
                message = f"the points of a table are constants, and {quoted(point)} is not"
                self._report("wrong-arguments", point, message, "write a number, or the name of a constant")
        self.agree((argument, *points[::2]), "a table reads x in one unit")
        return self.agree(points[1::2], "a table's values have one unit")

    def _differ(self, node: Expr, left: Unit, right: Unit, left_text: str, *, right_text: str, message: str) -> None:
        code, advice = disagreement(left, right, left_text, right_text)
        self._report(code, node, message, advice)

    def _report(self, code: str, node: Expr, message: str, advice: str | None) -> None:
        self.problems.append(Problem(code, node.span, message, advice))


def _is_event(node: Expr) -> bool:
    return isinstance(node, Reference) and node.symbol.kind in ("event", "move")
