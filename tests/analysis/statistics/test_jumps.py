"""A regression that may break where the truth jumps."""

from __future__ import annotations

import numpy as np
import pytest

from standoff.analysis.findings import Inputs
from standoff.analysis.statistics.regression import assign_folds, predict

N_WORLDS = 1024


def study(seed, truth, n_worlds=N_WORLDS, luck=1.0):
    random = np.random.default_rng(seed)
    x = random.random((n_worlds, 3))
    return Inputs(("x", "y", "z"), x), truth(x), truth(x) + luck * random.normal(size=n_worlds)


def missed(seed, truth, kind, luck=1.0):
    """Root mean square of what a prediction misses the truth by."""
    inputs, true, seen = study(seed, truth, luck=luck)
    foreseen = predict(inputs, seen[None], assign_folds(inputs), kind=kind)[0]
    return float(np.sqrt(((foreseen - true) ** 2).mean()))


@pytest.mark.parametrize(
    "truth",
    [
        lambda x: np.where(x[:, 0] > 0.62, 1.0, -1.0),
        lambda x: 2.0 * (x[:, 1] > 0.3) + x[:, 0] ** 2,
        lambda x: 1.5 * (x[:, 0] > 0.4) - 1.5 * (x[:, 2] > 0.7),
    ],
    ids=["a step", "a step beside a curve", "two steps"],
)
def test_of_what_jumps_at_most_two_thirds_of_the_miss_is_left(truth):
    smooth, broken = (np.mean([missed(seed, truth, kind) for seed in range(6)]) for kind in ("smooth", "jumping"))
    assert broken < 0.67 * smooth


@pytest.mark.parametrize(
    "truth", [lambda x: 4.0 * x[:, 0], lambda x: np.sin(3.0 * x[:, 0]) + x[:, 1] * x[:, 2], lambda x: 0.0 * x[:, 0]]
)
def test_what_does_not_jump_is_predicted_as_without(truth):
    for seed in range(10):
        assert missed(seed, truth, "jumping") == missed(seed, truth, "smooth")


def test_a_world_has_no_part_in_its_own_prediction():
    inputs, _, seen = study(1, lambda x: 2.0 * (x[:, 0] > 0.5))
    folds = assign_folds(inputs)
    changed = seen + 50.0 * (folds == 2)
    first, second = (predict(inputs, y[None], folds, kind="jumping")[0] for y in (seen, changed))

    # targets are told from their mean and in their deviations, which all worlds have a part in
    def told(y, foreseen):
        return (foreseen[folds == 2] - foreseen[folds == 2].mean()) / foreseen[folds == 2].std()

    assert told(seen, first) == pytest.approx(told(changed, second), abs=1e-6)


def test_the_order_of_worlds_changes_nothing():
    inputs, _, seen = study(2, lambda x: 2.0 * (x[:, 0] > 0.5))
    order = np.random.default_rng(3).permutation(N_WORLDS)
    other = inputs.rows(order)
    first = predict(inputs, seen[None], assign_folds(inputs), kind="jumping")[0]
    assert predict(other, seen[order][None], assign_folds(other), kind="jumping")[0] == pytest.approx(first[order])


def test_luck_with_heavy_tails_makes_no_jump():
    def luck(seed):
        return np.exp(1.5 * np.random.default_rng(seed).normal(size=N_WORLDS))

    inputs, _, _ = study(4, lambda x: x[:, 0])
    y = np.array([luck(seed) for seed in range(20)])
    folds = assign_folds(inputs)
    assert predict(inputs, y, folds, kind="jumping") == pytest.approx(predict(inputs, y, folds))


def test_few_worlds_are_not_parted():
    inputs, _, seen = study(5, lambda x: 9.0 * (x[:, 0] > 0.5), n_worlds=40)
    folds = assign_folds(inputs)
    assert predict(inputs, seen[None], folds, kind="jumping") == pytest.approx(predict(inputs, seen[None], folds))
