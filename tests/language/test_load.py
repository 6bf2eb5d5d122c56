import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from standoff.base.problems import StudyError, render
from standoff.language.expressions.tree import Name, walk
from standoff.language.load import Loaded, find_study, load_model, read_study
from standoff.language.model.reads import expressions
from standoff.language.reference import schema_of
from standoff.language.shape.schema import STUDY
from standoff.language.shape.shapes import Either, Key, Keyed, ListOf, MapOf, Record, Shape

Reader = Callable[..., Loaded]
Said = Callable[[Loaded], list[tuple[str, str]]]


def test_the_example_of_the_language_checks_clean() -> None:
    loaded = read_study("rivals", every_variant=True)
    assert loaded.problems == ()
    model = loaded.model
    assert model is not None
    assert (model.title, model.decider, model.clock.steps) == ("Two rivals, one freeze", "north", 16)
    assert model.players == ("north", "south") and model.n_profiles == 9
    assert [i.label for i in model.instances("north")] == [
        "race_on",
        "reciprocate(patience=2)",
        "reciprocate(patience=6)",
    ]


def test_what_the_parts_of_the_example_become() -> None:
    model = load_model("rivals")
    lapse = model.modes[0].moves[1]
    assert (lapse.name, lapse.sources, lapse.target, lapse.per) == ("lapse", (1,), 0, "year")
    war = next(e for e in model.events if e.name == "war")
    assert war.ends and war.kind == "chance" and [actor for actor, _ in war.worth] == ["north", "south"]
    dread = next(p for p in model.uncertain if p.name == "dread_of_war")
    assert dread.kind == "value" and dread.spread is not None and dread.spread.arguments == (20.0, 200.0)
    calculating = next(s for s in model.strategies if s.name == "calculating")
    assert [dimension for dimension, _ in calculating.rules] == ["line", "word"]
    assert model.choices[2].seen_by == ("south",) and model.choices[2].family == "south.word"


@pytest.mark.parametrize("study", ["rivals", "korea"])
def test_no_name_is_left_unresolved_in_a_clean_model(study: str) -> None:
    for expression in expressions(load_model(study)):
        assert not any(isinstance(node, Name) for node in walk(expression.tree))


