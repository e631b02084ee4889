"""The settings of a layer are its own attributes, before and after it is built."""

from __future__ import annotations

from typing import Any

from tests.source.live.doctor.zoo.sound_layers import MapsItsActivation
from weightscope.source.live.doctor.settings import settings_of


def test_what_tensorflow_adds_to_a_layer_is_no_setting() -> None:
    layer: Any = MapsItsActivation()
    before = settings_of(layer)
    layer.build((None, 3))
    assert settings_of(layer) == {**before, "width": 3}
