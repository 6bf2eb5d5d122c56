"""How courses can change: moves that cannot be made or undone, and what is played today."""

from __future__ import annotations

from standoff.language.building.draft import Draft
from standoff.language.building.strategies import known_labels
from standoff.language.model import ActorMoves, SearchSpace, Strategy
from standoff.language.text.fields import as_number, entries, mapping, nodes, number, scalar, scalars
from standoff.language.text.reader import Mapping, Scalar

__all__ = ["build_moves", "build_searches", "build_today"]


def build_moves(draft: Draft, strategies: tuple[Strategy, ...]) -> tuple[ActorMoves, ...]:
    """For each actor that is named, the changes of strategy that it cannot make."""
    found: list[ActorMoves] = []
    for actor, node in entries(draft.study, "moves"):
        if actor.text == "today" or not draft.is_actor(actor):
            continue

        def labels(of: Mapping, key: str, actor: str = actor.text) -> tuple[str, ...]:
            return known_labels(draft, actor, scalars(of, key), strategies)

        barred = tuple(
            (labels(one, "from"), labels(one, "to")) for one in nodes(node.get("barred")) if isinstance(one, Mapping)
        )
        found.append(ActorMoves(actor.text, actor.span, labels(node, "irreversible"), barred))
    return tuple(found)


def build_today(draft: Draft, strategies: tuple[Strategy, ...]) -> tuple[tuple[str, str], ...]:
    """The strategy that actors play now, as (actor, label); one with settings needs them said."""
    found: list[tuple[str, str]] = []
    for actor, label in mapping(mapping(draft.study, "moves"), "today").items:
        if not isinstance(label, Scalar) or not draft.is_actor(actor):
            continue
        for known in known_labels(draft, actor.text, (label,), strategies):
            instances = [i.label for s in strategies if s.actor == actor.text for i in s.instances]
            if known not in instances:
                message = f"`{known}` has settings, and what is played today has one level of each"
                draft.report("wrong-value", label.span, message, f"write it as in `{_first(instances, known)}`")
            else:
                found.append((actor.text, known))
    return tuple(found)


def build_searches(draft: Draft, strategies: tuple[Strategy, ...]) -> tuple[SearchSpace, ...]:
    """The spaces of strategies to be found."""
    found: list[SearchSpace] = []
    for actor, spaces in entries(draft.study, "search"):
        if not draft.is_actor(actor):
            continue
        for name, node in spaces.items:
            if isinstance(node, Mapping):
                made = _by_settings if node.get("strategy") is not None else _by_trees
                space = made(draft, actor, name, node, own=[s for s in strategies if s.actor == actor.text])
                if space is not None:
                    found.append(space)
    return tuple(found)


def _by_settings(
    draft: Draft, actor: Scalar, name: Scalar, node: Mapping, *, own: list[Strategy]
) -> SearchSpace | None:
    named = scalar(node, "strategy")
    if named is None or not draft.known([named], [s.name for s in own], "unknown-name",
                                        f"`{actor.text}` has no strategy {{}}", kind="strategies"):  # fmt: skip
        return None
    strategy = next(s for s in own if s.name == named.text)
    settings = {setting for setting, levels in strategy.settings if levels and not isinstance(levels[0], str)}
    within = _ranges(
        draft, node, "within", settings, sentence=f"`{named.text}` has no setting {{}} of numbers", kind="settings"
    )
    whole = draft.known(
        scalars(node, "whole"), [w[0] for w in within], "unknown-name", "no range is given for {}", kind="settings"
    )
    if not within and node.get("within") is None:
        draft.report(
            "missing-key",
            name.span,
            f"`{name.text}` says no range of a setting",
            "add `within: {setting: [least, largest]}`",
        )
    return SearchSpace(actor.text, name.text, name.span, strategy.name, within=within, whole=whole)


def _by_trees(draft: Draft, actor: Scalar, name: Scalar, node: Mapping, *, own: list[Strategy]) -> SearchSpace | None:
    dimensions = draft.names.dimensions.get(actor.text, ())
    said = scalar(node, "dimension")
    if said is None and len(dimensions) > 1:
        listed = ", ".join(f"`{dimension}`" for dimension in dimensions)
        draft.report(
            "missing-key",
            name.span,
            f"`{actor.text}` chooses {listed}, and the tree does not say which",
            "add `dimension`",
        )
        return None
    if said is not None and not draft.known(
        [said], dimensions, "unknown-name", f"`{actor.text}` has no choice {{}}", kind="choices"
    ):
        return None
    dimension = said.text if said is not None else ""
    family = f"{actor.text}.{dimension}" if dimension else actor.text
    every = draft.names.families.get(family, ())
    options = draft.known(
        scalars(node, "options"), every, "unknown-option", f"`{family}` has no option {{}}", kind="options"
    )
    things = [n.text for section in ("stocks", "quantities") for n, _ in mapping(draft.study, section).items]
    reads = _ranges(
        draft, node, "reads", set(things), sentence="no stock or quantity is named {}", kind="stocks and quantities"
    )
    depth = int(number(node, "depth") or 1)
    if depth not in (1, 2):
        written = scalar(node, "depth")
        assert written is not None
        draft.report("wrong-value", written.span, f"a tree asks 1 or 2 questions, and {depth} stands here")
    rest = tuple((key.text, value.text) for key, value in mapping(node, "rest").items if isinstance(value, Scalar))
    return SearchSpace(
        actor.text,
        name.text,
        name.span,
        None,
        within=reads,
        whole=(),
        depth=min(max(depth, 1), 2),
        dimension=dimension,
        options=options or every,
        rest=rest,
    )


def _ranges(
    draft: Draft, node: Mapping, key: str, known: set[str], *, sentence: str, kind: str
) -> tuple[tuple[str, float, float], ...]:
    """Names with two numbers, the smaller one first."""
    found: list[tuple[str, float, float]] = []
    for name, ends in mapping(node, key).items:
        low, high = ([as_number(end) for end in nodes(ends)] + [None, None])[:2]
        if not draft.known([name], sorted(known), "unknown-name", sentence, kind=kind) or low is None or high is None:
            continue
        if low >= high:
            message = f"the ends of `{name.text}` are reversed or equal: {low:g} and {high:g}"
            draft.report("range-reversed", ends.span, message, "write the smaller one first")
            continue
        found.append((name.text, low, high))
    return tuple(found)


def _first(labels: list[str], name: str) -> str:
    """A strategy of this name with its settings."""
    return next(label for label in labels if label.partition("(")[0] == name)
