"""How a step ends futures: with which chance, in which branches, and how what goes on is drawn.

A future's weight is split in each step by the chance that it ends, over all branches of the events which that hangs on
(docs/method.md, "Rare ends"). What goes on is drawn as it is where no end happens: an event d of a branch r with
chance p happens with p G(r, d) / G(r), where G is the chance of no end in what is still open. Ends are drawn only in a
run that draws them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from standoff.base.source import Span
from standoff.language.expressions.tree import Binary, Call, Conditional, Expr, Number, Reference, Symbol, Unary
from standoff.language.model import Event
from standoff.language.model.causes import NONE, Cause, Causes, branches, settled
from standoff.language.model.causes import Branch as Settled
from standoff.program.branches import Branching, Instances, in_order, is_nothing, name_of
from standoff.program.expressions import product, reference, same
from standoff.program.program import Assignment, Branch, Varied

__all__ = ["Ends"]


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A branch with all causes settled: what each end takes of the whole weight, and the chance of no end in it."""

    branch: Settled
    shares: tuple[Expr | None, ...]
    going_on: Expr


class Ends:
    """The ends of a compiled step.

    Args:
        ends: Events that end, in the order of the file.
        causes: Of the model.
        step: Its assignments, with everything drawn.
        bounds: Event or move → what its luck must be below to happen, where no event or move above it did.
    """

    def __init__(
        self, ends: Sequence[Event], causes: Causes, step: Sequence[Assignment], bounds: dict[Symbol, Binary]
    ) -> None:
        self.ends = [Symbol("event", event.name) for event in ends]
        self.causes = causes
        self.bounds = bounds
        self.instances = Instances(step)
        self.branching = Branching(causes.of_ends if ends else (), self.instances)
        self.leaves = [self._leaf(branch) for branch in branches(self.branching.causes)] if ends else []
        self.shown: tuple[Settled, ...] = ()
        self.moved: dict[Symbol, Expr] = {}
        self._going: dict[Settled, Expr] = {leaf.branch: leaf.going_on for leaf in self.leaves}

    @property
    def span(self) -> Span:
        """Where faults of these equations are shown."""
        return self.instances.drawn[self.ends[0]].span

    def tell_apart(self, trees: Iterable[Expr], moved: Mapping[Symbol, Expr]) -> tuple[tuple[Branch, ...], Expr | None]:
        """The branches that end futures, as far as these expressions differ in them; and the chance that none does.

        `moved` says what becomes of what `final` reads.
        """
        self.moved = {symbol: tree for symbol, tree in moved.items() if self.branching.hangs_on(tree)}
        causes = frozenset[Cause]().union(*(self.branching.hangs_on(t) for t in (*trees, *self.moved.values())))
        groups: dict[Settled, list[_Leaf]] = {}
        for leaf in self.leaves:
            if any(leaf.shares):
                groups.setdefault(self.branching.restricted(leaf.branch, causes), []).append(leaf)
        self.shown = tuple(groups)
        found = tuple(self._branch(branch, leaves) for branch, leaves in groups.items())
        return found, self._rest([branch.ends for branch in found])

    def varied(self, tree: Expr) -> Varied:
        """An expression, and what it is in each branch where it differs."""
        if not self.branching.hangs_on(tree):
            return Varied(tree)
        return Varied(tree, tuple(self.branching.within(tree, branch) for branch in self.shown))

    def chances(self, wanted: Iterable[Symbol]) -> None:
        """The chance of events and moves, whatever else of the step they hang on."""
        for symbol in wanted:
            above = self.causes.of_event(symbol)
            chance = Branching(above, self.instances).expected(symbol, branches(above))
            target = Symbol("chance", symbol.name)
            self.instances.added[target] = replace(self.instances.like(symbol), target=target, value=chance, where=None)

    def step(self) -> tuple[Assignment, ...]:
        """The step's assignments in order: what hangs on no end as it was, and what goes on as it is without an end."""
        drawn = dict(self.instances.drawn)
        for k, cause in enumerate(self.branching.causes):
            drawn |= self._redrawn(cause, k)
        for end in self.ends:
            if not any(end in cause.symbols for cause in self.branching.causes):
                span = drawn[end].span
                happened = Binary(span, "and", reference("hidden", "realised", span), drawn[end].value)
                drawn[end] = replace(drawn[end], value=happened)
        return in_order((*drawn.values(), *self.instances.added.values()))

    def _leaf(self, branch: Settled) -> _Leaf:
        truths, chance = settled(branch), self.branching.chance(branch)
        shares: list[Expr | None] = []
        alive: Expr | None = None
        for end in self.ends:
            own = self.branching.own(end, branch)
            span = own.span
            if end in truths:
                own = Number(span, float(truths[end]))
            if is_nothing(own):
                shares.append(None)
                continue
            parts = [chance, None if isinstance(own, Number) else own, alive]
            shares.append(product("*", [part for part in parts if part is not None]) or Number(span, 1.0))
            spared = Binary(span, "-", Number(span, 1.0), own)
            alive = spared if alive is None else Binary(span, "*", alive, spared)
        if alive is None:
            return _Leaf(branch, tuple(shares), Number(self.span, 1.0))
        return _Leaf(branch, tuple(shares), self._kept(f"no end where {name_of(branch)}", alive))

    def _branch(self, branch: Settled, leaves: Sequence[_Leaf]) -> Branch:
        where = f" where {name_of(branch)}" if branch else ""
        shares: list[Expr] = []
        for i, end in enumerate(self.ends):
            parts = [leaf.shares[i] for leaf in leaves]
            share = product("+", [part for part in parts if part is not None])
            shares.append(Number(self.span, 0.0) if share is None else self._kept(f"{end.name} ends{where}", share))
        total = product("+", [share for share in shares if not is_nothing(share)])
        assert total is not None
        moved = tuple((symbol, self.branching.within(tree, branch)) for symbol, tree in self.moved.items())
        return Branch(name_of(branch), tuple(shares), self._kept(f"ends{where}", total), moved)

    def _rest(self, ended: Sequence[Expr]) -> Expr | None:
        """1 minus all that ends; never below 0 by a rounding."""
        total = product("+", list(ended))
        if total is None:
            return None
        rest: Expr = Binary(self.span, "-", Number(self.span, 1.0), total)
        rest = Call(self.span, "max", self.span, (Number(self.span, 0.0), rest))
        return self._kept("going on", rest)

    def _chance_of_no_end(self, branch: Settled) -> Expr:
        """The chance that nothing ends, where the first causes are settled."""
        if branch not in self._going:
            self._going[branch] = self._over_outcomes(branch)
        return self._going[branch]

    def _over_outcomes(self, branch: Settled) -> Expr:
        cause = self.branching.causes[len(branch)]
        parts: list[Expr] = []
        all_sure = True
        for outcome in cause.outcomes(settled(branch)):
            chance = self.branching.step_chance(branch, cause, outcome)
            following = self._chance_of_no_end((*branch, (cause, outcome)))
            sure = _is_one(following)
            all_sure = all_sure and sure
            if chance is None or sure:
                parts.append(chance or following)
            else:
                parts.append(Binary(chance.span, "*", chance, following))
        total = product("+", parts)
        if all_sure or total is None:
            return Number(self.span, 1.0)
        return self._kept(f"no end where {name_of(branch)}" if branch else "no end", total)

    def _redrawn(self, cause: Cause, k: int) -> dict[Symbol, Assignment]:
        """The draw of a cause: from its chances in a run that draws ends, else from those where no end happens."""
        found: dict[Symbol, Assignment] = {}
        below: Expr | None = None
        for i, symbol in enumerate(cause.symbols):
            drawn, bound = self.instances.drawn[symbol], self.bounds[symbol]
            span = drawn.span
            realised = reference("hidden", "realised", span)
            spared = self._on_path((), k, i)
            limit = (
                bound.right if same(spared) == same(bound.right) else Conditional(span, bound.right, realised, spared)
            )
            under: Expr = Binary(span, "<", bound.left, limit)
            happened = under if below is None else Binary(span, "and", under, Unary(span, "not", below))
            found[symbol] = replace(drawn, value=happened)
            below = under
        return found

    def _on_path(self, branch: Settled, k: int, i: int) -> Expr:
        """The bound of a cause's symbol, by what was drawn of the causes before it."""
        if len(branch) == k:
            return self._bound(branch, self.branching.causes[k], i)
        cause = self.branching.causes[len(branch)]
        outcomes = cause.outcomes(settled(branch))
        options = [self._on_path((*branch, (cause, outcome)), k, i) for outcome in outcomes]
        chosen = options[-1]
        for outcome, option in reversed(list(zip(outcomes[:-1], options[:-1], strict=True))):
            if same(option) != same(chosen):
                happened = reference(cause.symbols[outcome].kind, cause.symbols[outcome].name, option.span)
                chosen = Conditional(option.span, option, happened, chosen)
        return chosen

    def _bound(self, branch: Settled, cause: Cause, i: int) -> Expr:
        """The chance, where no end happens, that one of the first symbols of a cause happens."""
        possible = cause.outcomes(settled(branch))
        parts = [self._spared(branch, cause, outcome) for outcome in range(i + 1) if outcome in possible]
        symbol = cause.symbols[i]
        total = product("+", parts) or Number(self.instances.drawn[symbol].span, 0.0)
        if isinstance(total, (Reference, Number)):
            return total
        where = f" where {name_of(branch)}" if branch else ""
        return self.instances.add(f"{symbol.name} and no end{where}", total, self.instances.like(symbol))

    def _spared(self, branch: Settled, cause: Cause, outcome: int) -> Expr:
        own = self.branching.step_chance(branch, cause, outcome)
        assert own is not None
        assert outcome != NONE
        before, after = (self._chance_of_no_end(b) for b in (branch, (*branch, (cause, outcome))))
        if _is_one(before):
            return own
        span = own.span
        spared = own if _is_one(after) else Binary(span, "*", own, after)
        positive = Binary(span, ">", before, Number(span, 0.0))
        return Conditional(span, Binary(span, "/", spared, before), positive, own)

    def _kept(self, name: str, value: Expr) -> Expr:
        if isinstance(value, (Reference, Number)):
            return value
        return self.instances.add(name, value, self.instances.like(self.ends[0]))


def _is_one(node: Expr) -> bool:
    return isinstance(node, Number) and node.value == 1.0
