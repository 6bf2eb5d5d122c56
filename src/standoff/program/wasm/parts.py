"""Functions that every module calls: loops over one row of the workspace, in which a recipe's text stands.

A row holds one number for each of a block's futures, two futures side by side in a vector. All loops end at `$end`,
which is set for each block, so that a short block costs no more than its futures.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial

from standoff.program.lowering.symbolic import Symbolic, Tape, absorb, recipe, uniform
from standoff.program.wasm.recipes import WASM, body_of, literal

__all__ = ["PARTS", "host_functions", "locals_of", "power_row", "reciprocal_table", "run_function", "scalar_function"]

UNARY = ("exp", "expm1", "log", "log1p", "logistic", "normal_quantile")
ONE = literal(1.0)
TOGETHER = (
    4  # pairs of lanes that count together: a pair by itself ends sooner, but the end is guessed wrong more often
)


@cache
def scalar_function(name: str) -> str:
    """A heavy function of one vector, for what is one number for a block."""
    tape = Tape(WASM)
    names = ("$x", "$y") if name == "power" else ("$x",)
    found = recipe(name)(*(Symbolic(tape, f"(local.get {x})", "number") for x in names))
    parameters = " ".join(f"(param {x} v128)" for x in names)
    body = body_of(tape, found)
    return "\n".join(
        [f"(func ${name} {parameters} (result v128) {locals_of(body)}", *_indented(2, body), f"  {found.text})\n"]
    )


def locals_of(lines: Iterable[str]) -> str:
    """Declarations of the vectors that lines set."""
    names = dict.fromkeys(name for line in lines for name in _SET.findall(line))
    return " ".join(f"(local {name} v128)" for name in names)


_SET = re.compile(r"\(local\.set (\$[a-z_]*\d+) ")


def _load(pointer: str) -> str:
    return f"v128.load (i32.add (local.get {pointer}) (local.get $i))"


def _store(pointer: str, value: str) -> str:
    return f"(v128.store (i32.add (local.get {pointer}) (local.get $i)) {value})"


def _set(pointer: str, value: str) -> Callable[[], str]:
    return lambda: _store(pointer, value)


def _over(lines: list[str], label: str = "$lanes", by: int = 16) -> Iterator[str]:
    """A loop over the lanes of a block, so many bytes at once."""
    yield "(local.set $i (i32.const 0))"
    yield f"(loop {label}"
    yield from _indented(2, lines)
    yield f"  (br_if {label} (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const {by}))) (global.get $end))))"


def _function(name: str, pointers: tuple[str, ...], lines: list[str], more: str = "") -> str:
    parameters = " ".join(f"(param {p} i32)" for p in pointers)
    head = f"(func ${name} {parameters} (local $i i32) {more}{locals_of(lines)}"
    return "\n".join([head, *_indented(2, lines)]) + ")\n"


def _heavy_row(name: str) -> str:
    """A recipe over rows."""
    tape, pointers = Tape(WASM), ("$a", "$b") if name == "power" else ("$a",)
    found = recipe(name)(*(tape.given(_load(p)) for p in pointers))
    return _function(f"{name}_row", (*pointers, "$to"), [*_over([*body_of(tape, found), _store("$to", found.text)])])


@cache
def power_row(name: str, exponent: float) -> str:
    """Powers of a row to one number, of which more is known beforehand."""
    tape = Tape(WASM)
    found = recipe("power")(tape.given(_load("$a")), exponent)
    return _function(name, ("$a", "$to"), [*_over([*body_of(tape, found), _store("$to", found.text)])])


def _luck_row() -> str:
    """A draw's uniform numbers, from keys of futures and the draw's counter at an address."""
    tape = Tape(WASM)
    counter = Symbolic(tape, "(local.get $c0)", "unsigned")
    found = uniform(tape.given(_load("$keys"), "unsigned"), counter)
    before = "(local.set $c0 (v128.load64_splat (local.get $counter)))"
    lines = [before, *_over([*body_of(tape, found), _store("$to", found.text)])]
    return _function("luck_row", ("$keys", "$counter", "$to"), lines)


def _fill_row() -> str:
    """One number for all lanes, from the address of a vector."""
    lines = ["(local.set $x0 (v128.load (local.get $a)))", *_over([_store("$to", "(local.get $x0)")])]
    return _function("fill_row", ("$a", "$to"), lines)


def _copy_row() -> str:
    """A row as it is."""
    return _function("copy_row", ("$a", "$to"), [*_over([_store("$to", f"({_load('$a')})")])])


def _gather_row() -> str:
    """Doubles (or words) of a table by an index of each future; an odd block repeats its last future."""
    return """\
