"""What can be seen: things of the model with who tells of them, how late and how dimly."""

from __future__ import annotations

from typing import Literal

from standoff.base.problems import suggest
from standoff.language.building.draft import Draft
from standoff.language.expressions.tree import Kind
from standoff.language.meaning.names import Declared
from standoff.language.model import Observable
from standoff.language.text.fields import entries, number, text
from standoff.language.text.reader import Mapping, Scalar

__all__ = ["build_observed"]

Seen = Literal["event", "count", "mode", "number"]
_SEEN: dict[Kind, Seen] = {
    "event": "event", "move": "event", "mode": "mode", "stock": "number", "quantity": "number", "report": "number",
}  # fmt: skip
_ADVICE = {
    "uncertainty": "nobody sees an assumption: list an event or a number that follows from it",
    "value": "nobody sees what someone wants: list what follows from it",
    "constant": "a constant is known already",
    "draw": "list the stock or quantity that takes the draw in",
    "choice": "list an event or a quantity that follows from the choice",
}


def build_observed(draft: Draft) -> tuple[Observable, ...]:
    """The things that can be seen, each of a kind that can."""
    found = [_observable(draft, name, node) for name, node in entries(draft.study, "observed")]
    return tuple(one for one in found if one is not None)


def _observable(draft: Draft, name: Scalar, node: Mapping) -> Observable | None:
    declared = draft.names.find(name.text)
    if declared is None:
        if name.text not in draft.names.broken:
            known = [key for key, entry in draft.names.symbols.items() if entry.symbol.kind in _SEEN]
            draft.report("unknown-name", name.span, f"nothing is named `{name.text}`", suggest(name.text, known))
        return None
    symbol = declared.symbol
    if symbol.kind not in _SEEN:
        message = f"`{name.text}` is {declared.what}, and only events, moves, modes, stocks and quantities are seen"
        draft.report("unobservable", name.span, message, _ADVICE.get(symbol.kind))
        return None
    is_count = symbol.kind == "event" and declared.type is not None and declared.type.kind == "number"
    kind: Seen = "count" if is_count else _SEEN[symbol.kind]
    noise = _noise(draft, name, node, declared, kind=kind)
    lag = number(node, "lag") or 0.0
    return Observable(
        name.text, name.span, symbol, kind, source=text(node, "source") or "", lag=int(lag), noise=noise,
        is_log=node.get("log_noise") is not None, about=text(node, "about"),
    )  # fmt: skip


def _noise(draft: Draft, name: Scalar, node: Mapping, declared: Declared, *, kind: Seen) -> float:
    """The noise of a number; whether there is one fits what is seen."""
    key = "log_noise" if node.get("log_noise") is not None else "noise"
    written = node.get(key)
    has_own = declared.symbol.kind == "report" and _report_noise(draft, name.text)
    if kind != "number" or has_own:
        if written is not None:
            what = "the report has a noise of its own" if has_own else f"{declared.what} is seen or it is not"
            message = f"`{name.text}` has no `{key}` here: {what}"
            draft.report(
                "keys-together", written.span, message, "remove it; a doubt is the reliability of what is seen"
            )
        return 0.0
    if written is None:
        message = f"`{name.text}` is a number, and nothing says how well it is seen"
        advice = "add `noise`, a standard error in its unit, or `log_noise`, one of its logarithm"
        draft.report("missing-key", name.span, message, advice)
        return 0.0
    noise = number(node, key)
    if noise is not None and noise <= 0.0:
        message = f"the noise of `{name.text}` is {noise:g}, and must be above 0"
        draft.report("wrong-value", written.span, message, "write a small one where it is seen well")
        return 0.0
    return noise or 0.0


def _report_noise(draft: Draft, name: str) -> bool:
    node = {n.text: inner for n, inner in entries(draft.study, "quantities")}.get(name)
    report = None if node is None else node.get("report")
    return isinstance(report, Mapping) and report.get("noise") is not None
