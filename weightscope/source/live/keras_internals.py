"""Private functions of Keras for which there is no public function, in Keras 3.13 to 3.15.

If the installed Keras does not have one of them, the error names that Keras version.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

from weightscope.errors import ModelError
from weightscope.source.live.framework import keras


def internal(path: str) -> Any:
    """Returns the object at a path below `keras.src`.

    Raises:
        ModelError: The installed Keras has no such object.
    """
    found: Any = keras.src
    for name in path.split("."):
        found = getattr(found, name, None)
        if found is None:
            raise ModelError(
                f"keras {keras.__version__}",
                f"this version has no keras.src.{path}, which weightscope needs",
                "pip install 'keras>=3.13.2,<3.16'",
            )
    return found


def is_saveable(item: Any) -> bool:
    """Whether Keras saves the state of an object: a layer, a model, an optimizer, a metric."""
    return isinstance(item, internal("saving.keras_saveable.KerasSaveable"))


def walk_saveable(item: Any) -> Iterator[tuple[str, Any]]:
    """Yields the attributes that Keras searches for nested objects when it saves, in the order of Keras."""
    yield from internal("saving.saving_lib._walk_saveable")(item)


def saved_objects(item: Any) -> set[int]:
    """Returns the ids of the objects whose state Keras saves with this one, itself included. Nothing is saved."""

    class NoStore(internal("saving.saving_lib.NpzIOStore")):  # type: ignore[misc]
        """A store that Keras, which asks whether there is one, leaves alone. Keras 3.13 refuses None for it."""

        def __init__(self) -> None:
            pass

        def __bool__(self) -> bool:
            return False

    saved: set[int] = set()
    internal("saving.saving_lib._save_state")(
        item, weights_store=NoStore(), assets_store=None, inner_path="", visited_saveables=saved
    )
    return saved


def group_of(store: Any) -> Any:
    """Returns the HDF5 group that a store for loading (`H5IOStore`) reads the values of one object from."""
    return store._h5_entry_group


def safe_mode_scope(safe_mode: bool) -> AbstractContextManager[None]:
    """In the context, Keras refuses the bytecode of functions in a config, or runs it.

    Before 3.15, `from_config` of a `Lambda` layer runs bytecode outside of a scope.
    """
    scope: AbstractContextManager[None] = internal("saving.serialization_lib.SafeModeScope")(safe_mode)
    return scope


def snake_case(class_name: str) -> str:
    """Returns the name that Keras derives from a class name for a group in a file."""
    return str(internal("utils.naming.to_snake_case")(class_name))


def own_variables(layer: Any) -> tuple[Any, ...]:
    """Returns the variables of a layer itself, without those of its sub-layers; trainable variables come first."""
    return (*layer._trainable_variables, *layer._non_trainable_variables)


def sublayers(layer: Any) -> list[Any]:
    """Returns the direct sub-layers of a layer, in the order in which they were added."""
    return list(layer._layers)


def all_layers(layer: Any, *, include_self: bool = True) -> list[Any]:
    """Returns a layer and all layers inside it, each once."""
    return list(layer._flatten_layers(include_self=include_self))


def seed_generators(layer: Any) -> list[Any]:
    """Returns the seed generators of a layer itself, without those of its sub-layers."""
    return list(layer._seed_generators)


def own_keras2_weights(layer: Any) -> list[Any]:
    """Returns the weights of a layer of Keras 2 itself, as `weights` of `tf_keras` 2.21 (base_layer.py) finds them."""
    return [*layer._trainable_weights, *layer._non_trainable_weights]


def own_metrics(layer: Any) -> list[Any]:
    """Returns the metrics of a layer itself, without those of its sub-layers."""
    return list(layer._metrics)


def own_losses(layer: Any) -> list[Any]:
    """Returns the losses that the layer itself added in its last call."""
    return list(layer._losses)


def build_shapes(layer: Any) -> dict[str, Any] | None:
    """Returns the shapes with which a layer was built, by argument; None if Keras did not record them."""
    found = layer._build_shapes_dict
    return None if found is None else dict(found)


def is_default(method: Any) -> bool:
    """Whether a method of a layer class, such as `build`, is the one of Keras, which no subclass defined."""
    return hasattr(method, "_is_default")


def tensor_of(variable: Any) -> Any:
    """Returns the backend's variable; None in a stateless scope, where Keras postpones initialization."""
    return variable._value


def functional_class() -> Any:
    """Returns the class of functional models."""
    return internal("models.Functional")
