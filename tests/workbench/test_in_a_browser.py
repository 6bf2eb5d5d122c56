"""The ways that people go through the application, by keyboard alone, in headless Chromium."""

import pytest

from standoff.ensemble.study import load
from standoff.evidence.claims import load_ledger
from standoff.playing.file import open_game
from standoff.words.numbers import exact

pytestmark = pytest.mark.xdist_group("workbench")  # they share one server and one browser

SIZES = ((375, 812), (820, 1180), (1366, 768))


def reach(page, sought):
    """Where the key Tab leads, until it leads to what is sought."""
    sought.wait_for()
    for _ in range(200):
        page.keyboard.press("Tab")
        if sought.evaluate("one => one.matches(':focus')"):
            return
    pytest.fail(f"Tab does not reach {sought} on {page.url}")


def press(page, role, name):
    """A link or button, by keyboard."""
    reach(page, page.get_by_role(role, name=name))
    page.keyboard.press("Enter")


def type_in(page, label, words):
    """A field's text in the place of what stands there."""
    reach(page, page.get_by_label(label))
    page.keyboard.press("Control+a")
    page.keyboard.type(words)


def begin(page, name, example="rivals"):
    """A study more, from the list of studies."""
    type_in(page, "Folder", name)
    type_in(page, "from", f"a copy of {example}")
    press(page, "button", "Begin")
    page.get_by_role("heading", name="Check").wait_for()


def write(page):
    """The text of a new study, once its editor stands there."""
    press(page, "link", "Edit study.yaml")
    page.locator(".cm-content").wait_for()
    return page.get_by_role("textbox", name="The text of study.yaml")


def go(page, editor, needle):
    """The cursor into the first letter of a place, by keyboard."""
    editor.press("Control+Home")
    editor.press("Control+f")
    page.keyboard.type(needle)
    for key in ("Enter", "Escape", "ArrowLeft", "ArrowRight"):
        page.keyboard.press(key)


def undo(page):
    """As far back as it goes."""
    page.get_by_role("textbox", name="The text of study.yaml").focus()
    for _ in range(12):
        page.keyboard.press("Control+z")


def is_clean(page, axe):
    page.wait_for_load_state()
    found = axe.run(page).response["violations"]
    assert [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found] == []
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (page.url, width)


@pytest.fixture(scope="module")
def axe():
    return pytest.importorskip("axe_playwright_python.sync_playwright").Axe()


def test_from_an_empty_folder_to_a_brief(visits, desk, axe):
    page = visits.page()
    begin(page, "border")
    editor = write(page)
    editor.press("Control+Home")
    editor.press_sequentially("titel: x\n")
    page.get_by_text("is not a key of a study").wait_for()
    undo(page)
    page.locator("#problems").get_by_text("None.").wait_for()
    study = desk[0] / "border" / "study.yaml"
    before = study.read_text()
    page.keyboard.press("Control+f")
    page.keyboard.press("Escape")
    editor.press("Control+Home")
    editor.press_sequentially("# changed in the browser\n")
    editor.press("Control+s")
    page.get_by_text("Saved.").wait_for()
    assert study.read_text() == f"# changed in the browser\n{before}"
    is_clean(page, axe)
    page.reload()  # as after a restart: the page knows nothing but what was kept
    undo(page)
    page.get_by_text("Not saved yet.").wait_for()
    page.keyboard.press("Control+s")
    page.get_by_text("Saved.").wait_for()
    assert study.read_text() == before
    page.keyboard.press("Escape")  # out of the editor
    press(page, "link", "border")
    page.get_by_role("heading", name="Check").wait_for()
    is_clean(page, axe)
    type_in(page, "Worlds", "32")
    type_in(page, "Replications", "2")
    press(page, "button", "Put it in the queue")
    page.get_by_role("heading", name="Ranking, by mean payoff").wait_for(timeout=60_000)
    page.get_by_role("link", name="Read the brief").wait_for(timeout=120_000)
    is_clean(page, axe)
    with page.expect_download() as told:
        press(page, "link", "Save it as a file")
    assert told.value.suggested_filename == "border-brief.html"
    assert "<h1" in told.value.path().read_text()
    press(page, "link", "Read the brief")
    page.wait_for_url("**/brief**")
    assert page.get_by_role("heading", level=1).inner_text().strip()
    assert page.evaluate("try { document.cookie } catch (error) { error.name }") == "SecurityError"


def test_a_file_that_changed_on_the_disk_is_not_written_over(visits, desk):
    page = visits.page()
    begin(page, "changed")
    editor = write(page)
    study = desk[0] / "changed" / "study.yaml"
    study.write_text(study.read_text() + "# by another editor\n")
    editor.press("Control+Home")
    editor.press_sequentially("# by the page\n")
    editor.press("Control+s")
    page.get_by_role("alert").get_by_text("was changed on the disk").wait_for()
    assert "by the page" not in study.read_text()
    visits.complaints[:] = [said for said in visits.complaints if "409" not in said]


