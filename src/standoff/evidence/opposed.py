"""Pairs of claims that cannot both be right, within a document or across documents.

An expectation says of something (an effect, a difference, a level) which values it may have: the signs of a change,
or an interval. A claim that doubts allows all other values. Two claims contradict each other where both speak of the
same thing, in the same profiles, and no value is left to both.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from itertools import combinations
from math import inf, nextafter

from standoff.evidence.claims import Claim, Ledger
from standoff.language.experiments.contrasts import Contrast, Setting
from standoff.language.experiments.expectations import Expectation, read_expectations
from standoff.language.experiments.measures import Measure
from standoff.language.expressions.tree import Binary
from standoff.language.model import Model

__all__ = ["Opposed", "opposed_pairs"]

_SIGNS = {"raises": 1, "strengthens": 1, "lowers": -1, "weakens": -1, "leaves": 0}


@dataclass(frozen=True, slots=True)
class Opposed:
    """Two claims that cannot both be right, in the order of the file: what each says, and of which measure.

    `is_across` where two documents make them.
    """

    measure: str
    one: str
    other: str
    one_says: str
    other_says: str
    is_across: bool


@dataclass(frozen=True, slots=True)
class _Allowed:
    """Closed intervals without a common point, in order."""

    parts: tuple[tuple[float, float], ...]

    def meets(self, other: _Allowed) -> bool:
        return any(max(a, c) <= min(b, d) for a, b in self.parts for c, d in other.parts)


@dataclass(frozen=True, slots=True)
class _Statement:
    claim: Claim
    about: Hashable
    measure: str
    says: str
    allowed: _Allowed


def opposed_pairs(ledger: Ledger, model: Model) -> tuple[Opposed, ...]:
    """All contradictions, in the order of the file; each pair of claims once."""
    about: dict[Hashable, list[_Statement]] = defaultdict(list)
    order = {claim.name: i for i, claim in enumerate(ledger.claims)}
    for claim in ledger.claims:
        for statement in _statements(claim, model):
            about[statement.about].append(statement)
    found: dict[tuple[str, str], Opposed] = {}
    for statements in about.values():
        for one, other in combinations(statements, 2):
            names = one.claim.name, other.claim.name
            if names[0] != names[1] and not one.allowed.meets(other.allowed):
                across = one.claim.document != other.claim.document
                found.setdefault(names, Opposed(one.measure, *names, one.says, other.says, across))
    return tuple(sorted(found.values(), key=lambda pair: (order[pair.one], order[pair.other])))


def _statements(claim: Claim, model: Model) -> Iterator[_Statement]:
    expectations, _ = read_expectations(claim.expect, model)
    for expectation in expectations:
        thing, allowed = _level(expectation) if expectation.verb == "stays" else _effect(expectation)
        says = expectation.says
        if claim.stance == "doubts":
            says, allowed = f"it is doubtful that {says}", _denied(allowed, expectation.verb)
        about = (thing, frozenset(expectation.where))
        yield _Statement(claim, about, expectation.measure.says, says, allowed=allowed)


def _effect(expectation: Expectation) -> tuple[Hashable, _Allowed]:
    """The effect of a contrast, taken the way round that has one name; its sign is −1, 0 or 1."""
    assert expectation.contrast is not None
    cause, turned = _oriented(expectation.contrast)
    inner = None if expectation.effect is None else _oriented(expectation.effect)[0]  # its size, of either sign
    sign = float(_SIGNS[expectation.verb] * (-1 if turned else 1))
    return (cause, inner, _measure(expectation.measure)), _Allowed(((sign, sign),))


def _level(expectation: Expectation) -> tuple[Hashable, _Allowed]:
    """A measure's bounds. Of which of two events comes sooner, only the order counts."""
    measure = expectation.measure
    low = -inf if expectation.bounds[0] is None else expectation.bounds[0]
    high = inf if expectation.bounds[1] is None else expectation.bounds[1]
    if isinstance(measure.tree, Binary):  # the wait for one event less the wait for another
        events = sorted(symbol.name for symbol in measure.symbols)
        sign = 1.0 if low == 0.0 else -1.0
        sign = sign if measure.name.endswith(f" {events[0]}") else -sign
        return ("order", *events), _Allowed(((sign, sign),))
    return ("level", _measure(measure)), _Allowed(((low, high),))


def _denied(allowed: _Allowed, verb: str) -> _Allowed:
    """What is left to the value by one who doubts it."""
    low, high = allowed.parts[0]
    if low == high:
        signs = (-1.0, 1.0) if verb == "stays" else (-1.0, 0.0, 1.0)
        return _Allowed(tuple((sign, sign) for sign in signs if sign != low))
    return _Allowed(((-inf, nextafter(low, -inf)), (nextafter(high, inf), inf)))


def _oriented(contrast: Contrast) -> tuple[Hashable, bool]:
    """A name for what is changed, whichever way round, and whether this contrast goes against that way."""
    before, after = _setting(contrast.before), _setting(contrast.after)
    turned = after < before
    if contrast.before.how in ("quantile", "shift", "factor") or _is_number(contrast):  # up or down, by whatever much
        return ("raising", contrast.before.symbol), turned
    return (contrast.before.symbol, *sorted((before, after))), turned


def _is_number(contrast: Contrast) -> bool:
    return all(not s.word and not isinstance(s.value, str) for s in (contrast.before, contrast.after))


def _setting(setting: Setting) -> tuple[str, float, str]:
    """How a thing is set, in an order: numbers by size, `never` before `always`."""
    name = setting.name if setting.how in ("strategy", "impose") else ""
    if isinstance(setting.value, float | int):
        return name, float(setting.value), ""
    return name, float(setting.value == "always"), setting.value


def _measure(measure: Measure) -> Hashable:
    return measure.kind, measure.name, measure.says
