from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standoff.base.files import read_source
from standoff.base.problems import StudyError
from standoff.base.source import Source
from standoff.language.text.reader import Mapping, Scalar, Sequence, parse_yaml


def parse(text: str) -> Mapping:
    root, problems = parse_yaml(Source("case/study.yaml", text))
    assert problems == []
    return root


def value(text: str) -> Scalar:
    node = parse(text).get("a")
    assert isinstance(node, Scalar)
    return node


def refusal(text: str) -> tuple[str, int, int]:
    with pytest.raises(StudyError) as error:
        parse_yaml(Source("case/study.yaml", text))
    problem = error.value.problems[-1]
    return problem.code, problem.span.line, problem.span.column


def test_keys_keep_the_order_of_the_file() -> None:
    assert [key.text for key, _ in parse("b: 1\na: 2\nc: 3\n").items] == ["b", "a", "c"]


def test_no_value_is_converted() -> None:
    texts = [
        node.text
        for _, node in parse("a: yes\nb: 010\nc: 2025-01-01\nd: 1e3\ne: ~\n").items
        if isinstance(node, Scalar)
    ]
    assert texts == ["yes", "010", "2025-01-01", "1e3", "~"]


@pytest.mark.parametrize(
    ("text", "part", "found"),
    [
        ("a: x + y\n", (4, 5), "y"),
        ("a: 'x + y'\n", (4, 5), "y"),
        ("a: 'it''s + y'\n", (7, 8), "y"),
        ('a: "\\t\\u0041 + y"\n', (5, 6), "y"),
        ("a: x +\n   y\n", (4, 5), "y"),
        ('a: "x +\n  y"\n', (4, 5), "y"),
        ('a: "x \\\n  + y"\n', (4, 5), "y"),
    ],
)
def test_a_part_of_a_text_is_found_in_the_file(text: str, part: tuple[int, int], found: str) -> None:
    node = value(text)
    assert node.text[slice(*part)] == found
    assert node.part(*part).text == found


@given(st.lists(st.sampled_from(["x", "+", " ", "'", '"', "\\", "\n", "é", "𝔸", "\t", "#"]), max_size=30))
def test_every_character_of_a_quoted_text_has_a_place(letters: list[str]) -> None:
    text = "".join(letters)
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    node = value(f'a: "{escaped}"\n')
    assert node.text == text
    for i, letter in enumerate(text):
        shown = node.part(i, i + 1).text
        assert shown in (letter, "\\")


def test_places_count_characters_and_not_bytes() -> None:
    node = value("# 𝔸é\na: 'é + y'\n")
    assert (node.part(4, 5).text, node.part(4, 5).line, node.part(4, 5).column) == ("y", 2, 9)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: [1, 2\n", ("yaml-split-text", 1, 8)),
        ("a: {b: 1\nc: 2\n", ("yaml-split-text", 2, 2)),
        ("a: b: c\n", ("yaml-split-text", 1, 5)),
        ("a:\n\tb: 1\n", ("yaml-tab", 2, 1)),
        ("a: &x 1\n", ("yaml-alias", 1, 4)),
        ("a: {<<: {b: 1}}\n", ("yaml-alias", 1, 5)),
        ("a: !!int 1\n", ("yaml-tag", 1, 4)),
        ("a: 1\n---\nb: 2\n", ("yaml-documents", 2, 1)),
        ("", ("yaml-documents", 1, 1)),
        ("- 1\n", ("wrong-shape", 1, 1)),
        ("a: 'x\n", ("yaml-syntax", 1, 4)),
        ("a: %x\n", ("yaml-syntax", 1, 4)),
        ("[a]: 1\n", ("wrong-shape", 1, 1)),
        ("a: " + "[" * 40 + "]" * 40, ("yaml-nesting", 1, 36)),
    ],
)
def test_what_a_study_may_not_hold_is_refused_at_its_place(text: str, expected: tuple[str, int, int]) -> None:
    assert refusal(text) == expected


def test_a_repeated_key_keeps_its_first_value() -> None:
    root, problems = parse_yaml(Source("case/study.yaml", "a: 1\nb: 2\na: 3\n"))
    assert [(p.code, p.span.line) for p in problems] == [("duplicate-key", 3)]
    assert isinstance(root.get("a"), Scalar) and root.get("a").text == "1"  # type: ignore[union-attr]


def test_a_list_knows_where_it_ends() -> None:
    node = parse("a: [1, [2, 3]]\n").get("a")
    assert isinstance(node, Sequence)
    assert node.span.text == "[1, [2, 3]]"


def test_a_byte_order_mark_and_other_line_ends_do_not_move_places(tmp_path: Path) -> None:
    path = tmp_path / "study.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\r\nb: x\r\n")
    source = read_source(path, "case/study.yaml")
    root, _ = parse_yaml(source)
    node = root.get("b")
    assert node is not None and (node.span.text, node.span.line, node.span.column) == ("x", 2, 4)


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "study.yaml"
    path.write_text("a: 1\n" * 10)
    with pytest.raises(StudyError) as error:
        read_source(path, "case/study.yaml", most=20)
    assert [p.code for p in error.value.problems] == ["file-too-large"]
