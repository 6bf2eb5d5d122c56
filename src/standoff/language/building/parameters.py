"""Constants, uncertainties and values; their distributions, correlations and the actors' own beliefs."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Literal

import numpy as np

from standoff.base.chance.distributions import DISTRIBUTIONS, truncation_problem
from standoff.base.chance.sampling import correlate
from standoff.base.problems import StudyError, suggest
from standoff.base.units import DIMENSIONLESS, Unit, in_base
from standoff.language.building.draft import Draft
from standoff.language.building.ranges import settle_belief, settle_ranges
from standoff.language.expressions.tree import Call, Expr
from standoff.language.meaning.folding import fold
from standoff.language.meaning.messages import in_unit, quoted
from standoff.language.meaning.places import CONSTANTS, RANGE
from standoff.language.meaning.resolve import Resolver
from standoff.language.model import Parameter, Reason, Spread
from standoff.language.text.fields import as_number, entries, mapping, nodes, number, scalar, scalars, text
from standoff.language.text.reader import Mapping, Node, Scalar, Sequence

__all__ = ["build_beliefs", "build_correlated", "build_parameters", "read_distribution"]

MOST_CORRELATED = 100
_KINDS: tuple[tuple[str, Literal["uncertainty", "value"]], ...] = (
    ("uncertainties", "uncertainty"),
    ("values", "value"),
)


def build_parameters(draft: Draft) -> tuple[Parameter, ...]:
    """Constants first, then uncertainties and values, each in the order of the file."""
    found = [_constant(draft, name, node) for name, node in entries(draft.study, "constants")]
    constants = {p.name: p.value for p in found if p.value is not None}
    for section, kind in _KINDS:
        for name, node in entries(draft.study, section):
            spread = _spread(draft, name.text, node, draft.unit(name.text), constants=constants)
            known_to = draft.actors(scalars(node, "known_to"))
            found.append(
                Parameter(
                    kind, name.text, name.span, text(node, "about") or "", unit=draft.unit(name.text),
                    reason=_reason(draft, node), spread=spread, known_to=known_to, title=draft.title(node),
                )
            )  # fmt: skip
    return settle_ranges(draft, tuple(found))


def build_correlated(draft: Draft) -> tuple[tuple[str, str, float], ...]:
    """Pairs of uncertainties or values with their rank correlation."""
    allowed = [name for section, _ in _KINDS for name, _ in mapping(draft.study, section).items]
    uncertain = [name.text for name in allowed]
    found: list[tuple[str, str, float]] = []
    for node in nodes(draft.study.get("correlated")):
        if not isinstance(node, Mapping):
            continue
        pair = draft.known(scalars(node, "of"), uncertain, "correlation", "{} is no uncertainty", kind="uncertainties")
        rank, written = number(node, "rank"), node.get("rank")
        if rank is None or written is None or len(pair) != 2:
            continue
        unordered = next((name for name in pair if name in draft.names.families), None)
        if unordered is not None:
            message = f"`{unordered}` has kinds without an order, which no rank correlation ties"
            draft.report("correlation", node.span, message, "let an equation tie them")
        elif pair[0] == pair[1]:
            draft.report("correlation", node.span, f"`{pair[0]}` is correlated with itself", "name two uncertainties")
        elif not -1 < rank < 1:
            message = f"a rank correlation lies between −1 and 1, and {rank:g} stands here"
            draft.report("correlation", written.span, message)
        else:
            found.append((pair[0], pair[1], rank))
    _check_together(draft, found)
    return tuple(found)


def build_beliefs(draft: Draft, parameters: tuple[Parameter, ...]) -> tuple[tuple[str, str, Spread], ...]:
    """For an actor and an uncertainty, the distribution that the actor believes."""
    by_name = {p.name: p for p in parameters if p.kind != "constant"}
    constants = {p.name: p.value for p in parameters if p.value is not None}
    declared = [name.text for section, _ in _KINDS for name, _ in mapping(draft.study, section).items]
    found: list[tuple[str, str, Spread]] = []
    for actor, views in entries(draft.study, "beliefs"):
        is_known = draft.is_actor(actor)
        for name, node in views.items:
            sentence = "{} is no uncertainty or value"
            if (
                not draft.known([name], declared, "unknown-name", sentence, kind="uncertainties")
                or name.text not in by_name
            ):
                continue
            view = node if isinstance(node, Mapping) else Mapping(((_named("distribution", node), node),), node.span)
            spread = _spread(draft, name.text, view, draft.unit(name.text), constants=constants)
            if is_known and spread is not None:
                found.append((actor.text, name.text, settle_belief(draft, name.text, spread, parameters)))
    return tuple(found)


def read_distribution(draft: Draft, node: Scalar, name: str, *, of_draw: bool = False) -> Call | None:
    """A distribution with its arguments, parsed but not resolved; None, after a report, where it is none."""
    try:
        parsed = draft.equations.unroller.parse(node)
    except StudyError as error:
        draft.problems.extend(error.problems)
        return None
    allowed = [key for key, row in DISTRIBUTIONS.items() if row.recipe is not None or not of_draw]
    if not isinstance(parsed, Call):
        message = f"`{name}` should have a distribution with its arguments, and {quoted(parsed)} stands here"
        draft.report("distribution", parsed.span, message, "write it as `normal(0, 1)` or `uniform(0, 1)`")
        return None
    row = DISTRIBUTIONS.get(parsed.function)
    if row is None or parsed.function not in allowed:
        what = "no distribution is" if row is None else "no distribution of draws is"
        message = f"{what} named `{parsed.function}`"
        draft.report("distribution", parsed.function_span, message, suggest(parsed.function, allowed, "distributions"))
        return None
    wanted, given = len(row.parameters), len(parsed.arguments)
    if given != wanted:
        message = (
            f"`{row.name}` takes {wanted} argument{'s' * (wanted != 1)}, and {given} stand{'s' * (given == 1)} here"
        )
        draft.report("distribution", parsed.span, message, f"write `{row.name}({', '.join(row.parameters)})`")
        return None
    return parsed


def _check_together(draft: Draft, pairs: list[tuple[str, str, float]]) -> None:
    """Report correlations that no distribution can have at once."""
    names = list(dict.fromkeys(name for one, other, _ in pairs for name in (one, other)))
    key = draft.study.key("correlated")
    assert key is not None or not pairs
    if key is not None and len(names) > MOST_CORRELATED:
        message = f"{len(names):,} uncertainties are correlated, and at most {MOST_CORRELATED} are read"
        draft.report("too-many", key.span, message, "keep the correlations that matter")
        return
    ranks = np.eye(len(names))
    for one, other, rank in pairs:
        i, j = names.index(one), names.index(other)
        ranks[i, j] = ranks[j, i] = rank
    try:
        correlate(np.full((len(names), 1), 0.5), names, ranks)
    except ValueError as error:
        assert key is not None
        draft.report("correlation", key.span, str(error), "weaken one of them")


def _named(key: str, node: Node) -> Scalar:
    return Scalar(key, node.span, "")


def _constant(draft: Draft, name: Scalar, node: Mapping) -> Parameter:
    return Parameter(
        "constant", name.text, name.span, text(node, "about") or "", unit=draft.unit(name.text),
        reason=_reason(draft, node),
        value=number(node, "value"), title=draft.title(node),
    )  # fmt: skip


def _reason(draft: Draft, node: Mapping) -> Reason:
    return Reason(draft.cites(node), draft.facts(node), text(node, "judgement"))


def _spread(draft: Draft, name: str, node: Mapping, unit: Unit, *, constants: dict[str, float]) -> Spread | None:
    _check_words(draft, node)
    spread: Spread | None = None
    range_, levels, written = node.get("range"), node.get("levels"), scalar(node, "distribution")
    if isinstance(range_, Sequence):
        spread = _range(draft, range_, node, unit)
    elif levels is not None:
        spread = _levels(draft, levels)
    elif node.get("kinds") is not None:
        spread = _kinds(draft, name, node)
    elif written is not None:
        spread = _distribution(draft, written, name, unit, constants=constants)
    if spread is None:
        return None
    if spread.edges and (written_cut := node.key("within")) is not None:
        message = "a range that depends on others has no `within`"
        draft.report("keys-together", written_cut.span, message, "put the bound into the range")
        return None
    within = draft.within(node, unit)
    _check_cut(draft, node, spread, within)
    return replace(spread, within=within, ends=draft.ends_named(node))


def _check_cut(draft: Draft, node: Mapping, spread: Spread, within: tuple[float | None, float | None]) -> None:
    written = node.get("within")
    if written is None or within == (None, None):
        return
    low, high = (-math.inf if within[0] is None else within[0]), (math.inf if within[1] is None else within[1])
    if spread.levels:
        is_empty = not any(low <= level <= high for level in spread.levels)
        complaint = "no level lies inside" if is_empty else None
    else:
        complaint = truncation_problem(DISTRIBUTIONS[spread.distribution], spread.arguments, low, high)
    if complaint is not None:
        draft.report("within-empty", written.span, f"`within` leaves nothing: {complaint}", "widen it, or leave it out")


def _check_words(draft: Draft, node: Mapping) -> None:
    for key in ("low", "high"):
        name = node.key(key)
        if name is not None and node.get("range") is None:
            draft.report("keys-together", name.span, f"`{key}` names an end of `range`, and there is none",
                         "leave it out, or say it in `about`")  # fmt: skip


def _range(draft: Draft, node: Sequence, parent: Mapping, unit: Unit) -> Spread | None:
    ends = tuple(as_number(item) for item in node.items)
    if len(ends) != 2:
        return None
    if ends[0] is None or ends[1] is None:
        return _range_of_others(draft, node, parent, unit)
    if ends[0] >= ends[1]:
        message = f"the ends of `range` are reversed or equal: {ends[0]:g} and {ends[1]:g}"
        draft.report("range-reversed", node.span, message, "write the smaller one first")
        return None
    return Spread("uniform", (ends[0], ends[1]), low_words=text(parent, "low"), high_words=text(parent, "high"))


def _range_of_others(draft: Draft, node: Sequence, parent: Mapping, unit: Unit) -> Spread | None:
    """A range with an end that depends on other assumptions, whose outer bounds `settle_ranges` finds."""
    known = len(draft.problems)
    ends = [item for item in node.items if isinstance(item, Scalar)]
    if len(ends) != len(node.items):  # reported with the shape
        return None
    edges = tuple(
        None
        if as_number(item) is not None
        else draft.equations.number(item, RANGE, unit, "an end of the range", literal_fits=True)
        for item in ends
    )
    if len(draft.problems) > known:
        return None
    numbers = tuple(as_number(item) for item in ends)
    return Spread(
        "uniform", tuple(math.nan if end is None else end for end in numbers), low_words=text(parent, "low"),
        high_words=text(parent, "high"), edges=edges,
    )  # fmt: skip


def _levels(draft: Draft, node: Node) -> Spread | None:
    if isinstance(node, Mapping):
        pairs = [(as_number(level), as_number(weight), level.span) for level, weight in node.items]
    else:
        pairs = [(as_number(level), 1.0, level.span) for level in nodes(node)]
    levels: list[float] = []
    weights: list[float] = []
    for level, weight, span in pairs:
        if level is None or weight is None:
            return None
        if level in levels:
            draft.report("levels", span, f"the level {level:g} stands here again", "remove one of the two")
        elif weight <= 0:
            draft.report("levels", span, f"the weight of the level {level:g} is {weight:g}", "a weight is positive")
        else:
            levels.append(level)
            weights.append(weight)
    if not levels:
        return None
    total = math.fsum(weights)
    return Spread(levels=tuple(levels), weights=tuple(weight / total for weight in weights))


def _kinds(draft: Draft, name: str, node: Mapping) -> Spread | None:
    """Kinds as the levels 0, 1, 2, … in the order of the uncertainty's own list, which a belief may weigh anew."""
    listed = node.get("kinds")
    known = draft.names.families.get(name, ())
    pairs = listed.items if isinstance(listed, Mapping) else tuple((item, None) for item in nodes(listed))
    weights: dict[float, float] = {}
    for kind, weight in pairs:
        if not isinstance(kind, Scalar) or not draft.known(
            [kind], known, "unknown-option", "{} is no kind of it", kind="kinds"
        ):
            return None
        value = 1.0 if weight is None else as_number(weight)
        if float(known.index(kind.text)) in weights or known.count(kind.text) > 1:
            draft.report("levels", kind.span, f"the kind `{kind.text}` stands here again", "remove one of the two")
            return None
        if value is None or value <= 0:
            draft.report("levels", kind.span, f"the weight of `{kind.text}` is not positive", "a weight is positive")
            return None
        weights[float(known.index(kind.text))] = value
    for key in ("unit", "within"):
        written = node.key(key)
        if written is not None:
            draft.report("keys-together", written.span, f"kinds have no `{key}`", "remove it")
    total = math.fsum(weights.values())
    shares = tuple(weight / total for weight in weights.values())
    return Spread(levels=tuple(weights), weights=shares, kinds=known)


