"""The page's own words in one place: a file a language, `languages/en.toml` first, with places for what varies."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from standoff.words.text import capital
from standoff.words.text import join as join_text

__all__ = ["ENGLISH", "LANGUAGES", "Language", "load_language"]

LANGUAGES = ("en", "de", "ko")
"""Codes of the languages that are there."""
_MANY = re.compile(r"[^s]s$")
"""Nouns that take no article for one of several: `peace talks`."""


@dataclass(frozen=True, slots=True, eq=False)
class Language:
    """A language's `texts` by dotted key (`opening.same`), as its file has them; `code` is that of HTML's `lang`."""

    code: str
    texts: Mapping[str, str]

    @property
    def glossary(self) -> tuple[tuple[str, str], ...]:
        """The words that a reader may not know, each with what it means."""
        names = [key.split(".")[1] for key in self.texts if key.startswith("glossary.") and key.endswith(".term")]
        return tuple((self.texts[f"glossary.{name}.term"], self.texts[f"glossary.{name}.means"]) for name in names)

    @property
    def of_scripts(self) -> dict[str, str]:
        """What the page's scripts say, with its places, by key."""
        return {key.removeprefix("script."): text for key, text in self.texts.items() if key.startswith("script.")}

    def say(self, key: str, **places: str) -> str:
        """The text of a key with its places filled, its first letter large.

        Raises:
            KeyError: No text has this key, or it has a place that was not given.
        """
        return capital(self.texts[key].format(**places))

    def part(self, key: str, **places: str) -> str:
        """The same for use inside a sentence, as it stands."""
        return self.texts[key].format(**places)

    def row(self, key: str) -> tuple[str, ...]:
        """The columns of a table's head, which ` | ` parts in the file."""
        return tuple(self.texts[key].split(" | "))

    def join(self, items: Sequence[str], last: str = "and") -> str:
        """`a, b and c`."""
        return join_text(items, self.texts[last])

    def one(self, noun: str) -> str:
        """A noun with the language's article for one of several, where it has one that does not bend."""
        article = self.texts["article"]
        if not article or _MANY.search(noun):
            return noun
        return f"{article}{'n' if article == 'a' and noun[:1].lower() in 'aeiou' else ''} {noun}"


@cache
def load_language(code: str) -> Language:
    """The language of a code of `LANGUAGES`."""
    text = files("standoff.words").joinpath("languages", f"{code}.toml").read_text(encoding="utf-8")
    return Language(code, _flat(tomllib.loads(text)))


def _flat(table: Mapping[str, Any]) -> dict[str, str]:
    """Keys of tables in tables, joined by dots."""
    found: dict[str, str] = {}
    for key, value in table.items():
        if isinstance(value, Mapping):
            found |= {f"{key}.{inner}": text for inner, text in _flat(value).items()}
        else:
            found[key] = value
    return found


ENGLISH = load_language("en")
