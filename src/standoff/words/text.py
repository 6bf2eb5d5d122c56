"""Small words: lists, capitals, counts in letters, and labels that must fit."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["are_or_is", "capital", "closed", "few", "join", "labelled", "shortened", "words"]

_FEW = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def words(name: str) -> str:
    """A name of the model in plain words."""
    return name.replace("_", " ").replace(".", ", ")


def capital(text: str) -> str:
    """The text with its first letter large, but where its first word is written otherwise: `pH`, `e-Estonia`."""
    first = text.split(maxsplit=1)[0] if text.strip() else text
    return text if any(letter.isupper() for letter in first[1:]) else text[:1].upper() + text[1:]


def closed(text: str) -> str:
    """A sentence with its full stop, where it has no other end."""
    return text if text.endswith((".", "?", "!", "…")) else f"{text}."


def labelled(name: str, said: str) -> str:
    """What is said after the name of what it is about, which may be a question."""
    return f"{name} {capital(said)}" if name.endswith(("?", "!")) else f"{name.rstrip('.')}: {said}"


def join(items: Sequence[str], last: str = "and") -> str:
    """`a, b and c`."""
    return "".join(items) if len(items) < 2 else f"{', '.join(items[:-1])} {last} {items[-1]}"


def few(n: int) -> str:
    """A count at the head of a sentence or in it: `two`, `13`."""
    return _FEW[n] if n < len(_FEW) else str(n)


def are_or_is(items: Sequence[object]) -> str:
    """The verb for so many things."""
    return "is" if len(items) == 1 else "are"


def shortened(text: str, most: int) -> str:
    """A label cut after a whole word where there is no room for more."""
    return text if len(text) <= most else f"{text[:most].rsplit(' ', 1)[0].rstrip(',;:')}…"
