"""One future, step by step: everything that was, and the rule that fired for each actor."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from standoff.language.expressions.tree import Symbol
from standoff.program.lanes import Lanes, State
from standoff.program.operations import Evaluator, Value
from standoff.program.program import FAULTS, Fired, Program
from standoff.program.stepper import advance, begin, finish

__all__ = ["Step", "Trace", "plain_value", "trace_future", "trace_states"]

# Kinds that a trace shows, in the order in which a reader meets them.
SHOWN = ("mode", "stock", "choice", "quantity", "report", "draw", "event", "move")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of one future.

    Attributes:
        index: From 0; the number of steps for the state after the last.
        date: As people write it.
        things: For each kind, name to value: a number, a truth, or an option's name.
        fired: For each choice, the rule that decided: its text and line.
        chances: For each event and move, its own chance in the step.
    """

    index: int
    date: str
    things: Mapping[str, Mapping[str, float | bool | str]]
    fired: Mapping[str, str]
    chances: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Trace:
    """A future: its profile, its steps, and what it came to.

    Attributes:
        profile: Player to strategy.
        assumptions: Uncertainty or value to its number in this world.
        steps: In order; the last is the state after the last step.
        outcomes, payoffs: What the future came to.
        fault: What went wrong and when, or None.
    """

    profile: Mapping[str, str]
    assumptions: Mapping[str, float]
    steps: tuple[Step, ...]
    outcomes: Mapping[str, float]
    payoffs: Mapping[str, float]
    fault: str | None


def trace_future(program: Program, lanes: Lanes, *, realised: bool = True) -> Trace:
    """Run one future and keep everything.

    Args:
        program: The compiled study.
        lanes: Exactly one lane.
        realised: Whether ends are drawn, as a single future asks for, or weighted by survival.

    Raises:
        ValueError: There is more than one lane.
    """
    if lanes.size != 1:
        raise ValueError(f"a trace follows one future, not {lanes.size}")
    return trace_states(program, [begin(program, lanes, realised=realised)])


def trace_states(program: Program, states: Sequence[State], persons: Collection[str] = ()) -> Trace:
    """The trace of a future that was begun elsewhere, by hand perhaps; what is left of it follows the strategies.

    Args:
        program: The compiled study.
        states: Of one lane, before its first step and after each that was taken.
        persons: Choices that people made, while there were states.
    """
    rules = _Rules(program)
    every, by_hand = list(states), len(states) - 1
    while every[-1].step < program.n_steps:
        every.append(advance(program, every[-1]))
    steps = [
        _step(program, index, state.seen, rules, persons=persons if index < by_hand else ())
        for index, state in enumerate(every[1:])
    ]
    state = every[-1]
    last = {carried.symbol: state.known[carried.symbol] for carried in program.carried}
    steps.append(_step(program, program.n_steps, last, rules))
    results = finish(program, state)
    instances = zip(program.players, program.instances, state.lanes.instances, strict=True)
    return Trace(
        {player: of[int(chosen[0])].label for player, of, chosen in instances},
        {name: float(column[0]) for name, column in state.lanes.columns.items()},
        tuple(_until_end(program, steps) if state.realised else steps),
        {m.name: float(results.outcomes[i, 0]) for i, m in enumerate(program.measured)},
        payoffs={p.actor: float(results.payoffs[i, 0]) for i, p in enumerate(program.payoffs)},
        fault=_fault(program, int(results.fault[0]), int(results.fault_step[0])),
    )


class _Rules:
    """Tries a strategy's rules in their order on what was known in a step."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.by_choice: dict[tuple[str, str], list[Fired]] = {}
        for fired in program.fired:
            self.by_choice.setdefault((fired.family, fired.strategy), []).append(fired)

    def fired(self, known: Mapping[Symbol, Value]) -> dict[str, str]:
        evaluator = Evaluator(1, self.program)
        evaluator.known = dict(known)
        found: dict[str, str] = {}
        for choice in self.program.model.choices:
            strategies = [s.name for s in self.program.model.strategies if s.actor == choice.actor]
            played = strategies[int(np.ravel(known[Symbol("strategy", choice.actor)])[0])]
            for rule in self.by_choice.get((choice.family, played), []):
                if rule.when is None or bool(np.ravel(evaluator.value(rule.when, None))[0]):
                    text = "always" if rule.when is None else " ".join(rule.when.span.text.split())
                    found[choice.family] = f"{played}, line {rule.span.line}: {text}"
                    break
            else:
                found[choice.family] = f"{played}: weighed"
        return found


def _step(
    program: Program, index: int, known: Mapping[Symbol, Value], rules: _Rules, *, persons: Collection[str] = ()
) -> Step:
    families = program.model.families()
    things: dict[str, dict[str, float | bool | str]] = {kind: {} for kind in SHOWN}
    for symbol, value in known.items():
        if symbol.kind in things:
            things[symbol.kind][symbol.name] = plain_value(value, families.get(symbol.name))
    own = {symbol.name: float(np.ravel(value)[0]) for symbol, value in known.items() if symbol.kind == "own"}
    is_last = index == program.n_steps
    fired = {} if is_last else rules.fired(known) | dict.fromkeys(persons, "chosen by a person")
    return Step(index, program.model.clock.label(index), things, fired, chances=own)


def plain_value(value: Value, options: tuple[str, ...] | None) -> float | bool | str:
    """A value of one future as people write it: a number, a truth, or an option's name."""
    first: Any = np.ravel(value)[0]
    if isinstance(first, np.bool_):
        return bool(first)
    if options is not None and not isinstance(first, np.floating):
        return options[int(first)] if first >= 0 else "none"
    return float(first)


def _until_end(program: Program, steps: list[Step]) -> list[Step]:
    """A drawn end is the last step that is lived."""
    ends = [ending.event for ending in program.endings]
    for i, step in enumerate(steps):
        if any(step.things["event"].get(event) is True for event in ends):
            return steps[: i + 1]
    return steps


def _fault(program: Program, code: int, step: int) -> str | None:
    if code == 0:
        return None
    equation, kind = divmod(code - 1, len(FAULTS))
    shown, span = program.equations[equation]
    date = program.model.clock.label(step)
    return f"{span.source.path}:{span.line}: `{shown}` {FAULTS[kind][1]} in {date} (step {step})"
