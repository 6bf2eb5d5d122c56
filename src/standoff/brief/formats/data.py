"""The brief as data: the sections with their sentences and tables, and under each the numbers that these are made of.

Findings become JSON by one rule (`questions/as_json.py`); what the page tells of them besides is given as `derived`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from standoff._version import __version__
from standoff.analysis.comparing import Comparison
from standoff.analysis.graph_model.courses import Courses, StableProfile, share_error
from standoff.analysis.graph_model.wished import Changeable
from standoff.analysis.others.others import Others
from standoff.analysis.others.shares import error_of_beliefs, play_shares
from standoff.analysis.robustness.practical import best_settings, leads_over_others
from standoff.analysis.robustness.robustness import Robustness
from standoff.analysis.structure.causal import causal_map, reach_of
from standoff.analysis.watch.hypotheses import inverse
from standoff.analysis.watch.signposts import Signposts
from standoff.brief.findings import Findings
from standoff.brief.page import Page
from standoff.brief.pictures.courses import end_differences
from standoff.brief.pictures.drawing.ranges import range_of
from standoff.brief.section import Section
from standoff.brief.sections.first_screen import glance_table
from standoff.brief.sections.gives_up import EVENLY
from standoff.language.model import Parameter
from standoff.questions.as_json import to_json
from standoff.questions.documents import Evidence
from standoff.questions.question import Unanswered
from standoff.questions.results import Robust
from standoff.words.amounts import outcome_unit, unit_words
from standoff.words.measures import scale_of
from standoff.words.names import strategy_words, title_of
from standoff.words.sentences.changes import state_words

__all__ = ["FORMAT", "brief_data", "finding_data"]

FORMAT = 1
"""Raised when a key changes its meaning or goes."""


def brief_data(findings: Findings, page: Page) -> dict[str, Any]:
    """All of a brief, ready to be written as JSON; the keys are told in docs/brief-json.md."""
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
                "unit": outcome_unit(model, outcome),
                "scale": scale_of(model, outcome),
                "better": outcome.better,
                "limit": outcome.limit,
            }
            for outcome in model.outcomes
        ],
        "assumptions": [_assumption(findings, parameter) for parameter in model.parameters],
        "answer": list(page.answer),
        "at_a_glance": None if page.glance is None else to_json(glance_table(page.glance, page.language)),
        "story": [
            {
                "title": screen.title,
                "sentences": list(screen.lines),
                "table": None if screen.table is None else to_json(screen.table),
            }
            for screen in page.story
        ],
        "reasons": [
            {
                "name": reason.anchor,
                "title": reason.title,
                "sentence": reason.sentence,
                "confidence": {"level": reason.level, **to_json(reason.grounds)},
                **_differences(findings, reason.anchor),
            }
            for reason in page.reasons
        ],
        "sections": [_section(findings, section) for section in page.sections if not section.is_live],
    }


def _differences(findings: Findings, anchor: str) -> dict[str, Any]:
    """How far each approach is from the leader at the end, where that is the reason's picture."""
    if anchor != "over-time" or not findings.performance.standings:
        return {}
    labels = findings.performance.labels
    told = end_differences(findings.performance, findings.fans)
    return {
        "differences": [{"of": one.followed.symbol.name, "strategy": labels[s], **to_json(gap)} for one, s, gap in told]
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
                "tables": [to_json(table) for table in (*picture.instead, picture.table) if table is not None],
            }
            for picture in section.pictures
        ],
        "parts": [{"shape": part.shape, **to_json(part)} for part in section.parts],
        "how_sure": list(section.sure),
        "rests_on": [chip.name for chip in section.why],
        "method": list(method.text) if method else [],
        "references": list(method.references) if method else [],
        "findings": to_json(_FINDINGS[section.anchor](findings)) if section.anchor in _FINDINGS else None,
    }


def _assumption(findings: Findings, parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "kind": parameter.kind,
        "title": title_of(findings.model, parameter.name),
        "unit": unit_words(parameter.unit),
        "value": parameter.value,
        "spread": to_json(parameter.spread),
        "known_to": list(parameter.known_to),
        "reason": to_json(parameter.reason),
    }


def _standings(findings: Findings, chosen: slice) -> Any:
    """Under some views; with each how far every family is ahead of the best of the others, as its picture shows."""
    results = findings.performance
    told = []
    for standing in results.standings[chosen]:
        is_ranked = bool(standing.rankings) and standing.rankings[0] is not None
        leads = leads_over_others(results, standing) if is_ranked and len(best_settings(results, standing)) > 1 else ()
        ahead = [{"strategy": results.labels[s], "lead": lead, "may_be_best": is_best} for s, lead, is_best in leads]
        told.append({**to_json(standing), "derived": {"ahead_of_the_other_families": to_json(ahead)}})
    return {**to_json(replace(results, standings=())), "standings": told}


