"""How Keras addresses the weights of a file and of the model that it loads them into."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: `place`: by the group of each layer (`.keras`, `.weights.h5`); `order`: by the order of top-level layers (legacy).
Addressing = Literal["place", "order"]

#: The name of the group of a legacy file that holds the weights which the model itself made.
TOP_LEVEL = "top_level_model_weights"


@dataclass(frozen=True, slots=True)
class WeightGroup:
    """Variables that Keras reads together when it loads weights.

    Attributes:
        place: The layer's group in a file by place, such as `layers/dense`; the top-level layer's name in a legacy one.
        name: The layer's name; empty for the model itself.
        class_name: The layer's class; None where that is unknown.
        keys: The key of each variable in the file, in the order in which Keras reads them.
        paths: The path of each in the inspection; empty for a variable that the inspection does not list.
        is_built: Whether the layer was built.
        also_at: The place where Keras visits the same layer first; empty at that place.
    """

    place: str
    name: str
    class_name: str | None
    keys: tuple[str, ...]
    paths: tuple[str, ...]
    is_built: bool = True
    also_at: str = ""

    @property
    def first_place(self) -> str:
        """The place where Keras visits the layer first."""
        return self.also_at or self.place


@dataclass(frozen=True, slots=True)
class WeightLayout:
    """How a saved model's weights are stored, and how the model created from it loads weights.

    Attributes:
        addressing: How the file addresses its weights.
        stored: The stored groups, in the order in which Keras reads them.
        by_place: The layers of the model by their group, in the order in which Keras visits them; None if the file
            does not store groups. A layer that Keras reaches by several attributes comes several times: it looks in
            the next place if it failed in the one before.
        by_order: The top-level layers of the model, each with all that is inside it, trainable weights first; None
            if the file does not store which layer is inside which.
    """

    addressing: Addressing
    stored: tuple[WeightGroup, ...]
    by_place: tuple[WeightGroup, ...] | None = None
    by_order: tuple[WeightGroup, ...] | None = None
