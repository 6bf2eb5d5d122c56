"""Negotiation domains: issues with their options, and what each party makes of them.

A domain stands in one file and each party's preferences in another beside it: Genius's XML, GeniusWeb's JSON, or
NegMAS's JSON. What a package is worth to a party is the sum over issues of weight times evaluation; an evaluation in
Genius counts as a share of the issue's largest.

Reference: R. Lin and others, Genius (2014); Y. Mohammad and others, NegMAS (2021), `Scenario`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from standoff.base.files import open_plain, read_source, whole_file
from standoff.base.problems import Problem, StudyError
from standoff.base.source import Source, Span
from standoff.base.xml import local_name, parse_xml

__all__ = ["Domain", "Party", "is_domain", "read_domain"]

_MOST_BYTES = 4_000_000
_MOST_OF_PARTY = 8


@dataclass(frozen=True, slots=True)
class Party:
    """What a party wants.

    Attributes:
        name: The party's.
        worth: For each issue, what each of its options adds, weights multiplied in.
        reserved: What no agreement is worth.
        discount: What a unit of worth is worth at the deadline; 1 where time costs nothing.
    """

    name: str
    worth: tuple[tuple[float, ...], ...]
    reserved: float = 0.0
    discount: float = 1.0


@dataclass(frozen=True, slots=True)
class Domain:
    """A negotiation: its issues, the options of each, and the parties."""

    name: str
    issues: tuple[str, ...]
    options: tuple[tuple[str, ...], ...]
    parties: tuple[Party, ...]
    notes: tuple[str, ...] = field(default=())

    def utilities(self) -> npt.NDArray[np.float64]:
        """What each package is worth to each party: (n_parties, options of issue 1, …)."""
        found = np.zeros((len(self.parties), *map(len, self.options)))
        for k, party in enumerate(self.parties):
            for axis, worth in enumerate(party.worth):
                found[k] += np.array(worth).reshape([-1 if j == axis else 1 for j in range(len(self.issues))])
        return found


Issues = Mapping[str, tuple[str, ...]]


def is_domain(path: Path) -> bool:
    """Whether a file of JSON looks like a negotiation's domain or a party's preferences, and not like references."""
    try:
        with open_plain(path) as file:
            start = file.read(4_096).lstrip(b"\xef\xbb\xbf \t\r\n")
    except OSError:
        return False
    return start[:1] == b"{" and any(
        word in start for word in (b'"issues', b'"issuesValues', b"UtilitySpace", b"UtilityFunction")
    )


def read_domain(path: Path) -> Domain:
    """A domain with the preferences that stand beside it in files of the same kind.

    Raises:
        StudyError: It cannot be read, says something that is no sum over issues, or fewer than two parties are there.
    """
    issues, notes = _read(path, None)
    if not isinstance(issues, Mapping):
        raise _refused(whole_file(path.name), "this holds a party's preferences", "give the file of the domain")
    parties: list[Party] = []
    for other in sorted(p for p in path.parent.iterdir() if p.suffix.lower() == path.suffix.lower() and p != path):
        if len(parties) == _MOST_OF_PARTY:
            raise _refused(whole_file(path.name), f"more than {_MOST_OF_PARTY} parties stand beside it")
        if other.suffix.lower() == ".json" and not is_domain(other):
            continue
        found, more = _read(other, issues)
        if isinstance(found, Party):
            parties.append(found)
            notes += more
    if len(parties) < 2:
        message = f"{len(parties) or 'no'} party's preferences stand beside `{path.name}`, and a negotiation has two"
        raise _refused(whole_file(path.name), message, "put the parties' files into the folder of the domain")
    name = path.parent.resolve().name if path.stem.lower() == "domain" else path.stem
    return Domain(name, tuple(issues), tuple(issues.values()), tuple(parties), notes=tuple(notes))


def _read(path: Path, issues: Issues | None) -> tuple[Issues | Party | None, list[str]]:
    """A file's issues, or a party of these issues; None where it is neither."""
    source = read_source(path, path.name, most=_MOST_BYTES)
    return (
        _Genius(source, path.stem).read(issues)
        if path.suffix.lower() == ".xml"
        else _Json(source, path.stem).read(issues)
    )


