"""A load plan says what Keras does: the verdict, its words, and where every value comes from."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.conftest import of_the_present_keras
from tests.measure.load.pairs import PAIRS, QUICK, Pair
from tests.source.file.keras_oracle import keras
from weightscope.inspection import Inspection
from weightscope.inspection.load_plan import LoadPlan
from weightscope.measure.load.plan import LoadOptions, plan_load
from weightscope.source.file import inspect_file
from weightscope.source.live.model import inspect_in_memory
from weightscope.source.wanted import Wanted

pytestmark = pytest.mark.filterwarnings("ignore")

LAYOUT = Wanted(layout=True)

#: Keras 3.13 does not save layers in lists in lists, and its BatchNormalization has no argument `renorm`.
ONLY_NOW = {
    *("stack-list-nested", "stack-dict-nested", "stack-nested-nested", "stack-nested-more", "stack-nested-less"),
    "bn-renorm",
}


@pytest.fixture(autouse=True)
def _fresh_names() -> None:
    keras.utils.clear_session(free_memory=False)


def variables_of(model: Any) -> list[Any]:
    """Returns the variables that files hold, in the order in which they are listed."""
    return [one for one in model.weights if "lora" not in one.name]


def give_values(model: Any, sign: int) -> None:
    """Gives each variable a value of its own."""
    for number, variable in enumerate(variables_of(model), 1):
        variable.assign(np.full(tuple(variable.shape), sign * number, np.float32).astype(variable.dtype))


def first_values(inspection: Inspection) -> dict[float, str]:
    """Returns which stored variable has which value."""
    return {
        float(np.asarray(one.read(), np.float64).reshape(-1)[0]): one.info.path
        for one in inspection.variables
        if one.info.role == "weight"
    }


def save(model: Any, path: Path) -> None:
    if path.name.endswith(".weights.h5"):
        model.save_weights(path)
    else:
        model.save(path)


def keras_load(model: Any, path: Path, options: LoadOptions) -> str | None:
    """Loads the weights with Keras; returns what it says when it raises."""
    given: dict[str, Any] = {"skip_mismatch": options.skip_mismatch}
    if options.by_name:
        given["by_name"] = True
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            model.load_weights(path, **given)
        except Exception as error:
            return str(error)
    return None


def origins(model: Any, weights: Inspection, target: Inspection) -> dict[str, str | None]:
    """Returns where the value of each variable of the target comes from; None where it stayed."""
    stored = first_values(weights)
    infos = [one.info for one in target.variables if one.info.role == "weight"]
    found = {}
    for path, variable in zip((one.path for one in infos if "lora" not in one.name), variables_of(model), strict=True):
        value = float(np.asarray(keras.ops.convert_to_numpy(variable), np.float64).reshape(-1)[0])
        # factors of LoRA are set to 0 and come from no file
        found[path] = None if value <= 0 else stored[value]
    return found


def planned(plan: LoadPlan) -> dict[str, str | None]:
    return {
        one.target: one.stored if one.outcome in ("equal-path", "moved") else None
        for one in plan.assignments
        if one.target is not None
    }


def is_said(message: str, by_keras: str) -> bool:
    """Whether the message is Keras' own: how it writes an object, and a variable's path, is left out."""
    inner = message.partition("Example error message for object")[2].partition(": ")[2] or message
    start = inner.partition("for weight ")[0]
    return " ".join(start.split()) in " ".join(by_keras.split())


def ways() -> Iterator[tuple[str, LoadOptions]]:
    yield "m.weights.h5", LoadOptions()
    yield "m.keras", LoadOptions()
    yield "m.h5", LoadOptions()
    yield "m.weights.h5", LoadOptions(skip_mismatch=True)
    yield "m.h5", LoadOptions(skip_mismatch=True)
    yield "m.h5", LoadOptions(by_name=True)
    yield "m.h5", LoadOptions(by_name=True, skip_mismatch=True)


def assert_agreement(pair: Pair, folder: Path) -> None:
    source, target = pair.source(), pair.target()
    give_values(source, 1)
    in_memory = inspect_in_memory(target, LAYOUT)
    saved = None
    if pair.is_saved:
        target.save(folder / "target.keras")
        saved = inspect_file(str(folder / "target.keras"), LAYOUT)
    for name, options in ways():
        path = folder / name
        if not path.exists():
            save(source, path)
        weights = inspect_file(str(path), LAYOUT)
        give_values(target, -1)
        said = keras_load(target, path, options)
        what = f"{pair.name} {name} {options}"
        assert_plan(plan_load(weights, in_memory, options), said, origins(target, weights, in_memory), f"live {what}")
        if saved is not None:
            assert_plan(plan_load(weights, saved, options), said, origins(target, weights, saved), what)


def assert_plan(plan: LoadPlan, said: str | None, found: dict[str, str | None], what: str) -> None:
    assert (plan.verdict == "raises") == (said is not None), f"{what}: Keras says {said}, the plan {plan.message}"
    if said is not None:
        assert plan.message is not None
        assert is_said(plan.message, said), f"{what}: Keras says {said}, the plan {plan.message}"
    read = {path: one for path, one in planned(plan).items() if "lora" not in path}
    assert read == found, what


def test_the_quick_pairs_are_pairs() -> None:
    assert {pair.name for pair in PAIRS} >= QUICK | ONLY_NOW


def marks_of(pair: Pair) -> Iterator[pytest.MarkDecorator]:
    if pair.name not in QUICK:
        yield pytest.mark.slow
    if pair.name in ONLY_NOW:
        yield of_the_present_keras


@pytest.mark.parametrize(
    "pair",
    [pytest.param(pair, id=pair.name, marks=list(marks_of(pair))) for pair in PAIRS],
)
def test_a_plan_is_what_keras_does(pair: Pair, tmp_path: Path) -> None:
    assert_agreement(pair, tmp_path)


def keras_2_pairs() -> dict[str, tuple[Any, Any]]:
    """Returns models of Keras 2, whose legacy files Keras 3 loads, and targets of Keras 3."""
    old, new = pytest.importorskip("tf_keras").layers, keras.layers

    def both(*made: tuple[str, dict[str, Any]], shape: tuple[int, ...] = (4,), frozen: int | None = None) -> Any:
        models = []
        for package in (pytest.importorskip("tf_keras"), keras):
            built = [getattr(package.layers, name)(**options) for name, options in made]
            model = package.Sequential([package.Input(shape), *built])
            if frozen is not None and package is not keras:
                model.layers[frozen].trainable = False
            models.append(model)
        return tuple(models)

    dense: tuple[str, dict[str, Any]] = ("Dense", {"units": 4})
    return {
        "dense": both(dense, dense),
        "batch-normalization": both(dense, ("BatchNormalization", {})),
        "frozen": both(dense, ("BatchNormalization", {}), frozen=1),
        "lstm": both(("LSTM", {"units": 3}), shape=(5, 2)),
        "gru": both(("GRU", {"units": 3}), shape=(5, 2)),
        "gru-without-reset": both(("GRU", {"units": 3, "reset_after": False}), shape=(5, 2)),
        "separable": both(("SeparableConv1D", {"filters": 3, "kernel_size": 2}), shape=(6, 2)),
        "other-sizes": (both(dense, dense)[0], both(dense, ("Dense", {"units": 5}))[1]),
        "one-more": (both(dense)[0], both(dense, dense)[1]),
        "bidirectional": tuple(
            package.Sequential([package.Input((5, 2)), layers.Bidirectional(layers.LSTM(3))])
            for package, layers in ((pytest.importorskip("tf_keras"), old), (keras, new))
        ),
    }


def test_legacy_files_of_keras_2_load_as_planned(tmp_path: Path) -> None:
    for name, (source, target) in keras_2_pairs().items():
        for number, variable in enumerate(source.weights, 1):
            variable.assign(np.full(tuple(variable.shape), number, np.float32))
        path, target_path = tmp_path / f"{name}.h5", tmp_path / f"{name}.keras"
        source.save_weights(path)
        target.save(target_path)
        saved, weights = inspect_file(str(target_path), LAYOUT), inspect_file(str(path), LAYOUT)
        for options in (LoadOptions(), LoadOptions(skip_mismatch=True)):
            give_values(target, -1)
            said = keras_load(target, path, options)
            assert_plan(plan_load(weights, saved, options), said, origins(target, weights, saved), f"{name} {options}")
