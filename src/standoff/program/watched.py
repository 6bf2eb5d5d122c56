"""Futures that agree with what was seen: each observed thing is set as it was seen, and its chance is kept.

A program compiled for watching has, for each thing that `observed` lists, three series by step: what was seen, how
reliably (0 where nothing was), and how likely a report is that knows nothing. A report with reliability r is true
with chance r, and else says anything; the future then has the likelihood

    r · p + (1 − r) · blind

where p is the chance, given the path so far, that the thing is as it was seen. With chance r · p over this the thing
is set as it was seen, and otherwise drawn: the proposal that leaves the least variance (the fully adapted filter of
Pitt & Shephard). What is seen with noise sets nothing and has the density of what was seen. While one watches, no
end has come. The sum of logarithms is carried as the stock `SO_FAR` and measured last.

Reference:
    M. K. Pitt and N. Shephard, Filtering via simulation: auxiliary particle filters, JASA 94 (1999), 590-599.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from standoff.base.source import Span
from standoff.language.expressions.tree import Binary, Call, Conditional, Expr, Number, Option, Reference, Symbol
from standoff.language.model import Mode, Observable
from standoff.program.expressions import product, reference
from standoff.program.program import Assignment, Carried, Measured, Program, Reduced, Varied

__all__ = [
    "BLIND",
    "DEAD",
    "RELIABLE",
    "SEEN",
    "SO_FAR",
    "SPARE",
    "WATCHING",
    "Watcher",
    "series_names",
    "tell",
    "with_tally",
]

SEEN, RELIABLE, BLIND, SPARE = "seen", "reliable", "blind", "spare"
WATCHING = "watching now"
SO_FAR = Symbol("stock", "seen so far")
TINY = 1e-300
DEAD = -600.0
"""A log likelihood below this is of a future in which something impossible was seen."""
_SHIFT = 8
_STIRLING = (1.0 / 12.0, -1.0 / 360.0, 1.0 / 1260.0, -1.0 / 1680.0)
_HALF_LOG_2PI = 0.5 * math.log(2.0 * math.pi)
_RANGES = {RELIABLE: (0.0, 1.0), "watching": (0.0, 1.0), BLIND: (TINY, 1e6), SPARE: (0.0, 1e6), SEEN: (-1e12, 1e12)}


class Watcher:
    """Makes the equations of what is seen, for the compiler of a step."""

    def __init__(self, observed: tuple[Observable, ...], ends: frozenset[Symbol]) -> None:
        self.of = {one.symbol: one for one in observed}
        self.ends = ends
        self.logs: list[Expr] = []
        self.luck: dict[str, None] = {}

    def likely(self, name: str, fit: Expr) -> tuple[list[Assignment], Reference]:
        """A thing's likelihood by how well the path fits; and whether it is set as it was seen."""
        span = fit.span
        kept = reference("hidden", f"fit of {name}", span)
        trusted = _binary("*", _series(name, RELIABLE, span), kept)
        doubted = _binary("*", _binary("-", Number(span, 1.0), _series(name, RELIABLE, span)),
                          _series(name, BLIND, span))  # fmt: skip
        told = reference("hidden", f"likelihood of {name}", span)
        self.logs.append(Call(span, "log", span, (told,)))
        luck = f"seen {name}"
        self.luck[luck] = None
        taken = _binary("<", reference("luck", luck, span), _binary("/", trusted, told))
        shown = f"what was seen of {name}"
        return [
            Assignment(kept.symbol, fit, shown, span),
            Assignment(told.symbol, _at_least(_binary("+", trusted, doubted), TINY), shown, span),
            Assignment(Symbol("hidden", f"{name} is as seen"), taken, shown, span),
        ], reference("hidden", f"{name} is as seen", span)

    def event(self, symbol: Symbol, law: Reference) -> tuple[list[Assignment], Expr]:
        """An event that happens or does not: its equations, and its chance as far as it was seen."""
        span = law.span
        own: Expr = law
        made: list[Assignment] = []
        none = _binary("-", Number(span, 1.0), law)
        if symbol in self.of:
            seen = _series(symbol.name, SEEN, span)
            happened = _binary(">", seen, Number(span, 0.0))
            made, taken = self.likely(symbol.name, Conditional(span, law, happened, none))
            own = Conditional(span, Conditional(span, Number(span, 1.0), happened, Number(span, 0.0)), taken, law)
        if symbol in self.ends:
            watching = _binary(">", reference("series", WATCHING, span), Number(span, 0.0))
            spared = Call(span, "log", span, (_at_least(none, TINY),))
            self.logs.append(Conditional(span, spared, watching, Number(span, 0.0)))
            own = Conditional(span, Number(span, 0.0), watching, own)
        return made, own

    def count(self, name: str, drawn: Expr, law: tuple[Expr, Expr | None], given: Expr | None) -> tuple[
        list[Assignment], Expr
    ]:  # fmt: skip
        """A count with its mean and dispersion: its equations, and what it is as far as it was seen."""
        span, seen = drawn.span, _series(name, SEEN, drawn.span)
        fit: Expr = Call(span, "exp", span, (_log_count(name, law[0], law[1]),))
        if given is not None:
            nothing = _binary("==", seen, Number(span, 0.0))
            fit = Conditional(span, fit, given, Conditional(span, Number(span, 1.0), nothing, Number(span, 0.0)))
            drawn = Conditional(span, drawn, given, Number(span, 0.0))
        made, taken = self.likely(name, fit)
        return made, Conditional(span, seen, taken, drawn)

    def moves(self, mode: Mode, laws: Mapping[str, Reference]) -> tuple[list[Assignment], dict[str, Expr]]:
        """A mode's moves: what was seen of its state and of each move together, and the chance of each move."""
        span = mode.span
        stays = product("+", list(laws.values()))
        assert stays is not None
        none = _at_least(_binary("-", Number(span, 1.0), stays), 0.0)
        allowed = {name: self._allowed(mode, name) for name in laws}
        parts = [_binary("*", allowed[name], law) for name, law in laws.items()]
        fit = product("+", [*parts, _binary("*", self._allowed(mode, None), none)])
        assert fit is not None
        made, taken = self.likely(mode.name, fit)
        kept = _at_least(reference("hidden", f"fit of {mode.name}", span), TINY)
        return made, {
            name: Conditional(span, _binary("/", _binary("*", allowed[name], law), kept), taken, law)
            for name, law in laws.items()
        }

    def is_watched(self, mode: Mode) -> bool:
        """Whether the mode or one of its moves can be seen."""
        return Symbol("mode", mode.name) in self.of or any(Symbol("move", m.name) in self.of for m in mode.moves)

    def _allowed(self, mode: Mode, name: str | None) -> Expr:
        """1 where a move (or none) agrees with what was seen of the mode, else 0."""
        span, tests = mode.span, list[Expr]()
        target = next((float(m.target) for m in mode.moves if m.name == name), None)
        if Symbol("mode", mode.name) in self.of:
            here: Expr = Number(span, float(len(mode.states) - 1))
            for i in reversed(range(len(mode.states) - 1)):
                is_here = _binary("==", reference("mode", mode.name, span), Option(span, mode.name, i, mode.states[i]))
                here = Conditional(span, Number(span, float(i)), is_here, here)
            tests.append(_agrees(f"{mode.name} state", here if target is None else Number(span, target), span))
        for move in mode.moves:
            if Symbol("move", move.name) in self.of:
                tests.append(_agrees(move.name, Number(span, float(move.name == name)), span))
        test = product("and", tests)
        return Number(span, 1.0) if test is None else Conditional(span, Number(span, 1.0), test, Number(span, 0.0))

    def report(self, name: str, drawn: Expr, base: Expr, noise: Expr) -> tuple[list[Assignment], Expr]:
        """A report with a noise of its own (of its logarithm): its equations, and what it is as far as it was seen."""
        span, seen = drawn.span, _series(name, SEEN, drawn.span)
        s = _at_least(noise, 1e-9)
        half = _binary("*", Number(span, 0.5), _binary("*", s, s))
        away = _binary("+", _binary("-", _log(_at_least(seen, TINY)), _log(_at_least(base, TINY))), half)
        made, taken = self.likely(name, _density(away, s))
        return made, Conditional(span, seen, taken, drawn)

    def number(self, one: Observable) -> list[Assignment]:
        """A stock, quantity or report that is seen with noise."""
        span = one.span
        seen: Expr = _series(one.name, SEEN, span)
        is_so: Expr = Reference(span, one.symbol)
        if one.is_log:
            seen, is_so = _log(_at_least(seen, TINY)), _log(_at_least(is_so, TINY))
        made, _ = self.likely(one.name, _density(_binary("-", seen, is_so), Number(span, one.noise)))
        return made

    def total(self, span: Span) -> Assignment:
        """The step's log likelihood."""
        whole = product("+", self.logs) or Number(span, 0.0)
        return Assignment(Symbol("hidden", "seen in the step"), whole, "what was seen", span)


