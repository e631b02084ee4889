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
