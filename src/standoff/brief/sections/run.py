"""What ran, and what the model leaves out."""

from __future__ import annotations

from standoff._version import __version__
from standoff.brief.parts import Facts, Listing
from standoff.brief.section import Section
from standoff.ensemble.ensemble import Ensemble
from standoff.language.model import Model
from standoff.words.faults import owned_up
from standoff.words.sections import assumptions as said
from standoff.words.sections.assumptions import day_words
from standoff.words.sections.page import CALLED

__all__ = ["leaves_out", "run_section"]


def leaves_out(model: Model) -> Section | None:
    """What the study says that it leaves out; None where it says nothing."""
    things = model.leaves_out
    if not things:
        return None
    return Section("leaves-out", CALLED["leaves-out"], said.LEFT_OUT, parts=(Listing("", things),))


def run_section(ensemble: Ensemble) -> Section:
    """Sizes, seeds and digests of what ran, and all that has to be owned up to."""
    design, model = ensemble.design, ensemble.model
    facts = (
        ("Study", f"{model.title} ({model.name})"),
        ("Study’s date", day_words(model.as_of) or "not given"),
        ("Variants", ", ".join(model.applied) or "none"),
        ("Study digest", model.digest),
        ("Result digest", ensemble.digest),
        ("Sizes", said.size_words(ensemble, model.clock)),
        ("Seed", str(design.seed)),
        ("Worlds", f"{design.worlds.method}, seed {design.worlds.seed}"),
        ("Rare ends", said.rare_ends(ensemble)),
        ("Standoff", __version__),
    )  # fmt: skip
    lines = owned_up(ensemble)
    owned = (Listing(said.OWNED_UP, tuple(lines)),) if lines else ()
    return Section("run", CALLED["run"], said.run_title(design.n_futures, len(lines)), parts=(Facts(facts), *owned))
