from pathlib import Path

import pytest
from evidence_texts import article_files


@pytest.fixture
def articles() -> list[Path]:
    """The files of the two articles, in the order of their names."""
    found = article_files()
    if len(found) != 2:
        pytest.skip("the two articles are not at hand: set STANDOFF_SOURCES to their folder")
    return found
