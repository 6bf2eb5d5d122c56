"""One equation for every element of an index: the same study as the one that is written out."""

import numpy as np
import pytest

from standoff.base.problems import StudyError
from standoff.ensemble.study import load
from standoff.language.load import load_model, read_study
from standoff.language.model.contents import entries_of

HEAD = """\
standoff: 1
title: Regions
question: Who grows?
decider: north
clock: {start: 2025-01, step: year, steps: 5}
actors: {north: {name: North}}
choices: {north: [give, keep]}
strategies: {north: {giving: {choose: give}, keeping: {choose: keep}}}
"""
VECTORS = (
    HEAD
    + """\
indices:
  region: [east, west, south]
  good: {corn: Corn, iron: Iron ore}
constants:
  birth: {for: region, value: {east: 0.02, west: 0.03, south: 0.01}, judgement: counted}
uncertainties:
  appetite: {for: good, name: "Appetite for {good}", range: [0.1, 0.3], judgement: guess}
modes:
  order:
    for: region
    states: [calm, revolt]
    start: {east: calm, west: revolt, south: calm}
    moves:
      - {name: rising, from: calm, to: revolt, hazard: "0.1 + birth[region]", when: "not flood[region]"}
      - {name: settling, from: revolt, to: calm, chance: "0.5 if calm_somewhere else 0.1"}
  order_south: {start: revolt}
stocks:
  people: {for: region, start: 100, next: "people[region] * (1 + birth[region]) + moved[region]"}
  people_south: {start: 50}
quantities:
  gap: {for: {a: region, b: region}, value: "people[b] - people[a]"}
  moved: {for: region, value: "0.01 * sum(gap[region, other] for other in region if other != region)"}
  eaten: {for: [region, good], value: "appetite[good] * people[region] * (1.5 if north == give else 1)"}
  calm_somewhere: {value: "any(order[r] == calm for r in region)"}
  all_eaten: {value: "sum(sum(eaten[r, g] for g in good) for r in region)"}
  most: {value: "max(eaten[r, corn] for r in region if not r in [south])"}
events:
  flood: {for: region, chance: "0.3 if people[region] > 90 else 0.1"}
payoffs: {north: {each: "all_eaten - (5 if any(flood[r] for r in region) else 0)"}}
outcomes:
  size: {for: region, measure: "final(people[region])", better: higher}
  most: {measure: "mean(most)", better: higher}
  floods: {measure: "sum(count(flood[r]) for r in region)", better: lower}
  risings: {measure: "sum(count(rising[r]) for r in region)", better: lower}
  unrest: {for: region, measure: "mean(1 if order[region] == revolt else 0)", better: lower}
variants:
  small: {stocks: {people: {start: {east: 10, west: 20, south: 30}}}, modes: {order: {start: calm}}}
"""
)
WRITTEN_OUT = (
    HEAD
    + """\
constants:
  birth_east: {value: 0.02, judgement: counted}
  birth_west: {value: 0.03, judgement: counted}
  birth_south: {value: 0.01, judgement: counted}
uncertainties:
  appetite_corn: {name: Appetite for Corn, range: [0.1, 0.3], judgement: guess}
  appetite_iron: {name: Appetite for Iron ore, range: [0.1, 0.3], judgement: guess}
modes:
  order_east:
    states: [calm, revolt]
    start: calm
    moves:
      - {name: rising_east, from: calm, to: revolt, hazard: "0.1 + birth_east", when: "not flood_east"}
      - {name: settling_east, from: revolt, to: calm, chance: "0.5 if calm_somewhere else 0.1"}
  order_west:
    states: [calm, revolt]
    start: revolt
    moves:
      - {name: rising_west, from: calm, to: revolt, hazard: "0.1 + birth_west", when: "not flood_west"}
      - {name: settling_west, from: revolt, to: calm, chance: "0.5 if calm_somewhere else 0.1"}
  order_south:
    states: [calm, revolt]
    start: revolt
    moves:
      - {name: rising_south, from: calm, to: revolt, hazard: "0.1 + birth_south", when: "not flood_south"}
      - {name: settling_south, from: revolt, to: calm, chance: "0.5 if calm_somewhere else 0.1"}
stocks:
  people_east: {start: 100, next: "people_east * (1 + birth_east) + moved_east"}
  people_west: {start: 100, next: "people_west * (1 + birth_west) + moved_west"}
  people_south: {start: 50, next: "people_south * (1 + birth_south) + moved_south"}
quantities:
  moved_east: {value: "0.01 * ((people_west - people_east) + (people_south - people_east))"}
  moved_west: {value: "0.01 * ((people_east - people_west) + (people_south - people_west))"}
  moved_south: {value: "0.01 * ((people_east - people_south) + (people_west - people_south))"}
  eaten_east_corn: {value: "appetite_corn * people_east * (1.5 if north == give else 1)"}
  eaten_east_iron: {value: "appetite_iron * people_east * (1.5 if north == give else 1)"}
  eaten_west_corn: {value: "appetite_corn * people_west * (1.5 if north == give else 1)"}
  eaten_west_iron: {value: "appetite_iron * people_west * (1.5 if north == give else 1)"}
  eaten_south_corn: {value: "appetite_corn * people_south * (1.5 if north == give else 1)"}
  eaten_south_iron: {value: "appetite_iron * people_south * (1.5 if north == give else 1)"}
  calm_somewhere: {value: "(order_east == calm or order_west == calm) or order_south == calm"}
  eaten_east: {value: "eaten_east_corn + eaten_east_iron"}
  eaten_west: {value: "eaten_west_corn + eaten_west_iron"}
  all_eaten: {value: "eaten_east + eaten_west + (eaten_south_corn + eaten_south_iron)"}
  most: {value: "max(eaten_east_corn, eaten_west_corn)"}
events:
  flood_east: {chance: "0.3 if people_east > 90 else 0.1"}
  flood_west: {chance: "0.3 if people_west > 90 else 0.1"}
  flood_south: {chance: "0.3 if people_south > 90 else 0.1"}
payoffs:
  north: {each: "all_eaten - (5 if (flood_east or flood_west) or flood_south else 0)"}
outcomes:
  size_east: {measure: "final(people_east)", better: higher}
  size_west: {measure: "final(people_west)", better: higher}
  size_south: {measure: "final(people_south)", better: higher}
  most: {measure: "mean(most)", better: higher}
  floods: {measure: "(count(flood_east) + count(flood_west)) + count(flood_south)", better: lower}
  risings: {measure: "(count(rising_east) + count(rising_west)) + count(rising_south)", better: lower}
  unrest_east: {measure: "mean(1 if order_east == revolt else 0)", better: lower}
  unrest_west: {measure: "mean(1 if order_west == revolt else 0)", better: lower}
  unrest_south: {measure: "mean(1 if order_south == revolt else 0)", better: lower}
variants:
  small:
    stocks: {people_east: {start: 10}, people_west: {start: 20}, people_south: {start: 30}}
    modes: {order_east: {start: calm}, order_west: {start: calm}, order_south: {start: calm}}
"""
)


