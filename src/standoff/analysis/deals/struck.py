"""The study with a deal struck at the outset, and with parties that can be told to break their word.

*Struck.* A deal is in force while its `during` holds. Where that says that a mode is in some state (`channel == deal`,
alone or as one of several conditions), the study's own mode starts in that state; everything after is the study's own:
the deal may lapse, be let fall, be exposed, and be struck again. Holding the mode there throughout would make it proof
against all that ends deals. A `during` of another form says nothing about how a deal comes about: then a variant of the
study has to strike it.

*Broken.* For each strategy named in `breach` the deal gets one more term that no equation of the study reads: the step,
counted from 1, from which the party follows that strategy's rules instead of its own; 0 is never. The change is made
only in futures in which the deal is in force at that very step, so that breach is a rule chosen beforehand and pays or
costs nothing where there is nothing to break. A strategy that weighs its options instead of following rules cannot be
changed over in this way; it is named, and left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from standoff.analysis.findings import Reason, UnanswerableError
from standoff.base.source import Span
from standoff.base.units import DIMENSIONLESS
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
    NUMBER,
    TRUTH,
    Deal,
    Expression,
    Instance,
    Mode,
    Model,
    Outcome,
    Quantity,
    Rule,
    Strategy,
    Term,
    Weighing,
)
from standoff.program.expressions import conjuncts, rebuild, reference

__all__ = ["BreachRule", "Breachable", "Observed", "Struck", "breaches", "find_deal", "is_weighed", "keepers"]


@dataclass(frozen=True, slots=True)
class BreachRule:
    """A way to break one's word.

    Attributes:
        party: whose.
        strategy: label of the strategy that is followed from then on.
        term: of the deal, read as `deal.term`: the step counted from 1 in which it begins, 0 for never.
    """

    party: str
    strategy: str
    term: str


def find_deal(model: Model, name: str | None = None) -> Deal:
    """A deal by name, or the study's only or first one.

    Raises:
        ValueError: The study has no deal, or none of this name.
    """
    if not model.deals:
        raise UnanswerableError(Reason.NO_SUCH_DEAL, deal=name or "", deals=())
    found = [deal for deal in model.deals if name is None or deal.name == name]
    if not found:
        raise UnanswerableError(Reason.NO_SUCH_DEAL, deal=name or "", deals=tuple(deal.name for deal in model.deals))
    return found[0]


@dataclass(frozen=True, slots=True)
class Struck:
    """With a deal in force in the first step."""

    deal: str

    def apply(self, model: Model) -> Model:
        """The study with the deal in force.

        Raises:
            ValueError: `during` does not say which state of which mode the deal is, or that mode is imposed.
        """
        deal = find_deal(model, self.deal)
        place = _state_of(model, deal)
        if place is None:
            raise UnanswerableError(
                Reason.DEAL_NAMES_NO_STATE, deal=deal.name, during=deal.during.span.text.strip("\"'")
            )
        mode, state = place
        if any(one.target == Symbol("mode", mode.name) for one in model.impositions):
            raise UnanswerableError(Reason.MODE_IMPOSED, deal=deal.name, mode=mode.name)
        return replace(model, modes=tuple(replace(m, start=state) if m.name == mode.name else m for m in model.modes))


def keepers(model: Model, deal: Deal, party: str) -> tuple[int, ...]:
    """A party's strategies (as indices of instances) that are not named as breach.

    Raises:
        ValueError: All are.
    """
    named = dict(deal.breach).get(party, ())
    kept = tuple(k for k, one in enumerate(model.instances(party)) if not _is_named(one, named))
    if not kept:
        raise UnanswerableError(Reason.NOBODY_KEEPS, deal=deal.name, actor=party)
    return kept


@dataclass(frozen=True, slots=True)
class Breachable:
    """With every party's strategies able to change over to the breach that a deal names."""

    deal: str

    def apply(self, model: Model) -> Model:
        """The study so changed."""
        return _with_breaches(model, find_deal(model, self.deal))[0]


def breaches(model: Model, deal: Deal) -> tuple[tuple[BreachRule, ...], tuple[str, ...]]:
    """The ways to break a deal that `Breachable` gives its parties.

    Returns:
        The rules; and the labels, as `actor: strategy`, of breach strategies that were left out and of strategies
        that cannot change over, because they weigh their options.
    """
    return _with_breaches(model, deal)[1:]


@dataclass(frozen=True, slots=True)
class Observed:
    """With outcomes that tell of a deal instead of the study's own.

    `in_force`: share of steps in which the deal is in force; `stands_<t>`: chance that it is in step t;
    `broken_<party>`: share of steps in which it is in force and the party does not keep it; `mean_<stock>`.
    """

    deal: str
    moments: tuple[int, ...] = ()
    paths: tuple[str, ...] = ()

    def apply(self, model: Model) -> Model:
        """The study with these outcomes."""
        deal = find_deal(model, self.deal)
        span, during = deal.span, deal.during.tree
        measures: list[tuple[str, Expr]] = [("in_force", _call("mean", _number(during, span), span))]
        for t in self.moments:
            now = Binary(span, "==", reference("clock", "step", span), Number(span, float(t)))
            measures.append((f"stands_{t}", _call("ever", Binary(span, "and", during, now), span)))
        for party, keeps in deal.keeps:
            broken = Binary(span, "and", during, Unary(span, "not", keeps.tree))
            measures.append((f"broken_{party}", _call("mean", _number(broken, span), span)))
        measures += [(f"mean_{name}", _call("mean", reference("stock", name, span), span)) for name in self.paths]
        outcomes = tuple(
            Outcome(name, span, None, DIMENSIONLESS, measure=Expression(span, tree, NUMBER), better="higher")
            for name, tree in measures
        )
        return replace(model, outcomes=outcomes, checks=())


