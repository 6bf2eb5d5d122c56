"""Functions that every kernel calls: loops over one row of the workspace, in which a recipe's text stands.

A row holds one number for each of a block's futures; truths stand in rows as 0 and 1. All loops end at `%end`, which is
the block's futures rounded up to those that heavy loops take at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, partial
from itertools import zip_longest

from standoff.program.llvm.instructions import ONE, SIDE, number, types
from standoff.program.lowering.symbolic import Symbolic, Tape, recipe, uniform

__all__ = ["AT_ONCE", "PARTS", "loop_function", "power_row", "scalar_function", "tape_lines"]

UNARY = ("exp", "expm1", "log", "log1p", "logistic", "normal_quantile")
TOGETHER = 4  # vectors: a recipe is a long chain, whose every operation waits for the last
AT_ONCE = SIDE * TOGETHER
V = types(SIDE)


def loop_function(name: str, parameters: Sequence[str], before: Iterable[str], inside: Iterable[str], by: int) -> str:
    """A function that goes over the lanes of a block, so many at once; `%i` counts them."""
    return "\n".join([
        f"define internal void @{name}({', '.join([*parameters, 'i64 %end'])}) {{",
        "entry:",
        *_indented(before),
        "  br label %lanes",
        "lanes:",
        "  %i = phi i64 [ 0, %entry ], [ %next, %lanes ]",
        *_indented(inside),
        f"  %next = add i64 %i, {by}",
        "  %more = icmp ult i64 %next, %end",
        "  br i1 %more, label %lanes, label %done",
        "done:",
        "  ret void",
        "}",
    ])  # fmt: skip


def tape_lines(tape: Tape) -> list[str]:
    """What was done, a line each."""
    return [f"%{name} = {instruction}" for name, instruction in tape.lines]


@cache
def scalar_function(name: str) -> str:
    """A heavy function of one number, for what is one for a block."""
    tape = Tape(ONE.dialect)
    names = ("%x", "%y") if name == "power" else ("%x",)
    found = recipe(name)(*(Symbolic(tape, x, "number") for x in names))
    parameters = ", ".join(f"double {x}" for x in names)
    lines = [*tape_lines(tape), f"ret double {found.text}"]
    return "\n".join([f"define internal double @{name}({parameters}) {{", *_indented(lines), "}"])


class _Rows:
    """Vectors of some rows that stand together, each with a tape of its own, and what is done with them in turn."""

    def __init__(self, pointers: Sequence[str]) -> None:
        self.pointers = pointers
        self.tapes = [Tape(V.dialect, f"g{k}_") for k in range(TOGETHER)]

    def at(self) -> Iterator[str]:
        """Where the vectors stand."""
        for p in self.pointers:
            yield f"%{p}0 = getelementptr double, ptr %{p}, i64 %i"
            for k in range(1, TOGETHER):
                yield f"%{p}{k} = getelementptr i8, ptr %{p}0, i64 {8 * SIDE * k}"

    def read(self, k: int, pointer: str, kind: str = "number") -> Symbolic:
        """A vector of a row."""
        of = V.number if kind == "number" else V.word
        return self.tapes[k].given(f"load {of}, ptr %{pointer}{k}, align 8", kind)

    def lines(self, tapes: Sequence[Tape] = ()) -> Iterator[str]:
        """What is done with all vectors, in turn."""
        for each in zip_longest(*(tape_lines(tape) for tape in tapes or self.tapes)):
            yield from (line for line in each if line is not None)


def _store(value: str, pointer: str) -> str:
    return f"store {V.number} {value}, ptr %{pointer}, align 8"


def _over_rows(
    name: str, pointers: Sequence[str], found: Callable[[_Rows, int], Symbolic], more: Sequence[str] = (),
    before: Sequence[str] = (),
) -> str:  # fmt: skip
    """A recipe over rows, whose result goes to `%to`."""
    rows = _Rows((*pointers, "to"))
    results = [found(rows, k) for k in range(TOGETHER)]
    inside = [*rows.at(), *rows.lines(), *(_store(x.text, f"to{k}") for k, x in enumerate(results))]
    return loop_function(name, [*(f"ptr %{p}" for p in (*pointers, "to")), *more], before, inside, AT_ONCE)


def _heavy_row(name: str) -> str:
    pointers = ("a", "b") if name == "power" else ("a",)
    return _over_rows(f"{name}_row", pointers, lambda rows, k: recipe(name)(*(rows.read(k, p) for p in pointers)))


@cache
def power_row(name: str, exponent: float) -> str:
    """Powers of a row to one number, of which more is known beforehand."""
    return _over_rows(name, ("a",), lambda rows, k: recipe("power")(rows.read(k, "a"), exponent))


def _luck_row() -> str:
    """A draw's uniform numbers, from keys of futures and the draw's counter."""
    before = splat("counter", "i64 %counter_of_step", V.word)
    return _over_rows(
        "luck_row",
        ("keys",),
        lambda rows, k: uniform(rows.read(k, "keys", "unsigned"), Symbolic(rows.tapes[k], "%counter", "unsigned")),
        ["i64 %counter_of_step"],
        before,
    )


def splat(name: str, value: str, of: str) -> list[str]:
    """One number in all lanes of a vector."""
    mask = f"<{SIDE} x i32> zeroinitializer"
    return [
        f"%{name}_ = insertelement {of} poison, {value}, i64 0",
        f"%{name} = shufflevector {of} %{name}_, {of} poison, {mask}",
    ]


def _fill_row() -> str:
    """One number for all lanes."""
    inside = ["%p = getelementptr double, ptr %to, i64 %i", _store("%x", "p")]
    return loop_function("fill_row", ["ptr %to", "double %value"], splat("x", "double %value", V.number), inside, SIDE)


def _copy_row() -> str:
    """A row as it is."""
    inside = [
        "%p = getelementptr double, ptr %a, i64 %i",
        "%q = getelementptr double, ptr %to, i64 %i",
        f"%x = load {V.number}, ptr %p, align 8",
        _store("%x", "q"),
    ]
    return loop_function("copy_row", ["ptr %a", "ptr %to"], [], inside, SIDE)


def _gather_row() -> str:
    """Doubles (or words) of a table by an index of each future; what is left of the row repeats the last future."""
    return _one_by_one(
        "gather_row", "ptr %table, ptr %index",
        ["%p = getelementptr i64, ptr %index, i64 %at", "%n = load i64, ptr %p",
         "%q = getelementptr i64, ptr %table, i64 %n", "%x = load i64, ptr %q"],
    )  # fmt: skip


def _take_row() -> str:
    """Words as they stand; what is left of the row repeats the last future."""
    return _one_by_one("take_row", "ptr %a", ["%q = getelementptr i64, ptr %a, i64 %at", "%x = load i64, ptr %q"])


def _one_by_one(name: str, parameters: str, take: Sequence[str]) -> str:
    inside = [
        "%is_within = icmp ult i64 %i, %count",
        "%at = select i1 %is_within, i64 %i, i64 %last",
        *take,
        "%to_i = getelementptr i64, ptr %to, i64 %i",
        "store i64 %x, ptr %to_i",
    ]
    return loop_function(name, [parameters, "ptr %to", "i64 %count"], ["%last = sub i64 %count, 1"], inside, 1)


def _give_row() -> str:
    """A row's futures to the results, and no more than these."""
    inside = [
        "%p = getelementptr i64, ptr %a, i64 %i", "%x = load i64, ptr %p",
        "%q = getelementptr i64, ptr %to, i64 %i", "store i64 %x, ptr %q",
    ]  # fmt: skip
    return loop_function("give_row", ["ptr %a", "ptr %to"], [], inside, 1)


