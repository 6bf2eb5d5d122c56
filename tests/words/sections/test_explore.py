"""What stands beside the live controls, of a study with odd names."""

from pathlib import Path

from standoff.analysis.fans import Followed
from standoff.ensemble.study import load
from standoff.language.expressions.tree import Symbol
from standoff.words.sections.explore import deal_share, followed_words, in_force, live_method, term_title

NAMES = Path(__file__).parents[2] / "data" / "names"


def test_deals_are_called_whole_above_their_controls() -> None:
    (deal,) = load(NAMES).model.deals
    assert in_force(deal) == "Share of the time with deal ransom in force"
    assert deal_share(deal) == ("Share of futures with deal ransom in force", "%")
    assert [term_title(deal, term) for term in deal.terms] == [
        "Deal ransom: Paid by the police", "Deal ransom: Hostages let go a day",
    ]  # fmt: skip
    assert live_method(24, 2).strip().endswith(".")


def test_what_is_followed_is_called_as_the_study_calls_it() -> None:
    model = load(NAMES).model
    assert followed_words(model, Followed(Symbol("mode", "siege"), 1)) == (
        "Share of futures with siege at bargaining", "%",
    )  # fmt: skip
    assert followed_words(model, Followed(Symbol("stock", "hostages"))) == ("Hostages inside", "hostage")
