import numpy as np

from standoff.ensemble.study import load
from standoff.playing.game import Place, Turn, new_game, opened
from standoff.playing.hindsight import courses, knowable


def played(steps):
    study = load("rivals")
    position = opened(study, new_game(study, ("north",), {}, Place(7)))
    for _ in range(steps):
        position = position.play(Turn({"north": "build"}))
    return position


def test_the_course_of_a_game_is_its_trace():
    position = played(16)
    for course in courses(position):
        if course.followed.symbol.kind == "stock":
            traced = [float(np.ravel(state.known[course.followed.symbol])[0]) for state in position.states]
            assert course.path.tolist() == traced
            assert (np.diff(course.quantiles, axis=0) >= 0.0).all()


def test_a_game_that_is_not_over_has_no_course_beyond_where_it_is():
    for course in courses(played(3)):
        assert np.isfinite(course.path).sum() in (3, 4)


def test_what_could_be_known_is_what_was_known_or_moves_what_is_seen():
    position = played(4)
    found = {one.name: one for one in knowable(position, "north")}
    assert set(found) == {p.name for p in position.model.uncertain}
    for parameter in position.model.uncertain:
        assert found[parameter.name].is_known == ("north" in parameter.known_to)
    assert any(one.shown_by for one in found.values())
