"""A zoo of faulty layers: each has one fault, and each has a corrected layer beside it.

The classes are named after what the doctor finds; `Cured...` is the same layer, changed as the finding's fix describes.
"""

from __future__ import annotations

from collections import namedtuple
from typing import Any

import numpy as np

from weightscope.source.live.framework import keras, tensorflow

registered = keras.saving.register_keras_serializable("zoo")


class Doubling(keras.layers.Layer):  # type: ignore[misc]  # Keras ships no types
    """Healthy but for what others add to it: `inputs * scale`, with a trainable scale."""

    def build(self, input_shape: Any) -> None:
        self.scale = self.add_weight(name="scale", shape=(input_shape[-1],), initializer="ones")

    def call(self, inputs: Any) -> Any:
        return inputs * self.scale


@registered
class CuredUntracked(Doubling):
    """Its shift is a weight of its own."""

    def build(self, input_shape: Any) -> None:
        super().build(input_shape)
        self.shift = self.add_weight(name="shift", shape=(), trainable=True)

    def call(self, inputs: Any) -> Any:
        return super().call(inputs) + self.shift


@registered
class UntrackedAttribute(Doubling):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.shift = tensorflow.Variable(0.0)

    def call(self, inputs: Any) -> Any:
        return super().call(inputs) + self.shift


@registered
class UntrackedInList(Doubling):
    def build(self, input_shape: Any) -> None:
        super().build(input_shape)
        self.shifts = [[tensorflow.Variable(0.0)], tensorflow.Variable(1.0)]

    def call(self, inputs: Any) -> Any:
        return super().call(inputs) + self.shifts[0][0] + self.shifts[1]


@registered
class UntrackedInDict(Doubling):
    def build(self, input_shape: Any) -> None:
        super().build(input_shape)
        self.shifts = {"first": tensorflow.Variable(0.0)}

    def call(self, inputs: Any) -> Any:
        return super().call(inputs) + self.shifts["first"]


Pair = namedtuple("Pair", ("scale", "shift"))


@registered
class UntrackedInTuple(Doubling):
    def build(self, input_shape: Any) -> None:
        super().build(input_shape)
        self.pair = (tensorflow.Variable(1.0), tensorflow.Variable(0.0))

    def call(self, inputs: Any) -> Any:
        return super().call(inputs) * self.pair[0] + self.pair[1]


class Inner(tensorflow.Module):  # type: ignore[misc]  # TensorFlow ships no types
    def __init__(self) -> None:
        super().__init__()
        self.shift = tensorflow.Variable(0.0)


class Outer(tensorflow.Module):  # type: ignore[misc]  # TensorFlow ships no types
    def __init__(self) -> None:
        super().__init__()
        self.inner = Inner()


@registered
class UntrackedInModule(Doubling):
    def build(self, input_shape: Any) -> None:
        super().build(input_shape)
        self.outer = Outer()

    def call(self, inputs: Any) -> Any:
        return super().call(inputs) + self.outer.inner.shift


class Plain:
    """An object of the user's own, where Keras does not look."""

    def __init__(self) -> None:
        self.shift = keras.Variable(0.0, name="shift")


@registered
class UntrackedInObject(Doubling):
    def build(self, input_shape: Any) -> None:
        super().build(input_shape)
        self.plain = Plain()

    def call(self, inputs: Any) -> Any:
        return super().call(inputs) + self.plain.shift


@registered
class UntrackedInClosure(Doubling):
    def build(self, input_shape: Any) -> None:
        super().build(input_shape)
        shift = tensorflow.Variable(0.0)
        self.shifted = lambda inputs: inputs + shift

    def call(self, inputs: Any) -> Any:
        return self.shifted(super().call(inputs))  # type: ignore[no-untyped-call]


@registered
class UntrackedMadeInCall(Doubling):
    def call(self, inputs: Any) -> Any:
        return super().call(inputs) + tensorflow.Variable(0.0, name="made_in_call")


@registered
class UntrackedKeptInCall(Doubling):
    late: Any = None

    def call(self, inputs: Any) -> Any:
        if self.late is None:
            self.late = tensorflow.Variable(0.0)
        return super().call(inputs) + self.late


@registered
class WeightsInArray(Doubling):
    """Random numbers in a numpy array; `mean` is a constant, and healthy."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.noise = np.random.normal(size=3).astype("float32")
        self.mean = np.zeros(3, "float32")

    def call(self, inputs: Any) -> Any:
        return super().call(inputs) * self.noise[0] - self.mean[0]


@registered
class WeightsInTensor(Doubling):
    def build(self, input_shape: Any) -> None:
        super().build(input_shape)
        self.tables = [keras.random.normal((input_shape[-1],))]

    def call(self, inputs: Any) -> Any:
        return super().call(inputs) + self.tables[0]


@registered
class CuredArray(Doubling):
    """Its numbers are made anew from a seed in the config's place: the same each time."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.noise = np.random.default_rng(0).normal(size=3).astype("float32")

    def call(self, inputs: Any) -> Any:
        return super().call(inputs) * self.noise[0]


@registered
class NoGradient(Doubling):
    def call(self, inputs: Any) -> Any:
        return inputs + keras.ops.stop_gradient(self.scale)


@registered
class UnusedWeight(Doubling):
    def build(self, input_shape: Any) -> None:
        super().build(input_shape)
        self.unused = self.add_weight(name="unused", shape=(2,))


