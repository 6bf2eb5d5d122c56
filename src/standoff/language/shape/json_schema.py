"""A table of the language as a JSON Schema, for editors that complete and check YAML."""

from __future__ import annotations

from typing import Any

from standoff.language.shape.shapes import Either, Free, Key, Keyed, ListOf, MapOf, Record, Shape, Text, TextKind

__all__ = ["json_schema"]


def json_schema(of: Record, title: str, about: str, expectation: Record) -> dict[str, Any]:
    """A table of the language as a JSON Schema (draft 2020-12), for editors that complete and check YAML."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "description": about,
        **_schema(of),
        "$defs": {"expectation": _schema(expectation)},
    }


_NAME_PATTERN = "^[A-Za-z_][A-Za-z0-9_]*$"
_EXPRESSION_SCHEMA: dict[str, Any] = {"type": ["string", "number"]}
_TEXT_SCHEMAS: dict[TextKind, dict[str, Any]] = {
    "text": {"type": "string"},
    "name": {"type": "string", "pattern": _NAME_PATTERN},
    "word": {},
    "known": {"type": ["string", "number"]},
    "expression": _EXPRESSION_SCHEMA,
    "distribution": {"type": "string", "pattern": r"^\s*[a-z]+\s*\("},
    "number": {"type": "number"},
    "open": {"type": ["number", "null"]},
    "end": _EXPRESSION_SCHEMA,
    "bound": {"type": ["number", "string", "null"]},
    "whole": {"type": "integer", "minimum": 0},
    "truth": {"type": "boolean"},
    "unit": {"type": "string"},
    "scale": {"type": ["string", "number"]},
    "date": {"type": ["string", "integer"]},
    "path": {"type": "string"},
}


def _schema(shape: Shape) -> dict[str, Any]:
    match shape:
        case Text("word"):
            return {"enum": [*shape.words, *(int(word) for word in shape.words if word.isdigit())]}
        case Text():
            return dict(_TEXT_SCHEMAS[shape.kind])
        case ListOf():
            most = {} if shape.most is None else {"maxItems": shape.most}
            return {"type": "array", "items": _schema(shape.item), "minItems": shape.least, **most}
        case MapOf():
            return _schema_of_map(shape)
        case Record():
            return _schema_of_record(shape)
        case Either():
            return {"anyOf": [_schema(one) for one in shape.shapes]}
        case Keyed():
            return {"anyOf": [_schema(shape.marked), _schema(shape.other)]}
        case Free():
            return {"$ref": f"#/$defs/{shape.kind}"} if shape.kind == "expectation" else {}


def _schema_of_map(shape: MapOf) -> dict[str, Any]:
    names = {"propertyNames": {"pattern": _NAME_PATTERN}} if shape.keys == "name" else {}
    extra = {"properties": {key.name: _described(key) for key in shape.extra}} if shape.extra else {}
    return {
        "type": "object",
        "additionalProperties": _schema(shape.value),
        "minProperties": shape.least,
        **names,
        **extra,
    }


def _schema_of_record(shape: Record) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {key.name: _described(key, of_many=shape.key("for") is not None) for key in shape.keys},
        "additionalProperties": False,
    }
    required = [key.name for key in shape.keys if key.required]
    if required:
        schema["required"] = required
    rules: list[dict[str, Any]] = [{"oneOf": [{"required": [name]} for name in group]} for group in shape.exactly_one]
    rules += [{"anyOf": [{"required": [name]} for name in group]} for group in shape.at_least_one]
    rules += [{"not": {"required": list(group)}} for group in shape.at_most_one]
    if rules:
        schema["allOf"] = rules
    return schema


def _described(key: Key, *, of_many: bool = False) -> dict[str, Any]:
    """A key's schema; in an entry that may stand for many, a mapping gives each element its own."""
    schema = _schema(key.shape)
    if of_many and not any(part.get("type") == "object" for part in schema.get("anyOf", (schema,))):
        schema = {"anyOf": [schema, {"type": "object"}]}
    return {"description": key.doc, **schema}
