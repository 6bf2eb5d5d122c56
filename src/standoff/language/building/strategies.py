"""Who chooses and how: actors, the order of moving, strategies, profiles and payoffs."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod

from standoff.base.problems import suggest
from standoff.base.units import DIMENSIONLESS
from standoff.language.building.draft import Draft
from standoff.language.expressions.tree import Number, Symbol
from standoff.language.meaning.equations import PERIODS
from standoff.language.meaning.names import Declared, unit_of
from standoff.language.meaning.places import FINAL, PARAMETERS, PAYOFF, STRATEGY
from standoff.language.model import (
    NUMBER,
    Actor,
    Expression,
    PartialProfile,
    Payoff,
    Rule,
    Setting,
    Strategy,
    Weighing,
    options,
)
from standoff.language.text.fields import as_number, entries, mapping, nodes, scalar, text, texts, typeset
from standoff.language.text.reader import Broken, Mapping, Node, Scalar, Sequence

__all__ = ["build_actors", "build_order", "build_payoffs", "build_profiles", "build_strategies", "check_decider"]

MOST_INSTANCES = 1_000
Settings = dict[str, Declared]
Levels = tuple[tuple[str, tuple[float, ...] | tuple[str, ...]], ...]


def build_actors(draft: Draft) -> tuple[Actor, ...]:
    """Actors; the name in prose is the actor's own where none is given."""
    return tuple(
        Actor(name.text, name.span, text(node, "name") or name.text, texts(node, "aliases"), about=text(node, "about"))
        for name, node in entries(draft.study, "actors")
    )


def check_decider(draft: Draft) -> None:
    """The decider is an actor that chooses something."""
    decider = scalar(draft.study, "decider")
    if decider is None or not draft.is_actor(decider):
        return
    if decider.text not in draft.names.dimensions and decider.text not in draft.names.broken:
        message = f"`{decider.text}` is the decider, and has no choices"
        draft.report("wrong-value", decider.span, message, "name an actor that has choices and strategies")


def build_order(draft: Draft) -> tuple[tuple[str, ...], ...]:
    """Groups that move one after another: every actor with a choice is in one of them."""
    choosing = tuple(name for name in draft.names.actors if name in draft.names.dimensions)
    node = draft.study.get("order")
    if not isinstance(node, Sequence):
        return (choosing,) if choosing else ()
    groups: list[tuple[str, ...]] = []
    seen: set[str] = set()
    for group in nodes(node):
        members: list[str] = []
        for actor in nodes(group):
            if not isinstance(actor, Scalar) or not draft.is_actor(actor):
                continue
            if actor.text in seen:
                draft.report(
                    "order-incomplete", actor.span, f"`{actor.text}` stands here again", "name each actor once"
                )
            seen.add(actor.text)
            members.append(actor.text)
        groups.append(tuple(members))
    for missing in (name for name in choosing if name not in seen):
        message = f"`{missing}` chooses, and `order` leaves it out"
        draft.report("order-incomplete", node.span, message, "name every actor that has choices")
    return tuple(groups)


def build_strategies(draft: Draft) -> tuple[Strategy, ...]:
    """Each actor's strategies, one set of rules or one weighing for every dimension of its choice."""
    found: list[Strategy] = []
    for actor, strategies in entries(draft.study, "strategies"):
        if not draft.is_actor(actor) or actor.text in draft.names.broken:
            continue
        dimensions = draft.names.dimensions.get(actor.text)
        if dimensions is None:
            message = f"`{actor.text}` has strategies and no choices"
            draft.report("wrong-value", actor.span, message, "add its options to `choices`")
            continue
        for name, node in strategies.items:
            if isinstance(node, Mapping):
                found.append(_strategy(draft, actor.text, name, node, dimensions=dimensions))
    return tuple(found)


def build_profiles(draft: Draft, strategies: tuple[Strategy, ...]) -> tuple[PartialProfile, ...]:
    """Named parts of profiles; a bare strategy allows all its settings."""
    found: list[PartialProfile] = []
    for name, node in entries(draft.study, "profiles"):
        parts: list[tuple[str, tuple[str, ...]]] = []
        for actor, value in node.items:
            if actor.text in ("name", "about") or not draft.is_actor(actor):
                continue
            labels = tuple(item for item in nodes(value) if isinstance(item, Scalar))
            parts.append((actor.text, known_labels(draft, actor.text, labels, strategies)))
        found.append(PartialProfile(name.text, name.span, tuple(parts), text(node, "about"), title=draft.title(node)))
    return tuple(found)


