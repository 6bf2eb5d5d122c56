"""What the tables of formats say of each: every clause is looked at here, or in a test that is named."""

from __future__ import annotations

import gzip
import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner
from malformed import in_tar, in_zip, sound, swapped

from standoff.cli import main
from standoff.exchange.exports import EXPORTS, Export, Outgoing
from standoff.exchange.formats import FORMATS, Format

Change = Callable[[bytes], bytes]
Files = dict[str, tuple[Path, tuple[str, ...]]]


@dataclass(frozen=True)
class Look:
    """A clause, the sound file by its ending, how it is changed, and what then is: refused, written, or not written."""

    clause: str
    suffix: str
    change: Change
    then: str
    said: str = ""


def equation(text: str) -> Change:
    """A Vensim model with another equation."""
    return swapped("share = 0.1", f"share = {text}")


def of_xmile(text: str) -> Change:
    return swapped("<eqn>0.1</eqn>", f"<eqn>{text}</eqn>")


def after(text: str) -> Change:
    return lambda data: data + text.encode()


SKETCH = "\\\\\\---/// Sketch\n*View of all\n15:0,0,0,{},0,0\n"
PART = "<{0} name='lower'><eqn>1</eqn></{0}>"
NFG_OF_OUTCOMES = b"""NFG 1 R "Game" { "A" "B" }
{ { "x" "y" } { "u" "v" } } "A comment"
{ { "war" 1, 2 } { "peace" 1/2, 2.5 } { "" 0, -3 } { "" 7, 8 } } 1 2 3 4
"""
WIDE_NFG = b'NFG 1 R "Game" { "A" "B" } { 61 1 } "" ' + b" ".join(b"1" for _ in range(122))
REPLY = '"items": [{"references": ["x"], "text": "MY REPLY", "target": {"source": "talks"}},'

