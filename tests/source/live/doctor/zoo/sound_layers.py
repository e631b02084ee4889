"""Layers in which there is nothing to find: they train, are saved, and come back, whatever they look like."""

from __future__ import annotations

from typing import Any

import numpy as np

from weightscope.source.live.framework import keras, tensorflow

registered = keras.saving.register_keras_serializable("sound")


class Layer(keras.layers.Layer):  # type: ignore[misc]  # Keras ships no types
    """The layer of Keras, for the type checker."""


class Kernel(Layer):
    """`inputs @ kernel`, which the others build on."""

    def build(self, input_shape: Any) -> None:
        self.kernel = self.add_weight(shape=(input_shape[-1], 4), name="kernel")

    def call(self, inputs: Any) -> Any:
        return inputs @ self.kernel


@registered
class TrainedByAddLoss(Layer):
    def build(self, input_shape: Any) -> None:
        self.center = self.add_weight(shape=(input_shape[-1],), name="center")

    def call(self, inputs: Any) -> Any:
        self.add_loss(tensorflow.reduce_mean((inputs - self.center) ** 2))
        return inputs


@registered
class MapsItsActivation(Layer):
    """The config has other names for the constructor's arguments, which `from_config` maps."""

    def __init__(self, units: int = 4, activation: Any = "relu", **options: Any) -> None:
        super().__init__(**options)
        self.count, self.function = units, keras.activations.get(activation)

    def build(self, input_shape: Any) -> None:
        self.width = input_shape[-1]
        self.kernel = self.add_weight(shape=(self.width, self.count), name="kernel")

    def call(self, inputs: Any) -> Any:
        return self.function(inputs @ self.kernel)

    def get_config(self) -> dict[str, Any]:
        function = keras.activations.serialize(self.function)
        return {**super().get_config(), "count": self.count, "function": function}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        others = {name: value for name, value in config.items() if name not in ("count", "function")}
        return cls(config["count"], config["function"], **others)


@registered
class ReturnsAVariable(Layer):
    """Learned queries: `call()` returns the variable itself."""

    def build(self, input_shape: Any) -> None:
        self.queries = self.add_weight(shape=(3, 4), name="queries")

    def call(self, inputs: Any) -> Any:
        return self.queries


@registered
class AnnouncesATensorShape(Kernel):
    def compute_output_shape(self, input_shape: Any) -> Any:
        return tensorflow.TensorShape((*input_shape[:-1], 4))


@registered
class AnnouncesAnyShape(Kernel):
    def compute_output_shape(self, input_shape: Any) -> Any:
        return (None, 4)


@registered
class ConfigUnderAnotherName(Layer):
    def __init__(self, units: int = 4, **options: Any) -> None:
        super().__init__(**options)
        self.size = units

    def build(self, input_shape: Any) -> None:
        self.kernel = self.add_weight(shape=(input_shape[-1], self.size), name="kernel")

    def call(self, inputs: Any) -> Any:
        return inputs @ self.kernel

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "size": self.size}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        return cls(units=config.pop("size"), **config)


@registered
class PositionalVariableArguments(Layer):
    """Passes `trainable` to `keras.Variable` by position, as its signature allows."""

    def build(self, input_shape: Any) -> None:
        self.scale = keras.Variable("ones", (input_shape[-1],), "float32", False, name="scale")

    def call(self, inputs: Any) -> Any:
        return inputs * self.scale


