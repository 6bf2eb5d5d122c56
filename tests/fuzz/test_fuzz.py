"""Inputs that are nearly sound are read or refused, never more; those that once were not stand in `corpus/`."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mutations import mutated
from targets import TARGETS, Bench, read

CORPUS = sorted((Path(__file__).parent / "corpus").glob("*-*"))
EXAMPLES = {
    "study": 8,
    "claims": 6,
    "facts": 6,
    "history": 6,
    "options": 6,
    "brief": 6,
    "tests": 6,
    "manifest": 15,
    "shard": 15,
}


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench.make(tmp_path_factory.mktemp("fuzz") / "bench")


@pytest.mark.parametrize("kind", TARGETS)
def test_a_sound_input_is_read(bench: Bench, kind: str) -> None:
    TARGETS[kind].read(bench, TARGETS[kind].sound(bench))


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("kind", TARGETS)
def test_a_nearly_sound_input_is_read_or_refused(bench: Bench, kind: str) -> None:
    sound = TARGETS[kind].sound(bench)

    @settings(max_examples=EXAMPLES.get(kind, 24), derandomize=True, deadline=None, database=None,
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(st.randoms(use_true_random=False))
    def look(random: Random) -> None:
        read(TARGETS[kind], bench, mutated(kind, sound, random))

    look()


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.name)
def test_what_once_went_wrong_is_read_or_refused(bench: Bench, path: Path) -> None:
    read(TARGETS[path.name.rpartition("-")[0]], bench, path.read_bytes())
