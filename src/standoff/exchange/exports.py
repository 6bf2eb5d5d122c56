"""The table of forms that a study and its run are written in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from standoff.analysis.games.exchange import NamedGame, write_nfg
from standoff.analysis.runs.game_table import game_table
from standoff.base.files import whole_file
from standoff.base.problems import Problem, StudyError
from standoff.base.source import Source
from standoff.ensemble.ensemble import Ensemble
from standoff.ensemble.storing.store import read_run
from standoff.ensemble.study import Study, load
from standoff.evidence.claims import Ledger, load_ledger
from standoff.evidence.opposed import opposed_pairs
from standoff.evidence.sources import sources
from standoff.exchange.coding.argdown import write_argdown
from standoff.exchange.coding.brat import write_brat
from standoff.exchange.coding.cas import TYPE_SYSTEM, write_cas
from standoff.exchange.coding.notes import CodedText, coded_texts
from standoff.exchange.coding.refi import write_project
from standoff.exchange.coding.web import write_web_annotations
from standoff.exchange.games.tree_out import MOST_LEAVES, plain, write_efg
from standoff.exchange.references.reference import write_bibtex, write_csl, write_ris
from standoff.exchange.results.crate import write_crate
from standoff.exchange.results.tables import write_ema_archive, write_frictionless, write_netcdf

__all__ = ["EXPORTS", "Export", "Outgoing", "export_lines"]


@dataclass(frozen=True)
class Outgoing:
    """What there is to write: a study by name or path, where its documents are, and the folder of a run."""

    study: str
    sources: Path | None = None
    run_folder: Path | None = None

    @cached_property
    def loaded(self) -> Study:
        """The study."""
        return load(self.study)

    @cached_property
    def ledger(self) -> Ledger:
        """Its claims."""
        return load_ledger(self.study)

    @cached_property
    def texts(self) -> tuple[CodedText, ...]:
        """Its documents that are at hand, with the claims on them.

        Raises:
            StudyError: None is at hand.
        """
        rows = sources(self.ledger, self.sources).rows
        found = coded_texts(self.ledger, {row.name: row.document for row in rows if row.document is not None})
        if not found:
            message = "none of the study's documents is at hand, and the notes are written on their texts"
            raise StudyError([Problem("document-unreadable", whole_file(self.study), message, "give --sources DIR")])
        return found

    @cached_property
    def run(self) -> Ensemble:
        """The run.

        Raises:
            StudyError: No run is given.
        """
        if self.run_folder is None:
            message = "this form holds a run"
            advice = "give --run DIR, as `standoff run STUDY --out DIR` wrote it"
            raise StudyError([Problem("file-missing", whole_file(self.study), message, advice)])
        return read_run(self.run_folder, self.loaded.program)


@dataclass(frozen=True, slots=True)
class Export:
    """A form: its name on the command line, which programs open it, what is kept and lost, and its writer."""

    name: str
    opens: str
    kept: str
    lost: str
    write: Callable[[Outgoing], Mapping[str, bytes]]


def _web(out: Outgoing) -> Mapping[str, bytes]:
    return {"annotations.jsonld": write_web_annotations(out.texts).encode()}


def _brat(out: Outgoing) -> Mapping[str, bytes]:
    files: dict[str, bytes] = {}
    for text in out.texts:
        files[f"{text.name}.txt"], files[f"{text.name}.ann"] = (part.encode() for part in write_brat(text))
    return files


def _cas(out: Outgoing) -> Mapping[str, bytes]:
    return {
        **{f"{text.name}.xmi": write_cas(text).encode() for text in out.texts},
        "TypeSystem.xml": TYPE_SYSTEM.encode(),
    }


def _refi(out: Outgoing) -> Mapping[str, bytes]:
    return {"claims.qdpx": write_project(out.loaded.model.title, out.texts)}


def _argdown(out: Outgoing) -> Mapping[str, bytes]:
    against = [(pair.one, pair.other) for pair in opposed_pairs(out.ledger, out.loaded.model)]
    return {"claims.argdown": write_argdown(out.loaded.model.title, out.ledger, against).encode()}


def _crate(out: Outgoing) -> Mapping[str, bytes]:
    run, folder = out.run, out.run_folder
    said = run.model.written.files.contents.items()
    files = {name: held.text.encode() for name, held in said if isinstance(held, Source)}
    assert folder is not None
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and not p.name.startswith(".")):
        files.setdefault(path.relative_to(folder).as_posix(), path.read_bytes())
    return write_crate(run, files)


def _nfg(out: Outgoing) -> Mapping[str, bytes]:
    table, model = game_table(out.run), out.loaded.model
    players = tuple(plain(name) for name in table.players)
    strategies = tuple(tuple(plain(name) for name in own) for own in table.strategies)
    game = NamedGame(
        plain(model.title), players, strategies, table.payoffs.mean(axis=-1), comment=f"{len(table.worlds)} worlds"
    )
    return {"game.nfg": write_nfg(game).encode()}


def _efg(out: Outgoing) -> Mapping[str, bytes]:
    try:
        return {"tree.efg": write_efg(out.loaded).encode()}
    except ValueError as error:
        raise StudyError([Problem("too-many", whole_file(out.study), f"no tree can be written: {error}")]) from None


_ANCHORS = "claims with passages: words, place, says, stance, certainty, what they bear on; the way back gives the same"
EXPORTS = (
    Export("web-annotation", "Hypothes.is, Recogito", _ANCHORS, "expectations", write=_web),
    Export("brat", "brat", f"{_ANCHORS}; the documents' texts", "expectations", write=_brat),
    Export("cas", "INCEpTION, UIMA", f"{_ANCHORS}; the documents' texts", "expectations", write=_cas),
    Export(
        "refi-qda", "ATLAS.ti, MAXQDA, NVivo, Taguette", f"{_ANCHORS}; the documents' texts", "expectations",
        write=_refi
    ),
    Export("argdown", "Argdown", "claims by document, and which contradict each other", "anchors", write=_argdown),
    Export("csl-json", "Zotero, pandoc", "documents: title, author, publisher, date, address, language", "claims",
           write=lambda out: {"references.json": write_csl(out.ledger.documents).encode()}),
    Export("ris", "Zotero, EndNote", "documents, likewise", "claims",
           write=lambda out: {"references.ris": write_ris(out.ledger.documents).encode()}),
    Export("bibtex", "Zotero, JabRef, LaTeX", "documents, likewise", "claims",
           write=lambda out: {"references.bib": write_bibtex(out.ledger.documents).encode()}),
    Export("nfg", "Gambit, OpenSpiel", "a run: strategies and mean payoffs over all worlds alike, to the last digit",
           "beliefs (`standoff games --nfg` weighs worlds by them), errors; what is no ASCII in names", write=_nfg),
    Export("efg", "Gambit", "a study: what actors choose in its first steps, who sees what, four worlds by chance, and "
           "what each path pays",
           f"steps beyond {MOST_LEAVES:,} ends, which follow each actor's first strategy; all other worlds",
           write=_efg),
    Export("ema", "EMA Workbench 2.x", "a run: experiments and outcomes, a policy for each profile", "errors",
           write=lambda out: {"results.tar.gz": write_ema_archive(out.run)}),
    Export("netcdf", "xarray, R, Panoply", "a run: outcomes, payoffs, errors, worlds and strategies", "quantiles",
           write=lambda out: {"run.nc": write_netcdf(out.run)}),
    Export("frictionless", "Frictionless, pandas, R", "a run: three tables with keys and types", "nothing",
           write=lambda out: write_frictionless(out.run)),
    Export("ro-crate", "RO-Crate, WorkflowHub, Zenodo", "a run: its folder, the study, claims, digests", "nothing",
           write=_crate),
)  # fmt: skip


def export_lines() -> Iterator[str]:
    """The table as Markdown."""
    yield "| `--as` | opens in | kept | lost |"
    yield "| --- | --- | --- | --- |"
    for row in EXPORTS:
        yield f"| {row.name} | {row.opens} | {row.kept} | {row.lost} |"
