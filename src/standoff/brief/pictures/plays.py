"""The pictures of the section on the others: who plays what over beliefs, and the replies to each strategy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from standoff.analysis.findings import Figure
from standoff.analysis.others.others import Others
from standoff.analysis.others.replies import Lead
from standoff.analysis.others.shares import play_shares
from standoff.brief.pictures.drawing.colours import colour_of
from standoff.brief.pictures.play_pictures import LeadRow, PlayCell, PlayColumn, ReplyCell, reach
from standoff.brief.section import Table
from standoff.language.model import Model
from standoff.words.names import family_words, strategy_words
from standoff.words.numbers import measured, number, percent
from standoff.words.sections import others as said
from standoff.words.sentences.others import instance_of, share_of_beliefs
from standoff.words.text import capital, join

__all__ = [
    "RARELY",
    "best_leads",
    "lead_rows",
    "lead_table",
    "play_columns",
    "play_table",
    "profile_table",
    "reply_table",
]

RARELY = 0.05
"""A strategy that survives dominance in no more of the beliefs counts as ruled out."""


def play_columns(model: Model, found: Others) -> list[PlayColumn]:
    """Each actor with its strategies and the shares in which it plays them."""
    shares, errors = play_shares(found)
    gone = {(s.player, s.strategy) for s in found.survival if s.share_of_beliefs <= RARELY}
    columns = []
    for player, names, own, noise in zip(found.players, found.strategies, shares, errors, strict=True):
        cells = []
        for label, share, error in zip(names, own.tolist(), noise.tolist(), strict=True):
            instance = instance_of(model, player, label)
            shown = strategy_words(instance)
            colour = colour_of(model, instance) if player == model.decider else None
            cells.append(
                PlayCell(shown, colour, share if np.isfinite(share) else 0.0, percent(share, error),
                         is_gone=(player, label) in gone and not share > RARELY)
            )  # fmt: skip
        columns.append(PlayColumn(capital(model.title_of(player)), tuple(cells)))
    return columns


def profile_table(model: Model, found: Others) -> Table:
    """The profiles that may be stable, with every number."""
    rows = tuple(
        (
            *(
                strategy_words(instance_of(model, player, label))
                for player, label in zip(found.players, profile.strategies, strict=True)
            ),
            percent(profile.probability),
            percent(profile.tolerant),
            share_of_beliefs(found, profile),
            profile.standing,
            "; ".join(measured(r, e) for r, e in zip(profile.regret, profile.error, strict=True)),
        )
        for profile in found.profiles
    )
    return Table(said.PROFILES, said.profiles_head(model, found), rows)


def best_leads(model: Model, found: Others) -> list[Lead]:
    """Of each family of the decider's strategies the setting that does best once the others reply."""
    assert found.replies is not None
    best: dict[str, Lead] = {}
    for lead in found.replies.leads:
        name = instance_of(model, model.decider, lead.strategy).strategy.name
        if name not in best or lead.expected.value > best[name].expected.value:
            best[name] = lead
    return sorted(best.values(), key=lambda lead: -lead.expected.value)


def _span(lead: Lead) -> tuple[Figure, Figure]:
    """Worst and best over the replies as estimated; where there is none, over their weights."""
    return lead.worst or lead.expected, lead.best or lead.expected


def lead_rows(model: Model, found: Others) -> list[LeadRow]:
    """A row for each of the decider's strategies, in its better setting: the likeliest reply and what it comes to."""
    assert found.replies is not None
    leads = best_leads(model, found)
    usual = _usual(leads)
    figures = [figure for lead in leads for figure in (*_span(lead), lead.expected)]
    domain = (min(f.low for f in figures), max(f.high for f in figures))
    rows = []
    for lead in leads:
        instance = instance_of(model, model.decider, lead.strategy)
        replies: tuple[ReplyCell, ...] = ()
        if lead.replies:
            replies = tuple(
                ReplyCell(strategy_words(instance_of(model, actor, label)), label != common)
                for actor, label, common in zip(found.replies.others, lead.replies[0].strategies, usual, strict=True)
            )
        worst, best = _span(lead)
        value = measured(lead.expected.value, lead.expected.error)
        chance = percent(lead.replies[0].probability) if lead.replies else "none"
        rows.append(
            LeadRow(
                capital(family_words(instance.strategy)), strategy_words(instance), colour_of(model, instance), replies,
                chance=chance, value=value,
                drawn=reach((worst.low, best.high), (worst.value, best.value), lead.expected.value, domain),
            )
        )  # fmt: skip
    return rows


def _usual(leads: list[Lead]) -> tuple[str, ...]:
    """For each of the others what it replies to most of the decider's strategies."""
    likeliest = [lead.replies[0].strategies for lead in leads if lead.replies]
    columns = list(zip(*likeliest, strict=True))
    return tuple(max(dict.fromkeys(column), key=column.count) for column in columns)


def play_table(columns: Sequence[PlayColumn]) -> Table:
    """Who plays what, as text."""
    return Table(
        "",
        said.PLAY_HEAD,
        tuple(
            (column.actor, f"{cell.name}{said.GONE if cell.is_gone else ''}", cell.shown)
            for column in columns
            for cell in column.cells
        ),
    )


def reply_table(others: Sequence[str], rows: Sequence[LeadRow]) -> Table:
    """The likeliest reply to each strategy, as text."""
    return Table(
        "",
        said.reply_head(others),
        tuple(
            (
                row.label,
                *([reply.name for reply in row.replies] or ["not settled"] * len(others)),
                row.chance,
                row.value,
            )
            for row in rows
        ),
    )


def lead_table(model: Model, found: Others) -> Table:
    """Every strategy of the decider with all its replies, under every view of the others."""
    assert found.replies is not None

    def shown(figure: Figure | None) -> str:
        return "none" if figure is None else measured(figure.value, figure.error)

    rows = []
    for lead in found.replies.leads:
        replies = [
            join(
                [
                    strategy_words(instance_of(model, a, s))
                    for a, s in zip(found.replies.others, r.strategies, strict=True)
                ]
            )
            + f" ({percent(r.probability)})"
            for r in lead.replies
        ]
        rows.append(
            (
                strategy_words(instance_of(model, model.decider, lead.strategy)), "; ".join(replies) or "none",
                percent(lead.without), shown(lead.worst), shown(lead.best), shown(lead.expected),
                number(lead.quantal), shown(lead.uniform), shown(lead.adversarial),
            )
        )  # fmt: skip
    return Table(said.lead_table_caption(model), said.LEAD_HEAD, tuple(rows))
