"""What the choice hinges on: ranked bars, flip lines, and boxes of worlds on parallel axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from standoff.analysis.findings import Inputs
from standoff.analysis.linchpins.linchpins import Assumption, Linchpins
from standoff.analysis.linchpins.regions import Region
from standoff.brief.pictures.boxes import box_picture
from standoff.brief.pictures.drawing.colours import colour_of, is_second
from standoff.brief.pictures.flips import PinRow, flip_row, on_lines
from standoff.brief.section import Chip, Method, Picture, Section, Table
from standoff.evidence.claims import Ledger
from standoff.language.model import Model
from standoff.words.names import quoted, strategy_words, title_of
from standoff.words.numbers import interval, measured, number, percent
from standoff.words.sections import hinges_on as said
from standoff.words.sections.page import CALLED
from standoff.words.sentences.linchpins import pin_sentence
from standoff.words.text import capital

__all__ = ["hinges_on", "unanswered"]

_MOST_PINS = 8


def hinges_on(model: Model, found: Linchpins, inputs: Inputs, ledger: Ledger, *, environment: Environment) -> Section:
    """The section."""
    shown = [*found.linchpins, *_untold(found)][:_MOST_PINS]
    top = max((pin.worth.evppi.high for pin in shown), default=1.0) or 1.0
    groups = [
        (title, [flip_row(model, found, pin, inputs, top=top) for pin in shown if pin.parameter.kind == kind])
        for title, kind in ((said.facts_title(model, shown), "uncertainty"), (said.WANTS, "value"))
    ]
    module: Any = environment.get_template("robust.html.j2").module
    key = [(strategy_words(i), colour_of(model, i), is_second(i)) for i in on_lines(found, shown)]
    pictures = [
        Picture(
            Markup(module.pins_part([(title, rows) for title, rows in groups if rows], key)),
            said.PINS_CAPTION,
            said.PINS_KEY,
            table=_table(model, found),
            instead=(_pins_table([row for _, rows in groups for row in rows]),),
        )
    ]
    pictures += [
        box_picture(model, found, region, inputs, names=[pin.name for pin in shown], has_key=not k)
        for k, region in enumerate(_boxed(found))
    ]
    return Section(
        "hinges-on",
        CALLED["hinges-on"],
        said.hinges_on_title(model, found),
        lead=said.hinges_on_lead(model, found),
        pictures=tuple(pictures),
        sure=said.hinges_on_sure(model, found, ledger),
        why=tuple(Chip(pin.name, title_of(model, pin.name)) for pin in found.linchpins),
        method=Method(*said.hinges_on_method(found)) if found.facts or found.values else None,
        sentence=said.first_hinge(model, found),
    )


def unanswered(why: str) -> Section:
    """The section where the study or the run leaves nothing to ask."""
    return Section("hinges-on", CALLED["hinges-on"], said.NOT_SAID, lead=(f"{capital(why)}.",))


def _boxed(found: Linchpins) -> list[Region]:
    return [region for region in found.regions if region.found.recommended is not None]


def _untold(found: Linchpins) -> list[Assumption]:
    rest = [pin for pin in (*found.facts, *found.values) if not pin.worth.is_significant]
    return sorted(rest, key=lambda pin: -pin.worth.evppi.value)[:3]


def _table(model: Model, found: Linchpins) -> Table:
    rows = [
        (
            title_of(model, pin.name),
            "fact" if pin.parameter.kind == "uncertainty" else "want",
            measured(pin.worth.evppi.value, pin.worth.evppi.error),
            interval(pin.worth.evppi.low, pin.worth.evppi.high),
            "not known" if pin.worth.share is None else percent(pin.worth.share),
            number(pin.worth.p_value),
            pin_sentence(found, pin),
        )
        for pin in sorted((*found.facts, *found.values), key=lambda pin: -pin.worth.evppi.value)
    ]
    rows += [
        (" and ".join(quoted(model, name) for name in pair.names), "pair",
         measured(pair.worth.evppi.value, pair.worth.evppi.error),
         interval(pair.worth.evppi.low, pair.worth.evppi.high),
         "not known" if pair.worth.share is None else percent(pair.worth.share), number(pair.worth.p_value),
         said.beyond_words(pair.worth))
        for pair in found.pairs
    ]  # fmt: skip
    return Table(
        said.WORTH,
        said.WORTH_HEAD,
        tuple(rows),
    )


def _pins_table(rows: Sequence[PinRow]) -> Table:
    return Table(
        "",
        said.PINS_HEAD,
        tuple((row.about, said.worth_words(row.worth, is_told=row.told), row.sentence) for row in rows),
    )
