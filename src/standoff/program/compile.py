"""Model to program: every construct of the language becomes expressions, in the order of a step."""

from __future__ import annotations

from dataclasses import replace

from standoff.base.collecting import uncollected
from standoff.base.source import Span
from standoff.language.expressions.tree import Binary, Call, Conditional, Expr, Number, Option, Reference, Symbol, walk
from standoff.language.model import Event, Mode, Model, Payoff, Stock
from standoff.language.model.causes import Causes
from standoff.language.model.imposed import Impositions
from standoff.program.ends import Ends
from standoff.program.expressions import bounded, rebuild, reference
from standoff.program.program import Branch, Carried, Ending, Measured, Paid, Program, Reduced, Varied
from standoff.program.step import StepCompiler
from standoff.program.watched import Watcher, series_names, tell, with_tally

__all__ = ["compile_model"]

_REDUCERS = ("final", "mean", "total", "peak", "minimum", "ever", "count", "first")


@uncollected()
def compile_model(model: Model, *, watching: bool = False) -> Program:
    """Lower a checked model to equations, in dependency order.

    Args:
        model: From `load_model`.
        watching: Whether what was seen can be told to the program (`standoff.program.watched`); futures of which
            nothing is told are then the same, with the log likelihood as one outcome more.
    """
    if not watching:
        return _Compiler(model).program()
    ends = frozenset(Symbol("event", event.name) for event in model.events if event.ends)
    watcher = Watcher(model.observed, ends)
    made = with_tally(_Compiler(model, watcher).program(), model.outcomes[0].span)
    silent = tuple((name, ()) for name in series_names(watcher, model.modes))
    return tell(replace(made, series=(*made.series, *silent)), {}, 0)


