"""A balanced part of the profiles: every pair of strategies of two actors about equally often."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from standoff.ensemble.profiles.chosen import balance, choose_profiles, designed_profiles, is_of, some_profiles
from standoff.ensemble.running import Size
from standoff.ensemble.study import Study, load


def ring(n: int) -> str:
    """A study of n actors with two strategies each, the first of which decides."""
    actors = [f"b{i}" for i in range(n)]
    return "\n".join(
        [
            f"actors: {{{', '.join(f'{a}: {{name: {a}}}' for a in actors)}}}",
            f"choices: {{{', '.join(f'{a}: [x, y]' for a in actors)}}}",
            f"strategies: {{{', '.join(f'{a}: {{u: {{choose: x}}, v: {{choose: y}}}}' for a in actors)}}}",
            f"payoffs: {{{', '.join(f'{a}: {{each: 0.0 + ({a} == x)}}' for a in actors)}}}",
            "decider: b0",
            'outcomes: {end: {measure: "mean(0 + (b0 == x))", better: lower}}',
        ]
    )


@pytest.fixture(scope="module")
def korea() -> Study:
    return load("korea")


def test_every_pair_stands_about_equally_often(korea: Study) -> None:
    profiles = designed_profiles(korea.program, 1000, 1)
    least, most, off = balance(profiles, [len(own) for own in korea.program.instances])
    assert 900 < len(profiles) <= 1000
    assert least >= 1
    assert most > least
    assert off <= 0.25


def test_the_decider_meets_the_same_profiles_with_each_strategy(korea: Study) -> None:
    profiles = designed_profiles(korea.program, 600, 1)
    at = korea.program.players.index("us")
    others = np.delete(profiles, at, axis=1)
    tables = {others[profiles[:, at] == j].tobytes() for j in range(len(korea.program.instances[at]))}
    assert len(tables) == 1


def test_where_no_more_are_possible_they_are_all() -> None:
    program = load("rivals").program
    assert designed_profiles(program, 9, 1).tolist() == choose_profiles(program, None).tolist()


@pytest.mark.parametrize(("n", "said"), [(100, "takes at least 210"), (1, "takes at least 210")])
def test_too_few_are_refused_with_how_many_it_takes(korea: Study, n: int, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        designed_profiles(korea.program, n, 1)


def test_allowed_strategies_alone_are_played(korea: Study) -> None:
    profiles = designed_profiles(korea.program, 100, 1, "us=tough_love")
    assert is_of(korea.program, profiles, "us=tough_love").all()


def test_too_many_profiles_to_run_are_refused_with_the_way_out(study_of: Callable[..., Study]) -> None:
    study = study_of(ring(30))
    with pytest.raises(ValueError, match=r"1,073,741,824 profiles.*--profiles 5000 designed"):
        study.design(2, 1)
    design = study.design_of(Size(2, 1, profiles=200))
    assert balance(design.profiles, [2] * 30)[0] >= 40
    assert len(some_profiles(study.program)) == 16_384


def test_a_run_of_designed_profiles_has_the_same_digest_again() -> None:
    study = load("korea")
    first = study.run(4, 1, profiles=300, evaluator="reference")
    assert first.digest == study.run(4, 1, profiles=300, evaluator="reference").digest
    assert len(first.design.profiles) == 294


def test_no_profile_is_run_twice_where_few_are_possible(korea: Study) -> None:
    for n in (1000, 1800):
        profiles = designed_profiles(korea.program, n, 1)
        assert n - 14 < len(profiles) == len(np.unique(profiles, axis=0)) <= n
