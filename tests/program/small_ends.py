"""Small random studies with ends that share causes, and what they come to: by walking every discrete outcome.

The walk knows nothing of how a study is compiled. It reads the same text as the study, evaluates it as Python (whose
operators the language shares) and follows each way in which events and moves can turn out, with its chance. An end is
drawn like any other event, and the first of a step in the order of the file ends the future.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from standoff.ensemble.study import Study, load

__all__ = ["SmallStudy", "Value", "small_study", "walk_all"]

Value = dict[str, float]
START = 2025.0


@dataclass
class SmallStudy:
    """What is drawn and computed in a step, in order, and what it comes to."""

    steps: int = 2
    things: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)  # kind, name, as in the file
    stock: str = "0"
    each: str = "0"
    outcomes: dict[str, str] = field(default_factory=dict)

    def load(self, folder: Path) -> Study:
        """Write and load it."""
        by_kind: dict[str, dict[str, Any]] = {"events": {}, "modes": {}, "quantities": {}}
        for kind, name, entry in self.things:
            by_kind[kind][name] = entry
        study = {
            "standoff": 1, "title": "Ends", "question": "Which?", "decider": "north",
            "clock": {"start": "2025-01", "step": "year", "steps": self.steps},
            "actors": {"north": {"name": "North"}}, "choices": {"north": ["act", "rest"]},
            "strategies": {"north": {"acts": {"choose": "act"}}},
            "stocks": {"x": {"start": 1, "next": self.stock}}, **{k: v for k, v in by_kind.items() if v},
            "payoffs": {"north": {"each": self.each, "final": "x", "discount": 0.9}},
            "outcomes": {n: {"measure": m, "better": "lower"} for n, m in self.outcomes.items()},
        }  # fmt: skip
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "study.yaml").write_text(yaml.safe_dump(study, sort_keys=False), encoding="utf-8")
        return load(folder)

    @property
    def ends(self) -> list[str]:
        """Events that end, in the order of the file."""
        return [name for kind, name, entry in self.things if kind == "events" and entry.get("ends")]


def small_study(seed: int) -> SmallStudy:
    """A random one: events of shared causes, a mode with competing moves, and two or three ends that hang on them."""
    return _Writer(random.Random(seed)).study


def walk_all(study: SmallStudy) -> tuple[Value, Value]:
    """The mean of each outcome, and of the payoff `north`; and of outcomes of `first`, their sum and their share."""
    sums: Value = dict.fromkeys([*study.outcomes, "north"], 0.0)
    shares: Value = dict.fromkeys(study.outcomes, 0.0)
    for chance, path, ended in _paths(study, {"x": 1.0, "mode": "calm"}, 0):
        for name, measure in study.outcomes.items():
            value = _reduced(study, measure, path, ended)
            if value is not None:
                sums[name] += chance * value
                shares[name] += chance
        sums["north"] += chance * _paid(study, path, ended)
    return sums, shares


@dataclass
class _Step:
    """A step of a path: all names, and the chance of each event and move before anything was drawn."""

    names: dict[str, Any]
    chances: dict[str, float]


Path_ = list[_Step]
Ended = str | None


def _paths(study: SmallStudy, state: dict[str, Any], step: int) -> Iterator[tuple[float, Path_, Ended]]:
    """Every path from a state, and after its last step, with its chance and the end that it comes to or None."""
    if step == study.steps:
        yield 1.0, [_Step(state, {})], None
        return
    turned_out = list(_turn_out(study, {**state, "step": float(step)}, 0))
    events = [n for k, n, _ in study.things if k == "events"] + [m["name"] for m in _moves(study)]
    chances = {name: sum(p * float(names[name]) for p, names in turned_out) for name in events}
    for chance, names in turned_out:
        here = _Step(names, chances)
        mode = next((m["to"] for m in _moves(study) if names[m["name"]]), names["mode"])
        following = {"x": _value(study.stock, names), "mode": mode}
        ended = next((end for end in study.ends if names[end]), None)
        if ended is not None:
            yield chance, [here, _Step(following, {})], ended
            continue
        for later, path, end in _paths(study, following, step + 1):
            yield chance * later, [here, *path], end


def _turn_out(study: SmallStudy, names: dict[str, Any], k: int) -> Iterator[tuple[float, dict[str, Any]]]:
    """Every way in which the rest of a step can turn out, with its chance."""
    if k == len(study.things):
        yield 1.0, names
        return
    kind, name, entry = study.things[k]
    if kind == "quantities":
        yield from _turn_out(study, {**names, name: _value(entry["value"], names)}, k + 1)
        return
    for chance, found in _outcomes(kind, name, entry, names):
        if chance > 0.0:
            for later, all_names in _turn_out(study, {**names, **found}, k + 1):
                yield chance * later, all_names


def _outcomes(
    kind: str, name: str, entry: dict[str, Any], names: Mapping[str, Any]
) -> list[tuple[float, dict[str, Any]]]:
    if kind == "events":
        chance = _chance(entry, names) if "given" not in entry or _value(entry["given"], names) else 0.0
        yes, no = (1.0, 0.0) if "count" in entry else (True, False)
        return [(chance, {name: yes}), (1.0 - chance, {name: no})]
    moves = entry["moves"]
    open_ = [m for m in moves if m["from"] == names["mode"] and ("when" not in m or _value(m["when"], names))]
    stated = {m["name"]: _value(m["chance"], names) for m in open_ if "chance" in m}
    scale = max(1.0, sum(stated.values()))
    hazards = {m["name"]: _value(m["hazard"], names) for m in open_ if "hazard" in m}
    rate = sum(hazards.values())
    left = 1.0 - sum(stated.values()) / scale
    chances = {n: c / scale for n, c in stated.items()}
    chances |= {n: left * (1.0 - math.exp(-rate)) * h / rate for n, h in hazards.items() if rate}
    nothing = dict.fromkeys((m["name"] for m in moves), False)
    return [
        *((c, {**nothing, n: True}) for n, c in chances.items()),
        (max(0.0, 1.0 - sum(chances.values())), nothing),
    ]


def _chance(entry: dict[str, Any], names: Mapping[str, Any]) -> float:
    if "chance" in entry:
        return _value(entry["chance"], names)
    return 1.0 - math.exp(-_value(entry.get("hazard", entry.get("count")), names))


def _moves(study: SmallStudy) -> list[dict[str, Any]]:
    return [move for kind, _, entry in study.things if kind == "modes" for move in entry["moves"]]


_STATES = {"calm": "calm", "tense": "tense", "over": "over"}


def _value(text: object, names: Mapping[str, Any], chances: Mapping[str, float] | None = None) -> float:
    found = eval(str(text), {"__builtins__": {}, "abs": abs}, {**_STATES, **names})
    return float(found)


def _in_step(text: str, step: _Step) -> float:
    """An expression of a step in which `chance(e)` stands for the chance of e."""
    names = dict(step.names)
    for event, chance in step.chances.items():
        text = text.replace(f"chance({event})", repr(chance))
    return _value(text, names)


def _paid(study: SmallStudy, path: Path_, ended: Ended) -> float:
    lived = path[:-1]
    total = sum(0.9**t * _in_step(study.each, step) for t, step in enumerate(lived))
    if ended is None:
        return total + 0.9**study.steps * float(path[-1].names["x"])
    worth = next(entry for _, name, entry in study.things if name == ended)["worth"]["north"]
    return total + 0.9 ** (len(lived) - 1) * _value(worth, lived[-1].names)


def _reduced(study: SmallStudy, measure: str, path: Path_, ended: Ended) -> float | None:
    reducer, argument = measure.split("(", 1)
    argument = argument[:-1]
    lived = path[:-1]
    if reducer == "final":
        return _value(argument, path[-1].names)
    if argument in study.ends and reducer in ("ever", "count", "first"):
        happened = [ended == argument and step is lived[-1] for step in lived]
    else:
        values = [_in_step(argument, step) for step in lived]
        if reducer in ("mean", "total", "peak", "minimum", "count"):
            made = {"mean": sum(values) / len(values), "peak": max(values), "minimum": min(values)}
            return made.get(reducer, sum(values))
        happened = [value > 0.0 for value in values]
    if reducer == "first":
        return START + happened.index(True) if any(happened) else None
    return float(sum(happened) if reducer == "count" else any(happened))


class _Writer:
    """Writes one; what stands earlier in a step may be read later."""

    def __init__(self, r: random.Random) -> None:
        self.r = r
        self.study = SmallStudy(r.choice([1, 2, 2]))
        self.truths: list[str] = []
        self.numbers = ["x"]
        for i in range(r.randint(2, 3)):
            self._event(f"e{i}")
        if r.random() < 0.6:
            self._mode()
        if r.random() < 0.7:
            self._quantity("q0")
        if r.random() < 0.4:
            self._count()
        for i in range(r.choice([1, 2, 2, 3])):
            self._end(f"w{i}")
        if r.random() < 0.4:
            self._quantity("q1")
        if r.random() < 0.3:
            self._event("late")
        self._rewards()

    def _truth(self) -> str:
        r = self.r
        a, b = r.choice(self.truths), r.choice(self.truths)
        return r.choice(
            [a, a, f"{a} and {b}", f"{a} or {b}", f"not {a}", f"{a} and x > 1", f"({a} or {b}) and not {b}"]
        )

    def _share(self) -> str:
        """A number between 0 and 1."""
        r = self.r
        if not self.truths or r.random() < 0.4:
            return str(round(r.uniform(0.05, 0.95), 2))
        a, b = round(r.uniform(0.05, 0.95), 2), round(r.uniform(0.05, 0.95), 2)
        return r.choice([f"{a} if {self._truth()} else {b}", f"{a} / (1 + x)", f"{a} / (1 + {r.choice(self.numbers)})"])

    def _number(self) -> str:
        r = self.r
        a, b = r.choice(self.numbers), round(r.uniform(-3, 3), 1)
        return r.choice([f"{b} * {a}", f"{b} if {self._truth()} else {a}", f"{a} + 2 * ({self._truth()})"])

    def _event(self, name: str) -> None:
        r = self.r
        entry: dict[str, Any] = {r.choice(["chance", "chance", "hazard"]): self._share()}
        if self.truths and r.random() < 0.6:
            entry["given"] = self._truth()
        self.study.things.append(("events", name, entry))
        self.truths.append(name)

    def _end(self, name: str) -> None:
        r = self.r
        entry = {"given": self._truth(), "chance": self._share(), "ends": True, "worth": {"north": self._number()}}
        if r.random() < 0.2:
            del entry["given"]
        self.study.things.append(("events", name, entry))
        if r.random() < 0.3:
            self.truths.append(name)

    def _count(self) -> None:
        """A count that is 0 or 1: its luck is not enumerated, though it hangs on what is."""
        entry = {"count": 0.7, "at_most": 1, "given": self._truth()}
        self.study.things.append(("events", "n0", entry))
        self.numbers.append("n0")

    def _quantity(self, name: str) -> None:
        self.study.things.append(("quantities", name, {"value": f"abs({self._number()})"}))
        self.numbers.append(name)

    def _mode(self) -> None:
        r = self.r
        moves = []
        for i, (source, target) in enumerate(
            (("calm", "tense"), ("calm", "over"), ("tense", "calm"), ("tense", "over"))
        ):
            move: dict[str, Any] = {"name": f"m{i}", "from": source, "to": target}
            move[r.choice(["chance", "hazard"])] = self._share()
            if r.random() < 0.3:
                move["when"] = self._truth()
            moves.append(move)
        mode = {"states": ["calm", "tense", "over"], "start": "calm", "final": ["over"], "moves": moves}
        self.study.things.append(("modes", "mode", mode))
        self.truths += ["m0", "m1"]

    def _rewards(self) -> None:
        r, study = self.r, self.study
        events = [n for k, n, e in study.things if k == "events" and "count" not in e]
        study.stock = r.choice(
            ["x", f"x + 0.5 * ({self._truth()})", f"x + ({self._truth()}) - 0.5 * ({self._truth()})"]
        )
        study.each = r.choice(["0", self._number(), f"x - 2 * chance({r.choice(events)})"])
        for i, reducer in enumerate(["mean", "total", "peak", "minimum", "count", "ever", "first"]):
            argument = r.choice(events) if reducer in ("count", "ever", "first") else self._number()
            study.outcomes[f"o{i}"] = f"{reducer}({argument})"
        study.outcomes |= {f"ever_{end}": f"ever({end})" for end in study.ends}
        study.outcomes |= {"total_chance": f"total(chance({r.choice(study.ends)}))", "last": "final(x)"}
        if any(kind == "modes" for kind, _, _ in study.things):
            study.outcomes["mode_last"] = "final(2 * x + (mode == tense))"
