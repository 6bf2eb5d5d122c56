"""The compiled kernel is the reference, bit for bit: outcomes, payoffs, faults and counters."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from comparison import differences, differences_on_random_futures
from features import FEATURES, features_of
from random_studies import load_random
from verify import compare_all

import standoff
from standoff.ensemble.evaluator import Evaluate, choose_evaluator
from standoff.ensemble.run import run_design
from standoff.ensemble.running import EvaluatorName, Running
from standoff.ensemble.study import Study
from standoff.program import compiled as compiling
from standoff.program.columns import Table, WorldColumns
from standoff.program.llvm.kernel import Kernel, load_kernel
from standoff.program.program import FAULTS, Program
from standoff.program.reference import Lanes, run_lanes
from standoff.program.wasm.module import load_module
from standoff.studies import BUNDLED

SMALL = (1, 9, 10, 24, 29, 85, 97, 103, 118, 119, 120, 132, 185, 193, 285, 844)
"""Seeds whose small studies use the whole language and meet every fault."""


@pytest.fixture(scope="module")
def rivals() -> Study:
    return standoff.load("rivals")


@pytest.fixture(scope="module")
def compiled(rivals: Study) -> Kernel:
    return load_kernel(rivals.program)


def test_the_compiled_kernel_equals_the_reference(rivals: Study, compiled: Kernel) -> None:
    found, _ = differences_on_random_futures(rivals, (compiled,), 700)
    assert found == []


def test_sound_futures_are_not_run_again(rivals: Study, compiled: Kernel, monkeypatch: pytest.MonkeyPatch) -> None:
    design = rivals.design(64, 4)
    expected = run_design(rivals.program, design, running=Running(evaluator="reference"))
    monkeypatch.setattr(compiling, "run_lanes", None)
    assert run_design(rivals.program, design, evaluate=compiled).digest == expected.digest


def test_ensembles_have_one_digest_for_both_evaluators_any_threads_and_blocks(rivals: Study, compiled: Kernel) -> None:
    design = rivals.design(50, 3)
    reference = run_design(rivals.program, design, running=Running(evaluator="reference"))
    for threads, block in ((1, 8192), (2, 8192), (2, 100), (1, 37)):
        other = run_design(rivals.program, design, running=Running(threads), block=block, evaluate=compiled)
        assert other.digest == reference.digest
        assert other.diagnostics == reference.diagnostics


def test_futures_that_draw_their_own_strategies_have_one_digest_too(rivals: Study, compiled: Kernel) -> None:
    design = rivals.design(50, 3)
    mix = tuple(tuple(range(len(instances))) for instances in rivals.program.instances)
    levels = None if design.levels is None else design.levels[:1]
    mixed = replace(design, profiles=design.profiles[:1], levels=levels, mix=mix)
    reference = run_design(rivals.program, mixed, running=Running(evaluator="reference"))
    assert run_design(rivals.program, mixed, evaluate=compiled).digest == reference.digest
    assert run_design(rivals.program, design, evaluate=compiled).digest != reference.digest


def both(program: Program) -> tuple[Evaluate, Evaluate]:
    """What the two writers make of a program: LLVM's text, and WebAssembly."""
    return load_kernel(program), load_module(program)


@pytest.mark.parametrize("seed", range(40))
def test_the_sources_of_random_studies_equal_the_reference(seed: int, tmp_path: Path) -> None:
    study = load_random(seed, tmp_path, 0.7)
    found, _ = differences_on_random_futures(study, both(study.program), 100, seed)
    assert found == []


@pytest.mark.parametrize("name", BUNDLED)
def test_the_sources_of_bundled_studies_equal_the_reference(name: str) -> None:
    study = standoff.load(name)
    found, _ = differences_on_random_futures(study, both(study.program), 150)
    assert found == []


def test_small_studies_equal_the_reference_and_use_the_whole_language(tmp_path: Path) -> None:
    features, faults = set[str](), set[str]()
    for seed in SMALL:
        study = load_random(seed, tmp_path / str(seed), 0.3)
        found, codes = differences_on_random_futures(study, both(study.program), 400, seed)
        assert found == [], seed
        features |= set(features_of(study))
        faults |= {FAULTS[(code - 1) % len(FAULTS)][0] for code in codes}
    assert faults == {kind for kind, _ in FAULTS}
    assert features == FEATURES


def test_studies_are_compared_in_two_processes() -> None:
    """As `make verify` compares hundreds."""
    assert [(compared.seed, compared.differ) for compared in compare_all((29, 420), 0.3)] == [(29, ()), (420, ())]


def test_columns_that_are_no_numbers_go_to_the_reference(rivals: Study, compiled: Kernel) -> None:
    design = rivals.design(4, 1)
    columns = {name: column.copy() for name, column in design.worlds.columns.items()}
    columns["fear"][2] = np.inf
    worlds = np.arange(4)
    instances = tuple(np.zeros(4, dtype=np.int64) for _ in rivals.program.players)
    lanes = Lanes(WorldColumns(Table(rivals.program.columns, columns), worlds), instances, {}, design.worlds.streams)
    expected = run_lanes(rivals.program, lanes)
    assert expected.fault[2] > 0
    assert differences(compiled(rivals.program, lanes), expected) == []


def test_each_run_is_computed_by_what_is_soonest_done(rivals: Study) -> None:
    def chosen(n: int, evaluator: EvaluatorName = "auto") -> Evaluate:
        return choose_evaluator(rivals.program, n, Running(evaluator=evaluator))

    kernel, module = load_kernel(rivals.program), load_module(rivals.program)
    assert chosen(1_000) is run_lanes
    assert chosen(100_000) is module
    assert chosen(10_000_000) is kernel
    assert chosen(100, "wasm") is module
    assert chosen(100, "kernel") is kernel
    with pytest.raises(ValueError, match="an evaluator is"):
        chosen(1, "fast")  # type: ignore[arg-type]
