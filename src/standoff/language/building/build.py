"""A checked mapping of nodes to a model: every part built in turn, everything that is wrong collected."""

from __future__ import annotations

from typing import Any

from standoff.base.problems import Problem
from standoff.language.building.courses import build_moves, build_searches, build_today
from standoff.language.building.draft import Draft, build_clock
from standoff.language.building.observed import build_observed
from standoff.language.building.outcomes import (
    build_checks,
    build_deals,
    build_impositions,
    build_mechanisms,
    build_outcomes,
    build_report,
    build_variants,
)
from standoff.language.building.parameters import build_beliefs, build_correlated, build_parameters
from standoff.language.building.series import build_series
from standoff.language.building.state import (
    build_choices,
    build_draws,
    build_events,
    build_modes,
    build_quantities,
    build_reports,
    build_stocks,
    resolve_quantities,
)
from standoff.language.building.strategies import (
    build_actors,
    build_order,
    build_payoffs,
    build_profiles,
    build_strategies,
    check_decider,
)
from standoff.language.meaning.equations import Equations
from standoff.language.meaning.names import declare
from standoff.language.model import Model
from standoff.language.model.reads import symbols_read
from standoff.language.text.fields import text, texts
from standoff.language.text.files import Written
from standoff.language.text.reader import Mapping

__all__ = ["build_model"]


def build_model(
    written: Written,
    study: Mapping,
    impose: Mapping,
    variants: tuple[str, ...],
    *,
    problems: list[Problem],
    digest: Any,
) -> Model:
    """Build the model of a study whose shape was checked.

    Args:
        written: The study as it is written, with the tables that its series name.
        study: The study's mapping with variants applied, its shape checked.
        impose: What the variants hold by hand.
        variants: The variants applied.
        problems: What is wrong is added here; the model may be used only if none of it is an error.
        digest: A hash of the study's text, to which the data that are read are added.
    """
    names = declare(study, problems, written.vectors)
    draft = Draft(
        study,
        names,
        Equations(names, problems),
        build_clock(study, problems),
        references=written.references,
        problems=problems,
    )
    resolve_quantities(draft)
    parameters = build_parameters(draft)
    strategies = build_strategies(draft)
    check_decider(draft)
    parts: dict[str, Any] = {
        "actors": build_actors(draft),
        "order": build_order(draft),
        "parameters": parameters,
        "correlated": build_correlated(draft),
        "beliefs": build_beliefs(draft, parameters),
        "choices": build_choices(draft),
        "modes": build_modes(draft),
        "stocks": build_stocks(draft),
        "quantities": build_quantities(draft),
        "reports": build_reports(draft),
        "draws": build_draws(draft),
        "events": build_events(draft),
        "strategies": strategies,
        "profiles": build_profiles(draft, strategies),
        "payoffs": build_payoffs(draft),
        "outcomes": build_outcomes(draft),
        "deals": build_deals(draft, strategies),
        "moves": build_moves(draft, strategies),
        "searches": build_searches(draft, strategies),
        "today": build_today(draft, strategies),
        "mechanisms": build_mechanisms(draft),
        "checks": build_checks(draft),
        "variants": build_variants(draft),
        "observed": build_observed(draft),
        "impositions": build_impositions(draft, impose),
        "report": build_report(draft),
    }
    draft.read_series |= {s.name for s in symbols_read(tuple(parts.values())) if s.kind == "series"}
    series = build_series(draft, written.files)
    for one in series:
        if one.name in draft.read_series:
            digest.update(repr((one.name, one.values)).encode())
    return Model(
        name=written.files.name,
        folder=written.files.folder,
        written=written,
        digest=digest.hexdigest(),
        title=text(study, "title") or "",
        question=text(study, "question") or "",
        about=text(study, "about"),
        as_of=text(study, "as_of"),
        leaves_out=texts(study, "leaves_out"),
        decider=text(study, "decider") or "",
        clock=draft.clock,
        series=series,
        applied=variants,
        **parts,
    )
