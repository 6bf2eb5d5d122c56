"""Questions to be forecast: what is asked of which thing of the model, and by when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from standoff.base.files import read_source
from standoff.base.problems import Collected, Problem, StudyError, has_errors, suggest
from standoff.base.source import Span
from standoff.language.clock import parse_date
from standoff.language.expressions.tree import Symbol
from standoff.language.model import Model
from standoff.language.shape.columns import ASKED
from standoff.language.shape.conform import conform
from standoff.language.shape.shapes import Key, MapOf, Record
from standoff.language.text.fields import entries, number, scalar, text
from standoff.language.text.reader import Mapping as MappingNode
from standoff.language.text.reader import parse_yaml

__all__ = ["Asked", "read_questions", "things_of"]

_FILE = Record((Key("questions", MapOf(Record(ASKED)), "what is asked, by the question's name", required=True),))
_FITS: Mapping[str, tuple[str, ...]] = {
    "happens": ("event", "move", "count"), "total": ("count",), "number": ("count", "number"), "is": ("mode",),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """A question.

    Attributes:
        name: Its own.
        asks: As one would put it.
        of: What it is about.
        kind: What that is: an `event` (or move), a `count`, a `mode` or a `number`.
        ask: `happens`, `total`, `number` or `is`.
        first, last: Steps that count; of `number` and `is` the last alone.
        at_least: Asks for the chance of so much; None for the whole distribution.
        state: Of `is`, the state's place in its mode.
        span: Where it stands.
    """

    name: str
    asks: str
    of: Symbol
    kind: str
    ask: str
    first: int
    last: int
    at_least: float | None
    state: int
    span: Span

    @property
    def is_chance(self) -> bool:
        """Whether the answer is a chance and not a distribution."""
        return self.ask in ("happens", "is") or self.at_least is not None

    @property
    def horizon(self) -> int:
        """Steps from the start of the clock to the end of the last that counts."""
        return self.last + 1


def things_of(model: Model) -> dict[str, tuple[Symbol, str]]:
    """By name, everything that can be asked about, with what it is."""
    found: dict[str, tuple[Symbol, str]] = {}
    found |= {e.name: (Symbol("event", e.name), "count" if e.kind == "count" else "event") for e in model.events}
    found |= {m.name: (Symbol("mode", m.name), "mode") for m in model.modes}
    found |= {move.name: (Symbol("move", move.name), "move") for m in model.modes for move in m.moves}
    found |= {s.name: (Symbol("stock", s.name), "number") for s in model.stocks}
    found |= {q.name: (Symbol("quantity", q.name), "number") for q in model.quantities}
    found |= {r.name: (Symbol("report", r.name), "number") for r in model.reports}
    return found


def read_questions(path: Path, model: Model) -> tuple[Asked, ...]:
    """Read a file of questions.

    Raises:
        StudyError: All that is wrong: a name that the study does not have, a date outside its clock, or an `ask` that
            does not fit the thing.
    """
    source = read_source(path, path.name)
    problems = Collected()
    root, found = parse_yaml(source)
    problems += found
    told = conform(root, _FILE, "", Span(source, 0, 0), problems=problems)
    asked: list[Asked] = []
    if isinstance(told, MappingNode):
        known = things_of(model)
        for name, node in entries(told, "questions"):
            one = _asked(model, known, name.text, node, problems=problems)
            if one is not None:
                asked.append(one)
    if has_errors(problems):
        raise StudyError(problems)
    return tuple(asked)


def _asked(
    model: Model, known: Mapping[str, tuple[Symbol, str]], name: str, node: MappingNode, *, problems: list[Problem]
) -> Asked | None:
    about, ask = scalar(node, "name"), text(node, "ask") or ""
    if about is None:
        return None
    if about.text not in known:
        advice = suggest(about.text, known)
        problems.append(Problem("unknown-name", about.span, f"the study has nothing named `{about.text}`", advice))
        return None
    symbol, kind = known[about.text]
    fits = next((a for a, kinds in _FITS.items() if a == ask and kind in kinds), None)
    if fits is None:
        could = " or ".join(f"`{a}`" for a, kinds in _FITS.items() if kind in kinds)
        place = scalar(node, "ask") or about
        message = f"`{ask}` cannot be asked of `{about.text}`, which is a {kind}"
        problems.append(Problem("wrong-value", place.span, message, f"ask {could}"))
        return None
    first, last = _step(model, node, "from", problems), _step(model, node, "by", problems)
    at_least = number(node, "at_least")
    if at_least is not None and ask not in ("total", "number"):
        message = f"`at_least` goes with `total` or `number`, and `{ask}` is asked"
        problems.append(Problem("keys-together", (node.get("at_least") or node).span, message, "remove it"))
    state = _state(model, about.text, node, problems) if ask == "is" else 0
    if last is None or state is None:
        return None
    start = first or 0
    if start > last:
        message = f"the question ends in {model.clock.label(last)}, before it begins"
        problems.append(Problem("date", node.span, message, "give a later `by`, or an earlier `from`"))
        return None
    return Asked(
        name,
        text(node, "asks") or "",
        symbol,
        kind,
        ask=ask,
        first=start,
        last=last,
        at_least=at_least,
        state=state,
        span=node.span,
    )


def _step(model: Model, node: MappingNode, key: str, problems: list[Problem]) -> int | None:
    written = scalar(node, key)
    if written is None:
        return None
    clock, day = model.clock, parse_date(written.text)
    step = None if day is None else clock.index(day)
    if step is None:
        message = f"`{written.text}` is no date of the clock, from {clock.label(0)} to {clock.label(clock.steps - 1)}"
        problems.append(Problem("date", written.span, message, "write it as 2025-07 or 2025-Q3"))
    return step


def _state(model: Model, name: str, node: MappingNode, problems: list[Problem]) -> int | None:
    states = next(mode.states for mode in model.modes if mode.name == name)
    written = scalar(node, "state")
    if written is None:
        problems.append(Problem("missing-key", node.span, f"the question does not say which `state` of `{name}`"))
        return None
    if written.text not in states:
        message = f"`{name}` has no state `{written.text}`"
        problems.append(Problem("unknown-option", written.span, message, suggest(written.text, states, "states")))
        return None
    return states.index(written.text)
