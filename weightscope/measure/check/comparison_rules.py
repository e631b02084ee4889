"""The rules of `weightscope diff` on two models."""

from __future__ import annotations

from typing import Final

from weightscope.measure.check.rule import Rule

FROZEN_MOVED: Final = Rule(
    "frozen-moved",
    "a frozen variable that moved",
    "error",
    "With --frozen: a variable is not trainable in B, but its values in A and B differ. Keras reads trainable only "
    "when compile and the first fit build the training step. Moving statistics may change unless the whole layer is "
    "frozen: a frozen layer with changed statistics was called in training mode.",
    "set trainable = False before compile(), or compile again after it; call the layer with training=False",
    of="comparison",
)
TRAINABLE_UNMOVED: Final = Rule(
    "trainable-unmoved",
    "a trainable variable that did not move",
    "warning",
    "With --frozen: a variable is trainable in B, but its values in A and B are equal. No gradient reached it, or the "
    "optimizer does not have it.",
    "check whether the loss depends on it, and whether the optimizer has it",
    of="comparison",
)
SWAPPED_LAYERS: Final = Rule(
    "swapped-layers",
    "layers that change places in the file",
    "error",
    "The file holds one layer in A and another layer of equal shapes in B at the same place. Keras loads .weights.h5 "
    "files by class and order of creation and never by name: load_weights gives each the weights of the other, "
    "without an error.",
    "load the whole model from its .keras file, or create the layers in the order of the model that was saved",
    about="layer",
    of="comparison",
)
STORED_ORDER: Final = Rule(
    "stored-order",
    "the same weights in another order",
    "error",
    "Two legacy .h5 files hold the same weights in another order, for example if one was saved with layers frozen "
    "inside a nested model. load_weights goes by that order: weights of equal shape go into the wrong variables "
    "without an error.",
    None,
    about="layer",
    of="comparison",
)

COMPARISON_RULES: Final = (FROZEN_MOVED, TRAINABLE_UNMOVED, SWAPPED_LAYERS, STORED_ORDER)

#: The hints of `stored-order`: for the variables of one layer, and for layers.
FREEZE_ALIKE: Final = (
    "freeze the same layers before weights are saved and before they are loaded, or use .weights.h5 files"
)
REORDER: Final = "build the model with its layers in the order of the file"
