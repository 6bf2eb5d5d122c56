"""The recipes of `standoff.base.numbers.arithmetic` as text, by calling them with symbolic values.

A recipe is a straight line over six primitives. Called with a `Symbolic` in place of an array it leaves behind what it
did, one instruction a line. So there is no second text of any recipe; what the instructions are is a `Dialect`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from types import FunctionType, SimpleNamespace
from typing import Any

import numpy as np

from standoff.base.chance import streams
from standoff.base.numbers import arithmetic

__all__ = ["Dialect", "Symbolic", "Tape", "absorb", "recipe", "uniform"]


@dataclass(frozen=True, slots=True, eq=False)
class Dialect:
    """A language of instructions.

    Attributes:
        operations: What each operation is, with places for its operands; those on words and truths have names of
            their own.
        number, word, shift: A constant among numbers, among words of 64 bits, and as that by which words are shifted.
        read: How a result's name is read.
    """

    operations: Mapping[str, str]
    number: Callable[[float], str]
    word: Callable[[int], str]
    shift: Callable[[int], str]
    read: str = "{}"


class Tape:
    """What was done, in order: each instruction once, with the name of its result."""

    def __init__(self, dialect: Dialect, prefix: str = "r") -> None:
        self.dialect = dialect
        self.prefix = prefix
        self.lines: list[tuple[str, str]] = []
        self._known: dict[str, str] = {}

    def note(self, instruction: str) -> str:
        """What reads an instruction's result, under a new name where the instruction is new."""
        if instruction not in self._known:
            name = f"{self.prefix}{len(self.lines)}"
            self._known[instruction] = self.dialect.read.format(name)
            self.lines.append((name, instruction))
        return self._known[instruction]

    def given(self, instruction: str, kind: str = "number") -> Symbolic:
        """A value to begin with: numbers, signed or unsigned words (`signed`, `unsigned`)."""
        return Symbolic(self, self.note(instruction), kind)

    def named(self, value: Symbolic) -> Symbolic:
        """A value that another tape has made."""
        return Symbolic(self, value.text, value.kind)


class Symbolic:
    """Lanes of numbers, words or truths of which only the name is known."""

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, tape: Tape, text: str, kind: str) -> None:
        self.tape = tape
        self.text = text
        self.kind = kind

    def _apply(self, op: str, *operands: Any, kind: str | None = None) -> Symbolic:
        texts = [self.tape_text(x) for x in operands]
        return Symbolic(self.tape, self.tape.note(self.tape.dialect.operations[op].format(*texts)), kind or self.kind)

    def tape_text(self, x: Any) -> str:
        """An operand, of which numbers are as this one's kind has them."""
        if isinstance(x, Symbolic):
            return x.text
        return self.tape.dialect.number(x) if self.kind == "number" else self.tape.dialect.word(int(x))

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
        return self._logic("and", other)

    def __or__(self, other: Any) -> Any:
        if isinstance(other, bool):
            return True if other else self
        return self._logic("or", other)

    __rand__, __ror__ = __and__, __or__

    def __xor__(self, other: Any) -> Symbolic:
        return self._logic("xor", other)

    def __lshift__(self, by: Any) -> Symbolic:
        return self._shifted("left", by)

    def __rshift__(self, by: Any) -> Symbolic:
        return self._shifted("right unsigned" if self.kind == "unsigned" else "right", by)

    def _shifted(self, op: str, by: Any) -> Symbolic:
        dialect = self.tape.dialect
        text = dialect.operations[op].format(self.text, dialect.shift(int(by)))
        return Symbolic(self.tape, self.tape.note(text), self.kind)

    def view(self, _double: Any) -> Symbolic:
        """Its bits as a number."""
        return self.cast("from bits", "number")

    def cast(self, op: str, kind: str) -> Symbolic:
        """The same bits as another kind, which some languages have an instruction for."""
        is_said = op in self.tape.dialect.operations
        return self._apply(op, self, kind=kind) if is_said else Symbolic(self.tape, self.text, kind)

    def _logic(self, op: str, other: Any) -> Symbolic:
        return self._apply(op if self.kind == "truth" else f"{op} words", self, other)


def _select(condition: Any, if_true: Any, if_false: Any) -> Any:
    if not isinstance(condition, Symbolic):
        return if_true if condition else if_false
    return Symbolic(condition.tape, "", "number")._apply("select", condition, if_true, if_false)


def _floor(x: Any) -> Any:
    return x._apply("floor", x) if isinstance(x, Symbolic) else float(arithmetic.floor(x))


def _to_bits(x: Any) -> Any:
    return x.cast("to bits", "signed") if isinstance(x, Symbolic) else int(np.float64(x).view(np.int64))


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
