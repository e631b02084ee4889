"""What to do about an error of other people's code, where its message shows the cause."""

from __future__ import annotations

import os
import re

from weightscope.source.old_code import replacement_for

_GPU = re.compile(r"\b(GPUs?|CUDA|[Cc]u[Dd][Nn][Nn]\w*|device='GPU')")


def advice_for(message: str) -> str | None:
    """Returns a hint: what replaces a name of Keras 2, or how TensorFlow gets to see a GPU; None for other errors.

    Args:
        message: What Keras, TensorFlow or Python said.
    """
    is_hidden = os.environ.get("CUDA_VISIBLE_DEVICES") == "-1"
    if is_hidden and _GPU.search(message):
        return "the GPUs are hidden from TensorFlow; the option --gpu lets it see them"
    return replacement_for(message)
