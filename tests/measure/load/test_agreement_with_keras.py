"""A load plan says what Keras does: the verdict, its words, and where every value comes from."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

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


@pytest.fixture(autouse=True)
def _fresh_names() -> None:
    keras.utils.clear_session(free_memory=False)


def variables_of(model: Any) -> list[Any]:
    """Returns the variables that files hold, in the order in which they are listed."""
    return [one for one in model.variables if "seed_generator" not in one.path and "lora" not in one.name]


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


def origins(model: Any, stored: dict[float, str], target: Inspection) -> dict[str, str | None]:
    """Returns where the value of each variable of the target comes from; None where it stayed."""
    paths = [one.info.path for one in target.variables if one.info.role == "weight"]
    found = {}
    for path, variable in zip(paths, variables_of(model), strict=True):
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
    target_path = folder / "target.keras"
    target.save(target_path)
    target_inspection = inspect_file(str(target_path), LAYOUT)
    in_memory = inspect_in_memory(target, LAYOUT)
    for name, options in ways():
        path = folder / name
        if not path.exists():
            save(source, path)
        weights = inspect_file(str(path), LAYOUT)
        give_values(target, -1)
        said = keras_load(target, path, options)
        plan = plan_load(weights, target_inspection, options)
        what = f"{pair.name} {name} {options}: Keras says {said}, the plan {plan.message}"
        assert (plan.verdict == "raises") == (said is not None), what
        if said is not None:
            assert plan.message is not None
            assert is_said(plan.message, said), what
        found = origins(target, first_values(weights), target_inspection)
        assert planned(plan) == found, what
        live = plan_load(weights, in_memory, options)
        assert (live.verdict == "raises") == (said is not None), f"live: {what}"
        read = [one for path, one in planned(live).items() if "lora" not in path]
        assert read == list(found.values()), f"live: {what}"
        if said is not None:
            assert live.message is not None
            assert is_said(live.message, said), f"live: {live.message} {what}"


def test_the_quick_pairs_are_pairs() -> None:
    assert {pair.name for pair in PAIRS} >= QUICK


@pytest.mark.parametrize(
    "pair",
    [pytest.param(pair, id=pair.name, marks=[] if pair.name in QUICK else [pytest.mark.slow]) for pair in PAIRS],
)
def test_a_plan_is_what_keras_does(pair: Pair, tmp_path: Path) -> None:
    assert_agreement(pair, tmp_path)