@registered
class CallSetOnItself(Kernel):
    """Chooses what it does in the constructor, by an attribute `call` of its own."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.call = self.doubled  # type: ignore[method-assign]

    def doubled(self, inputs: Any) -> Any:
        return 2.0 * (inputs @ self.kernel)


ops = keras.ops


# --- sub-layers, wherever they are held, and with no build() ---


@registered
class SublayersWithoutBuild(Layer):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.first, self.second = keras.layers.Dense(5, activation="relu"), keras.layers.Dense(4)

    def call(self, inputs: Any) -> Any:
        return self.second(self.first(inputs))


@registered
class SublayersInAList(Layer):
    def __init__(self, depth: int = 3, **options: Any) -> None:
        super().__init__(**options)
        self.depth = depth
        self.blocks = [keras.layers.Dense(4) for _ in range(depth)]

    def call(self, inputs: Any) -> Any:
        for block in self.blocks:
            inputs = block(inputs)
        return inputs


@registered
class SublayersInNestedDicts(Layer):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.branches: dict[str, Any] = {"a": [keras.layers.Dense(4)], "b": {"c": keras.layers.Dense(4)}}

    def call(self, inputs: Any) -> Any:
        return self.branches["a"][0](inputs) + self.branches["b"]["c"](inputs)


@registered
class SublayersInATuple(Layer):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.pair = (keras.layers.Dense(4), keras.layers.Dense(4))

    def call(self, inputs: Any) -> Any:
        return self.pair[0](inputs) * self.pair[1](inputs)


@registered
class SublayerThatIsPrivate(Layer):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._dense = keras.layers.Dense(4)

    def call(self, inputs: Any) -> Any:
        return self._dense(inputs)


@registered
class SublayersBuiltInBuild(Layer):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.first, self.second = keras.layers.Dense(5), keras.layers.Dense(4)

    def build(self, input_shape: Any) -> None:
        self.first.build(input_shape)
        self.second.build((*input_shape[:-1], 5))

    def call(self, inputs: Any) -> Any:
        return self.second(self.first(inputs))


@registered
class SublayersMadeInBuild(Layer):
    def build(self, input_shape: Any) -> None:
        self.dense = keras.layers.Dense(input_shape[-1])
        self.dense.build(input_shape)

    def call(self, inputs: Any) -> Any:
        return inputs + self.dense(inputs)


@registered
class NestedTwice(Layer):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.inner, self.norm = SublayersWithoutBuild(), keras.layers.LayerNormalization()

    def call(self, inputs: Any) -> Any:
        return self.norm(self.inner(inputs))


@registered
class SequentialInside(Layer):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.steps = keras.Sequential([keras.layers.Dense(8, "relu"), keras.layers.Dropout(0.5), keras.layers.Dense(4)])

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        return self.steps(inputs, training=training)


@registered
class SharedSublayer(Layer):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.encoder = keras.layers.Dense(3)
        self.decoder = self.encoder

    def call(self, inputs: Any) -> Any:
        return self.decoder(self.encoder(inputs))


@registered
class SquareAndExcite(Layer):
    def build(self, input_shape: Any) -> None:
        channels = input_shape[-1]
        self.down = keras.layers.Dense(max(1, channels // 2), activation="relu")
        self.up = keras.layers.Dense(channels, activation="sigmoid")
        self.down.build(input_shape)
        self.up.build((*input_shape[:-1], max(1, channels // 2)))

    def call(self, inputs: Any) -> Any:
        return inputs * self.up(self.down(inputs))


@registered
class SubclassedModel(keras.Model):  # type: ignore[misc]  # Keras ships no types
    def __init__(self, hidden: int = 8, **options: Any) -> None:
        super().__init__(**options)
        self.hidden = hidden
        self.dense, self.norm = keras.layers.Dense(hidden), keras.layers.BatchNormalization()
        self.head = keras.layers.Dense(2)

    def call(self, inputs: Any, training: bool = False) -> Any:
        return self.head(self.norm(self.dense(inputs), training=training))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "hidden": self.hidden}


# --- training and inference ---


@registered
class NoiseInTraining(Kernel):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.seed = keras.random.SeedGenerator(7)

    def call(self, inputs: Any, training: bool = False) -> Any:
        outputs = super().call(inputs)
        return outputs + keras.random.normal(ops.shape(outputs), seed=self.seed) if training else outputs


@registered
class NoiseOfTensorFlow(Kernel):
    def call(self, inputs: Any, training: bool = False) -> Any:
        outputs = super().call(inputs)
        return outputs * tensorflow.random.uniform((), 0.5, 1.5) if training else outputs


@registered
class RunningMean(Kernel):
    def build(self, input_shape: Any) -> None:
        super().build(input_shape)
        self.mean = self.add_weight(shape=(input_shape[-1],), name="mean", initializer="zeros", trainable=False)

    def call(self, inputs: Any, training: bool = False) -> Any:
        if training:
            self.mean.assign(0.9 * self.mean + 0.1 * ops.mean(inputs, axis=0))
        return super().call(inputs - self.mean)


@registered
class KeepsWhatItSaw(Kernel):
    """Keeps its last outputs to look at, and never uses them."""

    last_outputs: Any = None
    calls = 0

    def call(self, inputs: Any) -> Any:
        outputs = super().call(inputs)
        self.last_outputs, self.calls = outputs, self.calls + 1
        return outputs


@registered
class MetricInside(Kernel):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.seen = keras.metrics.Mean(name="seen")

    def call(self, inputs: Any, training: bool = False) -> Any:
        if training:
            self.seen.update_state(ops.mean(inputs))
        return super().call(inputs)


@registered
class TakesOptions(Kernel):
    def call(self, inputs: Any, training: bool = False, scale: float = 1.0, **options: Any) -> Any:
        return super().call(inputs) * scale


# --- graphs and shapes ---


@registered
class ConditionInAGraph(Kernel):
    def call(self, inputs: Any) -> Any:
        outputs = super().call(inputs)
        return ops.cond(ops.sum(inputs) > 0, lambda: outputs * 2.0, lambda: outputs)


@registered
class LoopInAGraph(Kernel):
    def call(self, inputs: Any) -> Any:
        outputs = super().call(inputs)
        return ops.while_loop(lambda step, _: step < 3, lambda step, value: (step + 1, value * 0.5), (0, outputs))[1]


@registered
class MapsOverTheBatch(Kernel):
    def call(self, inputs: Any) -> Any:
        return ops.map(lambda row: ops.sum(row[:, None] * self.kernel, axis=0), inputs)


@registered
class PythonLoopOverColumns(Kernel):
    def call(self, inputs: Any) -> Any:
        return sum(inputs[:, column, None] * self.kernel[column] for column in range(inputs.shape[-1]))


@registered
class BatchSizeOfTheCall(Kernel):
    def call(self, inputs: Any) -> Any:
        return super().call(inputs) + ops.zeros((ops.shape(inputs)[0], 1))


@registered
class SumsOverTheBatch(Kernel):
    def call(self, inputs: Any) -> Any:
        return ops.mean(super().call(inputs), axis=0)


@registered
class FunctionOfTensorFlow(Kernel):
    @tensorflow.function  # type: ignore[untyped-decorator]
    def scaled(self, values: Any) -> Any:
        return values * 2.0

    def call(self, inputs: Any) -> Any:
        return self.scaled(super().call(inputs))


@registered
class GradientOfItsOwn(Kernel):
    def call(self, inputs: Any) -> Any:
        @ops.custom_gradient  # type: ignore[untyped-decorator]
        def reversed_gradient(values: Any) -> Any:
            return values, lambda *upstream, **_: -upstream[0]

        return reversed_gradient(super().call(inputs))


@registered
class PythonInAGraph(Layer):
    """Python code on tensors in the way that is meant for it."""

    def call(self, inputs: Any) -> Any:
        outputs = tensorflow.numpy_function(lambda values: values * 2.0, [inputs], inputs.dtype)
        return tensorflow.ensure_shape(outputs, inputs.shape)


@registered
class ReturnsADict(Kernel):
    def call(self, inputs: Any) -> Any:
        return {"outputs": super().call(inputs), "inputs": inputs}


@registered
class ReturnsATuple(Kernel):
    def call(self, inputs: Any) -> Any:
        outputs = super().call(inputs)
        return outputs, ops.argmax(outputs, axis=-1)


@registered
class OutputShapeAsAList(Kernel):
    def compute_output_shape(self, input_shape: Any) -> Any:
        return [*input_shape[:-1], 4]


@registered
class OutputShapeOfNumpyNumbers(Kernel):
    def compute_output_shape(self, input_shape: Any) -> Any:
        return (input_shape[0], np.int64(4))


@registered
class OutputSpecOfItsOwn(Kernel):
    def compute_output_spec(self, inputs: Any) -> Any:
        return keras.KerasTensor((*inputs.shape[:-1], 4), dtype=self.compute_dtype)


# --- constants ---


@registered
class ConstantsOfNumpy(Kernel):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.table = np.linspace(0.0, 1.0, 4).astype("float32")

    def call(self, inputs: Any) -> Any:
        return super().call(inputs) + ops.cast(self.table, self.compute_dtype)


@registered
class ConstantsOfTheConstructor(Kernel):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.table = tensorflow.constant([0.0, 1.0, 2.0, 3.0])

    def call(self, inputs: Any) -> Any:
        return super().call(inputs) + ops.cast(self.table, self.compute_dtype)


@registered
class ConstantsOfTheCall(Kernel):
    def call(self, inputs: Any) -> Any:
        return super().call(inputs) + ops.arange(4, dtype=self.compute_dtype)


@registered
class FixedWeights(Kernel):
    def build(self, input_shape: Any) -> None:
        super().build(input_shape)
        self.noise = self.add_weight(shape=(4,), name="noise", trainable=False)

    def call(self, inputs: Any) -> Any:
        return super().call(inputs) + self.noise


@registered
class ReseededRandomNumbers(Kernel):
    def __init__(self, seed: int = 3, **options: Any) -> None:
        super().__init__(**options)
        self.seed = seed
        self.directions = np.random.default_rng(seed).normal(size=(4,)).astype("float32")

    def call(self, inputs: Any) -> Any:
        return super().call(inputs) * ops.cast(self.directions, self.compute_dtype)


# --- configs ---


@registered
class TakesActivation(Kernel):
    def __init__(self, activation: Any = "relu", **options: Any) -> None:
        super().__init__(**options)
        self.activation = keras.activations.get(activation)

    def call(self, inputs: Any) -> Any:
        return self.activation(super().call(inputs) + 1.0)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "activation": keras.activations.serialize(self.activation)}


@registered
class TakesInitializer(Layer):
    def __init__(self, initializer: Any = "he_normal", regularizer: Any = "l2", **options: Any) -> None:
        super().__init__(**options)
        self.initializer = keras.initializers.get(initializer)
        self.regularizer = keras.regularizers.get(regularizer)

    def build(self, input_shape: Any) -> None:
        self.kernel = self.add_weight(
            shape=(input_shape[-1], 4),
            initializer=self.initializer,
            regularizer=self.regularizer,
            constraint=keras.constraints.MaxNorm(2.0),
            name="kernel",
        )

    def call(self, inputs: Any) -> Any:
        return inputs @ self.kernel

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "initializer": keras.initializers.serialize(self.initializer),
            "regularizer": keras.regularizers.serialize(self.regularizer),
        }


@registered
class TakesALayer(Layer):
    def __init__(self, inner: Any = None, **options: Any) -> None:
        super().__init__(**options)
        self.inner = keras.layers.Dense(4) if inner is None else inner

    def call(self, inputs: Any) -> Any:
        return self.inner(inputs)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "inner": keras.saving.serialize_keras_object(self.inner)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        return cls(keras.saving.deserialize_keras_object(config.pop("inner")), **config)


@registered
class WithoutGetConfig(Kernel):
    """Keras notes plain arguments by itself."""

    def __init__(self, factor: float = 2.0, sizes: tuple[int, ...] = (1, 2), **options: Any) -> None:
        super().__init__(**options)
        self.factor, self.sizes = factor, sizes

    def call(self, inputs: Any) -> Any:
        return super().call(inputs) * self.factor * len(self.sizes)


@registered
class PopsItsOption(Kernel):
    def __init__(self, **options: Any) -> None:
        self.rate = options.pop("rate", 2.0)
        super().__init__(**options)

    def call(self, inputs: Any) -> Any:
        return super().call(inputs) * self.rate


@registered
class ChangesItsSettingInBuild(Layer):
    def __init__(self, units: int = 4, **options: Any) -> None:
        super().__init__(**options)
        self.units = units

    def build(self, input_shape: Any) -> None:
        self.units = self.units * 2
        self.kernel = self.add_weight(shape=(input_shape[-1], self.units), name="kernel")

    def call(self, inputs: Any) -> Any:
        return inputs @ self.kernel


@registered
class SavesInItsOwnWay(Kernel):
    def save_own_variables(self, store: Any) -> None:
        store["transposed"] = np.asarray(self.kernel).T

    def load_own_variables(self, store: Any) -> None:
        self.kernel.assign(np.asarray(store["transposed"]).T)


@registered
class BuildConfigOfItsOwn(Kernel):
    def build(self, input_shape: Any) -> None:
        super().build(input_shape)
        self.width = input_shape[-1]

    def get_build_config(self) -> dict[str, Any]:
        return {"width": self.width}

    def build_from_config(self, config: dict[str, Any]) -> None:
        self.build((None, config["width"]))


# --- masks and time steps ---


@registered
class HandsOnItsMask(Layer):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.supports_masking = True
        self.dense = keras.layers.Dense(4)

    def call(self, inputs: Any, mask: Any = None) -> Any:
        outputs = self.dense(inputs)
        return outputs if mask is None else outputs * ops.cast(mask, outputs.dtype)[..., None]


@registered
class TakesTheMask(Layer):
    """Uses up the time steps, and the mask with them."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.supports_masking = True

    def call(self, inputs: Any, mask: Any = None) -> Any:
        if mask is None:
            return ops.mean(inputs, axis=1)
        kept = ops.cast(mask, inputs.dtype)[..., None]
        return ops.sum(inputs * kept, axis=1) / ops.sum(kept, axis=1)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        return None


