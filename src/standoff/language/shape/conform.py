"""Nodes against shapes: every key known, every value of the kind that belongs there.

What does not fit is reported, and `Broken` stands in its place, so that whoever builds on it meets only what fits.
"""

from __future__ import annotations

import re
from dataclasses import replace
from difflib import get_close_matches

from standoff.base.problems import Problem, suggest
from standoff.base.source import Span
from standoff.language.shape.kinds import KINDS, check_name
from standoff.language.shape.misfits import Owner, first_line, misfit
from standoff.language.shape.shapes import Either, Free, Key, Keyed, ListOf, MapOf, Names, Record, Shape, Text
from standoff.language.text.fields import as_number, is_nothing
from standoff.language.text.reader import Broken, Mapping, Node, Scalar, Sequence

__all__ = ["conform"]

_NUMBERS = re.compile(r"(?<![\d.])-?\d+(?:\.\d+)?")


def conform(node: Node, shape: Shape, name: str, span: Span, *, problems: list[Problem]) -> Node:
    """The node without what does not fit its shape.

    Args:
        node: What stands there.
        shape: What should.
        name: What messages call it, such as the key whose value it is.
        span: Where that name stands.
        problems: What does not fit is added here.

    Returns:
        The node, with `Broken` in place of whatever cannot be used, and unknown keys left out. A key that is
        misspelt counts as the one that was meant.
    """
    return _conform(node, shape, Owner(name, span), problems)


def _conform(node: Node, shape: Shape, owner: Owner, problems: list[Problem]) -> Node:
    if isinstance(node, Broken):  # reported already
        return node
    match shape:
        case Text():
            return _text(node, shape, owner, problems)
        case ListOf():
            return _list(node, shape, owner, problems)
        case MapOf():
            return _map(node, shape, owner, problems)
        case Record():
            return _record(node, shape, owner, problems)
        case Keyed():
            chosen = shape.marked if isinstance(node, Mapping) and node.get(shape.marker) else shape.other
            return _conform(node, chosen, owner, problems)
        case Either():
            chosen_shape = next((one for one in shape.shapes if _accepts(one, node)), None)
            if chosen_shape is None:
                return misfit(node, " or ".join(_phrase(one) for one in shape.shapes), owner, problems)
            return _conform(node, chosen_shape, owner, problems)
        case Free():
            return node


def _accepts(shape: Shape, node: Node) -> bool:
    if isinstance(shape, Text):
        return isinstance(node, Scalar) and not is_nothing(node)
    if isinstance(shape, ListOf):
        return isinstance(node, Sequence)
    return isinstance(node, Mapping)


def _phrase(shape: Shape) -> str:
    match shape:
        case Text(kind):
            return KINDS[kind].phrase
        case ListOf():
            return "a list"
        case _:
            return "a mapping"


def _list(node: Node, shape: ListOf, owner: Owner, problems: list[Problem]) -> Node:
    if not isinstance(node, Sequence):
        return misfit(node, "a list", owner, problems, advice=_list_advice(node, shape))
    if len(node.items) < shape.least or (shape.most is not None and len(node.items) > shape.most):
        _wrong_length(node, shape, owner, problems)
        return Broken(node.span)
    return Sequence(tuple(_conform(item, shape.item, owner, problems) for item in node.items), node.span)


def _list_advice(node: Node, shape: ListOf) -> str | None:
    if not isinstance(node, Scalar) or not node.text or node.is_block:
        return None
    numbers = _NUMBERS.findall(node.text)
    if shape.item in (Text("number"), Text("open"), Text("bound"), Text("end")):
        return f"write `[{', '.join(numbers)}]`" if len(numbers) in (shape.least, shape.most) else None
    return f"write `[{node.text}]`"


def _wrong_length(node: Sequence, shape: ListOf, owner: Owner, problems: list[Problem]) -> None:
    if not node.items:
        problems.append(Problem("empty", node.span, f"`{owner.name}` has no entry", "add one, or leave the key out"))
        return
    expected = str(shape.least) if shape.most == shape.least else f"at least {shape.least}"
    plural = "entry" if shape.least == 1 else "entries"
    found = f"{len(node.items)} stand{'s' if len(node.items) == 1 else ''}"
    problems.append(
        Problem("wrong-shape", first_line(node), f"`{owner.name}` has {expected} {plural}, and {found} here", None)
    )


def _map(node: Node, shape: MapOf, owner: Owner, problems: list[Problem]) -> Node:
    if not isinstance(node, Mapping):
        return misfit(node, "a mapping", owner, problems)
    if len(node.items) < shape.least:
        problems.append(Problem("empty", owner.span, f"`{owner.name}` has no entry", "add one, or leave the key out"))
        return Broken(node.span)
    items: list[tuple[Scalar, Node]] = []
    for name, value in node.items:
        extra = next((key for key in shape.extra if key.name == name.text), None)
        if extra is not None or _key_fits(name, shape.keys, owner, problems):
            inner = extra.shape if extra else shape.value
            items.append((name, _conform(value, inner, Owner(name.text, name.span), problems)))
    return Mapping(tuple(items), node.span)


