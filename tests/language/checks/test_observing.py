from standoff.language.load import Loaded

READS = "observed:\n  clashes: {source: a newspaper, lag: 1}\n  arms: {source: a satellite, noise: 2}\n"


def test_an_observable_has_its_source_lag_and_noise(read) -> None:
    loaded: Loaded = read(add=READS)
    assert loaded.model is not None
    clashes, arms = loaded.model.observed
    assert (clashes.kind, clashes.lag, clashes.source) == ("count", 1, "a newspaper")
    assert (arms.kind, arms.noise, arms.is_log) == ("number", 2.0, False)


def test_a_move_is_seen_as_an_event_and_a_mode_as_a_state(read) -> None:
    loaded = read(add="observed:\n  pause: {source: a newspaper}\n  race: {source: a newspaper}\n")
    assert [one.kind for one in loaded.model.observed] == ["event", "mode"]


def test_what_can_be_seen_changes_no_digest(read) -> None:
    assert read(add=READS).model.digest == read().model.digest


def test_a_choice_cannot_be_observed(read, said) -> None:
    (problem,) = said(read(add="observed:\n  north: {source: a newspaper}\n"))
    assert problem[0] == "unobservable"


def test_noise_is_above_zero(read, said) -> None:
    (problem,) = said(read(add="observed:\n  arms: {source: a newspaper, noise: 0}\n"))
    assert problem == ("wrong-value", "the noise of `arms` is 0, and must be above 0")


def test_a_misspelt_observable_is_an_error(read, said) -> None:
    (problem,) = said(read(add="observed:\n  clashs: {source: a newspaper}\n"))
    assert problem == ("unknown-name", "nothing is named `clashs`")