class _Reading:
    """What both forms share: problems with their place, numbers, and a party made of evaluations."""

    def __init__(self, source: Source, stem: str) -> None:
        self.source, self.stem = source, stem
        self.notes: list[str] = []

    def span(self, line: int) -> Span:
        lines = self.source.text.split("\n")
        at = sum(len(one) + 1 for one in lines[: line - 1])
        return Span(self.source, at, at + len(lines[min(line, len(lines)) - 1]))

    def refuse(self, line: int, message: str, advice: str | None = None) -> StudyError:
        return _refused(self.span(line), message, advice)

    def number(self, said: Any, line: int, what: str) -> float:
        try:
            value = float(said)
        except (TypeError, ValueError):
            raise self.refuse(line, f"{what} is a number, and `{str(said)[:40]}` stands here") from None
        if not math.isfinite(value) or abs(value) > 1e12:
            raise self.refuse(line, f"{what} is no finite number below 1e12")
        return value

    def worth(self, issues: Issues, said: Mapping[str, tuple[int, float, Mapping[str, float]]]) -> list[list[float]]:
        """For each issue what its options add, from a line, a weight and evaluations each."""
        found = []
        for name, options in issues.items():
            if name not in said:
                raise self.refuse(1, f"`{self.stem}` says nothing of the issue `{name}`")
            line, weight, values = said[name]
            missing = next((option for option in options if option not in values), None)
            if missing is not None:
                raise self.refuse(line, f"`{self.stem}` does not say what `{missing}` is worth in `{name}`")
            found.append([weight * values[option] for option in options])
        total = sum(weight for _, weight, _ in said.values())
        if abs(total - 1.0) > 1e-6:
            self.notes.append(f"the weights of `{self.stem}` sum to {total:g}; they are kept as they are")
        return found


class _Genius(_Reading):
    """Genius's XML, of a domain or of a profile."""

    def read(self, issues: Issues | None) -> tuple[Issues | Party | None, list[str]]:
        try:
            root = parse_xml(self.source.text.encode())
        except ValueError as error:
            where, _, said = str(error).partition(": ")
            raise self.refuse(int(where.removeprefix("line ")), said) from None
        space = next((node for node in root.iter() if local_name(node) == "utility_space"), None)
        if space is None:
            if issues is None:
                raise self.refuse(1, "this is no domain of Genius: it has no `utility_space`")
            return None, []
        found = [node for node in space.iter() if local_name(node) == "issue"]
        if issues is None:
            return self._issues(found), []
        if not any(item.get("evaluation") is not None for issue in found for item in issue):
            return None, []
        return self._party(space, found, issues), self.notes

    def _issues(self, found: Sequence[Any]) -> Issues:
        issues: dict[str, tuple[str, ...]] = {}
        for node in found:
            name, kind = str(node.get("name")), str(node.get("type", "discrete"))
            if kind != "discrete":
                message = f"the issue `{name}` is {kind}, and only issues with listed options are read"
                raise self.refuse(node.sourceline, message, "list its values as a discrete issue")
            options = tuple(str(item.get("value")) for item in node if local_name(item) == "item")
            if not options or len(set(options)) != len(options) or name in issues:
                raise self.refuse(node.sourceline, f"the issue `{name}` has no options, or one of the names twice")
            issues[name] = options
        if not issues:
            raise self.refuse(1, "the domain has no issues")
        return issues

    def _party(self, space: Any, found: Sequence[Any], issues: Issues) -> Party:
        weights = {node.get("index"): (node.sourceline, node.get("value")) for node in space.iter()
                   if local_name(node) == "weight"}  # fmt: skip
        said: dict[str, tuple[int, float, Mapping[str, float]]] = {}
        for node in found:
            items = [item for item in node if local_name(item) == "item"]
            values = {str(i.get("value")): self.number(i.get("evaluation"), i.sourceline, "an evaluation")
                      for i in items}  # fmt: skip
            most = max(values.values(), default=0.0)
            if min(values.values(), default=0.0) < 0 or most <= 0:
                message = f"the evaluations of `{node.get('name')}` are not from 0 up with one above it"
                raise self.refuse(node.sourceline, message)
            line, weight = weights.get(node.get("index"), (node.sourceline, None))
            said[str(node.get("name"))] = (
                node.sourceline, self.number(weight, line, "a weight"), {k: v / most for k, v in values.items()}
            )  # fmt: skip
        for node in space.iter():
            if local_name(node) in ("hyperRectangle", "constraint", "rule", "ufun"):
                raise self.refuse(node.sourceline, f"`{local_name(node)}`: preferences that are no sum over issues")
        one = {
            key: self.number(node.get("value"), node.sourceline, f"the {key}")
            for key in ("reservation", "discount_factor")
            for node in space.iter() if local_name(node) == key
        }  # fmt: skip
        worth = tuple(map(tuple, self.worth(issues, said)))
        return Party(self.stem, worth, one.get("reservation", 0.0), one.get("discount_factor", 1.0))


