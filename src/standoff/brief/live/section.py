"""The section in which the reader runs the study's own model: assumptions moved, the others told what to play."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from standoff.analysis.linchpins.linchpins import Linchpins
from standoff.analysis.robustness.robustness import Robustness
from standoff.analysis.runs.decision_table import DecisionTable
from standoff.brief.live.cargo import Cargo
from standoff.brief.live.model import live_model
from standoff.brief.section import Method, Picture, Section
from standoff.words.numbers import counted

__all__ = ["live_section"]

_FIRST = 8
"""Assumptions shown at once; the others are folded."""


def live_section(
    table: DecisionTable, robust: Robustness, linchpins: Linchpins, environment: Environment
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
    drawn = Markup(module.live_part(Markup(cargo.packed(data)), data, folded, worker))
    n, r = data["worlds"], data["replications"]
    return Section(
        "what-if",
        "What if",
        "Change an assumption, and the model runs again here",
        lead=(
            "Nothing leaves this page: it carries the study’s model. What is live has a coloured edge; all else stays "
            "as printed.",
        ),
        pictures=(Picture(drawn),),
        is_live=True,
        method=Method((
            f"While a control moves, 64 worlds of 4 replications are run for each strategy; when it rests, all "
            f"{counted(n, 'world')}, with {r} replications where the others’ strategies are fixed and {4 * r} where "
            "each future draws them, all strategies against the same. Figures are means over worlds ± one standard "
            "error; differences are taken world by world, so that luck and assumptions that both share cancel. A "
            "narrowed range draws each world’s number at the same place within what is left; at one point it is held "
            "there. "
            "The arithmetic is that of the printed run, bit for bit; futures in which the model may have divided by "
            "zero or the like are left out and counted.",
        )),
    )  # fmt: skip
