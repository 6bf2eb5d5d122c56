import random
import time
from pathlib import Path

import pytest

from standoff.evidence.anchors.anchors import index_document
from standoff.evidence.reading.documents import read_document
from standoff.evidence.reading.passages import sentences

WORDS = [
    "north",
    "south",
    "freeze",
    "launcher",
    "inspector",
    "harbour",
    "fear",
    "trade",
    "army",
    "vote",
    "doubt",
    "promise",
    "fleet",
    "budget",
    "ceiling",
]


def paragraph(chance: random.Random) -> str:
    return " ".join(" ".join(chance.choices(WORDS, k=15)).capitalize() + "." for _ in range(6))


CHANCE = random.Random(7)
BODY = [paragraph(CHANCE) for _ in range(1_700)]
FORMS = {
    "plain.txt": "\n\n".join(BODY),
    "mark.md": "# A title\n\n" + "\n\n".join(f"[A](https://example.org/{i}) {text}" for i, text in enumerate(BODY)),
    "page.html": f"<html><head><title>t</title></head><body>{''.join(f'<p>{p}</p>' for p in BODY)}</body></html>",
}


@pytest.mark.parametrize("name", FORMS)
def test_a_megabyte_is_read_in_less_than_two_seconds(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(FORMS[name], encoding="utf-8")
    assert path.stat().st_size > 1_000_000
    read_document(Path(__file__).parents[1] / "article.txt")  # imports are not what is timed
    start = time.process_time()
    document = read_document(path)
    assert len(sentences(document)) > 10_000
    assert time.process_time() - start < 2
    assert len(document.body) == len(BODY)


def test_a_megabyte_is_indexed_in_good_time(tmp_path: Path) -> None:
    path = tmp_path / "plain.txt"
    path.write_text(FORMS["plain.txt"], encoding="utf-8")
    document = read_document(path)
    start = time.process_time()
    assert index_document(document).smallest.shape == (6 * len(BODY), 128)
    assert time.process_time() - start < 10
