"""What a study has of vectors: its indices, and what runs over which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from standoff.base.source import Span

__all__ = ["Vectors", "element_name"]


@dataclass(frozen=True, slots=True)
class Vectors:
    """What a study has of vectors.

    Attributes:
        indices: For each index, its elements and what each is called in prose.
        axes: For each vector, the indices that it runs over.
        places: Where the entries that stand for many stand.
    """

    indices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    axes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    places: tuple[Span, ...] = ()


def element_name(vector: str, elements: tuple[str, ...]) -> str:
    """The name of its own that an element has."""
    return "_".join((vector, *elements))
