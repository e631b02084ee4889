"""Which optimizer of a map trains a weight, as Keras looks it up, without evaluating expressions of the file."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from weightscope.source.file.keras3.optimizer_map import optimizers_of_map

ADAM, SGD = ({"class_name": name, "config": {"name": name.lower()}} for name in ("Adam", "SGD"))


def trained(keys: list[str], paths: list[str]) -> dict[str, list[str]] | None:
    """Returns the paths that the optimizer of each key trains; under `default` those of the other one."""
    inside = {"optimizer_map": dict.fromkeys(keys, ADAM), "default_optimizer": SGD}
    config = {"config": {"optimizer_map": {"config": inside}}}
    found = optimizers_of_map(config, paths)
    if found is None:
        return None
    return {key: [paths[at] for at in at_places] for key, (_, at_places) in zip([*keys, "default"], found, strict=True)}


@given(st.text("ab/.*", max_size=8), st.text("ab/", max_size=8))
def test_a_pattern_of_text_and_anything_fits_as_a_regular_expression_does(key: str, path: str) -> None:
    found = trained([key], [path])
    if found is not None and key != path:
        assert bool(found[key]) == bool(re.fullmatch(key, path))


def test_a_whole_path_comes_before_patterns() -> None:
    assert trained(["a/.*", "a/b"], ["a/b", "a/c", "d"]) == {"a/.*": ["a/c"], "a/b": ["a/b"], "default": ["d"]}


def test_what_fits_twice_is_unknown_as_keras_refuses_it() -> None:
    assert trained(["a/.*", ".*/b"], ["a/b"]) is None


def test_an_expression_is_not_evaluated() -> None:
    assert trained(["(a|a)*b"], ["a" * 64]) is None


def test_more_keys_and_paths_than_any_model_has_are_not_compared() -> None:
    assert (
        trained([f"{number}.*" for number in range(4000)], [f"layer_{number}/kernel" for number in range(4000)]) is None
    )
