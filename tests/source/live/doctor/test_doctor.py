"""In each faulty layer of the zoo only its fault is found, and nothing in the corrected layer."""

from __future__ import annotations

import pytest

from tests.conftest import ROOT
from weightscope import inspect_layer
from weightscope.inspection import Inspection

ZOO = ROOT / "tests/source/live/doctor/sick_layers.py"

LOST = ["untracked-variable", "round-trip", "dtype"]

#: What is found in each layer, the worst first; nothing but notes in the cured ones.
FOUND: dict[str, list[str]] = {
    "UntrackedAttribute": LOST,
    "UntrackedInList": ["untracked-variable", *LOST],
    "UntrackedInDict": LOST,
    "UntrackedInTuple": ["untracked-variable", *LOST],
    "UntrackedInModule": LOST,
    "UntrackedInObject": ["untracked-variable", "round-trip"],
    "UntrackedInClosure": LOST,
    "UntrackedMadeInCall": ["untracked-variable", "dtype"],
    "UntrackedKeptInCall": LOST,
    "CuredUntracked": [],
    "WeightsInArray": ["untracked-variable", "round-trip"],
    "WeightsInTensor": ["untracked-variable", "tensor-out-of-scope", "round-trip", "dtype"],
    "CuredArray": [],
    "NoGradient": ["no-gradient"],
    "UnusedWeight": ["no-gradient"],
    "ZeroGradient": ["zero-gradient"],
    "CuredGradient": [],
    "UnbuiltSublayer": ["unbuilt-sublayer", "unbuilt-sublayer"],
    "CuredSublayer": [],
    "BuiltWithoutBuild": ["built-without-build"],
    "DuplicateVariable": ["duplicate-name"],
    "DuplicateSublayer": ["duplicate-name"],
    "CuredDuplicate": [],
    "NotRegistered": ["not-registered"],
    "ConfigMissing": ["config-incomplete"],
    "ConfigChanged": ["round-trip", "config-incomplete"],
    "ConfigNone": ["round-trip", "config-incomplete"],
    "CuredConfig": [],
    "LosesItsState": ["round-trip"],
    "LosesAVariable": ["round-trip"],
    "NotLoadable": ["round-trip"],
    "WrongShape": ["output-shape-mismatch"],
    "FailingShape": ["output-shape-mismatch"],
    "CuredShape": [],
    "IgnoresPolicy": [],
    "IgnoresVariablePolicy": ["dtype"],
    "CountsCalls": ["state-changed"],
}


def examined(name: str, **options: object) -> Inspection:
    how: dict[str, object] = {"doctor": True, "fresh_process": False, **options}
    return inspect_layer(f"{ZOO}:{name}", input_shape=(2, 3), **how)  # type: ignore[arg-type]


def codes(inspection: Inspection) -> list[str]:
    return [note.code for note in inspection.notes]


#: The first layer with each list of findings; the others run in `make check`.
QUICK = {tuple(found): name for name, found in reversed(FOUND.items())}.values()


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[] if name in QUICK else [pytest.mark.slow]) for name in FOUND]
)
def test_a_layer_is_found_sick_of_what_it_has(name: str) -> None:
    inspection = examined(name)
    assert codes(inspection) == FOUND[name], inspection.notes
    for note in inspection.notes:
        assert note.variable, note
        assert note.fix or note.level == "note", note


@pytest.mark.parametrize(
    ("name", "path", "created_in"),
    [
        ("UntrackedAttribute", "untracked_attribute/shift", "constructor"),
        ("UntrackedInList", "untracked_in_list/shifts/0/0", "build"),
        ("UntrackedInDict", "untracked_in_dict/shifts/first", "build"),
        ("UntrackedInTuple", "untracked_in_tuple/pair/1", "build"),
        ("UntrackedInModule", "untracked_in_module/outer/inner/shift", "build"),
        ("UntrackedInObject", "untracked_in_object/plain/shift", "build"),
        ("UntrackedInClosure", "untracked_in_closure/shifted/shift", "build"),
        ("UntrackedMadeInCall", "untracked_made_in_call/made_in_call", "call"),
        ("UntrackedKeptInCall", "untracked_kept_in_call/late", "call"),
    ],
)
def test_untracked_variables_are_listed_where_they_hide_and_counted_in_no_total(
    name: str, path: str, created_in: str
) -> None:
    inspection = examined(name, doctor=False)
    (row,) = (one for one in inspection.variables if one.info.path == path)
    assert row.info.role == "untracked"
    assert row.info.trainable is False
    assert row.info.created_in == created_in
    assert row.read().shape == row.info.shape
    assert inspection.totals.variables == 1
    assert [note.variable for note in inspection.notes if note.code == "untracked-variable"].count(path) == 1


