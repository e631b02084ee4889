"""Attention without projections of its own. The layers with projections are in `sublayers`.

Source: `build` of `keras/src/layers/attention`, Keras 3.6 to 3.15.
"""

from __future__ import annotations

from typing import Final

from weightscope.keras_facts.constructor_arguments import (
    BIAS,
    KERNEL,
    LAYER,
    Takes,
    takes,
)
from weightscope.keras_facts.example import Example, each
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

#: The arguments that the constructors take, some in `**kwargs`.
ARGUMENTS: Final[tuple[Takes, ...]] = (
    takes("Attention AdditiveAttention", LAYER, "dropout score_mode seed use_scale"),
    takes(
        "GroupQueryAttention",
        LAYER | KERNEL | BIAS,
        "dropout flash_attention head_dim num_key_value_heads num_query_heads seed sliding_window use_bias use_gate",
    ),
    takes(
        "MultiHeadAttention",
        LAYER | KERNEL | BIAS,
        "attention_axes dropout flash_attention key_dim num_heads output_shape seed sliding_window use_bias "
        "use_gate value_dim",
    ),
)

#: How each can be built and called.
EXAMPLES: Final[dict[str, Example]] = dict(
    (
        *each("AdditiveAttention Attention", inputs=("1,4,8", "1,6,8")),
        *each("MultiHeadAttention", inputs=("query=1,4,8", "value=1,6,8"), arguments=("num_heads=2", "key_dim=4")),
        *each(
            "GroupQueryAttention",
            inputs=("query=1,4,8", "value=1,6,8"),
            arguments=("head_dim=4", "num_query_heads=4", "num_key_value_heads=2"),
        ),
    )
)
