"""Lines that only the terminal shows."""

from standoff.words.terminal import undecided_words


def test_a_choice_that_nothing_is_shown_to_beat() -> None:
    assert undecided_words("0.2 ± 0.3") == "Whether another did better cannot be told (0.2 ± 0.3)"
