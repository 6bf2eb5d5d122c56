"""What a page carries to run its study: the module, and the tables that its scripts lay before it.

The scripts know of the module what the docstring of `standoff.program.wasm.writer` says, and of a study what stands
here. Numbers go as the bytes of doubles, so that the page computes the bits that the printed run was made of. A column
that is drawn evenly from a range is drawn again there, and a variant's module is told by what it changes.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from standoff.analysis.fans import Followed
from standoff.analysis.runs.decision_table import DecisionTable
from standoff.base.chance import sampling, streams
from standoff.brief.cargo import Cargo, changed_bytes
from standoff.brief.live.followed import IN_FORCE, live_followed, live_program
from standoff.brief.pictures.drawing.colours import colour_of, is_second
from standoff.ensemble.design import Design, Method, draw_worlds
from standoff.ensemble.profiles.chosen import allowed_strategies
from standoff.ensemble.study import Study
from standoff.language.changed import Varied, changed
from standoff.language.expressions.tree import Symbol
from standoff.language.model import Deal, Instance, Model, Parameter, Term
from standoff.program.compiled import played_input, tables_of
from standoff.program.program import Program
from standoff.program.wasm.module import assemble
from standoff.program.wasm.writer import emit_module
from standoff.words.amounts import is_chance, outcome_unit, unit_words, with_unit
from standoff.words.names import level_words, profile_words, setting_title, strategy_words, title_of, who
from standoff.words.sections import explore as said
from standoff.words.text import capital, words

__all__ = ["digest_of_means", "live_model", "live_names"]

_METHOD: Method = "latin hypercube"
_FNV = 16777619
_BASES = (2166136261, 3339675911)


def live_model(table: DecisionTable, cargo: Cargo) -> dict[str, Any]:
    """The modules of the study and its variants with their tables: words for JSON, and all else in the cargo."""
    model, program, design = table.ensemble.model, table.ensemble.program, table.ensemble.design
    followed = live_followed(program)
    hold = _Hold(cargo, table.decider, tuple(dict.fromkeys(one.symbol for one in followed)))
    models = [hold.model("as it is", live_program(program), design)]
    for variant in model.variants:
        if variant.name not in model.applied:
            other = Study(changed(model, [Varied(variant.name)]))
            if _is_alike(other.program, program):
                drawn = draw_worlds(other.model, design.worlds.size, design.worlds.seed, _METHOD)
                own = replace(design, worlds=drawn)
                title = variant.about or capital(words(variant.name))
                models.append(hold.model(title, live_program(other.program), own))
    return {
        "models": models,
        "columns": [*hold.columns.values()],
        "worlds": design.worlds.size,
        "replications": design.replications,
        "state": str(_signed(streams.seed_state(design.seed))),
        "drawn": _drawn_by(design),
        "streams": cargo.put(_bytes(design.worlds.streams)),
        "players": [_player(model, program, i) for i in range(len(program.players))],
        "decider": program.players.index(table.decider),
        "views": _views(model, program, design),
        "measures": _measures(table),
        "assumptions": [_assumption(table, name) for name in live_names(table)],
        "terms": [_term(deal, term) for deal in model.deals for term in deal.terms if len(set(term.levels)) > 1],
        "followed": [_followed(model, one, hold.symbols) for one in followed],
        "dates": [model.clock.label(i) for i in range(model.clock.steps)],
    }


class _Hold:
    """The models of a page, which share their columns and the first one's module."""

    def __init__(self, cargo: Cargo, decider: str, symbols: tuple[Symbol, ...]) -> None:
        self.cargo = cargo
        self.decider = decider
        self.symbols = symbols
        self.columns: dict[Any, dict[str, Any]] = {}
        self.first = b""
        self.known: dict[tuple[str, bytes], int] = {}

    def model(self, title: str, program: Program, design: Design) -> dict[str, Any]:
        """One module and what only it has; its columns are places among those of all."""
        source = emit_module(program, followed=self.symbols)
        counters, clock = tables_of(program, source)
        paid = next(i for i, payoff in enumerate(program.payoffs) if payoff.actor == self.decider)
        outcomes = [
            (f"outcome {i}", None if m.first is None else f"weight {i}") for i, m in enumerate(program.measured)
        ]
        return {
            "title": title,
            **self._module(assemble(source.text)),
            "steps": program.n_steps,
            "counters": self.cargo.put(_bytes(counters)),
            "clock": self.cargo.put(_bytes(clock)),
            "names": list(program.columns),
            "columns": [self._column(program.model, design, name) for name in program.columns],
            "given": [_given(program, key) for key in source.given],
            "rows": len(source.outputs) + 1,
            "measures": [[source.outputs.index(row), None if weight is None else source.outputs.index(weight)]
                         for row, weight in ((f"payoff {paid}", None), *outcomes)],
        }  # fmt: skip

    def _module(self, module: bytes) -> dict[str, Any]:
        if not self.first:
            self.first = module
            return {"module": self.cargo.put(module)}
        fresh, pieces = changed_bytes(self.first, module)
        return {"fresh": self.cargo.put(fresh), "pieces": self.cargo.put(_bytes(pieces))}

    def _column(self, model: Model, design: Design, name: str) -> int:
        """The place of a column among those of all; each is kept once."""
        values = design.worlds.columns[name]
        known = name, values.tobytes()
        if known in self.known:
            return self.known[known]
        drawn = _drawn(model, design, name, values)
        told = known[1] if drawn is None else (name, *drawn)
        if told not in self.columns:
            kept = {"at": self.cargo.put(_bytes(values))} if drawn is None else {"ends": drawn, "key": _word(name)}
            self.columns[told] = kept
        self.known[known] = [*self.columns].index(told)
        return self.known[known]


