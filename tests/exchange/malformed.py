"""Sound files of every format that is imported, and the ways in which they are broken."""

from __future__ import annotations

import io
import json
import re
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from standoff.ensemble.study import load
from standoff.exchange.exports import EXPORTS, Outgoing

__all__ = ["BROKEN", "broken", "in_tar", "in_zip", "sound", "swapped"]

DATA = Path(__file__).parents[1] / "data"
TEXT = "The talks\n\nBoth sides stopped on a Monday in spring. Nobody had counted what was left of them by then.\n"
CLAIMS = """\
standoff: 1
documents: {talks: {title: The talks, author: Ada, date: 2024-05, file: talks.txt}}
claims: {on: {document: talks, passage: p1.s1, says: They stopped, stance: asserts, bears_on: [pause]}}
"""
XMILE = """\
<?xml version="1.0" encoding="utf-8"?>
<xmile version="1.0" xmlns="http://docs.oasis-open.org/xmile/ns/XMILE/v1.0"><header><name>m</name></header>
<sim_specs><start>0</start><stop>9</stop><dt>1</dt></sim_specs><model><variables>
<stock name="level"><eqn>5</eqn><inflow>rain</inflow></stock>
<flow name="rain"><eqn>level * share</eqn></flow>
<aux name="share"><eqn>0.1</eqn></aux>
</variables></model></xmile>
"""
MDL = """\
{UTF-8}
level = INTEG(rain, 5)
	~	~	|
rain = level * share
	~	~	|
share = 0.1
	~	~	|
FINAL TIME = 9
	~	~	|
INITIAL TIME = 0
	~	~	|
SAVEPER = 1
	~	~	|
TIME STEP = 1
	~	~	|
"""
NFG = 'NFG 1 R "Game" { "A" "B" }\n{ { "x" "y" } { "u" "v" } }\n""\n1 2 3 4 5 6 7 8\n'
EFG = """\
EFG 2 R "Entry" { "entrant" "incumbent" }
p "" 1 1 "" { "in" "out" } 0
p "" 2 1 "" { "fight" "share" } 0
t "" 1 "war" { -1, 0 }
t "" 2 "peace" { 1, 1 }
t "" 3 "out" { 0, 2 }
"""
GMCR = json.dumps(
    {
        "options": [{"name": "build"}, {"name": "object"}],
        "decisionMakers": [
            {"name": "us", "options": [0], "preferences": [[[0, "Y"]]]},
            {"name": "them", "options": [1], "preferences": [[[0, "N"]]]},
        ],
        "infeasibles": [],
    },
    indent=1,
)
EVENTS = "id,date_start,date_prec,country,type_of_violence,best\n" + "".join(
    f"{k},2024-0{1 + k % 5}-03,1,Syria,1,{k}\n" for k in range(9)
)
MAPPING = "format: ucdp\nstep: month\nstart: 2024-04\nsteps: 4\nseries: {deaths: {sum: best}}\n"
CSL = json.dumps([{"id": "a", "type": "report", "title": "First", "author": [{"family": "Kim"}]}], indent=1)
RIS = "TY  - RPRT\nTI  - First\nAU  - Kim, Ada\nPY  - 2024\nER  - \n"
BIB = "@report{a,\n  title = {First},\n  author = {Kim, Ada},\n  year = {2024}\n}\n"


def sound(folder: Path) -> dict[str, tuple[Path, tuple[str, ...]]]:
    """Write a sound file of each format: by its ending, the file and what the command is given besides."""
    texts = {"a.xmile": XMILE, "a.mdl": MDL, "a.nfg": NFG, "a.efg": EFG, "a.gmcr": GMCR, "a.csv": EVENTS,
             "mapping.yaml": MAPPING, "a.json": CSL, "a.ris": RIS, "a.bib": BIB}  # fmt: skip
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    found: dict[str, tuple[Path, tuple[str, ...]]] = {
        Path(name).suffix: (folder / name, ()) for name in texts if name != "mapping.yaml"
    }
    found[".csv"] = (folder / "a.csv", ("--mapping", str(folder / "mapping.yaml")))
    for kind, name in ((".xml", "two_issues"), (".domain.json", "one_issue")):
        (folder / name).mkdir()
        for part in (DATA / "negotiations" / name).iterdir():
            (folder / name / part.name).write_bytes(part.read_bytes())
        found[kind] = (folder / name / f"domain.{kind.rpartition('.')[2]}", ())
    (folder / "a.tar.gz").write_bytes((DATA / "ema" / "flood.tar.gz").read_bytes())
    found[".tar.gz"] = (folder / "a.tar.gz", ())
    found |= _notes(folder)
    return found


def _notes(folder: Path) -> dict[str, tuple[Path, tuple[str, ...]]]:
    """Files of notes on one document."""
    study, texts = folder / "study", folder / "texts"
    study.mkdir()
    texts.mkdir()
    written = load("rivals").model.written.source.text.replace("cites: [rivals-fear]", "judgement: x")
    (study / "study.yaml").write_text(written, encoding="utf-8")
    (study / "claims.yaml").write_text(CLAIMS, encoding="utf-8")
    (texts / "talks.txt").write_text(TEXT, encoding="utf-8")
    found: dict[str, tuple[Path, tuple[str, ...]]] = {}
    forms = {row.name: row for row in EXPORTS}
    for form, suffix in (("web-annotation", ".jsonld"), ("brat", ".ann"), ("cas", ".xmi"), ("refi-qda", ".qdpx")):
        own = folder / form
        own.mkdir()
        for name, data in forms[form].write(Outgoing(str(study), texts)).items():
            (own / name).write_bytes(data)
        file = next(path for path in own.iterdir() if path.suffix == suffix)
        found[suffix] = (file, ("--sources", str(texts)))
    return found