@registered
class MasksItself(Layer):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.masking, self.recurrent = keras.layers.Masking(), keras.layers.GRU(3)

    def call(self, inputs: Any) -> Any:
        return self.recurrent(self.masking(inputs))


@registered
class Cell(Layer):
    def __init__(self, units: int = 3, **options: Any) -> None:
        super().__init__(**options)
        self.units = self.state_size = units

    def build(self, input_shape: Any) -> None:
        self.kernel = self.add_weight(shape=(input_shape[-1], self.units), name="kernel")
        self.recurrent = self.add_weight(shape=(self.units, self.units), name="recurrent")

    def call(self, inputs: Any, states: Any) -> Any:
        outputs = ops.tanh(inputs @ self.kernel + states[0] @ self.recurrent)
        return outputs, [outputs]


@registered
class RecurrentWithACell(Layer):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.rnn = keras.layers.RNN(Cell(3))

    def call(self, inputs: Any) -> Any:
        return self.rnn(inputs)


@registered
class TransformerBlock(Layer):
    def __init__(self, heads: int = 2, **options: Any) -> None:
        super().__init__(**options)
        self.heads, self.supports_masking = heads, True
        self.attention = keras.layers.MultiHeadAttention(heads, 3)
        self.norm, self.drop = keras.layers.LayerNormalization(), keras.layers.Dropout(0.1)

    def call(self, inputs: Any, training: bool = False) -> Any:
        return self.norm(inputs + self.drop(self.attention(inputs, inputs), training=training))


