"""Strategies that were found, beside those that are listed."""

from __future__ import annotations

from collections.abc import Iterator

from standoff.analysis.searching.grown import GrownGame, Side, Taken
from standoff.analysis.searching.searched import Candidate, Searched
from standoff.analysis.searching.valued import Valued
from standoff.language.model import Model
from standoff.words.amounts import amount
from standoff.words.names import agree, profile_words, quoted, setting_title, title_of, who
from standoff.words.numbers import counted, figure_percent, interval, percent, plain, shown, whole
from standoff.words.text import capital, join, words

__all__ = ["FOUND", "FOUND_HEAD", "found_caption", "found_columns", "found_title", "grown_lines", "searched_lines"]

_MOST_GAINS = 3
FOUND = "The best listed beside the best found"
FOUND_HEAD = ("", "Best listed", "Best found", "Gain")


def searched_lines(model: Model, found: Searched) -> Iterator[str]:
    """The best found beside the best listed, what it gains, and each as it can be pasted."""
    yield f"{model.name}: {_strategies(len(found.found))} found for {who(model, found.actor)}"
    yield f"{_strategies(found.evaluations)} looked at; values on other worlds and luck"
    yield f"views: {', '.join(profile_words(model, view) for view in found.views)}"
    yield f"\nbest listed: {found.listed.title}: {_values(model, found.listed)}"
    yield f"best found:  {found.found[0].title}: {_values(model, found.found[0])}"
    yield f"  gained: {', '.join(_value(model, one) for one in found.gains)}"
    for one in found.found:
        yield f"\n# {one.title}: {_values(model, one)}"
        for name, low, high in one.ranges:
            reach = interval(low, high) if high > low else plain(low)
            yield f"# as good for all that was seen: {_setting(model, found.actor, name)} {reach}"
        yield one.text.rstrip()


def grown_lines(model: Model, found: GrownGame) -> Iterator[str]:
    """How the game grew, what each plays in the end and could still gain, and what can be pasted."""
    ended = "nobody gained more than the error" if found.is_ended else "rounds ran out, and somebody still gained"
    yield f"{model.name}: each actor in turn added its best reply until {ended}"
    yield (f"{counted(found.rounds, 'round')}, {_strategies(found.evaluations)} looked at; "
           "values on other worlds and luck")  # fmt: skip
    for side in found.sides:
        plays, gets = (agree(model, [side.actor], one, one[:-1]) for one in ("plays", "gets"))
        yield f"\n{capital(who(model, side.actor))} {plays} {_mix(side)}"
        yield f"  {gets} {shown(side.payoff)}; {_left(side)}"
        yield f"  {_strategies(side.at_hand)} at hand in the end"
    if found.text:
        yield "\n# found, as it can be pasted into the study"
        yield found.text.rstrip()


def found_title(model: Model, found: Searched) -> str:
    """Whether what was found is better than what is listed."""
    best, listed = found.found[0].title, found.listed.title
    up = [one for one in found.gains if one.figure.low > 0.0]
    down = [one for one in found.gains if one.figure.high < 0.0]
    if not up and not down:
        return f"A search found nothing that is shown to differ from {listed}"
    told = join([_gain(model, one) for one in (*up, *down)[:_MOST_GAINS]])
    return f"Found by search, {best} differs from {listed}, the best listed, in {told}"


def found_caption(model: Model, found: Searched) -> str:
    """What was looked at, and on what it was valued."""
    looked = f"{_strategies(found.evaluations)} looked at for {who(model, found.actor)}"
    return (
        f"The best of {looked}, beside the best listed, on other worlds and luck than those that picked them; shares "
        "are of worlds within a limit. `standoff search` prints the rules of what was found, as they can be pasted"
    )


def found_columns(model: Model, found: Searched) -> tuple[tuple[str, ...], ...]:
    """The table's columns: aims, the best listed, the best found, and what it gains pair by pair."""
    aims = tuple("Payoff" if one.aim.kind == "payoff" else title_of(model, one.aim.name) for one in found.gains)
    columns = (found.listed.values, found.found[0].values, found.gains)
    return (aims, *(tuple(_figure(model, one) for one in column) for column in columns))


def _setting(model: Model, actor: str, name: str) -> str:
    """A setting of some strategy of the actor as the study calls it."""
    of = next((s for s in model.strategies if s.actor == actor and name in dict(s.settings)), None)
    return words(name) if of is None else setting_title(of, name)


def _gain(model: Model, one: Valued) -> str:
    named = "payoff" if one.aim.kind == "payoff" else quoted(model, one.aim.name)
    return f"{named} by {_figure(model, one)}"


def _figure(model: Model, one: Valued) -> str:
    if one.aim.kind == "limit":
        return figure_percent(one.figure)
    if one.aim.kind == "payoff":
        return shown(one.figure)
    return amount(model, one.aim.name, one.figure.value, one.figure.error)


def _mix(side: Side) -> str:
    if len(side.plays) == 1:
        return _taken(side.plays[0])
    return join([f"{_taken(one)} in {percent(one.share)} of cases" for one in side.plays])


def _taken(one: Taken) -> str:
    return f"{one.title}, found" if one.is_found else one.title


def _left(side: Side) -> str:
    """What it could still gain."""
    if side.regret.value <= 0.0 or side.regret.high <= 0.0:
        return "no reply that was found gains it anything"
    sure = "by the best reply that was found it would gain"
    return f"{sure} {shown(side.regret)}{'' if side.regret.low > 0.0 else ', which is within the error'} ({side.reply})"


def _values(model: Model, one: Candidate) -> str:
    return ", ".join(_value(model, value) for value in one.values)


def _value(model: Model, one: Valued) -> str:
    if one.aim.kind == "limit":
        return f"worlds within the limit of {quoted(model, one.aim.name)} {figure_percent(one.figure)}"
    if one.aim.kind == "payoff":
        return f"payoff {shown(one.figure)}"
    return f"{quoted(model, one.aim.name)} {amount(model, one.aim.name, one.figure.value, one.figure.error)}"


def _strategies(n: int) -> str:
    return "1 strategy" if n == 1 else f"{whole(n)} strategies"
