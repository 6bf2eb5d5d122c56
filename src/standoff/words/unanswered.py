"""Why a question is not answered: a sentence for each reason, without its capital and full stop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from standoff.analysis.findings import Reason
from standoff.language.model import Model
from standoff.words.names import who
from standoff.words.numbers import counted
from standoff.words.text import join

__all__ = ["unanswered_words"]


def unanswered_words(reason: Reason, data: Mapping[str, Any], model: Model | None = None) -> str:
    """Why a study or a run does not answer a question, as the end of a sentence.

    Args:
        reason: Of the failure.
        data: Its data.
        model: Where actors have names in prose; else they stand as in the study.
    """
    return _WORDS[reason].format(**{name: _said(name, value, model) for name, value in data.items()})


def _said(name: str, value: Any, model: Model | None) -> str:
    if name == "actor":
        return str(value) if model is None else who(model, value)
    if name == "worlds":
        return counted(value, "world")
    if isinstance(value, tuple):
        return f"but {join([f'`{one}`' for one in value])}" if value else "nor any other"
    return str(value)


_WORDS: Mapping[Reason, str] = {
    Reason.ONLY_PLAYER: "nobody but {actor} chooses here",
    Reason.NOBODY_PAID: "the study does not say what anybody wants: it has no payoffs",
    Reason.NOT_PAID: "the study gives {actor} no payoff, so there is nothing to compare",
    Reason.FEW_WORLDS: "only {worlds} can be used, with a sound future everywhere, and {least} are the fewest",
    Reason.FEW_REPLICATIONS: "this needs {least} replications in each world or more, and there are {replications}",
    Reason.OTHER_PROFILES: "the strategies of {actor} were not run against the same profiles of the others, each once",
    Reason.NOT_ALL_PROFILES: "a game needs every combination of the players' strategies once: run all profiles",
    Reason.MANY_PROFILES: "{profiles} profiles are more than the {most} that can be held each against each",
    Reason.BELIEFS_OUTSIDE: "the beliefs of {actor} lie outside all of {worlds}: widen the study's ranges, or draw "
    "worlds from the study and the beliefs together",
    Reason.NOTHING_OBSERVED: "the study does not say what can be seen: list it under `observed`",
    Reason.FEW_STEPS: "too few steps of the clock are left to see anything before the last ({steps} in all)",
    Reason.NO_SUCH_DEAL: "the study names no deal `{deal}`, {deals}",
    Reason.DEAL_NAMES_NO_STATE: "`{deal}` is in force while `{during}`, which names no state of a mode to start in: "
    "add a variant that strikes the deal, and name it",
    Reason.MODE_IMPOSED: "`{mode}` is imposed, so `{deal}` cannot be struck by it",
    Reason.NOBODY_KEEPS: "every strategy of {actor} is named as breach of `{deal}`, so none keeps it",
    Reason.VARIANT_APPLIED: "the variant `{variant}`, which says what no deal means, is applied already",
    Reason.NO_LIMITS: "no outcome has a limit that could be kept or left: add one to the study",
    Reason.OTHER_DECIDER: "the runs are of different deciders, `{before}` and `{after}`: they answer different "
    "questions",
    Reason.OUT_OF_SCALE: "payoffs of {actor} reach {most} in size, and what is compared lies between 10⁻¹² and 10¹⁰⁰: "
    "state them in another unit",
    Reason.MANY_ACTORS: "{actors} actors want something and have a choice, and a game has at most {most}",
}
