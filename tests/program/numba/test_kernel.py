"""The compiled kernel is the reference, bit for bit: outcomes, payoffs, faults and counters."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from comparison import differences, differences_on_random_futures
from features import FEATURES, features_of
from interpreted import interpreted_kernel
from random_studies import load_random
from verify import compare_all

import standoff
from standoff.ensemble.evaluator import MODULE_COST, Evaluate, choose_evaluator, worth_compiling
from standoff.ensemble.run import run_design
from standoff.ensemble.running import EvaluatorName, Running
from standoff.ensemble.study import Study
from standoff.program import compiled as compiling
from standoff.program.columns import Table, WorldColumns
from standoff.program.numba import beside as changes
from standoff.program.numba import kernel as kernels
from standoff.program.numba.beside import changing_over
from standoff.program.numba.kernel import Kernel, is_compiled, load_kernel
from standoff.program.program import FAULTS, Program
from standoff.program.reference import Lanes, run_lanes
from standoff.program.wasm.module import load_module
from standoff.studies import BUNDLED

SMALL = (1, 9, 10, 24, 29, 85, 97, 103, 118, 119, 120, 132, 185, 193, 285, 844)
"""Seeds whose small studies use the whole language and meet every fault."""
COMPILED = (29, 129, 420, 502, 737, 760)
"""Seeds of small studies that use most of it, and meet most faults; `make verify` compiles hundreds."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kernels")


@pytest.fixture(scope="module")
def rivals() -> Study:
    return standoff.load("rivals")


@pytest.fixture(scope="module")
def compiled(rivals: Study, folder: Path) -> Kernel:
    for name in [name for name in sys.modules if name.startswith(("standoff_kernel_", "standoff_parts_"))]:
        del sys.modules[name]  # what other tests loaded lies in another folder
    return load_kernel(rivals.program, folder)


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
    """What the two writers make of a program: Numba's source interpreted, and WebAssembly."""
    return interpreted_kernel(program), load_module(program)


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


def test_the_sources_of_small_studies_equal_the_reference_and_use_the_whole_language(tmp_path: Path) -> None:
    features, faults = set[str](), set[str]()
    for seed in SMALL:
        study = load_random(seed, tmp_path / str(seed), 0.3)
        found, codes = differences_on_random_futures(study, both(study.program), 400, seed)
        assert found == [], seed
        features |= set(features_of(study))
        faults |= {FAULTS[(code - 1) % len(FAULTS)][0] for code in codes}
    assert faults == {kind for kind, _ in FAULTS}
    assert features == FEATURES


def test_compiled_random_studies_equal_the_reference(compiled: Kernel, folder: Path) -> None:
    found = list(compare_all(COMPILED, 0.3, folder))  # where `compiled` has put what all kernels share
    assert {compared.seed: compared.differ for compared in found if compared.differ} == {}
    assert len(set().union(*(compared.faults for compared in found))) >= 6
    assert len(set().union(*(compared.features for compared in found))) >= 0.9 * len(FEATURES)


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


def test_a_kernel_is_kept_on_disk_and_loaded_by_the_next_process(rivals: Study, compiled: Kernel, folder: Path) -> None:
    assert is_compiled(rivals.program, folder)
    script = (
        "import standoff, sys; from pathlib import Path; from numba.core import event\n"
        "from standoff.program.numba.kernel import load_kernel\n"
        "with event.install_recorder('numba:compile') as recorder:\n"
        "    load_kernel(standoff.load('rivals').program, Path(sys.argv[1]))\n"
        "print(len(recorder.buffer))"
    )
    elsewhere = {**os.environ, "NUMBA_CACHE_DIR": str(folder / "elsewhere")}  # which holds no digests, so is not used
    done = subprocess.run(
        [sys.executable, "-c", script, str(folder)], capture_output=True, text=True, check=True, env=elsewhere
    )
    assert done.stdout.strip() == "0"


def test_each_run_is_computed_by_what_is_soonest_done(
    rivals: Study, compiled: Kernel, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lines: list[str] = []
    monkeypatch.setenv("STANDOFF_CACHE", str(tmp_path))

    def chosen(n: int, evaluator: EvaluatorName = "auto") -> Evaluate:
        return choose_evaluator(rivals.program, n, Running(announce=lines.append, evaluator=evaluator))

    module = load_module(rivals.program)
    monkeypatch.setattr(kernels, "load_kernel", lambda program: compiled)
    monkeypatch.setattr(kernels, "is_compiled", lambda program: False)
    assert chosen(1_000) is run_lanes
    assert chosen(100_000) is module
    assert chosen(10_000_000) is module
    assert chosen(100, "wasm") is module
    assert lines == []
    assert chosen(100, "kernel") is compiled
    assert lines == ["compiling the kernel of `rivals` (about half a minute, once; the next run loads it)"]
    monkeypatch.setattr(kernels, "is_compiled", lambda program: True)
    assert chosen(10_000_000) is compiled
    assert len(lines) == 1
    with pytest.raises(ValueError, match="an evaluator is"):
        chosen(1, "fast")  # type: ignore[arg-type]
    assert os.environ.get("NUMBA_DISABLE_JIT") is None


def test_a_kernel_is_compiled_once_runs_have_cost_what_it_saves(
    rivals: Study, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("STANDOFF_CACHE", str(tmp_path))
    monkeypatch.setattr(changes, "changing_over", lambda program, first: "compiled beside")

    def chosen(program: Program) -> Evaluate:
        each = worth_compiling(2) / 2.5
        futures = int(each / (MODULE_COST * program.n_steps * len(program.equations)))
        return choose_evaluator(program, futures, Running(2))

    assert [chosen(rivals.program) for _ in range(3)] == [*[load_module(rivals.program)] * 2, "compiled beside"]
    assert chosen(standoff.load("lake").program) != "compiled beside"


def test_a_long_run_begins_at_once_and_changes_over_to_its_kernel(
    rivals: Study, compiled: Kernel, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STANDOFF_CACHE", str(folder))  # where the kernel lies, so that compiling it takes a second
    evaluate = changing_over(rivals.program, run_lanes)
    design = rivals.design(20, 2)
    before = run_design(rivals.program, design, evaluate=evaluate)
    assert evaluate.kernel is None
    assert evaluate._compiling is not None
    assert evaluate._compiling.wait(60) == 0
    after = run_design(rivals.program, design, evaluate=evaluate)
    assert isinstance(evaluate.kernel, Kernel)
    assert before.digest == after.digest


def test_without_a_place_for_kernels_they_go_with_the_process_and_it_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("STANDOFF_CACHE", str(tmp_path / "file"))
    monkeypatch.setattr(kernels, "load_kernel", lambda program: program)
    lines: list[str] = []
    program = standoff.load("lake").program
    asked = Running(announce=lines.append, evaluator="kernel")
    assert choose_evaluator(program, 10_000_000, asked) is program
    assert lines[-1].endswith(f"it cannot be kept: `{tmp_path / 'file'}`: File exists)")
