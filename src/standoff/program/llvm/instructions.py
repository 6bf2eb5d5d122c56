"""The instructions of LLVM: what each operation is on one number, or on so many futures side by side."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import cache

from standoff.program.lowering.symbolic import Dialect

__all__ = ["ONE", "SIDE", "Types", "number", "types"]


@dataclass(frozen=True, slots=True, eq=False)
class Types:
    """What numbers, words and truths are called, and how things are said of them.

    Attributes:
        number, word, truth: The types.
        dialect: The operations on them.
        true, false: Truths.
    """

    number: str
    word: str
    truth: str
    dialect: Dialect
    true: str
    false: str

    def literal(self, x: float) -> str:
        """A number."""
        return self.dialect.number(x)


def number(x: float) -> str:
    """A double, by its bits."""
    return f"0x{struct.unpack('<Q', struct.pack('<d', float(x) if x == x else _NAN))[0]:016X}"  # noqa: PLR0124


_NAN = struct.unpack("<d", struct.pack("<Q", 0x7FF8000000000000))[0]


@cache
def types(width: int) -> Types:
    """The types of so many lanes side by side; of one, plain numbers."""

    def of(one: str) -> str:
        return one if width == 1 else f"<{width} x {one}>"

    def same(one: str, value: str) -> str:
        return value if width == 1 else f"splat ({one} {value})"

    d, w, b = of("double"), of("i64"), of("i1")
    suffix = "f64" if width == 1 else f"v{width}f64"
    one, zero, true = (same("double", number(x)) for x in (1.0, 0.0, 0.0))
    true, false = same("i1", "true"), same("i1", "false")
    operations = {
        "add": f"fadd {d} {{0}}, {{1}}",
        "sub": f"fsub {d} {{0}}, {{1}}",
        "mul": f"fmul {d} {{0}}, {{1}}",
        "div": f"fdiv {d} {{0}}, {{1}}",
        "neg": f"fneg {d} {{0}}",
        "sqrt": f"call {d} @llvm.sqrt.{suffix}({d} {{0}})",
        "floor": f"call {d} @llvm.floor.{suffix}({d} {{0}})",
        "lt": f"fcmp olt {d} {{0}}, {{1}}",
        "le": f"fcmp ole {d} {{0}}, {{1}}",
        "eq": f"fcmp oeq {d} {{0}}, {{1}}",
        "ne": f"fcmp une {d} {{0}}, {{1}}",
        "and": f"and {b} {{0}}, {{1}}",
        "or": f"or {b} {{0}}, {{1}}",
        "xor": f"xor {b} {{0}}, {{1}}",
        "not": f"xor {b} {{0}}, {true}",
        "select": f"select {b} {{0}}, {d} {{1}}, {d} {{2}}",
        "num": f"select {b} {{0}}, {d} {one}, {d} {zero}",
        "truth": f"fcmp une {d} {{0}}, {zero}",
        "and words": f"and {w} {{0}}, {{1}}",
        "or words": f"or {w} {{0}}, {{1}}",
        "xor words": f"xor {w} {{0}}, {{1}}",
        "add words": f"add {w} {{0}}, {{1}}",
        "sub words": f"sub {w} {{0}}, {{1}}",
        "mul words": f"mul {w} {{0}}, {{1}}",
        "less words": f"icmp slt {w} {{0}}, {{1}}",
        "left": f"shl {w} {{0}}, {{1}}",
        "right": f"ashr {w} {{0}}, {{1}}",
        "right unsigned": f"lshr {w} {{0}}, {{1}}",
        "to bits": f"bitcast {d} {{0}} to {w}",
        "from bits": f"bitcast {w} {{0}} to {d}",
    }

    def word(x: int) -> str:
        return same("i64", str(x - (1 << 64) if x >= 1 << 63 else x))

    dialect = Dialect(operations, lambda x: same("double", number(x)), word, word, read="%{}")
    return Types(d, w, b, dialect, true, false)


ONE = types(1)
SIDE = 8  # futures in a vector: one register of AVX-512, two of AVX2
