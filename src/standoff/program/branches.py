"""Chances within a step, exactly: over the branches in which the events that something hangs on can turn out.

Nothing of a step is drawn twice. In a branch some events have happened and some have not; what hangs on them is worked
out anew with the same luck for all else. So a chance is an expectation over these events alone, given everything else
that is drawn. All of this is done with equations: whoever evaluates them needs to know nothing of branches.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from standoff.language.expressions.tree import Binary, Call, Expr, Number, Reference, Symbol, walk
from standoff.language.model.causes import NONE, Branch, Cause, holds, settled
from standoff.program.expressions import product, rebuild, reference
from standoff.program.program import Assignment

__all__ = ["Branching", "Instances", "in_order", "is_nothing", "name_of"]


class Instances:
    """A step's assignments, and those that branches add to them."""

    def __init__(self, step: Iterable[Assignment]) -> None:
        self.drawn = {assignment.target: assignment for assignment in step}
        self.added: dict[Symbol, Assignment] = {}

    def add(self, name: str, value: Expr, like: Assignment, where: Expr | None = None) -> Reference:
        """A hidden assignment of this name, made once; faults in it are those of `like`."""
        symbol = Symbol("hidden", name)
        self.added.setdefault(symbol, replace(like, target=symbol, value=value, where=where))
        return Reference(like.span, symbol)

    def like(self, symbol: Symbol) -> Assignment:
        """What a chance made of that of an event or move is shown as."""
        return replace(self.drawn[Symbol("own", symbol.name)], chance_of=None)


