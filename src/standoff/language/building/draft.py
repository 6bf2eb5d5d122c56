"""What the builders of a model share: the study's nodes, its names and equations, and what was found wrong."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import MAXYEAR, date

from standoff.base.problems import Problem, suggest
from standoff.base.source import Span
from standoff.base.units import DIMENSIONLESS, Unit
from standoff.language.clock import PER_YEAR, Clock, StepName, parse_date
from standoff.language.meaning.equations import Equations
from standoff.language.meaning.messages import in_unit
from standoff.language.meaning.names import Names
from standoff.language.shape.kinds import is_name
from standoff.language.text.fields import (
    as_number,
    entries,
    is_nothing,
    mapping,
    nodes,
    number,
    scalar,
    scalars,
    text,
    typeset,
)
from standoff.language.text.files import References
from standoff.language.text.reader import Mapping, Node, Scalar

__all__ = ["Draft", "build_clock"]

MOST_STEPS = 10_000
_OPEN = ("null", "Null", "NULL")
MOST_WORDS_OF_A_TITLE = 4
_SOME_DAY = date(2000, 1, 1)  # of a clock that is broken
_STEPS: dict[str, StepName] = {
    "day": "day", "week": "week", "month": "month", "quarter": "quarter", "year": "year",
}  # fmt: skip


@dataclass(slots=True)
class Draft:
    """A study on its way to a model."""

    study: Mapping
    names: Names
    equations: Equations
    clock: Clock
    references: References
    problems: list[Problem]
    asked_for_claims: bool = False
    read_series: set[str] = field(default_factory=set)

    def report(self, code: str, span: Span, message: str, advice: str | None = None) -> None:
        """Add a problem."""
        self.problems.append(Problem(code, span, message, advice))

    def known(
        self, names: Iterable[Scalar], known: Iterable[str], code: str, sentence: str, *, kind: str
    ) -> tuple[str, ...]:
        """The texts that are among the known ones; each other one is reported. `sentence` has a place `{}`."""
        allowed = known if isinstance(known, Collection) else tuple(known)
        found: list[str] = []
        for name in names:
            if name.text in allowed:
                found.append(name.text)
            else:
                self.report(code, name.span, sentence.format(f"`{name.text}`"), suggest(name.text, allowed, kind))
        return tuple(found)

    def actors(self, names: Iterable[Scalar]) -> tuple[str, ...]:
        """Names of actors; nothing is said of them where the study has no actors at all."""
        if not self.names.actors:
            return tuple(name.text for name in names)
        return self.known(names, self.names.actors, "unknown-actor", "no actor is named {}", kind="actors")

    def is_actor(self, name: Scalar) -> bool:
        """Whether it is an actor; if not, that is reported."""
        return bool(self.actors([name]))

    def seen_by(self, node: Mapping) -> tuple[str, ...] | None:
        """The actors that `seen_by` lists; None where all see it."""
        return self.actors(scalars(node, "seen_by")) if node.get("seen_by") is not None else None

    def unit(self, name: str) -> Unit:
        """The unit of something declared."""
        declared = self.names.find(name)
        return DIMENSIONLESS if declared is None or declared.unit is None else declared.unit

    def within(self, node: Mapping, unit: Unit) -> tuple[float | None, float | None]:
        """The ends of `within`; open ones where it is absent or its ends are reversed."""
        found = node.get("within")
        ends = tuple(self._end(end, unit) for end in nodes(found))
        if found is None or len(ends) != 2:
            return None, None
        low, high = ends
        if low is not None and high is not None and low >= high:
            message = f"the ends of `within` are reversed or equal: {low:g} and {high:g}"
            self.report("range-reversed", found.span, message, "write the smaller one first")
            return None, None
        return low, high

    def ends_named(self, node: Mapping) -> tuple[str | None, str | None]:
        """The constants that stand for the ends of `within`."""
        ends = [e.text if isinstance(e, Scalar) and is_name(e.text) else None for e in nodes(node.get("within"))]
        low, high = (None if name in _OPEN else name for name in (*ends, None, None)[:2])
        return low, high

    def _end(self, node: Node, unit: Unit) -> float | None:
        """An end of `within`, in the unit of what it bounds."""
        if not isinstance(node, Scalar) or is_nothing(node) or as_number(node) is not None:
            return None if is_nothing(node) else as_number(node)
        constants = {name.text: number(entry, "value") for name, entry in entries(self.study, "constants")}
        if not self.known([node], constants, "unknown-name", "no constant is named {}", kind="constants"):
            return None
        own = self.unit(node.text)
        if own != unit:
            message = f"`{node.text}` {in_unit(own)} bounds what is in another unit, {in_unit(unit)}"
            self.report("wrong-unit", node.span, message, "name a constant of the same unit")
        return constants[node.text]

    def cites(self, node: Mapping) -> tuple[str, ...]:
        """The claims that are cited; a name that `claims.yaml` does not have is reported."""
        names = scalars(node, "cites")
        claims = self.references.claims
        if claims is not None:
            return self.known(names, claims, "unknown-claim", "no claim is named {}", kind="claims")
        if names and not self.asked_for_claims and not self.references.has_claims:
            self.asked_for_claims = True
            message = f"`{names[0].text}` is cited, and the study has no `claims.yaml`"
            self.report("file-missing", names[0].span, message, "write one, or give a `judgement` instead")
        return tuple(name.text for name in names)

    def title(self, node: Mapping) -> str | None:
        """What prose calls a thing: its `name`, if it has one that is short enough."""
        written = scalar(node, "name")
        return typeset(written.text) if written is not None and self.is_title(written) else None

    def is_title(self, written: Scalar) -> bool:
        """Whether a name in prose is short enough to stand in a sentence; if not, that is reported."""
        n_words = len(written.text.split())
        if 1 <= n_words <= MOST_WORDS_OF_A_TITLE:
            return True
        message = f"a name in prose has one to {MOST_WORDS_OF_A_TITLE} words, and this has {n_words}"
        self.report("wrong-value", written.span, message, "say more in `about`")
        return False

    def facts(self, node: Mapping) -> tuple[str, ...]:
        """The facts that are named; an id that `facts.csv` does not have is reported."""
        names = scalars(node, "fact")
        if self.references.facts is None:
            return tuple(name.text for name in names)
        return self.known(names, self.references.facts, "unknown-fact", "`facts.csv` has no row {}", kind="facts")


def build_clock(study: Mapping, problems: list[Problem]) -> Clock:
    """The study's clock; sixteen years where it is broken, so that the rest can be looked at."""
    node = mapping(study, "clock")
    start, step, steps = text(node, "start"), text(node, "step"), number(node, "steps")
    begin = parse_date(start) if start is not None else None
    found, cut = node.get("steps"), node.get("substeps")
    parts = 1 if cut is None else number(node, "substeps") or 0
    if cut is not None and not 1 <= parts <= MOST_STEPS:
        message = f"a step is cut into 1 to {MOST_STEPS:,} parts, and {parts:g} stands here"
        problems.append(Problem("wrong-value", cut.span, message))
        parts = 1
    if steps is not None and found is not None and not 1 <= steps * parts <= MOST_STEPS:
        stands = f"{steps:g} stands here" if parts == 1 else f"{steps:g} of {parts:g} parts stand here"
        message = f"a clock has between 1 and {MOST_STEPS:,} steps, and {stands}"
        problems.append(Problem("wrong-value", found.span, message))
    if steps is not None and start is not None and begin is not None and step in PER_YEAR:
        total = min(max(1, int(steps) * int(parts)), MOST_STEPS)
        clock = Clock(begin, _STEPS[step], total, int(parts))
        if clock.fits:
            return clock
        message = f"the clock runs beyond the year {MAXYEAR}, where the calendar ends"
        at = (found or node).span
        problems.append(Problem("wrong-value", at, message, "give it fewer steps, or an earlier start"))
    return Clock(
        _SOME_DAY if begin is None else begin,
        _STEPS[step] if step in PER_YEAR else "year",
        16 if steps is None else min(max(1, int(steps)), 16),
    )