def known_labels(
    draft: Draft, actor: str, labels: Iterable[Scalar], strategies: tuple[Strategy, ...]
) -> tuple[str, ...]:
    """Labels or bare names of an actor's strategies; others are reported."""
    own = [strategy for strategy in strategies if strategy.actor == actor]
    known = [s.name for s in own] + [i.label for s in own if s.settings for i in s.instances]
    declared = mapping(mapping(draft.study, "strategies"), actor)
    broken = {name.text for name, _ in declared.items} - set(known)
    sentence = f"`{actor}` has no strategy {{}}"
    return draft.known((x for x in labels if x.text not in broken), known, "unknown-name", sentence, kind="strategies")


def build_payoffs(draft: Draft) -> tuple[Payoff, ...]:
    """What the actors want, in numbers without unit."""
    found: list[Payoff] = []
    for actor, node in entries(draft.study, "payoffs"):
        if not draft.is_actor(actor):
            continue
        per = node.key("per")
        if per is not None and node.get("discount") is None:
            message = "`per` is the time of a `discount`, and there is none"
            draft.report("keys-together", per.span, message, "add `discount`, or remove `per`")
        each, final, discount = (
            None
            if (written := scalar(node, key)) is None
            else draft.equations.number(written, place, DIMENSIONLESS, f"`{key}` of the payoff of `{actor.text}`")
            for key, place in (("each", PAYOFF), ("final", FINAL), ("discount", PARAMETERS))
        )
        found.append(
            Payoff(
                actor.text,
                actor.span,
                each,
                final,
                discount=discount,
                per=PERIODS[text(node, "per") or "step"],
            )
        )
    return tuple(found)


def _strategy(draft: Draft, actor: str, name: Scalar, node: Mapping, *, dimensions: tuple[str, ...]) -> Strategy:
    levels, settings = _settings(draft, actor, name.text, node)
    chosen, is_whole = _by_dimension(draft, actor, node, "choose", dimensions=dimensions)
    weighed, is_whole_too = _by_dimension(draft, actor, node, "weigh", dimensions=dimensions)
    says_something = node.get("choose") is not None or node.get("weigh") is not None
    precision = _precision(draft, node, settings)
    rules: list[tuple[str, tuple[Rule, ...] | Weighing]] = []
    for dimension in dimensions:
        family = f"{actor}.{dimension}" if dimension else actor
        if dimension in weighed:
            if dimension in chosen:
                message = f"`{family}` is both chosen and weighed"
                draft.report("keys-together", name.span, message, "keep one of the two")
            rules.append((dimension, _weighing(draft, family, weighed[dimension], precision, settings=settings)))
        elif dimension in chosen:
            value = draft.equations.option_rules(chosen[dimension], STRATEGY, family, settings)
            rules.append((dimension, value))
        elif is_whole and is_whole_too and says_something:
            message = f"`{name.text}` does not say what it chooses for `{dimension or actor}`"
            draft.report("missing-key", name.span, message, f"add `{dimension}` to `choose` or `weigh`")
    title = draft.title(node)
    return Strategy(
        actor,
        name.text,
        name.span,
        text(node, "about"),
        settings=levels,
        rules=tuple(rules),
        title=title,
        named=_named(draft, node),
    )


def _settings(draft: Draft, actor: str, strategy: str, node: Mapping) -> tuple[Levels, Settings]:
    levels: list[tuple[str, tuple[float, ...] | tuple[str, ...]]] = []
    declared: Settings = {}
    for name, value in mapping(node, "settings").items:
        symbol = Symbol("setting", f"{actor}.{strategy}.{name.text}")
        written = _written_levels(value)
        _check_levels(draft, name, written)
        numbers = [number for number in map(as_number, written) if number is not None]
        if len(numbers) == len(written):
            levels.append((name.text, tuple(numbers)))
            declared[name.text] = Declared(symbol, name.span, NUMBER, unit_of(value))
            continue
        if isinstance(value, Mapping) and (unit := value.key("unit")) is not None:
            message = f"the levels of `{name.text}` are options, which have no unit"
            draft.report("keys-together", unit.span, message, "remove `unit`")
        family = _family_of_levels(draft, actor, name, written)
        levels.append((name.text, tuple(item.text for item in written)))
        declared[name.text] = Declared(symbol, name.span, options(family) if family else None)
    key, n_instances = node.key("settings"), prod(len(found) for _, found in levels)
    if key is not None and n_instances > MOST_INSTANCES:
        message = (
            f"the settings make {n_instances:,} strategies of `{strategy}`, and at most {MOST_INSTANCES:,} are read"
        )
        draft.report("too-many", key.span, message, "keep the levels that matter")
        levels = [(name, found[:1]) for name, found in levels]
    return tuple(levels), declared


def _written_levels(value: Node) -> tuple[Scalar, ...]:
    """The levels of a setting: a list of them, or of a record its `levels`, which may name each."""
    levels = value.get("levels") if isinstance(value, Mapping) else value
    if isinstance(levels, Mapping):
        return tuple(level for level, _ in levels.items)
    return tuple(item for item in nodes(levels) if isinstance(item, Scalar))


