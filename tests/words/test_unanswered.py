"""Every reason for no answer has its sentence."""

from __future__ import annotations

import pytest

import standoff
from standoff.analysis.findings import Reason
from standoff.words.unanswered import unanswered_words

DATA = {
    "profiles": 4000, "most": 3000, "steps": 1, "actors": 61,
    "actor": "north", "worlds": 1, "least": 16, "replications": 1, "deal": "pact", "deals": ("other",),
    "during": "mode == on", "mode": "channel", "variant": "never", "before": "north", "after": "south",
}  # fmt: skip


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_a_sentence(reason: Reason) -> None:
    said = unanswered_words(reason, DATA)
    assert said and "{" not in said and not said.endswith(".")


def test_actors_have_their_names_and_worlds_are_counted() -> None:
    model = standoff.load("rivals").model
    assert unanswered_words(Reason.ONLY_PLAYER, {"actor": "north"}, model) == "nobody but North chooses here"
    assert "only 1 world can" in unanswered_words(Reason.FEW_WORLDS, {"worlds": 1, "least": 16})
    assert unanswered_words(Reason.NO_SUCH_DEAL, {"deal": "x", "deals": ()}).endswith("nor any other")
