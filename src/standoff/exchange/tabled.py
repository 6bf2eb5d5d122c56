"""Numbers by their place, as quantities of a study."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from standoff.exchange.imported import quoted

__all__ = ["tabled"]

_LONGEST = 3_600  # characters of an expression, of which the language admits a few more


def tabled(name: str, place: str, values: Sequence[float]) -> Iterator[str]:
    """Lines of a quantity that is the number at a place, counted from 0, in tables that an expression holds.

    Args:
        name: The quantity's.
        place: The quantity that says which number.
        values: The numbers, kept to the last digit.
    """
    pieces: list[tuple[int, str]] = []
    start = 0
    while start < len(values):
        text, stop = f"table_stepped({place}, {start}, {_number(values[start])}", start + 1
        while stop < len(values) and len(text) < _LONGEST:
            text += f", {stop}, {_number(values[stop])}"
            stop += 1
        pieces.append((stop, text + ")" if stop - start > 1 else _number(values[start])))
        start = stop
    if len(pieces) == 1:
        yield f"  {name}: {{value: {quoted(pieces[0][1])}}}"
        return
    for k, (_, text) in enumerate(pieces):
        yield f"  {name}_{k + 1}: {{value: {quoted(text)}}}"
    yield f"  {name}:\n    value:"
    for k, (stop, _) in enumerate(pieces[:-1]):
        yield f"      - {{when: {place} < {stop}, then: {name}_{k + 1}}}"
    yield f"      - {{then: {name}_{len(pieces)}}}"


def _number(value: float) -> str:
    return repr(value + 0.0)
