"""What the section on linchpins says of pairs."""

from standoff.analysis.findings import Figure
from standoff.analysis.linchpins.worth import Worth
from standoff.words.sections.hinges_on import beyond_words


def test_what_a_pair_adds_is_said_where_it_was_asked() -> None:
    whole = Figure(3.0, 0.5, 2.0, 4.0)
    assert beyond_words(Worth(("a", "b"), whole, 0.5, 0.01, Figure(1.25, 0.2, 0.9, 1.6))) == (
        "1.2 beyond the better alone"
    )
    assert beyond_words(Worth(("a", "b"), whole, 0.5, 0.01)) == ""
