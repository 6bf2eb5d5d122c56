"""Names of the study for what another tool's file names."""

from __future__ import annotations

import keyword
import re
import unicodedata

from standoff.language.expressions.functions import CLOCK_NAMES, FUNCTIONS

__all__ = ["Names"]

_LONGEST = 52
_TAKEN = frozenset({*FUNCTIONS, *CLOCK_NAMES, *keyword.kwlist, "true", "false", "yes", "no", "on", "off", "null",
                    "modeller", "as_imported", "time", "y", "n"})  # fmt: skip


class Names:
    """Gives each thing a name that the language allows, each once; what is no letter becomes one, or `otherwise`."""

    def __init__(self, otherwise: str = "v") -> None:
        self.otherwise = otherwise
        self.given: dict[object, str] = {}
        self._taken: set[str] = set(_TAKEN)

    def of(self, key: object, written: str) -> str:
        """The name of a thing; the first asked for gets the plain one."""
        if key not in self.given:
            self.given[key] = self.fresh(written)
        return self.given[key]

    def fresh(self, written: str) -> str:
        """A name that nothing has yet."""
        plain = unicodedata.normalize("NFKD", written).encode("ascii", "ignore").decode().lower()
        plain = re.sub(r"[^a-z0-9]+", "_", plain).strip("_") or "unnamed"
        plain = (plain if plain[0].isalpha() else f"{self.otherwise}_{plain}")[:_LONGEST]
        name, n = plain, 1
        while name in self._taken:
            n += 1
            name = f"{plain}_{n}"
        self._taken.add(name)
        return name
