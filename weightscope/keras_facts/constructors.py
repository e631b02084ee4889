"""Looks up which classes Keras 3 has and which arguments their constructors take."""

from __future__ import annotations

from typing import Final

from weightscope.keras_facts.families import FAMILIES
from weightscope.keras_facts.other_arguments import OTHERS

#: The version of Keras that this is true of.
KERAS_VERSION: Final = "3.15.1"


#: The rows of the layers.
_LAYERS: Final = tuple(row for family in FAMILIES for row in family.ARGUMENTS)

#: The arguments of each class, by the module that exports it and its name; None where it takes any.
ARGUMENTS: Final[dict[tuple[str, str], frozenset[str] | None]] = {
    (module, name): row.arguments
    for module, rows in {"keras.layers": _LAYERS, **OTHERS}.items()
    for row in rows
    for name in row.classes
}

#: Models, which are built from more of their config than their constructors take.
MODELS: Final = frozenset({"Sequential", "Functional", "Model"})

#: The layers and models that a config without modules may name.
LEGACY_LAYERS: Final = (
    MODELS | {"GroupedQueryAttention"} | {name for module, name in ARGUMENTS if module == "keras.layers"}
)

#: The dtype policies, which are looked up by their name alone.
POLICIES: Final = frozenset(name for module, name in ARGUMENTS if module in ("keras", "keras.dtype_policies"))

#: Other names of layers and models in the modules that export them.
_ALIASES: Final = {
    "keras.layers": frozenset(
        [
            "AvgPool1D",
            "AvgPool2D",
            "AvgPool3D",
            "Convolution1D",
            "Convolution1DTranspose",
            "Convolution2D",
            "Convolution2DTranspose",
            "Convolution3D",
            "Convolution3DTranspose",
            "GlobalAvgPool1D",
            "GlobalAvgPool2D",
            "GlobalAvgPool3D",
            "GlobalMaxPool1D",
            "GlobalMaxPool2D",
            "GlobalMaxPool3D",
            "Layer",
            "MaxPool1D",
            "MaxPool2D",
            "MaxPool3D",
            "SeparableConvolution1D",
            "SeparableConvolution2D",
        ]
    ),
    "keras.models": frozenset({"Model", "Sequential"}),
    "keras": frozenset({"Model", "Sequential", "Layer"}),
}

#: What `keras.src` consists of, and modules below it that only Keras 2 had and wrote into configs.
_PRIVATE: Final = frozenset(
    [
        "activations",
        "applications",
        "backend",
        "callbacks",
        "constraints",
        "datasets",
        "distillation",
        "distribution",
        "dtype_policies",
        "export",
        "initializers",
        "layers",
        "legacy",
        "losses",
        "metrics",
        "models",
        "ops",
        "optimizers",
        "quantizers",
        "random",
        "regularizers",
        "saving",
        "testing",
        "trainers",
        "tree",
        "utils",
        "visualization",
        "wrappers",
    ]
)
_GONE: Final = frozenset({"keras.src.layers.core.tf_op_layer", "keras.src.metrics.base_metric"})


def is_in_keras_3(module: str, name: str) -> bool:
    """Whether Keras 3 finds a class of Keras in a module; of the private modules all classes are taken to be there."""
    if module.startswith("keras.src."):
        return module.split(".")[2] in _PRIVATE and module not in _GONE
    return (module, name) in ARGUMENTS or name in _ALIASES.get(module, ()) or module.startswith("keras.ops")
