"""Forecasts and how they did, in words and in lines of a table."""

from __future__ import annotations

import math
from collections.abc import Iterator

from standoff.analysis.scoring.forecasts import Answered, Forecast
from standoff.analysis.scoring.laws import Law
from standoff.analysis.scoring.scores import Group, Miss, Scores
from standoff.words.numbers import counted, interval, number, percent

__all__ = ["forecast_lines", "law_words", "score_sentences"]


def forecast_lines(forecast: Forecast) -> Iterator[str]:
    """A line a question: what is asked, and the answer."""
    for one in forecast.answers:
        yield f"{one.name}: {one.asks} {law_words(one.law)}"


def law_words(law: Law) -> str:
    """A law in a few words: `34 %`, or `12 (5 to 24)`."""
    if law.kind == "chance":
        return percent(law.numbers[0])
    return f"{number(law.mean, 3)} ({interval(*law.interval())} with 90 %)"


def score_sentences(found: Scores) -> Iterator[str]:
    """What was scored, how it did by group against each baseline, and the worst misses."""
    still = f"; {counted(len(found.open), 'question')} without a fact yet" if found.open else ""
    yield f"{counted(len(found.scored), 'question')} scored{still}."
    for group in found.groups:
        yield _group(group)
    for miss in found.misses:
        yield _miss(miss)


def _group(group: Group) -> str:
    name = "All" if group.name == "all" else group.name.capitalize()
    parts = [f"log score {number(group.log)}", f"Brier score or CRPS {number(group.quadratic)}"]
    if math.isfinite(group.covered):
        parts.append(f"90 % intervals held {percent(group.covered)}")
    if math.isfinite(group.pit):
        parts.append(f"places uniform with p = {number(group.pit)}")
    skills = [
        f"{percent(abs(skill.log))} {'better' if skill.log >= 0.0 else 'worse'} than {skill.baseline} "
        f"({counted(skill.questions, 'question')})"
        for skill in group.skills
        if math.isfinite(skill.log)
    ]
    against = f"; by log score {', '.join(skills)}" if skills else "; no baseline answers these"
    return f"{name} ({counted(group.questions, 'question')}): {', '.join(parts)}{against}."


def _miss(miss: Miss) -> str:
    one: Answered = miss.scored.answered
    seen = miss.scored.seen
    was = ("yes" if seen else "no") if one.law.kind == "chance" else number(seen, 3)
    hung = f" It would have been likelier with {', '.join(miss.hinges)}." if miss.hinges else ""
    equation = f" Its equation: {one.equation}." if one.equation else ""
    return f"Missed: {one.asks} Forecast {law_words(one.law)}, and it was {was}.{hung}{equation}"
