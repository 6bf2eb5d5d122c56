"""What was found for the decider, kept for the brief of the same study: a brief searches for nothing itself."""

from __future__ import annotations

from typing import TypeVar

from standoff.analysis.searching.pathways import Pathways
from standoff.analysis.searching.searched import Searched
from standoff.ensemble.study import Study
from standoff.language.text.files import STUDY_FILE
from standoff.questions.as_json import from_json, to_json
from standoff.questions.kept import Kept, identified

__all__ = ["keep_found", "kept_found", "kept_pathways"]

_NAMES = {Searched: "found", Pathways: "pathways"}

T = TypeVar("T", Searched, Pathways)


def keep_found(study: Study, found: Searched | Pathways, kept: Kept | None) -> None:
    """Keep what was found; of others than the decider, of some limits alone, or of nothing found, nothing is kept."""
    if kept is None or found.actor != study.model.decider:
        return
    if isinstance(found, Searched):
        is_whole = bool(found.found)
    else:
        is_whole = set(found.outcomes) == {o.name for o in study.model.outcomes if o.limit is not None}
    if is_whole:
        kept.write(_key(study, type(found)), to_json(found, exact=True))


def kept_found(study: Study, kept: Kept | None) -> Searched | None:
    """What a search found last; None where nothing was, or the study or what finds it is another since."""
    return _kept(study, kept, Searched) if study.model.searches else None


def kept_pathways(study: Study, kept: Kept | None) -> Pathways | None:
    """The pathways that were followed last, of all limits; None likewise."""
    return _kept(study, kept, Pathways)


def _kept(study: Study, kept: Kept | None, kind: type[T]) -> T | None:
    data = None if kept is None else kept.read(_key(study, kind))
    if data is None:
        return None
    try:
        found: T = from_json(data, kind, study.model)
    except (ValueError, TypeError):
        return None
    return found


def _key(study: Study, kind: type[Searched | Pathways]) -> str:
    """Of the study's own text, which names the spaces; the digest has its data, and not what else was read of it."""
    texts = study.model.written.files.texts()
    own = {name: text for name, text in texts.items() if name == STUDY_FILE}
    return identified(own, study.model.applied, study.model.digest, sorted(study.held.items()), _NAMES[kind])
