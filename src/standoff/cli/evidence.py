"""The commands about evidence: tests of claims, documents and their anchors, passages, annotated pages."""

from __future__ import annotations

import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from standoff.cli import options
from standoff.cli.command import command
from standoff.cli.output import announce, echo, keep_outside, make_folder, print_json, print_lines, progress, running_of

if TYPE_CHECKING:
    from standoff.analysis.documents.documents import Agreement
    from standoff.ensemble.study import Study
    from standoff.evidence.claims import Ledger

__all__ = ["annotate", "passages", "sources", "test"]


@command()
@options.study
@options.size(worlds=256, replications=16, least=2)
@options.running
@options.set_numbers
@options.variant
@options.fresh
@options.as_json
def test(study: str, as_json: bool, **how: Any) -> None:
    """Test mechanisms and claims on the model.

    Each expectation is a do-experiment: one thing is changed, with all else and all luck the same. A claim that
    fails is a finding, not an error.

    \b
    Examples:
      standoff test korea
      standoff test rivals --worlds 512 --json
    """
    from standoff.cli.shown.evidence import tested_lines  # noqa: PLC0415
    from standoff.ensemble.study import load  # noqa: PLC0415
    from standoff.words.numbers import counted  # noqa: PLC0415

    loaded, size = replace(load(study, how["variants"]), held=how["set"]), how["size"]
    model, found = loaded.model, _tested(loaded, how)
    if as_json:
        print_json({"study": model.name, "digest": model.digest, **asdict(size)}, found)
        return
    n = sum(len(m.tests) for m in found.mechanisms) + sum(len(claim.tests) for claim in found.claims)
    print_lines(
        tested_lines(
            found,
            f"{model.name}: {counted(n, 'expectation')}, {counted(size.worlds, 'world')} × "
            f"{counted(size.replications, 'replication')}, seed {size.seed}",
        )
    )


@command()
@options.study
@options.sources
@click.option("--anchor", is_flag=True, help="Write the fingerprint of each passage at hand into claims.yaml.")
@click.option("--renew", is_flag=True, help="With --anchor: replace fingerprints that are there already.")
@options.as_json
def sources(study: str, as_json: bool, sources: Path | None, anchor: bool, *, renew: bool) -> None:
    """List a study's documents and where its passages are.

    It also says which documents are at hand. A passage is found, moved,
    changed or lost. --anchor fingerprints what stands at each claim's address now, so
    look at the passages first.

    \b
    Examples:
      standoff sources korea --sources ~/articles
      standoff sources border --anchor
    """
    from standoff.base.problems import StudyError, has_errors, render  # noqa: PLC0415
    from standoff.cli.shown.evidence import source_lines  # noqa: PLC0415
    from standoff.evidence.sources import sources as look  # noqa: PLC0415

    if renew and not anchor:
        raise click.UsageError("--renew goes with --anchor")
    path, ledger = _ledger(study)
    folder = options.sources_folder(path.parent, sources)
    if anchor:
        _anchor(path, folder, renew)
        _, ledger = _ledger(study)
    found = look(ledger, folder)
    if as_json:
        print_json(_source_data(found))
    else:
        print_lines(source_lines(study, found))
        if found.rows and not any(row.is_at_hand for row in found.rows):
            announce("the documents' folder is given with --sources DIR")
    if has_errors(found.problems):
        raise StudyError(found.problems)
    if found.problems:
        announce(render(found.problems))


@command()
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.option("--find", default=None, metavar="WORDS", help="Only passages that hold all these words.")
@click.option("--language", default=None, metavar="XX", help="The document's language, where it does not say it.")
@options.as_json
def passages(file: Path, as_json: bool, find: str | None, language: str | None) -> None:
    """Print a document's passages with their addresses.

    It also says what was set aside, such as menus and adverts.

    \b
    Examples:
      standoff passages sources/article.html
      standoff passages sources/article.html --find "sanctions relief"
    """
    from standoff.base.problems import render  # noqa: PLC0415
    from standoff.cli.shown.evidence import passage_lines  # noqa: PLC0415
    from standoff.evidence.reading.documents import read_document  # noqa: PLC0415
    from standoff.evidence.reading.passages import passages as read  # noqa: PLC0415

    document = read_document(file, language=language)
    found = read(document, find)
    if document.problems:
        announce(render(document.problems))
    if as_json:
        rows = [{"address": str(p.address) if p.address else None, "kind": p.kind, "text": p.text} for p in found]
        print_json({"passages": rows})
    elif found:
        print_lines(passage_lines(found))
    else:
        echo(f"no passage of {file.name} holds all of these words: {find}")


