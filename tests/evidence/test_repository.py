"""The repository contains no eight words in a row of either article's body."""

import subprocess
from pathlib import Path

from standoff.evidence.reading.documents import read_document
from standoff.evidence.reading.kinds import squeezed

ROOT = Path(__file__).parents[2]
RUN = 8
MOST_BYTES = 20_000_000


def runs(text: str) -> set[str]:
    words = squeezed(text).split()
    return {" ".join(words[i : i + RUN]) for i in range(len(words) - RUN + 1)}


def repository_files() -> list[Path]:
    """What is committed or about to be; without a repository, everything but hidden and built files."""
    git = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if git.returncode == 0 and git.stdout:
        return [ROOT / name for name in git.stdout.decode().split("\0") if name]
    return [path for path in ROOT.rglob("*") if not any(part.startswith(".") for part in path.relative_to(ROOT).parts)]


def test_no_sentence_of_the_articles_stands_in_the_repository(articles: list[Path]) -> None:
    forbidden: set[str] = set()
    titles: set[str] = set()
    for path in articles:
        document = read_document(path)
        forbidden |= {run for block in document.body for run in runs(block.text)}
        titles |= runs(document.metadata.title or "")
    assert len(forbidden) > 1_000
    found: dict[str, list[str]] = {}
    for path in repository_files():
        if not path.is_file() or path.stat().st_size > MOST_BYTES:
            continue
        text = path.read_bytes().decode("utf-8", errors="ignore")
        hits = runs(text) & (forbidden - titles)
        if hits:
            found[str(path.relative_to(ROOT))] = sorted(hits)[:3]
    assert found == {}
