"""Where a part of a layer stands in the code of its owner."""

from __future__ import annotations

from tests.source.live.doctor.zoo.faulty_layers import SublayersUnderAKerasName
from tests.source.live.doctor.zoo.sound_layers import SublayersInNestedDicts
from weightscope.source.live.doctor.examined_layer import place_of


def test_a_place_is_in_an_attribute_of_the_layer_and_not_in_the_list_that_keras_keeps() -> None:
    layer = SublayersInNestedDicts()
    assert place_of(layer.branches["b"]["c"], layer) == "self.branches['b']['c']"


def test_a_place_is_in_an_attribute_of_keras_if_the_code_uses_it() -> None:
    layer = SublayersUnderAKerasName()
    assert place_of(layer._layers[1], layer) == "self._layers[1]"