@registered
class ZeroGradient(Doubling):
    def build(self, input_shape: Any) -> None:
        super().build(input_shape)
        self.dead = self.add_weight(name="dead", shape=())

    def call(self, inputs: Any) -> Any:
        return super().call(inputs) + 0.0 * self.dead


@registered
class CuredGradient(Doubling):
    """What gets no gradient says so."""

    def build(self, input_shape: Any) -> None:
        super().build(input_shape)
        self.unused = self.add_weight(name="unused", shape=(2,), trainable=False)


@registered
class UnbuiltSublayer(keras.layers.Layer):  # type: ignore[misc]  # Keras ships no types
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.dense = keras.layers.Dense(2)
        self.blocks = [keras.Sequential([keras.layers.Dense(3)])]

    def build(self, input_shape: Any) -> None:
        self.scale = self.add_weight(name="scale", shape=(2,), initializer="ones")

    def call(self, inputs: Any) -> Any:
        return self.dense(self.blocks[0](inputs)) * self.scale


@registered
class CuredSublayer(UnbuiltSublayer):
    def build(self, input_shape: Any) -> None:
        super().build(input_shape)
        self.blocks[0].build(input_shape)
        self.dense.build((*input_shape[:-1], 3))


@registered
class BuiltWithoutBuild(Doubling):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.built = True

    def call(self, inputs: Any) -> Any:
        return inputs * getattr(self, "scale", 1.0)


@registered
class DuplicateVariable(Doubling):
    def build(self, input_shape: Any) -> None:
        super().build(input_shape)
        self.other = self.add_weight(name="scale", shape=(), initializer="ones")

    def call(self, inputs: Any) -> Any:
        return super().call(inputs) * self.other


@registered
class DuplicateSublayer(keras.layers.Layer):  # type: ignore[misc]  # Keras ships no types
    second = "twin"

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.one = keras.layers.Dense(2, name="twin")
        self.other = keras.layers.Dense(2, name=self.second)

    def build(self, input_shape: Any) -> None:
        self.one.build(input_shape)
        self.other.build(input_shape)

    def call(self, inputs: Any) -> Any:
        return self.one(inputs) + self.other(inputs)


@registered
class CuredDuplicate(DuplicateSublayer):
    second = "twin_2"


class NotRegistered(Doubling):
    """The same as its healthy parent, without the decorator."""


@registered
class CuredConfig(Doubling):
    """Returns all that it was given."""

    def __init__(self, factor: float = 2.0, **options: Any) -> None:
        super().__init__(**options)
        self.factor = factor

    def call(self, inputs: Any) -> Any:
        return super().call(inputs) * self.factor

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "factor": self.factor}


@registered
class ConfigMissing(CuredConfig):
    def get_config(self) -> dict[str, Any]:
        config: dict[str, Any] = super().get_config()
        del config["factor"]
        return config


@registered
class ConfigChanged(CuredConfig):
    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "factor": self.factor + 1.0}


@registered
class ConfigNone(Doubling):
    """What it is given is no JSON, and it has no get_config."""

    def __init__(self, function: Any = abs, **options: Any) -> None:
        super().__init__(**options)
        self.function = function


@registered
class LosesItsState(Doubling):
    """Its call depends on a number that it was given later, and that is saved nowhere."""

    factor = 1.0

    def build(self, input_shape: Any) -> None:
        super().build(input_shape)
        self.factor = float(np.random.default_rng().uniform(1.0, 2.0))

    def call(self, inputs: Any) -> Any:
        return super().call(inputs) * self.factor


@registered
class LosesAVariable(Doubling):
    """Makes a variable every other time only."""

    made = 0

    def build(self, input_shape: Any) -> None:
        super().build(input_shape)
        LosesAVariable.made += 1
        if LosesAVariable.made % 2 == 1:
            self.shift = self.add_weight(name="shift", shape=(), trainable=False)


@registered
class NotLoadable(Doubling):
    """Can be made by its author only: from_config refuses what get_config returns."""

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "unheard_of": 1}


@registered
class WrongShape(Doubling):
    def compute_output_shape(self, input_shape: Any) -> Any:
        return (*input_shape[:-1], input_shape[-1] * 2)


@registered
class FailingShape(Doubling):
    def compute_output_shape(self, input_shape: Any) -> Any:
        return (input_shape[0] + 0, *input_shape[1:])


@registered
class CuredShape(Doubling):
    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape


@registered
class IgnoresPolicy(Doubling):
    def call(self, inputs: Any) -> Any:
        return keras.ops.cast(super().call(inputs), "float32")


@registered
class IgnoresVariablePolicy(Doubling):
    def build(self, input_shape: Any) -> None:
        super().build(input_shape)
        self.precise = self.add_weight(name="precise", shape=(), dtype="float64")

    def call(self, inputs: Any) -> Any:
        return super().call(inputs) + keras.ops.cast(self.precise, self.compute_dtype)


@registered
class CountsCalls(Doubling):
    """Changes a variable whenever it is called; the doctor only mentions it."""

    def build(self, input_shape: Any) -> None:
        super().build(input_shape)
        self.calls = self.add_weight(name="calls", shape=(), dtype="int32", initializer="zeros", trainable=False)

    def call(self, inputs: Any) -> Any:
        self.calls.assign_add(1)
        return super().call(inputs)
