"""How courses can change: moves that cannot be made or undone, and what is played today."""

from __future__ import annotations

from standoff.language.building.draft import Draft
from standoff.language.building.strategies import known_labels
from standoff.language.model import ActorMoves, Strategy
from standoff.language.text.fields import entries, mapping, nodes, scalars
from standoff.language.text.reader import Mapping, Scalar

__all__ = ["build_moves", "build_today"]


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


def _first(labels: list[str], name: str) -> str:
    """A strategy of this name with its settings."""
    return next(label for label in labels if label.partition("(")[0] == name)