def _drawn(model: Model, design: Design, name: str, values: npt.NDArray[np.float64]) -> tuple[float, float] | None:
    """The ends of a range from which the page can draw a column again, to the bit; None where it cannot."""
    size, spread = design.worlds.size, _parameter(model, name).spread
    if design.worlds.method != _METHOD or size & (size - 1) or spread is None or spread.distribution != "uniform":
        return None
    if spread.edges or spread.levels or len(spread.arguments) != 2:
        return None
    low, high = spread.arguments
    unit = sampling.unit_columns([name], size, design.worlds.seed, _METHOD)[0]
    return (low, high) if np.array_equal(np.clip(low + unit * (high - low), low, high), values) else None


def _drawn_by(design: Design) -> dict[str, str]:
    """What of the luck of `standoff.base.chance.sampling` all columns share."""
    purposes = {f"{purpose}s": f"sampling: {purpose}" for purpose in ("point", "order")}
    shared = {name: str(_signed(streams.counter(streams.key(text), 0))) for name, text in purposes.items()}
    return {"state": str(_signed(streams.seed_state(design.worlds.seed))), **shared}


def _word(name: str) -> str:
    return str(_signed(streams.key(name)))


def _is_alike(other: Program, program: Program) -> bool:
    """Whether a variant has the same players, strategies and outcomes, so that the same controls serve it."""
    labels = [[[i.label for i in of] for of in each.instances] for each in (other, program)]
    names = [(each.players, tuple(m.name for m in each.measured)) for each in (other, program)]
    paid = [{payoff.actor for payoff in each.payoffs} for each in (other, program)]
    return labels[0] == labels[1] and names[0] == names[1] and paid[0] == paid[1]


def live_names(table: DecisionTable) -> list[str]:
    """Assumptions that the page moves: those that the model reads and that differ between worlds."""
    columns = table.ensemble.design.worlds.columns
    return [name for name in table.ensemble.program.columns if np.ptp(columns[name]) > 0.0]


def digest_of_means(means: npt.NDArray[np.float64]) -> str:
    """What the page prints of its own run: two 32-bit hashes (FNV-1a by words) of means, each NaN alike."""
    words = np.where(np.isnan(means), np.nan, means).astype("<f8").view("<u4").ravel().tolist()
    found = []
    for base in _BASES:
        state = base
        for word in words:
            state = ((state ^ word) * _FNV) & 0xFFFFFFFF
        found.append(f"{state:08x}")
    return "".join(found)


def _given(program: Program, key: Any) -> dict[str, Any]:
    """An input of a block: a number, or numbers by what a player plays."""
    if key == "realised":
        return {"value": 0.0}
    if key[0] == "level":
        return {"value": dict(program.levels)[key[1]], "level": key[1]}
    player, values = played_input(program, key)
    return {"player": player, "values": values.tolist()}


def _player(model: Model, program: Program, i: int) -> dict[str, Any]:
    name, instances = program.players[i], program.instances[i]
    return {
        "title": title_of(model, name),
        "strategies": [strategy_words(instance) for instance in instances],
        "colours": [colour_of(model, instance) for instance in instances] if name == model.decider else [],
        "hollow": [is_second(instance) for instance in instances] if name == model.decider else [],
        "counter": str(_signed(streams.counter(streams.key(f"mix of {name}"), 0))),
        "settings": _settings(instances),
    }


