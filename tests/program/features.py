"""What the language offers an evaluator, from the tables that define it, and what of it a study uses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import get_args, get_type_hints

from standoff.base.chance.distributions import DISTRIBUTIONS
from standoff.ensemble.study import Study
from standoff.language.expressions.functions import FUNCTIONS
from standoff.language.expressions.tree import Binary, Call, Expr, Kind, Membership, Reference, Symbol, Unary, walk
from standoff.language.model import Imposition
from standoff.language.model.contents import entries_of
from standoff.program.program import INTERNAL, Memory, Program, Reduced

__all__ = ["FEATURES", "features_of"]


def _choices(of: type, name: str) -> tuple[str, ...]:
    return get_args(get_type_hints(of)[name])


# Draws come from the distributions that are straight lines of arithmetic.
_DRAWN = tuple(name for name, row in DISTRIBUTIONS.items() if row.recipe is not None)
FEATURES = frozenset((
    *(f"function {name}" for name in FUNCTIONS),
    *(f"internal {name}" for name in INTERNAL),
    *(f"draw {name}" for name in _DRAWN),
    *(f"unary {operator}" for operator in _choices(Unary, "operator")),
    *(f"binary {operator}" for operator in _choices(Binary, "operator")),
    "in", "not in",
    *(f"reads {kind}" for kind in get_args(Kind)),
    *(f"memory {kind}" for kind in _choices(Memory, "kind")),
    *(f"reducer {kind}" for kind in _choices(Reduced, "kind")),
    *(f"reducer {kind} of an end" for kind in ("ever", "count", "first")),
    # a study says no column: what moves things makes one (`test_imposed.py`)
    *(f"imposed {how}" for how in _choices(Imposition, "how") if how != "column"),
    *(f"clipped {where}" for where in ("below", "above", "both")),
    "end", "worth", "each", "final", "discount", "check", "memory of a strategy", "order of moves",
    "drawn at the start", "kinds", "bound by a constant",
))  # fmt: skip


def features_of(study: Study) -> set[str]:
    """Features of the language that a study uses."""
    return set(_of_model(study)) | set(_of_program(study.program))


def _of_model(study: Study) -> Iterator[str]:
    model = study.model
    for entry in entries_of(model):
        for node in walk(entry.expression.tree):
            if isinstance(node, Call):
                yield f"function {node.function}"
            if isinstance(node, Reference):
                yield f"reads {node.symbol.kind}"
    yield from (f"draw {draw.distribution}" for draw in model.draws)
    yield from (f"imposed {imposition.how}" for imposition in model.impositions)
    if any(p.spread is not None and p.spread.kinds for p in model.uncertain):
        yield "kinds"
    if any(name is not None for stock in model.stocks for name in stock.ends):
        yield "bound by a constant"
    if len(model.order) > 1:
        yield "order of moves"


def _of_program(program: Program) -> Iterator[str]:
    for field in fields(program):
        if field.name != "model":
            for node in _expressions(getattr(program, field.name)):
                yield from _of_node(node)
    for memory in program.memories:
        yield f"memory {memory.kind}"
        if memory.where is not None:
            yield "memory of a strategy"
    for reduced in program.reduced:
        yield f"reducer {reduced.kind}" + (" of an end" if reduced.ending is not None else "")
    for carried in program.carried:
        low, high = (bound is not None for bound in carried.within)
        if low or high:
            yield "clipped both" if low and high else "clipped below" if low else "clipped above"
    for ending in program.endings:
        yield from ("end", *(["worth"] if ending.worth else []))
    for paid in program.payoffs:
        yield from (name for name in ("each", "final", "discount") if getattr(paid, name) is not None)
    if program.start_luck:
        yield "drawn at the start"
    if program.checks:
        yield "check"


def _of_node(node: Expr) -> Iterator[str]:
    match node:
        case Call():
            name = "$uniform" if node.function.removeprefix("$") in DISTRIBUTIONS else node.function
            yield f"internal {name}" if name.startswith("$") else f"function {name}"
        case Unary():
            yield f"unary {node.operator}"
        case Binary():
            yield f"binary {node.operator}"
        case Membership():
            yield "not in" if node.negated else "in"
        case Reference():
            yield f"reads {node.symbol.kind}"


def _expressions(thing: object) -> Iterator[Expr]:
    """All nodes of the trees that stand anywhere in part of a program."""
    if isinstance(thing, get_args(Expr)):
        yield from walk(thing)
    elif isinstance(thing, tuple):
        for part in thing:
            yield from _expressions(part)
    elif is_dataclass(thing) and not isinstance(thing, Symbol):
        for field in fields(thing):
            yield from _expressions(getattr(thing, field.name))
