"""A module in the reference's place: the same digest, however it is called; and its text."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import wasmtime
from comparison import differences

import standoff
from standoff.base.chance import streams
from standoff.ensemble.run import lanes_of, run_design, run_paths
from standoff.ensemble.running import Running
from standoff.ensemble.study import Study
from standoff.language.expressions.tree import Symbol
from standoff.program import compiled as compiling
from standoff.program.compiled import played_input, tables_of
from standoff.program.lowering.places import Source
from standoff.program.reference import Lanes, run_lanes
from standoff.program.stepper import advance, begin, finish
from standoff.program.wasm.module import assemble, load_module
from standoff.program.wasm.writer import emit_module

Build = Callable[..., Study]


@pytest.fixture(scope="module")
def rivals() -> Study:
    return standoff.load("rivals")


class standalone:
    """A module called as a browser calls it."""

    def __init__(self, study: Study, *, held: bool = False, followed: tuple[Symbol, ...] = ()) -> None:
        self.store = wasmtime.Store()
        self.source = emit_module(study.program, held=held, followed=followed)
        module = wasmtime.Module(self.store.engine, assemble(self.source.text))
        self.exports: Any = wasmtime.Instance(self.store, module, []).exports(self.store)
        self.heap = int(self.exports["heap"].value(self.store))
        self.exports["memory"].grow(self.store, 4)

    def call(self, name: str, *arguments: float) -> None:
        self.exports[name](self.store, *arguments)

    def lay(self, study: Study, lanes: Lanes) -> int:
        """Lay the tables of one run of futures before the module; where its results will stand."""
        place, at, n = self.heap, list[int](), lanes.size
        given = given_rows(study, self.source, lanes)
        tables = [lanes.columns.table.array, np.arange(n), lanes.keys, given, *tables_of(study.program, self.source)]
        for table in tables:
            self.write(place, np.ascontiguousarray(table))
            at.append(place)
            place += table.nbytes + 16 - table.nbytes % 16
        columns, worlds, keys, given, counters, clock = at
        self.call("lay", columns, n, worlds, keys, given, counters, clock, place, n)
        return place

    def write(self, place: int, array: Any) -> None:
        self.exports["memory"].write(self.store, array.tobytes(), place)

    def read(self, place: int, n: int, kind: Any) -> Any:
        return np.frombuffer(self.exports["memory"].read(self.store, place, place + 8 * n), dtype=kind)


@pytest.fixture(scope="module")
def text() -> str:
    return emit_module(standoff.load("korea").program).text


def test_ensembles_have_one_digest_for_any_threads_and_blocks(rivals: Study) -> None:
    design = rivals.design(50, 3)
    reference = run_design(rivals.program, design, running=Running(evaluator="reference"))
    for threads, block in ((1, 8192), (2, 8192), (2, 100), (1, 37)):
        running = Running(threads, evaluator="wasm")
        other = run_design(rivals.program, design, running=running, block=block)
        assert other.digest == reference.digest
        assert other.diagnostics == reference.diagnostics


def test_futures_that_draw_their_own_strategies_have_one_digest_too(rivals: Study) -> None:
    design = rivals.design(50, 3)
    mix = tuple(tuple(range(len(instances))) for instances in rivals.program.instances)
    mixed = replace(design, profiles=design.profiles[:1], mix=mix)
    reference = run_design(rivals.program, mixed, running=Running(evaluator="reference"))
    assert run_design(rivals.program, mixed, evaluate=load_module(rivals.program)).digest == reference.digest


def test_sound_futures_are_not_run_again(rivals: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    design = rivals.design(64, 4)
    expected = run_design(rivals.program, design, running=Running(evaluator="reference"))
    monkeypatch.setattr(compiling, "run_lanes", None)
    assert run_design(rivals.program, design, evaluate=load_module(rivals.program)).digest == expected.digest


@pytest.mark.parametrize("n", [1, 2, 63, 64, 65, 129])
def test_blocks_of_any_number_of_futures_are_the_reference(rivals: Study, n: int) -> None:
    design = rivals.design(16, 16)
    profiles, rest = np.divmod(np.arange(n), 256)
    lanes = lanes_of(rivals.program, design, profiles, rest // 16, replications=rest % 16)
    found = load_module(rivals.program)(rivals.program, lanes)
    assert differences(found, run_lanes(rivals.program, lanes)) == []


def test_a_host_can_draw_the_keys_and_luck_of_futures_itself(rivals: Study) -> None:
    exports = standalone(rivals)
    ids, replications, counter = np.array([7, 2**63 + 5, 0], dtype=np.uint64), 4, streams.counter(streams.key("mix"), 0)
    place = exports.heap
    exports.write(place, ids)
    exports.write(place + 24, np.array([counter], dtype=np.uint64))
    signed = int(np.uint64(streams.seed_state(11)).astype(np.int64))
    exports.call("keys", signed, place, 3, replications, place + 32)
    keys = streams.lane_keys(11, ids[:, None], np.arange(replications, dtype=np.uint64))
    assert np.array_equal(exports.read(place + 32, 12, np.uint64), keys.ravel())
    exports.call("luck", place + 32, place + 24, place + 256, 11)
    expected = streams.uniform(keys.ravel()[:11], streams.key("mix"), 0)
    assert np.array_equal(exports.read(place + 256, 11, np.float64), expected)


def test_a_host_plays_a_study_by_steps_and_holds_choices(rivals: Study) -> None:
    program, design, n = rivals.program, rivals.design(10, 1), 10
    lanes = lanes_of(program, design, np.full(n, 1), np.arange(n), replications=np.zeros(n, dtype=np.int64))
    exports = standalone(rivals, held=True)
    source, place = exports.source, exports.lay(rivals, lanes)
    choice = next(a.target for a in program.step if a.target.kind == "choice" and a.target.name == source.held[0])
    state = begin(program, lanes)
    exports.call("begin", 0, 0, n)
    for step in range(program.n_steps):
        option = -1 if step % 3 else 1
        exports.call("hold", 0, float(option))
        exports.call("step", step)
        state = advance(program, state, {choice: np.int64(option)} if option >= 0 else None)
    exports.call("finish")
    expected = finish(program, state)
    found = exports.read(place, n * (len(source.outputs) + 1), np.float64).reshape(-1, n)
    assert not found[-1].any()
    for i in range(len(program.payoffs)):
        assert np.array_equal(found[source.outputs.index(f"payoff {i}")], expected.payoffs[i])
    free = run_lanes(program, lanes)
    assert not np.array_equal(expected.payoffs, free.payoffs)


def test_what_is_followed_is_what_paths_tell(rivals: Study) -> None:
    program, model, n = rivals.program, rivals.model, 70  # two blocks
    symbols = (
        *(Symbol("stock", stock.name) for stock in model.stocks),
        *(Symbol("mode", mode.name) for mode in model.modes),
        *(Symbol("quantity", quantity.name) for quantity in model.quantities),
        *(Symbol("event", event.name) for event in model.events),
    )
    design, profiles, worlds = rivals.design(n, 1), np.full(n, 1), np.arange(n)
    replications = np.zeros(n, dtype=np.int64)
    exports = standalone(rivals, followed=symbols)
    exports.exports["memory"].grow(exports.store, 16)
    out = exports.lay(rivals, lanes_of(program, design, profiles, worlds, replications=replications))
    runs = out + 8 * n * (len(exports.source.outputs) + 1)
    exports.write(runs, np.array([0, n], dtype=np.int32))
    points = program.n_steps + 1
    exports.call("follow", runs + 16)
    exports.call("run", runs, 1)
    found = exports.read(runs + 16, len(symbols) * points * n, np.float64).reshape(len(symbols), points, n)
    expected = run_paths(program, design, symbols, profiles, worlds=worlds, replications=replications).values
    for i, symbol in enumerate(symbols):
        last = points if symbol.kind in ("stock", "mode") else points - 1
        assert np.array_equal(found[i, :last], expected[i, :last]), symbol
    assert len({symbol.kind for symbol in symbols}) == 4


def given_rows(study: Study, source: Source, lanes: Lanes) -> np.ndarray:
    """What the one run of these futures plays."""
    row = []
    for key in source.given:
        if key == "realised" or key[0] == "level":
            row.append(0.0 if key == "realised" else dict(study.program.levels)[key[1]])
        else:
            player, values = played_input(study.program, key)
            row.append(values[lanes.instances[player][0]])
    return np.array([row])


def test_a_new_table_of_worlds_takes_the_place_of_the_old(rivals: Study) -> None:
    module = load_module(rivals.program)
    for n in (4, 64, 8):
        design = rivals.design(n, 2)
        reference = run_design(rivals.program, design, running=Running(evaluator="reference"))
        assert run_design(rivals.program, design, evaluate=module).digest == reference.digest


def test_the_text_is_a_function_of_the_study_alone(text: str) -> None:
    assert emit_module(standoff.load("korea").program).text == text
    assert emit_module(standoff.load("korea", ("no_deal",)).program).text != text


def test_the_text_says_what_stands_for_what_only_where_that_is_asked_for(text: str) -> None:
    assert ";; launch_drive" in emit_module(standoff.load("korea").program, remarks=True).text
    assert set(re.findall(r"\$[a-z_0-9]+", text)).isdisjoint(
        f"${name}" for name in standoff.load("korea").program.columns
    )
    assert text.count(";;") == 1


def test_a_page_holds_the_korean_module(text: str) -> None:
    assert len(base64.b64encode(assemble(text))) <= 250_000


def test_no_name_of_a_study_stands_in_a_module(tmp_path: Path, study_of: Build) -> None:
    hostile = ['") (unreachable', "a\r\nb ;; (", "\x1b[31m", "`</script>`", "{0}{study}%s"]
    study = study_of("""\
        stocks: {x: {start: 1, next: "x * 0.9"}}
        outcomes: {end: {measure: "final(x)", better: lower}}
        """)
    for name in hostile:
        program = replace(study.program, model=replace(study.program.model, name=name))
        said = emit_module(program, remarks=True).text
        assert "unreachable" not in re.sub(r";;.*", "", said)
        assert assemble(said) == assemble(emit_module(study.program).text)