class _Compiler:
    def __init__(self, model: Model, watcher: Watcher | None = None) -> None:
        self.model = model
        self.steps = StepCompiler(model, watcher)
        self.low = self.steps.low
        self.lower = self.low.lower
        self.ends = [event for event in model.events if event.ends]
        self.reduced: list[Reduced] = []
        self.start_luck: dict[str, None] = {}
        self.draws = {draw.name: draw for draw in model.draws}

    def program(self) -> Program:
        model, low, steps = self.model, self.low, self.steps
        steps.compile()
        carried = (*(self._stock(s) for s in model.stocks), *(self._mode(m) for m in model.modes))
        checks = tuple((c.name, self.lower(c.condition.tree), c.span) for c in model.checks)
        worths = [self._worths(event) for event in self.ends]
        payoffs = [self._payoff(p) for p in model.payoffs]
        measured = tuple(self._outcome(o.name, o.measure.tree, o.span) for o in model.outcomes)

        ends = Ends(self.ends, Causes(model), steps.step, steps.bounds)
        ends.chances(low.chances)
        read = (
            *(tree for worth in worths for _, tree in worth),
            *(paid.each.drawn for paid in payoffs if paid.each is not None),
            *(r.argument.drawn for r in self.reduced if r.ending is None and r.kind != "final"),
        )
        branches, going_on = ends.tell_apart(read, self._read_at_the_end(carried))
        return Program(
            model=model,
            columns=tuple(p.name for p in model.uncertain),
            players=model.players,
            instances=tuple(model.instances(actor) for actor in model.players),
            levels=tuple((f"{d.name}.{t.name}", t.usual) for d in model.deals for t in d.terms),
            carried=carried,
            checks=checks,
            endings=tuple(
                Ending(
                    event.name,
                    reference("event", event.name, event.span),
                    tuple((payoff, ends.varied(tree)) for payoff, tree in worth),
                    event.span,
                )
                for event, worth in zip(self.ends, worths, strict=True)
            ),
            branches=branches,
            going_on=going_on,
            payoffs=tuple(p if p.each is None else replace(p, each=ends.varied(p.each.drawn)) for p in payoffs),
            reduced=tuple(_in_branches(reduced, ends, branches) for reduced in self.reduced),
            measured=measured,
            fired=tuple(steps.fired),
            series=(*((s.name, s.values) for s in model.series), *low.calendar.items()),
            luck=tuple(steps.luck),
            start_luck=tuple(self.start_luck),
            step=ends.step(),
            memories=tuple(low.memories),
        )

    def _stock(self, stock: Stock) -> Carried:
        symbol, span = Symbol("stock", stock.name), stock.span
        if stock.next is not None:
            following = self.lower(stock.next.tree)
        else:
            assert stock.growth is not None
            factor: Expr = Binary(span, "+", Number(span, 1.0), self.lower(stock.growth.tree))
            periods = self.model.clock.years(stock.per)
            if periods != 1.0:
                factor = Binary(span, "**", factor, Number(span, periods))
            following = Binary(span, "*", Reference(span, symbol), factor)
        imposed = self.steps.imposed.whole.get(symbol)
        held = None if imposed is None else Impositions.number(imposed, span)
        low, high = (
            end if name is None else self.low.constants[name]
            for end, name in zip(stock.within, stock.ends, strict=True)
        )
        start = self._drawn_once(self.lower(stock.start.tree))
        if any(isinstance(node, Reference) and node.symbol.kind == "luck" for node in walk(start)):
            start = bounded(start, (low, high))  # any other was checked to lie inside
        return Carried(symbol, start, following, span, within=(low, high), held=held)

    def _drawn_once(self, node: Expr) -> Expr:
        """A start in which a draw is drawn before the first step, with luck of its own."""
        if not (isinstance(node, Reference) and node.symbol.kind == "draw"):
            return rebuild(node, self._drawn_once)
        draw, span = self.draws[node.symbol.name], node.span
        name = f"start {draw.name}"
        self.start_luck[name] = None
        arguments = tuple(self.lower(argument.tree) for argument in draw.arguments)
        return Call(span, f"${draw.distribution}", span, (reference("luck", name, span), *arguments))

    def _mode(self, mode: Mode) -> Carried:
        symbol, span = Symbol("mode", mode.name), mode.span
        following: Expr = Reference(span, symbol)
        for move in reversed(mode.moves):
            target = Option(move.span, mode.name, move.target, mode.states[move.target])
            following = Conditional(move.span, target, reference("move", move.name, move.span), following)
        imposed = self.steps.imposed.whole.get(symbol)
        held = None if imposed is None else Impositions.option(imposed, mode.states)
        start = Option(span, mode.name, mode.start, mode.states[mode.start])
        return Carried(symbol, self.steps.imposed.option_of(symbol, start, mode.states), following, span, held=held)

    def _read_at_the_end(self, carried: tuple[Carried, ...]) -> dict[Symbol, Expr]:
        """What becomes in a step of the stocks, modes and memories that `final` reads.

        What delays let through is of earlier steps, as `final` reads no delay of what belongs to a step.
        """
        trees = [reduced.argument.drawn for reduced in self.reduced if reduced.kind == "final"]
        read = {node.symbol for tree in trees for node in walk(tree) if isinstance(node, Reference)}
        moved = {c.symbol: _within(c) for c in carried if c.held is None and c.symbol in read}
        for memory in self.low.memories:
            if memory.symbol in read and memory.kind == "step":
                here = Reference(memory.span, memory.symbol)
                following = Conditional(memory.span, memory.next, memory.where, here) if memory.where else memory.next
                moved[memory.symbol] = following
        return moved

    def _worths(self, event: Event) -> tuple[tuple[int, Expr], ...]:
        index = {player: i for i, player in enumerate(p.actor for p in self.model.payoffs)}
        return tuple((index[actor], self.lower(worth.tree)) for actor, worth in event.worth if actor in index)

    def _payoff(self, payoff: Payoff) -> Paid:
        discount = None if payoff.discount is None else self.lower(payoff.discount.tree)
        periods = self.model.clock.years(payoff.per)
        if discount is not None and periods != 1.0:
            discount = Binary(payoff.span, "**", discount, Number(payoff.span, periods))
        each = None if payoff.each is None else self.lower(payoff.each.tree)
        final = None if payoff.final is None else self.low.after(payoff.final.tree)
        return Paid(payoff.actor, None if each is None else Varied(each), final, discount, span=payoff.span)

    def _outcome(self, name: str, tree: Expr, span: Span) -> Measured:
        before = len(self.reduced)
        measure = self._reduce(tree)
        firsts = [i for i in range(before, len(self.reduced)) if self.reduced[i].kind == "first"]
        return Measured(name, measure, span, firsts[0] if firsts else None)

    def _reduce(self, node: Expr) -> Expr:
        if isinstance(node, Call) and node.function in _REDUCERS:
            argument = node.arguments[0]
            ending = self._ends(argument)
            lowered = self.low.after(argument) if node.function == "final" else self.lower(argument)
            self.reduced.append(Reduced(node.function, Varied(lowered), node.span, ending))  # type: ignore[arg-type]
            return reference("hidden", f"reduced:{len(self.reduced) - 1}", node.span)
        if isinstance(node, (Reference, Number)) or (isinstance(node, Call) and node.function == "years"):
            return self.lower(node)
        return rebuild(node, self._reduce)

    def _ends(self, node: Expr) -> int | None:
        ends = [e.name for e in self.model.events if e.ends]
        if isinstance(node, Reference) and node.symbol.kind == "event" and node.symbol.name in ends:
            return ends.index(node.symbol.name)
        return None


def _within(carried: Carried) -> Expr:
    """What something carried becomes, held within its bounds."""
    span, following = carried.span, carried.next
    low, high = carried.within
    if low is not None:
        following = Call(span, "max", span, (following, Number(span, low)))
    if high is not None:
        following = Call(span, "min", span, (following, Number(span, high)))
    return following


def _in_branches(reduced: Reduced, ends: Ends, branches: tuple[Branch, ...]) -> Reduced:
    """A reducer with what its argument is in each branch."""
    if reduced.ending is not None:
        return reduced
    argument = reduced.argument.drawn
    if reduced.kind != "final":
        return replace(reduced, argument=ends.varied(argument))
    moved = {symbol for branch in branches for symbol, _ in branch.moved}
    read = {node.symbol for node in walk(argument) if isinstance(node, Reference)}
    return replace(reduced, in_branches=bool(moved & read))