class _Json(_Reading):
    """GeniusWeb's and NegMAS's JSON."""

    def read(self, issues: Issues | None) -> tuple[Issues | Party | None, list[str]]:
        try:
            said = json.loads(self.source.text)
        except json.JSONDecodeError as error:
            raise self.refuse(error.lineno, f"this is not JSON: {error.msg.lower()}") from None
        except RecursionError:
            raise self.refuse(1, "this JSON is nested too deep") from None
        if not isinstance(said, dict):
            raise self.refuse(1, "this is no domain: a mapping with `issues` or `issuesValues` is expected")
        try:
            if issues is None:
                return self._issues(said), []
            if "LinearAdditiveUtilitySpace" in said:
                return self._of_geniusweb(said["LinearAdditiveUtilitySpace"], issues), self.notes
            if "UtilityFunction" in str(said.get("type", "")):
                return self._of_negmas(said, issues), self.notes
        except (KeyError, TypeError, AttributeError, IndexError) as error:
            raise self.refuse(1, f"this lacks {error}, or something else stands in its place") from None
        return None, []

    def line(self, word: str) -> int:
        return self.source.text.count("\n", 0, max(self.source.text.find(json.dumps(word)), 0)) + 1

    def _issues(self, said: Mapping[str, Any]) -> Issues:
        if "issuesValues" in said:
            pairs: Iterator[tuple[str, Any]] = iter((n, v.get("values")) for n, v in said["issuesValues"].items())
        else:
            pairs = iter((str(one["name"]), one.get("values")) for one in said["issues"])
        found: dict[str, tuple[str, ...]] = {}
        for name, values in pairs:
            if not isinstance(values, list) or not values:
                message = f"the issue `{name}` lists no values, and only issues with listed options are read"
                raise self.refuse(self.line(name), message, "list its values")
            found[name] = tuple(str(value) for value in values)
            if len(set(found[name])) != len(values):
                raise self.refuse(self.line(name), f"the issue `{name}` has an option twice")
        return found

    def _of_geniusweb(self, said: Mapping[str, Any], issues: Issues) -> Party:
        parts: dict[str, tuple[int, float, Mapping[str, float]]] = {}
        for name, how in said["issueUtilities"].items():
            line = self.line(name)
            if "discreteutils" not in how:
                raise self.refuse(line, f"`{next(iter(how), '')}` of `{name}`: only `discreteutils` are read")
            values = how["discreteutils"]["valueUtilities"]
            weight = self.number(said["issueWeights"][name], line, "a weight")
            parts[name] = (line, weight, {str(k): self.number(v, line, "a utility") for k, v in values.items()})
        worth = tuple(map(tuple, self.worth(issues, parts)))
        bid = (said.get("reservationBid") or {}).get("issuevalues") or {}
        at = [(k, options.index(str(bid[name]))) for k, (name, options) in enumerate(issues.items()) if name in bid]
        return Party(str(said.get("name") or self.stem), worth, sum(worth[k][i] for k, i in at))

    def _of_negmas(self, said: Mapping[str, Any], issues: Issues) -> Party:
        kind = str(said["type"]).rpartition(".")[2]
        discount, inner = 1.0, said
        if kind in ("ExpDiscountedUFun", "LinDiscountedUFun"):
            if kind == "LinDiscountedUFun":
                raise self.refuse(self.line("type"), "a discount that falls in a straight line is not read")
            discount = self.number(said.get("discount", 1.0), self.line("discount"), "the discount")
            inner = said["ufun"]
            kind = str(inner["type"]).rpartition(".")[2]
        if kind not in ("LinearAdditiveUtilityFunction", "LinearUtilityAggregationFunction"):
            raise self.refuse(
                self.line("type"), f"`{kind}`: preferences that are no sum over issues with listed options"
            )
        parts: dict[str, tuple[int, float, Mapping[str, float]]] = {}
        for name, how, weight in zip(issues, inner["values"], inner["weights"], strict=False):
            line = self.line(next(iter(issues[name])))
            if "mapping" not in how:
                message = f"`{how.get('type', '?')}` of `{name}`: only tables of worths are read"
                raise self.refuse(line, message, "write it as a table")
            values = {str(k): self.number(v, line, "a worth") for k, v in how["mapping"].items()}
            parts[name] = (line, self.number(weight, line, "a weight"), values)
        reserved = said.get("reserved_value", inner.get("reserved_value"))
        if reserved is None or not math.isfinite(float(reserved)):
            self.notes.append(f"`{self.stem}` says no finite worth of no agreement: 0 is taken")
            reserved = 0.0
        if inner.get("bias"):
            self.notes.append(f"the bias of `{self.stem}` is left out")
        worth = tuple(map(tuple, self.worth(issues, parts)))
        return Party(
            str(said.get("name") or self.stem), worth, self.number(reserved, 1, "the reserved value"), discount
        )


def _refused(span: Span, message: str, advice: str | None = None) -> StudyError:
    return StudyError([Problem("wrong-shape", span, message, advice)])
