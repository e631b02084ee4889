"""The rules that compare the config with the file and with Keras; they read no values."""

from __future__ import annotations

from typing import Final

from weightscope.keras_facts.constructors import KERAS_VERSION
from weightscope.measure.check import fixes
from weightscope.measure.check.rule import Rule

FILE_RULES: Final = (
    Rule(
        "misnamed-file",
        "a file named for another format",
        "warning",
        "Keras chooses the reader by the end of a file's name, weightscope by the content. load_model or load_weights "
        "raises an error for this name: 'File not found', 'file signature not found', 'File is not a zip file', 'Layer "
        "count mismatch', or 'A total of n objects could not be loaded'. The content may be sound.",
        fixes.NAME_OF_CONTENT,
        reads_values=False,
    ),
    Rule(
        "shape-mismatch",
        "a shape that the config does not imply",
        "error",
        "The shape of a stored variable differs from the shape that the config of its layer implies. load_model raises "
        "an error. The config and the weights come from two different models.",
        fixes.ONE_MODEL,
        needs=("layers", "names"),
        reads_values=False,
    ),
    Rule(
        "missing-weights",
        "fewer variables than the layer has",
        "error",
        "The file holds fewer variables for a layer than Keras creates for it. Loading fails with 'expected n "
        "variables, but received m'.",
        fixes.SKIP_MISMATCH,
        needs=("counts",),
        reads_values=False,
        about="layer",
    ),
    Rule(
        "unexpected-weights",
        "more variables than the layer has",
        "error",
        "The file holds more variables for a layer than Keras creates for it. Loading fails with 'expected n "
        "variables, but received m'. The config was changed after the weights were saved, or other data was stored "
        "with them.",
        fixes.SKIP_MISMATCH,
        needs=("counts",),
        reads_values=False,
        about="layer",
    ),
    Rule(
        "misplaced-weights",
        "weights where Keras 3 does not look",
        "error",
        "The weights of a layer are not in the HDF5 group in which Keras 3 looks for them. Loading fails with "
        "'expected n variables, but received 0'. Keras 2.12 and 2.13 count each layer with "
        "weights twice when they number groups; Keras 2 on Windows writes backslashes into the names of groups.",
        fixes.MOVE_GROUPS,
        needs=("counts",),
        reads_values=False,
        about="layer",
    ),
    Rule(
        "unknown-argument",
        "an argument that Keras 3 does not take",
        "error",
        f"The config gives a class of Keras an argument that its constructor does not take in Keras {KERAS_VERSION}, "
        "such as time_major, which Keras 2 wrote for recurrent layers. load_model raises an error.",
        None,
        needs=("config",),
        reads_values=False,
        about="layer",
    ),
    Rule(
        "refused-value",
        "a value that Keras 3 does not take",
        "error",
        f"An option of a layer in a legacy .h5 file has the name of a function of Keras, and Keras {KERAS_VERSION} puts"
        " the function in its place: score_mode of Attention is dot. Or the config of a Sequential is a list of layers."
        " Or it is of Keras 2, which counts calls of a model inside another one from 1, and writes the one output of a"
        " model in a Sequential as a list. load_model raises an error, or, rarely, the model computes something else.",
        fixes.BUILD_IN_CODE,
        needs=("config",),
        reads_values=False,
        about="layer",
    ),
    Rule(
        "misread-input-shape",
        "a Sequential whose input shape Keras 3 misreads",
        "error",
        "A legacy .h5 file holds a Sequential without an InputLayer, as Keras up to 2.3 wrote it. Keras "
        f"{KERAS_VERSION} takes the batch size for an axis of the input: load_model raises an error, or the loaded "
        "model refuses the data that it was trained on, or its output has one axis more (where the last axis is 1).",
        fixes.EXPORT_OR_BUILD,
        needs=("config",),
        reads_values=False,
        about="layer",
    ),
    Rule(
        "unknown-class",
        "a class that Keras 3 does not have",
        "error",
        f"The config names a class of Keras that Keras {KERAS_VERSION} does not have, or not in this module. "
        "load_model raises an error. The rule needs-custom-objects reports classes that are not part of Keras.",
        None,
        needs=("config",),
        reads_values=False,
        about="layer",
    ),
    Rule(
        "needs-custom-objects",
        "classes that are not Keras' own",
        "note",
        "The config names classes or functions that are not part of Keras. Loading needs the code that defines them. "
        "The rule does not look for malware: modelscan and modelaudit do.",
        fixes.CUSTOM_OBJECTS,
        needs=("config",),
        reads_values=False,
    ),
    Rule(
        "runs-code-on-load",
        "Python bytecode in the file",
        "warning",
        "The config holds Python bytecode, mostly in a Lambda layer. The bytecode runs when the model is loaded with "
        "safe_mode=False and called. Older versions of Keras ignore safe_mode for a legacy .h5 file and run it. "
        "The rule does not judge whether the code is harmful: modelscan and modelaudit look for malware.",
        fixes.NO_LAMBDA,
        needs=("layers",),
        reads_values=False,
    ),
    Rule(
        "lambda-weights",
        "a Lambda layer that calls what it does not keep",
        "warning",
        "The code of a Lambda layer calls a name that is defined outside of the Lambda. Keras saves neither the named "
        "object nor its weights. If the object is a layer, it was not trained, its weights are not in the file, and "
        "the name is undefined after load_model. The bytecode is read for names, and not run.",
        fixes.LAYER_CLASS,
        needs=("layers",),
        reads_values=False,
        about="layer",
    ),
    Rule(
        "lora-not-in-file",
        "LoRA that cannot be trained further",
        "warning",
        "A layer was saved with LoRA. This format stores the merged weight and not the factors. load_model fills both "
        "factors with zeros, so neither gets a gradient: further training does not change the layer's kernel.",
        fixes.NEW_FACTORS,
        needs=("counts",),
        reads_values=False,
    ),
    Rule(
        "freeze-lost-on-load",
        "a freeze that is lost on loading",
        "warning",
        "The config declares a layer as not trainable, but Keras loads its variables as trainable. Keras creates its "
        "sub-layers again, and their flags are not in the config (MultiHeadAttention, GroupQueryAttention, ConvLSTM). "
        "Training after load_model changes the layer. The flag of a single variable is not stored in any file: it is "
        "lost too, and this rule cannot report it.",
        fixes.FREEZE_AGAIN,
        needs=("layers",),
        reads_values=False,
        about="layer",
    ),
    Rule(
        "optimizer-not-loaded",
        "an optimizer that load_model does not restore",
        "warning",
        "Layers were frozen after the optimizer was built, so it keeps numbers for weights that are not trainable; or "
        "the model was saved as .h5 first, which takes the optimizer out of its config. load_model makes a new one, "
        "and skips the stored state: 'Skipping variable loading for optimizer'. If RMSprop, the default, has as many "
        "variables as the optimizer whose name is lost, it takes them for its own. The weights are loaded.",
        fixes.FREEZE_THEN_COMPILE,
        needs=("config",),
        reads_values=False,
    ),
    Rule(
        "optimizer-in-file",
        "the optimizer's state",
        "note",
        "The file holds the optimizer's variables. Only further training needs them: for inference they are unused "
        "bytes.",
        None,
        reads_values=False,
    ),
)
