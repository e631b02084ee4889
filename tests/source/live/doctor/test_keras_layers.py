"""The oracle against false alarms: the doctor finds nothing in Keras' own layers."""

from __future__ import annotations

from typing import Any

import pytest

from weightscope.source.layer_settings import LayerSettings
from weightscope.source.live.framework import keras
from weightscope.source.live.inspecting.layer import inspect_layer
from weightscope.source.shapes import InputShape
from weightscope.source.spec import LayerSpec

#: Classes that an input shape and arguments in JSON cannot build, and why.
NOT_BUILT = {
    "FlaxLayer": "takes a Flax module",
    "InputLayer": "takes no input",
    "JaxLayer": "takes a JAX function",
    "Lambda": "takes a Python function",
    "Layer": "has no call()",
    "StackedRNNCells": "takes states in a list a cell",
    "TFSMLayer": "takes a SavedModel",
    "TorchModuleWrapper": "takes a PyTorch module",
    "Wrapper": "has no call()",
}

#: Layers that draw random numbers at inference, which is reported in a note, rightly.
DRAWS_RANDOM_NUMBERS = {
    "MixUp",
    "RandomColorDegeneration",
    "RandomGrayscale",
    "RandomHue",
    "RandomPosterization",
    "RandomSaturation",
    "RandomSharpness",
}

#: What is wrong with layers of Keras itself (3.15).
SICK = {
    "RandomCrop": ["output-shape-mismatch"],  # which is what comes out in training; at inference nothing is cropped
}

_LSTM = {"class_name": "LSTM", "config": {"units": 3}}
_DENSE = {"class_name": "Dense", "config": {"units": 3}}
_CELL = {"class_name": "LSTMCell", "config": {"units": 3}}

_FACTORS = (
    "RandomBrightness",
    "RandomColorDegeneration",
    "RandomContrast",
    "RandomHue",
    "RandomRotation",
    "RandomSaturation",
    "RandomSharpness",
)

#: Constructor arguments of classes that need some.
ARGUMENTS: dict[str, dict[str, Any]] = {
    "Activation": {"activation": "relu"},
    "AlphaDropout": {"rate": 0.5},
    "Bidirectional": {"layer": _LSTM},
    "CategoryEncoding": {"num_tokens": 4},
    "CenterCrop": {"height": 2, "width": 2},
    "DepthwiseConv1D": {"kernel_size": 2},
    "DepthwiseConv2D": {"kernel_size": 2},
    "Discretization": {"bin_boundaries": [0.2, 0.5]},
    "Dot": {"axes": 1},
    "EinsumDense": {"equation": "ab,bc->ac", "output_shape": 4, "bias_axes": "c"},
    "GaussianDropout": {"rate": 0.5},
    "GaussianNoise": {"stddev": 0.5},
    "GroupNormalization": {"groups": 3},
    "GroupQueryAttention": {"head_dim": 4, "num_query_heads": 2, "num_key_value_heads": 1},
    "HashedCrossing": {"num_bins": 4},
    "Hashing": {"num_bins": 4},
    "IntegerLookup": {"vocabulary": [1, 2]},
    "MaxNumBoundingBoxes": {"max_number": 2},
    "MelSpectrogram": {"fft_length": 8, "sampling_rate": 100, "max_freq": 40},
    "MultiHeadAttention": {"num_heads": 2, "key_dim": 3},
    "Permute": {"dims": [2, 1]},
    "Pipeline": {"layers": [_DENSE, _DENSE]},
    "RNN": {"cell": _CELL},
    "RandomCrop": {"height": 2, "width": 2},
    "RandomTranslation": {"height_factor": 0.2, "width_factor": 0.2},
    "RandomZoom": {"height_factor": 0.2},
    "RepeatVector": {"n": 2},
    "Rescaling": {"scale": 0.5},
    "Reshape": {"target_shape": [3, 1]},
    "Resizing": {"height": 2, "width": 2},
    "STFTSpectrogram": {"frame_length": 4, "frame_step": 2, "fft_length": 4},
    "SpectralNormalization": {"layer": _DENSE},
    "StringLookup": {"vocabulary": ["a", "b"]},
    "TextVectorization": {"vocabulary": ["a", "b"]},
    "TimeDistributed": {"layer": _DENSE},
    **{key: {"input_dim": 10, "output_dim": 4} for key in ("Embedding", "ReversibleEmbedding")},
    **{key: {"units": 3} for key in ("LSTM", "GRU", "SimpleRNN", "LSTMCell", "GRUCell", "SimpleRNNCell", "Dense")},
    **{key: {"rate": 0.5} for key in ("Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D")},
    **{key: {"factor": 0.5} for key in _FACTORS},
    "RandomPosterization": {"factor": 4},
}