@registered
class WrapsTimeSteps(keras.layers.Wrapper):  # type: ignore[misc]  # Keras ships no types
    def __init__(self, layer: Any = None, **options: Any) -> None:
        super().__init__(keras.layers.Dense(2) if layer is None else layer, **options)
        self.supports_masking = True

    def call(self, inputs: Any) -> Any:
        return self.layer(inputs) / 2.0


@registered
class MixesTimeSteps(Layer):
    def build(self, input_shape: Any) -> None:
        self.supports_masking = True
        self.mix = self.add_weight(shape=(input_shape[1], input_shape[1]), name="mix")

    def call(self, inputs: Any) -> Any:
        return ops.einsum("bsf,st->btf", inputs, self.mix)


@registered
class Patches(Layer):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.convolution = keras.layers.Conv2D(4, 2, strides=2)

    def call(self, images: Any) -> Any:
        patches = self.convolution(images)
        return ops.reshape(patches, (-1, patches.shape[1] * patches.shape[2], 4))


@registered
class ConvBlock(Layer):
    def __init__(self, filters: int = 4, **options: Any) -> None:
        super().__init__(**options)
        self.filters = filters
        self.convolution = keras.layers.Conv2D(filters, 3, padding="same", use_bias=False)
        self.norm = keras.layers.BatchNormalization()

    def call(self, inputs: Any, training: bool = False) -> Any:
        return ops.relu(self.norm(self.convolution(inputs), training=training))


@registered
class WithoutWeights(Layer):
    def call(self, inputs: Any) -> Any:
        return ops.normalize(inputs)


@registered
class GlobalConstant(Kernel):
    def call(self, inputs: Any) -> Any:
        return super().call(inputs) * SCALE


SCALE = 0.5

_IN_TIME = (
    "HandsOnItsMask",
    "TakesTheMask",
    "MasksItself",
    "RecurrentWithACell",
    "TransformerBlock",
    "WrapsTimeSteps",
    "MixesTimeSteps",
)

#: Input shapes other than (2, 3).
SHAPES: dict[str, Any] = {
    **dict.fromkeys(_IN_TIME, (2, 4, 3)),
    **dict.fromkeys(("Patches", "ConvBlock"), (2, 8, 8, 3)),
}
