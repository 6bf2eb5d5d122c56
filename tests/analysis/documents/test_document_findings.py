"""What the model makes of claims, put together; and which claims move a number."""

from __future__ import annotations

import json

import numpy as np
import pytest

import standoff
from standoff.analysis.documents.documents import ANSWERS, agreement, headlines, moves_most
from standoff.analysis.documents.gaps import gaps
from standoff.analysis.findings import Inputs
from standoff.analysis.robustness.performance import performance
from standoff.analysis.runs.decision_table import decision_table
from standoff.base.source import Source, Span
from standoff.ensemble.claims import Judged, collect_expectations
from standoff.evidence.claims import Claim, DocumentEntry, Ledger, Named
from standoff.evidence.reading.blocks import Metadata
from standoff.evidence.reading.passages import Address
from standoff.evidence.sources import sources
from standoff.evidence.testing import Answer, Verdict
from standoff.language.load import load_model
from standoff.language.text.reader import Mapping, parse_yaml
from standoff.questions.as_json import to_json

RIVALS = load_model("rivals")
SOURCE = Source("claims.yaml", "")
HERE = Span(SOURCE, 0, 0)


def ledger(*claims: tuple[str, str, tuple[str, ...]], bears_on: str = "fear") -> Ledger:
    """Claims as (name, document, expectations)."""
    documents = dict.fromkeys(document for _, document, _ in claims)
    return Ledger(
        SOURCE,
        tuple(DocumentEntry(name, HERE, Metadata(title=name.title())) for name in documents),
        tuple(
            Claim(
                name,
                HERE,
                document,
                Address(1, i, i),
                name,
                "asserts",
                bears_on=(Named(bears_on, HERE),) if bears_on else (),
                expect=tuple(_mapping(text) for text in expectations),
            )
            for i, (name, document, expectations) in enumerate(claims, 1)
        ),
    )


def _mapping(text: str) -> Mapping:
    root, _ = parse_yaml(Source("claims.yaml", text))
    assert isinstance(root, Mapping)
    return root


def judged(of: Ledger, *answers: Answer) -> list[Judged]:
    """The claims' expectations with these answers, and no mechanisms."""
    expectations = [e for e in collect_expectations(RIVALS, of)[0] if e[0] == "claim"]
    return [
        Judged(origin, name, expectation, Verdict(answer, 1.0, 0.1, 0.5, 0.25, 0.25, 64), ())
        for (origin, name, expectation), answer in zip(expectations, answers, strict=True)
    ]


UP, DOWN = "{raise: fear, raises: arms}", "{raise: fear, lowers: arms}"


@pytest.mark.parametrize(
    ("answers", "whole"),
    [
        (("holds", "holds"), "borne out"),
        (("holds", "no visible effect"), "borne out"),
        (("holds", "fails"), "mixed"),
        (("mixed", "holds"), "mixed"),
        (("fails", "not represented"), "contradicted"),
        (("no visible effect", "not represented"), "no visible effect"),
        (("not represented", "not represented"), "not represented"),
    ],
)
def test_a_claim_with_several_expectations_has_one_answer(answers: tuple[Answer, ...], whole: str) -> None:
    of = ledger(("one", "note", (UP, DOWN)))
    assert agreement(RIVALS, of, judged(of, *answers)).claim("one").answer == whole


def test_a_claim_without_expectations_is_open_unless_it_bears_on_nothing() -> None:
    assert agreement(RIVALS, ledger(("one", "note", ())), ()).claim("one").answer == "open"
    assert agreement(RIVALS, ledger(("one", "note", ()), bears_on=""), ()).claim("one").answer == "not represented"


def test_counts_add_up_by_document_and_in_all() -> None:
    of = ledger(("a", "note", (UP,)), ("b", "note", (DOWN,)), ("c", "letter", (UP,)), ("d", "letter", ()))
    found = agreement(RIVALS, of, judged(of, "holds", "fails", "holds"))
    assert list(found.counts) == list(ANSWERS)
    assert (found.counts["borne out"], found.counts["contradicted"], found.counts["open"]) == (2, 1, 1)
    for answer in ANSWERS:
        assert sum(document.counts[answer] for document in found.documents) == found.counts[answer]
    assert [(p.one, p.other, p.is_across) for p in found.opposed] == [
        ("a", "b", False),
        ("b", "c", True),
    ]
    assert set(found.uncited) == {"small_force", "detection", "dread_of_war"}
    assert json.loads(json.dumps(to_json(found)))["counts"]["borne out"] == 2


