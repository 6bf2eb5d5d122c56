"""What a page carries to run its study: the module, and the tables that its scripts lay before it.

The scripts know of the module what the docstring of `standoff.program.wasm.writer` says, and of a study what stands
here. Numbers go as the bytes of doubles, so that the page computes the bits that the printed run was made of.
"""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import numpy.typing as npt

from standoff.analysis.runs.decision_table import DecisionTable
from standoff.base.chance import streams
from standoff.brief.sections.gives_up import is_second
from standoff.brief.sections.grid import colour_of
from standoff.ensemble.design import Design, choose_profiles
from standoff.language.model import Model, Parameter
from standoff.program.compiled import played_input, tables_of
from standoff.program.lowering.places import Source
from standoff.program.program import Program
from standoff.program.wasm.module import assemble
from standoff.program.wasm.writer import emit_module
from standoff.words.amounts import is_chance, unit_words, with_unit
from standoff.words.names import strategy_words, title_of, who

__all__ = ["digest_of_means", "live_model", "live_names"]

_FNV = 16777619
_BASES = (2166136261, 3339675911)


def live_model(table: DecisionTable) -> dict[str, Any]:
    """The module and its tables, as JSON has them: bytes in base64, 64-bit words as text."""
    program, design = table.ensemble.program, table.ensemble.design
    source = emit_module(program)
    counters, clock = tables_of(program, source)
    return {
        "module": base64.b64encode(assemble(source.text)).decode(),
        "steps": program.n_steps,
        "worlds": design.worlds.size,
        "replications": design.replications,
        "state": str(_signed(streams.seed_state(design.seed))),
        "streams": _bytes(design.worlds.streams),
        "counters": _bytes(counters),
        "clock": _bytes(clock),
        "columns": [_bytes(design.worlds.columns[name]) for name in program.columns],
        "given": [_given(program, key) for key in source.given],
        "players": [_player(table.ensemble.model, program, i) for i in range(len(program.players))],
        "decider": program.players.index(table.decider),
        "views": _views(table.ensemble.model, program, design),
        "measures": _measures(table, source),
        "rows": len(source.outputs) + 1,
        "assumptions": [_assumption(table, program.columns.index(name), name) for name in live_names(table)],
    }


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
        return {"value": dict(program.levels)[key[1]]}
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
    }


def _views(model: Model, program: Program, design: Design) -> list[dict[str, Any]]:
    """Each view's title and the strategies among which every player's future draws."""
    found: list[dict[str, Any]] = [{"title": "any of their strategies", "allowed": None}]
    for named in model.profiles:
        rows = choose_profiles(program, named.name)
        allowed = [sorted({int(k) for k in rows[:, i]}) for i in range(len(program.players))]
        found.append({"title": title_of(model, named.name), "allowed": allowed})
    return found


def _measures(table: DecisionTable, source: Source) -> list[dict[str, Any]]:
    """The decider's payoff, and every outcome: its row of results, and its weight's row where it can be missing."""
    model, program = table.ensemble.model, table.ensemble.program
    paid = next(i for i, payoff in enumerate(program.payoffs) if payoff.actor == table.decider)
    found: list[dict[str, Any]] = [
        {"title": f"Payoff of {who(model, table.decider)}", "unit": "points",
         "row": source.outputs.index(f"payoff {paid}"), "weight": None}
    ]  # fmt: skip
    outcomes = {outcome.name: outcome for outcome in model.outcomes}
    for i, measured in enumerate(program.measured):
        outcome = outcomes[measured.name]
        unit = "%" if is_chance(model, outcome) else with_unit("", unit_words(outcome.unit)).strip()
        weight = None if measured.first is None else source.outputs.index(f"weight {i}")
        found.append({"title": title_of(model, measured.name), "unit": unit,
                      "row": source.outputs.index(f"outcome {i}"), "weight": weight})  # fmt: skip
    return found


def _assumption(table: DecisionTable, column: int, name: str) -> dict[str, Any]:
    model = table.ensemble.model
    parameter = next(parameter for parameter in model.uncertain if parameter.name == name)
    values = table.ensemble.design.worlds.columns[name]
    low, high = _ends(parameter, values)
    kinds = parameter.spread.kinds if parameter.spread is not None else ()
    is_discrete = parameter.spread is not None and bool(parameter.spread.levels)
    return {"name": name, "title": title_of(model, name), "column": column, "low": low, "high": high,
            "unit": unit_words(parameter.unit), "discrete": is_discrete, "kinds": list(kinds)}  # fmt: skip


def _ends(parameter: Parameter, values: npt.NDArray[np.float64]) -> tuple[float, float]:
    """The ends of an assumption: its range where it has one, else the least and largest of the worlds."""
    spread = parameter.spread
    if spread is not None and spread.distribution == "uniform" and len(spread.arguments) == 2:
        return spread.arguments[0], spread.arguments[1]
    return float(values.min()), float(values.max())


def _bytes(array: npt.NDArray[Any]) -> str:
    kind = array.dtype.newbyteorder("<")
    return base64.b64encode(np.ascontiguousarray(array.astype(kind)).tobytes()).decode()


def _signed(word: int) -> int:
    return word - (1 << 64) if word >= 1 << 63 else word
