"""What a row of constructor arguments is, and the arguments that many classes of Keras take.

The rows of layers stand with their facts, in the modules of `families`; those of other classes in `other_arguments`.
Most rows are of several classes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Takes:
    """Classes whose constructors take the same arguments.

    Attributes:
        classes: Their names.
        arguments: The names of the arguments; None: any.
    """

    classes: tuple[str, ...]
    arguments: frozenset[str] | None


_NONE: Final[frozenset[str]] = frozenset()


def takes(classes: str, groups: frozenset[str] = _NONE, own: str = "") -> Takes:
    """Returns the row of classes that take the arguments of groups, and some of their own; names are words."""
    return Takes(tuple(classes.split()), groups | frozenset(own.split()))


def anything(classes: str) -> Takes:
    """Returns the row of classes that take any argument."""
    return Takes(tuple(classes.split()), None)


def _made(weight: str) -> frozenset[str]:
    """Returns the arguments about one weight."""
    return frozenset({f"{weight}_initializer", f"{weight}_regularizer", f"{weight}_constraint"})


KERNEL: Final = _made("kernel")
BIAS: Final = _made("bias")
DEPTHWISE: Final = _made("depthwise")
POINTWISE: Final = _made("pointwise")
EMBEDDINGS: Final = _made("embeddings")
GAMMA: Final = _made("gamma")
BETA: Final = _made("beta")
ALPHA: Final = _made("alpha")

LAYER: Final = frozenset({"name", "trainable", "dtype", "autocast", "activity_regularizer", "input_dim", "input_shape"})
IMAGE: Final = frozenset({"bounding_box_format", "data_format", "factor"})
RECURRENT: Final = (
    KERNEL | _made("recurrent") | BIAS | {"activation", "dropout", "recurrent_dropout", "seed", "use_bias"}
)
SEQUENCE: Final = frozenset(
    {"go_backwards", "return_sequences", "return_state", "stateful", "unroll", "zero_output_for_mask"}
)
LOSS: Final = frozenset({"name", "dtype", "reduction"})
METRIC: Final = frozenset({"name", "dtype"})
OPTIMIZER: Final = frozenset(
    [
        *("name", "learning_rate", "weight_decay", "clipnorm", "clipvalue", "global_clipnorm", "decay"),
        *("use_ema", "ema_momentum", "ema_overwrite_frequency", "loss_scale_factor", "gradient_accumulation_steps"),
    ]
)
