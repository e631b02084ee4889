"""When each variable was created: in the layer's constructor, in its `build()`, or in its first call.

Keras' variables and TensorFlow's own are seen alike, whether anything holds them later or not.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from weightscope.inspection.variable import CreatedIn
from weightscope.source.live.creation import watched_creation
from weightscope.source.live.framework import keras, tensorflow
from weightscope.source.live.keras_internals import tensor_of
from weightscope.source.live.replaced import replaced


class CreationLog:
    """Remembers every variable that is created while it watches.

    Attributes:
        phase: What the layer is doing now.
    """

    def __init__(self) -> None:
        self.phase: CreatedIn = "constructor"
        self._phases: dict[int, CreatedIn] = {}
        self._held: list[Any] = []  # so that no other object comes to have the id of a variable
        self._layers_in_call: list[Any] = []
        self._raw: list[Callable[[], Any]] = []

    @contextmanager
    def watching(self, bound: int, on_create: Callable[[Any], object] = lambda _: None) -> Iterator[None]:
        """Within it variables are remembered as they are created, and handed to `on_create` when they have values.

        Args:
            bound: Bytes that new Keras variables may take together.
            on_create: Called with each Keras variable.
        """

        def remember(variable: Any) -> None:
            self._phases[id(variable)] = self.phase
            self._held.append(variable)
            if tensor_of(variable) is not None:  # None in a stateless scope, where Keras puts initialisation off
                on_create(variable)

        def create(next_creator: Callable[..., Any], **options: Any) -> Any:
            variable = next_creator(**options)
            self._remember_raw(variable)
            return variable

        with (
            watched_creation(bound, remember),
            tensorflow.variable_creator_scope(create),
            replaced(keras.layers.Layer, "__new__", self._remembering(keras.layers.Layer.__new__)),
        ):
            yield

    def layers_made_in_call(self) -> list[Any]:
        """Returns the layers that were constructed while `call()` ran."""
        return self._layers_in_call

    def created_in(self, variable: Any) -> CreatedIn | None:
        """Returns when a variable was created; None for one that was there before."""
        return self._phases.get(id(variable))

    def raw_variables(self) -> list[Any]:
        """Returns the TensorFlow variables that are not a Keras variable's own, and that something still holds.

        Those of the call count too when nothing holds them: each call makes them anew.
        """
        kept = {id(tensor_of(variable)) for variable in self._held}
        alive = (reference() for reference in self._raw)
        return [variable for variable in alive if variable is not None and id(variable) not in kept]

    def _remembering(self, create: Callable[..., Any]) -> Any:
        """Returns what makes all layers, and remembers the layer if `call()` runs.

        Not the constructor, whose signature Keras reads to know which arguments belong into a config.
        """

        def create_remembered(kind: type, *arguments: Any, **options: Any) -> Any:
            layer = create(kind, *arguments, **options)
            if self.phase == "call":
                self._layers_in_call.append(layer)
            return layer

        return staticmethod(create_remembered)

    def _remember_raw(self, variable: Any) -> None:
        self._phases[id(variable)] = self.phase
        self._raw.append((lambda: variable) if self.phase == "call" else weakref.ref(variable))
