import numpy as np
import pytest

from standoff.ensemble.study import load
from standoff.playing.debrief import debrief
from standoff.playing.game import Place, Turn, new_game, opened


@pytest.fixture(scope="module")
def played():
    """North builds in every step against one that freezes and keeps its word."""
    loaded = load("rivals")
    position = opened(loaded, new_game(loaded, ("north",), {"south": "honest"}, Place(1)))
    while not position.ended:
        position = position.play(Turn({"north": "build"}))
    return position


def test_the_regret_of_the_last_choice_is_what_the_building_cost(played):
    """By hand: the last step's 0.2 · fear · arms_south / small_force, discounted by 0.97 a year; nothing follows."""
    last = debrief(played).judged["north"][-1]
    known = {symbol.name: float(np.ravel(value)[0]) for symbol, value in played.states[-2].known.items()
             if symbol.kind in ("stock", "uncertainty")}  # fmt: skip
    cost = 0.2 * known["fear"] * known["arms_south"] / 10.0 * 0.97 ** ((len(played.game.turns) - 1) / 4.0)
    assert last.regret == pytest.approx(cost, rel=1e-12)
    assert last.best == {"north": "freeze"}


def test_every_strategy_says_what_it_would_have_chosen(played):
    first, second, *_ = debrief(played, lucks=8).judged["north"]
    assert first.advised["race_on"] == {"north": "build"}
    assert second.advised["reciprocate(patience=2)"] == {"north": "freeze"}


def test_luck_drawn_anew_agrees_with_the_study_run_from_its_start(played):
    """Before the first step, what building gains over freezing is a difference of two runs of this world."""
    first = debrief(played, lucks=256).judged["north"][0]
    loaded, game = played.study, played.game
    program = loaded.program
    world = {name: float(np.ravel(played.state.lanes.columns[name])[0]) for name in played.state.lanes.columns}
    run = loaded.run(1, 4000, 9, profile={"south": "honest"}, set=world, realised=True)
    means = {program.instances[0][int(row[0])].label: float(run.payoff("north")[i, 0])
             for i, row in enumerate(run.design.profiles)}  # fmt: skip
    freeze, build = max(means["reciprocate(patience=2)"], means["reciprocate(patience=6)"]), means["race_on"]
    assert game.turns[0].choices == {"north": "build"}
    assert first.best == {"north": "freeze"}
    assert 0.0 < first.regret < freeze - build  # racing on for ever is worse than one step of it