@command()
@options.study
@options.out("Where the pages go; not inside the study, which never carries others' text.", required=True)
@options.sources
@options.size(worlds=256, replications=16, least=2)
@options.running
@options.variant
@options.fresh
def annotate(study: str, out: Path, sources: Path | None, **how: Any) -> None:
    """Write each document with its claims in the margin.

    Colour and sign say what the model makes of a claim; passages that look like claims and have none are grey.
    The pages hold other people's text: they are for your own disk.

    \b
    Example:
      standoff annotate korea --sources ~/articles --out ~/annotated
    """
    from standoff.brief.formats.annotate import write_annotated  # noqa: PLC0415
    from standoff.ensemble.study import load  # noqa: PLC0415
    from standoff.evidence.claims import ledger_of  # noqa: PLC0415
    from standoff.evidence.sources import sources as look  # noqa: PLC0415

    loaded = load(study, how["variants"])
    model, ledger = loaded.model, ledger_of(loaded.model.written.files)
    keep_outside(out, model.folder)
    folder = options.sources_folder(model.folder, sources)
    at_hand = look(ledger, folder)
    absent = [row.name for row in at_hand.rows if not row.is_at_hand]
    if len(absent) == len(at_hand.rows):
        raise click.UsageError(f"no document of {model.name} is at hand: give their folder with --sources DIR")
    make_folder(out)
    pages = write_annotated(model, _tested(loaded, how), at_hand, out)
    print_lines(f"wrote {page}" for page in pages)
    if absent:
        echo(f"not at hand: {', '.join(absent)}")


def _ledger(study: str) -> tuple[Path, Ledger]:
    from standoff.evidence.claims import CLAIMS_FILE, load_ledger  # noqa: PLC0415
    from standoff.language.load import find_study  # noqa: PLC0415

    path = find_study(study).parent / CLAIMS_FILE
    if not path.exists():
        raise click.ClickException(f"the study `{study}` has no {CLAIMS_FILE}, so it names no documents")
    return path, load_ledger(study)


def _tested(study: Study, how: dict[str, Any]) -> Agreement:
    from standoff.questions.answer import answer  # noqa: PLC0415
    from standoff.questions.documents import TESTS  # noqa: PLC0415
    from standoff.questions.question import Unanswered  # noqa: PLC0415

    with progress("testing") as told:
        runner, kept = running_of(how, told)
        found = answer(study, (TESTS,), how["size"], runner, kept=kept).of(TESTS)
    assert not isinstance(found, Unanswered)
    return found


def _anchor(path: Path, folder: Path | None, renew: bool) -> None:
    from standoff.base.problems import render  # noqa: PLC0415
    from standoff.evidence.anchoring import fill_anchors  # noqa: PLC0415

    if folder is None:
        raise click.UsageError("no folder of documents is known: give it with --sources DIR")
    filled = fill_anchors(path, folder, renew=renew)
    announce(f"wrote {len(filled.claims)} anchors and {len(filled.documents)} documents' fingerprints to {path}")
    if filled.problems:
        echo(render(filled.problems), err=True)
        sys.exit(1)


def _source_data(found: Any) -> dict[str, Any]:
    return {
        "documents": [
            {
                "name": row.name,
                "title": row.metadata.title,
                "at hand": row.is_at_hand,
                "file": None if row.path is None else row.path.name,
                "anchors": [
                    {
                        "claim": anchor.claim,
                        "state": anchor.status,
                        "was": str(anchor.was),
                        "now": None if anchor.now is None else str(anchor.now),
                        "confidence": anchor.confidence,
                    }
                    for anchor in row.anchors
                ],
            }
            for row in found.rows
        ],
        "totals": found.totals,
    }
