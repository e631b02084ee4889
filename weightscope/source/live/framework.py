"""Imports TensorFlow and Keras. All other modules import them from here.

Importing this module takes several seconds and several hundred MB. Import it only inside functions that need it.
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

#: Neither package has types, so both are `Any`; `source.live` converts their objects to records.
keras: Any = _keras
tensorflow: Any = _tensorflow

if keras.backend.backend() != "tensorflow":
    raise ModelError(
        f"keras with the {keras.backend.backend()} backend",
        "weightscope builds and loads with the tensorflow backend",
        "export KERAS_BACKEND=tensorflow before Keras is imported",
    )


def keras2() -> Any:
    """Returns `tf_keras` (Keras 2) if the user's code has imported it, or None."""
    return sys.modules.get("tf_keras")
