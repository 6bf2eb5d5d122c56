"""Models made of a model: digests by one rule, and nothing read after loading."""

import shutil
from pathlib import Path

import pytest

from standoff.language.changed import Fixed, Imposed, Moved, Varied, changed
from standoff.language.expressions.tree import Symbol
from standoff.language.load import load_model
from standoff.language.model import Model
from standoff.studies import BUNDLED

WAR = Imposed(Symbol("event", "war"), "never")


@pytest.fixture(scope="module")
def rivals() -> Model:
    return load_model("rivals")


@pytest.mark.parametrize("study", BUNDLED)
def test_a_variant_of_a_model_is_the_study_loaded_with_it(study: str) -> None:
    model = load_model(study)
    for variant in model.variants:
        made, loaded = changed(model, [Varied(variant.name)]), load_model(study, (variant.name,))
        assert (made.digest, made.applied) == (loaded.digest, loaded.applied)


def test_variants_are_told_in_order_and_once() -> None:
    korea = load_model("korea")
    first, second = (variant.name for variant in korea.variants[:2])
    both = changed(changed(korea, [Varied(first)]), [Varied(second), Varied(first)])
    assert both.applied == (first, second)
    assert both.digest == load_model("korea", (first, second)).digest


def test_changes_made_at_once_or_one_by_one_are_one_model(rivals: Model) -> None:
    stock = Moved(Symbol("stock", rivals.stocks[0].name), "factor", 1.5)
    at_once, one_by_one = changed(rivals, [stock, WAR]), changed(changed(rivals, [stock]), [WAR])
    assert at_once.digest == one_by_one.digest
    assert at_once.digest != changed(rivals, [WAR, stock]).digest


def test_a_variant_keeps_what_was_changed_before() -> None:
    korea = load_model("korea")
    event, variant = korea.events[0].name, korea.variants[0].name
    held = Imposed(Symbol("event", event), "never")
    model = changed(changed(korea, [held]), [Varied(variant)])
    assert model.digest == changed(korea, [Varied(variant), held]).digest
    assert any(one.target == held.symbol for one in model.impositions)


def test_a_constant_is_fixed(rivals: Model) -> None:
    constant = next(p for p in rivals.parameters if p.kind == "constant")
    model = changed(rivals, [Fixed(constant.name, 7.0)])
    assert next(p for p in model.parameters if p.name == constant.name).value == 7.0
    with pytest.raises(ValueError, match="no constant is named `nothing`"):
        changed(rivals, [Fixed("nothing", 7.0)])


def test_no_change_is_the_model_itself(rivals: Model) -> None:
    assert changed(rivals, ()) is rivals


def test_an_unknown_variant_is_refused(rivals: Model) -> None:
    with pytest.raises(ValueError, match="no variant `nothing`"):
        changed(rivals, [Varied("nothing")])


def test_nothing_is_read_after_loading(tmp_path: Path, opened: list[str]) -> None:
    shutil.copytree(load_model("korea").folder, tmp_path / "study")
    model = load_model(tmp_path / "study")
    shutil.rmtree(tmp_path / "study")
    opened.clear()
    for variant in model.variants:
        assert changed(model, [Varied(variant.name)]).applied == (variant.name,)
    assert not [path for path in opened if str(tmp_path) in path]
