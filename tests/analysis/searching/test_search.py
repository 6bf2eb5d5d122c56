import json
from pathlib import Path

import numpy as np
import pytest
from yardsticks_search import EVALUATIONS, PROBLEMS

from standoff.analysis.searching.search import nondominated, search

pytestmark = pytest.mark.filterwarnings("ignore")
PEER = json.loads((Path(__file__).parents[2] / "data" / "search" / "ema_eps_nsgaii.json").read_text())


@pytest.mark.parametrize("name", list(PROBLEMS))
def test_the_hypervolume_is_at_least_that_of_the_peer_at_the_same_evaluations(name):
    moocore = pytest.importorskip("moocore")
    problem, variables, epsilons, reference = PROBLEMS[name]
    peer = [moocore.hypervolume(np.array(v), ref=reference) for k, v in PEER["archives"].items() if k.startswith(name)]
    found = search(problem, variables, epsilons, EVALUATIONS, seed=1)
    assert 0.99 * EVALUATIONS < found.evaluations <= EVALUATIONS
    assert len(peer) == 20
    assert moocore.hypervolume(found.values, ref=reference) >= np.mean(peer)  # twenty seeds of each: `bench search`


def test_the_same_seed_finds_the_same():
    problem, variables, epsilons, _ = PROBLEMS["dtlz2"]
    first, again = (search(problem, variables, epsilons, 200, seed=3) for _ in range(2))
    assert (first.points == again.points).all()


def test_of_points_in_one_box_the_nearest_to_its_corner_stays():
    values = np.array([[0.19, 0.19], [0.11, 0.12], [0.5, 0.05], [0.6, 0.6]])
    assert nondominated(values, (0.1, 0.1)).tolist() == [1, 2]
