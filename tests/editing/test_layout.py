from hypothesis import given
from hypothesis import strategies as st

from standoff.editing.layout import laid_out
from standoff.language.load import find_study


def test_spaces_and_empty_lines_are_put_right():
    assert laid_out("a:   1  \n\n\n\nb:\n  -   2\n\n") == "a: 1\n\nb:\n  - 2\n"


def test_a_text_that_would_read_otherwise_stays():
    text = 'a: "one  \n\n\n  two"\n'
    assert laid_out(text) in (text, 'a: "one\n\n\n  two"\n')


def test_the_bundled_studies_stay_as_they_are():
    for study in ("korea", "lake", "rivals"):
        text = find_study(study).read_text()
        assert laid_out(text) == text


@given(st.text(alphabet="ab:- \n'\"[]{}#", max_size=60))
def test_to_lay_out_twice_is_to_lay_out_once(text):
    once = laid_out(text)
    assert laid_out(once) == once
