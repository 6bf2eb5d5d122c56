"""The table of formats that are imported: what is kept of each, and what is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from standoff.exchange.coding.brat import import_brat
from standoff.exchange.coding.cas import import_cas
from standoff.exchange.coding.refi import import_project
from standoff.exchange.coding.web import import_web_annotations
from standoff.exchange.dynamics.study import import_model
from standoff.exchange.events.study import import_events
from standoff.exchange.games.files import import_conflict, import_game
from standoff.exchange.imported import Asked, Imported
from standoff.exchange.negotiations.domain import is_domain
from standoff.exchange.negotiations.study import import_negotiation
from standoff.exchange.references.reference import import_references
from standoff.exchange.results.archive import import_archive

__all__ = ["FORMATS", "Format", "format_of", "formats_lines"]


@dataclass(frozen=True, slots=True)
class Format:
    """A format: its name, its files' endings, what is kept and lost, its reader, and an example of a call.

    `holds` tells it from another with the same ending.
    """

    name: str
    suffixes: tuple[str, ...]
    kept: str
    lost: str
    read: Callable[[Path, Asked], Imported]
    example: str
    holds: Callable[[Path], bool] = lambda path: True


_DYNAMICS = (
    "stocks, flows, auxiliaries, lookups, delays and smooths of any order, fixed delays, TREND and FORECAST, arrays "
    "(each element by itself), the time step as parts of a step; documentation and units in `about`"
)
_NOT = (
    "refused at its line: GAME, SAMPLE IF TRUE, random functions, allocation, matrices, sorting, inverse trigonometry, "
    "data in other files, Runge-Kutta{}. Not read: sketches, ranges; units are not checked"
)


def _model(path: Path, asked: Asked) -> Imported:
    return import_model(path, asked.uncertain)


_NOTES = (
    "coded passages as claims, each at the sentences that hold its words, with its fingerprint; comments as what it "
    "says, codes as what it bears on"
)
FORMATS = (
    Format(
        "XMILE (Stella, iThink)", (".xmile", ".stmx"), _DYNAMICS,
        _NOT.format(", non-negative stocks, modules, macros"), read=_model,
        example="teacup.xmile --uncertain room_temperature=60:80",
    ),
    Format("Vensim", (".mdl",), f"{_DYNAMICS}; macros, written out at each use", _NOT.format(""), read=_model,
        example="teacup.mdl"),
    Format(
        "Gambit's strategic form", (".nfg",),
        "both bodies, payoffs and outcomes; whole numbers, decimals and fractions; names and comment. "
        "`standoff games FILE` solves it as it stands",
        "outcomes' names. A study holds 5,000 profiles and 60 strategies a player", read=import_game,
        example="chicken.nfg",
    ),
    Format(
        "Gambit's extensive form", (".efg",),
        "chance, sets of information, outcomes along the way, exactly: as the reduced normal form, in which Gambit's "
        "order of strategies stands. `standoff games FILE` also says where it is a Bayesian game",
        "the tree itself, and names of nodes and sets. Refused: more than 2,000,000 payoffs or 20,000 strategies",
        read=import_game, example="signals.efg",
    ),
    Format(
        "Graph model in option form (GMCR+)", (".gmcr",),
        "options, who owns them, states that cannot be, directions, statements by priority or rankings. "
        "`standoff stability FILE` looks into it as it stands",
        "coalitions, misperceptions, solutions. Refused as a study: states that hang on several decision makers",
        read=import_conflict, example="dam.gmcr",
    ),
    Format(
        "Events: UCDP GED, ACLED, ICB, COW MID, ViEWS, GDELT", (".csv", ".tsv", ".tab"),
        "what a mapping asks (`format`, `step`, `start`, `steps`, `covered`, `series` with `where` and `sum`), counted "
        "by steps: history.csv before the start, seen.csv after it, rates in facts.csv. Coverage, gaps, rows without a "
        "date or a number are told; a step without any row is left out, and never 0",
        "places, actors and texts of single events", read=import_events, example="ged.csv --mapping syria.yaml",
    ),
    Format(
        "Web Annotation, Hypothes.is", (".jsonld",), f"{_NOTES}. The documents must be at hand (--sources)",
        "highlights without words, replies", read=import_web_annotations, example="notes.jsonld --sources articles",
    ),
    Format(
        "brat", (".ann",), f"{_NOTES}; the .txt stands beside it", "relations, events, equivalences", read=import_brat,
        example="article.ann --sources articles",
    ),
    Format(
        "UIMA CAS, INCEpTION", (".xmi", ".zip"), f"{_NOTES}; offsets are UTF-16, as in UIMA",
        "words, sentences, relations between spans", read=import_cas, example="article.xmi --sources articles",
    ),
    Format(
        "REFI-QDA (ATLAS.ti, MAXQDA, NVivo)", (".qdpx",), f"{_NOTES}", "pictures, PDF selections, sets, cases, memos",
        read=import_project, example="project.qdpx --sources articles",
    ),
    Format(
        "Genius, GeniusWeb and NegMAS domains", (".xml", ".json"),
        "issues with listed options, parties' files beside the domain's, sums over issues of weight times evaluation "
        "(Genius: as a share of the issue's largest), reservation values and bids, discounts; a deal whose levels are "
        "the packages, so that `standoff deals` looks at all of them",
        "offers, protocols, deadlines, costs. Refused at its line: issues that are ranges, preferences that are no sum "
        "over issues, linear discounts; more than 20,000 packages", read=import_negotiation,
        example="laptop/domain.xml",
        holds=lambda path: path.suffix.lower() == ".xml" or is_domain(path),
    ),
    Format(
        "EMA Workbench's results", (".tar.gz",),
        "policies as strategies, scenarios as levels of one assumption, outcomes that are numbers, to the last digit, "
        "and the last value of series; uncertainties that are numbers, looked up by scenario",
        "the model itself, levers, categories, arrays, and which way an outcome is better. Refused: a policy that does "
        "not meet every scenario; more than 1,000 scenarios or 20,000 numbers", read=import_archive,
        example="results.tar.gz",
    ),
    Format(
        "CSL-JSON, RIS, BibTeX (Zotero)", (".json", ".ris", ".bib"),
        "documents: title, author, publisher, date, address, language; repeated tags, a last record without an end, "
        "every type of entry", "all other fields", read=import_references, example="library.ris",
    ),
)  # fmt: skip


def format_of(path: Path) -> Format:
    """The format of a file, by its ending.

    Raises:
        ValueError: No format has this ending.
    """
    for row in FORMATS:
        if path.name.lower().endswith(row.suffixes) and row.holds(path):
            return row
    known = ", ".join(suffix for row in FORMATS for suffix in row.suffixes)
    raise ValueError(f"`{path.name}` ends like no format that is imported: {known}")


def formats_lines() -> Iterator[str]:
    """The table as Markdown."""
    yield "| format | files | kept | lost | example |"
    yield "| --- | --- | --- | --- | --- |"
    for row in FORMATS:
        files = ", ".join(row.suffixes)
        yield f"| {row.name} | {files} | {row.kept} | {row.lost} | `standoff import {row.example} --out new` |"
