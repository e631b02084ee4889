"""Normalizations: of batches, layers, groups, by root mean square, by the largest singular value, and of data.

Source: `build` of `keras/src/layers/normalization` and `preprocessing/normalization.py`, Keras 3.6 to 3.15.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from weightscope.keras_facts.constructor_arguments import (
    BETA,
    GAMMA,
    LAYER,
    Takes,
    takes,
)
from weightscope.keras_facts.example import Example, each
from weightscope.keras_facts.records import ANY, IN, LayerFacts, Not, Option, Statistic, Weight

_CHANNEL = ("channel",)
_SCALE = Option("scale", default=True)
_CENTER = Option("center", default=True)
_RENORM = Option("renorm")
_GIVEN = Option("mean")

_GAMMA = Weight("gamma", _CHANNEL, (IN,), made_by="gamma_initializer", when=_SCALE, starts_at=1.0)
_BETA = Weight("beta", _CHANNEL, (IN,), made_by="beta_initializer", when=_CENTER, starts_at=0.0)


def _moving(name: str, statistic: Statistic, starts_at: float, when: Option | None = None) -> Weight:
    """Returns the facts of a statistic of the data that a call in training mode updates."""
    return Weight(
        name,
        _CHANNEL,
        (IN,),
        made_by=f"{name}_initializer" if when is None else None,
        when=when,
        trainable=False,
        moved_by_call=True,
        starts_at=starts_at,
        statistic=statistic,
    )


_BATCH = (_GAMMA, _BETA, _moving("moving_mean", "mean", 0.0), _moving("moving_variance", "variance", 1.0))
_RENORMALIZED = (
    _moving("moving_stddev", "deviation", 1.0, _RENORM),
    _moving("renorm_mean", "mean", 0.0, _RENORM),
    _moving("renorm_stddev", "deviation", 1.0, _RENORM),
)
#: The sizes depend on the option `axis`, which may name several axes.
_LAYER = (replace(_GAMMA, shape=None), replace(_BETA, shape=None))
_DATA = Weight("mean", _CHANNEL, None, when=Not(_GIVEN), trainable=False, starts_at=0.0, statistic="mean")

LAYERS: Final = (
    LayerFacts("BatchNormalization", (*_BATCH, *_RENORMALIZED)),
    LayerFacts("SyncBatchNormalization", _BATCH, is_in_keras_3=False),
    LayerFacts("LayerNormalization", _LAYER),
    LayerFacts("GroupNormalization", _LAYER),
    LayerFacts("RMSNormalization", (Weight("scale", _CHANNEL, starts_at=1.0),)),
    LayerFacts(
        "SpectralNormalization",
        (
            Weight("kernel", alias=True),
            Weight("vector_u", ("one", "out"), (1, ANY), trainable=False, moved_by_call=True),
        ),
    ),
    LayerFacts(
        "Normalization",
        (
            _DATA,
            replace(_DATA, name="variance", starts_at=1.0, statistic="variance"),
            replace(_DATA, name="count", axes=(), shape=(), statistic=None),
        ),
    ),
)

#: The arguments that the constructors take, some in `**kwargs`.
ARGUMENTS: Final[tuple[Takes, ...]] = (
    takes(
        "BatchNormalization",
        LAYER | GAMMA | BETA,
        "axis center epsilon momentum moving_mean_initializer moving_variance_initializer renorm renorm_clipping "
        "renorm_momentum scale synchronized",
    ),
    takes("GroupNormalization", LAYER | GAMMA | BETA, "axis center epsilon groups scale"),
    takes("LayerNormalization", LAYER | GAMMA | BETA, "axis center epsilon rms_scaling scale"),
    takes("RMSNormalization", LAYER, "axis epsilon"),
    takes("SpectralNormalization", LAYER, "layer power_iterations"),
    takes("Normalization", LAYER, "axis invert mean variance"),
)

#: How each can be built and called.
EXAMPLES: Final[dict[str, Example]] = dict(
    (
        *each("BatchNormalization LayerNormalization Normalization RMSNormalization", inputs=("1,28,28,3",)),
        *each("GroupNormalization", inputs=("1,28,28,64",)),
        *each("SpectralNormalization", inputs=("1,16",), arguments=("layer=Dense(units=8)",)),
    )
)
