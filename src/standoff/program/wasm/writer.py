"""Program to WebAssembly text: a module that computes what the reference computes, bit for bit.

The text is deterministic and holds nothing that a study chose but numbers: every name in it is made here. What stands
for what is said by remarks, with which `standoff show STUDY --wasm` prints it.

The module, as its host sees it (all whole numbers are `i32`, all addresses in bytes, all tables little-endian):

    memory                 the workspace, and from `heap` on whatever the host puts there
    heap                   the first address that is the host's, a multiple of 16
    lay(columns, n_worlds, worlds, keys, given, counters, clock, out, n_out)
                           where the host's tables stand:
                             columns   f64 [columns of the study][n_worlds]    assumptions of each world, all finite
                             worlds    i64 [futures]                           each future's world
                             keys      i64 [futures]                           its key of luck (`streams.lane_keys`)
                             given     f64 [runs][`Source.given`]              what each run of futures plays
                             counters  i64 [`Source.luck`][steps]              `streams.counter` of each draw and step
                             clock     f64 [steps][`Source.clock`]             the clock and series
                             out       f64 [`Source.outputs` + 1][n_out]       results; the last row tells of faults
    run(runs, n_runs)      takes whole runs through the clock; runs is i32 [n_runs + 1], where each begins in `worlds`,
                           `keys` and `out`
    begin(run, first, count), step(t), finish()
                           the same by hand for up to `lanes` futures of one run, from the first on: the beginning,
                           each step of the clock in order, and the results
    lanes                  the most futures of a block
    hold(k, option)        of a module made to be played: in the steps that follow `begin` the k-th choice of
                           `Source.held` is this option (f64 of its index), or again the strategy's where it is below 0
    follow(paths)          of a module that keeps what is followed: where to, f64 [followed][steps + 1][n_out], or 0;
                           what is carried from before the first step to after the last, all else as it was in a step
    keys(state, streams, n, replications, to)
                           keys of luck of n worlds' replications from the ids of their streams; `state` (i64) is that
                           of the seed, `streams.seed_state`
    luck(keys, counter, to, n)
                           n uniform numbers (one more where n is odd) of the draw whose counter stands at an address
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from standoff._version import __version__
from standoff.base.escaping import visible
from standoff.language.expressions.tree import Symbol
from standoff.program.lowering.lower import lower_program
from standoff.program.lowering.places import Places, Source, source_of
from standoff.program.lowering.plan import plan_program
from standoff.program.lowering.rows import Heavy, Loop, find_row
from standoff.program.lowering.states import FOLLOWED
from standoff.program.program import Program
from standoff.program.wasm.parts import (
    PARTS,
    host_functions,
    locals_of,
    power_row,
    reciprocal_table,
    run_function,
    scalar_function,
)
from standoff.program.wasm.recipes import OPERATIONS, literal, mask

__all__ = ["emit_module"]

LANES = 64
WIDTH = 8 * LANES
PAGE = 65536
TABLES = ("columns", "n_worlds", "worlds", "keys", "given", "counters", "clock", "out", "n_out")


def emit_module(
    program: Program, *, remarks: bool = False, held: bool = False, followed: tuple[Symbol, ...] = ()
) -> Source:
    """Generate the module of a program, as text.

    Args:
        program: From `standoff.program.compile.compile_model`.
        remarks: Say in comments what of the study each line computes; for reading only.
        held: Let the host hold choices, to play the study step by step.
        followed: Stocks, modes, quantities and counts to keep of every step.
    """
    places = Places(plan_program(lower_program(program, held=held, followed=followed)))
    return source_of(places, _Writer(places, remarks, followed).text())


class _Writer:
    def __init__(self, places: Places, remarks: bool, followed: tuple[Symbol, ...]) -> None:
        self.places = places
        self.followed = followed
        self.plan = places.plan
        self.g = places.g
        self.remarks = remarks
        self.keys = places.rows.lasting("keys")
        self.scalar_base = places.rows.size * WIDTH
        self.most = 0  # of all counts
        self.parts: dict[str, None] = {}  # functions that are called, in the order of their first call
        self.scalar_parts: dict[str, None] = {}
        self.powers: dict[float, str] = {}  # functions by their exponent
        self.exists: set[str] = set()  # of the functions of scalars, those that do something

    def text(self) -> str:
        name = visible(self.plan.lowered.program.model.name)
        own = [
            *self._scalar_functions(),
            *self._loop_functions(),
            *self._phases(),
            *self._hold(),
            *self._follow(),
            *host_functions().splitlines(),
        ]
        self.parts["luck_row"] = None
        if "enter_line" in self.parts or "leave_line" in self.parts:
            self.parts["copy_row"] = None
        lines = [
            "(module",
            f"  ;; Made by Standoff {__version__}: two futures side by side in a vector, {LANES} to a block.",
            *([f"  ;; The module of `{name}`."] if self.remarks else ()),
            *_indented(2, self._head()),
            *_indented(2, [line for part in self.parts for line in PARTS[part]().splitlines()]),
            *_indented(2, [line for x, part in self.powers.items() for line in power_row(part, x).splitlines()]),
            *_indented(2, [line for part in self.scalar_parts for line in scalar_function(part).splitlines()]),
            *_indented(2, own),
        ]
        return "\n".join(lines) + ")\n"

    def _head(self) -> Iterator[str]:
        reciprocals = self.scalar_base + 16 * len(self.plan.scalars)
        heap = -(-(reciprocals + 8 * self.most) // 16) * 16
        yield f'(memory (export "memory") {-(-heap // PAGE)})'
        yield f'(global (export "heap") i32 (i32.const {heap}))'
        if self.most:
            yield f"(global $reciprocals i32 (i32.const {reciprocals}))"
            yield from reciprocal_table(self.most).splitlines()
        yield f'(global (export "lanes") i32 (i32.const {LANES}))'
        for table in (*TABLES, "first", "count", "end"):
            yield f"(global ${table} (mut i32) (i32.const 0))"
        parameters = " ".join(f"(param ${table} i32)" for table in TABLES)
        yield f'(func (export "lay") {parameters}'
        for table in TABLES:
            yield f"  (global.set ${table} (local.get ${table}))"
        yield ")"

    def _call(self, part: str, *arguments: int | str) -> str:
        self.parts[part] = None
        texts = [f"(i32.const {a})" if isinstance(a, int) else a for a in arguments]
        return f"(call ${part} {' '.join(texts)})"

    def _scalar_functions(self) -> Iterator[str]:
        for name in ("block", "step", "end"):
            lines = [*self._scalars(name)]
            if lines:
                self.exists.add(name)
                yield from self._function(f"{name}_scalars", lines)
        lines = [*self._moves()]
        if lines:
            self.exists.add("move")
            yield from self._function("move_scalars", lines)

    def _function(self, name: str, lines: list[str], parameters: str = "") -> Iterator[str]:
        """A function, with a local for each that its lines set."""
        yield f"(func ${name} {parameters}{locals_of(lines)}"
        yield from _indented(2, lines)
        yield ")"

    def _scalars(self, name: str) -> Iterator[str]:
        for kind, n, place in self.places.scalars_of(name):
            if kind == "store":
                yield self._scalar_store(place, self._use(n))
                continue
            value = self._scalar_read(n) if kind == "read" else self._operation(n)
            yield f"(local.set {self._name(n)} {value}){self._remark(self._label(n))}"

    def _moves(self) -> Iterator[str]:
        for moved in self.places.moves():
            for k, (_, n) in enumerate(moved):
                yield f"(local.set $v_{k} {self._scalar_value(n)})"
            for k, (state, _) in enumerate(moved):
                yield self._scalar_store(self.places.state(state), f"(local.get $v_{k})") + self._remark(state)

    def _scalar_place(self, place: int) -> int:
        return self.scalar_base + 16 * place

    def _scalar_store(self, place: int, value: str) -> str:
        return f"(v128.store (i32.const {self._scalar_place(place)}) {value})"

    def _scalar_read(self, n: int) -> str:
        return f"(v128.load (i32.const {self._scalar_place(self.places.scalar(n))}))"

    def _scalar_value(self, n: int) -> str:
        return self._use(n) if self.places.is_const(n) else self._scalar_read(n)

    def _loop_functions(self) -> Iterator[str]:
        for phase, items in self.plan.loops.items():
            for number, loop in enumerate(item for item in items if isinstance(item, Loop)):
                labels = [self.plan.lowered.labels[n] for n in loop.nodes if n in self.plan.lowered.labels]
                if self.remarks and labels:
                    yield f";; {_shortened(visible(', '.join(labels)))}"
                before, inside = self._loop(phase, loop)
                yield f"(func ${phase}_{number} (local $i i32) {locals_of([*before, *inside])}"
                yield from _indented(2, before)
                yield "  (loop $lanes"
                yield from _indented(4, inside)
                yield (
                    "    (br_if $lanes (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 16)))"
                    " (global.get $end)))))"
                )

    def _loop(self, phase: str, loop: Loop) -> tuple[list[str], list[str]]:
        before, inside = [], []
        for n in self.places.outside(loop):
            if self.places.is_scalar(n):
                before.append(f"(local.set {self._name(n)} {self._scalar_read(n)}){self._remark(self._label(n))}")
            else:
                stored = self._load(find_row(self.g, self.places.rows, phase, n))
                inside.append(f"(local.set {self._name(n)} {stored}){self._remark(self._label(n))}")
        for n in loop.nodes:
            inside.append(f"(local.set {self._name(n)} {self._operation(n)}){self._remark(self._label(n))}")
        wrong = self._load(self.places.wrong)
        for n in loop.tests:
            wrong = f"(f64x2.add {wrong} {self._use(n)})"
        if loop.tests:
            inside.append(self._store(self.places.wrong, wrong))
        for n, row in loop.stores:
            inside.append(self._store(row, self._use(n)))
        return before, inside

    def _load(self, row: int) -> str:
        return f"(v128.load offset={row * WIDTH} (local.get $i))"

    def _store(self, row: int, value: str) -> str:
        return f"(v128.store offset={row * WIDTH} (local.get $i) {value})"

    def _name(self, n: int) -> str:
        return f"$v{n}"

    def _label(self, n: int) -> str | None:
        return self.plan.lowered.labels.get(n)

    def _remark(self, text: str | None) -> str:
        """What a line means, where that is asked for."""
        return f"  ;; {visible(text)}" if text and self.remarks else ""

    def _use(self, n: int) -> str:
        """A node in an instruction. Truths are masks, in rows too."""
        if not self.places.is_const(n):
            return f"(local.get {self._name(n)})"
        return mask(self.g.data[n]) if self.g.truth[n] else literal(self.g.data[n])

    def _operation(self, n: int) -> str:
        op, x = self.g.op[n], [self._use(a) for a in self.g.args[n]]
        if op in OPERATIONS:
            return f"({OPERATIONS[op].format(*x)})"
        self.scalar_parts[op] = None
        return f"(call ${op} {' '.join(x)})"

    def _heavy(self, item: Heavy) -> Iterator[str]:
        """The call of a heavy operation on rows."""
        g, n = self.g, item.node
        if g.op[n] == "power" and self.places.is_const(g.args[n][1]):
            exponent = self.powers.setdefault(float(g.data[g.args[n][1]]), f"power_row_{len(self.powers)}")
            yield f"(call ${exponent} (i32.const {item.sources[0] * WIDTH}) (i32.const {item.target * WIDTH}))"
            return
        for a, row in item.fills:
            if self.places.is_const(a):
                self.parts["fill_row"] = None
                yield f"(v128.store (i32.const {row * WIDTH}) {self._use(a)})"
                yield self._call("fill_row", row * WIDTH, row * WIDTH)
            else:
                yield self._call("fill_row", self._scalar_place(self.places.scalar(a)), row * WIDTH)
        sources = [row * WIDTH for row in item.sources]
        target = item.target * WIDTH
        if g.op[n] == "input":
            name, steps = g.data[n][1], self.plan.lowered.program.n_steps
            is_start = name in self.plan.lowered.program.start_luck
            place = 8 * steps * self.plan.luck.index(name)
            step = "" if is_start else " (i32.shl (local.get $t) (i32.const 3))"
            address = f"(i32.add (global.get $counters) (i32.const {place}))"
            address = address if is_start else f"(i32.add {address}{step})"
            yield self._call("luck_row", self.keys * WIDTH, address, target) + self._remark(name)
        elif g.op[n] in ("poisson", "negative_binomial"):
            clamped = (item.clamped if item.clamped >= 0 else self.places.nowhere) * WIDTH
            self.most = max(self.most, int(g.data[n]))
            call = self._call(f"{g.op[n]}_row", *sources, int(g.data[n]), target, clamped)
            yield call + self._remark(self._label(n))
        else:
            yield self._call(f"{g.op[n]}_row", *sources, target) + self._remark(self._label(n))

    def _calls(self, phase: str) -> Iterator[str]:
        number = 0
        for item in self.plan.loops[phase]:
            if isinstance(item, Loop):
                yield f"(call ${phase}_{number})"
                number += 1
            else:
                yield from self._heavy(item)

    def _scalar_call(self, name: str) -> Iterator[str]:
        if name in self.exists:
            yield f"(call ${name}_scalars)"

    def _phases(self) -> Iterator[str]:
        begin = '(export "begin") (param $run i32) (param $first i32) (param $count i32) '
        yield from self._function("begin", [*self._begin()], begin)
        yield from self._function("step", [*self._step()], '(export "step") (param $t i32) ')
        yield from self._function("finish", [*self._finish()], '(export "finish") ')
        yield from run_function(LANES, self.plan.lowered.program.n_steps).splitlines()

    def _begin(self) -> Iterator[str]:
        plan, program = self.plan, self.plan.lowered.program
        yield "(global.set $first (local.get $first))"
        yield "(global.set $count (local.get $count))"
        yield "(global.set $end (i32.shl (local.get $count) (i32.const 3)))"
        row = f"(i32.mul (local.get $run) (i32.const {8 * len(self.places.given)}))"
        for k, key in enumerate(self.places.given):
            value = f"(v128.load64_splat offset={8 * k} (i32.add (global.get $given) {row}))"
            if key == "realised":
                value = f"(f64x2.ne {value} {literal(0.0)})"
            said = " ".join(key) if isinstance(key, tuple) else key
            yield self._scalar_store(plan.scalars[key], value) + self._remark(said)
        for key in self.places.held:
            yield self._scalar_store(plan.scalars[key], literal(-1.0)) + self._remark(key[1])
        yield from self._scalar_call("block")
        first = "(i32.shl (local.get $first) (i32.const 3))"
        yield self._call("take_row", f"(i32.add (global.get $keys) {first})", self.keys * WIDTH)
        wrong = self.places.wrong * WIDTH
        yield f"(memory.fill (i32.const {wrong}) (i32.const 0) (i32.const {WIDTH}))"
        for name in plan.columns:
            column = f"(i32.mul (global.get $n_worlds) (i32.const {8 * program.columns.index(name)}))"
            table, index = f"(i32.add (global.get $columns) {column})", f"(i32.add (global.get $worlds) {first})"
            yield self._call("gather_row", table, index, self.places.start("column", name) * WIDTH) + self._remark(name)
        yield from self._calls("world")
        yield from self._kept("(i32.const 0)", carried=True)

    def _hold(self) -> Iterator[str]:
        """Hold a choice; places of choices stand side by side nowhere, so each has its branch."""
        if self.places.held:
            yield '(func (export "hold") (param $k i32) (param $option f64)'
            for k, key in enumerate(self.places.held):
                store = self._scalar_store(self.plan.scalars[key], "(f64x2.splat (local.get $option))")
                yield f"  (if (i32.eq (local.get $k) (i32.const {k})) (then {store}))"
            yield ")"

    def _leave(self, step: str) -> Iterator[str]:
        for line in self.places.lines():
            start, state = (self.places.start(kind, line.state) * WIDTH for kind in ("line", "state"))
            yield self._call("leave_line", start, line.length, WIDTH, step, state)

    def _step(self) -> Iterator[str]:
        row = f"(i32.mul (local.get $t) (i32.const {8 * len(self.places.clock)}))"
        for k, key in enumerate(self.places.clock):
            value = f"(v128.load64_splat offset={8 * k} (i32.add (global.get $clock) {row}))"
            yield self._scalar_store(self.plan.scalars[key], value) + self._remark(key[1])
        yield from self._leave("(local.get $t)")
        yield from self._scalar_call("step")
        yield from self._calls("step")
        yield from self._scalar_call("move")
        for line in self.places.lines():
            enters, start = (self.places.start(kind, line.state) * WIDTH for kind in ("enters", "line"))
            yield self._call("enter_line", enters, start, line.length, WIDTH, "(local.get $t)")
        yield from self._kept("(local.get $t)", carried=False)
        yield from self._kept("(i32.add (local.get $t) (i32.const 1))", carried=True)

    def _follow(self) -> Iterator[str]:
        """Where to keep what is followed."""
        if self.followed:
            yield "(global $paths (mut i32) (i32.const 0))"
            yield '(func (export "follow") (param $paths i32) (global.set $paths (local.get $paths)))'

    def _kept(self, point: str, *, carried: bool) -> Iterator[str]:
        """Keep what is followed at a point of the clock."""
        program = self.plan.lowered.program
        moves = {one.symbol for one in program.carried}
        for i, symbol in enumerate(self.followed):
            if (symbol in moves) == carried:
                row = self.places.start("state", f"{FOLLOWED}{i}") * WIDTH
                place = f"(i32.add {point} (i32.const {i * (program.n_steps + 1)}))"
                yield self._call("keep_row", row, place) + self._remark(symbol.name)

    def _finish(self) -> Iterator[str]:
        yield from self._leave(f"(i32.const {self.plan.lowered.program.n_steps})")
        yield from self._scalar_call("end")
        yield from self._calls("end")
        rows = [*(self.places.start("output", k) for k in range(len(self.plan.outputs))), self.places.wrong]
        for k, (row, name) in enumerate(zip(rows, (*self.plan.outputs, "whether something went wrong"), strict=True)):
            cell = f"(i32.add (i32.mul (global.get $n_out) (i32.const {k})) (global.get $first))"
            to = f"(i32.add (global.get $out) (i32.shl {cell} (i32.const 3)))"
            size = "(i32.shl (global.get $count) (i32.const 3))"
            yield f"(memory.copy {to} (i32.const {row * WIDTH}) {size})" + self._remark(name)


def _indented(by: int, lines: Iterator[str] | list[str]) -> Iterator[str]:
    for line in lines:
        yield " " * by + line


def _shortened(text: str) -> str:
    return text if len(text) <= 100 else text[:100].rsplit(",", 1)[0] + ", …"


assert math.log2(LANES).is_integer()
