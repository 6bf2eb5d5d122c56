"""SQL over a run's shards, by DuckDB: columns and rows are read as a query needs them.

A query sees three tables: `cells` (a row per profile and world), `worlds` and `profiles`. It is one SELECT, and can
neither reach another file nor change anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from standoff.base.escaping import visible
from standoff.ensemble.storing.manifest import Manifest, RunError, read_manifest
from standoff.ensemble.storing.place import Folder, Place, place_of

__all__ = ["TABLES", "QueryError", "query_run"]

TABLES = ("cells", "worlds", "profiles")
MEMORY = "1GB"


class QueryError(ValueError):
    """A query cannot be answered; the message is DuckDB's, or says what a query is."""


@contextmanager
def query_run(where: str | Path, query: str, threads: int | None = None) -> Iterator[Any]:
    """Ask a run.

    Args:
        where: Its folder, or an address that fsspec reaches.
        query: One SELECT over `cells`, `worlds` and `profiles`.
        threads: At most so many; all cores by default.

    Returns:
        What it came to, as DuckDB's result: `columns`, `fetchmany`, `to_arrow_table`.

    Raises:
        QueryError: It is no single SELECT, or DuckDB refuses it.
        RunError: There is no run, no shard of it is complete, or DuckDB is not installed.
    """
    try:
        import duckdb  # noqa: PLC0415 - a native library
    except ImportError:
        raise RunError("queries need DuckDB: pip install 'standoff[query]'") from None
    place = place_of(where)
    manifest = read_manifest(place)
    if not manifest.shards:
        raise RunError(f"no shard of the run in `{place.shown}` is complete")
    with duckdb.connect(":memory:") as connection:
        try:
            root = _root(connection, place)
            _declare(connection, root, manifest)
        except duckdb.Error as error:
            raise RunError(f"the run in `{place.shown}` cannot be read: {visible(str(error), 300)}") from None
        connection.execute(f"SET memory_limit = '{MEMORY}'")
        if threads is not None:
            connection.execute(f"SET threads = {int(threads)}")
        connection.execute(f"SET allowed_directories = [{_quoted(f'{root}/')}]")
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        try:
            statements = connection.extract_statements(query)
            if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
                raise QueryError("a query is one SELECT over `cells`, `worlds` and `profiles`")
            yield connection.execute(statements[0])
        except duckdb.Error as error:
            raise QueryError(str(error).splitlines()[0]) from None


def _root(connection: Any, place: Place) -> str:
    """The run's address, as DuckDB reads it."""
    if isinstance(place, Folder):
        root = place.path.resolve().as_posix()
        if set(root) & set("*?["):
            raise RunError(f"DuckDB reads `*`, `?` and `[` in `{visible(root)}` as patterns: move the run elsewhere")
        return root
    import fsspec  # noqa: PLC0415

    url = str(getattr(place, "url", ""))
    connection.register_filesystem(fsspec.core.url_to_fs(url)[0])
    return url


def _declare(connection: Any, root: str, manifest: Manifest) -> None:
    """The tables, as views: nothing is read yet but the columns' names."""
    shards = ", ".join(_quoted(f"{root}/{name}") for name in manifest.names())
    files = f"read_parquet([{shards}], filename = true, file_row_number = true)"
    digits = "(?:([0-9]+)-([0-9]+)-)?([0-9]+)-([0-9]+)[.]parquet$"  # profiles and worlds, or profiles alone
    parts = [f"regexp_extract(filename, '{digits}', {k})" for k in (1, 3, 4)]
    is_cut = f"{parts[0]} <> ''"
    first_profile = f"CAST(CASE WHEN {is_cut} THEN {parts[0]} ELSE {parts[1]} END AS BIGINT)"
    first = f"(CASE WHEN {is_cut} THEN CAST({parts[1]} AS BIGINT) ELSE 0 END)"
    width = (
        f"CASE WHEN {is_cut} THEN CAST({parts[2]} AS BIGINT) - CAST({parts[1]} AS BIGINT) ELSE {manifest.worlds} END"
    )
    columns = [row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM {files}").fetchall()]
    renamed = ", ".join(
        f"{_name(column)} AS {_name(shown)}" for column in columns if (shown := _shown(column)) is not None
    )
    connection.execute(
        f"CREATE VIEW cells AS SELECT {first_profile} + file_row_number // ({width}) AS profile, "
        f"{first} + file_row_number % ({width}) AS world, {renamed} FROM {files}"
    )
    for table in ("worlds", "profiles"):
        path = _quoted(f"{root}/{table}.parquet")
        connection.execute(
            f"CREATE VIEW {table} AS SELECT file_row_number AS {table[:-1]}, * EXCLUDE (file_row_number) "
            f"FROM read_parquet({path}, file_row_number = true)"
        )


def _shown(column: str) -> str | None:
    """A shard's column as a reader knows it; None for what is only for reading shards."""
    if column == "count":
        return "replications"
    kind, _, rest = column.partition(" ")
    name, _, figure = rest.rpartition(" ")
    if kind not in ("outcome", "payoff") or figure == "half":
        return None
    if figure == "%":
        name, _, level = name.rpartition(" ")
        figure = f"{level} %"
    label = name if kind == "outcome" else f"payoff of {name}"
    return {"mean": label, "error": f"{label} ±"}.get(figure, f"{label} {figure}")


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
