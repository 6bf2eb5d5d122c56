"""Random studies over the whole language, as YAML that checks clean: what the two evaluators are compared on.

A study depends on its seed alone. Most expressions are guarded (denominators away from 0, arguments of `log` above
it), and some are not, so that faults of every kind happen too.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from standoff.base.problems import StudyError
from standoff.ensemble.study import Study, load

__all__ = ["load_random", "random_study"]

ATTEMPTS = 50


def random_study(seed: int, size: float = 1.0) -> dict[str, str]:
    """The files of a study by name: `study.yaml`, and data where it reads some. `size` scales how much is in it."""
    return _Writer(random.Random(seed), size).files()


def load_random(seed: int, folder: Path, size: float = 1.0) -> Study:
    """Write and load the study of a seed: the first of its attempts that checks clean."""
    for attempt in range(ATTEMPTS):
        for name, text in random_study(seed * ATTEMPTS + attempt, size).items():
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
        try:
            study = load(folder)
            for variant in [v.name for v in study.model.variants][:1]:
                return load(folder, (variant,)) if seed % 3 == 0 else study
        except StudyError:
            continue
        return study
    raise AssertionError(f"no study of seed {seed} checks clean")


@dataclass
class _Names:
    """What an expression may read at this point."""

    numbers: list[str] = field(default_factory=list)
    truths: list[str] = field(default_factory=list)
    families: dict[str, list[str]] = field(default_factory=dict)
    events: list[str] = field(default_factory=list)
    modes: list[str] = field(default_factory=list)
    past: list[str] = field(default_factory=list)
    past_events: list[str] = field(default_factory=list)
    past_families: dict[str, list[str]] = field(default_factory=dict)
    may_chance: bool = False
    may_remember: bool = True

    def copy(self) -> _Names:
        return _Names(
            list(self.numbers), list(self.truths), dict(self.families), list(self.events), list(self.modes),
            list(self.past), list(self.past_events), dict(self.past_families), self.may_chance, self.may_remember,
        )  # fmt: skip


class _Writer:
    def __init__(self, chance: random.Random, size: float) -> None:
        self.r = chance
        self.size = size
        self.names = _Names()
        self.lasting = _Names()  # what may be read after the last step
        self.study: dict[str, object] = {}
        self.actors = [f"actor{i}" for i in range(self.r.randint(1, 3))]

    def files(self) -> dict[str, str]:
        r = self.r
        steps = r.randint(2, 7)
        step = r.choice(["day", "week", "month", "quarter", "year"])
        self.study = {
            "standoff": 1, "title": "A random study", "question": "Do the evaluators agree?", "decider": "actor0",
            "clock": {"start": "2025-01", "step": step, "steps": steps},
            "actors": {a: {"name": a.upper()} for a in self.actors},
        }  # fmt: skip
        files: dict[str, str] = {}
        self._parameters()
        if r.random() < 0.3 and step in ("month", "quarter", "year"):
            files["data.csv"] = self._series(step, steps)
        self._state()
        self._choices()
        self._step()
        self._rewards()
        self._variants()
        files["study.yaml"] = yaml.safe_dump(self.study, sort_keys=False, width=100_000)
        return files

    def _some(self, low: int, high: int) -> int:
        return max(low, round(self.r.randint(low, high) * self.size))

    def _parameters(self) -> None:
        r = self.r
        constants = {f"k{i}": {"value": self._literal(), "judgement": "any"} for i in range(self._some(0, 3))}
        spreads: list[Callable[[], dict[str, object]]] = [
            lambda: {"range": sorted([round(r.uniform(-1, 1), 2), round(r.uniform(1.1, 3), 2)])},
            lambda: {"distribution": "beta(2, 5)"},
            lambda: {"distribution": "normal(0.5, 0.4)", "within": [0, 2]},
            lambda: {"distribution": "lognormal(1, 0.5)"},
            lambda: {"distribution": "triangular(0, 0.3, 1)"},
            lambda: {"levels": [0, 0.5, 2]},
            lambda: {"levels": {0.1: 1, 0.9: 3}},
        ]
        made = {
            section: {
                f"{letter}{i}": {**r.choice(spreads)(), "judgement": "any", "known_to": list(self.actors)}
                for i in range(self._some(1, 4))
            }
            for section, letter in (("uncertainties", "u"), ("values", "v"))
        }
        if constants:
            self.study["constants"] = constants
        self.study |= made
        if r.random() < 0.4:
            made["uncertainties"]["regime"] = {"kinds": r.choice([["calm", "torn"], {"calm": 1, "torn": 2, "lost": 1}]),
                                               "judgement": "any", "known_to": list(self.actors)}  # fmt: skip
            self.names.families["regime"] = ["calm", "torn"]
        for section in (constants, *made.values()):
            self.names.numbers += [name for name in section if name != "regime"]
        self.names.numbers += ["step", "(date - 2024)", "(years(2) / 1 [year])"]
        if "u1" in made["uncertainties"] and r.random() < 0.3:
            self.study["correlated"] = [{"of": ["u0", "u1"], "rank": 0.5}]

    def _series(self, step: str, steps: int) -> str:
        per_year = {"month": 12, "quarter": 4, "year": 1}[step]
        lines = ["when,level"]
        for t in range(steps):
            year, part = 2025 + t // per_year, t % per_year
            label = {"month": f"{year}-{part + 1:02d}", "quarter": f"{year}Q{part + 1}", "year": str(year)}[step]
            lines.append(f"{label},{self.r.choice([0, 1, round(self.r.uniform(0, 2), 2)])}")
        self.study["series"] = {"data": {"file": "data.csv", "date": "when", "column": "level"}}
        self.names.numbers.append("data")
        return "\n".join(lines) + "\n"

    def _state(self) -> None:
        r, names = self.r, self.names
        self.stocks = [f"s{i}" for i in range(self._some(1, 4))]
        starts = _Names(numbers=[n for n in names.numbers if n[0] in "kuv"], may_remember=False)
        self.study["stocks"] = {}
        starts.numbers += ["once"] if r.random() < 0.3 else []
        self.starts = {s: self._number(starts, 1) if r.random() < 0.3 else self._literal(0, 2) for s in self.stocks}
        self.mode_states = {f"m{i}": [f"m{i}_{c}" for c in "abc"[: r.randint(2, 3)]] for i in range(self._some(0, 2))}
        names.numbers += self.stocks
        names.families |= self.mode_states
        names.modes += self.mode_states
        names.past, names.past_families = [*self.stocks], dict(self.mode_states)
        if len(self.actors) > 1 and r.random() < 0.25:
            self._deal()
        self.lasting = names.copy()

    def _deal(self) -> None:
        """A deal with a term that is read as a number, 0 where it is not in force, and one that is read as offered."""
        r, names = self.r, self.names
        during = r.choice([f"{self.stocks[0]} > 0.5", *(f"{m} == {s[0]}" for m, s in self.mode_states.items())])
        terms = {"depth": {"levels": [0, 0.5, 1]}, "aid": {"levels": [0.25, 2], "usual": 2}}
        self.study["deals"] = {
            "pact": {"parties": self.actors[:2], "during": during, "terms": terms, "without": ["other"]}
        }  # fmt: skip
        names.numbers += ["pact.depth", "pact.offered.aid"]

    def _choices(self) -> None:
        """Choices by actor, and what a strategy may read."""
        r = self.r
        self.dimensions: dict[str, dict[str, list[str]]] = {}
        choices: dict[str, object] = {}
        for actor in self.actors:
            if r.random() < 0.6:
                found = {actor: [f"{actor}_{c}" for c in "xyz"[: r.randint(2, 3)]]}
                choices[actor] = found[actor]
            else:
                parts = {d: [f"{actor}_{d}_{c}" for c in "xyz"[: r.randint(2, 3)]] for d in ("line", "word")}
                choices[actor] = parts
                found = {f"{actor}.{d}": options for d, options in parts.items()}
            self.dimensions[actor] = found
        self.study["choices"] = choices
        ordered = len(self.actors) > 1 and r.random() < 0.4
        if ordered:
            self.study["order"] = [[self.actors[0]], self.actors[1:]]
        strategies: dict[str, object] = {}
        seen = self.names.copy()
        for families in self.dimensions.values():
            for family, options in families.items():
                seen.past_families[family] = options
        seen.past_events = []
        for actor in self.actors:
            here = seen.copy()
            if ordered and actor != self.actors[0]:
                here.families |= self.dimensions[self.actors[0]]
            strategies[actor] = {f"p{i}": self._strategy(actor, here) for i in range(self._some(1, 3))}
        self.study["strategies"] = strategies
        for families in self.dimensions.values():
            self.names.families |= families
            self.names.past_families |= families

    def _strategy(self, actor: str, seen: _Names) -> dict[str, object]:
        r = self.r
        families = self.dimensions[actor]
        here, settings = seen.copy(), {}
        word: tuple[str, str] | None = None
        if r.random() < 0.5:
            levels = [round(r.uniform(0, 3), 1), round(r.uniform(3.1, 5), 1)]
            settings["level"] = r.choice([levels, {"levels": levels, "unit": "1"}])
            here.numbers = [*here.numbers, "level", "level"]
        if r.random() < 0.3:
            family = r.choice(list(families))
            settings["taste"] = families[family][:2]
            word = (family, "taste")
        rules = {f: self._rules(options, here, f, word) for f, options in families.items()}
        found: dict[str, object] = {"settings": settings} if settings else {}
        weighed = r.choice(list(families)) if r.random() < 0.35 else None
        if weighed:
            del rules[weighed]
            weights = {option: self._number(here, 2) for option in families[weighed][: r.randint(2, 3)]}
            found["weigh"] = weights if len(families) == 1 else {weighed.split(".")[1]: weights}
            found["precision"] = self._number(here, 1) if r.random() < 0.3 else r.choice([0.5, 4, 30])
        if rules:
            named = {f.split(".")[1] if "." in f else f: rule for f, rule in rules.items()}
            found["choose"] = named if len(families) > 1 else next(iter(named.values()))
        return found

    def _rules(self, options: list[str], here: _Names, family: str, word: tuple[str, str] | None) -> object:
        r = self.r
        last = "taste" if word and word[0] == family else r.choice(options)
        if r.random() < 0.3:
            return last
        rules: list[object] = [
            {"when": self._truth(here, 2), "then": r.choice(options)} for _ in range(r.randint(1, 3))
        ]  # fmt: skip
        return [*rules, {"then": last}]

    def _step(self) -> None:
        """Draws, events and quantities in an order in which each may read what came before; then what moves."""
        r = self.r
        makers = (
            [self._quantity] * self._some(2, 6) + [self._event] * self._some(1, 4) + [self._draw] * self._some(0, 2)
        )
        r.shuffle(makers)
        self.study |= {"draws": {}, "quantities": {}, "events": {}}
        if any("once" in str(start) for start in self.starts.values()):
            self.study["draws"]["once"] = r.choice(["normal(0.5, 0.2)", "uniform(0, 1)"])  # type: ignore[index]
        for i, make in enumerate(makers):
            make(i)
        self.study["modes"] = {mode: self._mode(mode, states) for mode, states in self.mode_states.items()}
        for stock in self.stocks:
            self.study["stocks"][stock] = self._stock(stock)  # type: ignore[index]
        for section in ("draws", "quantities", "events", "modes"):
            if not self.study[section]:
                del self.study[section]

    def _stock(self, stock: str) -> dict[str, object]:
        r = self.r
        found: dict[str, object] = {"start": self.starts[stock]}
        if r.random() < 0.2:
            found |= {"growth": f"0.1 * sqrt(abs({self._number(self.names, 1)}))", "per": r.choice(["step", "year"])}
        else:
            found["next"] = f"{r.choice(['0.9 * ', '', '0.5 * '])}{stock} + 0.2 * ({self._number(self.names, 2)})"
        if r.random() < 0.4 and isinstance(self.starts[stock], float):
            constants: dict[str, dict[str, float]] = self.study.get("constants", {})  # type: ignore[assignment]
            known = [k for k, c in constants.items() if c["value"] > 2]
            found["within"] = r.choice([[0, 2], [0, None], [None, 2.5], *([0, k] for k in known)])
        return found

    def _draw(self, i: int) -> None:
        r, names = self.r, self.names
        made = r.choice(["uniform(-1, {x})", "normal({x}, {y})", "lognormal(1, {y})", "triangular(-2, 0.1, 3)",
                         "exponential({y})", "weibull({y}, {y})", "loguniform(0.1, {z})",
                         "uniform({w}, {v})"])  # fmt: skip
        shift, spread = self._number(self.lasting, 1), self._number(self.lasting, 1)
        text = made.format(x=f"1 + abs({shift})", y=f"0.1 + abs({spread})", z="0.2 + abs(step)", v=shift, w=spread)
        self.study["draws"][f"d{i}"] = text  # type: ignore[index]
        names.numbers.append(f"d{i}")
        names.past.append(f"d{i}")

    def _event(self, i: int) -> None:
        r, names, name = self.r, self.names, f"e{i}"
        found: dict[str, object] = {}
        kind = r.choice(["chance", "hazard", "count"])
        expression = self._number(names, 2)
        if kind == "chance":
            found["chance"] = r.choice([0.3, f"logistic({expression})", f"0.5 * abs({expression})"])
        else:
            found[kind] = r.choice([0.4, f"abs({expression})", f"0.5 + {expression}"])
        if r.random() < 0.4:
            found["per"] = r.choice(["step", "month", "quarter", "year"])
        if r.random() < 0.5:
            parts = [r.choice([*names.events, self._truth(names, 1)]) for _ in range(r.randint(1, 2))]
            found["given"] = " and ".join(f"({part})" if " " in part else part for part in dict.fromkeys(parts))
        if kind == "count":
            found["at_most"] = r.choice([1, 5, 60])
            if r.random() < 0.5:
                found["dispersion"] = r.choice([2, f"0.5 + abs({self._number(names, 1)})"])
        elif r.random() < 0.35:
            found["ends"] = True
            worthy = [a for a in self.actors if r.random() < 0.7]
            if worthy:
                found["worth"] = {a: self._number(names, 1) for a in worthy}
        self.study["events"][name] = found  # type: ignore[index]
        if kind == "count":
            names.numbers.append(name)
            names.past.append(name)
        else:
            names.truths.append(name)
            names.events.append(name)
            names.past_events.append(name)

    def _quantity(self, i: int) -> None:
        r, names, name = self.r, self.names, f"q{i}"
        what = r.random()
        if what < 0.15:
            found: object = {"report": {"of": r.choice(self.stocks), "noise": 0.2, "lag": r.randint(0, 3)}}
        elif what < 0.35:
            rules: list[object] = [{"when": self._truth(names, 1), "then": self._number(names, 2)} for _ in range(2)]
            found = {"value": [*rules, {"then": self._number(names, 1)}]}
        elif what < 0.6:
            found = {"value": self._number(self.lasting, 3)}
            self.lasting.numbers.append(name)
        else:
            found = {"value": self._number(names, 3)}
        self.study["quantities"][name] = found  # type: ignore[index]
        names.numbers.append(name)
        names.past.append(name)

    def _mode(self, mode: str, states: list[str]) -> dict[str, object]:
        r, names = self.r, self.names
        moves = []
        for i, state in enumerate(states):
            for k in range(r.randint(1, 2)):
                move: dict[str, object] = {
                    "name": f"{mode}_from_{i}_{k}", "from": state, "to": states[(i + 1 + k) % len(states)],
                }  # fmt: skip
                if move["to"] == state:
                    continue
                if r.random() < 0.5:
                    move["when"] = self._truth(names, 1)
                kind = r.random()
                if kind < 0.4:
                    move["chance"] = r.choice([0.4, f"logistic({self._number(names, 1)})"])
                elif kind < 0.8:
                    move["hazard"] = r.choice([0.4, f"abs({self._number(names, 1)})"])
                    if r.random() < 0.5:
                        move["shape"] = r.choice([0.7, 2, 1.5])
                elif "when" not in move:
                    move["when"] = self._truth(names, 1)
                if ("chance" in move or "hazard" in move) and r.random() < 0.4:
                    move["per"] = r.choice(["step", "quarter", "year"])
                moves.append(move)
        names.truths += [str(m["name"]) for m in moves]
        names.past_events += [str(m["name"]) for m in moves]
        return {"states": states, "start": r.choice(states), "moves": moves}

    def _rewards(self) -> None:
        r = self.r
        paying = self.names.copy()
        paying.may_chance = True
        payoffs = {}
        for actor in self.actors:
            payoff: dict[str, object] = {"each": self._number(paying, 2)}
            if r.random() < 0.6 or "deals" in self.study:
                payoff["final"] = self._number(self.lasting, 2)
            if r.random() < 0.6:
                payoff |= {"discount": 0.95, "per": r.choice(["step", "year"])}
            payoffs[actor] = payoff
        self.study["payoffs"] = payoffs
        outcomes = {}
        paying.past_events = []  # `ever` and `count` do not stand inside a reducer
        self.names.past_events = []
        measures = ["final", "mean", "total", "peak", "minimum", "ever", "count", "first"]
        for i, reducer in enumerate(r.sample(measures, self._some(3, 8))):
            outcomes[f"o{i}"] = {"measure": self._measure(reducer, paying), "better": r.choice(["lower", "higher"])}
        self.study["outcomes"] = outcomes
        if r.random() < 0.6:
            self.study["checks"] = {"c0": self._truth(self.names, 2)}

    def _measure(self, reducer: str, paying: _Names) -> str:
        r = self.r
        if reducer == "final":
            return f"final({self._number(self.lasting, 2)})"
        if reducer in ("ever", "count", "first"):
            event = r.choice([*self.names.events, self._truth(self.lasting, 1)])
            return f"first({event}) - 2025" if reducer == "first" else f"{reducer}({event})"
        text = f"{reducer}({self._number(paying, 2)})"
        return f"{text} / total(1)" if r.random() < 0.2 else text

    def _variants(self) -> None:
        r = self.r
        impose: dict[str, object] = {}
        events: dict[str, dict[str, object]] = self.study.get("events", {})  # type: ignore[assignment]
        for name, event in events.items():
            if "count" in event:
                impose[name] = r.choice([2, "data"]) if "series" in self.study else 2
            else:
                impose[name] = r.choice(["never", "always", "at 2025-01"])
        for mode, states in self.mode_states.items():
            impose[mode] = r.choice(states)
        for families in self.dimensions.values():
            impose |= {family: r.choice(options) for family, options in families.items()}
        impose[self.stocks[0]] = "data" if "series" in self.study else 1.5
        chosen = r.sample(sorted(impose), min(len(impose), r.randint(1, 2)))
        self.study["variants"] = {"other": {"impose": {name: impose[name] for name in chosen}}}

    def _literal(self, low: float = -2, high: float = 3) -> float:
        return round(self.r.uniform(low, high), self.r.choice([0, 1, 2]))

    def _number(self, names: _Names, depth: int) -> str:
        """An expression of a number."""
        r = self.r
        if depth <= 0 or r.random() < max(0.1, 0.7 - self.size):
            return r.choice([*names.numbers, *names.numbers, str(self._literal(0, 3))])
        a, b, c = (self._number(names, depth - 1) for _ in range(3))
        forms = [
            f"({a} + {b})", f"({a} - {b})", f"({a} * {b})", f"({a} * 0.5 + {b} * 0.25)", f"({a} / (1 + abs({b})))",
            f"min({a}, {b})", f"max({a}, {b}, {c})", f"abs({a})", f"clip({a}, 0, 1)", f"logistic({a})", f"-{a}",
            f"exp(clip({a}, -3, 3))", f"log(1 + abs({a}))", f"sqrt(abs({a}))", f"round({a})", f"floor({a})",
            f"({a} if {self._truth(names, depth - 1)} else {b})", f"(0.3 * ({self._truth(names, depth - 1)}))",
            _curve(a),
            f"abs({a}) ** {r.choice(['0.5', '1.5', '-1', '2', '3', '4', '0', '0.3'])}",
        ]  # fmt: skip
        if names.may_remember:
            forms += [self._memory(names, depth)] * 3 + [self._season(a, b, c)]
        if names.may_chance and names.events:
            forms += [f"chance({r.choice(names.events)})"] * 2
        if r.random() < 0.04:  # where things may go wrong
            forms = [f"({a} / {b})", f"log({a})", f"sqrt({a})", f"({a}) ** 0.5", f"exp(50 * {a})", f"({a}) ** {b}",
                     f"clip({a}, {b}, {c})", f"({a} / ({b} - {c}))"]  # fmt: skip
        return r.choice(forms)

    def _season(self, a: str, b: str, c: str) -> str:
        """What the calendar says of a step."""
        r = self.r
        values = ", ".join(r.choice([a, b, c, str(self._literal())]) for _ in range(r.choice([4, 7, 12])))
        forms = ["month()", "quarter()", "weekday()", "(year() - 2024)", f"seasonal({values})", f"seasonal({values})"]
        return r.choice(forms)

    def _memory(self, names: _Names, depth: int) -> str:
        r = self.r
        forms = [
            f"delay({r.choice(self.stocks)}, {r.randint(0, 3)})",
            f"smooth({r.choice(self.stocks)}, {r.randint(1, 9)})",
            f"smooth({r.choice(self.stocks)}, {r.randint(1, 3)}, {self._literal()})",
            f"smooth({r.choice(self.stocks)}, 2, {r.choice(self.stocks)})",
            f"count({r.choice(self.stocks)} < {self._literal(0, 2)})",
            f"(0.5 * ever({r.choice(self.stocks)} > {self._literal(0, 2)}))",
        ]
        if names.past:
            forms += [f"previous({r.choice(names.past)})", f"previous({r.choice(names.past)}, 0.5)"]
        if names.past_events:
            event = r.choice(names.past_events)
            forms += [
                f"since({event})",
                f"count({event})",
                f"(1 if ever({event}) else 0)",
                f"(0.2 * previous({event}))",
            ]
        if names.modes:
            forms.append(f"age({r.choice(names.modes)})")
        forms.append(f"since({r.choice(self.stocks)} > {self._literal(0, 2)})")
        return r.choice(forms)

    def _truth(self, names: _Names, depth: int) -> str:
        """An expression of a truth."""
        r = self.r
        a, b = self._number(names, depth - 1), self._number(names, depth - 1)
        forms = [f"{a} < {b}", f"{a} >= {b}", f"{a} > {self._literal(0, 1)}", f"{a} != {b}", f"{a} <= step"]
        for family, options in names.families.items():
            forms += [f"{family} == {r.choice(options)}", f"{family} != {r.choice(options)}",
                      f"{family} in [{', '.join(options[:2])}]", f"{family} not in [{options[0]}]"]  # fmt: skip
        if names.may_remember:
            for family, options in names.past_families.items():
                forms.append(f"previous({family}) == {r.choice(options)}")
            forms += [f"ever({event})" for event in names.past_events[:2]]
        forms += names.truths
        text = r.choice(forms)
        if depth > 0 and r.random() < 0.4:
            other = self._truth(names, depth - 1)
            return r.choice([f"({text} and {other})", f"({text} or {other})", f"(not ({text}))"])
        return f"({text})" if " " in text else text


def _curve(a: str) -> str:
    """One of the curves, told by the text alone, so that what the generator draws afterwards stays as it was."""
    curves = (
        f"table({a}, 0, 0.5, 1, 2, 3, 1)", f"table_stepped({a}, 0, 0.5, 1, 2, 3, 1)",
        f"table_extended(clip({a}, -9, 9), 0, 0.5, 1, 2, 3, 1)", f"(sin(clip({a}, -99, 99)) + cos(clip({a}, -9, 9)))",
        f"(cos(clip({a}, -99, 99)) + sin(clip({a}, -9, 9)))",
    )  # fmt: skip
    return curves[zlib.crc32(a.encode()) % len(curves)]