LOOKS = {
    "XMILE (Stella, iThink)": (
        Look("TREND and FORECAST", ".xmile", of_xmile("TREND(level, 2, 0)"), "written", "average"),
        Look("GAME", ".xmile", of_xmile("GAME(0.1)"), "refused", "GAME"),
        Look("random functions", ".xmile", of_xmile("RANDOM(0, 1)"), "refused", "random"),
        Look("SAMPLE IF TRUE", ".xmile", of_xmile("SAMPLE_IF_TRUE(level, 1, 0)"), "refused", "sample"),
        Look("allocation", ".xmile", of_xmile("ALLOCATE(level, 1, 1)"), "refused", "allocate"),
        Look("matrices", ".xmile", of_xmile("INVERT(level)"), "refused", "invert"),
        Look("sorting", ".xmile", of_xmile("SORT(level, 1)"), "refused", "sort"),
        Look("data in other files", ".xmile", of_xmile("GET_DIRECT_CONSTANTS(1)"), "refused", "get_direct"),
        Look("inverse trigonometry", ".xmile", of_xmile("ARCTAN(0.1)"), "refused", "arctan"),
        Look("non-negative stocks", ".xmile", swapped("<inflow>", "<non_negative/><inflow>"), "refused", "falling"),
        Look("modules", ".xmile", swapped("<aux", PART.format("module") + "<aux"), "refused", "a module"),
        Look("macros", ".xmile", swapped("<model>", PART.format("macro") + "<model>"), "refused", "a macro"),
        Look("Runge-Kutta", ".xmile", swapped("<sim_specs>", "<sim_specs method='RK4'>"), "refused", "RK4"),
        Look("sketches", ".xmile", swapped("</model>", "<views><view name='VIEW'/></views></model>"), "left", "VIEW"),
        Look("ranges", ".xmile", swapped("<eqn>0.1</eqn>", "<eqn>0.1</eqn><range min='0.017' max='9'/>"), "left",
             "0.017"),
        Look("units are not checked", ".xmile", swapped("<eqn>0.1</eqn>", "<eqn>0.1</eqn><units>apple</units>"),
             "written", "[apple]"),
    ),
    "Vensim": (
        Look("TREND and FORECAST", ".mdl", equation("FORECAST(level, 2, 3)"), "written", "average"),
        Look("GAME", ".mdl", equation("GAME(0.1)"), "refused", "GAME"),
        Look("SAMPLE IF TRUE", ".mdl", equation("SAMPLE IF TRUE(Time > 2, 1, 0)"), "refused", "SAMPLE IF TRUE"),
        Look("random functions", ".mdl", equation("RANDOM UNIFORM(0, 1, 1)"), "refused", "random_uniform"),
        Look("allocation", ".mdl", equation("ALLOCATE BY PRIORITY(level, level, 1, 1, 1)"), "refused", "ALLOCATE"),
        Look("matrices", ".mdl", equation("INVERT MATRIX(level, 2)"), "refused", "invert_matrix"),
        Look("sorting", ".mdl", equation("VECTOR SORT ORDER(level, 1)"), "refused", "vector_sort_order"),
        Look("inverse trigonometry", ".mdl", equation("ARCTAN(0.1)"), "refused", "arctan"),
        Look("data in other files", ".mdl", equation("GET DIRECT CONSTANTS('a.xlsx', 'A', 'B2')"), "refused",
             "other file"),
        Look("Runge-Kutta", ".mdl", after(SKETCH.format(1)), "refused", "integration type 1"),
        Look("sketches", ".mdl", after(SKETCH.format(0)), "left", "View of all"),
        Look("ranges", ".mdl", swapped("share = 0.1\n\t~\t~", "share = 0.1\n\t~ apple [0.017,9]\t~"), "left", "0.017"),
        Look("units are not checked", ".mdl", swapped("share = 0.1\n\t~\t~", "share = 0.1\n\t~ apple\t~"), "written",
             "[apple]"),
    ),
    "Gambit's strategic form": (
        Look("whole numbers, decimals and fractions", ".nfg", lambda data: NFG_OF_OUTCOMES, "written", "2.5"),
        Look("names and comment", ".nfg", lambda data: NFG_OF_OUTCOMES, "written", "A comment"),
        Look("outcomes' names", ".nfg", lambda data: NFG_OF_OUTCOMES, "left", "peace"),
        Look("5,000 profiles and 60 strategies a player", ".nfg", lambda data: WIDE_NFG, "refused", "60"),
    ),
    "Gambit's extensive form": (
        Look("the tree itself, and names of nodes and sets", ".efg", swapped('p "" 1 1 ""', 'p "ROOT" 1 1 "SET"'),
             "left", "ROOT"),
    ),
    "Graph model in option form (GMCR+)": (
        Look("coalitions, misperceptions, solutions", ".gmcr",
             swapped('"infeasibles"', '"coalitions": ["THE TWO"], "infeasibles"'), "left", "THE TWO"),
    ),
    "Events: UCDP GED, ACLED, ICB, COW MID, ViEWS, GDELT": (
        Look("places, actors and texts of single events", ".csv", swapped("Syria", "ATLANTIS"), "left", "ATLANTIS"),
    ),
    "Web Annotation, Hypothes.is": (
        Look("highlights without words, replies", ".jsonld", swapped(r'"items": \[', REPLY), "left",
             "MY REPLY"),
    ),
    "brat": (
        Look("relations, events, equivalences", ".ann",
             after("R1\tCauses Arg1:T1 Arg2:T1\nE1\tAttack:T1\n*\tEquiv T1 T1\n"),
             "left", "auses"),
    ),
    "UIMA CAS, INCEpTION": (
        Look("words, sentences, relations between spans", ".xmi",
             swapped("</xmi:XMI>",
                     '<cas:Sentence xmlns:cas="http:///x.ecore" sofa="1" begin="0" end="3" n="LEAF"/></xmi:XMI>'),
             "left", "LEAF"),
    ),
    "REFI-QDA (ATLAS.ti, MAXQDA, NVivo)": (
        Look("pictures, PDF selections, sets, cases, memos", ".qdpx", in_zip(".qde", swapped(
            "</Sources>", '<PictureSource name="PHOTO"/></Sources><Cases><Case name="PHOTO"/></Cases><Sets>'
            '<Set name="PHOTO"/></Sets><Notes><Note name="PHOTO"/></Notes>')), "left", "PHOTO"),
    ),
    "Genius, GeniusWeb and NegMAS domains": (
        Look("issues that are ranges", ".xml", swapped(' type="discrete"', ' type="integer"'), "refused", "integer"),
        Look("offers, protocols, deadlines, costs", ".xml", after("<!-- -->"), "left", "deadline"),
    ),
    "EMA Workbench's results": (
        Look("a policy that does not meet every scenario", ".tar.gz",
             in_tar("experiments.csv", lambda data: data.replace(b",high,", b",low,")), "refused", "again"),
    ),
    "CSL-JSON, RIS, BibTeX (Zotero)": (
        Look("all other fields", ".ris", swapped("TI  - ", "N1  - A NOTE\nTI  - "), "left", "A NOTE"),
        Look("all other fields", ".bib", swapped("year", "note = {A NOTE},\n  year"), "left", "A NOTE"),
        Look("all other fields", ".json", swapped('"type"', '"note": "A NOTE", "type"'), "left", "A NOTE"),
    ),
}  # fmt: skip


