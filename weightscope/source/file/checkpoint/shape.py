"""Shapes as TensorFlow writes them.

Source: `tensorflow/core/framework/tensor_shape.proto`.
"""

from __future__ import annotations

from typing import Any

from weightscope.source.file.checkpoint.protobuf import Fields

#: The messages of a shape, for a table of others that use `Shape`.
SHAPE_MESSAGES: dict[str, Fields] = {
    "Shape": {"dim": (2, "repeated Dimension"), "unknown_rank": (3, "bool")},
    "Dimension": {"size": (1, "int64")},
}


def shape_of(message: Any) -> tuple[int | None, ...] | None:
    """Returns the shape in a `Shape` message: an axis of unknown size is None, and so is a shape of unknown rank."""
    if message.unknown_rank:
        return None
    return tuple(None if one.size < 0 else one.size for one in message.dim)
