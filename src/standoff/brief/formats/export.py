"""The answers as plain dicts: every number that sentences and pictures are made of, for JSON."""

from __future__ import annotations

from typing import Any

from standoff.analysis.comparing import Comparison
from standoff.analysis.findings import to_json
from standoff.analysis.linchpins.linchpins import Assumption, Linchpins
from standoff.analysis.linchpins.regions import Region
from standoff.analysis.robustness.robustness import Robustness, UnderView
from standoff.analysis.statistics.ranking import Ranking
from standoff.language.model import Model
from standoff.words.boxes import box_reasons, opinion_sentence, region_sentence
from standoff.words.changes import change_sentences, state_words
from standoff.words.linchpins import linchpin_words, pin_sentence
from standoff.words.robustness import robustness_words

__all__ = ["export_comparison", "export_linchpins", "export_robustness"]


def export_robustness(model: Model, found: Robustness) -> dict[str, Any]:
    """What holds up, by view of the others; figures by world stay in the run."""
    return {
        "sentences": list(robustness_words(model, found).sentences),
        "decider": found.decider,
        "strategies": list(found.labels),
        "worlds": found.n_worlds,
        "worlds left out": found.n_dropped,
        "replications": found.replications,
        "limits": to_json(found.bounds),
        "limits not judged": list(found.unbounded),
        "weightings": [
            {
                "name": each.name,
                "effective worlds": each.effective_worlds,
                "covered": each.covered,
                "ranked by": each.is_carried,
            }
            for each in found.weightings
        ],
        "views": [_under(each) for each in found.under],
    }


def export_linchpins(model: Model, found: Linchpins) -> dict[str, Any]:
    """What the choice hinges on."""
    return {
        "sentences": list(linchpin_words(model, found).sentences),
        "view": found.view.name or found.view.kind,
        "leader": found.leader,
        "ranking": _ranking(found.ranking),
        "value of knowing everything": to_json(found.evpi),
        "facts": [_pin(found, pin) for pin in found.facts],
        "values": [_pin(found, pin) for pin in found.values],
        "pairs": to_json(found.pairs),
        "moves outcomes only": list(found.state_only),
        "boxes": [_region(model, region) for region in found.regions],
        "claims": to_json(found.claims),
        "documents": to_json(found.documents),
        "on judgement alone": list(found.judged),
        "method": found.method,
    }


def export_comparison(found: Comparison) -> dict[str, Any]:
    """What changed between two runs."""
    return {
        "sentences": list(change_sentences(found)),
        "changes": [
            {
                "what": change.what,
                "name": change.name,
                "how": change.how,
                "before": state_words(change.before),
                "after": state_words(change.after),
            }
            for change in found.changes
        ],
        "worlds compared one by one": found.is_paired,
        "figures": to_json(found.moved),
        "rankings": None if found.rankings is None else [_ranking(ranking) for ranking in found.rankings],
        "linchpins": to_json(found.linchpins),
    }


def _under(each: UnderView) -> dict[str, Any]:
    robust, kept = each.metrics, each.satisficing
    regret = robust.regret
    return {
        "view": each.view.name or each.view.kind,
        "profiles of the others": each.view.n_profiles,
        "ranking": _ranking(robust.ranking),
        "expected": to_json(robust.expected),
        "regret": {
            **{
                name: to_json(getattr(regret, name))
                for name in ("mean", "worst", "worst_decile", "mean_raw", "worst_raw", "surely_best", "cannot_tell")
            },
            "value of knowing everything": to_json(regret.evpi),
            "method": regret.method,
            "reference": regret.reference,
        },
        "tails": to_json(robust.tails),
        "frontier": to_json(robust.frontier),
        "weightings": {name: _ranking(ranking) for name, ranking in robust.weightings.items()},
        "satisficing": None
        if kept is None
        else {
            "alone": to_json(kept.alone),
            "together": to_json(kept.together),
            "together_raw": to_json(kept.together_raw),
            "ranking": _ranking(kept.ranking),
            "method": kept.method,
            "reference": kept.reference,
        },
    }


def _ranking(ranking: Ranking) -> dict[str, Any]:
    shown = ("order", "best", "may_be_best", "against_best", "worlds_needed", "method", "reference")
    return {name: to_json(getattr(ranking, name)) for name in shown}


def _pin(found: Linchpins, pin: Assumption) -> dict[str, Any]:
    return {
        "name": pin.name,
        "about": pin.parameter.about,
        "worth": to_json(pin.worth),
        "flips": to_json(pin.flips.flips),
        "zones": to_json(pin.flips.zones),
        "sentence": pin_sentence(found, pin),
        "moves": list(pin.moves),
        "cites": list(pin.parameter.reason.cites),
        "facts": list(pin.parameter.reason.facts),
        "judgement": pin.parameter.reason.judgement,
    }


def _region(model: Model, region: Region) -> dict[str, Any]:
    found = region.found
    return {
        "kind": region.kind,
        "subject": region.subject,
        "share": region.share,
        "sentence": region_sentence(model, region),
        "box": to_json(found.recommended),
        "further boxes": to_json(found.further),
        "holds": to_json(found.holds),
        "reasons": list(box_reasons(model, found)),
        "trajectory": to_json(found.trajectory),
        "resampling": to_json(found.resampling),
        "second opinion": {**to_json(region.opinion), "sentence": opinion_sentence(model, region.opinion)},
        "method": found.method,
        "references": list(found.references),
    }
