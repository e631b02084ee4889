"""Private names of Keras, all of them here: a version that lacks one is named in one clear error.

Each is here since Keras has no public way to what it does. Versions: Keras 3.6 to 3.15.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from weightscope.errors import ModelError
from weightscope.source.live.framework import keras


def internal(path: str) -> Any:
    """Returns the object at a path below `keras.src`.

    Raises:
        ModelError: The installed Keras has nothing there.
    """
    found: Any = keras.src
    for name in path.split("."):
        found = getattr(found, name, None)
        if found is None:
            raise ModelError(
                f"keras {keras.__version__}",
                f"it has no keras.src.{path}, which weightscope needs",
                "pip install 'keras>=3.6,<3.16'",
            )
    return found


def is_saveable(item: Any) -> bool:
    """Whether Keras saves the state of an object: a layer, a model, an optimizer, a metric."""
    return isinstance(item, internal("saving.keras_saveable.KerasSaveable"))


def walk_saveable(item: Any) -> Iterator[tuple[str, Any]]:
    """Yields the attributes of an object by which Keras looks for what is inside it, in the order in which it does."""
    yield from internal("saving.saving_lib._walk_saveable")(item)


def snake_case(class_name: str) -> str:
    """Returns the name that Keras makes of a class for its group."""
    return str(internal("utils.naming.to_snake_case")(class_name))


def own_variables(layer: Any) -> tuple[Any, ...]:
    """Returns the variables that a layer itself made, trainable ones first, those of its sub-layers left out."""
    return (*layer._trainable_variables, *layer._non_trainable_variables)


def sublayers(layer: Any) -> list[Any]:
    """Returns the layers that a layer tracks as its own, in the order in which it got them."""
    return list(layer._layers)


def all_layers(layer: Any, *, include_self: bool = True) -> list[Any]:
    """Returns a layer with all that is inside it, each once."""
    return list(layer._flatten_layers(include_self=include_self))


def seed_generators(layer: Any) -> list[Any]:
    """Returns the seed generators that a layer tracks as its own."""
    return list(layer._seed_generators)


def own_metrics(layer: Any) -> list[Any]:
    """Returns the metrics that a layer tracks as its own."""
    return list(layer._metrics)


def own_losses(layer: Any) -> list[Any]:
    """Returns the losses that a layer's own last call added."""
    return list(layer._losses)


def build_shapes(layer: Any) -> dict[str, Any] | None:
    """Returns the shapes that a layer was built with, by argument; None where Keras recorded none."""
    found = layer._build_shapes_dict
    return None if found is None else dict(found)


def tensor_of(variable: Any) -> Any:
    """Returns the backend's own variable; None in a stateless scope, where Keras puts initialisation off."""
    return variable._value


def functional_class() -> Any:
    """Returns the class of functional models."""
    return internal("models.Functional")
