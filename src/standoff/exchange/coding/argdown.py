"""Claims as Argdown, for a map of who says what against whom.

Each thing that claims bear on is a statement's tag; claims that contradict each other attack each other.

Marks inside a text are escaped: of links, of comments (`//` in an address begins one: the rest of the line is lost), of
signs (`.A.` of U.A.E. becomes ∀).

Reference: C. Voigt, Argdown and the stacked masonry layout (2018); argdown.org.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from standoff.evidence.claims import Ledger

__all__ = ["write_argdown"]

_MARKS = re.compile(r"[\[\]<>{}#@*_\\]|/(?=[/*])|=(?===)|([.:])(?=\S+?\1)")


def write_argdown(title: str, ledger: Ledger, against: Iterable[tuple[str, str]] = ()) -> str:
    """The claims by document, and below them who contradicts whom.

    Args:
        title: Of the map.
        ledger: The claims.
        against: Pairs of claims, by name, that contradict each other.
    """
    opposed: dict[str, list[str]] = {}
    for one, other in sorted(set(against)):
        opposed.setdefault(one, []).append(f"  >< [{other}]")
    lines = ["===", f"title: {json.dumps(title)}", "model:", "  removeTagsFromText: true", "===", ""]
    for document in ledger.documents:
        own = ledger.of(document.name)
        if own:
            lines += [f"# {_plain(document.metadata.title or document.name)}", ""]
        for claim in own:
            tags = " ".join(f"#({name.text})" for name in claim.bears_on)
            how = "" if claim.stance == "asserts" else f" ({claim.stance})"
            lines += [f"[{claim.name}]: {_plain(claim.says)}{how} {tags}".rstrip(), *opposed.get(claim.name, []), ""]
    return "\n".join(lines)


def _plain(text: str) -> str:
    """A text on one line in which nothing is a mark of Argdown."""
    return _MARKS.sub(r"\\\g<0>", " ".join(text.split()))
