"""A game's table as a study of one step: who plays, what each can do, and what every profile pays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import prod

from standoff.analysis.games.exchange import NamedGame
from standoff.exchange.games.reduced import TooLargeError
from standoff.exchange.imported import Imported, quoted, short
from standoff.exchange.names import Names
from standoff.exchange.tabled import tabled
from standoff.language.text.files import STUDY_FILE

__all__ = ["study_of_table"]

_MOST_PROFILES = 5_000
_MOST_STRATEGIES = 60


def study_of_table(game: NamedGame, barred: Mapping[str, list[tuple[str, str]]] | None = None) -> Imported:
    """A study whose actors are the players, and whose strategies are theirs.

    Args:
        game: The table; payoffs are kept to the last digit.
        barred: For a player, changes of strategy that cannot be made, by the names in the game.

    Raises:
        TooLargeError: The table is too large for equations.
    """
    sizes = [len(own) for own in game.strategies]
    if prod(sizes) > _MOST_PROFILES or max(sizes) > _MOST_STRATEGIES:
        message = (
            f"a study holds tables of at most {_MOST_PROFILES:,} profiles and {_MOST_STRATEGIES} strategies a player"
        )
        raise TooLargeError(message)
    names = Names("s")
    actors = [names.fresh(player) for player in game.players]
    options = [[names.fresh(strategy) for strategy in own] for own in game.strategies]
    lines = [
        "standoff: 1", f"title: {quoted(game.title or 'A game')}",
        f"question: {quoted('What should ' + game.players[0] + ' play?')}", f"decider: {actors[0]}",
        "clock: {start: 2000-01, step: month, steps: 1}", "actors:",
    ]  # fmt: skip
    if game.comment.strip():
        lines.insert(2, f"about: {quoted(' '.join(game.comment.split())[:2_000])}")
    lines += [f"  {actor}: {{name: {quoted(short(name))}}}" for actor, name in zip(actors, game.players, strict=True)]
    lines.append("choices:")
    lines += [f"  {actor}: [{', '.join(own)}]" for actor, own in zip(actors, options, strict=True)]
    lines.append("quantities:")
    lines += _numbers(actors, options, sizes)
    for i, actor in enumerate(actors):
        lines += tabled(f"{actor}_gets", "profile", [float(x) for x in game.payoffs[i].ravel()])
    lines.append("strategies:")
    for actor, own, said in zip(actors, options, game.strategies, strict=True):
        lines.append(f"  {actor}:")
        lines += [
            f"    {o}: {{name: {quoted(short(w))}, about: {quoted(w)}, choose: {o}}}"
            for o, w in zip(own, said, strict=True)
        ]
    lines.append("payoffs:")
    lines += [f"  {actor}: {{each: {actor}_gets}}" for actor in actors]
    lines.append("outcomes:")
    lines += [
        f"  {actor}_payoff: {{name: {quoted(short('payoff of ' + name))}, measure: total({actor}_gets), "
        "better: higher}" for actor, name in zip(actors, game.players, strict=True)
    ]  # fmt: skip
    lines += _moves(game, actors, options, barred or {})
    return Imported({STUDY_FILE: "\n".join(lines) + "\n"}, ("the clock of one step stands for no time",))


def _numbers(actors: list[str], options: list[list[str]], sizes: list[int]) -> Iterator[str]:
    """What each plays as a number, and the number of the profile, the last player's changing fastest."""
    for actor, own in zip(actors, options, strict=True):
        text = " else ".join([*(f"{k} if {actor} == {o}" for k, o in enumerate(own[:-1])), str(len(own) - 1)])
        yield f"  {actor}_number: {{value: {quoted(text)}}}"
    terms = [f"{prod(sizes[i + 1 :])} * {actor}_number" for i, actor in enumerate(actors)]
    yield f"  profile: {{value: {quoted(' + '.join(terms))}}}"


def _moves(
    game: NamedGame, actors: list[str], options: list[list[str]], barred: Mapping[str, list[tuple[str, str]]]
) -> Iterator[str]:
    if barred:
        yield "moves:"
    for player, actor, own, said in zip(game.players, actors, options, game.strategies, strict=True):
        if barred.get(player):
            place = dict(zip(said, own, strict=True))
            yield f"  {actor}:\n    barred:"
            for start, end in barred[player]:
                yield f"      - {{from: {place[start]}, to: {place[end]}}}"
