"""One model of Keras 2 in every format that it writes: each variable has one name, which is Keras 3's."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

from weightscope.source.file import inspect_file
from weightscope.source.wanted import Wanted

#: In a process of its own: once it is imported, Keras 2 changes what TensorFlow loads.
SAVE = """
import sys, numpy, tf_keras
layers, path = tf_keras.layers, sys.argv[1]
image, depthwise = layers.Input((6, 6, 2)), layers.DepthwiseConv2D(3, name="dw")
model = tf_keras.Sequential([image, depthwise, layers.SeparableConv2D(3, 2, name="sep"), layers.Flatten()])
model.compile(tf_keras.optimizers.RMSprop(momentum=0.9), "mse")
model.fit(numpy.ones((2, 6, 6, 2)), numpy.ones((2, 27)), verbose=0)
model.save(f"{path}/folder", save_format="tf")
model.save(f"{path}/model.h5", save_format="h5")
model.save(f"{path}/model.keras")
model.save_weights(f"{path}/checkpoint_of_weights", save_format="tf")
model.save_weights(f"{path}/weights.h5", save_format="h5")
"""

NAMES = [*("dw/kernel", "dw/bias"), *("sep/depthwise_kernel", "sep/pointwise_kernel", "sep/bias")]


@pytest.mark.slow
def test_a_depthwise_kernel_is_a_kernel_in_every_format_and_so_are_its_slots(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", SAVE, tmp_path], check=True, capture_output=True)
    for name in ("folder", "model.h5", "model.keras", "checkpoint_of_weights", "weights.h5"):
        inspection = inspect_file(str(tmp_path / name), Wanted(optimizer=True))
        assert [one.info.path for one in inspection.variables if one.info.role == "weight"] == NAMES
        if name != "weights.h5":
            kept = {one.info.path for one in inspection.optimizer or ()}
            assert kept >= {f"RMSprop/{weight}/{word}" for weight in NAMES for word in ("velocity", "momentum")}


def test_a_depthwise_kernel_keeps_its_name_where_a_layer_has_more_than_a_depthwise_convolution(tmp_path: Path) -> None:
    path = tmp_path / "weights.h5"
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = ["one", "other"]
        for layer, names in (("one", ["depthwise_kernel"]), ("other", ["depthwise_kernel", "gain"])):
            group = file.create_group(layer)
            group.attrs["weight_names"] = [f"{layer}/{name}:0" for name in names]
            for name in names:
                group[f"{layer}/{name}:0"] = np.ones((3, 3, 2, 1), "f4")
    listed = [one.info.path for one in inspect_file(str(path)).variables]
    assert listed == ["one/kernel", "other/depthwise_kernel", "other/gain"]
