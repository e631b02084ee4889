"""A model's config as a tree of layers: what each is called, what it owns, and which group is its own.

The tree has the order of `model.variables`. A layer that the config shares between places is one node.
Nothing here reads the weights; which groups exist is asked for, because Keras' versions name some
differently.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, field

from weightscope.errors import FileError
from weightscope.keras_facts.classes import is_keras_class, is_layer
from weightscope.keras_facts.group_names import unique_snake_names
from weightscope.keras_facts.layers import owned_weights
from weightscope.keras_facts.records import Weight
from weightscope.keras_facts.serialized import Config, is_object, items, part, text
from weightscope.keras_facts.sublayers import Sublayer, sublayers
from weightscope.source import limits

MODELS = frozenset({"Sequential", "Functional", "Model"})

_NOT_KERAS = "inspect a file that Keras wrote"

#: Where the layers of a model are: Keras 3, and Keras 2.12 (`H5IOStore.get` of Keras 3.15.1 looks in both).
_LAYER_GROUPS = ("layers", "_layer_checkpoint_dependencies")


@dataclass(eq=False, slots=True)
class Node:
    """A layer or model.

    Attributes:
        name: Its name inside the model.
        class_name: None where only the file's groups tell of it.
        group: Its path inside the file; empty for the root.
        declared: What it owns, in file order; None for a class that is not Keras'.
        frozen: Whether its own variables are loaded as not trainable; None where that is unknown.
        config: Its own config.
        children: The layers inside it.
        build_config: What it is built with when it is loaded; empty where the config says that it was never built.
    """

    name: str
    class_name: str | None
    group: str
    declared: tuple[Weight, ...] | None = None
    frozen: bool | None = False
    config: Config = field(default_factory=dict)
    children: list[Node] = field(default_factory=list)
    build_config: Config = field(default_factory=dict)


class Structure:
    """Builds nodes from serialized layers, each shared one once."""

    def __init__(self, groups: Container[str], location: str) -> None:
        self._groups = groups
        self.location = location
        self._shared: dict[int, Node] = {}
        self._layers_left = limits.LAYERS

    def build(self, layer: Config, group: str, depth: int = 0) -> Node:
        """Returns the node of a serialized layer or model, with all that is inside it.

        Raises:
            FileError: Models nest deeper, or tell more layers, than a bound of `limits`.
        """
        shared = layer.get("shared_object_id")
        if isinstance(shared, int) and shared in self._shared:
            return self._shared[shared]
        self._layers_left -= 1
        if depth > limits.LAYER_DEPTH or self._layers_left < 0:
            raise FileError(
                self.location,
                f"more than {limits.LAYERS:,} layers, or more than {limits.LAYER_DEPTH} inside one another",
                _NOT_KERAS,
            )
        node = self._node(layer, group)
        if isinstance(shared, int):
            self._shared[shared] = node
        node.children = [
            self.build(inner.config, self._existing(group, inner.groups), depth + 1) for inner in layers_inside(layer)
        ]
        return node

    def _node(self, layer: Config, group: str) -> Node:
        config = own_config(layer)
        class_name = text(layer, "class_name")
        name = text(config, "name") or text(layer, "name") or group.rpartition("/")[2]
        if len(name) > limits.PATH_CHARACTERS:
            raise FileError(self.location, f"a layer's name has {len(name):,} characters", _NOT_KERAS)
        declared: tuple[Weight, ...] | None = None
        if class_name is not None and is_keras_class(layer):
            declared = owned_weights(class_name, config) or ()
        frozen = config.get("trainable") is False
        return Node(name, class_name, group, declared, frozen, config, build_config=part(layer, "build_config"))

    def _existing(self, group: str, candidates: tuple[str, ...]) -> str:
        paths = [f"{group}/{name}" if group else name for name in candidates]
        return next((path for path in paths if path in self._groups), paths[0])


def layers_inside(layer: Config) -> list[Sublayer]:
    """Returns the layers that a serialized layer or model holds, in the order of `model.variables`."""
    config = own_config(layer)
    class_name = text(layer, "class_name") or ""
    held = [item for item in items(config, "layers") if is_layer(item)]
    if is_keras_class(layer) and class_name not in MODELS:
        return sublayers(class_name, config)
    if not held or not (class_name in MODELS or "input_layers" in config or "build_input_shape" in config):
        return []
    names = unique_snake_names(item["class_name"] for item in held)
    return [
        Sublayer(tuple(f"{root}/{name}" for root in _LAYER_GROUPS), item)
        for name, item in zip(names, held, strict=True)
    ]


def own_config(layer: Config) -> Config:
    """Returns a layer's own config; Keras 1 wrote that of a Sequential as a list of layers."""
    config = layer.get("config")
    return {"layers": config} if isinstance(config, list) else part(layer, "config")


def sublayer_config(config: Config, path: str) -> Config | None:
    """Returns the serialized layer that a custom layer's config has where the file has the group `path`.

    A custom layer's `get_config` often holds its layers under the names of its attributes, and attributes are
    what groups are named after: `encoder`, or `blocks/dense_1` for a list.
    """
    attribute, _, name = path.partition("/")
    found = config.get(attribute)
    if isinstance(found, dict) and is_object(found) and not name:
        return found
    held = list(found.values()) if isinstance(found, dict) else found
    if isinstance(held, list) and name:
        layers = [item for item in held if is_layer(item)]
        names = unique_snake_names(item["class_name"] for item in layers)
        return dict(zip(names, layers, strict=True)).get(name)
    return None