def with_tally(program: Program, span: Span) -> Program:
    """A program that carries the log likelihood and measures it last."""
    step = reference("hidden", "seen in the step", span)
    carried = Carried(SO_FAR, Number(span, 0.0), _binary("+", Reference(span, SO_FAR), step), span)
    measure = reference("hidden", f"reduced:{len(program.reduced)}", span)
    return replace(
        program,
        carried=(*program.carried, carried),
        reduced=(*program.reduced, Reduced("final", Varied(Reference(span, SO_FAR)), span)),
        measured=(*program.measured, Measured(SO_FAR.name, measure, span)),
    )


def tell(program: Program, series: Mapping[tuple[str, str], list[float]], until: int) -> Program:
    """A program made for watching, with what was seen.

    Args:
        program: From `compile_model` with `watching`.
        series: (name, `SEEN` | `RELIABLE` | `BLIND` | `SPARE`) → a number for each step.
        until: The first step of which nothing is known any more; no end has come before it.
    """
    n = program.n_steps
    given = {f"{kind} {name}": (kind, tuple(values)) for (name, kind), values in series.items()}
    given[WATCHING] = ("watching", tuple(float(t < until) for t in range(n)))
    usual = {RELIABLE: 0.0, BLIND: 1.0, SEEN: 0.0, SPARE: 0.0, "watching": 0.0}
    found = []
    for name, values in program.series:
        kind, blank, _ = name.partition(" ")  # no name of a study has a blank in it
        if not blank or kind not in _RANGES:
            found.append((name, values))
            continue
        _, told = given.get(name, (kind, (usual[kind],) * n))
        # two numbers behind the last step, which no step reads: bounds, and so kernels, do not hang on what was seen
        found.append((name, (*told, *_RANGES[kind])))
    return replace(program, series=tuple(found))


