import pytest

from standoff.evidence.reading.formats.encoding import decode, decode_as

GERMAN = (
    "<meta charset='{0}'> Die Brücke über die Förde war für Wochen gesperrt, größere Schiffe fuhren außen herum. "
    + "Die Fähre fuhr über Nacht. " * 9
)


@pytest.mark.parametrize("bad", [b"\xe4", b"\xff", b"\xc3", b"\xed\xa0\x80"])
def test_a_wrong_byte_is_marked_and_the_declared_encoding_stays(bad: bytes) -> None:
    text = GERMAN.format("utf-8")
    found = decode(text.encode() + bad + b" end")
    assert found.text.startswith(text) and found.text.endswith("� end")
    assert found.warning.startswith(f"byte 0x{bad[0]:02X} in line 1") and "UTF-8" in found.warning


def test_without_a_declaration_what_is_utf_8_but_for_a_byte_stays_so() -> None:
    found = decode("Люди ждали парома весь день. ".encode() * 9 + b"\xe4\n")
    assert found.text.count("Люди") == 9 and "�" in found.text and found.warning


@pytest.mark.parametrize("name", ["klingon-1", "utf-9", "rot13", "base64", "idna", "undefined", "x" * 30, "hex"])
def test_an_encoding_that_nobody_knows_is_named(name: str) -> None:
    found = decode(GERMAN.format(name).encode("cp1252"))
    assert "Brücke" in found.text
    assert f"`{name}`, which is not known" in found.warning


@pytest.mark.parametrize(
    ("name", "used"),
    [
        ("windows-1251", "cp1251"),
        ("KOI8-R", "koi8-r"),
        ("shift_jis", "shift_jis"),
        ("gb2312", "gb18030"),
        ("Latin1", "cp1252"),
    ],
)
def test_a_declared_encoding_is_used(name: str, used: str) -> None:
    words = {
        "cp1251": "Парома ждали",
        "koi8-r": "Парома ждали",
        "shift_jis": "船を待つ",
        "gb18030": "等船",
        "cp1252": "Fähre – “so”",
    }
    text = f"<meta charset={name}> {words[used]}"
    assert decode(text.encode(used)).text == text
    assert decode(text.encode(used)).warning == ""


def test_what_is_declared_wrongly_throughout_is_read_as_what_it_is() -> None:
    found = decode(GERMAN.format("utf-8").encode("cp1252"))
    assert "Brücke über die Förde" in found.text and "does not fit" in found.warning


def test_a_part_of_an_archive_names_its_encoding() -> None:
    assert decode_as("Fähre".encode("cp1252"), "iso-8859-1").text == "Fähre"
    assert decode_as("Fähre".encode(), "no such thing").text == "Fähre"


def test_utf_16_that_says_it_is_ascii_compatible() -> None:
    assert decode(b"<meta charset=utf-16><p>plain</p>").text == "<meta charset=utf-16><p>plain</p>"