def test_each_variable_is_told_where_it_was_created() -> None:
    listed = {one.info.path: one.info.created_in for one in examined("UnbuiltSublayer").variables}
    assert listed == {
        "unbuilt_sublayer/scale": "build",
        "unbuilt_sublayer/dense/kernel": "call",
        "unbuilt_sublayer/dense/bias": "call",
        "unbuilt_sublayer/sequential/dense_1/kernel": "call",
        "unbuilt_sublayer/sequential/dense_1/bias": "call",
    }


def test_without_the_doctor_only_what_costs_nothing_is_looked_for() -> None:
    assert codes(examined("UntrackedAttribute", doctor=False)) == ["untracked-variable"]
    assert codes(examined("DuplicateVariable", doctor=False)) == ["duplicate-name"]
    assert codes(examined("NotRegistered", doctor=False)) == ["not-registered"]
    assert codes(examined("CountsCalls", doctor=False)) == ["state-changed"]
    for name in ("NoGradient", "UnbuiltSublayer", "ConfigMissing", "NotLoadable", "WrongShape"):
        assert codes(examined(name, doctor=False)) == []


def test_gradients_are_measured_and_a_missing_one_is_not_zero() -> None:
    for name, expected in (("NoGradient", [None]), ("ZeroGradient", [1, 0.0]), ("UnusedWeight", [1, None])):
        inspection = examined(name, doctor=False, gradients=True)
        norms = [one.gradient.norm for one in inspection.variables if one.gradient is not None]
        assert [norm if not norm else 1 for norm in norms] == expected


def test_a_gradient_is_that_of_a_linear_loss() -> None:
    # d(sum of r * x * scale) / d(scale) = sum over the batch of r * x, the largest of a few tries
    (variable,) = examined("CuredShape", doctor=False, gradients=True).variables
    assert variable.gradient is not None
    assert variable.gradient.norm is not None
    assert 0.0 < variable.gradient.norm < 100.0


def test_a_dtype_policy_that_is_not_obeyed_is_told() -> None:
    inspection = examined("IgnoresPolicy", dtype_policy="mixed_float16")
    assert codes(inspection) == ["dtype"]
    assert "the output is float32" in inspection.notes[0].message
    assert codes(examined("CuredShape", dtype_policy="mixed_float16")) == []


def test_a_layer_is_as_it_was_after_the_doctor_has_gone() -> None:
    plain, examined_one = (examined("UnbuiltSublayer", doctor=doctor) for doctor in (False, True))
    for one, other in zip(plain.variables, examined_one.variables, strict=True):
        assert one.read().tobytes() == other.read().tobytes()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["NotRegistered", "CuredUntracked", "LosesItsState"])
def test_a_fresh_process_finds_the_same(name: str) -> None:
    assert codes(examined(name, fresh_process=True)) == FOUND[name]


@pytest.mark.parametrize(
    ("name", "step"),
    [
        ("ConfigNone", "get_config: "),
        ("NotLoadable", "from_config: "),
        ("LosesAVariable", "loading: "),
        ("LosesItsState", "outputs: "),
    ],
)
def test_a_broken_round_trip_says_at_which_step_it_broke(name: str, step: str) -> None:
    (note,) = (one for one in examined(name).notes if one.code == "round-trip")
    assert note.message.startswith(step)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "shape"), [("CustomDense", (1, 128)), pytest.param("CustomConv2D", (1, 28, 28, 3), marks=pytest.mark.slow)]
)
def test_the_layers_that_are_shipped_are_healthy(name: str, shape: tuple[int, ...]) -> None:
    assert inspect_layer(name, input_shape=shape, doctor=True).notes == ()


def test_the_shipped_layer_that_watches_is_healthy_and_changes_its_average() -> None:
    inspection = inspect_layer("CustomStatsLayer", input_shape=(10, 5), doctor=True, fresh_process=False)
    assert codes(inspection) == ["state-changed"]


def test_a_layer_too_large_for_memory_is_built_from_shapes() -> None:
    inspection = inspect_layer("Dense", input_shape=(1, 1_000_000), arguments={"units": 1_000_000}, symbolic=True)
    assert [one.info.shape for one in inspection.variables] == [(1_000_000, 1_000_000), (1_000_000,)]
    assert inspection.totals.bytes == 4 * (10**12 + 10**6)
    assert inspection.forward_pass is not None
    assert [one.shape for one in inspection.forward_pass.outputs] == [(1, 1_000_000)]
    assert all(entry["preview"] == [] for entry in inspection.to_dict()["variables"])