_ATTENTIONS = ("MultiHeadAttention", "GroupQueryAttention")
_KERNEL = {"filters": 2, "kernel_size": 2}

#: Classes that take more than one input, or one of a certain shape.
_INPUTS = {
    "GroupNormalization": (InputShape((2, 4, 3)),),
    "GRUCell": (InputShape((2, 3), "inputs"), InputShape((2, 3), "states")),
    "LSTMCell": (InputShape((2, 3), "inputs"), *[InputShape((2, 3), "states")] * 2),
    "SimpleRNNCell": (InputShape((2, 3), "sequence"), InputShape((2, 3), "states")),
    "MelSpectrogram": (InputShape((2, 20)),),
    "TextVectorization": (InputShape((2, 1)),),
    **{name: (InputShape((2, 4, 8), "query"), InputShape((2, 6, 8), "value")) for name in _ATTENTIONS},
}

_DTYPES = {"StringLookup": ["string"], "TextVectorization": ["string"], "HashedCrossing": ["int32"]}

#: Shapes that are tried one after the other for the others, as a user would; by the number of spatial axes, if known.
_SHAPES = ((2, 3), (2, 4, 3), (2, 8, 8, 3), (2, 4, 6, 6, 3), (2, 3, 4, 6, 6, 1), (2,))
_PAIRS = ((2, 4), (2, 4, 8), (2,))


def classes() -> dict[str, Any]:
    """Returns every layer class in `keras.layers` by one of its names."""
    found = {value: name for name, value in sorted(vars(keras.layers).items()) if isinstance(value, type)}
    return {name: value for value, name in found.items() if issubclass(value, keras.layers.Layer)}


def specs(name: str) -> list[LayerSpec]:
    arguments = ARGUMENTS.get(name, {})
    if not arguments and any(word in name for word in ("Conv", "Pool")) and "Global" not in name:
        arguments = {"output_size": 2} if "Adaptive" in name else {"pool_size": 2} if "Pool" in name else _KERNEL
    shapes = [shape for shape in _SHAPES if name[-2:] not in ("1D", "2D", "3D") or len(shape) >= int(name[-2]) + 2]
    tried = [*((InputShape(shape),) for shape in shapes), *((InputShape(shape), InputShape(shape)) for shape in _PAIRS)]
    return [
        LayerSpec(name, arguments, inputs, dtype)
        for dtype in _DTYPES.get(name, ["float32", "int32"])
        for inputs in ([_INPUTS[name]] if name in _INPUTS else tried)
    ]


def first_that_can_be_called(name: str) -> LayerSpec:
    reasons = []
    for spec in specs(name):
        try:
            inspection = inspect_layer(spec, LayerSettings())
        except Exception as error:
            reasons.append(str(error))
            continue
        if inspection.forward_pass and inspection.forward_pass.error is None:
            return spec
    raise AssertionError(f"{name} could not be built: {reasons[0]}")


def test_those_that_are_not_built_are_there() -> None:
    assert set(NOT_BUILT) <= set(classes())


#: The layers that something is found in, and of the others every sixth: what is tried in every run of the tests.
QUICK = {"RandomHue", *SICK, *sorted(set(classes()) - set(NOT_BUILT))[::6]}


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[] if name in QUICK else [pytest.mark.slow])
        for name in sorted(set(classes()) - set(NOT_BUILT))
    ],
)
def test_nothing_is_found_in_a_layer_of_keras(name: str) -> None:
    if name in ("STFTSpectrogram", "MelSpectrogram"):
        pytest.importorskip("scipy")
    spec = first_that_can_be_called(name)
    inspection = inspect_layer(spec, LayerSettings(doctor=True, fresh_process=False))
    expected = ["state-changed"] if name in DRAWS_RANDOM_NUMBERS else SICK.get(name, [])
    assert [note.code for note in inspection.notes] == expected, inspection.notes


@pytest.mark.parametrize(
    "name",
    [
        "Dense",
        "BatchNormalization",
        *(pytest.param(one, marks=pytest.mark.slow) for one in ("MultiHeadAttention", "Bidirectional")),
    ],
)
@pytest.mark.parametrize(
    "policy", ["mixed_float16", *(pytest.param(one, marks=pytest.mark.slow) for one in ("bfloat16", "float64"))]
)
def test_nothing_is_found_in_a_layer_of_keras_with_another_dtype_policy(name: str, policy: str) -> None:
    spec = first_that_can_be_called(name)
    inspection = inspect_layer(spec, LayerSettings(doctor=True, fresh_process=False, dtype_policy=policy))
    assert [note.code for note in inspection.notes] == [], inspection.notes
