"""What stands beside the live controls, of a study with odd names."""

from pathlib import Path

from standoff.ensemble.study import load
from standoff.words.sections.explore import deal_share, in_force, live_method, term_title

NAMES = Path(__file__).parents[2] / "data" / "names"


def test_deals_are_called_whole_above_their_controls() -> None:
    (deal,) = load(NAMES).model.deals
    assert in_force(deal) == "Share of the time with deal ransom in force"
    assert deal_share(deal) == ("Share of futures with deal ransom in force", "%")
    assert [term_title(deal, term) for term in deal.terms] == [
        "Deal ransom: Paid by the police", "Deal ransom: Hostages let go a day",
    ]  # fmt: skip
    assert live_method(24, 2).strip().endswith(".")
