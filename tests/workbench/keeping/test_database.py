import sqlite3

import pytest

from standoff.workbench.keeping.database import _MIGRATIONS, Database


def test_a_database_of_the_version_before_is_brought_to_this_one(tmp_path):
    path = tmp_path / "kept.sqlite"
    with sqlite3.connect(path) as connection:
        connection.executescript(_MIGRATIONS[0] + "pragma user_version = 1;")
        connection.execute("insert into games (id, study, game) values ('a', 'rivals', x'00')")
    with Database(path).open() as connection:
        assert connection.execute("select id from games").fetchall() == [("a",)]
        assert connection.execute("select count(*) from jobs").fetchone() == (0,)
        assert connection.execute("pragma journal_mode").fetchone() == ("wal",)


def test_a_database_of_a_later_version_is_left_alone(tmp_path):
    path = tmp_path / "kept.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute(f"pragma user_version = {len(_MIGRATIONS) + 1}")
    with pytest.raises(ValueError, match="later version"):
        Database(path)
    with sqlite3.connect(path) as connection:
        assert connection.execute("select count(*) from sqlite_master").fetchone() == (0,)


def test_what_is_written_while_it_is_open_stays_in_the_log(tmp_path):
    database = Database(tmp_path / "kept.sqlite")
    with database.writing() as connection:
        connection.execute("insert into games (id, study, game) values ('a', 'rivals', x'00')")
    assert (tmp_path / "kept.sqlite-wal").stat().st_size > 0
    database.close()