def _distribution(draft: Draft, node: Scalar, name: str, unit: Unit, *, constants: dict[str, float]) -> Spread | None:
    call = read_distribution(draft, node, name)
    if call is None:
        return None
    values: list[float] = []
    for argument, is_in_unit in zip(call.arguments, DISTRIBUTIONS[call.function].in_unit, strict=True):
        value = _constant_argument(draft, argument, unit if is_in_unit else DIMENSIONLESS, constants)
        if value is None:
            return None
        values.append(value)
    row = DISTRIBUTIONS[call.function]
    complaint = row.problem(*values)
    if complaint is not None:
        advice = f"write `{row.name}({', '.join(row.parameters)})`"
        draft.report("distribution", call.span, f"`{call.span.text}` is no distribution: {complaint}", advice)
        return None
    return Spread(call.function, tuple(values))


def _constant_argument(draft: Draft, node: Expr, unit: Unit, constants: dict[str, float]) -> float | None:
    found = len(draft.problems)
    resolved = Resolver(draft.names, CONSTANTS, draft.problems).resolve(node)
    if len(draft.problems) > found:
        return None
    inferred = draft.equations.unit_of(resolved)
    scale, base = in_base(unit, draft.names.scales)
    if inferred is not None and not inferred.is_dimensionless and inferred != base:
        should = "should have no unit" if unit.is_dimensionless else f"should be in {in_unit(unit)}"
        message = f"{quoted(resolved)} {should}, and is in {in_unit(inferred)}"
        draft.report("wrong-unit", resolved.span, message)
        return None
    folded = fold(resolved, constants)
    for fault in folded.faults:
        draft.report("constant-fault", fault.span, fault.message, "change the number")
    if isinstance(folded.value, float):
        is_in_base = inferred is not None and not inferred.is_dimensionless
        return folded.value / scale if is_in_base else folded.value
    if not folded.faults:
        message = f"{quoted(resolved)} is not a number that is settled beforehand"
        draft.report("distribution", resolved.span, message, "use numbers and constants")
    return None
