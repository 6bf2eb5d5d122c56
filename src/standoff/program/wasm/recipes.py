"""The instructions of WebAssembly: what operations are on two futures at once (`f64x2`, `i64x2`), and in which order.

Recipes come as a `Tape` of `program.lowering.symbolic`.
"""

from __future__ import annotations

import math
import re

from standoff.program.lowering.symbolic import Dialect, Symbolic, Tape

__all__ = ["OPERATIONS", "WASM", "body_of", "literal", "mask"]

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
    "and words": "v128.and {0} {1}",
    "or words": "v128.or {0} {1}",
    "xor words": "v128.xor {0} {1}",
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


WASM = Dialect(OPERATIONS, literal, _words, lambda by: f"(i32.const {by})", read="(local.get ${})")


def body_of(tape: Tape, *results: Symbolic) -> list[str]:
    """The instructions that serve results; what no lane needs is not worked out where that saves many."""
    instructions, wanted = dict(tape.lines), {name for x in results for name in _NAMES.findall(x.text)}
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
            used = {(user, f"(local.get ${name})") for user in self.users[name] if user not in only}
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
        self.lines.append(f"(local.set ${name} ({self.instructions[name]}))")

    def _write_side(self, test: str, side: list[str]) -> None:
        for x in [*_NAMES.findall(test), *(x for name in side for x in self.operands[name])]:
            if x not in side:
                self._write(x)
        self.lines.append(f"(if {test} (then")
        for name in side:
            self._write(name)
        self.lines.append("))")


_NAMES = re.compile(r"\(local\.get \$(\w+)\)")
_OPERANDS = re.compile(r"\([^()]*\)")
LIGHT, HEAVY = 10, 40  # instructions: of a side that is worked out, and of one that a test may save
