"""Expectations: what must follow in a model if a claim or mechanism is right, as do-experiments.

`{raise: fear, raises: arms}` says: set `fear` to the upper against the lower quartile of its distribution, all
else and all luck as drawn, and `arms` rises. Every form becomes one of six verbs over one or two contrasts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from standoff.base.problems import Problem, suggest
from standoff.base.source import Span
from standoff.language.experiments.contrasts import Contrast, read_contrast, read_strategies, read_switch
from standoff.language.experiments.measures import REDUCERS, Measure, read_measure, waiting_for
from standoff.language.expressions.tree import Binary, Symbol
from standoff.language.model import Model
from standoff.language.model.influence import Reads, influences, path_between
from standoff.language.shape.conform import conform
from standoff.language.shape.shapes import Free, Key, ListOf, Record, Shape, Text
from standoff.language.text.fields import as_number, nodes, number, scalar
from standoff.language.text.reader import Mapping, Scalar

__all__ = ["EXPECTATION", "Expectation", "Verb", "check_mechanisms", "read_expectations", "represented"]

Verb = Literal["raises", "lowers", "leaves", "weakens", "strengthens", "stays"]

_KNOWN = Text("known")
_NUMBER = Text("number")
_EFFECT: Shape = Record(
    (
        Key("raise", _KNOWN, "the thing whose effect it is"),
        Key("lower", _KNOWN, "the same, turned round"),
        Key("switch", Free(), "the strategies, variants or imposed things whose effect it is"),
        Key("effect_on", _KNOWN, "what it is an effect on", required=True),
    ),
    exactly_one=(("raise", "lower", "switch"),),
)
_CAUSES = ("raise", "lower", "switch")
_EFFECTS = ("raises", "lowers", "leaves", "weakens", "strengthens", "sooner", "later")
_VERBS = (*_EFFECTS, "better", "stays")
EXPECTATION = Record(
    (
        Key("raise", _KNOWN, "the thing that is raised: an uncertainty, stock, quantity, event, move or term"),
        Key("lower", _KNOWN, "the thing that is lowered"),
        Key("switch", Free(), "`{us: [patience, freeze]}`: an actor's strategies, variants, or something imposed"),
        Key("raises", _KNOWN, "what must rise"),
        Key("lowers", _KNOWN, "what must fall"),
        Key("leaves", _KNOWN, "what must not move"),
        Key("weakens", _EFFECT, "the effect that must become smaller"),
        Key("strengthens", _EFFECT, "the effect that must become larger"),
        Key("sooner", _KNOWN, "the event or move that must come sooner"),
        Key("later", _KNOWN, "the event or move that must come later"),
        Key("better", _KNOWN, "the strategy that must do better"),
        Key("than", _KNOWN, "the strategy, or the event, that it is compared with"),
        Key("of", _KNOWN, "the actor whose strategies are compared, where their names do not tell"),
        Key("judged_by", _KNOWN, "what decides which is better; the actor's payoff where it is left out"),
        Key("stays", _KNOWN, "what must stay within bounds"),
        Key("within", ListOf(Text("open"), least=2, most=2), "the bounds, `null` for an open end"),
        Key("least", _NUMBER, "the smallest change that counts, as a share of the spread of what changes; 0.01"),
        Key("where", _KNOWN, "in which profiles: `us in [freeze]`, joined by `and`, or a profile's name"),
        Key("from", _NUMBER, "the lower quantile that is compared; 0.25 where it is left out"),
        Key("to", _NUMBER, "the upper quantile that is compared; 0.75 where it is left out"),
        Key("step", _NUMBER, "by how much a stock's start, a quantity or a constant is moved up and down"),
        Key("over", Text("word", REDUCERS), "how a thing of a step is taken over time; `mean` where it is left out"),
    )
)
"""The table of an expectation: every key, its shape, and what it means."""

DEFAULT_LEAST = 0.01
_WHERE = re.compile(r"\s*([A-Za-z_]\w*)\s*(?:in\s*\[([^\]]*)\]|==\s*([^\s=].*?))\s*")


@dataclass(frozen=True, slots=True)
class Expectation:
    """One expectation, checked against a model.

    `raises`, `lowers`, `leaves`: what `contrast` does to `measure`. `weakens`, `strengthens`: what it does to
    the effect of `effect` on `measure`. `stays`: `measure` is within `bounds`, and there is no contrast.
    `least` is a share of the measure's spread over worlds. `where` names for some actors the strategies that
    are averaged over.
    """

    span: Span
    says: str
    verb: Verb
    measure: Measure
    contrast: Contrast | None = None
    effect: Contrast | None = None
    bounds: tuple[float | None, float | None] = (None, None)
    least: float = DEFAULT_LEAST
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()


def read_expectations(written: Iterable[Mapping], model: Model) -> tuple[tuple[Expectation, ...], list[Problem]]:
    """Check expectations against a model; those that cannot be evaluated become problems."""
    found: list[Expectation] = []
    problems: list[Problem] = []
    for node in written:
        known = len(problems)
        expectation = _read(node, model, problems)
        if expectation is not None and not any(p.severity == "error" for p in problems[known:]):
            found.append(expectation)
    return tuple(found), problems


def check_mechanisms(model: Model) -> list[Problem]:
    """Expectations of the study's mechanisms that cannot be evaluated."""
    return [problem for mechanism in model.mechanisms for problem in read_expectations(mechanism.expect, model)[1]]


