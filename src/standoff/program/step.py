"""A step's equations: every construct that is worked out anew in each step becomes assignments, in their order.

What happens by chance has two: its chance (`own`), which is 0 where its condition does not hold, and the draw.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from standoff.base.source import Span
from standoff.language.clock import PER_YEAR
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
)
from standoff.language.model import (
    Choice,
    Draw,
    Event,
    Expression,
    Mode,
    Model,
    Move,
    Quantity,
    Report,
    Rule,
    Strategy,
    Weighing,
)
from standoff.language.model.imposed import Impositions
from standoff.language.model.order import evaluation_order
from standoff.program.expressions import Lowering, reference
from standoff.program.program import Assignment, Fired
from standoff.program.watched import Watcher

__all__ = ["StepCompiler"]


class StepCompiler:
    """Compiles the constructs of a step, with the memories that they need."""

    def __init__(self, model: Model, watcher: Watcher | None = None) -> None:
        self.model = model
        self.watcher = watcher
        self.low = Lowering(model)
        self.lower = self.low.lower
        self.imposed = Impositions(model)
        self.strategies: dict[str, list[Strategy]] = defaultdict(list)
        for strategy in model.strategies:
            self.strategies[strategy.actor].append(strategy)
        self.step: list[Assignment] = []
        self.fired: list[Fired] = []
        self.luck: dict[str, None] = {}
        self.bounds: dict[Symbol, Binary] = {}

    def compile(self) -> None:
        """Fill `step`, `fired`, `luck`, and `bounds`: event or move → the luck with which it happens."""
        constructs = self._constructs()
        for symbol in evaluation_order(self.model):
            if symbol in constructs:
                constructs.pop(symbol)()
        if self.watcher is not None:
            self._watch(self.watcher)

    def _watch(self, watcher: Watcher) -> None:
        """What is seen of numbers, and how likely all that was seen in the step is."""
        for one in watcher.of.values():
            if one.noise > 0.0:
                self.step += watcher.number(one)
        self.step.append(watcher.total(self.model.outcomes[0].span))
        self.luck |= watcher.luck

    def _constructs(self) -> dict[Symbol, Callable[[], None]]:
        """What to do for each symbol of a step. The moves of a mode share one draw, so the first does all."""
        model = self.model
        found: dict[Symbol, Callable[[], None]] = {}
        found |= {Symbol("quantity", q.name): partial(self._quantity, q) for q in model.quantities}
        found |= {Symbol("report", r.name): partial(self._report, r) for r in model.reports}
        found |= {Symbol("draw", d.name): partial(self._draw, d) for d in model.draws}
        found |= {Symbol("event", e.name): partial(self._event, e) for e in model.events}
        found |= {Symbol("choice", c.family): partial(self._choice, c) for c in model.choices}
        for mode in model.modes:
            done: list[bool] = []
            found |= {Symbol("move", m.name): partial(self._moves, mode, done) for m in mode.moves}
        return found

    def _assign(self, symbol: Symbol, value: Expr, span: Span, shown: str = "", *, where: Expr | None = None) -> None:
        self.step.append(Assignment(symbol, value, shown or symbol.name, span, where=where))

    def _own(self, symbol: Symbol, value: Expr, span: Span, where: Expr | None = None) -> None:
        """The chance of an event or move, which is 0 where `where` does not hold."""
        shown = f"chance of {symbol.name}"
        watcher = self.watcher
        if watcher is not None and symbol.kind == "event" and (symbol in watcher.of or symbol in watcher.ends):
            law = reference("hidden", f"law of {symbol.name}", span)
            self.step.append(Assignment(law.symbol, value, shown, span, where=where))
            made, value = watcher.event(symbol, law)
            self.step += made
            where = None
        self.step.append(Assignment(Symbol("own", symbol.name), value, shown, span, where=where, chance_of=symbol))

    def _lucky(self, name: str, span: Span) -> Reference:
        self.luck[name] = None
        return reference("luck", name, span)

    def _quantity(self, quantity: Quantity) -> None:
        symbol = Symbol("quantity", quantity.name)
        value = self.lower(quantity.value.tree)
        self.low.inlined[symbol] = value
        self._assign(symbol, value, quantity.span)

    def _report(self, report: Report) -> None:
        span = report.span
        read: Expr = Reference(span, report.of)
        if report.lag > 0:
            lag = Call(span, "delay", span, (read, Number(span, float(report.lag))))
            read = self.lower(lag)
        if report.noise is not None:
            luck, noise, base = self._lucky(f"report {report.name}", span), self.lower(report.noise.tree), read
            read = Binary(span, "*", base, Call(span, "$lognoise", span, (luck, noise)))
            if self.watcher is not None and Symbol("report", report.name) in self.watcher.of:
                made, read = self.watcher.report(report.name, read, base, noise)
                self.step += made
        self._assign(Symbol("report", report.name), read, span)

    def _draw(self, draw: Draw) -> None:
        arguments = tuple(self.lower(argument.tree) for argument in draw.arguments)
        luck = self._lucky(f"draw {draw.name}", draw.span)
        value = Call(draw.span, f"${draw.distribution}", draw.span, (luck, *arguments))
        self._assign(Symbol("draw", draw.name), value, draw.span)

    def _event(self, event: Event) -> None:
        span = event.span
        symbol = Symbol("event", event.name)
        imposed = self.imposed.whole.get(symbol)
        given = None if event.given is None or imposed else self.lower(event.given.tree)
        given = None if given is None else self.imposed.unless_held(symbol, given)
        luck = self._lucky(f"event {event.name}", span)
        if event.kind == "count":
            value = Impositions.number(imposed, span) if imposed else self._counted(event, luck)
            if self.watcher is not None and symbol in self.watcher.of and not imposed:
                made, value = self.watcher.count(event.name, value, self._law(event), given)
                self.step += made
            elif given is not None:
                value = Conditional(span, value, given, Number(span, 0.0))
            self._assign(symbol, value, span)
            return
        rate = self._per(event.rate, event.per)
        if imposed:
            own = Impositions.happens(imposed, span)
        elif event.kind == "hazard":
            own = _loss(self._rate(event.rate, rate, span))
        else:
            own = self._chance(self.lower(event.rate.tree), rate, span)
        self._own(symbol, self.imposed.chance(symbol, own), span, given)
        self.bounds[symbol] = Binary(span, "<", luck, reference("own", event.name, span))
        self._assign(symbol, self.bounds[symbol], span)

    def _counted(self, event: Event, luck: Reference) -> Expr:
        span, (mean, dispersion) = event.span, self._law(event)
        most = Number(span, float(event.at_most))
        if dispersion is None:
            return Call(span, "$poisson", span, (luck, mean, most))
        return Call(span, "$negative_binomial", span, (luck, mean, dispersion, most))

    def _law(self, event: Event) -> tuple[Expr, Expr | None]:
        """The mean and the dispersion of a count."""
        mean = self._times(self.lower(event.rate.tree), self._per(event.rate, event.per))
        return mean, None if event.dispersion is None else self.lower(event.dispersion.tree)

    def _moves(self, mode: Mode, done: list[bool]) -> None:
        """The moves of a mode: they compete, and one draw decides between them."""
        if done:
            return
        done.append(True)
        start = len(self.step)
        self._compete(mode)
        if self.watcher is not None and self.watcher.is_watched(mode):
            self._hold(mode, start, self.watcher)
        luck = self._lucky(f"mode {mode.name}", mode.span)
        bound: Reference | None = None
        below: Expr | None = None
        for move in mode.moves:
            span = move.span
            own = reference("own", move.name, span)
            bound = own if bound is None else self._kept(f"{mode.name} moves up to {move.name}", bound, own)
            under = self.bounds[Symbol("move", move.name)] = Binary(span, "<", luck, bound)
            happened: Expr = under if below is None else Binary(span, "and", under, Unary(span, "not", below))
            self._assign(Symbol("move", move.name), happened, span)
            below = under

    def _hold(self, mode: Mode, start: int, watcher: Watcher) -> None:
        """The chances of a mode's moves as far as what was seen allows; what they were is kept as their law."""
        laws: dict[str, Reference] = {}
        for i, one in enumerate(self.step[start:], start):
            if one.target.kind == "own":
                laws[one.target.name] = reference("hidden", f"law of {one.target.name}", one.span)
                self.step[i] = replace(one, target=laws[one.target.name].symbol, chance_of=None)
        made, owns = watcher.moves(mode, {move.name: laws[move.name] for move in mode.moves})
        self.step += made
        for move in mode.moves:
            self._own(Symbol("move", move.name), owns[move.name], move.span)

    def _compete(self, mode: Mode) -> None:
        """The chance of each move.

        Stated chances add, and are scaled where they sum above 1. Hazards act on what these leave: with hazards
        h_1, h_2, … over the step, one of them happens with chance 1 − exp(−Σ h), move k in h_k / Σ h of the cases
        (competing risks with a constant ratio of hazards; Kalbfleisch & Prentice, The Statistical Analysis of
        Failure Time Data, 2002, section 8.2).
        """
        hazards = [move for move in mode.moves if move.hazard is not None and not self.imposed.is_whole(mode, move)]
        stated = [move for move in mode.moves if move not in hazards or self.imposed.is_partly(mode, move)]
        kinds = ("stated", stated, self._stated), ("hazard", hazards, self._cumulated)
        for move in mode.moves:
            for kind, moves, value in kinds:
                if move in moves:
                    hidden, shown = Symbol("hidden", f"{kind} {move.name}"), f"chance of {move.name}"
                    self._assign(hidden, value(mode, move), move.span, shown, where=self._when(mode, move))
        span = mode.span
        one = Number(span, 1.0)
        total = self._total(f"{mode.name} moves", stated, "stated") if stated else None
        found: dict[str, Expr] = {}
        for move in stated:
            chance: Expr = reference("hidden", f"stated {move.name}", move.span)
            if total is not None and len(stated) > 1:
                chance = Binary(span, "/", chance, Call(span, "max", span, (one, total)))
            found[move.name] = chance
            if move not in hazards:
                self._own(Symbol("move", move.name), chance, move.span)
        if not hazards:
            return
        rates = self._total(f"{mode.name} moves", hazards, "hazard")
        left = None if total is None else Binary(span, "-", one, Call(span, "min", span, (one, total)))
        for move in hazards:
            rate = reference("hidden", f"hazard {move.name}", move.span)
            chance = _loss(rates if _share_a_state(hazards) else rate)
            chance = chance if left is None else Binary(span, "*", left, chance)
            positive: Expr | None = None
            if _share_a_state(hazards):
                chance = Binary(span, "*", chance, Binary(span, "/", rate, rates))
                positive = Binary(span, ">", rate, Number(span, 0.0))
            if move in stated:  # held in some worlds
                chance = chance if positive is None else Conditional(span, chance, positive, Number(span, 0.0))
                chance, positive = Binary(span, "+", found[move.name], chance), None
            self._own(Symbol("move", move.name), chance, move.span, positive)

    def _total(self, name: str, moves: Sequence[Move], kind: str) -> Reference:
        """The sum over moves of what is hidden under a kind."""
        first, *others = (reference("hidden", f"{kind} {move.name}", move.span) for move in moves)
        for other in others:
            first = self._kept(f"{name} up to {other.symbol.name}", first, other)
        return first

    def _kept(self, name: str, so_far: Reference, more: Reference) -> Reference:
        """A sum, kept under a name."""
        symbol = Symbol("hidden", name)
        last = name.rsplit(maxsplit=1)[-1]
        self._assign(symbol, Binary(more.span, "+", so_far, more), more.span, f"chance of {last}")
        return Reference(more.span, symbol)

    def _when(self, mode: Mode, move: Move) -> Expr:
        """Where a move can happen: in the states that it leaves, where its condition holds."""
        span = move.span
        states = tuple(Option(span, mode.name, i, mode.states[i]) for i in move.sources)
        here: Expr = Membership(span, reference("mode", mode.name, mode.span), states, negated=False)
        if move.when is None or self.imposed.is_whole(mode, move):
            return here
        when = self.imposed.unless_held(Symbol("move", move.name), self.lower(move.when.tree))
        return Binary(span, "and", here, when)

    def _stated(self, mode: Mode, move: Move) -> Expr:
        symbol, span = Symbol("move", move.name), move.span
        imposed = self.imposed.whole.get(symbol)
        if Symbol("mode", mode.name) in self.imposed.whole:
            return Number(span, 0.0)
        if imposed is not None:
            own = Impositions.happens(imposed, span)
        elif move.chance is not None:
            own = self._chance(self.lower(move.chance.tree), self._per(move.chance, move.per), span)
        else:
            own = Number(span, 1.0 if move.hazard is None else 0.0)
        return self.imposed.chance(Symbol("mode", mode.name), self.imposed.chance(symbol, own), held=0.0)

    def _cumulated(self, mode: Mode, move: Move) -> Expr:
        """The hazard of a move over the step: none where it is held."""
        own = self.imposed.chance(Symbol("move", move.name), self._of_hazard(mode, move), held=0.0)
        return self.imposed.chance(Symbol("mode", mode.name), own, held=0.0)

    def _of_hazard(self, mode: Mode, move: Move) -> Expr:
        assert move.hazard is not None
        span, length = move.span, self._per(move.hazard, move.per)
        if move.shape is None:
            return self._rate(move.hazard, length, span)
        hazard, shape = self.lower(move.hazard.tree), self.lower(move.shape.tree)
        spent = self._times(self.low.age(mode.name, span), length)
        return Call(span, "$weibull_rate", span, (hazard, shape, spent, Number(span, length)))

    def _rate(self, hazard: Expression, length: float, span: Span) -> Expr:
        return Call(span, "$rate", span, (self._times(self.lower(hazard.tree), length),))

    def _choice(self, choice: Choice) -> None:
        symbol = Symbol("choice", choice.family)
        imposed = self.imposed.whole.get(symbol)
        if imposed is not None:
            self._assign(symbol, Impositions.option(imposed, choice.options), choice.span)
            return
        strategies = self.strategies[choice.actor]
        chosen: Expr | None = None
        for i, strategy in reversed(list(enumerate(strategies))):
            played = Binary(strategy.span, "==", reference("strategy", choice.actor, strategy.span),
                            Number(strategy.span, float(i)))  # fmt: skip
            option = self._rules(choice, strategy, played)
            chosen = option if chosen is None else Conditional(strategy.span, option, played, chosen)
        assert chosen is not None
        self._assign(symbol, self.imposed.option_of(symbol, chosen, choice.options), choice.span)

    def _rules(self, choice: Choice, strategy: Strategy, played: Expr) -> Expr:
        rules = dict(strategy.rules)[choice.dimension]
        if isinstance(rules, Weighing):
            span = strategy.span
            luck = self._lucky(f"choice {choice.family}", span)
            pairs: list[Expr] = []
            for index, worth in zip(rules.options, rules.worths, strict=True):
                pairs += [Option(span, choice.family, index, choice.options[index]), self.lower(worth.tree, played)]
            return Call(span, "$logit", span, (luck, self.lower(rules.precision.tree, played), *pairs))
        lowered = [(rule, *self._rule(rule, played)) for rule in rules]
        self.fired += [Fired(choice.family, strategy.name, when, rule.span) for rule, when, _ in lowered]
        chosen = lowered[-1][2]
        for rule, when, then in reversed(lowered[:-1]):
            chosen = then if when is None else Conditional(rule.span, then, when, chosen)
        return chosen

    def _rule(self, rule: Rule, played: Expr) -> tuple[Expr | None, Expr]:
        when = None if rule.when is None else self.lower(rule.when.tree, played)
        return when, self.lower(rule.then.tree, played)

    def _per(self, rate: Expression, per: str) -> float:
        """Periods in a step: as `per` says, or as the unit's calendar part does."""
        if per == "step":
            per = next((name for name in PER_YEAR if rate.unit.power(name) == -1), "step")
        return self.model.clock.years(per)

    def _times(self, node: Expr, factor: float) -> Expr:
        return node if factor == 1.0 else Binary(node.span, "*", node, Number(node.span, factor))

    def _chance(self, node: Expr, periods: float, span: Span) -> Expr:
        if periods == 1.0:
            return Call(span, "$chance", span, (node,))
        return Call(span, "$compound", span, (node, Number(span, periods)))


def _loss(rate: Expr) -> Expr:
    """The chance that something with this hazard happens."""
    return Call(rate.span, "$loss", rate.span, (rate,))


def _share_a_state(moves: Sequence[Move]) -> bool:
    sources = [source for move in moves for source in move.sources]
    return len(set(sources)) < len(sources)
