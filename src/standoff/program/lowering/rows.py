"""The loops of one phase: levels, cutting, what is computed twice because that is cheaper, and rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence, Set
from dataclasses import dataclass, field

from standoff.program.lowering.graph import HEAVY, Graph

__all__ = ["Heavy", "Loop", "Rows", "Schedule", "find_row", "together"]

LOOP = 48  # light operations in a loop: with more, registers spill; with fewer, too much goes through memory
CHEAP = frozenset(("eq", "ne", "lt", "le", "not", "num", "neg"))

Key = tuple[str, Hashable]
Write = tuple[int, Key]


@dataclass(slots=True)
class Loop:
    """A loop of light operations: what it computes, which of it tests for faults, and stores by row."""

    nodes: list[int] = field(default_factory=list)
    tests: list[int] = field(default_factory=list)
    stores: list[tuple[int, int]] = field(default_factory=list)


@dataclass(slots=True)
class Heavy:
    """A call of a heavy operation from rows to a row; `fills` are operands that are no row yet."""

    node: int
    sources: list[int] = field(default_factory=list)
    fills: list[tuple[int, int]] = field(default_factory=list)
    target: int = -1
    clamped: int = -1


class Rows:
    """Rows of the workspace: lasting ones by key, and passing ones that are used again."""

    def __init__(self) -> None:
        self.places: dict[Hashable, int] = {}
        self.passing: dict[tuple[str, int], int] = {}
        self.size = 0

    def lasting(self, key: Hashable, length: int = 1) -> int:
        """The row of a key, or the first of `length` rows."""
        if key not in self.places:
            self.places[key] = self.size
            self.size += length
        return self.places[key]

    def fresh(self) -> int:
        """A new row."""
        self.size += 1
        return self.size - 1


class Schedule:
    """Makes the loops and calls of a phase."""

    def __init__(self, graph: Graph, rows: Rows, phase: str, kind_of: Callable[[Graph, int], str]) -> None:
        self.g = graph
        self.rows = rows
        self.phase = phase
        self.kind_of = kind_of
        self.lanes: list[int] = []
        self.level: dict[int, int] = {}

    def make(self, lanes: Sequence[int], tests: Sequence[int], writes: Sequence[Write]) -> list[Loop | Heavy]:
        """Loops and calls that compute the nodes, in order.

        Args:
            lanes: Nodes of the phase, operands first.
            tests: Tests for faults, among the nodes or known before.
            writes: What is stored for good: node and key of a lasting row.
        """
        self.lanes = [n for n in lanes if not self._is_given(n)]
        tested = frozenset(tests)
        self._levels(tested)
        items = self._cut(tests, tested)
        self._repeat_cheap(items)
        self._place(items, writes)
        return [item for item in items if not isinstance(item, Loop) or item.nodes or item.stores or item.tests]

    def _is_given(self, n: int) -> bool:
        """Whether a node stands in a row before the phase begins."""
        return self.g.op[n] == "input" and self.g.data[n][0] != "luck"

    def _is_heavy(self, n: int) -> bool:
        return self.g.op[n] in HEAVY or (self.g.op[n] == "input" and self.g.data[n][0] == "luck")

    def _is_made(self, n: int) -> bool:
        """Whether a node is computed in this phase."""
        return n in self.level

    def _levels(self, tests: Set[int]) -> None:
        g, level = self.g, self.level
        for n in self.lanes:
            level[n] = max((level[a] + self._is_heavy(a) for a in g.args[n] if a in level), default=0)
        users: dict[int, list[int]] = defaultdict(list)
        for n in self.lanes:
            for a in g.args[n]:
                users[a].append(n)
        for n in reversed(self.lanes):  # as late as its users allow, so that rows are needed for a short time
            if users[n] and n not in tests and g.op[n] != "clamped":
                level[n] = min(level[u] for u in users[n]) - self._is_heavy(n)

    def _cut(self, tests: Sequence[int], tested: Set[int]) -> list[Loop | Heavy]:
        g = self.g
        by_level: dict[int, list[int]] = defaultdict(list)
        for n in self.lanes:
            by_level[self.level[n]].append(n)
        items: list[Loop | Heavy] = [Loop(tests=[t for t in tests if t not in self.level])]
        for depth in sorted(by_level):
            light = [n for n in by_level[depth] if not self._is_heavy(n) and g.op[n] != "clamped"]
            n_loops = -(-len(light) // LOOP)
            size = -(-len(light) // n_loops) if n_loops else 1
            for start in range(0, len(light), size):
                part = light[start : start + size]
                items.append(Loop(part, [n for n in part if n in tested]))
            items += [Heavy(n) for n in by_level[depth] if self._is_heavy(n)]
        return items

    def _repeat_cheap(self, items: Sequence[Loop | Heavy]) -> None:
        """Compute again, where it is used, what costs no more than to fetch it."""
        g = self.g
        for item in items:
            if not isinstance(item, Loop):
                continue
            here = set(item.nodes)
            needed = {a for n in item.nodes for a in g.args[n]} | set(item.tests)
            extra = [
                a
                for a in sorted(needed - here)
                if a in self.level and g.op[a] in CHEAP and all(not self._is_made(b) for b in g.args[a])
            ]
            item.nodes = sorted([*item.nodes, *extra])

    def _place(self, items: list[Loop | Heavy], writes: Sequence[Write]) -> None:
        """Give rows to what is read after the loop that made it, and store what lasts."""
        g = self.g
        made_at: dict[int, int] = {}
        for at, item in enumerate(items):
            for n in item.nodes if isinstance(item, Loop) else [item.node]:
                made_at.setdefault(n, at)
        end = len(items)
        reads: dict[int, list[int]] = defaultdict(list)
        for at, item in enumerate(items):
            for n in self._read_by(item):
                reads[n].append(at)
        for n in self.lanes:
            if g.op[n] == "clamped":
                made_at[n] = made_at[g.args[n][0]]
        items += self._together(self._write(items, writes, made_at, reads, end=end))
        self._allot(items, made_at, reads)

    def _read_by(self, item: Loop | Heavy) -> set[int]:
        """Nodes that an item takes from rows."""
        g = self.g
        if isinstance(item, Heavy):
            return set(g.args[item.node])
        here = set(item.nodes)
        needed = {a for n in item.nodes for a in g.args[n]} | set(item.tests)
        return {a for a in needed if a not in here}

    def _write(
        self,
        items: Sequence[Loop | Heavy],
        writes: Sequence[Write],
        made_at: dict[int, int],
        reads: dict[int, list[int]],
        *,
        end: int,
    ) -> list[Write]:
        """Store each result in its lasting row as soon as nobody needs what stood there; what is left for the end."""
        g, rows = self.g, self.rows
        last: list[Write] = []
        pending: list[Write] = []
        for node, key in writes:
            if g.op[node] == "input" and self._state_key(node) == key:
                continue
            item = items[made_at[node]] if node in made_at else None
            if isinstance(item, Loop) and g.op[node] != "clamped":
                pending.append((node, key))
            else:
                last.append((node, key))
                reads[node].append(end)
        old = self._old_states()
        for node, key in pending:
            item = items[made_at[node]]
            assert isinstance(item, Loop)
            readers = reads.get(old[key], []) if key in old else []
            if all(at <= made_at[node] for at in readers):
                item.stores.append((node, rows.lasting(key)))
            else:
                last.append((node, key))
                reads[node].append(end)
        return last

    def _together(self, writes: Sequence[Write]) -> list[Loop]:
        """Loops of nothing but stores: those that read a row which others of them write stand with these in one."""
        reads = [self._state_key(node) if self.g.op[node] == "input" else None for node, _ in writes]
        parts = together([key for _, key in writes], reads)
        return [Loop(stores=[(writes[i][0], self.rows.lasting(writes[i][1])) for i in part]) for part in parts]

    def _old_states(self) -> dict[Key, int]:
        """The node that reads each state's row in this phase."""
        g = self.g
        return {
            ("state", g.data[n][1]): n
            for n in range(len(g.op))
            if g.op[n] == "input" and g.node[n] == n and self._state_key(n) is not None and g.data[n][2] == self.phase
        }

    def _state_key(self, n: int) -> Key | None:
        data = self.g.data[n]
        return ("state", data[1]) if isinstance(data, tuple) and data[0] == "state" else None

    def _allot(self, items: Sequence[Loop | Heavy], made_at: dict[int, int], reads: dict[int, list[int]]) -> None:
        """Rows for passing results, each free again once its last reader has run."""
        g, rows = self.g, self.rows
        flags: dict[int, int] = {}  # whether a count was clamped, by the count
        for n in self.lanes:
            if g.op[n] == "clamped":
                flags.setdefault(g.args[n][0], n)
        free: list[int] = []
        leaving: dict[int, list[int]] = defaultdict(list)

        def take(node: int, at: int) -> int:
            row = free.pop() if free else rows.fresh()
            rows.passing[self.phase, node] = row
            leaving[max([at, *reads[node]])].append(row)
            return row

        for at, item in enumerate(items):
            if isinstance(item, Loop):
                for n in item.nodes:
                    if made_at.get(n) == at and any(r > at for r in reads[n]) and n in self.level:
                        item.stores.append((n, rows.lasting(n) if n in rows.places else take(n, at)))
                    elif made_at.get(n) == at and n in rows.places:
                        item.stores.append((n, rows.lasting(n)))
            else:
                self._operands(item, at, take)
                n = item.node
                item.target = rows.lasting(n) if n in rows.places else take(n, at)
                if g.op[n] in ("poisson", "negative_binomial"):
                    item.clamped = take(flags[n], at) if n in flags else -1
            free += leaving.pop(at, [])

    def _operands(self, item: Heavy, at: int, take: Callable[[int, int], int]) -> None:
        for a in self.g.args[item.node]:
            kind = self.kind_of(self.g, a)
            if kind in ("const", "block", "step"):
                row = take(a, at)
                item.fills.append((a, row))
            else:
                row = self.find(a)
            item.sources.append(row)

    def find(self, n: int) -> int:
        """The row that a node stands in."""
        return find_row(self.g, self.rows, self.phase, n)


def together(written: Sequence[Hashable], read: Sequence[Hashable | None]) -> list[list[int]]:
    """Which of some copies to make at once: so many a part, but all that write what others of them read in one.

    Args:
        written: Where each copy goes, no place twice.
        read: Where it comes from; None where nothing of that is written.
    """
    group = {key: key for key in written}

    def first(key: Hashable) -> Hashable:
        while group[key] != key:
            group[key] = key = group[group[key]]
        return key

    for to, source in zip(written, read, strict=True):
        if source in group:
            group[first(to)] = first(source)
    tied: dict[Hashable, list[int]] = defaultdict(list)
    for i, to in enumerate(written):
        tied[first(to)].append(i)
    parts: list[list[int]] = []
    for copies in tied.values():
        if not parts or len(parts[-1]) + len(copies) > LOOP:
            parts.append([])
        parts[-1] += copies
    return parts


def find_row(g: Graph, rows: Rows, phase: str, n: int) -> int:
    """The row that a node stands in during a phase."""
    data = g.data[n]
    if g.op[n] == "input" and isinstance(data, tuple) and data[0] in ("state", "column"):
        return rows.places[data[0], data[1]]
    if n in rows.places:
        return rows.places[n]
    return rows.passing[phase, n]
