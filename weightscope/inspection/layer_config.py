"""What a model's config says of one layer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class LayerConfig:
    """A layer as the config tells of it, whatever the file holds.

    Attributes:
        path: Of the layer inside the model; empty for the model itself.
        class_name: Its class.
        config: Its own config, as `get_config` returned it. It comes from the file: anything may stand in it.
        expected: How many variables of its own Keras makes for it, and expects to load; None where that is unknown.
        stored: How many the file holds for it; None where the file does not tell.
        input_shape: Of the one input that it was built for, the batch first; None where the config tells of none.
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
