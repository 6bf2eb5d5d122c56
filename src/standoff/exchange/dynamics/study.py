"""A model of system dynamics as a study: one text, and what a person should know of it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from standoff.base.problems import Problem, StudyError
from standoff.exchange.dynamics.expressions import Equations
from standoff.exchange.dynamics.parsed import Parsed, key_of, parse_model
from standoff.exchange.dynamics.unrolled import NotImportedError, Scope, Variable, ranges_of, unroll
from standoff.exchange.imported import Imported, quoted
from standoff.exchange.names import Names
from standoff.language.building.draft import MOST_STEPS
from standoff.language.text.files import STUDY_FILE

__all__ = ["import_model"]

_CONTROLS = ("initial time", "final time", "time step", "saveper")
_UNITS = {"day": 1.0, "week": 7.0, "month": 30.0, "quarter": 90.0, "year": 360.0}
_LONGER = {("month", 3.0): "quarter", ("month", 12.0): "year", ("day", 7.0): "week", ("quarter", 4.0): "year"}


@dataclass(slots=True)
class _Clock:
    step: str
    substeps: int
    steps: int
    start: str
    notes: list[str] = field(default_factory=list)


def import_model(path: Path, uncertain: Mapping[str, tuple[float, float]] | None = None) -> Imported:
    """Read a .mdl, .xmile or .stmx file into a study.

    Args:
        path: The file.
        uncertain: Constants that become uncertainties, by the names that they get here, each with its range.

    Raises:
        StudyError: The file cannot be read, or something in it has no counterpart: a problem for each, at its line.
        ValueError: A name in `uncertain` is no constant of the model.
    """
    parsed = parse_model(path)
    method = parsed.method.lower().replace(" ", "")
    if method not in ("euler", ""):
        message = f"the model is integrated by {parsed.method}, and a study's steps are Euler's"
        raise StudyError([parsed.refuse("time step", message, "set the model's method to Euler")])
    main, macros = parsed.sections[0], {key_of(s.name): s for s in parsed.sections[1:]}
    scope, problems = Scope(), []
    try:
        ranges_of(main, scope)
    except NotImportedError as error:
        raise StudyError([Problem("file-unreadable", parsed.refuse("", "").span, str(error))]) from None
    problems += [parsed.refuse(name, f"`{name}` has no counterpart: {reason}") for name, reason in unroll(main, scope)]
    names = Names()
    clock = _controls(parsed, scope)
    equations = Equations(names, macros, clock, "time")
    unit = next((v.unit for (key, _), v in scope.variables.items() if key in _CONTROLS and v.unit), "")
    variables = [v for (key, _), v in scope.variables.items() if key not in _CONTROLS and key != "time"]
    for variable in variables:  # names first, so that those of the model are the plain ones
        equations.name_of(scope, variable)
    refused: set[str] = set()
    for variable in variables:
        try:
            equations.define(scope, variable)
        except NotImportedError as error:
            if variable.written not in refused:
                problems.append(parsed.refuse(variable.written, f"`{variable.written}` has no counterpart: {error}"))
            refused.add(variable.written)
        except RecursionError:
            problems.append(parsed.refuse(variable.written, f"`{variable.written}` is nested too deep"))
    if not variables:
        problems.append(parsed.refuse("", "the model has no variables"))
    try:
        calendar = _calendar(clock, unit)
    except NotImportedError as error:
        problems.append(parsed.refuse("time step", f"the clock has no counterpart: {error}"))
    if problems:
        raise StudyError(problems)
    return _written(path.stem, equations, variables, scope, clock=calendar, uncertain=dict(uncertain or {}))


def _controls(parsed: Parsed, scope: Scope) -> dict[str, float]:
    """The numbers of the clock."""
    probe = Equations(Names(), {}, {}, "time")
    found: dict[str, float] = {}
    for key in _CONTROLS:
        variable = scope.variables.get((key, ()))
        if variable is None and key == "saveper":
            continue
        if variable is None:
            raise StudyError([parsed.refuse(key, f"the model has no {key.upper()}")])
        probe.clock = found
        try:
            found[key] = _folded(probe, scope, variable, 0)
        except NotImportedError:
            if key == "saveper":  # says when to write a row, which a study decides for itself
                continue
            raise StudyError([parsed.refuse(key, f"{key.upper()} is no number that is known beforehand")]) from None
    if not (found["time step"] > 0 and found["final time"] > found["initial time"]):
        raise StudyError([parsed.refuse("time step", "the clock does not run forward")])
    return found


def _folded(probe: Equations, scope: Scope, variable: Variable, depth: int) -> float:
    """A number of constants: numbers, names, and + − × ÷ of them."""

    def value(tree: object, depth: int) -> float:
        if depth > 20:
            raise NotImportedError("too deep")
        if type(tree).__name__ != "ArithmeticStructure":
            key = key_of(getattr(tree, "reference", "") or "")
            inner = scope.variables.get((key, ()))
            if inner is not None and key not in probe.clock:
                return value(inner.tree, depth + 1)
            return probe.number_of(scope, variable, tree, "a number")
        parts = [value(part, depth + 1) for part in tree.arguments]  # type: ignore[attr-defined]
        operators = list(tree.operators)  # type: ignore[attr-defined]
        if operators == ["negative"]:
            return -parts[0]
        total = parts[0]
        for operator, part in zip(operators, parts[1:], strict=True):
            if operator not in "+-*/" or (operator == "/" and part == 0):
                raise NotImportedError("an operator")
            total = {"+": total + part, "-": total - part, "*": total * part}.get(operator, total / (part or 1.0))
        return total

    return value(variable.tree, depth)


def _calendar(clock: Mapping[str, float], unit: str) -> _Clock:
    """The study's clock: the model's unit of time, cut into its steps; it runs through the step at FINAL TIME."""
    dt, first = clock["time step"], clock["initial time"]
    step = unit.strip().lower().rstrip("s") or "month"
    n = math.floor((clock["final time"] - first) / dt + 1e-6) + 1
    notes: list[str] = []
    parts = 1
    if step not in _UNITS:
        step = "day"
        notes.append(
            f"a step of the study's calendar stands for a step of the model, {dt:g} {unit}: its dates mean nothing"
        )
    elif abs(1 / dt - round(1 / dt)) < 1e-9 / dt and dt < 1:
        parts = round(1 / dt)
    elif (step, dt) in _LONGER:
        step = _LONGER[step, dt]
    elif dt != 1:
        notes.append(
            f"a step of the study's calendar stands for a step of the model, {dt:g} {unit}: its dates mean nothing"
        )
    if n > MOST_STEPS:
        raise NotImportedError(f"a clock of {n:,} steps, of which a study has at most {MOST_STEPS:,}")
    start = (
        f"{int(first):04d}-01"
        if step == "year" and 1 <= first <= 9000 and dt <= 1 and first == int(first)
        else "2000-01"
    )
    if start == "2000-01" and not notes:
        notes.append("the model's time has no date: the study begins in January 2000")
    return _Clock(step, parts, -(-n // parts), start, notes=notes)


def _written(
    title: str, equations: Equations, variables: list[Variable], scope: Scope, *, clock: _Clock,
    uncertain: dict[str, tuple[float, float]],
) -> Imported:  # fmt: skip
    for name in uncertain:
        if name not in equations.constants:
            raise ValueError(
                f"`{name}` is no constant of the model, which has {', '.join(sorted(equations.constants))}"
            )
    about = {equations.name_of(scope, v): _about(v) for v in variables}
    first, dt = equations.clock["initial time"], equations.dt
    lines = ["standoff: 1", f"title: {quoted(title)}", f"question: {quoted('What does ' + title + ' do?')}",
             "decider: modeller",
             f"clock: {{start: {clock.start}, step: {clock.step}, steps: {clock.steps}, substeps: {clock.substeps}}}",
             "actors: {modeller: {name: Modeller, about: stands here until the study has actors}}",
             "choices: {modeller: [as_imported, to_be_written]}",
             "strategies: {modeller: {as_imported: {choose: as_imported}}}",
             'payoffs: {modeller: {final: "0"}}']  # fmt: skip
    plain = {k: v for k, v in equations.constants.items() if k not in uncertain}
    if plain:
        lines.append("constants:")
        lines += [f"  {k}: {{value: {v!r}, judgement: as the model has it{_said(about, k)}}}" for k, v in plain.items()]
    if uncertain:
        lines.append("uncertainties:")
        lines += [
            f"  {k}: {{range: [{low!r}, {high!r}], judgement: a range given on import{_said(about, k)}}}"
            for k, (low, high) in uncertain.items()
        ]
    if equations.stocks:
        lines.append("stocks:")
    for stock in equations.stocks.values():
        change = f"{stock.name} + {dt} * ({stock.flow})"
        lines.append(
            f"  {stock.name}: {{start: {quoted(stock.start)}, next: {quoted(change)}{_said(about, stock.name)}}}"
        )
    lines += ["quantities:", f"  time: {{value: {quoted(f'{first!r} + step * {dt}')}}}"]
    lines += [f"  {k}: {{value: {quoted(text)}{_said(about, k)}}}" for k, text in equations.written.items()]
    shown = next(iter(equations.stocks), None) or next(iter(equations.written), None) or "time"
    lines.append(f"outcomes: {{in_the_end: {{measure: {quoted(f'final({shown})')}, better: higher}}}}")
    named = {(v.key, *v.subscripts): equations.name_of(scope, v) for v in variables}
    notes = (*clock.notes, *_could_be_choices(equations))
    return Imported({STUDY_FILE: "\n".join(lines) + "\n"}, notes, named)


def _could_be_choices(equations: Equations) -> Iterator[str]:
    """Switches, which are 0 or 1, and constants that stand in a flow."""
    flows = " ".join(stock.flow for stock in equations.stocks.values())
    import re  # noqa: PLC0415

    used = set(re.findall(r"\w+", flows))
    used |= {word for flow in used & set(equations.written) for word in re.findall(r"\w+", equations.written[flow])}
    found = [name for name, value in equations.constants.items() if name in used or value in (0.0, 1.0)]
    if found:
        more = f" and {len(found) - 12} more" if len(found) > 12 else ""
        yield f"could be choices, as they are switches or stand in a flow: {', '.join(found[:12])}{more}"


def _about(variable: Variable) -> str:
    words = " ".join(variable.about.split())[:300]
    unit = " ".join(variable.unit.split())[:60]
    return f"{words} [{unit}]".strip() if unit else words


def _said(about: Mapping[str, str], name: str) -> str:
    words = about.get(name, "")
    return f", about: {quoted(words)}" if words else ""
