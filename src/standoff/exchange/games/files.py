"""Files of games: what is in them, and the study of each."""

from __future__ import annotations

from pathlib import Path

from standoff.analysis.games.bayesian import BayesianGame
from standoff.analysis.games.exchange import GameError, NamedGame, read_nfg
from standoff.base.files import read_source
from standoff.base.problems import Problem, StudyError
from standoff.base.source import Source, Span
from standoff.exchange.games.options import OptionForm, read_option_form
from standoff.exchange.games.reduced import TooLargeError, bayesian_form, reduced_form
from standoff.exchange.games.table import study_of_table
from standoff.exchange.games.tree import read_efg
from standoff.exchange.imported import Asked, Imported

__all__ = ["GAMES", "import_conflict", "import_game", "read_conflict", "read_game"]

GAMES = (".nfg", ".efg")
_MOST_BYTES = 8_000_000
_MOST_OF_STUDY = 1_000_000


def read_game(path: Path) -> tuple[NamedGame, BayesianGame | None]:
    """A game of a .nfg or .efg file as a table, and by types where it is a Bayesian game.

    Raises:
        StudyError: The file is no game, or its table is too large; with the place.
    """
    source = read_source(path, str(path), most=_MOST_BYTES)
    try:
        if path.suffix.lower() == ".nfg":
            return read_nfg(source.text), None
        tree = read_efg(source.text)
        return reduced_form(tree), bayesian_form(tree)
    except GameError as error:
        raise _refused(source, error) from None
    except TooLargeError as error:
        raise StudyError([Problem("too-many", Span(source, 0, 3), f"the game is too large: {error}")]) from None


def import_game(path: Path, asked: Asked) -> Imported:
    """A game of a .nfg or .efg file as a study of one step.

    Raises:
        StudyError: The file is no game, or is too large for a study.
    """
    read_source(path, str(path), most=_MOST_OF_STUDY)  # a larger one holds more than a study does
    game, _ = read_game(path)
    try:
        return study_of_table(game)
    except TooLargeError as error:
        message = f"the game is too large: {error}"
        advice = f"`standoff games {path.name}` solves it as it stands"
        raise StudyError([Problem("too-many", _start(path), message, advice)]) from None


def read_conflict(path: Path) -> OptionForm:
    """A conflict in option form, of a .gmcr file.

    Raises:
        StudyError: The file is none; with the place.
    """
    source = read_source(path, str(path))
    try:
        return read_option_form(source.text)
    except GameError as error:
        raise _refused(source, error) from None


def import_conflict(path: Path, asked: Asked) -> Imported:
    """A conflict in option form as a study of one step, with the moves that cannot be made.

    Raises:
        StudyError: The file is none, or a state is barred that several decision makers would bring about together.
    """
    form = read_conflict(path)
    if not form.is_product:
        message = "what one decision maker can take hangs on what another takes, which a study's strategies cannot say"
        advice = f"`standoff stability {path.name}` looks into it as it stands"
        source = read_source(path, str(path))
        at = max(source.text.find('"infeasibles"'), 0)
        raise StudyError([Problem("wrong-shape", Span(source, at, at + 13), message, advice)])
    try:
        return study_of_table(form.game, form.barred)
    except TooLargeError as error:
        raise StudyError([Problem("too-many", _start(path), f"the conflict is too large: {error}")]) from None


def _refused(source: Source, error: GameError) -> StudyError:
    span = Span(source, error.at, error.at + 1)
    return StudyError([Problem("wrong-shape", span, f"the file cannot be read as a game: expected {error.expected}")])


def _start(path: Path) -> Span:
    return Span(read_source(path, str(path), most=_MOST_BYTES), 0, 3)