(func $gather_row (param $table i32) (param $index i32) (param $to i32) (local $i i32) (local $n i32)
  (local.set $n (i32.mul (global.get $count) (i32.const 8)))
  (loop $lanes
    (i64.store (i32.add (local.get $to) (local.get $i))
      (i64.load (i32.add (local.get $table)
        (i32.shl (i32.load (i32.add (local.get $index) (local.get $i))) (i32.const 3)))))
    (br_if $lanes (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 8))) (local.get $n))))
  (if (i32.and (global.get $count) (i32.const 1))
    (then (i64.store (i32.add (local.get $to) (local.get $n))
      (i64.load (i32.sub (i32.add (local.get $to) (local.get $n)) (i32.const 8)))))))
"""


def _take_row() -> str:
    """Words as they stand; an odd block repeats its last future."""
    return """\
(func $take_row (param $a i32) (param $to i32) (local $n i32)
  (local.set $n (i32.mul (global.get $count) (i32.const 8)))
  (memory.copy (local.get $to) (local.get $a) (local.get $n))
  (if (i32.and (global.get $count) (i32.const 1))
    (then (i64.store (i32.add (local.get $to) (local.get $n))
      (i64.load (i32.sub (i32.add (local.get $to) (local.get $n)) (i32.const 8)))))))
"""


def _keep_row() -> str:
    """What is followed, at a point of the clock, to where the host wants it."""
    return """\
(func $keep_row (param $a i32) (param $place i32)
  (if (global.get $paths)
    (then (memory.copy
      (i32.add (global.get $paths)
        (i32.shl (i32.add (i32.mul (local.get $place) (global.get $n_out)) (global.get $first)) (i32.const 3)))
      (local.get $a) (i32.shl (global.get $count) (i32.const 3))))))
"""


def _enter_line() -> str:
    """What enters a delay line in a step; the first fills it."""
    return """\
(func $enter_line (param $a i32) (param $line i32) (param $length i32) (param $width i32) (param $step i32)
  (local $place i32)
  (if (local.get $step)
    (then (return (call $copy_row (local.get $a) (i32.add (local.get $line)
      (i32.mul (i32.rem_u (local.get $step) (local.get $length)) (local.get $width)))))))
  (loop $places
    (call $copy_row (local.get $a)
      (i32.add (local.get $line) (i32.mul (local.get $place) (local.get $width))))
    (br_if $places (i32.lt_u (local.tee $place (i32.add (local.get $place) (i32.const 1))) (local.get $length)))))
"""


def _leave_line() -> str:
    """What leaves a delay line in a step after the first."""
    return """\
(func $leave_line (param $line i32) (param $length i32) (param $width i32) (param $step i32) (param $to i32)
  (if (local.get $step)
    (then (call $copy_row (i32.add (local.get $line)
      (i32.mul (i32.rem_u (local.get $step) (local.get $length)) (local.get $width))) (local.get $to)))))