# clauses that a test of the format's own holds
SHOWN = {
    "stocks, flows, auxiliaries": "test_growth_by_steps_of_half_a_month",
    "lookups, delays and smooths of any order, fixed delays": "what_remembers_becomes_stocks",
    "arrays (each element by itself)": "test_an_array_that_is_written_by_elements_is_read_element_by_element",
    "the time step as parts of a step; documentation and units in `about`": "test_growth_by_steps_of_half_a_month",
    "macros, written out at each use": "tests/macro_stock/test_macro_stock.mdl",
    "both bodies, payoffs and outcomes": "test_pure_equilibria_are_those_of_pygambit",
    "`standoff games FILE` solves it as it stands": "test_a_tree_is_solved_from_the_command_line",
    "chance, sets of information, outcomes along the way, exactly: as the reduced normal form, in which Gambit's order "
    "of strategies stands": "test_the_table_is_what_walking_the_tree_pays",
    "`standoff games FILE` also says where it is a Bayesian game": "test_a_tree_is_solved_from_the_command_line",
    "Refused: more than 2,000,000 payoffs or 20,000 strategies":
        "test_too_many_strategies_are_refused_before_they_are_made",
    "options, who owns them, states that cannot be, directions": "test_a_conflict_becomes_a_study_with_its_moves",
    "statements by priority or rankings": "test_statements_by_priority_rank_states",
    "`standoff stability FILE` looks into it as it stands": "test_stable_states_are_those_of_the_program_of_the_field",
    "Refused as a study: states that hang on several decision makers": "test_states_that_hang_on_several_are_refused",
    "what a mapping asks (`format`, `step`, `start`, `steps`, `covered`, `series` with `where` and `sum`), counted by "
    "steps: history.csv before the start, seen.csv after it": "test_events_are_counted_and_added_up_by_steps",
    "rates in facts.csv": "test_the_study_is_clean_and_its_history_and_what_was_seen_are_read",
    "Coverage, gaps, rows without a date or a number are told; a step without any row is left out, and never 0":
        "test_events_are_counted_and_added_up_by_steps_and_no_zero_is_silent",
    "coded passages as claims, each at the sentences that hold its words, with its fingerprint; comments as what it "
    "says, codes as what it bears on": "test_claims_go_out_and_come_back_with_the_same_anchors",
    "The documents must be at hand (--sources)": "test_an_export_of_hypothesis_is_anchored_by_its_words",
    "the .txt stands beside it": "test_the_texts_in_a_file_stand_for_documents_that_are_not_at_hand",
    "offsets are UTF-16, as in UIMA": "test_what_the_library_of_its_field_writes_is_read",
    "issues with listed options, parties' files beside the domain's, sums over issues of weight times evaluation":
        "test_every_package_is_worth_to_each_party_what_negmas_says",
    "(Genius: as a share of the issue's largest)": "test_an_evaluation_of_genius_counts_as_a_share_of_the_largest",
    "reservation values and bids": "test_a_bid_of_geniusweb_says_what_no_agreement_is_worth",
    "discounts; a deal": "test_time_may_pass_so_that_discounts_bite",
    "whose levels are the packages, so that `standoff deals` looks at all of them":
        "test_the_study_of_a_domain_has_its_deal_at_the_nash_point",
    "Refused at its line: issues that are ranges, preferences that are no sum over issues, linear discounts; more than "
    "20,000 packages": "test_what_cannot_be_read_is_named_at_its_line",
    "policies as strategies, scenarios as levels of one assumption, outcomes that are numbers, to the last digit, and "
    "the last value of series": "test_a_run_meets_every_experiment_of_an_archive_that_ema_workbench_wrote",
    "uncertainties that are numbers, looked up by scenario": "test_a_run_goes_out_and_comes_back",
    "the model itself, levers, categories, arrays, and which way an outcome is better":
        "test_a_run_goes_out_and_comes_back",
    "Refused: a policy that does not meet every scenario; more than 1,000 scenarios or 20,000 numbers":
        "test_what_is_wrong_with_an_archive_is_said",
    "documents: title, author, publisher, date, address, language": "test_what_is_written_is_read_back",
    "repeated tags, a last record without an end": "test_ris_keeps_repeated_tags_the_first_and_the_last_record",
    "every type of entry": "test_bibtex_of_every_type_is_kept_with_its_accents",
    "claims with passages: words, place, says, stance, certainty, what they bear on; the way back gives the same":
        "test_claims_go_out_and_come_back_with_the_same_anchors",
    "the documents' texts": "test_the_texts_in_a_file_stand_for_documents_that_are_not_at_hand",
    "claims by document, and which contradict each other":
        "test_argdowns_parser_reads_every_claim_its_tags_and_who_is_against_whom",
    "documents, likewise": "test_what_is_written_is_read_back",
    "a run: strategies and mean payoffs over all worlds alike, to the last digit":
        "test_the_table_of_a_run_comes_back_with_the_same_payoffs",
    "what is no ASCII in names": "test_gambit_reads_both_with_the_same_payoffs",
    "a study: what actors choose in its first steps, who sees what, four worlds by chance, and what each path pays":
        "test_each_path_pays_what_the_future_pays",
    "steps beyond 500 ends, which follow each actor's first strategy; all other worlds":
        "test_a_step_with_too_many_ends_is_refused",
    "a run: experiments and outcomes, a policy for each profile":
        "test_the_archive_has_an_experiment_for_each_profile_and_world",
    "a run: outcomes, payoffs, errors, worlds and strategies": "test_netcdf_is_opened_by_xarray_with_the_same_figures",
    "a run: three tables with keys and types": "test_the_descriptor_fits_its_tables",
    "a run: its folder, the study, claims, digests": "test_the_crate_is_read_by_the_library_of_its_field",
}  # fmt: skip
LEFT = {"expectations": "raises", "anchors": "p1.s1", "claims": "They stopped", "errors": "error",
        "quantiles": "quantile"}  # fmt: skip
