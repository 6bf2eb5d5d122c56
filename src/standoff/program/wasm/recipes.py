"""The recipes of `standoff.base.numbers.arithmetic` as WebAssembly, by calling them with symbolic values.

A recipe is a straight line over six primitives. Called with a `Symbolic` in place of an array it leaves behind what it
did, one instruction a line, on two futures at once (`f64x2`, `i64x2`). So there is no second text of any recipe; what
WebAssembly's instructions are to the primitives stands in `OPERATIONS`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from types import FunctionType, SimpleNamespace
from typing import Any

import numpy as np

from standoff.base.chance import streams
from standoff.base.numbers import arithmetic

__all__ = ["OPERATIONS", "Symbolic", "Tape", "absorb", "literal", "mask", "recipe", "uniform"]

# What each operation is in WebAssembly: on numbers, on words of 64 bits, and on truths, which are masks of all bits.
OPERATIONS: dict[str, str] = {
    "add": "f64x2.add {0} {1}",
    "sub": "f64x2.sub {0} {1}",
    "mul": "f64x2.mul {0} {1}",
    "div": "f64x2.div {0} {1}",
    "neg": "f64x2.neg {0}",
    "sqrt": "f64x2.sqrt {0}",
    "floor": "f64x2.floor {0}",
    "lt": "f64x2.lt {0} {1}",
    "le": "f64x2.le {0} {1}",
    "eq": "f64x2.eq {0} {1}",
    "ne": "f64x2.ne {0} {1}",
    "and": "v128.and {0} {1}",
    "or": "v128.or {0} {1}",
    "xor": "v128.xor {0} {1}",
    "not": "v128.not {0}",
    "select": "v128.bitselect {1} {2} {0}",
    "num": "v128.and {0} (v128.const f64x2 1 1)",
    "infinite": "f64x2.ne (f64x2.sub {0} {0}) (v128.const f64x2 0 0)",
    "add words": "i64x2.add {0} {1}",
    "sub words": "i64x2.sub {0} {1}",
    "mul words": "i64x2.mul {0} {1}",
    "less words": "i64x2.lt_s {0} {1}",
    "left": "i64x2.shl {0} {1}",
    "right": "i64x2.shr_s {0} {1}",
    "right unsigned": "i64x2.shr_u {0} {1}",
}


def literal(x: float) -> str:
    """A number in both lanes."""
    text = "nan" if math.isnan(x) else repr(float(x))
    return f"(v128.const f64x2 {text} {text})"


def mask(truth: bool) -> str:
    """A truth in both lanes."""
    return "(v128.const i64x2 -1 -1)" if truth else "(v128.const i64x2 0 0)"


def _words(x: int) -> str:
    signed = x - (1 << 64) if x >= 1 << 63 else x
    return f"(v128.const i64x2 {signed} {signed})"


class Tape:
    """What was done, in order: each instruction once, with the local that holds its result."""

    def __init__(self, prefix: str = "$r") -> None:
        self.prefix = prefix
        self.lines: list[tuple[str, str]] = []
        self._known: dict[str, str] = {}

    def note(self, instruction: str) -> str:
        """The local that holds an instruction's result, made where it is new."""
        if instruction not in self._known:
            name = f"{self.prefix}{len(self.lines)}"
            self._known[instruction] = f"(local.get {name})"
            self.lines.append((name, instruction))
        return self._known[instruction]

    def given(self, instruction: str, kind: str = "number") -> Symbolic:
        """A value to begin with: numbers, signed or unsigned words (`signed`, `unsigned`)."""
        return Symbolic(self, self.note(instruction), kind)

    def named(self, value: Symbolic) -> Symbolic:
        """A value that another tape has put in a local."""
        return Symbolic(self, value.text, value.kind)

    def body(self, *results: Symbolic) -> list[str]:
        """The instructions that serve results; what no lane needs is not worked out where that saves many."""
        instructions, wanted = dict(self.lines), {name for x in results for name in _NAMES.findall(x.text)}
        for name in reversed(instructions):
            if name in wanted:
                wanted |= {*_NAMES.findall(instructions[name])}
        return _Body({name: text for name, text in instructions.items() if name in wanted}).lines


