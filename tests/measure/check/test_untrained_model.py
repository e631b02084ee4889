"""A model is called untrained as a whole only if nothing in it has changed since it was made."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.conftest import SAMPLES, Run
from tests.records import InMemory
from weightscope.inspection import Inspection
from weightscope.measure import Choice
from weightscope.measure.check.check_weights import check_weights
from weightscope.measure.check.settings import CheckSettings
from weightscope.measure.check.verdict import verdict_of
from weightscope.measure.listing.listing import list_measured
from weightscope.source.file import inspect_file

FRESH = ("attention_encoder.keras", "text_bidirectional_lstm.keras")

#: A model, and the place of the variable to change; not of a recurrent kernel, whose initializer has no distribution.
CHANGES = [*((FRESH[0], place) for place in range(12)), *((FRESH[1], place) for place in (0, 1, 3, 4, 6, 7, 8))]


def fresh(name: str) -> Inspection:
    return inspect_file(str(SAMPLES / name))


@pytest.mark.parametrize("name", FRESH)
def test_a_model_that_was_saved_as_it_was_made_is_untrained(name: str, run: Run) -> None:
    said = "the whole model is untrained"
    assert check_weights(fresh(name)).is_untrained
    assert run("check", SAMPLES / name).stdout.splitlines()[0].startswith(f"{SAMPLES / name}: {said}; ")
    assert f"no NaN or Inf; {said}\n" in run("inspect", SAMPLES / name, "--stats").stdout


@pytest.mark.parametrize(("name", "place"), CHANGES)
def test_a_model_of_which_one_variable_has_changed_is_not(name: str, place: int) -> None:
    model = fresh(name)
    variables = list(model.variables)
    changed = variables[place].read() * np.float32(3) + np.float32(0.25)
    variables[place] = replace(variables[place], values=InMemory(changed))
    after = replace(model, variables=tuple(variables))
    assert not check_weights(after).is_untrained
    assert not verdict_of(list_measured(after, Choice(statistics=True))).is_untrained


def test_what_is_not_looked_at_is_not_judged(run: Run) -> None:
    model = fresh(FRESH[0])
    assert not check_weights(model, CheckSettings(ignore=frozenset({"untrained-weights"}))).is_untrained
    assert not check_weights(replace(model, layers=())).is_untrained
    some = run("inspect", SAMPLES / FRESH[0], "--stats", "--filter", "kernel").stdout
    assert "no NaN or Inf; 5 kernels as initialized (of what is listed)\n" in some


def test_normalizations_without_data_are_counted_beside_trained_weights() -> None:
    model = inspect_file(str(SAMPLES / "cnn_frozen_batchnorm.keras"))
    start = {"moving_mean": 0.0, "moving_variance": 1.0}
    variables = tuple(
        replace(one, values=InMemory(np.full(one.info.shape, start[one.info.name], "float32")))
        if one.info.name in start
        else one
        for one in model.variables
    )
    verdict = verdict_of(list_measured(replace(model, variables=variables), Choice(statistics=True)))
    assert verdict.normalizations == {"untrained-batchnorm": 1}
    assert not verdict.is_untrained


def test_the_verdict_names_where_values_are_not_finite(run: Run) -> None:
    sick = SAMPLES / "nan_weights.keras"
    assert "\n3 NaN, 2 Inf in scores/kernel, scores/bias\n" in run("inspect", sick, "--stats").stdout
    assert "\n3 NaN, 2 Inf in scores\n" in run("inspect", sick, "--stats", "--by", "layer").stdout
    assert "NaN or Inf" not in run("inspect", SAMPLES / "unbuilt.keras", "--stats").stdout
