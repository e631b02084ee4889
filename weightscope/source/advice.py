"""Hints for errors of foreign code (Keras, TensorFlow, the user's module) whose message shows the cause."""

from __future__ import annotations

import os
import re

from weightscope.source.old_code import replacement_for

_GPU = re.compile(r"\b(GPUs?|CUDA|[Cc]u[Dd][Nn][Nn]\w*|device='GPU')")


def advice_for(message: str) -> str | None:
    """Returns a hint: the replacement for a Keras 2 name, or how to enable GPUs; None for other errors.

    Args:
        message: The message of the error that Keras, TensorFlow or Python raised.
    """
    is_hidden = os.environ.get("CUDA_VISIBLE_DEVICES") == "-1"
    if is_hidden and _GPU.search(message):
        return "the GPUs are hidden from TensorFlow; the option --gpu lets it see them"
    return replacement_for(message)
