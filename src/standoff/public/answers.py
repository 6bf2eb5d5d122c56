"""An answer as a notebook shows it: the brief's own section, a table, arrays, and plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from html import escape
from typing import Any, Generic, TypeVar

import numpy as np
import pandas as pd

from standoff.analysis.findings import Figure, UnanswerableError
from standoff.brief.formats.data import finding_data
from standoff.brief.formats.html import render_section
from standoff.brief.section import Section
from standoff.language.model import Model
from standoff.questions.as_json import to_json
from standoff.questions.question import Unanswered
from standoff.words.unanswered import unanswered_words

__all__ = ["Answer", "answered", "flat"]

Finding = TypeVar("Finding")


@dataclass(frozen=True, slots=True, eq=False)
class Answer(Generic[Finding]):
    """An answer to a question; everything of the finding is to be had from it, such as `answer.n_worlds`.

    Attributes:
        finding: Every figure, with its error.
        sentences: The answer in words.
        section: The brief's section, where the brief has one.
        rows: What `frame` gives a row each.
        data: The finding as plain data, where that has more than the finding alone tells.
    """

    finding: Finding
    sentences: tuple[str, ...]
    section: Section | None = field(default=None, repr=False)
    rows: Sequence[Any] = field(default=(), repr=False)
    data: Any = field(default=None, repr=False)

    def to_dict(self) -> Any:
        """The finding as dicts, lists, numbers and text, with the keys of `--json`; what is not finite is None."""
        return finding_data(self.finding) if self.data is None else self.data

    def frame(self) -> pd.DataFrame:
        """One row for each thing that the answer lists; a figure has a column for its value and one for its error."""
        return pd.json_normalize([flat(row) for row in self.rows])

    def to_xarray(self) -> Any:
        """The finding's arrays as an `xarray.Dataset`, or its table where it has none.

        Needs `pip install standoff[xarray]`.

        Raises:
            ImportError: xarray is not installed.
        """
        import xarray  # noqa: PLC0415 - optional

        named = fields(self.finding) if is_dataclass(self.finding) else ()
        arrays = {f.name: getattr(self.finding, f.name) for f in named}
        found = {name: value for name, value in arrays.items() if isinstance(value, np.ndarray)}
        if not found:
            return xarray.Dataset.from_dataframe(self.frame().rename_axis("row"))
        return xarray.Dataset({
            name: ([f"{name}_{axis}" for axis in range(value.ndim)], value) for name, value in found.items()
        })  # fmt: skip

    def __getattr__(self, name: str) -> Any:
        return getattr(object.__getattribute__(self, "finding"), name)

    def __repr__(self) -> str:
        return "\n".join(self.sentences)

    def _repr_html_(self) -> str:
        if self.section is None:
            return "".join(f"<p>{escape(sentence)}</p>" for sentence in self.sentences)
        page, title = escape(render_section(self.section)), escape(self.section.short)
        return f'<iframe srcdoc="{page}" style="width:100%;height:40em;border:0" title="{title}"></iframe>'


def answered(found: Finding | Unanswered, model: Model) -> Finding:
    """The finding.

    Raises:
        UnanswerableError: There is none; the message says why.
    """
    if isinstance(found, Unanswered):
        error = UnanswerableError(found.reason, **found.data)
        error.args = (unanswered_words(found.reason, found.data, model),)
        raise error
    return found


def flat(row: Any) -> Any:
    """A row of a table: figures keep their value and error, and what belongs to the study its name."""
    if isinstance(row, Figure):
        return {"value": row.value, "error": row.error}
    if is_dataclass(row) and not isinstance(row, type):
        named = getattr(row, "label", None) or getattr(row, "name", None)
        if type(row).__module__.startswith("standoff.language"):
            return str(named) if named is not None else None
        return {f.name: flat(getattr(row, f.name)) for f in fields(row)}
    if isinstance(row, Mapping):
        return {name: flat(value) for name, value in row.items()}
    return to_json(row)
