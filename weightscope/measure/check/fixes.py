"""What to do about a finding. `tests/measure/check/test_fixes.py` tries every text here with Keras."""

from __future__ import annotations

from typing import Final

EARLIER_CHECKPOINT: Final = (
    "load a checkpoint that was saved before, and train on with a lower learning rate or clipped gradients (clipnorm)"
)
FLOAT32: Final = "load the values from before the overflow, and keep the variable in float32"
RANDOM_OR_RESTORED: Final = "restore the weights (load_weights), or give the kernel random values and train on"
DEAD: Final = "give the channels random values and train on, or build the layer without them"
TRAINING_MODE: Final = "call the model with training=True on real data (fit does), with a momentum below 1"
SOUND_STATISTICS: Final = (
    "load sound values into the layer; set_weights takes gamma, beta, moving mean, moving variance"
)
RESTORE: Final = "restore the trained weights (load_weights), and save the model again"
SCALED_INPUTS: Final = (
    "scale what goes into the layer, and train on: the statistics follow the data, by the layer's momentum"
)
ADAPT: Final = "call the layer's adapt() on the training data, and train and save the model again"
DENORMAL: Final = "set these values to 0, or keep the variable in float32"
ONE_MODEL: Final = "take config and weights from one model"
SHARE: Final = "use one layer in both places, if they are meant to be the same"
SHARED_WITH_NESTED: Final = (
    "build the model in code and call load_weights with this file, or save it as .h5, which holds the layer twice"
)
SKIP_MISMATCH: Final = (
    "build the model in code, call load_weights(path, skip_mismatch=True), train the layer, and save the model again"
)
SKIP_MISMATCH_BY_NAME: Final = (
    "build the model in code, call load_weights(path, by_name=True, skip_mismatch=True), train the layer, and save the"
    " model again"
)
LOOKUP: Final = (
    "build the model in code, call load_weights(path, by_name=True, skip_mismatch=True), and save it again: the"
    " config holds idf_weights"
)
QUANTIZE: Final = (
    'build the model in code, quantize it as it was (model.quantize("int8")), and call load_weights with this file: a'
    " config does not hold how layers inside an attention layer are quantized"
)
MOVE_GROUPS: Final = (
    "rename these groups, in the order of the model, in the model.weights.h5 of the zip: h5py.File.move(old, new)"
)
CUSTOM_OBJECTS: Final = "pass custom_objects to load_model, or register the classes (register_keras_serializable)"
NO_LAMBDA: Final = "load it only if you trust who wrote it; write a layer class instead of a Lambda"
LAYER_CLASS: Final = "write a layer class that creates these layers in its constructor, instead of a Lambda"
FREEZE_AGAIN: Final = "after load_model, set layer.trainable = True and then False: False alone changes nothing"
FREEZE_THEN_COMPILE: Final = (
    "freeze layers before compile(): call compile() again with a new optimizer, train on, and save it again"
)
COMPILE_AGAIN: Final = "call compile() with an optimizer again, train on, and save as .keras before any save as .h5"
NO_OPTIMIZER: Final = "model = load_model(path, compile=False), and save this model"
NO_OPTIMIZER_IN_KERAS: Final = "weightscope export MODEL -o OUT.keras --no-optimizer"
NO_OPTIMIZER_IN_WEIGHTS: Final = "weightscope export MODEL -o OUT.weights.h5 --no-optimizer"
TRAIN_OR_DROP: Final = (
    "train the model, or save it without its optimizer: model = load_model(path, compile=False), and save this model"
)
NO_OVERFLOW: Final = "scale the inputs, or train with the dtype policy mixed_bfloat16 or float32"
NEW_FACTORS: Final = (
    "after load_model, give the first factor random values before training on:"
    " layer.lora_kernel_a.assign(keras.initializers.HeUniform()(layer.lora_kernel_a.shape))"
)
NEW_FACTORS_OF_EMBEDDING: Final = NEW_FACTORS.replace("lora_kernel_a", "lora_embeddings_a")
BUILD_IN_CODE: Final = (
    "build the model in code for Keras 3, and call load_weights with this file (of a folder: with the model.weights.h5"
    " in it)"
)
EXPORT_OR_BUILD: Final = (
    "weightscope export MODEL -o OUT.keras, or build the model in code and call load_weights with this file"
)
NAME_OF_CONTENT: Final = (
    "rename the file: a model in HDF5 ends in .h5, one in a zip in .keras, weights of Keras 3 in .weights.h5, and"
    " weights of Keras 2 in .h5 alone"
)
DROP_ARGUMENT: Final = (
    "pass load_model, in custom_objects, a subclass of this name whose constructor leaves the arguments out"
)
CLASS_OF_THIS_NAME: Final = "pass load_model, in custom_objects, a class for this name: Keras' own, where it has one"
NO_COMPILE: Final = "load_model(path, compile=False), and compile the model again"
