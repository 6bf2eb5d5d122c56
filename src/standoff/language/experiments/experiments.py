"""Do-experiments as models: what to change in a model, and what to measure besides its outcomes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from standoff.base.chance import distributions
from standoff.language.changed import Imposed, Moved, Varied
from standoff.language.experiments.contrasts import Contrast, Setting
from standoff.language.experiments.expectations import Expectation
from standoff.language.experiments.measures import Measure
from standoff.language.model import Change, Expression, Model, Outcome, Parameter

__all__ = ["Arm", "Measured", "arms", "quantile"]


@dataclass(frozen=True, slots=True)
class Arm:
    """One side of an experiment; two expectations with the same arm can share its run.

    Attributes:
        changes: To the model, for `changed`.
        columns: Uncertainties and values that are held at a number in every world.
        levels: Levels of deals' terms, by `deal.term`.
        where: For some actors the strategies that are averaged over; all where an actor is not named.
    """

    changes: tuple[Change | Varied, ...] = ()
    columns: tuple[tuple[str, float], ...] = ()
    levels: tuple[tuple[str, float], ...] = ()
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()


def arms(expectation: Expectation, model: Model) -> tuple[Arm, ...]:
    """The sides to run.

    Returns:
        For an effect (before, after). For an effect that is weakened or strengthened four: its own before and
        after, first with the other thing before, then with it after. For bounds one.
    """
    plain = Arm(where=tuple(sorted(expectation.where)))
    if expectation.contrast is None:
        return (plain,)
    outer = _sides(plain, expectation.contrast, model)
    if expectation.effect is None:
        return outer
    return tuple(arm for side in outer for arm in _sides(side, expectation.effect, model))


@dataclass(frozen=True, slots=True)
class Measured:
    """With an outcome more for each measure that is none of the model's own, under the measure's name."""

    measures: tuple[Measure, ...] = field(repr=False)
    names: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", tuple(sorted({measure.name for measure in self.measures})))

    def apply(self, model: Model) -> Model:
        """The model with these outcomes too."""
        known = {outcome.name for outcome in model.outcomes}
        added: dict[str, Outcome] = {}
        for measure in self.measures:
            if measure.tree is not None and measure.name not in known:
                expression = Expression(measure.tree.span, measure.tree)
                added[measure.name] = Outcome(
                    measure.name, measure.tree.span, measure.says, expression.unit, measure=expression, better="higher"
                )
        return replace(model, outcomes=(*model.outcomes, *added.values()))


def quantile(model: Model, setting: Setting) -> float:
    """The number at a quantile of an uncertainty or value, or of a deal's term with its levels alike."""
    share = np.array([min(max(float(setting.value), 1e-9), 1 - 1e-9)])
    if setting.symbol is not None and setting.symbol.kind == "term":
        levels = next(sorted(t.levels) for d in model.deals for t in d.terms if f"{d.name}.{t.name}" == setting.name)
        return float(levels[int(distributions.level_index(share, [1.0] * len(levels))[0])])
    return _quantile(next(p for p in model.uncertain if p.name == setting.name), share)


def _sides(arm: Arm, contrast: Contrast, model: Model) -> tuple[Arm, ...]:
    return tuple(_set(arm, setting, model) for setting in (contrast.before, contrast.after))


def _set(arm: Arm, setting: Setting, model: Model) -> Arm:
    match setting.how:
        case "variant":
            return _altered(arm, Varied(str(setting.value))) if setting.value else arm
        case "strategy":
            others = tuple(entry for entry in arm.where if entry[0] != setting.name)
            return replace(arm, where=tuple(sorted((*others, (setting.name, (str(setting.value),))))))
        case "quantile":
            held = (setting.name, quantile(model, setting))
            if setting.symbol is not None and setting.symbol.kind == "term":
                return replace(arm, levels=(*arm.levels, held))
            return replace(arm, columns=(*arm.columns, held))
        case "impose":
            assert setting.symbol is not None
            value = setting.value if setting.word in ("option", "number", "at") else None
            return _altered(arm, Imposed(setting.symbol, setting.word, value))
        case "shift" | "factor":
            assert setting.symbol is not None
            return _altered(arm, Moved(setting.symbol, setting.how, float(setting.value)))


def _altered(arm: Arm, change: Change | Varied) -> Arm:
    return replace(arm, changes=(*arm.changes, change))


def _quantile(parameter: Parameter, share: distributions.Array) -> float:
    spread = parameter.spread
    assert spread is not None
    if spread.levels:
        order = sorted(range(len(spread.levels)), key=lambda i: spread.levels[i])
        weights = [spread.weights[i] for i in order]
        return spread.levels[order[int(distributions.level_index(share, weights)[0])]]
    distribution = distributions.DISTRIBUTIONS[spread.distribution]
    low, high = spread.within
    if low is None and high is None:
        return float(np.asarray(distribution.quantile(share, *spread.arguments)).item())
    ends = (-np.inf if low is None else low, np.inf if high is None else high)
    found = distributions.truncated_quantile(distribution, share, spread.arguments, ends)
    return float(np.asarray(found).item())
