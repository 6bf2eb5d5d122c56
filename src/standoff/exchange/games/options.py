"""The option form of the graph model, as GMCR+ writes it (.gmcr): options that are taken or not, and who ranks what.

States are numbered from 1 among those that can be, in the order of their options as binary digits, the first option
the lowest. Preferences are statements by priority: a state that meets an earlier one is better than any that does not,
or a ranking of the states, the best first, equal ones in a list.

Reference: L. Fang, K. Hipel, D. M. Kilgour and X. Peng, A decision support system for interactive decision making
(2003), parts I and II; the form of files is that of GMCR+ (onp/gmcr-py), versions 0.3 and 0.4.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

from standoff.analysis.games.exchange import GameError, NamedGame
from standoff.analysis.graph_model.moves import Moves
from standoff.analysis.graph_model.notions import NOTIONS, stable_for_each

__all__ = ["OptionForm", "StableState", "read_option_form", "stable_states"]

_MOST_OPTIONS = 16
_WAYS = {"both", "fwd", "back"}


@dataclass(frozen=True, slots=True, eq=False)
class OptionForm:
    """A conflict in option form, as a table.

    Attributes:
        game: Who decides; strategies are what each can take of its own options; payoffs are ranks, the best highest.
        moves: What each can change to, and which profiles can be.
        states: (profiles in the table's shape), the number of each state in the file, 0 where it cannot be.
    """

    game: NamedGame
    moves: Moves
    states: npt.NDArray[np.int64]

    @property
    def barred(self) -> dict[str, list[tuple[str, str]]]:
        """For each player the changes of strategy that cannot be made."""
        found = {}
        for player, own, allowed in zip(self.game.players, self.game.strategies, self.moves.allowed, strict=True):
            pairs = [(own[a], own[b]) for a, b in np.argwhere(~allowed) if a != b]
            if pairs:
                found[player] = pairs
        return found

    @property
    def is_product(self) -> bool:
        """Whether every profile of strategies is a state."""
        return bool((self.states > 0).all())


@dataclass(frozen=True, slots=True)
class StableState:
    """A state that is stable by some notion: its number in the file, what each plays, and the notions."""

    state: int
    strategies: tuple[str, ...]
    notions: tuple[str, ...]


def read_option_form(text: str) -> OptionForm:
    """Read a .gmcr file.

    Raises:
        GameError: It is none, or something in it has no counterpart; with its place.
    """
    read = _Read(text)
    try:
        return read.form()
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise read.error("", f"`decisionMakers`, `options` and `infeasibles` as GMCR+ writes them ({error})") from None


def stable_states(form: OptionForm) -> tuple[StableState, ...]:
    """The states that are stable for everybody by some notion."""
    stable: npt.NDArray[np.bool_] = np.asarray(stable_for_each(form.game.payoffs[None], form.moves).all(axis=2))[0]
    found = []
    for place in np.argwhere(form.states > 0):
        flat = int(np.ravel_multi_index(tuple(place), form.states.shape))
        by = tuple(notion.value for notion, row in zip(NOTIONS, stable, strict=True) if row[flat])
        if by:
            plays = tuple(own[k] for own, k in zip(form.game.strategies, place, strict=True))
            found.append(StableState(int(form.states[tuple(place)]), plays, by))
    return tuple(sorted(found, key=lambda one: one.state))


class _Read:
    def __init__(self, text: str) -> None:
        self.text = text
        try:
            self.said: dict[str, Any] = json.loads(text)
        except json.JSONDecodeError as error:
            raise GameError(f"line {error.lineno}: {error.msg}", error.pos, f"JSON: {error.msg.lower()}") from None
        except RecursionError:
            raise GameError("nested too deep", 0, "JSON that is nested less deep") from None
        if not isinstance(self.said, dict) or "decisionMakers" not in self.said:
            raise self.error("", "a conflict of GMCR+, with `decisionMakers` and `options`")

    def error(self, word: str, expected: str) -> GameError:
        at = max(self.text.find(json.dumps(word)), 0) if word else 0
        return GameError(f"line {self.text.count(chr(10), 0, at) + 1}: expected {expected}", at, expected)

    def form(self) -> OptionForm:
        options = [str(option["name"]) for option in self.said["options"]]
        ways = [str(o.get("permittedDirection", o.get("reversibility", "both"))) for o in self.said["options"]]
        players = [str(dm["name"]) for dm in self.said["decisionMakers"]]
        owned = [[int(k) for k in dm["options"]] for dm in self.said["decisionMakers"]]
        if not 1 <= len(options) <= _MOST_OPTIONS:
            raise self.error("options", f"1 to {_MOST_OPTIONS} options, not {len(options)}")
        for way in ways:
            if way not in _WAYS:
                raise self.error(way, f"a direction: {', '.join(sorted(_WAYS))}")
        if sorted(k for own in owned for k in own) != list(range(len(options))):
            raise self.error("decisionMakers", "every option to be one decision maker's, and one's alone")
        infeasible = [self._condition(c) for c in self.said.get("infeasibles", [])]
        states = [s for s in range(2 ** len(options)) if not any(self._holds(c, s) for c in infeasible)]
        if not states:
            raise self.error("infeasibles", "at least one state that can be")
        taken = [sorted({_part(state, own) for state in states}) for own in owned]
        names = tuple(
            tuple(_said(part, own, options) for part in parts) for own, parts in zip(owned, taken, strict=True)
        )
        shape = tuple(len(parts) for parts in taken)
        numbers = np.zeros(shape, dtype=np.int64)
        place = {
            sum(parts): tuple(parts_at)
            for parts_at, parts in ((at, [taken[i][k] for i, k in enumerate(at)]) for at in product(*map(range, shape)))
        }
        for number, state in enumerate(states, 1):
            numbers[place[state]] = number
        payoffs = np.zeros((len(players), *shape))
        for i, dm in enumerate(self.said["decisionMakers"]):
            for state, worth in zip(states, self._worths(dm, states), strict=True):
                payoffs[(i, *place[state])] = worth
        allowed = tuple(
            np.array([[a != b and _may(a, b, ways, own) for b in parts] for a in parts])
            for own, parts in zip(owned, taken, strict=True)
        )
        title = str(self.said.get("title", "") or "A conflict in option form")
        return OptionForm(NamedGame(title, tuple(players), names, payoffs), Moves(allowed, numbers > 0), numbers)

    def _worths(self, dm: dict[str, Any], states: list[int]) -> list[float]:
        ranked = self.said.get("useManualPreferenceRanking") or self.said.get("useManualPreferenceVectors")
        if not ranked:
            statements = [self._condition(c) for c in dm.get("preferences", [])]
            n = len(statements)
            scores = [sum(2.0 ** (n - k) for k, c in enumerate(statements) if self._holds(c, s)) for s in states]
            order = sorted(set(scores))
            return [float(order.index(score)) for score in scores]
        ranking = dm.get("preferenceRanking", dm.get("preferenceVector"))
        if not isinstance(ranking, list):
            raise self.error("preferenceRanking", f"a ranking of the states by {dm['name']}")
        worth: dict[int, float] = {}
        for rank, entry in enumerate(ranking):
            for state in entry if isinstance(entry, list) else [entry]:
                worth[int(state)] = float(len(ranking) - rank)
        if sorted(worth) != list(range(1, len(states) + 1)):
            raise self.error("preferenceRanking", f"each of the states 1 to {len(states)} once, by {dm['name']}")
        return [worth[number] for number in range(1, len(states) + 1)]

    def _condition(self, said: Any) -> list[list[tuple[int, bool]]]:
        """A condition as alternatives, each of options that are taken or not."""
        if isinstance(said, dict):
            members = said.get("members")
            if not said.get("compound") or not isinstance(members, list):
                raise self.error("compound", "a compound condition with `members`")
            return [self._single(member) for member in members]
        return [self._single(said)]

    def _single(self, said: Any) -> list[tuple[int, bool]]:
        found = []
        for entry in said:
            if not (isinstance(entry, list) and len(entry) == 2 and entry[1] in ("Y", "N")):
                raise self.error("preferences", 'pairs of an option and "Y" or "N"')
            if not 0 <= int(entry[0]) < len(self.said["options"]):
                raise self.error("preferences", f"options 0 to {len(self.said['options']) - 1}, not {entry[0]}")
            found.append((int(entry[0]), entry[1] == "Y"))
        return found

    @staticmethod
    def _holds(condition: list[list[tuple[int, bool]]], state: int) -> bool:
        return any(all(bool(state >> k & 1) == taken for k, taken in one) for one in condition)


def _part(state: int, own: list[int]) -> int:
    return sum(state & (1 << k) for k in own)


def _said(part: int, own: list[int], options: list[str]) -> str:
    return " + ".join(options[k] for k in own if part >> k & 1) or "nothing"


def _may(start: int, end: int, ways: list[str], own: list[int]) -> bool:
    for k in own:
        before, after = start >> k & 1, end >> k & 1
        if before != after and ways[k] == ("back" if after else "fwd"):
            return False
    return True
