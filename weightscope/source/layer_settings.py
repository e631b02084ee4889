"""The options of building and examining a layer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LayerSettings:
    """How a layer is built, called and examined.

    Attributes:
        seed: The seed for initial values and dummy inputs; None leaves the state of Keras' generators unchanged.
        training: Whether to call the layer in training mode.
        symbolic: Whether to build the layer from shapes only. Nothing is computed, and variables have no values.
        gradients: Whether to compute which variables a loss on the outputs would train.
        doctor: Whether to check for problems in training, saving and loading.
        dtype_policy: The dtype policy to build the layer with, such as `mixed_float16`; None for the layer's default.
        fresh_process: Whether the doctor loads the saved layer in a new process. Loading in this process takes a tenth
            of the time, but also succeeds for classes that another program does not define.
        layout: Whether to record how loading addresses the weights of a model.
    """

    seed: int | None = 0
    training: bool = False
    symbolic: bool = False
    gradients: bool = False
    doctor: bool = False
    dtype_policy: str | None = None
    fresh_process: bool = True
    layout: bool = False
