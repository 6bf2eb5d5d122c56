import shutil

import pytest

from standoff.ensemble.study import load
from standoff.playing.game import Place, Turn, new_game, opened
from standoff.playing.sight import seen_by


def shown(position, actor):
    seen = seen_by(position, actor)
    return {thing.name for part in (seen.knows, seen.now, seen.happened) for thing in part}


@pytest.mark.parametrize("study", ["rivals", "korea", "lake"])
def test_nobody_is_shown_what_the_study_hides(study):
    loaded = load(study)
    model = loaded.model
    for actor in model.players:
        position = opened(loaded, new_game(loaded, (actor,), {}, Place(4)))
        for _ in range(3):
            names = shown(position, actor)
            for thing in (*model.stocks, *model.modes, *model.reports, *model.events, *model.quantities):
                assert thing.seen_by is None or actor in thing.seen_by or thing.name not in names
            for choice in model.choices:
                hidden = choice.seen_by is not None and actor not in (*choice.seen_by, choice.actor)
                assert not hidden or choice.family not in names
            assert all(actor in p.known_to or p.name not in names for p in model.uncertain)
            turn = {c.family: c.options[-1] for c in model.choices if c.actor == actor}
            position = position.play(Turn(turn))


def test_what_comes_of_the_own_choice_is_not_shown_before_it():
    loaded = load("rivals")
    position = opened(loaded, new_game(loaded, ("north",), {}))
    assert "built_north" not in shown(position, "north")
    assert "arms_south" in shown(position, "north")


def test_the_others_choice_of_this_step_is_shown_only_after_it():
    loaded = load("rivals")
    position = opened(loaded, new_game(loaded, ("north",), {"south": "honest"}))
    assert "south.line" not in shown(position, "north")
    after = position.play(Turn({"north": "build"}))
    assert {thing.name: thing.value for thing in seen_by(after, "north").happened}["south.line"] == "freeze"


def test_what_an_earlier_group_of_the_order_chose_is_shown_in_the_same_step(tmp_path):
    shutil.copytree(load("rivals").model.folder, tmp_path / "study")
    text = load("rivals").model.source.text.replace("actors:", "order: [[south], [north]]\nactors:", 1)
    (tmp_path / "study" / "study.yaml").write_text(text)
    loaded = load(tmp_path / "study")
    seen = seen_by(opened(loaded, new_game(loaded, ("north",), {"south": "honest"})), "north")
    assert {thing.name: thing.value for thing in seen.now}["south.line"] == "freeze"