def finding_data(found: object) -> Any:
    """One finding as JSON, with what its section tells of it besides under `derived`: alike wherever it is given."""
    match found:
        case Robust():
            return {"robustness": finding_data(found.robustness), "linchpins": _linchpins(found)}
        case Robustness():
            return {**to_json(found), "derived": {"effective_worlds_of_even_weightings": EVENLY * found.n_worlds}}
        case Others():
            return {**to_json(found), "derived": _derived_of_others(found)}
        case Comparison():
            states = [
                {"name": change.name, "before": state_words(change.before), "after": state_words(change.after)}
                for change in found.changes
            ]
            return {**to_json(found), "derived": {"states": states}}
        case Evidence():
            return {"agreement": to_json(found.found), "headlines": to_json(found.headlines)}
        case _:
            return to_json(found)


def _of_robust(findings: Findings, part: str) -> Any:
    robust = findings.robust
    return to_json(robust) if isinstance(robust, Unanswered) else finding_data(robust)[part]


def _linchpins(robust: Robust) -> dict[str, Any]:
    pins = (*robust.linchpins.facts, *robust.linchpins.values)
    ends = {pin.name: range_of(pin.parameter, robust.table.inputs) for pin in pins}
    return {**to_json(robust.linchpins), "derived": {"ranges": to_json(ends)}}


def _courses(found: Changeable | Unanswered | None) -> Any:
    """What holds if courses can change, without the tables of all profiles, which `standoff stability` writes."""
    data = to_json(found)
    if isinstance(found, Changeable):
        data["found"] = {k: v for k, v in data["found"].items() if k not in ("stable", "standing", "worlds", "beliefs")}
        held = (*found.found.held, *(() if found.wished is None else (found.wished,)))
        data["derived"] = {"shares": [_held_shares(found.found, profile) for profile in held]}
    return data


def _held_shares(found: Courses, profile: StableProfile) -> dict[str, Any]:
    """How often a profile holds by each notion, with the errors of the draws and worlds that were looked at."""
    return {
        "strategies": list(profile.strategies),
        **{
            seen.notion.value: {
                "beliefs": {"share": seen.beliefs, "error": share_error(seen.beliefs, found.n_draws)},
                "worlds": {"share": seen.worlds, "error": share_error(seen.worlds, found.n_worlds)},
            }
            for seen in profile.seen
        },
    }


def _watch(found: Signposts | Unanswered | None) -> Any:
    """What to watch; what is likelier under another hypothesis is told by how many times less likely it is."""
    if not isinstance(found, Signposts):
        return to_json(found)
    ratios = [one.ratio for sign in found.found for one in sign.diagnoses]
    ratios += [one.ratio for one in found.matrix.leaders if one.ratio is not None]
    return {**to_json(found), "derived": {"times_less": to_json([inverse(r) for r in ratios if r.value < 1.0])}}


def _uncited(findings: Findings) -> dict[str, int]:
    """How many assumptions rest on no claim and no fact, constants apart."""
    names = findings.evidence.found.uncited
    kinds = Counter(p.kind for p in findings.model.parameters if p.name in names)
    return {"uncited_assumptions": kinds.total() - kinds["constant"], "uncited_constants": kinds["constant"]}


def _counts_of_assumptions(findings: Findings) -> dict[str, int]:
    """How many there are of each kind, and of all how many rest on judgement alone."""
    parameters = findings.model.parameters
    kinds = Counter(parameter.kind for parameter in parameters)
    judged = sum(not p.reason.cites and not p.reason.facts for p in parameters)
    return {kind: kinds[kind] for kind in ("uncertainty", "value", "constant")} | {"judged": judged}


def _derived_of_others(found: Others) -> dict[str, Any]:
    shares, errors = play_shares(found)
    played = {
        player: {
            label: {"share": share, "error": error}
            for label, share, error in zip(names, own.tolist(), noise.tolist(), strict=True)
        }
        for player, names, own, noise in zip(found.players, found.strategies, shares, errors, strict=True)
    }
    derived: dict[str, Any] = to_json(
        {
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
    )
    return derived


_FINDINGS: Mapping[str, Callable[[Findings], Any]] = {
    "holds-up": lambda findings: {**_standings(findings, slice(0, 1)), "found": to_json(findings.found)},
    "gives-up": lambda findings: _of_robust(findings, "robustness"),
    "hinges-on": lambda findings: _of_robust(findings, "linchpins"),
    "others-play": lambda findings: _standings(findings, slice(None)),
    "others": lambda findings: {**finding_data(findings.others), "courses": _courses(findings.courses)},
    "deals": lambda findings: findings.deals,
    "watch": lambda findings: _watch(findings.watch),
    "since": lambda findings: findings.since,
    "documents": lambda findings: {**finding_data(findings.evidence), "derived": _uncited(findings)},
    "over-time": lambda findings: findings.fans,
    "map": lambda findings: reach_of(causal_map(findings.model), findings.model.decider),
    "assumptions": _counts_of_assumptions,
    "run": lambda findings: findings.ensemble.diagnostics,
}