def represented(model: Model, expectation: Expectation, reads: Reads | None = None) -> tuple[Symbol, ...] | None:
    """A shortest path in the equations from what is changed to what is measured.

    None where there is none, so that the model cannot bear on the claim. Of an effect that is weakened, both
    things must have a path. Bounds, and variants, which may change anything, are always represented: (). `reads` are
    the model's `influences`, where they are known.
    """
    reads = influences(model) if reads is None else reads
    path: tuple[Symbol, ...] = ()
    for contrast in (expectation.effect, expectation.contrast):
        if contrast is None or contrast.is_variant:
            continue
        between = path_between(reads, contrast.symbols(model), expectation.measure.symbols)
        if between is None:
            return None
        path = between
    return path


def _read(node: Mapping, model: Model, problems: list[Problem]) -> Expectation | None:
    start = Span(node.span.source, node.span.start, node.span.start + 1)
    tree = conform(node, EXPECTATION, "expect", start, problems=problems)
    if not isinstance(tree, Mapping):
        return None
    verb = _only(tree, _VERBS, start, problems)
    if verb is None or not _keys_fit(tree, verb, problems):
        return None
    if verb.text == "better":
        read = _better(tree, model, start, problems)
    elif verb.text == "stays":
        read = _stays(tree, model, start, problems)
    elif verb.text in ("sooner", "later"):
        read = _sooner(tree, verb, model, start, problems=problems)
    elif verb.text in ("weakens", "strengthens"):
        read = _interplay(tree, verb, model, start, problems=problems)
    else:
        read = _effect(tree, verb, model, start, problems=problems)
    if read is None:
        return None
    least = number(tree, "least")
    return replace(read, least=DEFAULT_LEAST if least is None else least, where=_where(tree, model, problems))


_OF_A_CAUSE = ("raise", "lower", "switch", "step", "from", "to")
_ALLOWED: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("raises", "lowers", "leaves", "weakens", "strengthens"), (*_OF_A_CAUSE, "over")),
    **dict.fromkeys(("sooner", "later"), (*_OF_A_CAUSE, "than")),
    "better": ("than", "of", "judged_by", "over"),
    "stays": ("within", "over"),
}


def _only(tree: Mapping, keys: tuple[str, ...], start: Span, problems: list[Problem]) -> Scalar | None:
    found = [name for name, _ in tree.items if name.text in keys]
    if len(found) == 1:
        return found[0]
    if not found:
        listed = ", ".join(f"`{key}`" for key in keys)
        problems.append(Problem("expectation", start, "this says nothing that must follow", f"add one of {listed}"))
    else:
        message = f"`{found[1].text}` and `{found[0].text}` exclude each other"
        problems.append(Problem("keys-together", found[1].span, message, "write two expectations"))
    return None