def _key_fits(name: Scalar, keys: Names, owner: Owner, problems: list[Problem]) -> bool:
    if keys == "name":
        check_name(name, problems)
    elif keys == "number" and as_number(name) is None:
        message = f"the keys of `{owner.name}` are numbers, and `{name.text}` stands here"
        problems.append(Problem("wrong-shape", name.span, message))
        return False
    return True


def _record(node: Node, shape: Record, owner: Owner, problems: list[Problem]) -> Node:
    if not isinstance(node, Mapping):
        advice = f"write `{owner.name}: {{{_meant_for(node, shape)}: …}}`" if isinstance(node, Scalar) else None
        return misfit(node, "a mapping", owner, problems, advice=advice)
    items: list[tuple[Scalar, Node]] = []
    free = {key.name for key in shape.keys} - {name.text for name, _ in node.items}
    for name, value in node.items:
        key = shape.key(name.text)
        if key is None:
            problems.append(_unknown_key(node, name, value, shape, owner=owner))
            key = _meant(name, free, shape)
        if key is not None:
            kept = _conform(value, key.shape, Owner(name.text, name.span), problems)
            items.append((replace(name, text=key.name), kept))
    _check_keys(items, shape, owner, problems)
    return Mapping(tuple(items), node.span)


def _meant_for(node: Scalar, shape: Record) -> str:
    """The key that a lone text or number was for: the first that a record needs and that can hold it."""
    groups = [name for group in (*shape.exactly_one, *shape.at_least_one) for name in group]
    needed = [key.name for key in shape.keys if key.required] + groups or [key.name for key in shape.keys]
    return next((name for name in needed if _holds(shape.key(name), node)), needed[0])


def _holds(key: Key | None, node: Scalar) -> bool:
    shapes = () if key is None else key.shape.shapes if isinstance(key.shape, Either) else (key.shape,)
    is_number = as_number(node) is not None
    return any(isinstance(one, Text) and (is_number or one.kind != "number") for one in shapes)


def _meant(name: Scalar, free: set[str], shape: Record) -> Key | None:
    """The key of which this one is a misspelling, among those that are not there; it is free no longer."""
    nearest = get_close_matches(name.text, free, n=1, cutoff=0.6)
    free.difference_update(nearest)
    return shape.key(nearest[0]) if nearest else None


def _unknown_key(node: Mapping, name: Scalar, value: Node, shape: Record, *, owner: Owner) -> Problem:
    is_bare = isinstance(value, Scalar) and not value.style and value.text == ""
    if is_bare and node.span.source.text[node.span.start] == "{":
        before = next((key for key, _ in reversed(node.items) if key.span.start < name.span.start), None)
        whose = f" of `{before.text}`" if before is not None else ""
        message = f"the comma splits the text{whose}, and `{name.text}` stands as a key"
        return Problem("yaml-split-text", name.span, message, "put the text in quotation marks")
    known = [key.name for key in shape.keys]
    place = "a study" if owner.name == "" else f"`{owner.name}`"
    return Problem(
        "unknown-key", name.span, f"`{name.text}` is not a key of {place}", suggest(name.text, known, "keys")
    )


def _check_keys(items: list[tuple[Scalar, Node]], shape: Record, owner: Owner, problems: list[Problem]) -> None:
    whose = f"`{owner.name}`" if owner.name else "the study"
    present = [name.text for name, _ in items]
    for key in shape.keys:
        if key.required and key.name not in present:
            problems.append(Problem("missing-key", owner.span, f"{whose} has no `{key.name}`", _say(key)))
    for group in (*shape.exactly_one, *shape.at_least_one):
        if not any(name in present for name in group):
            listed = " or ".join(", ".join(f"`{name}`" for name in part) for part in (group[:-1], group[-1:]))
            problems.append(Problem("missing-key", owner.span, f"{whose} has no {listed}", "add one of them"))
    for group in (*shape.exactly_one, *shape.at_most_one):
        found = [name for name, _ in items if name.text in group]
        if len(found) > 1:
            message = f"`{found[1].text}` and `{found[0].text}` exclude each other"
            problems.append(Problem("keys-together", found[1].span, message, "keep one of the two"))


def _say(key: Key) -> str:
    return f"add `{key.name}`: {key.doc}"


def _text(node: Node, shape: Text, owner: Owner, problems: list[Problem]) -> Node:
    kind = KINDS[shape.kind]
    if isinstance(node, Mapping) and shape.kind in ("expression", "distribution", "text"):
        message = f"`{owner.name}` should be {kind.phrase}, and a mapping stands here"
        problems.append(Problem("wrong-shape", first_line(node), message, "put the text in quotation marks"))
        return Broken(node.span)
    if not isinstance(node, Scalar) or (is_nothing(node) and shape.kind not in ("open", "bound")):
        return misfit(node, kind.phrase, owner, problems)
    if shape.kind == "word" and node.text not in shape.words:
        _wrong_word(node, shape, owner, problems)
        return Broken(node.span)
    found = len(problems)
    kind.check(node, owner, problems)
    is_usable = len(problems) == found or shape.kind in ("text", "name")
    return node if is_usable else Broken(node.span)


def _wrong_word(node: Scalar, shape: Text, owner: Owner, problems: list[Problem]) -> None:
    message = f"`{owner.name}` cannot be `{node.text}`"
    problems.append(Problem("wrong-value", node.span, message, suggest(node.text, shape.words, "words")))
