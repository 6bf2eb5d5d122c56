"""The picture of evidence: documents' claims at both sides, tied to the mechanisms of the model between them.

Where that is too wide (on a phone, on paper) a list of mechanisms, each with its claims, stands for it.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from standoff.analysis.documents.documents import Agreement, ClaimFinding, DocumentFinding, MechanismFinding
from standoff.brief.pictures.drawing.marks import MARKS
from standoff.brief.pictures.drawing.svg import framed, group, tag
from standoff.words.sections.documents import NO_PART, ties_words

__all__ = ["draw_ties"]

_WIDTH, _SIDE, _MIDDLE = 1180.0, 366.0, (470.0, 710.0)
_LINE, _PAD, _BOX_PAD = 13.5, 9.0, 8.0
# As many letters a line as fit in the widest of the usual system faces (about 0.6 em a letter at 11 px).
_CLAIM_LETTERS, _BOX_LETTERS, _HEAD_LETTERS = 46, 28, 42


@dataclass(frozen=True, slots=True)
class _Item:
    """A heading, a claim or a mechanism, as wrapped lines; `name` is empty for a heading."""

    name: str
    lines: tuple[str, ...]
    height: float


def draw_ties(found: Agreement) -> Markup | None:
    """Claims of the first, third, … document at the left, of the others at the right, mechanisms in the middle.

    A line runs from a claim to each mechanism that cites it, in the colour and dashes of the claim's answer. None
    where no mechanism cites any.
    """
    sides = [_column(found, found.documents[i::2]) for i in range(2)]
    cited = {claim.name for claim in found.claims}
    tied = [m for m in found.mechanisms if cited & set(m.cites)]
    if not tied:
        return None
    boxes = [_item(f"m-{m.name}", m.title, _BOX_LETTERS, 2 * _BOX_PAD + 6) for m in tied]
    height = max([_height(column) for column in (*sides, boxes)], default=0.0) + 4
    places: dict[str, float] = {}
    for column in sides:
        places |= _spread(column, height)
    places |= _spread(_ordered(boxes, tied, places), height)
    left = {
        claim.name for document in found.documents[0::2] for claim in found.claims if claim.document == document.name
    }
    claims = {claim.name: claim for claim in found.claims}
    parts = [_tie(claims[name], m, places, name in left) for m in tied for name in m.cites if name in claims]
    for column, is_left in zip(sides, (True, False), strict=True):
        parts += [
            _claim(item, claims, places, is_left) if item.name else _heading(item, places, is_left) for item in column
        ]
    parts += [_box(item, m, places) for item, m in zip(boxes, tied, strict=True)]
    width = _WIDTH if len(found.documents) > 1 else _MIDDLE[1] + 8
    drawn = framed("linked ties", (width, height), ties_words(found), parts, role="group")
    return drawn + _list(found, tied)


def _list(found: Agreement, tied: Sequence[MechanismFinding]) -> Markup:
    """The same as text: mechanisms, under each the claims that it rests on, and last the claims without one."""
    items = [
        Markup('<li><p class="m-{}"><b class="badge">{}</b> {}</p>{}</li>').format(
            MARKS[mechanism.answer].style,
            MARKS[mechanism.answer].sign,
            mechanism.title,
            _claims(found, [claim for claim in found.claims if claim.name in mechanism.cites]),
        )
        for mechanism in tied
    ]
    used = {name for mechanism in tied for name in mechanism.cites}
    if rest := [claim for claim in found.claims if claim.name not in used]:
        items.append(Markup("<li><p>{}</p>{}</li>").format(NO_PART, _claims(found, rest)))
    return Markup('<ul class="tied">{}</ul>').format(Markup("").join(items))


def _claims(found: Agreement, claims: Sequence[ClaimFinding]) -> Markup:
    from_whom = {d.name: d.publisher or d.author or d.title for d in found.documents}
    line = Markup(
        '<li class="m-{}"><span class="badge" aria-hidden="true">{}</span><span class="unseen">{}: </span>'
        '<a href="#c-{}">{}</a> <small>{}</small></li>'
    )
    return Markup("<ul>{}</ul>").format(
        Markup("").join(
            line.format(mark.style, mark.sign, claim.answer, claim.name, claim.says, from_whom[claim.document])
            for claim, mark in ((claim, MARKS[claim.answer]) for claim in claims)
        )
    )


def _column(found: Agreement, documents: Sequence[DocumentFinding]) -> list[_Item]:
    items: list[_Item] = []
    for document in documents:
        lines = textwrap.wrap(document.title, _HEAD_LETTERS)
        about = ", ".join(part for part in (document.author, document.publisher, document.date) if part)
        lines += textwrap.wrap(about, _HEAD_LETTERS)[:3]
        items.append(_Item("", (document.name, *lines), _LINE * len(lines) + 14))
        items += [
            _item(f"c-{claim.name}", claim.says, _CLAIM_LETTERS, _PAD)
            for claim in found.claims
            if claim.document == document.name
        ]
    return items


def _item(name: str, text: str, letters: int, pad: float) -> _Item:
    lines = tuple(textwrap.wrap(text, letters))
    return _Item(name, lines, _LINE * len(lines) + pad)


def _height(items: Sequence[_Item]) -> float:
    return sum(item.height for item in items)


def _key(item: _Item) -> str:
    return item.name or f"d-{item.lines[0]}"


def _spread(items: Sequence[_Item], height: float) -> dict[str, float]:
    """The top of each item, with what room is left shared out alike; headings stay with what they head."""
    gap = (height - _height(items)) / max(1, sum(bool(item.name) for item in items))
    places, y = {}, 0.0
    for item in items:
        y += gap / 2 if item.name else 0.0
        places[_key(item)] = y
        y += item.height + (gap / 2 if item.name else 0.0)
    return places


def _ordered(boxes: Sequence[_Item], mechanisms: Sequence[MechanismFinding], places: dict[str, float]) -> list[_Item]:
    """Boxes by the mean height of the claims that they are tied to, so that few lines cross."""

    def centre(pair: tuple[_Item, MechanismFinding]) -> float:
        at = [places[f"c-{name}"] for name in pair[1].cites if f"c-{name}" in places]
        return sum(at) / len(at)

    return [item for item, _ in sorted(zip(boxes, mechanisms, strict=True), key=centre)]


def _tie(claim: ClaimFinding, mechanism: MechanismFinding, places: dict[str, float], is_left: bool) -> str:
    mark = MARKS[claim.answer]
    start, end = (_SIDE, _MIDDLE[0]) if is_left else (_WIDTH - _SIDE, _MIDDLE[1])
    y = places[f"c-{claim.name}"] + 10.0
    to = places[f"m-{mechanism.name}"] + 14.0
    bend = (start + end) / 2
    path = f"M{start:.0f} {y:.0f}C{bend:.0f} {y:.0f} {bend:.0f} {to:.0f} {end:.0f} {to:.0f}"
    return tag(
        "path", title=f"{claim.says}: {claim.answer}. {mechanism.title}", kind=f"link m-{mark.style}",
        data_a=f"c-{claim.name}", data_b=f"m-{mechanism.name}", d=path,
    )  # fmt: skip


def _claim(item: _Item, claims: dict[str, ClaimFinding], places: dict[str, float], is_left: bool) -> str:
    claim = claims[item.name.removeprefix("c-")]
    mark = MARKS[claim.answer]
    y = places[item.name] + 13.5
    x, at = (_SIDE - 22, _SIDE - 9) if is_left else (_WIDTH - _SIDE + 22, _WIDTH - _SIDE + 9)
    parts = [
        tag("text", mark.sign, kind="sign", x=at, y=y),
        _text(f"says{' end' if is_left else ''}", item.lines, x, y),
    ]
    return group(
        parts, name="a", title=f"{claim.says}: {claim.answer}", kind=f"node m-{mark.style}", data_node=item.name,
        href=f"#{item.name}",
    )  # fmt: skip


def _heading(item: _Item, places: dict[str, float], is_left: bool) -> str:
    x = _SIDE - 22 if is_left else _WIDTH - _SIDE + 22
    return _text(f"head{' end' if is_left else ''}", item.lines[1:], x, places[_key(item)] + 13)


def _box(item: _Item, mechanism: MechanismFinding, places: dict[str, float]) -> str:
    mark, y = MARKS[mechanism.answer], places[item.name]
    left, width = _MIDDLE[0], _MIDDLE[1] - _MIDDLE[0]
    parts = [
        tag("rect", kind="box", x=left, y=y + 2, width=width, height=item.height - 8, rx=3),
        tag("text", mark.sign, kind="sign", x=left + 13, y=y + 18),
        _text("says", item.lines, left + 26, y + 18),
    ]
    said = f"{mechanism.title}: {mechanism.answer}"
    return group(parts, title=said, kind=f"node m-{mark.style}", data_node=item.name)


def _text(kind: str, lines: Sequence[str], x: float, y: float) -> str:
    return group([tag("tspan", line, x=x, y=y + i * _LINE) for i, line in enumerate(lines)], name="text", kind=kind)
