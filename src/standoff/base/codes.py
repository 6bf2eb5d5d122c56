"""The table of problem codes: how grave each is, and what it means.

The list in `docs/problems.md` is made from it, and each code has a folder under `tests/problems/`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["CODES", "Code"]


@dataclass(frozen=True, slots=True)
class Code:
    """A kind of problem."""

    name: str
    severity: Literal["error", "warning"]
    meaning: str


_ERRORS = (
    # the file
    ("file-missing", "A file that the study needs is not there"),
    ("file-unreadable", "A file cannot be read, or is not UTF-8 text"),
    ("file-too-large", "A file is larger than the stated limit"),
    ("file-outside", "A path leads out of the study's folder"),
    ("table", "A table's header, rows or quotation marks do not fit together"),
    ("table-cell", "A cell of a table does not hold what its column should"),
    # YAML
    ("yaml-syntax", "The YAML does not parse"),
    ("yaml-tab", "A tab is used to indent"),
    ("yaml-alias", "An anchor, alias or merge key is used"),
    ("yaml-tag", "A YAML tag (`!…`) is used"),
    ("yaml-documents", "The file holds more than one document, or none"),
    ("yaml-nesting", "Lists or mappings are nested too deep"),
    ("yaml-folded", "An equation is written as a folded or literal block"),
    ("yaml-truth-name", "A name is a word that YAML readers take for a truth (yes, no, on, off, …)"),
    ("yaml-split-text", "A comma or colon inside an unquoted text splits it"),
    ("duplicate-key", "A key stands twice in one mapping"),
    # structure
    ("version", "The study's language version is not one that this program reads"),
    ("unknown-key", "A key that has no meaning here"),
    ("missing-key", "A key that must be there is not"),
    ("wrong-shape", "A text, number, list or mapping stands where another is expected"),
    ("wrong-value", "A value is outside what is allowed here"),
    ("keys-together", "Keys that exclude or require each other"),
    ("empty", "A list or mapping that needs an entry has none"),
    # names
    ("bad-name", "A name has characters other than letters, digits and `_`, or begins with a digit"),
    ("reserved-name", "A name that the language or Python uses itself"),
    ("duplicate-name", "Two things have one name"),
    ("unknown-name", "Nothing has this name"),
    ("unknown-option", "An option that the choice or mode does not have"),
    ("unknown-actor", "No actor has this name"),
    ("unknown-claim", "No claim has this name"),
    ("unknown-fact", "No row of the study's facts has this id"),
    ("unknown-unit", "A unit that cannot be read"),
    ("unit-scale", "What a unit is worth in another is no number above 0, or hangs on itself"),
    # expressions
    ("expression-syntax", "An expression does not parse"),
    ("expression-too-long", "An expression is longer than the stated limit"),
    ("expression-too-deep", "An expression is nested deeper than the stated limit"),
    ("unknown-function", "No function has this name"),
    ("wrong-arguments", "A function is given the wrong number or kind of arguments"),
    ("wrong-type", "A number, truth or option stands where another is expected"),
    ("wrong-unit", "Units do not agree"),
    ("rate-per-step", "A rate per unit of time is used per step without conversion"),
    ("wrong-place", "A function or name is used where it has no meaning"),
    ("cycle", "Things of one step depend on each other in a circle"),
    ("too-many-branches", "An end, or a chance that is asked for, hangs on too many events of one step"),
    # actors and strategies
    ("hidden", "A strategy reads what its actor cannot see"),
    ("not-known", "A strategy reads what its actor cannot know"),
    ("not-yet-chosen", "A strategy reads a choice that is not yet made"),
    ("same-step", "A strategy reads what happens in the same step"),
    ("rule-unreachable", "A rule stands behind one that always applies"),
    ("case-open", "A list of rules does not end in one that always applies"),
    ("no-strategy", "An actor with choices has no strategy"),
    ("order-incomplete", "The order of moving leaves an actor out or names one twice"),
    # numbers
    ("chance-range", "A constant chance is outside 0 to 1"),
    ("negative-rate", "A constant hazard or count is negative"),
    ("range-reversed", "A range's ends are reversed or equal"),
    ("range-open", "A range depends on other assumptions in a way that leaves it without bounds"),
    ("distribution", "A distribution is unknown or its arguments are out of range"),
    ("within-empty", "A cut-off leaves nothing of a distribution"),
    ("correlation", "Correlations are not positive definite, or name a thing that cannot be correlated"),
    ("start-outside", "A start lies outside `within`"),
    ("levels", "Levels are empty, repeated, or their weights are not positive"),
    ("too-many", "There are more of these than can be read"),
    ("constant-fault", "A constant expression divides by zero or has no finite value"),
    # structure of the model
    ("state-unreachable", "A mode's state cannot be reached"),
    ("state-forever", "A mode's state cannot be left and is not listed as `final`"),
    ("deal-without-final", "A study with deals has no `final` payoffs"),
    ("deal-without-without", "A deal does not say what no deal means"),
    ("series", "A series cannot be read or does not cover the clock"),
    ("impose", "Something is imposed that cannot be, or in a form it cannot take"),
    ("date", "A date that cannot be read, or lies outside the clock"),
    ("unobservable", "Something is listed as observed that the decider's side cannot see"),
    ("expectation", "An expectation that cannot be evaluated as written"),
    # evidence
    ("document-unreadable", "A document cannot be read as text"),
    ("document-unknown", "A claim names a document that is not listed"),
    ("bad-address", "A passage's address cannot be read, or lies beyond its document"),
    ("bad-fingerprint", "A fingerprint cannot be read"),
)

_WARNINGS = (
    ("unused", "Nothing uses this uncertainty, constant, value, stock, draw or series"),
    ("actor-idle", "An actor has no choice, or nothing reads its choices"),
    ("unnamed", "What headings and axes would call this is long, and it has no `name`"),
    ("unsourced", "An assumption has neither claim, fact nor judgement"),
    ("rare-event-payoff", "A payoff multiplies a rare drawn event where its chance would do"),
    ("unread", "A column or row of a table is read by nothing"),
    ("later", "Something is dated after the day as of which the study is written"),
    ("limit-settled", "A limit that every future keeps, or none"),
    ("condition-settled", "A condition is always true, or never"),
    ("many-profiles", "There are more profiles than can sensibly be run"),
    ("document-encoding", "A document has bytes that its encoding does not explain"),
    ("yaml-unquoted-truth", "A text that other YAML readers take for a truth or number"),
)

CODES: dict[str, Code] = {
    **{name: Code(name, "error", meaning) for name, meaning in _ERRORS},
    **{name: Code(name, "warning", meaning) for name, meaning in _WARNINGS},
}
