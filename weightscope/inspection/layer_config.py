"""The config of one layer of a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class LayerConfig:
    """A layer in the config; the file may hold other weights.

    Attributes:
        path: Of the layer inside the model; empty for the model itself.
        class_name: Its class.
        config: Its own config, as `get_config` returned it. It comes from the file: anything may stand in it.
        expected: The number of own variables that Keras creates and expects to load; None if unknown.
        stored: The number of variables that the file holds for it; None if unknown.
        input_shape: The shape of the one input that it was built for, the batch first; None if not in the config.
        group: The group of the file that holds its variables, or those of layers inside it; None where there is none.
        sought: The group in which Keras 3 looks for them; None where `group` is.
    """

    path: str
    class_name: str
    config: Mapping[str, Any] = field(repr=False, compare=False)
    expected: int | None = None
    stored: int | None = None
    input_shape: tuple[int | None, ...] | None = None
    group: str | None = None
    sought: str | None = None
