"""Rules of trees that are found: as short as they can be, and choosing what the tree chooses."""

import itertools

import numpy as np
import pytest

from standoff.analysis.searching.spaces import Asked, shortest_rules


def chosen(rules, seen):
    """What rules choose where each name has a value."""
    for rule in rules:
        parts = [part.split(" < ") for part in rule.get("when", "").split(" and ") if part]
        if all(seen[name] < float(value) for name, value in parts):
            return rule["then"]
    raise AssertionError


def of_tree(asked, does, seen):
    holds = [seen[one.name] < one.value for one in asked]
    if len(asked) == 1:
        return does[0] if holds[0] else does[1]
    return does[0 if holds[1] else 1] if holds[0] else does[2 if holds[2] else 3]


@pytest.mark.parametrize("depth", [1, 2])
def test_shortened_rules_choose_what_the_tree_chooses(depth):
    rng = np.random.default_rng(depth)
    grid = [0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5]
    n_shorter = 0
    for _ in range(400):
        names = rng.choice(["x", "y"], 2**depth - 1)
        values = rng.integers(1, 4, 2**depth - 1)
        asked = [Asked(n, float(v), f"{n} < {v}") for n, v in zip(names, values, strict=True)]
        does = [str(d) for d in rng.choice(["a", "b"], 2**depth)]
        rules = shortest_rules(asked, does)
        n_shorter += len(rules) < 2**depth
        for x, y in itertools.product(grid, grid):
            assert chosen(rules, {"x": x, "y": y}) == of_tree(asked, does, {"x": x, "y": y})
    assert n_shorter > 50


@pytest.mark.parametrize(
    ("values", "does", "expected"),
    [
        ((2, 3, 1), "abcd", [("x < 2", "a"), ("", "d")]),  # below 3 where below 2; never below 1 where not below 2
        ((2, 1, 3), "abcd", [("x < 1", "a"), ("x < 2", "b"), ("x < 3", "c"), ("", "d")]),
        ((2, 1, 3), "aabb", [("x < 2", "a"), ("", "b")]),
        ((2, 1, 3), "aaaa", [("", "a")]),
    ],
)
def test_what_makes_no_difference_is_left_out(values, does, expected):
    asked = [Asked("x", value, f"x < {value}") for value in values]
    assert [(rule.get("when", ""), rule["then"]) for rule in shortest_rules(asked, does)] == expected