class _Body:
    """Instructions in order, where the costly side of a choice stands under a test that some lane takes it."""

    def __init__(self, instructions: dict[str, str]) -> None:
        self.instructions = instructions
        self.operands = {name: _NAMES.findall(text) for name, text in instructions.items()}
        self.operands = {name: [x for x in found if x in instructions] for name, found in self.operands.items()}
        self.users: dict[str, set[str]] = {name: set() for name in instructions}
        for name, found in self.operands.items():
            for x in found:
                self.users[x].add(name)
        self.done: set[str] = set()
        self.lines: list[str] = []
        self.choices = self._choices()
        apart = {name for _, side in self.choices.values() for name in side}
        for name in instructions:
            if name not in apart:
                self._write(name)

    def _choices(self) -> dict[str, tuple[str, list[str]]]:
        """For each choice with a costly side: the test that some lane takes it, and the side."""
        sides: dict[tuple[str, int], list[tuple[str, str]]] = {}
        for name, text in self.instructions.items():
            if text.startswith("v128.bitselect "):
                then, otherwise, test = _OPERANDS.findall(text.removeprefix("v128.bitselect "))
                if min(len(self._only({(name, side)})) for side in (then, otherwise)) >= LIGHT:
                    sides.setdefault((test, 0), []).append((name, then))
                    sides.setdefault((test, 1), []).append((name, otherwise))
        found: dict[str, tuple[str, list[str]]] = {}
        for (test, negated), chosen in sides.items():
            side = self._only(set(chosen))
            if len(side) >= HEAVY:
                some = f"(v128.any_true (v128.not {test}))" if negated else f"(v128.any_true {test})"
                found |= dict.fromkeys((name for name, _ in chosen), (some, side))
        return found

    def _only(self, sides: set[tuple[str, str]]) -> list[str]:
        """What serves these sides of choices alone."""
        only: set[str] = set()
        for name in reversed(self.instructions):
            used = {(user, f"(local.get {name})") for user in self.users[name] if user not in only}
            if self.users[name] and used <= sides:
                only.add(name)
        return [name for name in self.instructions if name in only]

    def _write(self, name: str) -> None:
        if name in self.done:
            return
        if name in self.choices:
            test, side = self.choices[name]
            if side[0] not in self.done:
                self._write_side(test, side)
        for x in self.operands[name]:
            self._write(x)
        self.done.add(name)
        self.lines.append(f"(local.set {name} ({self.instructions[name]}))")

    def _write_side(self, test: str, side: list[str]) -> None:
        for x in [*_NAMES.findall(test), *(x for name in side for x in self.operands[name])]:
            if x not in side:
                self._write(x)
        self.lines.append(f"(if {test} (then")
        for name in side:
            self._write(name)
        self.lines.append("))")


_NAMES = re.compile(r"\(local\.get (\$\w+)\)")
_OPERANDS = re.compile(r"\([^()]*\)")
LIGHT, HEAVY = 10, 40  # instructions: of a side that is worked out, and of one that a test may save


class Symbolic:
    """Two lanes of numbers, words or truths of which only the name is known."""

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, tape: Tape, text: str, kind: str) -> None:
        self.tape = tape
        self.text = text
        self.kind = kind

    def _apply(self, op: str, *operands: Any, kind: str | None = None) -> Symbolic:
        texts = [self.tape_text(x) for x in operands]
        return Symbolic(self.tape, self.tape.note(OPERATIONS[op].format(*texts)), kind or self.kind)

    def tape_text(self, x: Any) -> str:
        """An operand, of which numbers are as this one's kind has them."""
        if isinstance(x, Symbolic):
            return x.text
        return literal(x) if self.kind == "number" else _words(int(x))

    def _arithmetic(self, op: str, a: Any, b: Any) -> Symbolic:
        return self._apply(op if self.kind == "number" else f"{op} words", a, b)

    def __add__(self, other: Any) -> Symbolic:
        return self._arithmetic("add", self, other)

    def __radd__(self, other: Any) -> Symbolic:
        return self._arithmetic("add", other, self)

    def __sub__(self, other: Any) -> Symbolic:
        return self._arithmetic("sub", self, other)

    def __rsub__(self, other: Any) -> Symbolic:
        return self._arithmetic("sub", other, self)

    def __mul__(self, other: Any) -> Symbolic:
        return self._arithmetic("mul", self, other)

    def __rmul__(self, other: Any) -> Symbolic:
        return self._arithmetic("mul", other, self)

    def __truediv__(self, other: Any) -> Symbolic:
        return self._apply("div", self, other)

    def __rtruediv__(self, other: Any) -> Symbolic:
        return self._apply("div", other, self)

    def __neg__(self) -> Symbolic:
        return self._apply("neg", self)

    def __lt__(self, other: Any) -> Symbolic:
        return self._apply("lt" if self.kind == "number" else "less words", self, other, kind="truth")

    def __le__(self, other: Any) -> Symbolic:
        return self._apply("le", self, other, kind="truth")

    def __gt__(self, other: Any) -> Symbolic:
        return self._apply("lt", other, self, kind="truth")

    def __ge__(self, other: Any) -> Symbolic:
        return self._apply("le", other, self, kind="truth")

    def __eq__(self, other: Any) -> Symbolic:  # type: ignore[override]
        if isinstance(other, bool):
            return self if other else self._apply("not", self)
        if self.kind == "truth":
            return self._apply("not", self._apply("xor", self, other))
        return self._apply("eq", self, other, kind="truth")

    def __ne__(self, other: Any) -> Symbolic:  # type: ignore[override]
        return self._apply("ne", self, other, kind="truth")

    def __and__(self, other: Any) -> Any:
        if isinstance(other, bool):
            return self if other else False
        return self._apply("and", self, other)

    def __or__(self, other: Any) -> Any:
        if isinstance(other, bool):
            return True if other else self
        return self._apply("or", self, other)

    __rand__, __ror__ = __and__, __or__

    def __xor__(self, other: Any) -> Symbolic:
        return self._apply("xor", self, other)

    def __lshift__(self, by: Any) -> Symbolic:
        return self._shifted("left", by)

    def __rshift__(self, by: Any) -> Symbolic:
        return self._shifted("right unsigned" if self.kind == "unsigned" else "right", by)

    def _shifted(self, op: str, by: Any) -> Symbolic:
        text = OPERATIONS[op].format(self.text, f"(i32.const {int(by)})")
        return Symbolic(self.tape, self.tape.note(text), self.kind)

    def view(self, _double: Any) -> Symbolic:
        """Its bits as a number."""
        return Symbolic(self.tape, self.text, "number")


