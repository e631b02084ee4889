"""Errors of foreign code are described in one line, without what libraries append."""

from __future__ import annotations

from typing import Any

import pytest

from weightscope.source.live.foreign_code import describe_error
from weightscope.source.live.framework import tensorflow


def test_the_calls_that_tensorflow_lists_after_its_message_are_left_out() -> None:
    kept: list[Any] = []

    def keeps() -> Any:
        kept.append(tensorflow.constant(1.0))
        return kept[0]

    tensorflow.function(keeps)()
    with pytest.raises(TypeError, match="was defined here") as raised:
        tensorflow.function(lambda: kept[0] + 1.0)()
    described = describe_error(raised.value)
    assert "is out of scope and cannot be used here" in described
    assert "was defined here" not in described
