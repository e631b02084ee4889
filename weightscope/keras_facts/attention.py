"""Attention without projections of its own. The layers with projections are in `sublayers`.

Source: `build` of `keras/src/layers/attention`, Keras 3.6 to 3.15.
"""

from __future__ import annotations

from typing import Final

from weightscope.keras_facts.records import LayerFacts, Option, Weight

_USE_SCALE = Option("use_scale")

LAYERS: Final = (
    LayerFacts(
        "Attention",
        (
            Weight("scale", (), (), when=_USE_SCALE, starts_at=1.0),
            Weight("concat_score_weight", (), (), when=Option("score_mode", "concat"), starts_at=1.0),
        ),
    ),
    LayerFacts("AdditiveAttention", (Weight("scale", ("feature",), when=Option("use_scale", default=True)),)),
    # MultiHeadAttention owns its projections, and they own the weights
    LayerFacts("MultiHeadAttention"),
    LayerFacts("GroupQueryAttention", group_class="GroupedQueryAttention"),
    LayerFacts("GroupedQueryAttention"),
)
