"""What holds if actors can change course, in sentences: by which foresight, why, and what would have to change."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from standoff.analysis.graph_model.courses import Courses, StableProfile, share_error
from standoff.analysis.graph_model.notions import Notion
from standoff.analysis.graph_model.paths import Way
from standoff.analysis.graph_model.reasons import Amount, Dilemma, Step, Temptation
from standoff.analysis.graph_model.wished import Change, Changeable, Need, Wish
from standoff.language.model import Model
from standoff.words.amounts import quantity
from standoff.words.names import agree, family_words, quoted, strategy_words, who
from standoff.words.numbers import counted, measured, percent
from standoff.words.text import capital, join, words

__all__ = ["courses_sentences", "courses_title", "dilemma_words", "held_sentences", "notion_words", "reason_words",
           "way_words", "wish_sentences"]  # fmt: skip

_NOTIONS = {
    Notion.NASH: "no move of one’s own gains anything",
    Notion.SEQ: "every gain would be answered by moves that gain whoever makes them",
    Notion.GMR: "every gain could be answered, whatever the answer costs",
    Notion.SMR: "every gain could be answered, and the answer not escaped",
    Notion.TWO_MOVES: "looking two moves ahead, everyone stays",
    Notion.THREE_MOVES: "looking three moves ahead, everyone stays",
    Notion.COALITIONS: "nobody, alone or with others, has a move that pleases all who make it",
}
_MOST_REASONS = 3


def notion_words(notion: Notion) -> str:
    """What a notion of stability asks for."""
    return _NOTIONS[notion]


def courses_title(model: Model, answer: Changeable) -> str:
    """What holds if nobody can change course, and if they can."""
    found = answer.found
    nash, seq = found.n_stable[Notion.NASH], found.n_stable[Notion.SEQ]
    alone = "no profile is stable" if nash == 0 else f"{counted(nash, 'profile')} {_are(nash)} stable"
    able = f"if the others answer where that gains them, {seq} {_are(seq)}"
    return f"If nobody can answer a change of course {alone}; {able}"


def courses_sentences(model: Model, answer: Changeable) -> tuple[str, ...]:
    """What holds by each foresight, what of it is shown, the best, and what would have to change."""
    found = answer.found
    said = [_counts(found), *_of_decider(model, found), _shown(found)]
    if found.held:
        said += held_sentences(model, found, found.held[0])
    else:
        said.append("No profile holds by foresight: from each someone gains by a move that nobody gains by answering.")
    if answer.wish is not None:
        said += wish_sentences(
            model, answer, is_same=bool(found.held) and found.held[0].strategies == answer.wish.strategies
        )
    return tuple(said)


def held_sentences(model: Model, found: Courses, held: StableProfile) -> list[str]:
    """One profile: how often it holds, and why each actor stays."""
    seq, nash = held.by(Notion.SEQ), held.by(Notion.NASH)
    said = [
        f"{capital(_profile(model, found.players, held.strategies))}: it holds by foresight in "
        f"{percent(seq.beliefs, share_error(seq.beliefs, found.n_draws))} of beliefs and in "
        f"{percent(seq.worlds, share_error(seq.worlds, found.n_worlds))} of worlds, and without it in "
        f"{percent(nash.beliefs, share_error(nash.beliefs, found.n_draws))} of beliefs."
    ]
    told: set[str] = set()
    for one in held.temptations:
        if one.move.actor not in told and len(told) < _MOST_REASONS:
            told.add(one.move.actor)
            said.append(reason_words(model, one))
    said += [dilemma_words(model, one) for one in held.dilemmas[:_MOST_REASONS]]
    return said


def reason_words(model: Model, tempted: Temptation) -> str:
    """`South Korea does not turn to “hedge”, which would gain it 0.4, for then …, which leaves it worse off.`"""
    actor = who(model, tempted.move.actor)
    there = _strategy(model, tempted.move.actor, tempted.move.after)
    it = agree(model, [tempted.move.actor], "it", "them")
    gains = f"which would gain {it} {_points(tempted.move.gain)}"
    if not tempted.answer or tempted.loss is None:
        could = agree(model, [tempted.move.actor], "gains", "gain")
        return f"{capital(actor)} {could} {_points(tempted.move.gain)} by turning to {there}, and nothing answers that."
    does = agree(model, [tempted.move.actor], "does", "do")
    worse = "worse off by " + _points(tempted.loss, -1.0) if tempted.loss.value < 0.0 else "no better off"
    if tempted.is_credible:
        answered = " and ".join(f"{who(model, s.actor)} would turn to {_strategy(model, s.actor, s.after)}"
                                for s in tempted.answer)  # fmt: skip
        open_ = "" if tempted.is_shown else " That is what the model’s means say; it is not beyond their error."
        return (
            f"{capital(actor)} {does} not turn to {there}, {gains}, for then {answered}, which leaves {it} {worse}."
            f"{open_}"
        )
    answered = " and ".join(
        f"{who(model, s.actor)} could turn to {_strategy(model, s.actor, s.after)}{_cost(s)}" for s in tempted.answer
    )
    return (
        f"{capital(actor)} could turn to {there}, {gains}. Against that {answered}, which would leave {it} {worse}: a "
        "threat that need not be believed."
    )


def dilemma_words(model: Model, dilemma: Dilemma) -> str:
    """A threat that is not believed, or a promise that is not trusted."""
    one, other = who(model, dilemma.who), who(model, dilemma.other)
    move = _strategy(model, dilemma.move.actor, dilemma.move.after)
    if dilemma.kind == "promise":
        return (
            f"{capital(other)} cannot trust {one} to stay: {one} would gain {_points(dilemma.move.gain)} by turning to "
            f"{move}, at a cost of {_points(dilemma.harm, -1.0)} to {other}."
        )
    assert dilemma.answer is not None
    answer = _strategy(model, dilemma.who, dilemma.answer.after)
    return (
        f"{capital(other)} need not believe {one}, should {one} threaten {answer} against a turn to {move}: that would "
        f"cost {one} {_points(dilemma.answer.gain, -1.0)}."
    )


def wish_sentences(model: Model, answer: Changeable, *, is_same: bool = False) -> list[str]:
    """What each actor would have to want or believe, and the way there."""
    wish = answer.wish
    assert wish is not None
    what = "it" if is_same else _profile(model, answer.found.players, wish.strategies)
    how = "with no answer to any move" if wish.notion == Notion.NASH else "by foresight"
    needing = [need for need in wish.needs if not need.holds]
    if not needing:
        said = [f"Nobody would have to want or believe anything else for {what} to hold {how}."]
    else:
        head = (
            f"For {what} to hold {how}, {counted(len(needing), 'actor')} would have to want or believe something else."
        )
        said = [head, *(_need(model, need) for need in needing)]
        said += _together(wish)
    if wish.way is not None and wish.way.steps:
        said.append(way_words(model, answer, wish.way))
    elif wish.way is None:
        said.append("From where things stand no moves that are not barred lead there.")
    return said


def way_words(model: Model, answer: Changeable, way: Way) -> str:
    """Who must move first, and by which moves, what each gains its mover."""
    said = []
    for step in way.steps:
        turned = agree(model, [step.actor], "turns", "turn")
        what = "gains" if step.gain.value > 0.0 else "loses"
        amount = _points(step.gain, 1.0 if step.gain.value > 0.0 else -1.0)
        said.append(
            f"{who(model, step.actor)} {turned} to {_strategy(model, step.actor, step.after)} ({what} {amount})"
        )
    start = "today’s profile" if answer.is_today else "the likeliest profile"
    begin = join([who(model, actor) for actor in way.first], "or")
    nothing = f"would gain {'its maker' if way.n_against == 1 else 'their makers'} nothing"
    against = (
        f"{way.n_against} of {counted(len(way.steps), 'move')} {nothing}"
        if way.n_against
        else "each move gains its maker something"
    )
    return (
        f"From {start} ({_profile(model, answer.found.players, way.start)}) {begin} would have to move first, and "
        f"{against}: {', then '.join(said)}."
    )


def _counts(found: Courses) -> str:
    n = found.n_stable
    total = found.stable.shape[1]
    return (
        f"Of {counted(total, 'profile')}, {n[Notion.NASH]} hold with no answer to any move (Nash), {n[Notion.SEQ]} if "
        f"{notion_words(Notion.SEQ)} (sequential stability), {n[Notion.GMR]} if {notion_words(Notion.GMR)} (general "
        f"metarationality), {n[Notion.SMR]} if that cannot be escaped either (symmetric). Looking two moves ahead "
        f"{n[Notion.TWO_MOVES]} hold, three moves {n[Notion.THREE_MOVES]}; against moves that please every member of a "
        f"group {n[Notion.COALITIONS]}."
    )


def _of_decider(model: Model, found: Courses) -> Iterator[str]:
    """The decider's strategies that are part of no Nash stable profile and of some that hold by foresight."""
    if model.decider not in found.players:
        return
    i = found.players.index(model.decider)
    families: dict[str, tuple[int, int]] = {}
    named = {instance.label: instance.strategy for instance in model.instances(model.decider)}
    for k, label in enumerate(found.strategies[i]):
        nash, seq = families.get(named[label].name, (0, 0))
        families[named[label].name] = (
            nash + found.with_strategy[Notion.NASH][i][k], seq + found.with_strategy[Notion.SEQ][i][k]
        )  # fmt: skip
    only = [(name, seq) for name, (nash, seq) in families.items() if nash == 0 and seq > 0]
    by_name = {strategy.name: strategy for strategy in model.strategies if strategy.actor == model.decider}
    for name, seq in sorted(only, key=lambda pair: -pair[1])[:2]:
        yield (
            f"“{capital(family_words(by_name[name]))}” is part of no profile that holds without an answer, and of "
            f"{seq} of the {found.n_stable[Notion.SEQ]} that hold by foresight."
        )