"""What forms that go out lose, and what of the study or its run none of their files has then."""
BELIEFS = "beliefs (`standoff games --nfg` weighs worlds by them)"


@pytest.mark.parametrize("row", [*FORMATS, *EXPORTS], ids=lambda row: row.name)
def test_every_clause_of_the_tables_is_held_by_a_test(row: Format | Export) -> None:
    own = {look.clause for look in LOOKS.get(row.name, ())}
    said = f"{row.kept}; {row.lost}"
    for clause in sorted({*own, *SHOWN, *LEFT, BELIEFS, "nothing", "A study holds", "Not read", "refused at its line"},
                         key=len, reverse=True):  # fmt: skip
        said = said.replace(clause, "")
    assert not re.findall(r"\w+", said), said


@pytest.mark.parametrize("row", [row for row in EXPORTS if row.lost in LEFT], ids=lambda row: row.name)
def test_what_a_form_loses_is_in_none_of_its_files(row: Export, files: Files, tmp_path: Path) -> None:
    folder = files[".mdl"][0].parent
    claims = (folder / "study" / "claims.yaml").read_text(encoding="utf-8")
    for part in (folder / "study").iterdir():
        (tmp_path / part.name).write_bytes(part.read_bytes())
    expecting = claims.replace("says:", "expect: {raise: fear, raises: arms}, says:")
    (tmp_path / "claims.yaml").write_text(expecting, encoding="utf-8")
    run = tmp_path / "run"
    if row.name in ("ema", "netcdf"):
        size = ["--worlds", "8", "--replications", "2", "--evaluator", "reference"]
        done = CliRunner().invoke(main, ["run", str(tmp_path), *size, "--out", str(run)])
        assert done.exit_code == 0, done.output
    written = row.write(Outgoing(str(tmp_path), folder / "texts", run))
    held = [unzipped(data) for data in written.values()]
    assert held and not any(LEFT[row.lost].encode() in data for data in held)


def unzipped(data: bytes) -> bytes:
    """The bytes of a file, or of all that is in an archive."""
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return b"".join(archive.read(name) for name in archive.namelist())
    return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data


def test_the_tests_that_are_named_are_there() -> None:
    texts = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.rglob("test_*.py")
                    if path != Path(__file__))  # fmt: skip
    assert [name for name in SHOWN.values() if name not in texts] == []


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return sound(tmp_path_factory.mktemp("sound"))


@pytest.mark.parametrize(
    ("name", "look"), [pytest.param(n, one, id=f"{one.suffix} {one.clause}") for n, own in LOOKS.items() for one in own]
)
def test_a_clause_says_what_is_so(name: str, look: Look, files: Files, tmp_path: Path) -> None:
    row = next(row for row in FORMATS if row.name == name)
    assert look.clause in f"{row.kept}; {row.lost}"
    file, options = files[look.suffix]
    before, out = file.read_bytes(), tmp_path / "new"
    try:
        file.write_bytes(look.change(before))
        done = CliRunner().invoke(main, ["import", str(file), "--out", str(out), *options])
    finally:
        file.write_bytes(before)
    written = "".join(part.read_text(encoding="utf-8") for part in out.iterdir()) if out.exists() else ""
    assert (done.exit_code, bool(written)) == ((1, False) if look.then == "refused" else (0, True)), done.output
    if look.then == "left":
        assert look.said not in written
    else:
        assert look.said in (done.output if look.then == "refused" else written)