def study(tmp_path, text):
    folder = tmp_path / "study"
    folder.mkdir(exist_ok=True)
    (folder / "study.yaml").write_text(text)
    return folder


@pytest.mark.parametrize("variants", [(), ("small",)])
def test_vectors_give_what_the_study_that_is_written_out_gives(tmp_path, variants):
    means = []
    for text in (VECTORS, WRITTEN_OUT):
        one = load(study(tmp_path, text), variants)
        means.append(one.run(worlds=16, replications=4, evaluator="reference").means)
    assert np.array_equal(*means)


def test_nothing_of_a_vector_is_left_in_the_model(tmp_path):
    model = load_model(study(tmp_path, VECTORS))
    assert [stock.name for stock in model.stocks] == ["people_east", "people_west", "people_south"]
    assert {p.name: p.title for p in model.parameters if p.name.startswith("app")} == {
        "appetite_corn": "Appetite for Corn", "appetite_iron": "Appetite for Iron ore"}  # fmt: skip
    assert {type(entry.expression.tree).__name__ for entry in entries_of(model)}.isdisjoint({"Element", "Fold"})


def test_indices_have_part_in_what_a_study_means(tmp_path):
    digests = {load_model(study(tmp_path, text)).digest for text in (VECTORS, VECTORS.replace("west", "north"))}
    assert len(digests) == 2


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("people: {for: region,", "people: {for: regoin,", "no index is named `regoin`"),
        ("moved[region]\"", "moved[est]\"", "`region` has no `est`"),
        ("moved[region]\"", "moved\"", "`moved` is a vector over `region`, and has no one value"),
        ("gap[region, other]", "gap[region]", "`gap` runs over `region` and `region`"),
        ("birth[region])", "most[region])", "`most` is no vector, and `most[region]` asks for an element of it"),
        ("west: 0.03, south: 0.01}", "west: 0.03}", "`value` of `birth` says nothing of `south`"),
        ("{east: 0.02, west", "{eats: 0.02, west", "`region` has no `eats`"),
        ("for other in region if", "for other in good if", "`other` runs over another index"),
        ("for other in region if", "for other in regions if", "no index is named `regions`"),
        ("for other in region if other", "for region in region if region", "`region` stands for an element already"),
        ("if other != region)", "if people[other] > 1)", "the condition of a `for` compares elements"),
        ("if not r in [south])", "if r == south and r == west)", "`max` over no element: none is left by `if`"),
        ("max(eaten", "mean(eaten", "`mean` takes no `for`"),
        ("{for: {a: region, b: region}", "{for: [region, region]", "`region` stands here twice"),
        ("  most: {value: ", "  birth: {value: 1}\n  most: {value: ", "`birth` is a vector already"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_vector_is_said_once_and_at_its_place(tmp_path, old, new, message):
    assert old in VECTORS
    found = [p for p in read_study(study(tmp_path, VECTORS.replace(old, new, 1))).problems if message in p.message]
    assert len(found) == 1
    assert found[0].span.source.text[found[0].span.start :].strip()


def test_a_study_cannot_grow_without_bound(tmp_path):
    many = ", ".join(f"e{k}" for k in range(150))
    text = VECTORS.replace("[east, west, south]", f"[{many}]")
    text = text.replace("[region, good], value", "{a: region, b: region}, value")
    with pytest.raises(StudyError, match="more than 10,000 entries in all"):
        load_model(study(tmp_path, text))


def test_sums_of_sums_cannot_grow_without_bound(tmp_path):
    many = ", ".join(f"e{k}" for k in range(100))
    text = (
        HEAD
        + f"indices: {{r: [{many}]}}\n"
        + """\
constants: {x: {for: r, value: 1, judgement: a guess}}
payoffs: {north: {each: "sum(sum(sum(x[a] for b in r) for c in r) for a in r)"}}
outcomes: {one: {measure: "final(x[e1])", better: higher}}
"""
    )
    with pytest.raises(StudyError, match="more than 200,000 terms in all"):
        load_model(study(tmp_path, text))
