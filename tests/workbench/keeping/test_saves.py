import pytest

from standoff.workbench.keeping.database import Database
from standoff.workbench.keeping.saves import ChangedError, Saves


@pytest.fixture
def saves(tmp_path):
    return Saves(Database(tmp_path / "kept.sqlite"))


def test_a_save_keeps_what_was_there_and_what_is_there(saves, tmp_path):
    path = tmp_path / "study.yaml"
    path.write_text("one\n")
    _, was = saves.read(path)
    saves.save(path, "two\n", was)
    assert path.read_text() == "two\n"
    assert [(one.kind, saves.text(path, one.id)) for one in saves.history(path)] == [
        ("saved", "two\n"), ("found", "one\n"),
    ]  # fmt: skip


def test_a_file_that_was_changed_meanwhile_is_not_written_over_and_the_text_is_kept(saves, tmp_path):
    path = tmp_path / "study.yaml"
    path.write_text("one\n")
    _, was = saves.read(path)
    path.write_text("by another editor\n")
    with pytest.raises(ChangedError):
        saves.save(path, "two\n", was)
    assert path.read_text() == "by another editor\n"
    assert saves.text(path, saves.history(path)[0].id) == "two\n"


def test_a_file_keeps_its_line_ends_its_mark_and_its_mode(saves, tmp_path):
    path = tmp_path / "study.yaml"
    path.write_bytes(b"\xef\xbb\xbfone\r\ntwo\r\n")
    path.chmod(0o640)
    text, was = saves.read(path)
    assert text == "one\ntwo\n"
    saves.save(path, "one\nthree\n", was)
    assert path.read_bytes() == b"\xef\xbb\xbfone\r\nthree\r\n"
    assert path.stat().st_mode & 0o777 == 0o640


def test_what_the_editor_kept_to_undo_is_there_again_for_just_that_text(saves, tmp_path):
    path = tmp_path / "study.yaml"
    digest = saves.save(path, "one\n", "", undo='{"done": []}')
    assert Saves(Database(tmp_path / "kept.sqlite")).undo(path, digest) == '{"done": []}'
    assert saves.undo(path, "another") == ""
