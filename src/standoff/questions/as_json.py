"""Findings as JSON, and back: one form for every command, the brief, and what is kept.

A dataclass is an object with its fields for keys, an array nested lists, what is not finite null; a thing of the study
stands by its name. What is kept by world is left to the run. With `exact` nothing is left out and nothing rounded, so
that `from_json` makes the same finding again: arrays are their bytes, and things are looked up in the study's model.

Converters of dataclasses (msgspec, cattrs) look up no names, and know neither arrays nor null for what is not finite.
"""

from __future__ import annotations

import base64
import math
import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import numpy as np
import numpy.typing as npt

from standoff.analysis.linchpins.regions import Region
from standoff.analysis.robustness.regret import Regret
from standoff.analysis.robustness.satisficing import Satisficing
from standoff.analysis.runs.views import View
from standoff.analysis.runs.weighings import Weighting
from standoff.analysis.statistics.ranking import Ranking
from standoff.base.source import Span
from standoff.base.units import Unit
from standoff.language.expressions.tree import Symbol
from standoff.language.model import Instance, Model, Parameter
from standoff.words.amounts import unit_words

__all__ = ["from_json", "to_json"]

_LEFT_TO_THE_RUN: Mapping[type, frozenset[str]] = {
    Ranking: frozenset({"difference", "error"}),
    Regret: frozenset({"by_world", "by_world_raw"}),
    Satisficing: frozenset({"chance", "chances"}),
    Region: frozenset({"chance"}),
    View: frozenset({"weights"}),
    Weighting: frozenset({"weights"}),
}
_THINGS: Mapping[type, Callable[[Any], str]] = {
    Instance: lambda instance: str(instance.label),
    Parameter: lambda parameter: str(parameter.name),
}
_IN_PRINT: Mapping[type, Callable[[Any], str]] = {
    **_THINGS,
    Symbol: lambda symbol: str(symbol.name),
    Unit: unit_words,
}


_PLAIN = frozenset((int, str, bool, type(None)))


def to_json(value: Any, *, exact: bool = False) -> Any:
    """A finding as dicts, lists, numbers and text.

    Args:
        value: A finding, or anything that is made of findings.
        exact: For `from_json`; else as it is printed.
    """
    if type(value) in _PLAIN:
        return value
    if type(value) is float:
        return value if math.isfinite(value) else str(value) if exact else None
    names = _THINGS if exact else _IN_PRINT
    name = names.get(type(value))
    if name is not None:
        return name(value)
    if isinstance(value, Span) or hasattr(value, "__html__"):
        return None  # places in files, and what is drawn beside its figures
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value) and not isinstance(value, type):
        left = frozenset[str]() if exact else _LEFT_TO_THE_RUN.get(type(value), frozenset())
        return {
            item.name: to_json(getattr(value, item.name), exact=exact)
            for item in fields(value)
            if item.init and item.name not in left and not isinstance(getattr(value, item.name), Span)
        }
    if isinstance(value, np.ndarray):
        if exact:
            return {"shape": list(value.shape), "bytes": base64.b64encode(value.tobytes()).decode()}
        return to_json(value.tolist())
    if isinstance(value, np.generic):
        return to_json(value.item(), exact=exact)
    if isinstance(value, Mapping):
        return {str(key): to_json(item, exact=exact) for key, item in value.items()}
    if isinstance(value, Sequence | set | frozenset) and not isinstance(value, str):
        return [to_json(item, exact=exact) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value) if exact else None
    return value


def from_json(data: Any, kind: Any, model: Model) -> Any:
    """A finding that `to_json` wrote with `exact`.

    Args:
        data: As it was written.
        kind: The finding's class, or any type that its fields may have.
        model: Of the study that the finding is about.

    Raises:
        ValueError: The data are not of that kind, or name a thing that the study lacks.
    """
    if hasattr(kind, "array_type"):  # an array whose axes are said, which tells its dtype by name
        kind = next(arrays for name, arrays in _ARRAYS.items() if name in kind.dtypes)
    origin = get_origin(kind) or kind
    if origin in (Union, types.UnionType):
        return _one_of(data, get_args(kind), model)
    if kind in _THINGS:
        return _thing(data, kind, model)
    if isinstance(origin, type) and is_dataclass(origin):
        return _record(data, origin, model)
    read = _READERS.get(origin)
    if read is not None:
        return read(data, get_args(kind), model)
    if isinstance(origin, type) and issubclass(origin, Enum):
        return origin(data)
    raise TypeError(f"no finding has a field of type {kind}")


