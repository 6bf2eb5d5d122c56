"""Games in Gambit's strategic form files (.nfg), both kinds: payoffs listed, and outcomes named and referred to.

Profiles are listed with the first player's strategy changing fastest. Numbers may be whole, decimal, with an exponent,
or fractions.

Reference: R. McKelvey, A. McLennan and T. Turocy, Gambit: Software Tools for Game Theory, "The strategic game (.nfg)
file format, payoff version" and "outcome version".
"""

import re
from collections import deque
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import isfinite, prod

import numpy as np

from standoff.analysis.games.normalform import Floats, checked_game

_TOKEN = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|([{},])|([^\s{},"]+))', re.DOTALL)
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_DECIMALS = re.compile(r"[\d.eE+\-\s]*")
_MOST_BACK = 2
_Word = tuple[str, str, int, int]
"""Of what kind a word is, its text, and where it starts and ends."""
_LONGEST_NUMBER, _LONGEST_EXACT, _LONGEST_COUNT, _MOST_PLAYERS = 1_000, 60, 9, 60  # NumPy has at most 64 axes
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?:/\d+)?")


class GameError(ValueError):
    """A text that is no game: `expected` what, and at which place (`at`, counted in characters from 0)."""

    def __init__(self, message: str, at: int, expected: str) -> None:
        super().__init__(message)
        self.at, self.expected = at, expected


@dataclass(frozen=True, slots=True)
class NamedGame:
    """A game with the words that go with it.

    Attributes:
        title: of the game.
        players: names, one for each player.
        strategies: names, for each player one for each strategy.
        payoffs: (n_players, s1, …, sn).
        comment: free text.
    """

    title: str
    players: tuple[str, ...]
    strategies: tuple[tuple[str, ...], ...]
    payoffs: Floats
    comment: str = ""


def write_nfg(game: NamedGame, *, outcomes: bool = False) -> str:
    """The text of a .nfg file, in full precision.

    Args:
        game: what to write.
        outcomes: write the outcome version, in which profiles that pay everyone the same share an outcome.

    Raises:
        ValueError: names and payoffs do not match.
    """
    payoffs = checked_game(game.payoffs)
    if tuple(len(names) for names in game.strategies) != payoffs.shape[1:] or len(game.players) != len(payoffs):
        raise ValueError(
            f"{len(game.players)} players with {[len(names) for names in game.strategies]} strategies are named, "
            f"but the payoffs have shape {payoffs.shape}"
        )
    lines = [f"NFG 1 R {quote(game.title)} {{ {' '.join(map(quote, game.players))} }}", ""]
    lines.append("{ " + "\n".join(f"{{ {' '.join(map(quote, names))} }}" for names in game.strategies) + "\n}")
    lines += [quote(game.comment), ""]
    rows = payoffs.reshape(len(payoffs), -1, order="F").T + 0.0  # adding 0 turns -0 into 0
    if not outcomes:
        lines += [" ".join(decimal(value) for value in row) for row in rows]
        return "\n".join(lines) + "\n"
    kinds = {row: k + 1 for k, row in enumerate(dict.fromkeys(tuple(row) for row in rows.tolist()))}
    lines.append("{")
    lines += [f'{{ "" {", ".join(decimal(value) for value in kind)} }}' for kind in kinds]
    lines += ["}", " ".join(str(kinds[tuple(row)]) for row in rows.tolist())]
    return "\n".join(lines) + "\n"


def read_nfg(text: str) -> NamedGame:
    """Read a .nfg file of either version.

    Args:
        text: the whole file.

    Raises:
        GameError: the text is not a game; the message says what was expected, and at which line and column.
    """
    reader = Reader(text)
    title, players = reader.take_opening("NFG", "1", 'a strategic game starts with "NFG 1"')
    strategies = reader.take_strategies(len(players))
    comment = reader.take_quoted("a comment") if reader.kind() == "quoted" else ""
    n_profiles = prod(len(names) for names in strategies)
    reader.need(n_profiles, len(players))
    if reader.peek() == "{":
        kinds = [np.zeros(len(players)), *reader.take_outcomes(len(players))]
        picks = [reader.take_index(len(kinds) - 1) for _ in range(n_profiles)]
        rows = np.array([kinds[k] for k in picks])
    else:
        rows = reader.take_payoffs(n_profiles, len(players))
    if reader.kind() != "end":
        raise reader.error(f"nothing more after the payoffs of {n_profiles} profiles")
    shape = tuple(len(names) for names in strategies)
    payoffs = np.stack([column.reshape(shape, order="F") for column in rows.T])
    return NamedGame(title, players, strategies, checked_game(payoffs), comment=comment)


class Reader:
    """The words of a game's file, taken one after the other."""

    def __init__(self, text: str) -> None:
        self._text = text
        closed = max((match.end() for match in _QUOTED.finditer(text)), default=0)
        if (at := text.find('"', closed)) >= 0:
            raise self._message("a closing quotation mark", at)
        self._taken: deque[_Word] = deque(maxlen=_MOST_BACK)
        self._next = self._word(0)

    def _word(self, position: int) -> _Word:
        """The word that begins at a place or after it."""
        match = _TOKEN.match(self._text, position)
        if match is None:
            return "end", "", len(self._text), len(self._text)
        kind = "quoted" if match[1] is not None else "mark" if match[2] else "word"
        value = re.sub(r"\\(.)", r"\1", match[1]) if match[1] is not None else match[2] or match[3]
        return kind, value, match.end() - len(match[0].lstrip()), match.end()

    def _take(self) -> str:
        """Take the next word, whatever it is."""
        word = self._next
        self._taken.append(word)
        self._next = self._word(word[3])
        return word[1]

    def take_opening(self, kind: str, version: str, expected: str) -> tuple[str, tuple[str, ...]]:
        """What every file of Gambit's begins with: its kind, version and numbers, the game's title and players."""
        for word in (kind, version):
            self.expect(word, expected)
        if self.take_word("R or D, the kind of numbers") not in ("R", "D"):
            raise self.error("R or D, the kind of numbers", 1)
        return self.take_quoted("the game's title"), self.take_names("players")

    def kind(self) -> str:
        """The kind of the next word: quoted, mark, word or end."""
        return self._next[0]

    def peek(self) -> str:
        """The next mark or bare word; empty at the end and before a quoted word."""
        return "" if self._next[0] in ("end", "quoted") else self._next[1]

    def error(self, expected: str, back: int = 0) -> GameError:
        """That something else was expected at the next word, or so many before it."""
        return self._message(expected, self._next[2] if not back else self._taken[-back][2])

    def need(self, n_profiles: int, n_players: int) -> None:
        """Refuse at once what cannot all be there."""
        if n_players > _MOST_PLAYERS:
            raise self.error(f"at most {_MOST_PLAYERS} players, not {n_players}")
        if n_profiles > (len(self._text) - self._next[2] + 1) // 2:  # a number and what parts it from the next
            raise self.error(f"the payoffs or outcomes of {n_profiles} profiles")

    def expect(self, word: str, expected: str) -> None:
        """Take this word, or refuse."""
        if self.peek() != word:
            raise self.error(expected)
        self._take()

    def take_word(self, expected: str) -> str:
        """Take a bare word."""
        if self.kind() != "word":
            raise self.error(expected)
        return self._take()

    def take_quoted(self, expected: str) -> str:
        """Take a text in quotation marks."""
        if self.kind() != "quoted":
            raise self.error(f"{expected}, in quotation marks")
        return self._take()

    def take_names(self, of: str) -> tuple[str, ...]:
        """A braced list of quoted names."""
        self.expect("{", f"a list of {of} in braces")
        names = []
        while self.kind() == "quoted":
            names.append(self.take_quoted("a name"))
        if not names:
            raise self.error(f"the names of the {of}, in quotation marks")
        self.expect("}", f"a closing brace after the {of}")
        return tuple(names)

    def take_strategies(self, n_players: int) -> tuple[tuple[str, ...], ...]:
        """Either a count for each player, or lists of names."""
        self.expect("{", "the strategies of each player in braces")
        found: list[tuple[str, ...]] = []
        while self.peek() != "}":
            if self.peek() == "{":
                found.append(self.take_names("strategies"))
            else:
                count = self._take_whole("the number of a player's strategies, 1 or more", 1, 1_000_000)
                found.append(tuple(str(k + 1) for k in range(count)))
        if len(found) != n_players:
            raise self.error(f"strategies of {n_players} players, not {len(found)}")
        self.expect("}", "a closing brace after the strategies")
        return tuple(found)

    def take_outcomes(self, n_players: int) -> list[Floats]:
        """Braced outcomes, each a name and a payoff for each player."""
        self.expect("{", "outcomes in braces")
        found = []
        while self.peek() == "{":
            self.expect("{", "an outcome")
            self.take_quoted("an outcome's name")
            row = []
            for _ in range(n_players):
                row.append(self.take_number())
                if self.peek() == ",":
                    self._take()
            self.expect("}", f"a closing brace after {n_players} payoffs")
            found.append(np.array(row))
        self.expect("}", "a closing brace after the outcomes")
        return found

    def take_payoffs(self, n_profiles: int, n_players: int) -> Floats:
        """All payoffs to the end of the text: (n_profiles, n_players)."""
        rest = self._text[self._next[2] :]
        if _DECIMALS.fullmatch(rest):  # at once; whatever is wrong is found word by word
            words = rest.split()
            if len(words) == n_profiles * n_players and max(map(len, words), default=0) <= _LONGEST_NUMBER:
                try:
                    found = np.fromiter(map(float, words), dtype=np.float64, count=len(words))
                except ValueError:
                    found = np.array([np.inf])
                if np.isfinite(found).all():
                    self._next = ("end", "", len(self._text), len(self._text))
                    return found.reshape(n_profiles, n_players)
        return np.array([[self.take_number() for _ in range(n_players)] for _ in range(n_profiles)])

    def take_fraction(self, what: str) -> Fraction:
        """A number as it is written, exactly."""
        word = self.take_word(what)
        if not _NUMBER.fullmatch(word) or len(word) > _LONGEST_EXACT or abs(_exponent(word)) > _LONGEST_EXACT:
            raise self.error(f"{what}: a whole number, a decimal or a fraction of at most {_LONGEST_EXACT} signs", 1)
        above, _, below = word.partition("/")
        if below and not int(below):
            raise self.error("a fraction that does not divide by 0", 1)
        return Fraction(above) / int(below or 1)

    def take_number(self) -> float:
        """Take a payoff."""
        word = self.take_word("a payoff")
        if not _NUMBER.fullmatch(word):
            raise self.error("a payoff: a whole number, a decimal or a fraction", 1)
        if len(word) > _LONGEST_NUMBER:
            raise self.error(f"a payoff of at most {_LONGEST_NUMBER} signs", 1)
        above, _, below = word.partition("/")
        if below and not float(below):
            raise self.error("a fraction that does not divide by 0", 1)
        value = float(above) / float(below or 1)
        if not isfinite(value) or (below and not isfinite(float(below))):
            raise self.error("a payoff that a double holds, below 1.8e308", 1)
        return value

    def take_whole(self, expected: str, low: int = 0, high: int = 1_000_000) -> int:
        """A whole number within bounds."""
        return self._take_whole(expected, low, high)

    def take_index(self, n_outcomes: int) -> int:
        """Take the number of an outcome."""
        return self._take_whole(f"the number of an outcome, 0 to {n_outcomes}", 0, n_outcomes)

    def _take_whole(self, expected: str, low: int, high: int) -> int:
        word = self.take_word(expected)
        if not (word.isdecimal() and len(word) <= _LONGEST_COUNT and low <= int(word) <= high):
            raise self.error(expected, 1)
        return int(word)

    def _message(self, expected: str, at: int) -> GameError:
        line = self._text.count("\n", 0, at) + 1
        column = at - self._text.rfind("\n", 0, at)
        found = self._text[at : at + 30].split("\n")[0] or "the end of the file"
        return GameError(f"line {line}, column {column}: expected {expected}, found {found!r}", at, expected)


def _exponent(word: str) -> int:
    digits = word.lower().partition("e")[2].partition("/")[0]
    return int(digits) if len(digits) < _LONGEST_COUNT and digits else 0 if not digits else _LONGEST_NUMBER


def quote(text: str) -> str:
    """A text in Gambit's quotation marks."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def decimal(value: float) -> str:
    """The shortest decimal that reads back as the same double, without an exponent."""
    return format(Decimal(repr(float(value))).normalize(), "f")
