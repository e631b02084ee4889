"""Checkpoints that TensorFlow writes for the tests, each with something special about it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from weightscope.source.live.framework import keras, tensorflow

tf1 = tensorflow.compat.v1

_NUMBERS = (
    *("float32", "float64", "float16", "bfloat16"),
    *("int8", "int16", "int32", "int64", "uint8", "uint16"),
)


class Kinds(tensorflow.Module):  # type: ignore[misc]  # TensorFlow ships no types
    """A variable of each dtype, and of each odd shape."""

    def __init__(self) -> None:
        super().__init__()
        generator = np.random.default_rng(0)
        for dtype in _NUMBERS:
            values = tensorflow.cast(generator.normal(size=(3, 4, 5)) * 50, dtype)
            setattr(self, f"of_{dtype}", tensorflow.Variable(values, name=f"of_{dtype}"))
        self.flags = tensorflow.Variable([True, False, True])
        self.complex = tensorflow.Variable(tensorflow.complex([[1.0, 2.0]], [[3.0, 4.0]]))
        self.text = tensorflow.Variable("text")
        self.texts = tensorflow.Variable(["more", "than", "one"])
        self.scalar = tensorflow.Variable(7.0)
        self.empty = tensorflow.Variable(tensorflow.zeros((0, 3)))
        self.listed = [tensorflow.Variable(1.0), {"a/deep.one": tensorflow.Variable([2.0, 3.0])}]


def write_kinds(folder: Path) -> Path:
    return Path(tensorflow.train.Checkpoint(root=Kinds()).write(str(folder / "kinds")))


def trained_model() -> Any:
    """A model with an optimizer that has state, and with a layer that is frozen."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.Input((4,), name="features"),
            keras.layers.Dense(3, name="hidden"),
            keras.layers.BatchNormalization(name="norm"),
            keras.layers.Dense(2, name="head"),
        ],
        name="classifier",
    )
    model.layers[0].trainable = False
    model.compile("adam", "mse")
    model.fit(np.ones((8, 4)), np.ones((8, 2)), verbose=0)
    return model


def write_keras(folder: Path) -> Path:
    model = trained_model()
    checkpoint = tensorflow.train.Checkpoint(model=model, optimizer=model.optimizer)
    return Path(checkpoint.save(str(folder / "keras")))


def write_managed(folder: Path) -> Path:
    """A folder of a CheckpointManager, which keeps the latest two."""
    module = Kinds()
    manager = tensorflow.train.CheckpointManager(tensorflow.train.Checkpoint(net=module), str(folder / "kept"), 2)
    for value in (1.0, 2.0, 3.0):
        module.scalar.assign(value)
        manager.save()
    return Path(manager.latest_checkpoint)


def tf1_graph() -> tuple[Any, Any]:
    """Builds a model with slots of an optimizer and a partitioned variable; returns a training step and an output."""
    partitioner = tf1.fixed_size_partitioner(3)
    with tf1.variable_scope("model"):
        with tf1.device("/cpu:0"):
            kernel = tf1.get_variable("dense/kernel", (4, 3), initializer=tf1.random_normal_initializer(seed=1))
            bias = tf1.get_variable("dense/bias", (3,), initializer=tf1.zeros_initializer())
        with tf1.device("/cpu:1"):
            table = tf1.get_variable(
                "table", (10, 6), partitioner=partitioner, initializer=tf1.random_normal_initializer(seed=2)
            )
            tf1.get_variable("average", (3,), trainable=False, initializer=tf1.ones_initializer())
    whole = tf1.convert_to_tensor(table)
    output = tf1.ones((2, 4)) @ kernel + bias
    loss = tf1.reduce_sum(output**2) + tf1.reduce_sum(whole**2)
    return tf1.train.AdamOptimizer(0.1).minimize(loss, global_step=tf1.train.get_or_create_global_step()), output


def tf1_session() -> Any:
    """A session with two devices: a sharded saver writes a data shard for each."""
    return tf1.Session(config=tf1.ConfigProto(device_count={"CPU": 2}, allow_soft_placement=True))


def write_tf1(folder: Path, *, sharded: bool = False) -> Path:
    """A checkpoint of names, as TF 1 wrote them."""
    folder.mkdir(exist_ok=True)
    with tf1.Graph().as_default(), tf1_session() as session:
        step, _ = tf1_graph()
        session.run(tf1.global_variables_initializer())
        session.run(step)
        name = "sharded" if sharded else "names"
        return Path(tf1.train.Saver(sharded=sharded).save(session, str(folder / name)))


def write_sharded(folder: Path) -> Path:
    return write_tf1(folder, sharded=True)


def write_many(folder: Path) -> Path:
    """So many variables that the index has several blocks; without a graph of objects, which takes long to write."""
    prefix = folder / "many"
    numbers = range(8000)
    tensorflow.raw_ops.SaveV2(
        prefix=str(prefix),
        tensor_names=[f"variables_of_a_long_name/{number}/.ATTRIBUTES/VARIABLE_VALUE" for number in numbers],
        shape_and_slices=[""] * len(numbers),
        tensors=tensorflow.unstack(tensorflow.range(float(len(numbers)))),
    )
    return prefix


WRITERS: dict[str, Callable[[Path], Path]] = {
    "kinds": write_kinds,
    "keras": write_keras,
    "managed": write_managed,
    "tf1": write_tf1,
    "sharded": write_sharded,
    "many": write_many,
}
