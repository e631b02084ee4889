"""Layers with one fault each, of the kinds that only training, a graph, a model or a file shows.

`FAULTS` names what the doctor finds first in each; `Mended...` is the layer, changed as the finding's fix describes.
"""

from __future__ import annotations

import random
import time
from typing import Any

import numpy as np

from tests.source.live.doctor.zoo.sound_layers import Kernel, Layer
from weightscope.source.live.framework import keras, tensorflow

registered = keras.saving.register_keras_serializable("faulty")
ops = keras.ops


# --- what raises in training only ---


@registered
class RaisesInTraining(Kernel):
    def call(self, inputs: Any, training: bool = False) -> Any:
        outputs = super().call(inputs)
        return outputs + ops.ones((5, 3)) if training else outputs


@registered
class UndefinedInTraining(Kernel):
    def call(self, inputs: Any, training: bool = False) -> Any:
        if training:
            inputs = self.augmented(inputs)  # forgotten
        return super().call(inputs)


@registered
class AssertsInTraining(Kernel):
    def call(self, inputs: Any, training: bool = False) -> Any:
        if training:
            raise NotImplementedError("training of this layer")
        return super().call(inputs)


@registered
class NeedsTrainingArgument(Kernel):
    def call(self, inputs: Any, training: bool | None = None) -> Any:
        if training is None:
            training = keras.backend.learning_phase()
        return super().call(inputs)


# --- a batch size that is baked in ---


@registered
class BatchOfBuild(Kernel):
    def build(self, input_shape: Any) -> None:
        super().build(input_shape)
        self.batch = input_shape[0]

    def call(self, inputs: Any) -> Any:
        return ops.reshape(super().call(inputs), (self.batch, 4))


@registered
class MendedBatch(Kernel):
    def call(self, inputs: Any) -> Any:
        return ops.reshape(super().call(inputs), (ops.shape(inputs)[0], 4))


@registered
class MendedBatchByMinusOne(Kernel):
    def call(self, inputs: Any) -> Any:
        return ops.reshape(super().call(inputs), (-1, 4))


@registered
class BatchOfStaticShape(Kernel):
    def call(self, inputs: Any) -> Any:
        return super().call(inputs) + tensorflow.zeros((inputs.shape[0], 4))


@registered
class BatchOfFirstCall(Kernel):
    zeros: Any = None

    def call(self, inputs: Any) -> Any:
        if self.zeros is None:
            self.zeros = np.zeros((inputs.shape[0], 4), "float32")
        return super().call(inputs) + self.zeros


@registered
class BatchMovesIntoColumns(Kernel):
    def build(self, input_shape: Any) -> None:
        super().build(input_shape)
        self.batch = input_shape[0]

    def call(self, inputs: Any) -> Any:
        return ops.reshape(super().call(inputs), (self.batch, -1))


@registered
class BatchAsNumber(Kernel):
    def call(self, inputs: Any) -> Any:
        return super().call(inputs) / inputs.shape[0]


@registered
class LoopsOverBatch(Kernel):
    def call(self, inputs: Any) -> Any:
        return ops.concatenate([inputs[row : row + 1] @ self.kernel for row in range(inputs.shape[0])])


# --- what runs eagerly only ---


@registered
class CallsNumpyMethod(Kernel):
    def call(self, inputs: Any) -> Any:
        return super().call(inputs) * float(inputs.numpy().max())


@registered
class CallsNumpyFunction(Kernel):
    def call(self, inputs: Any) -> Any:
        return super().call(inputs) * np.max(inputs)


@registered
class IfOnATensor(Kernel):
    def call(self, inputs: Any) -> Any:
        outputs = super().call(inputs)
        return outputs * 2.0 if ops.sum(inputs) > 0 else outputs


@registered
class WhileOnATensor(Kernel):
    def call(self, inputs: Any) -> Any:
        outputs = super().call(inputs)
        while ops.max(outputs) > 1.0:
            outputs = outputs / 2.0
        return outputs


@registered
class FloatOfATensor(Kernel):
    def call(self, inputs: Any) -> Any:
        return super().call(inputs) * float(ops.mean(inputs))


@registered
class LoopsOverValues(Kernel):
    def call(self, inputs: Any) -> Any:
        return super().call(inputs) + sum(float(value) for value in ops.mean(inputs, axis=0))


@registered
class ReadsVariableByNumpy(Kernel):
    def call(self, inputs: Any) -> Any:
        return super().call(inputs) * float(self.kernel.numpy().max())


@registered
class EagerInTrainingOnly(Kernel):
    def call(self, inputs: Any, training: bool = False) -> Any:
        outputs = super().call(inputs)
        return outputs * float(ops.mean(inputs)) if training else outputs


