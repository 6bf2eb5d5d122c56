"""What an expectation changes: two settings of one thing, with all else and all luck the same."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from standoff.base.problems import Problem, suggest
from standoff.base.source import Span
from standoff.language.clock import parse_date
from standoff.language.experiments.measures import things_of_a_step
from standoff.language.expressions.tree import Number, Symbol
from standoff.language.model import Model, Stock
from standoff.language.text.fields import as_number
from standoff.language.text.reader import Mapping, Node, Scalar, Sequence

__all__ = ["Contrast", "How", "Setting", "read_contrast", "read_strategies", "read_switch"]

How = Literal[
    "quantile",  # an uncertainty or value, or a deal's term, at a quantile
    "shift",  # a stock's start, a quantity or a constant, moved by a number
    "factor",  # the same, multiplied
    "impose",  # an event, move, mode, choice or stock, held by hand
    "strategy",  # an actor plays it
    "variant",  # the study with a variant; empty for the study itself
]
_TENTH = 0.1  # of a stock's width, by which its start is moved where no step is given
_QUARTER = 0.25  # of anything else
_AT = re.compile(r"at\s+(\S+)")


@dataclass(frozen=True, slots=True)
class Setting:
    """One way in which a thing is set.

    `value` is a quantile, a number to add or to multiply by, or for `impose` the word `never` or `always`, an
    option's or step's index, or a number; for strategies and variants it is a name.
    """

    how: How
    name: str
    value: float | str
    symbol: Symbol | None = None
    word: str = ""


@dataclass(frozen=True, slots=True)
class Contrast:
    """`after` against `before`."""

    span: Span
    says: str
    before: Setting
    after: Setting

    @property
    def is_variant(self) -> bool:
        """Whether whole variants are compared, which may change anything."""
        return self.before.how == "variant"

    @property
    def actor(self) -> str:
        """Whose strategies are compared; empty where others things are."""
        return self.before.name if self.before.how == "strategy" else ""

    def reversed(self) -> Contrast:
        """The same the other way round."""
        says = re.sub(r"^raising\b", "lowering", self.says)
        return replace(self, before=self.after, after=self.before, says=says)

    def symbols(self, model: Model) -> frozenset[Symbol]:
        """What is changed; of strategies, the actor's choices."""
        if self.before.symbol is not None:
            return frozenset((self.before.symbol,))
        return frozenset(Symbol("choice", c.family) for c in model.choices if c.actor == self.before.name)


def read_contrast(
    named: Scalar, quantiles: tuple[float, float], step: float | None, model: Model, *, problems: list[Problem]
) -> Contrast | None:
    """What `raise` means for a name; a problem and None where it can mean nothing."""
    text, span = named.text.strip(), named.span
    says = f"raising `{text}`"
    parameter = next((p for p in model.parameters if p.name == text), None)
    if parameter is not None and parameter.spread is not None and parameter.spread.kinds:
        message = f"`{text}` has kinds, which are neither high nor low"
        problems.append(Problem("expectation", span, message, "compare variants, each with a kind alone"))
        return None
    if parameter is not None and parameter.kind != "constant":
        symbol = Symbol(parameter.kind, text)
        return Contrast(span, says, *(Setting("quantile", text, q, symbol) for q in quantiles))
    if parameter is not None:
        return Contrast(span, says, *_moved(Symbol("constant", text), parameter.value, step))
    symbol_of_step = things_of_a_step(model).get(text)
    if symbol_of_step is None:
        _report_unknown(named, text, model, problems)
        return None
    kind = symbol_of_step.kind
    if kind == "term":
        return Contrast(span, says, *(Setting("quantile", text, q, symbol_of_step) for q in quantiles))
    if kind == "stock":
        stock = next(stock for stock in model.stocks if stock.name == text)
        return _of_stock(named, stock, step, says, problems=problems)
    if kind == "quantity":
        quantity = next(q for q in model.quantities if q.name == text)
        if quantity.value.type.kind == "number":
            return Contrast(span, says, *_moved(symbol_of_step, None, step))
    event = next((e for e in model.events if e.name == text), None)
    if kind == "move" or (event is not None and event.kind != "count"):
        settings = (Setting("impose", text, word, symbol_of_step, word=word) for word in ("never", "always"))
        return Contrast(span, says, *settings)
    message, advice = _CANNOT[kind]
    problems.append(Problem("expectation", span, message.format(f"`{text}`"), advice.format(text)))
    return None


