"""Inputs that are nearly sound: a sound one, changed in its structure or in its bytes at a few places."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from random import Random
from typing import Any

import yaml

__all__ = ["MUTATE", "mutated"]

SCALARS: tuple[Any, ...] = (
    None, True, 0, -1, 10**30, 1e308, float("nan"), float("inf"), "", " ", "x" * 300, "a.b", "yes", "1e999", "9" * 5000,
    "\x00", "\x1b[31m", "\ud7ff\u202e", "é", "2025-13", "2025-01", "../x", "/dev/zero", "-", "{", "[]", "a + ", "1/0",
    "((((", "final(", "x ** x ** x", "`<b>&`", "%s{0}", "north == south", "exp(1000)", "#", "|", "*a", "&a", "!!int 1",
)  # fmt: skip
PIECES = (
    b"", b"\x00", b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", b"\r", b"\n", b"\t", b'"', b"'", b",", b";", b":",
    b"- ", b"? ",     b"[", b"{", b"]", b"}", b"[" * 2000, b"{a: " * 600,
    b"&a ", b"*a", b"<<: ", b"!!python/object ", b"---\n", b"%YAML 9\n",
    b"9" * 5000, b"1e99999", b"-1", b"nan", b"<!--", b"<![CDATA[", b"<script>", b"<p>" * 500, b"&#x110000;", b"&#0;",
    b"=?", b"\\u0000", b"|\n", b">\n", b"\xe2\x80\xae", b"\xf0\x9f", b"\x1b[2J", b"x" * 20_000, b"<b>" * 3000,
)  # fmt: skip


def mutated(kind: str, sound: bytes, random: Random) -> bytes:
    """A sound input of a kind, changed at one to four places."""
    data = sound
    for _ in range(random.randint(1, 4)):
        data = random.choice(MUTATE[kind])(data, random)
    return data


def in_bytes(data: bytes, random: Random) -> bytes:
    """Cut, doubled, or with a piece put in or in the place of others."""
    start = random.randint(0, len(data))
    stop = min(len(data), start + random.choice((0, 0, 1, 3, 20, 200, 10_000)))
    piece = random.choice((*PIECES, data[start:stop] * 2, bytes([random.randint(0, 255)])))
    return data[:start] if random.random() < 0.05 else data[:start] + piece + data[stop:]


def in_lines(data: bytes, random: Random) -> bytes:
    """With a line left out, doubled or moved."""
    lines = data.split(b"\n")
    line = lines.pop(random.randrange(len(lines)))
    for _ in range(random.choice((0, 1, 2, 50))):
        lines.insert(random.randint(0, len(lines)), line)
    return b"\n".join(lines)


def in_cells(data: bytes, random: Random) -> bytes:
    """With a cell of a table changed, left out or put in."""
    lines = data.split(b"\n")
    at = random.randrange(len(lines))
    cells = lines[at].split(b",")
    place = random.randrange(len(cells))
    cells[place : place + random.randint(0, 1)] = [str(random.choice(SCALARS)).encode("utf-8", "replace")]
    lines[at] = b",".join(cells)
    return b"\n".join(lines)


def in_tree(parse: Callable[[bytes], Any], write: Callable[[Any], bytes]) -> Callable[[bytes, Random], bytes]:
    """A mutation of what a text means: an entry is left out, renamed, doubled, replaced, or put where another was."""

    def mutate(data: bytes, random: Random) -> bytes:
        try:
            tree = parse(data)
        except Exception:
            return in_bytes(data, random)
        places = list(_places(tree))
        if not places:
            return write(random.choice(SCALARS))
        holder, key = random.choice(places)
        other, its = random.choice(places)
        match random.randrange(6):
            case 0:
                del holder[key]
            case 1:
                holder[key] = copy.deepcopy(other[its])
            case 2 if isinstance(holder, dict):
                holder[str(random.choice(SCALARS))] = holder.pop(key)
            case 3:
                holder[key] = [copy.deepcopy(holder[key])] * random.choice((1, 2, 40))
            case 4:
                holder[key] = {str(its): copy.deepcopy(holder[key])}
            case _:
                holder[key] = random.choice(SCALARS)
        try:
            return write(tree)
        except (RecursionError, ValueError, yaml.YAMLError):
            return data

    return mutate


def _places(tree: Any) -> Any:
    if isinstance(tree, dict | list):
        for key, value in list(tree.items() if isinstance(tree, dict) else enumerate(tree)):
            yield tree, key
            yield from _places(value)


def _in_texts(data: bytes, random: Random) -> bytes:
    """With a text in place of another, or a number changed by orders: what mostly stays sound."""
    try:
        tree = yaml.safe_load(data)
    except Exception:
        return in_bytes(data, random)
    texts = [(holder, key) for holder, key in _places(tree) if isinstance(holder[key], str | int | float)]
    for holder, key in random.sample(texts, min(len(texts), 3)):
        was = holder[key]
        words = (" ".join(TEXTS[: random.randint(1, 9)]), random.choice(TEXTS))
        holder[key] = random.choice(words) if isinstance(was, str) else was * random.choice(FACTORS)
    return _yaml(tree)


TEXTS = ("'", "”", "{{ x }}", "<b>", "a\nb", "A. B?", "ÿ", "北", "مرحبا", "%s", "no", "w" * 200, "\t", "&", "e\u0301")
FACTORS = (0, -1, 1e-300, 1e-9, 1e9, 1e300, 2, 0.5, 3)


def _yaml(tree: Any) -> bytes:
    text: str = yaml.safe_dump(tree, sort_keys=False, allow_unicode=True, width=1000)
    return text.encode("utf-8", "replace")


_of_yaml = in_tree(yaml.safe_load, _yaml)
_of_json = in_tree(json.loads, lambda tree: json.dumps(tree).encode())
MUTATE: dict[str, tuple[Callable[[bytes, Random], bytes], ...]] = {
    "study": (_of_yaml, _of_yaml, in_bytes, in_lines),
    "claims": (_of_yaml, _of_yaml, in_bytes, in_lines),
    "facts": (in_cells, in_bytes, in_lines),
    "history": (in_cells, in_bytes, in_lines),
    "weights": (in_cells, in_bytes, in_lines),
    "manifest": (_of_json, _of_json, in_bytes),
    "shard": (in_bytes,),
    "page": (in_bytes, in_lines),
    "markdown": (in_bytes, in_lines),
    "mhtml": (in_bytes, in_lines),
    "safari": (in_bytes,),
    "plist": (in_bytes, in_lines),
    "brief": (_of_yaml, _of_yaml, _in_texts, in_lines),
    "newer": (_of_yaml, _of_yaml, _in_texts, in_lines),
    "tests": (_of_yaml, _of_yaml, _in_texts, in_lines),
    "game": (in_bytes, in_lines),
    "seen": (in_cells, in_bytes, in_lines),
    "seen-list": (_of_yaml, _of_yaml, in_bytes, in_lines),
    "questions": (_of_yaml, _of_yaml, in_bytes, in_lines),
    "resolved": (in_cells, in_bytes, in_lines),
    "forecast": (_of_json, _of_json, in_bytes),
    "data": (in_cells, in_bytes, in_lines),
    "play": (_of_json, _of_json, in_bytes),
    "mdl": (in_bytes, in_lines),
    "xmile": (in_bytes, in_lines),
    "options": (in_bytes,),
}
