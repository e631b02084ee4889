"""Uses the layer as users do: in training, with another batch size, in a graph, in models, and in `fit`.

`raised_by` runs a trial, returns the exception of the layer's code, and restores the layer.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from weightscope.source.live.doctor.examined_layer import ExaminedLayer
from weightscope.source.live.doctor.python_state import PythonState
from weightscope.source.live.dummy_tensors import Call
from weightscope.source.live.foreign_code import plain_errors
from weightscope.source.live.framework import keras, tensorflow
from weightscope.source.live.global_settings import fresh_names
from weightscope.source.live.holder import LayerHolder
from weightscope.source.live.output_tensors import output_tensors

#: The learning rate of the single epoch, which has two steps.
_LEARNING_RATE = 1e-3


@contextmanager
def undone(examined: ExaminedLayer) -> Iterator[None]:
    """In the context, the layer may be called. Afterwards its variables and its Python state are restored."""
    state = PythonState(examined)
    keras.utils.set_random_seed(examined.seed)
    with plain_errors(), fresh_names(), examined.known_classes(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        finally:
            state.restore()
            examined.run.snapshot.restore()


def raised_by(examined: ExaminedLayer, action: Callable[[], object]) -> BaseException | None:
    """Runs an action and undoes its changes. Returns the exception that it raised, or None."""
    with undone(examined):
        try:
            action()
        except (Exception, SystemExit) as error:
            return error
    return None


def called(layer: Any, call: Call, **options: Any) -> Any:
    """Calls the layer with additional options such as `training`, and returns its outputs."""
    return layer(*call.positional, **call.named, **options)


def with_another_batch(call: Call) -> Call | None:
    """Returns the call with a batch of twice the size; None if the inputs have different batch sizes."""
    if common_batch(call) is None:
        return None
    longer = keras.tree.map_structure(lambda one: tensorflow.concat([one, one], axis=0), (call.positional, call.named))
    return Call(call.inputs, *longer)


def common_batch(call: Call) -> int | None:
    """Returns the common size of the first axis of all inputs; None if the sizes differ or an input is a scalar."""
    sizes = {int(one.shape[0]) if one.shape.rank else None for one in flat_inputs(call)}
    return sizes.pop() if len(sizes) == 1 else None


def flat_inputs(call: Call) -> list[Any]:
    """Returns all inputs in one list; positional inputs come first."""
    return list(keras.tree.flatten((call.positional, call.named)))


def traced(layer: Any, call: Call, *, open_batch: bool, training: bool) -> tuple[list[Any], list[Any]]:
    """Returns the outputs of two runs of a graph that calls the layer once, as in `fit` and `predict`.

    Args:
        layer: A Keras layer.
        call: The arguments of the call.
        open_batch: Whether the graph takes any batch size.
        training: Whether the layer is called in training mode.

    Raises:
        Exception: The layer's code failed.
    """
    flat = flat_inputs(call)
    specs = [
        tensorflow.TensorSpec([None, *one.shape[1:]] if open_batch and one.shape.rank else one.shape, one.dtype)
        for one in flat
    ]

    def forward(*tensors: Any) -> Any:
        positional, named = keras.tree.pack_sequence_as((call.positional, call.named), list(tensors))
        return output_tensors(layer(*positional, **named, training=training))

    graph = tensorflow.function(forward, input_signature=specs, autograph=False)
    return graph(*flat), graph(*flat)


def symbolic(layer: Any, call: Call, *, open_batch: bool) -> Any:
    """Returns a functional model of the layer.

    Raises:
        Exception: The layer's code failed.
    """
    places = keras.tree.map_structure(
        lambda one: keras.Input(
            batch_shape=(None if open_batch else one.shape[0], *one.shape[1:]), dtype=one.dtype.name
        ),
        (call.positional, call.named),
    )
    return keras.Model(keras.tree.flatten(places), layer(*places[0], **places[1]))


def sequential(layer: Any, call: Call) -> None:
    """Builds a Sequential of the layer, with an open batch size.

    Raises:
        Exception: The layer's code failed.
    """
    (only,) = call.positional
    model = keras.Sequential([keras.Input(tuple(only.shape[1:]), dtype=only.dtype.name), layer])
    if not model.built:
        model(only)


def held(layer: Any, call: Call) -> Any:
    """Returns an unbuilt subclassed model that contains the layer and takes `flat_inputs`."""
    return LayerHolder(layer, *keras.tree.map_structure(lambda _: 0, (list(call.positional), dict(call.named))))


def fitted(layer: Any, call: Call) -> Any:
    """Returns a subclassed model with the layer after one epoch of two batches, of different sizes if possible.

    Raises:
        Exception: The layer's code failed.
    """
    model = held(layer, call)
    model.compile(optimizer=keras.optimizers.SGD(_LEARNING_RATE), jit_compile=False)
    model.fit(_batches(call), epochs=1, verbose=0)
    return model


def _batches(call: Call) -> Any:
    longer = with_another_batch(call)
    batches = [flat_inputs(one) for one in (call, longer) if one is not None]
    specs = [
        tensorflow.TensorSpec(one.shape if longer is None else [None, *one.shape[1:]], one.dtype) for one in batches[0]
    ]
    # the first item of each element is the inputs for fit: one tensor, or a tuple of tensors
    elements = [((batch[0],) if len(batch) == 1 else (tuple(batch),)) for batch in batches]
    signature = (specs[0],) if len(specs) == 1 else (tuple(specs),)
    return tensorflow.data.Dataset.from_generator(lambda: iter(elements), output_signature=signature)
