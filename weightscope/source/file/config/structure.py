"""A model's config as a tree of layers with their names, variables and groups.

The tree has the order of `model.variables`. A layer that the config shares between places is one node.
Nothing here reads the weights. The names of existing groups are used, because Keras' versions name some
differently.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass, field

from weightscope.errors import FileError, not_from_keras
from weightscope.keras_facts.classes import is_keras_class, is_layer
from weightscope.keras_facts.group_names import LayerGroups, unique_snake_names
from weightscope.keras_facts.layers import owned_weights
from weightscope.keras_facts.records import Weight
from weightscope.keras_facts.serialized import Config, is_object, items, part, text, without_ids
from weightscope.keras_facts.sublayers import sublayers
from weightscope.source import limits

MODELS = frozenset({"Sequential", "Functional", "Model"})

#: Where the layers of a model are: Keras 3, and Keras 2.12 (`H5IOStore.get` of Keras 3.15.1 looks in both).
_LAYER_GROUPS = ("layers", "_layer_checkpoint_dependencies")

#: Versions that skip numbers in the names of groups.
_SKIPS_NUMBERS = re.compile(r"2\.1[23](?!\d)")


@dataclass(eq=False, slots=True)
class Node:
    """A layer or model.

    Attributes:
        name: Its name inside the model.
        class_name: None if only the file's groups show that it exists.
        group: Its path inside the file; empty for the root.
        optimizer: The optimizer that a model was compiled with, as Keras serialized it; None where there is none.
        sought: The group in which Keras 3 looks for it.
        declared: Its own variables, in file order; None for a custom class.
        frozen: Whether its own variables are loaded as not trainable; None if unknown.
        config: Its own config.
        children: The layers inside it.
        build_config: The config for building it on loading; empty if it was never built.
    """

    name: str
    class_name: str | None
    group: str
    declared: tuple[Weight, ...] | None = None
    frozen: bool | None = False
    config: Config = field(default_factory=dict)
    children: list[Node] = field(default_factory=list)
    build_config: Config = field(default_factory=dict)
    optimizer: object = None
    sought: str = ""


class Structure:
    """Builds nodes from serialized layers, each shared one once.

    Args:
        groups: Every group of the file.
        location: The file, for error messages.
        keras_version: The version of Keras that wrote the file; None if unknown.
    """

    def __init__(self, groups: Container[str], location: str, keras_version: str | None = None) -> None:
        self._groups = groups
        self._is_keras_2 = (keras_version or "").startswith("2.")
        self._skips_numbers = _SKIPS_NUMBERS.match(keras_version or "") is not None
        self.location = location
        self._shared: dict[int, Node] = {}
        self._without_id: dict[tuple[str | None, str | None], Node] = {}
        self._layers_left = limits.LAYERS

    def build(self, layer: Config, group: str, sought: str | None = None, depth: int = 0) -> Node:
        """Returns the node of a serialized layer or model, with all layers inside it.

        Args:
            layer: As Keras serialized it.
            group: Its group.
            sought: The group in which Keras 3 looks for it, if different.
            depth: The number of layers around it.

        Raises:
            FileError: Models nest deeper, or have more layers, than a bound of `limits`.
        """
        known = self._known(layer)
        if known is not None:
            return known
        self._layers_left -= 1
        if depth > limits.LAYER_DEPTH or self._layers_left < 0:
            raise self._too_many()
        node = self._node(layer, group)
        node.sought = group if sought is None else sought
        if isinstance(shared := layer.get("shared_object_id"), int):
            self._shared[shared] = node
        else:
            self._without_id.setdefault((node.class_name, node.name), node)
        if held := layers_of_model(layer):
            if len(held) > limits.LAYERS:  # before any of them takes memory
                raise self._too_many()
            node.children = list(self._layers(node, held, depth))
        elif node.declared is not None:
            node.children = [
                self.build(inner.config, inside, _replaced(inside, group, node.sought), depth + 1)
                for inner in sublayers(node.class_name or "", node.config)
                for inside in [self._existing(group, inner.groups)]
            ]
        return node

    def _too_many(self) -> FileError:
        what = f"more than {limits.LAYERS:,} layers, or more than {limits.LAYER_DEPTH} inside one another"
        return not_from_keras(self.location, what)

    def _layers(self, model: Node, layers: list[Config], depth: int) -> Iterator[Node]:
        """Yields the nodes of a model's layers.

        A layer that is stored elsewhere has no group here; Keras 3 counts it nevertheless, Keras 2 does not.
        """
        path = self._existing(model.group, _LAYER_GROUPS)
        class_names = [layer["class_name"] for layer in layers]
        groups = LayerGroups(path, class_names, self._groups if self._skips_numbers else None)
        sought = LayerGroups(_replaced(path, model.group, model.sought), class_names, None)
        for layer in layers:
            known = self._known(layer)
            name = layer["class_name"]
            look = sought.next(name)
            group = groups.next(name) if known is None or not self._is_keras_2 else ""
            yield known or self.build(layer, group, look, depth + 1)

    def _known(self, layer: Config) -> Node | None:
        """Returns the node of a layer that the config shares and that was built before.

        Keras 2 gives an id to each place of a shared layer but the first, if that is in a nested model.
        """
        shared = layer.get("shared_object_id")
        if not isinstance(shared, int):
            return None
        if shared not in self._shared and self._is_keras_2:
            first = self._without_id.get((text(layer, "class_name"), text(own_config(layer), "name")))
            if first is not None and without_ids(first.config) == without_ids(own_config(layer)):
                self._shared[shared] = first
        return self._shared.get(shared)

    def _node(self, layer: Config, group: str) -> Node:
        config = own_config(layer)
        class_name = text(layer, "class_name")
        name = text(config, "name") or text(layer, "name") or group.rpartition("/")[2]
        if len(name) > limits.PATH_CHARACTERS:
            raise not_from_keras(self.location, f"a layer's name has {len(name):,} characters")
        declared: tuple[Weight, ...] | None = None
        if class_name is not None and is_keras_class(layer):
            declared = owned_weights(class_name, config) or ()
        frozen = config.get("trainable") is False
        optimizer = part(layer, "compile_config").get("optimizer")
        build_config = part(layer, "build_config")
        return Node(name, class_name, group, declared, frozen, config, build_config=build_config, optimizer=optimizer)

    def _existing(self, group: str, candidates: tuple[str, ...]) -> str:
        paths = [f"{group}/{name}" if group else name for name in candidates]
        return next((path for path in paths if path in self._groups), paths[0])


def layers_of_model(model: Config) -> list[Config]:
    """Returns the layers of a serialized model, in the order of `model.variables`; empty for other layers."""
    config = own_config(model)
    class_name = text(model, "class_name")
    is_model = "input_layers" in config or "build_input_shape" in config
    if class_name not in MODELS and (is_keras_class(model) or not is_model):
        return []
    return [item for item in items(config, "layers") if is_layer(item)]


def _replaced(path: str, start: str, other: str) -> str:
    """Returns a path that begins with `start`, with `other` in its place."""
    return path if start == other else f"{other}/{path.removeprefix(start).lstrip('/')}"


def own_config(layer: Config) -> Config:
    """Returns a layer's own config; Keras 1 wrote that of a Sequential as a list of layers."""
    config = layer.get("config")
    return {"layers": config} if isinstance(config, list) else part(layer, "config")


def sublayer_config(config: Config, path: str) -> Config | None:
    """Returns the serialized layer in a custom layer's config that belongs to the group `path` of the file.

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
