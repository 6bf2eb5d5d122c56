"""A negotiation as a study with a deal: what each package is worth, and what no agreement is.

The packages are the levels of the deal's terms. Two issues are two terms; more are put together into two, so that the
question of deals looks at every package: the number of a combination counts the last issue's options fastest.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from pathlib import Path

from standoff.base.files import whole_file
from standoff.base.problems import Problem, StudyError
from standoff.exchange.imported import Asked, Imported, quoted, short
from standoff.exchange.names import Names
from standoff.exchange.negotiations.domain import Domain, read_domain
from standoff.language.text.files import STUDY_FILE

__all__ = ["import_negotiation"]

_MOST_PACKAGES = 20_000
_MOST_LEVELS = 500
_MOST_OPTIONS = 100


def import_negotiation(path: Path, asked: Asked) -> Imported:
    """A domain, with the parties' preferences beside it, as a study.

    Raises:
        StudyError: It cannot be read, or has more packages than a study's deal.
    """
    domain = read_domain(path)
    groups = _groups([len(own) for own in domain.options])
    sizes = [prod(len(domain.options[k]) for k in group) for group in groups]
    most = max(map(len, domain.options))
    if prod(sizes) > _MOST_PACKAGES or max(sizes) > _MOST_LEVELS or most > _MOST_OPTIONS:
        message = (
            f"the domain has {prod(sizes):,} packages; a deal holds {_MOST_PACKAGES:,}, of two times {_MOST_LEVELS}"
        )
        raise StudyError([Problem("too-many", whole_file(path.name), message, "leave issues out")])
    return _Study(domain, groups, sizes).imported(path.name, dict(asked.uncertain))


def _groups(sizes: list[int]) -> list[list[int]]:
    """Issues in one or two runs, so that the larger has as few combinations as can be."""
    if len(sizes) == 1:
        return [[0]]
    cut = min(range(1, len(sizes)), key=lambda k: max(prod(sizes[:k]), prod(sizes[k:])))
    return [list(range(cut)), list(range(cut, len(sizes)))]


class _Study:
    def __init__(self, domain: Domain, groups: list[list[int]], sizes: list[int]) -> None:
        self.domain, self.groups, self.sizes = domain, groups, sizes
        names = Names("p")
        for word in ("talks", "agree", "walk_away", "agreement", "struck", "no_deal", "moment", "open", "deal"):
            names.fresh(word)
        self.parties = [names.fresh(party.name) for party in domain.parties]
        self.deal = names.fresh(f"{domain.name} terms")
        self.issues = [names.fresh(issue) for issue in domain.issues]
        self.terms = [
            self.issues[group[0]] + "_term"
            if len(group) == 1
            else names.fresh("_and_".join(self.issues[k] for k in group))
            for group in groups
        ]

    def imported(self, file: str, uncertain: dict[str, tuple[float, float]]) -> Imported:
        parties, said = self.parties, self.domain.parties
        all_agree = " and ".join(f"{actor} == agree" for actor in parties)
        lines = [
            "standoff: 1", f"title: {quoted(self.domain.name)}",
            f"question: {quoted('What could ' + ' and '.join(p.name for p in said) + ' agree on?')}",
            f"decider: {parties[0]}", "clock: {start: 2000-01, step: month, steps: 1}", "actors:",
            *(f"  {a}: {{name: {quoted(short(p.name))}}}" for a, p in zip(parties, said, strict=True)),
            "choices:", *(f"  {a}: [agree, walk_away]" for a in parties),
            *self._numbers(uncertain),
            "modes:", "  talks:", "    states: [open, deal]", "    start: open", "    final: [deal]", "    moves:",
            f"      - {{name: struck, from: open, to: deal, when: {quoted(all_agree)}}}",
            "quantities:", *self._quantities(),
            "strategies:",
            *(f"  {a}: {{agrees: {{choose: agree}}, walks: {{name: walks away, choose: walk_away}}}}" for a in parties),
            "payoffs:", *(f"  {a}: {{final: {quoted(self._payoff(k, a))}}}" for k, a in enumerate(parties)),
            "outcomes:", '  agreement: {measure: "final(1 if talks == deal else 0)", better: higher}',
            "deals:", f"  {self.deal}:", f"    parties: [{', '.join(parties)}]", '    during: "talks == deal"',
            "    terms:", *self._terms(), "    without: [no_deal]",
            "variants:", "  no_deal: {about: Nobody agrees, impose: {struck: never}}",
        ]  # fmt: skip
        return Imported({STUDY_FILE: "\n".join(lines) + "\n"}, tuple(self._notes(file)))

    def _notes(self, file: str) -> Iterator[str]:
        yield from self.domain.notes
        yield "the clock of one step stands for no time"
        for term, group in zip(self.terms, self.groups, strict=True):
            if len(group) > 1:
                yield f"`{term}` counts the combinations of {', '.join(self.domain.issues[k] for k in group)}"
        if any(party.discount != 1.0 for party in self.domain.parties):
            yield "a deal is struck at the start; `--uncertain moment=0:1` lets time pass, and discounts bite"
        yield f"the offers that were made, and deadlines, are not in `{file}`; costs of options are not read"

    def _numbers(self, uncertain: dict[str, tuple[float, float]]) -> Iterator[str]:
        numbers = {"moment": 0.0}
        for name, party in zip(self.parties, self.domain.parties, strict=True):
            numbers[f"{name}_reserved"] = party.reserved
            numbers[f"{name}_discount"] = party.discount
        unknown = next((name for name in uncertain if name not in numbers), None)
        if unknown is not None:
            raise ValueError(f"`{unknown}` is no constant of the negotiation, which has {', '.join(sorted(numbers))}")
        yield "constants:"
        yield from (
            f"  {name}: {{value: {value!r}, judgement: as the domain has it}}"
            for name, value in numbers.items() if name not in uncertain
        )  # fmt: skip
        if uncertain:
            yield "uncertainties:"
            yield from (
                f"  {name}: {{range: [{low!r}, {high!r}], judgement: a range given on import}}"
                for name, (low, high) in uncertain.items()
            )

    def _quantities(self) -> Iterator[str]:
        """The option of each issue by its number, and what the package is worth to each party."""
        for term, group in zip(self.terms, self.groups, strict=True):
            left = f"{self.deal}.{term}"
            for place, k in enumerate(group):
                below = prod(len(self.domain.options[j]) for j in group[place + 1 :])
                whole = f"floor({left} / {below})" if below > 1 else left
                n = len(self.domain.options[k])
                text = whole if place == 0 else f"{whole} - {n} * floor({left} / {below * n})"
                listed = ", ".join(f"{i} {option}" for i, option in enumerate(self.domain.options[k]))
                yield f"  {self.issues[k]}: {{value: {quoted(text)}, about: {quoted(listed[:300])}}}"
        for k, party in enumerate(self.domain.parties):
            parts = []
            for issue, worth in zip(self.issues, party.worth, strict=True):
                name = f"{self.parties[k]}_{issue}"
                points = ", ".join(f"{i}, {x!r}" for i, x in enumerate(worth))
                text = f"table_stepped({issue}, {points})" if len(worth) > 1 else repr(worth[0])
                yield f"  {name}: {{value: {quoted(text)}}}"
                parts.append(name)
            yield f"  {self.parties[k]}_gets: {{value: {quoted(' + '.join(parts))}}}"

    def _payoff(self, k: int, actor: str) -> str:
        return f"({actor}_gets if talks == deal else {actor}_reserved) * {actor}_discount ** moment"

    def _terms(self) -> Iterator[str]:
        for term, group, size in zip(self.terms, self.groups, self.sizes, strict=True):
            about = quoted(" × ".join(self.domain.issues[k] for k in group)[:300])
            yield f"      {term}: {{about: {about}, levels: [{', '.join(map(str, range(size)))}]}}"
