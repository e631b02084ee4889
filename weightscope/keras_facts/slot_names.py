"""What optimizers call the variables that they keep, in Keras 2 and 3."""

from __future__ import annotations

from typing import Final

#: Keras 3's name by the names that Keras 1 and 2 and checkpoints use for the same variable.
#: Source: `add_slot` in `tf_keras/src/optimizers/legacy`, `add_variable_from_reference` in `tf_keras/src/optimizers`
#: (2.15) and in `keras/src/optimizers` (3.15).
SLOT_NAMES: Final = {
    "m": "momentum",
    "v": "velocity",
    "vhat": "velocity_hat",
    "rms": "velocity",
    "mg": "average_gradient",
    "u": "norm",
    "accum_grad": "accumulated_grad",
    "accum_var": "accumulated_delta_var",
    "iter": "iteration",
    "iterations": "iteration",
    "current_learning_rate": "learning_rate",
}

#: What Keras 3 and 2 call the moving average of a weight, which `use_ema` keeps.
AVERAGE: Final = "average"