"""


def _counts(name: str, operands: tuple[str, ...]) -> str:
    """Counts by the inverse distribution function, and where they were clamped; see `standoff.base.chance.counts`.

    So many pairs of lanes at once go on until none is beyond F, which changes nothing in a lane that is not. Meanwhile
    p(0), and what its factors share, stand where the results will.
    """
    begin = Tape(WASM)
    x = [begin.given(_load(p)) for p in operands]
    if name == "poisson":
        first, shared = recipe("exp")(-x[0]), x[0]
    else:
        mean, size = x
        first, shared = recipe("exp")(-size * recipe("log1p")(mean / size)), mean / (size + mean)
    start = [*body_of(begin, first, shared), _store("$to", first.text), _store("$clamped", shared.text)]
    each = Tape(WASM, "s")
    reciprocal = each.given("v128.load64_splat (local.get $at)")
    k = Symbolic(each, "(local.get $k)", "number")
    before, after, moves, used, any_ = [], [], [], list[Symbolic](), ""
    for pair in range(TOGETHER):
        p, f, count, beyond = (Symbolic(each, f"(local.get ${v}{pair})", "number") for v in "pfnb")
        here = f"offset={16 * pair} (local.get $place)"
        factor = each.given(f"v128.load offset={16 * pair} (local.get $shared)")
        if name == "negative_binomial":
            factor = (each.given(f"v128.load offset={16 * pair} (local.get $sizes)") + k) * factor
        now = p * (factor * reciprocal)
        above = f + now
        more = count + Symbolic(each, f"(v128.and {beyond.text} {ONE})", "number")
        is_beyond = above < each.given(f"v128.load offset={16 * pair} (local.get $us)")
        results = (now, above, more, is_beyond)
        used += results
        moves += [f"(local.set ${v}{pair} {x.text})" for v, x in zip("pfnb", results, strict=True)]
        before += [f"(local.set $p{pair} (v128.load {here}))", f"(local.set $f{pair} (local.get $p{pair}))"]
        before.append(f"(local.set $n{pair} {literal(0.0)})")
        before.append(
            f"(local.set $b{pair} (f64x2.lt (local.get $f{pair}) (v128.load offset={16 * pair} (local.get $us))))"
        )
        after.append(f"(v128.store {here} (local.get $n{pair}))")
        after.append(f"(v128.store offset={16 * pair} (local.get $shared) (v128.and (local.get $b{pair}) {ONE}))")
        any_ = f"(local.get $b{pair})" if not pair else f"(v128.or {any_} (local.get $b{pair}))"
    places = {"$place": "$to", "$shared": "$clamped", "$us": "$u", "$sizes": operands[-1]}
    lines = [
        *(f"(local.set {a} (i32.add (local.get {b}) (local.get $i)))" for a, b in places.items()),
        *before,
        f"(local.set $k {literal(0.0)})",
        "(local.set $at (global.get $reciprocals))",
        "(block $done",
        "  (loop $counting",
        "    (br_if $done (i32.ge_u (local.get $at) (local.get $last)))",
        f"    (br_if $done (i32.eqz (v128.any_true {any_})))",
        *_indented(4, [*body_of(each, *used), *moves]),
        f"    (local.set $k (f64x2.add (local.get $k) {ONE}))",
        "    (local.set $at (i32.add (local.get $at) (i32.const 8)))",
        "    (br $counting)))",
        *after,
    ]
    last = "(local.set $last (i32.add (global.get $reciprocals) (i32.shl (local.get $most) (i32.const 3))))"
    locals_ = [f"(local {name} i32)" for name in ("$at", "$last", *places)]
    pointers = ("$u", *operands, "$most", "$to", "$clamped")
    body = [*_over(start), last, *_over(lines, "$some", 16 * TOGETHER)]
    return _function(f"{name}_row", pointers, body, f"(local $k v128) {' '.join(locals_)} ")


def host_functions() -> str:
    """What a host without this package needs to draw: keys of futures, and uniform numbers from them."""
    tape = Tape(WASM)
    key = absorb(*(Symbolic(tape, f"(i64x2.splat (local.get {x}))", "unsigned") for x in ("$state", "$word")))
    body = body_of(tape, key)
    function = "\n".join(
        [
            f"(func $absorb (param $state i64) (param $word i64) (result i64) {locals_of(body)}",
            *_indented(2, body),
            f"  (i64x2.extract_lane 0 {key.text}))",
        ]
    )
    return f"""\
{function}
(func (export "keys") (param $state i64) (param $streams i32) (param $n i32) (param $replications i32) (param $to i32)
  (local $r i32) (local $world i64)
  (loop $worlds
    (local.set $world (call $absorb (local.get $state) (i64.load (local.get $streams))))
    (local.set $r (i32.const 0))
    (loop $each
      (i64.store (local.get $to) (call $absorb (local.get $world) (i64.extend_i32_u (local.get $r))))
      (local.set $to (i32.add (local.get $to) (i32.const 8)))
      (br_if $each (i32.lt_u (local.tee $r (i32.add (local.get $r) (i32.const 1))) (local.get $replications))))
    (local.set $streams (i32.add (local.get $streams) (i32.const 8)))
    (br_if $worlds (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
(func (export "luck") (param $keys i32) (param $counter i32) (param $to i32) (param $n i32)
  (global.set $end (i32.shl (local.get $n) (i32.const 3)))
  (call $luck_row (local.get $keys) (local.get $counter) (local.get $to)))
"""


def run_function(lanes: int, n_steps: int) -> str:
    """Whole runs through the clock, so many lanes at once."""
    return f"""\
(func (export "run") (param $runs i32) (param $n i32)
  (local $run i32) (local $at i32) (local $last i32) (local $t i32)
  (loop $each_run
    (local.set $at (i32.load (local.get $runs)))
    (local.set $runs (i32.add (local.get $runs) (i32.const 4)))
    (local.set $last (i32.load (local.get $runs)))
    (loop $each_block
      (call $begin (local.get $run) (local.get $at)
        (select (i32.const {lanes}) (i32.sub (local.get $last) (local.get $at))
          (i32.gt_u (i32.sub (local.get $last) (local.get $at)) (i32.const {lanes}))))
      (local.set $t (i32.const 0))
      (loop $each_step
        (call $step (local.get $t))
        (br_if $each_step (i32.lt_u (local.tee $t (i32.add (local.get $t) (i32.const 1)))
          (i32.const {n_steps}))))
      (call $finish)
      (br_if $each_block (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const {lanes}))) (local.get $last))))
    (br_if $each_run (i32.lt_u (local.tee $run (i32.add (local.get $run) (i32.const 1))) (local.get $n)))))
"""


def reciprocal_table(most: int) -> str:
    """1 / (k + 1) for so many k, worked out once."""
    return f"""\
(func $fill_reciprocals (local $k i32)
  (loop $all
    (f64.store (i32.add (global.get $reciprocals) (i32.shl (local.get $k) (i32.const 3)))
      (f64.div (f64.const 1) (f64.convert_i32_u (i32.add (local.get $k) (i32.const 1)))))
    (br_if $all (i32.lt_u (local.tee $k (i32.add (local.get $k) (i32.const 1))) (i32.const {most})))))
(start $fill_reciprocals)
"""


PARTS: dict[str, Callable[[], str]] = {
    **{f"{name}_row": cache(partial(_heavy_row, name)) for name in (*UNARY, "power")},
    "luck_row": cache(_luck_row),
    "fill_row": _fill_row,
    "copy_row": _copy_row,
    "gather_row": _gather_row,
    "take_row": _take_row,
    "keep_row": _keep_row,
    "enter_line": _enter_line,
    "leave_line": _leave_line,
    "poisson_row": cache(partial(_counts, "poisson", ("$mean",))),
    "negative_binomial_row": cache(partial(_counts, "negative_binomial", ("$mean", "$size"))),
}


def _indented(by: int, lines: Iterator[str] | list[str]) -> Iterator[str]:
    for line in lines:
        yield " " * by + line
