"""Negotiations of Genius, GeniusWeb and NegMAS: worths, frontiers and Nash points against NegMAS's own."""

import json
from pathlib import Path

import numpy as np
import pytest

from standoff.analysis.deals.bargaining import nash_point
from standoff.analysis.deals.deals import deals_finding
from standoff.analysis.deals.plan import deals_designs
from standoff.base.problems import StudyError
from standoff.ensemble.run import run_design
from standoff.ensemble.running import Size
from standoff.ensemble.study import load
from standoff.exchange.imported import Asked
from standoff.exchange.negotiations.domain import read_domain
from standoff.exchange.negotiations.study import import_negotiation

DATA = Path(__file__).parents[2] / "data" / "negotiations"
ANSWERS = json.loads((DATA / "answers.json").read_text(encoding="utf-8"))
GENIUS = """\
<negotiation_template><utility_space number_of_issues="2"><objective index="0" name="root">
<issue index="1" name="price" type="discrete"><item index="1" value="low"/><item index="2" value="high"/></issue>
<issue index="2" name="term" type="discrete"><item index="1" value="short"/><item index="2" value="long"/></issue>
</objective></utility_space></negotiation_template>
"""
PARTY = """\
<utility_space><objective index="0" name="root">
<issue index="1" name="price" type="discrete"><item index="1" value="low" evaluation="4"/><item index="2" value="high" evaluation="1"/></issue>
<issue index="2" name="term" type="discrete"><item index="1" value="short" evaluation="1"/><item index="2" value="long" evaluation="2"/></issue>
<weight index="1" value="0.75"/><weight index="2" value="0.25"/>
</objective><discount_factor value="0.9"/><reservation value="0.2"/></utility_space>
"""  # noqa: E501
WEB = {
    "domain.json": {"name": "d", "issuesValues": {"price": {"values": ["low", "high"]}, "term": {"values": ["a"]}}},
    "one.json": {"LinearAdditiveUtilitySpace": {
        "name": "one", "issueWeights": {"price": 0.7, "term": 0.3},
        "issueUtilities": {"price": {"discreteutils": {"valueUtilities": {"low": 1, "high": 0}}},
                           "term": {"discreteutils": {"valueUtilities": {"a": 0.5}}}},
        "reservationBid": {"issuevalues": {"price": "high", "term": "a"}}}},
}  # fmt: skip


def domain_file(name):
    return next((DATA / name).glob("domain.*"))


def frontier(table):
    """The undominated rows, by the definition."""
    rows = np.unique(table.reshape(len(table), -1).T, axis=0)
    return [list(r) for r in rows if not ((rows >= r).all(axis=1) & (rows > r).any(axis=1)).any()]


@pytest.mark.parametrize("name", sorted(ANSWERS))
def test_every_package_is_worth_to_each_party_what_negmas_says(name):
    domain = read_domain(domain_file(name))
    table = domain.utilities()
    for package, worth in ANSWERS[name]["packages"]:
        at = tuple(own.index(option) for own, option in zip(domain.options, package, strict=True))
        assert table[(slice(None), *at)] == pytest.approx(worth, abs=1e-12)
    ours, theirs = frontier(np.round(table, 9)), frontier(np.round(np.array(ANSWERS[name]["frontier"]).T, 9))
    reserved = [party.reserved for party in domain.parties]
    # NegMAS keeps to packages that nobody would rather refuse
    assert [point for point in ours if (np.array(point) >= reserved).all()] == theirs


@pytest.mark.parametrize("name", sorted(ANSWERS))
def test_the_nash_point_is_that_of_negmas(name):
    domain = read_domain(domain_file(name))
    reserved = np.array([party.reserved for party in domain.parties])
    gains = domain.utilities() - reserved.reshape(-1, *[1] * len(domain.issues))
    found = nash_point(gains)
    assert found is not None
    assert found.gains + reserved == pytest.approx(ANSWERS[name]["nash"])


@pytest.mark.parametrize("name", ["two_issues", "many_issues"])
def test_the_study_of_a_domain_has_its_deal_at_the_nash_point(name, tmp_path):
    domain = read_domain(domain_file(name))
    (tmp_path / "study.yaml").write_text(import_negotiation(domain_file(name), Asked()).text)
    plan = deals_designs(load(tmp_path).model, size=Size(16, 2), samples=2)
    runs = [run_design(arm.program, arm.design) for arm in plan.arms]
    nash = deals_finding(plan, runs, resamples=10, permutations=99).zones[0].nash
    assert nash is not None
    expected = np.array(ANSWERS[name]["nash"]) - [party.reserved for party in domain.parties]
    assert [figure.value for figure in nash.gains] == pytest.approx(expected)


def written(folder, **files):
    for name, text in files.items():
        (folder / name.replace("_", ".")).write_text(text)
    return folder / "domain.xml"


def test_an_evaluation_of_genius_counts_as_a_share_of_the_largest(tmp_path):
    one, _ = read_domain(written(tmp_path, domain_xml=GENIUS, a_xml=PARTY, b_xml=PARTY)).parties
    assert one.worth == ((0.75, 0.1875), (0.125, 0.25))
    assert (one.reserved, one.discount) == (0.2, 0.9)


def test_a_bid_of_geniusweb_says_what_no_agreement_is_worth(tmp_path):
    for name, said in {**WEB, "two.json": WEB["one.json"]}.items():
        (tmp_path / name).write_text(json.dumps(said))
    one, _ = read_domain(tmp_path / "domain.json").parties
    assert one.worth == ((0.7, 0.0), (0.15,))
    assert one.reserved == 0.15


def test_time_may_pass_so_that_discounts_bite(tmp_path):
    path = written(tmp_path, domain_xml=GENIUS, a_xml=PARTY, b_xml=PARTY)
    imported = import_negotiation(path, Asked(uncertain={"moment": (0.0, 1.0)}))
    assert any("discounts bite" in note for note in imported.notes)
    assert "moment: {range: [0.0, 1.0]" in imported.text
    assert "** moment" in imported.text


@pytest.mark.parametrize(
    ("domain", "party", "message", "line"),
    [
        (GENIUS.replace('"term" type="discrete"', '"term" type="real"'), PARTY, "the issue `term` is real", 3),
        (GENIUS, PARTY.replace('evaluation="2"', 'evaluation="two"'), "an evaluation is a number, and `two`", 3),
        (GENIUS, PARTY.replace('<item index="2" value="long" evaluation="2"/>', ""), "what `long` is worth", 3),
        (GENIUS, PARTY.replace('name="term"', 'name="time"'), "says nothing of the issue `term`", 1),
        (GENIUS, PARTY.replace('<weight index="2" value="0.25"/>', ""), "a weight is a number, and `None`", 3),
        (GENIUS, PARTY.replace("</objective>", "<hyperRectangle/></objective>"), "no sum over issues", 5),
        (GENIUS, PARTY[:300], "it is not well-formed XML", 3),
        (GENIUS, "<nothing/>", "no party's preferences stand beside `domain.xml`", 1),
        (PARTY[:0] + "<nothing/>", PARTY, "this is no domain of Genius", 1),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named_at_its_line(domain, party, message, line, tmp_path):
    with pytest.raises(StudyError, match=message) as error:
        read_domain(written(tmp_path, domain_xml=domain, a_xml=party, b_xml=party))
    assert error.value.problems[0].span.line == line
