"""The section in which the reader runs the study's own model: assumptions moved, the others told what to play."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from standoff.analysis.linchpins.linchpins import Linchpins
from standoff.analysis.robustness.robustness import Robustness
from standoff.analysis.runs.decision_table import DecisionTable
from standoff.brief.cargo import Cargo
from standoff.brief.live.model import live_model
from standoff.brief.section import Method, Picture, Section
from standoff.words.language import ENGLISH, Language
from standoff.words.sections import explore as said
from standoff.words.sections.page import CALLED

__all__ = ["live_section"]

_FIRST = 8
"""Assumptions shown at once; the others are folded."""


def live_section(
    table: DecisionTable,
    robust: Robustness,
    linchpins: Linchpins,
    environment: Environment,
    *,
    language: Language = ENGLISH,
) -> Section | None:
    """The section; None where nothing can be moved."""
    cargo = Cargo()
    data = live_model(table, cargo)
    if not data["assumptions"]:
        return None
    data["leader"] = robust.labels.index(robust.under[0].metrics.ranking.order[0])
    worth = [pin.name for pin in sorted((*linchpins.facts, *linchpins.values), key=lambda p: -p.worth.evppi.value)]
    order = {name: k for k, name in enumerate(worth)}
    data["assumptions"].sort(key=lambda one: order.get(one["name"], len(order)))
    module: Any = environment.get_template("live.html.j2").module
    data["shown"] = min(_FIRST, len(data["assumptions"]))
    folded = len(data["assumptions"]) - data["shown"]
    assert environment.loader is not None
    worker = Markup(environment.loader.get_source(environment, "live_worker.js")[0])
    drawn = Markup(module.live_part(Markup(cargo.packed(data)), data, folded, worker, language))
    return Section(
        "what-if",
        CALLED["what-if"],
        language.say("live.title"),
        lead=(language.say("live.lead"),),
        pictures=(Picture(drawn),),
        is_live=True,
        method=Method((said.live_method(data["worlds"], data["replications"]),)),
    )  # fmt: skip