_CANNOT = {
    "event": ("{} is a count, which is neither on nor off", "write `switch: {{{}: [0, 5]}}`"),
    "mode": ("{} has states, which are neither high nor low", "write `switch: {{{}: [one, another]}}`"),
    "choice": ("{} is a choice, which is neither high nor low", "write `switch: {{{}: [one, another]}}`"),
    "report": ("{} is what others see of something", "raise the thing itself"),
    "draw": ("{} is luck, which is the same on both sides", "raise what it acts on"),
    "quantity": ("{} is not a number", "raise what it is made of"),
}


def read_strategies(
    before: Scalar, after: Scalar, of: Scalar | None, model: Model, *, problems: list[Problem]
) -> Contrast | None:
    """Two strategies of one actor, who is named or told by the strategies' names."""
    actors = model.players if of is None else (of.text,)
    if of is not None and of.text not in model.players:
        message = f"no actor that chooses is named `{of.text}`"
        problems.append(Problem("unknown-actor", of.span, message, suggest(of.text, model.players, "actors")))
        return None
    for named in (after, before):
        known = {label for actor in actors for label in _labels(model, actor)}
        if named.text not in known:
            problems.append(
                Problem("unknown-name", named.span, f"no strategy is named `{named.text}`", suggest(named.text, known))
            )
            return None
    fitting = [a for a in actors if {before.text, after.text} <= _labels(model, a)]
    if len(fitting) != 1:
        message = f"`{after.text}` and `{before.text}` are not strategies of one actor alone"
        problems.append(Problem("expectation", after.span, message, "name the actor with `of`"))
        return None
    says = f"playing `{after.text}` instead of `{before.text}`"
    settings = (Setting("strategy", fitting[0], label.text, word=label.text) for label in (before, after))
    return Contrast(after.span, says, *settings)


def read_switch(node: Node | None, key: Scalar, model: Model, problems: list[Problem]) -> Contrast | None:
    """`{us: [patience, freeze]}`, `{variant: [study, no_deal]}` or `{crisis: [never, at 2026-01]}`."""
    entry = node.items[0] if isinstance(node, Mapping) and len(node.items) == 1 else None
    pair = entry[1].items if entry is not None and isinstance(entry[1], Sequence) else ()
    words = [item for item in pair if isinstance(item, Scalar)]
    if entry is None or len(pair) != 2 or len(words) != 2:
        message = "`switch` names one thing and two ways in which it is set, from and to"
        problems.append(Problem("expectation", key.span, message, "write `switch: {us: [patience, freeze]}`"))
        return None
    name = entry[0]
    says = f"switching `{name.text}` from `{words[0].text}` to `{words[1].text}`"
    if name.text == "variant":
        return _of_variants(name, words, says, model, problems=problems)
    if name.text in model.players and name.text not in model.families():
        return read_strategies(words[0], words[1], name, model, problems=problems)
    if name.text in model.players and words[0].text in _labels(model, name.text):
        return read_strategies(words[0], words[1], name, model, problems=problems)
    settings = [_imposed(name, word, model, problems) for word in words]
    before, after = settings
    return None if before is None or after is None else Contrast(name.span, says, before, after)


def _of_stock(
    named: Scalar, stock: Stock, step: float | None, says: str, *, problems: list[Problem]
) -> Contrast | None:
    symbol = Symbol("stock", stock.name)
    low, high = stock.within
    if step is None and low is not None and high is not None:
        step = _TENTH * (high - low)
    start = stock.start.tree
    if step is None and isinstance(start, Number) and start.value == 0.0:
        message = f"`{stock.name}` starts at 0 and has no bounds, so there is no telling how far to move it"
        problems.append(Problem("expectation", named.span, message, "add `step:` with a number"))
        return None
    return Contrast(named.span, says, *_moved(symbol, None, step))