def _enter_line() -> str:
    """What enters a delay line in a step; the first fills it."""
    return """\
define internal void @enter_line(ptr %a, ptr %line, i64 %length, i64 %width, i64 %step, i64 %end) {
entry:
  %is_first = icmp eq i64 %step, 0
  br i1 %is_first, label %fill, label %one
one:
  %place = urem i64 %step, %length
  %offset = mul i64 %place, %width
  %to = getelementptr i8, ptr %line, i64 %offset
  call void @copy_row(ptr %a, ptr %to, i64 %end)
  ret void
fill:
  %k = phi i64 [ 0, %entry ], [ %next, %fill ]
  %offset_k = mul i64 %k, %width
  %to_k = getelementptr i8, ptr %line, i64 %offset_k
  call void @copy_row(ptr %a, ptr %to_k, i64 %end)
  %next = add i64 %k, 1
  %more = icmp ult i64 %next, %length
  br i1 %more, label %fill, label %done
done:
  ret void
}"""


def _leave_line() -> str:
    """What leaves a delay line in a step after the first."""
    return """\
define internal void @leave_line(ptr %line, i64 %length, i64 %width, i64 %step, ptr %to, i64 %end) {
entry:
  %is_first = icmp eq i64 %step, 0
  br i1 %is_first, label %done, label %one
one:
  %place = urem i64 %step, %length
  %offset = mul i64 %place, %width
  %a = getelementptr i8, ptr %line, i64 %offset
  call void @copy_row(ptr %a, ptr %to, i64 %end)
  br label %done
done:
  ret void
}"""