def _shown(found: Courses) -> str:
    n, s = found.n_shown, found.n_sanctions
    if not any(s.values()):
        return "No answer to any gain is shown: all differences that would deter anybody lie within their error."
    return (
        f"Beyond error, {n[Notion.SEQ]} profiles are shown to hold by foresight and {n[Notion.GMR]} by what could be "
        f"done whatever it costs; the rest is open, or shown not to."
    )


def _need(model: Model, need: Need) -> str:
    actor = capital(who(model, need.actor))
    ways = [_change(model, one) for one in (need.want, need.belief) if one is not None]
    if ways:
        return f"{actor} would have to {join(ways, 'or')}."
    if need.together:
        return f"{actor} would have to {join([_change(model, one) for one in need.together])}, all together."
    return f"{actor}: no change of wants or beliefs within the study’s ranges was found that suffices."


def _change(model: Model, change: Change) -> str:
    parameter = next(p for p in model.uncertain if p.name == change.name)
    kinds = parameter.spread.kinds if parameter.spread is not None else ()
    if kinds:
        needed = percent(change.needed) if math.isnan(change.error) else percent(change.needed, change.error)
        what = f"{quoted(model, change.name)} being {words(change.towards)}"
        return f"believe in {what} by {needed}, and not {percent(change.now)}"
    known = not math.isnan(change.error)
    needed = quantity(change.needed, parameter.unit, change.error if known else None)
    now = quantity(change.now, parameter.unit)
    verb = "put" if change.kind == "want" else "expect"
    return f"{verb} {quoted(model, change.name)} at {needed}, and not {now}"


def _together(wish: Wish) -> list[str]:
    if wish.holds_after is None:
        return ["So no change of wants and beliefs within the study’s ranges was found that makes it hold for all."]
    if not wish.holds_after:
        return ["Each of these suffices by itself; all made at once they change the replies, and it does not hold."]
    return ["With all of these changes it holds."]


def _profile(model: Model, players: Sequence[str], strategies: Sequence[str]) -> str:
    return join([f"{who(model, p)} “{_plain(model, p, s)}”" for p, s in zip(players, strategies, strict=True)])


def _strategy(model: Model, actor: str, label: str) -> str:
    return f"“{_plain(model, actor, label)}”"


def _plain(model: Model, actor: str, label: str) -> str:
    return strategy_words(next(one for one in model.instances(actor) if one.label == label))


def _points(amount: Amount, sign: float = 1.0) -> str:
    return measured(sign * amount.value, amount.error) if amount.error > 0.0 else measured(sign * amount.value, np.nan)


def _cost(step: Step) -> str:
    return f" at a cost of {_points(step.gain, -1.0)}" if step.gain.value < 0.0 else ""


def _are(n: int) -> str:
    return "is" if n == 1 else "are"