def _keys_fit(tree: Mapping, verb: Scalar, problems: list[Problem]) -> bool:
    """Keys that mean nothing beside this verb; and ranges of numbers."""
    allowed = (*_ALLOWED[verb.text], verb.text, "least", "where")
    for name, _ in tree.items:
        if name.text not in allowed:
            message = f"`{name.text}` has no meaning beside `{verb.text}`"
            problems.append(Problem("keys-together", name.span, message, "remove it"))
            return False
    for key in ("from", "to", "least"):
        value, at = number(tree, key), scalar(tree, key)
        if value is not None and at is not None and not 0 <= value <= 1:
            message = f"`{key}` is a share between 0 and 1, and {at.text} stands here"
            problems.append(Problem("wrong-value", at.span, message))
            return False
    return True


def _effect(tree: Mapping, verb: Scalar, model: Model, start: Span, *, problems: list[Problem]) -> Expectation | None:
    contrast = _cause(tree, model, start, problems)
    measure = _measured(tree, verb.text, model, problems)
    if contrast is None or measure is None:
        return None
    kind: Verb = "raises" if verb.text == "raises" else "lowers" if verb.text == "lowers" else "leaves"
    says = (
        f"{contrast.says} {kind} {measure.says}" if kind != "leaves" else f"{contrast.says} leaves {measure.says} alone"
    )
    return Expectation(start, says, kind, measure, contrast=contrast)


def _interplay(
    tree: Mapping, verb: Scalar, model: Model, start: Span, *, problems: list[Problem]
) -> Expectation | None:
    inner = tree.get(verb.text)
    contrast = _cause(tree, model, start, problems)
    if not isinstance(inner, Mapping) or contrast is None:
        return None
    effect = _cause(inner, model, verb.span, problems)
    named, over = scalar(inner, "effect_on"), scalar(tree, "over")
    if effect is None or named is None:
        return None
    measure = read_measure(named, None if over is None else over.text, model, problems)
    if measure is None:
        return None
    kind: Verb = "weakens" if verb.text == "weakens" else "strengthens"
    says = f"{contrast.says} {kind} the effect of {effect.says} on {measure.says}"
    return Expectation(start, says, kind, measure, contrast=contrast, effect=effect)


def _sooner(tree: Mapping, verb: Scalar, model: Model, start: Span, *, problems: list[Problem]) -> Expectation | None:
    """Sooner means a shorter wait, counted up to the clock's end, so that what never comes counts too."""
    named, other = scalar(tree, verb.text), scalar(tree, "than")
    measure = None if named is None else waiting_for(named, model, problems)
    if measure is None or named is None:
        return None
    causes = [name for name, _ in tree.items if name.text in _CAUSES]
    if (other is None) == (not causes):
        message = f"`{verb.text}` goes either with `raise`, `lower` or `switch`, or with `than`"
        problems.append(Problem("expectation", verb.span, message))
        return None
    if other is None:
        contrast = _cause(tree, model, start, problems)
        if contrast is None:
            return None
        kind: Verb = "lowers" if verb.text == "sooner" else "raises"
        return Expectation(
            start, f"{contrast.says} makes `{named.text}` come {verb.text}", kind, measure, contrast=contrast
        )
    reference = waiting_for(other, model, problems)
    if reference is None or measure.tree is None or reference.tree is None:
        return None
    gap = Binary(named.span, "-", measure.tree, reference.tree)
    both = replace(measure, tree=gap, symbols=measure.symbols | reference.symbols)
    bounds = (None, 0.0) if verb.text == "sooner" else (0.0, None)
    says = f"`{named.text}` comes {verb.text} than `{other.text}`"
    return Expectation(start, says, "stays", both, bounds=bounds)


def _better(tree: Mapping, model: Model, start: Span, problems: list[Problem]) -> Expectation | None:
    good, bad = scalar(tree, "better"), scalar(tree, "than")
    if bad is None or good is None:
        problems.append(Problem("expectation", start, "`better` goes with `than`", "add `than: …`, another strategy"))
        return None
    contrast = read_strategies(bad, good, scalar(tree, "of"), model, problems=problems)
    if contrast is None:
        return None
    judge = scalar(tree, "judged_by")
    named = judge or Scalar(f"payoff({contrast.actor})", good.span, "")
    over = scalar(tree, "over")
    measure = read_measure(named, None if over is None else over.text, model, problems)
    if measure is None:
        return None
    if measure.better is None:
        message = f"`{named.text}` is neither an outcome nor a payoff, so neither direction is better"
        problems.append(Problem("expectation", named.span, message, "name an outcome, or leave `judged_by` out"))
        return None
    kind: Verb = "raises" if measure.better == "higher" else "lowers"
    says = f"`{good.text}` does better than `{bad.text}` on {measure.says}"
    return Expectation(start, says, kind, measure, contrast=contrast)


