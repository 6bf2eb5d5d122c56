"""What was found for the decider, kept for the brief of the same study: a brief searches for nothing itself."""

from __future__ import annotations

from standoff.analysis.searching.searched import Searched
from standoff.ensemble.study import Study
from standoff.language.text.files import STUDY_FILE
from standoff.questions.as_json import from_json, to_json
from standoff.questions.kept import Kept, identified

__all__ = ["keep_found", "kept_found"]


def keep_found(study: Study, found: Searched, kept: Kept | None) -> None:
    """Keep what was found; of others than the decider nothing is kept."""
    if kept is not None and found.actor == study.model.decider and found.found:
        kept.write(_key(study), to_json(found, exact=True))


def kept_found(study: Study, kept: Kept | None) -> Searched | None:
    """What was found last; None where nothing was, or the study or what finds it is another since."""
    data = None if kept is None or not study.model.searches else kept.read(_key(study))
    if data is None:
        return None
    try:
        found: Searched = from_json(data, Searched, study.model)
    except (ValueError, TypeError):
        return None
    return found


def _key(study: Study) -> str:
    """Of the study's own text, which names the spaces; the digest has its data, and not what else was read of it."""
    texts = study.model.written.files.texts()
    own = {name: text for name, text in texts.items() if name == STUDY_FILE}
    return identified(own, study.model.applied, study.model.digest, sorted(study.held.items()), "found")
