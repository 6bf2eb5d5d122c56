"""`manifest.json`: what a run's folder says of itself, checked once against one schema when it is opened."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from standoff.base.escaping import visible
from standoff.ensemble.design import Method
from standoff.ensemble.storing.place import Place, place_of

__all__ = ["MANIFEST", "Histogram", "Keeping", "Kind", "Manifest", "RunError", "has_manifest", "read_manifest"]

MANIFEST = "manifest.json"
MOST_BYTES = 20_000_000
MOST_BITS = 1024
MANY, SELDOM = 200, 20
_Digest = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}$")]
_Size = Annotated[int, Meta(ge=1, le=10**12)]
Kind = Literal["outcome", "payoff"]
_Seed = Annotated[int, Meta(ge=0)]
_Text = Annotated[str, Meta(max_length=10_000)]


class RunError(Exception):
    """A run's folder cannot be used or written; the message says why and what to do."""


class Histogram(Struct, frozen=True, forbid_unknown_fields=True):
    """A histogram that was kept: of an outcome or a payoff, with the edges of its bins."""

    kind: Kind
    name: _Text
    edges: tuple[float, ...]


class Manifest(Struct, frozen=True, kw_only=True, omit_defaults=True, rename={"luck_seed": "luck seed"}):
    """The schema: sizes, seeds, and what ties the files of the folder together.

    `result` identifies the figures of a complete run, as `Ensemble.digest` does; `beside` what that leaves out.
    """

    standoff: _Text
    study: _Text
    digest: _Digest
    variants: tuple[_Text, ...]
    design: _Digest
    profiles: _Size
    worlds: _Size
    replications: _Size
    seed: _Seed
    luck_seed: _Seed
    method: Method
    realised: bool
    quantiles: tuple[Annotated[float, Meta(ge=0, le=1)], ...] = ()
    histograms: tuple[Histogram, ...] = ()
    shards: dict[
        Annotated[str, Meta(pattern=r"^shards/[0-9]{6,12}-[0-9]{6,12}(-[0-9]{6,12}-[0-9]{6,12})?\.parquet$")], _Digest
    ]
    complete: bool
    result: _Digest | None = None
    beside: _Digest | None = None

    def names(self) -> list[str]:
        """The shards' files, by their profiles and then their worlds."""
        return sorted(self.shards, key=_numbers)

    def encode(self) -> bytes:
        """As the file holds it."""
        return msgspec.json.format(msgspec.json.encode(self), indent=2)


@dataclass(eq=False)
class Keeping:
    """The manifest of a run under way, with each complete shard.

    It is written after each shard, until there are so many that this would take a twentieth of the time; then less
    often.
    """

    place: Place
    manifest: Manifest
    shards: dict[str, str]
    due: float = 0.0

    def note(self, name: str, digest: str) -> None:
        """A shard is complete."""
        self.shards[name] = digest
        if time.monotonic() >= self.due:
            self.write()

    def write(self, **known: Any) -> None:
        """All that is complete."""
        start = time.monotonic()
        self.place.write(MANIFEST, msgspec.structs.replace(self.manifest, shards=self.shards, **known).encode())
        end = time.monotonic()
        self.due = end + (SELDOM * (end - start) if len(self.shards) > MANY else 0.0)


def has_manifest(where: str | Path | Place) -> bool:
    """Whether a run is kept here, whole or in part.

    Raises:
        OSError: The place cannot be reached.
    """
    try:
        with place_of(where).reading(MANIFEST) as file:
            file.read(1)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return False
    return True


def read_manifest(where: str | Path | Place) -> Manifest:
    """What a run's folder says of itself.

    Raises:
        RunError: There is no manifest, or it is not one: the message says what was found, and where.
    """
    place = place_of(where)
    shown = f"{place.shown}/{MANIFEST}"
    try:
        with place.reading(MANIFEST) as file:
            data = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise RunError(f"`{place.shown}` holds no run (there is no {MANIFEST})") from None
    except OSError as error:
        raise RunError(f"`{shown}` cannot be read: {error.strerror}") from None
    if len(data) > MOST_BYTES:
        raise RunError(f"`{shown}` has more than {MOST_BYTES:,} bytes, and is no run's manifest; {_LOST}")
    try:
        manifest: Any = msgspec.json.decode(data, type=Manifest)
    except (msgspec.DecodeError, RecursionError, ValueError) as error:
        found = "it is empty" if not data.strip() else visible(str(error), 300)
        raise RunError(f"`{shown}` was truncated or altered: {found}; {_LOST}") from None
    return _checked(manifest, shown)


_LOST = "restore it, or delete the folder and run again"


def _checked(manifest: Manifest, shown: str) -> Manifest:
    """A manifest whose parts agree with each other."""
    if max(manifest.seed, manifest.luck_seed).bit_length() > MOST_BITS:
        raise RunError(f"`{shown}` was altered: a seed has more than {MOST_BITS} bits; {_LOST}")
    for histogram in manifest.histograms:
        if len(histogram.edges) < 2 or any(a >= b for a, b in zip(histogram.edges, histogram.edges[1:], strict=False)):
            said = f"the edges of the histogram of `{visible(histogram.name, 60)}` do not rise"
            raise RunError(f"`{shown}` was altered: {said}; {_LOST}")
    wrong = _untiled(manifest)
    if wrong:
        raise RunError(f"`{shown}` was altered: {wrong}; {_LOST}")
    if manifest.complete and manifest.result is None:
        raise RunError(f"`{shown}` was altered: the run is complete and has no `result`; {_LOST}")
    return manifest


def _untiled(manifest: Manifest) -> str:
    """Where shards overlap, or leave out cells of a complete run; empty where they tile it."""
    rows: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for name in manifest.names():
        start, stop, *worlds = _numbers(name)
        first, last = worlds or (0, manifest.worlds)
        rows.setdefault((start, stop), []).append((first, last))
    wrong = _gaps(list(rows), manifest.profiles, "profiles", manifest.complete)
    for among in rows.values():
        wrong = wrong or _gaps(among, manifest.worlds, "worlds", manifest.complete)
    return wrong


def _gaps(ranges: list[tuple[int, int]], size: int, what: str, complete: bool) -> str:
    at = 0
    for start, stop in [*ranges, (size, size)]:
        if start < at or (stop <= start < size) or stop > size:
            return f"shards overlap, or hold more than the {size:,} {what} of the run"
        if start > at and complete:
            return f"no shard holds the {what} {at} to {start - 1}"
        at = stop
    return ""


def _numbers(name: str) -> list[int]:
    return [int(number) for number in name.removeprefix("shards/").removesuffix(".parquet").split("-")]