def _stays(tree: Mapping, model: Model, start: Span, problems: list[Problem]) -> Expectation | None:
    measure = _measured(tree, "stays", model, problems)
    ends = nodes(tree.get("within"))
    if len(ends) != 2 or measure is None:
        if measure is not None:
            problems.append(Problem("expectation", start, "`stays` goes with `within`", "add `within: [low, high]`"))
        return None
    low, high = (as_number(end) for end in ends)
    if (low is None and high is None) or (low is not None and high is not None and low >= high):
        problems.append(Problem("range-reversed", ends[0].span, "`within` has no room between its ends"))
        return None
    shown = " to ".join("…" if end is None else format(end, "g") for end in (low, high))
    return Expectation(start, f"{measure.says} stays within {shown}", "stays", measure, bounds=(low, high))


def _measured(tree: Mapping, key: str, model: Model, problems: list[Problem]) -> Measure | None:
    named, over = scalar(tree, key), scalar(tree, "over")
    return None if named is None else read_measure(named, None if over is None else over.text, model, problems)


def _cause(tree: Mapping, model: Model, start: Span, problems: list[Problem]) -> Contrast | None:
    how = _only_cause(tree, start, problems)
    if how is None:
        return None
    node = tree.get(how.text)
    if how.text == "switch":
        return read_switch(node, how, model, problems)
    if not isinstance(node, Scalar):
        return None
    low, high = number(tree, "from"), number(tree, "to")
    quantiles = (0.25 if low is None else low, 0.75 if high is None else high)
    if quantiles[0] >= quantiles[1]:
        problems.append(Problem("range-reversed", how.span, "`from` is not below `to`"))
        return None
    contrast = read_contrast(node, quantiles, number(tree, "step"), model, problems=problems)
    return contrast if contrast is None or how.text == "raise" else contrast.reversed()


def _only_cause(tree: Mapping, start: Span, problems: list[Problem]) -> Scalar | None:
    found = [name for name, _ in tree.items if name.text in _CAUSES]
    if len(found) == 1:
        return found[0]
    message = (
        "this names nothing that is changed"
        if not found
        else f"`{found[1].text}` and `{found[0].text}` exclude each other"
    )
    code = "expectation" if not found else "keys-together"
    problems.append(
        Problem(code, start if not found else found[1].span, message, "add one of `raise`, `lower`, `switch`")
    )
    return None


def _where(tree: Mapping, model: Model, problems: list[Problem]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """`us in [freeze, patience] and dprk == pretend`, or the name of a profile."""
    node = scalar(tree, "where")
    if node is None:
        return ()
    named = next((profile for profile in model.profiles if profile.name == node.text.strip()), None)
    if named is not None:
        return named.strategies
    found: list[tuple[str, tuple[str, ...]]] = []
    for part in re.split(r"\band\b", node.text):
        match = _WHERE.fullmatch(part)
        if match is None:
            message = f"`{part.strip()}` is neither a profile nor of the form `us in [freeze]`"
            advice = suggest(node.text, [profile.name for profile in model.profiles], "profiles")
            problems.append(Problem("expectation", node.span, message, advice))
            return ()
        actor, several, one = match.groups()
        if actor not in model.players:
            message = f"no actor that chooses is named `{actor}`"
            problems.append(Problem("unknown-actor", node.span, message, suggest(actor, model.players, "actors")))
            return ()
        labels = [label.strip() for label in re.split(r",(?![^(]*\))", several or one)]
        for label in labels:
            if not _knows(model, actor, label, node, problems=problems):
                return ()
        found.append((actor, tuple(labels)))
    return tuple(found)


def _knows(model: Model, actor: str, label: str, node: Scalar, *, problems: list[Problem]) -> bool:
    instances = model.instances(actor)
    known = {i.strategy.name for i in instances} | {i.label for i in instances}
    if label in known:
        return True
    message = f"`{actor}` has no strategy `{label}`"
    problems.append(Problem("unknown-name", node.span, message, suggest(label, known, "strategies")))
    return False