def test_the_folder_of_a_run_is_named_as_what_it_is(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("{}", encoding="utf-8")
    with pytest.raises(StudyError, match="is the folder of a run, and no study"):
        find_study(tmp_path)


def test_a_study_is_found_by_folder_file_and_name(tmp_path: Path) -> None:
    path = find_study("rivals")
    assert find_study(path) == path and find_study(path.parent) == path
    with pytest.raises(StudyError, match=r"did you mean `rivals`"):
        find_study("rivalls")
    with pytest.raises(StudyError, match=r"has no `study\.yaml`"):
        find_study(tmp_path)


def test_errors_are_raised_together_and_warnings_are_not(read: Reader, tmp_path: Path) -> None:
    read(("- {then: freeze}", "- {then: frieze}"), ('"arms + built"', '"arms + bilt"'))
    with pytest.raises(StudyError) as error:
        load_model(tmp_path / "case")
    assert sorted(p.code for p in error.value.problems) == ["unknown-name", "unknown-option"]
    warned = read(("judgement: hardly seen", "about: hardly seen"))
    assert [p.code for p in warned.problems] == ["unsourced"] and warned.model is not None


@pytest.mark.parametrize(
    ("change", "code", "advice"),
    [
        (("value: 10,", 'value: "10",'), "wrong-shape", "write 10 without quotation marks"),
        (("value: 10,", "value: 10%,"), "wrong-shape", "write the share, 0.1"),
        (("value: 10,", "value: 1_000,"), "wrong-shape", "write 1000"),
        (("value: 10,", "value: 010,"), "wrong-shape", "write 10"),
        (("value: 10,", "value: .inf,"), "wrong-shape", None),
        (("value: 10,", "value: [10],"), "wrong-shape", None),
        (("range: [0.05, 0.4]", "range: 0.05-0.4"), "wrong-shape", "write `[0.05, 0.4]`"),
        (("range: [0.05, 0.4]", "range: 0.05 to 0.4"), "wrong-shape", "write `[0.05, 0.4]`"),
        (("range: [0.05, 0.4]", "range: [0.4, 0.05]"), "range-reversed", "write the smaller one first"),
        (("range: [0.05, 0.4]", "range: [0.05]"), "wrong-shape", None),
        (("range: [0.05, 0.4]", "levels: {0.1: 1, 0.1: 2}"), "duplicate-key", "remove one of the two"),
        (("range: [0.05, 0.4]", "levels: [0.1, 0.10]"), "levels", "remove one of the two"),
        (("range: [0.05, 0.4]", "levels: {0.1: -1}"), "levels", "a weight is positive"),
        (("range: [0.05, 0.4]", 'distribution: "normal(0, 0)"'), "distribution", "write `normal(mean, sd)`"),
        (("range: [0.05, 0.4]", 'distribution: "norm(0, 1)"'), "distribution", "did you mean `normal`?"),
        (("range: [0.05, 0.4]", "distribution: normal"), "distribution",
         "write it as `normal(0, 1)` or `uniform(0, 1)`"),
        (("range: [0.05, 0.4]", "range: [0.05, 0.4], within: [2, 3]"), "within-empty", "widen it, or leave it out"),
        (("range: [0.05, 0.4]", "range: [0.05, 0.4], levels: [1]"), "keys-together", "keep one of the two"),
        (("known_to: [north]", "known_to: [nort]"), "unknown-actor", "did you mean `north`?"),
        (("judgement: hardly seen", "cites: [a-claim]"), "file-missing", "write one, or give a `judgement` instead"),
        (("better: lower", "better: least"), "wrong-value", "the words here are `higher`, `lower`"),
        (("- {then: freeze}", '- {when: "arms > little", then: freeze}'), "case-open",
         "end with a rule that has only `then`"),
        (("- {then: freeze}", "- {then: freeze}\n        - {then: build}"), "rule-unreachable",
         "move it up, or remove it"),
        (("{line: freeze, word: keep}", "{line: freeze}"), "missing-key", "add `word` to `choose` or `weigh`"),
        (("{line: freeze, word: keep}", "freeze"), "wrong-shape", "write `choose: {line: …}`"),
        (("from: racing, to: paused,", "from: racing, to: racing,"), "wrong-value", "name another state"),
        (("to: paused, when", "to: pausd, when"), "unknown-option", "did you mean `paused`?"),
        (("hazard: 0.3, per: year}", "per: year}"), "keys-together", "remove `per`, or add `hazard`"),
        (("clashes: {count: 0.2}", "clashes: {count: 0.2, ends: true}"), "keys-together", "remove `ends`"),
        (("count: 0.2}", "count: 0.2, at_most: 5000}"), "wrong-value", None),
        (("decider: north", "decider: noth"), "unknown-actor", "did you mean `north`?"),
        (("start: 2025-01", "start: 2025-13"), "date", "write it as `2025-04` or `2025-04-30`"),
        (("step: quarter", "step: quarters"), "wrong-value", "did you mean `quarter`?"),
        (("standoff: 1", "standoff: 2"), "version", "write `standoff: 1`, or update the program"),
    ],
)  # fmt: skip
def test_a_mistake_has_its_code_and_its_advice(
    read: Reader, change: tuple[str, str], code: str, advice: str | None
) -> None:
    errors = [p for p in read(change).problems if p.severity == "error"]
    assert [(p.code, p.help) for p in errors] == [(code, advice)]


def test_all_problems_of_a_study_come_together(read: Reader, said: Said) -> None:
    loaded = read(
        ("value: 10,", 'value: "10",'),
        ("known_to: [north]", "known_to: [west]"),
        ("word: [keep, cheat]", "word: [keep, no]"),
        ('"arms + built"', '"arms + bilt"'),
        ("better: lower", "beter: lower"),
        ("start: racing", "start: raging"),
    )
    codes = [code for code, _ in said(loaded)]
    assert codes == [
        "wrong-shape", "unknown-actor", "yaml-truth-name", "unknown-option", "unknown-name",
        "unknown-option", "unknown-key",
    ]  # fmt: skip


def test_claims_and_facts_are_looked_up_where_their_files_are(read: Reader, said: Said) -> None:
    change = ("judgement: hardly seen", "cites: [one, two], fact: [F1, F2]")
    files = {"claims.yaml": "claims:\n  one: {says: x}\n", "facts.csv": "id,value\nF1,3\n"}
    assert said(read(change, files=files)) == [
        ("unknown-claim", "no claim is named `two`"),
        ("unknown-fact", "`facts.csv` has no row `F2`"),
    ]


def test_a_broken_file_of_claims_says_so_and_nothing_about_the_cites(read: Reader, said: Said) -> None:
    loaded = read(("judgement: hardly seen", "cites: [one]"), files={"claims.yaml": "claims: [\n"})
    assert [code for code, _ in said(loaded)] == ["yaml-split-text"]


QUARTERS = "quarter,talks,gap\n" + "".join(
    f"{year}Q{q},{q},{q if q > 1 else ''}\n" for year in range(2024, 2028) for q in range(1, 5)
)
SERIES = """\
series:
  talks: {file: history.csv, date: quarter, column: talks}
  gap: {file: history.csv, date: quarter, column: gap}
"""


def test_a_series_is_aligned_with_the_clock(read: Reader) -> None:
    model = read(("count: 0.2", 'count: "talks"'), add=SERIES, files={"history.csv": QUARTERS}).model
    assert model is not None
    assert model.series[0].values == (1, 2, 3, 4, 1, 2, 3, 4)


def test_a_gap_matters_only_where_the_series_is_read(read: Reader, said: Said) -> None:
    files = {"history.csv": QUARTERS}
    assert said(read(("count: 0.2", 'count: "talks"'), add=SERIES, files=files)) == []
    assert said(read(("count: 0.2", 'count: "gap"'), add=SERIES, files=files)) == [
        ("series", "`gap` has no value for Q1 2025 and 1 more step")
    ]


@pytest.mark.parametrize("file", ["../history.csv", "/etc/hostname", "link.csv", "..\\history.csv"])
def test_no_file_outside_the_folder_is_read(read: Reader, said: Said, tmp_path: Path, file: str) -> None:
    (tmp_path / "history.csv").write_text(QUARTERS)
    (tmp_path / "case").mkdir()
    (tmp_path / "case" / "link.csv").symlink_to(tmp_path / "history.csv")
    add = f"series:\n  talks: {{file: '{file}', date: quarter, column: talks}}\n"
    assert [code for code, _ in said(read(("count: 0.2", 'count: "talks"'), add=add))] == ["file-outside"]


def test_the_digest_follows_the_meaning(read: Reader) -> None:
    def digest(*changes: tuple[str, str], files: dict[str, str] | None = None, **more: Any) -> str:
        model = read(*changes, files={"history.csv": QUARTERS} | (files or {}), **more).model
        assert model is not None
        return model.digest

    talks = ("count: 0.2", 'count: "talks"')
    base = digest(talks, add=SERIES)
    assert re.fullmatch("[0-9a-f]{32}", base)
    assert digest(talks, add=SERIES + "\n# a remark\n") == base
    assert digest(talks, add=SERIES, files={"claims.yaml": "claims: {x: {}}"}) == base
    assert digest(talks, add=SERIES, files={"history.csv": QUARTERS.replace("2025Q1,1,", "2025Q1,1,7")}) == base
    assert digest(talks, add=SERIES, files={"history.csv": QUARTERS.replace("2025Q1,1,", "2025Q1,9,")}) != base
    assert digest(talks, ("start: 10,", "start: 11,"), add=SERIES) != base


def test_deals_and_their_terms(read: Reader, said: Said) -> None:
    deal = """\
deals:
  freeze:
    parties: [north, south]
    during: "race == paused"
    terms: {depth: {levels: [0, 0.5, 1]}, relief: {levels: [0, 1, 2, 3], usual: 3, unit: missile}}
    keeps: {south: "south.word == keep"}
    breach: {south: [calm]}
    without: [none_at_all]
variants:
  none_at_all: {impose: {pause: never}}
"""
    final = (
        ('each: "-arms / little"', 'each: "-arms / little", final: "freeze.depth"'),
        ('each: "-arms / little - clashes"', 'each: "-arms / little", final: "-freeze.relief / little"'),
    )
    loaded = read(*final, add=deal)
    assert said(loaded) == []
    assert loaded.model is not None
    [found] = loaded.model.deals
    assert [(t.name, t.usual) for t in found.terms] == [("depth", 0.5), ("relief", 3.0)]
    wrong = (
        deal.replace("south: [calm]", "south: [clam]")
        .replace("usual: 3", "usual: 4")
        .replace("without: [none", "without: [some")
    )
    assert [code for code, _ in said(read(*final, add=wrong))] == ["levels", "unknown-name", "unknown-name"]


def test_rules_of_a_quantity_become_conditionals(read: Reader) -> None:
    rules = '[{when: "north == build", then: "arms"}, {when: "arms > little", then: "little"}, {then: 0}]'
    model = read(
        ('"fear * arms if north == build or south.line == build else 0"', rules), ("fear: {", "fears: {")
    ).model
    assert model is not None
    tree = model.quantities[0].value.tree
    assert type(tree).__name__ == "Conditional" and type(tree.otherwise).__name__ == "Conditional"  # type: ignore[union-attr]


WORDS = ["[]", "{}", "null", "~", '""', "yes", "1e999", "-1", "0", "[1, 2]", "{a: 1}", "true", "x" * 70, "north", "war"]
HEAD = re.compile(r"[^:]+/study\.yaml:\d+:\d+: (error|warning): .+ \[[a-z-]+\]")
SIGNS = "{}[]:,\"'-+*/()<>=.#0a é\t&!|>%@`~^\n"


def test_no_slip_of_the_hand_breaks_the_reader(tmp_path: Path) -> None:
    """Deletes lines and letters, inserts signs, swaps words: always a model or problems that can be shown."""
    text = find_study("rivals").read_text(encoding="utf-8")
    chance = random.Random(20250101)
    for _ in range(150):
        changed = text
        for _ in range(chance.choice([1, 1, 2, 4])):
            match chance.randrange(4):
                case 0:
                    lines = changed.split("\n")
                    del lines[chance.randrange(len(lines))]
                    changed = "\n".join(lines)
                case 1:
                    place = chance.randrange(len(changed))
                    changed = changed[:place] + chance.choice([*SIGNS, ""]) + changed[place + 1 :]
                case _:
                    word = chance.choice(list(re.finditer(r"\w+", changed)))
                    changed = changed[: word.start()] + chance.choice(WORDS) + changed[word.end() :]
        (tmp_path / "study.yaml").write_text(changed, encoding="utf-8")
        loaded = read_study(tmp_path)
        assert (loaded.model is None) == any(p.severity == "error" for p in loaded.problems)
        heads = [line for line in render(loaded.problems, most=100).splitlines() if not line.startswith("  ")]
        assert all(HEAD.fullmatch(line) for line in heads if not line.startswith("and "))


def shapes(shape: Shape) -> list[Record]:
    inside: list[Shape] = []
    found: list[Record] = []
    match shape:
        case Record():
            found, inside = [shape], [key.shape for key in shape.keys]
        case MapOf():
            inside = [shape.value, *(key.shape for key in shape.extra)]
        case ListOf():
            inside = [shape.item]
        case Either():
            inside = list(shape.shapes)
        case Keyed():
            inside = [shape.marked, shape.other]
        case _:
            pass
    return found + [record for one in inside for record in shapes(one)]


def test_every_key_of_the_language_says_what_it_is() -> None:
    keys: list[Key] = [key for record in shapes(STUDY) for key in record.keys]
    assert all(key.doc and key.doc[0].islower() and not key.doc.endswith(".") for key in keys if key.name != "standoff")
    for record in shapes(STUDY):
        names = [key.name for key in record.keys]
        assert len(set(names)) == len(names)
        groups = (*record.exactly_one, *record.at_least_one, *record.at_most_one)
        assert all(set(group) <= set(names) for group in groups)


def test_the_schema_for_editors_has_every_section_with_its_description() -> None:
    schema = schema_of("study")
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert list(schema["properties"]) == [key.name for key in STUDY.keys]
    assert all(part["description"] for part in schema["properties"].values())
    event = schema["properties"]["events"]["additionalProperties"]
    assert event["additionalProperties"] is False
    assert {"oneOf": [{"required": [name]} for name in ("chance", "hazard", "count")]} in event["allOf"]
    assert schema["required"] == [key.name for key in STUDY.keys if key.required]


def test_a_name_that_is_unknown_in_many_places_is_shown_once(read: Reader) -> None:
    loaded = read(("  arms: {start: 10,", "  arsm: {start: 10,"))
    errors = [p for p in loaded.problems if p.severity == "error"]
    assert len(errors) == 5 and len({p.message for p in errors}) == 1
    shown = render(errors).splitlines()
    assert shown[0].endswith("error: nothing is named `arms`, also on lines 24, 38, 40 [unknown-name]")
    assert shown[-1] == "  help: did you mean `arsm`?"
    assert len(shown) == 4
