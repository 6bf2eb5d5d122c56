"""Whether there is a deal, in a sentence, and what consent to it hangs on."""

from __future__ import annotations

import numpy as np

from standoff.analysis.deals.agreement import Zone
from standoff.analysis.deals.deals import Deals
from standoff.language.model import Model
from standoff.words.names import join, plain
from standoff.words.wording import counted, percent, who

__all__ = ["breaching", "deals_sentence", "kept_in"]

_VERDICTS = {
    "no deal": "no terms let every party gain",
    "cannot tell": "cannot tell whether any terms let every party gain",
}


def deals_sentence(model: Model, found: Deals) -> str:
    """The answer, each meaning of no deal by itself."""
    said = [f"Against {plain(zone.without)}, {_gain(zone)}" for zone in found.zones]
    in_zone = found.zones[0].zone
    broken, kept = breaching(model, found, found.zones[0]), kept_in(found, found.zones[0])
    if broken:
        their = "its" if len(broken) == 1 else "their"
        said.append(f"where all gain, {join(broken)} would break {their} word on any of these terms")
    elif kept:
        would = "would be kept by all"
        said.append(f"{kept} of the {counted(int(in_zone.sum()), 'combination')} where all gain {would}")
    elif in_zone.any():
        said.append("cannot tell of any terms where all gain whether all would keep them")
    return "; ".join(said) + "."


def breaching(model: Model, found: Deals, zone: Zone) -> list[str]:
    """Parties shown to break their word on all terms of the zone."""
    cells = [tuple(map(int, cell)) for cell in np.argwhere(zone.zone)]
    return [
        who(model, one.party) for one in found.keeping
        if cells and all(one.word(cell) == "would breach" for cell in cells)
    ]  # fmt: skip


def kept_in(found: Deals, zone: Zone) -> int:
    """On how many of the combinations where all gain every party is shown to keep its word."""
    return int((zone.zone & found.is_kept).sum())


def _gain(zone: Zone) -> str:
    if zone.verdict == "a deal":
        return f"every party gains in {percent(zone.share.value)} of the terms’ combinations"
    return _VERDICTS[zone.verdict]