def _counts(name: str, operands: tuple[str, ...]) -> str:
    """Counts by the inverse distribution function, and where they were clamped; see `standoff.base.chance.counts`.

    So many vectors at once go on until no lane is beyond F, which changes nothing in a lane that is not.
    """
    rows = _Rows(("u", *operands, "to", "clamped"))
    counting = [Tape(V.dialect, f"h{k}_") for k in range(TOGETHER)]
    phis: list[str] = []
    after: list[str] = []
    for k, each in enumerate(counting):
        u, x = rows.read(k, "u"), [rows.read(k, p) for p in operands]
        if name == "poisson":
            first, factor = recipe("exp")(-x[0]), x[0]
        else:
            first, factor = recipe("exp")(-x[1] * recipe("log1p")(x[0] / x[1])), x[0] / (x[1] + x[0])
        start = {"p": first.text, "f": first.text, "n": V.literal(0.0), "b": (first < u).text}
        p, f, count = (Symbolic(each, f"%{v}{k}", "number") for v in "pfn")
        beyond = Symbolic(each, f"%b{k}", "truth")
        factor = each.named(factor)
        if name == "negative_binomial":
            factor = (each.named(x[1]) + Symbolic(each, "%before", "number")) * factor
        now = p * (factor * Symbolic(each, "%reciprocal", "number"))
        above = f + now
        more = count + beyond._apply("num", beyond, kind="number")
        results = {"p": now, "f": above, "n": more, "b": above < each.named(u)}
        for v, begin in start.items():
            of = V.truth if v == "b" else V.number
            phis.append(f"%{v}{k} = phi {of} [ {begin}, %lanes ], [ {results[v].text}, %count ]")
        after += [_store(f"%n{k}", f"to{k}"), f"%c{k} = {V.dialect.operations['num'].format(f'%b{k}')}",
                  _store(f"%c{k}", f"clamped{k}")]  # fmt: skip
    some = ["%any1 = or {0} %b0, %b1", *(f"%any{k} = or {{0}} %any{k - 1}, %b{k}" for k in range(2, TOGETHER))]
    return "\n".join([
        f"define internal void @{name}_row({', '.join(f'ptr %{p}' for p in rows.pointers)}, i64 %most, i64 %end) {{",
        "entry:",
        "  br label %lanes",
        "lanes:",
        "  %i = phi i64 [ 0, %entry ], [ %next, %counted ]",
        *_indented([*rows.at(), *rows.lines()]),
        "  br label %test",
        "test:",
        *_indented(["%k = phi i64 [ 0, %lanes ], [ %k_next, %count ]",
                    f"%x = phi double [ {number(0.0)}, %lanes ], [ %x_next, %count ]", *phis]),
        *_indented(line.format(V.truth) for line in some),
        f"  %all = bitcast {V.truth} %any{TOGETHER - 1} to i{SIDE}",
        f"  %is_any = icmp ne i{SIDE} %all, 0",
        "  %is_below = icmp ult i64 %k, %most",
        "  %goes_on = and i1 %is_any, %is_below",
        "  br i1 %goes_on, label %count, label %counted",
        "count:",
        "  %k_next = add i64 %k, 1",
        f"  %x_next = fadd double %x, {number(1.0)}",
        f"  %r = fdiv double {number(1.0)}, %x_next",
        *_indented([*splat("reciprocal", "double %r", V.number), *splat("before", "double %x", V.number)]),
        *_indented(rows.lines(counting)),
        "  br label %test",
        "counted:",
        *_indented(after),
        f"  %next = add i64 %i, {AT_ONCE}",
        "  %more = icmp ult i64 %next, %end",
        "  br i1 %more, label %lanes, label %done",
        "done:",
        "  ret void",
        "}",
    ])  # fmt: skip


PARTS: dict[str, Callable[[], str]] = {
    **{f"{name}_row": cache(partial(_heavy_row, name)) for name in (*UNARY, "power")},
    "luck_row": cache(_luck_row),
    "fill_row": _fill_row,
    "copy_row": _copy_row,
    "gather_row": _gather_row,
    "take_row": _take_row,
    "give_row": _give_row,
    "enter_line": _enter_line,
    "leave_line": _leave_line,
    "poisson_row": cache(partial(_counts, "poisson", ("mean",))),
    "negative_binomial_row": cache(partial(_counts, "negative_binomial", ("mean", "size"))),
}


def _indented(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        yield f"  {line}"
