"""What every writer of modules asks of a plan: what stands where, and in which order scalars are worked out."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import Any

from standoff.program.lowering.lower import Line
from standoff.program.lowering.plan import Plan, kind_of
from standoff.program.lowering.rows import Loop, together

__all__ = ["Places", "Source", "digest_of", "source_of"]

ScalarStep = tuple[str, int, int]  # "read", "work" or "store", the node, and the place that it is stored in


@dataclass(frozen=True, slots=True)
class Source:
    """A generated module.

    Attributes:
        text: The module.
        digest: Of the text, in which Standoff's version and arithmetic stand.
        given: Inputs of a block, in the order in which `run` takes them.
        clock: Inputs of a step, likewise.
        luck: Names of the draws of a step.
        outputs: Names of the results, in order; the last row is 0 where no fault was found.
        held: Choices that can be held, in the order in which `hold` counts them.
    """

    text: str
    digest: str
    given: tuple[Any, ...]
    clock: tuple[tuple[str, str], ...]
    luck: tuple[str, ...]
    outputs: tuple[str, ...]
    held: tuple[str, ...] = ()


class Places:
    """A plan's rows and scalars as a writer needs them."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.g = plan.lowered.graph
        self.rows = plan.rows
        self.wrong = self.rows.lasting("wrong")
        self.nowhere = self.rows.lasting("nowhere")
        self.clock = [k for k in plan.scalars if isinstance(k, tuple) and k[0] in ("clock", "series")]
        self.held = [k for k in plan.scalars if isinstance(k, tuple) and k[0] == "held"]
        self.given = [
            k for k in plan.scalars
            if k == "realised" or (isinstance(k, tuple) and k[0] in ("strategy", "setting", "level"))
        ]  # fmt: skip

    def is_const(self, n: int) -> bool:
        """Whether a node is a number or truth in the text."""
        return self.g.op[n] == "const"

    def scalar(self, n: int) -> int:
        """The place of a scalar node."""
        return self.plan.scalars[self._scalar_key(n)]

    def state(self, name: str) -> int:
        """The place of a scalar state."""
        return self.plan.scalars["state", name]

    def start(self, kind: str, key: str | int) -> int:
        """The row, or first row, that lasts under a key."""
        return self.rows.places[kind, key]

    def scalars_of(self, name: str) -> Iterator[ScalarStep]:
        """In order what a function of scalars reads, works out, and stores as soon as it is known.

        Of a block, a step, or the end.
        """
        starts: dict[int, list[int]] = {}
        for state, n in self.plan.starts if name == "block" else ():
            starts.setdefault(n, []).append(self.state(state))
        written = set()
        for n in self.plan.computed[name]:
            if self.g.op[n] == "input":
                continue
            for a in self.g.args[n]:
                if a not in written and self._is_stored(a, name):
                    written.add(a)
                    yield "read", a, -1
            written.add(n)
            yield "work", n, -1
            places = [self.plan.scalars[n]] if n in self.plan.exported else []
            yield from (("store", n, place) for place in (*places, *starts.pop(n, ())))
        for n, own in starts.items():
            if n not in written and self._is_stored(n, name):
                yield "read", n, -1
            yield from (("store", n, place) for place in own)

    def moves(self) -> list[list[tuple[str, int]]]:
        """Scalar states that change at a step's end, and what they become: those at once that must change at once."""
        moved = [(state, n) for state, n in self.plan.moves if not self._is_state(n, state)]
        reads = [self._scalar_key(n) if self.g.op[n] == "input" else None for _, n in moved]
        return [[moved[i] for i in part] for part in together([("state", state) for state, _ in moved], reads)]

    def lines(self) -> list[Line]:
        """Delay lines that are read."""
        return [line for line in self.plan.lowered.lines if ("line", line.state) in self.rows.places]

    def outside(self, loop: Loop) -> list[int]:
        """Nodes that a loop takes from elsewhere, in order."""
        here = set(loop.nodes)
        needed = {a for n in loop.nodes for a in self.g.args[n]} | set(loop.tests)
        needed |= {n for n, _ in loop.stores}
        return sorted(n for n in needed if n not in here and not self.is_const(n))

    def is_scalar(self, n: int) -> bool:
        """Whether a node is one number for the block."""
        return kind_of(self.g, n) in ("block", "step")

    def _is_state(self, n: int, state: str) -> bool:
        data = self.g.data[n]
        return self.g.op[n] == "input" and isinstance(data, tuple) and data[:2] == ("state", state)

    def _is_stored(self, n: int, where: str) -> bool:
        kind = kind_of(self.g, n)
        if kind == "const":
            return False
        return self.g.op[n] == "input" or (kind == "block" and where != "block")

    def _scalar_key(self, n: int) -> Hashable:
        data: Hashable = self.g.data[n]
        if self.g.op[n] != "input":
            return n
        return ("state", data[1]) if isinstance(data, tuple) and data[0] == "state" else data


def digest_of(text: str) -> str:
    """Identifies a module's text."""
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def source_of(places: Places, text: str) -> Source:
    """The module of a text."""
    return Source(
        text=text,
        digest=digest_of(text),
        given=tuple(places.given),
        clock=tuple(places.clock),
        luck=tuple(places.plan.luck),
        outputs=tuple(places.plan.outputs),
        held=tuple(name for _, name in places.held),
    )
