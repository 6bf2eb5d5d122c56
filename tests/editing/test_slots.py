from standoff.editing.slots import KEY, slot_of
from standoff.language.experiments.expectations import EXPECTATION
from standoff.language.shape.claims import CLAIMS
from standoff.language.shape.schema import STUDY
from standoff.language.shape.shapes import Either, Free, Keyed, ListOf, MapOf, Record, Text

NOT_NAMES = {  # places of kind `known` where no name of a study's stands
    "claims.x.passage", "claims.x.anchor", "documents.x.fingerprint", "series.x.date", "series.x.column",
}  # fmt: skip


def places(shape, path):
    """Every place where a known name can stand."""
    match shape:
        case Text(kind="known"):
            yield path
        case ListOf():
            yield from places(shape.item, path)
        case MapOf():
            if shape.keys == "known":
                yield (*path, KEY)
            yield from places(shape.value, (*path, "x"))
        case Record():
            for key in shape.keys:
                yield from places(key.shape, (*path, key.name))
        case Either():
            for one in shape.shapes:
                yield from places(one, path)
        case Keyed():
            yield from places(shape.marked, path)
            yield from places(shape.other, path)
        case Free():
            return


def test_every_place_of_a_known_name_has_a_row():
    found = [*places(STUDY, ()), *places(CLAIMS, ()), *places(EXPECTATION, ("expectation",))]
    missing = {".".join(path) for path in found if slot_of(path) is None} - NOT_NAMES
    assert not missing, f"add rows to standoff.editing.slots for {sorted(missing)}"
