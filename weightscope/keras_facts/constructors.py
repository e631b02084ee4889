"""Looks up which classes Keras 3 has and which arguments their constructors take."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from weightscope.keras_facts.constructor_arguments import ROWS

#: The version of Keras that this is true of.
KERAS_VERSION: Final = "3.15.1"


#: Arguments that many classes take.
GROUPS: Final = {
    "layer": "name trainable dtype autocast activity_regularizer input_dim input_shape",
    "image": "bounding_box_format data_format factor",
    "recurrent": "kernel_* recurrent_* bias_* activation dropout recurrent_dropout seed use_bias",
    "sequence": "go_backwards return_sequences return_state stateful unroll zero_output_for_mask",
    "loss": "name dtype reduction",
    "metric": "name dtype",
    "optimizer": (
        "name learning_rate weight_decay clipnorm clipvalue global_clipnorm use_ema ema_momentum"
        " ema_overwrite_frequency loss_scale_factor gradient_accumulation_steps decay"
    ),
}


def _arguments(words: str) -> frozenset[str] | None:
    """Returns the arguments that the words of a row stand for; None for any."""
    found: list[str] = []
    if words.strip() == "*":
        return None
    for word in words.split():
        if word.startswith("@"):
            found += _arguments(GROUPS[word[1:]]) or ()
        elif word.endswith("_*"):
            found += (f"{word[:-1]}{kind}" for kind in ("initializer", "regularizer", "constraint"))
        else:
            found.append(word)
    return frozenset(found)


def _read() -> Iterator[tuple[tuple[str, str], frozenset[str] | None]]:
    for module, text in ROWS.items():
        # a name ends with a colon where the arguments begin; both may go on over several lines
        for row in text.replace("\n            ", " ").strip().splitlines():
            names, _, words = row.partition(":")
            arguments = _arguments(words)
            yield from (((module, name), arguments) for name in names.split())


#: The arguments of each class, by the module that exports it and its name; None where it takes any.
ARGUMENTS: Final[dict[tuple[str, str], frozenset[str] | None]] = dict(_read())