@registered
class MendedEager(Kernel):
    def call(self, inputs: Any) -> Any:
        outputs = super().call(inputs)
        return ops.where(ops.sum(inputs) > 0, outputs * 2.0, outputs) * ops.mean(inputs, axis=-1, keepdims=True)


# --- tensors of another graph ---


@registered
class TensorInBuild(Layer):
    def build(self, input_shape: Any) -> None:
        self.table = tensorflow.constant(np.sin(np.arange(input_shape[-1])), tensorflow.float32)

    def call(self, inputs: Any) -> Any:
        return inputs + self.table


@registered
class TensorInBuildList(Layer):
    def build(self, input_shape: Any) -> None:
        self.tables = [ops.ones((input_shape[-1],))]

    def call(self, inputs: Any) -> Any:
        return inputs + self.tables[0]


@registered
class TensorFromVariable(Kernel):
    def build(self, input_shape: Any) -> None:
        super().build(input_shape)
        self.ones = ops.ones_like(self.kernel)

    def call(self, inputs: Any) -> Any:
        return inputs @ self.ones + super().call(inputs)


@registered
class TensorCachedInCall(Kernel):
    table: Any = None

    def call(self, inputs: Any) -> Any:
        if self.table is None:
            self.table = ops.ones((4,)) * 0.5
        return super().call(inputs) + self.table


@registered
class MendedTableOfNumpy(Layer):
    def build(self, input_shape: Any) -> None:
        self.table = np.sin(np.arange(input_shape[-1])).astype("float32")

    def call(self, inputs: Any) -> Any:
        return inputs + self.table


@registered
class MendedTableInInitScope(Layer):
    def build(self, input_shape: Any) -> None:
        with tensorflow.init_scope():
            self.table = tensorflow.constant(np.sin(np.arange(input_shape[-1])), tensorflow.float32)

    def call(self, inputs: Any) -> Any:
        return inputs + ops.cast(self.table, inputs.dtype)


@registered
class MendedTableAsWeight(Layer):
    def build(self, input_shape: Any) -> None:
        self.table = self.add_weight(shape=(input_shape[-1],), name="table", trainable=False)

    def call(self, inputs: Any) -> Any:
        return inputs + self.table


# --- layers and variables of one call ---


@registered
class DenseInCall(Layer):
    def call(self, inputs: Any) -> Any:
        return keras.layers.Dense(4)(inputs)


@registered
class LayersInCall(Kernel):
    def call(self, inputs: Any) -> Any:
        return keras.Sequential([keras.layers.Dense(3), keras.layers.BatchNormalization()])(super().call(inputs))


@registered
class MendedLayerInCall(Layer):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.dense = keras.layers.Dense(units=4)

    def call(self, inputs: Any) -> Any:
        return self.dense(inputs)


# --- state where Keras does not look ---


@registered
class CountsInPython(Kernel):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.steps = 0

    def call(self, inputs: Any, training: bool = False) -> Any:
        if training:
            self.steps += 1
        return super().call(inputs) * (1.0 + self.steps)


