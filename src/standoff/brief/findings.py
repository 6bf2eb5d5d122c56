"""What a brief is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from standoff.analysis.deals.deals import Deals
from standoff.analysis.fans import Fan
from standoff.analysis.graph_model.wished import Changeable
from standoff.analysis.others.others import Others
from standoff.analysis.others.sampled import SampledGame
from standoff.analysis.robustness.performance import Performance
from standoff.analysis.searching.pathways import Pathways
from standoff.analysis.searching.searched import Searched
from standoff.analysis.watch.posterior import Posterior
from standoff.analysis.watch.signposts import Signposts
from standoff.brief.parts import Why
from standoff.ensemble.ensemble import Ensemble
from standoff.evidence.claims import Ledger
from standoff.language.model import Model
from standoff.program.trace import Trace
from standoff.questions.documents import Evidence
from standoff.questions.question import Unanswered
from standoff.questions.results import Robust

__all__ = ["Findings"]


@dataclass(frozen=True, slots=True, eq=False)
class Findings:
    """All that the page is made from; nothing here runs the model. `one` is a future of the run, step by step."""

    model: Model
    ensemble: Ensemble
    performance: Performance
    fans: tuple[Fan, ...]
    ledger: Ledger
    facts: Mapping[str, Why]
    evidence: Evidence
    robust: Robust | Unanswered
    others: Others | SampledGame | Unanswered
    deals: tuple[Deals | Unanswered, ...]
    watch: Signposts | Unanswered | None = None
    since: Posterior | None = None
    courses: Changeable | Unanswered | None = None
    found: Searched | None = None
    pathways: Pathways | None = None
    one: Trace | None = None