def _with_breaches(model: Model, deal: Deal) -> tuple[Model, tuple[BreachRule, ...], tuple[str, ...]]:
    span, rules, left_out = deal.span, [], []
    terms, quantities = list(deal.terms), list(model.quantities)
    strategies = {(s.actor, s.name): s for s in model.strategies}
    taken = {t.name for t in deal.terms} | {q.name for q in model.quantities}
    for party, named in deal.breach:
        breaches = [one for one in model.instances(party) if _is_named(one, named)]
        for one in [b for b in breaches if is_weighed(b)]:
            left_out.append(f"{party}: {one.label}")
        guarded = [
            s for s in strategies.values() if s.actor == party and s.name not in {b.strategy.name for b in breaches}
        ]
        left_out += [f"{party}: {s.name}" for s in guarded if _weighs(s)]
        for k, one in enumerate(b for b in breaches if not is_weighed(b)):
            name = _free(f"breach_{party}_{k}", taken)
            rules.append(BreachRule(party, one.label, name))
            terms.append(Term(name, span, DIMENSIONLESS, (0.0,), usual=0.0))
            quantities.append(_begun(deal, name, span))
            for strategy in guarded:
                key = (party, strategy.name)
                if not _weighs(strategy):
                    strategies[key] = _guarded(strategies[key], one, name, model)
    changed = replace(deal, terms=tuple(terms))
    whole = replace(
        model,
        deals=tuple(changed if d.name == deal.name else d for d in model.deals),
        quantities=tuple(quantities),
        strategies=tuple(strategies.values()),
    )
    return whole, tuple(rules), tuple(dict.fromkeys(left_out))


def _state_of(model: Model, deal: Deal) -> tuple[Mode, int] | None:
    """The mode and state that `during` names."""
    modes = {mode.name: mode for mode in model.modes}
    for part in conjuncts(deal.during.tree):
        sides: tuple[Expr, ...] = ()
        if isinstance(part, Binary) and part.operator == "==":
            sides = (part.left, part.right)
        elif isinstance(part, Membership) and not part.negated:
            sides = (part.item, part.options[0])
        read = [s.symbol.name for s in sides if isinstance(s, Reference) and s.symbol.kind == "mode"]
        options = [s for s in sides if isinstance(s, Option)]
        if len(read) == 1 and len(options) == 1:
            return modes[read[0]], options[0].index
    return None


def _is_named(instance: Instance, named: Sequence[str]) -> bool:
    return instance.strategy.name in named or instance.label in named


def is_weighed(instance: Instance) -> bool:
    """Whether a strategy weighs options in some dimension, so that no other's rules can take over from it."""
    return _weighs(instance.strategy)


def _weighs(strategy: Strategy) -> bool:
    return any(isinstance(rules, Weighing) for _, rules in strategy.rules)


def _begun(deal: Deal, term: str, span: Span) -> Quantity:
    """1 from the step on that the term names, if the deal was in force then. The term reads 0 where it is not."""
    step = Binary(span, "+", reference("clock", "step", span), Number(span, 1.0))
    now = Binary(span, "==", reference("term", f"{deal.name}.{term}", span), step)
    begun = Binary(span, "or", now, _call("ever", now, span))
    return Quantity(term, span, DIMENSIONLESS, Expression(span, _number(begun, span), NUMBER))


def _guarded(strategy: Strategy, breach: Instance, quantity: str, model: Model) -> Strategy:
    """A strategy that follows another's rules once the quantity is 1."""
    span = strategy.span
    begun = Binary(span, ">", reference("quantity", quantity, span), Number(span, 0.0))
    settled = _settings(breach, model)
    rules = []
    for dimension, own in strategy.rules:
        other = dict(breach.strategy.rules)[dimension]
        assert not isinstance(own, Weighing) and not isinstance(other, Weighing)
        first = tuple(
            Rule(
                rule.span,
                Expression(rule.span, begun if rule.when is None else
                           Binary(span, "and", begun, _settle(rule.when.tree, settled)), TRUTH),
                replace(rule.then, tree=_settle(rule.then.tree, settled)),
            )
            for rule in other
        )  # fmt: skip
        rules.append((dimension, (*first, *own)))
    return replace(strategy, rules=tuple(rules))


def _settings(instance: Instance, model: Model) -> dict[Symbol, Expr]:
    """What stands for each setting of a strategy whose settings are settled."""
    strategy = instance.strategy
    found: dict[Symbol, Expr] = {}
    families = model.families()
    for (name, levels), (_, level) in zip(strategy.settings, instance.settings, strict=True):
        symbol = Symbol("setting", f"{strategy.actor}.{strategy.name}.{name}")
        value: Expr
        if isinstance(level, str):
            family = model.setting_family(strategy.actor, levels)
            assert family is not None
            value = Option(strategy.span, family, families[family].index(level), level)
        else:
            value = Number(strategy.span, float(level))
        found[symbol] = value
    return found


def _settle(node: Expr, settled: dict[Symbol, Expr]) -> Expr:
    if isinstance(node, Reference) and node.symbol in settled:
        return settled[node.symbol]
    return rebuild(node, lambda operand: _settle(operand, settled))


def _free(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_"
    taken.add(name)
    return name


def _call(function: str, argument: Expr, span: Span) -> Call:
    return Call(span, function, span, (argument,))


def _number(truth: Expr, span: Span) -> Conditional:
    return Conditional(span, Number(span, 1.0), truth, Number(span, 0.0))
