"""The texts that these tests read: one of our own, and the two articles where they are at hand."""

import os
from pathlib import Path

HERE = Path(__file__).parent
OWN = HERE / "article.txt"


def article_files() -> list[Path]:
    """The two articles' files; none where `STANDOFF_SOURCES` names no folder."""
    folder = Path(os.environ.get("STANDOFF_SOURCES", HERE.parents[1].parent / "shared" / "sources"))
    return sorted(folder.glob("*.txt")) if folder.is_dir() else []