def _named(draft: Draft, node: Mapping) -> tuple[Setting, ...]:
    """Settings that the study names."""
    named = []
    for name, value in mapping(node, "settings").items:
        if isinstance(value, Mapping):
            levels: list[tuple[float | str, str]] = []
            for level, title in mapping(value, "levels").items:
                number = as_number(level)
                if isinstance(title, Scalar) and draft.is_title(title):
                    levels.append((level.text if number is None else number, typeset(title.text)))
            unit = unit_of(value) or DIMENSIONLESS
            named.append(Setting(name.text, draft.title(value), text(value, "about"), tuple(levels), unit=unit))
    return tuple(named)


def _check_levels(draft: Draft, name: Scalar, written: tuple[Scalar, ...]) -> None:
    for i, item in enumerate(written):
        if any(item.text == earlier.text for earlier in written[:i]):
            draft.report("levels", item.span, f"the level {item.text} of `{name.text}` stands here again", "remove it")


def _family_of_levels(draft: Draft, actor: str, name: Scalar, written: tuple[Scalar, ...]) -> str | None:
    """The one dimension of the actor that has all these options."""
    families = [f"{actor}.{d}" if d else actor for d in draft.names.dimensions[actor]]
    words = [item.text for item in written]
    fitting = [family for family in families if set(words) <= set(draft.names.families[family])]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        listed = " and ".join(f"`{family}`" for family in fitting)
        message = f"the levels of `{name.text}` are options of {listed}, and one should be meant"
        draft.report("wrong-type", name.span, message, "give the options of the two choices different names")
        return None
    known = [option for family in families for option in draft.names.families[family]]
    unknown = next((item for item in written if item.text not in known), None)
    if unknown is None:
        message = f"no choice of `{actor}` has all the levels of `{name.text}`"
        draft.report("unknown-option", name.span, message, "list options of one choice, or numbers")
    else:
        message = f"`{unknown.text}` is neither a number nor an option of `{actor}`"
        draft.report("unknown-option", unknown.span, message, suggest(unknown.text, known, "options"))
    return None


def _by_dimension(
    draft: Draft, actor: str, node: Mapping, key: str, *, dimensions: tuple[str, ...]
) -> tuple[dict[str, Node], bool]:
    """What `choose` or `weigh` says of each dimension, and whether nothing in it was refused."""
    value, written = node.get(key), node.key(key)
    if value is None or written is None:
        return {}, True
    if isinstance(value, Broken):
        return {}, False
    is_by_dimension = isinstance(value, Mapping) and (key == "choose" or _is_nested(value, dimensions))
    if not is_by_dimension:
        if len(dimensions) == 1:
            return {dimensions[0]: value}, True
        listed = ", ".join(f"`{dimension}`" for dimension in dimensions)
        message = f"`{actor}` chooses {listed}, and `{key}` does not say which is meant"
        draft.report("wrong-shape", written.span, message, f"write `{key}: {{{dimensions[0]}: …}}`")
        return {}, False
    assert isinstance(value, Mapping)
    if dimensions == ("",):
        message = f"`{actor}` has only one choice, and a mapping stands here"
        draft.report("wrong-shape", written.span, message, "write the option or the rules alone")
        return {}, False
    sentence = f"`{actor}` has no choice {{}}"
    known = draft.known((name for name, _ in value.items), dimensions, "unknown-name", sentence, kind="choices")
    return {name.text: inner for name, inner in value.items if name.text in known}, len(known) == len(value.items)


def _is_nested(node: Mapping, dimensions: tuple[str, ...]) -> bool:
    return any(isinstance(value, Mapping) for _, value in node.items) or any(
        k.text in dimensions for k, _ in node.items
    )


def _precision(draft: Draft, node: Mapping, settings: Settings) -> Expression:
    written, key = scalar(node, "precision"), node.key("precision")
    if written is None:
        span = key.span if key is not None else node.span
        return Expression(span, Number(span, 1.0))
    if key is not None and node.key("weigh") is None:
        draft.report("keys-together", key.span, "`precision` belongs to `weigh`, and there is none", "remove it")
    return draft.equations.number(written, STRATEGY, None, "the precision", settings=settings)


def _weighing(draft: Draft, family: str, node: Node, precision: Expression, *, settings: Settings) -> Weighing:
    members = draft.names.families[family]
    chosen: list[int] = []
    worths: list[Expression] = []
    for name, value in node.items if isinstance(node, Mapping) else ():
        if not draft.known([name], members, "unknown-option", f"`{family}` has no option {{}}", kind="options"):
            continue
        if isinstance(value, Scalar):
            chosen.append(members.index(name.text))
            label = f"the worth of `{name.text}`"
            worths.append(draft.equations.worth(value, STRATEGY, precision, label, settings=settings))
    return Weighing(tuple(chosen), tuple(worths), precision)
