"""What each strategy gives up, in words: title, captions, heads of tables, how it was computed."""

from __future__ import annotations

from standoff.analysis.findings import Figure
from standoff.analysis.robustness.metrics import Metrics
from standoff.analysis.robustness.robustness import Robustness
from standoff.words.names import strategy_words
from standoff.words.numbers import counted, error, measured, number, percent
from standoff.words.text import capital

__all__ = [
    "BIND", "FRONTIER", "FRONTIER_CAPTION", "FRONTIER_HEAD", "FRONTIER_KEY", "LIMITS_HEAD", "MEAN_PAYOFF",
    "NOT_CARRIED", "OTHERWISE", "REGRET", "REGRET_HEAD", "STRIPS_CAPTION", "STRIPS_KEY", "WEIGHTINGS",
    "WEIGHTINGS_HEAD", "WORST_TENTH", "errors_sentence", "frontier_words", "gives_up_method", "gives_up_title",
    "least_given_up", "limits_caption", "strip_words",
]  # fmt: skip

STRIPS_CAPTION = "How many points a strategy falls short, world by world, of the best one there, luck’s part taken out."
STRIPS_KEY = (
    "A thin line is a world. The dot is the mean; the band begins where the worst tenth of worlds does, and the bar in "
    "it is their mean."
)
FRONTIER = "On average, and when it goes badly"
FRONTIER_CAPTION = "Mean payoff against payoff in the worst tenth of a strategy’s worlds, in points."
FRONTIER_KEY = "Up and to the right is better in both. Filled: on the frontier."
FRONTIER_HEAD = ("Strategy", "Mean payoff", "Worst tenth of worlds", "On the frontier")
MEAN_PAYOFF, WORST_TENTH = "mean payoff, points", "worst tenth of worlds"
BIND = "Which limits bind"
LIMITS_HEAD = (
    "Outcome", "Worlds within", "Without it, all others kept in so much more", "Margin, 10–50–90 % of worlds",
    "Limit that nine worlds in ten keep",
)  # fmt: skip
OTHERWISE = "If the worlds count otherwise"
WEIGHTINGS = "The ranking under other weightings of the worlds, all the others’ strategies alike"
WEIGHTINGS_HEAD = ("Where …", "Effective worlds", "Best, or may be", "Lead of the first, in points")
NOT_CARRIED = "these worlds do not carry it"
REGRET = "Payoff and regret against all the others’ strategies alike, in points"
REGRET_HEAD = (
    "Strategy", "Mean payoff", "Error from worlds", "Error from luck", "Mean regret", "Regret, worst tenth",
    "Regret, worst world", "Mean regret with luck in it", "Worlds where surely best", "Payoff, worst tenth",
)  # fmt: skip


def gives_up_title(found: Robustness) -> str:
    """Who gives up least, on average and in the worlds where it is most wrong."""
    robust = found.under[0].metrics
    mean, least = robust.regret.mean, least_given_up(robust)
    name = capital(_name(found, least))
    if mean[least].holds_zero:
        most = max(mean, key=lambda label: (mean[label].value, label))
        rest = "" if mean[most].holds_zero else f"; {_name(found, most)} gives up most, {_points(mean[most])}"
        return f"{name} is not known to give up anything against knowing the world beforehand{rest}"
    worst = robust.regret.worst_decile[least]
    return (
        f"{name} gives up least: {_points(mean[least])} on average, and {_points(worst)} in the tenth of worlds where "
        "it is most wrong"
    )


def least_given_up(robust: Metrics) -> str:
    """The strategy that gives up least on average."""
    mean = robust.regret.mean
    return min(mean, key=lambda label: (mean[label].value, label))


def strip_words(found: Robustness, label: str) -> str:
    """A strategy's regret: on average, and in the worst tenth of worlds."""
    regret = found.under[0].metrics.regret
    return f"mean {_points(regret.mean[label])}, worst tenth of worlds {_points(regret.worst_decile[label])}"


def frontier_words(found: Robustness) -> str:
    """Each strategy on average and in bad worlds."""
    return "; ".join(
        f"{_name(found, p.name)}: {number(p.performance)} on average, {number(p.robustness)} in bad worlds"
        for p in found.under[0].metrics.frontier
    )


def limits_caption(found: Robustness, label: str, together: Figure) -> str:
    """Whose limits the table is of."""
    share = percent(together.value, together.error)
    return f"Limits under {_name(found, label)}, which keeps all of them in {share} of worlds"


def errors_sentence(robust: Metrics) -> str:
    """The errors of the leading strategy's mean payoff, worlds' and luck's apart."""
    first = robust.expected[robust.ranking.order[0]]
    luck = first.error_of_replications
    parts = f"{error(first.error_of_worlds)} from worlds"
    if luck is not None:
        parts += f" and {error(luck)} from luck"
    return f"The mean payoff of the first is {_points(first.payoff)}: {parts}."


def gives_up_method(found: Robustness) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """How it was computed, and the references."""
    robust, kept = found.under[0].metrics, found.under[0].satisficing
    text = [
        f"Regret in world w of strategy s is max over s′ of u(s′, w) − u(s, w), with u the mean payoff over luck. "
        f"{capital(robust.regret.method)}.",
        "The largest of noisy figures is biased: the column “with luck in it” shows what plain maxima would say.",
        "Errors of means are those of a Latin hypercube: what is a sum over single assumptions is integrated almost "
        "exactly, so only the rest of the spread counts.",
        f"Worst tenth: {robust.tails.method}.",
        f"{counted(found.n_worlds, 'world')}, {counted(found.replications, 'replication')} each.",
    ]
    references = [robust.regret.reference, robust.tails.reference, robust.ranking.reference,
                  "Owen 1992, A central limit theorem for Latin hypercube sampling"]  # fmt: skip
    if kept is not None:
        text.append(f"Limits: {kept.method}.")
        references.append(kept.reference)
    return tuple(text), tuple(references)


def _name(found: Robustness, label: str) -> str:
    return strategy_words(found.strategies[found.labels.index(label)])


def _points(figure: Figure) -> str:
    return f"{measured(figure.value, figure.error)} points"
