"""The layers that weightscope includes. They are registered in Keras, and need only an input shape to be built."""

from weightscope.source.live.layers.custom_conv2d import CustomConv2D
from weightscope.source.live.layers.custom_dense import CustomDense
from weightscope.source.live.layers.custom_stats import CustomStatsLayer

__all__ = ["CustomConv2D", "CustomDense", "CustomStatsLayer"]
