"""The input of the examinations: a layer that was built and called."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from weightscope.source.layer_settings import LayerSettings
from weightscope.source.live.dummy_tensors import Call
from weightscope.source.live.forward_pass import PassResult
from weightscope.source.live.framework import keras
from weightscope.source.live.untracked import Untracked, own_attributes
from weightscope.source.live.variables import Chain, walk_layers
from weightscope.source.spec import LayerSpec

#: Makes another unbuilt layer. Takes the constructor arguments to change, and a dtype policy or None for the default.
Remake = Callable[[Mapping[str, Any], str | None], Any]


@dataclass(frozen=True, slots=True)
class ExaminedLayer:
    """A layer after its first call.

    Attributes:
        layer: The layer. Its variables have the values from before the call.
        spec: The spec of the layer.
        call: The arguments of the call.
        run: The result of the call.
        untracked: Variables that Keras does not track.
        paths: The path of each variable by its `id`.
        how: How the layer was built and called, and how to examine it.
        remade: Makes another such layer; None for a layer object from the caller.
    """

    layer: Any
    spec: LayerSpec
    call: Call
    run: PassResult
    untracked: tuple[Untracked, ...]
    paths: dict[int, str]
    how: LayerSettings
    remade: Remake | None = None

    @property
    def seed(self) -> int:
        """The seed that makes random numbers repeatable."""
        return self.how.seed or 0

    @property
    def forward_error(self) -> str | None:
        """The error of the call; None if the call succeeded."""
        return self.run.forward_pass.error if self.run.forward_pass else None

    def known_classes(self) -> AbstractContextManager[Any]:
        """Returns a scope in which Keras finds the classes of the layer and its sub-layers, registered or not."""
        own = {type(layer).__name__: type(layer) for _, _, layer in self.layers()}
        return keras.saving.custom_object_scope(own)  # type: ignore[no-any-return]  # Keras ships no types

    def made_again(self) -> Any:
        """Returns another unbuilt layer with the same arguments; None if `from_config` fails.

        Raises:
            LayerError: The constructor refuses the arguments that it accepted before.
        """
        if self.remade is not None:
            return self.remade({}, self.how.dtype_policy)
        try:
            return type(self.layer).from_config(self.layer.get_config())
        except (Exception, SystemExit):
            return None

    def is_regularized(self, identity: int) -> bool:
        """Whether the variable with this `id` has a regularizer, whose penalty Keras adds to the loss."""
        return any(one.regularizer is not None for one in self.layer.variables if id(one) == identity)

    def layers(self) -> Iterator[tuple[str, Chain, Any]]:
        """Yields path, chain and object of the layer and of each sub-layer, each once. Chains start below the layer."""
        seen = set()
        for chain, layer in walk_layers(self.layer, ()):
            if id(layer) not in seen:
                seen.add(id(layer))
                yield "/".join(one.name for one in (self.layer, *chain)), chain, layer


def place_of(part: Any, owner: Any) -> str | None:
    """Returns the expression for `part` in the code of `owner`: `self.dense`, `self.blocks["a"][0]`.

    None if `part` is not reachable through attributes, lists, tuples, dicts and sets.
    """
    attributes = sorted(vars(owner).items(), key=lambda item: item[0].startswith("_"))
    of_keras = own_attributes()
    own = {name: value for name, value in attributes if name not in of_keras}
    # in its own attributes, such as `_layers`, Keras lists what the code of the layer stores in others
    return _place_in(own, part) or _place_in(dict(attributes), part)


def _place_in(attributes: Mapping[str, Any], part: Any) -> str | None:
    waiting = deque((f"self.{name}", value) for name, value in attributes.items())
    seen: set[int] = set()
    while waiting:
        path, value = waiting.popleft()
        if value is part:
            return path
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, (list, tuple)):
            waiting.extend((f"{path}[{place}]", one) for place, one in enumerate(value))
        elif isinstance(value, dict):
            waiting.extend((f"{path}[{key!r}]", one) for key, one in value.items())
        elif isinstance(value, (set, frozenset)):
            waiting.extend((f"[*{path}][{place}]", one) for place, one in enumerate(value))
    return None


def is_keras_own(layer: Any) -> bool:
    """Whether the layer's class is defined in Keras."""
    return str(type(layer).__module__).partition(".")[0] == "keras"
