"""Write a study that is so many times a bundled one: `python -m tools.larger STUDY TIMES FOLDER`.

Each copy has its own actors, stocks, chance and outcomes, under names that end in its number; the first copy's decider
decides. Copies hang together by nothing but the clock, so that what a study of many parts costs can be set against what
one part costs. Only the first one's events end a future, and only its actors have more than one strategy: else
profiles, and what ends hang on, would be powers of the number of copies.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import yaml

from standoff.ensemble.study import load

ONCE = ("standoff", "title", "question", "leaves_out", "decider", "clock", "about", "as_of")
LABELS = ("name", "title", "aliases")


class _Whole(yaml.SafeDumper):
    """Writes out what stands twice."""

    def ignore_aliases(self, data: Any) -> bool:
        """Whatever it is."""
        return True


def main(study: str, times: int, folder: Path) -> None:
    """Write it."""
    files = load(study).model.written.files.texts()
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        if name.endswith(".yaml"):
            content = larger(yaml.safe_load(text), times)
            written = yaml.dump(content, Dumper=_Whole, sort_keys=False, allow_unicode=True, width=120)
            (folder / name).write_text(written, encoding="utf-8")


def larger(whole: dict[str, Any], times: int) -> dict[str, Any]:
    """A file's content so many times."""
    names = own_names(whole)
    words = re.compile(rf"(?<![\w.])({'|'.join(sorted(map(re.escape, names), key=len, reverse=True))})(?!\w)")
    found = {key: part for key, part in whole.items() if key in ONCE}
    for copy in range(times):
        of = "" if copy == 0 else f"_{copy}"
        for key, part in whole.items():
            if key in ONCE:
                continue
            again = renamed(part if copy == 0 else lesser(key, part), words, of)
            if isinstance(part, dict):
                found.setdefault(key, {}).update(again)
            else:
                found.setdefault(key, []).extend(again)
    return found


def lesser(key: str, part: Any) -> Any:
    """A part as copies have it."""
    if key == "events":
        return {name: {k: v for k, v in entry.items() if k not in ("ends", "worth")} for name, entry in part.items()}
    if key in ("values", "search"):  # values are read only by what ends a future
        return {}
    if key == "strategies":
        return {actor: dict([next(iter(own.items()))]) for actor, own in part.items()}
    return part


def own_names(whole: dict[str, Any]) -> set[str]:
    """What a study names itself, for all copies to rename."""
    found = {name for key, part in whole.items() if key not in ONCE and isinstance(part, dict) for name in part}
    for mode in whole.get("modes", {}).values():
        found |= {move["name"] for move in mode.get("moves", ())}
    found |= {entry["id"] for entry in _entries(whole) if "id" in entry}
    return found | {claim for entry in _entries(whole) for claim in entry.get("cites", ())}


def _entries(part: Any) -> list[dict[str, Any]]:
    below = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    return [*([part] if isinstance(part, dict) else ()), *(entry for each in below for entry in _entries(each))]


def renamed(part: Any, words: re.Pattern[str], of: str) -> Any:
    """The same under a copy's names."""
    match part:
        case dict():
            return {
                renamed(key, words, of): labelled(value, words, of) if key in LABELS else renamed(value, words, of)
                for key, value in part.items()
            }
        case list():
            return [renamed(one, words, of) for one in part]
        case str():
            return words.sub(lambda match: match[1] + of, part)
        case _:
            return part


def labelled(value: Any, words: re.Pattern[str], of: str) -> Any:
    """What readers call something: with a copy's number behind, unless it is a name that equations use."""
    if isinstance(value, list):
        return [labelled(one, words, of) for one in value]
    if not isinstance(value, str) or words.fullmatch(value):
        return renamed(value, words, of)
    return f"{value}{of.replace('_', '-')}"


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
