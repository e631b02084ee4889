"""The rules of `weightscope diff`: what two models together have that is wrong."""

from __future__ import annotations

from typing import Final

from weightscope.measure.check.rule import Rule

FROZEN_MOVED: Final = Rule(
    "frozen-moved",
    "a frozen variable that moved",
    "error",
    "With --frozen: B says that a variable is not trainable, and its values are not those of A. Keras looks at "
    "trainable when compile and the first fit make the training step, and not again. Moving statistics may move unless "
    "the whole layer is frozen: then it was called in training mode.",
    "set trainable = False before compile(), or compile again after it; call the layer with training=False",
    of="comparison",
)
TRAINABLE_UNMOVED: Final = Rule(
    "trainable-unmoved",
    "a trainable variable that did not move",
    "warning",
    "With --frozen: B says that a variable is trainable, and its values are those of A: no gradient reached it, or the "
    "optimizer does not have it.",
    "look whether the loss depends on it, and whether the optimizer has it",
    of="comparison",
)
SWAPPED_LAYERS: Final = Rule(
    "swapped-layers",
    "layers that change places in the file",
    "error",
    "The file holds one layer in A and another layer of equal shapes in B at the same place. Keras loads .weights.h5 "
    "files by class and order of creation and never by name: load_weights gives each the weights of the other, and "
    "raises nothing.",
    "load the whole model from its .keras file, or create the layers in the order of the model that was saved",
    about="layer",
    of="comparison",
)
STORED_ORDER: Final = Rule(
    "stored-order",
    "the same weights in another order",
    "error",
    "Two legacy .h5 files hold the same weights in another order, as when one was saved with layers frozen inside a "
    "nested model. load_weights goes by that order: weights of one shape go into the wrong variables without an error.",
    None,
    about="layer",
    of="comparison",
)

COMPARISON_RULES: Final = (FROZEN_MOVED, TRAINABLE_UNMOVED, SWAPPED_LAYERS, STORED_ORDER)

#: What to do about `stored-order`: about the variables of one layer, and about layers.
FREEZE_ALIKE: Final = (
    "freeze the same layers before weights are saved and before they are loaded, or use .weights.h5 files"
)
REORDER: Final = "build the model with its layers in the order of the file"
