"""What is watched while a layer is built is left exactly as it was."""

from __future__ import annotations

from typing import Any

import pytest

from tests.source.live.doctor.zoo import sound_layers
from weightscope import inspect_layer
from weightscope.source.live.creation import TooLargeError, watched_creation
from weightscope.source.live.framework import keras
from weightscope.source.live.replaced import replaced


def test_a_variable_takes_its_arguments_by_position_as_keras_has_them() -> None:
    made: list[Any] = []
    with watched_creation(1000, made.append):
        variable = keras.Variable("ones", (2, 3), "float32", False, True, "none", "auto", "by_position")
    assert made == [variable]
    assert (variable.shape, variable.trainable, variable.name) == ((2, 3), False, "by_position")
    (row,) = inspect_layer(sound_layers.PositionalVariableArguments(), input_shape=(2, 3)).variables
    assert row.info.trainable is False


def test_a_variable_that_would_not_fit_is_refused_however_its_shape_is_passed() -> None:
    for arguments, options in (((("ones"), (1000,)), {}), (("ones",), {"shape": (1000,)}), (("ones", 1000), {})):
        with watched_creation(1000, lambda _: None), pytest.raises(TooLargeError):
            keras.Variable(*arguments, **options)


def test_what_the_constructor_refuses_is_refused_in_its_own_words() -> None:
    with watched_creation(1000, lambda _: None):
        with pytest.raises(TypeError, match="initializer"):
            keras.Variable(shape=(2,))
        with pytest.raises(ValueError, match="float17"):
            keras.Variable("ones", (2,), "float17")


def test_the_class_is_as_it_was_also_after_an_exception() -> None:
    before = dict(vars(keras.Variable)), keras.Variable.__init__
    with pytest.raises(RuntimeError), watched_creation(1000, lambda _: None):
        raise RuntimeError
    assert (dict(vars(keras.Variable)), keras.Variable.__init__) == before


def test_an_attribute_that_was_inherited_is_inherited_again() -> None:
    class Owner:
        def call(self) -> str:
            return "own"

    owner, other = Owner(), Owner()
    other.call = lambda: "set on itself"  # type: ignore[method-assign]
    kept = other.call
    for one in (owner, other):
        with replaced(one, "call", lambda: "replaced"):
            assert one.call() == "replaced"
    assert vars(owner) == {}
    assert other.call is kept


@pytest.mark.parametrize("shape", [(2, 3), (2,)])  # the second fails in build()
def test_a_layer_keeps_the_call_that_it_had_set_on_itself(shape: tuple[int, ...]) -> None:
    layer, plain = sound_layers.CallSetOnItself(), sound_layers.Kernel()
    kept = layer.call
    for one in (layer, plain):
        inspect_layer(one, input_shape=shape)
    assert layer.call is kept
    assert "call" not in vars(plain)