def series_names(watcher: Watcher, modes: tuple[Mode, ...]) -> tuple[str, ...]:
    """The series that a program for watching reads."""
    names = [WATCHING]
    for symbol, one in watcher.of.items():
        if one.kind == "mode":
            names += [f"{SEEN} {one.name} state", f"{RELIABLE} {one.name} state"]
        else:
            names += [f"{kind} {one.name}" for kind in (SEEN, RELIABLE)]
            if symbol.kind != "move":
                names.append(f"{BLIND} {one.name}")
        if one.kind == "count":
            names.append(f"{SPARE} {one.name}")
    for mode in modes:
        if watcher.is_watched(mode):
            names += [f"{RELIABLE} {mode.name}", f"{BLIND} {mode.name}"]
    return tuple(names)


def _series(name: str, kind: str, span: Span) -> Reference:
    return reference("series", f"{kind} {name}", span)


def _binary(operator: str, left: Expr, right: Expr) -> Binary:
    return Binary(left.span, operator, left, right)  # type: ignore[arg-type]


def _at_least(x: Expr, least: float) -> Expr:
    return Call(x.span, "max", x.span, (x, Number(x.span, least)))


def _log(x: Expr) -> Expr:
    return Call(x.span, "log", x.span, (x,))


def _agrees(name: str, value: Expr, span: Span) -> Expr:
    """A thing is as it was seen, or nothing was."""
    silent = _binary("==", _series(name, RELIABLE, span), Number(span, 0.0))
    return _binary("or", silent, _binary("==", _series(name, SEEN, span), value))


def _density(away: Expr, s: Expr) -> Expr:
    """The normal density of a distance with this standard error."""
    span = away.span
    z = _binary("/", away, s)
    return _binary(
        "/", Call(span, "exp", span, (_binary("*", Number(span, -0.5), _binary("*", z, z)),)),
        _binary("*", s, Number(span, math.sqrt(2.0 * math.pi))),
    )  # fmt: skip


def _log_count(name: str, mean: Expr, dispersion: Expr | None) -> Expr:
    """The log chance of a count as it was seen: Poisson, or negative binomial of this size."""
    seen, spare = _series(name, SEEN, mean.span), _series(name, SPARE, mean.span)
    m = _at_least(mean, TINY)
    if dispersion is None:
        return _binary("-", _binary("-", _binary("*", seen, _log(m)), m), spare)
    both = _binary("+", dispersion, m)
    ways = _binary("-", _binary("-", _log_gamma(_binary("+", seen, dispersion)), _log_gamma(dispersion)), spare)
    rare = _binary("*", dispersion, _log(_binary("/", dispersion, both)))
    often = _binary("*", seen, _log(_binary("/", m, both)))
    return _binary("+", _binary("+", ways, rare), often)


def _log_gamma(x: Expr) -> Expr:
    """log Γ(x) for x > 0: Stirling's series at x + 8, stepped down by the recurrence; to 2e-11.

    Reference: Abramowitz & Stegun 1972, 6.1.40 and 6.1.15.
    """
    span = x.span
    y = _binary("+", x, Number(span, float(_SHIFT)))
    steps = [x, *(_binary("+", x, Number(span, float(i))) for i in range(1, _SHIFT))]
    below = product("*", steps)
    assert below is not None
    inverse = _binary("/", Number(span, 1.0), y)
    square = _binary("*", inverse, inverse)
    series: Expr = Number(span, _STIRLING[-1])
    for term in reversed(_STIRLING[:-1]):
        series = _binary("+", Number(span, term), _binary("*", square, series))
    main = _binary("-", _binary("*", _binary("-", y, Number(span, 0.5)), _log(y)), y)
    whole = _binary("+", _binary("+", main, Number(span, _HALF_LOG_2PI)), _binary("*", inverse, series))
    return _binary("-", whole, _log(below))
