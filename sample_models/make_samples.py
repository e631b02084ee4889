"""Makes the sample models: small, seeded, each named for what is special about it. Usage: make_samples.py [FOLDER]."""

from __future__ import annotations

import sys
from pathlib import Path

import keras
import numpy as np
import tensorflow
from denoiser import Denoiser
from keras import layers

SEED = 19705


def cnn_frozen_batchnorm():
    """A trained image classifier whose first convolution is frozen; its file holds the optimizer too."""
    model = _classifier()
    _train(model, (12, 12, 3), 10)
    return model


def _classifier():
    return keras.Sequential(
        [
            keras.Input((12, 12, 3)),
            layers.Conv2D(6, 3, activation="relu", trainable=False),
            layers.BatchNormalization(),
            layers.Conv2D(8, 3, strides=2, activation="relu"),
            layers.Dropout(0.3),
            layers.GlobalAveragePooling2D(),
            layers.Dense(10, activation="softmax"),
        ],
        name="image_classifier",
    )


def text_bidirectional_lstm():
    """A text classifier: embedding, a bidirectional LSTM with its cells nested inside, a dense layer."""
    return keras.Sequential(
        [
            keras.Input((16,), dtype="int32"),
            layers.Embedding(64, 8, name="tokens"),
            layers.Bidirectional(layers.LSTM(6), name="reader"),
            layers.Dense(2, name="verdict"),
        ],
        name="sentiment",
    )


def attention_encoder():
    """A transformer block: self-attention with a residual connection, normalisation, a feed-forward layer."""
    tokens = keras.Input((10, 16), name="tokens")
    attended = layers.MultiHeadAttention(num_heads=2, key_dim=8, name="attention")(tokens, tokens)
    seen = layers.LayerNormalization(name="norm")(layers.Add(name="residual")([tokens, attended]))
    outputs = layers.Dense(16, "gelu", name="feed_forward")(seen)
    return keras.Model(tokens, outputs, name="encoder_block")


def nested_shared_siamese():
    """A model inside a model, called twice: its variables are listed once."""
    tower = keras.Sequential(
        [keras.Input((8,)), layers.Dense(12, "relu", name="wide"), layers.Dense(4, name="narrow")],
        name="tower",
    )
    left, right = keras.Input((8,), name="left"), keras.Input((8,), name="right")
    distance = layers.Subtract(name="distance")([tower(left), tower(right)])
    return keras.Model([left, right], layers.Dense(1, name="similarity")(distance), name="siamese")


def subclassed_custom_layers():
    """A subclassed model of registered custom layers: `--module denoiser.py` brings its class."""
    model = Denoiser(name="denoiser")
    model(_images(8, 8, 3)[:1])
    return model


def unbuilt():
    """Saved before it was built: it has no variables without `--input-shape`."""
    return keras.Sequential([layers.Dense(8, "relu", name="hidden"), layers.Dense(2, name="scores")], name="unbuilt")


def nan_weights():
    """A training run that diverged: NaN and infinities among the values."""
    model = keras.Sequential(
        [keras.Input((6,)), layers.Dense(5, name="hidden"), layers.Dense(3, name="scores")], name="diverged"
    )
    kernel, bias = model.layers[1].get_weights()
    kernel[0, 1], kernel[2], bias[0] = np.inf, np.nan, -np.inf
    model.layers[1].set_weights([kernel, bias])
    return model


def legacy():
    """A whole model in the HDF5 format of Keras 2."""
    return keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Conv2D(4, 3, name="edges"),
            layers.BatchNormalization(name="norm"),
            layers.Flatten(),
            layers.Dense(3, name="scores"),
        ],
        name="old_timer",
    )


def weights_only():
    """Weights without an architecture."""
    return nested_shared_siamese()


def bfloat16():
    """Variables in bfloat16, which numpy does not have."""
    return keras.Sequential(
        [keras.Input((8,)), layers.Dense(8, dtype="bfloat16", name="half"), layers.Dense(2, name="whole")],
        name="mixed",
    )


SAMPLES = {
    "cnn_frozen_batchnorm.keras": cnn_frozen_batchnorm,
    "text_bidirectional_lstm.keras": text_bidirectional_lstm,
    "attention_encoder.keras": attention_encoder,
    "nested_shared_siamese.keras": nested_shared_siamese,
    "subclassed_custom_layers.keras": subclassed_custom_layers,
    "unbuilt.keras": unbuilt,
    "nan_weights.keras": nan_weights,
    "legacy.h5": legacy,
    "weights_only.weights.h5": weights_only,
    "bfloat16.keras": bfloat16,
}


def in_formats_of_tensorflow(folder: Path) -> None:
    """Writes the trained classifier once more: as a SavedModel, and as a checkpoint with its optimizer."""
    model = keras.saving.load_model(folder / "cnn_frozen_batchnorm.keras")
    model.export(folder / "cnn_savedmodel", verbose=False)
    tensorflow.train.Checkpoint(model=model, optimizer=model.optimizer).save(folder / "cnn_checkpoint" / "ckpt")


def while_training(folder: Path) -> None:
    """Trains the classifier once more, and saves it after each of three epochs, without the optimizer."""
    keras.utils.set_random_seed(SEED)
    model = _classifier()
    for epoch in (1, 2, 3):
        _train(model, (12, 12, 3), 10, epochs=1)
        keras.utils.clear_session()  # else its layers have other names each time
        saved = _classifier()
        saved.set_weights(model.get_weights())
        saved.save(folder / f"epoch-{epoch}.keras")


def _images(*shape):
    return np.random.default_rng(SEED).random((64, *shape), "float32")


def _train(model, shape, classes, epochs=3):
    labels = np.random.default_rng(SEED).integers(0, classes, 64)
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(_images(*shape), labels, epochs=epochs, verbose=0)


def main() -> None:
    """Writes every sample into the folder."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in SAMPLES.items():
        keras.utils.clear_session()
        keras.utils.set_random_seed(SEED)
        model = make()
        (model.save_weights if name.endswith(".weights.h5") else model.save)(folder / name)
    in_formats_of_tensorflow(folder)
    (folder / "training").mkdir(exist_ok=True)
    while_training(folder / "training")


if __name__ == "__main__":
    main()
