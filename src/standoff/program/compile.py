"""Model to program: every construct of the language becomes expressions, in the order of a step."""

from __future__ import annotations

from collections.abc import Callable
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
    Imposition,
    Mode,
    Model,
    Move,
    Payoff,
    Quantity,
    Report,
    Rule,
    Stock,
    Strategy,
    Weighing,
)
from standoff.language.model.order import evaluation_order
from standoff.program.expressions import Lowering, conjuncts, product, rebuild, reference
from standoff.program.program import (
    Assignment,
    Carried,
    Ending,
    Fired,
    Measured,
    Paid,
    Program,
    Reduced,
)

__all__ = ["compile_model"]

_REDUCERS = ("final", "mean", "total", "peak", "minimum", "ever", "count", "first")


def compile_model(model: Model) -> Program:
    """Lower a checked model to equations, in dependency order."""
    return _Compiler(model).program()


class _Compiler:
    def __init__(self, model: Model) -> None:
        self.model = model
        self.low = Lowering(model)
        self.lower = self.low.lower
        self.imposed = {i.target: i for i in model.impositions}
        self.step: list[Assignment] = []
        self.fired: list[Fired] = []
        self.reduced: list[Reduced] = []
        self.luck: dict[str, None] = {}

    def program(self) -> Program:
        model = self.model
        constructs = self._constructs()
        for symbol in evaluation_order(model):
            if symbol in constructs:
                constructs.pop(symbol)()
        carried = (*(self._stock(s) for s in model.stocks), *(self._mode(m) for m in model.modes))
        checks = tuple((c.name, self.lower(c.condition.tree), c.span) for c in model.checks)
        endings = tuple(self._ending(e) for e in model.events if e.ends)
        payoffs = tuple(self._payoff(p) for p in model.payoffs)
        measured = tuple(self._outcome(o.name, o.measure.tree, o.span) for o in model.outcomes)
        return Program(
            model=model,
            columns=tuple(p.name for p in model.uncertain),
            players=model.players,
            instances=tuple(model.instances(actor) for actor in model.players),
            levels=tuple((f"{d.name}.{t.name}", t.usual) for d in model.deals for t in d.terms),
            carried=carried,
            memories=tuple(self.low.memories),
            step=tuple(self.step),
            checks=checks,
            endings=endings,
            payoffs=payoffs,
            reduced=tuple(self.reduced),
            measured=measured,
            fired=tuple(self.fired),
            series=tuple((s.name, s.values) for s in model.series),
            luck=tuple(self.luck),
        )

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

    def _assign(self, symbol: Symbol, value: Expr, span: Span, shown: str = "", where: Expr | None = None) -> None:
        self.step.append(Assignment(symbol, value, shown or symbol.name, span, where))

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
            luck = self._lucky(f"report {report.name}", span)
            read = Binary(span, "*", read, Call(span, "$lognoise", span, (luck, self.lower(report.noise.tree))))
        self._assign(Symbol("report", report.name), read, span)

    def _draw(self, draw: Draw) -> None:
        arguments = tuple(self.lower(argument.tree) for argument in draw.arguments)
        luck = self._lucky(f"draw {draw.name}", draw.span)
        value = Call(draw.span, f"${draw.distribution}", draw.span, (luck, *arguments))
        self._assign(Symbol("draw", draw.name), value, draw.span)

    def _event(self, event: Event) -> None:
        span = event.span
        symbol = Symbol("event", event.name)
        imposed = self.imposed.get(symbol)
        given = None if event.given is None else self.lower(event.given.tree)
        luck = self._lucky(f"event {event.name}", span)
        if event.kind == "count":
            value = self._number(imposed, span) if imposed else self._counted(event, luck)
            if given is not None and not imposed:
                value = Conditional(span, value, given, Number(span, 0.0))
            self._assign(symbol, value, span)
            return
        rate = self._per(event.rate, event.per)
        if imposed:
            own, given = self._happens(imposed, span), None
        elif event.kind == "hazard":
            own = Call(span, "$hazard", span, (self._times(self.lower(event.rate.tree), rate),))
        else:
            own = self._chance(self.lower(event.rate.tree), rate, span)
        self._chances(event.name, own, given, span)
        happened: Expr = Binary(span, "<", luck, reference("own", event.name, span))
        self._assign(symbol, happened if given is None else Binary(span, "and", given, happened), span)

    def _chances(self, name: str, own: Expr, given: Expr | None, span: Span) -> None:
        """The own chance, settled where the conditions that are no events hold; and multiplied through."""
        events = [c for c in conjuncts(given) if _is_chancy(c, self.low.counts)]
        truths = [c for c in conjuncts(given) if not _is_chancy(c, self.low.counts)]
        where = product("and", truths)
        self._assign(Symbol("own", name), own, span, f"chance of {name}", where)
        chance: Expr = reference("own", name, span)
        for event in events:
            assert isinstance(event, Reference)
            chance = Binary(span, "*", chance, reference("chance", event.symbol.name, span))
        if where is not None:
            chance = Conditional(span, chance, where, Number(span, 0.0))
        self._assign(Symbol("chance", name), chance, span, f"chance of {name}")

    def _counted(self, event: Event, luck: Reference) -> Expr:
        span = event.span
        mean = self._times(self.lower(event.rate.tree), self._per(event.rate, event.per))
        most = Number(span, float(event.at_most))
        if event.dispersion is None:
            return Call(span, "$poisson", span, (luck, mean, most))
        return Call(span, "$negative_binomial", span, (luck, mean, self.lower(event.dispersion.tree), most))

    def _moves(self, mode: Mode, done: list[bool]) -> None:
        """The moves of a mode: one draw decides between them; chances that sum above 1 are scaled."""
        if done:
            return
        done.append(True)
        held = Symbol("mode", mode.name) in self.imposed
        here = reference("mode", mode.name, mode.span)
        total: Expr | None = None
        cumulated: list[tuple[Move, Reference]] = []
        for move in mode.moves:
            span = move.span
            imposed = self.imposed.get(Symbol("move", move.name))
            states = tuple(Option(span, mode.name, i, mode.states[i]) for i in move.sources)
            when: Expr = Membership(span, here, states, negated=False)
            if move.when is not None and not imposed:
                when = Binary(span, "and", when, self.lower(move.when.tree))
            own = Number(span, 0.0) if held else self._happens(imposed, span) if imposed else self._move(mode, move)
            self._chances(move.name, own, when, span)
            part: Expr = Conditional(span, reference("own", move.name, span), when, Number(span, 0.0))
            part = part if total is None else Binary(span, "+", total, part)
            name = f"{mode.name} moves up to {move.name}"
            self._assign(Symbol("hidden", name), part, span, f"chance of {move.name}")
            total = reference("hidden", name, span)
            cumulated.append((move, total))
        self._drawn_move(mode, cumulated)

    def _drawn_move(self, mode: Mode, cumulated: list[tuple[Move, Reference]]) -> None:
        luck: Expr = self._lucky(f"mode {mode.name}", mode.span)
        if len(cumulated) > 1:
            span = mode.span
            most = Call(span, "max", span, (Number(span, 1.0), cumulated[-1][1]))
            name = f"{mode.name} draw"
            self._assign(Symbol("hidden", name), Binary(span, "*", luck, most), span)
            luck = reference("hidden", name, span)
        below: Expr | None = None
        for move, bound in cumulated:
            under: Expr = Binary(move.span, "<", luck, bound)
            happened = under if below is None else Binary(move.span, "and", under, Unary(move.span, "not", below))
            self._assign(Symbol("move", move.name), happened, move.span)
            below = under

    def _move(self, mode: Mode, move: Move) -> Expr:
        span = move.span
        if move.hazard is not None:
            length = self._per(move.hazard, move.per)
            hazard = self.lower(move.hazard.tree)
            if move.shape is None:
                return Call(span, "$hazard", span, (self._times(hazard, length),))
            spent = self._times(self.low.age(mode.name, span), length)
            return Call(
                span, "$weibull_hazard", span, (hazard, self.lower(move.shape.tree), spent, Number(span, length))
            )
        if move.chance is not None:
            return self._chance(self.lower(move.chance.tree), self._per(move.chance, move.per), span)
        return Number(span, 1.0)

    def _choice(self, choice: Choice) -> None:
        symbol = Symbol("choice", choice.family)
        imposed = self.imposed.get(symbol)
        if imposed is not None:
            self._assign(symbol, self._option(imposed, choice.family, choice.options), choice.span)
            return
        strategies = [s for s in self.model.strategies if s.actor == choice.actor]
        chosen: Expr | None = None
        for i, strategy in reversed(list(enumerate(strategies))):
            played = Binary(strategy.span, "==", reference("strategy", choice.actor, strategy.span),
                            Number(strategy.span, float(i)))  # fmt: skip
            option = self._rules(choice, strategy, played)
            chosen = option if chosen is None else Conditional(strategy.span, option, played, chosen)
        assert chosen is not None
        self._assign(symbol, chosen, choice.span)

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
        imposed = self.imposed.get(symbol)
        held = None if imposed is None else self._number(imposed, span)
        return Carried(symbol, self.lower(stock.start.tree), following, span, stock.within, held)

    def _mode(self, mode: Mode) -> Carried:
        symbol, span = Symbol("mode", mode.name), mode.span
        following: Expr = Reference(span, symbol)
        for move in reversed(mode.moves):
            target = Option(move.span, mode.name, move.target, mode.states[move.target])
            following = Conditional(move.span, target, reference("move", move.name, move.span), following)
        imposed = self.imposed.get(symbol)
        held = None if imposed is None else self._option(imposed, mode.name, mode.states)
        start = Option(span, mode.name, mode.start, mode.states[mode.start])
        return Carried(symbol, start, following, span, held=held)

    def _ending(self, event: Event) -> Ending:
        index = {player: i for i, player in enumerate(p.actor for p in self.model.payoffs)}
        given = None if event.given is None else self.lower(event.given.tree)
        return Ending(
            event.name,
            reference("own", event.name, event.span),
            reference("chance", event.name, event.span),
            None if Symbol("event", event.name) in self.imposed else given,
            reference("event", event.name, event.span),
            tuple((index[actor], self.lower(worth.tree)) for actor, worth in event.worth if actor in index),
            event.span,
        )

    def _payoff(self, payoff: Payoff) -> Paid:
        discount = None if payoff.discount is None else self.lower(payoff.discount.tree)
        periods = self.model.clock.years(payoff.per)
        if discount is not None and periods != 1.0:
            discount = Binary(payoff.span, "**", discount, Number(payoff.span, periods))
        each = None if payoff.each is None else self.lower(payoff.each.tree)
        final = None if payoff.final is None else self.low.after(payoff.final.tree)
        return Paid(payoff.actor, each, final, discount, payoff.span)

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
            self.reduced.append(Reduced(node.function, lowered, node.span, ending))  # type: ignore[arg-type]
            return reference("hidden", f"reduced:{len(self.reduced) - 1}", node.span)
        if isinstance(node, (Reference, Number)) or (isinstance(node, Call) and node.function == "years"):
            return self.lower(node)
        return rebuild(node, self._reduce)

    def _ends(self, node: Expr) -> int | None:
        ends = [e.name for e in self.model.events if e.ends]
        if isinstance(node, Reference) and node.symbol.kind == "event" and node.symbol.name in ends:
            return ends.index(node.symbol.name)
        return None

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

    def _happens(self, imposed: Imposition, span: Span) -> Expr:
        """The chance, 0 or 1, of something imposed."""
        if imposed.how in ("never", "always"):
            return Number(span, float(imposed.how == "always"))
        one, zero = Number(span, 1.0), Number(span, 0.0)
        if imposed.how == "at":
            assert isinstance(imposed.value, (int, float))
            step = reference("clock", "step", span)
            return Conditional(span, one, Binary(span, "==", step, Number(span, float(imposed.value))), zero)
        return Conditional(span, one, Binary(span, "!=", self._number(imposed, span), zero), zero)

    def _number(self, imposed: Imposition, span: Span) -> Expr:
        if imposed.how == "series":
            return reference("series", str(imposed.value), span)
        if imposed.how in ("never", "always"):
            return Number(span, float(imposed.how == "always"))
        assert isinstance(imposed.value, (int, float))
        return Number(span, float(imposed.value))

    def _option(self, imposed: Imposition, family: str, names: tuple[str, ...]) -> Option:
        assert isinstance(imposed.value, (int, float))
        index = int(imposed.value)
        return Option(imposed.span, family, index, names[index])


def _is_chancy(node: Expr, counts: set[str]) -> bool:
    """Whether a condition is an event or move of the step, whose own chance multiplies."""
    return isinstance(node, Reference) and node.symbol.kind in ("event", "move") and node.symbol.name not in counts