def _moved(symbol: Symbol, value: float | None, step: float | None) -> tuple[Setting, Setting]:
    if step is not None:
        return Setting("shift", symbol.name, -step, symbol), Setting("shift", symbol.name, step, symbol)
    size = _QUARTER if value is None or value >= 0 else -_QUARTER
    return Setting("factor", symbol.name, 1 - size, symbol), Setting("factor", symbol.name, 1 + size, symbol)


def _of_variants(
    name: Scalar, words: list[Scalar], says: str, model: Model, *, problems: list[Problem]
) -> Contrast | None:
    known = ["study", *(variant.name for variant in model.variants)]
    for word in words:
        if word.text not in known:
            message = f"no variant is named `{word.text}`"
            problems.append(Problem("unknown-name", word.span, message, suggest(word.text, known, "variants")))
            return None
    settings = (
        Setting("variant", word.text, "" if word.text == "study" else word.text, word=word.text) for word in words
    )
    return Contrast(name.span, says, *settings)


def _imposed(name: Scalar, word: Scalar, model: Model, problems: list[Problem]) -> Setting | None:
    symbol = things_of_a_step(model, ("event", "move", "mode", "choice", "stock")).get(name.text)
    if symbol is None:
        known = [*model.players, "variant", *things_of_a_step(model, ("event", "move", "mode", "choice", "stock"))]
        problems.append(
            Problem(
                "unknown-name",
                name.span,
                f"nothing that can be switched is named `{name.text}`",
                suggest(name.text, known),
            )
        )
        return None
    event = next((event for event in model.events if event.name == name.text), None)
    if symbol.kind in ("mode", "choice"):
        options = model.families()[name.text]
        if word.text in options:
            return Setting("impose", name.text, float(options.index(word.text)), symbol, word="option")
        message = f"`{name.text}` has no option `{word.text}`"
        problems.append(Problem("unknown-option", word.span, message, suggest(word.text, options, "options")))
        return None
    if symbol.kind == "stock" or (event is not None and event.kind == "count"):
        value = as_number(word)
        if value is not None:
            return Setting("impose", name.text, value, symbol, word="number")
        problems.append(Problem("expectation", word.span, f"`{name.text}` is set to a number, not to `{word.text}`"))
        return None
    if word.text in ("never", "always"):
        return Setting("impose", name.text, word.text, symbol, word=word.text)
    found = _AT.fullmatch(word.text)
    date = parse_date(found.group(1)) if found else None
    at = None if date is None else model.clock.index(date)
    if at is not None:
        return Setting("impose", name.text, float(at), symbol, word="at")
    message = f"`{name.text}` is set to `never`, `always` or `at 2026-01` within the clock, not to `{word.text}`"
    problems.append(Problem("expectation", word.span, message))
    return None


def _report_unknown(named: Scalar, text: str, model: Model, problems: list[Problem]) -> None:
    if any(outcome.name == text for outcome in model.outcomes):
        message, advice = f"`{text}` is an outcome: it follows, and cannot be set", "name what it is made of"
        problems.append(Problem("expectation", named.span, message, advice))
    elif text in model.players:
        message, advice = f"`{text}` is an actor", f"write `switch: {{{text}: [one_strategy, another]}}`"
        problems.append(Problem("expectation", named.span, message, advice))
    else:
        known = [parameter.name for parameter in model.parameters] + list(things_of_a_step(model))
        problems.append(Problem("unknown-name", named.span, f"nothing is named `{text}`", suggest(text, known)))


def _labels(model: Model, actor: str) -> set[str]:
    instances = model.instances(actor)
    return {i.strategy.name for i in instances} | {i.label for i in instances}
