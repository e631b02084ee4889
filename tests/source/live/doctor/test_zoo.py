"""The zoo: what is faulty is found, by its cause first; nothing is found in what is sound."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from tests.conftest import of_the_present_keras
from tests.source.live.doctor.zoo import faulty_layers, keras_decides, sound_layers
from weightscope import inspect_layer
from weightscope.inspection import Inspection

#: Classes that others build on, or hold.
PARTS = {"Layer", "Kernel", "Forgets", "Cell"}

#: One fault of each kind, and sound layers that look like them: what is tried in every run of the tests.
QUICK_FAULTS = {code: name for name, code in faulty_layers.FAULTS.items()}
QUICK_SOUND = {"KeepsWhatItSaw", "SublayersInNestedDicts", "MasksItself", "RunningMean", "ConstantsOfTheConstructor"}

#: Sound layers of which a note is true: constants of the call are float32.
NOTED = {"BatchSizeOfTheCall": "dtype"}

#: Keras 3.13 saves the sub-layers in a set, and not those in dicts in dicts.
SAVED_OTHERWISE_IN_OLD_KERAS = {"SublayersInASet", "SublayersInNestedDicts"}


def classes(module: ModuleType) -> list[str]:
    """Returns the layers of a zoo that stand for themselves."""
    kinds = {name: value for name, value in vars(module).items() if hasattr(value, "call")}
    return [name for name, value in kinds.items() if value.__module__ == module.__name__ and name not in PARTS]


SOUND = [
    *((sound_layers, name) for name in classes(sound_layers)),
    *((faulty_layers, name) for name in classes(faulty_layers) if name.startswith("Mended")),
]


def examined(module: ModuleType, name: str) -> Inspection:
    shape = module.SHAPES.get(name, (2, 3))
    return inspect_layer(f"{module.__file__}:{name}", input_shape=shape, doctor=True, fresh_process=False)


def marks_of(name: str, is_quick: bool) -> list[pytest.MarkDecorator]:
    only_now = [of_the_present_keras] if name in SAVED_OTHERWISE_IN_OLD_KERAS else []
    return only_now if is_quick else [*only_now, pytest.mark.slow]


def test_the_zoo_is_large() -> None:
    assert len(SOUND) >= 60
    assert set(faulty_layers.FAULTS) == {name for name in classes(faulty_layers) if not name.startswith("Mended")}


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=marks_of(name, name in QUICK_FAULTS.values())) for name in faulty_layers.FAULTS],
)
@pytest.mark.filterwarnings("ignore:Layer .* was passed an input with a mask")  # Keras, of one of them
def test_a_fault_is_found_by_its_cause_first(name: str) -> None:
    inspection = examined(faulty_layers, name)
    assert inspection.forward_pass is not None
    assert inspection.forward_pass.error is None
    assert inspection.notes, "nothing was found"
    first = inspection.notes[0]
    assert (first.code, first.level != "note") == (faulty_layers.FAULTS[name], True), inspection.notes
    assert first.fix
    if first.code == "layer-in-call":
        assert [note.code for note in inspection.notes].count(first.code) == 1, "a Sequential makes a Functional"
        assert "keras.layers.Sequential" not in first.fix
    if first.code == "unsaved-sublayer":  # what mends the cause mends what follows from it
        assert {note.fix for note in inspection.notes if note.code == "round-trip"} <= {first.fix}


@pytest.mark.parametrize(
    ("module", "name"),
    [pytest.param(*one, id=one[1], marks=marks_of(one[1], one[1] in QUICK_SOUND)) for one in SOUND],
)
def test_nothing_is_found_in_a_sound_layer(module: ModuleType, name: str) -> None:
    inspection = examined(module, name)
    assert inspection.forward_pass is not None
    assert inspection.forward_pass.error is None
    found = [note.code for note in inspection.notes if note.level != "note" or note.code != NOTED.get(name)]
    assert found == [], inspection.notes


@pytest.mark.slow
def test_keras_decides_as_the_zoo_says(tmp_path: Path) -> None:
    for zoo, module in (("faulty", faulty_layers), ("sound", sound_layers)):
        (tmp_path / zoo).mkdir()
        shapes = {name: module.SHAPES.get(name, (2, 3)) for name in classes(module)}
        found = keras_decides.symptoms(zoo, shapes, tmp_path / zoo)
        faulty = faulty_layers.FAULTS.keys() - faulty_layers.SILENT if zoo == "faulty" else set()
        assert {name for name, problems in found.items() if problems} == faulty, found
