"""A model's file, parsed: bounded in size and checked before PySD's parsers see it, with the line of each name.

PySD's parsers keep no lines, so that lines are looked up in the text. They are imported without the rest of PySD, which
takes seconds to start and is not needed.
"""

from __future__ import annotations

import copy
import importlib
import importlib.util
import re
import sys
import traceback
import types
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from standoff.base.files import read_source, whole_file
from standoff.base.problems import Problem, StudyError
from standoff.base.source import Source, Span

__all__ = ["SUFFIXES", "Parsed", "key_of", "parse_model"]

SUFFIXES = (".mdl", ".xmile", ".stmx")
MOST_BYTES = 8_000_000
_DEEPEST = 200
_NAMED = re.compile(r"<(?:\w+:)?(?:aux|stock|flow|gf)\b[^>]*?\bname\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")


@dataclass(frozen=True, slots=True)
class Parsed:
    """A parsed model.

    Attributes:
        source: The text.
        sections: PySD's abstract sections; the first is the model, others are macros.
        method: The integration that the file asks for, as it says it; empty where it does not.
        places: Each variable's key to where it is defined.
    """

    source: Source
    sections: tuple[Any, ...]
    method: str
    places: dict[str, Span]

    def refuse(self, name: str, message: str, advice: str | None = None) -> Problem:
        """A problem at the line of a variable; at the file's start where it has none."""
        place = self.places.get(key_of(name), Span(self.source, 0, 0))
        return Problem("file-unreadable", place, message, advice)


def key_of(name: str) -> str:
    """A name as references compare it: without case, quotes, or a difference between spaces and underscores."""
    return re.sub(r"(?:[\s_]|\\n)+", " ", name.strip().strip('"').lower()).strip()


def parse_model(path: Path) -> Parsed:
    """Parse a .mdl, .xmile or .stmx file.

    Raises:
        StudyError: The file is too large, no text, not well formed, or holds an equation that cannot be read.
    """
    source = read_source(path, path.name, most=MOST_BYTES)
    is_xml = path.suffix.lower() != ".mdl"
    method, places = (_look_at_xml if is_xml else _look_at_mdl)(source)
    if _nesting(source.text) > _DEEPEST:
        raise StudyError(
            [Problem("file-unreadable", whole_file(path.name), f"brackets are nested more than {_DEEPEST} deep")]
        )
    parser = _parser("xmile.xmile_file" if is_xml else "vensim.vensim_file", "XmileFile" if is_xml else "VensimFile")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            file = parser(path) if is_xml else parser(path, encoding="utf-8")
            file.parse()
            return Parsed(source, tuple(file.get_abstract_model().sections), method, places)
    except Exception as error:
        raise StudyError([_unparsed(source, error, places)]) from None


def _parser(module: str, name: str) -> Any:
    spec = importlib.util.find_spec("pysd")
    if spec is None or spec.submodule_search_locations is None:
        message = "models of system dynamics are parsed by PySD, which is not installed"
        raise ValueError(f"{message}: pip install 'standoff[exchange]'")
    was_there = sys.modules.get("pysd")
    if was_there is None:
        bare = types.ModuleType("pysd")
        bare.__path__ = list(spec.submodule_search_locations)
        sys.modules["pysd"] = bare
    try:
        _mend(importlib.import_module(f"pysd.translators.{module.replace('_file', '_element')}"))
        return getattr(importlib.import_module(f"pysd.translators.{module}"), name)
    finally:
        if was_there is None:
            del sys.modules["pysd"]


def _mend(module: Any) -> None:
    """Let a minus bind as in Vensim and XMILE, and a stock's elements start apart.

    PySD 3.14 reads -2^2 as (-2)^2, where the 2 is a number; and of an array's stock with an equation for each element
    it looks for one that all would share, and fails.
    """

    def visit_neg_expr(visitor: Any, node: Any, parts: Any) -> Any:
        if parts[0] == "-":
            visitor.negatives.add(parts[2])
        return parts[2]

    module.EquationVisitor.visit_neg_expr = visit_neg_expr
    if not hasattr(module, "Stock") or hasattr(module.Stock, "parse_whole"):
        return
    parse_whole = module.Stock.parse_whole = module.Stock._parse_component

    def parse_component(stock: Any, node: Any, behaviors: Any) -> Any:
        whole = stock.node
        if node is not whole:
            stock.node = copy.copy(whole)
            stock.node.extend(copy.deepcopy(child) for child in node)
        try:
            return parse_whole(stock, stock.node, behaviors)
        finally:
            stock.node = whole

    module.Stock._parse_component = parse_component


