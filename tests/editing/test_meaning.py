from standoff.editing.meaning import definition, meaning
from standoff.editing.renaming import index_of
from standoff.language.load import find_study, load_model

FOLDER = find_study("rivals").parent
SHOWN = "rivals/study.yaml"
TEXT = (FOLDER / "study.yaml").read_text()
INDEX = index_of(FOLDER, {})


def lines_at(needle: str, within: int = 1, model=None) -> tuple[str, ...]:
    found = meaning(INDEX, (SHOWN, TEXT), TEXT.index(needle) + within, model)
    return () if found is None else found.lines


def test_a_name_says_what_it_is_in_what_unit_and_what_for():
    assert lines_at("fear * arms_south if")[:2] == (
        "`fear`: uncertainty", "How strongly each side answers the other’s arsenal",
    )  # fmt: skip


def test_an_equation_stands_with_its_stock():
    assert "arms_north (next) = arms_north + built_north" in lines_at("arms_north: {start", model=load_model("rivals"))


def test_a_function_and_a_key_say_what_they_do():
    assert lines_at("since(exposed)")[0] == "`since`: function"
    assert lines_at("about: Chance a year", 2)[0] == "`about`: key"


def test_a_part_of_a_dotted_name_leads_to_its_own_place():
    place = definition(INDEX, SHOWN, TEXT.index("south.line == freeze") + 7)
    assert place is not None
    assert place.text == "line"


def test_an_option_leads_to_the_choice_that_has_it():
    place = definition(INDEX, SHOWN, TEXT.index("south.word == cheat") + 15)
    assert place is not None
    assert TEXT[place.start - 30 : place.stop].endswith("[keep, cheat")
