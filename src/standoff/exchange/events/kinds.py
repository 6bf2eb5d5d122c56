"""The data sets of events that are known: where each keeps its dates, and what it is called.

Reference: UCDP GED codebook 24.1; ACLED codebook (2023); ICB version 15; Correlates of War, Militarized Interstate
Disputes 5.0; ViEWS fatalities model, country months; GDELT 1.0 and 2.0 event codebooks.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["KINDS", "DataSet"]

_GDELT = [
    "GLOBALEVENTID",
    "SQLDATE",
    "MonthYear",
    "Year",
    "FractionDate",
    "Actor1Code",
    "Actor1Name",
    "Actor1CountryCode",
    "Actor1KnownGroupCode",
    "Actor1EthnicCode",
    "Actor1Religion1Code",
    "Actor1Religion2Code",
    "Actor1Type1Code",
    "Actor1Type2Code",
    "Actor1Type3Code",
    "Actor2Code",
    "Actor2Name",
    "Actor2CountryCode",
    "Actor2KnownGroupCode",
    "Actor2EthnicCode",
    "Actor2Religion1Code",
    "Actor2Religion2Code",
    "Actor2Type1Code",
    "Actor2Type2Code",
    "Actor2Type3Code",
    "IsRootEvent",
    "EventCode",
    "EventBaseCode",
    "EventRootCode",
    "QuadClass",
    "GoldsteinScale",
    "NumMentions",
    "NumSources",
    "NumArticles",
    "AvgTone",
]
_PLACES = ("Actor1Geo", "Actor2Geo", "ActionGeo")
_OLD = [
    f"{p}_{k}" for p in _PLACES for k in ("Type", "FullName", "CountryCode", "ADM1Code", "Lat", "Long", "FeatureID")
]
_NEW = [f"{p}_{k}" for p in _PLACES for k in ("Type", "FullName", "CountryCode", "ADM1Code", "ADM2Code", "Lat", "Long",
                                              "FeatureID")]  # fmt: skip


@dataclass(frozen=True, slots=True)
class DataSet:
    """A data set of events.

    Attributes:
        title, url: What it is called, and where it is.
        date: Its columns of dates: one with a whole date, or a year, a month and a day.
        precision: A column that says how well the date is known, and from which value on it is worse than a month.
        headers: Without a first line of names: the names, by how many columns there are.
        separator: Between cells.
    """

    title: str
    url: str
    date: tuple[str, ...]
    precision: tuple[str, int] | None = None
    headers: tuple[tuple[str, ...], ...] = ()
    separator: str = ","


KINDS = {
    "ucdp": DataSet("UCDP Georeferenced Event Dataset", "https://ucdp.uu.se", ("date_start",), ("date_prec", 5)),
    "acled": DataSet(
        "Armed Conflict Location & Event Data", "https://acleddata.com", ("event_date",), ("time_precision", 4)
    ),
    "icb": DataSet(
        "International Crisis Behavior", "https://sites.duke.edu/icbdata", ("yrtrig", "motrig", "datrig")
    ),
    "mid": DataSet(
        "Correlates of War, Militarized Interstate Disputes", "https://correlatesofwar.org",
        ("styear", "stmon", "stday"),
    ),
    "views": DataSet("ViEWS", "https://viewsforecasting.org", ("year", "month")),
    "gdelt": DataSet(
        "GDELT event database", "https://www.gdeltproject.org", ("SQLDATE",), None,
        headers=(
            (*_GDELT, *_OLD, "DATEADDED"), (*_GDELT, *_OLD, "DATEADDED", "SOURCEURL"),
            (*_GDELT, *_NEW, "DATEADDED", "SOURCEURL"),
        ), separator="\t",
    ),
}  # fmt: skip
"""By the name that a mapping gives under `format`."""