def _look_at_xml(source: Source) -> tuple[str, dict[str, Span]]:
    from lxml import etree  # noqa: PLC0415

    text = source.text
    for mark in ("<!DOCTYPE", "<!ENTITY"):
        if (at := text.find(mark)) >= 0:
            raise StudyError(
                [Problem("file-unreadable", Span(source, at, at + len(mark)), "an XMILE file declares no entities")]
            )
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, recover=True)
    try:
        root = etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError:
        root = None
    # Stella leaves its own prefix undeclared, which harms nothing; any other fault does
    wrong = next((fault for fault in parser.error_log if fault.domain_name != "NAMESPACE"), None)
    if wrong is not None or root is None:
        said = "" if wrong is None else f": {wrong.message}"
        raise StudyError(
            [Problem("file-unreadable", _line(source, wrong.line if wrong else 1), f"this is not XML{said}")]
        )
    specs = root.find(".//{*}sim_specs")
    if str(root.tag).rpartition("}")[2] != "xmile" or specs is None:
        raise StudyError([Problem("file-unreadable", _line(source, 1), "this is no XMILE file with `sim_specs`")])
    parts = root.findall("./{*}model/{*}variables/{*}module") + root.findall("./{*}macro")
    if parts:
        raise StudyError([Problem(
            "file-unreadable", _line(source, part.sourceline or 1),
            f"`{part.get('name', '')}` has no counterpart: a {str(part.tag).rpartition('}')[2]}",
        ) for part in parts])  # fmt: skip
    places = (
        {key_of(m[1] or m[2]): _line(source, text.count("\n", 0, m.start()) + 1) for m in _NAMED.finditer(text)}
        if len(text) < 200_000
        else _places_by_lines(source)
    )
    return specs.get("method", "euler"), places


def _places_by_lines(source: Source) -> dict[str, Span]:
    """The same for a long text, in one pass."""
    found: dict[str, Span] = {}
    at = 0
    for line in source.text.splitlines(keepends=True):
        for match in _NAMED.finditer(line):
            found[key_of(match[1] or match[2])] = Span(source, at, at + len(line.rstrip()))
        at += len(line)
    return found


def _look_at_mdl(source: Source) -> tuple[str, dict[str, Span]]:
    text = source.text.split("\\\\\\---///", 1)[0]
    if "|" not in text or "~" not in text:
        raise StudyError([Problem("file-unreadable", _line(source, 1), "this is no Vensim model: it has no equations")])
    found: dict[str, Span] = {}
    at = 0
    for part in text.split("|"):
        equation = part.split("~", 1)[0]
        start = at + len(equation) - len(equation.lstrip().removeprefix("{UTF-8}").lstrip())
        name = re.split(r"[=(\[:]|<->", source.text[start : at + len(equation)], maxsplit=1)[0]
        if name.strip():
            found.setdefault(key_of(name), Span(source, start, start + len(name.split("\n")[0].rstrip())))
        at += len(part) + 1
    method = re.search(r"^15:\d+,\d+,\d+,(\d+)", source.text, re.MULTILINE)
    return ("euler" if method is None or method[1] == "0" else f"Vensim's integration type {method[1]}"), found


def _unparsed(source: Source, error: Exception, places: Mapping[str, Span]) -> Problem:
    said = str(error).strip().split("\n")[0][:200]
    about = re.search(r"(?:begins with|didn't match at) '(.*?)'", str(error), re.DOTALL)
    at = source.text.find(about[1].strip()) if about and about[1].strip() else -1
    place = Span(source, at, at + 1) if at >= 0 else _being_parsed(error, places) or Span(source, 0, 0)
    if "???" in said or "Enter equation" in said:
        return Problem("file-unreadable", place, "a variable has no equation yet")
    return Problem("file-unreadable", place, f"PySD's parser cannot read this: {said or type(error).__name__}")


def _being_parsed(error: Exception, places: Mapping[str, Span]) -> Span | None:
    """Where the variable is defined that PySD was at, which it says only by the frame that failed."""
    found = None
    for frame, _ in traceback.walk_tb(error.__traceback__):
        name = getattr(frame.f_locals.get("self"), "name", None)
        found = places.get(key_of(name), found) if isinstance(name, str) else found
    return found


def _line(source: Source, number: int) -> Span:
    lines = source.text.split("\n")
    at = sum(len(line) + 1 for line in lines[: number - 1])
    return Span(source, at, at + len(lines[number - 1]) if number <= len(lines) else at)


def _nesting(text: str) -> int:
    deepest = depth = 0
    for sign in re.findall(r"[()]", text):
        depth = depth + 1 if sign == "(" else max(0, depth - 1)
        deepest = max(deepest, depth)
    return deepest
