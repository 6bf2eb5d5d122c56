"""Maps of a deal's terms: every text stands inside its picture, also of one term with a long name."""

from __future__ import annotations

import numpy as np
import pytest
from lxml import etree

from standoff.brief.pictures.zone_maps import Axes, MapCells, draw_map_of

LETTER = 5.0
"""Narrower than any text of so many letters is drawn."""


@pytest.mark.parametrize("across", ["Price", "Price as a part of the asking price", "A price " * 12])
@pytest.mark.parametrize("up", ["", "Years that the promise not to copy holds"])
def test_no_text_lies_outside(across: str, up: str) -> None:
    zone = np.ones((1, 2), dtype=bool)
    cells = MapCells("Gain of the Health Ministry", "said", [["#fff"] * 2], [["1", "2"]], zone=zone, shown=zone)
    drawn = etree.fromstring(draw_map_of(Axes(across, (0.4, 0.6), up, (1.0,)), cells))
    width = float(drawn.get("viewBox").split()[2])
    assert width < 300.0
    for text in drawn.iter("text"):
        x, wide = float(text.get("x")), LETTER * len(text.text)
        first = x - wide if "end" in text.get("class") else x - wide / 2 if "middle" in text.get("class") else x
        assert first >= -1.0 and first + wide <= width + 1.0, text.text