def _select(condition: Any, if_true: Any, if_false: Any) -> Any:
    if not isinstance(condition, Symbolic):
        return if_true if condition else if_false
    return Symbolic(condition.tape, "", "number")._apply("select", condition, if_true, if_false)


def _floor(x: Any) -> Any:
    return x._apply("floor", x) if isinstance(x, Symbolic) else float(arithmetic.floor(x))


def _to_bits(x: Any) -> Any:
    return Symbolic(x.tape, x.text, "signed") if isinstance(x, Symbolic) else int(np.float64(x).view(np.int64))


def _from_bits(bits: Any) -> Any:
    return bits.view(float) if isinstance(bits, Symbolic) else float(np.int64(bits).view(np.float64))


def _polynomial(x: Symbolic, coefficients: Sequence[float]) -> Any:
    total: Any = coefficients[-1]
    for coefficient in coefficients[-2::-1]:
        total = total * x + coefficient
    return total


def _retold(functions: Sequence[Callable[..., Any]], names: dict[str, Any]) -> dict[str, Any]:
    """The same functions with other things behind the names that they use."""
    for function in functions:
        assert isinstance(function, FunctionType)
        names[function.__name__] = FunctionType(function.__code__, names)
    return names


_PRIMITIVES: dict[str, Any] = {
    "select": _select,
    "floor": _floor,
    "sqrt": lambda x: x._apply("sqrt", x),
    "to_bits": _to_bits,
    "from_bits": _from_bits,
    "polynomial": _polynomial,
}
_RECIPES = _retold((*arithmetic.PARTS, *arithmetic.RECIPES.values()), vars(arithmetic) | _PRIMITIVES)
_NUMPY = SimpleNamespace(errstate=lambda **_: nullcontext(), uint64=int, float64=float, asarray=lambda x, **_: x)
_STREAMS = _retold((streams._mix_words, streams._absorb_words, streams.unit), vars(streams) | {"np": _NUMPY})


def recipe(name: str) -> Callable[..., Symbolic]:
    """The recipe of a function of the language, for symbolic values."""
    found: Callable[..., Symbolic] = _RECIPES[arithmetic.RECIPES[name].__name__]
    return found


def absorb(state: Symbolic, word: Symbolic) -> Symbolic:
    """A key with one more word in it, as `streams.lane_keys` makes keys of futures; unsigned words."""
    found: Symbolic = _STREAMS["_absorb_words"](state, word)
    return found


def uniform(keys: Symbolic, counter: Symbolic) -> Symbolic:
    """`streams.uniform` from keys of futures and a draw's counter, unsigned words."""
    found: Symbolic = _STREAMS["unit"](_STREAMS["_mix_words"](keys + counter))
    return found