def test_gaps_name_what_is_missing_and_where_there_is_no_path() -> None:
    of = ledger(
        ("tied", "note", (UP,)), ("loose", "note", ("{raise: dread_of_war, raises: arms}",)), ("bare", "note", ())
    )
    found = gaps(RIVALS, of, sources(of, None))
    assert (found.unrepresented, found.untested, found.absent) == (("loose",), ("bare",), ("note",))
    assert [one.name for one in found.uncited] == ["small_force", "detection", "dread_of_war"]


def inputs(n: int, seed: int = 1) -> Inputs:
    return Inputs(("a", "b", "c"), np.random.default_rng(seed).random((n, 3)))


BEARING = {"of-a": ["a"], "of-b": ["b", "unknown"], "of-both": ["a", "b"], "of-c": ["c"], "of-none": []}


def test_the_claim_whose_assumption_moves_a_number_most_comes_first() -> None:
    worlds = inputs(400)
    found = moves_most(worlds, 3 * worlds.column("a") - worlds.column("b"), BEARING)
    assert [(mover.claim, mover.assumption) for mover in found] == [("of-a", "a"), ("of-both", "a"), ("of-b", "b")]
    assert found[0].correlation.value > 0 > found[2].correlation.value


def test_rank_correlation_equals_its_closed_form() -> None:
    """Without ties, Spearman's rho is 1 − 6 Σd² / (n (n² − 1)); M. G. Kendall, Rank Correlation Methods (1948)."""
    a = np.array([1.0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
    y = np.array([2.0, 1, 4, 3, 6, 5, 8, 7, 10, 9, 12, 11])
    (mover,) = moves_most(Inputs(("a",), a[:, None]), y, {"one": ["a"]})
    assert mover.correlation.value == pytest.approx(1 - 6 * 12 / (12 * 143))


def test_it_does_not_depend_on_scale_or_order() -> None:
    worlds = inputs(200)
    outcome = worlds.column("a") + 0.3 * worlds.column("c")
    order = np.random.default_rng(2).permutation(200)
    plain = moves_most(worlds, outcome, BEARING)
    assert moves_most(worlds.rows(order), np.exp(7 * outcome[order]), BEARING) == plain


def test_of_luck_alone_nothing_is_named() -> None:
    """At 95 % for all three at once, 1 seed in 20 may err: of 200 at most 18 do, with a chance above 0.99."""
    named = 0
    for seed in range(200):
        rng = np.random.default_rng(1000 + seed)
        named += bool(moves_most(inputs(80, seed), rng.random(80), BEARING))
    assert named <= 18


def test_degenerate_numbers_are_moved_by_nothing() -> None:
    worlds = inputs(50)
    assert moves_most(worlds, np.ones(50), BEARING) == ()
    assert moves_most(inputs(3), np.arange(3.0), BEARING) == ()
    assert moves_most(Inputs(("a",), np.ones((50, 1))), np.arange(50.0), BEARING) == ()


def test_headlines_of_a_run() -> None:
    study = standoff.load("rivals")
    ensemble = study.run(worlds=128, replications=4, seed=1)
    of = ledger(("on-fear", "note", ()))
    table = decision_table(ensemble)
    results = performance(table)
    arms = next(one for one in headlines(table, of, results) if one.outcome == "arms")
    assert arms.strategy == results.strategies[results.order[0]].label
    here = ensemble.profiles["north"].to_numpy() == arms.strategy
    assert arms.value == pytest.approx(ensemble.outcome("arms")[here].mean())
    assert [(mover.claim, mover.assumption) for mover in arms.movers] == [("on-fear", "fear")]
    assert arms.movers[0].correlation.value > 0.9
