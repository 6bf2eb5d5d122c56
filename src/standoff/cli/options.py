"""Arguments and options that several commands share: one name, one meaning and one text each."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import click

from standoff.ensemble.running import EVALUATORS

__all__ = [
    "as_json",
    "evaluator",
    "fresh",
    "histogram",
    "on",
    "out",
    "profile",
    "quantiles",
    "realised",
    "run_folder",
    "run_place",
    "running",
    "seed",
    "set_numbers",
    "size",
    "sources",
    "sources_folder",
    "study",
    "threads",
    "variant",
]

_MOST_BINS = 10_000

_Decorated = TypeVar("_Decorated", bound=Callable[..., Any])
_Decorator = Callable[[_Decorated], _Decorated]


def size(worlds: int, replications: int, least: int = 1, *, is_designed: bool = False) -> _Decorator[Any]:
    """How much to run: worlds, replications and the seed, with these defaults and no fewer than `least`.

    Where `is_designed`, how many profiles too.
    """
    options: tuple[_Decorator[Any], ...] = (
        click.option("--worlds", type=click.IntRange(least), default=worlds, show_default=True, metavar="N",
                     help="Draws of everything that nobody knows."),
        click.option("--replications", type=click.IntRange(least), default=replications, show_default=True, metavar="N",
                     help="Streams of chance in each world."),
        seed,
        *((designed,) if is_designed else ()),
    )  # fmt: skip

    def add(command: _Decorated) -> _Decorated:
        def gathered(**given: Any) -> Any:
            from standoff.ensemble.running import Size  # noqa: PLC0415

            profiles = given.get("profiles")
            return Size(given["worlds"], given["replications"], given["seed"], profiles and profiles[0])

        return _gathering(command, "size", gathered, options)

    return add


def running(command: _Decorated) -> _Decorated:
    """How to run: threads and evaluator, with what is announced and how far it is; as the argument `running`."""

    def gathered(**given: Any) -> Any:
        from standoff.cli.output import announce  # noqa: PLC0415
        from standoff.ensemble.running import Running  # noqa: PLC0415

        return Running(given["threads"], given["evaluator"], announce=announce, on=given["address"])

    return _gathering(command, "running", gathered, (threads, evaluator, on))


def _gathering(
    command: _Decorated, name: str, gathered: Callable[..., Any], options: tuple[_Decorator[Any], ...]
) -> _Decorated:
    """A command with these options, which its body gets as one argument."""
    before = {parameter.name for parameter in getattr(command, "__click_params__", ())}

    @functools.wraps(command)
    def body(**given: Any) -> Any:
        own = {key: given.pop(key) for key in names}
        return command(**given, **{name: gathered(**own)})

    body.__click_params__ = list(getattr(command, "__click_params__", ()))  # type: ignore[attr-defined]
    for option in reversed(options):
        body = option(body)
    names = [p.name for p in body.__click_params__ if p.name not in before]  # type: ignore[attr-defined]
    return cast(_Decorated, body)


def out(text: str, *, required: bool = False) -> _Decorator[Any]:
    """A folder to write to; what goes there differs and is said by `text`."""
    kind = click.Path(path_type=Path, file_okay=False)
    return click.option("--out", type=kind, required=required, metavar="DIR", help=text)


def run_place(text: str) -> _Decorator[Any]:
    """Where a run is kept: a folder, or an address that fsspec reaches."""
    return click.option("--out", type=_Place(file_okay=False), metavar="DIR", help=text)


class _Place(click.Path):
    """A path, or an address such as `s3://bucket/run` as it stands."""

    def __init__(self, **given: Any) -> None:
        super().__init__(path_type=Path, **given)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        from standoff.ensemble.storing.place import is_remote  # noqa: PLC0415

        return value if is_remote(value) else super().convert(value, param, ctx)


def run_folder(name: str) -> _Decorator[Any]:
    """A run kept with --out, as the argument `name`."""
    return click.argument(name, type=_Place(exists=True, file_okay=False), metavar=name.upper())


def sources_folder(study: Path, given: Path | None) -> Path | None:
    """The folder of documents that is given, or else is known of the study."""
    from standoff.evidence.sources import known_folder  # noqa: PLC0415

    return given if given is not None else known_folder(study)


def _as_numbers(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> dict[str, float | str]:
    from standoff.base.escaping import visible  # noqa: PLC0415
    from standoff.language.shape.kinds import is_name  # noqa: PLC0415

    found: dict[str, float | str] = {}
    for text in given:
        name, _equals, said = (part.strip() for part in text.partition("="))
        try:
            value: float | str = float(said) if said.isascii() else math.nan
        except ValueError:
            value = said if is_name(said) else math.nan
        if not name or (isinstance(value, float) and not math.isfinite(value)):
            shown = visible(text, 80)
            raise click.UsageError(f"--set takes NAME=NUMBER, such as fear=0.3, or NAME=KIND, and found `{shown}`")
        if found.setdefault(name, value) != value:
            raise click.UsageError(f"--set gives `{name}` two values, {found[name]} and {value}")
    return found


def _as_levels(_: click.Context, __: click.Parameter, given: str | None) -> tuple[float, ...]:
    try:
        levels = tuple(float(text) / 100.0 for text in given.split(",")) if given else ()
    except ValueError:
        levels = (math.nan,)
    if not all(0.0 <= level <= 1.0 for level in levels):
        raise click.UsageError(f"--quantiles takes percentages, such as 5,50,95, and found `{given}`")
    return levels


def _as_bins(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> dict[str, tuple[float, ...]]:
    found: dict[str, tuple[float, ...]] = {}
    for text in given:
        name, _equals, span = text.partition("=")
        try:
            low, high, bins = span.split(":")
            if not 0 < int(bins) <= _MOST_BINS:
                raise ValueError(bins)
            width = (float(high) - float(low)) / int(bins)
            found[name.strip()] = (*(float(low) + width * k for k in range(int(bins))), float(high))
        except (ValueError, ZeroDivisionError):
            raise click.UsageError(
                f"--histogram takes NAME=LOW:HIGH:BINS, such as war=0:0.2:20, and found `{text}`"
            ) from None
    return found


seed = click.option(
    "--seed", type=click.IntRange(0), default=1, show_default=True, metavar="N",
    help="Of worlds and luck; the same seed gives the same numbers.",
)  # fmt: skip

designed = click.option(
    "--profiles", type=(click.IntRange(1), click.Choice(["designed"])), default=None, metavar="N designed",
    help="At most N profiles, every pair of strategies about equally often; all by default.",
)  # fmt: skip

study = click.argument("study", metavar="STUDY")

as_json = click.option("--json", "as_json", is_flag=True, help="Print the same as JSON.")

variant = click.option(
    "--variant", "variants", multiple=True, metavar="NAME", help="Apply a variant of the study; may be given again."
)

set_numbers = click.option(
    "--set", multiple=True, metavar="NAME=NUMBER", callback=_as_numbers,
    help="Hold an uncertainty or value at a number, or at one of its kinds; may be given again.",
)  # fmt: skip

profile = click.option(
    "--profile", default=None, metavar="A=S,…", help="Only these strategies, or a named profile; all by default."
)

quantiles = click.option(
    "--quantiles", default=None, metavar="P,P,…", callback=_as_levels,
    help="Keep these percentiles of each world's replications, such as 5,50,95.",
)  # fmt: skip

histogram = click.option(
    "--histogram", multiple=True, metavar="NAME=LOW:HIGH:BINS", callback=_as_bins,
    help="Count an outcome's futures, or an actor's payoffs, in equal bins; may be given again.",
)  # fmt: skip


def _as_address(_: click.Context, __: click.Parameter, given: str | None) -> str | None:
    from urllib.parse import urlsplit  # noqa: PLC0415

    if given is None or given in ("local", "slurm", "kubernetes"):
        return given
    parts = urlsplit(given)
    if parts.scheme not in ("tcp", "tls", "ucx", "ws", "wss", "inproc") or not parts.netloc:
        raise click.UsageError(
            f"--on takes `local`, `slurm`, `kubernetes` or a Dask scheduler's address, such as tcp://127.0.0.1:8786, "
            f"and found `{given}`"
        )
    return given


on = click.option(
    "--on", "address", default=None, metavar="WHERE", callback=_as_address,
    help="Run futures on a Dask cluster: a scheduler's address, local, slurm or kubernetes.",
)  # fmt: skip

threads = click.option("--threads", type=click.IntRange(1), default=None, metavar="N", help="All cores by default.")


def realised(*, default: bool) -> _Decorator[Any]:
    """How rare ends are treated; `default` differs between a run and a single future."""
    return click.option(
        "--realised/--weighted", default=default, show_default=True,
        help="Draw rare ends as they come, or weight by survival.",
    )  # fmt: skip


evaluator = click.option(
    "--evaluator", type=click.Choice(EVALUATORS), default="auto", show_default=True,
    help="NumPy, WebAssembly, LLVM, or the soonest done; the numbers are the same.",
)  # fmt: skip

fresh = click.option("--fresh", is_flag=True, help="Work the answers out anew, though they were kept.")

sources = click.option(
    "--sources", type=click.Path(path_type=Path, exists=True, file_okay=False), default=None, metavar="DIR",
    help="Where the documents are; STUDY/sources or STANDOFF_SOURCES by default.",
)  # fmt: skip
