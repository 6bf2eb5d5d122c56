"""Each format with a sound input and what reads it; whatever is not a problem of ours with its place is a fault."""

from __future__ import annotations

import email.mime.multipart
import email.mime.text
import json
import plistlib
import shutil
import signal
import traceback
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner

import standoff
from standoff.analysis.comparing import compare
from standoff.analysis.findings import UnanswerableError
from standoff.analysis.games.exchange import read_nfg
from standoff.analysis.runs.weighings import read_weightings
from standoff.base.problems import StudyError, has_errors, render
from standoff.brief.write import make_brief
from standoff.cli import main
from standoff.ensemble.runner import Local
from standoff.ensemble.running import Running, Size
from standoff.ensemble.storing.manifest import RunError
from standoff.ensemble.storing.shards import pack_shard
from standoff.ensemble.storing.store import _digest
from standoff.ensemble.study import Study, open_run
from standoff.evidence.asked import read_questions
from standoff.evidence.claims import check_claims
from standoff.evidence.history import read_past
from standoff.evidence.reading.documents import read_document
from standoff.evidence.seen import read_seen
from standoff.exchange.dynamics.study import import_model
from standoff.language.load import load_model, read_study
from standoff.language.model import Model
from standoff.playing.file import open_game, write_game
from standoff.playing.game import Turn, new_game, opened
from standoff.questions.answer import answer
from standoff.questions.documents import TESTS
from standoff.questions.watching.fit import read_data
from standoff.questions.watching.forecast import Record, freeze, make_forecast, read_facts_of, read_forecast
from standoff.questions.watching.watch import watch_study
from standoff.words.sentences.changes import change_sentences

__all__ = ["TARGETS", "Bench", "Target", "read"]

SECONDS = 5.0
MOST_STEPS = 2_000
ALONE = Running(1, "reference")
PAGE = b"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>A treaty</title></head><body><article>
<h1>A treaty</h1><p>Both sides said on Monday that they would stop. Nobody counted what was left.</p>
<p>On Tuesday, <b>three</b> of them went on; &amp; the fourth, it is said, waited for an answer.</p>
</article></body></html>
"""
MARKDOWN = b"""---
title: A treaty
date: 2025-01-01
---
# A treaty

Both sides said on *Monday* that they would stop.

* one
* two
"""


NEWER = b"""standoff: 1
title: Budgets
question: Does it pay?
decider: north
clock: {start: 2025-01, step: quarter, steps: 4}
units: {kEUR: 1000 EUR, MEUR: 1000 kEUR, percent: 0.01}
actors: {north: {name: North}}
choices: {north: [act, rest]}
strategies: {north: {acts: {choose: act}, rests: {choose: rest}}}
constants:
  debt: {value: 3, unit: MEUR, judgement: x}
  rate: {value: 5, unit: percent, judgement: x}
uncertainties:
  regime: {kinds: [frozen, warm], judgement: x}
  other: {range: [1, 5], unit: kEUR, judgement: x}
  part: {range: ["0.2 * other", "other + 3 [EUR]"], unit: kEUR, judgement: x}
stocks:
  cash: {start: 100, unit: EUR, next: "cash + debt * rate * (north == act) + part * (regime == warm)"}
report: [cash, end]
payoffs: {north: {each: "cash / 1 [MEUR]"}}
outcomes:
  end: {measure: "final(cash)", unit: kEUR, better: higher, limit: 2}
"""
SEEN = b"""date,name,value,reliability,source
2025-Q2,clashes,1,0.9,A paper
2025-Q3,arms_south,1.25,,
2026-Q1,caught,none,,"An inspector, said"
"""
SEEN_YAML = b"""seen:
  - {date: 2025-Q2, name: clashes, value: 1, reliability: 0.9, source: A paper}
  - {date: 2025-Q3, name: arms_south, value: 1.25}
"""
QUESTIONS = b"""questions:
  fight: {asks: Will it come to a war?, name: war, ask: happens, by: 2026-Q2}
  arms: {asks: How much by then?, name: arms_south, ask: number, by: 2025-Q4}
  many: {asks: Twice?, name: clashes, ask: total, from: 2025-Q2, by: 2026-Q4, at_least: 2}