def _settings(instances: tuple[Instance, ...]) -> list[dict[str, Any]]:
    """What strategies can be set to: each setting that several share once, with the level of each strategy, or -1."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for one in instances:
        for setting, levels in one.strategy.settings:
            key = (setting, levels)
            if len(levels) > 1 and key not in found:
                of = [levels.index(dict(i.settings)[setting]) if key in i.strategy.settings else -1 for i in instances]
                said_of = [level_words(one.strategy, setting, level) for level in levels]
                found[key] = {"title": setting_title(one.strategy, setting), "levels": said_of, "of": of}
    return [*found.values()]


def _views(model: Model, program: Program, design: Design) -> list[dict[str, Any]]:
    """Each view's title and the strategies among which every player's future draws."""
    found: list[dict[str, Any]] = [{"title": said.ANY_PLAY, "allowed": None}]
    for named in model.profiles:
        allowed = allowed_strategies(program, named.name)
        found.append({"title": capital(profile_words(model, named.name)), "allowed": list(allowed)})
    return found


def _measures(table: DecisionTable) -> list[dict[str, Any]]:
    """The decider's payoff, and every outcome."""
    model = table.ensemble.model
    found: list[dict[str, Any]] = [{"title": f"Payoff of {who(model, table.decider)}", "unit": "points"}]
    outcomes = {outcome.name: outcome for outcome in model.outcomes}
    for measured in table.ensemble.program.measured:
        outcome = outcomes[measured.name]
        unit = "%" if is_chance(model, outcome) else with_unit("", outcome_unit(model, outcome)).strip()
        found.append({"title": title_of(model, measured.name), "unit": unit})
    return [*found, *({"title": said.in_force(deal), "unit": "%", "deal": deal.name} for deal in model.deals)]


def _term(deal: Deal, term: Term) -> dict[str, Any]:
    """A term of a deal, which goes from its least level to its greatest."""
    return {"name": f"{deal.name}.{term.name}", "title": said.term_title(deal, term), "low": min(term.levels),
            "high": max(term.levels), "usual": term.usual, "unit": unit_words(term.unit), "kinds": []}  # fmt: skip


def _followed(model: Model, one: Followed, symbols: tuple[Symbol, ...]) -> dict[str, Any]:
    """A thing to follow: its title and unit, where it is kept, and whether it is carried or a share."""
    deal = next((deal for deal in model.deals if one.symbol.name == f"{IN_FORCE}{deal.name}"), None)
    title, unit = said.deal_share(deal) if deal else said.followed_words(model, one)
    return {"name": one.symbol.name, "title": title, "unit": unit, "at": symbols.index(one.symbol), "state": one.state,
            "share": deal is not None or one.state is not None,
            "carried": one.symbol.kind in ("stock", "mode")}  # fmt: skip


def _assumption(table: DecisionTable, name: str) -> dict[str, Any]:
    model = table.ensemble.model
    parameter = _parameter(model, name)
    values = table.ensemble.design.worlds.columns[name]
    low, high = _ends(parameter, values)
    kinds = parameter.spread.kinds if parameter.spread is not None else ()
    is_discrete = parameter.spread is not None and bool(parameter.spread.levels)
    return {"name": name, "title": title_of(model, name), "low": low, "high": high,
            "unit": unit_words(parameter.unit), "discrete": is_discrete, "kinds": list(kinds)}  # fmt: skip


def _ends(parameter: Parameter, values: npt.NDArray[np.float64]) -> tuple[float, float]:
    """The ends of an assumption: its range where it has one, else the least and largest of the worlds."""
    spread = parameter.spread
    if spread is not None and spread.distribution == "uniform" and len(spread.arguments) == 2:
        return spread.arguments[0], spread.arguments[1]
    return float(values.min()), float(values.max())


def _parameter(model: Model, name: str) -> Parameter:
    return next(parameter for parameter in model.uncertain if parameter.name == name)


def _bytes(array: npt.NDArray[Any]) -> bytes:
    kind = array.dtype.newbyteorder("<")
    return np.ascontiguousarray(array.astype(kind)).tobytes()


def _signed(word: int) -> int:
    return word - (1 << 64) if word >= 1 << 63 else word