def test_from_a_dropped_document_to_a_tied_claim(visits, desk, axe):
    page = visits.page()
    begin(page, "told")
    press(page, "link", "Documents")
    page.locator("#drop").wait_for()
    is_clean(page, axe)
    words = "The two rivals fear each other. More arms will lead to more fear on both sides.\n\nNobody wants a war."
    page.evaluate(
        """words => {
          const carried = new DataTransfer();
          carried.items.add(new File([words], "A talk.txt", {type: "text/plain"}));
          const dropped = new DragEvent("drop", {dataTransfer: carried, cancelable: true});
          document.getElementById("drop").dispatchEvent(dropped);
        }""",
        words,
    )
    page.get_by_label("In your own words").wait_for()
    is_clean(page, axe)
    reach(page, page.get_by_role("radio").first)
    page.keyboard.press("ArrowDown")
    assert "More arms will lead to more fear" in page.locator(".passage:has(:checked)").inner_text()
    type_in(page, "In your own words", "Arms breed fear: on both sides")
    type_in(page, "How sure", "likely")
    reach(page, page.get_by_label("What in the model it bears on"))
    names = page.locator("#bears option").evaluate_all("all => all.map((one) => one.value)")
    page.keyboard.press("Home")
    page.keyboard.press("Control+Space")
    for here, name in enumerate(names):
        chosen = page.locator(f"#bears option >> nth={here}").evaluate("one => one.selected")
        if chosen != (name in {"fear", "trust"}):
            page.keyboard.press("Control+Space")
        page.keyboard.press("Control+ArrowDown")
    press(page, "button", "Write it into claims.yaml")
    page.locator(".claimed").first.wait_for()
    claim = load_ledger(desk[0] / "told").claim("a-talk-p1-s2")
    assert claim.says == "Arms breed fear: on both sides"
    assert [one.text for one in claim.bears_on] == ["fear", "trust"]
    assert claim.anchor is not None
    (fear,) = (one for one in load(desk[0] / "told").model.parameters if one.name == "fear")
    assert "a-talk-p1-s2" in fear.reason.cites
    assert not [path for path in (desk[0] / "told").rglob("*") if "talk" in path.name]


def test_two_people_play_a_game_to_its_end_by_keyboard_and_it_is_replayed(visits, desk, tmp_path, axe):
    host = visits.page()
    begin(host, "short")
    study = desk[0] / "short" / "study.yaml"
    study.write_text(study.read_text().replace("steps: 16", "steps: 5"))
    host.reload()
    for box in host.locator("input[name=seat]").all():
        reach(host, box)
        host.keyboard.press("Space")
    press(host, "button", "Begin a game")
    host.locator("dd a").first.wait_for()
    links = [link.inner_text() for link in host.locator("dd a").all()]
    north, south = (visits.page(link) for link in links)
    press(host, "link", "To your own page")
    host.wait_for_url("**/game/**")
    for page in (host, north, south):
        is_clean(page, axe)
    for step in range(5):
        for page in (north, south):
            page.get_by_text(f"Step {step + 1} of 5").wait_for()
            press(page, "button", "Choose")
    north.get_by_role("heading", name="What you could have known").wait_for()
    is_clean(north, axe)
    host.get_by_text("The game is over.").wait_for()
    with host.expect_download() as told:
        press(host, "link", "The game as a file")
    path = tmp_path / "game.json"
    told.value.save_as(path)
    again = open_game(study, path)  # as `standoff trace --played` opens it
    assert again.game.digest == load(study).model.digest
    assert len(again.game.turns) == 5
    payoffs = again.results().payoffs.ravel().tolist()
    for page, payoff in zip((north, south), payoffs, strict=True):
        assert exact(payoff) in page.get_by_role("row", name="Payoff of").inner_text()


def test_all_is_read_without_script(visits):
    page = visits.page(java_script_enabled=False)
    begin(page, "plain", "lake")
    press(page, "link", "Edit study.yaml")
    reach(page, page.locator("textarea"))
    page.keyboard.press("Control+Home")
    page.keyboard.type("titel: x\n")
    press(page, "button", "Save")
    page.get_by_text("is not a key of a study").wait_for()
    press(page, "link", "Earlier versions")
    reach(page, page.get_by_role("table").get_by_role("link").last)
    page.keyboard.press("Enter")
    press(page, "button", "Make it the text of now")
    page.get_by_text("None.").wait_for()


def test_what_stands_at_the_cursor_and_under_the_pointer_is_told(visits):
    page = visits.page()
    begin(page, "told-of")
    editor = write(page)
    go(page, editor, "trust: {")
    page.locator("#at dl.equations").get_by_text("= trust + 0.05").wait_for()
    page.locator("#map .node.here").first.wait_for()
    assert page.locator("#map .node.here").get_attribute("data-node") == "trust"
    editor.press("End")
    page.wait_for_timeout(600)
    assert "= trust + 0.05" in page.locator("#at").inner_text()  # at the end of its line too
    page.locator(".cm-activeLine").hover(position={"x": 30, "y": 8})
    page.locator(".meaning").get_by_text("trust").first.wait_for()


def test_f12_goes_to_where_a_name_is_defined(visits):
    page = visits.page()
    begin(page, "found")
    editor = write(page)
    go(page, editor, "fear * arms_south if")
    page.keyboard.press("F12")
    page.locator(".cm-activeLine", has_text="fear: {").wait_for()


def test_names_are_offered_where_an_equation_stands(visits):
    page = visits.page()
    begin(page, "worded")
    editor = write(page)
    editor.press("Control+End")
    editor.press_sequentially("\nquantities:\n  zz: {value: tru")
    offered = page.locator(".cm-tooltip-autocomplete li").get_by_text("trust").first
    page.wait_for_timeout(2_000)
    assert "zz: {value: tru" in editor.inner_text()
    if not offered.is_visible():  # on a busy machine typing may be over before names are there: ask for them
        editor.press("Control+Space")
    offered.wait_for()
