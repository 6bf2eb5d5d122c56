"""Scales, tags and paths, and a panel over time drawn from its data."""

from __future__ import annotations

import numpy as np

from standoff.brief.pictures.courses import Course, Line, draw_course
from standoff.brief.pictures.drawing.svg import Scale, path_of, tag


def test_a_scale_keeps_what_lies_outside_within_and_a_point_in_the_middle() -> None:
    scale = Scale((0.0, 10.0), (100.0, 0.0))
    assert [scale(v) for v in (0.0, 2.5, 10.0, 99.0, -1.0)] == [100.0, 75.0, 0.0, 0.0, 100.0]
    assert Scale((3.0, 3.0), (0.0, 8.0))(3.0) == 4.0


def test_a_tag_escapes_its_text_and_its_values() -> None:
    assert tag("text", "<b> & “c”", kind='a"b', x=1.25, text_anchor="end") == (
        '<text class="a&quot;b" x="1.2" text-anchor="end">&lt;b&gt; &amp; “c”</text>'
    )


def test_a_path_leaves_out_what_is_not_finite() -> None:
    line = np.array([0.0, np.nan, 2.0])
    assert path_of([0, 1, 2], line, Scale((0.0, 2.0), (0.0, 20.0)), Scale((0.0, 2.0), (10.0, 0.0))) == ("M0 10l20-10")
    assert not path_of([0], np.array([np.nan]), Scale((0.0, 1.0), (0.0, 1.0)), Scale((0.0, 1.0), (0.0, 1.0)))


def test_a_panel_draws_the_leader_last_with_its_band_and_names_each_line() -> None:
    lines = (Line("ours", 0, np.array([1.0, 2.0]), leads=True), Line("<other>", 1, np.array([1.0, 1.5]), leads=False))
    drawn = str(
        draw_course(Course("Arms", "Arms over time", ("2025", "2029"), lines, np.array([[0.5, 1.0], [1.5, 3.0]])))
    )
    assert drawn.index("&lt;other&gt;") < drawn.index("ours")
    assert drawn.count('class="band"') == 1
    assert 'aria-label="Arms over time"' in drawn
