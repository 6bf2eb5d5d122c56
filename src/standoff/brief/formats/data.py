"""The brief as data: the sections with their sentences and tables, and under each the numbers that these are made of.

Findings become JSON by one rule: a dataclass is an object with its fields for keys, an array nested lists, what is not
finite null; a thing of the study stands by its name. What is kept by world or by profile of everybody is left to the
run (`_LEFT_TO_THE_RUN`); what the page tells from it is given instead (`derived`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any

from markupsafe import Markup

from standoff._version import __version__
from standoff.analysis.findings import to_json
from standoff.analysis.linchpins.regions import Region
from standoff.analysis.others.others import Others
from standoff.analysis.others.replies import Replies
from standoff.analysis.others.shares import error_of_beliefs, play_shares
from standoff.analysis.others.stability import BeliefStability, EveryoneKnew
from standoff.analysis.robustness.regret import Regret
from standoff.analysis.robustness.robustness import UnderView
from standoff.analysis.robustness.satisficing import Satisficing
from standoff.analysis.runs.views import View
from standoff.analysis.statistics.ranking import Ranking
from standoff.base.source import Span
from standoff.base.units import Unit
from standoff.brief.formats.html import Findings, Page
from standoff.brief.pictures.boxes import range_of
from standoff.brief.sections.gives_up import EVENLY
from standoff.brief.sections.grid import Section
from standoff.language.expressions.tree import Symbol
from standoff.language.model import Instance, Parameter
from standoff.questions.question import Unanswered
from standoff.words.amounts import unit_words
from standoff.words.names import strategy_words, title_of

__all__ = ["FORMAT", "brief_data"]

FORMAT = 1
"""Raised when a key changes its meaning or goes."""

_LEFT_TO_THE_RUN: Mapping[type, frozenset[str]] = {
    UnderView: frozenset({"payoffs"}),
    Ranking: frozenset({"difference", "error"}),
    Regret: frozenset({"by_world", "by_world_raw"}),
    Satisficing: frozenset({"chance", "chances"}),
    Region: frozenset({"chance"}),
    View: frozenset({"weights"}),
    Others: frozenset(
        {"payoffs", "payoff_errors", "probability", "tolerant", "standing", "regret", "regret_error", "reply_weights"}
    ),
    BeliefStability: frozenset({"share", "error", "strict"}),
    EveryoneKnew: frozenset({"share"}),
    Replies: frozenset({"weights"}),
}
_BY_NAME: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (Instance, lambda instance: instance.label),
    (Parameter, lambda parameter: parameter.name),
    (Symbol, lambda symbol: symbol.name),
    (Unit, unit_words),
)


def brief_data(findings: Findings, page: Page) -> dict[str, Any]:
    """All of a brief, ready for `json.dumps`; the keys are told in docs/brief-json.md."""
    model, ensemble = findings.model, findings.ensemble
    design = ensemble.design
    profiles, worlds = ensemble.counts.shape
    return {
        "format": FORMAT,
        "standoff": __version__,
        "study": {
            "name": model.name,
            "title": model.title,
            "question": model.question,
            "as_of": model.as_of,
            "variants": list(model.applied),
            "digest": model.digest,
        },
        "run": {
            "digest": ensemble.digest,
            "profiles": profiles,
            "worlds": worlds,
            "replications": design.replications,
            "futures": design.n_futures,
            "steps": model.clock.steps,
            "step": model.clock.length,
            "seed": design.seed,
            "design": design.worlds.method,
            "worlds_seed": design.worlds.seed,
            "rare_ends_drawn": ensemble.realised,
        },
        "actors": {actor.name: actor.title for actor in model.actors},
        "decider": model.decider,
        "strategies": [
            {
                "name": instance.label,
                "title": strategy_words(instance),
                "about": instance.strategy.about,
                "settings": dict(instance.settings),
            }
            for instance in findings.performance.strategies
        ],
        "outcomes": [
            {
                "name": outcome.name,
                "title": title_of(model, outcome.name),
                "unit": unit_words(outcome.unit),
                "better": outcome.better,
                "limit": outcome.limit,
            }
            for outcome in model.outcomes
        ],
        "assumptions": [_assumption(findings, parameter) for parameter in model.parameters],
        "answer": list(page.answer),
        "sections": [_section(findings, section) for section in page.sections if not section.is_live],
    }


def _section(findings: Findings, section: Section) -> dict[str, Any]:
    method = section.method
    return {
        "name": section.anchor,
        "title": section.title,
        "sentences": list(section.lead),
        "pictures": [
            {
                "title": picture.title,
                "caption": picture.caption,
                "tables": [_plain(table) for table in (*picture.instead, picture.table) if table is not None],
            }
            for picture in section.pictures
        ],
        "parts": [{"shape": part.shape, **_plain(part)} for part in section.parts],
        "how_sure": list(section.sure),
        "rests_on": [chip.name for chip in section.why],
        "method": list(method.text) if method else [],
        "references": list(method.references) if method else [],
        "findings": _plain(_FINDINGS[section.anchor](findings)) if section.anchor in _FINDINGS else None,
    }


def _assumption(findings: Findings, parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "kind": parameter.kind,
        "title": title_of(findings.model, parameter.name),
        "unit": unit_words(parameter.unit),
        "value": parameter.value,
        "spread": _plain(parameter.spread),
        "known_to": list(parameter.known_to),
        "reason": _plain(parameter.reason),
    }


def _standings(findings: Findings, chosen: slice) -> Any:
    return {**_plain(replace(findings.performance, standings=())), "standings": findings.performance.standings[chosen]}


def _robustness(findings: Findings) -> Any:
    robust = findings.robust
    if isinstance(robust, Unanswered):
        return robust
    found = robust.robustness
    return {**_plain(found), "derived": {"effective_worlds_of_even_weightings": EVENLY * found.n_worlds}}


def _linchpins(findings: Findings) -> Any:
    robust = findings.robust
    if isinstance(robust, Unanswered):
        return robust
    pins = (*robust.linchpins.facts, *robust.linchpins.values)
    ends = {pin.name: range_of(pin.parameter, robust.table.inputs) for pin in pins}
    return {**_plain(robust.linchpins), "derived": {"ranges": ends}}


def _others(findings: Findings) -> Any:
    found = findings.others
    if isinstance(found, Unanswered):
        return found
    shares, errors = play_shares(found)
    played = {
        player: {
            label: {"share": share, "error": error}
            for label, share, error in zip(names, own.tolist(), noise.tolist(), strict=True)
        }
        for player, names, own, noise in zip(found.players, found.strategies, shares, errors, strict=True)
    }
    derived = {
        "may_be_stable": int((found.standing >= 0).sum()),
        "shown_stable": int((found.standing == 1).sum()),
        "played": played,
        "stable_in_beliefs": [
            {
                "strategies": list(profile.strategies),
                "share": profile.share_of_beliefs,
                "error": error_of_beliefs(found, profile),
            }
            for profile in found.profiles
        ],
    }
    return {**_plain(found), "derived": derived}


_FINDINGS: Mapping[str, Callable[[Findings], Any]] = {
    "holds-up": lambda findings: _standings(findings, slice(0, 1)),
    "gives-up": _robustness,
    "hinges-on": _linchpins,
    "others-play": lambda findings: _standings(findings, slice(None)),
    "others": _others,
    "deals": lambda findings: findings.deals,
    "documents": lambda findings: {"agreement": findings.evidence.found, "headlines": findings.evidence.headlines},
    "over-time": lambda findings: findings.fans,
    "run": lambda findings: findings.ensemble.diagnostics,
}


def _plain(value: Any) -> Any:
    """A finding as dicts, lists, numbers and text, by the rule above."""
    for kind, name in _BY_NAME:
        if isinstance(value, kind):
            return name(value)
    if isinstance(value, Markup | Span):
        return None
    if is_dataclass(value) and not isinstance(value, type):
        left = _LEFT_TO_THE_RUN.get(type(value), frozenset())
        return {
            item.name: _plain(getattr(value, item.name))
            for item in fields(value)
            if item.name not in left and not isinstance(getattr(value, item.name), Span)
        }
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(item) for item in value]
    return to_json(value)
