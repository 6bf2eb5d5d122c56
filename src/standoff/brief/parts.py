"""Parts of a section that are neither sentences nor pictures, as data: each has a macro of its name in every format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Protocol

__all__ = ["Assumption", "AssumptionTable", "Facts", "Listing", "Part", "Why"]


class Part(Protocol):
    """`shape` names the macro that shows it: `listing` is `listing_part` in the templates."""

    shape: ClassVar[str]


@dataclass(frozen=True, slots=True)
class Listing:
    """Lines under a heading, or none; names of the model stand between backticks, unless lines are `prose` alone."""

    shape: ClassVar[str] = "listing"
    heading: str
    lines: tuple[str, ...]
    prose: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """Names with their values."""

    shape: ClassVar[str] = "facts"
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Why:
    """One reason: a claim, a fact or a judgement, in words, with its source and address where there is one."""

    kind: str
    name: str
    says: str
    source: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Assumption:
    """A row of the table; `kind` is constant, uncertainty or value."""

    name: str
    kind: str
    about: str
    spread: str
    ends: str
    unit: str
    known_to: str
    why: tuple[Why, ...]


@dataclass(frozen=True, slots=True)
class AssumptionTable:
    """Assumptions of one kind; `is_open` unless a page that folds should fold them."""

    shape: ClassVar[str] = "assumptions"
    heading: str
    head: tuple[str, str, str]
    rows: tuple[Assumption, ...]
    is_open: bool
