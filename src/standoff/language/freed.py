"""A study with constants set free, so that worlds differ in them; and its text with fitted numbers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from standoff.base.problems import suggest
from standoff.base.source import Source, Span
from standoff.language.load import build_variant
from standoff.language.model import Model
from standoff.language.shape.schema import STUDY
from standoff.language.shape.variants import patched
from standoff.language.text.fields import mapping
from standoff.language.text.reader import Mapping as Node
from standoff.language.text.reader import Node as AnyNode
from standoff.language.text.reader import Scalar, parse_yaml

__all__ = ["Rewritten", "bounds_of", "freed", "rewritten"]


@dataclass(frozen=True, slots=True)
class Rewritten:
    """What a parameter becomes: a constant's `value`, or an uncertainty's `low` and `high`; and why."""

    name: str
    reason: str
    value: float | None = None
    low: float | None = None
    high: float | None = None


def bounds_of(model: Model, name: str, given: tuple[float, float] | None) -> tuple[float, float]:
    """Within which a parameter is fitted: as given, or an uncertainty's own range.

    Raises:
        ValueError: There is no such constant or uncertainty, or a constant without bounds.
    """
    parameter = next((p for p in model.parameters if p.name == name), None)
    if parameter is None:
        advice = suggest(name, [p.name for p in model.parameters])
        raise ValueError(f"no constant or uncertainty is named `{name}`; {advice or ''}".rstrip("; "))
    if given is not None:
        if not given[0] < given[1]:
            raise ValueError(f"the bounds of `{name}` are reversed or equal: {given[0]:g} and {given[1]:g}")
        return given
    spread = parameter.spread
    if spread is None or spread.distribution != "uniform" or spread.levels:
        raise ValueError(f"`{name}` has no range of its own: give its bounds, as in `--free {name}=1:4`")
    return spread.arguments[0], spread.arguments[1]


def freed(model: Model, bounds: Mapping[str, tuple[float, float]]) -> Model:
    """The model with these parameters as uncertainties, alike within bounds.

    Raises:
        StudyError: A constant is used where only a constant can stand, such as a bound.
    """
    constants = {p.name for p in model.parameters if p.kind == "constant"}
    units = {p.name: str(p.unit) for p in model.parameters if not p.unit.is_dimensionless}
    lines = []
    if constants and constants <= bounds.keys():
        lines.append("constants: null")
    elif constants & bounds.keys():
        lines.append("constants: {" + ", ".join(f"{name}: null" for name in bounds if name in constants) + "}")
    lines.append("uncertainties:")
    for name, (low, high) in bounds.items():
        unit = f", unit: {json.dumps(units[name])}" if name in units and name in constants else ""
        lines.append(f"  {name}: {{range: [{low:.17g}, {high:.17g}]{unit}, judgement: fitted}}")
    patch, _ = parse_yaml(Source("the fit", "\n".join(lines) + "\n"))
    root = patched(model.written.root, patch, STUDY)
    # a variant that sets a freed constant by hand would bring it back beside the uncertainty
    written = replace(model.written, root=_without(root, constants & bounds.keys()))
    return build_variant(written, model.applied)


def rewritten(model: Model, changes: Mapping[str, Rewritten]) -> str:
    """The study's text with fitted numbers and their reasons in the place of the old ones; all else as it was.

    What is an element of a vector, and shares its entry with others, gets an entry of its own beside the vector's.
    """
    source = model.source
    root, _ = parse_yaml(source)
    edits: list[tuple[int, int, str]] = []
    for section in ("constants", "uncertainties", "values"):
        written = mapping(root, section)
        own = {name.text: node for name, node in written.items if isinstance(node, Node)}
        for name, _ in mapping(model.written.root, section).items:
            change = changes.get(name.text)
            if change is not None:
                edits += (
                    _edits(own[name.text], change, source) if name.text in own else [_beside(written, change, source)]
                )
    text = source.text
    for start, stop, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[stop:]
    return text


def _edits(node: Node, change: Rewritten, source: Source) -> list[tuple[int, int, str]]:
    """What to write where, for the entry of one parameter."""
    keys = ("value",) if change.value is not None else ("range", "distribution", "levels")
    key = next((k for k in keys if node.get(k) is not None), None)
    name, value = next(item for item in reversed(node.items) if key is None or item[0].text == key)
    apart, old = _apart(node, name.span, source), node.get("judgement")
    reason = "" if isinstance(old, Scalar) else f"{apart}judgement: {_reason(change)}"
    start, before = (name.span.start, "") if key is not None else (value.span.stop, apart)  # the vector says it
    edits = [(start, value.span.stop, before + _said(change) + reason)]
    if isinstance(old, Scalar):
        edits.append((old.span.start, old.span.stop, _reason(change)))
    return edits


def _beside(section: Node, change: Rewritten, source: Source) -> tuple[int, int, str]:
    """An entry of its own for an element of a vector, below all others of its section."""
    name, last = section.items[-1]
    apart = _apart(section, name.span, source)
    while isinstance(last, Node) and last.items and source.text[last.span.start] != "{":
        last = last.items[-1][1]
    stop = last.span.stop
    if apart != ", ":
        stop = (source.text + "\n").index("\n", stop)
    return stop, stop, f"{apart}{change.name}: {{{_said(change)}, judgement: {_reason(change)}}}"


def _said(change: Rewritten) -> str:
    return f"value: {change.value:g}" if change.value is not None else f"range: [{change.low:g}, {change.high:g}]"


def _reason(change: Rewritten) -> str:
    return json.dumps(change.reason, ensure_ascii=False)


def _apart(node: Node, key: Span, source: Source) -> str:
    """What stands between two keys of a mapping: a comma, or a new line with the same indent."""
    if source.text[node.span.start : node.span.start + 1] == "{":
        return ", "
    line = source.text.rfind("\n", 0, key.start) + 1
    return "\n" + " " * (key.start - line)


def _without(root: Node, names: set[str] | frozenset[str]) -> Node:
    """The study whose variants leave these constants alone."""
    if not names:
        return root

    def spared(variant: object) -> object:
        if not isinstance(variant, Node):
            return variant
        items: list[tuple[Scalar, AnyNode]] = []
        for key, value in variant.items:
            if key.text == "constants" and isinstance(value, Node):
                kept = tuple((k, v) for k, v in value.items if k.text not in names)
                if kept:
                    items.append((key, replace(value, items=kept)))
            else:
                items.append((key, value))
        return replace(variant, items=tuple(items))

    items = tuple(
        (key, replace(value, items=tuple((k, spared(v)) for k, v in value.items)))  # type: ignore[misc]
        if key.text == "variants" and isinstance(value, Node)
        else (key, value)
        for key, value in root.items
    )
    return replace(root, items=items)
