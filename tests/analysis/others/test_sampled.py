"""The game on a balanced part of its profiles, against games whose equilibria are known."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from standoff.ensemble.running import Size
from standoff.ensemble.study import Study
from standoff.questions.answer import answer
from standoff.questions.others import OTHERS, SAMPLED
from standoff.questions.question import Unanswered

N = 8


def played(study: Study, profiles: int) -> Unanswered | object:
    return answer(study, (SAMPLED,), Size(16, 2, 1, profiles)).of(SAMPLED)


def stag_hunt(study_of: Callable[..., Study], alone: float) -> Study:
    """Each of a ring pays `alone` to hunt, and gets one for each neighbour that hunts (Rousseau's hare otherwise)."""
    actors = [f"b{i}" for i in range(N)]
    pays = [
        f'  b{i}: {{each: "(b{i} == x) * (0.0 + (b{(i + 1) % N} == x) + (b{(i - 1) % N} == x) - {alone}) + 0 * u"}}'
        for i in range(N)
    ]
    return study_of(
        "\n".join(
            [
                "uncertainties: {u: {range: [0, 1], judgement: x}}",
                f"actors: {{{', '.join(f'{a}: {{name: {a}}}' for a in actors)}}}",
                f"choices: {{{', '.join(f'{a}: [x, y]' for a in actors)}}}",
                f"strategies: {{{', '.join(f'{a}: {{hunt: {{choose: x}}, hare: {{choose: y}}}}' for a in actors)}}}",
                "decider: b0",
                'outcomes: {end: {measure: "mean(0 + (b0 == x))", better: lower}}',
                "payoffs:",
                *pays,
            ]
        )
    )


@pytest.mark.parametrize(("alone", "all_play", "loss"), [(0.5, "hunt", 1.5), (1.5, "hare", 1.5)])
def test_the_equilibrium_that_best_replies_lead_to_is_found_and_run(
    study_of: Callable[..., Study], alone: float, all_play: str, loss: float
) -> None:
    """Payoffs are sums over pairs, so that 80 of 256 profiles tell them; all hunt or none does (Skyrms 2004)."""
    study = stag_hunt(study_of, alone)
    found = played(study, 80)
    assert all(one.share == pytest.approx(1.0) for one in found.learned)
    assert found.held[0].strategies == (all_play,) * N
    assert found.held[0].is_open
    assert {round(gain.value, 9) for gain in found.held[0].gains} == {-loss * study.program.n_steps}


def test_where_hunting_never_pays_nobody_hunts(study_of: Callable[..., Study]) -> None:
    (only,) = played(stag_hunt(study_of, 2.5), 80).held
    assert only.strategies == ("hare",) * N
    assert only.share == 1.0


def test_the_game_of_all_profiles_is_not_asked_of_a_part(study_of: Callable[..., Study]) -> None:
    found = answer(stag_hunt(study_of, 1.5), (OTHERS,), Size(16, 2, 1, 80)).of(OTHERS)
    assert isinstance(found, Unanswered)