def swapped(old: str, new: str) -> Callable[[bytes], bytes]:
    def swap(data: bytes) -> bytes:
        changed = re.sub(old.encode(), new.encode(), data, count=1)
        assert changed != data, old
        return changed

    return swap


def in_zip(part: str, change: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    def repack(data: bytes) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
            for name in old.namelist():
                new.writestr(name, change(old.read(name)) if name.endswith(part) else old.read(name))
        return out.getvalue()

    return repack


def in_tar(part: str, change: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    def repack(data: bytes) -> bytes:
        out = io.BytesIO()
        with tarfile.open(fileobj=io.BytesIO(data)) as old, tarfile.open(fileobj=out, mode="w:gz") as new:
            for member in old.getmembers():
                held = old.extractfile(member)
                assert held is not None
                inner = change(held.read()) if member.name == part else held.read()
                member.size = len(inner)
                new.addfile(member, io.BytesIO(inner))
        return out.getvalue()

    return repack


def _cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _encoded(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + b"\xe9\xff" + data[middle:]


def _utf16(data: bytes) -> bytes:
    return data.decode("utf-8").encode("utf-16")


_ALL: dict[str, Callable[[bytes], bytes]] = {"cut": _cut, "encoded": _encoded, "utf-16": _utf16,
                                            "empty": lambda data: b""}  # fmt: skip
_ENTITY = "<!DOCTYPE a [<!ENTITY b 'c'>]>"
_OWN: dict[str, dict[str, Callable[[bytes], bytes]]] = {
    ".xmile": {"cycle": swapped("0.1", "rain"), "deep": swapped("0.1", "(" * 300 + "1" + ")" * 300),
               "unknown": swapped("0.1", "nothing_of_that_name")},
    ".mdl": {"cycle": swapped("share = 0.1", "share = rain"), "deep": swapped("0.1", "(" * 300 + "1" + ")" * 300),
             "clock": swapped("FINAL TIME = 9", "FINAL TIME = -9")},
    ".nfg": {"few": swapped("7 8", "7"), "many": swapped("7 8", "7 8 9"), "word": swapped("7 8", "7 many"),
             "counts": swapped('{ { "x" "y" } { "u" "v" } }', "{ 900000 900000 }")},
    ".efg": {"few": swapped('t "" 3 "out" { 0, 2 }\n', ""), "payoffs": swapped("{ 0, 2 }", "{ 0 }"),
             "player": swapped('p "" 2 1', 'p "" 3 1'), "twice": swapped('"peace"', '"peace" { 5 5 } t')},
    ".gmcr": {"option": swapped(r"1\n   ", "7\n   "), "shape": lambda data: b"[1, 2]"},
    ".csv": {"columns": swapped("date_start", "day"), "quotes": swapped("Syria", '"Syria')},
    ".jsonld": {"shape": lambda data: b'{"type": "AnnotationCollection", "total": 7}'},
    ".ann": {"offsets": swapped(r"\t([^\t ]+) \d+ \d+", r"\t\1 90000 90010"),
             "reversed": swapped(r"\t([^\t ]+) (\d+) (\d+)", r"\t\1 \3 \2")},
    ".xmi": {"offsets": swapped(r'end="\d+"', 'end="90000"'), "entity": swapped("<xmi:XMI", _ENTITY + "<xmi:XMI")},
    ".qdpx": {"offsets": in_zip(".qde", swapped(r'endPosition="\d+"', 'endPosition="90000"')),
              "project": in_zip(".qde", _cut)},
    ".xml": {"real": swapped(' type="discrete"', ' type="real"'), "issue": swapped("issue 1", "another")},
    ".domain.json": {"values": swapped(r'"values": \[[^\]]*\]', '"values": 7')},
    ".tar.gz": {"rows": in_tar("cost.cls", _cut), "metadata": in_tar("metadata.json", _cut)},
    ".json": {"shape": lambda data: b'{"a": [{"title": 3}]}', "deep": lambda data: b"[" * 100_000},
    ".bib": {"brace": swapped(r"\{First\}", "{First")},
}  # fmt: skip
# XML says its own encoding; lists of lines are read as far as they go
_TOLERATED = {(".xmi", "utf-16"), (".ann", "cut"), (".ann", "utf-16"), (".csv", "cut"), (".ris", "cut")}
BROKEN = tuple(
    (suffix, how)
    for suffix in _OWN | {".ris": {}}
    for how in (*_ALL, *_OWN.get(suffix, {}))
    if (suffix, how) not in _TOLERATED and not (how == "utf-16" and suffix in (".qdpx", ".tar.gz"))
)


def broken(suffix: str, how: str, data: bytes) -> bytes:
    """A sound file's bytes, broken in a way."""
    return (_ALL | _OWN.get(suffix, {}))[how](data)
