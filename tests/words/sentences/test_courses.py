from standoff.analysis.graph_model.reasons import Amount, Dilemma, Step, Temptation
from standoff.language.load import load_model
from standoff.words.sentences.courses import dilemma_words, reason_words

MODEL = load_model("rivals")


def step(actor, after, gain, error=0.1):
    return Step(actor, "", after, Amount(gain, error, True))


def test_a_reason_names_who_would_answer_and_what_that_costs():
    leaves = step("south", "pretend", 0.4)
    answered = Temptation(leaves, (step("north", "race_on", 0.2),), Amount(-1.2, 0.3, True), True, True)
    assert reason_words(MODEL, answered) == (
        "South does not turn to “pretend”, which would gain it 0.40\u00a0±\u00a00.10, for then North would turn to "
        "“race on”, which leaves it worse off by 1.2\u00a0±\u00a00.3."
    )


def test_an_answer_that_costs_its_doer_is_a_threat_that_need_not_be_believed():
    could = Temptation(step("south", "pretend", 0.4), (step("north", "race_on", -0.2),), Amount(-1.2, 0.3, True),
                       False, True)  # fmt: skip
    assert "North could turn to “race on” at a cost of 0.20\u00a0±\u00a00.10" in reason_words(MODEL, could)
    assert reason_words(MODEL, could).endswith("a threat that need not be believed.")
    bare = Temptation(step("south", "pretend", 0.4), (), None, False, False)
    assert reason_words(MODEL, bare).endswith("by turning to “pretend”, and nothing answers that.")


def test_a_dilemma_names_both_parties():
    promise = Dilemma("promise", "south", "north", step("south", "pretend", 0.4), None, Amount(-0.5, 0.2, True))
    assert dilemma_words(MODEL, promise).startswith("North cannot trust South to stay: South would gain 0.40")
    threat = Dilemma("threat", "north", "south", step("south", "pretend", 0.4), step("north", "race_on", -0.2),
                     Amount(-1.0, 0.2, True))  # fmt: skip
    assert dilemma_words(MODEL, threat).startswith("South need not believe North, should North threaten “race on”")
