"""The colours of strategies, the same everywhere."""

from __future__ import annotations

from standoff.language.model import Instance, Model

__all__ = ["COLOURS", "colour_of", "is_second"]

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7A7000", "#000000")
"""Okabe & Ito's colours that stand on white, strongest first; the yellow is darkened to be seen."""


def colour_of(model: Model, instance: Instance) -> int:
    """The index of a strategy's colour: by its family, the same everywhere."""
    families = [s.name for s in model.strategies if s.actor == instance.strategy.actor]
    return families.index(instance.strategy.name) % len(COLOURS)


def is_second(instance: Instance) -> bool:
    """Whether a strategy is drawn hollow: of its family, not the first setting."""
    return instance.strategy.instances[0].label != instance.label
