"""Records when each variable was created: in the layer's constructor, in its `build()`, or in its first call.

The log includes variables of Keras and of TensorFlow, also those that no object refers to later.
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
    """Records every variable that is created within `watching`.

    Attributes:
        phase: The current phase of the layer, which is recorded for new variables.
    """

    def __init__(self) -> None:
        self.phase: CreatedIn = "constructor"
        self._phases: dict[int, CreatedIn] = {}
        self._held: list[Any] = []  # so that no other object gets the id of a variable
        self._layers_in_call: list[Any] = []
        self._raw: list[Callable[[], Any]] = []

    @contextmanager
    def watching(self, bound: int, on_create: Callable[[Any], object] = lambda _: None) -> Iterator[None]:
        """In the context, records each new variable and calls `on_create` with those that have values.

        Args:
            bound: The largest total size of new Keras variables, in bytes.
            on_create: Called with each new Keras variable that has a value.
        """

        def remember(variable: Any) -> None:
            self._phases[id(variable)] = self.phase
            self._held.append(variable)
            if tensor_of(variable) is not None:  # None in a stateless scope, where Keras postpones initialization
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
        """Returns when a variable was created; None if it existed before."""
        return self._phases.get(id(variable))

    def raw_variables(self) -> list[Any]:
        """Returns the TensorFlow variables outside of Keras variables that still exist.

        Variables that were created in the call are always included, because each call creates them again.
        """
        kept = {id(tensor_of(variable)) for variable in self._held}
        alive = (reference() for reference in self._raw)
        return [variable for variable in alive if variable is not None and id(variable) not in kept]

    def _remembering(self, create: Callable[..., Any]) -> Any:
        """Returns a `Layer.__new__` that records layers created in `call()`.

        It wraps `__new__` instead of `__init__`, because Keras reads the signature of `__init__` for the config.
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
