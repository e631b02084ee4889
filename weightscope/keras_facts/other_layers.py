"""Layers with weights of their own that belong to no family: activations, spectrograms, look-ups, applications.

Source: `build` of `keras/src/layers`, and `keras/src/applications/convnext.py`, Keras 3.6 to 3.15.
"""

from __future__ import annotations

from typing import Final

from weightscope.keras_facts.constructor_arguments import (
    ALPHA,
    LAYER,
    Takes,
    takes,
)
from weightscope.keras_facts.example import Example, each
from weightscope.keras_facts.records import LayerFacts, Not, Option, Weight

#: One slope for each element of an example; axes that share one have size 1. Their meaning is the input's.
_INPUT_AXES = ("input axis",)

_MODE = "mode"


def _spectrum(part: str, other: str) -> Weight:
    when = Not(Option(_MODE, other, default="log"))
    return Weight(f"{part}_kernel", ("frame", "one", "frequency"), when=when)


#: How much a token says of a text, which `adapt` counts.
#: Source: `save_own_variables` of `keras/src/layers/preprocessing/index_lookup.py`.
_IDF = Weight("idf_weights", ("token",), when=Option("output_mode", "tf_idf"), trainable=False, key="idf_weights")

#: The attributes under which a layer of Keras has another one that stores the same once more: TextVectorization.
STORED_AGAIN: Final = frozenset({"_lookup_layer"})

LAYERS: Final = (
    LayerFacts("PReLU", (Weight("alpha", _INPUT_AXES, made_by="alpha_initializer"),)),
    # its weight has no name, and what Keras makes up differs from session to session
    LayerFacts("LayerScale", (Weight("0", ("channel",), ("projection_dim",)),)),
    *(LayerFacts(name, (_IDF,)) for name in ("IntegerLookup", "StringLookup", "TextVectorization")),
    LayerFacts("STFTSpectrogram", (_spectrum("real", "imag"), _spectrum("imag", "real"))),
)

#: The arguments that the constructors take, some in `**kwargs`.
ARGUMENTS: Final[tuple[Takes, ...]] = (
    takes("PReLU", LAYER | ALPHA, "shared_axes"),
    takes(
        "IntegerLookup",
        own="dtype has_input_vocabulary idf_weights invert mask_token max_tokens name num_oov_indices oov_method "
        "oov_token output_mode pad_to_max_tokens salt sparse trainable vocabulary vocabulary_dtype vocabulary_size",
    ),
    takes(
        "STFTSpectrogram",
        LAYER,
        "data_format expand_dims fft_length frame_length frame_step mode padding periodic scaling window",
    ),
    takes(
        "StringLookup",
        own="dtype encoding has_input_vocabulary idf_weights invert mask_token max_tokens name num_oov_indices "
        "oov_method oov_token output_mode pad_to_max_tokens salt sparse trainable vocabulary vocabulary_size",
    ),
    takes(
        "TextVectorization",
        LAYER,
        "encoding has_input_vocabulary idf_weights max_tokens ngrams output_mode output_sequence_length "
        "pad_to_max_tokens ragged sparse split standardize vocabulary vocabulary_size",
    ),
)

#: How each can be built and called.
EXAMPLES: Final[dict[str, Example]] = dict(
    (
        *each("PReLU", inputs=("1,28,28,3",)),
        *each("STFTSpectrogram", inputs=("1,16000,1",)),
        *each("IntegerLookup", inputs=("1,4:int32",), arguments=("vocabulary=[1,2]",)),
        *each("StringLookup", inputs=("1,4:string",), arguments=('vocabulary=["a","b"]',)),
        *each("TextVectorization", inputs=("1,1:string",), arguments=('vocabulary=["a","b"]',)),
    )
)
