"""For a wished profile: what each actor would have to want or believe, and how the actors could get there."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from standoff.analysis.findings import Floats
from standoff.analysis.graph_model.courses import Courses, Setting, StableProfile
from standoff.analysis.graph_model.notions import NOTIONS, Notion, stable_for_each
from standoff.analysis.graph_model.paths import Way, find_way
from standoff.analysis.graph_model.reasons import Board
from standoff.analysis.graph_model.wishes import Lean, Needs, leans_of, smallest_lean, smallest_leans
from standoff.analysis.statistics.resampling import resample_worlds

__all__ = ["Change", "Changeable", "Need", "Wish", "find_wish", "nearest"]

_RESAMPLES = 40
_MOST_TOGETHER = 8
_LEAST = 1e-6


@dataclass(frozen=True, slots=True)
class Change:
    """One assumption as an actor has it now, and as it would have to.

    Attributes:
        name: Of the assumption.
        kind: Whether it is a want or a belief.
        towards: `high`, `low`, or the kind whose chance is told.
        now, needed: The believed mean, in the assumption's unit.
        error: Of `needed`, over resampled worlds; NaN where no resample needs a change that can be made.
        weight: Of the belief that moves, from 0 to 1.
    """

    name: str
    kind: Literal["want", "belief"]
    towards: str
    now: float
    needed: float
    error: float
    weight: float


@dataclass(frozen=True, slots=True)
class Need:
    """What an actor would need for the profile to hold for it.

    Attributes:
        actor: Who.
        holds: Whether it holds for it already.
        want, belief: The smallest change of one want, and of one belief, that suffices alone; None where none does.
        together: The changes of the smallest sum that suffice together, where no single one does; empty otherwise.
    """

    actor: str
    holds: bool
    want: Change | None
    belief: Change | None
    together: tuple[Change, ...]

    @property
    def is_possible(self) -> bool:
        """Whether any change was found, or none is needed."""
        return self.holds or bool(self.want or self.belief or self.together)

    @property
    def least(self) -> tuple[Change, ...]:
        """The smallest change of all that were found."""
        single = [one for one in (self.want, self.belief) if one is not None]
        return (min(single, key=lambda one: one.weight),) if single else self.together


@dataclass(frozen=True, slots=True)
class Wish:
    """A wished profile.

    Attributes:
        strategies: One for each player.
        notion: By which it is to hold.
        needs: Of each actor.
        holds_after: Whether it holds for all once each has made its least change, replies to it included; None where
            some actor has none to make.
        way: How to get there from `start` as the actors are now; None where moves are barred.
    """

    strategies: tuple[str, ...]
    notion: Notion
    needs: tuple[Need, ...]
    holds_after: bool | None
    way: Way | None


@dataclass(frozen=True, slots=True, eq=False)
class Changeable:
    """What holds, and a wish.

    Attributes:
        found: What holds by each notion of stability, and why.
        wish: What would have to change for one profile to hold; None where none was asked for or every one that holds
            by foresight holds without.
        wished: How stable that profile is now, and why.
        start: The profile that the way to it starts from.
        is_today: Whether the study says so, or it is only the one that most beliefs leave stable.
    """

    found: Courses
    wish: Wish | None
    wished: StableProfile | None
    start: tuple[str, ...]
    is_today: bool


def nearest(setting: Setting, profiles: Collection[int], notion: Notion) -> int:
    """Of some profiles the one that fewest actors want to leave, and then the one that they gain least by leaving."""
    board = setting.board
    games = board.differences.payoffs.reshape(1, len(board.players), *board.moves.shape)
    stable = stable_for_each(games, board.moves, board.tolerance)[0, NOTIONS.index(notion)]

    def lure(s: int) -> tuple[int, float]:
        gains = [max((board.gain(i, s, t) for t in board.moves.of(i, s)), default=0.0) for i in range(len(stable))]
        return int((~stable[:, s]).sum()), sum(max(0.0, gain) for gain in gains)

    return min(sorted(profiles), key=lure)


def find_wish(
    setting: Setting,
    profile: int,
    notion: Notion,
    wants: Mapping[str, Collection[str]],
    *,
    start: int | None = None,
    seed: int = 1,
) -> Wish:
    """What would make a profile hold, and how it could be come to.

    Args:
        setting: The game.
        profile: The wished one, flat.
        notion: Nash or SEQ.
        wants: For each actor the names of the assumptions that are its wants.
        start: Today's profile, flat.
        seed: Of the resamples.
    """
    board = setting.board
    needs, weights = [], setting.weights.copy()
    for i, actor in enumerate(board.players):
        need = _need(setting, profile, i, notion, wants=frozenset(wants.get(actor, ())), seed=seed)
        needs.append(need)
        if not need.holds:
            leans = {(lean.name, lean.towards): lean for lean in leans_of(setting.inputs, setting.weights[i])}
            for change in need.least:
                weights[i] += change.weight * (leans[change.name, change.towards].weights - setting.weights[i])
    holds_after = None
    if all(need.is_possible for need in needs):
        game = np.stack([own @ row for own, row in zip(setting.payoffs, weights, strict=True)])
        games = game.reshape(1, len(game), *board.moves.shape)
        after = stable_for_each(games, board.moves, board.tolerance + _LEAST)[0, NOTIONS.index(notion)]
        holds_after = bool(after[:, profile].all())
    way = None if start is None else find_way(board, start, profile)
    return Wish(board.named(profile), notion, tuple(needs), holds_after, way=way)


def _need(setting: Setting, profile: int, i: int, notion: Notion, *, wants: frozenset[str], seed: int) -> Need:
    board = setting.board
    actor = board.players[i]
    leans = leans_of(setting.inputs, setting.weights[i])
    rows = _Rows.of(board, profile, i, notion)
    needs = rows.needs(setting, i, profile, np.stack([setting.weights[i], *(lean.weights for lean in leans)]))
    if needs.holds(np.zeros(len(leans))):
        return Need(actor, True, None, None, together=())
    least = [(weight, k) for k in range(len(leans)) if (weight := smallest_lean(needs, k)) is not None]
    best: dict[str, Change] = {}
    for weight, k in sorted(least):
        kind: Literal["want", "belief"] = "want" if leans[k].name in wants else "belief"
        if kind not in best:
            error = _error(setting, rows, i, profile, lean=leans[k], seed=seed)
            best[kind] = _change(leans[k], kind, weight, error)
    together: tuple[Change, ...] = ()
    if not best:
        together = _together(needs, leans, wants)
    return Need(actor, False, best.get("want"), best.get("belief"), together=together)


def _change(lean: Lean, kind: Literal["want", "belief"], weight: float, error: float) -> Change:
    needed = lean.now + weight * (lean.then - lean.now)
    return Change(lean.name, kind, lean.towards, lean.now, needed=needed, error=error, weight=weight)


def _together(needs: Needs, leans: Sequence[Lean], wants: frozenset[str]) -> tuple[Change, ...]:
    """Changes of several assumptions, of those that move the gains most."""
    effect = np.abs(np.array([gain[1:] - gain[0] for gain in needs.gains])).max(axis=0)
    kept = np.argsort(-effect, kind="stable")[:_MOST_TOGETHER]
    columns = [0, *(1 + kept).tolist()]
    fewer = Needs(
        tuple(gain[columns] for gain in needs.gains), tuple(a[:, columns] for a in needs.sanctions), needs.tolerance
    )
    found = smallest_leans(fewer)
    if found is None:
        return ()
    return tuple(
        _change(leans[k], "want" if leans[k].name in wants else "belief", float(weight), float("nan"))
        for k, weight in zip(kept.tolist(), found, strict=True)
        if weight > _LEAST
    )


def _error(setting: Setting, rows: _Rows, i: int, profile: int, *, lean: Lean, seed: int) -> float:
    """Standard error of the mean that is needed, over resamples in which one suffices."""
    both = np.stack([setting.weights[i], lean.weights])
    column = setting.inputs.column(lean.name)
    if lean.name in setting.inputs.levels:
        column = (column == setting.inputs.levels[lean.name].index(lean.towards)).astype(np.float64)
    needed = []
    for counts in resample_worlds(column.size, _RESAMPLES, seed):
        again = both * counts
        if not (again.sum(axis=1) > 0.0).all():
            continue
        again /= again.sum(axis=1, keepdims=True)
        weight = smallest_lean(rows.needs(setting, i, profile, again), 0)
        if weight is not None:
            now, then = again @ column
            needed.append(now + weight * (then - now))
    return float(np.std(needed, ddof=1)) if len(needed) > _RESAMPLES // 2 else float("nan")


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """The profiles on which it hangs whether one holds for an actor.

    Attributes:
        profiles: Flat.
        ends: For each move away, its place among them.
        answers: For each, the places of what the others can lead to.
        tolerance: Gains up to it are none.
    """

    profiles: npt.NDArray[np.int64]
    ends: tuple[int, ...]
    answers: tuple[npt.NDArray[np.int64], ...]
    tolerance: float

    @classmethod
    def of(cls, board: Board, profile: int, i: int, notion: Notion) -> _Rows:
        ends = board.moves.of(i, profile)
        answers = [_led_to(board, i, end) if notion == Notion.SEQ else [] for end in ends]
        every = sorted({*ends, *(t for own in answers for t in own)})
        place = {s: k for k, s in enumerate(every)}
        return cls(
            np.array(every, dtype=np.int64),
            tuple(place[end] for end in ends),
            tuple(np.array([place[t] for t in own], dtype=np.int64) for own in answers),
            board.tolerance,
        )

    def needs(self, setting: Setting, i: int, profile: int, weights: Floats) -> Needs:
        """With the actor's belief in the first row, and who leans in the others."""
        own = setting.payoffs[i]
        values = (own[self.profiles] - own[profile]) @ weights.T
        return Needs(tuple(values[k] for k in self.ends), tuple(values[k] for k in self.answers), self.tolerance)


def _led_to(board: Board, i: int, end: int) -> list[int]:
    """Where the others can lead by moves that each gain who makes them, nobody moving twice running."""
    seen: set[tuple[int, int]] = set()
    queue = deque([(end, i)])
    while queue:
        s, last = queue.popleft()
        for j in range(len(board.players)):
            if j not in (i, last):
                for t in board.gains(j, s):
                    if (t, j) not in seen:
                        seen.add((t, j))
                        queue.append((t, j))
    return sorted({t for t, _ in seen})