class Branching:
    """What a step is in branches of some causes."""

    def __init__(self, causes: tuple[Cause, ...], instances: Instances) -> None:
        self.causes = causes
        self.instances = instances
        self._cause_of = {symbol: cause for cause in causes for symbol in cause.symbols}
        self._hangs: dict[Symbol, frozenset[Cause]] = {}

    def hangs_on(self, node: Expr) -> frozenset[Cause]:
        """The causes that an expression hangs on."""
        symbols = {part.symbol for part in walk(node) if isinstance(part, Reference)}
        return frozenset().union(*(self._behind(symbol) for symbol in symbols))

    def restricted(self, branch: Branch, causes: Iterable[Cause]) -> Branch:
        """A branch as far as these causes go."""
        kept = set(causes)
        return tuple(pair for pair in branch if pair[0] in kept)

    def within(self, node: Expr, branch: Branch) -> Expr:
        """An expression in a branch."""
        if not branch:
            return node
        if isinstance(node, Reference):
            return self._reference(node, branch, settled(branch))
        return rebuild(node, lambda operand: self.within(operand, branch))

    def chance(self, branch: Branch) -> Expr | None:
        """The chance of a branch; None where it is certain."""
        if not branch:
            return None
        *before, (cause, outcome) = branch
        first, last = self.chance(tuple(before)), self.step_chance(tuple(before), cause, outcome)
        if first is None or last is None:
            return last if first is None else first
        like = self.instances.like(cause.symbols[outcome])
        return self.instances.add(f"chance that {name_of(branch)}", Binary(like.span, "*", first, last), like)

    def step_chance(self, before: Branch, cause: Cause, outcome: int) -> Expr | None:
        """The chance of a cause's outcome where causes before it are settled; None where it is certain."""
        happening = [i for i in cause.outcomes(settled(before)) if i != NONE]
        chances = [self.own(cause.symbols[i], before) for i in (happening if outcome == NONE else [outcome])]
        if outcome != NONE:
            return chances[0]
        if not chances:
            return None
        like = self.instances.like(cause.symbols[outcome])
        total = product("+", chances)
        assert total is not None
        rest: Expr = Binary(like.span, "-", Number(like.span, 1.0), total)
        if len(chances) > 1:  # their sum may exceed 1 by a rounding
            rest = Call(like.span, "max", like.span, (Number(like.span, 0.0), rest))
        before = self.restricted(before, self._behind(cause.symbols[0]))
        return self.instances.add(f"chance that {name_of((*before, (cause, outcome)))}, alone", rest, like)

    def own(self, symbol: Symbol, branch: Branch) -> Expr:
        """The chance of an event or move in a branch."""
        return self.within(reference("own", symbol.name, self.instances.drawn[symbol].span), branch)

    def expected(self, symbol: Symbol, leaves: Iterable[Branch]) -> Expr:
        """The chance of an event or move over all branches of what it hangs on."""
        parts: list[Expr] = []
        for leaf in leaves:
            own, chance = self.own(symbol, leaf), self.chance(leaf)
            if not is_nothing(own):
                parts.append(own if chance is None else Binary(own.span, "*", chance, own))
        return product("+", parts) or Number(self.instances.drawn[symbol].span, 0.0)

    def _behind(self, symbol: Symbol) -> frozenset[Cause]:
        """The causes that a symbol of the step hangs on, itself and what is above it included."""
        if symbol not in self._hangs:
            cause = self._cause_of.get(symbol)
            if cause is not None:
                above = (self._behind(Symbol("own", s.name)) for s in cause.symbols)
                self._hangs[symbol] = frozenset((cause,)).union(*above)
            elif symbol in self.instances.drawn:
                assignment = self.instances.drawn[symbol]
                where = frozenset[Cause]() if assignment.where is None else self.hangs_on(assignment.where)
                self._hangs[symbol] = self.hangs_on(assignment.value) | where
            else:
                self._hangs[symbol] = frozenset()
        return self._hangs[symbol]

    def _reference(self, node: Reference, branch: Branch, truths: Mapping[Symbol, bool]) -> Expr:
        symbol = node.symbol
        if symbol in truths:
            return Number(node.span, float(truths[symbol]))
        branch = self.restricted(branch, self._behind(symbol))
        if not branch:
            return node
        drawn, truths = self.instances.drawn[symbol], settled(branch)
        needed = None if drawn.where is None else holds(drawn.where, truths)
        if needed is False:
            return Number(node.span, 0.0)
        chance = self.chance(branch)
        possible = None if chance is None else Binary(node.span, ">", chance, Number(node.span, 0.0))
        wheres: list[Expr] = [] if possible is None else [possible]
        if drawn.where is not None and needed is None:
            wheres.append(self.within(drawn.where, branch))
        name = f"{symbol.kind} {symbol.name} where {name_of(branch)}"
        like = replace(drawn, shown=f"{drawn.shown}, where {name_of(branch)}")
        made = self.instances.add(name, self.within(drawn.value, branch), like, product("and", wheres))
        return Reference(node.span, made.symbol)


def name_of(branch: Branch) -> str:
    """A branch as people read it: `crisis and not spark`."""
    parts = []
    for cause, outcome in branch:
        parts += [f"not {s.name}" for s in cause.symbols] if outcome == NONE else [cause.symbols[outcome].name]
    return " and ".join(parts)


def in_order(assignments: Iterable[Assignment]) -> tuple[Assignment, ...]:
    """Assignments, each after what it reads, and otherwise as they come."""
    by_target = {assignment.target: assignment for assignment in assignments}
    done: dict[Symbol, Assignment] = {}
    for target in by_target:
        stack = [target]
        while stack:
            read = [s for s in _read(by_target[stack[-1]]) if s in by_target and s not in done]
            if read:
                stack += read
            else:
                symbol = stack.pop()
                done.setdefault(symbol, by_target[symbol])
    return tuple(done.values())


def _read(assignment: Assignment) -> list[Symbol]:
    trees = (assignment.value, *(() if assignment.where is None else (assignment.where,)))
    return [node.symbol for tree in trees for node in walk(tree) if isinstance(node, Reference)]


def is_nothing(node: Expr) -> bool:
    """Whether an expression is 0 as it stands."""
    return isinstance(node, Number) and node.value == 0.0
