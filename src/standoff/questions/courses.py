"""What holds if actors can change course, and what would have to change for a wished profile to hold."""

from __future__ import annotations

import numpy as np

from standoff.analysis.findings import Reason
from standoff.analysis.graph_model.courses import Courses, Setting, courses_finding, held_at
from standoff.analysis.graph_model.notions import NOTIONS, Notion
from standoff.analysis.graph_model.wished import Changeable, find_wish, nearest
from standoff.base.problems import suggest
from standoff.ensemble.ensemble import Ensemble
from standoff.ensemble.profiles.chosen import choose_profiles
from standoff.evidence.claims import Ledger
from standoff.language.model import Model
from standoff.language.model.reads import symbols_read
from standoff.questions.question import Keeping, Question, Runs, Unanswered
from standoff.questions.results import whole_run
from standoff.words.numbers import number

__all__ = ["COURSES", "courses_of", "find_courses", "today_of"]


def find_courses(
    ensemble: Ensemble, wish: str | None = None, start: str | None = None, notion: Notion = Notion.SEQ,
    *, threads: int | None = None,
) -> Changeable | Unanswered:  # fmt: skip
    """What holds if actors can change course, from a run of every profile.

    Args:
        ensemble: The run.
        wish: A partial profile, as in `us=tough_love,china=enforce`, its name, or an outcome whose limit is to be kept;
            by default the profile that holds best by foresight and not without.
        start: Today's profile, likewise; by default what the study says.
        notion: By which the wish is to hold.
        threads: At most so many.

    Raises:
        ValueError: An unknown name in `wish` or `start`, an outcome without a limit, or one that no profile keeps.
    """
    model = ensemble.model
    if len(model.players) < 2:
        return Unanswered("courses", Reason.ONLY_PLAYER, {"actor": model.players[0]})
    if not model.payoffs:
        return Unanswered("courses", Reason.NOBODY_PAID)
    found, setting = courses_finding(ensemble, seed=ensemble.design.seed, threads=threads)
    begin, is_today = today_of(ensemble, setting, found, start)
    if wish is None:
        target, notion = _unaided(found, setting), Notion.NASH
    else:
        target = nearest(setting, _profiles(ensemble, setting, wish), notion)
    made = held = None
    if target is not None:
        made = find_wish(setting, target, notion, _wants(model), start=begin, seed=ensemble.design.seed)
        held = held_at(found, setting.board, target)
    return Changeable(found, made, held, setting.board.named(begin), is_today=is_today)


def today_of(ensemble: Ensemble, setting: Setting, found: Courses, said: str | None) -> tuple[int, bool]:
    """Today's profile, flat, and whether it is known: of those that fit what is said, the likeliest to be stable."""
    today = dict(ensemble.model.today)
    text = said or ",".join(f"{actor}={label}" for actor, label in today.items())
    fitting = _profiles(ensemble, setting, text) if text else list(range(found.stable.shape[1]))
    share = found.beliefs[NOTIONS.index(Notion.NASH)] + 1e-3 * found.beliefs[NOTIONS.index(Notion.SEQ)]
    likeliest = max(fitting, key=lambda s: (share[s], -s))
    return likeliest, bool(text)


def _wants(model: Model) -> dict[str, set[str]]:
    """For each actor the values that its payoff is made of, directly or through quantities."""
    quantities = {quantity.name: quantity for quantity in model.quantities}
    found: dict[str, set[str]] = {}
    for payoff in model.payoffs:
        worths = tuple(worth for event in model.events for actor, worth in event.worth if actor == payoff.actor)
        queue, seen = list(symbols_read((payoff, worths))), set()
        while queue:
            symbol = queue.pop()
            if symbol not in seen:
                seen.add(symbol)
                queue += symbols_read(quantities[symbol.name]) if symbol.name in quantities else ()
        found[payoff.actor] = {symbol.name for symbol in seen if symbol.kind == "value"}
    return found


def _unaided(found: Courses, setting: Setting) -> int | None:
    """The profile told first that holds by foresight and not by Nash."""
    for one in found.held:
        if not one.by(Notion.NASH).is_stable:
            place = [names.index(label) for names, label in zip(found.strategies, one.strategies, strict=True)]
            return int(np.ravel_multi_index(place, setting.board.moves.shape))
    return None


def _profiles(ensemble: Ensemble, setting: Setting, text: str) -> list[int]:
    """The flat profiles that fit a partial profile, or that keep an outcome's limit."""
    model, board = ensemble.model, setting.board
    if "=" not in text and text not in {profile.name for profile in model.profiles}:
        outcomes = {outcome.name: outcome for outcome in model.outcomes}
        if text not in outcomes:
            advice = suggest(text, [*outcomes, *(profile.name for profile in model.profiles)], "names")
            raise ValueError(f"no outcome or profile is named `{text}`{f'; {advice}' if advice else ''}")
        outcome = outcomes[text]
        if outcome.limit is None:
            raise ValueError(f"`{text}` has no limit, so that no profile can be wished for by it: add one to the study")
        mean = np.nanmean(ensemble.outcome(text), axis=1)
        keeps = mean <= outcome.limit if outcome.better == "lower" else mean >= outcome.limit
        if not keeps.any():
            best = float(np.nanmin(mean) if outcome.better == "lower" else np.nanmax(mean))
            raise ValueError(
                f"no profile keeps the limit of `{text}`, {number(outcome.limit)}: the best mean is {number(best)}"
            )
        rows = ensemble.design.profiles[keeps]
    else:
        rows = choose_profiles(ensemble.program, text)
    program = ensemble.program
    columns = [program.players.index(player) for player in board.players]
    found = set()
    for row in rows.tolist():
        labels = [program.instances[k][row[k]].label for k in columns]
        if all(label in names for label, names in zip(labels, board.strategies, strict=True)):
            place = [names.index(label) for label, names in zip(labels, board.strategies, strict=True)]
            found.add(int(np.ravel_multi_index(place, board.moves.shape)))
    return sorted(found)


def courses_of(wish: str | None, start: str | None, notion: Notion) -> Question[Changeable]:
    """The question with a wish."""

    def find(runs: Runs, _: Ledger) -> Changeable | Unanswered:
        return find_courses(runs.whole(), wish, start, notion, threads=runs.threads)

    return Question("courses", whole_run, find)


def _find(runs: Runs, _: Ledger) -> Changeable | Unanswered:
    return find_courses(runs.whole(), threads=runs.threads)


COURSES: Question[Changeable] = Question("courses", whole_run, _find, keeping=Keeping(Changeable), is_apart=True)