_ARRAYS: Mapping[str, Any] = {
    "float64": npt.NDArray[np.float64], "int64": npt.NDArray[np.int64], "bool": npt.NDArray[np.bool_],
}  # fmt: skip


def _one_of(data: Any, kinds: tuple[Any, ...], model: Model) -> Any:
    for kind in kinds:
        try:
            return from_json(data, kind, model)
        except ValueError:
            continue
    raise ValueError(f"{data!r:.60} is none of {kinds}")


def _thing(data: Any, kind: type, model: Model) -> Any:
    for thing in _things(model, kind):
        if _THINGS[kind](thing) == data:
            return thing
    raise ValueError(f"the study has no {kind.__name__.lower()} `{data!s:.60}`")


def _things(model: Model, kind: type) -> tuple[Any, ...]:
    """All of a kind; the decider's strategies first, as findings are about them."""
    if kind is Parameter:
        return model.parameters
    actors = sorted(model.players, key=lambda actor: actor != model.decider)
    return tuple(instance for actor in actors for instance in model.instances(actor))


def _record(data: Any, kind: type, model: Model) -> Any:
    hints = _hints(kind)
    if not isinstance(data, Mapping) or data.keys() != hints.keys():
        raise ValueError(f"{data!r:.60} is no {kind.__name__}")
    return kind(**{name: from_json(data[name], hint, model) for name, hint in hints.items()})


@cache
def _hints(kind: type) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {item.name: hints[item.name] for item in fields(kind) if item.init}


def _array(data: Any, arguments: tuple[Any, ...], _: Model) -> Any:
    if not isinstance(data, Mapping) or data.keys() != {"shape", "bytes"}:
        raise ValueError(f"{data!r:.60} is no array")
    dtype = get_args(arguments[1])[0]
    return np.frombuffer(base64.b64decode(data["bytes"], validate=True), dtype).reshape(data["shape"]).copy()


def _tuple(data: Any, arguments: tuple[Any, ...], model: Model) -> Any:
    if not isinstance(data, list):
        raise ValueError(f"{data!r:.60} is no list")
    kinds = arguments[:1] * len(data) if arguments[1:] == (...,) else arguments
    return tuple(from_json(item, kind, model) for item, kind in zip(data, kinds, strict=True))


def _nested(data: Any, _: tuple[Any, ...], __: Model) -> Any:
    """Words in a nest of tuples as deep as it is."""
    return tuple(_nested(item, _, __) for item in data) if isinstance(data, list) else _plain(str)(data, _, __)


def _mapping(data: Any, arguments: tuple[Any, ...], model: Model) -> Any:
    if not isinstance(data, Mapping):
        raise ValueError(f"{data!r:.60} is no object")
    key, item = arguments
    return {from_json(name, key, model): from_json(value, item, model) for name, value in data.items()}


def _literal(data: Any, arguments: tuple[Any, ...], _: Model) -> Any:
    if data not in arguments:
        raise ValueError(f"{data!r:.60} is none of {arguments}")
    return data


def _number(data: Any, _: tuple[Any, ...], __: Model) -> float:
    if isinstance(data, bool) or not (isinstance(data, int | float) or data in ("nan", "inf", "-inf")):
        raise ValueError(f"{data!r:.60} is no number")
    return float(data)


def _plain(kind: type) -> Callable[[Any, tuple[Any, ...], Model], Any]:
    def read(data: Any, _: tuple[Any, ...], __: Model) -> Any:
        if type(data) is not kind:
            raise ValueError(f"{data!r:.60} is no {kind.__name__}")
        return data

    return read


_READERS: Mapping[Any, Callable[[Any, tuple[Any, ...], Model], Any]] = {
    np.ndarray: _array,
    tuple: _tuple,
    dict: _mapping,
    Mapping: _mapping,
    Literal: _literal,
    object: _nested,
    float: _number,
    int: _plain(int),
    bool: _plain(bool),
    str: _plain(str),
    types.NoneType: _plain(types.NoneType),
}
