"""Texts of equations to checked expressions: parse, resolve, infer, compare with what is expected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from standoff.base.problems import Problem, StudyError
from standoff.base.source import Source, Span
from standoff.base.units import DIMENSIONLESS, Unit, in_base, parse_unit
from standoff.language.clock import PER_YEAR
from standoff.language.expressions.tree import Binary, Conditional, Expr, Number, Unary
from standoff.language.expressions.vectors import Unroller
from standoff.language.meaning.messages import disagreement, in_unit, quoted
from standoff.language.meaning.names import Declared, Names
from standoff.language.meaning.places import STEP, Place
from standoff.language.meaning.resolve import Resolver
from standoff.language.meaning.types import Inference
from standoff.language.model import NUMBER, TRUTH, Expression, Per, options
from standoff.language.model import Rule as ModelRule
from standoff.language.text.fields import scalar
from standoff.language.text.reader import Mapping as MappingNode
from standoff.language.text.reader import Node, Scalar, Sequence

__all__ = ["PERIODS", "Equations", "Rule"]

MOST_RULES = 100
Settings = Mapping[str, Declared]
_NO_SETTINGS: Settings = {}
_EVENT = parse_unit("event")
PERIODS: dict[str, Per] = {"step": "step", "day": "day", "week": "week", "month": "month", "quarter": "quarter",
                            "year": "year"}  # fmt: skip
_NOWHERE = Span(Source("", ""), 0, 0)


@dataclass(frozen=True, slots=True)
class Rule:
    """One of a list of rules, as read."""

    span: Span
    when: Scalar | None
    then: Scalar


@dataclass(slots=True)
class Equations:
    """Reads expressions under one symbol table; a broken one gives its problem and a stand-in."""

    names: Names
    problems: list[Problem]
    quantities: dict[str, Expr] = field(default_factory=dict)
    unroller: Unroller = field(init=False)
    _plain: Inference | None = None

    def __post_init__(self) -> None:
        self.unroller = Unroller(self.names.vectors)

    def tree(
        self, node: Scalar, place: Place, settings: Settings = _NO_SETTINGS, family: str | None = None
    ) -> Expr | None:
        """Parse and resolve; None, after a report, where it does not parse."""
        try:
            parsed = self.unroller.parse(node)
        except StudyError as error:
            if not any(name in node.text for name in self.names.unwritable):
                self.problems.extend(error.problems)
            return None
        return Resolver(self.names, place, self.problems, settings).resolve(parsed, family)

    def number(
        self,
        node: Scalar | None,
        place: Place,
        unit: Unit | None,
        label: str,
        *,
        settings: Settings = _NO_SETTINGS,
        literal_fits: bool = False,
    ) -> Expression:
        """A number in `unit` (None: any). With `literal_fits` a bare literal counts as in that unit."""
        tree = None if node is None else self.tree(node, place, settings)
        if node is None or tree is None:
            return _stand_in(node)
        return self.checked_number(node.span, tree, unit, label, settings=settings, literal_fits=literal_fits)

    def worth(
        self, node: Scalar, place: Place, precision: Expression, label: str, *, settings: Settings = _NO_SETTINGS
    ) -> Expression:
        """An option's worth, which times the precision has no unit."""
        unit = DIMENSIONLESS / precision.unit
        return self.number(node, place, unit, label, settings=settings)

    def checked_number(
        self,
        span: Span,
        tree: Expr,
        unit: Unit | None,
        label: str,
        *,
        settings: Settings = _NO_SETTINGS,
        literal_fits: bool = False,
    ) -> Expression:
        """The same for a tree that was resolved before."""
        inference = self._inference(settings)
        found = inference.infer(tree)
        if found.type is not None and found.type.kind == "option":
            message = f"{label} should be a number, and {quoted(tree)} is an option of `{found.type.family}`"
            self.problems.append(Problem("wrong-type", tree.span, message, "compare it with `==`"))
            return _stand_in(None, span)
        is_literal = literal_fits and _is_bare_literal(tree)
        if unit is not None and found.unit is not None and not is_literal:
            tree = self.in_unit(tree, found.unit, unit, label)
        final = unit if unit is not None else found.unit if found.unit is not None else DIMENSIONLESS
        return Expression(span, tree, found.type or NUMBER, final)

    def in_unit(self, tree: Expr, found: Unit, unit: Unit, label: str) -> Expr:
        """A number that was found in a unit without scale, in the unit that it should be in."""
        factor, base = in_base(unit, self.names.scales)
        if found != base or (base != unit and base.is_dimensionless and _is_bare_literal(tree)):
            self._wrong_unit(tree, found, unit, label)
        return tree if base == unit else Binary(tree.span, "/", tree, Number(tree.span, factor, (base / unit).written))

    def unit_of(self, tree: Expr) -> Unit | None:
        """The unit of a resolved number; None where it fits any."""
        return self._inference(_NO_SETTINGS).number(tree)

    def truth(self, node: Scalar | None, place: Place = STEP, *, settings: Settings = _NO_SETTINGS) -> Expression:
        """A truth."""
        tree = None if node is None else self.tree(node, place, settings)
        if node is None or tree is None:
            return replace(_stand_in(node), type=TRUTH)
        self._inference(settings).expect_truth(tree)
        return Expression(node.span, tree, TRUTH)

    def option(self, node: Scalar | None, place: Place, family: str, settings: Settings) -> Expression:
        """An expression whose value is one of the family's options."""
        tree = None if node is None else self.tree(node, place, settings, family)
        if node is None or tree is None:
            return replace(_stand_in(node), type=options(family))
        found = self._inference(settings).infer(tree).type
        if found is not None and found != options(family):
            what = f"an option of `{found.family}`" if found.kind == "option" else f"a {found.kind}"
            message = f"an option of `{family}` is expected, and {quoted(tree)} is {what}"
            self.problems.append(Problem("wrong-type", tree.span, message, None))
        return Expression(node.span, tree, options(family))

    def rate(self, parent: MappingNode, key: str, owner: str, place: Place = STEP) -> tuple[Expression, Per]:
        """A chance, hazard, mean count or growth, with the time it is for: that of `per`, or of its unit."""
        node = scalar(parent, key)
        written = scalar(parent, "per")
        per = PERIODS[written.text if written is not None else "step"]
        tree = None if node is None else self.tree(node, place)
        if node is None or tree is None:
            return _stand_in(node), per
        unit = self._inference(_NO_SETTINGS).number(tree)
        if unit is None or unit.is_dimensionless or (key == "count" and unit == _EVENT):
            return Expression(node.span, tree), per
        period = next((p for p in PER_YEAR if unit * parse_unit(p) in (DIMENSIONLESS, _EVENT)), None)
        if period is None or key == "chance":
            self._wrong_unit(tree, unit, DIMENSIONLESS, f"the {key} of `{owner}`")
        elif written is not None:
            message = f"{quoted(tree)} is per {period} by its unit, so that `per` says it twice"
            self.problems.append(Problem("keys-together", written.span, message, "leave `per` out"))
        return Expression(node.span, tree), per if period is None else PERIODS[period]

    def rules(self, node: Sequence) -> tuple[Rule, ...]:
        """A list of rules; the last, and only the last, has no `when`."""
        found: list[Rule] = []
        always: Span | None = None
        if len(node.items) > MOST_RULES:
            message = f"{len(node.items):,} rules stand here, and at most {MOST_RULES} are read"
            self.problems.append(
                Problem("too-many", node.items[MOST_RULES].span, message, "use `table`, or quantities")
            )
        for item in node.items[:MOST_RULES]:
            if not isinstance(item, MappingNode):
                continue
            when, then = scalar(item, "when"), scalar(item, "then")
            if always is not None:
                message = f"this rule is never reached: the one on line {always.line} always applies"
                self.problems.append(Problem("rule-unreachable", item.span, message, "move it up, or remove it"))
                continue
            if when is None and item.key("when") is None:
                always = item.span
            if then is not None:
                found.append(Rule(item.span, when, then))
        if always is None and 0 < len(node.items) <= MOST_RULES:
            message = "no rule applies where none of these `when` holds"
            self.problems.append(
                Problem("case-open", node.items[-1].span, message, "end with a rule that has only `then`")
            )
        return tuple(found)

    def option_rules(self, node: Node | None, place: Place, family: str, settings: Settings) -> tuple[ModelRule, ...]:
        """A single option expression, or rules for one."""
        if isinstance(node, Scalar):
            return (ModelRule(node.span, None, self.option(node, place, family, settings)),)
        if not isinstance(node, Sequence):
            return ()
        return tuple(
            ModelRule(
                rule.span,
                None if rule.when is None else self.truth(rule.when, place, settings=settings),
                self.option(rule.then, place, family, settings),
            )
            for rule in self.rules(node)
        )

    def conditional_tree(self, node: Node | None, place: Place = STEP) -> Expr | None:
        """A number's expression, or rules for one as nested conditionals; None where it is broken."""
        if isinstance(node, Scalar):
            return self.tree(node, place)
        if not isinstance(node, Sequence):
            return None
        parts = [
            (rule, None if rule.when is None else self.tree(rule.when, place), self.tree(rule.then, place))
            for rule in self.rules(node)
        ]
        result: Expr | None = None
        for rule, when, then in reversed(parts):
            if then is None or (rule.when is not None and when is None):
                return None
            result = then if when is None or result is None else Conditional(then.span, then, when, result)
        return result

    def _inference(self, settings: Settings) -> Inference:
        """The inference of one place; that without settings is kept, since most equations share it."""
        if self._plain is None:
            declared = {entry.symbol: entry for entry in self.names.symbols.values()}
            self._plain = Inference(declared, self.quantities, self.problems)
        if not settings:
            return self._plain
        local = {entry.symbol: entry for entry in settings.values()}
        return Inference({**self._plain.declared, **local}, self.quantities, self.problems)

    def _wrong_unit(self, tree: Expr, found: Unit, expected: Unit, label: str) -> None:
        code, advice = disagreement(expected, found, label, quoted(tree))
        if _is_bare_literal(tree) and code == "wrong-unit":
            advice = f"write `{tree.span.text} [{expected}]`"
        should = "have no unit" if expected.is_dimensionless else f"be in {in_unit(expected)}"
        is_in = "has no unit" if found.is_dimensionless else f"is in {in_unit(found)}"
        message = f"{label} should {should}, and {quoted(tree)} {is_in}"
        self.problems.append(Problem(code, tree.span, message, advice))


def _is_bare_literal(node: Expr) -> bool:
    if isinstance(node, Unary):
        node = node.operand
    return isinstance(node, Number) and node.unit is None


def _stand_in(node: Scalar | None, span: Span | None = None) -> Expression:
    """Something to go on with after a problem was reported; the study is refused in the end."""
    place = node.span if node is not None else span or _NOWHERE
    return Expression(place, Number(place, 0.0))