@registered
class WarmsUpByPython(Kernel):
    """The counter matters after a thousand steps only."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.steps = 0

    def call(self, inputs: Any, training: bool = False) -> Any:
        if training:
            self.steps += 1
        return super().call(inputs) * (0.1 if self.steps < 1000 else 1.0)


@registered
class RunningMeanInTensor(Kernel):
    def build(self, input_shape: Any) -> None:
        super().build(input_shape)
        with tensorflow.init_scope():
            self.mean = tensorflow.zeros((input_shape[-1],))

    def call(self, inputs: Any, training: bool = False) -> Any:
        if training:
            self.mean = 0.9 * self.mean + 0.1 * tensorflow.reduce_mean(inputs, 0)
        return super().call(inputs - self.mean)


@registered
class RunningMeanInNumpy(Kernel):
    def build(self, input_shape: Any) -> None:
        super().build(input_shape)
        self.mean = np.zeros(1, "float32")

    def call(self, inputs: Any, training: bool = False) -> Any:
        if training:
            self.mean += 0.1
        return super().call(inputs) - float(self.mean[0])


@registered
class StateInADict(Kernel):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.state = {"scale": 1.0}

    def call(self, inputs: Any, training: bool = False) -> Any:
        if training:
            self.state["scale"] *= 0.5
        return super().call(inputs) * self.state["scale"]


@registered
class StateInTheLengthOfAList(Kernel):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.history: list[float] = []

    def call(self, inputs: Any, training: bool = False) -> Any:
        if training:
            self.history.append(1.0)
        return super().call(inputs) * (1.0 + len(self.history))


class Statistics:
    scale = 1.0


@registered
class StateInAnObject(Kernel):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.statistics = Statistics()

    def call(self, inputs: Any, training: bool = False) -> Any:
        if training:
            self.statistics.scale = self.statistics.scale * 0.5
        return super().call(inputs) * self.statistics.scale


@registered
class StateInTheClass(Kernel):
    calls = 0.0

    def call(self, inputs: Any, training: bool = False) -> Any:
        if training:
            type(self).calls += 1.0
        return super().call(inputs) + self.calls


@registered
class SwitchesInTraining(Kernel):
    seen = False

    def call(self, inputs: Any, training: bool = False) -> Any:
        if training:
            self.seen = True
        return super().call(inputs) * (2.0 if self.seen else 1.0)


@registered
class MendedState(Kernel):
    def build(self, input_shape: Any) -> None:
        super().build(input_shape)
        self.steps = self.add_weight(name="steps", shape=(), dtype="int32", initializer="zeros", trainable=False)

    def call(self, inputs: Any, training: bool = False) -> Any:
        if training:
            self.steps.assign(self.steps + 1)
        return super().call(inputs) * (1.0 + ops.cast(self.steps, inputs.dtype))


@registered
class DrawsWithNumpy(Kernel):
    def call(self, inputs: Any, training: bool = False) -> Any:
        outputs = super().call(inputs)
        return outputs + np.random.normal(size=4).astype("float32") if training else outputs


@registered
class DrawsWithPython(Kernel):
    def call(self, inputs: Any, training: bool = False) -> Any:
        outputs = super().call(inputs)
        return outputs * random.uniform(0.5, 1.5) if training else outputs


@registered
class DependsOnTheTime(Kernel):
    def call(self, inputs: Any, training: bool = False) -> Any:
        outputs = super().call(inputs)
        return outputs * (time.perf_counter() % 1.0 + 1.0) if training else outputs


@registered
class MendedRandomness(Kernel):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.seed = keras.random.SeedGenerator()

    def call(self, inputs: Any, training: bool = False) -> Any:
        outputs = super().call(inputs)
        return outputs + keras.random.normal((4,), seed=self.seed) if training else outputs


# --- masks ---


class Forgets(Layer):
    """Takes a mask and hands on none."""

    def call(self, inputs: Any) -> Any:
        return inputs * 2.0


@registered
class DropsItsOwnMask(Layer):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.masking, self.forgets = keras.layers.Masking(), Forgets()
        self.recurrent = keras.layers.LSTM(3)

    def call(self, inputs: Any) -> Any:
        return self.recurrent(self.forgets(self.masking(inputs)))


@registered
class LosesItsMaskBetweenLayers(Layer):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.masking, self.recurrent = keras.layers.Masking(), keras.layers.LSTM(3)

    def call(self, inputs: Any) -> Any:
        return self.recurrent(self.masking(inputs) * 2.0)


@registered
class MendedMaskBetweenLayers(LosesItsMaskBetweenLayers):
    def call(self, inputs: Any) -> Any:
        return self.recurrent(self.masking(inputs) * 2.0, mask=self.masking.compute_mask(inputs))


@registered
class HandsOnALongMask(Layer):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.supports_masking = True

    def call(self, inputs: Any) -> Any:
        return inputs[:, ::2]


@registered
class RaisesWithAMask(Layer):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.supports_masking = True

    def call(self, inputs: Any, mask: Any = None) -> Any:
        return inputs if mask is None else inputs * mask


@registered
class MendedMask(Layer):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.supports_masking = True

    def call(self, inputs: Any, mask: Any = None) -> Any:
        return (inputs if mask is None else inputs * ops.cast(mask, inputs.dtype)[..., None])[:, ::2]

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        return None if mask is None else mask[:, ::2]


# --- what is lost between a file and the next program ---


@registered
class WithoutOptions(Kernel):
    def __init__(self, units: int = 4) -> None:
        super().__init__()
        self.units = units

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "units": self.units}


@registered
class MendedOptions(Kernel):
    def __init__(self, units: int = 4, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.units = units

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "units": self.units}


@registered
class SublayersUnderAKerasName(Layer):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._layers = [keras.layers.Dense(8), keras.layers.Dense(3)]

    def call(self, inputs: Any) -> Any:
        for layer in self._layers:
            inputs = layer(inputs)
        return inputs


@registered
class SublayersInASet(Layer):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.parts = {keras.layers.Dense(4)}

    def call(self, inputs: Any) -> Any:
        return sum(part(inputs) for part in self.parts)


@registered
class MendedSublayers(Layer):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.my_layers = [keras.layers.Dense(8), keras.layers.Dense(3)]

    def call(self, inputs: Any) -> Any:
        for layer in self.my_layers:
            inputs = layer(inputs)
        return inputs


@registered
class LambdaInConfig(Kernel):
    def __init__(self, activation: Any = lambda values: values * 2.0, **options: Any) -> None:
        super().__init__(**options)
        self.activation = activation

    def call(self, inputs: Any) -> Any:
        return self.activation(super().call(inputs))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "activation": self.activation}


def doubled(values: Any) -> Any:
    return values * 2.0


@registered
class FunctionInConfig(LambdaInConfig):
    def __init__(self, activation: Any = doubled, **options: Any) -> None:
        super().__init__(keras.activations.get(activation), **options)


@registered  # type: ignore[untyped-decorator]
def tripled(values: Any) -> Any:
    return values * 3.0


@registered
class MendedFunction(LambdaInConfig):
    def __init__(self, activation: Any = tripled, **options: Any) -> None:
        super().__init__(keras.activations.get(activation), **options)


@registered
class ForgetsAWeightOfConv(keras.layers.Dense):  # type: ignore[misc]  # Keras ships no types
    """Dense saves kernel and bias only."""

    def __init__(self, units: int = 4, **options: Any) -> None:
        super().__init__(units, **options)

    def build(self, input_shape: Any) -> None:
        super().build(input_shape)
        self._lock = False
        self._tracker.unlock()
        self.gain = self.add_weight(shape=(self.units,), initializer="ones", name="gain")
        self._tracker.lock()

    def call(self, inputs: Any) -> Any:
        return super().call(inputs) * self.gain


@registered
class ReturnsNothing(Kernel):
    def call(self, inputs: Any) -> Any:
        super().call(inputs)


#: What is found first in each faulty layer.
FAULTS = {
    "RaisesInTraining": "fails-in-training",
    "UndefinedInTraining": "fails-in-training",
    "AssertsInTraining": "fails-in-training",
    "NeedsTrainingArgument": "fails-without-training",
    "BatchOfBuild": "fixed-batch-size",
    "BatchOfStaticShape": "fixed-batch-size",
    "BatchOfFirstCall": "fixed-batch-size",
    "BatchMovesIntoColumns": "fixed-batch-size",
    "BatchAsNumber": "fixed-batch-size",
    "LoopsOverBatch": "fixed-batch-size",
    "CallsNumpyMethod": "eager-only",
    "CallsNumpyFunction": "eager-only",
    "IfOnATensor": "eager-only",
    "WhileOnATensor": "eager-only",
    "FloatOfATensor": "eager-only",
    "LoopsOverValues": "eager-only",
    "ReadsVariableByNumpy": "eager-only",
    "EagerInTrainingOnly": "eager-only",
    "TensorInBuild": "tensor-out-of-scope",
    "TensorInBuildList": "tensor-out-of-scope",
    "TensorFromVariable": "tensor-out-of-scope",
    "TensorCachedInCall": "tensor-out-of-scope",
    "DenseInCall": "layer-in-call",
    "LayersInCall": "layer-in-call",
    "CountsInPython": "hidden-state",
    "WarmsUpByPython": "hidden-state",
    "RunningMeanInTensor": "hidden-state",
    "RunningMeanInNumpy": "hidden-state",
    "StateInADict": "hidden-state",
    "StateInTheLengthOfAList": "hidden-state",
    "StateInAnObject": "hidden-state",
    "StateInTheClass": "hidden-state",
    "SwitchesInTraining": "hidden-state",
    "DrawsWithNumpy": "frozen-randomness",
    "DrawsWithPython": "frozen-randomness",
    "DependsOnTheTime": "frozen-randomness",
    "DropsItsOwnMask": "mask-dropped",
    "HandsOnALongMask": "mask-dropped",
    "LosesItsMaskBetweenLayers": "mask-dropped",
    "RaisesWithAMask": "mask-dropped",
    "WithoutOptions": "round-trip",
    "SublayersUnderAKerasName": "unsaved-sublayer",
    "SublayersInASet": "unsaved-sublayer",
    "LambdaInConfig": "function-in-config",
    "FunctionInConfig": "function-in-config",
    "ForgetsAWeightOfConv": "round-trip",
    "ReturnsNothing": "no-output",
}

#: Faults that fit and load_model pass over in silence: what is trained, or drawn, is not what the code says.
SILENT = {"LosesItsMaskBetweenLayers", "WarmsUpByPython", "DrawsWithNumpy", "DrawsWithPython", "DependsOnTheTime"}

#: Input shapes other than (2, 3).
SHAPES = dict.fromkeys(
    (
        "DropsItsOwnMask",
        "LosesItsMaskBetweenLayers",
        "MendedMaskBetweenLayers",
        "HandsOnALongMask",
        "RaisesWithAMask",
        "MendedMask",
    ),
    (2, 4, 3),
)
