"""The rules that look at the config, and at what it and the file say of each other; they read no values."""

from __future__ import annotations

from typing import Final

from weightscope.keras_facts.constructors import KERAS_VERSION
from weightscope.measure.check import fixes
from weightscope.measure.check.rule import Rule

FILE_RULES: Final = (
    Rule(
        "shape-mismatch",
        "a shape that the config does not imply",
        "error",
        "The config of a layer implies another shape than the file holds for its variable: Keras refuses to load the "
        "model. The config and the weights come from two different models.",
        fixes.ONE_MODEL,
        needs=("layers", "names"),
        reads_values=False,
    ),
    Rule(
        "missing-weights",
        "fewer variables than the layer has",
        "error",
        "The file holds fewer variables for a layer than Keras makes for it: loading fails with 'expected n variables, "
        "but received m'.",
        fixes.SKIP_MISMATCH,
        needs=("counts",),
        reads_values=False,
        about="layer",
    ),
    Rule(
        "unexpected-weights",
        "more variables than the layer has",
        "error",
        "The file holds more variables for a layer than Keras makes for it: loading fails with 'expected n variables, "
        "but received m'. The config was changed after the weights were saved, or something else was stored with them.",
        fixes.SKIP_MISMATCH,
        needs=("counts",),
        reads_values=False,
        about="layer",
    ),
    Rule(
        "misplaced-weights",
        "weights where Keras 3 does not look",
        "error",
        "The file has the weights of a layer in another group than the one in which Keras 3 looks for them, so "
        "loading fails with 'expected n variables, but received 0'. Keras 2.12 and 2.13 count each layer with "
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
        "such as time_major, which Keras 2 wrote for recurrent layers: load_model raises an error.",
        None,
        needs=("config",),
        reads_values=False,
        about="layer",
    ),
    Rule(
        "unknown-class",
        "a class that Keras 3 does not have",
        "error",
        f"The config names a class of Keras that Keras {KERAS_VERSION} does not have, or not in this module: "
        "load_model raises an error. Classes that are not Keras' own are for needs-custom-objects.",
        None,
        needs=("config",),
        reads_values=False,
        about="layer",
    ),
    Rule(
        "needs-custom-objects",
        "classes that are not Keras' own",
        "note",
        "The config names classes or functions that Keras does not have: loading needs your code. This is a fact, "
        "not a verdict: modelscan and modelaudit look for malware.",
        fixes.CUSTOM_OBJECTS,
        needs=("config",),
        reads_values=False,
    ),
    Rule(
        "runs-code-on-load",
        "Python bytecode in the file",
        "warning",
        "The config holds Python bytecode, mostly in a Lambda layer, which runs when the model is loaded with "
        "safe_mode=False and called; older versions of Keras run it from a legacy .h5 file whatever safe_mode says. "
        "Whether it does harm is not judged here: modelscan and modelaudit look for malware.",
        fixes.NO_LAMBDA,
        needs=("layers",),
        reads_values=False,
    ),
    Rule(
        "lambda-weights",
        "a Lambda layer that calls what it does not keep",
        "warning",
        "The code of a Lambda layer calls something by name that was defined outside of it. Keras keeps neither that "
        "nor its weights: if it is a layer, it was not trained, its weights are not in the file, and the name is "
        "unknown after load_model. The bytecode is read for the names, and not run.",
        fixes.LAYER_CLASS,
        needs=("layers",),
        reads_values=False,
        about="layer",
    ),
    Rule(
        "lora-not-in-file",
        "LoRA that cannot train on",
        "warning",
        "A layer was saved with LoRA. This format keeps the merged weight and not the factors, and load_model makes "
        "both factors of zeros, so that neither ever gets a gradient: training on changes nothing in the layer's "
        "kernel.",
        fixes.NEW_FACTORS,
        needs=("counts",),
        reads_values=False,
    ),
    Rule(
        "freeze-lost-on-load",
        "a freeze that loading forgets",
        "warning",
        "The config says that a layer is not trainable, and Keras loads its variables as trainable all the same: its "
        "sub-layers are made anew, and their own flags are not in the config (MultiHeadAttention, GroupQueryAttention, "
        "ConvLSTM). Training after load_model changes it. The flag of a single variable is in no file: it is lost too, "
        "and cannot be found here.",
        fixes.FREEZE_AGAIN,
        needs=("layers",),
        reads_values=False,
        about="layer",
    ),
    Rule(
        "optimizer-in-file",
        "the optimizer's state",
        "note",
        "The file holds the optimizer's variables, which only training on needs: a deployment carries their bytes for "
        "nothing.",
        None,
        reads_values=False,
    ),
)