"""
RESOLVED = b"question,value,note\nfight,no,\narms,1.5,a guess\nmany,yes,\n"
HISTORY = b"quarter,arms_south,clashes\n" + b"".join(b"%dQ%d,1.5,1\n" % (2025 + n // 4, n % 4 + 1) for n in range(12))
MDL = b"""{UTF-8}
Region: north, south ~~|
start[Region] = 1, 2 ~~|
level[Region] = INTEG( -level[Region] * 0.5, start[Region]) ~ thing ~ drains |
slow = SMOOTH3I(1, 3, 0) ~~|
curve( (0,0), (2,4), (10,4) ) ~~|
read = IF THEN ELSE(Time > 2, curve(Time), SUM(level[Region!])) ~~|
FINAL TIME = 5 ~ Month ~|
INITIAL TIME = 0 ~ Month ~|
TIME STEP = 1 ~ Month ~|
SAVEPER = TIME STEP ~ Month ~|
\\\\\\---/// Sketch
"""
XMILE = b"""<?xml version="1.0" encoding="utf-8"?>
<xmile version="1.0" xmlns="http://docs.oasis-open.org/xmile/ns/XMILE/v1.0">
<header><vendor>x</vendor><product version="1.0">y</product></header>
<sim_specs method="euler" time_units="Months"><start>0</start><stop>4</stop><dt>0.5</dt></sim_specs>
<model><variables>
<stock name="The Stock"><eqn>2 * growth</eqn><inflow>inflow</inflow></stock>
<flow name="inflow"><eqn>MAX(growth * The_Stock, 1)</eqn><units>thing/Month</units></flow>
<aux name="growth"><eqn>0.2</eqn><doc>how fast</doc></aux>
</variables></model></xmile>
"""


@dataclass(frozen=True, slots=True)
class Bench:
    """Sound files to put inputs among, and the study in `rivals`."""

    korea: Path
    rivals: Path
    run: Path
    scratch: Path
    study: Study
    is_thorough: bool = False

    @classmethod
    def make(cls, folder: Path, is_thorough: bool = False) -> Bench:
        """Lay them out in a folder; a thorough bench also asks what takes a minute to compile."""
        shutil.copytree(standoff.load("korea").model.folder, folder / "korea")
        shutil.copytree(standoff.load("rivals").model.folder, folder / "rivals")
        study = standoff.load(folder / "rivals")
        study.run(worlds=16, replications=2, out=folder / "run")
        scratch = folder / "scratch"
        scratch.mkdir()
        (scratch / "asked.yaml").write_bytes(QUESTIONS)
        asked = read_questions(scratch / "asked.yaml", study.model)
        made = make_forecast(
            study, asked, size=Size(128, 1), record=Record(questions=QUESTIONS.decode()), running=ALONE
        )
        freeze(made, folder / "forecast", QUESTIONS.decode())
        return cls(folder / "korea", folder / "rivals", folder / "run", scratch, study, is_thorough)


@dataclass(frozen=True, slots=True)
class Target:
    """A format: its sound input, and what reads an input."""

    sound: Callable[[Bench], bytes]
    read: Callable[[Bench, bytes], object]


def read(target: Target, bench: Bench, data: bytes) -> None:
    """Read an input; problems of ours are no fault.

    Raises:
        Exception: What a user would see as a traceback, or `TimeoutError` beyond five seconds of the processor.
    """
    with _bounded():
        try:
            target.read(bench, data)
        except (StudyError, RunError, UnanswerableError) as error:
            text = str(error)
            assert len(text) < 50_000
            assert "\x1b" not in text
        except ValueError as error:  # of ours where we raise it: another's text is no interface
            assert (traceback.extract_tb(error.__traceback__)[-1].line or "").startswith("raise "), repr(error)


def _study(bench: Bench, data: bytes) -> None:
    with _in_place(bench.korea / "study.yaml", data):
        render(read_study(bench.korea, every_variant=True).problems)


def _claims(bench: Bench, data: bytes) -> None:
    with _in_place(bench.korea / "claims.yaml", data):
        loaded = read_study(bench.korea)
        render((*loaded.problems, *check_claims(bench.korea, loaded.model)))


def _brief(bench: Bench, data: bytes) -> None:
    """From the text of a study to its brief, where the study is sound and small."""
    with _in_place(bench.rivals / "study.yaml", data):
        loaded = read_study(bench.rivals, every_variant=True)
        problems = (*loaded.problems, *check_claims(bench.rivals, loaded.model))
        render(problems)
        if loaded.model is None or has_errors(problems) or not _is_small(loaded.model):
            return
        make_brief(Study(loaded.model), bench.scratch / "brief", Size(4, 2), runner=Local(ALONE))


def _newer(bench: Bench, data: bytes) -> None:
    """Of what stands in no bundled study, from the text to a run."""
    folder = bench.scratch / "newer"
    folder.mkdir(exist_ok=True)
    (folder / "study.yaml").write_bytes(data)
    loaded = read_study(folder, every_variant=True)
    render(loaded.problems)
    if loaded.model is not None and not has_errors(loaded.problems) and _is_small(loaded.model):
        Study(loaded.model).run(4, 2, evaluator="reference", threads=1)


def _tests(bench: Bench, data: bytes) -> None:
    with _in_place(bench.rivals / "claims.yaml", data):
        answer(standoff.load(bench.rivals), (TESTS,), Size(4, 2), Local(ALONE))


def _is_small(model: Model) -> bool:
    return model.clock.steps * model.n_profiles < MOST_STEPS


def _table(name: str) -> Callable[[Bench, bytes], object]:
    def look(bench: Bench, data: bytes) -> None:
        with _in_place(bench.korea / name, data):
            read_past(load_model(bench.korea))

    return look


def _weights(bench: Bench, data: bytes) -> None:
    (bench.scratch / "weights.csv").write_bytes(data)
    read_weightings(bench.scratch / "weights.csv", 8)


def _manifest(bench: Bench, data: bytes) -> None:
    with _in_place(bench.run / "manifest.json", data):
        run = standoff.open_run(bench.run)
        change_sentences(run.model, compare(run, standoff.open_run(bench.run)))
        if bench.is_thorough:
            run.answer()
            run.linchpins()


def _shard(bench: Bench, data: bytes) -> None:
    manifest = json.loads((bench.run / "manifest.json").read_text())
    name = next(iter(manifest["shards"]))
    manifest["shards"][name] = _digest(data)
    with _in_place(bench.run / name, data), _in_place(bench.run / "manifest.json", json.dumps(manifest).encode()):
        run = open_run(bench.run)
        change_sentences(run.model, compare(run, standoff.open_run(bench.run)))


def _document(name: str) -> Callable[[Bench, bytes], object]:
    def look(bench: Bench, data: bytes) -> None:
        (bench.scratch / name).write_bytes(data)
        read_document(bench.scratch / name)

    return look


def _seen(name: str) -> Callable[[Bench, bytes], object]:
    def look(bench: Bench, data: bytes) -> None:
        (bench.scratch / name).write_bytes(data)
        told = read_seen(bench.scratch / name, bench.study.model)
        if bench.is_thorough:
            watch_study(bench.study, told, Size(8, 2), 128, runner=Local(ALONE))

    return look


def _questions(bench: Bench, data: bytes) -> None:
    (bench.scratch / "questions.yaml").write_bytes(data)
    asked = read_questions(bench.scratch / "questions.yaml", bench.study.model)
    make_forecast(bench.study, asked, size=Size(32, 1), running=ALONE)


def _resolved(bench: Bench, data: bytes) -> None:
    (bench.scratch / "resolved.csv").write_bytes(data)
    read_facts_of(bench.scratch / "resolved.csv", read_forecast(bench.run.parent / "forecast").forecast.answers)


def _forecast(bench: Bench, data: bytes) -> None:
    folder = bench.run.parent / "forecast"
    with _in_place(folder / "forecast.json", data):
        read_forecast(folder)


def _data(bench: Bench, data: bytes) -> None:
    (bench.scratch / "data.csv").write_bytes(data)
    read_data(bench.scratch / "data.csv", bench.study.model, (), None, last=None)


def _play(bench: Bench, data: bytes) -> None:
    (bench.scratch / "game.json").write_bytes(data)
    position = open_game(bench.rivals, bench.scratch / "game.json")
    position.trace()
    position.results()


def _imported(name: str) -> Callable[[Bench, bytes], object]:
    def look(bench: Bench, data: bytes) -> None:
        (bench.scratch / name).write_bytes(data)
        text = import_model(bench.scratch / name).text
        render(read_study(bench.scratch / "imported" / "study.yaml", unsaved={"study.yaml": text}).problems)

    return look


def _game(bench: Bench, data: bytes) -> None:
    try:
        read_nfg(data.decode("utf-8", "replace"))
    except ValueError as error:
        assert "line" in str(error), f"no place: {error}"
        return
    (bench.scratch / "game.nfg").write_bytes(data)
    _invoked("games", str(bench.scratch / "game.nfg"))


def _options(_: Bench, data: bytes) -> None:
    text = data.decode("utf-8", "replace").replace("\0", "")
    for option, command in (("--set", "trace"), ("--variant", "show"), ("--profile", "trace"), ("--histogram", "run")):
        size = ["--worlds", "2", "--replications", "1"] if command != "show" else []
        _invoked(command, "rivals", *size, option, text)


def _invoked(*command: str) -> None:
    result = CliRunner().invoke(main, command)
    if not isinstance(result.exception, SystemExit | None):
        raise result.exception


@contextmanager
def _in_place(path: Path, data: bytes) -> Any:
    before = path.read_bytes()
    path.write_bytes(data)
    try:
        yield
    finally:
        path.write_bytes(before)


def _late(*_: object) -> None:
    raise TimeoutError(f"more than {SECONDS} seconds")


@contextmanager
def _bounded() -> Any:
    if not hasattr(signal, "setitimer"):
        yield
        return
    before = signal.signal(signal.SIGVTALRM, _late)
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _packed(_: Bench) -> bytes:
    return pack_shard(standoff.load("rivals").run(worlds=16, replications=2))


def _played(bench: Bench) -> bytes:
    study = bench.study
    profile = {player: own[0].label for player, own in zip(study.program.players, study.program.instances, strict=True)}
    game = new_game(study, ("north",), profile)
    (choice,) = [one for one in study.model.choices if one.actor == "north"]
    for option in choice.options[:2]:
        game = opened(study, game).play(Turn({choice.family: option})).game
    write_game(bench.scratch / "game.json", game)
    return (bench.scratch / "game.json").read_bytes()


def _mhtml(_: Bench) -> bytes:
    message = email.mime.multipart.MIMEMultipart("related", boundary="----MultipartBoundary--x")
    message["Snapshot-Content-Location"] = "https://example.org/treaty"
    message.attach(email.mime.text.MIMEText(PAGE.decode(), "html", "utf-8"))
    return message.as_bytes()


def _webarchive(style: plistlib.PlistFormat) -> bytes:
    page = {"WebResourceData": PAGE, "WebResourceURL": "https://example.org/t", "WebResourceTextEncodingName": "UTF-8"}
    return plistlib.dumps({"WebMainResource": page, "WebSubresources": [page]}, fmt=style)


GAMBIT = Path(__file__).parents[1] / "data" / "gambit" / "three.nfg"
TARGETS: dict[str, Target] = {
    "study": Target(lambda bench: (bench.korea / "study.yaml").read_bytes(), _study),
    "claims": Target(lambda bench: (bench.korea / "claims.yaml").read_bytes(), _claims),
    "facts": Target(lambda bench: (bench.korea / "facts.csv").read_bytes(), _table("facts.csv")),
    "history": Target(lambda bench: (bench.korea / "history.csv").read_bytes(), _table("history.csv")),
    "weights": Target(lambda _: b"war,peace\n" + b"1,2.5\n" * 8, _weights),
    "manifest": Target(lambda bench: (bench.run / "manifest.json").read_bytes(), _manifest),
    "shard": Target(_packed, _shard),
    "page": Target(lambda _: PAGE, _document("page.html")),
    "mhtml": Target(_mhtml, _document("page.mhtml")),
    "safari": Target(lambda _: _webarchive(plistlib.FMT_BINARY), _document("page.webarchive")),
    "plist": Target(lambda _: _webarchive(plistlib.FMT_XML), _document("page.webarchive")),
    "brief": Target(lambda bench: (bench.rivals / "study.yaml").read_bytes(), _brief),
    "newer": Target(lambda _: NEWER, _newer),
    "tests": Target(lambda bench: (bench.rivals / "claims.yaml").read_bytes(), _tests),
    "markdown": Target(lambda _: MARKDOWN, _document("page.md")),
    "game": Target(lambda _: GAMBIT.read_bytes(), _game),
    "seen": Target(lambda _: SEEN, _seen("seen.csv")),
    "seen-list": Target(lambda _: SEEN_YAML, _seen("seen.yaml")),
    "questions": Target(lambda _: QUESTIONS, _questions),
    "resolved": Target(lambda _: RESOLVED, _resolved),
    "forecast": Target(lambda bench: (bench.run.parent / "forecast" / "forecast.json").read_bytes(), _forecast),
    "data": Target(lambda _: HISTORY, _data),
    "play": Target(_played, _play),
    "mdl": Target(lambda _: MDL, _imported("model.mdl")),
    "xmile": Target(lambda _: XMILE, _imported("model.xmile")),
    "options": Target(lambda _: b"fear=0.3,north=reciprocate:0:1:5", _options),
}
