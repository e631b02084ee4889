"""The only module that imports TensorFlow and Keras; everything else takes them from here.

Importing it takes seconds and some hundred MB, so it is imported inside the functions that need it.
"""

from __future__ import annotations

import os
import sys
from typing import Any

if "keras" not in sys.modules:
    os.environ["KERAS_BACKEND"] = "tensorflow"

import keras as _keras
import tensorflow as _tensorflow

from weightscope.errors import ModelError

#: Neither ships types: they are `Any` from here on, and become records in `source.live`.
keras: Any = _keras
tensorflow: Any = _tensorflow

if keras.backend.backend() != "tensorflow":
    raise ModelError(
        f"keras with the {keras.backend.backend()} backend",
        "weightscope builds and loads with the tensorflow backend",
        "export KERAS_BACKEND=tensorflow before Keras is imported",
    )


def keras2() -> Any:
    """Returns `tf_keras`, which is Keras 2, if the user's code has imported it; else None."""
    return sys.modules.get("tf_keras")
